"""Heads of a ledger that others have seen, gathered for `restore` and `repair`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from cli.desk import Desk
from cli.i18n import _
from ledger.backup import Known
from ledger.rescue import heads
from ledger.rescue.heads import Seen
from verifier.facts import Facts


def noted(ledger: Path) -> Iterator[Known]:
    """What the note of the last copy says."""
    found = heads.of_note(ledger)
    if found is not None:
        yield Known(found.size, leaf=found.leaf, told=_("the note of the last copy"))


def remembered(desk: Desk, origin: str) -> Iterator[Known]:
    """What the key of the log remembers, opened with its passphrase where the key is at hand."""
    for info in desk.key_infos("log", origin=origin)[:1]:
        signer = desk.open_key(info)
        size, root = signer.last_head
        if signer.last_size:
            yield Known(signer.last_size, leaf=signer.last_leaf, told=_("the key of the log"))
        if size:
            yield Known(size, root=root, told=_("the key of the log"))


def given(paths: Sequence[Path], origin: str, facts: Facts | None = None) -> Iterator[Known]:
    """The heads of checkpoints, bundles or sites. Whoever gives one vouches for it: a signature is named
    where it holds, but a head without one is compared all the same."""
    for path in paths:
        head, signed = heads.published(path, origin)
        who = signers(heads.examined(head, signed, facts)) if facts else ""
        yield Known(head.size, root=head.root, told=f"{path} ({who})" if who else str(path))


def signed_beside(ledger: Path, origin: str, facts: Facts) -> Iterator[Known]:
    """The signed heads kept beside a ledger that the log's key or a cosigner signed."""
    for seen in heads.beside(ledger, facts, origin):
        yield heads.known(seen, _("a head signed by {who}").format(who=signers(seen)))


def signers(seen: Seen) -> str:
    """Who signed a head, in the reader's language."""
    return "、".join((*((_("the log key"),) if seen.by_log else ()), *seen.cosigners))

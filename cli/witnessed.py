"""Heads of a ledger that others have seen, gathered for `restore` and `repair`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

from cli.desk import Desk
from cli.i18n import _
from ledger.backup import Known
from ledger.rescue import heads
from ledger.rescue.heads import Seen
from verifier.errors import N_
from verifier.facts import Facts

against_published = click.option(
    "--against",
    "--checkpoint",
    "against",
    multiple=True,
    type=click.Path(path_type=Path),
    help=_("A checkpoint, or a bundle folder: what was published"),
)
"""Heads that were published, for the commands that compare with them."""


def noted(ledger: Path) -> Iterator[Known]:
    """What the note of the last copy says."""
    found = heads.of_note(ledger)
    if found is not None:
        yield replace(found, told=_(found.told))


LEFT = N_("Not compared with the head that the log key remembers: the key is not here or was not opened.")


def remembered(desk: Desk, origin: str) -> list[Known] | None:
    """What the key of the log remembers, opened with its passphrase; None where the key is not at hand or the
    person who has the passphrase is not there (`LEFT` is then to be said)."""
    infos = desk.key_infos("log", origin=origin) if origin else []
    signer = desk.open_or_leave(infos[0]) if infos else None
    if signer is None:
        return None
    told, (size, root) = _("the key of the log"), signer.last_head
    found = [Known(signer.last_size, leaf=signer.last_leaf, told=told)] if signer.last_size else []
    return [*found, Known(size, root=root, told=told)] if size else found


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

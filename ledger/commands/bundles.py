"""Publishing the ledger: the bundle for the public, or with openings for inspectors (design §6)."""

from __future__ import annotations

from pathlib import Path

from ledger.book import Book
from ledger.bundle import DrawFolder, LogSigner, Written, write_bundle
from ledger.cosigning.heads import Heads, named
from ledger.keystore import Signer
from verifier import drawfolder
from verifier import facts as f
from verifier.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from verifier.errors import N_, Exit, LiuhenError
from verifier.merkle import Frontier, leaf_hash
from verifier.note import Vkey
from verifier.page.build import html


def export(book: Book, log: Signer, target: Path, *, inspector: bool = False) -> Written:
    """Write the bundle at the head of `book`, signed by the log key in force.

    Raises E-EXPORT-KEY for another key, E-KEY-HISTORY when the key signed a head that these entries do not
    continue (a restored backup may not sign a second history), and what `write_bundle` raises.
    """
    facts = book.facts()
    head = book.store.head()
    vkey = _may_sign(book, log)
    signed = sign_checkpoint(Checkpoint(book.origin, head.size, head.root), vkey, log.sign)
    names = [name for name, draw in facts.rows(f.DRAWS) if drawfolder.published(draw, openings=inspector)]
    return write_bundle(
        target,
        entries=book.store.entries(0, head.size),
        size=head.size,
        root=head.root,
        log=LogSigner(vkey, log.sign),
        cosignatures=cosignatures(book, facts, signed),
        draws=(_folder(facts, name) for name in names),
        openings=book.openings() if inspector else None,
        page=html(),
    )


def sign_head(book: Book, log: Signer) -> bytes:
    """The checkpoint of the head as it is now, signed. Raises as `export`."""
    head = book.store.head()
    vkey = _may_sign(book, log)
    return sign_checkpoint(Checkpoint(book.origin, head.size, head.root), vkey, log.sign)


def cosignatures(book: Book, facts: f.Facts, signed: bytes) -> list[str]:
    """The cosignatures that came for this head, which is kept: receipts stand under it without the key."""
    kept = Heads.beside(book.store.path)
    kept.keep(signed)
    return kept.cosignatures(parse_checkpoint(signed)[0], named(book.facts()))


def _may_sign(book: Book, log: Signer) -> Vkey:
    """The log's key in force, which is `log`, and has signed nothing that the head does not continue."""
    head = book.store.head()
    vkey = log_key(book, log)
    require_continuation(book, log, head.size)
    log.guard_head(head.size, head.root)
    return vkey


def log_key(book: Book, log: Signer) -> Vkey:
    """The log's key in force, which is `log`; else E-EXPORT-KEY."""
    ledger = book.facts().get(f.LEDGER, f.ONE)
    vkey = Vkey.parse(ledger.log_vkey) if ledger else None
    if vkey is None or vkey.public != log.public:
        raise LiuhenError(
            "E-EXPORT-KEY",
            N_("This is not the log key in force in this ledger."),
            where=str(log.info.path),
            remedy=N_(
                "Give the folder of the one in force with --keys. When it is lost, an admin makes a new one: "
                "liuhen key renew-log --reason …"
            ),
            exit=Exit.KEY,
        )
    return vkey


def _folder(facts: f.Facts, name: str) -> DrawFolder:
    seed, tickets, teams = drawfolder.folder(facts, name).values()
    return DrawFolder(name, b"".join(seed), tickets, teams)


def require_continuation(book: Book, log: Signer, size: int) -> None:
    """The first `size` entries go on from the last head that this key signed; else E-KEY-HISTORY."""
    signed, root = log.last_head
    if not root:
        return
    frontier = Frontier()
    for raw in book.store.entries(0, min(signed, size)):
        frontier.append(leaf_hash(raw))
    if signed <= size and frontier.root() == root:
        return
    raise LiuhenError(
        "E-KEY-HISTORY",
        N_("The log key signed a head ({signed}:{root}) that this ledger does not continue."),
        where=str(book.store.path),
        remedy=N_("Keep this file as evidence and find the newest copy of the ledger."),
        exit=Exit.KEY,
        signed=signed,
        root=root.hex(),
    )

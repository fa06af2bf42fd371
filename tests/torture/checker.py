"""What a sound ledger never shows, whatever happened to it, in a file or on a server."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from ledger.book import Book
from ledger.keystore import unlock
from ledger.store.server import is_address
from tests.office import PASSPHRASE
from tests.torture.scene import UNKNOWN, Ack, clock
from verifier import facts as f
from verifier import merkle
from verifier.errors import LiuhenError
from verifier.replay import replay_entries
from verifier.report import Status, Verdict


def breaches(ledger: Path, acknowledged: Iterable[Ack] = (), keys: Path | None = None) -> list[str]:
    """Broken promises of the ledger at this place, which nobody has open:

    it opens; SQLite finds it whole; its entries have no gap, form one chain under its head and pass every
    rule of the verifier; its views tell what a replay tells; each acknowledged entry is there as it was; no
    key has seen what it lacks; and the next entry can be appended.
    """
    try:
        with Book.open(ledger, clock=clock) as book:
            found = _examined(book)
            found += _missing(book, acknowledged)
            if keys is not None:
                found += _ahead(book, keys)
    except (LiuhenError, sqlite3.Error) as error:
        found = [f"cannot be read: {error}"]
    return found


def _examined(book: Book) -> list[str]:
    found = []
    told = "ok"
    if not is_address(book.store.place):
        told = book.store.reader().execute("PRAGMA integrity_check").fetchone()[0]
    if told != "ok":
        found.append(f"integrity_check: {told}")
    entries = list(book.store.entries())
    head = book.store.head()
    leaves = [merkle.leaf_hash(raw) for raw in entries]
    if (head.size, head.root) != (len(entries), merkle.root(leaves)):
        found.append(f"the head of {head.size} is not that of the {len(entries)} entries")
    if not entries:
        return found
    report, facts = replay_entries(entries, "", book.open_private)
    if report.verdict is not Verdict.PASS:
        failed = sorted({check.rule for check in report.checks if check.status is Status.FAIL})
        found.append(f"verdict {report.verdict}: {failed}")
    shown = dict(book.facts().rows(f.ACTIVITIES))
    if shown != dict(facts.rows(f.ACTIVITIES)):
        found.append("the views are not those of the entries")
    return found


def _missing(book: Book, acknowledged: Iterable[Ack]) -> list[str]:
    found = []
    for seq, leaf in acknowledged:
        try:
            held = merkle.leaf_hash(book.store.entry(seq))
        except IndexError:
            found.append(f"entry {seq} was acknowledged and is missing")
        else:
            if leaf not in (UNKNOWN, held):
                found.append(f"entry {seq} was acknowledged with other bytes")
    return found


def _ahead(book: Book, keys: Path) -> list[str]:
    """A key that notes an entry which the ledger lacks could sign nothing more."""
    found = []
    for path in sorted(keys.glob("*.key")):
        signer = unlock(path, PASSPHRASE)
        if signer.last_size and book.store.find_leaf(signer.last_leaf) != signer.last_size - 1:
            found.append(f"{path.name} has seen {signer.last_size} entries, the ledger lacks them")
    return found

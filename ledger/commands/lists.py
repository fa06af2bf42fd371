"""List edits as imports: one import is one diff (R030–R042, design §3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ledger import collector
from ledger.book import Book, Deed, Written, seal_private
from ledger.commands.keys import fresh_id
from ledger.keystore import Signer
from verifier import codec
from verifier import facts as f
from verifier.codec import Value
from verifier.entry import MAX_ENTRY
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Facts
from verifier.lists import list_hash
from verifier.merkle import Frontier, leaf_hash
from verifier.private import Opening

Record = Mapping[str, Value]
OWNERS = {"subjects": "subject", "officers": "officer"}
_ROOM = MAX_ENTRY - 2_000
"""Bytes of rows in a chunk: the rest of an entry is its body, signature and headers."""


@dataclass(frozen=True)
class Diff:
    """What an import changes in a register; `records` and `removed` ascend by id."""

    records: tuple[tuple[str, dict[str, Value]], ...]
    removed: tuple[str, ...]
    added: int
    changed: int
    unchanged: int
    openings: tuple[Opening, ...]

    @property
    def empty(self) -> bool:
        return not self.records and not self.removed


def diff(
    book: Book,
    facts: Facts,
    register: str,
    records: Iterable[tuple[str, Record]],
    *,
    private: Mapping[str, Mapping[str, Value]] | None = None,
    removed: Sequence[str] = (),
    silent: Collection[str] = (),
) -> Diff:
    """Compare records with the register. A private value that did not change keeps its commitment, so that
    the same file twice writes nothing. Fields in `silent`, of which the source says nothing, stay."""
    table = f.register(register)
    kept: list[tuple[str, dict[str, Value]]] = []
    openings: list[Opening] = []
    added = changed = unchanged = 0
    for name, record in sorted(records, key=lambda pair: pair[0]):
        held = facts.get(table, name)
        new = dict(record)
        if held is not None:
            new.update((field, held.record[field]) for field in silent if field in held.record)
        for field, value in (private or {}).get(name, {}).items():
            before = held.record.get(field) if held else None
            known = book.open_private(before["$c"]) if isinstance(before, dict) else None
            if known is not None and known[1] == value:
                new[field] = before  # type: ignore[assignment]
            else:
                owner = f"{OWNERS[register]}/{name}"
                new[field], opening = seal_private(book.origin, owner, field, value)
                openings.append(opening)
        if held is not None and held.record == new:
            unchanged += 1
            continue
        added += held is None
        changed += held is not None
        kept.append((name, dict(sorted(new.items()))))
    gone = tuple(sorted(name for name in removed if facts.get(table, name) is not None))
    return Diff(tuple(kept), gone, added, changed, unchanged, tuple(openings))


def import_deeds(
    change: Diff, register: str, *, reason: str, reviewer: str, source: bytes, source_name: str = ""
) -> list[Deed]:
    """Chunks and close of one import, to be written in one transaction."""
    name = fresh_id("imp")
    stream = f"import/{name}"
    rows = Frontier()
    chunks = list(_chunks(change.records, rows)) or [[]]
    deeds = []
    for index, chunk in enumerate(chunks):
        data: dict[str, Value] = {"import": name, "index": index, "register": register, "rows": chunk}
        if index == len(chunks) - 1 and change.removed:
            data["removed"] = [[gone] for gone in change.removed]
        deeds.append(Deed("import.chunk", stream, data))
    closed: dict[str, Value] = {
        "import": name,
        "register": register,
        "chunks": len(chunks),
        "n": rows.size,
        "root": rows.root(),
        "added": change.added,
        "changed": change.changed,
        "removed": list_hash([gone] for gone in change.removed).value(),
        "reason": reason,
        "reviewer": reviewer,
        "source": source,
    }
    if source_name:
        closed["source_name"] = source_name
    deeds.append(Deed("import.closed", stream, closed, change.openings))
    return deeds


def _chunks(records: Iterable[tuple[str, dict[str, Value]]], whole: Frontier) -> Iterable[list[Value]]:
    """The rows in chunks that fit an entry, each row encoded once; `whole` gets the leaves of the list."""
    rows: list[Value] = []
    size = 0
    for name, record in records:
        row: list[Value] = [name, record]
        encoded = codec.encode(row)
        whole.append(leaf_hash(encoded))
        if rows and size + len(encoded) > _ROOM:
            yield rows
            rows, size = [], 0
        rows.append(row)
        size += len(encoded)
    if rows:
        yield rows


def import_records(
    book: Book,
    signer: Signer,
    register: str,
    records: Sequence[tuple[str, Record]],
    *,
    private: Mapping[str, Mapping[str, Value]] | None = None,
    removed: Sequence[str] = (),
    silent: Collection[str] = (),
    reason: str,
    reviewer: str = "",
    source: bytes,
    source_name: str = "",
) -> tuple[Diff, Written | None]:
    """Write one import; None when nothing changed. The reviewer is the signer's holder unless named."""
    made: list[Diff] = []

    def decide(facts: Facts) -> Sequence[Deed]:
        change = diff(book, facts, register, records, private=private, removed=removed, silent=silent)
        made.append(change)
        if change.empty:
            return ()
        return import_deeds(
            change,
            register,
            reason=reason,
            reviewer=reviewer or signer.info.holder,
            source=source,
            source_name=source_name,
        )

    with collector.paused():
        written = book.write(signer, decide)
    return made[-1], written if written.entries else None


def change_record(
    book: Book,
    signer: Signer,
    register: str,
    name: str,
    changes: Mapping[str, Value | None],
    *,
    reason: str,
    source: bytes,
) -> tuple[Diff, Written | None]:
    """Change single fields of a row (None removes a field). Raises E-LIST-UNKNOWN when there is none."""
    held = book.facts().get(f.register(register), name)
    if held is None:
        raise LiuhenError(
            "E-LIST-UNKNOWN",
            N_("{id} is not in the list."),
            remedy=N_("See the list: liuhen subject list, liuhen officer list"),
            exit=Exit.REFUSED,
            id=name,
        )
    record = {**held.record, **{k: v for k, v in changes.items() if v is not None}}
    for field, value in changes.items():
        if value is None:
            record.pop(field, None)
    return import_records(book, signer, register, [(name, record)], reason=reason, source=source)


def declare_conflicts(book: Book, signer: Signer, pairs: Sequence[tuple[str, str, Value | None]]) -> Written:
    """利害关系申报: (officer, subject, details or None), details private. Declared pairs are passed over."""

    def decide(facts: Facts) -> Sequence[Deed]:
        deeds = []
        for officer, subject, details in pairs:
            if facts.get(f.CONFLICTS, f"{officer}/{subject}") is not None:
                continue
            data: dict[str, Value] = {"officer": officer, "subject": subject}
            openings: tuple[Opening, ...] = ()
            if details:
                data["details"], opening = seal_private(book.origin, f"officer/{officer}", "details", details)
                openings = (opening,)
            deeds.append(Deed("conflict.declared", "conflicts", data, openings))
        return deeds

    return book.write(signer, decide)


def withdraw_conflict(book: Book, signer: Signer, officer: str, subject: str, reason: str) -> Written:
    data: dict[str, Value] = {"officer": officer, "subject": subject, "reason": reason}
    return book.write(signer, lambda _facts: [Deed("conflict.withdrawn", "conflicts", data)])


def record_absence(book: Book, signer: Signer, officer: str, first: str, last: str, reason: str) -> Written:
    data: dict[str, Value] = {"officer": officer, "from": first, "until": last, "reason": reason}
    return book.write(signer, lambda _facts: [Deed("officer.absent", "officers", data)])

"""List edits as imports: one import is one diff (R030–R042, design §3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal, NamedTuple

from ledger import collector
from ledger.book import Book, Deed, Written, seal_private
from ledger.commands.keys import fresh_id
from ledger.importing import parts
from ledger.importing.parts import Part, new_row, part_of
from ledger.importing.runs import Runs
from ledger.importing.spill import Spill, opened
from ledger.keystore import Signer
from verifier import codec
from verifier import facts as f
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Facts
from verifier.lists import list_hash
from verifier.private import Opening, Sealed, Sealer

Record = Mapping[str, Value]
OWNERS = {"subjects": "subject", "officers": "officer"}


@dataclass(frozen=True)
class Change:
    """How much an import changes in a register; `removed` ascend by id."""

    removed: tuple[str, ...]
    added: int
    changed: int
    unchanged: int

    @property
    def empty(self) -> bool:
        return not (self.added or self.changed or self.removed)


@dataclass(frozen=True)
class Diff(Change):
    """The same with the rows, which ascend by id."""

    records: tuple[tuple[str, dict[str, Value]], ...]
    openings: tuple[Opening, ...]


class _Row(NamedTuple):
    """A row compared with the register."""

    kind: Literal["added", "changed", "unchanged"]
    name: str
    record: Record
    openings: Sequence[Opening]


class _Packed(NamedTuple):
    """The same as it is written: [id, record] in canonical bytes, openings as their table holds them."""

    kind: Literal["added", "changed", "unchanged"]
    row: bytes
    openings: Sequence[Sealed]


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
    rows = list(_compared(book, facts, register, records, private, silent))
    count = Counter(row.kind for row in rows)
    kept = [row for row in rows if row.kind != "unchanged"]
    return Diff(
        _gone(facts, register, removed),
        count["added"],
        count["changed"],
        count["unchanged"],
        tuple((row.name, dict(sorted(row.record.items()))) for row in kept),
        tuple(opening for row in kept for opening in row.openings),
    )


def _gone(facts: Facts, register: str, removed: Sequence[str]) -> tuple[str, ...]:
    table = f.register(register)
    return tuple(sorted(name for name in removed if facts.get(table, name) is not None))


def _compared(
    book: Book,
    facts: Facts,
    register: str,
    records: Iterable[tuple[str, Record]],
    private: Mapping[str, Mapping[str, Value]] | None,
    silent: Collection[str],
) -> Iterator[_Row]:
    """Each row by id, as it would stand in the register."""
    table = f.register(register)
    for name, record in sorted(records, key=lambda pair: pair[0]):
        hidden = (private or {}).get(name, {})
        yield _row(book, register, name, record, hidden, facts.get(table, name), silent)


def _row(
    book: Book,
    register: str,
    name: str,
    record: Record,
    hidden: Mapping[str, Value],
    held: f.Row | None,
    silent: Collection[str],
) -> _Row:
    new, openings = dict(record), []
    if held is not None:
        new.update((field, held.record[field]) for field in silent if field in held.record)
    for field, value in hidden.items():
        before = held.record.get(field) if held else None
        known = book.open_private(before["$c"]) if isinstance(before, dict) else None
        if known is not None and known[1] == value:
            new[field] = before  # type: ignore[assignment]
        else:
            owner = f"{OWNERS[register]}/{name}"
            new[field], opening = seal_private(book.origin, owner, field, value)
            openings.append(opening)
    same = held is not None and held.record == new
    return _Row("unchanged" if same else "changed" if held else "added", name, new, openings)


def _packed(
    book: Book,
    facts: Facts,
    register: str,
    records: Iterable[tuple[str, Record]],
    private: Mapping[str, Mapping[str, Value]] | None,
    silent: Collection[str],
) -> Iterator[_Packed]:
    """As `_compared`. A new row of a large file is written as the bytes in which it waited."""
    if not isinstance(records, Spill):
        yield from map(_pack, _compared(book, facts, register, records, private, silent))
        return
    table = f.register(register)
    sealer = Sealer(book.origin, OWNERS[register]) if register in OWNERS else None
    for name, _, _, record, apart in records.rows():
        held = facts.get(table, name)
        if held is not None:
            yield _pack(_row(book, register, name, *opened(record, apart), held, silent))
        else:
            yield _Packed("added", *new_row(sealer, name, record, apart))


def _pack(row: _Row) -> _Packed:
    openings = [(one.commitment, one.salt, codec.encode(one.value)) for one in row.openings]
    return _Packed(row.kind, codec.encode([row.name, row.record]), openings)


def _source(reason: str, reviewer: str, source: bytes, source_name: str) -> Mapping[str, Value]:
    """Why and from what an import is made, as its last entry says."""
    said: dict[str, Value] = {"reason": reason, "reviewer": reviewer, "source": source}
    return {**said, "source_name": source_name} if source_name else said


def import_deeds(
    change: Diff, register: str, *, reason: str, reviewer: str, source: bytes, source_name: str = ""
) -> list[Deed]:
    """Chunks and close of one import, to be written in one transaction."""
    source_of = _source(reason, reviewer, source, source_name)
    rows = [codec.encode([name, record]) for name, record in change.records]
    counts = {"added": change.added, "changed": change.changed}
    *chunks, closed = _import(register, part_of(rows), counts, change.removed, source_of)
    return [*chunks, replace(closed, openings=change.openings)]


def _import(
    register: str,
    part: Part,
    counts: Mapping[str, int],
    gone: Sequence[str],
    source_of: Mapping[str, Value],
    sealed: Iterable[Sealed] = (),
) -> Iterator[Deed]:
    """One import of these rows; none is encoded again."""
    name = fresh_id("imp")
    stream = f"import/{name}"
    for index, chunk in enumerate(part.chunks):
        data: dict[str, Value] = {"import": name, "index": index, "register": register}
        if index == len(part.chunks) - 1 and gone:
            data["removed"] = [[one] for one in gone]
        yield Deed("import.chunk", stream, codec.pack_with(data, "rows", chunk))
    closed: dict[str, Value] = {
        "import": name,
        "register": register,
        "chunks": len(part.chunks),
        "n": part.n,
        "root": part.root,
        "added": counts.get("added", 0),
        "changed": counts.get("changed", 0),
        "removed": list_hash([one] for one in gone).value(),
        **source_of,
    }
    yield Deed("import.closed", stream, closed, sealed=sealed)


def import_records(
    book: Book,
    signer: Signer,
    register: str,
    records: Iterable[tuple[str, Record]],
    *,
    private: Mapping[str, Mapping[str, Value]] | None = None,
    removed: Sequence[str] = (),
    silent: Collection[str] = (),
    reason: str,
    reviewer: str = "",
    source: bytes,
    source_name: str = "",
) -> tuple[Change, Written | None]:
    """Write one import, or several (`parts.PART`) of a large file; None when nothing changed. The reviewer is
    the signer's holder unless named."""
    made: list[Change] = []
    source_of = _source(reason, reviewer or signer.info.holder, source, source_name)

    def decide(facts: Facts) -> Iterator[Deed]:
        if isinstance(records, Spill) and next(facts.rows(f.register(register)), None) is None:
            yield from first(records)
            return
        gone, count = _gone(facts, register, removed), Counter[str]()
        rows: list[bytes] = []
        counts = Counter[str]()
        openings: Runs[Sealed] = Runs()
        for row in _packed(book, facts, register, records, private, silent):
            count[row.kind] += 1
            if row.kind == "unchanged":
                continue
            if len(rows) == parts.PART:
                yield from _import(register, part_of(rows), counts, (), source_of)
                rows, counts = [], Counter()
            counts[row.kind] += 1
            rows.append(row.row)
            openings.add(row.openings)
        if rows or gone:
            # Openings go to random places of their table: in one pass over all of it, not in one a part.
            sealed = chain.from_iterable(openings.merged())
            yield from _import(register, part_of(rows), counts, gone, source_of, sealed)
        openings.close()
        made.append(Change(gone, count["added"], count["changed"], count["unchanged"]))

    def first(spill: Spill) -> Iterator[Deed]:
        left = len(spill)
        openings: Runs[Sealed] = Runs()
        for part in parts.prepared(spill, book.origin, OWNERS.get(register, "")):
            left -= part.n
            openings.put(part.openings)
            sealed = () if left else chain.from_iterable(openings.merged())
            yield from _import(register, part, {"added": part.n}, (), source_of, sealed)
            del part  # before the next one comes
        openings.close()
        made.append(Change((), len(spill), 0, 0))

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
) -> tuple[Change, Written | None]:
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

"""What a platform exported, read by a column map: subjects that were drawn, one a row, with their officers.

Subjects are named by code, or where the code is empty by the name that one subject of the list has; officers
by id, certificate or name. Faults are those of the whole file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

from ledger.column_maps import MapTable
from ledger.importing.checking import Reader
from ledger.importing.column import Column, Register
from ledger.importing.faults import Fault, Kind
from ledger.importing.reading import Fields
from ledger.importing.records import Private, Record, Sheet, counted, read_rows
from verifier.ids import is_id

_NUMBERED = tuple(f"officer{n}" for n in range(1, 10))
_OFFICERS = ("leader", "officers", "officer_ids", "certificates", *_NUMBERED)


@dataclass(frozen=True)
class Known:
    """How subjects and officers are called: subject by name → id; officer by name, id, certificate → ids."""

    subjects: Mapping[str, str] = field(default_factory=dict)
    officers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Lot:
    """What another platform drew from: stratum of each pool subject, k of each stratum, officers who may be
    sent, pairs (officer, subject) in conflict, seats of a team."""

    strata: Mapping[str, str]
    sizes: Mapping[str, int]
    able: frozenset[str]
    against: frozenset[tuple[str, str]]
    seats: int


def read_shown(
    path: Path, table: MapTable, known: Known, *, today: date, sheet: str | None, leave_out: Collection[int]
) -> Sheet:
    """What the platform shows of a draw made here: {officers}, an id where one is known, else as written."""
    return _read(table, path, partial(_shown, known), today, sheet, leave_out)


def read_assigned(
    path: Path, table: MapTable, known: Known, *, today: date, sheet: str | None, leave_out: Collection[int]
) -> Sheet:
    """Subjects that another department drew: {name, rank}; each must be in the register."""
    return _read(table, path, partial(_assigned, known), today, sheet, leave_out)


def read_received(
    path: Path,
    table: MapTable,
    known: Known,
    lot: Lot,
    *,
    today: date,
    sheet: str | None,
    leave_out: Collection[int],
) -> Sheet:
    """What another platform drew from a list frozen here: {stratum, rank, officers}, ranked in the order of
    the column of ranks, else of the file. Everything that the law would refuse is a fault of its row."""
    read = _read(table, path, partial(_received, known, lot), today, sheet, leave_out)
    records, faults = _ranked(read.records), list(read.faults)
    if not faults:
        held = {stratum: sum(r["stratum"] == stratum for _, r in records) for stratum in lot.sizes}
        for stratum, size in lot.sizes.items():
            if held[stratum] != size:
                extra = {"count": str(held[stratum]), "size": str(size)}
                faults.append(Fault(Kind.DRAWN_COUNT, value=stratum, extra=extra))
    return replace(read, records=records, faults=faults)


def _read(
    table: MapTable,
    path: Path,
    reader: Reader,
    today: date,
    sheet: str | None,
    leave_out: Collection[int],
) -> Sheet:
    """The rows of a platform's table; that it has columns which are not read is no news."""
    read = read_rows(_register(table), path, reader, today, sheet, leave_out)
    return replace(read, warnings=[w for w in read.warnings if w.kind is not Kind.IGNORED_COLUMNS])


def _ranked(records: Iterable[tuple[str, Record]]) -> list[tuple[str, Record]]:
    """Ranks from 1 in each stratum, by the platform's rank where it gives one."""
    found: list[tuple[str, Record]] = []
    counts: dict[str, int] = {}
    for name, record in sorted(records, key=lambda pair: int(str(pair[1]["rank"]))):
        stratum = str(record["stratum"])
        counts[stratum] = counts.get(stratum, 0) + 1
        found.append((name, {**record, "rank": counts[stratum]}))
    return found


def _register(table: MapTable) -> Register:
    """The columns of a map that are read back, as a register."""
    titles: dict[str, list[str]] = {}
    for title, name in table.columns:
        if name in (*_OFFICERS, "code", "name", "rank"):
            titles.setdefault(name, []).append(title)
    for name, more in table.also.items():
        titles.setdefault(name, []).extend(more)
    columns = tuple(
        Column(name, first[0], tuple(first[1:]), limit=300 if name == "name" else 200)
        for name, first in titles.items()
    )
    named = tuple(name for name in ("code", "name") if name in titles)
    return Register(table.sheet, table.sheet, columns, (named,))


def _subject(fields: Fields, known: Known, find: Callable[[str, str], str | None]) -> tuple[str, str] | None:
    """(key, id) of the subject of a row, found by (column, id or name); None after a fault."""
    code, name = fields.code("code"), fields.text("name")
    if code is None or name is None:
        return None
    if not code[0] and not name:
        fields.fault(Kind.REQUIRED, "code" if fields.has("code") else "name", "")
        return None
    key, said = ("code", code[0]) if code[0] else ("name", name)
    found = find(key, known.subjects.get(said, said))
    if found is None:
        return None
    if not is_id(found):
        fields.fault(Kind.NOT_AN_ID, key, said)
        return None
    return key, found


def _people(fields: Fields, known: Known, *, strict: bool) -> list[str] | None:
    """The officers of a row, in order, each once; ids, or when not `strict` also names nobody here has."""
    written: list[tuple[str, str]] = []
    for key in ("leader", "officer_ids"):
        parts = fields.parts(key)
        if parts is None:
            return None
        written += [(key, part) for part in parts]
    if not fields.has("officer_ids") or not any(key == "officer_ids" for key, _ in written):
        for key in ("officers", *_NUMBERED):
            parts = fields.parts(key)
            if parts is None:
                return None
            written += [(key, part) for part in parts]
    if not written:
        parts = fields.parts("certificates")
        if parts is None:
            return None
        written += [("certificates", part) for part in parts]
    found: list[str] = []
    for key, text in written:
        ids = known.officers.get(text, ())
        if len(ids) == 1:
            found.append(ids[0])
        elif not strict:
            found.append(text)
        else:
            kind = Kind.OFFICER_NAMESAKES if ids else Kind.UNKNOWN_OFFICER
            fields.fault(kind, key, text, ids="、".join(ids))
            return None
    return list(dict.fromkeys(found))


def _shown(known: Known, fields: Fields) -> tuple[str, str, Record, Private] | None:
    subject = _subject(fields, known, lambda _key, name: name)
    officers = _people(fields, known, strict=False)
    if subject is None or officers is None:
        return None
    record: Record = {"officers": list(officers)} if officers else {}
    return *subject, record, {}


def _assigned(known: Known, fields: Fields) -> tuple[str, str, Record, Private] | None:
    def find(key: str, name: str) -> str | None:
        if name in known.subjects.values():
            return name
        fields.fault(Kind.UNKNOWN_SUBJECT, key, name)
        return None

    subject = _subject(fields, known, find)
    rank, name = counted(fields, "rank"), fields.text("name")
    if subject is None or rank is None or name is None:
        return None
    record: Record = {}
    if name:
        record["name"] = name
    if rank:
        record["rank"] = rank
    return *subject, record, {}


def _received(known: Known, lot: Lot, fields: Fields) -> tuple[str, str, Record, Private] | None:
    def find(key: str, name: str) -> str | None:
        if name in lot.strata:
            return name
        fields.fault(Kind.NOT_IN_POOL, key, name)
        return None

    subject = _subject(fields, known, find)
    rank = counted(fields, "rank")
    officers = _people(fields, known, strict=True)
    if subject is None or rank is None or officers is None:
        return None
    key, name = subject
    place = next((k for k in ("officers", "officer_ids", *_NUMBERED, "leader") if fields.has(k)), key)
    if len(officers) != lot.seats:
        fields.fault(Kind.SEATS, place, "、".join(officers), count=str(len(officers)), seats=str(lot.seats))
        return None
    barred = [o for o in officers if o not in lot.able or (o, name) in lot.against]
    for officer in barred:
        fields.fault(Kind.OFFICER_BARRED, place, officer)
    if barred:
        return None
    record: Record = {"stratum": lot.strata[name], "rank": rank or fields.row.number}
    return key, name, {**record, "officers": list(officers)}, {}

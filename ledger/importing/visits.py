"""The rows of 检查结果录入表, judged against what was drawn; the faults of the whole sheet at once.

What the law would refuse of a row is a fault of that row, with the way to put it right; rows without a day
and without a result are left for later. A row that says what is recorded already is passed over, so that
the same sheet may be given again; one that says something else is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

from ledger import codes as identities
from ledger import result_codes
from ledger.importing import values
from ledger.importing.batch import VISITS
from ledger.importing.columns import locate
from ledger.importing.faults import Fault, Kind
from ledger.importing.reading import Fields
from ledger.importing.records import Private, Record, Sheet, read_rows
from ledger.importing.tables import Table, Unreadable, merged_cells, read_table
from verifier.codec import Value
from verifier.facts import Data
from verifier.law.question import certified
from verifier.law.visits import one_story
from verifier.vocabulary import NO_PROBLEM

FINE = NO_PROBLEM
BOXES = {
    "checked": ("checked", "检查"),
    "ordered": ("ordered", "下达责改", "责改"),
    "corrected": ("corrected", "已责改", "已改正"),
}
UNCHECKED = ("no", "否", "未检查")
SIGNATURES: values.Words = {"已签字": "signed", "拒绝签字": "refused", "负责人不在场": "absent"}
_LEDGER = re.compile(r"台账编号[:：]\s*([0-9a-fA-F ]{64,})")
_HOUR = re.compile(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])(?:[:：][0-5][0-9])?")
_RESULT = ("results", "items", "findings", "opinion", "unsigned", "witness", "signature", "hour")
"""Columns that say something of a visit that was made."""
_TEXTS = ("findings", "opinion", "unsigned", "witness")


@dataclass(frozen=True)
class Member:
    """An officer of the team: id, name, the record of the register, whether there is a key to sign with."""

    id: str
    name: str
    record: Data
    key: bool


@dataclass(frozen=True)
class Drawn:
    """A drawn subject: names it is known by, its team, items of the task, from when to when (time, day) it is
    visited, what the team waits for, and what is `recorded` of it by entry `seq` (-1: nothing)."""

    names: tuple[str, ...]
    team: tuple[Member, ...]
    items: tuple[str, ...]
    begins: str
    last: str
    waits: str = ""
    seq: int = -1
    recorded: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Lot:
    """What visits may be recorded of: the ledger id (hex), completed draws, drawn subjects by `draw/subject`;
    `now` is the time of the ledger's clock."""

    ledger: str
    draws: tuple[str, ...]
    drawn: Mapping[str, Drawn]
    now: str


@dataclass(frozen=True)
class Row:
    """A visit as the sheet has it: results in table G, boxes of every item; `again` when it is recorded
    already in the same words. `number` is the row that the spreadsheet shows."""

    number: int
    draw: str
    subject: str
    occurred: str
    until: str
    results: tuple[str, ...]
    items: tuple[Mapping[str, Value], ...]
    findings: str
    opinion: str
    signature: str
    unsigned: str
    witness: str
    scan: str
    again: bool


@dataclass(frozen=True)
class Visits:
    """What a sheet of results gave: its faults and notes, and the rows that have a visit."""

    sheet: Sheet
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Papers:
    """Scans: whether a file named in a row is there, and whether there is one for the rows that name none."""

    there: Callable[[str], bool]
    common: bool = False


def read_visits(
    path: Path, lot: Lot, papers: Papers, *, codes: str = "g", sheet: str | None = None
) -> Visits:
    """The visits of a sheet; `codes` is the table of results that it uses."""
    try:
        table = read_table(path, sheet, prefer=VISITS.sheet)
        merged = merged_cells(path, table.sheet)
    except Unreadable as error:
        return Visits(Sheet([], [error.fault], [], b"", 0))
    other = _other_ledger(table, lot)
    if other:
        return Visits(Sheet([], [other], [], table.source_sha256, 0))
    rows: list[Row] = []
    reader = partial(_visit, lot, papers, codes, rows)
    read = read_rows(VISITS, table, reader, date.fromisoformat(lot.now[:10]), None, ())
    faults = [fault for fault in read.faults if fault.kind is not Kind.NO_ROWS]
    header, _ = locate(VISITS, table)
    first = table.rows[header.first_row - 1].number if header.places else 0
    faults += [
        Fault(Kind.MERGED, row=max(top, first + 1), value=cells)
        for cells, top, bottom in merged
        if header.places and bottom > first
    ]
    in_order = sorted(faults, key=lambda fault: fault.row)
    return Visits(replace(read, records=[], faults=in_order), tuple(rows))


def _other_ledger(table: Table, lot: Lot) -> Fault | None:
    """The sheet says in its first rows of which ledger it is; one typed by hand says nothing."""
    for row in table.rows[:3]:
        for text in row.texts:
            found = _LEDGER.search(text)
            named = re.sub(r"\s", "", found[1]).lower() if found else lot.ledger
            if named != lot.ledger:
                return Fault(Kind.OTHER_LEDGER, row.number, value=named[:16], extra={"own": lot.ledger[:16]})
    return None


def _visit(
    lot: Lot, papers: Papers, codes: str, rows: list[Row], fields: Fields
) -> tuple[str, str, Record, Private] | None:
    before = len(fields.faults)
    draw, subject = _code(fields, "draw"), _code(fields, "subject")
    cells = _cells(fields)
    day, until = fields.date("day"), fields.date("until")
    said = [cells[key] for key in _RESULT if key in cells] + ([until] if until else [])
    if day == "" and said:
        fields.fault(Kind.NO_DAY, "day", said[0])
    drawn = _drawn(fields, lot, draw, subject) if draw and subject else None
    if drawn is None or not draw or not subject:
        return None
    _judge_name(fields, cells, subject, drawn)
    _judge_team(fields, cells, drawn)
    if day:
        row = Row(
            fields.row.number,
            draw,
            subject,
            _occurred(fields, cells, drawn, day),
            _time(until) if until and until != day else "",
            _results(fields, cells, codes),
            _boxes(fields, cells.get("items", ""), drawn.items),
            cells.get("findings", ""),
            cells.get("opinion", ""),
            _signature(fields, cells),
            cells.get("unsigned", ""),
            cells.get("witness", ""),
            cells.get("scan", ""),
            drawn.seq >= 0,
        )
        if row.again:
            _judge_again(fields, row, cells, drawn)
        else:
            _judge_days(fields, row, drawn, lot.now)
            _judge_paper(fields, row, drawn, papers)
        if not one_story({"items": row.items, "results": row.results}):
            fields.warn(Kind.RESULT_BOXES, "results", "、".join(row.results))
        if len(fields.faults) == before:
            rows.append(row)
    return "subject", f"{draw}/{subject}", {}, {}


def _code(fields: Fields, key: str) -> str | None:
    written = fields.code(key, True)
    return written[1].strip() if written and key == "draw" else written[0] if written else None


def _cells(fields: Fields) -> dict[str, str]:
    """The other cells as text; one with a fault is left out."""
    cells: dict[str, str] = {}
    for column in VISITS.columns:
        if column.key not in ("draw", "subject", "day", "until"):
            text = fields.text(column.key, private=column.key in ("findings", "opinion", "witness"))
            cells |= {column.key: text} if text else {}
    return cells


def _drawn(fields: Fields, lot: Lot, draw: str, subject: str) -> Drawn | None:
    if draw not in lot.draws:
        fields.fault(Kind.UNKNOWN_DRAW, "draw", draw, allowed="、".join(lot.draws[:20]) or "-")
        return None
    drawn = lot.drawn.get(f"{draw}/{subject}")
    if drawn is None:
        hidden = identities.mask(subject) if identities.looks_like_id_number(subject) else subject
        fields.fault(Kind.NOT_DRAWN, "subject", hidden, draw=draw)
    return drawn


def _judge_name(fields: Fields, cells: Mapping[str, str], subject: str, drawn: Drawn) -> None:
    name = cells.get("name", "")
    if name and drawn.names and values.plain(name) not in map(values.plain, drawn.names):
        fields.fault(Kind.NAME_DIFFERS, "name", name, code=subject, name=drawn.names[0])


def _judge_team(fields: Fields, cells: Mapping[str, str], drawn: Drawn) -> None:
    known = {word for member in drawn.team for word in (member.id, member.name)}
    strangers = [one for one in values.listed(cells.get("team", "")) if one not in known and one != "-"]
    if strangers:
        team = "、".join(member.name for member in drawn.team)
        fields.fault(Kind.NOT_OF_TEAM, "team", "、".join(strangers), team=team)


def _time(day: str, hour: str = "00:00") -> str:
    return f"{day}T{hour}:00+08:00"


def _occurred(fields: Fields, cells: Mapping[str, str], drawn: Drawn, day: str) -> str:
    """Without an hour the beginning of the day; on the day of the draw its time, as at the counter."""
    if "hour" not in cells:
        return drawn.begins if day == drawn.begins[:10] else _time(day)
    hour = _HOUR.fullmatch(cells["hour"])
    if hour is None:
        fields.fault(Kind.NOT_AN_HOUR, "hour", cells["hour"])
        return max(_time(day), drawn.begins)
    return _time(day, f"{int(hour[1]):02}:{hour[2]}")


def _judge_days(fields: Fields, row: Row, drawn: Drawn, now: str) -> None:
    day, until = row.occurred[:10], (row.until or row.occurred)[:10]
    if row.occurred > now or row.until > now:
        late = "day" if row.occurred > now else "until"
        fields.fault(Kind.FUTURE_DATE, late, day if late == "day" else until)
    elif row.occurred < drawn.begins:
        first = drawn.begins[:16].replace("T", " ")
        fields.fault(Kind.BEFORE_DRAW, "day", row.occurred[:16].replace("T", " "), first=first)
    elif until < day:
        fields.fault(Kind.PERIOD, "until", until, first=day)
    elif drawn.waits:
        fields.fault(Kind.TEAM_INCOMPLETE, "team", drawn.waits)
    for moment in dict.fromkeys((day, until)):
        without = [member.name for member in drawn.team if not certified(member.record, moment)]
        if without and moment <= now[:10]:
            fields.fault(Kind.NOT_CERTIFIED, "team", "、".join(without), day=moment)
    if day > drawn.last:
        fields.warn(Kind.VISIT_LATE, "day", day, last=drawn.last)


def _results(fields: Fields, cells: Mapping[str, str], codes: str) -> tuple[str, ...]:
    found: list[str] = []
    for typed in values.listed(cells.get("results", "")):
        code = result_codes.named(codes, typed)
        if code:
            found.append(code)
        else:
            fields.fault(Kind.UNKNOWN_RESULT, "results", typed, table=codes.upper())
    return tuple(result_codes.to_g(codes, found))


def _boxes(fields: Fields, typed: str, items: Sequence[str]) -> tuple[Mapping[str, Value], ...]:
    """The boxes of every item of the task, in its order: as typed, else checked without a problem."""
    told: dict[str, str] = {}
    for one in filter(str.strip, typed.replace("；", ";").split(";")):
        item, equals, words = one.partition("=")
        if not equals or item.strip() not in items:
            fields.fault(Kind.NOT_OF_TASK, "items", one.strip(), allowed="、".join(items))
        else:
            told[item.strip()] = words
    boxes = [box(item, told.get(item, f"checked,{FINE}")) for item in items]
    for made in boxes:
        if not consistent(made):
            item = str(made["item"])
            fields.fault(Kind.BOXES, "items", f"{item}={told[item].strip()}")
    return tuple(boxes)


def box(item: str, words: str) -> dict[str, Value]:
    """One row of 附件5 from `checked,ordered,corrected,text`; `no` or nothing: not checked."""
    ticked: dict[str, Value] = {"item": item, "checked": False, "ordered": False, "corrected": False}
    rest = []
    for word in words.replace("，", ",").split(","):
        name = next((name for name, known in BOXES.items() if word.strip() in known), "")
        if name:
            ticked[name] = True
        elif word.strip() and word.strip() not in UNCHECKED:
            rest.append(word.strip())
    if ticked["checked"] or rest:
        ticked["result"] = "，".join(rest) or FINE
    return ticked


def consistent(ticked: Mapping[str, Value]) -> bool:
    """是否责改 ⇒ 下达责改 ⇒ 是否检查; a result exactly where it was checked (R120)."""
    order = (not ticked["corrected"] or ticked["ordered"]) and (not ticked["ordered"] or ticked["checked"])
    return bool(order) and ("result" in ticked) == ticked["checked"]


def _signature(fields: Fields, cells: Mapping[str, str]) -> str:
    unsigned, witness = cells.get("unsigned", ""), cells.get("witness", "")
    signature = fields.word("signature", SIGNATURES) or ("refused" if unsigned else "signed")
    if (signature == "signed") == bool(unsigned) or (witness and signature == "signed"):
        key = next((one for one in ("unsigned", "signature", "witness") if one in cells), "unsigned")
        said = [cells[one] for one in ("signature", "unsigned", "witness") if one in cells]
        fields.fault(Kind.SIGNATURE, key, "、".join(said))
    return signature


def _judge_paper(fields: Fields, row: Row, drawn: Drawn, papers: Papers) -> None:
    without = [member.name for member in drawn.team if not member.key]
    if row.scan and not papers.there(row.scan):
        fields.fault(Kind.NO_SCAN, "scan", row.scan)
    elif not row.scan and not papers.common and without:
        fields.fault(Kind.NOT_SIGNED, "scan", "、".join(without))


def _judge_again(fields: Fields, row: Row, cells: Mapping[str, str], drawn: Drawn) -> None:
    """A visit recorded before: the row may say the same; what it leaves open is not compared, nor what is
    not kept here."""
    kept = drawn.recorded
    by_hour = "hour" in cells
    said: dict[str, tuple[object, object]] = {
        "day": (
            row.occurred if by_hour else row.occurred[:10],
            str(kept["occurred"])[: 25 if by_hour else 10],
        ),
        "until": (row.until[:10], str(kept["until"])[:10]) if row.until else (0, 0),
        "results": (list(row.results), kept["results"]) if row.results else (0, 0),
        "items": ([dict(one) for one in row.items], kept["items"]) if "items" in cells else (0, 0),
    }
    said |= {key: (cells[key], kept[key]) for key in _TEXTS if key in cells and key in kept}
    for key, (here, there) in said.items():
        if here != there:
            shown = cells.get(key) or str(here)
            fields.fault(Kind.RECORDED_ALREADY, key, shown, seq=str(drawn.seq))

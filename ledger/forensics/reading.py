"""Lists and results of past draws, .xlsx or .csv, as platforms export them.

A list is the roster as it was when the draw was made, one row a subject, in the platform's order if that is
known. A result names the drawn subjects and, where it has them, task, batch, time and officers. Columns
are found by their titles; all others of a list are kept, since a platform may have sorted by one of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ledger import codes
from ledger.importing import values
from ledger.importing.faults import Fault
from ledger.importing.tables import Row, Table, Unreadable, merged_cells, read_table
from verifier.errors import N_, Exit, LiuhenError, Malformed
from verifier.wording import visible

TITLES: Mapping[str, tuple[str, ...]] = {
    "code": (
        *("统一社会信用代码", "社会信用代码", "信用代码", "统一社会信用代码/注册号", "注册号", "主体代码"),
        *("对象编号", "企业编号", "检查对象编号"),
    ),
    "name": (
        *(
            "企业名称",
            "检查对象名称",
            "检查对象",
            "市场主体名称",
            "主体名称",
            "单位名称",
            "被检查单位",
            "名称",
        ),
        *("抽取对象", "抽查对象", "被抽查对象", "经营主体名称"),
    ),
    "officers": (
        *(
            "检查人员",
            "执法人员",
            "执法检查人员",
            "检查人",
            "抽取人员",
            "检查组",
            "检查组成员",
            "人员",
            "选派人员",
        ),
        "检查人员姓名",
    ),
    "time": ("抽取时间", "抽取日期", "摇号时间", "派发时间", "生成时间", "创建时间", "时间", "日期"),
    "task": ("任务名称", "抽查任务", "抽查任务名称", "任务编号", "计划名称", "抽查计划"),
    "batch": ("抽取批次", "批次", "批次号", "抽取编号", "抽取序号", "抽取次数", "第几次抽取"),
}
OFFICER_TITLES = ("姓名", "检查人员", "人员姓名", "执法人员", "人员编号", "执法检查人员", "检查人员姓名")
_HEADER_ROWS = 15
_MARKS = re.compile(r"[*※:#\s]+|\(必填\)|\(选填\)")
_NOTE = re.compile(r"(?:合计|总计|共计|备注|注|说明|填表|制表)[\s:：（(]?")
_SEPARATORS = re.compile(r"[、,，;；/\s]+")
_SHEETS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PAUSE = 60
"""Seconds: rows of one batch further apart than this were not written by one press of the button."""


class NoTable(Malformed):
    """A file that is no table: `path` and why, `fault`."""

    def __init__(self, path: Path, fault: Fault) -> None:
        self.path, self.fault = path, fault
        super().__init__(fault.code, fault.message().replace("{", "{{").replace("}", "}}"), where=str(path))


@dataclass(frozen=True)
class Sheet:
    """A table below its header: titles, rows of texts, where the known columns are. What hides or turns round
    text stands there as its escape."""

    path: Path
    titles: tuple[str, ...]
    rows: tuple[Row, ...]
    known: Mapping[str, int]

    def column(self, key: str) -> list[str]:
        """The texts of a known column."""
        index = self.known[key]
        return [row.text(index).strip() for row in self.rows]


@dataclass(frozen=True)
class Roster:
    """A list as it was: keys in file order, names, and every column by its title."""

    source: str
    keys: tuple[str, ...]
    names: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Past:
    """One past draw. `drawn` are positions in the roster, in the order of the result; `strangers` drawn
    subjects that the roster does not have; `teams` who went, in the order of `drawn`, "" where unknown."""

    name: str
    roster: Roster
    drawn: tuple[int, ...]
    strangers: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    time: datetime | None = None
    task: str = ""
    batch: str = ""
    twice: tuple[str, ...] = field(default=())
    """keys that the roster or the result has more than once"""


def read_sheet(path: Path, needed: Sequence[str], titles: Mapping[str, Sequence[str]] = TITLES) -> Sheet:
    """A table whose header has one of the `needed` columns. Raises NoTable, E-FORENSICS-COLUMNS,
    E-FORENSICS-MERGED."""
    try:
        table = read_table(path)
    except Unreadable as error:
        raise NoTable(path, error.fault) from error
    names = {_squeeze(title): key for key, known in titles.items() for title in known}
    best: tuple[int, int] = (0, -1)
    for position, row in enumerate(table.rows[:_HEADER_ROWS]):
        found = {names[s] for text in row.texts if (s := _squeeze(text)) in names}
        if len(found) > best[0] and found & set(needed):
            best = (len(found), position)
    if best[1] < 0:
        raise LiuhenError(
            "E-FORENSICS-COLUMNS",
            N_("There is no column of the names that are looked for: {titles}"),
            where=str(path),
            remedy=N_("Give the column one of these titles, in one header row."),
            exit=Exit.UNREADABLE,
            titles="、".join(title for key in needed for title in titles[key][:4]),
        )
    header = table.rows[best[1]]
    _refuse_merged(path, table, header.number)
    known: dict[str, int] = {}
    for index, text in enumerate(header.texts):
        key = names.get(_squeeze(text))
        if key is not None:
            known.setdefault(key, index)
    must = [known[key] for key in needed if key in known]
    rows = tuple(
        row._replace(texts=tuple(map(visible, row.texts)))
        for row in table.rows[best[1] + 1 :]
        if any(row.text(i).strip() for i in must) and not _is_note(row)
    )
    return Sheet(path, tuple(visible(text.strip()) for text in header.texts), rows, known)


def _is_note(row: Row) -> bool:
    """A line of sums or remarks below a table."""
    held = [text.strip() for text in row.texts if text.strip()]
    return len(held) <= 2 and _NOTE.match(held[0]) is not None


def _squeeze(title: str) -> str:
    return _MARKS.sub("", values.plain(title))


def _refuse_merged(path: Path, table: Table, header: int) -> None:
    try:
        merged = [area for area, _, last in merged_cells(path, table.sheet) if last > header]
    except Unreadable as error:
        raise NoTable(path, error.fault) from error
    if merged:
        raise LiuhenError(
            "E-FORENSICS-MERGED",
            N_("Cells are merged below the header ({areas}), so it is not clear which row they belong to."),
            where=str(path),
            remedy=N_("Unmerge them and write the value into every row, or take the platform's own export."),
            exit=Exit.UNREADABLE,
            areas="、".join(merged[:5]),
        )


def read_past(pairs: Sequence[tuple[Path, Path]]) -> list[Past]:
    """Every draw of these lists and results, in order of time where it is known. Raises what `read_sheet`
    raises."""
    rosters: dict[Path, Sheet] = {}
    found: list[Past] = []
    for list_path, result_path in pairs:
        if list_path not in rosters:
            rosters[list_path] = read_sheet(list_path, ("code", "name"))
        found += _draws(rosters[list_path], read_sheet(result_path, ("code", "name")))
    return sorted(found, key=lambda one: (one.time is None, one.time or datetime.min))


def _draws(listed: Sheet, result: Sheet) -> Iterator[Past]:
    by = _key_in_both(listed, result)
    keys = [codes.normalise(text) for text in listed.column(by)]
    names = listed.column("name") if "name" in listed.known else keys
    columns = {
        title: tuple(row.text(index).strip() for row in listed.rows)
        for index, title in enumerate(listed.titles)
        if title
    }
    roster = Roster(str(listed.path), tuple(keys), tuple(names), columns)
    place: dict[str, int] = {}
    twice = []
    for index, key in enumerate(keys):
        if place.setdefault(key, index) != index:
            twice.append(key)
    for label, rows in _divided(result):
        wanted = [codes.normalise(row.text(result.known[by])) for row in rows]
        inside = [key for key in dict.fromkeys(wanted) if key in place]
        sent: dict[str, list[str]] = {}
        for key, row in zip(wanted, rows, strict=True):
            sent.setdefault(key, []).append(
                team_of(row.text(result.known["officers"])) if "officers" in result.known else ""
            )
        # One row for each officer is one drawn subject; the same row again is a subject that stands twice.
        again = [key for key, teams in sent.items() if len(set(teams)) < len(teams)]
        yield Past(
            label[0] or result.path.stem,
            roster,
            tuple(place[key] for key in inside),
            tuple(key for key in dict.fromkeys(wanted) if key not in place),
            tuple("+".join(filter(None, sent[key])) for key in inside),
            label[1],
            label[2],
            label[3],
            (*twice, *again),
        )


def team_of(text: str) -> str:
    """A team as one text, its members in the order written."""
    return "+".join(part for part in _SEPARATORS.split(text.strip()) if part)


def _key_in_both(listed: Sheet, result: Sheet) -> str:
    """`code` where both tables have it in nearly every row as text, else `name`. Raises E-FORENSICS-KEY."""
    for by in ("code", "name"):
        if (
            by in listed.known
            and by in result.known
            and all(map(_whole, (listed.column(by), result.column(by))))
        ):
            return by
    raise LiuhenError(
        "E-FORENSICS-KEY",
        N_("List and result have no column in common that names every subject."),
        where=f"{listed.path}, {result.path}",
        remedy=N_("Both need the codes (stored as text) or both the names."),
        exit=Exit.UNREADABLE,
    )


def _whole(texts: Sequence[str]) -> bool:
    return bool(texts) and all(text and not values.is_scientific(text) for text in texts)


_Label = tuple[str, datetime | None, str, str]
"""name, time, task, batch"""


def _divided(result: Sheet) -> Iterator[tuple[_Label, list[Row]]]:
    """The rows of a result by draw: by task and batch, and by time where rows of one batch are apart."""

    def text(row: Row, key: str) -> str:
        return row.text(result.known[key]).strip() if key in result.known else ""

    groups: dict[tuple[str, str], list[Row]] = {}
    for row in result.rows:
        groups.setdefault((text(row, "task"), text(row, "batch")), []).append(row)
    for (task, batch), rows in groups.items():
        timed = [(when(text(row, "time")), row) for row in rows]
        known = sorted((t, i) for i, (t, _) in enumerate(timed) if t is not None)
        parts: dict[int, int] = {}
        part, last = 0, None
        for time, index in known:
            part += last is not None and (time - last).total_seconds() > _PAUSE
            parts[index], last = part, time
        for number in range(part + 1):
            inside = [i for i in range(len(rows)) if parts.get(i, 0) == number]
            first = min((t for i in inside if (t := timed[i][0]) is not None), default=None)
            name = " ".join(filter(None, (task, batch, first.isoformat(" ") if first and part else "")))
            yield (name, first, task, batch), [rows[i] for i in inside]


def when(text: str) -> datetime | None:
    """A time as platforms write it; a day alone is its beginning."""
    plain = (
        unicodedata.normalize("NFKC", text)
        .replace("/", "-")
        .replace("年", "-")
        .replace("月", "-")
        .replace("日", " ")
    )
    found = re.fullmatch(
        r"(\d{4})-(\d{1,2})-(\d{1,2})[T ]*(?:(\d{1,2}):(\d{2})(?::(\d{2}))?)?.*", plain.strip()
    )
    if not found:
        return None
    numbers = [int(part or 0) for part in found.groups()]
    try:
        return datetime(*numbers)  # type: ignore[arg-type]
    except ValueError:
        return None


def read_officers(path: Path) -> list[str]:
    """The officers of a list in its order. Raises what `read_sheet` raises."""
    sheet = read_sheet(path, ("officer",), {"officer": OFFICER_TITLES})
    return list(dict.fromkeys(sheet.column("officer")))

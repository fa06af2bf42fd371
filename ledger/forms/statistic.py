"""Statistics as tables that a template says: title, period, rows and columns by the keys of figures.

A template is a small TOML file (specs/forms.md). Those of the program lie in `ledger/forms/statistics`; an
office takes one, edits it and prints with its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from string import Formatter

from ledger import tomlfile
from ledger.forms.counting import PERIODS, OfDraws, counted, name_of, number
from ledger.forms.drawn import task_of
from ledger.forms.files import template_fault
from ledger.forms.form import Wanted
from ledger.forms.sheet import Column, Head, Sheet
from ledger.forms.source import Source
from ledger.forms.wording import KINDS, area_of, day_zh, days_zh
from ledger.overview import months_of
from verifier.figures import GROUPED, RATES, Statistics

_FILLED = "单位负责人：　　　　　　审核人：　　　　　　填表人：　　　　　　联系电话：　　　　　　"
_MOST = 60
"""Rows or columns of figures in one table."""


@dataclass(frozen=True)
class Value:
    """A column, or in a list of figures a row: its title, what stands in it, the title above it."""

    title: str
    key: str
    group: str = ""
    width: float = 11


@dataclass(frozen=True)
class Template:
    """A statistic. `rows` is one of `ROWS`; `values` are the columns, of `figures` the rows."""

    title: str
    period: str
    rows: str
    values: tuple[Value, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Line:
    """What a row counts, and words of it."""

    known: Statistics
    words: Mapping[str, str]
    group: str = ""


def program_template(name: str) -> Callable[[], bytes]:
    """The template of the program of this name."""
    return lambda: resources.files("ledger.forms").joinpath("statistics", f"{name}.toml").read_bytes()


def tabulate(content: bytes, source: Source, wanted: Wanted, where: str = "") -> Sheet:
    """The table of a template; `where` is its file, for faults. Raises E-FORM-TEMPLATE."""
    template = read(content, where)
    known = counted(source, wanted, template.period)
    title = template.title.format(
        office=source.ledger.office, area=area_of(source.ledger.office), year=known.period.last[:4]
    )
    above = (
        (f"填报单位（盖章）：{source.ledger.office}", f"填报时间：{day_zh(source.day)}"),
        (f"统计期间：{days_zh(known.period.first, known.period.last)}", ""),
    )
    notes = tuple(f"{number}. {note}" for number, note in enumerate(template.notes, 1))
    below = (_FILLED, *(("说明：", *notes) if notes else ()))
    if template.rows == "figures":
        return Sheet(title, _LISTED, list(_listed(known, template)), above, below, landscape=False)
    rows = [_cells(template, line, no) for no, line in enumerate(_lines(source, known, template.rows), 1)]
    columns = tuple(Column(value.title, value.width, centre=True) for value in template.values)
    return Sheet(title, columns, rows, above, below, head=_head(template.values))


def read(content: bytes, where: str = "") -> Template:
    """A template from its bytes. Raises E-FORM-TEMPLATE with what is wrong in it."""
    try:
        said = tomlfile.parse(content)
        return _template(said)
    except (ValueError, LookupError, TypeError) as error:
        raise template_fault(str(error), where) from error


def _template(said: Mapping[str, object]) -> Template:
    known = {"title", "period", "rows", "columns", "figures", "notes"}
    if strange := set(said) - known:
        raise ValueError(f"{sorted(strange)[0]}: {', '.join(sorted(known))}")
    rows = _one_of(said, "rows", ("figures", *ROWS))
    which = "figures" if rows == "figures" else "columns"
    values = said.get(which)
    if not isinstance(values, list) or not 0 < len(values) <= _MOST:
        raise ValueError(f"{which}: 1–{_MOST}")
    notes = said.get("notes", [])
    if not isinstance(notes, list) or not all(isinstance(note, str) for note in notes):
        raise ValueError("notes")
    title = _text(said, "title")
    if unknown := [one for one in _named(title) if one not in ("office", "area", "year")]:
        raise ValueError(f"title: {unknown[0]}")
    return Template(
        title,
        _one_of(said, "period", PERIODS),
        rows,
        tuple(_value(value, rows) for value in values),
        tuple(notes),
    )


def _value(said: object, rows: str) -> Value:
    if not isinstance(said, dict):
        raise TypeError("[[columns]] / [[figures]]")
    if strange := set(said) - {"title", "value", "group", "width"}:
        raise ValueError(sorted(strange)[0])
    key = str(said.get("value", ""))
    words = _WORDS[rows]
    if key and key not in words:
        name_of(key)
        if rows in ("kinds", "tags") and not _grouped(key):
            raise LookupError(key)
    width = said.get("width", 11)
    if not isinstance(width, (int, float)) or not 2 <= width <= 80:
        raise ValueError(f"width: {width}")
    title = str(said.get("title", "")) or (name_of(key) if key and key not in words else words.get(key, ""))
    return Value(title, key, str(said.get("group", "")), float(width))


def _grouped(key: str) -> bool:
    parts = RATES[key][2:] if key in RATES else (key,)
    return all(part in GROUPED for part in parts)


def _named(title: str) -> Iterator[str]:
    """The names in braces; one with a width, a conversion or a part of it is another name."""
    for _, name, form, conversion in Formatter().parse(title):
        if name is not None:
            yield name + (f":{form}" if form else "") + (f"!{conversion}" if conversion else "")


def _text(said: Mapping[str, object], name: str) -> str:
    text = said.get(name)
    if not isinstance(text, str) or not text:
        raise ValueError(name)
    return text


def _one_of(said: Mapping[str, object], name: str, allowed: Sequence[str]) -> str:
    text = _text(said, name)
    if text not in allowed:
        raise ValueError(f"{name}: {', '.join(allowed)}")
    return text


_LISTED = (
    Column("序号", 6, centre=True),
    Column("类别", 18, joined=True),
    Column("统计指标", 40),
    Column("数量", 12, centre=True),
    Column("备注", 18),
)


def _listed(known: Statistics, template: Template) -> Iterator[Sequence[str]]:
    for no, value in enumerate(template.values, 1):
        filled = number(known, value.key) if value.key else ""
        yield str(no), value.group, value.title, filled, ""


def _head(values: Sequence[Value]) -> tuple[tuple[Head | None, ...], ...]:
    """One row of titles; two where titles stand above some."""
    if not any(value.group for value in values):
        return ()
    upper: list[Head | None] = []
    lower: list[Head | None] = []
    for place, value in enumerate(values):
        if not value.group:
            upper.append(Head(value.title, 1, 2))
            lower.append(None)
            continue
        begins = place == 0 or values[place - 1].group != value.group
        ends = next((p for p in range(place, len(values)) if values[p].group != value.group), len(values))
        upper.append(Head(value.group, ends - place) if begins else None)
        lower.append(Head(value.title))
    return tuple(upper), tuple(lower)


def _cells(template: Template, line: _Line, no: int) -> Sequence[str]:
    return [_cell(line, value.key, no) for value in template.values]


def _cell(line: _Line, key: str, no: int) -> str:
    if not key:
        return ""
    if key == "no":
        return "" if line.words.get("row") == _SUM else str(no)
    if key in _ALL_WORDS:
        return line.words.get(key, "")
    return number(line.known, f"{key}:{line.group}" if line.group else key)


_SUM = "合计"
_SHARED = {"no": "序号", "office": "部门", "row": "", "": ""}
_OF_DRAW = {**_SHARED, "task": "抽查任务", "lead": "牵头部门", "partners": "参与部门", "scheme": "实施方案"}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "figures": {},
    "office": _SHARED,
    "months": _SHARED,
    "kinds": _SHARED,
    "tags": _SHARED,
    "draws": _OF_DRAW,
    "joint": _OF_DRAW,
    "internal": _OF_DRAW,
}
"""What a row may say beside figures, by kind of rows."""
_ALL_WORDS = frozenset(_OF_DRAW)
ROWS = tuple(name for name in _WORDS if name != "figures")
"""office: one row; months: one a month; draws, joint, internal: one a draw (of the kind); kinds, tags: one a
registry, an industry. All but the first end with the sum."""


def _lines(source: Source, known: Statistics, rows: str) -> Iterator[_Line]:
    office = {"office": source.ledger.office, "row": source.ledger.office}
    if rows == "office":
        yield _Line(known, office)
    elif rows == "months":
        for month in months_of(known.period):
            said = {**office, "row": f"{int(month.first[5:7])}月"}
            yield _Line(Statistics(source.facts, month), said)
        yield _Line(known, {**office, "row": _SUM})
    elif rows in ("kinds", "tags"):
        yield from _groups(known, rows, office)
    else:
        names = [name for name, _ in (known.draws if rows == "draws" else known.draws_of_kind(rows))]
        for name in names:
            yield _Line(OfDraws(known, [name]), {**office, **_of_draw(source, name)})
        yield _Line(OfDraws(known, names), {"office": _SUM, "row": _SUM, "task": _SUM})


def _groups(known: Statistics, rows: str, office: Mapping[str, str]) -> Iterator[_Line]:
    for group in known.groups():
        attribute, _, value = group.partition("=")
        if f"{attribute}s" == rows:
            yield _Line(known, {**office, "row": KINDS.get(value, value)}, group)
    yield _Line(known, {**office, "row": _SUM})


def _of_draw(source: Source, name: str) -> Mapping[str, str]:
    task, row = task_of(source, name)
    return {
        "row": name,
        "task": str(row.get("task_name", "")),
        "lead": str(row.get("lead") or row.get("organiser", "")),
        "partners": "、".join(row.get("partners", ())),
        "scheme": str(task.get("scheme", {}).get("name", "")),
    }

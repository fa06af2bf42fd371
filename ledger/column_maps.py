"""Column maps (列对照表): which columns a platform's tables have, and which of our fields stands in each.

A map is a TOML file that an office copies and edits. The same map writes a list for the platform and reads
back what the platform exports. Ready maps lie in `ledger.platforms`. Everything wrong with a map is told at
once, each fault with its line.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Final

from ledger import tomlfile
from verifier.errors import N_, Exit, LiuhenError

FIXED: Final = "="
"""A field that begins with this sign is text that stands in every row."""
_TASK: Final = {
    "no": N_("number of the row"),
    "plan": N_("plan"),
    "plan_name": N_("name of the plan"),
    "task_name": N_("name of the task"),
    "plan_no": N_("number of the plan"),
    "task_no": N_("number of the task"),
    "task": N_("task"),
    "draw": N_("draw"),
    "date": N_("day of the draw"),
    "office": N_("office"),
}
_SUBJECT: Final = {
    "code": N_("code of the subject"),
    "name": N_("name"),
    "address": N_("address"),
    "district": N_("district"),
    "risk": N_("risk class"),
    "stratum": N_("stratum"),
}
_OFFICERS: Final = {
    "leader": N_("head of the team"),
    "officers": N_("names of the team"),
    "officer_ids": N_("numbers of the team"),
    "certificates": N_("certificates of the team"),
    "departments": N_("departments of the team"),
    **{f"officer{n}": N_("one of the team, by its place") for n in range(1, 10)},
}
FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "plan": {
        **{key: _TASK[key] for key in ("no", "plan", "plan_name", "task_name", "plan_no", "task_no")},
        "text": N_("inspection items"),
        "objects": N_("objects"),
        "rate": N_("rate"),
        "way": N_("directed or undirected"),
        "organiser": N_("who draws"),
        "executor": N_("who inspects"),
        "partners": N_("partner departments"),
        "lead": N_("lead department"),
        "period": N_("months"),
        "office": _TASK["office"],
    },
    "pool": {**_TASK, **_SUBJECT},
    "draw": {**_TASK, **_SUBJECT, **_OFFICERS, "rank": N_("rank")},
    "results": {
        **_TASK,
        **_SUBJECT,
        **_OFFICERS,
        "visit": N_("visit"),
        "checked": N_("day of the visit"),
        "methods": N_("methods"),
        "items": N_("inspection items"),
        "results": N_("codes of the result"),
        "results_text": N_("result in words"),
        "channel": N_("where it was published"),
        "published": N_("day of publication"),
    },
}
"""Kind of table → its fields and what they are."""
READ_BACK: Final = ("draw",)
"""Kinds of tables that are read back: one subject a row."""


@dataclass(frozen=True)
class MapTable:
    """One table of a platform: (title, field) of each column in order; other titles that a field has."""

    sheet: str
    columns: tuple[tuple[str, str], ...]
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class ColumnMap:
    """A map: its name, the platform it is for ("": any) and the tables by kind."""

    name: str
    platform: str
    tables: Mapping[str, MapTable]

    def table(self, kind: str) -> MapTable:
        """Raises E-MAP-TABLE for a kind that the map does not have."""
        if kind not in self.tables:
            raise LiuhenError(
                "E-MAP-TABLE",
                N_("The column map {map} has no table {kind}."),
                remedy=N_("Add it to a copy of the map, or take another: liuhen map list"),
                exit=Exit.USAGE,
                map=self.name,
                kind=kind,
            )
        return self.tables[kind]


@dataclass(frozen=True)
class MapFault:
    """One fault of a map: the line (0 where none can be named), an English template and its fields."""

    line: int
    what: str
    params: Mapping[str, str] = field(default_factory=dict)


class MapFaults(LiuhenError):  # noqa: N818 - what the file has
    """A map has faults (exit 4); `faults` names them all."""

    def __init__(self, faults: list[MapFault], where: str) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__(
            "E-MAP-FAULTS",
            N_("The column map has {count} faults."),
            where=where,
            remedy=N_("Correct the lines; compare a ready map: liuhen map show generic"),
            exit=Exit.UNREADABLE,
            count=len(faults),
        )


def ready() -> tuple[str, ...]:
    """Names of the ready maps, the generic one first."""
    names = (entry.name for entry in resources.files("ledger.platforms").iterdir())
    found = sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))
    return tuple(sorted(found, key=lambda name: name != "generic"))


def ready_bytes(name: str) -> bytes:
    """The file of a ready map. Raises E-MAP-UNKNOWN."""
    if name not in ready():
        raise LiuhenError(
            "E-MAP-UNKNOWN",
            N_("There is no column map {name}."),
            remedy=N_("There are: {names}. Or give the path of a file of your own."),
            exit=Exit.USAGE,
            name=name,
            names=", ".join(ready()),
        )
    return (resources.files("ledger.platforms") / f"{name}.toml").read_bytes()


def load(name: str) -> ColumnMap:
    """A ready map by its name, or the map in a file. Raises E-MAP-UNKNOWN, E-MAP-FILE, MapFaults."""
    path = Path(name)
    if name in ready():
        return parse(ready_bytes(name), name)
    if not path.exists() and path.suffix != ".toml":
        ready_bytes(name)
    try:
        data = tomlfile.content(path)
    except OSError as error:
        raise LiuhenError(
            "E-MAP-FILE",
            N_("The column map cannot be read: {reason}"),
            where=name,
            remedy=N_("Check the path; see the ready maps: liuhen map list"),
            exit=Exit.UNREADABLE,
            reason=error.strerror or str(error),
        ) from error
    return parse(data, name)


def for_platform(platform: str) -> str:
    """The ready map made for a platform of this name, else the generic one."""
    for name in ready():
        if platform and load(name).platform == platform:
            return name
    return "generic"


def parse(data: bytes, where: str) -> ColumnMap:
    """The map in the bytes of a TOML file (UTF-8, a BOM allowed). Raises MapFaults with every fault."""
    try:
        text = data.decode("utf-8-sig")
        file = tomlfile.parse(data)
    except UnicodeDecodeError as error:
        raise MapFaults([MapFault(0, N_("the file is not in UTF-8"))], where) from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        fault = MapFault(line, N_("this is no TOML: {reason}"), {"reason": str(error)})
        raise MapFaults([fault], where) from error
    lines = _Lines(text)
    faults = list(_faults(file, lines))
    if faults:
        raise MapFaults(faults, where)
    tables = {
        kind: MapTable(
            file[kind].get("sheet", ""),
            tuple(file[kind]["columns"].items()),
            {name: tuple(titles) for name, titles in file[kind].get("also", {}).items()},
        )
        for kind in FIELDS
        if kind in file
    }
    return ColumnMap(file["name"], file.get("platform", ""), tables)


def _faults(file: Mapping[str, Any], lines: _Lines) -> Iterator[MapFault]:
    if not (isinstance(file.get("name"), str) and file["name"]):
        yield MapFault(lines.of("", "name"), N_("“name” is missing or no text"))
    if not isinstance(file.get("platform", ""), str):
        yield MapFault(lines.of("", "platform"), N_("“platform” is no text"))
    for kind in file.keys() - {"name", "platform"}:
        if kind not in FIELDS:
            known = {"name": kind, "known": ", ".join(FIELDS)}
            yield MapFault(lines.section(kind), N_("“{name}” is none of the tables {known}"), known)
        elif not isinstance(file[kind], dict):
            yield MapFault(lines.of("", kind), N_("“{name}” is no table"), {"name": kind})
        else:
            yield from _table_faults(kind, file[kind], lines)
    if not FIELDS.keys() & file.keys():
        yield MapFault(0, N_("there is no table: {known}"), {"known": ", ".join(FIELDS)})


def _table_faults(kind: str, table: Mapping[str, Any], lines: _Lines) -> Iterator[MapFault]:
    for name in table.keys() - {"sheet", "columns", "also"}:
        yield MapFault(lines.of(kind, name), N_("“{name}” means nothing here"), {"name": name})
    sheet = table.get("sheet", "")
    if not isinstance(sheet, str) or len(sheet) > 31 or re.search(r"[\[\]:*?/\\]", sheet):
        yield MapFault(lines.of(kind, "sheet"), N_("“sheet” is no name of a sheet (at most 31 characters)"))
    columns = table.get("columns")
    if not isinstance(columns, dict) or not columns:
        yield MapFault(lines.section(kind), N_("[{kind}.columns] is missing or empty"), {"kind": kind})
        return
    seen: dict[str, str] = {}
    for title, name in columns.items():
        at = lines.of(f"{kind}.columns", title)
        if not isinstance(name, str) or not (name.startswith(FIXED) or name in FIELDS[kind]):
            words = {"name": str(name), "title": title, "known": ", ".join(FIELDS[kind])}
            yield MapFault(at, N_("column “{title}”: there is no field “{name}”; there are {known}"), words)
        elif not name.startswith(FIXED) and name in seen and kind in READ_BACK:
            words = {"title": title, "other": seen[name], "name": name}
            yield MapFault(at, N_("columns “{other}” and “{title}” both are “{name}”"), words)
        else:
            seen[name] = title
    if kind in READ_BACK and not {"code", "name"} & seen.keys():
        at = lines.section(f"{kind}.columns")
        yield MapFault(at, N_("no column is “code” or “name”: a row could not be read back"))
    yield from _also_faults(kind, table.get("also", {}), lines)


def _also_faults(kind: str, also: Any, lines: _Lines) -> Iterator[MapFault]:
    if not isinstance(also, dict):
        yield MapFault(lines.of(kind, "also"), N_("“{name}” is no table"), {"name": "also"})
        return
    for name, titles in also.items():
        at = lines.of(f"{kind}.also", name)
        if name not in FIELDS[kind]:
            words = {"name": name, "known": ", ".join(FIELDS[kind])}
            yield MapFault(at, N_("there is no field “{name}”; there are {known}"), words)
        elif not isinstance(titles, list) or not all(isinstance(title, str) and title for title in titles):
            yield MapFault(at, N_('“{name}” needs a list of titles: ["…", "…"]'), {"name": name})


class _Lines:
    """Where keys and sections stand in a TOML text; 0 where that is not seen."""

    def __init__(self, text: str) -> None:
        self._keys: dict[tuple[str, str], int] = {}
        self._sections: dict[str, int] = {}
        section = ""
        for number, line in enumerate(text.splitlines(), 1):
            head = re.match(r"\s*\[([^\[\]]+)\]", line)
            key = re.match(r"""\s*(?:"([^"]*)"|'([^']*)'|([^\s="'#\[]+))\s*=""", line)
            if head:
                section = head[1].replace(" ", "").replace('"', "")
                self._sections.setdefault(section, number)
            elif key:
                self._keys.setdefault((section, key[1] or key[2] or key[3] or ""), number)

    def of(self, section: str, key: str) -> int:
        return self._keys.get((section, key), self._sections.get(section, 0))

    def section(self, name: str) -> int:
        found = (line for known, line in self._sections.items() if known.split(".")[0] == name.split(".")[0])
        return self._sections.get(name, next(found, self._keys.get(("", name), 0)))

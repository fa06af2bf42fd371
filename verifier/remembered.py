"""What a reader keeps of a full verification, so that the next one reads only what is new.

A file on the reader's own disk: what is known at a head that was verified whole and without a failure. By
default none is read or written; who gives one trusts their disk as they trust the program itself. It is used
only where it is whole (a hash over all of it), was written by this very program (`program`), and the log read
now continues its head: the entries after it are added to its tree, whose root must be the signed one, which
is what a consistency proof shows. In doubt it is not used and everything is verified.

    liuhen/verified/1 LF ‖ SHA-256 of the rest ‖ msgpack map
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgpack

import verifier
from verifier import collector
from verifier import facts as f
from verifier.facts import MemoryFacts, T, Table
from verifier.factstore import Attributes, Facts, Named, Wanted
from verifier.report import Finding, Location, Status
from verifier.rules import rules
from verifier.tiles import GrowingTiles

MAGIC = b"liuhen/verified/1\n"


class Noting(MemoryFacts):
    """Facts that note which draws were touched since they were read.

    A row stays the list that it is in the file, [key, field…], until it is asked for; most never are.
    """

    def __init__(self, held: Mapping[str, Iterable[list[Any]]] | None = None) -> None:
        super().__init__()
        self.touched: set[str] = set()
        for name, rows in (held or {}).items():
            self._tables[name] = {row[0]: row for row in rows}

    def get(self, table: Table[T], key: str) -> T | None:
        row: Any = super().get(table, key)
        if type(row) is list:
            row = self._tables[table.name][key] = _row(table, row)
        return row  # type: ignore[no-any-return]

    def known(self, table: Table[T], keys: Iterable[str]) -> dict[str, T]:
        return Facts.known(self, table, keys)  # by `get`, each row as a row

    def put(self, table: Table[T], key: str, row: T) -> None:
        if table.name in (f.DRAWS.name, f.TEAMS.name):
            self.touched.add(key.partition("/")[0])
        super().put(table, key, row)

    def rows(self, table: Table[T], prefix: str = "") -> Iterator[tuple[str, T]]:
        held: Iterator[tuple[str, Any]] = super().rows(table, prefix)
        for key, row in held:
            yield key, _row(table, row) if type(row) is list else row

    def alike(self, table: Table[f.Row], wanted: Wanted) -> Iterator[tuple[Attributes, Iterable[Named]]]:
        for key in self._tables[table.name]:
            self.get(table, key)
        return super().alike(table, wanted)


def _row(table: Table[T], held: list[Any]) -> T:
    values = zip(held[1:], _tuples(table), strict=True)
    return table.row(*(tuple(value) if fixed else value for value, fixed in values))


@lru_cache(maxsize=256)
def _tuples(table: Table[Any]) -> tuple[bool, ...]:
    """Which fields of a row are tuples."""
    return tuple(str(field.type).startswith("tuple") for field in fields(table.row))


@dataclass(frozen=True)
class Remembered:
    """The state of a verification after the last entry of a head."""

    origin: str
    size: int
    root: bytes
    facts: MemoryFacts
    tally: Counter[str]
    signed: Counter[str]
    unsealed: dict[bytes, tuple[bytes, Any]]
    findings: tuple[Finding, ...]
    """remarks on entries; nothing that failed is remembered"""
    last_time: str
    leaves: bytes
    """32 bytes an entry"""
    files: dict[str, str]
    """SHA-256 in hex of every file of the bundle, by path"""
    partial: dict[str, bytes]
    """the unfinished hash tiles, by path"""

    def levels(self) -> GrowingTiles:
        """The hash tiles at the head."""
        return GrowingTiles.at(self.size, self.partial.__getitem__)


@dataclass
class Memory:
    """What a verification is given (`held`) and leaves behind (`kept`, only without a failure)."""

    held: Remembered | None = None
    kept: Remembered | None = None
    asked: bool = True
    """Whether anything is to be kept."""
    used: bool = False
    departs: bool = False
    """the log does not continue the head held: everything was verified, and that head is compared"""


@cache
def program() -> bytes:
    """What tells this program from any other: version, catalogue and the bytes of every module."""
    hashed = sha256(f"{verifier.__version__}\n{sorted(map(repr, rules().items()))}\n".encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        hashed.update(sha256(path.read_bytes()).digest())
    return hashed.digest()


def encode(state: Remembered) -> bytes:
    """The bytes of the file."""
    tables: dict[str, list[Any]] = {}
    for name, key, row in state.facts.everything():
        held = (
            row if type(row) is list else [key, *(getattr(row, field) for field in row.__dataclass_fields__)]
        )
        tables.setdefault(name, []).append(held)
    packed: bytes = msgpack.packb(
        {
            "program": program(),
            "origin": state.origin,
            "size": state.size,
            "root": state.root,
            "tables": {name: tables[name] for name in sorted(tables)},
            "tally": dict(state.tally),
            "signed": dict(state.signed),
            "unsealed": [[key, *value] for key, value in state.unsealed.items()],
            "findings": [list(_told(finding)) for finding in state.findings],
            "last_time": state.last_time,
            "leaves": state.leaves,
            "files": state.files,
            "partial": state.partial,
        },
        use_bin_type=True,
    )
    return MAGIC + sha256(packed).digest() + packed


def _told(finding: Finding) -> Iterator[Any]:
    place = finding.location
    yield from (finding.rule, finding.status.value, finding.expected, finding.found)
    yield from (place.entry, place.stream, place.file, place.row)


@collector.paused()
def decode(data: bytes) -> Remembered | None:
    """The state in the bytes of a file; None when it is not whole, or another program's."""
    start = len(MAGIC) + 32
    if data[: len(MAGIC)] != MAGIC or sha256(data[start:]).digest() != data[len(MAGIC) : start]:
        return None
    held = msgpack.unpackb(data[start:], raw=False, strict_map_key=False)
    if held["program"] != program():
        return None
    facts = Noting(held["tables"])
    return Remembered(
        held["origin"],
        held["size"],
        held["root"],
        facts,
        Counter(held["tally"]),
        Counter(held["signed"]),
        {key: (salt, value) for key, salt, value in held["unsealed"]},
        tuple(
            Finding(rule, Status(status), Location(*place), expected, found)
            for rule, status, expected, found, *place in held["findings"]
        ),
        held["last_time"],
        held["leaves"],
        held["files"],
        held["partial"],
    )

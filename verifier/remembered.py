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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgpack

import verifier
from verifier import facts as f
from verifier.facts import MemoryFacts, T, Table
from verifier.report import Finding, Location, Status
from verifier.rules import rules
from verifier.tiles import GrowingTiles

MAGIC = b"liuhen/verified/1\n"


class Noting(MemoryFacts):
    """Facts that note which draws were touched since they were read."""

    def __init__(self) -> None:
        super().__init__()
        self.touched: set[str] = set()

    def put(self, table: Table[T], key: str, row: T) -> None:
        if table.name in (f.DRAWS.name, f.TEAMS.name):
            self.touched.add(key.partition("/")[0])
        super().put(table, key, row)


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
        tables.setdefault(name, []).append([key, *(getattr(row, field.name) for field in fields(row))])
    packed: bytes = msgpack.packb(
        {
            "program": program(),
            "origin": state.origin,
            "size": state.size,
            "root": state.root,
            "tables": tables,
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


def decode(data: bytes) -> Remembered | None:
    """The state in the bytes of a file; None when it is not whole, or another program's."""
    start = len(MAGIC) + 32
    if data[: len(MAGIC)] != MAGIC or sha256(data[start:]).digest() != data[len(MAGIC) : start]:
        return None
    held = msgpack.unpackb(data[start:], raw=False, strict_map_key=False)
    if held["program"] != program():
        return None
    facts = Noting()
    for name, rows in held["tables"].items():
        _fill(facts, _table(name), rows)
    facts.touched.clear()
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


@cache
def _tables() -> dict[str, Table[Any]]:
    return {table.name: table for table in vars(f).values() if isinstance(table, Table)}


def _table(name: str) -> Table[Any]:
    return _tables().get(name) or f.register(name.removeprefix("register/"))


def _fill(facts: MemoryFacts, table: Table[T], rows: Sequence[Sequence[Any]]) -> None:
    tuples = [str(field.type).startswith("tuple") for field in fields(table.row)]  # type: ignore[arg-type]
    for key, *values in rows:
        plain = [tuple(value) if fixed else value for value, fixed in zip(values, tuples, strict=True)]
        facts.put(table, key, table.row(*plain))

"""Facts as a table in the ledger's own database, moved in the same transaction as the entries.

The law reads and writes them through `verifier.facts.Facts`, exactly as in the verifier's memory. They can
be thrown away and rebuilt from the entries at any time, and are when they do not stand at the head or a row
is not what this version of the program wrote. Only making the table and looking for it differs by engine.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any
from zlib import crc32

import msgpack

from ledger.store.engine import Connection
from ledger.store.postgres_tables import FACTS
from verifier import facts as f
from verifier.facts import Facts, MemoryFacts, T, Table
from verifier.factstore import Attributes, Named, V, Wanted

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS facts (kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, "
    "sum INTEGER NOT NULL, alike TEXT, name TEXT, mark INTEGER, PRIMARY KEY (kind, key)) STRICT"
)
"""`alike`, `name` and `mark`, of rows of registers alone: what filters look at (`Row.attributes`) as JSON,
the name, and a check value of these and the key; so the pool of a draw is read from an index alone.
Not WITHOUT ROWID: a search would read a neighbour whole, and the pool of a draw may have 60 MB."""
INDEX = (
    "CREATE INDEX IF NOT EXISTS facts_alike ON facts (kind, alike, key, name, mark) WHERE alike IS NOT NULL"
)


@dataclass(frozen=True)
class Dialect:
    """How a database makes the table: `create`; what `found` gives when it is there as it should be; kind and
    name of whatever is `named` so; how a row is `put`, and whether with what makes it `alike` others."""

    create: tuple[str, ...]
    found: str
    expected: list[tuple[str, ...]]
    named: str
    put: str
    alike: bool


_SQLITE = Dialect(
    (SCHEMA, INDEX),
    "SELECT sql FROM sqlite_schema WHERE name IN ('facts', 'facts_alike') ORDER BY name",
    [(sql.replace("IF NOT EXISTS ", ""),) for sql in (SCHEMA, INDEX)],
    "SELECT type, name FROM sqlite_schema WHERE name IN ('facts', 'facts_alike') ORDER BY name",
    "INSERT INTO facts (kind, key, value, sum, alike, name, mark) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, sum = excluded.sum, "
    "alike = excluded.alike, name = excluded.name, mark = excluded.mark",
    True,
)
_POSTGRES = Dialect(
    (FACTS.format(place="facts"),),
    "SELECT column_name, data_type FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND table_name = 'facts' ORDER BY ordinal_position",
    [("kind", "text"), ("key", "text"), ("value", "bytea"), ("sum", "bigint")],
    "SELECT CASE table_type WHEN 'VIEW' THEN 'VIEW' ELSE 'TABLE' END, 'facts' FROM information_schema.tables "
    "WHERE table_schema = current_schema() AND table_name = 'facts'",
    "INSERT INTO facts (kind, key, value, sum) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, sum = excluded.sum",
    False,
)
_LAST = "\U0010ffff"
"""Sorts after every key: no key has a noncharacter."""
_GONE = object()
_packer = msgpack.Packer(use_bin_type=True, autoreset=True).pack


_COLUMNS: dict[str, tuple[tuple[str, bool], ...]] = {}


def _columns(row: type[Any]) -> tuple[tuple[str, bool], ...]:
    """(name, whether it is a tuple) of the fields of a fact."""
    known = _COLUMNS.get(row.__name__)
    if known is None:
        known = tuple((field.name, str(field.type).startswith("tuple")) for field in fields(row))
        _COLUMNS[row.__name__] = known
    return known


class DamagedFactsError(Exception):
    """A row of the table is not what was written; the entries still are."""


_SHAPES: dict[str, int] = {}


def _shape(row: type[Any]) -> int:
    """What tells rows of another version of the program, which had other fields."""
    known = _SHAPES.get(row.__name__)
    if known is None:
        known = _SHAPES[row.__name__] = crc32(" ".join(name for name, _ in _columns(row)).encode())
    return known


def _sum(row: type[Any], kind: str, key: str, value: bytes) -> int:
    """What tells a damaged row, as pages of SQLite have no check value of their own, and one of another
    shape."""
    return crc32(value, crc32(f"{kind}\n{key}".encode(), _shape(row)))


def _pack(row: Any) -> bytes:
    values = (
        [row.record, row.seq]
        if type(row) is f.Row
        else [getattr(row, name) for name, _ in _columns(type(row))]
    )
    packed: bytes = _packer(values)
    return packed


def _unpack(table: Table[T], key: str, value: bytes, written: int) -> T:
    if written != _sum(table.row, table.name, key, value):
        raise DamagedFactsError(table.name)
    values = msgpack.unpackb(value, raw=False, strict_map_key=False)
    plain = [
        tuple(held) if is_tuple else held
        for held, (_, is_tuple) in zip(values, _columns(table.row), strict=True)
    ]
    return table.row(*plain)


@lru_cache(maxsize=4096)
def _told(attributes: Attributes) -> tuple[str, int]:
    """`alike` of a row, and the check value with which its `mark` begins. Many rows share one."""
    alike = json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))
    return alike, crc32(alike.encode())


def _attributes(alike: str) -> Attributes:
    """What `_told` was given."""
    return tuple(tuple(value) if isinstance(value, list) else value for value in json.loads(alike))


def _apart(row: Any, key: str) -> tuple[str | None, str | None, int | None]:
    """`alike`, `name` and `mark` of a fact."""
    if type(row) is not f.Row or not isinstance(name := row.record.get("name"), str):
        return None, None, None
    alike, start = _told(f.attributes_of(row.record))
    return alike, name, crc32(f"{key}\n{name}".encode(), start)


class Kept:
    """What was worked out from the facts at one head, which the commands and the law ask for again."""

    def __init__(self) -> None:
        self.leaf = b""
        self._values: dict[tuple[Hashable, ...], Any] = {}

    def once(self, leaf: bytes, key: tuple[Hashable, ...], work: Callable[[], V]) -> V:
        if leaf != self.leaf:
            self.forget()
            self.leaf = leaf
        if key not in self._values:
            self._values[key] = work()
        found: V = self._values[key]
        return found

    def forget(self) -> None:
        self.leaf = b""
        self._values.clear()


_UNASKED = frozenset((f.HEAD.name, f.STREAMS.name, f.SPENT.name))
"""Tables that nothing which is kept hangs on: they move with every entry."""


class ViewFacts(Facts):
    """Facts in the table `facts` of `connection`. Changes are kept aside until `flush`, which writes them
    inside the caller's transaction. Made inside one, it reads each row once: nobody else can change it."""

    def __init__(self, connection: Connection, kept: Kept | None = None) -> None:
        self._connection = connection
        self._kept = kept or Kept()
        self._dialect = _SQLITE if isinstance(connection, sqlite3.Connection) else _POSTGRES
        self._changed: dict[str, dict[str, Any]] = {}
        self._seen: dict[str, dict[str, Any]] | None = {} if connection.in_transaction else None
        self._last: dict[str, str] = {}
        self._transient = MemoryFacts()

    def get(self, table: Table[T], key: str) -> T | None:
        if table.transient:
            return self._transient.get(table, key)
        changed = self._changed.get(table.name)
        if changed and key in changed:
            held = changed[key]
            return None if held is _GONE else held
        if self._seen is None:
            return self._stored(table, key)
        if key > self._last_key(table.name):
            return None
        seen = self._seen.setdefault(table.name, {})
        if key not in seen:
            seen[key] = self._stored(table, key)
        return seen[key]  # type: ignore[no-any-return]

    def known(self, table: Table[T], keys: Iterable[str]) -> dict[str, T]:
        if not table.transient and self._seen is not None and not self._changed.get(table.name):
            last = self._last_key(table.name)
            keys = [key for key in keys if key <= last]
        return super().known(table, keys)

    def _stored(self, table: Table[T], key: str) -> T | None:
        found = self._connection.execute(
            "SELECT value, sum FROM facts WHERE kind = ? AND key = ?", (table.name, key)
        ).fetchone()
        return _unpack(table, key, *found) if found else None

    def _last_key(self, kind: str) -> str:
        """The last stored key of a kind, "" where there is none or only that of a table with one row: what
        comes after it need not be looked for, and the rows of an import come in order."""
        if kind not in self._last:
            query = "SELECT max(key) FROM facts WHERE kind = ?"
            self._last[kind] = self._connection.execute(query, (kind,)).fetchone()[0] or ""
        return self._last[kind]

    def put(self, table: Table[T], key: str, row: T) -> None:
        if table.transient:
            self._transient.put(table, key, row)
        else:
            self._changed.setdefault(table.name, {})[key] = row

    def delete(self, table: Table[T], key: str) -> None:
        if table.transient:
            self._transient.delete(table, key)
        else:
            self._changed.setdefault(table.name, {})[key] = _GONE

    def rows(self, table: Table[T], prefix: str = "") -> Iterator[tuple[str, T]]:
        if table.transient:
            yield from self._transient.rows(table, prefix)
            return
        changed = self._changed.get(table.name, {})
        stored = self._connection.execute(
            "SELECT key, value, sum FROM facts WHERE kind = ? AND key >= ? AND key < ? ORDER BY key",
            (table.name, prefix, prefix + _LAST),
        )
        fresh = sorted(k for k in changed if k.startswith(prefix))
        place = 0
        for key, value, written in stored:
            while place < len(fresh) and fresh[place] < key:
                if changed[fresh[place]] is not _GONE:
                    yield fresh[place], changed[fresh[place]]
                place += 1
            if place < len(fresh) and fresh[place] == key:
                if changed[key] is not _GONE:
                    yield key, changed[key]
                place += 1
            else:
                yield key, _unpack(table, key, value, written)
        for key in fresh[place:]:
            if changed[key] is not _GONE:
                yield key, changed[key]

    def keys(self, table: Table[Any], prefix: str = "") -> Iterator[str]:
        """From the index of keys alone: whether a row is damaged shows where it is read."""
        if table.transient or self._changed.get(table.name):
            yield from super().keys(table, prefix)
            return
        query = "SELECT key FROM facts WHERE kind = ? AND key >= ? AND key < ? ORDER BY key"
        for (key,) in self._connection.execute(query, (table.name, prefix, prefix + _LAST)):
            yield key

    def alike(self, table: Table[f.Row], wanted: Wanted) -> Iterator[tuple[Attributes, Iterable[Named]]]:
        if not self._dialect.alike or self._changed.get(table.name):
            yield from super().alike(table, wanted)
            return
        for alike in self._groups(table.name):
            if wanted(attributes := _attributes(alike)):
                members = self._connection.execute(
                    "SELECT key, name, mark FROM facts WHERE kind = ? AND alike = ?", (table.name, alike)
                ).fetchall()
                start = crc32(alike.encode())
                for key, name, mark in members:
                    if crc32(f"{key}\n{name}".encode(), start) != mark:
                        raise DamagedFactsError(table.name)
                yield attributes, [(key, name) for key, name, _ in members]

    def _groups(self, kind: str) -> Iterator[str]:
        """Each `alike` of a kind once, by a search for the next; DISTINCT would read the whole index."""
        query = "SELECT min(alike) FROM facts WHERE kind = ? AND alike "
        (alike,) = self._connection.execute(query + "IS NOT NULL", (kind,)).fetchone()
        while alike is not None:
            yield alike
            (alike,) = self._connection.execute(query + "> ?", (kind, alike)).fetchone()

    def once(self, key: tuple[Hashable, ...], work: Callable[[], V]) -> V:
        if any(rows for name, rows in self._changed.items() if name not in _UNASKED):
            return work()
        leaf = self._leaf()
        found = self._kept.once(leaf, key, work)
        if self._leaf() != leaf:
            self._kept.forget()
        return found

    def _leaf(self) -> bytes:
        """Leaf hash of the last entry of the facts as they are stored."""
        head = self._stored(f.HEAD, f.ONE)
        return head.leaf if head else b""

    def flush(self) -> None:
        """Write the changes; the caller's transaction commits them."""
        for kind, rows in self._changed.items():
            gone = [(kind, key) for key, row in rows.items() if row is _GONE]
            kept = (self._packed(kind, key, row) for key, row in rows.items() if row is not _GONE)
            if gone:
                self._connection.executemany("DELETE FROM facts WHERE kind = ? AND key = ?", gone)
            if len(gone) < len(rows):
                self._connection.executemany(self._dialect.put, kept)
        self._changed.clear()
        self._forget()

    def _packed(self, kind: str, key: str, row: Any) -> tuple[Any, ...]:
        value = _pack(row)
        stored = (kind, key, value, _sum(type(row), kind, key, value))
        return (*stored, *_apart(row, key)) if self._dialect.alike else stored

    def _forget(self) -> None:
        if self._seen is not None:
            self._seen.clear()
        self._last.clear()

    def exists(self) -> bool:
        """Whether the table is there as this version makes it."""
        found = self._connection.execute(self._dialect.found).fetchall()
        return found == self._dialect.expected

    def lay_out(self) -> None:
        """Make the table, empty, in the place of whatever has its name."""
        for kind, name in self._connection.execute(self._dialect.named).fetchall():
            self._connection.execute(f"DROP {kind} IF EXISTS {name}")
        for sql in self._dialect.create:
            self._connection.execute(sql)

    def stands_at(self, size: int, leaf: bytes) -> bool:
        """Whether the facts are those after `size` entries, the last with this leaf hash."""
        head = self.get(f.HEAD, f.ONE)
        return (head.size, head.leaf) == (size, leaf) if head else size == 0

    def clear(self) -> None:
        """Forget everything, to be rebuilt."""
        self._changed.clear()
        self._forget()
        self._kept.forget()
        self._connection.execute("DELETE FROM facts")


class ReadFacts(ViewFacts):
    """Facts to read only. From the first damaged row on they are those that `rebuild` gives."""

    def __init__(
        self, connection: Connection, rebuild: Callable[[], Facts], kept: Kept | None = None
    ) -> None:
        super().__init__(connection, kept)
        self._rebuild = rebuild
        self._rebuilt: Facts | None = None

    def _whole(self) -> Facts:
        if self._rebuilt is None:
            self._rebuilt = self._rebuild()
        return self._rebuilt

    def get(self, table: Table[T], key: str) -> T | None:
        if self._rebuilt is None:
            try:
                return super().get(table, key)
            except DamagedFactsError:
                pass
        return self._whole().get(table, key)

    def rows(self, table: Table[T], prefix: str = "") -> Iterator[tuple[str, T]]:
        last = ""
        if self._rebuilt is None:
            try:
                for last, row in super().rows(table, prefix):
                    yield last, row
            except DamagedFactsError:
                pass
            else:
                return
        for key, row in self._whole().rows(table, prefix):
            if not last or key > last:
                yield key, row

    def keys(self, table: Table[Any], prefix: str = "") -> Iterator[str]:
        return super().keys(table, prefix) if self._rebuilt is None else self._rebuilt.keys(table, prefix)

    def alike(self, table: Table[f.Row], wanted: Wanted) -> Iterator[tuple[Attributes, Iterable[Named]]]:
        found = None
        if self._rebuilt is None:
            with suppress(DamagedFactsError):
                found = list(super().alike(table, wanted))
        yield from self._whole().alike(table, wanted) if found is None else found

    def once(self, key: tuple[Hashable, ...], work: Callable[[], V]) -> V:
        try:
            return work() if self._rebuilt is not None else super().once(key, work)
        except DamagedFactsError:
            return work()


def agree(connection: Connection, memory: MemoryFacts) -> bool:
    """Whether the stored facts are those of `memory`, row by row. Raises what the database raises."""
    if not ViewFacts(connection).exists():
        return False
    stored = {
        (kind, key): (value, written)
        for kind, key, value, written in connection.execute("SELECT kind, key, value, sum FROM facts")
    }
    passing = {table.name for table in vars(f).values() if isinstance(table, Table) and table.transient}
    for kind, key, row in memory.everything():
        if kind not in passing:
            value = _pack(row)
            if stored.pop((kind, key), None) != (value, _sum(type(row), kind, key, value)):
                return False
    return not stored

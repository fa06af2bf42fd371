"""Tables of facts: the store that rules read and effects write; in memory here (see `verifier.facts`)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from verifier.facts import Row

T = TypeVar("T")
V = TypeVar("V")
Attributes = tuple[Any, ...]
"""What filters look at (`Row.attributes`)."""
Wanted = Callable[[Attributes], object]
Named = tuple[str, str]
"""(id, name) of a row of a register."""
Data = dict[str, Any]
"""The data of an event after its schema was checked (the codec's map)."""


@dataclass(frozen=True)
class Table(Generic[T]):
    """A named table of rows of one type; a transient one is empty between transactions."""

    name: str
    row: type[T]
    transient: bool = False


class Facts(ABC):
    """A store of tables: get, put, delete one row; rows of a table in order of their keys."""

    @abstractmethod
    def get(self, table: Table[T], key: str) -> T | None: ...

    @abstractmethod
    def put(self, table: Table[T], key: str, row: T) -> None: ...

    @abstractmethod
    def delete(self, table: Table[T], key: str) -> None: ...

    @abstractmethod
    def rows(self, table: Table[T], prefix: str = "") -> Iterator[tuple[str, T]]:
        """Rows whose key begins with `prefix`, ascending by key (by code point)."""

    def keys(self, table: Table[Any], prefix: str = "") -> Iterator[str]:
        """Keys that begin with `prefix`, ascending (by code point); a store need not read their rows."""
        return (key for key, _ in self.rows(table, prefix))

    def known(self, table: Table[T], keys: Iterable[str]) -> dict[str, T]:
        """The rows with one of these keys that are there."""
        found = ((key, self.get(table, key)) for key in keys)
        return {key: row for key, row in found if row is not None}

    def alike(self, table: Table[Row], wanted: Wanted) -> Iterator[tuple[Attributes, Iterable[Named]]]:
        """The rows of a register, as (id, name), in groups that no filter can tell apart (`Row.attributes`),
        none empty; those groups that are `wanted`."""
        groups: dict[Attributes, list[Named]] = {}
        for key, row in self.rows(table):
            if wanted(row.attributes):
                groups.setdefault(row.attributes, []).append((key, row.record["name"]))
        yield from groups.items()

    def once(self, key: tuple[Hashable, ...], work: Callable[[], V]) -> V:
        """What `work` gives, a function of `key` and of what rules read; a store may remember it until
        that changes."""
        return work()


class MemoryFacts(Facts):
    """Facts in memory, for one replay."""

    def __init__(self) -> None:
        self._tables: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self._groups: dict[str, dict[Attributes, dict[str, str]]] = {}
        """`alike` by name of the table, from the first question on: names by id."""

    def get(self, table: Table[T], key: str) -> T | None:
        return self._tables[table.name].get(key)

    def known(self, table: Table[T], keys: Iterable[str]) -> dict[str, T]:
        held = self._tables.get(table.name)
        return {key: held[key] for key in keys if key in held} if held else {}

    def put(self, table: Table[T], key: str, row: T) -> None:
        held = self._tables[table.name]
        if self._groups and table.name in self._groups:
            self._ungroup(table.name, held.get(key), key)
            self._group(table.name, row, key)  # type: ignore[arg-type]
        held[key] = row

    def delete(self, table: Table[T], key: str) -> None:
        gone = self._tables[table.name].pop(key, None)
        if table.name in self._groups:
            self._ungroup(table.name, gone, key)

    def rows(self, table: Table[T], prefix: str = "") -> Iterator[tuple[str, T]]:
        held = self._tables[table.name]
        for key in self.keys(table, prefix):
            yield key, held[key]

    def keys(self, table: Table[Any], prefix: str = "") -> Iterator[str]:
        held = self._tables[table.name]
        yield from sorted(k for k in held if k.startswith(prefix)) if prefix else sorted(held)

    def everything(self) -> Iterator[tuple[str, str, Any]]:
        """(name of the table, key, row) of every row of every table."""
        for name, held in self._tables.items():
            for key, row in held.items():
                yield name, key, row

    def alike(self, table: Table[Row], wanted: Wanted) -> Iterator[tuple[Attributes, Iterable[Named]]]:
        if table.name not in self._groups:
            self._groups[table.name] = {}
            for key, row in self._tables[table.name].items():
                self._group(table.name, row, key)
        for attributes, rows in self._groups[table.name].items():
            if wanted(attributes):
                yield attributes, rows.items()

    def _group(self, name: str, row: Row, key: str) -> None:
        self._groups[name].setdefault(row.attributes, {})[key] = row.record["name"]

    def _ungroup(self, name: str, row: Row | None, key: str) -> None:
        if row is None:
            return
        group = self._groups[name][row.attributes]
        del group[key]
        if not group:
            del self._groups[name][row.attributes]

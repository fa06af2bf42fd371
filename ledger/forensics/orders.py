"""In which orders a platform may have gone through its list, and what it may have filtered first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.forensics.methods import agree_by_chance
from ledger.forensics.reading import Past, Roster

FINE = 0.9
"""A column with so many different values, of all, orders the list by itself."""
MOST = 16
"""Orders that are looked at, the file's own first."""
_FILTER = 1e-3
FILE = ""
"""The label of the order of the file."""


@dataclass(frozen=True)
class Order:
    """An order of those who could be drawn: `places[i]` is the position of subject i of the frame. A coarse
    order has long ties, which the file's order breaks."""

    label: str
    places: tuple[int, ...]
    fine: bool


@dataclass(frozen=True)
class Frame:
    """Those who could be drawn: positions in the roster, after what all drawn have in common was taken as a
    filter (title, value)."""

    members: tuple[int, ...]
    filters: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        return len(self.members)


def frame_of(past: Past, strata: str = "") -> Frame:
    """The subjects that the draw chose among: the roster, or those that agree with all drawn in a column in
    which so many would hardly agree by chance. Given what they agree in, lots among the rest are still lots.
    """
    n, k = len(past.roster.keys), len(past.drawn)
    members = list(range(n))
    filters = []
    for title, values in past.roster.columns.items():
        held = {values[place] for place in past.drawn}
        if title == strata or len(held) != 1 or len(set(values)) > n // 2:
            continue
        (value,) = held
        alike = [place for place in members if values[place] == value]
        if k < len(alike) < len(members) and agree_by_chance(len(members), len(alike), k) < _FILTER:
            members = alike
            filters.append((title, value))
    return Frame(tuple(members), tuple(filters))


def orders_of(roster: Roster, frame: Frame) -> list[Order]:
    """The file's order, then that of each column that says something, by number, by text, by GBK; an order
    that equals another one, or its reverse, counts once."""
    own = tuple(range(frame.size))
    found = {own: Order(FILE, own, True)}
    for title, values in roster.columns.items():
        held = [values[place] for place in frame.members]
        different = len(set(held))
        if different < 2:
            continue
        for order in _sorted(held):
            places = [0] * len(order)
            for position, index in enumerate(order):
                places[index] = position
            one = Order(title, tuple(places), different >= FINE * frame.size)
            reverse = tuple(len(places) - 1 - place for place in places)
            equal = found.get(one.places) or found.get(reverse)
            if equal is None or (one.fine and not equal.fine):
                found.pop(reverse, None)
                found[one.places] = one
    return list(found.values())[:MOST]


def _sorted(held: Sequence[str]) -> Iterator[list[int]]:
    indices = range(len(held))
    numbers = [_number(text) for text in held]
    if all(number is not None for number in numbers):
        yield sorted(indices, key=lambda i: (numbers[i], i))
        return
    yield sorted(indices, key=lambda i: (held[i], i))
    if not all(map(str.isascii, held)):
        yield sorted(indices, key=lambda i: (held[i].encode("gb18030", "replace"), i))


def _number(text: str) -> float | None:
    try:
        return float(text) if len(text) < 16 else None
    except ValueError:
        return None


def parts(past: Past, strata: str) -> list[Past]:
    """The draw by the values of a column in which rates differed; each part is a draw of its own."""
    if not strata or strata not in past.roster.columns:
        return [past]
    values = past.roster.columns[strata]
    found = []
    for value in sorted(Counter(values)):
        inside = [i for i, held in enumerate(values) if held == value]
        new = {old: place for place, old in enumerate(inside)}
        kept = [(new[place], team) for place, team in _with_teams(past) if place in new]
        roster = Roster(
            past.roster.source,
            tuple(past.roster.keys[i] for i in inside),
            tuple(past.roster.names[i] for i in inside),
            {title: tuple(column[i] for i in inside) for title, column in past.roster.columns.items()},
        )
        drawn, teams = tuple(place for place, _ in kept), tuple(team for _, team in kept)
        found.append(
            Past(f"{past.name} {value}".strip(), roster, drawn, (), teams, past.time, past.task, past.batch)
        )
    return found


def _with_teams(past: Past) -> Iterator[tuple[int, str]]:
    teams = past.teams or ("",) * len(past.drawn)
    yield from zip(past.drawn, teams, strict=True)

"""Watching for ever: the wealth of bets against honesty, which may be looked at after every draw.

A bet on one enterprise that was named beforehand alarms when its wealth reaches 1/α: an honest office lets
that happen with probability α at most, over all time. Among many, e-BH says which are alarms at this head.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ledger.fairness.families import LEVEL, Logs
from ledger.fairness.history import History
from ledger.fairness.tails import e_alarms, e_values


@dataclass(frozen=True)
class Step:
    """A ticket of a watched subject and the wealth after it."""

    office: str
    draw: str
    time: str
    ticket: float
    drawn: bool
    wealth: float


@dataclass(frozen=True)
class Watched:
    """A subject named beforehand; `highest` is the largest wealth it ever had."""

    key: str
    name: str
    steps: tuple[Step, ...]

    @property
    def highest(self) -> float:
        return max((step.wealth for step in self.steps), default=1.0)


@dataclass(frozen=True)
class All:
    """Every subject at the head: how many are watched, the largest wealth and whose, the alarms of e-BH."""

    count: int
    wealth: float
    key: str
    alarms: tuple[tuple[str, float], ...]


def watched(history: History, subject: str) -> Watched:
    """The wealth of the bet on one subject after each of its draws."""
    steps: list[Step] = []
    n, high, low = 0, 0.0, 0.0
    for lot, ticket, drawn in history.of(subject):
        n, high, low = n + 1, high - float(np.log(ticket)), low - float(np.log1p(-ticket))
        wealth = float(e_values(np.array([float(n)]), np.array([high]), np.array([low]))[0])
        steps.append(Step(lot.office, lot.draw, lot.time, ticket, drawn, wealth))
    return Watched(subject, history.names.get(subject, ""), tuple(steps))


def everybody(history: History, level: float = LEVEL) -> All:
    """Bets on every subject at once."""
    logs = Logs.of(history)
    if not len(logs.n):
        return All(0, 1.0, "", ())
    wealth = e_values(logs.n, logs.high, logs.low)
    names = list(history.subjects)
    best = int(np.argmax(wealth))
    alarms = tuple((names[i], float(wealth[i])) for i in np.flatnonzero(e_alarms(wealth, level)))
    return All(len(names), float(wealth[best]), names[best], alarms)

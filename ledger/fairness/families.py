"""The families of tests, fixed before anybody looks, and the alarms of a report (specs/fairness.md).

Every family is corrected by Benjamini–Hochberg at LEVEL divided by the number of families, so that the whole
report of an office whose draws are honest has an alarm of any kind with probability LEVEL at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ledger.fairness import tails
from ledger.fairness.history import History, Tally
from ledger.fairness.tails import Floats
from verifier.errors import N_

LEVEL = 0.05
FEWEST = 5
"""A subject, officer or pair with fewer chances is not tested: nothing could be said of it."""
SMALL = 0.01

FAMILIES: Mapping[str, tuple[str, str]] = {
    "subject-tickets": (N_("Random numbers of each enterprise"), N_("mean ticket")),
    "subject-drawn": (N_("How often each enterprise was drawn"), N_("times drawn")),
    "group-tickets": (N_("Random numbers of each group"), N_("mean ticket")),
    "officer-tickets": (N_("Random numbers of each officer"), N_("mean ticket")),
    "department-tickets": (N_("Random numbers of each department's officers"), N_("mean ticket")),
    "officer-seated": (N_("How often each officer was sent"), N_("times sent")),
    "officer-subject": (N_("The same officer at the same enterprise"), N_("visits")),
    "officer-officer": (N_("The same two officers together"), N_("times together")),
    "omnibus": (N_("All random numbers together"), N_("numbers")),
}
"""Id → its name, what is counted."""


@dataclass(frozen=True)
class Test:
    """One question and its answer. `found` against `expected`, in the unit of the family; `p` exact under
    honest draws, `q` the level at which it is an alarm (Benjamini–Hochberg)."""

    key: str
    name: str
    n: int
    found: float
    expected: float
    p: float
    q: float = 1.0
    alarm: bool = False
    draws: tuple[str, ...] = ()

    @property
    def high(self) -> bool:
        return self.found > self.expected


@dataclass(frozen=True)
class Family:
    """Tests that are corrected together, the smallest p first; `few` were not tested for want of draws."""

    id: str
    level: float
    tests: tuple[Test, ...]
    few: int

    @property
    def alarms(self) -> tuple[Test, ...]:
        return tuple(test for test in self.tests if test.alarm)

    @property
    def small(self) -> int:
        """Tests with p below SMALL; of honest draws at most SMALL · tests on average."""
        return sum(test.p < SMALL for test in self.tests)

    @property
    def false(self) -> float:
        """How many of the alarms are false on average, at most."""
        return self.level * len(self.alarms)


Groups = Mapping[str, Sequence[str]]
"""Group → subjects."""


def families(history: History, groups: Groups, level: float = LEVEL) -> list[Family]:
    """Every family that has a test, or would have with more draws."""
    logs = Logs.of(history)
    found = [
        ("subject-tickets", *_subject_tickets(history, logs)),
        ("subject-drawn", *_subject_drawn(history)),
        ("group-tickets", *_group_tickets(history, logs, groups)),
        ("officer-tickets", *_officer_tickets(history)),
        ("department-tickets", *_department_tickets(history)),
        ("officer-seated", *_tallied((((key,), tally) for key, tally in history.seated.items()), history)),
        ("officer-subject", *_tallied(history.visits.items(), history, often=True)),
        ("officer-officer", *_tallied(history.pairs.items(), history, often=True)),
    ]
    found.append(("omnibus", _omnibus(history, logs), 0))
    asked = sum(bool(tests) for _, tests, _ in found)
    return [_corrected(name, tests, few, level / max(asked, 1)) for name, tests, few in found if tests or few]


def _corrected(name: str, tests: Sequence[Test], few: int, level: float) -> Family:
    qs = tails.adjusted([test.p for test in tests])
    judged = [replace(t, q=float(q), alarm=bool(q <= level)) for t, q in zip(tests, qs, strict=True)]
    return Family(name, level, tuple(sorted(judged, key=lambda test: (test.p, test.key))), few)


@dataclass(frozen=True)
class Logs:
    """For each subject by index: tickets, and the sums of their logarithms from both ends."""

    n: Floats
    high: Floats
    low: Floats
    mean: Floats

    @classmethod
    def of(cls, history: History) -> Logs:
        size = len(history.subjects)
        sums = [np.zeros(size) for _ in range(4)]
        for one in history.lots:
            values = (np.ones(len(one.who)), -np.log(one.tickets), -np.log1p(-one.tickets), one.tickets)
            for total, value in zip(sums, values, strict=True):
                np.add.at(total, one.who, value)
        n, high, low, mean = sums
        return cls(n, high, low, mean / np.maximum(n, 1))

    def some(self, members: Sequence[int] | NDArray[np.int64]) -> tuple[float, float, float, float]:
        """n, high, low and mean of several subjects together."""
        n, high, low = (float(each[members].sum()) for each in (self.n, self.high, self.low))
        return n, high, low, float((self.mean * self.n)[members].sum()) / max(n, 1)


def _ticket_p(n: Floats, high: Floats, low: Floats) -> Floats:
    return tails.both_sides(tails.tail_of_logs(n, high), tails.tail_of_logs(n, low))


def _subject_tickets(history: History, logs: Logs) -> tuple[list[Test], int]:
    names = list(history.subjects)
    tested = np.flatnonzero(logs.n >= FEWEST)
    ps = _ticket_p(logs.n[tested], logs.high[tested], logs.low[tested])
    tests = [
        Test(names[i], history.names.get(names[i], ""), int(logs.n[i]), float(logs.mean[i]), 0.5, float(p))
        for i, p in zip(tested, ps, strict=True)
    ]
    return tests, len(names) - len(tests)


def _subject_drawn(history: History) -> tuple[list[Test], int]:
    if not history.lots:
        return [], 0
    who, rates, drawn = (
        np.concatenate([getattr(one, field) for one in history.lots]) for field in ("who", "rates", "drawn")
    )
    open_question = (rates > 0) & (rates < 1)
    who, rates, drawn = who[open_question], rates[open_question], drawn[open_question]
    order = np.lexsort((rates, who))
    who, rates, drawn = who[order], rates[order], drawn[order]
    names, firsts = np.unique(who, return_index=True)
    known = list(history.subjects)
    tests, few = [], 0
    for index, first, last in zip(names, firsts, [*firsts[1:], len(who)], strict=True):
        if last - first < FEWEST:
            few += 1
            continue
        times = int(drawn[first:last].sum())
        held = rates[first:last].tolist()
        below, above = tails.tails(tails.poisson_binomial(held), times)
        p = min(1.0, 2 * min(below, above))
        name = known[index]
        tests.append(Test(name, history.names.get(name, ""), len(held), times, sum(held), p))
    return tests, few


def _group_tickets(history: History, logs: Logs, groups: Groups) -> tuple[list[Test], int]:
    tests, few = [], 0
    for group, members in sorted(groups.items()):
        known = [history.subjects[m.upper()] for m in members if m.upper() in history.subjects]
        n, high, low, mean = logs.some(np.array(known, dtype=np.int64))
        if n < FEWEST:
            few += 1
            continue
        p = float(_ticket_p(np.array([n]), np.array([high]), np.array([low]))[0])
        tests.append(Test(group, "", int(n), mean, 0.5, p))
    return tests, few


def _tickets_of(history: History, held: Iterable[tuple[str, Sequence[float]]]) -> tuple[list[Test], int]:
    tests, few = [], 0
    for name, tickets in held:
        if len(tickets) < FEWEST:
            few += 1
            continue
        values = np.array(tickets)
        n, high, low = np.array([len(values)]), -np.log(values).sum(), -np.log1p(-values).sum()
        p = float(_ticket_p(n.astype(np.float64), np.array([high]), np.array([low]))[0])
        tests.append(Test(name, history.names.get(name, ""), len(values), float(values.mean()), 0.5, p))
    return tests, few


def _officer_tickets(history: History) -> tuple[list[Test], int]:
    return _tickets_of(history, sorted(history.officer_tickets.items()))


def _department_tickets(history: History) -> tuple[list[Test], int]:
    held: dict[str, list[float]] = {}
    for officer, tickets in history.officer_tickets.items():
        held.setdefault(history.departments[officer], []).extend(tickets)
    return _tickets_of(history, sorted(held.items()))


def _tallied(
    tallies: Iterable[tuple[tuple[str, ...], Tally]], history: History, often: bool = False
) -> tuple[list[Test], int]:
    """Counts against their Poisson-binomial law; `often` asks only whether it happened too often, and of as
    few as two chances."""
    tests, few = [], 0
    for keys, tally in sorted(tallies, key=lambda row: row[0]):
        held = [chance for chance in tally.chances if 0 < chance < 1]
        if len(held) < (2 if often else FEWEST):
            few += 1
            continue
        times = len(tally.where) - sum(chance == 1 for chance in tally.chances)
        below, above = tails.tails(tails.poisson_binomial(held), times)
        p = above if often else min(1.0, 2 * min(below, above))
        name = " + ".join(history.names.get(key, key) for key in keys)
        draws = tuple(tally.where) if often else ()
        tests.append(Test(" + ".join(keys), name, len(held), times, sum(held), p, draws=draws))
    return tests, few


def _omnibus(history: History, logs: Logs) -> list[Test]:
    """Chi-square over tenths and Kolmogorov–Smirnov: blunt, but against anything at all. The p-values
    tested are those of one side, which are uniform; twice the smaller of two is not."""
    tested = logs.n >= FEWEST
    ps = tails.tail_of_logs(logs.n[tested], logs.high[tested])
    tickets = np.concatenate([one.tickets for one in history.lots]) if history.lots else np.zeros(0)
    officers = np.array([t for held in history.officer_tickets.values() for t in held])
    asked: tuple[tuple[str, str, Floats, Callable[[Floats], float]], ...] = (
        ("chi2-subjects", N_("tenths of the enterprises' tickets (chi-square)"), tickets, _chi_square),
        (
            "ks-subjects",
            N_("the enterprises' tickets (Kolmogorov–Smirnov)"),
            tickets,
            tails.kolmogorov_smirnov,
        ),
        ("chi2-officers", N_("tenths of the officers' tickets (chi-square)"), officers, _chi_square),
        ("ks-officers", N_("the officers' tickets (Kolmogorov–Smirnov)"), officers, tails.kolmogorov_smirnov),
        (
            "ks-p",
            N_("the p-values of the enterprises (Kolmogorov–Smirnov)"),
            ps,
            tails.kolmogorov_smirnov,
        ),
    )
    return [
        Test(key, name, len(values), float(values.mean()), 0.5, test(values))
        for key, name, values, test in asked
        if len(values) >= 50
    ]


def _chi_square(values: Floats) -> float:
    return tails.deciles(values)[1]

"""How often honest offices are asked about, and how soon grinders are found: `python -m tests.simulate`.

Writes the tables of specs/fairness.md and specs/forensics.md after their marks. Every number follows from
fixed seeds. `--quick` prints a small study and writes nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ledger.fairness import tails
from ledger.fairness.families import LEVEL, families
from ledger.fairness.history import History, Lot, Tally
from ledger.fairness.watch import everybody
from ledger.forensics.report import examine
from tests.past_methods import BAD, honest, lot_of_pairs, pairs_in_turn, past
from tests.past_methods import OFFICERS as PEOPLE

ROOT = Path(__file__).parents[1]
MARK = "<!-- from here to the end: made by python -m tests.simulate -->\n"
OFFICERS, SEATS, DRAWN = 12, 2, 15


def county(
    rng: np.random.Generator,
    draws: int,
    subjects: int,
    rate: float = 0.05,
    protected: int | None = None,
    targeted: int | None = None,
    grind: int = 1,
) -> History:
    """A history of honest draws of one stratum, with officers; with `grind` > 1 the seed that is best for one
    subject among so many is kept each time."""
    history = History(subjects={f"S{n:05}": n for n in range(subjects)})
    k = max(1, round(rate * subjects))
    names = list(history.subjects)
    officers = [f"o{n:02}" for n in range(OFFICERS)]
    history.departments = dict.fromkeys(officers[:6], "a") | dict.fromkeys(officers[6:], "b")
    for number in range(draws):
        tickets = rng.random(subjects)
        for _ in range(grind - 1):
            again = rng.random(subjects)
            if protected is not None and again[protected] > tickets[protected]:
                tickets = again
            if targeted is not None and again[targeted] < tickets[targeted]:
                tickets = again
        drawn = np.zeros(subjects, dtype=np.bool_)
        drawn[np.argsort(tickets)[:k]] = True
        who = np.arange(subjects, dtype=np.int32)
        day = f"2026-{1 + number % 12:02}-{1 + number // 12 % 28:02}T09:00:00+08:00"
        name = f"d{number:03}"
        history.lots.append(Lot("office", name, day, who, tickets, np.full(subjects, k / subjects), drawn))
        for subject in np.flatnonzero(drawn)[:DRAWN]:
            _visit(history, rng, officers, name, names[subject])
    return history


def _visit(history: History, rng: np.random.Generator, officers: list[str], draw: str, subject: str) -> None:
    tickets = rng.random(OFFICERS)
    team = {officers[int(np.argmin(tickets[:6]))], officers[6 + int(np.argmin(tickets[6:]))]}
    for officer, ticket in zip(officers, tickets, strict=True):
        history.officer_tickets.setdefault(officer, []).append(float(ticket))
        history.seated.setdefault(officer, Tally()).add(1 / 6, officer in team, draw)
        history.visits.setdefault((officer, subject), Tally()).add(1 / 6, officer in team, draw)
    for one in officers[:6]:
        for other in officers[6:]:
            history.pairs.setdefault((one, other), Tally()).add(1 / 36, {one, other} <= team, draw)


def loud_reports(rounds: int, draws: int, subjects: int) -> int:
    """Honest yearly reports with any alarm at all."""
    loud = 0
    for number in range(rounds):
        history = county(np.random.default_rng([number, draws, subjects]), draws, subjects)
        groups = {f"g{n}": [f"S{i:05}" for i in range(n, subjects, 8)] for n in range(8)}
        loud += any(one.alarms for one in families(history, groups))
    return loud


@dataclass(frozen=True)
class Row:
    """One line of a table: what was simulated, the rate found in `rounds`, and what is stated of it."""

    table: str
    what: str
    rounds: int
    found: float
    stated: str
    holds: bool

    def line(self) -> str:
        return f"| {self.what} | {self.rounds} | {100 * self.found:.1f}% | {self.stated} |"


def _size(what: str, rounds: int, hits: int) -> Row:
    """Holds unless the rate is significantly above LEVEL (three standard errors)."""
    rate = hits / rounds
    return Row("size", what, rounds, rate, "≤ 5%", rate <= LEVEL + 3 * (LEVEL * 0.95 / rounds) ** 0.5)


def grinder(rounds: int, draws: int, grind: int, alpha: float) -> float:
    """How often the ticket test of one subject named beforehand has p ≤ alpha (one side)."""
    rng = np.random.default_rng([draws, grind])
    tickets = rng.random((rounds, draws, grind)).max(axis=2)
    ps = tails.tail_of_logs(np.full(rounds, float(draws)), -np.log(tickets).sum(axis=1))
    return float((ps <= alpha).mean())


def bets(rounds: int, draws: int, grind: int, threshold: float) -> float:
    """How often the bet on one subject named beforehand reaches the threshold within so many draws."""
    rng = np.random.default_rng([draws, grind, 2])
    tickets = rng.random((rounds, draws, grind)).max(axis=2)
    high, low = -np.log(tickets).cumsum(axis=1), -np.log1p(-tickets).cumsum(axis=1)
    n = np.broadcast_to(np.arange(1.0, draws + 1), high.shape)
    wealth = tails.e_values(n, high, low)
    return float((wealth.max(axis=1) >= threshold).mean())


def among(rounds: int, draws: int, subjects: int, grind: int) -> float:
    """How often one protected subject among so many is an alarm of its family, as in a yearly report.

    The others are honest; the level is that of nine families.
    """
    hits = 0
    for number in range(rounds):
        rng = np.random.default_rng([number, draws, subjects, grind])
        n = np.full(subjects, float(draws))
        high, low = rng.gamma(draws, size=subjects), np.empty(subjects)
        tickets = rng.random((draws, grind)).max(axis=1)
        # Both logarithms of honest tickets are needed for the two sides: draw them in blocks.
        for start in range(0, subjects, 2000):
            block = rng.random((min(2000, subjects - start), draws))
            high[start : start + 2000] = -np.log(block).sum(axis=1)
            low[start : start + 2000] = -np.log1p(-block).sum(axis=1)
        high[0], low[0] = -np.log(tickets).sum(), -np.log1p(-tickets).sum()
        ps = tails.both_sides(tails.tail_of_logs(n, high), tails.tail_of_logs(n, low))
        hits += bool(tails.adjusted(ps)[0] <= LEVEL / 9)
    return hits / rounds


def study(quick: bool) -> Iterator[Row]:
    """Every row of the tables of specs/fairness.md."""
    few, many = (40, 2_000) if quick else (1_000, 20_000)
    for draws, subjects in ((12, 300), (40, 300)):
        what = f"honest yearly report, {draws} draws, {subjects} enterprises: any alarm in nine families"
        yield _size(what, few, loud_reports(few, draws, subjects))
    hits = sum(bool(everybody(county(np.random.default_rng([n, 99]), 40, 300)).alarms) for n in range(few))
    yield _size("honest, 40 draws, 300 enterprises: any alarm of the bets (e-BH)", few, hits)
    for draws in (40, 200):
        found = bets(many, draws, 1, 20)
        yield _size(
            f"honest, one enterprise watched over {draws} draws: the bet ever reaches 20",
            many,
            round(found * many),
        )
    named = "one enterprise named beforehand"
    for grind, draws, alpha, stated in (
        *((2, 15, 0.05, 0.8), (2, 38, 0.001, 0.8), (2, 64, 1e-5, 0.8)),
        *((4, 5, 0.05, 0.8), (4, 11, 0.001, 0.8), (4, 19, 1e-5, 0.8)),
    ):
        found = grinder(many, draws, grind, alpha)
        what = f"best of {grind}, {draws} draws, {named}, p ≤ {alpha:g}"
        yield Row("power", what, many, found, f"≥ {100 * stated:.0f}%", found >= stated - 0.03)
    for grind, draws, stated in ((2, 35, 0.8), (4, 9, 0.8)):
        found = bets(many, draws, grind, 20)
        what = f"best of {grind}, the bet on {named} reaches 20 within {draws} draws"
        yield Row("power", what, many, found, f"≥ {100 * stated:.0f}%", found >= stated - 0.03)
    rounds = 20 if quick else 200
    for grind, draws, subjects, stated in ((2, 66, 300, 0.8), (2, 92, 10_000, 0.8), (4, 28, 10_000, 0.8)):
        found = among(rounds, draws, subjects, grind)
        what = f"best of {grind}, {draws} draws, one unknown among {subjects:,}: alarm of the yearly report"
        yield Row("power", what, rounds, found, f"≥ {100 * stated:.0f}%", found >= stated - 0.09)


def past_study(quick: bool) -> Iterator[Row]:
    """Every row of the table of specs/forensics.md: honest draws, then the known bad methods."""
    few = 20 if quick else 600
    for size, k, draws in ((1000, 30, 1), (300, 15, 4), (100, 8, 1)):
        loud = sum(
            bool(
                examine(
                    past(honest, np.random.default_rng([n, size, k]), size, k, draws, lot_of_pairs), PEOPLE
                ).found
            )
            for n in range(few)
        )
        rate = loud / few
        yield Row(
            "past-size",
            f"honest lots, {k} from {size}, draws: {draws}; a report with any find",
            few,
            rate,
            "≤ 1%",
            rate <= 0.01 + 3 * (0.01 * 0.99 / few) ** 0.5,
        )
    rounds = 10 if quick else 100
    for size, k, draws in ((1000, 30, 1), (300, 15, 1), (300, 15, 4)):
        for name, (method, expected) in BAD.items():
            hits = 0
            for n in range(rounds):
                told = examine(past(method, np.random.default_rng([n, size, k, 7]), size, k, draws))
                hits += bool(expected & {one.method for one in told.found})
            rate = hits / rounds
            stated = STATED.get((name, size, draws), 0.95)
            yield Row(
                "past-power",
                f"{name}, {k} from {size}, draws: {draws}",
                rounds,
                rate,
                f"≥ {100 * stated:.0f}%",
                rate >= stated - 3 * (stated * (1 - stated) / rounds) ** 0.5,
            )
    hits = sum(
        "in-turn"
        in {q.method for q in examine(past(honest, np.random.default_rng(n), teams=pairs_in_turn)).found}
        for n in range(rounds)
    )
    yield Row(
        "past-power",
        "pairs of officers in turn, 30 visits",
        rounds,
        hits / rounds,
        "≥ 95%",
        hits >= 0.95 * rounds,
    )


STATED = {
    ("leaning to small capital", 1000, 1): 0.4,
    ("leaning to small capital", 300, 1): 0.05,
    ("leaning to small capital", 300, 4): 0.65,
    ("by blocks", 300, 1): 0.25,
    ("tail not reached", 300, 1): 0.5,
}
"""What is stated of methods that are not found in 95% of cases."""


def tables(rows: list[Row]) -> str:
    """The tables as Markdown."""
    parts = []
    for table, title in TITLES.items():
        if not any(row.table == table for row in rows):
            continue
        parts += ["", title, "", "| simulated | rounds | found | stated |", "|---|---|---|---|"]
        parts += [row.line() for row in rows if row.table == table]
    return "\n".join(parts) + "\n"


def write(path: Path, text: str) -> None:
    """Put the text after the mark of a page."""
    before = path.read_text("utf-8").partition(MARK)[0]
    path.write_text(before + MARK + text, "utf-8")


TITLES = {
    "size": "## Honest offices (size)",
    "power": "## Grinders (power)",
    "past-size": "## Honest lots (size)",
    "past-power": "## Bad methods (power)",
}


def main(arguments: list[str]) -> int:
    quick, holds = "--quick" in arguments, True
    for page, made in (("fairness.md", study), ("forensics.md", past_study)):
        if f"--without={page}" in arguments:
            continue
        rows = list(made(quick))
        print(tables(rows), flush=True)
        if not quick:
            write(ROOT / "specs" / page, tables(rows))
        holds = holds and all(row.holds for row in rows)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

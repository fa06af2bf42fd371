"""Fairness over five years of a county: 55,739 enterprises, 200 draws from pools of 4,000.

`python -m tests.bench.bench_fairness [DRAWS]`. The facts are made here, as replay would leave them; timed are
reading every ticket and seat from them and all tests (aim: < 30 s).
"""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path
from time import perf_counter

import numpy as np

from ledger.county import Office
from ledger.fairness.report import examine
from verifier import facts as f
from verifier.law.outcome import compute
from verifier.report import Report

ENTERPRISES, POOL, DRAWN, OFFICERS = 55_739, 4_000, 40, 40
DRAWS = 200
AIM = 30.0


def county(draws: int) -> f.MemoryFacts:
    """Facts of a county whose draws were honest."""
    facts = f.MemoryFacts()
    rng = np.random.default_rng(1)
    codes = [f"91649999MA{number:07}X" for number in range(ENTERPRISES)]
    for number, code in enumerate(codes):
        record = {"name": f"演示企业{number}", "code": code, "tags": ("油气",) if number % 9 == 0 else ()}
        facts.put(f.register("subjects"), code, f.Row(record, 1))
    officers = tuple((f"o{n:02}", f"dep{n % 4}", ()) for n in range(OFFICERS))
    seats = [["dep0", "-", 1], ["dep1", "-", 1]]
    strata = [{"id": "s", "n": POOL, "k": DRAWN}]
    question = {"strata": strata, "teams": "each", "seats": seats, "sealed": False}
    for number in range(draws):
        chosen = sorted(rng.choice(ENTERPRISES, POOL, replace=False))
        pool = tuple(("s", codes[i], f"演示企业{i}") for i in chosen)
        frozen = f.Frozen(pool, officers, (), (), ())
        seed = sha256(str(number).encode()).hexdigest()
        outcome = compute(seed, question, frozen)
        name, day = f"d{number:03}", f"{2022 + 5 * number // draws}-{1 + number % 12:02}-01T09:00:00+08:00"
        for subject, team in outcome.teams.items():
            facts.put(f.TEAMS, f"{name}/{subject}", team)
        facts.put(f.FROZEN, name, frozen)
        draw = f.Draw("t", "0" * 64, number, day, "executed", question, "clerk")
        draw = f.Draw(**{**draw.__dict__, "executed_time": day, "outcome": outcome.data(seed)})
        facts.put(f.DRAWS, name, draw)
    return facts


def main(draws: int = DRAWS) -> None:
    """Print what it took."""
    report = Report("", "", ())
    office = Office(Path("county"), "county", "county", "", report, county(draws), "", {})
    began = perf_counter()
    told = examine([office])
    taken = perf_counter() - began
    tests = sum(len(one.tests) for one in told.families)
    print(
        f"fairness: {told.history.tickets:,} tickets of {draws} draws, {tests:,} tests in {taken:.1f} s "
        f"(aim < {AIM:.0f} s); {sum(1 for _ in told.alarms)} alarms"
    )


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:2]))

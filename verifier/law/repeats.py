"""Subjects drawn again in a year, and the most inspections a year (R079, R080; S1 二(三))."""

from __future__ import annotations

from dataclasses import dataclass

from verifier import facts as f
from verifier.facts import Data, Facts
from verifier.law.case import Case
from verifier.law.identity import inspected
from verifier.law.question import Question


@dataclass(frozen=True)
class Repeats:
    """Pool subjects that the policy objects to, ascending."""

    drawn: tuple[str, ...] = ()
    """drawn this year by the own department, where the policy refuses that or warns of it; a check outside
    the plan is no draw, so that nobody is kept out of the pool by one"""
    capped: tuple[str, ...] = ()
    """inspected as often this year as the policy allows, by whomever"""

    @property
    def subjects(self) -> tuple[str, ...]:
        return tuple(sorted({*self.drawn, *self.capped}))


def repeats(facts: Facts, values: Data, data: Data, question: Question, today: str) -> Repeats:
    """What a policy's `repeat` and `yearly_cap` say of the pool of a task (whose created data is `data`) on
    `today` (YYYY-MM-DD). A 补抽 makes the visits of an earlier draw: nobody is drawn again by it."""
    told, cap = values.get("repeat", "allow"), values.get("yearly_cap")
    if "fills" in data or (told == "allow" and cap is None):
        return Repeats()
    year = inspected(facts, int(today[:4]))
    pool = sorted(subject for _, subject, _ in question.frozen.pool if subject in year)
    own = [s for s in pool if any(by == "own" for _, by, _ in year[s])]
    full = [s for s in pool if cap is not None and len(year[s]) >= cap]
    return Repeats(tuple(own) if told != "allow" else (), tuple(full))


def judge_repeats(case: Case, data: Data, question: Question) -> None:
    """The pool of a freeze. An approved exception of the task lifts `repeat`, never the cap;
    what another department drew is a warning."""
    policy = case.facts.get(f.POLICIES, case.ledger().policy)
    if policy is None or "fills" in data:
        return
    told, cap = policy.values.get("repeat", "allow"), policy.values.get("yearly_cap")
    found = repeats(case.facts, policy.values, data, question, case.today)
    if "elsewhere" in data:
        again = ", ".join(found.subjects[:5])
        case.warn("draw.repeat", not again, "subjects that were not inspected too often this year", again)
        return
    if told != "allow":
        strict = told == "refuse" and "exception" not in data
        ask = case.require if strict else case.warn
        ask(
            "draw.repeat",
            not found.drawn,
            "subjects not drawn this year yet, else excluded (drawn-this-year)",
            ", ".join(found.drawn[:5]),
        )
    if cap is not None:
        case.require(
            "draw.repeat",
            not found.capped,
            f"subjects inspected fewer than {cap} times this year, else excluded (drawn-this-year)",
            ", ".join(found.capped[:5]),
        )

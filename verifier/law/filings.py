"""Filing of plans and of the results of draws (备案), and its deadlines (R053, R054, R059, R062, R094)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from verifier import calendar
from verifier import facts as f
from verifier.calendar import Deadline, OnRestDay, Unit, Years
from verifier.errors import LiuhenError
from verifier.facts import Facts
from verifier.law.case import Case, act, effect
from verifier.law.visits import DONE
from verifier.vocabulary import Role

OF_ROWS = ("joint", "internal")
"""Tables that are filed only where the plan has rows of that kind."""


@act("plan.filed", [Role.CLERK, Role.ADMIN])
def plan_filed(case: Case) -> None:
    d = case.data
    plan = case.must("plan.order", f.PLANS, d["plan"], "plan")
    standing = plan.state in ("approved", "published")
    case.require("plan.order", standing, "a plan approved or published", plan.state)
    case.require("result.date", d["date"] <= case.today, "a date not in the future", d["date"])
    policy = case.facts.get(f.POLICIES, case.ledger().policy)
    if policy is not None and policy.values.get("publish_before_file"):
        before = bool(plan.published) and plan.published <= d["date"]
        case.warn("plan.filing-order", before, "a plan published before it is filed", plan.published or "-")


@effect("plan.filed")
def file_plan(case: Case) -> None:
    d = case.data
    key = f"{d['plan']}/{case.seq:012}"
    case.facts.put(f.FILINGS, key, f.Filing(d["plan"], d["table"], d["authority"], d["date"], case.seq))
    case.facts.put(f.CORRECTABLE, case.leaf.hex(), f.Ref("plan.filed", key))


@dataclass(frozen=True)
class FilingDue:
    """One table of one year: when it must be filed, and by which entry it was (`seq`), first."""

    year: int
    table: str
    plan: str
    seq: int
    limit: Deadline
    filed: str = ""
    """the date of filing, empty while it is not filed"""

    def judge(self, today: date) -> bool | None:
        """In time: as filed, else as of today; None while the calendar that matters is not known."""
        return self.limit.judge(date.fromisoformat(self.filed) if self.filed else today)


def policy_of(facts: Facts, seq: int) -> f.Policy | None:
    """The policy in force at an entry, else the first one adopted after it."""
    held = sorted((policy for _, policy in facts.rows(f.POLICIES)), key=lambda policy: policy.seq)
    before = [policy for policy in held if policy.seq < seq]
    return before[-1] if before else held[0] if held else None


def filing_dues(facts: Facts, years: Years) -> Iterator[FilingDue]:
    """What the policy asks to be filed of the plans of each year, by year and table."""
    plans = sorted((plan.year, plan.seq, name) for name, plan in facts.rows(f.PLANS))
    filings = sorted((row.date, row.seq, row) for _, row in facts.rows(f.FILINGS))
    asked: set[tuple[int, str]] = set()
    for year, seq, name in plans:
        policy = policy_of(facts, seq)
        if policy is None:
            continue
        kinds = {row.record.get("kind") for _, row in facts.rows(f.register(f"plan.{name}"))}
        for table, month_day in policy.values.get("plan_deadlines", ()):
            if (year, table) in asked or (table in OF_ROWS and table not in kinds):
                continue
            asked.add((year, table))
            limit = calendar.fixed(
                date.fromisoformat(f"{year}-{month_day}"), years, OnRestDay(policy.values["rest_day"])
            )
            same = {other for held, _, other in plans if held == year}
            done = [row for _, _, row in filings if row.plan in same and row.table == table]
            if done:
                yield FilingDue(year, table, done[0].plan, done[0].seq, limit, done[0].date)
            else:
                yield FilingDue(year, table, name, seq, limit)


@act("draw.filed", [Role.CLERK, Role.ADMIN])
def draw_filed(case: Case) -> None:
    d = case.data
    draw = case.must("draw.order", f.DRAWS, d["draw"], "draw")
    case.require("draw.order", draw.m == d["m"], f"M of this draw: {draw.m}", d["m"])
    case.demand("draw.order", draw.state in DONE, "a completed draw", draw.state)
    first = draw.executed_time[:10]
    case.require("result.date", first <= d["date"] <= case.today, f"{first} – {case.today}", d["date"])


@effect("draw.filed")
def file_draw(case: Case) -> None:
    d = case.data
    key = f"{d['draw']}/{case.seq:012}"
    case.facts.put(f.DRAW_FILINGS, key, f.DrawFiling(d["draw"], d["authority"], d["date"], case.seq))
    case.facts.put(f.CORRECTABLE, case.leaf.hex(), f.Ref("draw.filed", key))


def draw_filing(facts: Facts, name: str, draw: f.Draw, years: Years) -> tuple[Deadline, str] | None:
    """The last day to file the result of a completed draw and the day it was first filed ("": not yet);
    None where the policy at its freeze asks for no filing, or from a day of which no deadline is counted."""
    policy = facts.get(f.POLICIES, draw.policy)
    if draw.state not in DONE or policy is None:
        return None
    values = policy.values
    if "filing_days" not in values or "filing_unit" not in values:
        return None
    try:
        limit = calendar.deadline(
            date.fromisoformat(draw.executed_time[:10]),
            values["filing_days"],
            Unit(values["filing_unit"]),
            years,
            OnRestDay(values["rest_day"]),
        )
    except LiuhenError:
        return None
    return limit, min((row.date for _, row in facts.rows(f.DRAW_FILINGS, f"{name}/")), default="")

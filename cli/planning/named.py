"""Which plan a command means, and its rows."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cli.desk import Desk
from cli.i18n import _
from cli.onward import onward
from ledger.importing import values
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Facts

STATES = {
    "imported": N_("imported, not submitted"),
    "submitted": N_("submitted, waits for approval"),
    "approved": N_("approved, not published"),
    "rejected": N_("rejected"),
    "published": N_("approved and published"),
}


def year_of(rows: list[Any]) -> int:
    """The year most rows of a plan are to be done in."""
    return int(Counter(str(record["until"])[:4] for record in rows).most_common(1)[0][0])


def rows_of(facts: Facts, plan: str) -> list[tuple[str, f.Row]]:
    """The rows of a plan by number."""
    return sorted(facts.rows(f.register(f"plan.{plan}")), key=lambda pair: pair[1].record["no"])


def the_plan(desk: Desk, name: str, *states: str) -> str:
    """The plan named, else the only one in one of the states (`imported`: rows, but not submitted).

    Raises E-PLAN-NONE, E-PLAN-SEVERAL."""
    if name:
        return name
    facts = desk.facts
    held = [plan for plan, row in facts.rows(f.PLANS) if row.state in states]
    if "imported" in states:
        year = int(desk.clock()[:4])
        usual = (f"plan-{y}" for y in (year - 1, year, year + 1))
        held += [p for p in usual if facts.get(f.PLANS, p) is None and rows_of(facts, p)]
    if len(held) == 1:
        return held[0]
    if held:
        raise LiuhenError(
            "E-PLAN-SEVERAL",
            N_("There are several plans: {plans}."),
            remedy=N_("Say which one: liuhen plan … PLAN"),
            exit=Exit.REFUSED,
            plans=", ".join(held),
        )
    raise LiuhenError(
        "E-PLAN-NONE",
        N_("No plan is in a state for this ({states})."),
        remedy=N_("Next: {step}"),
        exit=Exit.REFUSED,
        states="; ".join(_(STATES[state]) for state in states),
        step=onward(desk),
    )


def row_named(facts: Facts, plan: str, said: str) -> str:
    """The row of this number, 抽查任务编号 or 抽查计划编号 (联001, 2023001); else what was said."""
    rows = rows_of(facts, plan)
    called = values.plain(said)
    if any(name == called for name, _row in rows):
        return called
    numbers = ("task_no", "plan_no")
    found = [n for n, row in rows if called in {values.plain(str(row.record.get(no, ""))) for no in numbers}]
    return found[0] if called and len(found) == 1 else said


def known_plans(desk: Desk, facts: Facts) -> list[str]:
    """Submitted plans, and those of these years that were only imported."""
    names = [name for name, _row in facts.rows(f.PLANS)]
    year = int(desk.clock()[:4])
    usual = (f"plan-{y}" for y in (year - 1, year, year + 1))
    return names + [name for name in usual if name not in names and rows_of(facts, name)]


def filled_rows(facts: Facts, plan: str) -> list[tuple[str, f.Row]]:
    """The rows of a plan. Raises E-PLAN-UNKNOWN when it has none."""
    rows = rows_of(facts, plan)
    if not rows:
        raise LiuhenError(
            "E-PLAN-UNKNOWN",
            N_("Plan {plan} has no rows."),
            remedy=N_("Import them first: liuhen plan import FILE --plan {plan}"),
            exit=Exit.REFUSED,
            plan=plan,
        )
    return rows

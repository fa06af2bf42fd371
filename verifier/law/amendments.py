"""A plan is changed by a formal act, never silently (R060, S3 四(一)2).

The changed plan is imported whole into register `amend.<plan>`; `plan.amended` names its rows, and an
approver's confirmation puts them in the place of the plan's. What was frozen before keeps its own question;
a task that was not yet frozen must still fit its row (`verifier.law.tasks.judge_row`). The changed plan must
be published again before further tasks are made of it.
"""

from __future__ import annotations

from dataclasses import replace

from verifier import facts as f
from verifier.errors import LiuhenError
from verifier.facts import Data, Facts
from verifier.law.case import Case, act, confirmed_by, effect
from verifier.law.plans import judge_plan_rows, plan_rows
from verifier.vocabulary import Role


@act("plan.amended", [Role.CLERK], confirmed_by(Role.APPROVER))
def plan_amended(case: Case) -> None:
    name = case.data["plan"]
    plan = case.must("plan.order", f.PLANS, name, "plan")
    standing = plan.state in ("approved", "published")
    case.require("plan.order", standing, "a plan approved or published", plan.state)
    judge_plan_rows(case, "amend")
    changed = changed_rows(case.facts, name)
    case.require("plan.amended", bool(changed), "rows that differ from the plan's", "none")
    gone = set(changed) - set(_records(case.facts, f"amend.{name}"))
    tasks = sorted(t for t, task in case.facts.rows(f.TASKS) if _made_of(task, name, gone))
    case.require("plan.amended", not tasks, "rows without a task, where they are taken out", tasks[:5])


def _made_of(task: f.Task, plan: str, rows: set[str]) -> bool:
    return task.data["plan"] == plan and task.data["row"] in rows


def _records(facts: Facts, register: str) -> dict[str, Data]:
    return {name: row.record for name, row in facts.rows(f.register(register))}


def changed_rows(facts: Facts, plan: str) -> tuple[str, ...]:
    """Ids of the rows in which the imported amendment differs from the plan, ascending."""
    now, then = _records(facts, f"plan.{plan}"), _records(facts, f"amend.{plan}")
    return tuple(sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name)))


@effect("plan.amended")
def amend_plan(case: Case) -> None:
    d = case.data
    plan = case.facts.get(f.PLANS, d["plan"])
    if plan is None:
        return
    try:
        stands = plan_rows(case.facts, d["plan"], "amend").value() == d["rows"]
    except LiuhenError:
        stands = False
    if not case.require("plan.rows", stands, "the imported rows", "lists changed meanwhile"):
        return
    seq = case.entry.body.seq
    table, changed = f.register(f"plan.{d['plan']}"), changed_rows(case.facts, d["plan"])
    for name in changed:
        row = case.facts.get(f.register(f"amend.{d['plan']}"), name)
        if row is None:
            case.facts.delete(table, name)
        else:
            case.facts.put(table, name, f.Row(row.record, seq))
    case.facts.put(f.PLANS, d["plan"], replace(plan, state="approved", published="", publication=b""))
    change = f.Amendment(d["reason"], case.holder, case.confirmer, changed, seq)
    case.facts.put(f.AMENDMENTS, f"{d['plan']}/{seq:012}", change)

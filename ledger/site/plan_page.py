"""The pages of the yearly plans: the list of them, and each with its rows and what became of them."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.site import words
from ledger.site.pages import state_of
from ledger.site.render import Page
from verifier import facts as f
from verifier.facts import Data, Facts


@dataclass(frozen=True)
class Made:
    """A task of a row, and its completed draw if there is one."""

    task: str
    window: tuple[str, str]
    draws: tuple[tuple[str, words.Pair], ...]


@dataclass(frozen=True)
class Row:
    """A row of a plan as people read it."""

    record: Data
    rate: str
    drawing: words.Pair
    made: tuple[Made, ...]


def page_name(plan: str) -> str:
    """The page of a plan; the prefix keeps an id like `con` from being a device of Windows."""
    return f"plan/p-{plan}"


def shown(facts: Facts) -> list[tuple[str, f.Plan]]:
    """Plans that were approved, the newest first."""
    held = [pair for pair in facts.rows(f.PLANS) if pair[1].state in ("approved", "published")]
    return sorted(held, key=lambda pair: (-pair[1].year, -pair[1].seq))


def plans(facts: Facts) -> Page:
    rows = [(plan, words.PLANS[plan.state], page_name(name)) for name, plan in shown(facts)]
    return Page("plans", "plans.html", {"plans": rows})


def plan_page(facts: Facts, name: str) -> Page:
    """Raises KeyError for a plan that is not there."""
    plan = facts.get(f.PLANS, name)
    if plan is None:
        raise KeyError(name)
    made: dict[str, list[Made]] = {}
    drawn: dict[str, list[tuple[str, words.Pair]]] = {}
    for draw, held in sorted(facts.rows(f.DRAWS), key=lambda pair: pair[1].seq):
        drawn.setdefault(held.task, []).append((draw, words.STATES[state_of(held)]))
    for task, row in facts.rows(f.TASKS):
        if row.data["plan"] == name:
            first, last = row.data["window"]
            one = Made(task, (first, last), tuple(drawn.get(task, ())))
            made.setdefault(row.data["row"], []).append(one)
    held_rows = sorted(facts.rows(f.register(f"plan.{name}")), key=lambda pair: pair[1].record["no"])
    rows = [
        Row(
            row.record,
            row.record.get("rate_text") or f"{row.record['p']}/{row.record['q']}",
            words.DRAWING[row.record["draw"]],
            tuple(made.get(key, ())),
        )
        for key, row in held_rows
    ]
    changes = [row for _, row in facts.rows(f.AMENDMENTS, f"{name}/")]
    told = {
        "id": name,
        "plan": plan,
        "state": words.PLANS[plan.state],
        "approver": holder(facts, plan.approver),
        "rows": rows,
        "amendments": changes,
    }
    return Page(page_name(name), "plan.html", told)


def holder(facts: Facts, name: str) -> str:
    """The name of a key holder."""
    held = facts.get(f.HOLDERS, name) if name else None
    return held.name if held else name

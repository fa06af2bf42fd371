"""Tasks made from plan rows, and exclusions from their pool (R063, R070–R071, R081, R091, R102)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from verifier import facts as f
from verifier.facts import Data
from verifier.law.assigned import judge_assigned
from verifier.law.case import Case, Confirmers, act, effect
from verifier.law.fills import claim, judge_fills, release, whole_team
from verifier.law.registers import judge_published
from verifier.vocabulary import Role


def approved_by(what: str) -> Confirmers:
    """The role that the policy in force names for approving this."""

    def confirmers(case: Case) -> frozenset[str] | None:
        ledger = case.facts.get(f.LEDGER, f.ONE)
        policy = case.facts.get(f.POLICIES, ledger.policy) if ledger else None
        return frozenset({policy.values["approvals"][what] if policy else Role.APPROVER.value})

    return confirmers


def task_rate(data: Data) -> tuple[int, int]:
    """The lowest rate p/q of a task."""
    if data["rounding"] == "total":
        return data["p"], data["q"]
    lowest = min(data["strata"], key=lambda s: s["p"] / s["q"])
    return lowest["p"], lowest["q"]


@act("task.created", [Role.CLERK], approved_by("task"))
def task_created(case: Case) -> None:
    d = case.data
    case.require("draw.once", case.fresh_id("task", d["task"]), "a new task id", d["task"])
    policy = case.policy(case.ledger().policy)
    plan = case.must("task.plan", f.PLANS, d["plan"], "plan")
    case.require("plan.order", plan.state == "published", "a published plan", plan.state)
    closed = case.facts.get(f.CLOSED_YEARS, str(plan.year))
    case.require("year.closed", closed is None, "a year that is open", plan.year)
    row = case.must("task.plan", f.register(f"plan.{d['plan']}"), d["row"], "plan row").record
    case.demand("task.form", fits_together(d), "rounding, strata and team mode that fit", d["rounding"])
    judge_row(case, d, row)
    judge_policy(case, d, policy)
    judge_published(case, policy)
    if "elsewhere" in d:
        judge_assigned(case, d)
    if "fills" in d:
        judge_fills(case, d)
    else:
        place = (d["plan"], d["row"], d["batch"])
        twins = [name for name, task in case.facts.rows(f.TASKS) if _place(task.data) == place]
        case.require("draw.once", not twins, "one task a plan row and batch", ", ".join(twins))


def given(d: Data) -> bool:
    """Whether the subjects are named by an earlier draw (补抽) or by another department, not chosen here."""
    return "fills" in d or "elsewhere" in d


def judge_row(case: Case, d: Data, row: Data) -> None:
    """A task against its plan row: items, window, rate, class. Asked again at the freeze where the plan was
    amended after the task."""
    case.require("task.plan", d["items"] == row["items"], str(row["items"]), d["items"])
    case.require(
        "task.plan",
        d["window"][0] <= d["window"][1] and d["window"][1][:7] <= row["until"],
        f"a window that ends by {row['until']}",
        "–".join(d["window"]),
    )
    _judge_rate(case, d, row)
    if row["draw"] == "undirected" and "tags" in row and not given(d):
        tags = {tag for s in d["strata"] for tag in s["filter"].get("tags", ())}
        further = {a for s in d["strata"] for a in s["filter"]} - {"tags", "status", "risk"}
        case.require(
            "task.filter",
            tags == set(row["tags"]) and not further,
            f"不定向: all of {'、'.join(row['tags'])}, no further condition",
            "、".join((*sorted(tags), *sorted(further))),
        )
    elif row["draw"] == "undirected" and not given(d):
        case.warn("task.filter", False, "a plan row that names the tags of its class", d["row"])


def _place(d: Data) -> tuple[str, str, int] | None:
    return None if "fills" in d else (d["plan"], d["row"], d["batch"])


def fits_together(d: Data) -> bool:
    """Whether the parts of a task, or of a frozen question, fit each other."""
    total = d["rounding"] == "total"
    each = all(("w" in s) == total for s in d["strata"])
    ids = [s["id"] for s in d["strata"]]
    fits = each and (("p" in d, "q" in d) == (total, total)) and (("groups" in d) == (d["teams"] == "groups"))
    fits = fits and len({i.lower() for i in ids}) == len(ids)
    return fits and all(s["p"] <= s["q"] for s in d["strata"] if "p" in s) and d.get("p", 0) <= d.get("q", 0)


def _judge_rate(case: Case, d: Data, row: Data) -> None:
    if not given(d):
        rates = [(d["p"], d["q"])] if d["rounding"] == "total" else [(s["p"], s["q"]) for s in d["strata"]]
        same = all(p * row["q"] == row["p"] * q for p, q in rates)
        case.require("task.rate", same, f"the plan's rate {row['p']}/{row['q']}", rates)
        if row.get("by_risk"):
            weighed = d["rounding"] == "total" and all("risk" in s["filter"] for s in d["strata"])
            case.require(
                "task.rate",
                weighed,
                "one overall rate, divided by weights of risk classes",
                [s["filter"].get("risk", []) for s in d["strata"]],
            )


def class_rates(strata: list[Data]) -> list[tuple[str, Fraction]]:
    """(risk class, weight or rate) of the strata that are of one risk class, by class."""
    rates = [
        (s["filter"]["risk"][0], Fraction(s["w"]) if "w" in s else Fraction(s["p"], s["q"]))
        for s in strata
        if len(s["filter"].get("risk", ())) == 1
    ]
    return sorted(rates)


def rising(rates: list[tuple[str, Fraction]]) -> bool:
    """Whether no class is drawn at a lower rate than a class of less risk (R077)."""
    return all(one[1] <= other[1] for one in rates for other in rates if one[0] < other[0])


def judge_policy(case: Case, d: Data, policy: f.Policy) -> None:
    """Rates and seats against the policy in force."""
    if policy.values.get("class_rates") == "rising" and not given(d):
        rates = class_rates(d["strata"])
        told = " ".join(f"{risk}={rate}" for risk, rate in rates)
        case.warn(
            "task.class-rates", rising(rates), "rates that rise with the risk class: A ≤ B ≤ C ≤ D", told
        )
    p, q = task_rate(d)
    low_p, low_q = policy.values["min_rate"]
    low = p * low_q < low_p * q
    if low and "exception" not in d:
        case.require(
            "policy.min-rate", False, f"at least {low_p}/{low_q}, or an approved exception", f"{p}/{q}"
        )
    else:
        case.warn("policy.min-rate", not low, f"{low_p}/{low_q}", f"{p}/{q}; {d.get('exception', '')}")
    if "fills" in d and not whole_team(d):
        return
    seats = sum(count for _, _, count in d["seats"])
    case.require(
        "policy.officers", seats >= policy.values["min_officers"], str(policy.values["min_officers"]), seats
    )


@effect("task.created")
def create_task(case: Case) -> None:
    d = case.data
    case.facts.put(
        f.TASKS,
        d["task"],
        f.Task(d, "approved", case.seq, case.holder, case.ledger().policy, approver=case.confirmer),
    )
    if "fills" in d:
        claim(case.facts, d)


@act("task.excluded", [Role.CLERK], approved_by("exclusion"))
def task_excluded(case: Case) -> None:
    d = case.data
    task = case.must("task.exists", f.TASKS, d["task"], "approved task")
    case.must("list.known", f.register("subjects"), d["subject"], "subject")
    held = case.facts.get(f.EXCLUSIONS, f"{d['task']}/{d['subject']}")
    case.require("draw.exclusions", held is None, "a subject not excluded yet", held.reason if held else "")
    fresh = not task.open_draw and not task.completed
    case.require(
        "draw.after-freeze", fresh, "an exclusion before the freeze", task.open_draw or task.completed
    )


@effect("task.excluded")
def exclude(case: Case) -> None:
    d = case.data
    key = f"{d['task']}/{d['subject']}"
    case.facts.put(f.EXCLUSIONS, key, f.Exclusion(d["reason"], case.entry.body.seq))
    task = case.facts.get(f.TASKS, d["task"])
    if task is not None and "fills" in task.data:
        release(case.facts, task.data, d["subject"])


def update(case: Case, name: str, **changes: object) -> None:
    """Change fields of a task."""
    task = case.facts.get(f.TASKS, name)
    if task is not None:
        case.facts.put(f.TASKS, name, replace(task, **changes))  # type: ignore[arg-type]

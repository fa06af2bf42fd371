"""Policy, working calendars and the yearly plan (R050–R071, S0 细则§8, §9)."""

from __future__ import annotations

from dataclasses import replace

from verifier import facts as f
from verifier.calendar import year_from_value
from verifier.errors import LiuhenError
from verifier.facts import Data, Facts
from verifier.law.case import Case, act, confirmed_by, effect, on_paper
from verifier.lists import ListHash, list_hash
from verifier.vocabulary import Role

_IGNORED = frozenset(' \t　，。、；：,.;:（）()“”"《》0123456789０１２３４５６７８９')


@act("policy.adopted", [Role.ADMIN, Role.CLERK], confirmed_by(Role.APPROVER))
def policy_adopted(case: Case) -> None:
    case.require(
        "policy.in-force",
        case.fresh_id("policy", case.data["policy"]),
        "a new policy id",
        case.data["policy"],
    )


@effect("policy.adopted")
def adopt_policy(case: Case) -> None:
    d = case.data
    case.facts.put(
        f.POLICIES,
        d["policy"],
        f.Policy(
            d["document"],
            d["title"],
            d["file"],
            d["values"],
            d["clauses"],
            case.entry.body.seq,
            case.entry.body.time[:10],
        ),
    )
    case.facts.put(f.LEDGER, f.ONE, replace(case.ledger(), policy=d["policy"]))


@act("calendar.adopted", [Role.ADMIN, Role.CLERK])
def calendar_adopted(case: Case) -> None:
    fault = _table_fault(case.data)
    case.require("calendar.days", fault is None, "real days in order, none in both lists", fault)


def _table_fault(data: Data) -> LiuhenError | None:
    try:
        year_from_value({name: data[name] for name in ("year", "off", "work")})
    except LiuhenError as error:
        return error
    return None


@effect("calendar.adopted")
def adopt_calendar(case: Case) -> None:
    d = case.data
    if _table_fault(d) is None:
        row = f.Calendar(d["notice"], tuple(d["off"]), tuple(d["work"]), case.seq)
        case.facts.put(f.CALENDARS, str(d["year"]), row)


def plan_rows(facts: Facts, plan: str, register: str = "plan") -> ListHash:
    """Count and root of the rows [row id, record] of a plan, or of its amendment, as they stand."""
    rows = facts.rows(f.register(f"{register}.{plan}"))
    return list_hash([name, row.record] for name, row in rows)


def plain(text: str) -> str:
    """An item's words without numbers, punctuation and the 对 a form puts in front."""
    return "".join(c for c in text if c not in _IGNORED).removeprefix("对")


def item_words(facts: Facts, items: list[str]) -> list[str]:
    held = [facts.get(f.register("items"), name) for name in items]
    return [plain(line) for row in held if row for line in row.record["text"]]


@act("plan.submitted", [Role.CLERK])
def plan_submitted(case: Case) -> None:
    d = case.data
    before = case.facts.get(f.PLANS, d["plan"])
    again = before is None or before.state == "rejected"
    case.require("plan.order", again and case.no_twin("plan", d["plan"]), "a new or rejected plan", d["plan"])
    judge_plan_rows(case, "plan")


def judge_plan_rows(case: Case, register: str) -> None:
    """The rows that the event names are those imported; their items are listed, in the list's words."""
    d = case.data
    try:
        rows: Data = plan_rows(case.facts, d["plan"], register).value()
    except LiuhenError as error:
        rows = {"n": str(error)}
    case.require("plan.rows", d["rows"] == rows and d["rows"]["n"] > 0, "the imported rows", rows.get("n"))
    items = f.register("items")
    for _, row in case.facts.rows(f.register(f"{register}.{d['plan']}")):
        listed = all(case.facts.get(items, i) is not None for i in row.record["items"])
        case.require(
            "plan.items", listed, "items of the item list", row.record["items"], row=row.record["no"]
        )
        ours = [plain(line) for line in row.record["text"]]
        theirs = item_words(case.facts, row.record["items"])
        if listed:
            case.warn(
                "plan.item-text",
                ours == theirs,
                "；".join(w for w in theirs if w not in ours),
                "；".join(w for w in ours if w not in theirs),
                row=row.record["no"],
            )


@effect("plan.submitted")
def submit_plan(case: Case) -> None:
    d = case.data
    case.facts.put(
        f.PLANS, d["plan"], f.Plan(d["name"], d["year"], "submitted", case.leaf, case.seq, case.holder)
    )


def _plan_of(case: Case, state: str) -> f.Plan:
    plan = case.must("plan.order", f.PLANS, case.data["plan"], "plan")
    case.require("plan.order", plan.state == state, f"plan {state}", plan.state)
    return plan


@act("plan.approved", [Role.APPROVER, Role.CLERK], on_paper)
def plan_approved(case: Case) -> None:
    plan = _plan_of(case, "submitted")
    case.require(
        "plan.order", case.data["of"] == plan.leaf, "the submission as it stands", case.data["of"].hex()
    )
    if "paper" not in case.data:
        case.require(
            "role.permitted", "approver" in case.roles, "an approver, or an act on paper", case.holder
        )
        case.require("role.separate", case.holder != plan.clerk, "approver and clerk differ", case.holder)


@effect("plan.approved")
def approve_plan(case: Case) -> None:
    plan = case.facts.get(f.PLANS, case.data["plan"])
    if plan is None:
        return
    if (plan.state, plan.leaf) == ("submitted", case.data["of"]):
        case.facts.put(f.PLANS, case.data["plan"], replace(plan, state="approved", approver=case.holder))


@act("plan.rejected", [Role.APPROVER])
def plan_rejected(case: Case) -> None:
    plan = _plan_of(case, "submitted")
    case.require(
        "plan.order", case.data["of"] == plan.leaf, "the submission as it stands", case.data["of"].hex()
    )


@effect("plan.rejected")
def reject_plan(case: Case) -> None:
    plan = case.facts.get(f.PLANS, case.data["plan"])
    if plan is not None:
        case.facts.put(f.PLANS, case.data["plan"], replace(plan, state="rejected"))


@act("plan.published", [Role.CLERK, Role.ADMIN])
def plan_published(case: Case) -> None:
    plan = case.must("plan.order", f.PLANS, case.data["plan"], "plan")
    standing = plan.state in ("approved", "published")
    case.require("plan.order", standing, "a plan approved or published", plan.state)
    case.require(
        "result.date", case.data["date"] <= case.today, "a date not in the future", case.data["date"]
    )


@effect("plan.published")
def publish_plan(case: Case) -> None:
    plan = case.facts.get(f.PLANS, case.data["plan"])
    if plan is None:
        return
    if plan.state != "published":
        stands = replace(plan, state="published", published=case.data["date"], publication=case.leaf)
        case.facts.put(f.PLANS, case.data["plan"], stands)
    key = case.leaf.hex()
    case.facts.put(f.PUBLICATIONS, key, f.Publication(case.data["plan"], case.data["date"]))
    case.facts.put(f.CORRECTABLE, key, f.Ref("plan.published", key))


def correct_publication(facts: f.Facts, key: str, day: str) -> None:
    """A publication, named by its leaf hash in hex, was on another day."""
    held = facts.get(f.PUBLICATIONS, key)
    plan = facts.get(f.PLANS, held.plan) if held else None
    if held is None or plan is None:
        return
    facts.put(f.PUBLICATIONS, key, replace(held, date=day))
    if plan.publication.hex() == key:
        facts.put(f.PLANS, held.plan, replace(plan, published=day))

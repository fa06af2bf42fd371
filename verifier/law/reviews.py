"""What becomes of a record before it is published: results by department (R132), review (审核、退回).

A review holds for the record as it stands: a correction takes it away, so that a record sent back is put
right before it is reviewed again.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier import facts as f
from verifier.facts import Facts
from verifier.law.case import Case, act, effect, on_paper
from verifier.vocabulary import Role


def departments(draw: f.Draw) -> tuple[str, ...]:
    """The departments that send officers, in the order of the seats, each once."""
    return tuple(dict.fromkeys(department for department, _, _ in draw.question["seats"]))


@act("visit.result", [Role.CLERK, Role.OFFICER], on_paper)
def visit_result(case: Case) -> None:
    """The department's own act, by key or file; on paper another unit may record it."""
    d = case.data
    visit = _standing(case, "result.department")
    draw = case.must("result.department", f.DRAWS, visit.data["draw"], "draw")
    sent = departments(draw)
    case.require("result.department", d["department"] in sent, ", ".join(sent), d["department"])
    own = "paper" in d or case.unit == d["department"]
    case.require("result.department", own, f"entered by {d['department']}", case.unit)
    held = case.facts.get(f.DEPARTMENT_RESULTS, f"{d['visit']}/{d['department']}")
    case.require("result.department", held is None, "one result a department and visit", d["department"])


def _standing(case: Case, rule: str) -> f.Visit:
    """The visit that the act names, its record as it stands."""
    visit = case.must(rule, f.VISITS, case.data["visit"], "recorded visit")
    case.demand(rule, visit.state != "voided", "a visit that is not void", case.data["visit"])
    case.require(rule, visit.leaf == case.data["of"], "the record as it stands", case.data["of"].hex())
    return visit


@effect("visit.result")
def enter_result(case: Case) -> None:
    key = f"{case.data['visit']}/{case.data['department']}"
    case.facts.put(f.DEPARTMENT_RESULTS, key, f.Kept(case.data, case.seq, case.today))


def missing(facts: Facts, name: str, visit: f.Visit) -> list[str]:
    """Departments of a joint draw that have not entered their result of a visit (R132). The one whose unit
    recorded the visit has."""
    draw = facts.get(f.DRAWS, visit.data["draw"])
    sent = departments(draw) if draw else ()
    if len(sent) < 2:
        return []
    return [one for one in sent if one != visit.unit and not facts.get(f.DEPARTMENT_RESULTS, f"{name}/{one}")]


def asked(facts: Facts, draw: f.Draw | None, what: str) -> bool:
    """Whether the policy of a draw asks for `review` or `joint_results`."""
    policy = facts.get(f.POLICIES, draw.policy) if draw else None
    return policy is not None and bool(policy.values.get(what, False))


def asking(facts: Facts, what: str) -> frozenset[str]:
    """The draws whose policy asks for it."""
    return frozenset(name for name, draw in facts.rows(f.DRAWS) if asked(facts, draw, what))


@act("result.reviewed", [Role.CLERK, Role.APPROVER])
def result_reviewed(case: Case) -> None:
    d = case.data
    visit = _standing(case, "result.review")
    signed = visit.state == "effective"
    case.require("result.review", signed, "a signed visit not yet published", visit.state)
    case.require("result.review", case.holder != visit.holder, "reviewed by another holder", case.holder)
    case.require("result.review", d["accepted"] or "reason" in d, "a reason for sending it back", d["visit"])
    held = case.facts.get(f.REVIEWS, d["visit"])
    done = "" if held is None else "accepted" if held.data["accepted"] else "sent back"
    case.require("result.review", held is None, "a record not reviewed as it stands", done)


@effect("result.reviewed")
def review(case: Case) -> None:
    case.facts.put(f.REVIEWS, case.data["visit"], f.Kept(case.data, case.seq, case.today))


def judge_reviewed(case: Case, name: str, visit: f.Visit) -> None:
    """What is published was accepted, where the policy asks for a review; what was sent back never is."""
    held = case.facts.get(f.REVIEWS, name)
    draw = case.facts.get(f.DRAWS, visit.data["draw"])
    if held is not None or asked(case.facts, draw, "review"):
        accepted = held is not None and held.data["accepted"]
        case.require("result.review", accepted, "a record that was accepted", "sent back" if held else "-")


def lacking(facts: Facts) -> Iterator[tuple[str, f.Visit, list[str]]]:
    """Visits of joint draws whose policy asks for every department's result, with those who have none."""
    joint = asking(facts, "joint_results")
    for name, visit in facts.rows(f.VISITS) if joint else ():
        if visit.state != "voided" and visit.data["draw"] in joint:
            yield name, visit, missing(facts, name, visit)

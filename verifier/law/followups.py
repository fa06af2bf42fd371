"""What follows a result: recorded, closed, and what is open at the head (R138–R142).

The kind is private. Who can open it judges it; to everybody else one follow-up is like another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from verifier import calendar
from verifier import facts as f
from verifier.calendar import Deadline, OnRestDay, Unit, Years
from verifier.errors import LiuhenError
from verifier.facts import Data, Facts
from verifier.law.case import Case, act, effect
from verifier.vocabulary import FOLLOWUP_KINDS, NEEDS_FOLLOWUP, Role

STANDING = ("effective", "published")
"""States of a visit whose record is signed."""


def needs_followup(visit: Data) -> bool:
    """Whether a result asks for a follow-up: by its code, or because what was ordered was not put right at
    once (附件5: 下达责改 without 责改)."""
    by_code = any(code in NEEDS_FOLLOWUP for code in visit.get("results", ()))
    boxes = [box for box in visit["items"] if isinstance(box, dict)]
    return by_code or any(box["ordered"] and not box["corrected"] for box in boxes)


def ended(visit: Data) -> str:
    """The day on which a visit ended."""
    return str(visit.get("until") or visit["occurred"])[:10]


@act("followup.recorded", [Role.CLERK, Role.OFFICER])
def followup_recorded(case: Case) -> None:
    d = case.data
    fresh = case.fresh_id("followup", d["followup"])
    case.require("followup.order", fresh, "a new follow-up id", d["followup"])
    judge_followup(case, d)


def judge_followup(case: Case, d: Data) -> None:
    """What a follow-up must be, as recorded or corrected."""
    first = _day(case, d)
    due = d.get("due", first)
    case.require("followup.dates", due >= first, f"not before {first}", due)
    kind = case.opened(f"visit/{d['visit']}", "kind", d["kind"])
    if kind is not None:
        case.require("followup.kind", kind in FOLLOWUP_KINDS, "a kind of the list", "another word")


def _day(case: Case, d: Data) -> str:
    """The day of the signed visit, or of the check outside the plan, that is followed up."""
    check = case.facts.get(f.CHECKS, d["visit"])
    if check is not None:
        return str(check.data["occurred"])[:10]
    visit = case.must("followup.order", f.VISITS, d["visit"], "visit")
    case.require("followup.order", visit.state in STANDING, "a signed visit", visit.state)
    return str(visit.data["occurred"])[:10]


@effect("followup.recorded")
def record_followup(case: Case) -> None:
    _keep(case, f.FOLLOWUPS, "followup.recorded")


def _keep(case: Case, table: f.Table[f.Kept], kind: str) -> None:
    key = f"{case.data['visit']}/{case.data['followup']}"
    case.facts.put(table, key, f.Kept(case.data, case.seq, case.today))
    case.facts.put(f.CORRECTABLE, case.leaf.hex(), f.Ref(kind, key))


@act("followup.closed", [Role.CLERK, Role.OFFICER])
def followup_closed(case: Case) -> None:
    d = case.data
    key = f"{d['visit']}/{d['followup']}"
    held = case.must("followup.order", f.FOLLOWUPS, key, "follow-up of this visit")
    closed = case.facts.get(f.CLOSINGS, key)
    case.require(
        "followup.order", closed is None, "a follow-up that is open", f"#{closed.seq}" if closed else ""
    )
    judge_closing(case, d)
    if case.opened(f"visit/{d['visit']}", "kind", held.data["kind"]) == "criminal":
        receipt = "receipt" in held.data
        case.warn("followup.receipt", receipt, "the receipt of the platform for criminal referrals", "-")


def judge_closing(case: Case, d: Data) -> None:
    """What the closing of a follow-up must be, as recorded or corrected."""
    first = _day(case, d)
    case.require("followup.dates", first <= d["date"] <= case.today, f"{first} – {case.today}", d["date"])


@effect("followup.closed")
def close_followup(case: Case) -> None:
    _keep(case, f.CLOSINGS, "followup.closed")


@dataclass(frozen=True)
class FollowupDue:
    """What is open of one visit at the head.

    Without a `followup` the result has none yet, `limit` is its last day where the policy has one. With one,
    `limit` is the day by which it is to be settled, `closed` the day on which it was.
    """

    visit: str
    seq: int
    followup: str = ""
    limit: Deadline | None = None
    closed: str = ""

    def late(self, today: str) -> bool:
        """Late as closed, else as of today."""
        day = date.fromisoformat(self.closed or today)
        return self.limit is not None and self.limit.judge(day) is False


def by_visit(facts: Facts) -> dict[str, list[tuple[str, f.Kept]]]:
    """Every follow-up with its key, by visit."""
    found: dict[str, list[tuple[str, f.Kept]]] = {}
    for key, row in facts.rows(f.FOLLOWUPS):
        found.setdefault(key.partition("/")[0], []).append((key, row))
    return found


def followup_dues(facts: Facts, years: Years) -> Iterator[FollowupDue]:
    """Results that ask for a follow-up and have none, and follow-ups with a last day, by visit."""
    followups = by_visit(facts)
    for name, seq, data in _results(facts):
        held = followups.get(name, ())
        if not held and needs_followup(data):
            yield FollowupDue(name, seq, limit=_limit(facts, data, years))
        for key, row in held:
            closing = facts.get(f.CLOSINGS, key)
            if "due" in row.data:
                last = date.fromisoformat(row.data["due"])
                closed = closing.data["date"] if closing else ""
                yield FollowupDue(name, row.seq, row.data["followup"], Deadline(last, last), closed)


def _results(facts: Facts) -> Iterator[tuple[str, int, Data]]:
    """(id, entry, data) of every signed visit and every check outside the plan."""
    for name, visit in facts.rows(f.VISITS):
        if visit.state in STANDING:
            yield name, visit.seq, visit.data
    for name, check in facts.rows(f.CHECKS):
        yield name, check.seq, check.data


def _limit(facts: Facts, visit: Data, years: Years) -> Deadline | None:
    """The last day to record a follow-up, by the policy of the draw, of a check outside the plan by the one
    in force; None where it names none."""
    draw = facts.get(f.DRAWS, visit["draw"]) if "draw" in visit else None
    ledger = facts.get(f.LEDGER, f.ONE)
    policy = facts.get(f.POLICIES, draw.policy if draw else ledger.policy if ledger else "")
    return policy_deadline(policy, "followup", ended(visit), years) if policy else None


def policy_deadline(policy: f.Policy, what: str, start: str, years: Years) -> Deadline | None:
    """`<what>_days` after a day, in `<what>_unit` (calendar days where it is left out); None where the policy
    has none, or from a day of which no deadline is counted."""
    values = policy.values
    if f"{what}_days" not in values:
        return None
    try:
        return calendar.deadline(
            date.fromisoformat(start),
            values[f"{what}_days"],
            Unit(values.get(f"{what}_unit", "calendar")),
            years,
            OnRestDay(values["rest_day"]),
        )
    except LiuhenError:
        return None

"""Checks outside plan and draw: who, what, and with what exemption (R023, R055–R057, R099).

What happened is recorded even where no rule allowed it: a check without an exemption is a warning for good.
"""

from __future__ import annotations

from dataclasses import replace

from verifier import facts as f
from verifier.codec import Value
from verifier.facts import Data, Facts
from verifier.law.case import Case, act, effect
from verifier.law.question import certified
from verifier.vocabulary import Role


@act("check.unplanned", [Role.CLERK, Role.OFFICER])
def check_unplanned(case: Case) -> None:
    d = case.data
    case.require("check.once", case.fresh_id("visit", d["check"]), "a new visit id", d["check"])
    twins = [name for name, held in case.facts.rows(f.CHECKS) if _place(held.data) == _place(d)]
    case.require("check.once", not twins, "one record a check", ", ".join(twins))
    known = case.facts.get(f.register("subjects"), d["subject"]) is not None
    case.require("list.known", known, "subject that exists", d["subject"])
    judge_check(case, d)
    case.warn("check.planned", "exemption" in d, "a planned check, or a ground for its exemption", d["check"])


def _place(d: Data) -> tuple[str, str, tuple[str, ...]]:
    return d["subject"], d["occurred"], tuple(d["items"])


def judge_check(case: Case, d: Data) -> None:
    """What a check outside the plan must be, as recorded or corrected."""
    day = d["occurred"][:10]
    rows = {name: case.facts.get(f.register("officers"), name) for name in d["officers"]}
    strangers = [name for name, row in rows.items() if row is None]
    case.require("check.team", not strangers, "officers of the list", ", ".join(strangers))
    without = [name for name, row in rows.items() if row is not None and not certified(row.record, day)]
    case.require("check.team", not without, f"certificates valid on {day}", ", ".join(without))
    policy = case.facts.get(f.POLICIES, case.ledger().policy)
    if policy is not None:
        least = policy.values["min_officers"]
        case.require("check.team", len(rows) >= least, f"at least {least} officers", len(rows))
    until = d["until"] if "until" in d else d["occurred"]
    case.require(
        "visit.clock",
        d["occurred"] <= until <= case.entry.body.time,
        "an end after the beginning, not in the future",
        f"{d['occurred']} – {until}",
    )
    unlisted = [name for name in d["items"] if not _listed(case.facts, name)]
    case.require(
        "check.item", not unlisted, "items of the item list, or declared unsuitable", ", ".join(unlisted)
    )


def _listed(facts: Facts, item: str) -> bool:
    """Whether an item is in the item list, or among those that are not drawn with the reason why."""
    return any(facts.get(f.register(name), item) is not None for name in ("items", "unsuitable"))


@effect("check.unplanned")
def record_check(case: Case) -> None:
    case.facts.put(f.CHECKS, case.data["check"], f.Kept(case.data, case.seq, case.today))
    case.facts.put(f.CORRECTABLE, case.leaf.hex(), f.Ref("check.unplanned", case.data["check"]))


def correct_check(facts: Facts, check: str, field: str, new: Value) -> None:
    """Take a confirmed correction over."""
    held = facts.get(f.CHECKS, check)
    if held is not None:
        facts.put(f.CHECKS, check, replace(held, data={**held.data, field: new}))

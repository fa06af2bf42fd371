"""The platform that an office must use beside this ledger: its receipts, and what it shows of a draw.

A draw made here is carried to the platform; what the platform then exports is imported and compared row by
row (R098, R104). What a policy's `platform` still waits for is an open item, never a fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from verifier import facts as f
from verifier.facts import Facts
from verifier.law.case import Case, act, effect
from verifier.lists import list_hash
from verifier.vocabulary import Role

PUBLISHED = frozenset({"plan.published", "list.published", "result.published"})
"""Types that a receipt may be of, beside a draw, which is named by its M."""


@dataclass(frozen=True)
class Difference:
    """Drawn subjects that the platform lacks, those that only it has, those with other officers there."""

    missing: tuple[str, ...]
    extra: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def first(self) -> str:
        """The first subject that differs and how, "" when none does."""
        named = (("missing", self.missing), ("extra", self.extra), ("changed", self.changed))
        return next((f"{how} {ids[0]}" for how, ids in named if ids), "")

    @property
    def counts(self) -> tuple[int, int, int]:
        return len(self.missing), len(self.extra), len(self.changed)


def compare(facts: Facts, draw: str) -> Difference:
    """Register `platform.<draw>` against the teams of the draw as they are now. A row without officers says
    nothing of them; their order does not matter."""
    ours = {team.subject: set(team.members()) for _, team in facts.rows(f.TEAMS, f"{draw}/")}
    theirs = {name: row.record for name, row in facts.rows(f.register(f"platform.{draw}"))}
    both = sorted(ours.keys() & theirs.keys())
    return Difference(
        tuple(sorted(ours.keys() - theirs.keys())),
        tuple(sorted(theirs.keys() - ours.keys())),
        tuple(s for s in both if "officers" in theirs[s] and set(theirs[s]["officers"]) != ours[s]),
    )


def _completed(facts: Facts, m: str) -> str:
    """The completed draw whose question has this M, "" when there is none."""
    held = (name for name, draw in facts.rows(f.DRAWS) if draw.m == m)
    name = next(held, "")
    draw = facts.get(f.DRAWS, name) if name else None
    return name if draw is not None and draw.state in ("executed", "recorded") else ""


@act("platform.receipt", [Role.CLERK, Role.ADMIN])
def platform_receipt(case: Case) -> None:
    d = case.data
    of = d["of"].hex()
    ref = case.facts.get(f.CORRECTABLE, of)
    stands = (ref is not None and ref.kind in PUBLISHED) or bool(_completed(case.facts, of))
    case.require("platform.receipt", stands, "a publication, or M of a completed draw", of)
    case.require("result.date", d["date"] <= case.today, "a date not in the future", d["date"])


@effect("platform.receipt")
def keep_receipt(case: Case) -> None:
    d = case.data
    of = d["of"].hex()
    key = f"{of}/{case.seq:012}"
    receipt = f.PlatformReceipt(of, d["platform"], d["number"], d["date"], case.seq)
    case.facts.put(f.PLATFORM_RECEIPTS, key, receipt)
    case.facts.put(f.CORRECTABLE, case.leaf.hex(), f.Ref("platform.receipt", key))


def correct_receipt(facts: Facts, key: str, field: str, new: str) -> None:
    receipt = facts.get(f.PLATFORM_RECEIPTS, key)
    if receipt is not None and field in ("platform", "number", "date"):
        facts.put(f.PLATFORM_RECEIPTS, key, replace(receipt, **{field: new}))  # type: ignore[arg-type]


@act("platform.compared", [Role.CLERK, Role.ADMIN])
def platform_compared(case: Case) -> None:
    d = case.data
    draw = case.must("platform.compared", f.DRAWS, d["draw"], "draw")
    case.require("platform.compared", draw.m == d["m"], f"M of this draw: {draw.m}", d["m"])
    case.demand("platform.compared", draw.state == "executed", "a draw made here", draw.state)
    case.demand("draw.sealing", not draw.veiled, "a draw whose result is public", d["draw"])
    found = compare(case.facts, d["draw"])
    n = sum(1 for _ in case.facts.rows(f.register(f"platform.{d['draw']}")))
    ours = [list_hash([s] for s in ids).value() for ids in (found.missing, found.extra, found.changed)]
    told = (n, *found.counts)
    same = n == d["n"] and ours == [d["missing"], d["extra"], d["changed"]]
    theirs = (d["n"], d["missing"]["n"], d["extra"]["n"], d["changed"]["n"])
    expected = f"what the imported rows give: (n, missing, extra, changed) {told}"
    if case.require("platform.compared", same, expected, theirs):
        case.warn("platform.differs", not found.first, "the subjects and officers drawn here", found.first)


@effect("platform.compared")
def keep_comparison(case: Case) -> None:
    d = case.data
    counts = (d["missing"]["n"], d["extra"]["n"], d["changed"]["n"])
    row = f.Comparison(d["draw"], d["platform"], d["file"], d["n"], *counts, case.seq)
    case.facts.put(f.COMPARISONS, f"{d['draw']}/{case.seq:012}", row)


@dataclass(frozen=True)
class Unreceived:
    """What a platform is to give a receipt of: kind `plan` or `draw`, its name, the entry it stands at, `of`,
    and whether it has."""

    kind: str
    name: str
    seq: int
    of: bytes
    received: bool = False


def unreceived(facts: Facts) -> Iterator[Unreceived]:
    """What the platform has given no receipt of."""
    return (one for one in to_receive(facts) if not one.received)


def to_receive(facts: Facts) -> Iterator[Unreceived]:
    """Published plans and draws made here, once public, and whether the platform has them; nothing where the
    policy in force names no platform."""
    ledger = facts.get(f.LEDGER, f.ONE)
    policy = facts.get(f.POLICIES, ledger.policy) if ledger else None
    if policy is None or not policy.values.get("platform"):
        return
    received = {row.of for _, row in facts.rows(f.PLATFORM_RECEIPTS)}
    for name, plan in facts.rows(f.PLANS):
        if plan.publication:
            has = plan.publication.hex() in received
            yield Unreceived("plan", name, plan.seq, plan.publication, has)
    for name, draw in facts.rows(f.DRAWS):
        task = facts.get(f.TASKS, draw.task)
        made_here = draw.state == "executed" and task is not None and "elsewhere" not in task.data
        if made_here and not draw.veiled:
            yield Unreceived("draw", name, draw.executed, bytes.fromhex(draw.m), draw.m in received)

"""Honest events with one thing bent: what a rule asks in several places is asked in each of them.

The chain ends with the bent event, written by who wrote the honest one, with the real key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ledger.commands import keys
from ledger.commands.keys import Person
from tests.conformance.case import Cases, Workshop
from tests.cosigner import COSIGNER
from tests.forgery import Forger, Story

BENT = Cases("bent")
Change = Mapping[str, Any] | Callable[[dict[str, Any]], dict[str, Any]]

FUTURE = "2026-12-31"
OTHER = "0" * 64


def bent(story: Story, kind: str, change: Change, nth: int, again: bool) -> Forger:
    """The chain up to the nth event of a kind (with it when `again`), then that event, changed."""
    forger = story.after(kind, nth) if again else story.before(kind, nth)
    honest = [one for one in story.entries if one.body.type == kind][nth].body
    (signer,) = (one for one in story.office.signers.values() if one.key_id == honest.actor)
    data = story.data(kind, nth)
    data = change(data) if callable(change) else {**data, **change}
    data = {name: value for name, value in data.items() if value is not None}
    forger.append(signer, kind, data, honest.stream, **({} if again else {"time": honest.time}))
    return forger


def bend(
    rule: str,
    name: str,
    deed: str,
    story: str,
    kind: str,
    change: Change,
    *,
    nth: int = 0,
    again: bool = False,
    status: str = "fail",
    may: tuple[str, ...] | None = (),
) -> None:
    """Add a case: the rule is red when the event of this story is bent so."""

    def make(shop: Workshop) -> bytes:
        told: Story = getattr(shop.stories, story)()
        return shop.pack(shop.bundle(bent(told, kind, change, nth, again).raw))

    verdict = {"fail": "fail", "warn": "pass"}[status]
    who = {"ledger.created": "administrator", "plan.approved": "approver", "result.reviewed": "approver"}
    BENT.add(
        f"{rule}/{name}", who.get(kind, "clerk"), deed, make, verdict=verdict, must={rule: status}, may=may
    )


def inside(key: str, **changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A change of the map under `key`."""
    return lambda data: {**data, key: {**data[key], **changes}}


ONE = {"again": True}
bend("plan.order", "submitted-again", "submits a plan again", "careful", "plan.submitted", {}, **ONE)
bend(
    "plan.order",
    "approve-unknown",
    "approves a plan that there is not",
    "careful",
    "plan.approved",
    {"plan": "p9"},
    may=("entry.stream",),
)
bend(
    "plan.order",
    "approve-other",
    "approves another submission than the one that stands",
    "careful",
    "plan.approved",
    {"of": bytes(32)},
)
bend("plan.order", "approve-again", "approves a plan twice", "careful", "plan.approved", {}, **ONE)
bend(
    "plan.order",
    "publish-unknown",
    "publishes a plan that there is not",
    "careful",
    "plan.published",
    {"plan": "p9"},
    may=("entry.stream",),
)
bend(
    "result.date",
    "plan-in-future",
    "says that a plan was published in the future",
    "careful",
    "plan.published",
    {"date": FUTURE},
)
bend(
    "task.plan",
    "unknown-plan",
    "makes a task of a plan that there is not",
    "careful",
    "task.created",
    {"plan": "p9"},
)
bend(
    "task.plan",
    "unknown-row",
    "makes a task of a row that there is not",
    "careful",
    "task.created",
    {"row": "9"},
)
bend(
    "draw.once",
    "task-again",
    "makes a task under an id that there is",
    "careful",
    "task.created",
    {},
    **ONE,
    may=None,
)
bend(
    "task.exists",
    "freeze-unknown",
    "freezes a question for a task that there is not",
    "careful",
    "draw.frozen",
    {"task": "t9"},
    may=None,
)
bend(
    "draw.order",
    "commit-other-m",
    "seals a random number for another question",
    "careful",
    "draw.committed",
    {"m": OTHER},
    may=None,
)
bend(
    "draw.commitment",
    "stranger",
    "seals a random number for somebody who is no party",
    "careful",
    "draw.committed",
    {"party": OTHER},
    may=None,
)
bend(
    "draw.order",
    "reveal-other-m",
    "opens a random number for another question",
    "careful",
    "draw.revealed",
    {"m": OTHER},
    may=None,
)
bend(
    "draw.reveal",
    "not-sealed",
    "opens a random number of somebody who sealed none",
    "careful",
    "draw.revealed",
    {"party": OTHER},
    may=None,
)
bend(
    "draw.order",
    "run-other-m",
    "runs the draw of another question",
    "careful",
    "draw.executed",
    {"m": OTHER},
    may=None,
)
bend("draw.order", "run-again", "runs a draw twice", "careful", "draw.executed", {}, **ONE, may=None)
bend(
    "draw.order",
    "notice-other-m",
    "sends the notice of another question",
    "careful",
    "notice.sent",
    {"m": OTHER},
)
bend(
    "notice.form",
    "announced-without-day",
    "announces a visit without naming its day",
    "careful",
    "notice.sent",
    lambda d: {**d, "notice": {k: v for k, v in d["notice"].items() if k != "day"}},
)
bend(
    "visit.extension",
    "unknown-subject",
    "extends the visit of an enterprise that was not drawn",
    "careful",
    "visit.extended",
    inside("extension", subject="91649999XXXXXXXXXX"),
)
bend(
    "draw.order",
    "extend-other-m",
    "extends a visit of another question",
    "careful",
    "visit.extended",
    {"m": OTHER},
)
bend(
    "visit.drawn",
    "id-again",
    "records a visit under an id that there is",
    "careful",
    "visit.recorded",
    {},
    **ONE,
    may=None,
)
bend(
    "visit.form",
    "unsigned-unexplained",
    "records a missing signature without a reason",
    "careful",
    "visit.recorded",
    {"subject_signature": "refused"},
    may=None,
)
bend(
    "result.visit",
    "other-record",
    "publishes another record than the one that stands",
    "careful",
    "result.published",
    {"of": bytes(32)},
)
bend(
    "result.date",
    "result-in-future",
    "says that a result was published in the future",
    "careful",
    "result.published",
    {"date": FUTURE},
    may=("result.deadline",),
)
bend(
    "result.review",
    "returned-without-reason",
    "sends a result back without a reason",
    "careful",
    "result.reviewed",
    {"accepted": False},
)
bend(
    "import.whole",
    "index",
    "begins an import with its second part",
    "careful",
    "import.chunk",
    {"index": 1},
    may=None,
)
bend(
    "list.period",
    "absence",
    "notes an absence that ends before it begins",
    "corrected",
    "officer.absent",
    {"until": "2026-02-01"},
)
bend(
    "list.known",
    "absence-unknown",
    "notes the absence of an officer who is none",
    "corrected",
    "officer.absent",
    {"officer": "off-99"},
)
bend(
    "list.known",
    "conflict-unknown",
    "declares a conflict with an enterprise that there is not",
    "conflict",
    "conflict.declared",
    {"subject": "91649999XXXXXXXXXX"},
)
bend(
    "correction.lawful",
    "field",
    "corrects a field that no one may correct",
    "corrected",
    "corrected",
    {"field": "officer", "old": "off-02", "new": "off-03"},
)
bend(
    "correction.lawful",
    "value",
    "corrects a field to what it cannot hold",
    "corrected",
    "corrected",
    {"new": 7},
)
bend(
    "correction.lawful",
    "entry",
    "corrects an entry that there is not",
    "corrected",
    "corrected",
    {"of": bytes(32)},
)
bend(
    "correction.lawful",
    "void-unknown",
    "voids an entry that there is not",
    "corrected",
    "voided",
    {"of": bytes(32)},
)
bend(
    "correction.lawful",
    "old",
    "corrects a field that says something else",
    "corrected",
    "corrected",
    {"old": "2026-03-07"},
)
bend(
    "list.period",
    "corrected-absence",
    "corrects an absence so that it ends before it begins",
    "corrected",
    "corrected",
    {"new": "2026-02-01"},
)
bend(
    "list.known",
    "exclude-unknown",
    "excludes an enterprise that there is not",
    "corrected",
    "task.excluded",
    {"subject": "91649999XXXXXXXXXX"},
    may=None,
)
bend(
    "task.exists",
    "exclude-unknown",
    "excludes somebody from a task that there is not",
    "corrected",
    "task.excluded",
    {"task": "t9"},
    may=None,
)
bend(
    "draw.order",
    "replace-other-m",
    "replaces an officer of another question",
    "filled",
    "draw.replaced",
    {"m": OTHER},
    may=None,
)
bend(
    "draw.replacement",
    "unknown-subject",
    "replaces an officer of a team that there is not",
    "filled",
    "draw.replaced",
    inside("change", subject="91649999XXXXXXXXXX"),
    may=None,
)
bend(
    "draw.replacement",
    "seat",
    "replaces the officer of a seat that there is not",
    "filled",
    "draw.replaced",
    inside("change", seat=9),
    may=None,
)
bend(
    "draw.substitute",
    "other",
    "replaces an officer by another than the next in order",
    "filled",
    "draw.replaced",
    inside("change", substitute="off-01"),
    may=None,
)
bend(
    "task.fills",
    "unknown-draw",
    "fills the seats of a draw that there is not",
    "filled",
    "task.created",
    inside("fills", draw="d9"),
    nth=1,
    may=None,
)
bend(
    "task.fills",
    "no-reason",
    "fills seats without saying why",
    "filled",
    "task.created",
    lambda d: {**d, "fills": {k: v for k, v in d["fills"].items() if k != "reason"}},
    nth=1,
)
bend(
    "task.fills",
    "visits-twice",
    "names a seat to fill twice",
    "filled",
    "task.created",
    lambda d: {**d, "fills": {**d["fills"], "visits": d["fills"]["visits"] * 2}},
    nth=1,
    may=None,
)
bend(
    "draw.sealing",
    "unsealed-again",
    "unseals a draw twice",
    "unsealed_year",
    "draw.unsealed",
    {},
    **ONE,
    may=None,
)
bend(
    "draw.sealing",
    "clear-reveal",
    "opens a random number in clear in a sealed draw",
    "unsealed_year",
    "draw.revealed",
    {"r": OTHER},
    may=None,
)
bend(
    "log.cosigners",
    "no-vkey",
    "names a cosigner by something that is no key",
    "cosigned",
    "cosigner.named",
    {"vkey": "audit.example.gov.cn+00000000+AAAA"},
)
bend(
    "log.cosigners",
    "future",
    "enters a cosigned head of the future",
    "cosigned",
    "head.cosigned",
    {"size": 999},
    may=None,
)
bend(
    "log.cosigners",
    "no-line",
    "enters a cosigned head without a line",
    "cosigned",
    "head.cosigned",
    {"line": "cosigned"},
    may=None,
)
bend("key.unique", "again", "enrols a key twice", "careful", "key.enrolled", {}, **ONE, may=None)
bend("key.proof", "zeros", "enrols a key without proof", "careful", "key.enrolled", {"proof": bytes(64)})
bend(
    "key.proof",
    "founder",
    "founds a ledger with a key without proof",
    "careful",
    "ledger.created",
    {"proof": bytes(64)},
)
bend(
    "role.permitted",
    "founder",
    "founds a ledger without being an administrator",
    "careful",
    "ledger.created",
    {"roles": ["clerk"]},
    may=("key.proof",),
)
bend(
    "log.key",
    "founder",
    "founds a ledger with a log key of another name",
    "careful",
    "ledger.created",
    lambda d: {**d, "log_vkey": str(COSIGNER)},
    may=("log.current", "log.checkpoint"),
)
CASES = BENT.all


@BENT.case(
    "draw.public-value/after-reveal",
    "clerk and observer",
    "throw the dice when the first number is open already",
    verdict="fail",
    must={"draw.public-value": "fail", "draw.order": "fail"},
)
def _(shop: Workshop) -> bytes:
    story = shop.stories.drawn("balls", public="balls:6")
    forger = story.before("draw.public_value")
    forger.append(story.office.clerk, "draw.revealed", story.data("draw.revealed"))
    forger.append(story.office.clerk, "draw.public_value", story.data("draw.public_value"))
    return shop.pack(shop.bundle(forger.raw))


@BENT.case(
    "import.whole/index-closed",
    "clerk",
    "closes an import whose first part is numbered as the second",
    verdict="fail",
    must={"import.whole": "fail"},
)
def _(shop: Workshop) -> bytes:
    story = shop.stories.careful()
    forger = bent(story, "import.chunk", {"index": 1}, 0, again=False)
    told = story.data("import.closed")
    forger.append(story.office.clerk, "import.closed", told, f"import/{told['import']}")
    return shop.pack(shop.bundle(forger.raw))


@BENT.case(
    "result.department/first",
    "clerk",
    "enters the result of another department before it does",
    verdict="fail",
    must={"result.department": "fail"},
)
def _(shop: Workshop) -> bytes:
    story = shop.stories.careful()
    forger = story.before("visit.result")
    forger.append(story.office.clerk, "visit.result", story.data("visit.result"))
    return shop.pack(shop.bundle(forger.raw))


@BENT.case(
    "act.confirmed/own-enrolment",
    "administrator",
    "enrols an approver and confirms it alone",
    verdict="fail",
    must={"act.confirmed": "fail"},
)
def _(shop: Workshop) -> bytes:
    story = shop.stories.year()
    forger = story.whole()
    signer = story.signer(Person("he-approver", "何七", "fgj", ("approver",)))
    forger.append(story.office.admin, "key.enrolled", keys.enrolment(signer, "何七"))
    forger.confirm(story.office.admin)
    return shop.pack(shop.bundle(forger.raw))


@BENT.case(
    "result.department/paper",
    "clerk",
    "enters on paper the result of a department that took no part",
    verdict="fail",
    must={"result.department": "fail"},
)
def _(shop: Workshop) -> bytes:
    story = shop.stories.careful()
    forger = story.before("visit.result")
    paper = {"names": ["何七"], "scan": bytes(32)}
    data = story.data("visit.result", department="hbj", paper=paper)
    forger.append(story.office.clerk, "visit.result", data)
    return shop.pack(shop.bundle(forger.raw))

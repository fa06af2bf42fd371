"""Corrections, voids and attachments (design §9): both act from their own entry on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from verifier import facts as f
from verifier import schema
from verifier.codec import Value
from verifier.facts import Data, Facts
from verifier.law.case import Case, act, effect
from verifier.law.checks import correct_check, judge_check
from verifier.law.followups import judge_closing, judge_followup
from verifier.law.identity import same
from verifier.law.plans import correct_publication
from verifier.law.platforms import correct_receipt
from verifier.law.reports import judge_activity, judge_bulletin, judge_report, judge_task_report
from verifier.law.tasks import approved_by
from verifier.law.visits import judge_certificates, judge_visit
from verifier.vocabulary import Role

KEPT: Mapping[str, tuple[f.Table[f.Kept], Callable[[Case, Data], None]]] = {
    "followup.recorded": (f.FOLLOWUPS, judge_followup),
    "followup.closed": (f.CLOSINGS, judge_closing),
    "bulletin.issued": (f.BULLETINS, judge_bulletin),
    "task.reported": (f.TASK_REPORTS, judge_task_report),
    "activity.recorded": (f.ACTIVITIES, judge_activity),
    "report.issued": (f.REPORTS, judge_report),
}
"""Types whose data is kept whole: where, and what it must be as corrected."""


def _target(case: Case) -> f.Ref:
    return case.must(
        "correction.lawful", f.CORRECTABLE, case.data["of"].hex(), "an entry that may be corrected"
    )


@act("corrected", [Role.CLERK, Role.OFFICER], approved_by("correction"))
def corrected(case: Case) -> None:
    d = case.data
    ref = _target(case)
    kind = schema.EVENTS[ref.kind]
    case.demand("correction.lawful", d["field"] in kind.correctable, ", ".join(kind.correctable), d["field"])
    fault = kind.shape.checks[d["field"]](d["new"])
    case.demand("correction.lawful", not fault, f"{d['field']}: {fault}", "another value")
    stands = as_it_stands(case.facts, ref, d["field"])
    case.demand("correction.lawful", stands is not _MISSING, "an entry that stands", ref.key)
    if stands is not UNKNOWN:
        case.require("correction.lawful", stands == d.get("old"), "the value as it stands", d["field"])
    if ref.kind == "visit.recorded":
        _judge_visit(case, ref, d)
    elif ref.kind == "check.unplanned":
        check = case.must("correction.lawful", f.CHECKS, ref.key, "check")
        judge_check(case, {**check.data, d["field"]: d["new"]})
    elif ref.kind == "officer.absent":
        absence = case.must("correction.lawful", f.ABSENCES, ref.key, "absence")
        first = d["new"] if d["field"] == "from" else absence.first
        last = d["new"] if d["field"] == "until" else absence.last
        case.require("list.period", first <= last, "from before until", f"{first} – {last}")
    elif ref.kind in KEPT:
        table, judge = KEPT[ref.kind]
        held = case.must("correction.lawful", table, ref.key, "entry")
        judge(case, {**held.data, d["field"]: d["new"]})
    elif d["field"] == "date":
        visit = case.facts.get(f.VISITS, ref.key) if ref.kind == "result.published" else None
        filing = case.facts.get(f.DRAW_FILINGS, ref.key) if ref.kind == "draw.filed" else None
        draw = case.facts.get(f.DRAWS, filing.draw) if filing else None
        begin = visit.data["occurred"][:10] if visit else draw.executed_time[:10] if draw else ""
        case.require("result.date", begin <= d["new"] <= case.today, f"{begin} – {case.today}", d["new"])


UNKNOWN = object()
_MISSING = object()
_FIELDS: Mapping[str, tuple[f.Table[Any], Mapping[str, str]]] = {
    "officer.absent": (f.ABSENCES, {"from": "first", "until": "last", "reason": "reason"}),
    "plan.published": (f.PUBLICATIONS, {"date": "date"}),
    "plan.filed": (f.FILINGS, {"date": "date"}),
    "draw.filed": (f.DRAW_FILINGS, {"date": "date"}),
    "draw.attended": (f.ATTENDANCES, {"people": "people"}),
    "list.published": (f.RECEIPTS, {"channel": "channel", "date": "date"}),
    "platform.receipt": (f.PLATFORM_RECEIPTS, {"platform": "platform", "number": "number", "date": "date"}),
    "result.published": (f.VISITS, {"date": "published"}),
}
"""By type: where the facts keep the fields that a rule reads, and under which name."""


def as_it_stands(facts: Facts, ref: f.Ref, field: str) -> object:
    """The value of a field with the corrections that took effect, None if there is none; `UNKNOWN` where the
    facts do not keep it: then it is that of the entry."""
    whole: dict[str, f.Table[Any]] = {kind: table for kind, (table, _) in KEPT.items()}
    whole |= {"visit.recorded": f.VISITS, "check.unplanned": f.CHECKS}
    if ref.kind in whole:
        row = facts.get(whole[ref.kind], ref.key)
        return row.data.get(field) if row is not None else _MISSING
    table, names = _FIELDS.get(ref.kind, (f.PLANS, {}))
    if field not in names:
        return UNKNOWN
    held = facts.get(table, ref.key)
    value = getattr(held, names[field]) if held is not None else _MISSING
    return list(value) if isinstance(value, tuple) else value


def _judge_visit(case: Case, ref: f.Ref, d: Data) -> None:
    visit = case.must("correction.lawful", f.VISITS, ref.key, "visit")
    draw = case.facts.get(f.DRAWS, visit.data["draw"])
    task = case.facts.get(f.TASKS, draw.task) if draw else None
    if draw and task:
        changed: Data = {**visit.data, d["field"]: d["new"]}
        judge_visit(case, changed, draw, task)
        if d["field"] in ("occurred", "until", "officers"):
            judge_certificates(case, changed)


@effect("corrected")
def correct(case: Case) -> None:
    d = case.data
    ref = case.facts.get(f.CORRECTABLE, d["of"].hex())
    if ref is None:
        return
    if ref.kind == "visit.recorded":
        visit = case.facts.get(f.VISITS, ref.key)
        if visit is not None and visit.state != "voided":
            again = "effective" if visit.state == "published" else visit.state
            changed: Data = {**visit.data, d["field"]: d["new"]}
            case.facts.put(f.VISITS, ref.key, replace(visit, data=changed, state=again, corrected=True))
            case.facts.delete(f.REVIEWS, ref.key)
    elif ref.kind == "check.unplanned":
        correct_check(case.facts, ref.key, d["field"], d["new"])
    elif ref.kind in KEPT:
        table = KEPT[ref.kind][0]
        kept = case.facts.get(table, ref.key)
        if kept is not None:
            case.facts.put(table, ref.key, replace(kept, data={**kept.data, d["field"]: d["new"]}))
    elif ref.kind == "officer.absent":
        absence = case.facts.get(f.ABSENCES, ref.key)
        if absence is not None:
            names = {"from": "first", "until": "last", "reason": "reason"}
            changes: dict[str, Value] = {names[d["field"]]: d["new"]}
            case.facts.put(f.ABSENCES, ref.key, replace(absence, **changes))  # type: ignore[arg-type]
    elif ref.kind == "platform.receipt":
        correct_receipt(case.facts, ref.key, d["field"], d["new"])
    elif d["field"] == "date" and ref.kind == "plan.published":
        correct_publication(case.facts, ref.key, d["new"])
    elif d["field"] == "date" and ref.kind == "plan.filed":
        filing = case.facts.get(f.FILINGS, ref.key)
        if filing is not None:
            case.facts.put(f.FILINGS, ref.key, replace(filing, date=d["new"]))
    elif d["field"] == "date" and ref.kind == "draw.filed":
        of_draw = case.facts.get(f.DRAW_FILINGS, ref.key)
        if of_draw is not None:
            case.facts.put(f.DRAW_FILINGS, ref.key, replace(of_draw, date=d["new"]))
    elif d["field"] == "people" and ref.kind == "draw.attended":
        attendance = case.facts.get(f.ATTENDANCES, ref.key)
        if attendance is not None:
            case.facts.put(f.ATTENDANCES, ref.key, replace(attendance, people=tuple(d["new"])))
    elif d["field"] in ("channel", "date") and ref.kind == "list.published":
        receipt = case.facts.get(f.RECEIPTS, ref.key)
        if receipt is not None:
            case.facts.put(f.RECEIPTS, ref.key, replace(receipt, **{d["field"]: d["new"]}))
    elif d["field"] == "date" and ref.kind == "result.published":
        visit = case.facts.get(f.VISITS, ref.key)
        if visit is not None:
            case.facts.put(f.VISITS, ref.key, replace(visit, published=d["new"]))


@act("voided", [Role.CLERK, Role.OFFICER], approved_by("correction"))
def voided(case: Case) -> None:
    ref = _target(case)
    case.require("correction.lawful", ref.kind != "plan.published", "an event that may be voided", ref.kind)


@effect("voided")
def void(case: Case) -> None:
    leaf = case.data["of"].hex()
    ref = case.facts.get(f.CORRECTABLE, leaf)
    if ref is None:
        return
    case.facts.delete(f.CORRECTABLE, leaf)
    if ref.kind == "visit.recorded":
        visit = case.facts.get(f.VISITS, ref.key)
        if visit is not None:
            case.facts.put(f.VISITS, ref.key, replace(visit, state="voided", published=""))
            case.facts.delete(f.VISIT_OF, f"{visit.data['draw']}/{visit.data['subject']}")
    elif ref.kind == "result.published":
        visit = case.facts.get(f.VISITS, ref.key)
        if visit is not None and visit.state == "published":
            case.facts.put(f.VISITS, ref.key, replace(visit, state="effective", published=""))
    elif ref.kind in KEPT:
        case.facts.delete(KEPT[ref.kind][0], ref.key)
        if ref.kind == "followup.recorded":
            case.facts.delete(f.CLOSINGS, ref.key)
    elif ref.kind == "plan.filed":
        case.facts.delete(f.FILINGS, ref.key)
    elif ref.kind == "platform.receipt":
        case.facts.delete(f.PLATFORM_RECEIPTS, ref.key)
    elif ref.kind == "draw.filed":
        case.facts.delete(f.DRAW_FILINGS, ref.key)
    elif ref.kind == "draw.attended":
        case.facts.delete(f.ATTENDANCES, ref.key)
    elif ref.kind == "list.published":
        case.facts.delete(f.RECEIPTS, ref.key)
    elif ref.kind == "conflict.declared":
        officer, _, subject = ref.key.partition("/")
        for one in same(case.facts, subject):
            case.facts.delete(f.CONFLICTS, f"{officer}/{one}")
    elif ref.kind == "check.unplanned":
        case.facts.delete(f.CHECKS, ref.key)
    elif ref.kind == "officer.absent":
        case.facts.delete(f.ABSENCES, ref.key)


@act("attached", Role)
def attached(_case: Case) -> None:
    """A file named by its hash; nothing depends on it."""


@effect("attached")
def attach(case: Case) -> None:
    d = case.data
    key = f"{case.seq:012}"
    case.facts.put(
        f.ATTACHMENTS,
        key,
        f.Attachment(d.get("of", b""), d["name"], d["file"], d["size"], case.seq, str(d.get("kind", ""))),
    )

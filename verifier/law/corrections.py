"""Corrections, voids and attachments (design §9): both act from their own entry on."""

from __future__ import annotations

from dataclasses import replace

from verifier import facts as f
from verifier import schema
from verifier.codec import Value
from verifier.facts import Data
from verifier.law.case import Case, act, effect
from verifier.law.checks import correct_check, judge_check
from verifier.law.identity import same
from verifier.law.tasks import approved_by
from verifier.law.visits import judge_certificates, judge_visit
from verifier.vocabulary import Role


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
    stands = _value(case, ref, d["field"])
    if stands is not _UNKNOWN:
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
    elif d["field"] == "date":
        visit = case.facts.get(f.VISITS, ref.key) if ref.kind == "result.published" else None
        filing = case.facts.get(f.DRAW_FILINGS, ref.key) if ref.kind == "draw.filed" else None
        draw = case.facts.get(f.DRAWS, filing.draw) if filing else None
        begin = visit.data["occurred"][:10] if visit else draw.executed_time[:10] if draw else ""
        case.require("result.date", begin <= d["new"] <= case.today, f"{begin} – {case.today}", d["new"])


_UNKNOWN = object()


def _value(case: Case, ref: f.Ref, field: str) -> object:
    """The value of a field as it stands; `_UNKNOWN` where the facts do not keep it."""
    if ref.kind == "visit.recorded":
        visit = case.must("correction.lawful", f.VISITS, ref.key, "visit")
        return visit.data.get(field)
    if ref.kind == "check.unplanned":
        return case.must("correction.lawful", f.CHECKS, ref.key, "check").data.get(field)
    if ref.kind == "officer.absent":
        absence = case.must("correction.lawful", f.ABSENCES, ref.key, "absence")
        return {"from": absence.first, "until": absence.last, "reason": absence.reason}[field]
    if field == "date" and ref.kind == "plan.published":
        return case.must("correction.lawful", f.PLANS, ref.key, "plan").published
    if field == "date" and ref.kind == "plan.filed":
        return case.must("correction.lawful", f.FILINGS, ref.key, "filing").date
    if field == "date" and ref.kind == "draw.filed":
        return case.must("correction.lawful", f.DRAW_FILINGS, ref.key, "filing").date
    if field == "people" and ref.kind == "draw.attended":
        return list(case.must("correction.lawful", f.ATTENDANCES, ref.key, "attendance").people)
    if field in ("channel", "date") and ref.kind == "list.published":
        receipt = case.must("correction.lawful", f.RECEIPTS, ref.key, "publication")
        return receipt.channel if field == "channel" else receipt.date
    if field == "date" and ref.kind == "result.published":
        return case.must("correction.lawful", f.VISITS, ref.key, "visit").published
    return _UNKNOWN


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
    elif ref.kind == "check.unplanned":
        correct_check(case.facts, ref.key, d["field"], d["new"])
    elif ref.kind == "officer.absent":
        absence = case.facts.get(f.ABSENCES, ref.key)
        if absence is not None:
            names = {"from": "first", "until": "last", "reason": "reason"}
            changes: dict[str, Value] = {names[d["field"]]: d["new"]}
            case.facts.put(f.ABSENCES, ref.key, replace(absence, **changes))  # type: ignore[arg-type]
    elif d["field"] == "date" and ref.kind == "plan.published":
        plan = case.facts.get(f.PLANS, ref.key)
        if plan is not None:
            case.facts.put(f.PLANS, ref.key, replace(plan, published=d["new"]))
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
    elif ref.kind == "plan.filed":
        case.facts.delete(f.FILINGS, ref.key)
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
        f.ATTACHMENTS, key, f.Attachment(d.get("of", b""), d["name"], d["file"], d["size"], case.seq)
    )

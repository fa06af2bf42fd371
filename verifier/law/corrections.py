"""Corrections, voids and attachments (design §9): both act from their own entry on."""

from __future__ import annotations

from dataclasses import replace

from verifier import facts as f
from verifier import schema
from verifier.codec import Value
from verifier.facts import Data
from verifier.law.case import Case, act, effect
from verifier.law.tasks import approved_by
from verifier.law.visits import judge_visit
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
    case.require("correction.lawful", not fault, f"{d['field']}: {fault}", "another value")
    if ref.kind == "visit.recorded":
        visit = case.must("correction.lawful", f.VISITS, ref.key, "visit")
        case.require(
            "correction.lawful",
            visit.data.get(d["field"]) == d.get("old"),
            "the value as it stands",
            d["field"],
        )
        draw = case.facts.get(f.DRAWS, visit.data["draw"])
        task = case.facts.get(f.TASKS, draw.task) if draw else None
        if draw and task and not fault:
            judge_visit(case, {**visit.data, d["field"]: d["new"]}, draw, task)


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
    elif ref.kind == "conflict.declared":
        case.facts.delete(f.CONFLICTS, ref.key)
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

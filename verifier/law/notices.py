"""Notices ahead of visits and extensions of their time (R112, R115).

In a sealed draw both are private, as they name a subject. A reader who cannot open them keeps them aside;
they are judged when the draw is unsealed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from verifier import facts as f
from verifier.codec import Value
from verifier.facts import Data, Facts
from verifier.law.case import Case, act, confirmed_by, effect
from verifier.law.joined import last_day, visit_of
from verifier.schemas.notices import EXTENSION, NOTICE
from verifier.shape import Shape
from verifier.vocabulary import Role


@act("notice.sent", [Role.CLERK, Role.OFFICER])
def notice_sent(case: Case) -> None:
    _of_draw(case, "notice", "notice.form")


@act("visit.extended", [Role.CLERK, Role.OFFICER], confirmed_by(Role.APPROVER))
def visit_extended(case: Case) -> None:
    _of_draw(case, "extension", "visit.extension")
    value = case.opened(f"draw/{case.data['draw']}", "extension", case.data["extension"])
    if value is not None and not _blind(case.facts, case.data["draw"]):
        _judge_extension(case, _in_form(case, EXTENSION, value))


def _of_draw(case: Case, field: str, rule: str) -> None:
    """The draw is completed, and the content is private exactly in a sealed one, which owes its opening."""
    d = case.data
    draw = case.must(rule, f.DRAWS, d["draw"], "draw")
    case.demand("draw.order", draw.state in ("executed", "recorded"), "a completed draw", draw.state)
    case.require("draw.order", draw.m == d["m"], f"M of this draw: {draw.m}", d["m"])
    sealed = "$c" in d[field]
    case.require("draw.sealing", sealed == draw.veiled, "private exactly in a sealed draw", sealed)
    if sealed:
        owed = {**draw.hidden, d[field]["$c"].hex(): field}
        case.facts.put(f.DRAWS, d["draw"], replace(draw, hidden=owed))


def _blind(facts: Facts, name: str) -> bool:
    """Whether this reader does not know whom the draw drew."""
    draw = facts.get(f.DRAWS, name)
    return draw is None or bool(draw.sealed_outcome)


def _in_form(case: Case, shape: Shape, value: Value) -> Data:
    fault = shape(value)
    case.demand("entry.schema", not fault, "what the type of event holds", fault)
    return value  # type: ignore[return-value]


@effect("notice.sent")
def send_notice(case: Case) -> None:
    _keep(case, "notice", _take_notice)


@effect("visit.extended")
def extend_visit(case: Case) -> None:
    _keep(case, "extension", _take_extension)


def _keep(case: Case, field: str, take: Callable[[Case, str, Value], None]) -> None:
    """Judge and keep what can be read; put aside what cannot."""
    name = case.data["draw"]
    value = case.opened(f"draw/{name}", field, case.data[field])
    if value is None or _blind(case.facts, name):
        kept: Data = {"field": field, "value": case.data[field], "time": case.time}
        case.facts.put(f.UNREAD, f"{name}/{case.entry.body.seq:012}", f.Kept(kept, case.seq, case.today))
        return
    take(case, name, value)


def open_kept(case: Case, name: str) -> None:
    """A draw was unsealed: judge what was put aside, at its own entries, then when the visits were."""
    held = list(case.facts.rows(f.UNREAD, f"{name}/"))
    for key, row in held:
        case.facts.delete(f.UNREAD, key)
        value = case.opened(f"draw/{name}", row.data["field"], row.data["value"])
        then = replace(case, at=row.seq, seq=row.seq, time=row.data["time"])
        take = _take_notice if row.data["field"] == "notice" else _take_extension
        take(then, name, "" if value is None else value)
    for _, visit in list(case.facts.rows(f.VISITS)) if held else ():
        if visit.data["draw"] == name and visit.state != "voided":
            then = replace(case, at=visit.seq)
            judge_window(then, visit.data)
            judge_notice(then, visit.data)


def _take_notice(case: Case, name: str, value: Value) -> None:
    """One notice a drawn subject, of items of the task, before the visit."""
    notice = _in_form(case, NOTICE, value)
    key = f"{name}/{notice['subject']}"
    draw = case.facts.get(f.DRAWS, name)
    team = case.must("notice.form", f.TEAMS, key, "drawn subject")
    case.require(
        "notice.form", case.facts.get(f.NOTICES, key) is None, "one notice a subject and draw", team.subject
    )
    strange = [item for item in notice["items"] if draw is None or item not in draw.question["items"]]
    case.require("notice.form", not strange, "items of the task", ", ".join(strange))
    sent = notice["sent"]
    case.require("notice.form", sent <= case.time, f"sent by {case.time}", sent)
    told = notice["unannounced"] or notice.get("day", "") >= sent[:10]
    case.require("notice.form", told, "the day of an announced visit", notice.get("day", "-"))
    case.facts.put(f.NOTICES, key, f.Kept(notice, case.seq, case.today))
    ref = visit_of(case.facts, name, notice["subject"])
    visit = case.facts.get(f.VISITS, ref.key) if ref else None
    if visit is not None and case.at < 0:
        _judge_order(case, notice, visit.data)


def _judge_order(case: Case, notice: Data, visit: Data) -> None:
    """A notice is sent before the visit; one of an unannounced visit is handed over when it begins."""
    began, sent = visit["occurred"], notice["sent"]
    last = visit.get("until") or began
    dayless = began[11:19] == "00:00:00"
    if notice["unannounced"]:
        fine = sent[:10] <= last[:10]
    else:
        fine = sent[:10] <= began[:10] if dayless else sent <= began
    case.warn("notice.before-visit", fine, f"sent before {began}", sent)


def judge_notice(case: Case, d: Data) -> None:
    """A visit after its notice, and, where the policy of the draw asks for notices, none on site without."""
    notice = case.facts.get(f.NOTICES, f"{d['draw']}/{d['subject']}")
    if notice is not None:
        _judge_order(case, notice.data, d)
        return
    draw = case.facts.get(f.DRAWS, d["draw"])
    policy = case.facts.get(f.POLICIES, draw.policy) if draw else None
    asked = policy is not None and policy.values.get("notice", False) and "on_site" in d["methods"]
    if asked and not unread(case.facts, d["draw"], "notice"):
        case.warn("notice.before-visit", False, "a notice before the visit", d["subject"])


def _judge_extension(case: Case, extension: Data) -> None:
    """Asked while there is time, for a subject without a result, to a later day (R115)."""
    name, subject = case.data["draw"], extension["subject"]
    case.must("visit.extension", f.TEAMS, f"{name}/{subject}", "drawn subject")
    last = last_day(case.facts, name, subject)
    case.require("visit.extension", case.today <= last, f"asked by {last}", case.today)
    case.require("visit.extension", extension["until"] > last, f"a day after {last}", extension["until"])
    ref = visit_of(case.facts, name, subject)
    before = ref is None or 0 <= case.at < _seq(case.facts, ref)
    case.require("visit.extension", before, "before the visit", subject)


def _seq(facts: Facts, ref: f.Ref) -> int:
    visit = facts.get(f.VISITS, ref.key)
    return visit.seq if visit else -1


def _take_extension(case: Case, name: str, value: Value) -> None:
    extension = _in_form(case, EXTENSION, value)
    if case.at >= 0:
        _judge_extension(case, extension)
    key = f"{name}/{extension['subject']}"
    case.facts.put(f.EXTENSIONS, key, f.Kept(extension, case.seq, case.today))


def judge_window(case: Case, d: Data) -> None:
    """A visit lies in the window of its task, or by the last day that was granted."""
    draw = case.facts.get(f.DRAWS, d["draw"])
    task = case.facts.get(f.TASKS, draw.task) if draw else None
    if task is None or unread(case.facts, d["draw"], "extension"):
        return
    first, last = task.data["window"][0], last_day(case.facts, d["draw"], d["subject"])
    day = d["occurred"][:10]
    case.warn("visit.window", first <= day <= last, f"{first} – {last}", day)


def unread(facts: Facts, name: str, field: str) -> bool:
    """Whether the draw has a notice or extension that this reader cannot open yet."""
    return any(row.data["field"] == field for _, row in facts.rows(f.UNREAD, f"{name}/"))


def unread_rules(facts: Facts, name: str) -> Iterator[str]:
    """The rules that wait for the unsealing of a draw."""
    for field, rules in (
        ("notice", ("notice.form", "notice.before-visit")),
        ("extension", ("visit.extension", "visit.window")),
    ):
        if unread(facts, name, field):
            yield from rules

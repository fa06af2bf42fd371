"""After the draw: replacements, visits, signatures and publication (R092, R116, R120, R130, R131)."""

from __future__ import annotations

from dataclasses import replace

from verifier import facts as f
from verifier.codec import Value
from verifier.facts import Data
from verifier.law.case import Case, act, effect, on_paper
from verifier.law.fills import followers
from verifier.law.joined import begins, join, origin, visit_of
from verifier.law.notices import judge_notice, judge_window
from verifier.law.question import certified
from verifier.law.reviews import judge_reviewed
from verifier.law.tasks import approved_by
from verifier.schemas.draws import REPLACEMENT
from verifier.vocabulary import FINE, FOUND_ON_SITE, NO_PROBLEM, PROBLEM_RESULTS, Role

DONE = ("executed", "recorded")


def _drawn(case: Case, rule: str) -> tuple[f.Draw, f.Task]:
    draw = case.must(rule, f.DRAWS, case.data["draw"], "draw")
    case.demand("draw.order", draw.state in DONE, "a completed draw", draw.state)
    return draw, case.must("task.exists", f.TASKS, draw.task, "task")


@act("draw.replaced", [Role.CLERK, Role.OFFICER, Role.SUPERVISOR], approved_by("replacement"))
def draw_replaced(case: Case) -> None:
    draw, _ = _drawn(case, "draw.replacement")
    case.require("draw.order", draw.m == case.data["m"], f"M of this draw: {draw.m}", case.data["m"])
    sealed = "$c" in case.data["change"]
    case.require("draw.sealing", sealed == draw.veiled, "private exactly in a sealed draw", sealed)
    name = case.data["draw"]
    if sealed:
        owed = {**draw.hidden, case.data["change"]["$c"].hex(): "change"}
        case.facts.put(f.DRAWS, name, replace(draw, hidden=owed))
    change = case.opened(f"draw/{name}", "change", case.data["change"])
    if change is not None and not draw.sealed_outcome:
        _judge_change(case, draw, name, change)


def _judge_change(case: Case, draw: f.Draw, name: str, value: Value) -> Data:
    """Judge the change asked for, and give it; halts where it does not fit the team at all."""
    fault = REPLACEMENT(value)
    case.demand("entry.schema", not fault, "a replacement", fault)
    change: Data = value  # type: ignore[assignment]
    team = case.must("draw.replacement", f.TEAMS, f"{name}/{change['subject']}", "drawn subject")
    seat = change["seat"]
    members = team.members()
    case.demand("draw.replacement", seat <= len(members), "a seat of the team", seat)
    case.require(
        "draw.replacement", members[seat - 1] == change["officer"], members[seat - 1], change["officer"]
    )
    frozen = case.facts.get(f.FROZEN, name)
    if frozen is not None:
        lawful = followers(case.facts, name, draw, frozen, team, seat)
        case.require(
            "draw.substitute",
            change["substitute"] in lawful,
            " / ".join(lawful) or "nobody: one replacement a seat, two a visit, then 补抽",
            change["substitute"],
        )
    case.require(
        "draw.replacement-holders",
        change["substitute"] not in (case.holder, case.confirmer),
        "asked and approved by others than the substitute",
        change["substitute"],
    )
    ref = visit_of(case.facts, name, change["subject"])
    visit = case.facts.get(f.VISITS, ref.key) if ref else None
    before = visit is None or 0 <= case.at < visit.seq
    case.require("draw.replacement", before, "before the visit", change["subject"])
    return change


@effect("draw.replaced")
def replace_officer(case: Case) -> None:
    name = case.data["draw"]
    draw = case.facts.get(f.DRAWS, name)
    if draw is None:
        return
    change = case.opened(f"draw/{name}", "change", case.data["change"])
    if change is None or draw.sealed_outcome:
        row = (case.data["change"]["$c"], case.holder, case.confirmer, case.entry.body.seq)
        case.facts.put(f.DRAWS, name, replace(draw, late=(*draw.late, row)))
        return
    if not REPLACEMENT(change):
        _change_team(case, name, draw, change)  # type: ignore[arg-type]


def change_team(case: Case, name: str, value: Value) -> None:
    """Judge a replacement that nobody could judge before, and put the substitute in the seat."""
    draw = case.facts.get(f.DRAWS, name)
    if draw is not None:
        change = _judge_change(case, draw, name, value)
        _change_team(case, name, draw, change)


def _change_team(case: Case, name: str, draw: f.Draw, change: Data) -> None:
    team = case.facts.get(f.TEAMS, f"{name}/{change['subject']}")
    if team is None or change["seat"] > len(team.seats):
        return
    step = (change["seat"], change["officer"], change["reason"], change["substitute"])
    case.facts.put(f.TEAMS, f"{name}/{change['subject']}", replace(team, changes=(*team.changes, step)))
    case.facts.put(f.DRAWS, name, replace(draw, replacements=draw.replacements + 1))
    join(case.facts, name, change["subject"])


@act("visit.recorded", [Role.CLERK, Role.OFFICER], on_paper)
def visit_recorded(case: Case) -> None:
    d = case.data
    draw, task = _drawn(case, "visit.drawn")
    case.require("visit.drawn", case.fresh_id("visit", d["visit"]), "a new visit id", d["visit"])
    known = case.facts.get(f.VISIT_OF, f"{d['draw']}/{d['subject']}")
    case.require("visit.once", known is None, "one visit a drawn subject", known.key if known else "")
    judge_visit(case, d, draw, task)
    judge_certificates(case, d)


def judge_certificates(case: Case, d: Data) -> None:
    """Who inspected held a certificate of either kind on the first and the last day, by the register as it
    stands at this entry (R037); one who left stays in it with that status. A day to come: `visit.clock`."""
    days = {d[moment][:10] for moment in ("occurred", "until") if moment in d}
    days = {day for day in days if day <= case.entry.body.time[:10]}
    rows = {officer: case.facts.get(f.register("officers"), officer) for officer in d["officers"]}
    without = [o for o, row in rows.items() if row is None or not all(certified(row.record, x) for x in days)]
    expected = f"a certificate of each officer valid on {' – '.join(sorted(days))}"
    case.require("visit.certified", not without, expected, ", ".join(without))


def judge_visit(case: Case, d: Data, draw: f.Draw, task: f.Task) -> None:
    """What a visit must be, as recorded or corrected."""
    first_drawn = origin(case.facts, d["draw"])
    case.demand(
        "visit.drawn", first_drawn == d["draw"], f"the draw that a 补抽 fills: {first_drawn}", d["draw"]
    )
    if not draw.sealed_outcome:
        judge_against_draw(case, d)
    begin = begins(case.facts, d["draw"], d["subject"])
    case.require("visit.after-draw", d["occurred"] >= begin, f"not before {begin}", d["occurred"])
    until = d["until"] if "until" in d else d["occurred"]
    case.require(
        "visit.clock",
        d["occurred"] <= until <= case.entry.body.time,
        "an end after the beginning, not in the future",
        f"{d['occurred']} – {until}",
    )
    judge_window(case, d)
    judge_notice(case, d)
    _judge_items(case, d, task)
    needed = "witness" not in d or d["subject_signature"] != "signed"
    case.require("visit.form", needed, "a witness only where the signature is missing", d["visit"])
    explained = d["subject_signature"] == "signed" or "unsigned_reason" in d
    case.require(
        "visit.form", explained, "a reason where the signature is missing (R114)", d["subject_signature"]
    )


def judge_against_draw(case: Case, d: Data) -> None:
    """The inspected were drawn, and those who inspected were drawn or lawfully replaced."""
    team = case.facts.get(f.TEAMS, f"{d['draw']}/{d['subject']}")
    if not case.require("visit.drawn", team is not None, "a drawn subject", d["subject"]) or team is None:
        return
    members = team.members()
    case.require(
        "visit.team", sorted(d["officers"]) == sorted(members), ", ".join(members), ", ".join(d["officers"])
    )
    case.require("visit.team", not team.filling, "no 补抽 open for this visit", team.filling)
    left = [o for o in team.must_replace if o in members]
    case.require("visit.team", not left, "an officer in conflict is replaced before the visit", left)


def _judge_items(case: Case, d: Data, task: f.Task) -> None:
    """The boxes of 附件5: 是否责改 ⇒ 下达责改 ⇒ 是否检查; a result exactly where it was checked (R120)."""
    items = [box["item"] for box in d["items"]]
    case.require("visit.form", items == task.data["items"], str(task.data["items"]), items)
    for box in d["items"]:
        logic = (not box["corrected"] or box["ordered"]) and (not box["ordered"] or box["checked"])
        logic = logic and ("result" in box) == box["checked"]
        case.require(
            "visit.form", logic, "责改 ⇒ 下达责改 ⇒ 检查; a result exactly where checked", box["item"]
        )


def one_story(d: Data) -> bool:
    """Whether the result of a visit and its boxes say the same (R120, R122): a problem that was found on
    site stands in a box, and nothing was ordered where nothing was found."""
    checked = [box for box in d["items"] if box["checked"]]
    ordered = any(box["ordered"] for box in checked)
    told = ordered or any(box.get("result") != NO_PROBLEM for box in checked)
    codes = d["results"]
    fine = FINE in codes and (ordered or any(code in PROBLEM_RESULTS for code in codes))
    return not fine and (told or not any(code in FOUND_ON_SITE for code in codes))


@effect("visit.recorded")
def record_visit(case: Case) -> None:
    d = case.data
    state = "effective" if "paper" in d else "recorded"
    draw = case.facts.get(f.DRAWS, d["draw"])
    case.facts.put(f.VISITS, d["visit"], f.Visit(d, state, case.seq, case.leaf, case.holder, case.unit))
    case.facts.put(f.VISIT_OF, f"{d['draw']}/{d['subject']}", f.Ref("visit", d["visit"]))
    if draw is not None:
        case.facts.put(f.CORRECTABLE, case.leaf.hex(), f.Ref("visit.recorded", d["visit"]))


@act("visit.signed", [Role.OFFICER])
def visit_signed(case: Case) -> None:
    visit = case.must("visit.signed", f.VISITS, case.data["visit"], "recorded visit")
    case.require(
        "visit.signed", visit.leaf == case.data["of"], "the record as it stands", case.data["of"].hex()
    )
    case.require(
        "visit.signed", case.holder in visit.data["officers"], "an officer of the visit", case.holder
    )
    case.require("visit.signed", case.holder not in visit.signed, "one signature an officer", case.holder)


@effect("visit.signed")
def sign_visit(case: Case) -> None:
    visit = case.facts.get(f.VISITS, case.data["visit"])
    if visit is None:
        return
    signed = (*visit.signed, case.holder)
    whole = set(visit.data["officers"]) <= set(signed) and visit.state == "recorded"
    state = "effective" if whole else visit.state
    case.facts.put(f.VISITS, case.data["visit"], replace(visit, signed=signed, state=state))


@act("result.published", [Role.CLERK, Role.OFFICER])
def result_published(case: Case) -> None:
    d = case.data
    visit = case.must("result.visit", f.VISITS, d["visit"], "recorded visit")
    case.require("result.visit", visit.state == "effective", "a signed visit not yet published", visit.state)
    case.require("result.visit", visit.leaf == d["of"], "the record as it stands", d["of"].hex())
    case.require("result.unit", case.unit == visit.unit, f"谁检查、谁公示: {visit.unit}", case.unit)
    judge_reviewed(case, d["visit"], visit)
    day = visit.data["occurred"][:10]
    case.require("result.date", day <= d["date"] <= case.today, f"{day} – {case.today}", d["date"])


@effect("result.published")
def publish_result(case: Case) -> None:
    visit = case.facts.get(f.VISITS, case.data["visit"])
    if visit is None:
        return
    case.facts.put(
        f.VISITS,
        case.data["visit"],
        replace(visit, state="published", published=case.data["date"], registered=case.today),
    )
    case.facts.put(f.CORRECTABLE, case.leaf.hex(), f.Ref("result.published", case.data["visit"]))

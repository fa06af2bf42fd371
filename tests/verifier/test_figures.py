"""Figures: what each counts, in the words of the specification, and that every reader finds the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ledger.commands import followups, plans, reports, visits
from ledger.commands.checks import record_check
from tests.forgery import Stories
from tests.office import Office, digest
from verifier import figures
from verifier.facts import Facts, MemoryFacts
from verifier.figures import FIGURES, GROUPED, KINDS, RATES, Period, Statistics
from verifier.law.judge import Judge
from verifier.vocabulary import SUBJECT_KINDS

SPEC = Path(__file__).parents[2] / "specs" / "figures.md"
YEAR = Period("2026-01-01", "2026-12-31")
MARCH_10 = Period("2026-03-10", "2026-03-10")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Four drawn on 2 March. Visits: three on 10 March (09, 02, 01), the fourth not made. Published on
    12 March: the second and the third. A follow-up of the first, not closed. One check outside the plan."""
    office = Office(tmp_path)
    office.ready()
    office.draw()
    office.clock.go("2026-03-10")
    drawn = office.drawn()
    names = [office.visit(s, results=[r]) for s, r in zip(drawn, ("09", "02", "01"), strict=False)]
    record_check(
        office.book,
        office.clerk,
        drawn[3],
        occurred="2026-03-10T09:00:00+08:00",
        officers=["off-00", "off-01"],
        items=["item-1"],
        reason="投诉举报",
    )
    followups.record(office.book, office.clerk, names[0], "ordered", due="2026-04-01")
    reports.record_activity(office.book, office.clerk, "meeting", "2026-03-05", "部署会")
    joint = {"lead": "消防救援大队", "subjects": 4, "published": 4}
    reports.record_activity(office.book, office.clerk, "joint_elsewhere", "2026-03-09", "联合抽查", **joint)  # type: ignore[arg-type]
    office.clock.go("2026-03-12")
    office.publish(names[1:])
    return office


def of(facts: Facts, period: Period = YEAR) -> dict[str, int]:
    return {figure.key: figure.value for figure in Statistics(facts, period).figures()}


BY_HAND = {
    "plan_rows": 1,
    "plan_rows_done": 0,
    "tasks": 1,
    "tasks_done": 0,
    "draws": 1,
    "drawn": 4,
    "drawn_visited": 3,
    "drawn_published": 2,
    "visits": 3,
    "published": 2,
    "settled": 2,
    "inspected": 3,
    "items": 1,
    "problems": 2,
    "followup_needed": 1,
    "followup_begun": 1,
    "followup_closed": 0,
    "officer_visits": 6,
    "listed": 40,
    "covered": 3,
    "unplanned": 1,
    "unplanned_exempt": 0,
    "unplanned_plain": 1,
    "meetings": 1,
    "joint_elsewhere": 1,
    "documents": 0,
    "joint_draws": 0,
}


def test_the_figures_are_those_counted_by_hand(office: Office) -> None:
    found = of(office.book.facts())
    assert {key: found[key] for key in BY_HAND} == BY_HAND


def test_what_was_done_but_not_published_is_not_done(office: Office) -> None:
    rates = {rate.key: rate.percent for rate in Statistics(office.book.facts(), YEAR).rates()}
    assert (rates["visit_rate"], rates["done_rate"], rates["published_rate"]) == ("75.0%", "50.0%", "66.6%")


def test_a_task_is_done_when_every_result_is_published(office: Office) -> None:
    office.clock.go("2026-03-20")
    names = [office.visit(office.drawn()[3])]
    first = [key for key, visit in office.book.facts().rows(figures.f.VISITS) if visit.state == "effective"]
    office.publish(sorted({*names, *first}))
    found = of(office.book.facts())
    assert (found["tasks_done"], found["plan_rows_done"], found["drawn_published"]) == (1, 1, 4)
    before = of(office.book.facts(), Period("2026-01-01", "2026-03-19"))
    assert (before["tasks_done"], before["drawn_published"]) == (0, 2), "as of the last day of the period"


def test_a_corrected_result_counts_as_published_when_it_is_published_again(office: Office) -> None:
    seqs = [e.body.seq for e in office.book.entries() if e.body.type == "visit.recorded"]
    written = visits.correct(office.book, office.clerk, seqs[1], "results", ["01"], "笔误")
    office.confirm("approver", written)
    found = of(office.book.facts())
    assert (found["published"], found["problems"]) == (1, 1)


def test_a_period_holds_both_its_days_and_no_other(office: Office) -> None:
    facts = office.book.facts()
    assert of(facts, MARCH_10)["visits"] == 3
    assert of(facts, Period("2026-03-11", "2026-12-31"))["visits"] == 0
    assert of(facts, Period("2026-01-01", "2026-03-09"))["visits"] == 0
    assert of(facts, Period("2026-03-02", "2026-03-02"))["draws"] == 1
    assert of(facts, MARCH_10)["published"] == 0, "published on the 12th, not by the 10th"


def test_months_add_up_to_the_year(office: Office) -> None:
    """Deeds that have a day are in one month each."""
    facts = office.book.facts()
    months = [of(facts, Period(f"2026-{m:02}-01", f"2026-{m:02}-31")) for m in range(1, 13)]
    whole = of(facts)
    for key in ("draws", "drawn", "visits", "problems", "unplanned", "meetings", "joint_elsewhere"):
        assert sum(month[key] for month in months) == whole[key], key


def test_every_figure_leads_to_entries_that_say_so(office: Office) -> None:
    kinds = {
        "visits": {"visit.recorded"},
        "drawn": {"draw.executed"},
        "unplanned": {"check.unplanned"},
        "meetings": {"activity.recorded"},
        "listed": {"import.closed"},
    }
    known = Statistics(office.book.facts(), YEAR)
    for key, expected in kinds.items():
        figure = known.figure(key)
        assert figure is not None
        assert figure.members
        assert {office.book.entry(member.seq).body.type for member in figure.members} == expected, key


def test_groups_are_those_of_the_register(office: Office) -> None:
    known = Statistics(office.book.facts(), YEAR)
    assert set(known.groups()) == {"kind=enterprise", "tag=油气", "tag=粮食"}
    oil, all_of_them = known.figure("listed:tag=油气"), known.figure("listed:kind=enterprise")
    assert oil is not None and all_of_them is not None
    assert (oil.value, all_of_them.value) == (20, 40)
    coverage = {rate.key: (rate.part.value, rate.whole.value) for rate in known.rates()}
    assert coverage["coverage:tag=油气"] == (3, 20)
    assert "覆盖率（企业）" in [rate.zh for rate in known.rates()]
    assert set(KINDS) == set(SUBJECT_KINDS)


@pytest.mark.parametrize(
    "key", ["", "no", "visits:tag=油气", "listed:risk=A", "listed:tag", "listed:tag=", "a:b=c"]
)
def test_what_is_no_figure_has_none(office: Office, key: str) -> None:
    assert Statistics(office.book.facts(), YEAR).figure(key) is None


def test_joint_draws_are_those_of_a_joint_row(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists()
    office.policy()
    office.plan(kind="joint")
    office.task()
    office.draw()
    office.clock.go("2026-03-10")
    office.visit(office.drawn()[0])
    found = of(office.book.facts())
    assert (found["joint_draws"], found["joint_visits"], found["internal_draws"]) == (1, 1, 0)


def test_the_public_computes_what_the_office_computes_of_a_sealed_draw(tmp_path: Path) -> None:
    """Nobody but the office can open the outcome; the figures do not need it."""
    stories = Stories(tmp_path)
    for story in (stories.sealed_year(), stories.unsealed_year()):
        public = MemoryFacts()
        judge = Judge(public)
        for entry in story.entries:
            judge.judge(entry)
        assert of(public) == of(story.office.book.facts())
        assert of(public)["visits"] == of(public)["drawn"] > 0


def test_a_report_of_the_ledger_is_confirmed_by_who_recomputes_it(office: Office) -> None:
    """Two reports of one period share all their figures, whatever their form (R145)."""
    for form in ("monthly", "progress"):
        reports.issue_report(office.book, office.clerk, form, YEAR, digest(form), "2026-03-12")
    first, second = (e.body.data["figures"] for e in office.book.entries() if e.body.type == "report.issued")
    assert first == second
    assert len(first) >= 10  # type: ignore[arg-type]
    assert dict(first)["visits"] == 3  # type: ignore[arg-type, call-overload]


def test_the_specification_names_every_figure_and_rate_in_the_same_words() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|(?: `(\w+)` \| `(\w+)` \|)?", SPEC.read_text("utf-8"), re.M)
    told = {key: zh for key, zh, part, _ in rows if not part}
    assert told == {key: zh for key, (zh, _en, _count) in FIGURES.items()}
    rates = {key: (zh, part, whole) for key, zh, part, whole in rows if part}
    assert rates == {key: (zh, part, whole) for key, (zh, _en, part, whole) in RATES.items()}
    assert {part for _, _, part, _ in RATES.values()} | {w for *_, w in RATES.values()} <= set(FIGURES)
    assert set(GROUPED) <= set(FIGURES)


def test_a_plan_that_is_not_approved_is_not_counted(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists()
    office.policy()
    office.plan()
    assert of(office.book.facts())["plan_rows"] == 1
    rows = office.book.facts().get(figures.f.register("plan.p2026"), "1")
    assert rows is not None
    office.import_rows("plan.q2026", [("1", dict(rows.record))])
    plans.submit_plan(office.book, office.clerk, "q2026", "另一计划", 2026)
    assert of(office.book.facts())["plan_rows"] == 1


def test_follow_ups_count_from_the_day_on_which_they_are_on_record(tmp_path: Path) -> None:
    """Recorded on the 12th, settled on the 14th, as of four days."""
    office = Office(tmp_path)
    office.ready()
    office.draw()
    office.clock.go("2026-03-10")
    name = office.visit(office.drawn()[0], results=["09"])
    office.publish([name])
    office.clock.go("2026-03-12")
    followup, _ = followups.record(office.book, office.clerk, name, "ordered")
    office.clock.go("2026-03-14")
    followups.close(office.book, office.clerk, followup, "2026-03-14")
    found = {}
    for day in ("2026-03-11", "2026-03-12", "2026-03-13", "2026-03-14"):
        values = of(office.book.facts(), Period("2026-03-01", day))
        found[day[-2:]] = (values["followup_begun"], values["followup_closed"], values["settled"])
    assert found == {"11": (0, 0, 0), "12": (1, 0, 0), "13": (1, 0, 0), "14": (1, 1, 1)}


def test_what_is_published_counts_on_its_own_day_whenever_it_was_visited(office: Office) -> None:
    facts = office.book.facts()
    on = {day: of(facts, Period(f"2026-03-{day}", f"2026-03-{day}")) for day in ("10", "12")}
    assert (on["10"]["published"], on["10"]["publications"]) == (0, 0)
    assert (on["12"]["published"], on["12"]["publications"]) == (0, 2)

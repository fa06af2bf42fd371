"""What draws of the five offices ask: specialists first, head-counts, several items, strata, no choice."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.book import Refused
from ledger.commands import lists, plans, visits
from ledger.commands.records import draw_record
from tests.office import Office, digest, made_up_code, officer, subject
from verifier import facts as f
from verifier.law.question import seat_check
from verifier.replay import verify_entries
from verifier.report import Status


def office_with(
    folder: Path, officers: list[tuple[str, list[str]]], rate: tuple[int, int] = (1, 5)
) -> Office:
    """An office up to its plan with these (department, qualifications)."""
    office = Office(folder)
    office.lists(officers=0)
    rows = []
    for number, (department, held) in enumerate(officers):
        name, record = officer(number)
        rows.append((name, {**record, "department": department, "qualifications": held}))
    office.import_rows("officers", rows)  # type: ignore[arg-type]
    office.policy()
    office.plan(*rate)
    return office


def teams(office: Office, draw: str = "d1") -> list[f.Team]:
    return [team for _, team in office.book.facts().rows(f.TEAMS, f"{draw}/")]


def remarks(office: Office) -> list[str]:
    report = verify_entries([e.raw for e in office.book.entries()], "ledger")
    return [c.rule for c in report.checks if c.status in (Status.FAIL, Status.WARN)]


SIX = [("scj", ["food"]), ("scj", ["food"]), *[("scj", ["general"])] * 4]


def test_the_specialist_sits_first_and_anybody_else_takes_the_free_seat(tmp_path: Path) -> None:
    office = office_with(tmp_path, SIX, (1, 1))
    office.task(seats=[("scj", "food", 1), ("scj", "-", 1)])
    office.draw()
    first = {team.seats[0] for team in teams(office)}
    second = {team.seats[1] for team in teams(office)}
    assert first == {"off-00", "off-01"}
    assert second - first, "the free seat is not kept for specialists"
    assert all(team.seats[0] != team.seats[1] for team in teams(office))


def test_a_free_seat_before_the_only_specialist_could_take_him_and_is_refused(tmp_path: Path) -> None:
    office = office_with(tmp_path, [("scj", ["food"]), *[("scj", ["general"])] * 5])
    office.task(seats=[("scj", "-", 1), ("scj", "food", 1)])
    with pytest.raises(Refused) as refused:
        office.freeze()
    assert refused.value.code == "draw.able"


def test_few_possible_teams_are_a_warning(tmp_path: Path) -> None:
    office = office_with(tmp_path, SIX[:4])
    office.task(seats=[("scj", "food", 1), ("scj", "-", 1)])
    office.draw()
    assert remarks(office) == ["draw.choice"]


def test_a_joint_draw_sends_the_exact_number_of_each_department(tmp_path: Path) -> None:
    office = office_with(tmp_path, [("fgj", []), ("scj", []), ("gaj", [])] * 4)
    office.task(seats=[("fgj", "-", 2), ("scj", "-", 1), ("gaj", "-", 1)], teams="groups", groups=2)
    office.draw()
    units = {name: row.record["department"] for name, row in office.book.facts().rows(f.register("officers"))}
    for team in teams(office):
        assert [units[o] for o in team.seats] == ["fgj", "fgj", "scj", "gaj"]
    assert len({team.seats for team in teams(office)}) == 2
    assert remarks(office) == []


def test_one_visit_serves_all_items_of_a_task(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists()
    office.policy()
    office.plan(items=["item-1", "item-2"], text=["对管道安全检查", "对安全储粮检查"])
    office.task()
    office.draw()
    office.clock.go("2026-03-10")
    office.publish([office.visit(one) for one in office.drawn()])
    recorded = [e.body.data for e in office.book.entries() if e.body.type == "visit.recorded"]
    assert all([box["item"] for box in data["items"]] == ["item-1", "item-2"] for data in recorded)  # type: ignore
    assert len(recorded) == len(office.drawn())
    assert remarks(office) == []


def test_at_the_rate_of_one_only_officers_are_drawn_and_the_record_says_so(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists()
    office.policy()
    office.plan(1, 1)
    office.task()
    office.draw()
    record = draw_record(office.book, "d1")
    assert len(record.subjects) == 20
    assert record.remarks == "全数检查，只抽取检查人员。"


def test_as_many_officers_as_seats_are_all_sent_and_the_record_says_so(tmp_path: Path) -> None:
    office = office_with(tmp_path, [("fgj", []), ("scj", [])])
    office.task()
    office.draw()
    assert {team.seats for team in teams(office)} == {("off-00", "off-01")}
    assert draw_record(office.book, "d1").remarks == "检查人员人数与席位相同，无须抽取，全员派出。"
    assert remarks(office) == []


@pytest.mark.parametrize(
    ("until", "goes"), [("2026-03-01", True), ("2026-03-02", False), ("2026-03-20", False)]
)
def test_an_absence_that_covers_the_day_of_the_freeze_keeps_an_officer_out(
    tmp_path: Path, until: str, goes: bool
) -> None:
    office = office_with(tmp_path, [("fgj", []), ("scj", []), ("fgj", [])])
    lists.record_absence(office.book, office.clerk, "off-00", "2026-02-20", until, "leave")
    office.task()
    office.draw()
    frozen = office.book.facts().get(f.FROZEN, "d1")
    assert frozen is not None
    assert list(map(tuple, frozen.absences)) == ([] if goes else [("off-00", "leave")])
    assert goes or {team.seats[0] for team in teams(office)} == {"off-02"}


def test_strata_by_class_region_and_tag_are_drawn_apart(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists()
    rows = []
    for number in range(40):
        code, record = subject(number)
        rows.append((code, {**record, "district": ("东区", "西区")[number % 4 // 2]}))
    codes = dict(rows)
    lists.import_records(office.book, office.clerk, "subjects", rows, reason="区域", source=digest("区域"))
    office.policy()
    office.plan()
    base = {"status": ["active"], "tags": ["油气"]}
    strata = [
        {"id": "east", "filter": {**base, "district": ["东区"]}, "p": 1, "q": 5},
        {"id": "west", "filter": {**base, "district": ["西区"]}, "p": 1, "q": 5},
    ]
    with pytest.raises(Refused) as refused:
        office.task(strata=strata)
    assert refused.value.code == "task.filter", "不定向: no further condition"
    weights = [
        {"id": f"risk-{risk}", "filter": {**base, "risk": [risk]}, "w": weight}
        for risk, weight in (("A", 1), ("C", 3))
    ]
    office.task(strata=weights, overall=(1, 5))
    office.draw()
    for team in teams(office):
        assert codes[team.subject]["risk"] == team.stratum.removeprefix("risk-")
    assert {team.stratum for team in teams(office)} == {"risk-A", "risk-C"}


def test_strata_by_region_are_those_of_a_directed_row(tmp_path: Path) -> None:
    office = Office(tmp_path)
    rows = []
    for number in range(40):
        code, record = subject(number)
        rows.append((code, {**record, "district": ("东区", "西区")[number % 4 // 2]}))
    office.lists(subjects=0)
    office.import_rows("subjects", rows)  # type: ignore[arg-type]
    office.policy()
    office.plan(draw="directed")
    strata = [
        {"id": name, "filter": {"tags": ["油气"], "district": [words]}, "p": 1, "q": 5}
        for name, words in (("east", "东区"), ("west", "西区"))
    ]
    office.task(strata=strata)
    office.draw()
    codes = dict(rows)
    found = {team.subject: team.stratum for team in teams(office)}
    assert all(codes[code]["district"] == {"east": "东区", "west": "西区"}[s] for code, s in found.items())
    assert sorted(found.values()) == ["east"] * 2 + ["west"] * 2


def test_a_date_is_corrected_twice_and_each_time_against_what_stands(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists()
    office.policy()
    office.plan()
    office.clock.go("2026-03-20")
    written = plans.file_plan(office.book, office.clerk, "p2026", "yearly", "司法局", "2026-03-02")
    seq = written.entries[0].body.seq
    for day in ("2026-03-03", "2026-03-04"):
        office.confirm("approver", visits.correct(office.book, office.clerk, seq, "date", day, "笔误"))
    assert [row.date for _, row in office.book.facts().rows(f.FILINGS)] == ["2026-03-04"]


def test_the_check_of_a_freeze_is_that_of_its_frozen_lists(tmp_path: Path) -> None:
    office = office_with(tmp_path, [("fgj", []), ("scj", [])])
    office.task()
    office.draw()
    facts = office.book.facts()
    draw, frozen = facts.get(f.DRAWS, "d1"), facts.get(f.FROZEN, "d1")
    assert draw is not None and frozen is not None
    assert seat_check(draw.question, frozen).all_sent
    assert made_up_code(0) in {s for _, s, _ in frozen.pool}

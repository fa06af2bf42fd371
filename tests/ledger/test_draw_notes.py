"""What stands around a draw: its filing in time, guests, printed copies, absent parties, certificates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.book import Refused, Written
from ledger.commands import draw_notes, draws, visits
from ledger.commands.draw_notes import Guest
from ledger.commands.todo import todos
from tests.ledger.test_plan_law import adopt, statuses
from tests.office import Office, officer
from verifier import facts as f
from verifier.errors import LiuhenError

TWO_DAYS = {"filing_days": 2, "filing_unit": "calendar", "rest_day": "later"}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.book.ask_gap = lambda _last, _clock: True
    return made


def drawn(office: Office, day: str = "2026-03-05", **values: Any) -> None:
    """A draw of a Thursday under a policy that wants it filed: the second day after is a Saturday."""
    office.lists()
    adopt(office, **{**TWO_DAYS, **values})
    office.plan()
    office.task()
    office.clock.go(day)
    office.draw()


def filed(office: Office, day: str) -> Written:
    return draw_notes.file_draw(office.book, office.clerk, "d1", "领导小组办公室", day, number="报备1号")


@pytest.mark.parametrize(
    ("day", "as_of", "status"),
    [
        pytest.param("", "2026-03-09", "not_due", id="the last day, moved to Monday, is not over"),
        pytest.param("", "2026-03-10", "warn", id="not filed and late"),
        pytest.param("2026-03-09", "2026-12-31", "pass", id="filed on the last day"),
        pytest.param("2026-03-10", "2026-12-31", "warn", id="filed a day late"),
    ],
)
def test_the_result_of_a_draw_is_filed_in_two_days(office: Office, day: str, as_of: str, status: str) -> None:
    drawn(office)
    if day:
        office.clock.go(day)
        filed(office, day)
    assert statuses(office, "draw.filing", as_of) == [status]


def test_without_the_days_in_the_policy_nothing_is_to_be_filed(office: Office) -> None:
    office.ready()
    office.draw()
    assert "draw.file" not in [one.kind for one in todos(office.book.facts(), "2026-12-31")]
    filed(office, office.clock.day)


def test_a_sealed_draw_is_filed_too_and_says_no_more_by_it(office: Office) -> None:
    drawn(office, sealed=True)
    filed(office, "2026-03-05")
    last = list(office.book.entries())[-1].body
    assert sorted(last.data) == ["authority", "date", "draw", "m", "number"]
    assert statuses(office, "draw.filing", "2026-12-31") == ["pass"]


def test_a_year_without_a_calendar_makes_the_day_of_filing_provisional(office: Office) -> None:
    drawn(office, filing_days=250, filing_unit="working")
    assert statuses(office, "draw.filing", "2027-12-31") == ["not_due"]


def test_a_filing_typed_wrong_is_corrected_and_a_voided_one_is_due_again(office: Office) -> None:
    drawn(office)
    office.clock.go("2026-03-10")
    seq = filed(office, "2026-03-10").entries[-1].body.seq
    with pytest.raises(Refused, match=r"result\.date"):
        visits.correct(office.book, office.clerk, seq, "date", "2026-03-04", "笔误")
    office.confirm("approver", visits.correct(office.book, office.clerk, seq, "date", "2026-03-06", "笔误"))
    assert statuses(office, "draw.filing", "2026-12-31") == ["pass"]
    office.confirm("approver", visits.void(office.book, office.clerk, seq, "重复"))
    assert statuses(office, "draw.filing", "2026-12-31") == ["warn"]


@pytest.mark.parametrize("day", ["2026-03-04", "2026-03-06"], ids=["before the draw", "in the future"])
def test_a_day_of_filing_that_cannot_be(office: Office, day: str) -> None:
    drawn(office)
    with pytest.raises(Refused, match=r"result\.date"):
        filed(office, day)


def test_what_is_to_be_filed_is_named_with_its_last_day(office: Office) -> None:
    drawn(office)
    (due,) = [one for one in todos(office.book.facts(), "2026-03-10") if one.kind == "draw.file"]
    assert (due.step, due.due, due.late) == ("draw file d1 --authority 备案机关", "2026-03-09", True)
    filed(office, "2026-03-05")
    assert "draw.file" not in [one.kind for one in todos(office.book.facts(), "2026-03-10")]


def test_guests_are_noted_at_any_time_and_corrected(office: Office) -> None:
    office.ready()
    office.freeze()
    guests = [Guest("deputies", "县人大"), Guest("media", "县融媒体中心", "记者甲")]
    seq = draw_notes.attend(office.book, office.supervisor, "d1", guests).entries[-1].body.seq
    new = [{"capacity": "members", "org": "县政协"}]
    office.confirm("approver", visits.correct(office.book, office.clerk, seq, "people", new, "笔误"))
    ((_, row),) = office.book.facts().rows(f.ATTENDANCES, "d1/")
    assert list(row.people) == new


def test_a_list_is_printed_only_when_there_is_one(office: Office) -> None:
    office.ready(sealed=True)
    office.freeze()
    with pytest.raises(Refused, match=r"draw\.order"):
        draw_notes.note_printing(office.book, office.clerk, "d1", 2, "存档")


def test_an_abort_names_the_party_that_left_before_revealing(office: Office) -> None:
    office.ready()
    office.freeze()
    office.commits()
    draws.reveal(office.book, office.clerk, "d1")
    written = draws.abort(office.book, office.approver, "d1", "party-missing")
    assert written.entries[-1].body.data["party"] == office.supervisor.key_id.hex()
    office.confirm("clerk", written)
    draw = draws.draw_of(office.book.facts(), "d1")
    assert draw.parties[draw.missing] == "li-supervisor"


def test_a_party_that_comes_back_and_reveals_is_not_named_any_more(office: Office) -> None:
    office.ready()
    office.freeze()
    office.commits()
    draws.reveal(office.book, office.clerk, "d1")
    written = draws.abort(office.book, office.approver, "d1", "party-missing")
    draws.reveal(office.book, office.supervisor, "d1")
    with pytest.raises(Refused, match=r"draw\.abort"):
        office.confirm("clerk", written)
    draws.run(office.book, office.clerk, "d1")


@pytest.mark.parametrize(
    ("cause", "party", "code"),
    [
        pytest.param("party-uncommitted", "", "E-DRAW-PRESENT", id="everybody has sealed"),
        pytest.param("party-missing", "", "E-DRAW-WHICH", id="two have yet to reveal"),
        pytest.param("party-missing", "zhou-observer", "E-DRAW-PRESENT", id="nobody of this draw"),
    ],
)
def test_an_abort_for_absence_that_fits_nobody(office: Office, cause: str, party: str, code: str) -> None:
    office.ready()
    office.freeze()
    office.commits()
    with pytest.raises(LiuhenError) as refused:
        draws.abort(office.book, office.approver, "d1", cause, party=party)
    assert refused.value.code == code


def renew(office: Office, name: str, **changes: Any) -> None:
    """The record of an officer changes after the draw."""
    record = {**officer(int(name.removeprefix("off-")))[1], **changes}
    office.import_rows("officers", [(name, record)])


@pytest.mark.parametrize(
    ("changes", "valid"),
    [
        pytest.param({"valid_to": "2026-03-09"}, False, id="ended the day before"),
        pytest.param({"valid_to": "2026-03-10"}, True, id="ends on the day"),
        pytest.param({"valid_from": "2026-03-11"}, False, id="begins the day after"),
        pytest.param(
            {"valid_to": "2026-03-09", "other_certificate": {"number": "S1", "valid_to": "2027-01-01"}},
            True,
            id="the other certificate holds",
        ),
        pytest.param({"status": "left"}, True, id="left since, the certificate stays"),
    ],
)
def test_a_certificate_is_valid_on_the_day_of_the_visit(
    office: Office, changes: dict[str, Any], valid: bool
) -> None:
    office.ready()
    office.draw()
    subject = office.drawn()[0]
    leader = draws.team_of(office.book.facts(), "d1", subject).seats[0]
    office.clock.go("2026-03-10", hour=12)
    renew(office, leader, **changes)
    if valid:
        office.visit(subject)
        return
    with pytest.raises(Refused, match=r"visit\.certified"):
        office.visit(subject)


def test_correcting_the_findings_does_not_ask_for_certificates_again(office: Office) -> None:
    office.ready()
    office.draw()
    office.clock.go("2026-03-10")
    subject = office.drawn()[0]
    office.visit(subject)
    (seq,) = [e.body.seq for e in office.book.entries() if e.body.type == "visit.recorded"]
    office.clock.go("2026-04-05")
    renew(office, draws.team_of(office.book.facts(), "d1", subject).seats[0], valid_from="2026-04-01")
    visits.correct(office.book, office.clerk, seq, "results", ["03"], "笔误")
    with pytest.raises(Refused, match=r"visit\.certified"):
        visits.correct(office.book, office.clerk, seq, "occurred", "2026-03-09T09:00:00+08:00", "笔误")

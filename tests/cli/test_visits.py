"""After the draw at the counter: replacements, visits, publication, corrections, attachments."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.book import Book
from ledger.commands.records import draw_record
from tests.cli.room import APPROVER, CLERK, SUPERVISOR, Room, room
from tests.office import digest
from verifier import facts as f

DAY = "2026-03-10"


@pytest.fixture
def drawn(room: Room) -> Room:
    """The room eight days after the draw, with a scan to hand."""
    room.draw_it()
    room.clock.go(DAY)
    (room.folder / "scan.pdf").write_bytes(b"scan")
    return room


def next_of(out: str) -> list[str]:
    """The words of the next command, from who acts."""
    return out.rsplit("Next: ", 1)[1].strip().split(" --as ", 1)[-1].split()


def name_of(room: Room, team: f.Team) -> str:
    """A part of the name that only this subject has."""
    frozen = room.facts().get(f.FROZEN, "t1-d1")
    assert frozen is not None
    return next(str(name) for _, subject, name in frozen.pool if subject == team.subject)[:7]


def confirm_next(room: Room, out: str) -> str:
    by, verb, seq = next_of(out)
    assert verb == "confirm"
    return room.does("confirm", seq, by=by)


def on_paper(room: Room, team: f.Team, *more: str) -> str:
    out = room.does("inspect", "record", team.subject, "--on", DAY, "--scan", "scan.pdf", *more)
    confirm_next(room, out)
    return out


def visit_in(out: str) -> str:
    return out.split("Visit ", 1)[1].split(" ", 1)[0]


def seq_of(room: Room, kind: str) -> int:
    """The last entry of a type."""
    with Book.open(room.ledger, read_only=True) as book:
        return [e.body.seq for e in book.entries() if e.body.type == kind][-1]


def test_the_next_by_ticket_follows_when_the_approver_confirms(drawn: Room) -> None:
    team = drawn.drawn()[0]
    asked = ("recuse", name_of(drawn, team), team.seats[0], "--reason", "回避")
    out = drawn.does(*asked)
    assert "next by random number: " in out
    assert next_of(out)[0] == APPROVER
    assert "waits for its confirmation" in drawn.does(*asked)
    confirm_next(drawn, out)
    after = drawn.drawn()[0]
    substitute = after.members()[0]
    assert substitute != team.seats[0]
    assert "was replaced" in drawn.does(*asked)
    assert "Replaced at" in drawn.does("draw", "show")


def test_who_replaced_an_officer_stands_in_the_record(drawn: Room) -> None:
    team = drawn.drawn()[0]
    confirm_next(drawn, drawn.does("recuse", team.subject, team.seats[0], "--reason", "recusal"))
    with Book.open(drawn.ledger, read_only=True) as book:
        members = draw_record(book, "t1-d1").teams[0].members
    assert [(m.seat, m.role) for m in members] == [(1, "组长（回避）"), (2, "组员"), (1, "递补")]


RECUSALS = {
    "a subject that was not drawn": ("演示企业099", "off-00", "E-NAME-UNKNOWN", CLERK),
    "a name that fits several": ("演示企业", "off-00", "E-NAME-SEVERAL", CLERK),
    "an unknown officer": ("", "off-99", "E-NAME-UNKNOWN", CLERK),
    "an officer of another team": ("", "other", "E-DRAW-SEAT", CLERK),
    "the administrator": ("", "member", "role.permitted", "zhao-admin"),
}


@pytest.mark.parametrize(("subject", "officer", "code", "by"), RECUSALS.values(), ids=RECUSALS)
def test_a_replacement_is_refused_for(drawn: Room, subject: str, officer: str, code: str, by: str) -> None:
    team = drawn.drawn()[0]
    other = next(name for name in ("off-00", "off-02", "off-04") if name not in team.seats)
    officer = {"member": team.seats[0], "other": other}.get(officer, officer)
    told = drawn.refused("recuse", subject or team.subject, officer, "--reason", "recusal", by=by)
    assert f"Code: {code}" in told


def test_a_paper_record_counts_when_it_is_confirmed(drawn: Room) -> None:
    team = drawn.drawn()[0]
    out = drawn.does("inspect", "record", name_of(drawn, team), "--on", DAY, "--scan", "scan.pdf")
    assert "item-1  管道安全检查  是" in out
    assert "waits for confirmation" in drawn.does("inspect", "show")
    confirm_next(drawn, out)
    shown = drawn.json("inspect", "show", "--draw", "t1-d1")
    assert [row["state"] for row in shown["visits"]] == ["effective", "open", "open", "open"]
    one = drawn.does("inspect", "show", visit_in(out))
    assert "Result: 01" in one
    assert "State: inspected" in one


def test_officers_sign_by_key_one_after_the_other(drawn: Room) -> None:
    drawn.enrol_officers()
    team = drawn.drawn()[0]
    out = drawn.does("inspect", "record", team.subject, "--on", DAY, "--by-key")
    visit = visit_in(out)
    for officer in team.seats:
        by, *words = next_of(out)
        assert (by, words) == (officer, ["inspect", "sign", visit])
        out = drawn.does(*words, by=by)
    assert next_of(out)[-3:] == ["result", "register", visit]
    assert "has signed" in drawn.does("inspect", "sign", visit, by=team.seats[0])
    assert "State: inspected" in drawn.does("inspect", "show", visit)


def test_the_boxes_of_the_form_are_typed_as_words(drawn: Room) -> None:
    team = drawn.drawn()[0]
    more = ("--item", "item-1=检查，下达责改，已责改，灭火器过期", "--result", "02")
    out = on_paper(drawn, team, *more, "--findings", "灭火器两具过期", "--at", "08:30")
    visit = drawn.facts().get(f.VISITS, visit_in(out))
    assert visit is not None
    assert visit.data["items"] == [
        {"item": "item-1", "checked": True, "ordered": True, "corrected": True, "result": "灭火器过期"}
    ]
    assert visit.data["occurred"] == f"{DAY}T08:30:00+08:00"
    assert "灭火器两具过期" in drawn.does("inspect", "show", visit_in(out))
    assert "灭火器两具过期" not in str(visit.data)


def test_an_unchecked_item_has_no_result_and_a_missing_signature_a_reason(drawn: Room) -> None:
    team = drawn.drawn()[0]
    more = ("--item", "item-1=否", "--result", "10", "--unsigned", "无法联系", "--signature", "absent")
    out = on_paper(drawn, team, *more)
    visit = drawn.facts().get(f.VISITS, visit_in(out))
    assert visit is not None
    assert visit.data["items"] == [{"item": "item-1", "checked": False, "ordered": False, "corrected": False}]
    assert (visit.data["subject_signature"], visit.data["unsigned_reason"]) == ("absent", "无法联系")


VISITS = {
    "a visit before the draw": ("--on 2026-03-01 --scan scan.pdf", "visit.after-draw", 9),
    "a visit in the future": ("--on 2026-04-01 --scan scan.pdf", "visit.clock", 9),
    "no word about signatures": (f"--on {DAY}", "", 2),
    "a scan that is not there": (f"--on {DAY} --scan gone.pdf", "E-FILE-MISSING", 4),
    "a date that is none": ("--on 2026-02-30 --scan scan.pdf", "", 2),
    "an unknown item": (f"--on {DAY} --scan scan.pdf --item item-9=checked", "", 2),
    "an unknown result": (f"--on {DAY} --scan scan.pdf --result 77", "", 2),
    "corrected without being ordered": (
        *(f"--on {DAY} --scan scan.pdf --item item-1=checked,corrected", "visit.form"),
        9,
    ),
    "officers without keys": (f"--on {DAY} --by-key", "E-VISIT-KEYS", 9),
    "no reason for a missing signature": (
        *(f"--on {DAY} --scan scan.pdf --signature refused", "visit.form"),
        9,
    ),
}


@pytest.mark.parametrize(("words", "code", "exit_code"), VISITS.values(), ids=VISITS)
def test_a_visit_is_refused_for(drawn: Room, words: str, code: str, exit_code: int) -> None:
    team = drawn.drawn()[0]
    told = drawn.refused("inspect", "record", team.subject, *words.split(), exit_code=exit_code)
    if code:
        assert f"Code: {code}" in told


def test_a_subject_is_visited_once(drawn: Room) -> None:
    team = drawn.drawn()[0]
    on_paper(drawn, team)
    told = drawn.refused("inspect", "record", team.subject, "--on", DAY, "--scan", "scan.pdf")
    assert "Code: visit.once" in told


def test_a_second_record_before_the_first_is_confirmed_is_asked_about(drawn: Room) -> None:
    team = drawn.drawn()[0]
    words = ("inspect", "record", team.subject, "--on", DAY, "--scan", "scan.pdf")
    drawn.does(*words)
    assert "Code: E-STOPPED" in drawn.refused(*words, exit_code=8)


def test_results_are_registered_together_and_listed_with_their_last_day(drawn: Room) -> None:
    for team in drawn.drawn():
        on_paper(drawn, team)
    listed = drawn.json("result", "list")
    assert {row["publish_by"] for row in listed["results"]} == {"2026-04-08"}
    assert listed["overdue"] == 0
    out = drawn.does(*["result", "register", "--all", "--channel", "公告栏", "--address", "公告1", "--yes"])
    assert "4 results registered" in out
    assert "4 of 4 inspected" in drawn.does("inspect", "show")
    assert {row["published"] for row in drawn.json("result", "list")["results"]} == {DAY}
    assert "Code: E-RESULT-NONE" in drawn.refused(
        *["result", "register", "--all", "--channel", "公告栏", "--yes"]
    )


def test_an_overdue_result_is_marked(drawn: Room) -> None:
    on_paper(drawn, drawn.drawn()[0])
    drawn.clock.go("2026-04-09")
    out = drawn.does("result", "list", by="")
    assert "overdue!" in out
    assert "1 are overdue." in out


REGISTRATIONS = {
    "neither visits nor all": ("--channel portal --yes", "", 2),
    "an unknown visit": ("visit-x --channel portal --yes", "E-NAME-UNKNOWN", 9),
    "a channel not in the list": ("--all --channel fax --yes", "", 2),
    "a day before the visit": ("--all --channel portal --on 2026-03-09 --yes", "result.date", 9),
    "no answer": ("--all --channel portal", "E-STOPPED", 8),
}


@pytest.mark.parametrize(("words", "code", "exit_code"), REGISTRATIONS.values(), ids=REGISTRATIONS)
def test_a_publication_is_refused_for(drawn: Room, words: str, code: str, exit_code: int) -> None:
    on_paper(drawn, drawn.drawn()[0])
    told = drawn.refused("result", "register", *words.split(), exit_code=exit_code)
    if code:
        assert f"Code: {code}" in told


def test_only_the_unit_that_inspected_publishes(drawn: Room) -> None:
    on_paper(drawn, drawn.drawn()[0])
    told = drawn.refused(*["result", "register", "--all", "--channel", "portal", "--yes"], by=SUPERVISOR)
    assert "Code: role.permitted" in told


def test_a_correction_counts_when_confirmed_and_wants_publication_again(drawn: Room) -> None:
    out = on_paper(drawn, drawn.drawn()[0])
    drawn.does(*["result", "register", "--all", "--channel", "portal", "--yes"])
    seq = seq_of(drawn, "visit.recorded")
    confirm_next(drawn, drawn.does("correct", seq, "results", "10", "--reason", "笔误"))
    visit = drawn.facts().get(f.VISITS, visit_in(out))
    assert visit is not None
    assert (visit.data["results"], visit.state) == (["10"], "effective")
    assert "已更正" in drawn.does("inspect", "show", visit_in(out))


def test_private_text_stays_private_when_it_is_corrected(drawn: Room) -> None:
    on_paper(drawn, drawn.drawn()[0], "--findings", "甲")
    seq = seq_of(drawn, "visit.recorded")
    drawn.does("correct", seq, "findings", "乙丙丁", "--reason", "笔误")
    with Book.open(drawn.ledger, read_only=True) as book:
        assert all("乙丙丁".encode() not in raw for raw in book.store.entries())


def test_a_voided_visit_may_be_recorded_again(drawn: Room) -> None:
    team = drawn.drawn()[0]
    on_paper(drawn, team)
    seq = seq_of(drawn, "visit.recorded")
    confirm_next(drawn, drawn.does("void", seq, "--reason", "重复登记", "--yes"))
    assert "to be visited" in drawn.does("inspect", "show")
    on_paper(drawn, team)


CURES = {
    "an entry that does not exist": ("correct 999 results 02 --reason x", "E-ENTRY-NONE", 9),
    "a field that cannot be corrected": ("correct {visit} subject x --reason x", "correction.lawful", 9),
    "a value not of its form": ("correct {visit} occurred tomorrow --reason x", "correction.lawful", 9),
    "a step of the draw": ("correct {draw} seed x --reason x", "correction.lawful", 9),
    "voiding a step of the draw": ("void {draw} --reason x --yes", "correction.lawful", 9),
    "voiding without an answer": ("void {visit} --reason x", "E-STOPPED", 8),
    "attaching a missing file": ("attach gone.jpg", "E-FILE-MISSING", 4),
    "attaching to an entry that does not exist": ("attach scan.pdf --to 999", "E-ENTRY-NONE", 9),
}


@pytest.mark.parametrize(("words", "code", "exit_code"), CURES.values(), ids=CURES)
def test_a_cure_is_refused_for(drawn: Room, words: str, code: str, exit_code: int) -> None:
    on_paper(drawn, drawn.drawn()[0])
    places = {"visit": seq_of(drawn, "visit.recorded"), "draw": seq_of(drawn, "draw.executed")}
    told = drawn.refused(*words.format(**places).split(), exit_code=exit_code)
    assert f"Code: {code}" in told


def test_a_file_is_named_by_its_hash(drawn: Room) -> None:
    answer = drawn.json("attach", Path("scan.pdf"), "--to", "3", "--name", "照片")
    assert answer["sha256"] == digest("scan").hex()
    with Book.open(drawn.ledger, read_only=True) as book:
        (held,) = [row for _key, row in book.facts().rows(f.ATTACHMENTS)]
        assert (held.name, held.size, held.of) == ("照片", 4, book.entry(3).leaf)


@pytest.mark.parametrize("room", [{"sealed": True}], indirect=True)
def test_a_sealed_draw_goes_the_same_way_and_is_unsealed_at_its_end(drawn: Room) -> None:
    team = drawn.drawn()[0]
    asked = ("recuse", team.subject, team.seats[0], "--reason", "absence")
    out = drawn.does(*asked)
    assert "waits for its confirmation" in drawn.does(*asked)
    confirm_next(drawn, out)
    assert "Code: draw.sealing" in drawn.refused("draw", "unseal", "--yes")
    for one in drawn.drawn():
        on_paper(drawn, one)
    assert "is public now" in drawn.does("draw", "unseal", "--yes")
    assert "is public already" in drawn.does("draw", "unseal", "--yes")


__all__ = ["room"]


def test_a_field_is_corrected_under_the_name_that_is_shown(drawn: Room) -> None:
    on_paper(drawn, drawn.drawn()[0], "--findings", "甲")
    seq = seq_of(drawn, "visit.recorded")
    assert "It has: draw" in drawn.refused("correct", seq, "nothing", "x", "--reason", "笔误")
    drawn.does("correct", seq, "time of the deed", f"{DAY}T00:00:30+08:00", "--reason", "笔误")


def test_an_id_that_cannot_be_one_is_refused_with_what_may_be(drawn: Room) -> None:
    words = ["--row", 1, "--scheme", "scan.pdf", "--form", "scan.pdf", "--form-version", 1]
    told = drawn.refused(
        *["task", "new", "任务一", *words, "--responsible", "甲", "--seat", "fgj"], exit_code=2
    )
    assert "E-NAME-FORM" in told and "t-2026-1" in told

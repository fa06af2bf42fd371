"""Around a visit at the counter: forms, notices, a longer time, results by department, review, evidence."""

from __future__ import annotations

import pytest

from ledger.book import Book
from ledger.commands import keys, plans
from ledger.commands.keys import Person
from tests.cli.room import APPROVER, Room
from tests.cli.room import room as room
from tests.office import ORIGIN, PASSPHRASE, POLICY, digest
from verifier import facts as f

DAY = "2026-03-10"
PARTNER = "wu-scj"


@pytest.fixture
def drawn(room: Room) -> Room:
    """The room eight days after a draw under a policy that asks for everything."""
    with Book.open(room.ledger, clock=room.clock) as book:
        adopted = plans.adopt_policy(
            book,
            room.office.clerk,
            "xize-2",
            title="实施细则",
            document="演发改〔2026〕2号",
            file=digest("细则二"),
            values={**POLICY, "notice": True, "review": True, "joint_results": True, "forms": True},
            clauses={},
        )
        keys.confirm(book, room.office.approver, [adopted.leaf])
        person = Person(PARTNER, "吴六", "scj", ("clerk",))
        signer = keys.new_key(room.folder / "keys", ORIGIN, person, PASSPHRASE, scrypt_n=2)
        keys.enroll(book, room.office.admin, keys.enrolment(signer, person.name))
    for name in ("scan.pdf", "检查表.docx"):
        (room.folder / name).write_bytes(name.encode())
    room.does("form", "publish", "guandao", "检查表.docx", "--item", "item-1", "--version", "1")
    room.draw_it()
    room.clock.go(DAY)
    return room


def recorded(room: Room, *more: str) -> list[str]:
    """Every drawn subject visited on paper; the visits."""
    for team in room.drawn():
        room.does("inspect", "record", team.subject, "--on", DAY, "--scan", "scan.pdf", *more)
    room.does("confirm", "--all", by=APPROVER)
    return [name for name, _ in sorted(room.facts().rows(f.VISITS), key=lambda pair: pair[1].seq)]


def test_the_library_lists_its_forms(drawn: Room) -> None:
    (form,) = drawn.json("form", "library")["forms"]
    assert (form["form"], form["version"], form["items"]) == ("guandao", "1", ["item-1"])
    told = drawn.refused("form", "publish", "guandao", "检查表.docx", "--item", "item-1", "--version", "1")
    assert "form.library" in told


def test_fifty_notices_are_one_command(drawn: Room) -> None:
    told = drawn.does("inspect", "notice", "--all", "--day", "2026-03-12", "--material", "营业执照")
    assert told.startswith("4 notices recorded")
    assert "E-NOTICE-NONE" in drawn.refused("inspect", "notice", "--all", "--day", "2026-03-12")


@pytest.mark.parametrize(
    "options",
    [("--all",), ("--all", "--day", DAY, "--unannounced"), ("--day", DAY), ("x", "--all", "--day", DAY)],
    ids=["neither day nor unannounced", "both", "nobody", "all and one"],
)
def test_a_notice_says_to_whom_and_for_when(drawn: Room, options: tuple[str, ...]) -> None:
    drawn.refused("inspect", "notice", *options, exit_code=2)


def test_a_longer_time_counts_when_it_is_confirmed(drawn: Room) -> None:
    subject = drawn.drawn()[0].subject
    out = drawn.does("inspect", "extend", subject, "--until", "2026-11-20", "--reason", "需委托检验")
    assert "until 2026-11-20 instead of 2026-10-31" in out
    assert f"--as {APPROVER} confirm" in out
    drawn.does("confirm", "--all", by=APPROVER)
    assert "visit.extension" in drawn.refused(
        *("inspect", "extend", subject, "--until", "2026-11-10", "--reason", "需委托检验")
    )


def test_the_other_department_enters_its_results_at_once(drawn: Room) -> None:
    recorded(drawn)
    assert "scj has still to enter its result of 4 visits" in drawn.does("todo")
    assert drawn.does("inspect", "result", "--all", by=PARTNER).startswith("4 results of scj entered")
    assert "still to enter" not in drawn.does("todo")
    assert "E-RESULT-NOTHING" in drawn.refused("inspect", "result", "--all", by=PARTNER)


def test_on_paper_the_clerk_enters_them_and_one_confirmation_each_follows(drawn: Room) -> None:
    recorded(drawn)
    words = ("inspect", "result", "--all", "--department", "scj", "--scan", "scan.pdf")
    assert drawn.run(*words) == 2
    out = drawn.does(*words, "--names", "吴六")
    assert "confirm" in out
    drawn.does("confirm", "--all", by=APPROVER)
    assert "still to enter" not in drawn.does("todo")


def test_results_are_reviewed_sent_back_corrected_and_published(drawn: Room) -> None:
    first, *rest = recorded(drawn)
    publish = ("result", "register", "--all", "--channel", "portal", "--yes")
    assert "E-RESULT-NONE" in drawn.refused(*publish)
    drawn.does("result", "return", first, "--reason", "结果不符", by=APPROVER)
    assert f"The result of {first}" in drawn.does("todo")
    assert drawn.does("result", "review", "--all", by=APPROVER).startswith("3 results reviewed")
    assert drawn.json(*publish)["visits"] == rest
    seq = drawn.facts().get(f.VISITS, first).seq  # type: ignore[union-attr]
    drawn.does("correct", str(seq), "results", "03", "--reason", "更正")
    drawn.does("confirm", "--all", by=APPROVER)
    drawn.does("result", "review", first, by=APPROVER)
    assert drawn.json(*publish)["visits"] == [first]


def test_who_recorded_is_not_who_reviews(drawn: Room) -> None:
    first = recorded(drawn)[0]
    assert "result.review" in drawn.refused("result", "review", first)


def test_a_witness_is_recorded_and_shown_where_it_is_kept(drawn: Room) -> None:
    team = drawn.drawn()[0]
    words = ("inspect", "record", team.subject, "--on", DAY, "--scan", "scan.pdf")
    drawn.does(*words, "--unsigned", "拒绝签字", "--witness", "居委会演示人")
    drawn.does("confirm", "--all", by=APPROVER)
    ((name, _),) = drawn.facts().rows(f.VISITS)
    assert "见证人：居委会演示人" in drawn.does("inspect", "show", name)


def test_evidence_of_a_visit_is_shown_with_its_kind(drawn: Room) -> None:
    first = recorded(drawn)[0]
    seq = str(drawn.facts().get(f.VISITS, first).seq)  # type: ignore[union-attr]
    drawn.does("attach", "scan.pdf", "--to", seq, "--kind", "询问笔录")
    assert "scan.pdf (interview)" in drawn.does("inspect", "show", first)


def test_a_department_without_the_ledger_enters_its_result_by_file(drawn: Room) -> None:
    first = recorded(drawn)[0]
    asked = drawn.json("sign", "request", "result", first, "--department", "scj", "--result", "02")
    signed = drawn.json("sign", "answer", asked["request"], "--yes", by=PARTNER)
    drawn.does("sign", "accept", signed["statement"])
    assert "Result of scj: 02" in drawn.does("inspect", "show", first)
    asked = drawn.json("sign", "request", "review", first)
    signed = drawn.json("sign", "answer", asked["request"], "--yes", by=APPROVER)
    drawn.does("sign", "accept", signed["statement"])
    assert "Review: accepted" in drawn.does("inspect", "show", first)


def test_a_file_for_another_department_is_refused_when_it_comes(drawn: Room) -> None:
    first = recorded(drawn)[0]
    asked = drawn.json("sign", "request", "result", first, "--department", "fgj")
    signed = drawn.json("sign", "answer", asked["request"], "--yes", by=PARTNER)
    assert "result.department" in drawn.refused("sign", "accept", signed["statement"])

"""Ways through a draw that the plain year does not take, each played whole through the commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.commands import bundles, draws, keys, lists, plans, statements, visits
from ledger.commands.keys import Person
from ledger.keystore import Signer
from ledger.store import NewEvent
from tests.office import ORIGIN, PASSPHRASE, Office
from verifier import facts as f
from verifier.bundle import open_bundle
from verifier.errors import Exit, LiuhenError
from verifier.replay import verify_bundle
from verifier.report import Anchors, Report, Status


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def exported(office: Office) -> Report:
    bundles.export(office.book, office.log, office.folder / "bundle")
    bundle = open_bundle(office.folder / "bundle")
    try:
        return verify_bundle(bundle, Anchors(), workers=1)
    finally:
        bundle.close()


def warned(report: Report) -> set[str]:
    assert report.verdict.value == "pass", [c for c in report.checks if c.status is Status.FAIL]
    return {check.rule for check in report.checks if check.status is Status.WARN}


def statement(office: Office, who: Signer, kind: str, data: dict[str, object]) -> None:
    """Sign at another machine, append here."""
    carried = statements.state(who, office.book.entry(0).leaf, kind, data)  # type: ignore[arg-type]
    statements.append(office.book, office.clerk, [carried])


def finish(office: Office) -> None:
    office.clock.go("2026-03-10")
    office.publish([office.visit(subject) for subject in office.drawn()])


def test_standing_groups_take_the_drawn_in_turn(office: Office) -> None:
    office.ready(teams="groups", groups=2)
    office.draw()
    teams = [team.seats for _, team in office.book.facts().rows(f.TEAMS, "d1/")]
    assert len(set(teams)) == 2
    subject = office.drawn()[0]
    team = draws.team_of(office.book.facts(), "d1", subject)
    substitute, written = draws.recuse(office.book, office.clerk, "d1", subject, team.seats[1], "absence")
    office.confirm("approver", written)
    assert substitute not in {officer for seats in teams for officer in seats}
    finish(office)
    assert warned(exported(office)) == set()


def test_one_overall_rate_is_divided_by_class(office: Office) -> None:
    strata = [
        {"id": f"risk-{name}", "filter": {"tags": ["油气"], "risk": list(names)}, "w": w}
        for name, names, w in (("low", "AB", 1), ("high", "CD", 3))
    ]
    office.ready(strata=strata, overall=(1, 5))
    office.draw()
    held = draws.draw_of(office.book.facts(), "d1").question["strata"]
    assert [(s["n"], s["k"]) for s in held] == [(10, 1), (10, 3)]
    finish(office)
    assert warned(exported(office)) == set()


def test_what_is_signed_by_file_counts_as_the_signers_act(office: Office) -> None:
    office.lists()
    office.policy()
    office.plan()
    written = office.task(confirm=False)
    statement(office, office.approver, "confirmed", {"of": written.leaf})
    office.freeze()
    draw = draws.draw_of(office.book.facts(), "d1")
    draws.commit(office.book, office.clerk, "d1")
    statement(office, office.supervisor, "draw.committed", draws.commit_data(office.supervisor, "d1", draw))
    draws.reveal(office.book, office.clerk, "d1")
    draw = draws.draw_of(office.book.facts(), "d1")
    data, _ = draws.reveal_data(office.book.origin, office.supervisor, "d1", draw)
    statement(office, office.supervisor, "draw.revealed", data)
    draws.run(office.book, office.clerk, "d1")
    finish(office)
    report = exported(office)
    assert warned(report) == set()
    assert report.acts.file == 3


def test_a_plan_is_approved_by_file(office: Office) -> None:
    office.lists()
    office.policy()
    row = {"no": 1, "plan_name": "计划", "task_name": "任务", "text": ["对管道安全检查"], "items": ["item-1"]}
    more = {
        "p": 1,
        "q": 5,
        "objects": "企业",
        "draw": "undirected",
        "organiser": "发改局",
        "executor": "发改局",
    }
    office.import_rows("plan.p2", [("1", {**row, **more, "until": "2026-10"})])
    plans.submit_plan(office.book, office.clerk, "p2", "计划", 2026)
    plan = office.book.facts().get(f.PLANS, "p2")
    assert plan is not None
    statement(office, office.approver, "plan.approved", {"plan": "p2", "of": plan.leaf})
    assert office.book.facts().get(f.PLANS, "p2").approver == "sun-approver"  # type: ignore[union-attr]


def test_two_officers_sign_one_record_by_file(office: Office) -> None:
    """Their statements are word for word the same; each is its signer's."""
    office.ready()
    office.draw()
    team = draws.team_of(office.book.facts(), "d1", office.drawn()[0])
    office.clock.go("2026-03-10")
    people = []
    for name in team.seats:
        person = Person(name, "检查员", "fgj", ("officer",))
        people.append(keys.new_key(office.folder / "keys", ORIGIN, person, PASSPHRASE, scrypt_n=2))
        keys.enroll(office.book, office.admin, keys.enrolment(people[-1], ""))
    visit, written = visits.record_visit(
        office.book, office.clerk, "d1", team.subject, occurred=office.clock()
    )
    for signer in people:
        statement(office, signer, "visit.signed", {"visit": visit, "of": written.leaf})
    assert visits.visit_of(office.book.facts(), visit).state == "effective"
    with pytest.raises(LiuhenError):
        statement(office, people[0], "visit.signed", {"visit": visit, "of": written.leaf})


def test_a_second_draw_after_an_abort_counts(office: Office) -> None:
    office.ready()
    office.freeze()
    office.commits()
    aborted = draws.abort(office.book, office.clerk, "d1", "party-missing", "一方离场")
    office.confirm("approver", aborted)
    office.draw("d2")
    office.clock.go("2026-03-10")
    office.publish([office.visit(subject, "d2") for subject in office.drawn("d2")])
    report = exported(office)
    assert warned(report) == {"draw.outcomes"}
    assert {outcome.draw: outcome.g for outcome in report.outcomes} == {"d1": 2, "d2": 2}


def test_an_abort_before_the_last_commitment_does_not_count(office: Office) -> None:
    office.ready()
    office.freeze()
    draws.commit(office.book, office.clerk, "d1")
    aborted = draws.abort(office.book, office.approver, "d1", "party-uncommitted")
    office.confirm("clerk", aborted)
    office.draw("d2")
    assert warned(exported(office)) == set()


def platform(office: Office, officers: Callable[[str], list[str]]) -> None:
    """Freeze without parties, import what the other platform drew, record and confirm it."""
    draws.freeze(office.book, office.clerk, "d1", "t1", [])
    frozen = office.book.facts().get(f.FROZEN, "d1")
    assert frozen is not None
    k = draws.draw_of(office.book.facts(), "d1").question["strata"][0]["k"]
    rows = [
        (name, {"stratum": "all", "rank": rank, "officers": officers(name)})
        for rank, (_, name, _) in enumerate(frozen.pool[:k], 1)
    ]
    office.confirm("supervisor", office.receive(rows))  # type: ignore[arg-type]


def test_a_draw_of_another_platform_is_recorded_and_said_to_be_unproven(office: Office) -> None:
    office.ready()
    platform(office, lambda _name: ["off-00", "off-01"])
    subject = office.drawn()[0]
    substitute, written = _replace_elsewhere(office, subject)
    office.confirm("approver", written)
    assert draws.team_of(office.book.facts(), "d1", subject).members()[0] == substitute
    finish(office)
    report = exported(office)
    assert warned(report) == set()
    assert report.elsewhere == 1
    assert {c.status for c in report.checks if c.rule in ("draw.seed", "draw.results")} == {Status.NA}


def _replace_elsewhere(office: Office, subject: str):  # type: ignore[no-untyped-def]
    from ledger.book import Deed

    m = draws.draw_of(office.book.facts(), "d1").m
    change = {"subject": subject, "seat": 1, "officer": "off-00", "reason": "recusal", "substitute": "off-02"}
    deed = Deed("draw.replaced", "draw/d1", {"draw": "d1", "m": m, "change": change})
    return "off-02", office.book.write(office.clerk, lambda _facts: [deed])


def test_another_platform_sends_nobody_in_conflict(office: Office) -> None:
    office.ready()
    rows = office.book.facts().rows(f.register("subjects"))
    name = min(name for name, row in rows if "油气" in row.record.get("tags", ()))
    lists.declare_conflicts(office.book, office.clerk, [("off-00", name, "亲属")])
    with pytest.raises(LiuhenError) as refused:
        platform(office, lambda _name: ["off-00", "off-01"])
    assert refused.value.code == "draw.received"


def test_an_officer_may_leave_the_list_and_come_back(office: Office) -> None:
    from tests.office import officer

    office.lists()
    office.import_rows("officers", [], removed=["off-01"])
    office.import_rows("officers", [officer(1)])
    assert office.book.facts().get(f.register("officers"), "off-01") is not None


def test_nobody_goes_on_from_a_row_that_was_put_into_the_database(office: Office) -> None:
    """It links well, and whoever put it there moved the head; but no key signed it."""
    office.ready()
    head = office.book.store.head()
    row = NewEvent("subject/x", "import.chunk", {}, bytes(16))
    with office.book.store.writing() as transaction:
        transaction.append([row], actor=office.clerk.key_id, sign=lambda _text: bytes(64), time=head.time)
    for signer in (office.clerk, office.approver):
        with pytest.raises(LiuhenError) as refusal:
            plans.submit_plan(office.book, signer, "p9", "另一份计划", 2027)
        assert (refusal.value.code, refusal.value.exit) == ("E-STORE-UNSIGNED", Exit.UNREADABLE)
        assert refusal.value.params["seq"] == head.size
    assert office.book.store.head().size == head.size + 1

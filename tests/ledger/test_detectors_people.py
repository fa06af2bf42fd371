"""Doubts about people: officers halved around a freeze, supervision, two holders as one, burdens."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.audit.detectors.concentration import Tally, hypergeometric
from ledger.audit.detectors.doubt import Doubt
from ledger.commands import draw_notes, draws, keys, lists, statements, visits
from ledger.commands.checks import record_check
from ledger.commands.keys import Person
from ledger.keystore import Signer
from tests.ledger.doubts import doubts
from tests.office import PASSPHRASE, Office, made_up_code
from verifier import facts as f
from verifier.codec import Value

OIL = [made_up_code(number) for number in range(0, 40, 2)]
FGJ = ["off-00", "off-02", "off-04", "off-06"]
"""The officers of the department that sends one of two seats."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Up to an approved task that draws 4 of 20."""
    made = Office(tmp_path)
    made.ready()
    return made


def seqs(office: Office, kind: str) -> list[int]:
    return [e.body.seq for e in office.book.entries() if e.body.type == kind]


def absent(office: Office, officers: list[str], first: str, last: str) -> None:
    for officer in officers:
        lists.record_absence(office.book, office.clerk, officer, first, last, "training")


def suspend(office: Office, officers: list[str], status: str) -> None:
    for officer in officers:
        lists.change_record(
            office.book,
            office.clerk,
            "officers",
            officer,
            {"status": status},
            reason="岗位变动",
            source=b"1" * 32,
        )


@pytest.mark.parametrize(("until", "found"), [("2026-03-24", 1), ("2026-03-25", 0)])
def test_half_are_absent_for_a_draw_and_back_soon(office: Office, until: str, found: int) -> None:
    absent(office, FGJ[:2], "2026-03-09", until)
    office.clock.go("2026-03-10")
    office.draw()
    raised = doubts(office, "officers.halved")
    assert len(raised) == found
    for doubt in raised:
        assert set(doubt.entries) == {*seqs(office, "officer.absent"), *seqs(office, "draw.frozen")}
        assert doubt.about == ("d1", *FGJ[:2], "qian-clerk")
        assert (doubt.values["seat"], doubt.values["now"], doubt.values["before"]) == ("fgj", 2, 4)
    assert doubts(office, "officers.halved", days=7) == []
    assert doubts(office, "officers.halved", share=49) == []


def test_who_was_suspended_and_active_again_after_the_draw(office: Office) -> None:
    suspend(office, FGJ[:3], "suspended")
    office.draw()
    assert doubts(office, "officers.halved") == []
    suspend(office, FGJ[:3], "active")
    (found,) = doubts(office, "officers.halved")
    assert (found.values["now"], found.values["back"]) == (1, 3)
    assert set(found.about) >= set(FGJ[:3])


def test_one_absence_halves_nothing(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists(officers=4)
    office.policy()
    office.plan()
    office.task()
    absent(office, FGJ[:1], "2026-03-02", "2026-03-06")
    office.draw()
    assert doubts(office, "officers.halved") == []


def test_absences_voided_before_the_freeze_took_nobody_out(office: Office) -> None:
    absent(office, FGJ, "2026-03-02", "2026-03-06")
    for seq in seqs(office, "officer.absent"):
        office.confirm("approver", visits.void(office.book, office.clerk, seq, "登记有误"))
    office.draw()
    assert doubts(office, "officers.halved") == []


def test_conflicts_withdrawn_before_the_freeze_bar_nobody(office: Office) -> None:
    lists.declare_conflicts(office.book, office.clerk, [(officer, OIL[0], None) for officer in FGJ[:2]])
    for officer in FGJ[:2]:
        lists.withdraw_conflict(office.book, office.clerk, officer, OIL[0], "关系已解除")
    office.draw()
    assert doubts(office, "officers.halved") == []


@pytest.mark.parametrize("withdrawn", [True, False])
def test_conflicts_declared_for_a_draw_and_withdrawn_after(office: Office, withdrawn: bool) -> None:
    pairs: list[tuple[str, str, Value | None]] = [(officer, OIL[0], None) for officer in FGJ[:2]]
    lists.declare_conflicts(office.book, office.clerk, pairs)
    office.draw()
    for officer, subject, _ in pairs if withdrawn else ():
        lists.withdraw_conflict(office.book, office.clerk, officer, subject, "关系已解除")
    raised = doubts(office, "officers.halved")
    told = [(d.variant, d.about[:2], d.values["now"], d.values["before"]) for d in raised]
    assert told == [("found_declared", ("d1", OIL[0]), 2, 4)] * withdrawn


def enrolled(office: Office, person: Person) -> Signer:
    """A new holder with a key."""
    signer = keys.new_key(office.folder / "keys", office.book.origin, person, PASSPHRASE, scrypt_n=2)
    written = keys.enroll(office.book, office.admin, keys.enrolment(signer, person.name))
    office.confirm("approver", written)
    office.signers[person.holder] = signer
    return signer


def draw_with(office: Office, clerk: Signer, watcher: Signer, draw: str = "d1", task: str = "t1") -> None:
    """The whole ceremony with these two parties."""
    parties = [clerk.info.holder, watcher.info.holder]
    draws.freeze(office.book, clerk, draw, task, parties)
    for deed in (draws.commit, draws.reveal):
        for signer in (clerk, watcher):
            deed(office.book, signer, draw)
    draws.run(office.book, clerk, draw)


def test_a_draw_with_a_supervisor_leaves_no_doubt(office: Office) -> None:
    office.draw()
    for detector in ("supervisor.missing", "supervisor.kinship", "draw.repeated", "officers.halved"):
        assert doubts(office, detector) == []


def test_observers_alone_are_no_supervisors_unless_somebody_is_on_record(office: Office) -> None:
    draw_with(office, office.clerk, office.observer)
    (found,) = doubts(office, "supervisor.missing")
    assert (found.variant, found.entries) == (
        "found",
        (seqs(office, "draw.frozen")[0], seqs(office, "draw.executed")[0]),
    )
    assert found.about == ("d1", "qian-clerk", "zhou-observer")
    draw_notes.attend(office.book, office.clerk, "d1", [draw_notes.Guest("other", "县纪委监委")])
    assert doubts(office, "supervisor.missing") == []


def test_a_supervisor_who_only_sent_files(office: Office) -> None:
    office.freeze()
    facts = office.book.facts()
    ledger = facts.get(f.LEDGER, f.ONE)
    draw = facts.get(f.DRAWS, "d1")
    assert ledger is not None and draw is not None
    draws.commit(office.book, office.clerk, "d1")
    data = draws.commit_data(office.supervisor, "d1", draw)
    said = statements.state(office.supervisor, ledger.id, "draw.committed", data)
    statements.append(office.book, office.clerk, [said])
    draws.reveal(office.book, office.clerk, "d1")
    held, _ = draws.reveal_data(office.book.origin, office.supervisor, "d1", draw)
    said = statements.state(office.supervisor, ledger.id, "draw.revealed", held)
    statements.append(office.book, office.clerk, [said])
    draws.run(office.book, office.clerk, "d1")
    (found,) = doubts(office, "supervisor.missing")
    assert (found.variant, found.values["watchers"]) == ("found_remote", "li-supervisor")


@pytest.mark.parametrize(("who", "variants"), [("approver", ["found_platform"]), ("supervisor", [])])
def test_a_platform_s_draw_no_supervisor_confirmed(office: Office, who: str, variants: list[str]) -> None:
    draws.freeze(office.book, office.clerk, "d1", "t1", [])
    stratum = office.book.facts().get(f.DRAWS, "d1").question["strata"][0]["id"]  # type: ignore[union-attr]
    rows: list[tuple[str, dict[str, Value]]] = [
        (subject, {"stratum": stratum, "rank": rank, "officers": ["off-00", "off-01"]})
        for rank, subject in enumerate(OIL[:4], 1)
    ]
    office.confirm(who, office.receive(rows))
    assert [d.variant for d in doubts(office, "supervisor.missing")] == variants


def test_a_supervisor_of_the_clerk_s_own_unit(office: Office) -> None:
    watcher = enrolled(office, Person("wu-supervisor", "吴六", "fgj", ("supervisor",)))
    draw_with(office, office.clerk, watcher)
    (found,) = doubts(office, "supervisor.kinship")
    assert (found.variant, found.about, found.values["n"]) == ("found", ("wu-supervisor", "d1"), 1)
    assert found.entries == tuple(seqs(office, "draw.frozen"))


def test_somebody_from_elsewhere_beside_them_lifts_the_doubt(office: Office) -> None:
    watcher = enrolled(office, Person("wu-supervisor", "吴六", "fgj", ("supervisor",)))
    signers = (office.clerk, watcher, office.observer)
    draws.freeze(office.book, office.clerk, "d1", "t1", [s.info.holder for s in signers])
    for deed in (draws.commit, draws.reveal):
        for signer in signers:
            deed(office.book, signer, "d1")
    draws.run(office.book, office.clerk, "d1")
    assert doubts(office, "supervisor.kinship") == []


def test_one_name_on_both_sides_of_a_draw(office: Office) -> None:
    watcher = enrolled(office, Person("qian-er", "钱二", "jijian", ("supervisor",)))
    draw_with(office, office.clerk, watcher)
    (found,) = doubts(office, "supervisor.kinship")
    assert (found.variant, found.about) == ("found_name", ("qian-er", "qian-clerk", "d1"))


def test_a_supervisor_who_was_drawn_as_an_officer(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists(officers=2)
    office.policy()
    office.plan()
    office.task()
    watcher = enrolled(office, Person("off-00", "检查员0", "scj", ("supervisor",)))
    draw_with(office, office.clerk, watcher)
    (found,) = doubts(office, "supervisor.kinship")
    assert (found.variant, found.about, found.values["n"]) == ("found_seated", ("off-00", "d1"), 4)


def with_role(office: Office, name: str, role: str) -> Signer:
    """A new key of this person for one role; the one before is given up."""
    if old := office.signers.get(name):
        keys.revoke(office.book, old, old.public, "换岗")
    office.folder.joinpath("keys", role).mkdir(exist_ok=True)
    person = Person(name, name, name, (role,))
    signer = keys.new_key(office.folder / "keys" / role, office.book.origin, person, PASSPHRASE, scrypt_n=2)
    written = keys.enroll(office.book, office.admin, keys.enrolment(signer, name))
    if role == "supervisor":
        office.confirm("approver", written)
    office.signers[name] = signer
    return signer


def test_two_who_are_each_other_s_supervisor(office: Office) -> None:
    office.task("t2")
    draw_with(office, with_role(office, "jia", "clerk"), with_role(office, "yi", "supervisor"))
    assert doubts(office, "supervisor.kinship") == []
    draw_with(office, with_role(office, "yi", "clerk"), with_role(office, "jia", "supervisor"), "d2", "t2")
    (found,) = doubts(office, "supervisor.kinship")
    assert (found.variant, found.about) == ("found_swapped", ("jia", "yi", "d1", "d2"))
    assert (found.values["n"], found.values["m"]) == (1, 1)


def confirmed_visits(office: Office, gaps: list[int]) -> None:
    """A visit a day, confirmed so many seconds later; the clock itself takes one to be read."""
    office.draw()
    for day, (subject, gap) in enumerate(zip(office.drawn(), gaps, strict=True), 10):
        office.clock.go(f"2026-03-{day}", 10)
        options = {"occurred": office.clock(), "paper": (["钱二"], b"1" * 32)}
        _, written = visits.record_visit(office.book, office.clerk, "d1", subject, **options)  # type: ignore[arg-type]
        office.clock.second += gap - 1
        office.confirm("approver", written)


@pytest.mark.parametrize(("gaps", "found"), [([5, 20, 1, 300], 3), ([5, 21, 300, 300], 0)])
def test_confirmed_within_seconds_on_many_days(office: Office, gaps: list[int], found: int) -> None:
    office.clock.go("2026-03-04")
    confirmed_visits(office, gaps)
    raised = doubts(office, "holders.one-machine", days=3)
    assert [(d.about, d.values["n"]) for d in raised] == [(("qian-clerk", "sun-approver"), found + 2)] * bool(
        found
    )
    if raised:
        recorded = seqs(office, "visit.recorded")
        assert set(raised[0].entries) >= set(recorded[:3])
        assert doubts(office, "holders.one-machine", days=3, share=81) == []


def test_ceremonies_at_one_machine_are_no_haste(office: Office) -> None:
    office.freeze()
    draws.commit(office.book, office.clerk, "d1")
    office.confirm("approver", draws.abort(office.book, office.clerk, "d1", "equipment"))
    found = doubts(office, "holders.one-machine", days=1)
    assert all(not set(d.entries) & set(seqs(office, "draw.aborted")) for d in found)


def test_the_law_of_strikes_is_that_of_blind_chance() -> None:
    assert hypergeometric(10, 3, 4) == pytest.approx((35 / 210, 105 / 210, 63 / 210, 7 / 210))
    tally = Tally()
    for draw in range(3):
        tally.draw("officer", 10, 1, {f"o{n}": 1 for n in range(10)}, {"o0": [draw]})
    (alarm,) = tally.found(3, 0.011)
    assert (alarm.name, alarm.found, alarm.entries) == ("o0", 3, (0, 1, 2))
    assert alarm.p == pytest.approx(1e-3)
    assert list(tally.found(4, 0.011)) == list(tally.found(3, 0.009)) == []


def test_a_whole_draw_struck_says_nothing_of_anybody() -> None:
    tally = Tally()
    for draw in range(9):
        tally.draw("officer", 4, 4, {"o0": 4}, {"o0": [draw] * 4})
    assert list(tally.found(1, 1.0)) == []


def test_each_kind_is_tested_by_itself() -> None:
    tally = Tally()
    tally.draw("approver", 60, 12, {"a": 30, "b": 30}, {"a": [1] * 12})
    tally.draw("subject", 5000, 9, {f"s{n}": 1 for n in range(5000)}, {"s0": [2]})
    (alarm,) = tally.found(1, 0.01)
    assert (alarm.kind, alarm.name, alarm.expected) == ("approver", "a", 6.0)


def many_draws(folder: Path, count: int) -> Office:
    """So many draws of one plan row, each of which takes all of 20: nearly every officer is seated in it."""
    office = Office(folder)
    office.lists()
    office.policy()
    office.plan(1, 1)
    for number in range(1, count + 1):
        office.task(f"t{number}")
        office.draw(f"d{number}", f"t{number}")
    return office


def recuse(office: Office, draw: str, officer: str, place: int = 0) -> list[int]:
    """Replace an officer in the first (or a later) visit where he has a seat, if any."""
    teams = [team for _, team in office.book.facts().rows(f.TEAMS, f"{draw}/") if officer in team.seats]
    if len(teams) <= place:
        return []
    _, written = draws.recuse(office.book, office.clerk, draw, teams[place].subject, officer, "recusal")
    office.confirm("approver", written)
    return [written.entries[0].body.seq]


def gathered(office: Office, detector: str, **limits: int) -> dict[str, Doubt]:
    """Doubts about officers, by officer."""
    found = doubts(office, detector, **limits)
    return {d.about[0]: d for d in found if d.values.get("who") == ("检查人员", "officer")}


def test_one_officer_is_replaced_in_every_draw(tmp_path: Path) -> None:
    office = many_draws(tmp_path, 7)
    acts = [seq for number in range(1, 8) for seq in recuse(office, f"d{number}", "off-00")]
    recuse(office, "d7", "off-00", place=1)
    found = gathered(office, "replacement.concentrated")
    assert found.keys() == {"off-00"}
    assert (found["off-00"].values["n"], found["off-00"].entries) == (len(acts), tuple(acts))
    assert gathered(office, "replacement.concentrated", least=len(acts) + 1) == {}
    assert gathered(office, "replacement.concentrated", level=0) == {}


def test_one_approver_approves_all_replacements(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists()
    office.policy()
    office.plan(1, 1)
    other = enrolled(office, Person("wang-approver", "王八", "fgj", ("approver",)))
    for number in range(1, 5):
        written = office.task(f"t{number}", confirm=False)
        keys.confirm(office.book, other if number > 2 else office.approver, [written.leaf])
        office.draw(f"d{number}", f"t{number}")
    acts = [seq for draw in ("d1", "d2") for n in range(6) for seq in recuse(office, draw, f"off-0{n}")]
    assert len(acts) >= 10
    found = [d for d in doubts(office, "replacement.concentrated") if d.variant == "found_approver"]
    assert [(d.about, d.values["n"], d.entries) for d in found] == [
        (("sun-approver",), len(acts), tuple(acts))
    ]


def test_replacements_of_whoever_it_is_gather_on_nobody(tmp_path: Path) -> None:
    office = many_draws(tmp_path, 4)
    for number in range(1, 5):
        recuse(office, f"d{number}", f"off-0{number}")
    assert doubts(office, "replacement.concentrated", least=1) == []


@pytest.mark.parametrize("guilty", ["off-00", ""])
def test_results_unreachable_gather_on_one_officer(tmp_path: Path, guilty: str) -> None:
    office = many_draws(tmp_path, 2)
    office.clock.go("2026-03-20")
    struck = 0
    for draw in ("d1", "d2"):
        teams = [team for _, team in office.book.facts().rows(f.TEAMS, f"{draw}/")]
        gone = [t.subject for t in teams if guilty in t.seats] if guilty else [t.subject for t in teams[:1]]
        struck += len(gone)
        records = [
            visits.Record(
                draw,
                team.subject,
                office.clock(),
                results=["10"] if team.subject in gone else ["01"],
                paper=(["钱二"], b"1" * 32),
            )
            for team in teams
        ]
        written = visits.record_visits(office.book, office.clerk, records)
        keys.confirm(office.book, office.approver, [e.leaf for e in written.entries])
    found = gathered(office, "contact.concentrated")
    if not guilty:
        assert doubts(office, "contact.concentrated", least=1) == []
        return
    told = found["off-00"]
    assert (told.values["n"], told.values["of"], len(told.entries)) == (struck, struck, struck)
    assert "off-00" not in gathered(office, "contact.concentrated", least=struck + 1)


def check(office: Office, subject: str, officers: list[str], item: str = "item-2") -> int:
    when = office.clock()
    _, written = record_check(
        office.book, office.clerk, subject, occurred=when, officers=officers, items=[item],
        exemption=("complaint", b"1" * 32),
    )  # fmt: skip
    return written.entries[0].body.seq


def test_checks_outside_the_plan_gather_on_an_enterprise_and_an_officer(office: Office) -> None:
    acts = []
    for day in (3, 4, 5):
        office.clock.go(f"2026-03-0{day}")
        acts.append(check(office, OIL[0], ["off-00", ("off-01", "off-03", "off-05")[day - 3]]))
    found = doubts(office, "check.unplanned")
    assert {(d.variant, d.about, d.entries) for d in found} == {
        ("found", (OIL[0],), tuple(acts)),
        ("found_pair", ("off-00", OIL[0]), tuple(acts)),
    }
    assert doubts(office, "check.unplanned", subject=4, pair=4) == []
    by_officer = doubts(office, "check.unplanned", subject=4, pair=4, officer=3)
    assert [(d.variant, d.about) for d in by_officer] == [("found_officer", ("off-00",))]
    by_item = doubts(office, "check.unplanned", subject=4, pair=4, item=3)
    assert [(d.variant, d.about, d.values["of"]) for d in by_item] == [("found_item", ("item-2",), 0)]


def test_a_drawn_enterprise_is_checked_before_its_visit(office: Office) -> None:
    office.draw()
    first, second, third, _ = office.drawn()
    office.clock.go("2026-03-05")
    act = check(office, first, ["off-00", "off-01"], "item-1")
    check(office, second, ["off-00", "off-01"], "item-2")
    visit = office.visit(third)
    check(office, third, ["off-00", "off-01"], "item-1")
    (found,) = doubts(office, "check.unplanned")
    assert (found.variant, found.about, found.entries[0]) == ("found_instead", (first, "d1"), act)
    office.clock.go("2026-03-06")
    visit = office.visit(first)
    (found,) = doubts(office, "check.unplanned")
    assert found.values["visit"] == visit


@pytest.mark.parametrize(("checks", "found"), [(1, 0), (2, 1)])
def test_beyond_the_cap_by_checks_outside_the_plan(tmp_path: Path, checks: int, found: int) -> None:
    office = Office(tmp_path)
    office.lists()
    office.policy(yearly_cap=2, repeat="refuse")
    office.plan()
    office.task()
    office.draw()
    subject = office.drawn()[0]
    acts = []
    for day in range(checks):
        office.clock.go(f"2026-04-0{day + 1}")
        acts.append(check(office, subject, ["off-00", "off-01"]))
    raised = doubts(office, "subject.capped")
    assert len(raised) == found
    for doubt in raised:
        assert (doubt.variant, doubt.values["n"], doubt.values["never"]) == ("found", 3, 16)
        assert doubt.entries == (acts[1], acts[0], seqs(office, "draw.executed")[0])


def test_drawn_again_where_the_policy_allows_it(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists()
    office.policy()
    office.plan(1, 1)
    for number in (1, 2):
        office.task(f"t{number}")
        office.draw(f"d{number}", f"t{number}")
    (found,) = doubts(office, "subject.capped")
    assert (found.variant, found.values["n"], found.values["most"]) == ("found_again", 20, 2)
    often = doubts(office, "subject.capped", most=2)
    assert {d.about[0] for d in often if d.variant == "found_often"} == set(OIL)


def test_drawn_once_is_no_burden(office: Office) -> None:
    office.draw()
    assert doubts(office, "subject.capped") == []
    assert doubts(office, "check.unplanned") == []

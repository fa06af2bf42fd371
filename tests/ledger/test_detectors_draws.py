"""Doubts about lists and draws: who left before a freeze, narrow pools, shelter, draws begun again."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.audit.detectors.doubt import detectors
from ledger.commands import draw_notes, draws, lists, plans
from ledger.commands.checks import record_check
from tests.ledger.doubts import doubts
from tests.office import Office, digest, made_up_code
from verifier import draw as lot
from verifier import facts as f
from verifier.codec import Value

OIL = [made_up_code(number) for number in range(0, 40, 2)]
"""The pool of the made-up plan."""


def prepared(folder: Path, p: int = 1, q: int = 1, **policy: Value) -> Office:
    """An office with an approved task; at 1/1 who is left out would nearly surely have been drawn."""
    office = Office(folder)
    office.lists()
    office.policy(**policy)
    office.plan(p, q)
    office.task()
    return office


def change(office: Office, subject: str, **fields: Value) -> int:
    """Change a subject; the entry that did it."""
    lists.change_record(
        office.book, office.clerk, "subjects", subject, fields, reason="变更", source=digest(str(fields))
    )
    return office.book.facts().get(f.HEAD, f.ONE).size - 1  # type: ignore[union-attr]


def exclude(office: Office, subject: str, task: str = "t1") -> None:
    written = plans.exclude(office.book, office.clerk, task, subject, "drawn-this-year", digest("依据"))
    office.confirm("approver", written)


def under_the_cut(office: Office, subjects: list[str], draw: str = "d1") -> set[str]:
    """Of these, in the only stratum of a draw, those whose ticket is below the cut."""
    outcome = office.book.facts().get(f.DRAWS, draw).outcome  # type: ignore[union-attr]
    cut = outcome["strata"][0]["cut"]
    return {s for s in subjects if lot.ticket_subject(outcome["seed"], s) < cut}


def left(folder: Path, back: str) -> tuple[Office, dict[str, int], dict[str, int]]:
    """Eight enterprises were closed a week before the freeze; on the day `back` ("": never) opened again."""
    office = prepared(folder)
    office.clock.go("2026-03-05")
    gone = {subject: change(office, subject, status="closed") for subject in OIL[:8]}
    office.clock.go("2026-03-12")
    office.draw()
    if back:
        office.clock.go(back)
    again = {subject: change(office, subject, status="active") for subject in OIL[:8] if back}
    return office, gone, again


@pytest.mark.parametrize(
    ("back", "found", "other"),
    [
        ("2026-04-11", "lists.before-freeze", "lists.left-before-freeze"),
        ("2026-04-12", "lists.left-before-freeze", "lists.before-freeze"),
        ("", "lists.left-before-freeze", "lists.before-freeze"),
    ],
    ids=["back in time", "back too late", "never"],
)
def test_those_who_left_shortly_before_a_freeze_and_would_have_been_drawn(
    tmp_path: Path, back: str, found: str, other: str
) -> None:
    office, gone, again = left(tmp_path, back)
    raised = doubts(office, found)
    assert {d.about[1] for d in raised} == under_the_cut(office, OIL[:8]) != set()
    came_back = found == "lists.before-freeze"
    frozen = next(e.body.seq for e in office.book.entries() if e.body.type == "draw.frozen")
    for doubt in raised:
        assert doubt.entries[:2] == (gone[doubt.about[1]], frozen)
        assert (doubt.entries[-1] == again.get(doubt.about[1])) == came_back
        assert doubt.about[2] == "qian-clerk" and doubt.values["days"] == 7
        assert doubt.variant == ("found_changed_back" if came_back else "found_changed")
    assert doubts(office, found, days=6) == []
    assert doubts(office, other) == []


def test_words_say_what_changed_why_who_saw_it_and_when_it_was_undone(tmp_path: Path) -> None:
    office, _, _ = left(tmp_path, "2026-03-20")
    doubt = doubts(office, "lists.before-freeze")[0]
    zh, en = doubt.sentence(zh=True), doubt.sentence(zh=False)
    for word in ("登记状态：存续 → 停业", "原因：变更", "复核人 ", "15天后（2026-03-20）又由 qian-clerk"):
        assert word in zh
    for word in ("status: active → closed", "reason: 变更", "changed back 15 days later (2026-03-20)"):
        assert word in en
    assert detectors()["lists.before-freeze"].weight == "grave"
    assert detectors()["lists.left-before-freeze"].weight == "light"


def test_who_came_back_before_the_freeze_did_not_leave(tmp_path: Path) -> None:
    office = prepared(tmp_path)
    for subject in OIL[:8]:
        change(office, subject, status="closed")
        change(office, subject, status="active")
    office.draw()
    for detector in ("lists.before-freeze", "lists.left-before-freeze"):
        assert doubts(office, detector) == []


@pytest.mark.parametrize(("day", "found"), [("2026-04-01", 1), ("2026-04-02", 0)])
def test_who_was_put_in_drawn_and_taken_out_again(tmp_path: Path, day: str, found: int) -> None:
    office = prepared(tmp_path)
    came = change(office, made_up_code(1), tags=["油气"])
    change(office, made_up_code(5), tags=["油气"])
    office.draw()
    assert doubts(office, "lists.before-freeze") == []
    office.clock.go(day)
    left = change(office, made_up_code(1), tags=[])
    raised = doubts(office, "lists.before-freeze")
    assert [(d.variant, d.entries[0], d.entries[-1]) for d in raised] == [
        ("found_entered", came, left)
    ] * found


def test_who_was_moved_to_a_milder_stratum(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists()
    office.policy()
    office.plan(1, 5, by_risk=True)
    strata = [
        {"id": name, "filter": {"tags": ["油气"], "risk": [risk], "status": ["active"]}, "w": w}
        for name, risk, w in (("high", "C", 10_000), ("low", "A", 1))
    ]
    office.task(strata=strata, overall=(1, 5))
    moved = [s for s in OIL if office.book.facts().get(f.register("subjects"), s).record["risk"] == "C"][:6]  # type: ignore[union-attr]
    for subject in moved:
        change(office, subject, risk="A")
    office.draw()
    outcome = office.book.facts().get(f.DRAWS, "d1").outcome  # type: ignore[union-attr]
    cuts = {s["id"]: s.get("cut", "") for s in outcome["strata"]}
    tickets = {s: lot.ticket_subject(outcome["seed"], s) for s in moved}
    escaped = {s for s, ticket in tickets.items() if cuts["low"] < ticket < cuts["high"]}
    found = doubts(office, "lists.before-freeze")
    assert {(d.variant, d.about[1]) for d in found} == {("found_moved", s) for s in escaped}


def test_a_pool_that_names_hardly_anybody(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists()
    office.policy()
    office.plan(draw="directed")
    strata = [
        {"id": "only", "filter": {"tags": ["油气"], "risk": ["C"], "status": ["active"]}, "p": 1, "q": 5}
    ]
    for subject in OIL[3:]:
        change(office, subject, risk="A")
    for subject in OIL[:3]:
        change(office, subject, risk="C")
    office.task(strata=strata)
    office.draw()
    frozen = next(e.body.seq for e in office.book.entries() if e.body.type == "draw.frozen")
    (found,) = doubts(office, "pool.narrow")
    assert (found.variant, found.entries, found.values["n"]) == ("found_few", (frozen,), 3)
    assert "risk=C" in str(found.values["conditions"])
    assert doubts(office, "pool.narrow", few=2) == []


def test_strata_so_small_that_rounding_draws_them_whole(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists()
    office.policy()
    office.plan(draw="directed")
    change(office, OIL[0], risk="D")
    filters = {"one": ["D"], "rest": ["A", "B", "C"]}
    held: dict[str, Value] = {"tags": ["油气"], "status": ["active"]}
    office.task(strata=[{"id": n, "filter": {**held, "risk": r}, "p": 1, "q": 5} for n, r in filters.items()])
    office.draw()
    (found,) = doubts(office, "pool.narrow")
    assert (found.variant, found.values["strata"]) == ("found", "one 1/1")


def test_a_directed_draw_that_takes_nearly_all_of_a_small_pool(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists()
    office.policy()
    office.plan(9, 10, draw="directed")
    conditions = {"tags": ["油气"], "risk": ["C"], "status": ["active"]}
    office.task(strata=[{"id": "only", "filter": conditions, "p": 9, "q": 10}])
    office.draw()
    (found,) = doubts(office, "pool.narrow")
    assert (found.variant, found.values["n"], found.values["k"], found.values["wider"]) == (
        "found_few",
        10,
        9,
        20,
    )
    assert len(doubts(office, "pool.narrow", most=10, share=90)) == 1
    assert doubts(office, "pool.narrow", most=9) == []
    assert doubts(office, "pool.narrow", share=91) == []


def test_a_plan_that_takes_all_of_a_class_is_not_narrow(tmp_path: Path) -> None:
    office = prepared(tmp_path)
    office.draw()
    assert doubts(office, "pool.narrow") == []


def sheltered(folder: Path, *, planned: bool) -> tuple[Office, list[str]]:
    """A draw from which eight are excluded as inspected this year, some of them by whole draws before."""
    office = prepared(folder)
    if planned:
        office.draw()
        office.clock.go("2026-04-01")
        office.task("t2")
    for subject in OIL[:8]:
        exclude(office, subject, "t2" if planned else "t1")
    return office, OIL[:8]


def test_excluded_as_inspected_and_the_ledger_knows_of_nothing(tmp_path: Path) -> None:
    office, out = sheltered(tmp_path, planned=False)
    office.draw()
    found = doubts(office, "draw.sheltering")
    assert {d.about[1] for d in found} == under_the_cut(office, out) != set()
    acts = {
        e.body.data["subject"]: e.body.seq for e in office.book.entries() if e.body.type == "task.excluded"
    }
    assert all(d.variant == "found_unknown" and d.entries[0] == acts[d.about[1]] for d in found)


def test_a_check_outside_the_plan_shelters_from_the_draw(tmp_path: Path) -> None:
    office, out = sheltered(tmp_path, planned=False)
    for subject in out:
        when = office.clock()
        officers = ["off-00", "off-02"]
        record_check(office.book, office.clerk, subject, occurred=when, officers=officers, items=["item-2"])
    office.draw()
    found = doubts(office, "draw.sheltering")
    assert {d.about[1] for d in found} == under_the_cut(office, out)
    assert {d.variant for d in found} == {"found_check"}


def test_a_draw_that_took_everybody_shelters_from_the_next(tmp_path: Path) -> None:
    office, out = sheltered(tmp_path, planned=True)
    office.draw("d2", "t2")
    found = doubts(office, "draw.sheltering")
    assert {d.about[1] for d in found} == under_the_cut(office, out, "d2") != set()
    assert all((d.variant, d.values["soft"], d.values["k"]) == ("found", "d1", 20) for d in found)
    assert doubts(office, "draw.sheltering", share=101) == []


def test_a_visit_by_documents_alone_shelters_from_the_next_draw(tmp_path: Path) -> None:
    office = prepared(tmp_path)
    office.draw()
    office.clock.go("2026-03-10")
    for subject in OIL[:4]:
        office.visit(subject, methods=["documents"])
    for subject in OIL[4:8]:
        office.visit(subject)
    office.task("t2")
    for subject in OIL[:8]:
        exclude(office, subject, "t2")
    office.draw("d2", "t2")
    found = doubts(office, "draw.sheltering", share=101)
    assert {d.about[1] for d in found} == under_the_cut(office, OIL[:4], "d2")
    assert {d.variant for d in found} == {"found_light"}


def test_excluded_after_an_earnest_draw_is_no_shelter(tmp_path: Path) -> None:
    office = prepared(tmp_path, 1, 5)
    office.draw()
    office.clock.go("2026-04-01")
    office.task("t2")
    for subject in office.drawn():
        exclude(office, subject, "t2")
    office.draw("d2", "t2")
    assert doubts(office, "draw.sheltering") == []


def give_up(office: Office, draw: str, cause: str = "equipment") -> int:
    written = draws.abort(office.book, office.clerk, draw, cause)
    office.confirm("approver", written)
    return written.entries[0].body.seq


@pytest.mark.parametrize(
    ("reveals", "variant"), [(0, "found"), (1, "found_revealed"), (2, "found_known")], ids=str
)
def test_a_draw_given_up_after_the_last_seal(tmp_path: Path, reveals: int, variant: str) -> None:
    office = prepared(tmp_path, 1, 5)
    office.freeze()
    office.commits()
    for signer in (office.clerk, office.supervisor)[:reveals]:
        draws.reveal(office.book, signer, "d1")
    would = []
    if reveals == 2:
        draw = office.book.facts().get(f.DRAWS, "d1")
        assert draw is not None
        seed = lot.seed("d1", draw.m, draw.reveals, draw.value)
        would = sorted(OIL, key=lambda s: lot.ticket_subject(seed, s))[:4]
    act = give_up(office, "d1")
    office.draw("d2")
    (found,) = doubts(office, "draw.repeated")
    assert (found.variant, found.entries[0], found.values["next"]) == (variant, act, "d2")
    assert found.about[:3] == ("d1", "t1", "qian-clerk")
    assert found.times == 1 + reveals
    assert "sun-approver 确认" in found.sentence(zh=True)
    assert "confirmed by sun-approver" in found.sentence(zh=False)
    if reveals == 2:
        escaped = set(would) - set(office.drawn("d2"))
        assert (found.values["n"], found.values["escaped"]) == (4, len(escaped))
        assert set(found.about[3:]) == escaped


def test_a_draw_given_up_before_the_last_seal_is_none_till_one_asks_again_and_again(tmp_path: Path) -> None:
    office = prepared(tmp_path, 1, 5)
    acts = []
    for number in (1, 2):
        office.freeze(f"d{number}")
        draws.commit(office.book, office.clerk, f"d{number}")
        acts.append(give_up(office, f"d{number}"))
    office.draw("d3")
    assert doubts(office, "draw.repeated") == []
    (found,) = doubts(office, "draw.repeated", asked=2)
    assert (found.variant, found.entries, found.about[0]) == ("found_holder", tuple(acts), "qian-clerk")


@pytest.mark.parametrize(("copies", "found"), [(13, 0), (14, 1)])
def test_a_sealed_list_printed_beyond_need(tmp_path: Path, copies: int, found: int) -> None:
    office = prepared(tmp_path, 1, 5, sealed=True)
    office.draw()
    draw_notes.note_printing(office.book, office.clerk, "d1", 3, "存档")
    draw_notes.note_printing(office.book, office.clerk, "d1", copies - 3, "检查组")
    raised = doubts(office, "lists.printed")
    assert len(raised) == found
    for doubt in raised:
        assert (doubt.values["copies"], doubt.values["needed"], doubt.about) == (14, 8, ("d1", "qian-clerk"))


def test_copies_printed_after_the_unsealing_do_not_count(tmp_path: Path) -> None:
    office = prepared(tmp_path, 1, 5, sealed=True)
    office.draw()
    office.clock.go("2026-03-10")
    for subject in office.drawn():
        office.visit(subject)
    draws.unseal(office.book, office.clerk, "d1")
    draw_notes.note_printing(office.book, office.clerk, "d1", 100, "公示")
    assert doubts(office, "lists.printed") == []

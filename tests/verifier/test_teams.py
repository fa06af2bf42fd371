"""Teams of officers: known answers, laws, the freeze's refusal rule, substitutes (specs/draw.md)."""

from __future__ import annotations

import time
from collections import Counter
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier.test_draw import SEED, VECTORS, outside
from verifier import draw
from verifier.errors import Malformed
from verifier.teams import (
    Mode,
    Officer,
    Replacement,
    Seat,
    SeatCheck,
    TeamRow,
    able,
    check_seats,
    next_substitute,
    seat_class,
    substitute_order,
    teams_each,
    teams_groups,
)


def seats_of(case: dict[str, Any]) -> list[Seat]:
    return [Seat(*row) for row in case["seats"]]


def officers_of(case: dict[str, Any]) -> list[Officer]:
    return [Officer(o, department, tuple(q)) for o, department, q in case["officers"]]


def conflicts_of(case: dict[str, Any]) -> list[tuple[str, str]]:
    return [(o, s) for o, s in case["conflicts"]]


def teams(rows: list[TeamRow]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for subject, _, officer in rows:
        found.setdefault(subject, []).append(officer)
    return found


def test_a_team_for_each_enterprise_is_as_published() -> None:
    case = VECTORS["each"]
    rows = teams_each(
        case["seed"],
        seats_of(case),
        officers_of(case),
        case["absences"],
        conflicts_of(case),
        case["in_order"],
    )
    assert [list(row) for row in rows] == case["rows"]


def test_groups_are_as_published() -> None:
    for case in VECTORS["groups"]:
        found = teams_groups(
            case["seed"],
            case["G"],
            seats_of(case),
            officers_of(case),
            case["absences"],
            conflicts_of(case),
            case["in_order"],
        )
        assert [list(g) for g in found.groups] == case["groups"]
        assert [list(row) for row in found.assigned] == case["assigned"]
        assert [list(row) for row in found.must_replace] == case["must_replace"]
        assert [list(row) for row in found.rows] == case["rows"]


def test_members_are_dealt_to_the_groups_in_turn() -> None:
    officers = [Officer(f"o{i}", "fg") for i in range(9)]
    ranked = [o for _, o in sorted((draw.ticket_member(SEED, o.id), o.id) for o in officers)]
    found = teams_groups(SEED, 3, [Seat("fg", "-", 2)], officers, (), (), ["s"])
    assert [list(group) for group in found.groups] == [ranked[0:4:3], ranked[1:5:3], ranked[2:6:3]]


def test_outside_answers_for_teams_agree() -> None:
    for case in outside()["teams"]:
        seats, officers, conflicts = seats_of(case), officers_of(case), conflicts_of(case)
        drawn = case["drawn_in_order"]
        if case["mode"] == "each":
            assert teams(teams_each(case["seed"], seats, officers, (), conflicts, drawn)) == case["teams"]
        else:
            found = teams_groups(case["seed"], case["G"], seats, officers, (), conflicts, drawn)
            assert [list(g) for g in found.groups] == case["groups"]
            assert dict(found.assigned) == case["assigned"]


def test_outside_answers_for_pairs_agree() -> None:
    for case in outside()["cases"]:
        officers = [Officer(o, "d") for o in case["officers"]]
        for stratum in case["strata"]:
            seats = [Seat("d", "-", case["seats"])]
            rows = teams_each(case["seed"], seats, officers, (), (), stratum["drawn"])
            assert teams(rows) == stratum["teams"]


@pytest.mark.parametrize(
    ("why", "officer", "expected"),
    [
        ("qualified and present", Officer("o", "fg", ("gas",)), True),
        ("of another department", Officer("o", "sj", ("gas",)), False),
        ("without the qualification", Officer("o", "fg", ("grain",)), False),
        ("absent", Officer("away", "fg", ("gas",)), False),
    ],
)
def test_who_is_able(why: str, officer: Officer, expected: bool) -> None:
    assert able(officer, Seat("fg", "gas", 1), {"away"}) is expected
    assert able(officer, Seat("fg", "-", 1), {"away"}) is (officer.department == "fg" and officer.id == "o")


def check_of(case: dict[str, Any]) -> SeatCheck:
    return check_seats(
        case["mode"],
        case["groups"],
        seats_of(case),
        officers_of(case),
        case["absences"],
        conflicts_of(case),
        case["pool"],
    )


@pytest.mark.parametrize("case", VECTORS["seat_checks"], ids=lambda case: case["about"])
def test_the_refusal_rule_is_as_published(case: dict[str, Any]) -> None:
    found = check_of(case)
    assert [c.able for c in found.classes] == case["able"]
    assert [c.needed for c in found.classes] == case["needed"]
    assert list(found.short) == case["short"]
    assert list(found.unserved) == case["unserved"]
    assert (found.teams, found.fewest) == (case["teams"], case["fewest"])
    assert [list(row) for row in found.halved] == case["halved"]
    assert found.all_sent is case["all_sent"]
    assert found.refused is case["refused"]


QUALIFICATIONS = ["gas", "grain"]
officer_lists = st.lists(
    st.tuples(st.sampled_from(["fg", "sj"]), st.sets(st.sampled_from(QUALIFICATIONS))), max_size=8
).map(lambda rows: [Officer(f"o{i}", d, tuple(sorted(q))) for i, (d, q) in enumerate(rows)])
seat_lists = st.lists(
    st.builds(
        Seat, st.sampled_from(["fg", "sj"]), st.sampled_from(["-", *QUALIFICATIONS]), st.integers(1, 2)
    ),
    min_size=1,
    max_size=3,
)
SUBJECTS = [f"s{i}" for i in range(5)]
conflict_lists = st.sets(
    st.tuples(st.integers(0, 7).map(lambda i: f"o{i}"), st.sampled_from(SUBJECTS)), max_size=8
)
absence_lists = st.sets(st.integers(0, 7).map(lambda i: f"o{i}"), max_size=2)


@settings(max_examples=200)
@given(seat_lists, officer_lists, absence_lists, conflict_lists)
def test_what_the_freeze_admits_can_be_drawn(
    seats: list[Seat], officers: list[Officer], absences: set[str], conflicts: set[tuple[str, str]]
) -> None:
    check = check_seats("each", 1, seats, officers, absences, conflicts, SUBJECTS)
    if check.short:
        assert check.teams == 0
        return
    served = [s for s in SUBJECTS if s not in check.unserved]
    rows = teams_each(SEED, seats, officers, absences, conflicts, served)
    size = sum(seat.count for seat in seats)
    by_id = {o.id: o for o in officers}
    assert Counter(s for s, _, _ in rows) == dict.fromkeys(served, size)
    assert len({(s, o) for s, _, o in rows}) == len(rows), "no officer twice in a team"
    for subject, number, officer in rows:
        assert able(by_id[officer], seats[seat_class(seats, number)], absences)
        assert (officer, subject) not in conflicts
    assert rows == sorted(rows)
    assert not served or check.fewest >= 1


@settings(max_examples=200)
@given(st.integers(1, 3), seat_lists, officer_lists, absence_lists, conflict_lists)
def test_groups_that_the_freeze_admits_are_disjoint_and_complete(
    count: int,
    seats: list[Seat],
    officers: list[Officer],
    absences: set[str],
    conflicts: set[tuple[str, str]],
) -> None:
    check = check_seats("groups", count, seats, officers, absences, conflicts, SUBJECTS)
    if check.refused:
        return
    found = teams_groups(SEED, count, seats, officers, absences, conflicts, SUBJECTS)
    members = [o for group in found.groups for o in group]
    assert len(set(members)) == len(members) == count * sum(seat.count for seat in seats)
    by_id = {o.id: o for o in officers}
    for group in found.groups:
        for number, officer in enumerate(group, 1):
            assert able(by_id[officer], seats[seat_class(seats, number)], absences)
    for subject, group_index in found.assigned:
        free = [all((o, subject) not in conflicts for o in group) for group in found.groups]
        assert free[group_index] or not any(free)
    assert set(found.must_replace) == {(s, o) for s, _, o in found.rows if (o, s) in conflicts}


@given(st.randoms(), conflict_lists)
def test_the_order_of_the_lists_of_officers_does_not_matter(
    mixer: Any, conflicts: set[tuple[str, str]]
) -> None:
    officers = [Officer(f"o{i}", "fg", ("gas",) if i % 2 else ()) for i in range(12)]
    seats = [Seat("fg", "gas", 1), Seat("fg", "-", 1)]
    mixed, mixed_conflicts = list(officers), sorted(conflicts)
    mixer.shuffle(mixed)
    mixer.shuffle(mixed_conflicts)
    assert teams_each(SEED, seats, officers, (), conflicts, SUBJECTS) == teams_each(
        SEED, seats, mixed, (), mixed_conflicts, reversed(SUBJECTS)
    )
    assert teams_groups(SEED, 2, seats, officers, (), conflicts, SUBJECTS) == teams_groups(
        SEED, 2, seats, mixed, (), mixed_conflicts, SUBJECTS
    )


@settings(max_examples=100)
@given(seat_lists, officer_lists, conflict_lists)
def test_the_number_of_possible_teams_is_never_overstated(
    seats: list[Seat], officers: list[Officer], conflicts: set[tuple[str, str]]
) -> None:
    seats = [Seat(s.department, s.qualification, 1) for s in seats]
    check = check_seats("each", 1, seats, officers, (), (), SUBJECTS)
    fills = sum(
        all(able(o, seat, ()) for o, seat in zip(team, seats, strict=True))
        for team in permutations(officers, len(seats))
    )
    assert check.teams <= fills
    specialists_within = [Seat("fg", "gas", 1), Seat("fg", "-", 1)]
    exact = check_seats("each", 1, specialists_within, officers, (), (), SUBJECTS)
    if not exact.short:
        assert exact.teams == sum(
            all(able(o, seat, ()) for o, seat in zip(team, specialists_within, strict=True))
            for team in permutations(officers, 2)
        )


def test_a_class_that_cannot_be_filled_stops_the_draw() -> None:
    seats, officers = [Seat("fg", "-", 1), Seat("fg", "gas", 1)], [Officer("a", "fg", ("gas",))]
    with pytest.raises(Malformed, match="E-DRAW-SHORT"):
        teams_each(SEED, seats, officers, (), (), ["s"])
    with pytest.raises(Malformed, match="E-DRAW-SHORT"):
        teams_groups(SEED, 1, seats, officers, (), (), ["s"])


@pytest.mark.parametrize(("mode", "groups"), [("each", 2), ("each", 0), ("groups", 0)])
def test_a_number_of_groups_that_does_not_fit_is_refused(mode: Mode, groups: int) -> None:
    with pytest.raises(Malformed, match="E-DRAW-GROUPS"):
        check_seats(mode, groups, [], [], (), (), [])


@pytest.mark.parametrize("number", [0, -1, 4])
def test_a_seat_that_no_class_has_is_refused(number: int) -> None:
    with pytest.raises(Malformed, match="E-DRAW-SEAT"):
        seat_class([Seat("fg", "-", 2), Seat("sj", "-", 1)], number)


def test_substitutes_are_as_published() -> None:
    case = VECTORS["each"]
    seats, officers, conflicts = seats_of(case), officers_of(case), conflicts_of(case)
    drawn = teams([(s, n, o) for s, n, o in case["rows"]])
    for row in case["substitutes"]:
        where = row["subject"], row["seat"], drawn[row["subject"]]
        args = case["seed"], "each", seats, officers, case["absences"], conflicts
        assert substitute_order(*args, *where) == row["order"]
        assert next_substitute(*args, *where) == (row["order"] or [None])[0]


OFFICERS = [Officer(f"o{i}", "fg") for i in range(8)]
SEATS = [Seat("fg", "-", 3)]


def follow(mode: Mode, seated: list[str], seat: int, history: list[Replacement]) -> str | None:
    return next_substitute(SEED, mode, SEATS, OFFICERS, (), {("o7", "s")}, "s", seat, seated, history)


def test_the_next_of_the_same_order_follows_once_per_seat_and_twice_per_visit() -> None:
    ranked = sorted((draw.ticket_officer(SEED, "s", o.id), o.id) for o in OFFICERS if o.id != "o7")
    order = [o for _, o in ranked]
    team = order[:3]
    assert [o for _, _, o in teams_each(SEED, SEATS, OFFICERS, (), {("o7", "s")}, ["s"])] == team
    assert follow("each", team, 1, []) == order[3]
    first = Replacement(1, team[0], order[3])
    assert follow("each", team, 1, [first]) is None
    assert follow("each", team, 2, [first]) == order[4]
    second = Replacement(2, team[1], order[4])
    assert follow("each", team, 3, [first, second]) is None


def test_nobody_follows_when_everyone_able_has_a_seat_or_left_one() -> None:
    team = [o.id for o in OFFICERS if o.id != "o7"][:6]
    rest = "o6"
    assert follow("each", team, 1, []) == rest
    assert follow("each", team, 2, [Replacement(1, team[0], rest)]) is None


def test_in_groups_the_substitute_comes_from_no_group() -> None:
    groups = teams_groups(SEED, 2, [Seat("fg", "-", 3)], OFFICERS, (), (), ["s"]).groups
    members = [o for group in groups for o in group]
    rest = sorted(
        (draw.ticket_member(SEED, o.id), o.id) for o in OFFICERS if o.id not in members and o.id != "o7"
    )
    assert follow("groups", members, 1, []) == (rest[0][1] if rest else None)


def test_a_pool_of_56000_and_200_officers_is_checked_at_once() -> None:
    pool = [f"91640000DEMO{i:06d}" for i in range(56_000)]
    officers = [Officer(f"o{i:03d}", "fg", ("gas",) if i % 5 == 0 else ()) for i in range(200)]
    conflicts = [(f"o{i % 200:03d}", s) for i, s in enumerate(pool[:2000])]
    begin = time.perf_counter()
    check = check_seats("each", 1, [Seat("fg", "gas", 1), Seat("fg", "-", 1)], officers, (), conflicts, pool)
    assert time.perf_counter() - begin < 2
    assert check.teams == 40 * 199
    assert check.fewest == 39 * 198

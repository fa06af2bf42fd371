"""Teams of officers: who is able, whether seats can be filled, who is drawn, who follows (design §5).

A *seat class* is (department, qualification or `-`, count). Seats are numbered from 1 through the classes
in frozen order; seat 1 is the leader of the team (检查组组长). Officers are drawn by their tickets, one
order per enterprise (`each`) or one for the whole draw (`groups`).

Conflicts are the rows of the frozen list, (officer, subject); absences the officers of that list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import comb
from typing import Literal

from verifier.draw import TICKET, tickets
from verifier.errors import N_, Malformed

Mode = Literal["each", "groups"]
Conflicts = Collection[tuple[str, str]]
TeamRow = tuple[str, int, str]
"""[subject, seat, officer], as in the teams list."""

ANY = "-"
REPLACEMENTS_PER_VISIT = 2


@dataclass(frozen=True)
class Seat:
    """A seat class: `count` officers of `department` with `qualification` (`-` = any)."""

    department: str
    qualification: str
    count: int


@dataclass(frozen=True)
class Officer:
    """An officer of the frozen list; `qualifications` holds those valid at the freeze."""

    id: str
    department: str
    qualifications: tuple[str, ...] = ()


@dataclass(frozen=True)
class Replacement:
    """An officer already replaced on this visit: `recused` left `seat`, `substitute` took it."""

    seat: int
    recused: str
    substitute: str


def able(officer: Officer, seat: Seat, absences: Collection[str]) -> bool:
    """Whether the officer may fill the seat class: right department and qualification, not absent."""
    return (
        officer.department == seat.department
        and (seat.qualification == ANY or seat.qualification in officer.qualifications)
        and officer.id not in absences
    )


def seat_class(seats: Sequence[Seat], number: int) -> int:
    """Index of the class that seat `number` (from 1) belongs to. Raises `Malformed` beyond the last seat."""
    last = 0
    for index, seat in enumerate(seats):
        last += seat.count
        if 1 <= number <= last:
            return index
    raise Malformed("E-DRAW-SEAT", N_("There is no seat {seat}: a team has {n}"), seat=number, n=last)


def _able_sets(
    seats: Sequence[Seat], officers: Iterable[Officer], absences: Collection[str]
) -> list[frozenset[str]]:
    absent = frozenset(absences)
    known = list(officers)
    return [frozenset(o.id for o in known if able(o, seat, absent)) for seat in seats]


def _conflicts_by_subject(conflicts: Conflicts) -> dict[str, set[str]]:
    by_subject: dict[str, set[str]] = {}
    for officer, subject in conflicts:
        by_subject.setdefault(subject, set()).add(officer)
    return by_subject


@dataclass(frozen=True)
class ClassCheck:
    """One seat class at the freeze: `able` officers against those `needed` (own and shared earlier seats)."""

    seat: Seat
    able: int
    needed: int


@dataclass(frozen=True)
class SeatCheck:
    """Whether the classes can be filled, and how much choice the lot has.

    `unserved`: pool subjects that conflicts leave without a full team (`each`; they must be excluded).
    `teams`: possible teams of a subject without conflicts; `fewest`: the smallest number over the pool
    subjects that can be served; `halved`: (subject, teams) where declarations leave at most half of `teams`.
    Numbers of teams are Π C(able − shared, count) over the classes: exact when an earlier class that shares
    an officer lies within the later one, else a lower bound.
    """

    classes: tuple[ClassCheck, ...]
    unserved: tuple[str, ...]
    teams: int
    fewest: int
    halved: tuple[tuple[str, int], ...]

    @property
    def short(self) -> tuple[int, ...]:
        """Indices of the classes with too few able officers whatever the subject."""
        return tuple(i for i, c in enumerate(self.classes) if c.able < c.needed)

    @property
    def refused(self) -> bool:
        """The freeze is refused (design §5)."""
        return bool(self.short or self.unserved)

    @property
    def all_sent(self) -> bool:
        """Every class has exactly as many as it needs: 无须抽取，全员派出."""
        return bool(self.classes) and all(c.able == c.needed for c in self.classes)


def check_seats(
    mode: Mode,
    groups: int,
    seats: Sequence[Seat],
    officers: Iterable[Officer],
    absences: Collection[str],
    conflicts: Conflicts,
    pool: Iterable[str],
) -> SeatCheck:
    """The rule that refuses a freeze whose teams could stay empty, and the data of its warnings.

    A class needs its own seats plus those of every earlier class that shares an able officer with it,
    times G in `groups`. In `each` this holds for every pool subject with the officers who have no conflict
    with it; subjects with the same conflicts are looked at once, those without any not at all.
    """
    if groups < 1 or (mode == "each" and groups != 1):
        raise Malformed(
            "E-DRAW-GROUPS", N_("{groups} groups do not fit the team mode {mode}"), groups=groups, mode=mode
        )
    sets = _able_sets(seats, officers, absences)
    classes, teams = _classes(seats, sets, groups)
    fewest, unserved, halved = teams, [], []
    if mode == "each":
        against = _conflicts_by_subject(conflicts)
        members = {subject for subject in pool if subject in against} if against else ()
        candidates = frozenset[str]().union(*sets)
        choices: dict[frozenset[str], int | None] = {frozenset(): teams}
        for subject in sorted(members):
            barred = candidates & against[subject]
            if not barred:
                continue
            if barred not in choices:
                free, left = _classes(seats, [ids - barred for ids in sets], 1)
                choices[barred] = None if any(c.able < c.needed for c in free) else left
            choice = choices[barred]
            if choice is None:
                unserved.append(subject)
                continue
            fewest = min(fewest, choice)
            if 2 * choice <= teams:
                halved.append((subject, choice))
    return SeatCheck(classes, tuple(unserved), teams, fewest, tuple(halved))


def _classes(
    seats: Sequence[Seat], sets: Sequence[frozenset[str]], groups: int
) -> tuple[tuple[ClassCheck, ...], int]:
    """Every class against its need, and the number of possible teams, for these able officers."""
    classes, teams = [], 1
    for i, (seat, ids) in enumerate(zip(seats, sets, strict=True)):
        shared = sum(seats[j].count for j in range(i) if not ids.isdisjoint(sets[j]))
        classes.append(ClassCheck(seat, len(ids), groups * (seat.count + shared)))
        teams *= comb(max(len(ids) - shared, 0), seat.count)
    return tuple(classes), teams


def _fill(
    seats: Sequence[Seat], sets: Sequence[frozenset[str]], ranked: Sequence[str], times: int, where: str
) -> list[list[str]]:
    """Per class the first `times` · count able officers of `ranked` not yet seated."""
    seated: set[str] = set()
    filled = []
    for seat, ids in zip(seats, sets, strict=True):
        chosen = [o for o in ranked if o in ids and o not in seated][: times * seat.count]
        if len(chosen) < times * seat.count:
            raise Malformed(
                "E-DRAW-SHORT",
                N_("Only {n} officers can take the {count} seats of {department}/{qualification}"),
                where=where,
                n=len(chosen),
                count=times * seat.count,
                department=seat.department,
                qualification=seat.qualification,
            )
        seated.update(chosen)
        filled.append(chosen)
    return filled


def _ranked_for(seed: str, subject: str, officers: Iterable[str]) -> list[str]:
    """Officers in (t(s, o), o) order."""
    return [o for _, o in sorted(tickets(officers, TICKET, seed, "officer", subject))]


def _ranked_members(seed: str, officers: Iterable[str]) -> list[str]:
    """Officers in (m(o), o) order."""
    return [o for _, o in sorted(tickets(officers, TICKET, seed, "member"))]


def teams_each(
    seed: str,
    seats: Sequence[Seat],
    officers: Iterable[Officer],
    absences: Collection[str],
    conflicts: Conflicts,
    drawn: Iterable[str],
) -> list[TeamRow]:
    """One team per drawn subject, drawn for it alone; rows strictly ascending (subject, seat).

    Raises `Malformed` (``E-DRAW-SHORT``) where a class cannot be filled, which a lawful freeze excludes.
    """
    sets = _able_sets(seats, officers, absences)
    candidates = frozenset[str]().union(*sets)
    against = _conflicts_by_subject(conflicts)
    rows: list[TeamRow] = []
    for subject in drawn:
        ranked = _ranked_for(seed, subject, candidates - against.get(subject, set()))
        team = [o for chosen in _fill(seats, sets, ranked, 1, subject) for o in chosen]
        rows += ((subject, number, officer) for number, officer in enumerate(team, 1))
    return sorted(rows)


@dataclass(frozen=True)
class Groups:
    """Result of the team mode `groups`.

    `groups`: the officers of each group in seat order; `assigned`: (subject, group index from 0) in the order
    drawn; `rows` as in the teams list, strictly ascending; `must_replace`: (subject, officer) in conflict on
    a visit for which every group has a conflict.
    """

    groups: tuple[tuple[str, ...], ...]
    assigned: tuple[tuple[str, int], ...]
    rows: tuple[TeamRow, ...]
    must_replace: tuple[tuple[str, str], ...]


def teams_groups(
    seed: str,
    count: int,
    seats: Sequence[Seat],
    officers: Iterable[Officer],
    absences: Collection[str],
    conflicts: Conflicts,
    drawn: Sequence[str],
) -> Groups:
    """`count` (G) standing groups; `drawn` in (t, s) order are dealt to them in turn.

    Conflicts are not looked at when groups are made, only when a subject is given to one. Raises `Malformed`
    (``E-DRAW-SHORT``) where a class cannot be filled.
    """
    sets = _able_sets(seats, officers, absences)
    ranked = _ranked_members(seed, frozenset[str]().union(*sets))
    groups: list[list[str]] = [[] for _ in range(count)]
    for chosen in _fill(seats, sets, ranked, count, ""):
        for i, officer in enumerate(chosen):
            groups[i % count].append(officer)
    against = _conflicts_by_subject(conflicts)
    assigned, rows, must_replace = [], [], []
    for j, subject in enumerate(drawn):
        officers_against = against.get(subject, set())
        turn = [(j + i) % count for i in range(count)]
        group = next((g for g in turn if officers_against.isdisjoint(groups[g])), turn[0])
        assigned.append((subject, group))
        rows += [(subject, number, officer) for number, officer in enumerate(groups[group], 1)]
        must_replace += [(subject, officer) for officer in groups[group] if officer in officers_against]
    return Groups(tuple(tuple(g) for g in groups), tuple(assigned), tuple(sorted(rows)), tuple(must_replace))


def substitute_order(
    seed: str,
    mode: Mode,
    seats: Sequence[Seat],
    officers: Iterable[Officer],
    absences: Collection[str],
    conflicts: Conflicts,
    subject: str,
    seat: int,
    seated: Collection[str],
) -> list[str]:
    """Who would follow in `seat` (from 1) of the visit to `subject`, in order (递补顺序).

    Able officers of the seat's class without a conflict with the subject and without a seat: `seated` holds
    the officers drawn for this visit (`each`) or every member of every group (`groups`).
    """
    ids = _able_sets([seats[seat_class(seats, seat)]], officers, absences)[0]
    against = _conflicts_by_subject(conflicts).get(subject, set())
    free = ids - against - set(seated)
    return _ranked_for(seed, subject, free) if mode == "each" else _ranked_members(seed, free)


def next_substitute(
    seed: str,
    mode: Mode,
    seats: Sequence[Seat],
    officers: Iterable[Officer],
    absences: Collection[str],
    conflicts: Conflicts,
    subject: str,
    seat: int,
    seated: Collection[str],
    history: Sequence[Replacement] = (),
) -> str | None:
    """The one officer who may replace the holder of `seat` on the visit to `subject`, None if nobody may.

    `seated` as in `substitute_order`; `history` the replacements of this visit so far: a seat is replaced
    once, a visit twice, and neither a recused officer nor a substitute is asked again. Then comes a 补抽.
    """
    if len(history) >= REPLACEMENTS_PER_VISIT or any(r.seat == seat for r in history):
        return None
    gone = {o for r in history for o in (r.recused, r.substitute)}
    follow = substitute_order(
        seed, mode, seats, officers, absences, conflicts, subject, seat, {*seated, *gone}
    )
    return follow[0] if follow else None

"""What the draws of one or several offices gave: every ticket, every chance, every seat, from verified facts.

Tickets are recomputed from the seeds; nothing here believes a result that replay has not recomputed. A draw
that this reader cannot open, or that another system drew, has no tickets and is counted as left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ledger.county import Office
from ledger.fairness.seats import Class, chances, classes, together
from verifier import draw as lot
from verifier import facts as f
from verifier.law.question import absent, officers_of, pools, seats_of

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Lot:
    """One executed draw: for each member of its pool (`who`, index into `History.subjects`) the ticket in
    (0, 1), the chance k/N of its stratum, and whether it was drawn."""

    office: str
    draw: str
    time: str
    who: NDArray[np.int32]
    tickets: Floats
    rates: Floats
    drawn: NDArray[np.bool_]


@dataclass
class Tally:
    """Independent chances of one thing to happen, and the draws in which it did."""

    chances: list[float] = field(default_factory=list)
    where: list[str] = field(default_factory=list)

    def add(self, chance: float, happened: bool, draw: str) -> None:
        self.chances.append(chance)
        if happened:
            self.where.append(draw)


@dataclass
class History:
    """Every draw in order of time. `subjects` are codes in upper case; an officer is named with the office
    when several are read. Tallies are by name, or by two names in order."""

    lots: list[Lot] = field(default_factory=list)
    subjects: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """tags and district of a subject, as its register has them at the head"""
    departments: dict[str, str] = field(default_factory=dict)
    officer_tickets: dict[str, list[float]] = field(default_factory=dict)
    seated: dict[str, Tally] = field(default_factory=dict)
    visits: dict[tuple[str, str], Tally] = field(default_factory=dict)
    pairs: dict[tuple[str, str], Tally] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    """draws: platform, sealed, aborted; visits: seats (no closed form for the chances)"""
    veiled: int = 0
    """draws read here that are still sealed to the public"""
    repeated: list[tuple[str, str, int]] = field(default_factory=list)
    """(office, task, g) of tasks that more than one draw could have decided"""

    def of(self, subject: str) -> Iterator[tuple[Lot, float, bool]]:
        """The tickets of one subject in order of time."""
        index = self.subjects.get(subject, -1)
        for one in self.lots:
            for place in np.flatnonzero(one.who == index):
                yield one, float(one.tickets[place]), bool(one.drawn[place])

    @property
    def tickets(self) -> int:
        return sum(len(one.who) for one in self.lots)


def unit_interval(digests: Sequence[bytes]) -> Floats:
    """Tickets as numbers strictly between 0 and 1: the first 53 bits and a half."""
    first = np.frombuffer(b"".join(digest[:8] for digest in digests), dtype=">u8").astype(np.uint64)
    return ((first >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53


def read(offices: Sequence[Office], year: int | None = None, *, teams: bool = True) -> History:
    """The history of these offices; `year` keeps only draws executed in it. Without `teams` it holds the
    tickets of enterprises alone."""
    history = History()
    for office in offices:
        _Reader(history, office, len(offices) > 1).read(year, teams)
    history.lots.sort(key=lambda one: (one.time, one.office, one.draw))
    return history


@dataclass(frozen=True)
class _Reader:
    history: History
    office: Office
    several: bool

    def read(self, year: int | None, with_teams: bool) -> None:
        facts, history = self.office.facts, self.history
        for name, draw in facts.rows(f.DRAWS):
            if year is not None and int((draw.executed_time or draw.time)[:4]) != year:
                continue
            frozen = facts.get(f.FROZEN, name)
            if draw.state == "recorded":
                history.left_out["platform"] += 1
            elif draw.state == "aborted":
                history.left_out["aborted"] += 1
            elif draw.state == "executed" and "seed" not in draw.outcome:
                history.left_out["sealed"] += 1
            elif draw.state == "executed" and frozen is not None:
                history.veiled += draw.veiled
                teams = [team for _, team in facts.rows(f.TEAMS, f"{name}/")]
                self._lot(name, draw, frozen, {team.subject for team in teams})
                if with_teams and draw.question["teams"] == "groups":
                    self._groups(name, draw, frozen, teams)
                elif with_teams:
                    self._each(name, draw, frozen, teams)
        for name, task in facts.rows(f.TASKS):
            last = facts.get(f.DRAWS, task.completed)
            when = last.executed_time if last is not None else ""
            if task.outcomes > 1 and (year is None or when[:4] == str(year)):
                history.repeated.append((self.office.name, name, task.outcomes))
        for name, row in facts.rows(f.register("subjects")):
            held = list(row.record.get("tags", ()))
            held += [row.record["district"]] if "district" in row.record else []
            if held and name.upper() in history.subjects:
                history.attributes[name.upper()] = tuple(held)

    def _lot(self, name: str, draw: f.Draw, frozen: f.Frozen, drawn: Collection[str]) -> None:
        known = self.history.subjects
        for _, subject, text in frozen.pool:
            self.history.names[subject.upper()] = text
        who: list[int] = []
        digests: list[bytes] = []
        rates: list[float] = []
        hit: list[bool] = []
        lines = (lot.TICKET, draw.outcome["seed"], "subject")
        for _, k, subjects in pools(frozen, draw.question["strata"]):
            digests += [digest for digest, _ in lot.tickets(subjects, *lines)]
            who += [known.setdefault(subject.upper(), len(known)) for subject in subjects]
            rates += [k / len(subjects)] * len(subjects) if subjects else []
            hit += [subject in drawn for subject in subjects]
        self.history.lots.append(
            Lot(
                self.office.name,
                name,
                draw.executed_time,
                np.array(who, dtype=np.int32),
                unit_interval(digests),
                np.array(rates, dtype=np.float64),
                np.array(hit, dtype=np.bool_),
            )
        )

    def _named(self, officer: str, department: str) -> str:
        """The officer as the history names it, made known."""
        history = self.history
        name = f"{self.office.name}/{officer}" if self.several else officer
        if name not in history.departments:
            history.departments[name] = f"{self.office.name}/{department}" if self.several else department
            row = self.office.facts.get(f.register("officers"), officer)
            history.names[name] = str(row.record["name"]) if row else officer
        return name

    def _each(self, name: str, draw: f.Draw, frozen: f.Frozen, teams: Sequence[f.Team]) -> None:
        """A team for every drawn subject: each visit is a chance of its own."""
        seats, officers, away = seats_of(draw.question), officers_of(frozen), absent(frozen)
        homes = {o.id: self._named(o.id, o.department) for o in officers}
        against = _against(frozen)
        for team in teams:
            found = classes(seats, officers, away, against.get(team.subject, ()))
            odds = chances(found)
            lines = (lot.TICKET, draw.outcome["seed"], "officer", team.subject)
            self._tickets(lines, found, homes)
            self._seated(name, odds, homes, team.seats)
            if odds is not None:
                self._meet(name, team.subject, odds, homes, team.seats)
            if all(one.alone for one in found):
                self._pairs(name, found, homes, [team.seats], 1)

    def _groups(self, name: str, draw: f.Draw, frozen: f.Frozen, teams: Sequence[f.Team]) -> None:
        """Standing groups: the draw is one chance to be in a group; each visit goes to any group alike,
        unless a conflict moves it. Groups that went to nobody are not known here, so that only draws in which
        every group went somewhere are counted."""
        count = int(draw.question["groups"])
        officers = officers_of(frozen)
        homes = {o.id: self._named(o.id, o.department) for o in officers}
        found = classes(seats_of(draw.question), officers, absent(frozen), ())
        self._tickets((lot.TICKET, draw.outcome["seed"], "member"), found, homes)
        groups = sorted({team.seats for team in teams})
        whole = [Class(one.officers, one.count * count, one.alone) for one in found]
        complete = len(groups) == count
        seated = [officer for group in groups for officer in group]
        self._seated(name, chances(whole) if complete else None, homes, seated)
        if not complete or not all(one.alone for one in found):
            return
        odds = chances(found) or {}
        against = _against(frozen)
        for team in teams:
            if team.subject not in against:
                self._meet(name, team.subject, odds, homes, team.seats)
        self._pairs(name, found, homes, groups, count)

    def _tickets(self, lines: tuple[str, ...], found: Sequence[Class], homes: Mapping[str, str]) -> None:
        candidates = sorted({o for one in found for o in one.officers})
        tickets = unit_interval([digest for digest, _ in lot.tickets(candidates, *lines)])
        for officer, ticket in zip(candidates, tickets, strict=True):
            self.history.officer_tickets.setdefault(homes[officer], []).append(float(ticket))

    def _seated(
        self, draw: str, odds: Mapping[str, float] | None, homes: Mapping[str, str], seated: Collection[str]
    ) -> None:
        if odds is None:
            self.history.left_out["seats"] += 1
            return
        for officer, chance in odds.items():
            tally = self.history.seated.setdefault(homes[officer], Tally())
            tally.add(chance, officer in seated, draw)

    def _meet(
        self,
        draw: str,
        subject: str,
        odds: Mapping[str, float],
        homes: Mapping[str, str],
        team: Collection[str],
    ) -> None:
        for officer, chance in odds.items():
            tally = self.history.visits.setdefault((homes[officer], subject.upper()), Tally())
            tally.add(chance, officer in team, draw)

    def _pairs(
        self,
        draw: str,
        found: Sequence[Class],
        homes: Mapping[str, str],
        teams: Sequence[Collection[str]],
        count: int,
    ) -> None:
        candidates = sorted((homes[o], o, place) for place, one in enumerate(found) for o in one.officers)
        teams_of: dict[str, set[int]] = {}
        for number, team in enumerate(teams):
            for officer in team:
                teams_of.setdefault(officer, set()).add(number)
        odds: dict[tuple[int, int], float] = {}
        nowhere: set[int] = set()
        for place, (first, one, home) in enumerate(candidates):
            mine = teams_of.get(one, nowhere)
            for second, other, its in candidates[place + 1 :]:
                chance = odds.get((home, its))
                if chance is None:
                    chance = odds[home, its] = together(found, one, other, count)
                if 0 < chance < 1:
                    met = bool(mine) and not mine.isdisjoint(teams_of.get(other, nowhere))
                    self.history.pairs.setdefault((first, second), Tally()).add(chance, met, draw)


def _against(frozen: f.Frozen) -> dict[str, set[str]]:
    """Subject → officers who declared a conflict with it."""
    found: dict[str, set[str]] = {}
    for officer, subject in frozen.conflicts:
        found.setdefault(subject, set()).add(officer)
    return found

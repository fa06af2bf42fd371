"""What a draw gives: a function of the frozen entry, its lists and the seed, of nothing else (design §5)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from verifier import draw as lot
from verifier import facts as f
from verifier.codec import Value
from verifier.facts import Data
from verifier.law.question import absent, officers_of, pools, seats_of
from verifier.lists import ListHash, list_hash
from verifier.teams import Replacement, next_substitute, substitute_order, teams_each, teams_groups


@dataclass(frozen=True)
class Outcome:
    """The drawn subjects and their teams.

    `results` rows are [stratum, rank, subject], `team_rows` [subject, seat, officer], `teams` the same by
    subject as facts; `seated` the officers in any group (team mode `groups`, else empty).
    """

    strata: tuple[lot.StratumResult, ...]
    results: tuple[tuple[str, int, str], ...]
    in_order: tuple[str, ...]
    team_rows: tuple[tuple[str, int, str], ...]
    teams: dict[str, f.Team]
    seated: tuple[str, ...]

    def data(self, seed: str) -> dict[str, Value]:
        """`draw.executed` less draw and m."""
        strata: list[Value] = []
        for s in self.strata:
            row: dict[str, Value] = {"id": s.id, "n": s.n, "k": s.k}
            if s.cut is not None:
                row["cut"] = s.cut
            strata.append(row)
        return {
            "seed": seed,
            "strata": strata,
            "results": self.hashes[0].value(),
            "teams": self.hashes[1].value(),
        }

    @cached_property
    def hashes(self) -> tuple[ListHash, ListHash]:
        """Of the results and of the teams."""
        return list_hash(self.results), list_hash(self.team_rows)


def compute(seed: str, question: Data, frozen: f.Frozen, select: lot.Select = lot.select) -> Outcome:
    """Draw subjects (by `select`) and teams from the frozen question with the seed. Raises `Malformed` for a
    question whose sizes or seats cannot be filled, which a lawful freeze excludes."""
    drawn = lot.draw_subjects(seed, pools(frozen, question["strata"]), select)
    seats = seats_of(question)
    known = officers_of(frozen)
    conflicts = [(o, s) for o, s in frozen.conflicts]
    must: dict[str, list[str]] = {}
    seated: tuple[str, ...] = ()
    if question["teams"] == "groups":
        groups = teams_groups(
            seed, question["groups"], seats, known, absent(frozen), conflicts, drawn.in_order
        )
        rows = tuple(groups.rows)
        seated = tuple(o for group in groups.groups for o in group)
        for subject, officer in groups.must_replace:
            must.setdefault(subject, []).append(officer)
    else:
        rows = tuple(teams_each(seed, seats, known, absent(frozen), conflicts, drawn.in_order))
    members: dict[str, list[str]] = {}
    for subject, _, officer in rows:
        members.setdefault(subject, []).append(officer)
    teams = {
        subject: f.Team(
            subject, rank, stratum, tuple(members.get(subject, ())), (), tuple(must.get(subject, ()))
        )
        for stratum, rank, subject in drawn.rows
    }
    return Outcome(drawn.strata, drawn.rows, drawn.in_order, rows, teams, seated)


def outcome_of(facts: f.Facts, draw: f.Draw, frozen: f.Frozen, seed: str) -> Outcome:
    """As `compute` of a draw as it was frozen."""
    return facts.once(("outcome", draw.m, seed), lambda: compute(seed, draw.question, frozen))


def reserves(draw: f.Draw, frozen: f.Frozen, team: f.Team, seat: int, seated: tuple[str, ...]) -> list[str]:
    """Who would follow in a seat of a visit, in order (递补顺序)."""
    q = draw.question
    return substitute_order(
        draw.outcome["seed"],
        q["teams"],
        seats_of(q),
        officers_of(frozen),
        absent(frozen),
        [(o, s) for o, s in frozen.conflicts],
        team.subject,
        seat,
        {*team.seats, *seated},
    )


def substitute(
    draw: f.Draw, frozen: f.Frozen, team: f.Team, seat: int, seated: tuple[str, ...]
) -> str | None:
    """The one officer who may replace the holder of a seat now; None when a 补抽 must follow."""
    q = draw.question
    return next_substitute(
        draw.outcome["seed"],
        q["teams"],
        seats_of(q),
        officers_of(frozen),
        absent(frozen),
        [(o, s) for o, s in frozen.conflicts],
        team.subject,
        seat,
        {*team.seats, *seated},
        [Replacement(seat, out, sub) for seat, out, _, sub in team.changes],
    )


def seated_in_groups(draw: f.Draw, frozen: f.Frozen) -> tuple[str, ...]:
    """Every member of every group; empty for teams drawn for each visit alone."""
    if draw.question["teams"] != "groups" or "seed" not in draw.outcome:
        return ()
    return compute(draw.outcome["seed"], draw.question, frozen).seated

"""Draws of another platform: frozen here without parties, recorded with its lists (design §5).

How that platform drew cannot be checked; what it drew from, how many, and whom it may send can.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from verifier import facts as f
from verifier.codec import Value
from verifier.errors import LiuhenError
from verifier.law.case import Case, act, confirmed_by, effect
from verifier.law.draws import step
from verifier.law.joined import join
from verifier.law.question import absent
from verifier.law.tasks import update
from verifier.lists import from_value, list_hash
from verifier.vocabulary import Role


@act("draw.recorded", [Role.CLERK], confirmed_by(Role.APPROVER, Role.SUPERVISOR))
def draw_recorded(case: Case) -> None:
    draw = step(case)
    name = case.data["draw"]
    case.require("draw.order", not draw.parties, "a draw frozen without parties", len(draw.parties))
    case.require("draw.sealing", not draw.question["sealed"], "lists that are not sealed", name)
    if case.require("draw.received", _imported(case), "the lists imported for this draw before", name):
        _judge_lists(case, draw, name)


def _imported(case: Case) -> bool:
    """Whether the lists that the entry names are the imported ones as they stand."""
    results, teams = received(case.facts, case.data["draw"])
    given = [from_value(case.data["results"]), from_value(case.data["teams"])]
    try:
        return given == [list_hash(results), list_hash(teams)]
    except LiuhenError:
        return False


def _judge_lists(case: Case, draw: f.Draw, name: str) -> None:
    """k members of each stratum of the frozen pool, ranked from 1; officers of the frozen list, neither
    absent nor in conflict, one for each seat."""
    frozen = case.facts.get(f.FROZEN, name)
    if frozen is None:
        return
    results, teams = received(case.facts, name)
    members = {(stratum, subject) for stratum, subject, _ in frozen.pool}
    strangers = [subject for stratum, _, subject in results if (stratum, subject) not in members]
    case.require("draw.received", not strangers, "members of the frozen pool only", strangers[:5])
    ranks: dict[Value, list[Value]] = {s["id"]: [] for s in draw.question["strata"]}
    for stratum, rank, _ in results:
        ranks.setdefault(stratum, []).append(rank)
    wanted = {s["id"]: list(range(1, len(ranks[s["id"]]) + 1)) for s in draw.question["strata"]}
    sizes = {s["id"]: s["k"] for s in draw.question["strata"]}
    fits = ranks == wanted and {s: len(held) for s, held in ranks.items()} == sizes
    case.require("draw.received", fits, f"k of each stratum, ranked from 1: {sizes}", Counter(ranks))
    able = {officer for officer, _, _ in frozen.officers} - absent(frozen)
    against = {(officer, subject) for officer, subject in frozen.conflicts}
    seats = sum(count for _, _, count in draw.question["seats"])
    sent: dict[Value, list[Value]] = {subject: [] for _, _, subject in results}
    for subject, _, officer in teams:
        sent[subject].append(officer)
    wrong = [
        subject
        for subject, officers in sent.items()
        if not (len(set(officers)) == len(officers) == seats and able.issuperset(officers))
        or any((officer, subject) in against for officer in officers)
    ]
    case.require(
        "draw.received", not wrong, f"{seats} officers of the frozen list, none in conflict", wrong[:5]
    )


def received(facts: f.Facts, name: str) -> tuple[list[list[Value]], list[list[Value]]]:
    """Results [stratum, rank, subject] and teams [subject, seat, officer] imported for a platform draw."""
    results: list[tuple[str, int, str]] = []
    teams: list[list[Value]] = []
    for subject, row in facts.rows(f.register(f"received.{name}")):
        results.append((row.record["stratum"], row.record["rank"], subject))
        teams += ([subject, seat, officer] for seat, officer in enumerate(row.record["officers"], 1))
    return [list(row) for row in sorted(results)], teams


@effect("draw.recorded")
def record(case: Case) -> None:
    d = case.data
    draw = case.facts.get(f.DRAWS, d["draw"])
    if draw is None or draw.state != "frozen":
        return
    if not _imported(case):
        return
    for subject, row in case.facts.rows(f.register(f"received.{d['draw']}")):
        r = row.record
        team = f.Team(subject, r["rank"], r["stratum"], tuple(r["officers"]))
        case.facts.put(f.TEAMS, f"{d['draw']}/{subject}", team)
        join(case.facts, d["draw"], subject)
    done = replace(draw, state="recorded", executed=case.seq, executed_time=case.time)
    case.facts.put(f.DRAWS, d["draw"], done)
    update(case, draw.task, open_draw="", completed=d["draw"])

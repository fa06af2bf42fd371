"""The task of a 补抽: which seats of which visits may be drawn again, and by what rules (design §5).

A seat is filled only where nobody may follow by replacement any more, so that nobody chooses between the
next officer and another lot; and only once.
"""

from __future__ import annotations

from verifier import facts as f
from verifier.facts import Data, Facts
from verifier.law.case import Case
from verifier.law.joined import engaged, visit_of
from verifier.law.outcome import seated_in_groups, substitute
from verifier.law.question import absent
from verifier.teams import REPLACEMENTS_PER_VISIT

COMPLETED = ("executed", "recorded")


def followers(facts: Facts, name: str, draw: f.Draw, frozen: f.Frozen, team: f.Team, seat: int) -> list[str]:
    """Who may take a seat by replacement: the next by ticket, or where another platform drew, whoever could.
    Nobody in a seat that a 补抽 filled, nor while one is open for the visit."""
    if team.filling or any(row[0] in (0, seat) for row in team.filled):
        return []
    others = engaged(facts, name, team.subject)
    if draw.state == "executed":
        follows = substitute(draw, frozen, team, seat, (*seated_in_groups(draw, frozen), *sorted(others)))
        return [] if follows is None else [follows]
    if len(team.changes) >= REPLACEMENTS_PER_VISIT or any(row[0] == seat for row in team.changes):
        return []
    gone = {*others, *absent(frozen)}
    gone |= {officer for officer, subject in frozen.conflicts if subject == team.subject}
    units = {officer: unit for officer, unit, _ in frozen.officers}
    unit = units.get(team.seats[seat - 1])
    return [officer for officer, held in units.items() if held == unit and officer not in gone]


def by_subject(fills: Data) -> dict[str, list[int]]:
    """The seats to fill of each subject."""
    seats: dict[str, list[int]] = {}
    for subject, seat in fills["visits"]:
        seats.setdefault(subject, []).append(seat)
    return seats


def whole_team(d: Data) -> bool:
    """Whether a task is a 补抽 of whole teams (seat 0), not of single seats."""
    return "fills" in d and all(seat == 0 for _, seat in d["fills"]["visits"])


def classes(seats: list[list[object]]) -> list[tuple[object, object]]:
    """(department, qualification) of each seat, seat 1 first."""
    return [(unit, held) for unit, held, count in seats for _ in range(int(str(count)))]


def judge_fills(case: Case, d: Data) -> None:
    """The fills of a task, when it is proposed, confirmed and frozen. Subjects excluded from it are not
    looked at any more."""
    fills = d["fills"]
    draw = case.must("task.fills", f.DRAWS, fills["draw"], "draw to fill")
    case.demand("task.fills", draw.state in COMPLETED, "a completed draw", draw.state)
    filled = case.facts.get(f.TASKS, draw.task)
    same = filled is not None and (filled.data["plan"], filled.data["row"]) == (d["plan"], d["row"])
    case.require("task.fills", same, "a draw of the same plan row", draw.task)
    shown = not draw.veiled and not d["sealed"]
    case.demand("task.fills", shown, "draws that are public: a 补抽 names its subjects", fills["draw"])
    case.require("task.fills", "reason" in fills, "why the officers leave", "")
    whole = d["rounding"] == "ceil" and all(s["p"] == s["q"] for s in d["strata"]) and d["teams"] == "each"
    case.require("task.fills", whole, "all of them, 1/1, a team for each", f"{d['rounding']}, {d['teams']}")
    wanted = [tuple(row) for row in fills["visits"]]
    listed = wanted == sorted(set(wanted)) and len({seat == 0 for _, seat in wanted}) == 1
    case.demand("task.fills", listed, "ascending, either whole teams (0) or seats", fills["visits"][:5])
    excluded = {s for s, _ in wanted if case.facts.get(f.EXCLUSIONS, f"{d['task']}/{s}")}
    _judge_seats(case, d, draw, {s: n for s, n in by_subject(fills).items() if s not in excluded})


def _judge_seats(case: Case, d: Data, draw: f.Draw, seats: dict[str, list[int]]) -> None:
    name = d["fills"]["draw"]
    teams = {subject: case.facts.get(f.TEAMS, f"{name}/{subject}") for subject in seats}
    known = {s: team for s, team in teams.items() if team and max(seats[s]) <= len(team.seats)}
    case.demand("task.fills", known.keys() == seats.keys(), "seats of drawn subjects", sorted(seats)[:5])
    visited = [s for s in seats if visit_of(case.facts, name, s)]
    case.require("task.fills", not visited, "visits not yet made", visited[:5])
    taken = [s for s in seats if _taken(case.facts, d["task"], name, s, seats[s])]
    case.require("task.fills", not taken, "seats that no other 补抽 fills", taken[:5])
    ours, theirs = classes(d["seats"]), classes(draw.question["seats"])
    unlike = [s for s, n in seats.items() if n != [0] and [theirs[i - 1] for i in n] != ours]
    case.require("task.fills", not unlike, "the classes of the seats to fill, in order", unlike[:5])
    frozen = case.facts.get(f.FROZEN, name)
    if frozen is None:
        return
    still = []
    for subject, team in known.items():
        numbers = seats[subject] if seats[subject] != [0] else list(range(1, len(team.seats) + 1))
        follow = {n: followers(case.facts, name, draw, frozen, team, n) for n in numbers}
        still += [f"{subject}/{n}: {' / '.join(who)}" for n, who in follow.items() if who]
        if team.filling not in ("", case.data.get("draw")):
            still.append(f"{subject}: {team.filling}")
    case.require("task.fills", not still, "seats that nobody may take by replacement", still[:5])


def judge_pool(case: Case, d: Data, frozen: f.Frozen) -> None:
    """At the freeze: every subject to fill is in the pool or excluded."""
    kept = {subject for _, subject, _ in frozen.pool} | {subject for subject, _ in frozen.exclusions}
    missing = [subject for subject in by_subject(d["fills"]) if subject not in kept]
    case.require("task.fills", not missing, "every subject to fill in the pool", missing[:5])


def _taken(facts: Facts, task: str, name: str, subject: str, seats: list[int]) -> bool:
    """Whether another task fills one of the seats; one of whole teams fills every seat."""
    rows = facts.rows(f.FILLS, f"{name}/{subject}/")
    held = {int(key.rpartition("/")[2]) for key, ref in rows if ref.key != task}
    return bool(held) and (0 in held or seats == [0] or not held.isdisjoint(seats))


def claim(facts: Facts, d: Data) -> None:
    """The seats of an approved 补抽 are its own."""
    for subject, seat in d["fills"]["visits"]:
        facts.put(f.FILLS, f"{d['fills']['draw']}/{subject}/{seat}", f.Ref("task", d["task"]))


def release(facts: Facts, d: Data, subject: str) -> None:
    """A subject was excluded from a 补抽: another may fill its seats."""
    for seat in by_subject(d["fills"]).get(subject, ()):
        facts.delete(f.FILLS, f"{d['fills']['draw']}/{subject}/{seat}")

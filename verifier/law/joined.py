"""Who goes to a visit where a 补抽 (supplementary draw) joined the draw that drew its subject (design §5).

A 补抽 fills seats of a completed draw. The officers it draws take those seats in the team of that draw, and
one visit is recorded, for the draw that drew the subject. A 补抽 may itself be filled by another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from verifier import facts as f
from verifier.facts import Data, Facts


def fills_of(facts: Facts, name: str) -> Data | None:
    """What a 补抽 fills: {draw, visits, reason}; None for any other draw."""
    draw = facts.get(f.DRAWS, name)
    task = facts.get(f.TASKS, draw.task) if draw else None
    return task.data.get("fills") if task else None


def origin(facts: Facts, name: str) -> str:
    """The draw that drew the subjects of `name`: of a 补抽 the one it fills, else itself."""
    while (fills := fills_of(facts, name)) is not None:
        name = fills["draw"]
    return name


def visit_of(facts: Facts, name: str, subject: str) -> f.Ref | None:
    """The recorded visit of a drawn subject, whether asked of the draw or of a 补抽 for it."""
    return facts.get(f.VISIT_OF, f"{origin(facts, name)}/{subject}")


def engaged(facts: Facts, name: str, subject: str) -> frozenset[str]:
    """Every officer who has or had a seat in the visit: none of them is drawn or comes in again."""
    held = teams(facts, origin(facts, name), subject)
    return frozenset(o for team in held for o in (*team.seats, *(row[3] for row in team.changes)))


def begins(facts: Facts, name: str, subject: str) -> str:
    """The time from which the visit may take place: that of the last draw which gave it officers."""
    draws = [name, *(row[1] for team in teams(facts, name, subject) for row in team.filled)]
    return max(draw.executed_time for one in draws if (draw := facts.get(f.DRAWS, one)) is not None)


def last_day(facts: Facts, name: str, subject: str) -> str:
    """The last day of the visit (YYYY-MM-DD): of the windows of the draw and of each 补抽 for it, or a later
    one that was granted."""
    draws = [name]
    for team in teams(facts, name, subject):
        draws += [row[1] for row in team.filled] + ([team.filling] if team.filling else [])
    held = [facts.get(f.DRAWS, one) for one in draws]
    tasks = [facts.get(f.TASKS, draw.task) for draw in held if draw is not None]
    granted = facts.get(f.EXTENSIONS, f"{name}/{subject}")
    days = [task.data["window"][1] for task in tasks if task is not None]
    return max([*days, granted.data["until"]] if granted else days, default="")


def last_days(facts: Facts, name: str, subjects: Iterable[str]) -> dict[str, str]:
    """`last_day` of each of the subjects; only those for whom there is a 补抽 or an extension are looked at
    one by one."""
    draw = facts.get(f.DRAWS, name)
    task = facts.get(f.TASKS, draw.task) if draw else None
    usual = task.data["window"][1] if task else ""
    moved = {key.split("/")[1] for table in (f.FILLS, f.EXTENSIONS) for key in facts.keys(table, f"{name}/")}
    return {one: last_day(facts, name, one) if one in moved else usual for one in subjects}


def drawn(facts: Facts, name: str) -> list[str]:
    """The subjects that a draw drew, ascending."""
    return [key.partition("/")[2] for key in facts.keys(f.TEAMS, f"{name}/")]


def unseen(facts: Facts, name: str) -> list[str]:
    """Those without a recorded visit, ascending; of a draw that is no 补抽."""
    seen = {key.partition("/")[2] for key in facts.keys(f.VISIT_OF, f"{name}/")}
    return [subject for subject in drawn(facts, name) if subject not in seen]


def seat_of(facts: Facts, name: str, subject: str, officer: str) -> tuple[str, int] | None:
    """The draw that gave an officer the present seat in a visit, `name` or a 补抽 for it, and the number of
    the seat there; None for one who has none."""
    team = facts.get(f.TEAMS, f"{name}/{subject}")
    for one in sorted({row[1] for row in team.filled}) if team else ():
        if found := seat_of(facts, one, subject, officer):
            return found
    gone = {row[0] for row in team.filled} if team else set()
    for seat, member in enumerate(team.replaced() if team else (), 1):
        if member == officer and gone.isdisjoint((0, seat)):
            return name, seat
    return None


def teams(facts: Facts, name: str, subject: str) -> Iterator[f.Team]:
    """The team of a draw and those of every 补抽 for it, the draw's own first."""
    team = facts.get(f.TEAMS, f"{name}/{subject}")
    if team is not None:
        yield team
        for one in sorted({row[1] for row in team.filled}):
            yield from teams(facts, one, subject)


def begin(facts: Facts, name: str, pool: Iterable[str]) -> None:
    """A 补抽 was frozen: the teams of its pool wait for it. Nothing for any other draw."""
    _mark(facts, name, pool, name)


def give_up(facts: Facts, name: str, pool: Iterable[str]) -> None:
    """A 补抽 was aborted: the teams are as they were."""
    _mark(facts, name, pool, "")


def _mark(facts: Facts, name: str, pool: Iterable[str], filling: str) -> None:
    fills = fills_of(facts, name)
    for subject in pool if fills else ():
        key = f"{fills['draw']}/{subject}" if fills else ""
        team = facts.get(f.TEAMS, key)
        if team is not None:
            facts.put(f.TEAMS, key, replace(team, filling=filling))


def join(facts: Facts, name: str, subject: str) -> None:
    """Put the team of a 补抽 into the seats that it fills, up to the draw that drew the subject. Asked when
    it was drawn and whenever it changes; nothing for any other draw."""
    fills = fills_of(facts, name)
    drawn = facts.get(f.TEAMS, f"{name}/{subject}")
    if fills is None or drawn is None:
        return
    key = f"{fills['draw']}/{subject}"
    team = facts.get(f.TEAMS, key)
    if team is None:
        return
    members = drawn.members()
    seats = [seat for one, seat in fills["visits"] if one == subject]
    numbers = [0] * len(members) if seats == [0] else seats
    ours = [(seat, name, officer) for seat, officer in zip(numbers, members, strict=False)]
    others = [row for row in team.filled if row[1] != name]
    facts.put(f.TEAMS, key, replace(team, filled=(*others, *ours), filling=""))
    join(facts, fills["draw"], subject)

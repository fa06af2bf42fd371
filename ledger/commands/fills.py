"""补抽: which officers must leave a visit, who follows, and the task that draws a seat nobody may take.

Design §5. Only looks and proposes; the law decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ledger.book import Book, Deed, Written
from ledger.commands.draws import draw_of, seat_of
from ledger.commands.find import officer_name, waiting_for
from ledger.commands.plans import task_of
from ledger.keystore import Signer
from verifier import facts as f
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Facts
from verifier.law.fills import classes, followers
from verifier.law.joined import origin, unseen

WHOLE = 0
"""The seat number of a whole team."""


@dataclass(frozen=True)
class Leaving:
    """An officer who must leave a visit. `draw` is the one that gave the seat (a 补抽 has its own), `follows`
    who may take it by replacement: "" when it takes a 补抽."""

    draw: str
    subject: str
    seat: int
    officer: str
    reason: str
    follows: str


@dataclass(frozen=True)
class Fill:
    """Seats that one task can draw: of one draw, of the same classes, left for the same reason."""

    draw: str
    reason: str
    visits: tuple[tuple[str, int], ...]
    seats: tuple[tuple[str, str, int], ...]


def leaving(facts: Facts, name: str, today: str) -> Iterator[Leaving]:
    """Officers of visits not yet recorded who have a conflict with the subject, or are absent on `today`."""
    absent = {row.officer for _, row in facts.rows(f.ABSENCES) if row.first <= today <= row.last}
    top = origin(facts, name)
    for team in facts.known(f.TEAMS, (f"{top}/{subject}" for subject in unseen(facts, top))).values():
        for officer in team.members():
            if _opposed(facts, team, officer):
                yield who_leaves(facts, top, team.subject, officer, "recusal")
            elif officer in absent:
                yield who_leaves(facts, top, team.subject, officer, "absence")


def in_conflict(facts: Facts, name: str, subjects: Sequence[str]) -> Iterator[Leaving]:
    """Officers who have a conflict with the subject of their visit, for `subjects` of a draw that is no 补抽.
    Teams are read only where there is one with anybody; those drawn in groups may have one from the draw."""
    if draw_of(facts, name).question["teams"] != "groups":
        opposed = {key.partition("/")[2] for key in facts.keys(f.CONFLICTS)}
        subjects = [subject for subject in subjects if subject in opposed]
    for team in facts.known(f.TEAMS, (f"{name}/{subject}" for subject in subjects)).values():
        for officer in team.members():
            if _opposed(facts, team, officer):
                yield who_leaves(facts, name, team.subject, officer, "recusal")


def _opposed(facts: Facts, team: f.Team, officer: str) -> bool:
    conflict = facts.get(f.CONFLICTS, f"{officer}/{team.subject}") is not None
    return conflict or officer in team.must_replace


def who_leaves(facts: Facts, name: str, subject: str, officer: str, reason: str) -> Leaving:
    """An officer of a team who leaves it for a reason. Raises E-DRAW-SEAT."""
    place, seat = seat_of(facts, name, subject, officer)
    draw, frozen = draw_of(facts, place), facts.get(f.FROZEN, place)
    team = facts.get(f.TEAMS, f"{place}/{subject}")
    follow = followers(facts, place, draw, frozen, team, seat) if frozen and team else []
    return Leaving(place, subject, seat, officer, reason, follow[0] if follow else "")


def open_seats(facts: Facts, found: Iterable[Leaving]) -> list[Leaving]:
    """Those of the seats that take a 补抽 and have none yet."""
    return [one for one in found if not one.follows and not filled_by(facts, one.draw, one.subject, one.seat)]


def filled_by(facts: Facts, name: str, subject: str, seat: int) -> str:
    """The task that fills a seat of a draw; "" when none does. One that waits for approval counts."""
    for number in (seat, WHOLE):
        held = facts.get(f.FILLS, f"{name}/{subject}/{number}")
        if held is not None:
            return held.key
    for _, act in waiting_for(facts, "task.created"):
        fills = act.data.get("fills")
        rows = [list(row) for row in fills["visits"]] if fills and fills["draw"] == name else []
        if [subject, seat] in rows or [subject, WHOLE] in rows:
            return str(act.data["task"])
    return ""


def tasks_for(facts: Facts, found: Iterable[Leaving]) -> list[Fill]:
    """The open seats as few 补抽 as their classes allow."""
    by_visit: dict[tuple[str, str, str], list[int]] = {}
    for one in found:
        by_visit.setdefault((one.draw, one.reason, one.subject), []).append(one.seat)
    parts: dict[tuple[str, str, tuple[tuple[str, str, int], ...]], list[tuple[str, int]]] = {}
    for (name, reason, subject), numbers in by_visit.items():
        every = classes(draw_of(facts, name).question["seats"])
        wanted = _counted((str(u), str(q)) for u, q in (every[n - 1] for n in sorted(numbers)))
        parts.setdefault((name, reason, wanted), []).extend((subject, n) for n in sorted(numbers))
    return [Fill(name, reason, tuple(sorted(rows)), seats) for (name, reason, seats), rows in parts.items()]


def whole_teams(facts: Facts, name: str, subjects: Sequence[str], reason: str) -> Fill:
    """A 补抽 of whole teams, with the seats of the draw."""
    seats = tuple((str(u), str(q), int(n)) for u, q, n in draw_of(facts, name).question["seats"])
    return Fill(name, reason, tuple((subject, WHOLE) for subject in sorted(subjects)), seats)


def _counted(seats: Iterable[tuple[str, str]]) -> tuple[tuple[str, str, int], ...]:
    """Seat classes of single seats, neighbours alike put together."""
    found: list[tuple[str, str, int]] = []
    for unit, held in seats:
        if found and found[-1][:2] == (unit, held):
            found[-1] = (unit, held, found[-1][2] + 1)
        else:
            found.append((unit, held, 1))
    return tuple(found)


def fresh_task_id(facts: Facts, name: str) -> str:
    """`<task>-b1`, `-b2`, …: the first never used, for a 补抽 of a draw."""
    task = draw_of(facts, origin(facts, name)).task[:60]
    number = 1
    while facts.get(f.SPENT, f"task/{task}-b{number}".lower()) is not None:
        number += 1
    return f"{task}-b{number}"


def new_fill(
    book: Book, signer: Signer, fill: Fill, *, task: str = "", window: tuple[str, str], public: str = ""
) -> tuple[str, Written]:
    """Propose the task of a 补抽; everything it does not say is that of the draw's own task. Gives its id."""
    made: list[str] = []

    def decide(facts: Facts) -> Sequence[Deed]:
        draw = draw_of(facts, fill.draw)
        own = task_of(facts, draw.task).data
        kept = ("plan", "row", "batch", "items", "scheme", "form", "responsible", "exception")
        made.append(task or fresh_task_id(facts, fill.draw))
        form = own["public"]
        data: dict[str, Value] = {
            **{key: own[key] for key in kept if key in own},
            "task": made[-1],
            "window": list(window),
            "strata": [{"id": "fill", "filter": {}, "p": 1, "q": 1}],
            "fills": {
                "draw": fill.draw,
                "visits": [list(row) for row in fill.visits],
                "reason": fill.reason,
            },
            "rounding": "ceil",
            "teams": "each",
            "seats": [list(seat) for seat in fill.seats],
            "sealed": False,
            "public": public or ("none" if form.startswith("lottery:") else form),
        }
        return [Deed("task.created", f"task/{made[-1]}", data)]

    written = book.write(signer, decide)
    return made[-1], written


def no_open_seats(name: str) -> LiuhenError:
    """E-FILL-NONE: nobody is known to have to leave without a successor."""
    return LiuhenError(
        "E-FILL-NONE",
        N_("No seat of {draw} is known to be open: nobody in its teams has a conflict or is absent today."),
        remedy=N_("Say who cannot go: liuhen task fill SUBJECT OFFICER --reason recusal"),
        exit=Exit.REFUSED,
        draw=name,
    )


def can_follow(facts: Facts, one: Leaving) -> LiuhenError:
    """E-FILL-FOLLOWS: a seat that the next officer by ticket takes needs no 补抽."""
    return LiuhenError(
        "E-FILL-FOLLOWS",
        N_("{officer} can still be replaced by the next by random number: {follows}."),
        remedy=N_("Replace: liuhen recuse {subject} {id} --draw {draw} --reason {reason}"),
        exit=Exit.REFUSED,
        officer=officer_name(facts, one.officer),
        id=one.officer,
        follows=officer_name(facts, one.follows),
        subject=one.subject,
        draw=origin(facts, one.draw),
        reason=one.reason,
    )


def filled_already(facts: Facts, one: Leaving) -> LiuhenError:
    """E-FILL-MADE: a 补抽 for the seat is proposed or approved."""
    return LiuhenError(
        "E-FILL-MADE",
        N_("The supplementary draw {task} fills the seat of {officer} already."),
        remedy=N_("Go on with it: liuhen task show {task}"),
        exit=Exit.REFUSED,
        task=filled_by(facts, one.draw, one.subject, one.seat),
        officer=officer_name(facts, one.officer),
    )

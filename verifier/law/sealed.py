"""Sealed draws: what was hidden is published once nobody can be warned any more (design §5).

Until then a reader without openings knows neither results nor teams. When the last opening is published,
everything that was hidden is judged as if it had been public when it happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from verifier import facts as f
from verifier import private
from verifier.codec import Value
from verifier.law.case import Case, Halt, act, effect
from verifier.law.draws import judge_outcome, judge_reveal, keep_outcome, outcome_in_form, shown_r, step
from verifier.law.notices import open_kept
from verifier.law.visits import change_team, judge_against_draw
from verifier.vocabulary import Role


@act("draw.unsealed", [Role.CLERK, Role.ADMIN])
def draw_unsealed(case: Case) -> None:
    """Every opening opens what this draw hides; one that does not publishes nothing."""
    draw = step(case, state="executed")
    case.demand("draw.sealing", draw.veiled, "a sealed draw that is not unsealed", case.data["draw"])
    wrong = [c.hex() for c, salt, value in case.data["openings"] if not _opens(case, draw, c, salt, value)]
    case.require("draw.sealing", not wrong, "openings of what this draw sealed", ", ".join(wrong[:3]))


def _opens(case: Case, draw: f.Draw, commitment: bytes, salt: bytes, value: Value) -> bool:
    field = draw.hidden.get(commitment.hex())
    origin, owner = case.ledger().origin, f"draw/{case.data['draw']}"
    return field is not None and private.opens(origin, owner, field, salt, value, commitment)


@effect("draw.unsealed")
def unseal(case: Case) -> None:
    name = case.data["draw"]
    draw = case.facts.get(f.DRAWS, name)
    if draw is None:
        return
    shown = {c.hex() for c, salt, value in case.data["openings"] if _opens(case, draw, c, salt, value)}
    hidden = {c: field for c, field in draw.hidden.items() if c not in shown}
    draw = replace(draw, hidden=hidden, unsealed=not hidden)
    case.facts.put(f.DRAWS, name, draw)
    if draw.unsealed:
        try:
            _judge_hidden(case, name, draw)
            open_kept(case, name)
        except Halt:
            return
        _judge_moment(case, name)


def _judge_hidden(case: Case, name: str, draw: f.Draw) -> None:
    """What this reader could not judge before: reveals, outcome, then replacements and visits in order."""
    owner = f"draw/{name}"
    if not draw.unknown:
        return
    reveals = dict(draw.reveals)
    for party, held in draw.reveals.items():
        if isinstance(held, bytes):
            found = case.open(owner, "r", held)
            r = "" if found is None else found
            judge_reveal(case, draw, name, party, r)
            case.facts.put(f.SPENT, f"r/{r}", f.Ref("r", name))
            reveals[party] = shown_r(r)
    unjudged = bool(draw.sealed_outcome)
    draw = replace(draw, reveals=reveals, late=(), sealed_outcome=b"")
    late = case.facts.get(f.DRAWS, name)
    case.facts.put(f.DRAWS, name, draw)
    if late is None:
        return
    if unjudged:
        value = case.open(owner, "outcome", late.sealed_outcome)
        then = replace(case, at=draw.executed)
        opened = outcome_in_form(then, "" if value is None else value)
        judge_outcome(then, name, draw, opened)
        keep_outcome(case, name, draw, opened)
    for seq, kind, what in sorted(_later(case, name, late, visits=unjudged)):
        then = replace(case, at=seq)
        if kind == "visit":
            visit = case.facts.get(f.VISITS, what)
            if visit is not None:
                judge_against_draw(then, visit.data)
            continue
        _, holder, confirmer, _ = next(row for row in late.late if row[0].hex() == what)
        change = case.open(owner, "change", bytes.fromhex(what))
        then = replace(then, holder=holder, confirmer=confirmer)
        change_team(then, name, "" if change is None else change)


def _later(case: Case, name: str, draw: f.Draw, *, visits: bool) -> Iterator[tuple[int, str, str]]:
    """(seq, kind, which) of the replacements, and visits, that wait to be judged."""
    for commitment, _, _, seq in draw.late:
        yield seq, "change", commitment.hex()
    if visits:
        for which, visit in case.facts.rows(f.VISITS):
            if visit.data["draw"] == name and visit.state != "voided":
                yield visit.seq, "visit", which


def _judge_moment(case: Case, name: str) -> None:
    """Nobody who was drawn can still be warned: each has a result, or the task's window is over."""
    draw = case.facts.get(f.DRAWS, name)
    task = case.facts.get(f.TASKS, draw.task) if draw else None
    if task is None or case.today > task.data["window"][1]:
        return
    waiting = [
        team.subject
        for key, team in case.facts.rows(f.TEAMS, f"{name}/")
        if case.facts.get(f.VISIT_OF, key) is None
    ]
    expected = f"a result of every drawn subject, or a day after {task.data['window'][1]}"
    case.require("draw.sealing", not waiting, expected, f"{len(waiting)} without one")

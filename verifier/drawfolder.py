"""The folder of a draw in a bundle, made from the facts: the writer writes it, the reader compares it."""

from __future__ import annotations

from collections.abc import Iterator

from verifier import drawfiles
from verifier import facts as f
from verifier.facts import Facts
from verifier.law.outcome import compute
from verifier.law.question import pools, seats_of

FILES = ("seed.txt", "tickets.csv", "teams.csv")


def published(draw: f.Draw, *, openings: bool) -> bool:
    """Whether a bundle has a folder for the draw: executed, and not sealed unless its openings are there."""
    known = draw.state == "executed" and bool(draw.outcome)
    known = known and all(isinstance(r, str) for r in draw.reveals.values())
    return known and (openings or not draw.veiled)


def folder(facts: Facts, name: str) -> dict[str, Iterator[bytes]]:
    """Path → pieces of the file, for a draw whose outcome is known. Raises `KeyError` for another."""
    draw = facts.get(f.DRAWS, name)
    frozen = facts.get(f.FROZEN, name)
    if draw is None or frozen is None:
        raise KeyError(name)
    seed, question = draw.outcome["seed"], draw.question
    outcome = compute(seed, question, frozen)
    names = {subject: text for _, subject, text in frozen.pool}
    substitutes = [
        (team.subject, seat, substitute)
        for _, team in facts.rows(f.TEAMS, f"{name}/")
        for seat, _, _, substitute in team.changes
    ]
    filled = {(team.subject, row[0]) for _, team in facts.rows(f.TEAMS, f"{name}/") for row in team.filled}
    content = (
        iter([drawfiles.seed_txt(name, draw.m, draw.reveals, draw.value)]),
        drawfiles.tickets_csv(seed, pools(frozen, question["strata"]), names),
        drawfiles.teams_csv(
            seed,
            question["teams"],
            seats_of(question),
            outcome.in_order,
            outcome.team_rows,
            substitutes,
            filled,
        ),
    )
    return {f"draws/{name}/{file}": pieces for file, pieces in zip(FILES, content, strict=True)}

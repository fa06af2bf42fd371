"""One subject under several ids: renamed, given another code, or merged (R032, R079).

A link (`subject.linked`) says that an id goes on under another; what was drawn, inspected or declared under
the one holds for the other. Ids are followed forward, so a chain of changes has one end.
"""

from __future__ import annotations

from verifier import facts as f
from verifier.facts import Facts
from verifier.law.joined import fills_of


def current(facts: Facts, subject: str) -> str:
    """The id under which a subject goes on; its own when nothing changed."""
    while (link := facts.get(f.LINKS, subject)) is not None:
        subject = link.to
    return subject


def same(facts: Facts, subject: str) -> frozenset[str]:
    """Every id that a subject has had, this one included."""
    end = current(facts, subject)
    return frozenset({end, *(old for old, _ in facts.rows(f.LINKS) if current(facts, old) == end)})


def inspected(facts: Facts, year: int) -> dict[str, list[tuple[str, str, str]]]:
    """What is known of a year, by the id under which a subject goes on: (date, own | superior | other |
    unplanned, draw, body or check) of each inspection.

    A draw counts when it was completed, on its day, whether or not the visit was made, but a 补抽, whose
    visits are those of another draw, does not; a declared row of register `history` and a check outside the
    plan on its date. Each table is read once, however many subjects are asked about.
    """
    found: dict[str, list[tuple[str, str, str]]] = {}
    days = {
        name: draw.executed_time[:10]
        for name, draw in facts.rows(f.DRAWS)
        if draw.executed_time[:4] == str(year) and fills_of(facts, name) is None
    }
    for key, _ in facts.rows(f.TEAMS) if days else ():
        name, subject = key.split("/")
        if name in days:
            found.setdefault(current(facts, subject), []).append((days[name], "own", name))
    for _, row in facts.rows(f.register("history")):
        record = row.record
        if record["date"][:4] == str(year):
            one = (record["date"], record["by"], record["body"])
            found.setdefault(current(facts, record["subject"]), []).append(one)
    for name, check in facts.rows(f.CHECKS):
        if check.data["occurred"][:4] == str(year):
            one = (check.data["occurred"][:10], "unplanned", name)
            found.setdefault(current(facts, check.data["subject"]), []).append(one)
    return found

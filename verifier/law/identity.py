"""One subject under several ids: renamed, given another code, or merged (R032, R079).

A link (`subject.linked`) says that an id goes on under another; what was drawn, inspected or declared under
the one holds for the other. Ids are followed forward, so a chain of changes has one end.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier import facts as f
from verifier.facts import Facts


def current(facts: Facts, subject: str) -> str:
    """The id under which a subject goes on; its own when nothing changed."""
    while (link := facts.get(f.LINKS, subject)) is not None:
        subject = link.to
    return subject


def same(facts: Facts, subject: str) -> frozenset[str]:
    """Every id that a subject has had, this one included."""
    end = current(facts, subject)
    return frozenset({end, *(old for old, _ in facts.rows(f.LINKS) if current(facts, old) == end)})


def inspections(facts: Facts, subject: str, year: int) -> Iterator[tuple[str, str, str]]:
    """What is known of a subject's year, under whichever id: (date, own | superior | other, draw or body).

    A draw counts when it was completed, on its day, whether or not the visit was made; a declared row of
    register `history` on its date.
    """
    ids = sorted(same(facts, subject))
    for name, draw in facts.rows(f.DRAWS):
        if draw.executed_time[:4] == str(year):
            for one in ids:
                if facts.get(f.TEAMS, f"{name}/{one}") is not None:
                    yield draw.executed_time[:10], "own", name
    for _, row in facts.rows(f.register("history")):
        record = row.record
        if record["subject"] in ids and record["date"][:4] == str(year):
            yield record["date"], record["by"], record["body"]

"""The counterfactual: draws that a subject was kept out of, and the rank it would have had (R031, R078).

A ticket depends on seed and id alone, so whoever was left out has one all the same. Where the subject would
have been drawn it is said; that is a question to ask, not a proof of intent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.audit.source import Source
from ledger.audit.trail import Place, place, stratum_of
from verifier import facts as f
from verifier.facts import Data, Facts
from verifier.wording import Text

State = tuple[int, Data | None]
"""(import.closed from which a subject stood so in the register, its record or None)."""


@dataclass(frozen=True)
class Missed:
    """A draw whose pool lacked a subject that was known: `why` of `WHY`, the entry that kept it out (`seq`,
    -1 for none), where it would have stood (None where it met no stratum)."""

    draw: str
    frozen: int
    why: str
    seq: int = -1
    reason: str = ""
    place: Place | None = None

    @property
    def would_be_drawn(self) -> bool:
        return self.place is not None and self.place.drawn


def told(left_out: Sequence[Missed]) -> tuple[list[Missed], list[Missed]]:
    """Those to tell one by one, who would have been drawn first, then who was kept out by an act; and those
    that it never met the condition of, which are only counted."""
    kept = [one for one in left_out if one.why != "filter"]
    kept.sort(key=lambda one: (not one.would_be_drawn, one.frozen))
    return kept, [one for one in left_out if one.why == "filter"]


WHY = {
    "excluded": ("被剔除", "excluded from the task"),
    "removed": ("此前已移出名录", "removed from the list before"),
    "changed": (
        "此前名录变更，不再符合条件",
        "changed in the list before, so that it met the condition no more",
    ),
    "filter": ("从未符合抽取条件", "never met the condition"),
}
"""Why a subject was not in a pool: Chinese, English."""
NEVER = Text(
    "另有 {n} 次摇号，此对象从未符合其抽取条件。", "It never met the condition of {n} further draws."
)


def missed(source: Source, subject: str) -> Iterator[Missed]:
    """Every executed draw whose pool lacked the subject though it was known then, in order."""
    facts = source.facts()
    states: list[State] = []
    chunks: list[Data | None] = []
    for entry in source.entries():
        body = entry.body
        data: Data = dict(body.data)
        if body.type == "import.chunk" and data["register"] == "subjects":
            chunks += [record for name, record in data["rows"] if name == subject]
            chunks += [None for (name,) in data.get("removed", ()) if name == subject]
            continue
        if body.type == "import.closed":
            states += [(body.seq, record) for record in chunks]
        chunks = []
        if body.type == "draw.frozen" and states:
            found = _left_out(facts, data["draw"], body.seq, subject, states)
            if found is not None:
                yield found


def _left_out(facts: Facts, name: str, seq: int, subject: str, states: Sequence[State]) -> Missed | None:
    held, frozen = facts.get(f.DRAWS, name), facts.get(f.FROZEN, name)
    if held is None or frozen is None or held.state != "executed" or not held.outcome:
        return None
    if any(s == subject for _, s, _ in frozen.pool):
        return None
    met = [(number, stratum_of(held.question, record)) for number, (_, record) in enumerate(states)]
    last = next(((number, stratum) for number, stratum in reversed(met) if stratum), None)
    stands = place(held, frozen, last[1], subject) if last else None
    reason = next((row[1] for row in frozen.exclusions if row[0] == subject), "")
    if reason and last:
        exclusion = facts.get(f.EXCLUSIONS, f"{held.task}/{subject}")
        return Missed(name, seq, "excluded", exclusion.seq if exclusion else -1, str(reason), stands)
    if last is None:
        return Missed(name, seq, "filter")
    left, record = states[last[0] + 1] if last[0] + 1 < len(states) else (-1, None)
    return Missed(name, seq, "changed" if record is not None else "removed", left, place=stands)

"""Edits of lists around a freeze (R078, R031): who came, went or changed so shortly before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ledger.audit.detectors.doubt import Doubt, Limits, detector
from ledger.audit.detectors.past import Edit, Past, Step
from ledger.audit.trail import place, stratum_of
from verifier import facts as f
from verifier.facts import Data

_OUT = "lists.before-freeze"


@detector(_OUT)
def left_before_freeze(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Enterprises that met a stratum, and by an edit shortly before its freeze met none any more,
    though their ticket would have been drawn (tickets do not depend on the list)."""
    for freeze in past.of("draw.frozen"):
        draw = past.facts.get(f.DRAWS, freeze.data["draw"])
        frozen = past.facts.get(f.FROZEN, freeze.data["draw"])
        if draw is None or frozen is None or draw.state != "executed" or not draw.outcome:
            continue
        for edit in _shortly_before(past, freeze, limits[f"{_OUT}.days"]):
            stratum = _left(edit, freeze.data)
            if stratum and place(draw, frozen, stratum, edit.id).drawn:
                yield Doubt(
                    _OUT,
                    (edit.step.seq, freeze.seq, draw.executed),
                    (freeze.data["draw"], edit.id, edit.step.holder),
                    {
                        "subject": edit.id,
                        "holder": edit.step.holder,
                        "draw": freeze.data["draw"],
                        "days": _days(edit.step, freeze),
                        "fields": "、".join(edit.changed()) if edit.after else "-",
                    },
                    "found_changed" if edit.after else "found",
                )


def _shortly_before(past: Past, freeze: Step, days: int) -> Iterator[Edit]:
    for edit in past.edits_of("subjects"):
        if edit.step.seq < freeze.seq and _days(edit.step, freeze) <= days:
            yield edit


def _days(one: Step, other: Step) -> int:
    return (date.fromisoformat(other.day) - date.fromisoformat(one.day)).days


def _left(edit: Edit, question: Data) -> str:
    """The stratum that the row met before the edit and meets no more; "" for none."""
    met = stratum_of(question, edit.before)
    return met if met != stratum_of(question, edit.after) else ""

"""Edits of lists around a freeze, copies of sealed lists (R078, R031): who came, went or changed so shortly
before, and how many people know the list."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.audit.detectors.ceremonies import Ceremony, ceremonies, days_between, moved
from ledger.audit.detectors.doubt import Doubt, Limits, Value, detector
from ledger.audit.detectors.past import Edit, Past
from ledger.audit.trail import stratum_of
from ledger.database import SUBJECTS
from verifier import facts as f

_EDITED = "lists.before-freeze"
_PRINTED = "lists.printed"
_LABELS = {**SUBJECTS, "tags": "行业标签"}


@detector(_EDITED)
def edited_before_freeze(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Enterprises whose lot in a draw turned on an edit shortly before its freeze: they met a stratum no
    more, or a milder one, though their ticket would have been drawn; or they met one, were drawn, and soon
    left again."""
    for one in ceremonies(past):
        if not one.chosen or not one.opened:
            continue
        first = past.seq_of(moved(one.freeze.day, -limits[f"{_EDITED}.days"]))
        for edit in past.edits_between("subjects", first, one.freeze.seq):
            before, after = stratum_of(one.question, edit.before), stratum_of(one.question, edit.after)
            kept = stratum_of(one.question, past.record_at("subjects", edit.id, one.freeze.seq)) == after
            if before == after or not kept:
                continue
            if not before:
                last = moved(one.draw.executed_time[:10], limits[f"{_EDITED}.back"])
                left = _left_again(past, one, edit, last) if one.would_draw(edit.after, edit.id) else None
                if left is not None:
                    yield _doubt(one, edit, "found_entered", left)
            elif one.would_draw(edit.before, edit.id) and not one.would_draw(edit.after, edit.id):
                yield _doubt(
                    one, edit, "found_moved" if after else "found_changed" if edit.after else "found"
                )


def _left_again(past: Past, one: Ceremony, came: Edit, last: str) -> Edit | None:
    """The edit by which a subject met no stratum of a draw any more, after it was made and by a day."""
    for edit in past.edits_of_row("subjects", came.id):
        soon = edit.step.seq > one.draw.executed and edit.step.day <= last
        if soon and not stratum_of(one.question, edit.after):
            return edit
    return None


def _doubt(one: Ceremony, edit: Edit, variant: str, left: Edit | None = None) -> Doubt:
    days = days_between(edit.step.day, one.freeze.day)
    changed = edit.changed() if edit.after and edit.before else ()
    values: dict[str, Value] = {
        "subject": edit.id,
        "holder": edit.step.holder,
        "draw": one.id,
        "days": days,
        "fields": ("、".join(_LABELS.get(name, name) for name in changed) or "-", ", ".join(changed) or "-"),
    }
    entries = [edit.step.seq, one.freeze.seq, one.draw.executed]
    if left is not None:
        values["after"] = days_between(one.draw.executed_time[:10], left.step.day)
        entries.append(left.step.seq)
    return Doubt(_EDITED, tuple(entries), (one.id, edit.id, edit.step.holder), values, variant)


@detector(_PRINTED)
def printed_too_often(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Sealed draws whose list was printed more often than teams, departments and those who watched need."""
    opened = {step.data["draw"]: step.seq for step in reversed(past.of("draw.unsealed"))}
    copies: dict[str, list[tuple[int, int, str]]] = {}
    for step in past.of("draw.printed"):
        if step.seq < opened.get(step.data["draw"], past.source.size):
            copies.setdefault(step.data["draw"], []).append((step.seq, step.data["copies"], step.holder))
    for name, rows in copies.items():
        draw = past.facts.get(f.DRAWS, name)
        if draw is None or not draw.question["sealed"]:
            continue
        total, needed = sum(n for _, n, _ in rows), _needed(draw)
        allowed = needed + limits[f"{_PRINTED}.spare"]
        if total > allowed:
            yield Doubt(
                _PRINTED,
                tuple(seq for seq, _, _ in sorted(rows, key=lambda row: -row[1])),
                (name, *sorted({holder for _, _, holder in rows})),
                {"draw": name, "copies": total, "needed": needed, "times": len(rows)},
                times=total / allowed,
            )


def _needed(draw: f.Draw) -> int:
    """One copy for each team, department and party of a draw."""
    q = draw.question
    teams = q["groups"] if q["teams"] == "groups" else sum(s["k"] for s in q["strata"])
    return int(teams) + len({row[0] for row in q["seats"]}) + len(draw.parties)

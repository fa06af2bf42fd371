"""Edits of lists around a freeze, copies of sealed lists (R078, R031): who came, went or changed so shortly
before, and how many people know the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ledger.audit.detectors.ceremonies import Ceremony, ceremonies, days_between, moved
from ledger.audit.detectors.doubt import Doubt, Limits, Value, Words, detector
from ledger.audit.detectors.past import Edit, Past
from ledger.audit.trail import stratum_of
from ledger.database import SUBJECTS
from ledger.site.words import VALUES
from verifier import facts as f
from verifier.wording import printable

_EDITED = "lists.before-freeze"
_LEFT = "lists.left-before-freeze"
_PRINTED = "lists.printed"
_LABELS = {**SUBJECTS, "tags": "行业标签"}


@dataclass(frozen=True)
class _Turn:
    """An edit shortly before the freeze of a draw on which the lot of a subject turned; `undone` the edit
    that took it back soon after, if any did."""

    one: Ceremony
    edit: Edit
    variant: str
    undone: Edit | None = None


@detector(_EDITED)
def edited_before_freeze(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Enterprises whose lot in a draw turned on an edit shortly before its freeze: they met a stratum no
    more though their ticket would have been drawn, and were put back soon after; or they moved to a milder
    stratum; or they came to meet one, were drawn, and soon left again."""
    for turn in _turns(past, limits, _EDITED):
        if turn.undone is not None or turn.variant == "found_moved":
            yield _doubt(past, turn, _EDITED)


@detector(_LEFT)
def left_before_freeze(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Enterprises that met a stratum no more since shortly before its freeze, would have been drawn and did
    not come back soon: mostly those that really closed."""
    for turn in _turns(past, limits, _LEFT):
        if turn.undone is None and turn.variant in ("found", "found_changed"):
            yield _doubt(past, turn, _LEFT)


def _turns(past: Past, limits: Limits, name: str) -> Iterator[_Turn]:
    days, back = limits[f"{name}.days"], limits[f"{name}.back"]
    for one in ceremonies(past):
        if not one.chosen or not one.opened:
            continue
        last = moved(one.draw.executed_time[:10], back)
        for edit in past.edits_between("subjects", past.seq_of(moved(one.freeze.day, -days)), one.freeze.seq):
            before, after = stratum_of(one.question, edit.before), stratum_of(one.question, edit.after)
            kept = stratum_of(one.question, past.record_at("subjects", edit.id, one.freeze.seq)) == after
            if before == after or not kept:
                continue
            if not before:
                left = _next(past, one, edit, one.draw.executed, last, "")
                if left is not None and one.would_draw(edit.after, edit.id):
                    yield _Turn(one, edit, "found_entered", left)
            elif one.would_draw(edit.before, edit.id) and not one.would_draw(edit.after, edit.id):
                kind = "found_moved" if after else "found_changed" if edit.after else "found"
                yield _Turn(one, edit, kind, _next(past, one, edit, one.freeze.seq, last, before))


def _next(past: Past, one: Ceremony, edit: Edit, seq: int, last: str, stratum: str) -> Edit | None:
    """The first edit of the row after entry `seq`, until a day, by which it met `stratum` ("": none)."""
    for later in past.edits_of_row("subjects", edit.id):
        soon = later.step.seq > seq and later.step.day <= last
        if soon and stratum_of(one.question, later.after) == stratum:
            return later
    return None


def _doubt(past: Past, turn: _Turn, name: str) -> Doubt:
    one, edit = turn.one, turn.edit
    confirmed = [step.holder for step in past.confirmed(edit.step)]
    reviewer = str(edit.step.data["reviewer"])
    values: dict[str, Value] = {
        "subject": edit.id,
        "holder": edit.step.holder,
        "draw": one.id,
        "days": days_between(edit.step.day, one.freeze.day),
        "change": _change(edit),
        "reason": _reason(edit),
        "seen": (
            f"复核人 {reviewer}" + (f"，{'、'.join(confirmed)} 已确认" if confirmed else "，未经另一人确认"),
            f"reviewer named {reviewer}, "
            + (f"confirmed by {', '.join(confirmed)}" if confirmed else "confirmed by nobody else"),
        ),
        "undone": ("", ""),
    }
    entries, about = [edit.step.seq, one.freeze.seq, one.draw.executed], [one.id, edit.id, edit.step.holder]
    variant, undone = turn.variant, turn.undone
    if undone is not None:
        values["after"] = days_between(one.draw.executed_time[:10], undone.step.day)
        told = {"day": undone.step.day, "by": undone.step.holder, "reason": _reason(undone)}
        told["gap"] = str(days_between(edit.step.day, undone.step.day))
        values["undone"] = _UNDONE[0].format(**told), _UNDONE[1].format(**told)
        entries.append(undone.step.seq)
        about += [undone.step.holder] if undone.step.holder not in about else []
        variant = {"found": "found_back", "found_changed": "found_changed_back"}.get(variant, variant)
    return Doubt(name, tuple(entries), tuple(about), values, variant)


_UNDONE: Words = (
    "；{gap}天后（{day}）又由 {by} 改回（原因：{reason}）",
    "; changed back {gap} days later ({day}) by {by} (reason: {reason})",
)


def _reason(edit: Edit) -> str:
    return printable(edit.step.data["reason"], 60)


def _change(edit: Edit) -> Words:
    """What an edit changed, old and new values in words."""
    one, two = edit.before or {}, edit.after or {}
    zh, en = [], []
    for field in edit.changed() if one and two else ():
        old, new = (_said(field, row.get(field)) for row in (one, two))
        zh.append(f"{_LABELS.get(field, field)}：{old[0]} → {new[0]}")
        en.append(f"{field}: {old[1]} → {new[1]}")
    return "；".join(zh) or "-", "; ".join(en) or "-"


def _said(field: str, value: object) -> Words:
    """A value of a subject's record in words; a private one is not shown."""
    if isinstance(value, Mapping):
        return "***", "***"
    if isinstance(value, list | tuple):
        return "、".join(map(str, value)) or "无", ", ".join(map(str, value)) or "none"
    return VALUES.get(field, {}).get(str(value), (str(value or "无"), str(value or "none")))


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
                times=total / max(1, allowed),
            )


def _needed(draw: f.Draw) -> int:
    """One copy for each team, department and party of a draw."""
    q = draw.question
    teams = q["groups"] if q["teams"] == "groups" else sum(s["k"] for s in q["strata"])
    return int(teams) + len({row[0] for row in q["seats"]}) + len(draw.parties)

"""Who could be drawn as an officer shortly before a freeze, and who came back soon after (R042, R091)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ledger.audit.detectors.ceremonies import Ceremony, ceremonies, moved
from ledger.audit.detectors.doubt import Doubt, Limits, Value, Words, detector
from ledger.audit.detectors.past import Edit, Past, Step
from ledger.audit.words import listed
from verifier import facts as f
from verifier.facts import Data
from verifier.law.question import absent

_HALVED = "officers.halved"
Seat = tuple[str, str]
"""Department, qualification or "-"."""


@dataclass(frozen=True)
class _Loss:
    """An officer whom an entry made unable for a draw, and whether that ended soon after it."""

    officer: str
    step: Step
    back: bool


@detector(_HALVED)
def halved_before_freeze(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Draws whose able officers of a seat class were made half or less of what they were by absences, edits
    or declarations shortly before the freeze, most of which ended soon after."""
    for one in ceremonies(past):
        if not one.draw.parties:
            continue
        first = past.seq_of(moved(one.freeze.day, -limits[f"{_HALVED}.days"]))
        last = moved(one.freeze.day, limits[f"{_HALVED}.back"])
        lost = [*_absences(past, one, first, last), *_edits(past, one, first, last)]
        pairs = list(_declared(past, one, first, last))
        frozen = past.facts.get(f.FROZEN, one.id) if lost or pairs else None
        if frozen is None:
            continue
        for seat in {(row[0], row[1]): None for row in one.question["seats"]}:
            able = _able(frozen, seat)
            yield from _by_loss(past, one, seat, able, lost, limits[f"{_HALVED}.share"])
            barred = _others(frozen, pairs)
            yield from _by_declaration(one, seat, able, pairs, barred, limits[f"{_HALVED}.share"])


def _able(frozen: f.Frozen, seat: Seat) -> set[str]:
    away = absent(frozen)
    return {o for o, unit, held in frozen.officers if unit == seat[0] and seat[1] in ("-", *held)} - away


def _fits(record: Data | None, seat: Seat) -> bool:
    """Whether an officer with this record is able for a seat class."""
    if record is None or record["status"] != "active" or record["department"] != seat[0]:
        return False
    return seat[1] in ("-", *record["qualifications"])


def _absences(past: Past, one: Ceremony, first: int, last: str) -> Iterator[_Loss]:
    day = one.freeze.day
    for step in past.of("officer.absent"):
        if first <= step.seq < one.freeze.seq and step.data["from"] <= day <= step.data["until"]:
            held = past.facts.get(f.ABSENCES, f"{step.data['officer']}/{step.seq:012}")
            yield _Loss(step.data["officer"], step, held is None or held.last <= last)


def _edits(past: Past, one: Ceremony, first: int, last: str) -> Iterator[_Loss]:
    seats = [(row[0], row[1]) for row in one.question["seats"]]
    for edit in past.edits_between("officers", first, one.freeze.seq):
        gone = [seat for seat in seats if _fits(edit.before, seat) and not _fits(edit.after, seat)]
        if gone:
            yield _Loss(edit.id, edit.step, _returned(past, edit, gone[0], one.freeze.seq, last))


def _returned(past: Past, left: Edit, seat: Seat, since: int, last: str) -> bool:
    later = (e for e in past.edits_of_row("officers", left.id) if e.step.seq > since and e.step.day <= last)
    return any(_fits(edit.after, seat) for edit in later)


def _by_loss(
    past: Past, one: Ceremony, seat: Seat, able: Collection[str], lost: list[_Loss], share: int
) -> Iterator[Doubt]:
    seq = one.freeze.seq
    gone: dict[str, _Loss] = {}
    for loss in lost:
        was = past.record_at("officers", loss.officer, loss.step.seq)
        if loss.officer not in able and _fits(was, seat):
            gone[loss.officer] = loss
    back = [loss for loss in gone.values() if loss.back]
    before = len(able) + len(gone)
    if len(back) < 2 or len(able) * 100 > share * before or len(back) * 2 < len(gone):
        return
    seqs = sorted({loss.step.seq for loss in gone.values()})
    values = _values(one, seat, len(able), before) | {"back": len(back), "officers": _named(gone)}
    about = (one.id, *gone, *sorted({loss.step.holder for loss in gone.values()}))
    yield Doubt(_HALVED, (seqs[0], seq, *seqs[1:]), about, values, times=before / max(1, 2 * len(able)))


def _declared(past: Past, one: Ceremony, first: int, last: str) -> Iterator[tuple[Step, str, str]]:
    """(declaration, officer, subject) of conflicts declared in the window and withdrawn soon after."""
    if one.question["teams"] != "each":
        return
    ended = defaultdict(list)
    for step in past.of("conflict.withdrawn"):
        ended[step.data["officer"], step.data["subject"]].append(step)
    for step in past.of("conflict.declared"):
        pair = (step.data["officer"], step.data["subject"])
        if first <= step.seq < one.freeze.seq:
            ends = [e for e in ended[pair] if e.seq > step.seq]
            if ends and ends[0].seq > one.freeze.seq and ends[0].day <= last:
                yield step, *pair


def _others(frozen: f.Frozen, pairs: list[tuple[Step, str, str]]) -> Mapping[str, set[str]]:
    """Officers in conflict with a subject by declarations other than these."""
    held: dict[str, set[str]] = defaultdict(set)
    for officer, subject in frozen.conflicts:
        held[subject].add(officer)
    for _, officer, subject in pairs:
        held[subject].discard(officer)
    return held


def _by_declaration(
    one: Ceremony,
    seat: Seat,
    able: Collection[str],
    pairs: list[tuple[Step, str, str]],
    barred: Mapping[str, set[str]],
    share: int,
) -> Iterator[Doubt]:
    by_subject: dict[str, dict[str, Step]] = defaultdict(dict)
    for step, officer, subject in pairs:
        if officer in able:
            by_subject[subject][officer] = step
    for subject, gone in by_subject.items():
        before = len(set(able) - barred.get(subject, set()))
        now = before - len(gone)
        if len(gone) < 2 or now * 100 > share * before:
            continue
        seqs = sorted({step.seq for step in gone.values()})
        values = _values(one, seat, now, before) | {"subject": subject, "officers": _named(gone)}
        about = (one.id, subject, *gone, *sorted({step.holder for step in gone.values()}))
        entries = (seqs[0], one.freeze.seq, *seqs[1:])
        yield Doubt(_HALVED, entries, about, values, "found_declared", before / max(1, 2 * now))


def _values(one: Ceremony, seat: Seat, now: int, before: int) -> dict[str, Value]:
    place = seat[0] if seat[1] == "-" else f"{seat[0]}/{seat[1]}"
    return {"draw": one.id, "seat": place, "now": now, "before": before, "gone": before - now}


def _named(gone: Collection[str]) -> Words:
    return listed(sorted(gone), "人", 10)

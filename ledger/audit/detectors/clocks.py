"""The clock (design §3): corrections that gave time back, and filings dated before they were entered."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from ledger.audit.detectors.doubt import Doubt, Limits, Value, detector
from ledger.audit.detectors.past import Past, Step
from ledger.audit.detectors.records import Deadlines, records
from ledger.audit.detectors.visits import minutes
from ledger.audit.words import kind, listed
from verifier import facts as f
from verifier.calendar import Deadline
from verifier.law.dues import years_of
from verifier.law.filings import draw_filing, filing_dues

_CLOCK: Final = "clock.corrected"


@detector(_CLOCK)
def gained(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Clock corrections that gave back much time, what was entered in the hours that came twice, and what
    came into its time by that; filings whose date lies in their time and whose entry does not."""
    for place, step in enumerate(past.steps):
        if step.type == "clock.corrected" and place:
            yield from _given_back(past, past.steps[place - 1], step, limits[f"{_CLOCK}.minutes"])
    yield from _backdated(past)


def _given_back(past: Past, before: Step, step: Step, least: int) -> Iterator[Doubt]:
    """`before` bears the latest time until then; up to that time hours come twice."""
    back = minutes(step.time, before.time)
    if back < least:
        return
    again = [
        s for s in _after(past, step) if s.time <= before.time and s.type not in ("confirmed", step.type)
    ]
    values: dict[str, Value] = {"holder": step.holder, "back": back, "reason": step.data["reason"]}
    values |= {"old": before.time[:16].replace("T", " "), "new": step.time[:16].replace("T", " ")}
    values |= {"n": len(again), "kinds": _kinds(again)}
    in_time = _in_time(past, before.day) if step.day < before.day else set()
    saved = [s for s in again if s.seq in in_time]
    entries = (step.seq, before.seq, *(s.seq for s in saved or again))
    about = (step.holder, *sorted({s.data["draw"] for s in again if "draw" in s.data}))
    if saved:
        values["saved"] = len(saved)
        yield Doubt(_CLOCK, entries, about, values, "found_saved", back / max(1, least))
    else:
        yield Doubt(_CLOCK, entries, about, values, times=back / max(1, least))


def _after(past: Past, step: Step) -> Iterator[Step]:
    """The entries after one, until the next correction of the clock."""
    for held in past.steps[bisect_right(past.steps, step.seq, key=lambda s: s.seq) :]:
        if held.type == "clock.corrected":
            return
        yield held


def _kinds(again: list[Step]) -> tuple[str, str]:
    types = list(dict.fromkeys(step.type for step in again))
    return listed(map(kind, types), "种")[0], listed(types)[1]


def _in_time(past: Past, day: str) -> set[int]:
    """Publications that were in time and would have been late on `day`."""
    deadlines, found = Deadlines(past), set()
    for record in records(past):
        limit = deadlines.of(record) if record.published and record.visit.published else None
        if limit is None or record.published is None:
            continue
        late = limit.judge(date.fromisoformat(day)) is False
        if late and limit.judge(date.fromisoformat(record.visit.published)):
            found.add(record.published.seq)
    return found


def _backdated(past: Past) -> Iterator[Doubt]:
    """Filings in time by the date that was written, and late by the day on which that was written."""
    by_seq = {step.seq: step for step in past.of("plan.filed", "draw.filed")}
    years = years_of(past.facts)
    for due in filing_dues(past.facts, years):
        step = by_seq.get(due.seq)
        if step and due.filed and _only_by_date(due.limit, due.filed, step):
            yield _filed(step, due.plan, due.filed, str(due.limit.latest))
    filings = {(row.draw, row.date): row.seq for _, row in past.facts.rows(f.DRAW_FILINGS)}
    for name, draw in past.facts.rows(f.DRAWS):
        asked = draw_filing(past.facts, name, draw, years)
        if asked is None or not asked[1]:
            continue
        limit, filed = asked
        step = by_seq.get(filings.get((name, filed), -1))
        if step and _only_by_date(limit, filed, step):
            yield _filed(step, name, filed, str(limit.latest))


def _only_by_date(limit: Deadline, filed: str, step: Step) -> bool:
    """Whether a deed is in time by the date that was written and late by the day of its entry."""
    written, entered = (limit.judge(date.fromisoformat(day)) for day in (filed, step.day))
    return written is True and entered is False


def _filed(step: Step, what: str, filed: str, last: str) -> Doubt:
    values: Mapping[str, Value] = {
        "what": what,
        "date": filed,
        "day": step.day,
        "last": last,
        "holder": step.holder,
    }
    return Doubt(_CLOCK, (step.seq,), (what, step.holder), values, "found_filed")

"""How results were entered and what they say (R122): in bulk, at night, in the same words, late."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Final

from ledger.audit.detectors.chances import LEVEL
from ledger.audit.detectors.concentration import Tally
from ledger.audit.detectors.doubt import Doubt, Limits, Value, detector
from ledger.audit.detectors.past import Past, Step
from ledger.audit.detectors.records import Record, groups, met, problem, records, working_days
from ledger.audit.words import listed
from verifier import facts as f
from verifier.calendar import is_working
from verifier.law.dues import years_of

_BULK: Final = "result.bulk"
_NIGHT: Final = "result.night"
_WORDS: Final = "result.same-words"
_LATE: Final = "entry.late"
_HABIT: Final = 3
"""A bulk is so many times what the office enters at a time."""
_ENTERED = ("visit.recorded", "visit.result", "check.unplanned")
_SIGNS = re.compile(r"[\W_]+")
_NUMBERS = re.compile(r"[0-9]+")


@detector(_BULK)
def in_bulk(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Many results that one holder entered within minutes, where the office enters a few at a time: half of
    its results are entered among no more than its habit."""
    runs = list(_runs(past, limits[f"{_BULK}.minutes"]))
    habit = median(len(run) for run in runs for _ in run) if runs else 0
    least = limits[f"{_BULK}.entries"]
    for run in runs:
        if len(run) < max(least, _HABIT * habit):
            continue
        values: dict[str, Value] = {"holder": run[0].holder, "n": len(run), "habit": int(habit)}
        values |= {"begin": run[0].time[:16].replace("T", " "), "end": run[-1].time[11:16]}
        values["days"] = len({step.data["occurred"][:10] for step in run})
        about = (run[0].holder, *sorted({step.data["draw"] for step in run}))
        yield Doubt(_BULK, tuple(s.seq for s in run), about, values, times=len(run) / max(1, least))


def _runs(past: Past, span: int) -> Iterator[list[Step]]:
    """The results of each holder, cut so that no run lasts longer than `span` minutes."""
    by_holder: dict[str, list[Step]] = defaultdict(list)
    for step in past.of("visit.recorded"):
        by_holder[step.holder].append(step)
    longest = timedelta(minutes=span)
    for _, steps in sorted(by_holder.items()):
        run: list[Step] = []
        for step in steps:
            if run and step.at - run[0].at > longest:
                yield run
                run = []
            run.append(step)
        yield run


@detector(_NIGHT)
def at_night(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Results that a holder entered in one night, or on a day on which the adopted calendar says rest."""
    begin, end = limits[f"{_NIGHT}.from"], limits[f"{_NIGHT}.until"]
    years, unknown = years_of(past.facts), set()
    nights: dict[tuple[str, str], list[Step]] = defaultdict(list)
    rests: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for step in past.of(*_ENTERED):
        day = date.fromisoformat(step.day)
        if step.at.hour >= begin or step.at.hour < end:
            evening = day - timedelta(days=step.at.hour < end)
            nights[evening.isoformat(), step.holder].append(step)
        elif (working := is_working(day, years)) is None:
            unknown.add(step.day[:4])
        elif not working:
            rests[step.day, step.holder].append(step)
    for kind, held in (("found", nights), ("found_rest", rests)):
        yield from _nights(held, kind, limits[f"{_NIGHT}.entries"])
    if unknown:
        told = "、".join(sorted(unknown))
        past.skip(_NIGHT, f"{told}年没有工作日历，休息日未查", f"rest days of {told}: no calendar")


def _nights(held: Mapping[tuple[str, str], list[Step]], kind: str, least: int) -> Iterator[Doubt]:
    """One doubt for each night or day of a holder; told is the day on which the first entry really is."""
    for (_evening, holder), steps in sorted(held.items()):
        if len(steps) >= least:
            first, last = steps[0], steps[-1]
            begin, end = first.time[11:16], last.time[11:16]
            values: dict[str, Value] = {"holder": holder, "day": first.day, "n": len(steps), "begin": begin}
            values["end"] = end if last.day == first.day else (f"次日 {end}", f"{end} of the next day")
            entries = tuple(step.seq for step in steps)
            yield Doubt(_NIGHT, entries, (holder,), values, kind, len(steps) / max(1, least))


@dataclass(frozen=True)
class _Said:
    """A record's words: as written but for signs and the name of the enterprise, and without numbers."""

    record: Record
    text: str
    bare: str

    @property
    def year(self) -> str:
        return self.record.step.time[:4]


@detector(_WORDS)
def same_words(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Findings of a year in the same words for several enterprises, in one draw also those that differ in
    numbers alone; one scan behind several visits; inspectors who never find what others find."""
    made = [record for record in records(past) if record.stands]
    said = [one for one in _said(past, made) if len(one.text) >= limits[f"{_WORDS}.length"]]
    least, told = limits[f"{_WORDS}.visits"], set()
    for key, held in groups(((one.year, one.text), one.record) for one in said):
        if _enterprises(held) >= least:
            told.add(key)
            yield _same(held, "found", least)
    alike = (((one.record.draw, one.bare), one.record) for one in said if (one.year, one.text) not in told)
    for _, held in groups(alike):
        if _enterprises(held) >= least:
            yield _same(held, "found_numbers", least)
    scans = (((r.step.data["paper"]["scan"].hex(),), r) for r in made if "paper" in r.step.data)
    for _, held in groups(scans):
        if _enterprises(held) > 1:
            yield _same(held, "found_scan", 2)
    yield from _never_found(made, limits[f"{_WORDS}.least"])


def _said(past: Past, made: Sequence[Record]) -> Iterator[_Said]:
    """The findings of visits at which something was checked, as far as this reader can open them."""
    closed = 0
    for record in made:
        held = record.visit.data.get("findings") if met(record.visit.data) else None
        opening = past.source.open(held["$c"]) if isinstance(held, dict) else None
        if opening is None:
            closed += held is not None
            continue
        row = past.facts.get(f.register("subjects"), record.subject)
        names = (row.record["name"], record.subject) if row is not None else (record.subject,)
        text = unicodedata.normalize("NFKC", str(opening[1])).lower()
        for name in names:
            text = text.replace(unicodedata.normalize("NFKC", name).lower(), "")
        numbers = _NUMBERS.sub("0", text)
        yield _Said(record, _SIGNS.sub("", text), _SIGNS.sub("", numbers))
    if closed:
        past.skip(
            _WORDS,
            f"{closed}份检查记录的检查情况本核验人无法打开，文字未比对",
            f"the findings of {closed} visits are closed to this reader and were not compared",
        )


def _enterprises(held: Sequence[Record]) -> int:
    return len({record.subject for record in held})


def _same(held: Sequence[Record], variant: str, least: int) -> Doubt:
    holders = Counter(record.holder for record in held)
    draws = sorted({record.draw for record in held})
    values: dict[str, Value] = {"n": len(held), "m": _enterprises(held), "draws": listed(draws, "次")}
    values["holders"] = "、".join(f"{holder} {n}" for holder, n in holders.most_common())
    entries = tuple(record.step.seq for record in held)
    about = (*holders, *draws, *(record.subject for record in held))
    return Doubt(_WORDS, entries, about, values, variant, len(held) / max(1, least))


def _never_found(made: Sequence[Record], least: int) -> Iterator[Doubt]:
    """Officers whose visits find too seldom what the visits of the same draws find."""
    tally = Tally()
    for _, held in groups(((record.draw,), record) for record in made if met(record.visit.data)):
        places: Counter[str] = Counter(officer for r in held for officer in r.visit.data["officers"])
        clean = [record for record in held if not problem(record.visit.data["results"])]
        struck: dict[str, list[int]] = defaultdict(list)
        for record in clean:
            for officer in record.visit.data["officers"]:
                struck[officer].append(record.step.seq)
        tally.draw("officer", len(held), len(clean), places, struck)
    for one in tally.found(least, LEVEL):
        values: dict[str, Value] = {"officer": one.name, "n": one.of, "clean": one.found}
        values["expected"] = round(one.expected, 1)
        yield Doubt(_WORDS, one.entries, (one.name,), values, "found_clean", p=one.p)


@detector(_LATE)
def entered_late(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Visits that were entered many working days after they were over, by draw and holder."""
    years, most = years_of(past.facts), limits[f"{_LATE}.days"]
    late = {}
    for record in records(past):
        apart = working_days(_over(record.step), record.step.day, years) if record.stands else 0
        if apart > most:
            late[record.id] = (record, apart)
    for (draw, holder), held in groups(((r.draw, r.holder), r) for r, _ in late.values()):
        held.sort(key=lambda record: -late[record.id][1])
        worst = late[held[0].id][1]
        values: dict[str, Value] = {"holder": holder, "draw": draw, "n": len(held), "days": worst}
        values |= {"limit": most, "subjects": listed(r.subject for r in held)}
        about = (draw, holder, *(r.subject for r in held))
        entries = tuple(record.step.seq for record in held)
        yield Doubt(_LATE, entries, about, values, times=worst / max(1, most))


def _over(step: Step) -> str:
    """The day on which a visit was over, as it was entered."""
    return str(step.data.get("until") or step.data["occurred"])[:10]

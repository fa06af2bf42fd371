"""Publication (R130): late or always at the last moment, results passed over, what changed afterwards."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Final

from ledger.audit.detectors.chances import alarms, tails
from ledger.audit.detectors.doubt import Doubt, Limits, Value, detector
from ledger.audit.detectors.past import Past, Step
from ledger.audit.detectors.records import Deadlines, Record, groups, problem, records, unconfirmed
from ledger.audit.words import listed
from verifier import facts as f
from verifier.facts import Data
from verifier.vocabulary import NEEDS_FOLLOWUP, PROBLEM_RESULTS

_LATE: Final = "publication.late"
_CHOSEN: Final = "publication.selective"
_AFTER: Final = "correction.after-publication"
_FEW: Final = 3
"""Fewer late results than this say nothing about a person."""


@detector(_LATE)
def late(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Holders whose results are published late more often than the office's, or on the last day as a rule;
    dates corrected so that a publication came into its time."""
    deadlines = Deadlines(past)
    made = [record for record in records(past) if record.stands]
    ends: dict[str, date] = {}
    for record in made:
        limit = deadlines.of(record)
        if limit is not None and limit.latest is not None:
            ends[record.id] = limit.latest
    yield from _often_late(past, [record for record in made if record.id in ends], ends)
    yield from _last_days(made, ends, limits)
    yield from _into_time(past, made, deadlines)


def _often_late(past: Past, made: Sequence[Record], ends: Mapping[str, date]) -> Iterator[Doubt]:
    """Who was late more often than the office in a year, by the dates of first publications."""
    today = date.fromisoformat(past.today)
    judged: list[tuple[Record, bool]] = []
    for record in made:
        if record.published or today > ends[record.id]:
            judged.append((record, not record.published or _first(record) > ends[record.id]))
    years = Counter(record.step.time[:4] for record, _ in judged)
    late_in = Counter(record.step.time[:4] for record, out in judged if out)
    whose: dict[tuple[str, str], list[tuple[Record, bool]]] = defaultdict(list)
    for record, out in judged:
        whose[record.step.time[:4], record.holder].append((record, out))
    asked = [(*key, held) for key, held in sorted(whose.items()) if len(held) < years[key[0]]]
    counts = [sum(out for _, out in held) for _, _, held in asked]
    ps = [
        tails(len(held), late_in[year], years[year], n)[1]
        for (year, _, held), n in zip(asked, counts, strict=True)
    ]
    for (year, holder, held), n, p, alarm in zip(asked, counts, ps, alarms(ps), strict=True):
        if alarm and n >= _FEW:
            values: dict[str, Value] = {"holder": holder, "year": year, "n": n, "of": len(held)}
            values |= {"late": late_in[year], "all": years[year]}
            entries = tuple(record.step.seq for record, out in held if out)
            yield Doubt(_LATE, entries, (holder,), values, times=n / _FEW, p=p)


def _first(record: Record) -> date:
    """The date of the first publication, `date.max` where there is none."""
    return date.fromisoformat(record.published.data["date"]) if record.published else date.max


def _last_days(made: Sequence[Record], ends: Mapping[str, date], limits: Limits) -> Iterator[Doubt]:
    """Who publishes on the last day as a rule: days of publication, not results, are counted."""
    shown = (((r.holder,), r) for r in made if r.visit.published and r.published and r.id in ends)
    for (holder,), held in groups(shown):
        last = [r for r in held if r.visit.published == ends[r.id].isoformat()]
        on = sorted({r.visit.published for r in last})
        often = len(last) * 100 >= limits[f"{_LATE}.percent"] * len(held)
        if len(on) >= limits[f"{_LATE}.last-days"] and often:
            values: dict[str, Value] = {"holder": holder, "n": len(last), "of": len(held), "days": len(on)}
            entries = tuple(r.published.seq for r in last if r.published)
            times = len(on) / max(1, limits[f"{_LATE}.last-days"])
            yield Doubt(_LATE, entries, (holder,), values, "found_last_day", times)


def _into_time(past: Past, made: Sequence[Record], deadlines: Deadlines) -> Iterator[Doubt]:
    """Corrections of a day of visit or of publication without which the publication would have been late."""
    waiting = unconfirmed(past)
    shown: dict[bytes, Record] = {r.published.leaf: r for r in made if r.published}
    visits: dict[bytes, Record] = {r.step.leaf: r for r in made}
    for step in past.of("corrected"):
        of, field = step.data["of"], step.data["field"]
        moved = (field in ("occurred", "until") and of in visits) or (field == "date" and of in shown)
        if not moved or step.seq in waiting:
            continue
        record = visits.get(of) or shown[of]
        now = record.visit.published
        before = {key: value for key, value in record.visit.data.items() if key != field}
        before |= {field: step.data["old"]} if "old" in step.data else {}
        one = deadlines.of(record, before if of in visits else None)
        was = str(step.data["old"]) if of in shown else now
        two = deadlines.of(record)
        if one is None or two is None or not now or not was:
            continue
        if one.judge(date.fromisoformat(was)) is False and two.judge(date.fromisoformat(now)):
            values: dict[str, Value] = {"subject": record.subject, "holder": step.holder}
            values |= {"old": str(step.data.get("old", "-"))[:10], "new": str(step.data["new"])[:10]}
            about = (step.holder, record.draw, record.subject)
            yield Doubt(_LATE, (step.seq, record.step.seq), about, values, "found_moved")


@dataclass(frozen=True)
class _Ready:
    """A result that could be published from `since` on; `shown` is when it was, "" while it is not."""

    record: Record
    since: str
    shown: str
    bad: bool

    def wait(self, today: str) -> int:
        """Seconds from the one to the other, so far for one that is not published."""
        shown = self.shown or f"{today}T23:59:59+08:00"
        return int((datetime.fromisoformat(shown) - datetime.fromisoformat(self.since)).total_seconds())


@detector(_CHOSEN)
def selective(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Results with findings that wait longer than clean ones, and those passed over while their holder
    published what became ready after them."""
    ready = _ready(past)
    whose: dict[tuple[str, str], list[_Ready]] = defaultdict(list)
    for one in ready:
        whose[one.record.step.time[:4], one.record.holder].append(one)
    yield from _passed_over(whose, limits[f"{_CHOSEN}.rounds"])
    asked = [(*key, *table) for key, held in sorted(whose.items()) if (table := _slow(held, past.today))]
    ps = [tails(len(slow), bad, total, n)[1] for _, _, slow, n, bad, total in asked]
    for (year, holder, slow, n, bad, total), p, alarm in zip(asked, ps, alarms(ps), strict=True):
        if alarm:
            values: dict[str, Value] = {"holder": holder, "year": year, "n": n, "bad": bad}
            values |= {"slow": len(slow), "all": total}
            entries = tuple(one.record.step.seq for one in slow if one.bad)
            yield Doubt(_CHOSEN, entries, (holder,), values, p=p)


def _ready(past: Past) -> list[_Ready]:
    """Signed results, by when they could be published: of a sealed draw not before it was unsealed, and not
    before they were accepted or corrected last."""
    unsealed = {step.data["draw"]: step.time for step in past.of("draw.unsealed")}
    accepted = {s.data["visit"]: s.time for s in past.of("result.reviewed") if s.data["accepted"]}
    found = []
    for record in records(past):
        draw = past.facts.get(f.DRAWS, record.draw)
        if not record.stands or record.effective is None or draw is None or draw.veiled:
            continue
        shown = record.published.time if record.published else ""
        times = [unsealed.get(record.draw, ""), accepted.get(record.id, "")]
        times += [step.time for change in record.changes for step in (change, *past.confirmed(change))]
        times = [time for time in times if not shown or time <= shown]
        since = max(record.effective.time, *times)
        found.append(_Ready(record, since, shown, problem(record.visit.data["results"])))
    return found


def _passed_over(whose: Mapping[tuple[str, str], Sequence[_Ready]], least: int) -> Iterator[Doubt]:
    """Results with findings that waited while their holder published, on several days, later ones."""
    for (year, holder), held in sorted(whose.items()):
        rounds: dict[str, int] = {}
        for one in held:
            later = (other for other in held if other.since >= one.since and other.shown) if one.bad else ()
            days = {other.shown[:10] for other in later if not one.shown or other.shown < one.shown}
            rounds[one.record.id] = len({day for day in days if day > one.since[:10]})
        over = [one.record for one in held if rounds[one.record.id] >= least]
        if over:
            over.sort(key=lambda record: -rounds[record.id])
            most = rounds[over[0].id]
            draws = list(dict.fromkeys(record.draw for record in over))
            values: dict[str, Value] = {"holder": holder, "year": year, "n": len(over), "rounds": most}
            values["never"] = sum(record.published is None for record in over)
            values |= {"draws": listed(draws, "次"), "subjects": listed(r.subject for r in over)}
            entries = tuple(r.published.seq if r.published else r.step.seq for r in over)
            about = (holder, *draws, *(r.subject for r in over))
            yield Doubt(_CHOSEN, entries, about, values, "found_passed", most / max(1, least))


def _slow(held: Sequence[_Ready], today: str) -> tuple[list[_Ready], int, int, int] | None:
    """Results that waited longer than half of them, how many of those are bad, how many bad, how many in all;
    None where nothing can be told. One not published counts once it has waited longer than that."""
    shown = [one.wait(today) for one in held if one.shown]
    if not shown:
        return None
    middle = median(shown)
    known = [one for one in held if one.shown or one.wait(today) > middle]
    slow = [one for one in known if one.wait(today) > middle]
    return slow, sum(one.bad for one in slow), sum(one.bad for one in known), len(known)


@detector(_AFTER)
def softened(past: Past, _limits: Limits) -> Iterator[Doubt]:
    """Results that said less after they were published than before: corrected, voided, or their follow-up
    put off or taken back."""
    found = [*_corrected(past), *_followups(past)]
    counts = Counter(step.holder for step, _, _ in found)
    for step, record, variant in sorted(found, key=lambda row: row[0].seq):
        values: dict[str, Value] = {"subject": record.subject, "draw": record.draw, "holder": step.holder}
        values |= {"count": counts[step.holder], "reason": step.data["reason"]}
        if variant in ("found", "found_softened"):
            values |= {"old": "、".join(_codes(step, "old")), "new": "、".join(_codes(step, "new"))}
        published = record.published.seq if record.published else record.step.seq
        entries = (step.seq, published, record.step.seq)
        about = (step.holder, record.draw, record.subject)
        yield Doubt(_AFTER, entries, about, values, variant, counts[step.holder])


def _codes(step: Step, side: str) -> list[str]:
    return [str(code) for code in step.data.get(side, ())]


def _corrected(past: Past) -> Iterator[tuple[Step, Record, str]]:
    for record in records(past):
        shown = record.published.seq if record.published else past.source.size
        after = [step for step in record.changes if step.seq > shown]
        fields = [step.data.get("field") for step in after]
        for step, field in zip(after, fields, strict=True):
            if field == "results":
                old, new = _codes(step, "old"), _codes(step, "new")
                if problem(old) and not problem(new):
                    yield step, record, "found"
                elif _weight(old) > _weight(new):
                    yield step, record, "found_softened"
            elif field == "items" and "results" not in fields:
                if _ordered(step.data.get("old", ())) > _ordered(step.data["new"]):
                    yield step, record, "found_order"
            elif step.type == "voided" and problem(record.visit.data["results"]):
                yield step, record, "found_voided"


def _weight(codes: Sequence[str]) -> tuple[int, int]:
    """How many results ask for a follow-up, how many are problems."""
    return sum(code in NEEDS_FOLLOWUP for code in codes), sum(code in PROBLEM_RESULTS for code in codes)


def _ordered(items: Sequence[Data]) -> int:
    return sum(bool(box["ordered"]) for box in items)


def _followups(past: Past) -> Iterator[tuple[Step, Record, str]]:
    """Follow-ups of published results that were voided, or whose last day was moved on."""
    shown = {record.id: record for record in records(past) if record.published and record.stands}
    of = {
        step.leaf: shown[step.data["visit"]]
        for step in past.of("followup.recorded")
        if step.data["visit"] in shown
    }
    waiting = unconfirmed(past)
    for step in past.of("corrected", "voided"):
        record = of.get(step.data["of"])
        if (
            record is None
            or step.seq in waiting
            or record.published is None
            or step.seq < record.published.seq
        ):
            continue
        later = step.data.get("field") == "due" and step.data["new"] > step.data.get("old", "")
        if step.type == "voided" or later:
            yield step, record, "found_followup"

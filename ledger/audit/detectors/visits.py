"""Visits and the lot (R055, R098, R116): before it, beside it, by others or elsewhere."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from ledger.audit.detectors.ceremonies import Ceremony, ceremonies, moved
from ledger.audit.detectors.chances import alarms
from ledger.audit.detectors.concentration import convolved, hypergeometric
from ledger.audit.detectors.doubt import Doubt, Limits, Value, Words, detector
from ledger.audit.detectors.past import Edit, Past, Step
from ledger.audit.detectors.records import Record, groups, records
from ledger.audit.trail import stratum_of
from ledger.audit.words import listed
from verifier import facts as f
from verifier.law.joined import begins
from verifier.law.platforms import compare

_BEFORE: Final = "visit.before-draw"
_CHECKED: Final = "check.before-draw"
_BESIDE: Final = "visit.off-ledger"
_OTHER: Final = "visit.other-than-drawn"
_INSPECTED = re.compile("检查|抽查|核查|现场|暗访")
"""Words of a reason that speak of an inspection."""


def minutes(first: str, last: str) -> int:
    """Whole minutes from one time to another."""
    return int((datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds() // 60)


def days(first: str, last: str) -> int:
    """Days from the day of one time to that of another."""
    return (date.fromisoformat(last[:10]) - date.fromisoformat(first[:10])).days


@detector(_BEFORE)
def before_draw(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Drawn enterprises that were told or photographed before the lot fell on them; officers and enterprises
    whose checks the lot followed too often; visits that began sooner after it than people can set out."""
    yield from _told_before(past)
    yield from _checked_too_often(past, limits[f"{_BEFORE}.days"])
    made = [record for record in records(past) if record.stands]
    yield from _papers_before(past, made)
    yield from _soon(past, made, limits[f"{_BEFORE}.minutes"])


def _told_before(past: Past) -> Iterator[Doubt]:
    for key, notice in past.facts.rows(f.NOTICES):
        name, _, subject = key.partition("/")
        draw = past.facts.get(f.DRAWS, name)
        if draw is None or draw.state != "executed" or notice.data["sent"] >= draw.executed_time:
            continue
        values: dict[str, Value] = {"subject": subject, "draw": name, "sent": _plain(notice.data["sent"])}
        values["executed"] = _plain(draw.executed_time)
        yield Doubt(_BEFORE, (notice.seq, draw.executed), (name, subject), values, "found_notice")


@dataclass(frozen=True)
class _Trial:
    """A check outside the plan of an enterprise that stood in the pool of a draw made soon after: k of its
    stratum of n were drawn, and whether it was among them."""

    check: str
    kept: f.Kept
    draw: Ceremony
    stratum: str
    drawn: bool

    @property
    def chance(self) -> tuple[int, int]:
        return self.draw.chance(self.stratum)


def _trials(past: Past, window: int) -> Iterator[_Trial]:
    checks = sorted(past.facts.rows(f.CHECKS), key=lambda row: (row[1].data["occurred"], row[0]))
    times = [kept.data["occurred"] for _, kept in checks]
    for one in ceremonies(past):
        if not one.opened:
            continue
        made = one.draw.executed_time
        first, last = bisect_left(times, moved(made[:10], -window)), bisect_left(times, made)
        for check, kept in checks[first:last]:
            subject = kept.data["subject"]
            team = past.facts.get(f.TEAMS, f"{one.id}/{subject}")
            stratum = team.stratum if team else _stratum(past, one, subject)
            if one.chance(stratum)[1]:
                yield _Trial(check, kept, one, stratum, team is not None)


def _stratum(past: Past, one: Ceremony, subject: str) -> str:
    """The stratum of a draw in which a subject stood that was not drawn; "" for none."""
    excluded = past.facts.get(f.EXCLUSIONS, f"{one.freeze.data['task']}/{subject}")
    if not one.chosen or (excluded is not None and excluded.seq < one.freeze.seq):
        return ""
    return stratum_of(one.question, past.record_at("subjects", subject, one.freeze.seq))


@detector(_CHECKED)
def checked_before_draw(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Enterprises checked outside the plan that a lot soon after fell on: of one, mostly chance."""
    for trial in _trials(past, limits[f"{_CHECKED}.days"]):
        if not trial.drawn:
            continue
        subject, made = trial.kept.data["subject"], trial.draw.draw.executed_time
        hours = minutes(trial.kept.data["occurred"], made) // 60
        values: dict[str, Value] = {
            "subject": subject,
            "draw": trial.draw.id,
            "check": trial.check,
            "occurred": _plain(trial.kept.data["occurred"]),
            "executed": _plain(made),
            "gap": (f"{hours // 24}天", f"{hours // 24} days") if hours >= 48 else _hours(hours),
            "k": trial.chance[0],
            "n": trial.chance[1],
        }
        about = (trial.draw.id, subject, trial.check)
        yield Doubt(_CHECKED, (trial.kept.seq, trial.draw.draw.executed), about, values)


def _hours(hours: int) -> Words:
    return (f"{hours}小时", f"{hours} hours") if hours else ("不到1小时", "less than an hour")


def _checked_too_often(past: Past, window: int) -> Iterator[Doubt]:
    """Officers and enterprises whose checks outside the plan were followed by the lot more often than it
    explains: exact tails, Benjamini–Hochberg among the officers and among the enterprises."""
    kinds: dict[str, dict[str, dict[tuple[str, str], _Trial]]] = {
        "found_officer": defaultdict(dict),
        "found_subject": defaultdict(dict),
    }
    for trial in _trials(past, window):
        place = (trial.draw.id, trial.kept.data["subject"])
        kinds["found_subject"][place[1]].setdefault(place, trial)
        for officer in trial.kept.data["officers"]:
            kinds["found_officer"][officer].setdefault(place, trial)
    for variant, found in kinds.items():
        rows = [(who, list(held.values())) for who, held in sorted(found.items())]
        ps = [_tail(held) for _, held in rows]
        for (who, held), p, alarm in zip(rows, ps, alarms(ps), strict=True):
            drawn = [trial for trial in held if trial.drawn]
            if not alarm or len(drawn) < 2:
                continue
            values: dict[str, Value] = {
                "who": who,
                "days": window,
                "m": len(held),
                "n": len(drawn),
                "expected": round(sum(k / n for k, n in (trial.chance for trial in held)), 1),
                "draws": listed((t.draw.id for t in drawn), "次"),
            }
            entries = [seq for t in drawn for seq in (t.kept.seq, t.draw.draw.executed)]
            about = dict.fromkeys(
                [who, *(t.draw.id for t in drawn), *(t.kept.data["subject"] for t in drawn)]
            )
            yield Doubt(
                _BEFORE, tuple(dict.fromkeys(entries)), tuple(about), values, variant, float(len(drawn)), p
            )


def _tail(held: Sequence[_Trial]) -> float:
    """P(at least as many of these drawn) where the lot alone decides."""
    law: tuple[float, ...] = (1.0,)
    together: dict[tuple[str, str], list[_Trial]] = defaultdict(list)
    for trial in held:
        together[trial.draw.id, trial.stratum].append(trial)
    for own in together.values():
        k, n = own[0].chance
        law = convolved(law, hypergeometric(n, k, len(own)))
    return min(1.0, sum(law[sum(trial.drawn for trial in held) :]))


def _papers_before(past: Past, made: list[Record]) -> Iterator[Doubt]:
    """Files beside a visit that this ledger had seen before its draw, beside something else or nothing."""
    seen: dict[bytes, Step] = {}
    by_leaf = {record.step.leaf: record for record in made}
    shown = [(record, record.step.data["paper"]["scan"]) for record in made if "paper" in record.step.data]
    for step in past.of("attached", "check.unplanned"):
        file = step.data["file"] if step.type == "attached" else step.data.get("exemption", {}).get("file")
        if file is None:
            continue
        seen.setdefault(file, step)
        if step.data.get("of") in by_leaf:
            shown.append((by_leaf[step.data["of"]], file))
    for record, file in shown:
        draw, first = past.facts.get(f.DRAWS, record.draw), seen.get(file)
        if first is None or draw is None or draw.state != "executed" or first.seq > draw.executed:
            continue
        values: dict[str, Value] = {"subject": record.subject, "draw": record.draw, "day": first.day}
        values["executed"] = _plain(draw.executed_time)
        entries = (first.seq, draw.executed, record.step.seq)
        yield Doubt(_BEFORE, entries, (record.draw, record.subject, first.holder), values, "found_paper")


def _soon(past: Past, made: list[Record], least: int) -> Iterator[Doubt]:
    found = []
    for record in made:
        apart = minutes(begins(past.facts, record.draw, record.subject), record.visit.data["occurred"])
        if apart < least:
            found.append(((record.draw,), record))
    for (name,), held in groups(found):
        draw = past.facts.get(f.DRAWS, name)
        entries = (held[0].step.seq, draw.executed if draw else 0, *(r.step.seq for r in held[1:]))
        values: dict[str, Value] = {
            "draw": name,
            "n": len(held),
            "minutes": least,
            "subjects": listed(r.subject for r in held),
        }
        about = (name, *(r.subject for r in held))
        yield Doubt(_BEFORE, entries, about, values, "found_soon", times=len(held))


@detector(_BESIDE)
def off_ledger(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Inspections of which platform, lists or late entries speak and the ledger did not."""
    known = _inspected(past)
    yield from _on_platform_only(past, known)
    yield from _vanished(past)
    yield from _entered_late(past, limits[f"{_BESIDE}.days"])
    yield from _edited_after(past, known, limits[f"{_BESIDE}.back"])


def _inspected(past: Past) -> Mapping[str, list[str]]:
    """The times at which each subject was inspected, as the ledger knows it."""
    found: dict[str, list[str]] = defaultdict(list)
    for _, visit in past.facts.rows(f.VISITS):
        if visit.state != "voided":
            found[visit.data["subject"]].append(visit.data["occurred"])
    for _, check in past.facts.rows(f.CHECKS):
        found[check.data["subject"]].append(check.data["occurred"])
    return found


def _last_comparisons(past: Past) -> Mapping[str, f.Comparison]:
    return {row.draw: row for _, row in past.facts.rows(f.COMPARISONS)}


def _on_platform_only(past: Past, known: Mapping[str, list[str]]) -> Iterator[Doubt]:
    for name, row in _last_comparisons(past).items():
        extra = [one for one in compare(past.facts, name).extra if one not in known] if row.extra else []
        if extra:
            values: dict[str, Value] = {
                "draw": name,
                "platform": row.platform,
                "n": len(extra),
                "subjects": listed(extra),
            }
            yield Doubt(_BESIDE, (row.seq,), (name, *extra), values, times=len(extra))


def _vanished(past: Past) -> Iterator[Doubt]:
    """Rows that a platform showed of a draw beyond those drawn, and later no more."""
    by_draw: dict[str, list[Step]] = defaultdict(list)
    for step in past.of("platform.compared"):
        by_draw[step.data["draw"]].append(step)
    for name, steps in by_draw.items():
        for one, other in pairwise(steps):
            gone = one.data["extra"]["n"] - other.data["extra"]["n"]
            if gone > 0:
                values: dict[str, Value] = {"draw": name, "platform": one.data["platform"], "n": gone}
                values |= {"first": one.day, "last": other.day}
                about = (name, other.holder)
                yield Doubt(_BESIDE, (other.seq, one.seq), about, values, "found_vanished", times=gone)


def _entered_late(past: Past, most: int) -> Iterator[Doubt]:
    by_seq = {step.seq: step for step in past.of("check.unplanned")}
    for check, kept in past.facts.rows(f.CHECKS):
        step, late = by_seq.get(kept.seq), days(kept.data["occurred"], kept.day)
        if step is None or late <= most:
            continue
        values: dict[str, Value] = {
            "check": check,
            "subject": kept.data["subject"],
            "days": late,
            "holder": step.holder,
        }
        about = (kept.data["subject"], check, step.holder)
        yield Doubt(_BESIDE, (kept.seq,), about, values, "found_late", late / max(1, most))


def _edited_after(past: Past, known: Mapping[str, list[str]], back: int) -> Iterator[Doubt]:
    """Imports whose reason speaks of an inspection that the ledger does not know of."""
    found: dict[int, list[Edit]] = defaultdict(list)
    for edit in past.edits_of("subjects"):
        lately = any(0 <= days(time, edit.step.day) <= back for time in known.get(edit.id, ()))
        if edit.before and not lately and _INSPECTED.search(edit.step.data["reason"]):
            found[edit.step.seq].append(edit)
    for seq, edits in found.items():
        step = edits[0].step
        values: dict[str, Value] = {"n": len(edits), "subjects": listed(e.id for e in edits), "days": back}
        values |= {"reason": step.data["reason"], "holder": step.holder}
        yield Doubt(_BESIDE, (seq,), (step.holder, *(e.id for e in edits)), values, "found_edit")


@detector(_OTHER)
def other_than_drawn(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Officers whom the platform shows where others were drawn, officers in two places at once, enterprises
    that had another name or address at the visit than at the draw."""
    yield from _stand_ins(past, limits[f"{_OTHER}.visits"])
    made = [record for record in records(past) if record.stands]
    yield from _two_places(past, made, limits[f"{_OTHER}.minutes"])
    yield from _renamed(past, made)


def _stand_ins(past: Past, least: int) -> Iterator[Doubt]:
    found: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for name, row in _last_comparisons(past).items():
        for subject in compare(past.facts, name).changed if row.changed else ():
            team = past.facts.get(f.TEAMS, f"{name}/{subject}")
            shown = past.facts.get(f.register(f"platform.{name}"), subject)
            for officer in set(shown.record["officers"]) - set(team.members()) if shown and team else ():
                found[officer].append((name, subject, row.seq))
    for officer, held in sorted(found.items()):
        if len(held) >= least:
            draws = sorted({name for name, _, _ in held})
            values: dict[str, Value] = {"officer": officer, "n": len(held), "draws": listed(draws, "次")}
            about = (officer, *draws, *(subject for _, subject, _ in held))
            entries = tuple(sorted({seq for _, _, seq in held}))
            yield Doubt(_OTHER, entries, about, values, times=len(held) / max(1, least))


@dataclass(frozen=True)
class _Stay:
    """An officer's time at a subject."""

    begin: str
    end: str
    subject: str
    seq: int


def _two_places(past: Past, made: list[Record], least: int) -> Iterator[Doubt]:
    stays: dict[str, list[_Stay]] = defaultdict(list)
    spent = [(record.visit.data, record.step.seq) for record in made]
    spent += [(kept.data, kept.seq) for _, kept in past.facts.rows(f.CHECKS)]
    for data, seq in spent:
        for officer in data["officers"] if "until" in data else ():
            stays[officer].append(_Stay(data["occurred"], data["until"], data["subject"], seq))
    found: dict[tuple[_Stay, _Stay], list[str]] = defaultdict(list)
    for officer, held in stays.items():
        held.sort(key=lambda stay: (stay.begin, stay.seq))
        for one, other in pairwise(held):
            both = minutes(other.begin, min(one.end, other.end))
            if both >= least and _address(past, one.subject) != _address(past, other.subject):
                found[one, other].append(officer)
    for (one, other), officers in found.items():
        both = minutes(other.begin, min(one.end, other.end))
        values: dict[str, Value] = {
            "officers": listed(officers, "人"),
            "one": one.subject,
            "other": other.subject,
        }
        values |= {"day": one.begin[:10], "minutes": both}
        entries = tuple(sorted((one.seq, other.seq), reverse=True))
        about = (*officers, one.subject, other.subject)
        yield Doubt(_OTHER, entries, about, values, "found_two_places", both / max(1, least))


def _address(past: Past, subject: str) -> object:
    row = past.facts.get(f.register("subjects"), subject)
    return (row.record.get("address") or subject) if row is not None else subject


def _renamed(past: Past, made: list[Record]) -> Iterator[Doubt]:
    for record in made:
        draw = past.facts.get(f.DRAWS, record.draw)
        if draw is None:
            continue
        for edit in past.edits_of_row("subjects", record.subject):
            changed = {"name", "address"}.intersection(edit.changed())
            if edit.before and edit.after and changed and draw.executed < edit.step.seq < record.step.seq:
                values: dict[str, Value] = {
                    "subject": record.subject,
                    "draw": record.draw,
                    "holder": edit.step.holder,
                }
                values["fields"] = (
                    "、".join({"name": "名称", "address": "住所"}[one] for one in sorted(changed)),
                    ", ".join(sorted(changed)),
                )
                entries = (edit.step.seq, draw.executed, record.step.seq)
                about = (record.draw, record.subject, edit.step.holder)
                yield Doubt(_OTHER, entries, about, values, "found_renamed")


def _plain(time: str) -> str:
    """A time in a sentence: date and time of day to the minute."""
    return time[:16].replace("T", " ")

"""Who is inspected again and again (R079, R080), also outside plan and draw (R055–R057, R099)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from ledger.audit.detectors.doubt import Doubt, Limits, Value, detector
from ledger.audit.detectors.past import Past
from ledger.audit.words import listed
from verifier import facts as f
from verifier.law.identity import current, inspected
from verifier.law.joined import fills_of

_CAPPED = "subject.capped"
_UNPLANNED = "check.unplanned"
Inspections = Sequence[tuple[str, str, str]]
"""(day, own | superior | other | unplanned, draw, body or check), as `identity.inspected` gives them."""


@detector(_CAPPED)
def inspected_too_often(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Enterprises inspected in a year more often than the cap of the policy, or without one as often as the
    threshold, while others of the same pools were never drawn; years in which a policy that allows it let
    enterprises be drawn again."""
    years = sorted({draw.executed_time[:4] for _, draw in past.facts.rows(f.DRAWS) if draw.executed >= 0})
    ever = {current(past.facts, key.partition("/")[2]) for key, _ in past.facts.rows(f.TEAMS)}
    for year in years:
        found = inspected(past.facts, int(year))
        values = _policy(past, year)
        cap = values.get("yearly_cap")
        most = limits[f"{_CAPPED}.most"] if cap is None else int(str(cap)) + 1
        for subject, rows in sorted(found.items()):
            if len(rows) >= most:
                yield _too_often(past, subject, year, sorted(rows), most, cap is not None, ever)
        again = {s: n for s, rows in found.items() if (n := _own(rows)) > 1}
        if again and values.get("repeat", "allow") == "allow":
            yield _again(past, year, again, found)


def _own(rows: Inspections) -> int:
    return sum(by == "own" for _, by, _ in rows)


def _policy(past: Past, year: str) -> Mapping[str, object]:
    """The values of the policy in force at the end of a year."""
    held = [(p.seq, p.values) for _, p in past.facts.rows(f.POLICIES) if p.since[:4] <= year]
    return max(held, key=lambda row: row[0])[1] if held else {}


def _too_often(
    past: Past, subject: str, year: str, rows: Inspections, most: int, capped: bool, ever: Collection[str]
) -> Doubt:
    seqs = _seqs(past, rows)
    last = next((name for _, by, name in reversed(rows) if by == "own"), "")
    frozen = past.facts.get(f.FROZEN, last)
    never = sum(current(past.facts, s) not in ever for _, s, _ in frozen.pool) if frozen else 0
    told: dict[str, Value] = {"subject": subject, "year": year, "n": len(rows), "most": most - capped}
    told |= {"drawn": _own(rows), "others": len(rows) - _own(rows), "never": never}
    variant = "found" if capped else "found_often"
    return Doubt(_CAPPED, seqs, (subject, *([last] if last else [])), told, variant, len(rows) / max(1, most))


def _seqs(past: Past, rows: Inspections) -> tuple[int, ...]:
    """The entries of these inspections, the last first; of one that a list declares, the last import."""
    found = []
    for _, by, name in reversed(rows):
        draw, check = past.facts.get(f.DRAWS, name), past.facts.get(f.CHECKS, name)
        edit = past.facts.get(f.EDITS, "history")
        if by == "own" and draw is not None:
            found.append(draw.executed)
        elif by == "unplanned" and check is not None:
            found.append(check.seq)
        elif edit is not None:
            found.append(edit.seq)
    return tuple(found)


def _again(past: Past, year: str, again: Mapping[str, int], found: Mapping[str, Inspections]) -> Doubt:
    worst = sorted(again, key=lambda s: (-again[s], s))
    seqs = {seq for s in worst[:5] for seq in _seqs(past, [row for row in found[s] if row[1] == "own"])}
    told: dict[str, Value] = {"year": year, "n": len(again), "most": again[worst[0]]}
    told["names"] = listed(worst)
    return Doubt(_CAPPED, tuple(sorted(seqs, reverse=True)), tuple(worst[:5]), told, "found_again", 0.5)


@detector(_UNPLANNED)
def unplanned(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Checks outside plan and draw that gather on an enterprise, an officer, or both; that outnumber the
    drawn visits of the same item; or that came where a drawn visit was due."""
    checks = sorted(((kept.seq, kept.data) for _, kept in past.facts.rows(f.CHECKS)), key=lambda row: row[0])
    found: dict[str, dict[tuple[str, str], list[int]]] = defaultdict(lambda: defaultdict(list))
    totals: Counter[str] = Counter()
    for seq, data in checks:
        subject, year = current(past.facts, data["subject"]), data["occurred"][:4]
        totals[year] += 1
        found["found"][subject, year].append(seq)
        for officer in data["officers"]:
            found["found_pair"][officer, subject].append(seq)
            found["found_officer"][officer, year].append(seq)
        for item in data["items"]:
            found["found_item"][item, year].append(seq)
    drawn = _visited(past) if checks else Counter()
    share = limits[f"{_UNPLANNED}.share"]
    for variant, limit in _LIMIT.items():
        least = limits[f"{_UNPLANNED}.{limit}"]
        for (name, other), seqs in found[variant].items():
            of = drawn[name, other] if variant == "found_item" else totals[other]
            few = variant == "found_officer" and len(seqs) * 100 < share * of
            if len(seqs) < least or few or (variant == "found_item" and len(seqs) < of):
                continue
            values: dict[str, Value] = {"name": name, "other": other, "n": len(seqs), "of": of}
            about = (name, other) if variant == "found_pair" else (name,)
            yield Doubt(_UNPLANNED, tuple(seqs), about, values, variant, len(seqs) / max(1, least))
    yield from _instead(past, checks)


_LIMIT = {"found": "subject", "found_pair": "pair", "found_officer": "officer", "found_item": "item"}
"""Variant → its threshold."""


def _visited(past: Past) -> Counter[tuple[str, str]]:
    """Visits that a draw gave, by item and year."""
    return Counter(
        (box["item"], visit.data["occurred"][:4])
        for _, visit in past.facts.rows(f.VISITS)
        if visit.state != "voided"
        for box in visit.data["items"]
        if box["checked"]
    )


def _instead(past: Past, checks: Sequence[tuple[int, f.Data]]) -> Iterator[Doubt]:
    """Checks of a drawn enterprise on an item of the draw, after it was drawn and before its visit."""
    wanted = {data["subject"] for _, data in checks}
    due: dict[str, list[str]] = defaultdict(list)
    for key, _ in past.facts.rows(f.TEAMS) if wanted else ():
        name, subject = key.split("/")
        if subject in wanted and fills_of(past.facts, name) is None:
            due[subject].append(name)
    for seq, data in checks:
        for name in due[data["subject"]]:
            draw, ref = past.facts.get(f.DRAWS, name), past.facts.get(f.VISIT_OF, f"{name}/{data['subject']}")
            task = past.facts.get(f.TASKS, draw.task) if draw else None
            visit = past.facts.get(f.VISITS, ref.key) if ref else None
            if draw is None or task is None or not set(draw.question["items"]) & set(data["items"]):
                continue
            end = visit.data["occurred"] if visit else f"{task.data['window'][1]}T23:59:59+08:00"
            if draw.executed_time <= data["occurred"] < end:
                values: dict[str, Value] = {"check": data["check"], "subject": data["subject"], "draw": name}
                values["visit"] = ref.key if ref else ("尚无", "none yet")
                entries = (seq, draw.executed, *([visit.seq] if visit else []))
                yield Doubt(_UNPLANNED, entries, (data["subject"], name), values, "found_instead")

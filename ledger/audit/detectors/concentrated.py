"""Replacements and results 无法联系 that gather on an officer, an enterprise, an approver or a substitute."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ledger.audit.detectors.concentration import Tally
from ledger.audit.detectors.doubt import Doubt, Limits, Words, detector
from ledger.audit.detectors.past import Past, Step
from verifier import facts as f
from verifier.facts import Data
from verifier.law.identity import current
from verifier.law.outcome import reserves, seated_in_groups

_REPLACED = "replacement.concentrated"
_CONTACT = "contact.concentrated"
_UNREACHED = "10"
_WHO: dict[str, Words] = {
    "officer": ("检查人员", "officer"),
    "subject": ("抽查对象", "enterprise"),
    "approver": ("审批人", "approver"),
    "substitute": ("递补人", "substitute"),
    "recorder": ("经办人", "clerk"),
}

_TOLD = {(_REPLACED, "substitute"), (_REPLACED, "approver")}
"""Kinds of which a detector has a sentence of their own."""


@dataclass(frozen=True)
class _Change:
    """A replacement that took effect."""

    draw: str
    subject: str
    seat: int
    officer: str
    substitute: str
    seq: int
    approver: str


def _alarms(name: str, tally: Tally, limits: Limits) -> Iterator[Doubt]:
    least, level = limits[f"{name}.least"], limits[f"{name}.level"] / 100
    for one in tally.found(least, level):
        variant = f"found_{one.kind}" if (name, one.kind) in _TOLD else "found"
        yield Doubt(
            name,
            one.entries,
            (one.name,),
            {
                "who": _WHO[one.kind],
                "name": one.name,
                "n": one.found,
                "of": one.of,
                "expected": f"{one.expected:.1f}",
                "p": _one_in(one.p),
            },
            variant,
            times=one.found / max(1, least),
            p=one.p,
        )


def _one_in(p: float) -> str:
    """A probability as people say it: one in so many."""
    return f"1/{round(1 / p):,}" if p > 1e-9 else "< 1/1,000,000,000"


@detector(_REPLACED)
def replacements(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Officers replaced, enterprises whose officers are replaced, approvers of replacements and substitutes
    who come in by them, in more draws than the lot explains."""
    tally = Tally()
    changes: dict[str, list[_Change]] = defaultdict(list)
    for change in _changes(past):
        changes[change.draw].append(change)
    teams: dict[str, list[f.Team]] = defaultdict(list)
    for key, team in past.facts.rows(f.TEAMS):
        name = key.partition("/")[0]
        if name in changes:
            teams[name].append(team)
    for name, rows in changes.items():
        seated = {officer for team in teams[name] for officer in team.seats}
        left = _by(rows, lambda c: c.officer, seated)
        tally.draw("officer", len(seated), len(left), dict.fromkeys(seated, 1), left)
        drawn = {current(past.facts, team.subject) for team in teams[name]}
        hit = _by(rows, lambda c: current(past.facts, c.subject), drawn)
        tally.draw("subject", len(drawn), len(hit), dict.fromkeys(drawn, 1), hit)
        able = _candidates(past, name, rows, {team.subject: team for team in teams[name]})
        came = _by(rows, lambda c: c.substitute, able)
        tally.draw("substitute", len(able), len(came), dict.fromkeys(able, 1), came)
    _approvers(past, tally, changes)
    yield from _alarms(_REPLACED, tally, limits)


def _by(rows: list[_Change], name: Callable[[_Change], str], known: set[str]) -> dict[str, list[int]]:
    """The first entry that struck each name in a draw: an officer ill for a week is one strike."""
    found: dict[str, list[int]] = {}
    for row in rows:
        if name(row) in known:
            found.setdefault(name(row), [row.seq])
    return found


def _changes(past: Past) -> Iterator[_Change]:
    shown = _shown(past)
    unread = 0
    for step in past.of("draw.replaced"):
        answers = past.confirmed(step)
        change = _readable(past, step, shown)
        if not answers:
            continue
        if change is None:
            unread += 1
            continue
        yield _Change(
            step.data["draw"],
            change["subject"],
            change["seat"],
            change["officer"],
            change["substitute"],
            step.seq,
            answers[0].holder,
        )
    if unread:
        zh, en = f"{unread} 次不公开的递补尚未公开", f"{unread} sealed replacements are not open"
        past.skip(_REPLACED, zh, en)


def _shown(past: Past) -> dict[bytes, object]:
    """What the unsealing of draws published, by commitment."""
    return {c: value for step in past.of("draw.unsealed") for c, _, value in step.data["openings"]}


def _readable(past: Past, step: Step, shown: dict[bytes, object]) -> Data | None:
    change = step.data["change"]
    if "$c" not in change:
        return dict(change)
    held = shown.get(change["$c"])
    if held is None and (opening := past.source.open(change["$c"])) is not None:
        held = opening[1]
    return dict(held) if isinstance(held, dict) else None


def _candidates(past: Past, name: str, rows: list[_Change], teams: dict[str, f.Team]) -> set[str]:
    """Everybody whom the lot could have brought in by the replacements of a draw."""
    draw, frozen = past.facts.get(f.DRAWS, name), past.facts.get(f.FROZEN, name)
    if draw is None or frozen is None or "seed" not in draw.outcome:
        return set()
    seated = seated_in_groups(draw, frozen)
    found: set[str] = set()
    for row in rows:
        if row.subject in teams:
            found |= set(reserves(draw, frozen, teams[row.subject], row.seat, seated))
    return found


def _approvers(past: Past, tally: Tally, changes: Mapping[str, list[_Change]]) -> None:
    """Officers replaced, by who approved it, against the officers drawn for the tasks that each approved."""
    approved: Counter[str] = Counter()
    struck: dict[str, list[int]] = defaultdict(list)
    for name, seated in _seated(past).items():
        draw = past.facts.get(f.DRAWS, name)
        task = past.facts.get(f.TASKS, draw.task) if draw else None
        if task is None:
            continue
        approved[task.approver] += len(seated)
        for row in {row.officer: row for row in reversed(changes.get(name, ()))}.values():
            struck[row.approver].append(row.seq)
    hits = sum(map(len, struck.values()))
    tally.draw("approver", approved.total(), hits, approved, struck)


def _seated(past: Past) -> dict[str, set[str]]:
    """The officers drawn in each draw."""
    found: dict[str, set[str]] = defaultdict(set)
    for key, team in past.facts.rows(f.TEAMS):
        found[key.partition("/")[0]].update(team.seats)
    return found


@detector(_CONTACT)
def unreachable(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Officers, enterprises, clerks and approvers with more results 无法联系 than their share of the visits
    of the same draws explains."""
    tally = Tally()
    approvers = {s.leaf: past.confirmed(s)[0].holder for s in past.of("visit.recorded") if past.confirmed(s)}
    visits: dict[str, list[f.Visit]] = defaultdict(list)
    for _, visit in past.facts.rows(f.VISITS):
        if visit.state != "voided":
            visits[visit.data["draw"]].append(visit)
    for held in visits.values():
        hits = sum(_UNREACHED in visit.data["results"] for visit in held)
        for kind in ("officer", "subject", "approver", "recorder") if hits else ():
            places: Counter[str] = Counter()
            struck: dict[str, list[int]] = defaultdict(list)
            for visit in held:
                for name in _names(past, kind, visit, approvers):
                    places[name] += 1
                    if _UNREACHED in visit.data["results"]:
                        struck[name].append(visit.seq)
            tally.draw(kind, len(held), hits, places, struck)
    yield from _alarms(_CONTACT, tally, limits)


def _names(past: Past, kind: str, visit: f.Visit, approvers: dict[bytes, str]) -> list[str]:
    if kind == "officer":
        return list(visit.data["officers"])
    if kind == "subject":
        return [current(past.facts, visit.data["subject"])]
    if kind == "recorder":
        return [visit.holder]
    return [approvers[visit.leaf]] if visit.leaf in approvers else []

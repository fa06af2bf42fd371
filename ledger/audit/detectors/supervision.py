"""Who watched and who answered: supervision of draws (R011), two holders who act as one (design §4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ledger.audit.detectors.ceremonies import Ceremony, ceremonies
from ledger.audit.detectors.doubt import Doubt, Limits, Value, detector
from ledger.audit.detectors.past import Past, Step
from ledger.audit.words import listed
from verifier import facts as f
from verifier.vocabulary import Role

_MISSING = "supervisor.missing"
_KIN = "supervisor.kinship"
_MACHINE = "holders.one-machine"
_DONE = ("executed", "recorded")
_TOGETHER = {
    "draw.frozen",
    "draw.public_value",
    "draw.aborted",
    "draw.recorded",
    "clock.corrected",
    "key.enrolled",
    "key.revoked",
    "log.key_changed",
}
"""Acts for which people sit together at one machine, so that their haste says nothing."""


@dataclass(frozen=True)
class _Parts:
    """The holders of a completed draw: its clerk, who approved its task, and who watched."""

    ceremony: Ceremony
    clerk: str
    approver: str
    watchers: Mapping[str, f.Key]

    @property
    def id(self) -> str:
        return self.ceremony.id

    @property
    def entries(self) -> tuple[int, int]:
        return self.ceremony.freeze.seq, self.ceremony.draw.executed


def _drawn(past: Past) -> Iterator[_Parts]:
    for one in ceremonies(past):
        if one.draw.state in _DONE:
            keys = {name: past.facts.get(f.KEYS, name) for name in one.draw.parties}
            watching = {Role.SUPERVISOR.value, Role.OBSERVER.value}
            held = {k.holder: k for k in keys.values() if k is not None and watching & set(k.roles)}
            task = past.facts.get(f.TASKS, one.freeze.data["task"])
            yield _Parts(one, one.draw.clerk, task.approver if task else "", held)


@detector(_MISSING)
def unsupervised(past: Past, _limits: Limits) -> Iterator[Doubt]:
    """Completed draws in which no supervisor took part: observers alone, or nobody where another platform
    drew; or in which whoever watched sent files and nobody is on record as present."""
    carried = _carried(past)
    for one in _drawn(past):
        if next(iter(past.facts.rows(f.ATTENDANCES, f"{one.id}/")), None) is not None:
            continue
        values: dict[str, Value] = {"draw": one.id, "watchers": "、".join(sorted(one.watchers)) or "-"}
        about = (one.id, one.clerk, *sorted(one.watchers))
        supervised = any(Role.SUPERVISOR.value in key.roles for key in one.watchers.values())
        if not one.ceremony.draw.parties:
            if not _recorded_with_supervisor(past, one):
                yield Doubt(_MISSING, one.entries, about, values, "found_platform")
        elif not supervised:
            yield Doubt(_MISSING, one.entries, about, values)
        elif all(carried.get((one.id, holder)) for holder in one.watchers):
            yield Doubt(_MISSING, one.entries, about, values, "found_remote")


def _carried(past: Past) -> dict[tuple[str, str], bool]:
    """(draw, holder) → whether every number of the holder in it was sealed and opened by file."""
    found: dict[tuple[str, str], bool] = {}
    for step in past.of("draw.committed", "draw.revealed"):
        place = (step.data["draw"], step.holder)
        found[place] = found.get(place, True) and step.carried
    return found


def _recorded_with_supervisor(past: Past, one: _Parts) -> bool:
    for step in past.of("draw.recorded"):
        if step.data["draw"] == one.id:
            roles = {role for s in past.confirmed(step) for role in _roles(past, s.holder)}
            return Role.SUPERVISOR.value in roles
    return False


def _roles(past: Past, holder: str) -> set[str]:
    return {role for _, key in past.facts.rows(f.KEYS) if key.holder == holder for role in key.roles}


@detector(_KIN)
def watched_by_kin(past: Past, _limits: Limits) -> Iterator[Doubt]:
    """Supervisors from the unit of the clerk or approver with nobody from elsewhere beside them, with the
    name of another holder of the draw, drawn into its teams, or in turn with the one they watch."""
    kin: dict[tuple[str, str], list[_Parts]] = defaultdict(list)
    roles: dict[tuple[str, str], list[_Parts]] = defaultdict(list)
    for one in _drawn(past):
        units = {_unit(past, holder) for holder in (one.clerk, one.approver)} - {""}
        if one.watchers and all(key.unit in units for key in one.watchers.values()):
            for holder, key in one.watchers.items():
                kin[holder, key.unit].append(one)
        for holder in one.watchers:
            roles[one.clerk, holder].append(one)
        yield from _same_person(past, one)
    for (holder, unit), held in kin.items():
        yield _kin(held, (holder,), {"holder": holder, "unit": unit}, "found")
    for (clerk, holder), held in roles.items():
        swapped = roles.get((holder, clerk))
        if swapped and clerk < holder:
            told: dict[str, Value] = {"holder": holder, "other": clerk, "m": len(swapped)}
            yield _kin([*held, *swapped], (clerk, holder), told, "found_swapped", len(held))


def _kin(held: list[_Parts], who: tuple[str, ...], told: dict[str, Value], variant: str, n: int = 0) -> Doubt:
    entries = tuple(seq for one in held for seq in one.entries[:1])
    draws = tuple(one.id for one in held)
    values: dict[str, Value] = {**told, "n": n or len(held), "draws": listed(draws, "次")}
    return Doubt(_KIN, entries, (*who, *draws), values, variant, times=float(len(held)))


def _unit(past: Past, holder: str) -> str:
    held = past.facts.get(f.HOLDERS, holder)
    return held.unit if held else ""


def _same_person(past: Past, one: _Parts) -> Iterator[Doubt]:
    """One watcher under the name of the clerk or approver, or with a seat in the teams that were drawn."""
    names = {who: past.facts.get(f.HOLDERS, who) for who in (one.clerk, one.approver, *one.watchers)}
    for watcher in one.watchers:
        mine = names[watcher]
        for who in sorted({one.clerk, one.approver} - {watcher, ""}):
            other = names[who]
            if mine and other and mine.name and mine.name == other.name:
                told: dict[str, Value] = {"draw": one.id, "holder": watcher, "other": who, "name": mine.name}
                yield Doubt(_KIN, one.entries, (watcher, who, one.id), told, "found_name", 3.0)
        teams = past.facts.rows(f.TEAMS, f"{one.id}/")
        seats = sum(watcher in (*team.seats, *team.members()) for _, team in teams)
        if seats:
            told = {"draw": one.id, "holder": watcher, "n": seats}
            yield Doubt(_KIN, one.entries, (watcher, one.id), told, "found_seated", 2.0)


@detector(_MACHINE)
def at_one_machine(past: Past, limits: Limits) -> Iterator[Doubt]:
    """Pairs of holders of whom one confirms or reviews what the other wrote within seconds, on many days:
    nobody reads so fast, and one hand may hold two keys. Files brought along are no haste, nor ceremonies."""
    quick: dict[tuple[str, str], list[tuple[Step, Step, int]]] = defaultdict(list)
    slow: dict[tuple[str, str], set[str]] = defaultdict(set)
    for act, answer in _answers(past):
        gap = int((answer.at - act.at).total_seconds())
        if gap <= limits[f"{_MACHINE}.seconds"]:
            quick[act.holder, answer.holder].append((act, answer, gap))
        else:
            slow[act.holder, answer.holder].add(answer.day)
    for (one, other), rows in quick.items():
        days = {answer.day for _, answer, _ in rows}
        asked = days | slow[one, other]
        least, share = limits[f"{_MACHINE}.days"], limits[f"{_MACHINE}.share"]
        if len(days) >= least and len(days) * 100 >= share * len(asked):
            rows.sort(key=lambda row: row[2])
            values: dict[str, Value] = {"holder": one, "other": other, "n": len(rows), "days": len(days)}
            values |= {"asked": len(asked), "seconds": rows[0][2], "longest": rows[-1][2]}
            seqs = tuple(seq for act, answer, _ in rows[:20] for seq in (act.seq, answer.seq))
            yield Doubt(_MACHINE, seqs, (one, other), values, times=len(days) / max(1, least))


def _answers(past: Past) -> Iterator[tuple[Step, Step]]:
    """(act, the deed by which another holder answered it), both by key at the ledger."""
    by_leaf = {step.leaf: step for step in past.steps if step.type not in _TOGETHER}
    for answer in past.of("confirmed", "result.reviewed"):
        act = by_leaf.get(answer.data["of"])
        if act is not None and not act.carried and not answer.carried and act.holder != answer.holder:
            yield act, answer

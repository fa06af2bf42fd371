"""The ledger as it was at a moment: lists, plans, tasks, draws, visits, people, what was due (R100).

Everything follows from the entries up to then; corrections and openings that came later have no part in it,
but private values that are open now are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ledger.audit.moment import Moment
from ledger.audit.source import Source
from ledger.audit.trail import differences
from verifier import facts as f
from verifier.facts import Data, Facts
from verifier.law.dues import Dues
from verifier.law.keys import in_force
from verifier.report import Finding, Status

DUE = (Status.NOT_DUE, Status.WARN, Status.FAIL, Status.INCONCLUSIVE)


@dataclass(frozen=True)
class Listed:
    """A register: its rows, the entry of its last edit and who made it."""

    register: str
    rows: int
    seq: int
    holder: str


@dataclass(frozen=True)
class Standing:
    """A plan, task or draw: its state, its entry; `of` what it belongs to, `g` outcomes of a draw's task."""

    name: str
    of: str
    state: str
    seq: int
    g: int = 0


@dataclass(frozen=True)
class Person:
    """A holder with a key in force: name, unit and roles."""

    holder: str
    name: str
    unit: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class State:
    """What was so at a moment."""

    moment: Moment
    office: str
    policy: str
    lists: tuple[Listed, ...]
    plans: tuple[Standing, ...]
    tasks: tuple[Standing, ...]
    draws: tuple[Standing, ...]
    visits: dict[str, int]
    people: tuple[Person, ...]
    waiting: tuple[Standing, ...]
    dues: tuple[Finding, ...]


def state(source: Source, at: Moment) -> State:
    """The ledger after the first entries of a moment, deadlines judged as of its day."""
    facts = source.facts_at(at.size)
    ledger = facts.get(f.LEDGER, f.ONE)
    found = Dues(facts, at.day, Counter()).findings() if ledger else iter(())
    return State(
        at,
        ledger.office if ledger else "",
        ledger.policy if ledger else "",
        tuple(_lists(facts)),
        tuple(Standing(name, str(row.year), row.state, row.seq) for name, row in facts.rows(f.PLANS)),
        tuple(
            Standing(name, str(row.data.get("plan", "")), row.state, row.seq)
            for name, row in facts.rows(f.TASKS)
        ),
        tuple(_draws(facts)),
        dict(Counter(row.state for _, row in facts.rows(f.VISITS))),
        tuple(_people(facts, at.size)),
        tuple(
            Standing(act.type, act.holder, "/".join(act.confirmers), act.seq)
            for _, act in facts.rows(f.PENDING)
            if not act.done
        ),
        tuple(x for x in found if x.status in DUE and x.rule != "act.waiting"),
    )


def _lists(facts: Facts) -> Iterator[Listed]:
    for register, edit in facts.rows(f.EDITS):
        rows = sum(1 for _ in facts.rows(f.register(register)))
        yield Listed(register, rows, edit.seq, edit.holder)


def _draws(facts: Facts) -> Iterator[Standing]:
    for name, draw in facts.rows(f.DRAWS):
        task = facts.get(f.TASKS, draw.task)
        yield Standing(name, draw.task, draw.state, draw.seq, task.outcomes if task else 0)


def _people(facts: Facts, size: int) -> Iterator[Person]:
    roles: dict[str, set[str]] = {}
    for _, key in facts.rows(f.KEYS):
        if in_force(key, size):
            roles.setdefault(key.holder, set()).update(key.roles)
    for holder in sorted(roles):
        held = facts.get(f.HOLDERS, holder)
        name, unit = (held.name, held.unit) if held else ("", "")
        yield Person(holder, name, unit, tuple(sorted(roles[holder])))


@dataclass(frozen=True)
class Change:
    """One thing that differs between two moments: `kind` is `register/<name>`, plan, task, draw, visit or
    person; `how` added, removed or changed; `fields` of a record (field, before, after)."""

    kind: str
    name: str
    how: str
    fields: tuple[tuple[str, str, str], ...] = ()


def difference(source: Source, before: Moment, after: Moment) -> Iterator[Change]:
    """What the entries between two moments changed, by kind and name; the net effect, not every step."""
    then = _snapshot(source.facts_at(before.size), before.size)
    now = _snapshot(source.facts_at(after.size), after.size)
    for kind in sorted(then.keys() | now.keys()):
        old, new = then.get(kind, {}), now.get(kind, {})
        for name in sorted(old.keys() | new.keys()):
            if name not in old:
                yield Change(kind, name, "added", differences(None, new[name]) or _fields({}, new[name]))
            elif name not in new:
                yield Change(kind, name, "removed")
            elif old[name] != new[name]:
                yield Change(kind, name, "changed", differences(old[name], new[name]))


def _fields(before: Data, after: Data) -> tuple[tuple[str, str, str], ...]:
    return differences(before, after) if len(after) <= _FEW else ()


_FEW = 4
"""Fields of a thing that are all told when it is new."""


def _snapshot(facts: Facts, size: int) -> dict[str, dict[str, Data]]:
    """The records of each kind by name."""
    kinds: dict[str, dict[str, Data]] = {
        f"register/{name}": {key: row.record for key, row in facts.rows(f.register(name))}
        for name, _ in facts.rows(f.EDITS)
    }
    kinds["plan"] = {name: {"state": row.state} for name, row in facts.rows(f.PLANS)}
    kinds["task"] = {name: {"state": row.state} for name, row in facts.rows(f.TASKS)}
    kinds["draw"] = {name: {"state": row.state} for name, row in facts.rows(f.DRAWS)}
    kinds["visit"] = {
        name: {"state": row.state, "results": row.data.get("results", "")}
        for name, row in facts.rows(f.VISITS)
    }
    kinds["person"] = {one.holder: {"roles": list(one.roles)} for one in _people(facts, size)}
    return kinds

"""One event before the law: who acts, what is known, what was found.

A handler registered with `act` checks one type of event; the one registered with `effect` changes the
facts, at once for the act of one holder, at the confirmation for an act of two (design §4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from verifier import facts as f
from verifier.codec import Value
from verifier.entry import Entry
from verifier.facts import Data, Facts, T, Table
from verifier.private import is_private
from verifier.report import Finding, Location, Status
from verifier.vocabulary import Role

Opener = Callable[[str, str, bytes], Value | None]
"""(owner, field, commitment) → the opened value, or None when this reader has no opening."""


class Halt(Exception):  # noqa: N818 - not an error: the event names something that does not exist
    """Stops the judging of one event after its finding was recorded."""


@dataclass(slots=True)
class Case:
    """What a handler sees of one act. At a confirmation, `seq`, `leaf`, `time`, `data` and the holder
    are those of the act that is confirmed and `entry` is the confirming entry."""

    facts: Facts
    entry: Entry
    data: Data
    seq: int
    leaf: bytes
    time: str
    holder: str
    key: str
    unit: str
    roles: tuple[str, ...]
    open: Opener
    tally: Counter[str]
    confirmer: str = ""
    confirmer_key: str = ""
    again: bool = False
    """The act is judged again because it is confirmed now: what it remarked then is not repeated."""
    at: int = -1
    """The entry that findings are about, where it is not `entry`."""
    findings: list[Finding] = field(default_factory=list)
    worked_out: dict[str, Any] = field(default_factory=dict)
    """What the check worked out at length and the effect needs too, by name."""

    @property
    def today(self) -> str:
        return self.time[:10]

    def find(
        self, rule: str, status: Status, expected: str = "", found: str = "", row: int | None = None
    ) -> None:
        body = self.entry.body
        late = self.at >= 0
        location = Location(self.at if late else body.seq, None if late else body.stream, row=row)
        self.findings.append(Finding(rule, status, location, expected, found))

    def require(
        self, rule: str, holds: bool, expected: str = "", found: object = "", row: int | None = None
    ) -> bool:
        """Count the rule as asked; a fail finding when it does not hold."""
        self.tally[rule] += 1
        if not holds:
            self.find(rule, Status.FAIL, expected, str(found), row)
        return holds

    def demand(self, rule: str, holds: bool, expected: str = "", found: object = "") -> None:
        """As `require`, but nothing more can be judged of this event when it does not hold."""
        if not self.require(rule, holds, expected, found):
            raise Halt

    def warn(
        self, rule: str, fine: bool, expected: str = "", found: object = "", row: int | None = None
    ) -> bool:
        self.tally[rule] += 1
        if not fine and not self.again:
            self.find(rule, Status.WARN, expected, str(found), row)
        return fine

    def must(self, rule: str, table: Table[T], key: str, what: str) -> T:
        """The row that the event names; a finding and Halt when there is none."""
        row = self.facts.get(table, key)
        self.tally[rule] += 1
        if row is None:
            self.find(rule, Status.FAIL, f"{what} that exists", key)
            raise Halt
        return row

    def ledger(self) -> f.Ledger:
        ledger = self.facts.get(f.LEDGER, f.ONE)
        if ledger is None:
            raise Halt
        return ledger

    def policy(self, name: str) -> f.Policy:
        """A policy by id, "" being none."""
        return self.must("policy.in-force", f.POLICIES, name, "policy in force")

    def opened(self, owner: str, name: str, value: object) -> Value | None:
        """The value of a field that may be private: itself when public, its opening, or None."""
        if isinstance(value, dict) and is_private(value):
            return self.open(owner, name, value["$c"])
        return value  # type: ignore[return-value]

    def fresh_id(self, kind: str, name: str) -> bool:
        """Whether an id was never used, also without regard to case (design §5); it is used from here."""
        if self.again:
            return True
        spent = f"{kind}/{name.lower()}"
        if self.facts.get(f.SPENT, spent) is not None:
            return False
        self.facts.put(f.SPENT, spent, f.Ref(kind, name))
        return True

    def no_twin(self, kind: str, name: str) -> bool:
        """Whether no other id differs from this one only in case; the id may be used again."""
        spent = f"{kind}/{name.lower()}"
        held = self.facts.get(f.SPENT, spent)
        if held is None:
            self.facts.put(f.SPENT, spent, f.Ref(kind, name))
        return held is None or held.key == name


Handler = Callable[[Case], None]
Confirmers = Callable[[Case], frozenset[str] | None]
"""Which roles may confirm the act; None when it takes effect alone."""

SECOND_HOLDERS = frozenset(
    {Role.ADMIN.value, Role.APPROVER.value, Role.SUPERVISOR.value, Role.OBSERVER.value}
)
"""Roles whose enrolment takes a second holder (design §4), and who may be one: a clerk or an officer, whom
an admin enrols alone, confirms nothing about keys, clocks or paper."""


@dataclass
class Act:
    actors: frozenset[str]
    check: Handler
    confirmers: Confirmers
    effect: Handler = lambda _case: None


ACTS: dict[str, Act] = {}


def alone(_case: Case) -> frozenset[str] | None:
    return None


def confirmed_by(*roles: Role) -> Confirmers:
    allowed = frozenset(r.value for r in roles) if roles else SECOND_HOLDERS
    return lambda _case: allowed


def on_paper(case: Case) -> frozenset[str] | None:
    """A paper act needs a second holder's confirmation (design §4)."""
    if "paper" in case.data:
        case.tally["act.paper"] += 1
        return SECOND_HOLDERS
    return None


def act(kind: str, actors: Iterable[Role], confirmers: Confirmers = alone) -> Callable[[Handler], Handler]:
    """Register the check of a type of event and the roles that may stand behind it."""

    def register(check: Handler) -> Handler:
        ACTS[kind] = Act(frozenset(r.value for r in actors), check, confirmers)
        return check

    return register


def effect(kind: str) -> Callable[[Handler], Handler]:
    """Register what a type of event changes, once it has taken effect."""

    def register(handler: Handler) -> Handler:
        ACTS[kind].effect = handler
        return handler

    return register

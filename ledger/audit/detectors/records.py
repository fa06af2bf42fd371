"""The visits of a ledger as detectors ask about them: entered, signed, published, changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from weakref import WeakKeyDictionary

from ledger.audit.detectors.past import Past, Step
from verifier import facts as f
from verifier.calendar import Deadline, Years, is_working
from verifier.facts import Data
from verifier.law.dues import Dues
from verifier.vocabulary import PROBLEM_RESULTS


@dataclass(frozen=True)
class Record:
    """A visit that took effect. `step` entered it, `effective` gave it its last signature or confirmation,
    `published` is its first publication; `visit` is how it stands at the head."""

    id: str
    step: Step
    visit: f.Visit
    effective: Step | None
    published: Step | None
    changes: tuple[Step, ...]
    """corrections and voids of the record that took effect"""

    @property
    def draw(self) -> str:
        return str(self.step.data["draw"])

    @property
    def subject(self) -> str:
        return str(self.step.data["subject"])

    @property
    def holder(self) -> str:
        return self.step.holder

    @property
    def stands(self) -> bool:
        return self.visit.state != "voided"

    @property
    def ended(self) -> str:
        """The time at which the visit was over."""
        return str(self.visit.data.get("until") or self.visit.data["occurred"])


_READ: WeakKeyDictionary[Past, list[Record]] = WeakKeyDictionary()


def records(past: Past) -> list[Record]:
    """Every visit that took effect, in the order of their entries; voided ones too. Read once for all."""
    if past not in _READ:
        _READ[past] = _records(past)
    return _READ[past]


def _records(past: Past) -> list[Record]:
    held = dict(past.facts.rows(f.VISITS))
    waiting = unconfirmed(past)
    signed: dict[str, Step] = {step.data["visit"]: step for step in past.of("visit.signed")}
    published: dict[str, Step] = {}
    for step in past.of("result.published"):
        if step.seq not in waiting:
            published.setdefault(step.data["visit"], step)
    changes: dict[bytes, list[Step]] = defaultdict(list)
    for step in past.of("corrected", "voided"):
        if step.seq not in waiting:
            changes[step.data["of"]].append(step)
    found = []
    for step in past.of("visit.recorded"):
        name = step.data["visit"]
        if name in held and held[name].seq == step.seq:
            last = next(iter(past.confirmed(step)), None) if "paper" in step.data else signed.get(name)
            effective = last if held[name].state != "recorded" else None
            found.append(
                Record(name, step, held[name], effective, published.get(name), tuple(changes[step.leaf]))
            )
    return found


def unconfirmed(past: Past) -> set[int]:
    """Numbers of the acts that still wait for another holder, so that nothing came of them."""
    return {act.seq for _, act in past.facts.rows(f.PENDING) if not act.done}


def problem(results: Iterable[str]) -> bool:
    """Whether results say that something was found."""
    return any(code in PROBLEM_RESULTS for code in results)


def met(data: Data) -> bool:
    """Whether something was checked at the visit."""
    return any(box["checked"] for box in data["items"])


class Deadlines:
    """The last days of publication, as the judge counts them."""

    def __init__(self, past: Past) -> None:
        self._facts = past.facts
        self._dues = Dues(past.facts, past.today, Counter())
        self._of_task: dict[str, Deadline | None] = {}

    def of(self, record: Record, data: Data | None = None) -> Deadline | None:
        """That of a visit, or of what it would be with other `data`; None where it cannot be told."""
        draw = self._facts.get(f.DRAWS, record.draw)
        policy = self._facts.get(f.POLICIES, draw.policy) if draw is not None else None
        if draw is None or policy is None:
            return None
        if policy.values["publish_from"] != "task":
            visit = record.visit if data is None else replace(record.visit, data=data)
            return self._dues.publication(record.id, visit, draw, policy.values)
        if data is not None:
            return None
        if record.draw not in self._of_task:
            limit = self._dues.publication(record.id, record.visit, draw, policy.values)
            self._of_task[record.draw] = limit
        return self._of_task[record.draw]


def working_days(first: str, last: str, years: Years) -> int:
    """Working days after `first` up to `last` (YYYY-MM-DD); without a calendar Mondays to Fridays."""
    day, end, n = date.fromisoformat(first), date.fromisoformat(last), 0
    while day < end:
        day += timedelta(days=1)
        known = is_working(day, years)
        n += day.weekday() < 5 if known is None else known
    return n


def groups(found: Iterable[tuple[tuple[str, ...], Record]]) -> Iterator[tuple[tuple[str, ...], list[Record]]]:
    """Records by key, keys in order."""
    held: dict[tuple[str, ...], list[Record]] = defaultdict(list)
    for key, record in found:
        held[key].append(record)
    yield from sorted(held.items())

"""The draws of a ledger as detectors ask about them: the freeze, the task, what the lot would have given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.audit.detectors.past import Past, Step
from verifier import draw as lot
from verifier import facts as f
from verifier.facts import Data
from verifier.law.question import matches
from verifier.law.tasks import given


@dataclass(frozen=True)
class Ceremony:
    """A frozen draw: its entry, its row at the head and the data of its task."""

    id: str
    freeze: Step
    draw: f.Draw
    task: Data

    @property
    def question(self) -> Data:
        return self.draw.question

    @property
    def chosen(self) -> bool:
        """Whether conditions chose its pool, not the names of an earlier draw or of another department."""
        return not given(self.task)

    @property
    def opened(self) -> bool:
        """Whether this reader knows its seed and cuts."""
        return self.draw.state == "executed" and "seed" in self.draw.outcome

    def would_draw(self, record: Data | None, subject: str) -> bool:
        """Whether a subject with this record would have been drawn had it been in the pool: tickets do not
        depend on the list, so its own is compared with the cut of its stratum."""
        if record is None or not self.opened:
            return False
        stratum = next((s["id"] for s in self.question["strata"] if matches(record, s["filter"])), None)
        cut = next((s.get("cut") for s in self.draw.outcome["strata"] if s["id"] == stratum), None)
        return cut is not None and lot.ticket_subject(self.draw.outcome["seed"], subject) <= cut

    def chance(self, stratum: str) -> tuple[int, int]:
        """(k, N) of a stratum."""
        return next(((s["k"], s["n"]) for s in self.question["strata"] if s["id"] == stratum), (0, 0))


def ceremonies(past: Past) -> Iterator[Ceremony]:
    """Every frozen draw in order, whatever became of it."""
    for freeze in past.of("draw.frozen"):
        draw = past.facts.get(f.DRAWS, freeze.data["draw"])
        task = past.facts.get(f.TASKS, freeze.data["task"])
        if draw is not None and task is not None:
            yield Ceremony(freeze.data["draw"], freeze, draw, task.data)


def moved(day: str, days: int) -> str:
    """The day so many days later (earlier: negative), the first or last of the calendar at most."""
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        return (date.max if days > 0 else date.min).isoformat()


def days_between(one: str, other: str) -> int:
    """Days from one day to another."""
    return (date.fromisoformat(other) - date.fromisoformat(one)).days

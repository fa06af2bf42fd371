"""A whole ledger, read once for all detectors: its entries by type, edits of lists, who did it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from ledger.audit.detectors.doubt import Words
from ledger.audit.source import Source
from ledger.audit.words import signed_by
from verifier import facts as f
from verifier.facts import Data, Facts

EDITED = ("subjects", "officers")
"""Registers whose edits are kept row by row."""


@dataclass(frozen=True)
class Step:
    """An entry without its bytes; chunks of imports are none, what they changed is in `Past.edits`.

    `holder` stands behind it ("" where not known), `key` signed it (hex): the clerk's where a statement was
    carried. `data` is as it was written: a private field is its commitment. `leaf` is what answers name."""

    seq: int
    time: str
    type: str
    holder: str
    key: str
    data: Data
    leaf: bytes = b""

    @property
    def carried(self) -> bool:
        """Whether it came as a signed file that somebody else wrote into the ledger."""
        return "statement" in self.data

    @property
    def day(self) -> str:
        return self.time[:10]

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.time)


@dataclass(frozen=True)
class Edit:
    """A row of a register that came (`before` None), changed, or went (`after` None), with the
    `import.closed` that did it. Rows of the first import of a register are not here."""

    step: Step
    register: str
    id: str
    before: Data | None
    after: Data | None

    def changed(self) -> tuple[str, ...]:
        """Names of the fields that differ."""
        one, two = self.before or {}, self.after or {}
        return tuple(sorted(k for k in one.keys() | two.keys() if one.get(k) != two.get(k)))


class Past:
    """What detectors read. `facts` is what is known at the head; `today` the day as of which is judged."""

    def __init__(self, source: Source, today: str) -> None:
        self.source = source
        self.facts: Facts = source.facts()
        self.today = today
        self.steps: list[Step] = []
        self.edits: list[Edit] = []
        self.skipped: list[tuple[str, Words]] = []
        """What could not be examined: id of the detector and why."""
        self._types: dict[str, list[Step]] = defaultdict(list)
        self._confirmed: dict[bytes, list[Step]] = defaultdict(list)
        self._edited: dict[tuple[str, str], list[Edit]] = defaultdict(list)
        self._read()

    def skip(self, detector: str, zh: str, en: str) -> None:
        """Say that a detector could not examine something, and why."""
        self.skipped.append((detector, (zh, en)))

    def of(self, *types: str) -> Sequence[Step]:
        """The entries of these types, in order."""
        if len(types) == 1:
            return self._types.get(types[0], [])
        return sorted((step for kind in types for step in self._types.get(kind, [])), key=lambda s: s.seq)

    def edits_of(self, register: str) -> Iterator[Edit]:
        """The edits of one register, in order."""
        return (edit for edit in self.edits if edit.register == register)

    def edits_between(self, register: str, first: int, last: int) -> Iterator[Edit]:
        """The edits of one register by the entries from `first` to before `last`."""
        begin = bisect_left(self.edits, first, key=lambda edit: edit.step.seq)
        for edit in islice(self.edits, begin, None):
            if edit.step.seq >= last:
                return
            if edit.register == register:
                yield edit

    def edits_of_row(self, register: str, name: str) -> Sequence[Edit]:
        """The edits of one row of a register, in order."""
        return self._edited.get((register, name), [])

    def record_at(self, register: str, name: str, seq: int) -> Data | None:
        """A row of a register as it stood before entry `seq`, None where there was none."""
        edits = self.edits_of_row(register, name)
        before = [edit.after for edit in edits if edit.step.seq < seq]
        if before:
            return before[-1]
        if edits:
            return edits[0].before
        row = self.facts.get(f.register(register), name)
        return row.record if row is not None else None

    def confirmed(self, step: Step) -> Sequence[Step]:
        """The confirmations of an act, in order."""
        return self._confirmed.get(step.leaf, [])

    def seq_of(self, day: str) -> int:
        """The first entry of a day (YYYY-MM-DD) or after it; the number of entries where there is none."""
        place = bisect_left(self.steps, day, key=lambda step: step.time)
        return self.steps[place].seq if place < len(self.steps) else self.source.size

    def _read(self) -> None:
        rows: dict[str, dict[str, Data]] = {name: {} for name in EDITED}
        chunks: list[Data] = []
        founding: dict[str, tuple[bytes, int]] = {}
        for entry in self.source.entries():
            body = entry.body
            if body.type == "import.chunk":
                chunks.append(dict(body.data))
                continue
            step = Step(
                body.seq,
                body.time,
                body.type,
                signed_by(self.facts, entry),
                body.actor.hex(),
                dict(body.data),
                entry.leaf,
            )
            self.steps.append(step)
            self._types[body.type].append(step)
            if body.type == "confirmed":
                self._confirmed[step.data["of"]].append(step)
            if body.type == "import.closed" and step.data["register"] in rows:
                register, begins = step.data["register"], step.seq - step.data["chunks"]
                # A large file comes as several imports, one directly after the other (specs/scale.md §2).
                first = not rows[register] or founding.get(register) == (step.data["source"], begins)
                if first:
                    founding[register] = (step.data["source"], step.seq + 1)
                self.edits += _edited(step, rows[register], chunks, first)
            chunks = []
        for edit in self.edits:
            self._edited[edit.register, edit.id].append(edit)


def _edited(step: Step, held: dict[str, Data], chunks: Sequence[Data], first: bool) -> list[Edit]:
    """Apply an import to a register; its edits, none for the first import."""
    found, register = [], step.data["register"]
    for chunk in chunks:
        for name, record in chunk["rows"]:
            if not first:
                found.append(Edit(step, register, name, held.get(name), record))
            held[name] = record
        for (name,) in chunk.get("removed", ()):
            found.append(Edit(step, register, name, held.pop(name, None), None))
    return found

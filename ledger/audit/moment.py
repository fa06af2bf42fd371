"""A moment of a ledger, by entry or by day: where a replay stops."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.audit.source import Source
from verifier.entry import parse
from verifier.errors import N_, Exit, LiuhenError
from verifier.ids import is_date, is_time


@dataclass(frozen=True)
class Moment:
    """After the first `size` entries, on `day` (YYYY-MM-DD); `time` is that of the last of them."""

    size: int
    day: str
    time: str


def moment(source: Source, text: str) -> Moment:
    """The moment after entry SEQ, or at the end of a day: before the first entry of a later one.

    Raises E-REPLAY-MOMENT, E-REPLAY-BEFORE (a day before the ledger began), E-REPLAY-SEQ (an entry that is
    not there yet).
    """
    if text.isascii() and text.isdigit():
        return _after(source, int(text))
    if not is_date(text):
        raise LiuhenError(
            "E-REPLAY-MOMENT",
            N_("“{text}” is neither the number of an entry nor a day YYYY-MM-DD."),
            remedy=N_("See numbers and days: liuhen log list"),
            exit=Exit.USAGE,
            text=text,
        )
    return _on(source, text)


def _after(source: Source, seq: int) -> Moment:
    if seq >= source.size:
        raise LiuhenError(
            "E-REPLAY-SEQ",
            N_("There is no entry {seq}; the last one is {last}."),
            remedy=N_("See them: liuhen log list"),
            exit=Exit.USAGE,
            seq=seq,
            last=source.size - 1,
        )
    time = source.entry(seq).body.time
    return Moment(seq + 1, time[:10], time)


def _on(source: Source, day: str) -> Moment:
    size, last, first = 0, "", ""
    for raw in source.read():
        time = _time(raw)
        first = first or time
        if time[:10] > day:
            break
        size, last = size + 1, time
    if not size:
        raise LiuhenError(
            "E-REPLAY-BEFORE",
            N_("The ledger began on {first}; of {day} it knows nothing."),
            remedy=N_("What was inspected earlier and declared: liuhen history list"),
            exit=Exit.USAGE,
            first=first[:10] or "-",
            day=day,
        )
    return Moment(size, day, last)


_KEY = b"\xa4time\xb9"


def _time(raw: bytes) -> str:
    """The time of an entry without reading all of it: fields are in the order of their names, so the last
    such key is the body's own."""
    place = raw.rfind(_KEY) + len(_KEY)
    found = raw[place : place + 25].decode("ascii", "replace")
    return found if is_time(found) else parse(raw).body.time

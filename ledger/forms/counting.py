"""What forms count: the figures of `verifier.figures`, of all draws or of some, and where results stand.

No number of a form is made anywhere else (R145).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta
from functools import cached_property

from ledger.forms.form import Wanted
from ledger.forms.source import Source
from verifier import facts as f
from verifier.figures import FIGURES, RATES, Figure, Period, Rate, Statistics, Visits
from verifier.vocabulary import CHANNELS

_BACK = {"month": 10, "half": 31, "year": 31}
"""Days after the end of a period in which it, not the running one, is meant."""
_MONTHS = {"month": 1, "half": 6, "year": 12}
PERIODS = tuple(_MONTHS)


class OfDraws(Statistics):
    """The figures of some draws: only those of draws and visits mean anything here."""

    def __init__(self, whole: Statistics, names: Collection[str]) -> None:
        super().__init__(whole.facts, whole.period)
        self._whole = whole
        self._names = frozenset(names)

    @cached_property
    def visits(self) -> Visits:
        return [(name, visit) for name, visit in self._whole.visits if visit.data["draw"] in self._names]

    @cached_property
    def publications(self) -> Visits:
        whole = self._whole.publications
        return [(name, visit) for name, visit in whole if visit.data["draw"] in self._names]

    @cached_property
    def draws(self) -> list[tuple[str, f.Draw]]:
        return [(name, draw) for name, draw in self._whole.draws if name in self._names]


def usual_period(kind: str, day: str) -> Period:
    """The month, half or year that is reported on `day`: the one before while it has just ended, else the
    running one up to the day."""
    today = date.fromisoformat(day)
    first = _first(kind, today)
    if (today - first).days < _BACK[kind]:
        return running_period(kind, (first - timedelta(days=1)).isoformat())
    return running_period(kind, day)


def running_period(kind: str, last: str) -> Period:
    """The month, half or year that `last` is in, up to it."""
    return Period(_first(kind, date.fromisoformat(last)).isoformat(), last)


def _first(kind: str, day: date) -> date:
    months = _MONTHS[kind]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def counted(source: Source, wanted: Wanted, kind: str) -> Statistics:
    """The figures of the period asked for, else of the usual one."""
    return Statistics(source.facts, wanted.period or usual_period(kind, source.day))


def figure(known: Statistics, key: str) -> Figure:
    """Raises LookupError for what is no figure."""
    found = known.figure(key)
    if found is None:
        raise LookupError(key)
    return found


def number(known: Statistics, key: str) -> str:
    """A figure as its number, a rate in percent. Raises LookupError."""
    base, colon, group = key.partition(":")
    if base not in RATES:
        return str(figure(known, key).value)
    zh, en, part, whole = RATES[base]
    return Rate(
        key, zh, en, figure(known, part + colon + group), figure(known, whole + colon + group)
    ).percent


def name_of(key: str) -> str:
    """The Chinese name of a figure or a rate. Raises LookupError."""
    named = RATES.get(key) or FIGURES.get(key)
    if named is None:
        raise LookupError(key)
    return named[0]


def draws_touched(known: Statistics) -> list[str]:
    """Draws that were drawn, visited or published in the period, by their entry."""
    visits = [*known.visits, *known.publications]
    names = {name for name, _ in known.draws} | {visit.data["draw"] for _, visit in visits}
    held = [(draw.executed, name) for name in names if (draw := known.facts.get(f.DRAWS, name))]
    return [name for _, name in sorted(held)]


def channels_of(source: Source) -> dict[str, str]:
    """Visit → the channel on which its result was published last."""
    found: dict[str, str] = {}
    for entry in source.entries():
        data = entry.body.data
        if entry.body.type == "result.published":
            found[str(data["visit"])] = CHANNELS.get(str(data["channel"]), "")
    return found


def published_where(known: Statistics, channels: dict[str, str]) -> str:
    """`公示系统：4户` a channel, a line each, for the results published in the period; else 0."""
    counts = Counter(channels.get(member.what, "") for member in figure(known, "publications").members)
    return "\n".join(f"{channel}：{count}户" for channel, count in sorted(counts.items())) or "0户"

"""Working days and deadlines from year tables that the ledger holds (design §9).

A working day is a Monday to Friday that the year's table does not take off, or a day that the table makes one
(调休上班). The day on which a period starts does not count (民法典 §201). A year without a table makes a
deadline provisional (暂定): `earliest` is what it would be if every day of that year were a working day,
and nobody is late before `latest` is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from verifier.errors import N_, Malformed

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Years that can have a table; dates outside a wider span (1900–2999) are no deadlines."""
LONGEST_PERIOD = 3660
"""Days; no deadline of an office is further away than ten years."""
LONGEST_REST = 31
"""Days; bounds the search for a working day before a date in a year without a table."""

_MONTH_DAY = re.compile(r"[0-9]{2}-[0-9]{2}")
_DAY = timedelta(days=1)


class Unit(StrEnum):
    """What “20日内” counts."""

    WORKING = "working"
    CALENDAR = "calendar"


class OnRestDay(StrEnum):
    """Where a deadline that falls on a rest day goes, as the policy says."""

    EARLIER = "earlier"
    LATER = "later"
    KEEP = "keep"


@dataclass(frozen=True)
class Year:
    """The table of one year: Mondays to Fridays `off`, weekend days at `work` (more may be listed)."""

    year: int
    off: frozenset[date]
    work: frozenset[date]

    def value(self) -> dict[str, int | list[str]]:
        """The canonical value {year, off, work}, days as ascending ``MM-DD``."""
        return {
            "year": self.year,
            "off": [f"{day:%m-%d}" for day in sorted(self.off)],
            "work": [f"{day:%m-%d}" for day in sorted(self.work)],
        }


Years = Mapping[int, Year]


def year_from_value(value: object) -> Year:
    """Read {year, off: [MM-DD …], work: [MM-DD …]}: real days, strictly ascending, none in both lists.

    Raises `Malformed` (``E-CALENDAR-YEAR``, ``E-CALENDAR-DAY``).
    """
    if not isinstance(value, Mapping) or set(value) != {"year", "off", "work"}:
        raise Malformed("E-CALENDAR-YEAR", N_("A calendar has exactly the fields year, off and work"))
    year = value["year"]
    if isinstance(year, bool) or not isinstance(year, int) or not FIRST_YEAR <= year <= LAST_YEAR:
        raise Malformed("E-CALENDAR-YEAR", N_("This is not a year: {year}"), year=ascii(year)[:20])
    off, work = _days(year, value["off"]), _days(year, value["work"])
    for day in sorted(off & work):
        raise Malformed(
            "E-CALENDAR-DAY", N_("{day} is both a day off and a working day"), day=day.isoformat()
        )
    return Year(year, off, work)


def _days(year: int, listed: object) -> frozenset[date]:
    if not isinstance(listed, (list, tuple)):
        raise Malformed("E-CALENDAR-DAY", N_("Days off and working days are lists of MM-DD"))
    days: list[date] = []
    for text in listed:
        try:
            if not isinstance(text, str) or not _MONTH_DAY.fullmatch(text):
                raise ValueError(text)
            day = date(year, int(text[:2]), int(text[3:]))
        except ValueError as error:
            raise Malformed(
                "E-CALENDAR-DAY",
                N_("{text} is not a day of {year} written MM-DD"),
                text=ascii(text)[:20],
                year=year,
            ) from error
        if days and day <= days[-1]:
            raise Malformed("E-CALENDAR-DAY", N_("Days must be in order, each once: {day}"), day=text)
        days.append(day)
    return frozenset(days)


def is_working(day: date, years: Years) -> bool | None:
    """Whether offices work on `day`; None when the table of its year is not known."""
    table = years.get(day.year)
    if table is None:
        return None
    return day in table.work or (day.weekday() < 5 and day not in table.off)


@dataclass(frozen=True)
class Deadline:
    """The last day that is in time: from `earliest` to `latest`, which is None while it is not known."""

    earliest: date
    latest: date | None

    @property
    def provisional(self) -> bool:
        """暂定: the table of a year that matters has not been adopted."""
        return self.latest is None

    def judge(self, day: date) -> bool | None:
        """Whether a deed of `day` is in time; None when that depends on a table not yet known."""
        if day <= self.earliest:
            return True
        return None if self.latest is None else day <= self.latest


def _check_date(day: date) -> None:
    if not 1900 <= day.year <= 2999:
        raise Malformed("E-CALENDAR-DATE", N_("No deadline is counted from {day}"), day=day.isoformat())


def deadline(start: date, n: int, unit: Unit, years: Years, on_rest_day: OnRestDay) -> Deadline:
    """The last day of a period of `n` days after `start`, which does not count itself.

    Working days end on a working day; calendar days end on a date that moves like `fixed`. n = 0 is `start`.
    Raises `Malformed` (``E-CALENDAR-PERIOD``) unless 0 ≤ n ≤ 3660, ``E-CALENDAR-DATE`` beyond 1900–2999.
    """
    if not 0 <= n <= LONGEST_PERIOD:
        raise Malformed(
            "E-CALENDAR-PERIOD", N_("A period is 0 to {most} days, not {n}"), n=n, most=LONGEST_PERIOD
        )
    _check_date(start)
    if unit is Unit.CALENDAR:
        return fixed(start + n * _DAY, years, on_rest_day)
    day, left, known = start, n, True
    while left:
        day += _DAY
        working = is_working(day, years)
        known = known and working is not None
        left -= working is not False
    return Deadline(day, day if known else None)


def fixed(day: date, years: Years, on_rest_day: OnRestDay) -> Deadline:
    """A deadline on a date (“每月23日前”), moved off a rest day as the policy says.

    In a year without a table a date that would move later is at the earliest itself, one that would move
    earlier at the earliest the last day known to be a working one, at most 31 days before.
    """
    _check_date(day)
    if on_rest_day is OnRestDay.KEEP:
        return Deadline(day, day)
    step = _DAY if on_rest_day is OnRestDay.LATER else -_DAY
    walk = [day + i * step for i in range(LONGEST_REST + 1)]
    known = True
    for candidate in walk:
        working = is_working(candidate, years)
        known = known and working is not None
        if working or (working is None and on_rest_day is OnRestDay.LATER):
            return Deadline(candidate, candidate if known else None)
    return Deadline(min(day, walk[-1]), None)


def tables(values: Iterable[object]) -> dict[int, Year]:
    """The tables in force of several canonical values in the order adopted; a later one replaces its year."""
    return {year.year: year for year in map(year_from_value, values)}

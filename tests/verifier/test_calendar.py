"""Working days and deadlines (design §9); real tables of 2020–2026 come from chinesecalendar."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.calendar import OnRestDay, Unit, Year, deadline, fixed, is_working, tables, year_from_value
from verifier.errors import Malformed

FIRST, LAST = 2020, 2026
EARLIER, LATER, KEEP = OnRestDay.EARLIER, OnRestDay.LATER, OnRestDay.KEEP


def days_of(year: int) -> list[date]:
    start = date(year, 1, 1)
    return [start + timedelta(n) for n in range((date(year + 1, 1, 1) - start).days)]


@cache
def real_years() -> dict[int, Year]:
    chinese = pytest.importorskip("chinese_calendar")
    return {
        year: Year(
            year,
            frozenset(d for d in days_of(year) if d.weekday() < 5 and not chinese.is_workday(d)),
            frozenset(d for d in days_of(year) if d.weekday() >= 5 and chinese.is_workday(d)),
        )
        for year in range(FIRST, LAST + 1)
    }


def test_the_tables_of_seven_years_say_what_chinesecalendar_says() -> None:
    chinese, years = pytest.importorskip("chinese_calendar"), real_years()
    for year in years:
        for day in days_of(year):
            assert is_working(day, years) is chinese.is_workday(day)


def test_a_table_survives_its_canonical_value() -> None:
    for year in real_years().values():
        assert year_from_value(year.value()) == year


def test_the_later_table_of_a_year_is_in_force() -> None:
    first = {"year": 2024, "off": ["02-09"], "work": []}
    assert tables([first, first | {"off": []}]) == {2024: Year(2024, frozenset(), frozenset())}


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("no map", ["2024"]),
        ("a field missing", {"year": 2024, "off": []}),
        ("a field too many", {"year": 2024, "off": [], "work": [], "note": ""}),
        ("a year as text", {"year": "2024", "off": [], "work": []}),
        ("a truth value as year", {"year": True, "off": [], "work": []}),
        ("a year far off", {"year": 2101, "off": [], "work": []}),
        ("a day that is no list", {"year": 2024, "off": "01-01", "work": []}),
        ("a day of the wrong form", {"year": 2024, "off": ["1-01"], "work": []}),
        ("a day with other digits", {"year": 2024, "off": ["０1-01"], "work": []}),
        ("a day that does not exist", {"year": 2023, "off": ["02-29"], "work": []}),
        ("a number for a day", {"year": 2024, "off": [101], "work": []}),
        ("days out of order", {"year": 2024, "off": ["01-02", "01-01"], "work": []}),
        ("a day twice", {"year": 2024, "off": ["01-01", "01-01"], "work": []}),
        ("a day in both lists", {"year": 2024, "off": ["01-01"], "work": ["01-01"]}),
    ],
)
def test_a_table_out_of_form_is_refused(what: str, value: object) -> None:
    with pytest.raises(Malformed, match="E-CALENDAR"):
        year_from_value(value)


@pytest.mark.parametrize(
    ("start", "n", "last"),
    [
        (date(2023, 9, 28), 1, date(2023, 10, 7)),  # before 中秋、国庆; the 7th is a Saturday at work
        (date(2023, 9, 28), 20, date(2023, 11, 1)),
        (date(2023, 10, 1), 1, date(2023, 10, 7)),
        (date(2023, 6, 5), 2, date(2023, 6, 7)),
        (date(2023, 12, 29), 1, date(2024, 1, 2)),
        (date(2023, 6, 5), 0, date(2023, 6, 5)),
    ],
)
def test_working_days_are_counted_from_the_day_after(start: date, n: int, last: date) -> None:
    found = deadline(start, n, Unit.WORKING, real_years(), LATER)
    assert (found.earliest, found.latest, found.provisional) == (last, last, False)


@pytest.mark.parametrize(
    ("rule", "last"), [(KEEP, date(2023, 10, 1)), (EARLIER, date(2023, 9, 28)), (LATER, date(2023, 10, 7))]
)
def test_calendar_days_that_end_on_a_rest_day_move_as_the_policy_says(rule: OnRestDay, last: date) -> None:
    years = real_years()
    for found in (
        deadline(date(2023, 9, 26), 5, Unit.CALENDAR, years, rule),
        fixed(date(2023, 10, 1), years, rule),
    ):
        assert (found.earliest, found.latest) == (last, last)
        assert found.judge(last) is True
        assert found.judge(last + timedelta(1)) is False


def test_a_period_that_runs_into_an_unknown_year_is_provisional() -> None:
    found = deadline(date(2026, 12, 30), 5, Unit.WORKING, real_years(), LATER)
    assert (found.earliest, found.latest, found.provisional) == (date(2027, 1, 4), None, True)
    assert found.judge(date(2027, 1, 4)) is True
    assert found.judge(date(2027, 1, 5)) is None


@pytest.mark.parametrize(
    ("day", "rule", "earliest", "provisional"),
    [
        (date(2027, 1, 2), KEEP, date(2027, 1, 2), False),
        (date(2027, 1, 2), LATER, date(2027, 1, 2), True),
        (date(2027, 1, 2), EARLIER, date(2026, 12, 31), True),
        (date(2027, 6, 30), EARLIER, date(2027, 5, 30), True),
    ],
)
def test_a_date_in_an_unknown_year(day: date, rule: OnRestDay, earliest: date, provisional: bool) -> None:
    found = fixed(day, real_years(), rule)
    assert (found.earliest, found.provisional) == (earliest, provisional)


def test_a_table_without_any_working_day_neither_hangs_nor_decides() -> None:
    idle = {2025: Year(2025, frozenset(days_of(2025)), frozenset())}
    assert fixed(date(2025, 6, 1), idle, EARLIER).latest is None
    assert fixed(date(2025, 6, 1), idle, LATER).latest is None
    assert deadline(date(2025, 6, 1), 1, Unit.WORKING, idle, KEEP).earliest == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("start", "n"), [(date(2024, 1, 1), -1), (date(2024, 1, 1), 3661), (date(9999, 12, 31), 1)]
)
def test_a_period_beyond_reason_is_refused(start: date, n: int) -> None:
    with pytest.raises(Malformed, match="E-CALENDAR"):
        deadline(start, n, Unit.CALENDAR, {}, KEEP)


@given(
    st.dates(date(2021, 1, 1), date(2026, 12, 31)),
    st.integers(0, 40),
    st.sampled_from(Unit),
    st.sampled_from(OnRestDay),
)
def test_a_provisional_deadline_never_ends_after_the_one_that_a_table_settles(
    start: date, n: int, unit: Unit, rule: OnRestDay
) -> None:
    years = real_years()
    settled = deadline(start, n, unit, years, rule)
    unknown = {y: t for y, t in years.items() if y < start.year}
    provisional = deadline(start, n, unit, unknown, rule)
    assert provisional.earliest <= settled.earliest
    if n and provisional.latest is not None:
        assert provisional == settled

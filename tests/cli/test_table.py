"""Tables line up on a terminal where Chinese characters take two places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.table import cut, table, width


@pytest.mark.parametrize(
    ("text", "places"),
    [("", 0), ("abc", 3), ("企业", 4), ("a企b", 4), ("（）", 4), ("e\u0301", 1), ("\u200b", 0)],
)
def test_the_width_of_a_text(text: str, places: int) -> None:
    assert width(text) == places


@given(st.text(alphabet="ab企业（，", max_size=30), st.integers(1, 20))
def test_what_is_cut_fits_and_what_fits_is_not_cut(text: str, places: int) -> None:
    assert width(cut(text, places)) <= places
    assert (cut(text, places) == text) == (width(text) <= places)


@given(st.lists(st.tuples(*[st.text(alphabet="ab企", max_size=8)] * 3), min_size=1, max_size=5))
def test_every_cell_of_a_column_begins_at_the_same_place(rows: list[tuple[str, str, str]]) -> None:
    marked = [(a, f"|{b}", f"|{c}") for a, b, c in rows]
    lines = table(("A", "|B", "|C"), marked)
    for column in (1, 2):
        assert len({width("|".join(line.split("|")[:column])) for line in lines}) == 1


def test_numbers_stand_on_the_right_and_controls_are_not_printed() -> None:
    assert table(("户数",), [(7,), (1200,)], right=(0,)) == ["户数", "   7", "1200"]
    assert "\x1b" not in "".join(table(("a",), [("\x1b[31m",)]))


def test_an_empty_table_says_so() -> None:
    (line,) = table(("户数", "名称"), [])
    assert "户数" not in line

"""List roots: the tree of RFC 6962 over rows in one order."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier import codec, lists, merkle
from verifier.errors import Malformed

ROWS = st.lists(
    st.tuples(
        st.text("ab留😀￿", max_size=3), st.integers(-5, 300), st.lists(st.text("ab", max_size=2), max_size=3)
    ),
    max_size=40,
    unique_by=lambda row: (row[0], row[1], tuple(row[2])),
)


@given(ROWS)
def test_the_root_is_the_tree_over_the_packed_rows(rows: list[Any]) -> None:
    rows.sort(key=lambda row: (row[0].encode(), row[1], [q.encode() for q in row[2]]))
    expected = merkle.root(sha256(b"\x00" + codec.encode(row)).digest() for row in rows)
    assert lists.list_hash(iter(rows)) == lists.ListHash(len(rows), expected)


@given(ROWS.filter(lambda rows: len(rows) > 1), st.randoms())
def test_rows_in_any_other_order_are_refused(rows: list[Any], random: Any) -> None:
    ordered = sorted(rows)
    random.shuffle(rows)
    if rows == ordered:
        rows.reverse()
    with pytest.raises(Malformed, match="E-LIST-ORDER"):
        lists.list_hash(rows)


def test_the_empty_list_is_the_hash_of_nothing() -> None:
    assert lists.list_hash([]) == lists.EMPTY == lists.ListHash(0, sha256(b"").digest())


def test_one_row() -> None:
    row = bytes.fromhex("92" + "a161" + "a162")
    assert lists.list_hash([["a", "b"]]) == lists.ListHash(1, sha256(b"\x00" + row).digest())


REFUSED: dict[str, tuple[list[Any], str]] = {
    "the same row twice": ([["a"], ["a"]], "ORDER"),
    "descending": ([["b"], ["a"]], "ORDER"),
    "numbers as if they were text": ([["a", 10], ["a", 9]], "ORDER"),
    "a longer text before its beginning": ([["ab"], ["a"]], "ORDER"),
    "lower case before upper case": ([["a"], ["B"]], "ORDER"),
    "a longer inner array before its beginning": ([["a", ["x", "y"]], ["a", ["x"]]], "ORDER"),
    "an empty row": ([[]], "ORDER"),
    "a number where a text stood": ([["a"], [1]], "KIND"),
    "two records of one id": ([["a", {"x": 1}], ["a", {"x": 2}]], "KIND"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name: str) -> None:
    rows, code = REFUSED[name]
    with pytest.raises(Malformed, match=f"E-LIST-{code}"):
        lists.list_hash(rows)


@pytest.mark.parametrize("wrong", [1, 1023, 1024, 1025, 2047, 2048, 2999])
@pytest.mark.parametrize(("value", "code"), [(0, "ORDER"), ("a", "KIND")])
def test_the_first_row_out_of_order_is_named_wherever_it_stands(wrong: int, value: Any, code: str) -> None:
    rows: list[Any] = [["a", n] for n in range(3000)]
    rows[wrong][1] = value
    with pytest.raises(Malformed, match=f"E-LIST-{code}") as refused:
        lists.list_hash(rows)
    assert refused.value.params["row"] == wrong + 1


def test_a_row_without_canonical_form_is_refused() -> None:
    with pytest.raises(Malformed, match="E-CODEC-TYPE"):
        lists.list_hash([["a", None]])  # type: ignore[list-item]


def test_a_list_reads_back_from_an_entry() -> None:
    for rows in ([], [["a"]], [["a"], ["b"]]):
        named = lists.list_hash(rows)
        assert lists.from_value(codec.decode(codec.encode(named.value()))) == named


NOT_A_LIST: dict[str, Any] = {
    "an array": [0, bytes(32)],
    "no root": {"n": 1},
    "a field too many": {"n": 1, "root": bytes(32), "x": 1},
    "a negative number": {"n": -1, "root": bytes(32)},
    "true for a number": {"n": True, "root": bytes(32)},
    "31 bytes": {"n": 1, "root": bytes(31)},
    "hex": {"n": 1, "root": "00" * 32},
    "no rows but another root": {"n": 0, "root": bytes(32)},
}


@pytest.mark.parametrize("name", NOT_A_LIST)
def test_names_no_list(name: str) -> None:
    with pytest.raises(Malformed, match="E-LIST-HASH"):
        lists.from_value(NOT_A_LIST[name])

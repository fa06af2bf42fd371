"""The crosswalk between the code tables of results."""

from __future__ import annotations

import pytest

from ledger.result_codes import FROM_G, TABLES, TO_G, from_g, to_g
from verifier.errors import LiuhenError
from verifier.vocabulary import RESULT_CODES


@pytest.mark.parametrize("table", ["z", "i"])
def test_every_code_of_a_table_is_one_of_ours(table: str) -> None:
    assert set(TO_G[table]) == set(TABLES[table][1])
    assert {fellow.code for fellow in TO_G[table].values()} <= set(RESULT_CODES)
    assert set(FROM_G[table]) <= set(RESULT_CODES)
    assert {fellow.code for fellow in FROM_G[table].values()} <= set(TABLES[table][1])


@pytest.mark.parametrize("table", ["z", "i"])
def test_exact_fellows_lead_back_to_the_same_code(table: str) -> None:
    for code, fellow in TO_G[table].items():
        if not fellow.near:
            assert from_g(table, [fellow.code]) == ([code], [])


def test_every_code_of_ours_has_a_fellow_in_z() -> None:
    assert set(FROM_G["z"]) == set(RESULT_CODES)
    assert from_g("z", RESULT_CODES)[1] == []


def test_what_i_has_no_word_for_is_named() -> None:
    assert from_g("i", ["01", "02", "09"]) == (["1"], ["02", "09"])


def test_codes_are_read_as_they_are_typed() -> None:
    assert to_g("z", ["a", "6", "10"]) == ["09", "10", "07"]
    assert to_g("g", ["1", "09"]) == ["01", "09"]
    assert to_g("i", ["2", "3"]) == ["13"], "two codes of one meaning are one"


@pytest.mark.parametrize(("table", "code"), [("z", "G"), ("i", "11"), ("g", "15"), ("g", "")])
def test_a_code_of_another_table_is_refused(table: str, code: str) -> None:
    with pytest.raises(LiuhenError) as error:
        to_g(table, [code])
    assert error.value.code == "E-RESULT-CODE"

"""Codes: known answers from the standards, real exceptions, and the laws of check characters."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_11_10

from ledger import codes
from ledger.codes import CodeProblem

LIVE = ["91350100M000100Y43", "91110108551385082Q", "12440600MB2C07549J"]
XIAMEN = "91350203M0001QKT19"
BOTH = "362322198709086409"
ID = "11010519491231002X"

firsts = st.builds(
    lambda head, division, tail: head + division + tail,
    st.sampled_from(["91", "92", "93", "12", "51", "11"]),
    st.sampled_from(["640221", "110108", "350203", "100000"]),
    st.text(codes.USCC_ALPHABET, min_size=9, max_size=9),
)


@pytest.mark.parametrize("code", LIVE)
def test_real_codes_are_right_as_a_whole_and_in_their_organisation_part(code: str) -> None:
    assert codes.check_uscc(code) is None
    assert codes.check_organisation(code[8:17]) is None


def test_a_real_code_of_xiamen_fails_the_check_but_its_organisation_part_does_not() -> None:
    assert codes.check_uscc(XIAMEN) is CodeProblem.CHECK
    assert codes.uscc_check_character(XIAMEN[:17]) == "F"
    assert codes.check_organisation(XIAMEN[8:17]) is None


def test_a_remainder_of_zero_gives_the_digit_zero() -> None:
    prefix = next(p for n in range(1000) if codes.uscc_check_character(p := f"91640221{n:09}") == "0")
    assert codes.check_uscc(prefix + "0") is None
    assert uscc.calc_check_digit(prefix) == "0"


@given(firsts)
def test_the_check_character_agrees_with_python_stdnum(first17: str) -> None:
    assert codes.uscc_check_character(first17) == uscc.calc_check_digit(first17)
    assert uscc.is_valid(first17 + codes.uscc_check_character(first17))


@given(firsts, st.integers(0, 17), st.sampled_from(codes.USCC_ALPHABET))
def test_every_single_substitution_is_caught(first17: str, position: int, sign: str) -> None:
    code = first17 + codes.uscc_check_character(first17)
    changed = code[:position] + sign + code[position + 1 :]
    assert (codes.check_uscc(changed) is None) == (changed == code)


@given(st.text("0123456789", min_size=14, max_size=14))
def test_the_registration_digit_agrees_with_iso_7064(first14: str) -> None:
    assert codes.registration_check_digit(first14) == mod_11_10.calc_check_digit(first14)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 999))
def test_id_numbers_agree_with_python_stdnum(born: date, number: int) -> None:
    first17 = "110105" + born.strftime("%Y%m%d") + f"{number:03}"
    code = first17 + ric.calc_check_digit(first17 + "0")
    assert codes.check_id_number(code) is None
    assert codes.looks_like_id_number(code)


@pytest.mark.parametrize(
    ("why", "code", "problem"),
    [
        ("16 characters", "9164022122819001", CodeProblem.LENGTH),
        ("a letter O", "9164022122819O0159", CodeProblem.CHARACTER),
        ("a letter in the division", "916402A12281900159", CodeProblem.CHARACTER),
        ("a province 99", "919902212281900159", CodeProblem.DIVISION),
    ],
)
def test_codes_that_cannot_be(why: str, code: str, problem: CodeProblem) -> None:
    assert codes.check_uscc(code) is problem, why


def test_an_id_number_that_is_also_a_good_uscc_is_kept_out_and_masked() -> None:
    assert codes.check_uscc(BOTH) is None
    assert codes.looks_like_id_number(BOTH)
    assert codes.mask(BOTH) == BOTH[:4] + "*" * 14


def test_an_id_number_needs_a_day_that_exists() -> None:
    assert codes.check_id_number(ID) is None
    assert codes.check_id_number("110105194902310021") is CodeProblem.DIVISION
    assert codes.check_id_number(ID[:17] + "1") is CodeProblem.CHECK


def test_normal_form_takes_full_width_spaces_and_lower_case() -> None:
    assert codes.normalise("９１１１０１０８ ５５１３８５０８２ｑ ") == "91110108551385082Q"


def test_fifteen_digits_with_a_birthday_are_suspect_only_when_the_registration_digit_is_wrong() -> None:
    first14 = "11010549123100"
    right = codes.registration_check_digit(first14)
    assert not codes.looks_like_id_number(first14 + right)
    assert codes.looks_like_id_number(first14 + str((int(right) + 1) % 10))

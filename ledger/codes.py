"""Identifiers of enterprises and people: normal form, check characters, and what must never become public.

Sources: GB 32100-2015 (统一社会信用代码), GB 11714 (organisation code), GB 11643 (ID number), ISO 7064
mod 11,10 (15-digit 注册号); “Validation rules” of the requirements. A wrong check character is a finding, not
a verdict: real codes issued before 2016 fail, so the importer asks for a reason. All else cannot be right.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from enum import Enum
from operator import mul

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUE = {character: value for value, character in enumerate(USCC_ALPHABET)}
_BASE = 34
"""34 ≡ 3 (mod 31): read backwards as one number of this base, characters have the weights 3^i of GB 32100."""
_DIGITS_OF_BASE = str.maketrans(
    dict.fromkeys(map(chr, range(128)), "!")
    | dict(zip(USCC_ALPHABET, "0123456789abcdefghijklmnopqrstuvwxyz", strict=False))
)
"""`!` for what is not in the alphabet: no digit of any base."""
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_VALUE = {c: v for v, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_ORGANISATION_CHECK = "0123456789X"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_DIGITS = frozenset("0123456789")
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_NATIONAL = "10"


class CodeProblem(Enum):
    """What is wrong with a code, the first that applies."""

    LENGTH = "length"
    CHARACTER = "character"
    DIVISION = "division"
    CHECK = "check"


def normalise(raw: str) -> str:
    """The form in which codes are compared and stored: NFKC, no white space, upper case (design §9)."""
    if raw.isascii() and raw.isalnum():
        return raw.upper()
    return "".join(unicodedata.normalize("NFKC", raw).split()).upper()


def uscc_check_character(first17: str) -> str:
    """Character 18 of a 统一社会信用代码 from its first 17 (GB 32100; a remainder of 0 gives '0').

    Raises KeyError for a character outside the alphabet.
    """
    try:
        return USCC_ALPHABET[-_weighed(first17) % 31]
    except ValueError:
        raise KeyError(first17) from None


def _weighed(first17: str) -> int:
    """The weighted sum of characters, mod 31. Raises ValueError for one outside the alphabet."""
    if not first17.isascii():
        raise ValueError(first17)
    return int(first17.translate(_DIGITS_OF_BASE)[::-1], _BASE)


def check_uscc(code: str) -> CodeProblem | None:
    """What is wrong with a normalised 统一社会信用代码, or None."""
    if len(code) != 18:
        return CodeProblem.LENGTH
    try:
        total = _weighed(code[:17]) + _USCC_VALUE[code[17]]
    except (KeyError, ValueError):
        return CodeProblem.CHARACTER
    division = code[2:8]
    if not division.isdecimal():
        return CodeProblem.CHARACTER
    if division[:2] not in _PROVINCES and division[:2] != _NATIONAL:
        return CodeProblem.DIVISION
    return CodeProblem.CHECK if total % 31 else None


def check_organisation(code: str) -> CodeProblem | None:
    """What is wrong with a 9-character organisation code (GB 11714; characters 9–17 of a USCC), or None."""
    if len(code) != 9:
        return CodeProblem.LENGTH
    try:
        total = sum(map(mul, map(_ORGANISATION_VALUE.__getitem__, code[:8]), _ORGANISATION_WEIGHTS))
    except KeyError:
        return CodeProblem.CHARACTER
    return None if _ORGANISATION_CHECK[-total % 11] == code[8] else CodeProblem.CHECK


def registration_check_digit(first14: str) -> str:
    """Digit 15 of a 注册号 from its first 14 (ISO 7064 mod 11,10)."""
    product = 10
    for digit in first14:
        product = (((product + int(digit)) % 10 or 10) * 2) % 11
    return str((11 - product) % 10)


def check_registration15(code: str) -> CodeProblem | None:
    """What is wrong with a 15-digit 注册号, or None."""
    if len(code) != 15:
        return CodeProblem.LENGTH
    if not _DIGITS.issuperset(code):
        return CodeProblem.CHARACTER
    if code[:2] not in _PROVINCES and code[:2] != _NATIONAL:
        return CodeProblem.DIVISION
    return None if registration_check_digit(code[:14]) == code[14] else CodeProblem.CHECK


def check_id_number(code: str) -> CodeProblem | None:
    """What is wrong with an ID number (GB 11643, 18 characters; the old form of 15 digits), or None."""
    if len(code) == 15:
        if not _DIGITS.issuperset(code):
            return CodeProblem.CHARACTER
        return None if _is_date("19" + code[6:12]) and code[:2] in _PROVINCES else CodeProblem.DIVISION
    if len(code) != 18:
        return CodeProblem.LENGTH
    if not _DIGITS.issuperset(code[:17]) or code[17] not in _ID_CHECK:
        return CodeProblem.CHARACTER
    if code[:2] not in _PROVINCES or not _is_date(code[6:14]):
        return CodeProblem.DIVISION
    total = sum(map(mul, map(int, code[:17]), _ID_WEIGHTS))
    return None if _ID_CHECK[total % 11] == code[17] else CodeProblem.CHECK


def looks_like_id_number(code: str) -> bool:
    """Whether a normalised code must be kept out of public records as a possible ID number.

    18 characters: 17 digits, a birthday at 7–14 and a good ID check character, even when the code is also a
    good USCC (requirements, “Cross-type trap”). 15 digits: a birthday at 7–12 and a wrong 注册号 check digit.
    """
    if len(code) == 18:
        return _DIGITS.issuperset(code[:17]) and check_id_number(code) is None
    if len(code) == 15:
        return check_id_number(code) is None and check_registration15(code) is not None
    return False


def mask(code: str) -> str:
    """A possible ID number as it may be shown: the first four characters, the rest as asterisks."""
    return code[:4] + "*" * (len(code) - 4)


def _is_date(yyyymmdd: str) -> bool:
    try:
        return date(int(yyyymmdd[:4]), int(yyyymmdd[4:6]), int(yyyymmdd[6:])).year >= 1850
    except ValueError:
        return False

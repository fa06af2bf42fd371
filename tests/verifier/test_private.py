"""Private fields: a commitment to one value at one place, and the file of openings."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier import codec, private
from verifier.errors import Malformed

ORIGIN = "ledger.example.gov/draw/2026"
SALT = bytes(range(16))
OPENING = private.seal(ORIGIN, "officer/A-07", "phone", "0000000", SALT)


def test_the_committed_bytes_are_those_of_the_specification() -> None:
    expected = sha256(
        b"liuhen/private/1\nledger.example.gov/draw/2026\nofficer/A-07\nphone\n" + SALT + b"\xa70000000"
    )
    assert OPENING.commitment == expected.digest()


def test_an_opening_opens_at_its_place_and_nowhere_else() -> None:
    assert OPENING.opens(ORIGIN, "officer/A-07", "phone")
    assert not OPENING.opens("practice/" + ORIGIN, "officer/A-07", "phone")
    assert not OPENING.opens(ORIGIN, "holder/A-07", "phone")
    assert not OPENING.opens(ORIGIN, "officer/A-07", "sex")


@pytest.mark.parametrize(
    "other",
    [
        private.Opening(OPENING.commitment, bytes(16), "0000000"),
        private.Opening(OPENING.commitment, SALT, "0000001"),
        private.Opening(OPENING.commitment, SALT, b"0000000"),
        private.Opening(bytes(32), SALT, "0000000"),
    ],
    ids=["another salt", "another value", "bin instead of text", "another commitment"],
)
def test_another_opening_does_not(other: private.Opening) -> None:
    assert not other.opens(ORIGIN, "officer/A-07", "phone")


REFUSED: dict[str, tuple[Any, ...]] = {
    "origin": ("ledger", "officer/A", "phone", SALT, "PLACE"),
    "owner without id": (ORIGIN, "officer/", "phone", SALT, "PLACE"),
    "owner of an unknown kind": (ORIGIN, "plan/A", "phone", SALT, "PLACE"),
    "owner with a line feed": (ORIGIN, "officer/A\n", "phone", SALT, "PLACE"),
    "empty field": (ORIGIN, "officer/A", "", SALT, "PLACE"),
    "field with a line feed": (ORIGIN, "officer/A", "phone\n", SALT, "PLACE"),
    "field of 65 letters": (ORIGIN, "officer/A", "a" * 65, SALT, "PLACE"),
    "salt of 15 bytes": (ORIGIN, "officer/A", "phone", bytes(15), "SALT"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_commits_to_nothing_with_a_wrong(name: str) -> None:
    origin, owner, field, salt, code = REFUSED[name]
    with pytest.raises(Malformed, match=f"E-PRIVATE-{code}"):
        private.commitment(origin, owner, field, salt, "")


def test_only_a_lone_commitment_is_a_private_field() -> None:
    assert private.is_private(private.private_value(OPENING.commitment))
    for other in (
        {"$c": bytes(31)},
        {"$c": "00" * 32},
        {"$c": bytes(32), "a": 1},
        {},
        bytes(32),
        [bytes(32)],
    ):
        assert not private.is_private(other)


VALUES = st.text("留痕ab", max_size=4) | st.integers(0, 9) | st.lists(st.binary(max_size=3), max_size=3)
OPENINGS = st.lists(
    st.builds(
        private.Opening, st.binary(min_size=32, max_size=32), st.binary(min_size=16, max_size=16), VALUES
    ),
    max_size=30,
    unique_by=lambda opening: opening.commitment,
)


@given(OPENINGS)
def test_openings_read_back_in_order(openings: list[private.Opening]) -> None:
    data = private.encode_openings(openings)
    assert list(private.decode_openings(data)) == sorted(openings, key=lambda o: o.commitment)
    assert data == private.encode_openings(reversed(openings))


A, B = bytes(32), b"\x01" + bytes(31)
BAD_FILES: dict[str, tuple[Any, str]] = {
    "two elements": ([[A, SALT]], "OPENING"),
    "four elements": ([[A, SALT, "", ""]], "OPENING"),
    "a commitment of 31 bytes": ([[A[:31], SALT, ""]], "OPENING"),
    "a salt of 17 bytes": ([[A, SALT + b"\x00", ""]], "OPENING"),
    "a map": ([{"salt": SALT}], "OPENING"),
    "descending commitments": ([[B, SALT, ""], [A, SALT, ""]], "ORDER"),
    "the same commitment twice": ([[A, SALT, ""], [A, SALT, ""]], "ORDER"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_refuses_a_file_with(name: str) -> None:
    items, code = BAD_FILES[name]
    with pytest.raises(Malformed, match=f"E-PRIVATE-{code}"):
        list(private.decode_openings(codec.encode(items)))

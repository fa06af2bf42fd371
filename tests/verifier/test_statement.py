"""Statements: signed elsewhere, carried by file, read only in their form."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier import codec, statement
from verifier.errors import Malformed

KEY = Ed25519PrivateKey.from_private_bytes(sha256(b"key of a statement").digest())
PUBLIC = KEY.public_key().public_bytes_raw()
STATEMENT = statement.Statement(
    ledger=sha256(b"ledger").digest(), kind="draw.committed", of=sha256(b"M").digest(), data={"c": "00" * 32}
)
CARRIED = statement.sign(STATEMENT, PUBLIC, KEY.sign)
FIELDS: dict[str, Any] = codec.decode(CARRIED.text)  # type: ignore[assignment]


def test_a_statement_reads_back_from_an_entry() -> None:
    read = statement.from_value(codec.decode(codec.encode(CARRIED.value())))
    assert read == CARRIED
    assert read.statement() == STATEMENT


def test_the_signature_holds_for_its_key_and_its_text_only() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    assert statement.signature_valid(CARRIED, PUBLIC)
    assert not statement.signature_valid(CARRIED, other)
    assert not statement.signature_valid(replace(CARRIED, by=bytes(32)), PUBLIC)
    assert not statement.signature_valid(replace(CARRIED, text=CARRIED.text + b" "), PUBLIC)


def test_a_statement_is_not_signed_as_an_entry_is() -> None:
    assert not statement.signature_valid(
        replace(CARRIED, sig=KEY.sign(b"liuhen/event/1\n" + CARRIED.text)), PUBLIC
    )


MISSHAPEN: dict[str, Any] = {
    "no map": [],
    "a field too many": {**FIELDS, "x": 1},
    "no data": {key: value for key, value in FIELDS.items() if key != "data"},
    "data as array": {**FIELDS, "data": []},
    "ledger in hex": {**FIELDS, "ledger": "00" * 32},
    "ledger of 31 bytes": {**FIELDS, "ledger": bytes(31)},
    "of with 33 bytes": {**FIELDS, "of": bytes(33)},
    "kind that is no type": {**FIELDS, "kind": "Draw"},
}


@pytest.mark.parametrize("name", MISSHAPEN)
def test_states_nothing(name: str) -> None:
    assert statement.parse(codec.encode(FIELDS)) == STATEMENT
    with pytest.raises(Malformed, match="E-STATEMENT-SHAPE"):
        statement.parse(codec.encode(MISSHAPEN[name]))


NOT_CARRIED: dict[str, Any] = {
    "no map": [],
    "a field too many": {**CARRIED.value(), "x": 1},
    "no signature": {"by": CARRIED.by, "text": CARRIED.text},
    "a signature of 63 bytes": {**CARRIED.value(), "sig": bytes(63)},
    "a key id of 31 bytes": {**CARRIED.value(), "by": bytes(31)},
    "text as text": {**CARRIED.value(), "text": ""},
}


@pytest.mark.parametrize("name", NOT_CARRIED)
def test_carries_no_statement(name: str) -> None:
    with pytest.raises(Malformed, match="E-STATEMENT-CARRIED"):
        statement.from_value(NOT_CARRIED[name])


@pytest.mark.parametrize("public", [None, PUBLIC])
def test_a_statement_reads_back_from_its_file(public: bytes | None) -> None:
    assert statement.read_file(statement.write_file(CARRIED, public)) == (CARRIED, public)


OTHER_FILES = {
    "empty": (b"", "FILE"),
    "another file": (b"PK\x03\x04", "FILE"),
    "a later version": (statement.write_file(CARRIED).replace(b"/1\n", b"/2\n", 1), "FILE"),
    "with line ends of Windows": (statement.write_file(CARRIED).replace(b"/1\n", b"/1\r\n", 1), "FILE"),
    "with another key": (statement.MAGIC + codec.encode({**CARRIED.value(), "public": bytes(32)}), "KEY"),
    "with a key as text": (statement.MAGIC + codec.encode({**CARRIED.value(), "public": ""}), "KEY"),
    "without a signer": (statement.MAGIC + codec.encode({"text": b"", "sig": bytes(64)}), "CARRIED"),
}


@pytest.mark.parametrize("name", OTHER_FILES)
def test_is_no_statement_file(name: str) -> None:
    data, code = OTHER_FILES[name]
    with pytest.raises(Malformed, match=f"E-STATEMENT-{code}"):
        statement.read_file(data)


def test_a_file_cut_short_or_longer_is_refused() -> None:
    data = statement.write_file(CARRIED)
    for bad in (data[:-1], data + b"\x00"):
        with pytest.raises(Malformed, match="E-CODEC-FORM"):
            statement.read_file(bad)

"""Body and entry: what is sealed reads back, everything misshapen is refused."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier import codec, entry, merkle
from verifier.errors import Malformed

KEY = Ed25519PrivateKey.from_private_bytes(sha256(b"key of an entry").digest())
PUBLIC = KEY.public_key().public_bytes_raw()
BODY = entry.Body(
    origin="ledger.example.gov/draw/2026",
    seq=1,
    prev=sha256(b"before").digest(),
    time="2026-03-02T09:30:00+08:00",
    actor=sha256(PUBLIC).digest(),
    stream="task/T-2026-01",
    ver=1,
    type="task.created",
    id=bytes(range(16)),
    data={"task": "T-2026-01", "title": "油气管道保护检查"},
)
FIELDS: dict[str, Any] = codec.decode(BODY.encode())  # type: ignore[assignment]


def raw_of(fields: Any) -> bytes:
    return codec.encode([codec.encode(fields), bytes(64)])


def test_a_sealed_entry_reads_back() -> None:
    sealed = entry.seal(BODY, KEY.sign)
    assert sealed.body == BODY
    assert entry.parse(sealed.raw) == sealed


def test_the_leaf_is_that_of_the_tree() -> None:
    sealed = entry.seal(BODY, KEY.sign)
    assert sealed.leaf == merkle.leaf_hash(sealed.raw)
    assert sealed.leaf_hex == sealed.leaf.hex()


def test_the_signature_holds_for_its_key_and_its_bytes_only() -> None:
    sealed = entry.seal(BODY, KEY.sign)
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    assert entry.signature_valid(sealed, PUBLIC)
    assert not entry.signature_valid(sealed, other.public_key().public_bytes_raw())
    assert not entry.signature_valid(sealed, b"")
    assert not entry.signature_valid(entry.seal(BODY, other.sign), PUBLIC)
    assert not entry.signature_valid(sealed._replace(body_bytes=sealed.body_bytes + b"\x00"), PUBLIC)


def test_a_key_other_than_the_actors_is_refused_even_where_its_signature_holds() -> None:
    stranger = entry.seal(BODY._replace(actor=bytes(32)), KEY.sign)
    assert not entry.signature_valid(stranger, PUBLIC)


MISSHAPEN: dict[str, tuple[dict[str, Any], str]] = {
    "version 2": ({"v": 2}, "V"),
    "version true": ({"v": True}, "V"),
    "version as text": ({"v": "1"}, "FIELD"),
    "origin without path": ({"origin": "ledger.example.gov"}, "ORIGIN"),
    "negative seq": ({"seq": -1}, "SEQ"),
    "seq true": ({"seq": True}, "SEQ"),
    "prev of 31 bytes": ({"prev": bytes(31)}, "PREV"),
    "prev as text": ({"prev": "0" * 64}, "FIELD"),
    "entry 0 with a prev": ({"seq": 0}, "PREV"),
    "30 February": ({"time": "2026-02-30T09:30:00+08:00"}, "TIME"),
    "time in UTC": ({"time": "2026-03-02T01:30:00Z"}, "TIME"),
    "actor of 33 bytes": ({"actor": bytes(33)}, "ACTOR"),
    "empty stream": ({"stream": ""}, "STREAM"),
    "stream with a space": ({"stream": "task T"}, "STREAM"),
    "version 0 of a stream": ({"ver": 0}, "VER"),
    "ver true": ({"ver": True}, "VER"),
    "type with a hyphen": ({"type": "task-created"}, "TYPE"),
    "id of 15 bytes": ({"id": bytes(15)}, "ID"),
    "data as array": ({"data": []}, "FIELD"),
    "a field too many": ({"note": ""}, "KEYS"),
}


@pytest.mark.parametrize("name", MISSHAPEN)
def test_refuses(name: str) -> None:
    change, code = MISSHAPEN[name]
    assert entry.parse(raw_of(FIELDS)).body == BODY
    with pytest.raises(Malformed) as caught:
        entry.parse(raw_of({**FIELDS, **change}))
    assert caught.value.code == f"E-ENTRY-{code}"


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_refuses_a_body_without(name: str) -> None:
    with pytest.raises(Malformed, match="E-ENTRY-KEYS"):
        entry.parse(raw_of({key: value for key, value in FIELDS.items() if key != name}))


OTHER_BYTES = {
    "nothing": b"",
    "a map": codec.encode(FIELDS),
    "one element": codec.encode([BODY.encode()]),
    "three elements": codec.encode([BODY.encode(), bytes(64), b""]),
    "a signature of 63 bytes": codec.encode([BODY.encode(), bytes(63)]),
    "a body that is not packed": codec.encode([FIELDS, bytes(64)]),
    "a body that is no map": codec.encode([codec.encode([]), bytes(64)]),
    "a body with a byte after its end": codec.encode([BODY.encode() + b"\x00", bytes(64)]),
    "a byte after the end": raw_of(FIELDS) + b"\x00",
    "65,536 bytes": bytes(65536),
}


@pytest.mark.parametrize("name", OTHER_BYTES)
def test_is_no_entry(name: str) -> None:
    with pytest.raises(Malformed):
        entry.parse(OTHER_BYTES[name])


def test_an_entry_fills_the_16_bits_of_an_entry_bundle_and_no_more() -> None:
    def with_text(length: int) -> entry.Body:
        return BODY._replace(data={"blob": bytes(length)})

    room = 65000 + entry.MAX_ENTRY - len(entry.seal(with_text(65000), KEY.sign).raw)
    assert len(entry.seal(with_text(room), KEY.sign).raw) == entry.MAX_ENTRY
    with pytest.raises(Malformed, match="E-ENTRY-SIZE"):
        entry.seal(with_text(room + 1), KEY.sign)


def test_what_would_not_be_read_is_not_sealed() -> None:
    with pytest.raises(Malformed, match="E-ENTRY-STREAM"):
        entry.seal(BODY._replace(stream=""), KEY.sign)

"""Body and entry: what is sealed reads back, everything misshapen is refused."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from hashlib import sha256
from itertools import combinations
from typing import Any
from unittest.mock import patch

import msgpack
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


def said(raw: bytes) -> entry.Entry | str:
    """The entry in `raw`, or why there is none."""
    try:
        return entry.parse(raw)
    except Malformed as error:
        return f"{error.code}: {error.english()}"


def said_slowly(raw: bytes) -> entry.Entry | str:
    """The same without any short cut: the codec and each field are asked."""
    with patch.object(entry, "_framed", return_value=None):
        return said(raw)


ODD: list[Any] = [
    *(0, 1, -1, True, False, codec.MAX_INT, codec.MAX_INT + 1, 2**63, -(2**63), None, 1.0),
    *("", "x", "x\n", "\u202e", "2026-02-30T09:30:00+08:00", "2026-03-02T09:30:60+08:00"),
    *("Ledger.example.gov/x", "practice/a.b/c", "a/b", b"", bytes(16), bytes(31), bytes(32)),
    *([], [None], {}, {"b": 1, "a": 2}, {"a": {"é": 1}}, {1: 2}, {"": 0}, BODY.data),
    *({"list": [[["x", b"y", {"z": "\u200b"}]]]}, msgpack.ExtType(1, b""), msgpack.Timestamp(0)),
]
"""What a field may be set to: good for some, wrong for others, or beyond the canonical form."""
SPELT_OTHERWISE = {
    b"\x8b\xa5actor": b"\xde\x00\x0b\xa5actor",
    b"\x8b\xa5": b"\x8c\xa1v\x01\xa5",
    b"\xa1v\x01": b"\xa1v\xcc\x01",
    b"\xa4time\xb9": b"\xa4time\xd9\x19",
    b"\xa4time": b"\xd9\x04time",
    b"\xa2id\xc4\x10": b"\xa2id\xc5\x00\x10",
    b"\xa4data\x82": b"\xa4data\x83\xa4task\x00",
}
"""Bytes of the body, and others that msgpack reads as the same."""


def framed(body: bytes, header: bytes = b"") -> bytes:
    return b"\x92" + (header + body if header else msgpack.packb(body)) + msgpack.packb(bytes(64))


def nearly_good() -> Iterator[bytes]:
    """The good entry, with one thing otherwise at a time."""
    good = BODY.encode()
    for one, other in combinations(FIELDS, 2):
        order = [{one: other, other: one}.get(name, name) for name in FIELDS]
        yield framed(msgpack.packb({name: FIELDS[name] for name in order}))
    for name in (*FIELDS, "note"):
        for odd in ODD:
            yield framed(msgpack.packb({**FIELDS, name: odd}))
            yield framed(msgpack.packb({**FIELDS, "data": {name: odd}}))
    for old, new in SPELT_OTHERWISE.items():
        assert msgpack.unpackb(good.replace(old, new)) == FIELDS
        yield framed(good.replace(old, new))
    for depth in range(12, 18):
        yield framed(
            msgpack.packb({**FIELDS, "data": {"list": reduce(lambda inner, _: [inner], range(depth), 7)}})
        )
    for length in range(330):
        body = msgpack.packb({**FIELDS, "data": {"blob": bytes(length)}})
        yield framed(body)
        yield framed(body, b"\xc4" + len(body).to_bytes(2, "big")[-1:])
        yield framed(body, b"\xc5" + len(body).to_bytes(2, "big"))
        yield framed(body, b"\xc6" + len(body).to_bytes(4, "big"))
    raw = framed(good)
    for at, byte in enumerate(raw):
        for other in (byte ^ 1, byte ^ 0x80, 0xC0):
            yield raw[:at] + bytes([other]) + raw[at + 1 :]
        yield raw[:at]


def test_the_short_way_reads_and_refuses_as_the_long_one() -> None:
    for raw in nearly_good():
        assert said(raw) == said_slowly(raw)


def test_a_good_entry_is_read_the_short_way() -> None:
    with patch.object(codec, "decode", side_effect=AssertionError):
        assert entry.parse(raw_of(FIELDS)).body == BODY

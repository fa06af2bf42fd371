"""Canonical msgpack: what has a form has exactly one, and everything else is refused in words."""

from __future__ import annotations

import time
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier import codec
from verifier.errors import LiuhenError, Malformed

KEYS = st.text("abz019_$.", min_size=1, max_size=32)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"]), max_size=40)
SCALARS = st.booleans() | st.integers(-codec.MAX_INT, codec.MAX_INT) | TEXTS | st.binary(max_size=300)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(KEYS, inner, max_size=20),
    max_leaves=25,
)


def nested(depth: int) -> Any:
    value: Any = 7
    for _ in range(depth):
        value = [value]
    return value


def code_of(data: bytes) -> str:
    with pytest.raises(Malformed) as caught:
        codec.decode(data)
    assert caught.value.exit == 4
    return caught.value.code


@given(VALUES)
def test_what_is_encoded_reads_back_as_the_same_value(value: Any) -> None:
    assert codec.decode(codec.encode(value)) == value


@given(st.dictionaries(KEYS, SCALARS, min_size=2, max_size=20), st.randoms())
def test_the_order_in_which_fields_were_given_leaves_no_trace(value: dict[str, Any], random: Any) -> None:
    shuffled = list(value.items())
    random.shuffle(shuffled)
    assert codec.encode(dict(shuffled)) == codec.encode(value)


@given(VALUES, st.data())
def test_no_other_bytes_read_as_the_same_value(value: Any, data: st.DataObject) -> None:
    good = codec.encode(value)
    place = data.draw(st.integers(0, len(good) - 1))
    bad = bytearray(good)
    bad[place] ^= data.draw(st.integers(1, 255))
    try:
        other = codec.decode(bytes(bad))
    except Malformed:
        return
    assert codec.encode(other) == bytes(bad) != good


@given(st.binary(max_size=200))
def test_any_bytes_are_either_canonical_or_refused(data: bytes) -> None:
    try:
        value = codec.decode(data)
    except Malformed:
        return
    assert codec.encode(value) == data


KNOWN = {
    "zero": (0, "00"),
    "largest one-byte number": (127, "7f"),
    "smallest uint8": (128, "cc80"),
    "uint16": (256, "cd0100"),
    "uint32": (65536, "ce00010000"),
    "uint64": (2**32, "cf0000000100000000"),
    "largest number": (2**53 - 1, "cf001fffffffffffff"),
    "minus one": (-1, "ff"),
    "minus 32": (-32, "e0"),
    "minus 33 as int8": (-33, "d0df"),
    "minus 129 as int16": (-129, "d1ff7f"),
    "minus 32769 as int32": (-32769, "d2ffff7fff"),
    "smallest number": (-(2**53 - 1), "d3ffe0000000000001"),
    "false and true": ([False, True], "92c2c3"),
    "empty text": ("", "a0"),
    "Chinese text": ("留痕", "a6e79599e79795"),
    "text of 32 bytes": ("a" * 32, "d920" + "61" * 32),
    "empty bin": (b"", "c400"),
    "fields out of order": (
        {"b": 1, "a": 2, "$c": 3, "_": 4, ".": 5},
        "85a22463" + "03" + "a12e05a15f04a16102a16201",
    ),
    "array of 16": ([0] * 16, "dc0010" + "00" * 16),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_bytes(name: str) -> None:
    value, expected = KNOWN[name]
    assert codec.encode(value).hex() == expected
    assert codec.decode(bytes.fromhex(expected)) == value


NOT_CANONICAL = {
    "nothing": "",
    "nil": "c0",
    "float": "ca3f800000",
    "double": "cb3ff0000000000000",
    "the unused byte": "c1",
    "fixext": "d40100",
    "timestamp": "d6ff00000000",
    "ext 8": "c70101ff",
    "five in uint8": "cc05",
    "255 in uint16": "cd00ff",
    "five as a signed number": "d005",
    "minus one in int8": "d0ff",
    "2^53": "cf0020000000000000",
    "minus 2^53": "d3ffe0000000000000",
    "2^64 - 1": "cfffffffffffffffff",
    "short text in str 8": "d90161",
    "short text in str 16": "da000161",
    "short bin in bin 16": "c5000161",
    "short array in array 16": "dc000100",
    "short map in map 16": "de0001a16100",
    "fields out of order": "82a16200a16100",
    "a field twice": "82a16100a16100",
    "a longer field before its beginning": "82a2616100a16100",
    "upper-case field": "81a14100",
    "empty field": "81a000",
    "field with a hyphen": "81a12d00",
    "field of 33 letters": "81d921" + "61" * 33 + "00",
    "number as field": "810000",
    "bin as field": "81c4016100",
    "array as field": "819000",
    "map as field": "818000",
    "byte after the end": "0000",
    "text cut short": "a261",
    "array cut short": "9200",
    "map cut short": "81a161",
    "overlong UTF-8": "a2c1a1",
    "surrogate in UTF-8": "a3eda080",
    "UTF-8 above U+10FFFF": "a4f4908080",
    "half a character": "a2e795",
    "NUL in text": "a100",
    "line feed in text": "a10a",
    "delete in text": "a17f",
    "next line": "a2c285",
    "zero-width space": "a3e2808b",
    "right-to-left mark": "a3e2808f",
    "line separator": "a3e280a8",
    "right-to-left override": "a3e280ae",
    "isolate": "a3e281a6",
    "byte-order mark": "a3efbbbf",
    "array said to have 2^32 - 1 elements": "ddffffffff",
    "map said to have 2^32 - 1 fields": "dfffffffff",
    "text said to have 2^32 - 1 bytes": "dbffffffff",
    "bin said to have 2^32 - 1 bytes": "c6ffffffff",
    "ext said to have 2^32 - 1 bytes": "c9ffffffff00",
    "17 levels": "91" * 16 + "90",
    "a thousand levels": "91" * 1000 + "00",
    "sixty thousand levels": "91" * 60000,
    "maps to the bottom": "81a161" * 20000,
    "65,536 bytes": "c5fffd" + "00" * 65533,
}


@pytest.mark.parametrize("name", NOT_CANONICAL)
def test_refuses(name: str) -> None:
    assert code_of(bytes.fromhex(NOT_CANONICAL[name])).startswith("E-CODEC-")


@pytest.mark.parametrize("point", [0x20, 0x7E, 0xA0, 0x200A, 0x2010, 0x2027, 0x202F, 0x2065, 0x206A, 0x1F600])
def test_characters_beside_the_refused_ranges_are_text(point: int) -> None:
    assert codec.decode(codec.encode(chr(point))) == chr(point)


def test_every_refused_character_is_refused_both_ways() -> None:
    ranges = ["00-1f", "7f-9f", "200b-200f", "2028-202e", "2066-2069", "feff-feff"]
    for first, last in ((int(s, 16) for s in r.split("-")) for r in ranges):
        for point in range(first, last + 1):
            text = f"a{chr(point)}留"
            assert code_of(msgpack.packb(text)) == "E-CODEC-TEXT"
            with pytest.raises(Malformed, match=f"U\\+{point:04X}"):
                codec.encode(text)


def test_sixteen_levels_are_allowed_and_the_outermost_counts() -> None:
    assert codec.decode(codec.encode(nested(16))) == nested(16)
    assert code_of(msgpack.packb(nested(17))) == "E-CODEC-DEPTH"


CANNOT_SAY = {
    "nothing": None,
    "a fraction": 0.5,
    "2^53": 2**53,
    "a set": {1},
    "a text with half a surrogate pair": "\ud800",
    "a field that is a number": {1: 1},
    "a field that is true": {True: 1},
    "a bytearray": bytearray(b"a"),
    "seventeen levels": nested(17),
    "a hundred thousand levels": nested(100_000),
    "a subclass of text": type("Text", (str,), {})("a"),
    "nothing inside": {"a": [{"b": None}]},
}


@pytest.mark.parametrize("name", CANNOT_SAY)
def test_cannot_say(name: str) -> None:
    with pytest.raises(Malformed):
        codec.encode(CANNOT_SAY[name])


def test_a_map_whose_shape_was_seen_is_still_checked_inside() -> None:
    assert codec.decode(codec.encode({"a": 1, "b": 2})) == {"a": 1, "b": 2}
    assert code_of(bytes.fromhex("82a161c0a16202")) == "E-CODEC-TYPE"


def test_hostile_headers_are_refused_at_once() -> None:
    start = time.perf_counter()
    for header in ("dd0000ffff", "dcffff", "df00007fff"):
        code_of((bytes.fromhex(header) * 13107)[:65535])
    assert time.perf_counter() - start < 5


def test_many_different_maps_do_not_fill_the_memory() -> None:
    for number in range(3000):
        codec.encode({f"k{number}": 1})
    assert len(codec._SHAPES) <= codec._SHAPES_KEPT
    assert codec.decode(codec.encode({"z": 1, "k2999": 2})) == {"k2999": 2, "z": 1}


@given(st.lists(VALUES, max_size=20))
def test_items_are_the_elements_of_one_array(values: list[Any]) -> None:
    data = codec.encode_items(values)
    assert data == codec.encode(values)
    assert list(codec.decode_items(data)) == values


def test_a_value_of_65535_bytes_is_read() -> None:
    data = codec.encode(bytes(65532))
    assert len(data) == 65535
    assert codec.decode(data) == bytes(65532)
    assert list(codec.decode_items(b"\x91" + data)) == [bytes(65532)]


def test_items_may_be_longer_together_than_one_value() -> None:
    values = [bytes(1000)] * 1000
    assert list(codec.decode_items(codec.encode_items(values))) == values


BAD_ITEMS = {
    "nothing": "",
    "no array": "00",
    "array header too long": "dc000100",
    "cut short": "9200",
    "byte after the end": "910000",
    "element that is not canonical": "91cc05",
    "element that is nil": "91c0",
    "array said to have 2^32 - 1 elements": "ddffffffff00",
    "17 levels": "91" * 16 + "90",
    "a thousand levels": "91" * 1000 + "00",
    "element of 65,536 bytes": "91c5fffd" + "00" * 65533,
}


@pytest.mark.parametrize("name", BAD_ITEMS)
def test_refuses_items(name: str) -> None:
    with pytest.raises(LiuhenError, match="E-CODEC-"):
        list(codec.decode_items(bytes.fromhex(BAD_ITEMS[name])))


ODD_ROWS = [
    ["a", 1],
    ["b", -codec.MAX_INT],
    ["c\x07", 1],
    ["d", codec.MAX_INT + 1],
    ["e", True],
    ["f", None],
    ["\ud800", 2],
]


@given(
    st.lists(
        st.lists(SCALARS | st.lists(TEXTS, max_size=2), max_size=4) | st.sampled_from(ODD_ROWS), max_size=6
    )
)
def test_rows_encoded_together_are_those_encoded_alone(rows: list[list[Any]]) -> None:
    try:
        alone = [codec.encode(row) for row in rows]
    except Malformed as error:
        with pytest.raises(Malformed, match=error.code):
            codec.encode_rows(rows)
    else:
        assert codec.encode_rows(rows) == alone

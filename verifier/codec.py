"""Canonical msgpack (design §3): one value, one sequence of bytes.

Allowed are maps, arrays, strings, bin, integers, true and false:

- map keys are strings `[a-z0-9_$.]{1,32}`, unique, sorted by their bytes;
- every header and every integer has its shortest form, a non-negative integer one of the unsigned
  family, and no integer lies beyond ±(2^53 − 1);
- strings are well-formed UTF-8 without control, zero-width, line-separating and bidirectional
  characters (U+0000–001F, 007F–009F, 200B–200F, 2028–202E, 2066–2069, FEFF);
- no nil, no float, no extension type;
- at most 16 maps and arrays stand inside one another, the outermost counted.

Decoding unpacks, looks at the order of keys and packs again: whatever does not come back byte for byte is
refused, so the shortest forms need no rule of their own. Nothing here reads a type name or calls back into a
value. Encoding is quickest for maps that are in order already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

import msgpack

from verifier.errors import N_, Malformed

Value = bool | int | str | bytes | Sequence["Value"] | Mapping[str, "Value"]
"""What can be said in the canonical form. Decoding gives `list` for arrays and `dict` for maps."""

MAX_INT: Final = 2**53 - 1
MAX_DEPTH: Final = 16
MAX_BYTES: Final = 65_535
"""The longest value that `decode` reads; nothing inside an entry can be longer."""

_KEY = re.compile(r"[a-z0-9_$.]{1,32}")
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")

# The key tuples seen so far and the same keys in order: real ledgers have a few hundred shapes of map.
# Bounded, because the shapes come from files.
_SHAPES: dict[tuple[str, ...], tuple[str, ...]] = {}
_SHAPES_KEPT: Final = 2048
_SHAPE_KEYS: Final = 64  # keys of the largest map remembered; a stranger's may have 20,000

_pack = msgpack.Packer(use_bin_type=True, autoreset=True).pack
_unpack = msgpack.unpackb


def encode(value: Value) -> bytes:
    """The canonical bytes of `value`; keys are put in order, tuples stand for arrays.

    Raises `Malformed` (E-CODEC-…) for whatever the form cannot say.
    """
    return _packed(value, MAX_DEPTH)


def _packed(value: Value, depth: int) -> bytes:
    packed: bytes = _pack(value if in_order(value, depth) else _ordered(value))
    return packed


def decode(data: bytes) -> Value:
    """The value whose canonical bytes are exactly `data`, at most 65,535 of them.

    Raises `Malformed` (E-CODEC-…) for every other input, however hostile.
    """
    return _decode(data, MAX_DEPTH)


def same_again(data: bytes) -> Value | None:
    """The value in `data` when it packs to the same bytes: each header the shortest, no key twice. None for
    every other input. Whether what is in it may be said, and in this order, `in_order` tells."""
    try:
        value: Value = _unpack(data)
        return value if len(data) <= MAX_BYTES and _pack(value) == data else None
    except _UNPACK_ERRORS:
        return None


def read_back(data: bytes) -> Value:
    """The value in bytes that `encode` gave: unpacked, not judged again. Never for bytes from elsewhere."""
    value: Value = _unpack(data)
    return value


class Packed(Mapping[str, Any]):
    """A map that stands as canonical bytes already, put together of what `encode` gave; read on demand."""

    __slots__ = ("_read", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._read: dict[str, Any] | None = None

    def read(self) -> dict[str, Any]:
        """The map, unpacked once."""
        if self._read is None:
            self._read = _unpack(self.data)
        return self._read

    def __getitem__(self, key: str) -> Any:
        return self.read()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.read())

    def __len__(self) -> int:
        return len(self.read())


def pack_array(items: Sequence[bytes]) -> bytes:
    """The array of `items`, each in canonical bytes."""
    header: bytes = msgpack.Packer().pack_array_header(len(items))
    return b"".join([header, *items])


def pack_with(value: Mapping[str, Value], key: str, part: bytes) -> Packed:
    """The map `value` with one more `key`, whose value `part` is canonical bytes."""
    return Packed(encode_around(value, key, part))


def pack_pair(name: str, record: bytes) -> bytes:
    """The canonical bytes of the array [name, record], `record` being canonical bytes."""
    return b"\x92" + encode(name) + record


def encode_rows(rows: Sequence[Sequence[Any]]) -> list[bytes]:
    """What `encode` gives for each of `rows`; rows of nothing but strings and numbers are looked at together.

    Raises as `encode`, for the first row that the form cannot say.
    """
    parts = list(chain.from_iterable(rows))
    kinds = {*map(type, parts)}
    numbers = [part for part in parts if type(part) is int] if int in kinds else []
    texts = [part for part in parts if type(part) is str] if numbers else parts
    if (
        kinds <= {str, int}
        and "".join(texts).isprintable()
        and -MAX_INT <= min(numbers, default=0) <= max(numbers, default=0) <= MAX_INT
    ):
        return [_pack(row) for row in rows]
    return [encode(row) for row in rows]


def encode_around(value: Mapping[str, Value], key: str, part: bytes) -> bytes:
    """The canonical bytes of the map `value` with one more `key`, whose value `part` is canonical bytes."""
    parts: list[bytes] = [msgpack.Packer().pack_map_header(len(value) + 1)]
    for name in sorted([*value, key]):
        parts += [_pack(name), part if name == key else encode(value[name])]
    return b"".join(parts)


def encode_items(items: Sequence[Value]) -> bytes:
    """One canonical array of `items`, for files that may be far longer than an entry."""
    header: bytes = msgpack.Packer().pack_array_header(len(items))
    return header + b"".join(_packed(item, MAX_DEPTH - 1) for item in items)


def decode_items(data: bytes) -> Iterator[Value]:
    """The elements of one canonical array of any length, each of at most 65,535 bytes, one at a time.

    Elements come before the end of `data` has been seen: a fault is raised where it stands, and only an
    exhausted iterator has checked all of it.
    """
    unpacker = msgpack.Unpacker(max_buffer_size=max(len(data), 1))
    unpacker.feed(data)
    try:
        count: int = unpacker.read_array_header()
        start = unpacker.tell()
        if data[:start] != msgpack.Packer().pack_array_header(count):
            raise _not_canonical()
        for _ in range(count):
            unpacker.skip()
            end = unpacker.tell()
            yield _decode(data[start:end], MAX_DEPTH - 1)
            start = end
    except _UNPACK_ERRORS as error:
        raise _not_canonical() from error
    if start != len(data):
        raise _not_canonical()


def elements(data: bytes, *path: str) -> Iterator[bytes]:
    """The bytes of each element of the array under these keys of the map in `data`, which `decode` has read.

    Raises KeyError where there is no such key.
    """
    unpacker = msgpack.Unpacker(max_buffer_size=max(len(data), 1))
    unpacker.feed(data)
    for key in path:
        for _ in range(unpacker.read_map_header()):
            if unpacker.unpack() == key:
                break
            unpacker.skip()
        else:
            raise KeyError(key)
    count: int = unpacker.read_array_header()
    start: int = unpacker.tell()
    for _ in range(count):
        unpacker.skip()
        end: int = unpacker.tell()
        yield data[start:end]
        start = end


def _decode(data: bytes, depth: int) -> Value:
    if len(data) > MAX_BYTES:
        raise Malformed(
            "E-CODEC-SIZE", N_("A record of more than {limit} bytes is not read."), limit=MAX_BYTES
        )
    try:
        value: Value = _unpack(data)
    except _UNPACK_ERRORS as error:
        raise _not_canonical() from error
    if not in_order(value, depth) or _pack(value) != data:
        raise _not_canonical()
    return value


_UNPACK_ERRORS = (ValueError, TypeError, OverflowError, RecursionError, MemoryError, msgpack.UnpackException)


def _not_canonical() -> Malformed:
    return Malformed("E-CODEC-FORM", N_("These bytes are not a record in the one allowed form."))


def in_order(value: Any, room: int) -> bool:
    """Whether every map in `value` has its keys in order; raises for whatever the form cannot say.

    `room` is how many levels are left.
    """
    kind = type(value)
    if kind is not dict and kind is not list and kind is not tuple:
        _check_plain(value)
        return True
    if not room:
        raise Malformed(
            "E-CODEC-DEPTH", N_("A record is nested deeper than {depth} levels."), depth=MAX_DEPTH
        )
    good = True
    if kind is dict:
        keys = tuple(value)
        good = (_SHAPES.get(keys) or _shape(keys)) == keys
        value = value.values()
    room -= 1
    for part in value:
        kind = type(part)
        if kind is dict or kind is list or kind is tuple:
            good = in_order(part, room) and good
        elif kind is not bytes and (kind is not str or not part.isprintable()):
            _check_plain(part)
    return good


def _check_plain(value: Any) -> None:
    kind = type(value)
    if kind is str:
        # What Python calls printable has none of the forbidden characters, whatever its Unicode tables.
        if not value.isprintable() and (found := _FORBIDDEN.search(value)):
            raise Malformed(
                "E-CODEC-TEXT",
                N_("A text holds the control or invisible character U+{point:04X}."),
                point=ord(found.group()),
            )
    elif kind is int:
        if not -MAX_INT <= value <= MAX_INT:
            raise Malformed("E-CODEC-INT", N_("A number lies beyond ±(2^53 − 1)."))
    elif kind is not bytes and kind is not bool:
        raise Malformed(
            "E-CODEC-TYPE", N_("A value of type {kind} has no place in a record."), kind=kind.__name__
        )


def _ordered(value: Any) -> Any:
    """`value`, which was checked, with every map in key order."""
    kind = type(value)
    if kind is dict:
        return {key: _ordered(value[key]) for key in _shape(tuple(value))}
    if kind is list or kind is tuple:
        return [_ordered(part) for part in value]
    return value


def _shape(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys of a map in order, remembered; refuses a key outside the grammar."""
    for key in keys:
        if type(key) is not str or not _KEY.fullmatch(key):
            raise Malformed("E-CODEC-KEY", N_("A field name is not allowed: {key}."), key=repr(key)[:60])
    ordered = tuple(sorted(keys))
    if len(_SHAPES) < _SHAPES_KEPT and len(keys) <= _SHAPE_KEYS:
        _SHAPES[keys] = ordered
    return ordered

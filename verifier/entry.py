"""Body and entry, the two layers of an event as it stands in the log (design §3).

The body is a canonical map; the entry is the canonical array [body bytes, signature]. What is signed is
`liuhen/event/1`, one LF and the body; what is hashed into the tree, and into `prev` of the next entry, is
the entry. This module knows the form only: who may sign what is a matter of replay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from verifier import codec, ed25519
from verifier.codec import MAX_INT, Value
from verifier.errors import N_, Malformed
from verifier.ids import is_origin, is_stream, is_time, is_type
from verifier.merkle import leaf_hash

VERSION: Final = 1
MAX_ENTRY: Final = 65_535
"""The longest entry in bytes: an entry bundle of tlog-tiles counts in 16 bits."""
NO_ENTRY: Final = bytes(32)
"""`prev` of entry 0."""

_PREFIX: Final = b"liuhen/event/1\n"
_KEYS: Final = ("actor", "data", "id", "origin", "prev", "seq", "stream", "time", "type", "v", "ver")
"""The fields of a body in canonical order."""


class Body(NamedTuple):
    """What an entry says.

    `seq` counts from 0 in the log and `ver` from 1 in `stream`; `prev` is the leaf hash of entry seq−1,
    `actor` the SHA-256 of a raw public key (32 bytes each), `id` 16 random bytes.
    """

    origin: str
    seq: int
    prev: bytes
    time: str
    actor: bytes
    stream: str
    ver: int
    type: str
    id: bytes
    data: Mapping[str, Value]

    def encode(self) -> bytes:
        """The canonical bytes; `Malformed` (E-CODEC-…) if `data` has no canonical form."""
        fields: dict[str, Value] = {
            "actor": self.actor,
            "data": self.data,
            "id": self.id,
            "origin": self.origin,
            "prev": self.prev,
            "seq": self.seq,
            "stream": self.stream,
            "time": self.time,
            "type": self.type,
            "v": VERSION,
            "ver": self.ver,
        }
        if isinstance(self.data, codec.Packed):
            del fields["data"]
            return codec.encode_around(fields, "data", self.data.data)
        return codec.encode(fields)


class Entry(NamedTuple):
    """One entry: its body, the exact bytes of it, the 64-byte signature, the raw entry and its leaf hash."""

    body: Body
    body_bytes: bytes
    signature: bytes
    raw: bytes
    leaf: bytes

    @property
    def leaf_hex(self) -> str:
        """The leaf hash as lower-case hex: of a freeze this is M, of entry 0 the ledger id."""
        return self.leaf.hex()


def message(body_bytes: bytes) -> bytes:
    """The bytes that the actor's key signs."""
    return _PREFIX + body_bytes


def seal(body: Body, sign: Callable[[bytes], bytes]) -> Entry:
    """The entry of `body`, signed by `sign` (message → 64-byte Ed25519 signature).

    Raises `Malformed` when the body or the entry would not be read back.
    """
    body_bytes = body.encode()
    signature = sign(message(body_bytes))
    raw = codec.encode([body_bytes, signature])
    if len(raw) > MAX_ENTRY:
        raise _too_long()
    return _entry(raw, body_bytes, signature, codec.read_back(body_bytes))


def parse(raw: bytes, leaf: bytes | None = None) -> Entry:
    """The entry in `raw`, every field of the body in its form; the signature is not verified here. `leaf` is
    its leaf hash, where the caller has it.

    Raises `Malformed`: E-CODEC-… for bytes that are not canonical, E-ENTRY-… for a wrong shape.
    """
    if len(raw) > MAX_ENTRY:
        raise _too_long()
    framed = _framed(raw)
    if framed is not None:
        body_bytes, signature = framed
        body = _good(body_bytes) or _judged(codec.decode(body_bytes))
        return Entry(body, body_bytes, signature, raw, leaf or leaf_hash(raw))
    match codec.decode(raw):
        case [bytes() as body_bytes, bytes() as signature]:
            return _entry(raw, body_bytes, signature, codec.decode(body_bytes))
        case _:
            raise _misshapen()


def _framed(raw: bytes) -> tuple[bytes, bytes] | None:
    """Body bytes and signature where `raw` is plainly the canonical array of these two; None leaves it to the
    codec to say what it is."""
    # 92: an array of two; c4, c5: bin, its length in one byte or, from 256 on, two; c440: bin of 64 bytes.
    end = len(raw) - 66
    if end < 4 or raw[end : end + 2] != b"\xc4\x40":
        return None
    if end >= 260 and raw[:4] == b"\x92\xc5" + (end - 4).to_bytes(2, "big"):
        return raw[4:end], raw[end + 2 :]
    if end < 259 and raw[:3] == b"\x92\xc4" + (end - 3).to_bytes(1, "big"):
        return raw[3:end], raw[end + 2 :]
    return None


def _too_long() -> Malformed:
    return Malformed("E-ENTRY-SIZE", N_("An entry is longer than {limit} bytes."), limit=MAX_ENTRY)


def _misshapen() -> Malformed:
    return Malformed("E-ENTRY-SHAPE", N_("An entry is not an array of body bytes and a 64-byte signature."))


def _entry(raw: bytes, body_bytes: bytes, signature: bytes, value: Value) -> Entry:
    if len(signature) != ed25519.SIGNATURE_SIZE:
        raise _misshapen()
    return Entry(_judged(value), body_bytes, signature, raw, leaf_hash(raw))


def signature_valid(entry: Entry, public: bytes) -> bool:
    """Whether `public` (raw, 32 bytes) is the actor's key and its strict Ed25519 signature holds."""
    return ed25519.key_id(public) == entry.body.actor and ed25519.verify(
        public, message(entry.body_bytes), entry.signature
    )


def _good(body_bytes: bytes) -> Body | None:
    """The body in canonical bytes whose fields are all in their form, seen at one glance. None for any other,
    which `codec.decode` and `_judged` are asked about: they say what is wrong."""
    value = codec.same_again(body_bytes)
    if type(value) is not dict or tuple(value) != _KEYS:
        return None
    actor, data, id_, origin, prev, seq, stream, time, type_, v, ver = value.values()
    if (
        type(v) is type(seq) is type(ver) is int
        and type(origin) is type(time) is type(stream) is type(type_) is str
        and type(prev) is type(actor) is type(id_) is bytes
        and type(data) is dict
        and v == VERSION
        and 0 <= seq <= MAX_INT
        and 1 <= ver <= MAX_INT
        and len(prev) == len(actor) == 32
        and (seq != 0 or prev == NO_ENTRY)
        and len(id_) == 16
        and is_origin(origin)
        and is_time(time)
        and is_stream(stream)
        and is_type(type_)
        and codec.in_order(data, codec.MAX_DEPTH - 1)
    ):
        return Body(origin, seq, prev, time, actor, stream, ver, type_, id_, data)
    return None


def _judged(value: Value) -> Body:
    """The body, field by field. Raises `Malformed` E-ENTRY-… for the first that is wrong."""
    if not isinstance(value, dict) or value.keys() != {*_KEYS}:
        raise Malformed("E-ENTRY-KEYS", N_("The body of an entry does not have exactly its eleven fields."))
    match value:
        case {
            "v": int() as v,
            "origin": str() as origin,
            "seq": int() as seq,
            "prev": bytes() as prev,
            "time": str() as time,
            "actor": bytes() as actor,
            "stream": str() as stream,
            "ver": int() as ver,
            "type": str() as type_,
            "id": bytes() as id_,
            "data": dict() as data,
        }:
            pass
        case _:
            raise Malformed("E-ENTRY-FIELD", N_("A field of an entry's body is of the wrong kind."))
    for name, good in (
        ("v", v is not True and v == VERSION),
        ("origin", is_origin(origin)),
        ("seq", type(seq) is int and 0 <= seq <= MAX_INT),
        ("prev", len(prev) == 32 and (seq != 0 or prev == NO_ENTRY)),
        ("time", is_time(time)),
        ("actor", len(actor) == 32),
        ("stream", is_stream(stream)),
        ("ver", type(ver) is int and ver >= 1),
        ("type", is_type(type_)),
        ("id", len(id_) == 16),
    ):
        if not good:
            raise Malformed(
                f"E-ENTRY-{name.upper()}", N_("The field {name} of an entry has no allowed form."), name=name
            )
    return Body(origin, seq, prev, time, actor, stream, ver, type_, id_, data)

"""The last entry of an honest year, in forms that no entry may have (specs/event-log.md §1–§6).

The clerk signs what stands there, and the log key the tree over it, so only the form is left to see it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ledger.commands.keys import Person
from tests.conformance.case import Cases, Workshop
from tests.conformance.honest import thresholds
from tests.verifier import edwards
from verifier import codec, entry
from verifier.ed25519 import key_id

MSGPACK = Cases("msgpack")
ENTRY = Cases("entry")
SIGNATURE = Cases("signature")
CLERK, OPERATOR, ADMIN = "clerk", "operator with the database", "administrator"
FORM = {"verdict": "fail", "must": {"entry.canonical": "fail"}}
SIZE, NAME = b"\xa4size\x01", b"\xa4name\xa6" + "照片".encode()


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Replace what stands once in the body."""

    def change(body: bytes) -> bytes:
        if body.count(old) != 1:
            raise ValueError(f"{old!r} stands {body.count(old)} times")
        return body.replace(old, new)

    return change


def size(packed: bytes) -> Callable[[bytes], bytes]:
    return swap(SIZE, b"\xa4size" + packed)


def name(packed: bytes) -> Callable[[bytes], bytes]:
    return swap(NAME, b"\xa4name" + packed)


def text(raw: bytes) -> Callable[[bytes], bytes]:
    """A name of these bytes, whatever they are."""
    return name(bytes([0xA0 | len(raw)]) + raw)


for _name, _deed, _change in (
    ("nil", "writes nil", size(b"\xc0")),
    ("float", "writes a float", size(b"\xca\x3f\x80\x00\x00")),
    ("double", "writes a double", size(b"\xcb" + bytes(8))),
    ("ext", "writes an extension type", size(b"\xd4\x00\x00")),
    ("timestamp", "writes a time-stamp of msgpack", size(b"\xd6\xff" + bytes(4))),
    ("never-used", "writes the byte that msgpack never uses", size(b"\xc1")),
    ("uint8-short", "writes 1 in two bytes", size(b"\xcc\x01")),
    ("uint16-short", "writes 1 in three bytes", size(b"\xcd\x00\x01")),
    ("uint64-short", "writes 1 in nine bytes", size(b"\xcf" + bytes(7) + b"\x01")),
    ("int8-positive", "writes 1 in the signed family", size(b"\xd0\x01")),
    ("2-53", "writes 2^53", size(b"\xcf\x00\x20" + bytes(6))),
    ("minus-2-53", "writes -2^53", size(b"\xd3\xff\xe0" + bytes(6))),
    ("2-64", "writes 2^64 - 1", size(b"\xcf" + b"\xff" * 8)),
    ("str8-short", "writes a short string with a long header", name(b"\xd9\x06" + "照片".encode())),
    (
        "str32-short",
        "writes a short string with the longest header",
        name(b"\xdb\0\0\0\x06" + "照片".encode()),
    ),
    (
        "bin16-short",
        "writes a short bin with a long header",
        swap(b"\xc4\x20" + bytes(32) + b"\xa4name", b"\xc5\x00\x20" + bytes(32) + b"\xa4name"),
    ),
    ("array16-short", "writes a short array with a long header", size(b"\xdc\x00\x00")),
    ("map16-short", "writes a short map with a long header", size(b"\xde\x00\x00")),
    ("key-twice", "writes a key twice", size(b"\x82\xa1a\x01\xa1a\x01")),
    ("key-order", "writes keys out of order", size(b"\x82\xa1b\x01\xa1a\x01")),
    ("key-upper-case", "writes a key in capitals", size(b"\x81\xa1A\x01")),
    ("key-integer", "writes an integer as key", size(b"\x81\x01\x01")),
    ("key-empty", "writes an empty key", size(b"\x81\xa0\x01")),
    ("key-33", "writes a key of 33 letters", size(b"\x81\xd9\x21" + b"a" * 33 + b"\x01")),
    ("line-feed", "writes a line feed into a text", text(b"a\nb")),
    ("nul", "writes a NUL into a text", text(b"a\0b")),
    ("escape", "writes an escape sequence into a text", text(b"\x1b[2J")),
    ("zero-width", "writes a zero-width space into a text", text(b"\xe2\x80\x8b")),
    ("right-to-left", "turns the direction of a text", text(b"\xe2\x80\xae")),
    ("bom", "writes a byte order mark into a text", text(b"\xef\xbb\xbf")),
    ("c1", "writes a control character of the upper range", text(b"\xc2\x9b")),
    ("surrogate", "writes a surrogate", text(b"\xed\xa0\x80")),
    ("overlong", "writes a letter in two bytes", text(b"\xc1\x81")),
    ("above-unicode", "writes a code point that does not exist", text(b"\xf4\x90\x80\x80")),
    ("cut-utf8", "cuts a character in the middle", text(b"\xe7\x85")),
    ("level-17", "nests seventeen levels", size(b"\x91" * 15 + b"\x90")),
    ("trailing-byte", "adds a byte behind the body", lambda b: b + b"\0"),
    ("cut", "cuts the body by a byte", lambda b: b[:-1]),
    ("claims-2-32", "claims an array of 4,294,967,295 elements", size(b"\xdd\xff\xff\xff\xff")),
    ("claims-str", "claims a string of 4 GiB", name(b"\xdb\xff\xff\xff\xff")),
):
    MSGPACK.add(
        _name, CLERK, _deed, lambda s, c=_change: s.with_body(c), hungry=_name.startswith("claims"), **FORM
    )  # type: ignore[misc]

SCHEMA = {"verdict": "fail", "must": {"entry.schema": "fail"}}
for _name, _deed, _change in (
    ("level-16", "nests sixteen levels, which is in form and no size", size(b"\x91" * 13 + b"\x90")),
    ("true-as-number", "writes true for a number", size(b"\xc3")),
    ("negative-size", "writes a negative size", size(b"\xff")),
    ("bin-as-text", "writes bytes for a text", name(b"\xc4\x06" + "照片".encode())),
    ("text-too-long", "writes a name of 301 characters", name(b"\xda\x01\x2d" + b"a" * 301)),
    ("text-empty", "writes an empty name", name(b"\xa0")),
    ("key-more", "adds a key that the type does not have", swap(SIZE, SIZE + b"\xa1z\x01")),
):
    MSGPACK.add(_name, CLERK, _deed, lambda s, c=_change: s.with_body(_counted(c)), **SCHEMA)  # type: ignore[misc]

MSGPACK.add(
    "threshold-name",
    CLERK,
    "sets a threshold of the audit whose name has two parts",
    lambda s: thresholds(s, ["lists.days", 14]),
    verdict="fail",
    must={"entry.schema": "fail", "act.confirmed": "fail"},
)


def _counted(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """`data` has three keys; a change that adds one says so."""

    def apply(body: bytes) -> bytes:
        changed = change(body)
        more = b"\xa1z\x01" in changed
        return changed.replace(b"\xa4data\x83", b"\xa4data\x84") if more else changed

    return apply


def _field(key: str, value: Any) -> Callable[[bytes], bytes]:
    """The body with one field of its own replaced (None: left out), packed as a canonical map."""

    def change(body: bytes) -> bytes:
        fields: Any = codec.decode(body)
        fields = {**fields, key: value}
        return codec.encode({k: v for k, v in fields.items() if v is not None})

    return change


for _name, _deed, _key, _value in (
    ("no-id", "leaves out the id", "id", None),
    ("key-more", "adds a field to the body", "note", "x"),
    ("id-15", "gives an id of 15 bytes", "id", bytes(15)),
    ("prev-31", "gives 31 bytes for the entry before", "prev", bytes(31)),
    ("prev-hex", "gives the entry before in hex", "prev", "0" * 64),
    ("actor-text", "gives a name as actor", "actor", "qian-clerk"),
    ("seq-negative", "gives a negative number", "seq", -1),
    ("ver-zero", "numbers a stream from 0", "ver", 0),
    ("origin-upper-case", "writes the origin in capitals", "origin", "Ledger.example.gov.cn/fgj/2026"),
    ("origin-one-part", "gives an origin without path", "origin", "ledger.example.gov.cn"),
    ("stream-space", "writes a space into a stream", "stream", "a b"),
    ("stream-long", "gives a stream of 129 characters", "stream", "a" * 129),
    ("type-upper-case", "writes a type in capitals", "type", "Attached"),
    ("type-dots", "writes a type with two dots", "type", "attached..x"),
    ("time-utc", "gives a time of Greenwich", "time", "2026-03-10T09:00:00Z"),
    ("time-day", "gives the 30th of February", "time", "2026-02-30T09:00:00+08:00"),
    ("time-leap-second", "gives second 60", "time", "2026-03-10T09:00:60+08:00"),
    ("time-24", "gives hour 24", "time", "2026-03-10T24:00:00+08:00"),
    ("time-fraction", "gives a fraction of a second", "time", "2026-03-10T09:00:00.5+08:00"),
    ("data-array", "writes data as an array", "data", [1]),
    ("v-text", "gives the version as text", "v", "1"),
):
    ENTRY.add(_name, CLERK, _deed, lambda s, k=_key, v=_value: s.with_body(_field(k, v)), **FORM)  # type: ignore[misc]

UNKNOWN = {"verdict": "inconclusive", "must": {"entry.known": "inconclusive"}}
ENTRY.add(
    "v-2", CLERK, "writes an entry of a newer version", lambda s: s.with_body(_field("v", 2)), **UNKNOWN
)
ENTRY.add("v-0", CLERK, "writes an entry of version 0", lambda s: s.with_body(_field("v", 0)), **UNKNOWN)
ENTRY.add(
    "type-unknown",
    CLERK,
    "writes an event of a type that this version does not know",
    lambda s: s.with_body(_field("type", "attached.again")),
    **UNKNOWN,
)
CHAIN = {"verdict": "fail", "must": {"entry.chain": "fail"}}
ENTRY.add("seq-skips", CLERK, "skips a number", lambda s: s.with_body(_field("seq", 99)), **CHAIN)
ENTRY.add(
    "prev-zeros", CLERK, "begins a chain anew", lambda s: s.with_body(_field("prev", bytes(32))), **CHAIN
)
ENTRY.add(
    "actor-unknown",
    CLERK,
    "signs with a key that nobody enrolled",
    lambda s: s.with_body(_field("actor", bytes(32))),
    verdict="fail",
    must={"entry.actor": "fail"},
)


def _packed(*items: bytes) -> bytes:
    return bytes([0x90 | len(items)]) + b"".join(items)


def _bin(data: bytes) -> bytes:
    return codec.encode(data)


for _name, _deed, _raw in (
    ("empty", "writes an empty entry", lambda b, s: b""),
    ("body-alone", "writes a body without signature", lambda b, s: b),
    ("three", "writes an entry of three parts", lambda b, s: _packed(_bin(b), _bin(s), b"\x01")),
    ("one", "writes an entry of one part", lambda b, s: _packed(_bin(b))),
    ("body-as-map", "writes the body as a map, not as bytes", lambda b, s: _packed(b, _bin(s))),
    ("body-as-text", "writes the body as text", lambda b, s: _packed(b"\xa1a", _bin(s))),
    ("signature-63", "cuts the signature", lambda b, s: _packed(_bin(b), _bin(s[:-1]))),
    ("signature-65", "adds a byte to the signature", lambda b, s: _packed(_bin(b), _bin(s + b"\0"))),
    ("signature-hex", "writes the signature in hex", lambda b, s: _packed(_bin(b), codec.encode(s.hex()))),
    ("trailing-byte", "adds a byte behind the entry", lambda b, s: _packed(_bin(b), _bin(s)) + b"\0"),
    ("long-header", "packs the entry with a longer header", lambda b, s: b"\xdc\x00\x02" + _bin(b) + _bin(s)),
    ("deep", "nests 60,000 arrays", lambda b, s: _packed(_bin(b"\x91" * 60_000 + b"\x90"), _bin(bytes(64)))),
    ("largest", "writes 65,535 bytes that are no entry", lambda b, s: b"\x93" * 65_535),
    ("json", "writes JSON", lambda b, s: b'{"type":"attached"}'),
):
    ENTRY.add(
        _name, OPERATOR, _deed, lambda s, r=_raw: s.with_raw(r), hungry=_name in ("deep", "largest"), **FORM
    )  # type: ignore[misc]

UNSIGNED = {"verdict": "fail", "must": {"entry.signature": "fail"}}


def _s_plus_l(signature: bytes) -> bytes:
    number = int.from_bytes(signature[32:], "little") + edwards.L
    return signature[:32] + number.to_bytes(32, "little")


SMALL_R = edwards.encode(edwards.torsion()[1])
for _name, _deed, _sign in (
    ("zeros", "signs with zeros", lambda b, s: bytes(64)),
    ("flipped", "changes a bit of the signature", lambda b, s: bytes([s[0] ^ 1]) + s[1:]),
    ("s-plus-l", "adds the group order to S, which lax verifiers take", lambda b, s: _s_plus_l(s)),
    ("s-top", "sets the top bits of S", lambda b, s: s[:63] + b"\xff"),
    ("r-small-order", "gives an R of small order", lambda b, s: SMALL_R + s[32:]),
    (
        "r-not-canonical",
        "gives an R with y not below p",
        lambda b, s: (2**255 - 1).to_bytes(32, "little") + s[32:],
    ),
    ("halves-swapped", "swaps R and S", lambda b, s: s[32:] + s[:32]),
):
    SIGNATURE.add(
        _name,
        OPERATOR,
        _deed,
        lambda shop, sign=_sign: shop.with_raw(lambda b, s: _packed(_bin(b), _bin(sign(b, s)))),  # type: ignore[misc]
        **UNSIGNED,
    )


@SIGNATURE.case("without-prefix", OPERATOR, "signs the body without what it is signed as", **UNSIGNED)
def _(shop: Workshop) -> bytes:
    return shop.with_raw(lambda b, _s: _packed(_bin(b), _bin(shop.year.office.clerk.sign(b))))


@SIGNATURE.case("of-another", OPERATOR, "signs the clerk's entry with the administrator's key", **UNSIGNED)
def _(shop: Workshop) -> bytes:
    sign = shop.year.office.admin.sign
    return shop.with_raw(lambda b, _s: _packed(_bin(b), _bin(sign(entry.message(b)))))


@SIGNATURE.case("of-another-entry", OPERATOR, "puts the signature of another entry here", **UNSIGNED)
def _(shop: Workshop) -> bytes:
    other = entry.parse(shop.year.entries()[-1]).signature
    return shop.with_raw(lambda b, _s: _packed(_bin(b), _bin(other)))


SECRET = 7**77 % edwards.L


def _enrolled(shop: Workshop, public: bytes, prove: Callable[[bytes], bytes]) -> Any:
    """The year, and a further clerk's key enrolled that is these bytes."""
    chain = shop.whole()
    signer = shop.stories.year().signer(Person("he-clerk", "何七", "fgj", ("clerk",)))
    assert signer.key_id != key_id(public)
    told = ("he-clerk", "fgj", "clerk", public.hex())
    message = "\n".join(["liuhen/enrol/1", chain.chain[0].body.origin, *told]).encode()
    data = {
        "holder": "he-clerk",
        "name": "何七",
        "unit": "fgj",
        "roles": ["clerk"],
        "key": public,
        "proof": prove(message),
    }
    chain.append(shop.year.office.admin, "key.enrolled", data)
    return chain


@SIGNATURE.case(
    "key-small-order",
    ADMIN,
    "enrols a key of small order, for which one signature fits every message",
    verdict="fail",
    must={"key.proof": "fail"},
)
def _(shop: Workshop) -> bytes:
    identity = edwards.encode(edwards.IDENTITY)
    base = edwards.encode(edwards.BASE)
    proof = base + (1).to_bytes(32, "little")
    return shop.pack(shop.with_draws(_enrolled(shop, identity, lambda _m: proof).raw))


def _mixed(shop: Workshop, fits: bool) -> bytes:
    """A key with a part of small order: enrolled by a proof that holds, then used where k is, or is not, such
    that the equation without cofactor holds."""
    public = edwards.encode(edwards.add(edwards.times(SECRET, edwards.BASE), edwards.torsion()[1]))

    def sign(message: bytes, wanted: bool) -> bytes:
        for nonce in range(1, 400):
            signature = edwards.sign_with(SECRET, message, nonce=nonce, a=public)
            if (edwards.challenge(signature[:32], public, message) % 8 == 0) == wanted:
                return signature
        raise ArithmeticError("no nonce fits")

    chain = _enrolled(shop, public, lambda message: sign(message, True))
    _, body = shop.attached(chain)
    fields: Any = codec.decode(body)
    body = codec.encode({**fields, "actor": key_id(public)})
    raw = _packed(_bin(body), _bin(sign(entry.message(body), fits)))
    return shop.pack(shop.with_draws([*chain.raw, raw]))


SIGNATURE.add(
    "cofactor",
    ADMIN,
    "signs with a key that has a part of small order, so that libraries disagree",
    lambda shop: _mixed(shop, False),
    **UNSIGNED,
)
SIGNATURE.add(
    "cofactor-fits",
    ADMIN,
    "signs with such a key where the equation without cofactor holds",
    lambda shop: _mixed(shop, True),
    verdict="pass",
)
CASES = [*MSGPACK.all, *ENTRY.all, *SIGNATURE.all]

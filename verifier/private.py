"""Private fields and their openings (design §3).

In an entry a private field is `{"$c": commitment}`. The commitment binds the ledger's origin, the owner
(`officer/<id>`, …), the field, 16 salt bytes and the value; salt and value, the opening, stay outside the
log and can be erased. Who has no opening learns nothing, not even that two fields say the same.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from verifier import codec
from verifier.codec import Value
from verifier.errors import N_, Malformed
from verifier.ids import is_id, is_origin

SALT_SIZE: Final = 16
OWNERS: Final = frozenset(["officer", "subject", "holder", "draw", "visit"])
"""What a private field may belong to: the word before the slash of an owner."""

_KEY: Final = "$c"
_PREFIX: Final = b"liuhen/private/1\n"
_FIELD = re.compile(r"[a-z0-9_.]{1,64}")


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a commitment: the salt (16 bytes) and the value."""

    commitment: bytes
    salt: bytes
    value: Value

    def opens(self, origin: str, owner: str, field: str) -> bool:
        """Whether salt and value give the commitment for this place, and for no other."""
        return commitment(origin, owner, field, self.salt, self.value) == self.commitment


def opens(origin: str, owner: str, field: str, salt: bytes, value: Value, sealed: bytes) -> bool:
    """Whether salt and value give the commitment `sealed` for this place, and for no other; never raises."""
    try:
        return commitment(origin, owner, field, salt, value) == sealed
    except Malformed:
        return False


def is_owner(text: str) -> bool:
    """`officer/<id>`, `subject/<id>`, `holder/<id>`, `draw/<id>` or `visit/<id>`."""
    word, _, name = text.partition("/")
    return word in OWNERS and is_id(name)


def is_field(text: str) -> bool:
    """A field's name: 1–64 of `a-z 0-9 _ .`."""
    return _FIELD.fullmatch(text) is not None


def commitment(origin: str, owner: str, field: str, salt: bytes, value: Value) -> bytes:
    """The 32 bytes that stand for `value` in the log.

    `salt` is 16 bytes, fresh from the operating system for every value. Raises `Malformed`
    E-PRIVATE-PLACE or E-PRIVATE-SALT, E-CODEC-… for a value without canonical form.
    """
    if not (is_origin(origin) and is_owner(owner) and is_field(field)):
        raise _no_place()
    if len(salt) != SALT_SIZE:
        raise Malformed("E-PRIVATE-SALT", N_("The salt of a private value is not 16 bytes long."))
    place = f"{origin}\n{owner}\n{field}\n".encode()
    return sha256(_PREFIX + place + salt + codec.encode(value)).digest()


def _no_place() -> Malformed:
    return Malformed("E-PRIVATE-PLACE", N_("A private value has no allowed origin, owner or field."))


def seal(origin: str, owner: str, field: str, value: Value, salt: bytes) -> Opening:
    """The opening of `value` with this fresh salt; its `commitment` goes into the entry."""
    return Opening(commitment(origin, owner, field, salt, value), salt, value)


Sealed = tuple[bytes, bytes, bytes]
"""An opening as it is kept: commitment, salt, canonical bytes of the value."""
_SALTS_AT_ONCE: Final = 256


class Sealer:
    """Seals the values of many owners of one kind (a word of `OWNERS`) in one ledger, each with a fresh salt.
    Raises as `commitment`."""

    def __init__(self, origin: str, kind: str) -> None:
        if not (is_origin(origin) and kind in OWNERS):
            raise _no_place()
        self._begin = _PREFIX + f"{origin}\n{kind}/".encode()
        self._fields: dict[str, bytes] = {}
        self._salts: Iterator[bytes] = iter(())

    def seal(self, name: str, values: Mapping[str, Value]) -> list[Sealed]:
        """The openings of private fields of the owner `kind/name`."""
        if not is_id(name):
            raise _no_place()
        begin = self._begin + name.encode()
        sealed = []
        for field, value in values.items():
            place = self._fields.get(field) or self._field(field)
            salt = next(self._salts, b"") or self._fresh()
            packed = codec.encode(value)
            sealed.append((sha256(begin + place + salt + packed).digest(), salt, packed))
        return sealed

    def _field(self, field: str) -> bytes:
        if not is_field(field):
            raise _no_place()
        self._fields[field] = f"\n{field}\n".encode()
        return self._fields[field]

    def _fresh(self) -> bytes:
        drawn = os.urandom(_SALTS_AT_ONCE * SALT_SIZE)
        self._salts = iter([drawn[at : at + SALT_SIZE] for at in range(0, len(drawn), SALT_SIZE)])
        return next(self._salts)


def private_value(commitment: bytes) -> dict[str, Value]:
    """`{"$c": commitment}` as it stands in an entry."""
    return {_KEY: commitment}


def is_private(value: Value) -> bool:
    """Whether `value` is a private field: a map of `$c` with 32 bytes and nothing else."""
    match value:
        case {"$c": bytes() as commitment, **rest}:
            return not rest and len(commitment) == 32
    return False


def encode_openings(openings: Iterable[Opening]) -> bytes:
    """The file `private/openings.msgpack`: the openings in order of their commitments, each once."""
    ordered = sorted(openings, key=lambda opening: opening.commitment)
    data = codec.encode_items([[o.commitment, o.salt, o.value] for o in ordered])
    for _ in decode_openings(data):
        pass
    return data


def decode_openings(data: bytes) -> Iterator[Opening]:
    """The openings in the file, one at a time; none is checked against an entry.

    Raises `Malformed`: E-CODEC-…, E-PRIVATE-OPENING for a wrong shape, E-PRIVATE-ORDER when the
    commitments do not strictly ascend. Only an exhausted iterator has checked the whole file.
    """
    last = b""
    for item in codec.decode_items(data):
        match item:
            case [bytes() as commitment, bytes() as salt, value] if (
                len(commitment) == 32 and len(salt) == SALT_SIZE
            ):
                pass
            case _:
                raise Malformed(
                    "E-PRIVATE-OPENING", N_("An opening is not a commitment, a salt and a value.")
                )
        if commitment <= last:
            raise Malformed("E-PRIVATE-ORDER", N_("The openings are not in order of their commitments."))
        last = commitment
        yield Opening(commitment, salt, value)

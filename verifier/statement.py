"""Statements: what a person who is not at this machine signs (design §4).

A statement is a canonical map {`ledger`, `kind`, `of`, `data`}, signed over `liuhen/statement/1`, one LF and
its bytes. It travels as a small file and stands in the entry of its kind as `data.statement` =
{by, text, sig}. This module knows the form only: whose key it is, and what it may do, is a matter of replay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from verifier import codec, ed25519
from verifier.codec import Value
from verifier.errors import N_, Malformed
from verifier.ids import is_type
from verifier.private import Opening

MAGIC: Final = b"liuhen/statement-file/1\n"
"""First line of a statement file."""

_PREFIX: Final = b"liuhen/statement/1\n"


@dataclass(frozen=True, slots=True)
class Statement:
    """What is stated: `kind` is the type of event it stands for, `of` the leaf hash of the entry it answers.

    `ledger` is the leaf hash of entry 0; for a commit `of` is M. Hashes are 32 bytes.
    """

    ledger: bytes
    kind: str
    of: bytes
    data: Mapping[str, Value]

    def encode(self) -> bytes:
        """The canonical bytes, the `text` that is signed."""
        return codec.encode({"ledger": self.ledger, "kind": self.kind, "of": self.of, "data": self.data})


@dataclass(frozen=True, slots=True)
class Carried:
    """A statement as an entry carries it: key id of the signer (32 bytes), text, signature (64 bytes)."""

    by: bytes
    text: bytes
    sig: bytes

    def value(self) -> dict[str, Value]:
        """{by, text, sig} as it stands in `data.statement`."""
        return {"by": self.by, "text": self.text, "sig": self.sig}

    def statement(self) -> Statement:
        """What it says; `Malformed` when the text is no statement."""
        return parse(self.text)


def parse(text: bytes) -> Statement:
    """The statement in `text`; `Malformed` E-CODEC-… or E-STATEMENT-SHAPE."""
    match codec.decode(text):
        case {
            "ledger": bytes() as ledger,
            "kind": str() as kind,
            "of": bytes() as of,
            "data": dict() as data,
            **rest,
        } if not rest and len(ledger) == len(of) == 32 and is_type(kind):
            return Statement(ledger, kind, of, data)
    raise Malformed(
        "E-STATEMENT-SHAPE", N_("A statement does not consist of ledger, kind, of and data in their forms.")
    )


def message(text: bytes) -> bytes:
    """The bytes that the person's key signs."""
    return _PREFIX + text


def sign(statement: Statement, public: bytes, signer: Callable[[bytes], bytes]) -> Carried:
    """`statement` signed by `signer` (message → 64-byte signature), the holder of the raw key `public`."""
    text = statement.encode()
    parse(text)
    return Carried(ed25519.key_id(public), text, signer(message(text)))


def from_value(value: Value) -> Carried:
    """The {by, text, sig} of an entry; `Malformed` E-STATEMENT-CARRIED when it is not one."""
    match value:
        case {"by": bytes() as by, "text": bytes() as text, "sig": bytes() as sig, **rest} if (
            not rest and len(by) == 32 and len(sig) == ed25519.SIGNATURE_SIZE
        ):
            return Carried(by, text, sig)
    raise Malformed(
        "E-STATEMENT-CARRIED", N_("A signed statement does not consist of by, text and sig in their forms.")
    )


def signature_valid(carried: Carried, public: bytes) -> bool:
    """Whether `public` (raw, 32 bytes) is the key named by `by` and its strict signature holds."""
    return ed25519.key_id(public) == carried.by and ed25519.verify(public, message(carried.text), carried.sig)


def write_file(carried: Carried, public: bytes | None = None, openings: Sequence[Opening] = ()) -> bytes:
    """The file of a statement; with `public` where the reader may not know the key yet (an enrolment), with
    `openings` of the private fields that it states (the r of a sealed draw)."""
    value = carried.value()
    if public is not None:
        value["public"] = public
    if openings:
        value["openings"] = [[o.commitment, o.salt, o.value] for o in openings]
    data = MAGIC + codec.encode(value)
    read_file(data)
    return data


def read_file(data: bytes) -> tuple[Carried, bytes | None]:
    """The statement in a file and the raw public key beside it, if any; neither is verified.

    Raises `Malformed`: E-STATEMENT-FILE for another file, E-STATEMENT-KEY for a key that is not that of
    `by`, E-CODEC-… and E-STATEMENT-CARRIED for damage.
    """
    if not data.startswith(MAGIC):
        raise Malformed(
            "E-STATEMENT-FILE",
            N_("This file is not a signed statement."),
            remedy=N_("Choose the file that the other person's machine wrote."),
        )
    value = codec.decode(data[len(MAGIC) :])
    if isinstance(value, dict):
        value.pop("openings", None)
    if not (isinstance(value, dict) and "public" in value):
        return from_value(value), None
    public = value.pop("public")
    carried = from_value(value)
    if isinstance(public, bytes) and ed25519.key_id(public) == carried.by:
        return carried, public
    raise Malformed("E-STATEMENT-KEY", N_("The key in the file of a statement is not its signer's."))


def openings_in(data: bytes) -> tuple[Opening, ...]:
    """The openings beside the statement in a file that `read_file` has read; none is checked here.

    Raises `Malformed` E-STATEMENT-OPENINGS for what are no openings.
    """
    value = codec.decode(data[len(MAGIC) :])
    held = value.get("openings", []) if isinstance(value, dict) else []
    found = []
    for each in held if isinstance(held, list) else [held]:
        match each:
            case [bytes() as commitment, bytes() as salt, opened] if (len(commitment), len(salt)) == (32, 16):
                found.append(Opening(commitment, salt, opened))
            case _:
                raise Malformed("E-STATEMENT-OPENINGS", N_("What stands beside a statement are no openings."))
    return tuple(found)

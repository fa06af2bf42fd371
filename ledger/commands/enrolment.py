"""The enrolment file: what a new holder hands to the admin (specs/key-file.md).

It holds nothing secret. Its proof shows that whoever made it has the key; the admin checks the person.
"""

from __future__ import annotations

from typing import Final

from ledger.commands.keys import enrolment
from ledger.keystore import Signer
from verifier import codec
from verifier.codec import Value
from verifier.ed25519 import verify
from verifier.errors import N_, Exit, LiuhenError, Malformed
from verifier.law.keys import enrolment_text
from verifier.schema import EVENTS

MAGIC: Final = b"liuhen/enrolment-file/1\n"
SUFFIX: Final = ".enrol"


def write_file(signer: Signer, name: str) -> bytes:
    """The enrolment file of an opened key, for the holder of this printed name."""
    return MAGIC + codec.encode({"origin": signer.info.origin, "enrolment": enrolment(signer, name)})


def read_file(data: bytes, origin: str) -> dict[str, Value]:
    """The data of `key.enrolled` in a file made for the ledger `origin`, its proof checked.

    Raises `Malformed` E-ENROL-FILE for another file, E-CODEC-… for damage, E-ENROL-PROOF; E-ENROL-ORIGIN.
    """
    if not data.startswith(MAGIC):
        raise Malformed(
            "E-ENROL-FILE",
            N_("This file is not an enrolment."),
            remedy=N_("Choose the .enrol file that liuhen key new wrote."),
        )
    match codec.decode(data[len(MAGIC) :]):
        case {"origin": str() as made_for, "enrolment": dict() as held, **rest} if (
            not rest and not EVENTS["key.enrolled"].shape(held) and "statement" not in held
        ):
            pass
        case _:
            raise Malformed("E-ENROL-FILE", N_("This file is not an enrolment."))
    if made_for != origin:
        raise LiuhenError(
            "E-ENROL-ORIGIN",
            N_("This enrolment is for the ledger {made_for}, not for {origin}."),
            remedy=N_("Make a key for this ledger: liuhen key new … --origin {origin}"),
            exit=Exit.KEY,
            made_for=made_for,
            origin=origin,
        )
    match held:
        case {
            "key": bytes() as key,
            "proof": bytes() as proof,
            "holder": str() as holder,
            "unit": str() as unit,
            "roles": list() as roles,
        } if verify(key, enrolment_text(origin, holder, unit, [str(r) for r in roles], key), proof):
            return held
    raise Malformed(
        "E-ENROL-PROOF",
        N_("The enrolment does not prove that its maker has the key."),
        remedy=N_("Have it written again: liuhen key new"),
    )

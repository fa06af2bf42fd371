"""Founding a ledger, enrolling and revoking keys, confirming what waits (design §4)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ledger.book import Book, Deed, Written
from ledger.keystore import SCRYPT_N, Signer, create_key, create_token_key
from verifier import facts as f
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.law.keys import enrolment_text, in_force
from verifier.note import Algorithm, make_vkey


@dataclass(frozen=True)
class Person:
    """A holder: id, printed name, unit id, roles."""

    holder: str
    name: str
    unit: str
    roles: tuple[str, ...]


def _make(folder: Path) -> None:
    """A folder for keys that its owner alone opens, where the system keeps such rights."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def new_key(folder: Path, origin: str, person: Person, passphrase: str, scrypt_n: int = 0) -> Signer:
    """A key file for a person in `folder`, named after the holder. `scrypt_n` is for tests."""
    _make(folder)
    return create_key(
        folder / f"{person.holder}.key",
        kind="holder",
        origin=origin,
        holder=person.holder,
        unit=person.unit,
        roles=tuple(sorted(person.roles)),
        passphrase=passphrase,
        scrypt_n=scrypt_n or SCRYPT_N,
    )


def new_token_key(folder: Path, origin: str, person: Person, token: str, pin: str) -> Signer:
    """As `new_key`, with the private key in a token (PKCS#11)."""
    _make(folder)
    return create_token_key(
        folder / f"{person.holder}.key",
        kind="holder",
        origin=origin,
        holder=person.holder,
        unit=person.unit,
        roles=tuple(sorted(person.roles)),
        token=token,
        pin=pin,
    )


def new_log_key(
    folder: Path, origin: str, passphrase: str, holder: str, scrypt_n: int = 0, name: str = "log.key"
) -> Signer:
    """The key that signs heads (台账签名密钥)."""
    _make(folder)
    return create_key(
        folder / name,
        kind="log",
        origin=origin,
        holder=holder,
        passphrase=passphrase,
        scrypt_n=scrypt_n or SCRYPT_N,
    )


def proof_of(signer: Signer) -> bytes:
    """Proof of possession by an opened key, bound to its origin, holder, unit and roles."""
    info = signer.info
    text = enrolment_text(info.origin, info.holder, info.unit, list(info.roles), info.public)
    return signer.sign(text)


def enrolment(signer: Signer, name: str) -> dict[str, Value]:
    """The data of `key.enrolled` for an opened key; it holds nothing secret."""
    info = signer.info
    data: dict[str, Value] = {
        "key": info.public,
        "proof": proof_of(signer),
        "holder": info.holder,
        "unit": info.unit,
        "roles": sorted(info.roles),
    }
    if name:
        data["name"] = name
    return data


def found(
    book: Book,
    founder: Signer,
    log: Signer,
    *,
    name: str,
    office: str,
    division: str,
    others: Sequence[tuple[Signer, str]] = (),
    predecessor: dict[str, Value] | None = None,
) -> Written:
    """Entry 0 and the founders' enrolments: the only enrolments that need no second holder."""
    vkey = str(make_vkey(book.origin, log.public, Algorithm.LOG))
    data = {**enrolment(founder, name), "office": office, "division": division, "log_vkey": vkey}
    if predecessor:
        data["predecessor"] = predecessor
    deeds = [Deed("ledger.created", "ledger", data)]
    deeds += [Deed("key.enrolled", "keys", enrolment(signer, text)) for signer, text in others]
    return book.write(founder, lambda _facts: deeds)


def enroll(book: Book, admin: Signer, data: dict[str, Value]) -> Written:
    """Enrol a key from its enrolment data; sensitive roles wait for a second holder's confirmation."""
    return book.write(admin, lambda _facts: [Deed("key.enrolled", "keys", data)])


def revoke(book: Book, signer: Signer, key: bytes, reason: str) -> Written:
    """Revoke a key by its raw public bytes."""
    return book.write(signer, lambda _facts: [Deed("key.revoked", "keys", {"key": key, "reason": reason})])


def change_log_key(book: Book, admin: Signer, log: Signer, reason: str) -> Written:
    """`log.key_changed` to the key `log`; takes effect when a second holder confirms."""
    vkey = str(make_vkey(book.origin, log.public, Algorithm.LOG))
    data: dict[str, Value] = {"vkey": vkey, "reason": reason}
    return book.write(admin, lambda _facts: [Deed("log.key_changed", "keys", data)])


def waiting(facts: f.Facts) -> list[tuple[str, f.Pending]]:
    """Acts that wait for confirmation: (leaf hex, act), oldest first."""
    held = [(leaf, act) for leaf, act in facts.rows(f.PENDING) if not act.done]
    return sorted(held, key=lambda pair: pair[1].seq)


def confirm(book: Book, signer: Signer, leaves: Sequence[bytes]) -> Written:
    """Confirm acts as their second holder, in order, one transaction."""
    return book.write(
        signer, lambda _facts: [Deed("confirmed", "confirmations", {"of": leaf}) for leaf in leaves]
    )


def correct_clock(book: Book, admin: Signer, reason: str) -> Written:
    """Take the clock's time though it is before the last entry; the next entry must confirm it."""
    return book.write(admin, lambda _facts: [Deed("clock.corrected", "ledger", {"reason": reason})])


def key_of(facts: f.Facts, holder: str) -> tuple[str, f.Key]:
    """The newest key in force of a holder. Raises E-KEY-HOLDER."""
    return max(_keys_of(facts, holder), key=lambda pair: pair[1].since)


def key_to_revoke(facts: f.Facts, holder: str, since: int | None = None) -> f.Key:
    """The key in force of a holder, of several the one since entry `since`. Raises E-KEY-HOLDER where there
    is none, E-KEY-WHICH where it is not said which."""
    held = [key for _, key in _keys_of(facts, holder, since)]
    if len(held) > 1:
        raise LiuhenError(
            "E-KEY-WHICH",
            N_("{holder} has {n} keys in force; say which one is meant."),
            remedy=N_("The entry since which it holds tells them apart (liuhen key list): {choices}"),
            exit=Exit.USAGE,
            holder=holder,
            n=len(held),
            choices=", ".join(f"--since {seq}" for seq in sorted(key.since for key in held)),
        )
    return held[0]


def _keys_of(facts: f.Facts, holder: str, since: int | None = None) -> list[tuple[str, f.Key]]:
    """By key id. Raises E-KEY-HOLDER where there is none."""
    head = facts.get(f.HEAD, f.ONE)
    size = head.size if head else 0
    held = [
        (name, key)
        for name, key in facts.rows(f.KEYS)
        if key.holder == holder and in_force(key, size) and since in (None, key.since)
    ]
    if not held:
        raise LiuhenError(
            "E-KEY-HOLDER",
            N_("{holder} has no key in force in this ledger."),
            remedy=N_("See who has one: liuhen key list"),
            exit=Exit.REFUSED,
            holder=holder,
        )
    return held


def fresh_id(prefix: str) -> str:
    """An id nobody chose: `prefix` and 8 random hex digits."""
    return f"{prefix}-{os.urandom(4).hex()}"

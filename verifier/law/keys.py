"""Entry 0, the key register, confirmations, log keys and the clock (design §3, §4)."""

from __future__ import annotations

from dataclasses import replace

from verifier import facts as f
from verifier.ed25519 import key_id, verify
from verifier.errors import LiuhenError
from verifier.facts import Data, Facts
from verifier.law.case import SECOND_HOLDERS, Case, act, confirmed_by, effect
from verifier.note import Algorithm, Vkey
from verifier.vocabulary import Role


def enrolment_text(origin: str, holder: str, unit: str, roles: list[str], public: bytes) -> bytes:
    """What a new key signs to prove possession: bound to origin, holder, unit and roles (design §4)."""
    return "\n".join(["liuhen/enrol/1", origin, holder, unit, ",".join(sorted(roles)), public.hex()]).encode()


def in_force(key: f.Key | None, seq: int) -> bool:
    """Whether a key may act in entry `seq`."""
    return key is not None and 0 <= key.since < seq and (key.revoked < 0 or seq <= key.revoked)


def first_key(data: Data) -> f.Key:
    """The key that entry 0 carries; it is in force for entry 0 itself."""
    return f.Key(data["key"], data["holder"], data["unit"], tuple(data["roles"]), 0, founder=True)


def public_of_vkey(text: str, algorithm: Algorithm = Algorithm.LOG) -> bytes | None:
    """The raw key of a vkey of this algorithm, None when it is not one."""
    try:
        vkey = Vkey.parse(text)
    except LiuhenError:
        return None
    return vkey.public if vkey.algorithm is algorithm else None


@act("ledger.created", Role)
def ledger_created(case: Case) -> None:
    data = case.data
    case.require("ledger.first", case.seq == 0, "only entry 0 creates a ledger", case.seq)
    origin = case.entry.body.origin
    case.require(
        "key.proof",
        verify(
            data["key"],
            enrolment_text(origin, data["holder"], data["unit"], data["roles"], data["key"]),
            data["proof"],
        ),
        "proof of possession by the key of entry 0",
        data["holder"],
    )
    case.require("role.permitted", "admin" in data["roles"], "the founder is an admin", data["roles"])
    case.no_twin("holder", data["holder"])
    public = public_of_vkey(data["log_vkey"])
    name_fits = public is not None and Vkey.parse(data["log_vkey"]).name == origin
    case.require("log.key", name_fits, f"vkey of an Ed25519 key named {origin}", data["log_vkey"])
    case.require("key.unique", public != data["key"], "log key and actor keys differ", data["holder"])


@effect("ledger.created")
def create_ledger(case: Case) -> None:
    data = case.data
    case.facts.put(
        f.LEDGER,
        f.ONE,
        f.Ledger(
            case.leaf,
            case.entry.body.origin,
            data["office"],
            data["division"],
            data["unit"],
            data["log_vkey"],
        ),
    )
    key = key_id(data["key"]).hex()
    case.facts.put(f.KEYS, key, first_key(data))
    case.facts.put(f.HOLDERS, data["holder"], f.Holder(data.get("name", ""), data["unit"]))
    spend_key(case.facts, data["key"])
    if public := public_of_vkey(data["log_vkey"]):
        spend_key(case.facts, public)


def spend_key(facts: Facts, public: bytes) -> None:
    facts.put(f.SPENT, f"key/{public.hex()}", f.Ref("key", public.hex()))


def key_is_new(facts: Facts, public: bytes) -> bool:
    return facts.get(f.SPENT, f"key/{public.hex()}") is None


def _enrolment_confirmers(case: Case) -> frozenset[str] | None:
    if _founding(case) or not SECOND_HOLDERS & set(case.data["roles"]):
        return None
    return SECOND_HOLDERS


def _founding(case: Case) -> bool:
    """Founders: enrolments after entry 0 with no other event between."""
    head = case.facts.get(f.HEAD, f.ONE)
    return head is not None and head.founding


@act("key.enrolled", [Role.ADMIN], _enrolment_confirmers)
def key_enrolled(case: Case) -> None:
    data = case.data
    case.require(
        "key.proof",
        verify(
            data["key"],
            enrolment_text(case.entry.body.origin, data["holder"], data["unit"], data["roles"], data["key"]),
            data["proof"],
        ),
        "proof of possession bound to origin, holder, unit and roles",
        data["holder"],
    )
    case.require("key.unique", key_is_new(case.facts, data["key"]), "a key never enrolled", data["holder"])
    known = case.facts.get(f.HOLDERS, data["holder"])
    case.require(
        "key.holder",
        known is None or known.unit == data["unit"],
        "a holder belongs to one unit",
        f"{data['holder']}: {data['unit']}",
    )
    case.require("key.holder", case.no_twin("holder", data["holder"]), "an id without twin", data["holder"])


@effect("key.enrolled")
def enrol_key(case: Case) -> None:
    data = case.data
    founder = _founding(case)
    if not key_is_new(case.facts, data["key"]):
        return
    spend_key(case.facts, data["key"])
    case.facts.put(
        f.KEYS,
        key_id(data["key"]).hex(),
        f.Key(
            data["key"],
            data["holder"],
            data["unit"],
            tuple(data["roles"]),
            case.entry.body.seq,
            founder=founder,
        ),
    )
    held = case.facts.get(f.HOLDERS, data["holder"])
    name = data.get("name", held.name if held else "")
    case.facts.put(f.HOLDERS, data["holder"], f.Holder(name, data["unit"]))


def _revocation_confirmers(case: Case) -> frozenset[str] | None:
    key = case.facts.get(f.KEYS, key_id(case.data["key"]).hex())
    if key is None or key.holder == case.holder or not SECOND_HOLDERS & set(key.roles):
        return None
    return SECOND_HOLDERS


@act("key.revoked", Role, _revocation_confirmers)
def key_revoked(case: Case) -> None:
    name = key_id(case.data["key"]).hex()
    key = case.must("key.revocation", f.KEYS, name, "key")
    case.require("key.revocation", key.revoked < 0, "a key in force", name)
    case.require(
        "role.permitted",
        key.holder == case.holder or "admin" in case.roles,
        "one's own key, or an admin",
        case.holder,
    )


@effect("key.revoked")
def revoke_key(case: Case) -> None:
    name = key_id(case.data["key"]).hex()
    key = case.facts.get(f.KEYS, name)
    if key is not None and key.revoked < 0:
        case.facts.put(f.KEYS, name, replace(key, revoked=case.entry.body.seq))


@act("log.key_changed", [Role.ADMIN], confirmed_by())
def log_key_changed(case: Case) -> None:
    public = public_of_vkey(case.data["vkey"])
    fits = public is not None and Vkey.parse(case.data["vkey"]).name == case.entry.body.origin
    case.require("log.key", fits, "an Ed25519 vkey named as the origin", case.data["vkey"])
    if public is not None:
        case.require("key.unique", key_is_new(case.facts, public), "a key never used", case.data["vkey"])


@effect("log.key_changed")
def change_log_key(case: Case) -> None:
    if public := public_of_vkey(case.data["vkey"]):
        case.facts.put(f.LEDGER, f.ONE, replace(case.ledger(), log_vkey=case.data["vkey"]))
        spend_key(case.facts, public)


@act("clock.corrected", [Role.ADMIN], confirmed_by())
def clock_corrected(_case: Case) -> None:
    """Its confirmation is the next entry: the chain's own rule `entry.time` asks that."""


@act("private.erased", [Role.ADMIN, Role.CLERK], confirmed_by(Role.APPROVER))
def private_erased(case: Case) -> None:
    """Erasing an opening changes no public fact; what a sealed draw still owes the public stays."""
    owed = {c for _, draw in case.facts.rows(f.DRAWS) if draw.state != "aborted" for c in draw.hidden}
    kept = owed & {commitment.hex() for commitment in case.data["commitments"]}
    case.require(
        "draw.sealing", not kept, "openings of a sealed draw are kept until it is unsealed", len(kept)
    )


@effect("private.erased")
def erase_private(case: Case) -> None:
    """What was erased, and on which ground, for those who look for the opening."""
    case.facts.put(f.ERASURES, str(case.seq), f.Kept(case.data, case.seq, case.time[:10]))
    for commitment in case.data["commitments"]:
        case.facts.put(f.ERASED, commitment.hex(), f.Ref("private.erased", str(case.seq)))

"""Cosigners and earlier heads that they signed or an authority stamped (design §6)."""

from __future__ import annotations

from dataclasses import replace

from verifier import facts as f
from verifier.checkpoint import Checkpoint, verify_cosignature
from verifier.errors import LiuhenError
from verifier.law.case import Case, act, confirmed_by, effect
from verifier.law.keys import key_is_new, public_of_vkey, spend_key
from verifier.note import Algorithm, Note, Vkey, parse_line
from verifier.vocabulary import Role


@act("cosigner.named", [Role.ADMIN], confirmed_by())
def cosigner_named(case: Case) -> None:
    public = public_of_vkey(case.data["vkey"], Algorithm.COSIGNATURE)
    case.require("log.cosigners", public is not None, "a cosigner's vkey", case.data["vkey"])
    if public is not None:
        case.require("key.unique", key_is_new(case.facts, public), "a key never used", case.data["vkey"])


@effect("cosigner.named")
def name_cosigner(case: Case) -> None:
    vkey = case.data["vkey"]
    if public := public_of_vkey(vkey, Algorithm.COSIGNATURE):
        case.facts.put(f.COSIGNERS, vkey, f.Ref(case.data["unit"], vkey))
        spend_key(case.facts, public)


@act("head.cosigned", [Role.ADMIN, Role.CLERK])
def head_cosigned(case: Case) -> None:
    d = case.data
    case.require("log.cosigners", d["size"] <= case.seq, "a head of the past", d["size"])
    head = Checkpoint(case.entry.body.origin, d["size"], d["root"])
    try:
        line = parse_line(d["line"] + "\n")
    except LiuhenError as error:
        case.require("log.cosigners", False, "a cosignature line", error)
        return
    signed = Note(head.text(), (line,))
    valid = any(verify_cosignature(signed, Vkey.parse(name)) for name, _ in case.facts.rows(f.COSIGNERS))
    case.require("log.cosigners", valid, "a cosigner that the ledger names", line.name)


def remember_head(case: Case) -> None:
    """Keep a head of the past; at the end its root is compared with that of the entries."""
    d = case.data
    if d["size"] <= case.seq:
        row = f.PastHead(d["size"], d["root"], case.entry.body.stream)
        case.facts.put(f.PAST_HEADS, f"{case.seq:012}", row)


@effect("head.cosigned")
def cosign(case: Case) -> None:
    remember_head(case)
    head = case.facts.get(f.HEAD, f.ONE)
    if head is not None:
        seen = max(head.foreign, case.data["size"] - 1)
        case.facts.put(f.HEAD, f.ONE, replace(head, foreign=seen))


@act("head.stamped", [Role.ADMIN, Role.CLERK])
def head_stamped(case: Case) -> None:
    case.require("log.cosigners", case.data["size"] <= case.seq, "a head of the past", case.data["size"])


@effect("head.stamped")
def stamp(case: Case) -> None:
    remember_head(case)

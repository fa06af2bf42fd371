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
    valid = cosigner_of(case.facts, signed)
    case.require("log.cosigners", valid != "", "a cosigner that the ledger names", line.name)


def cosigner_of(facts: f.Facts, signed: Note) -> str:
    """The vkey of a cosigner that the ledger names and whose valid line the note bears; "" for none."""
    named = (text for text, _ in facts.rows(f.COSIGNERS))
    return next((text for text in named if verify_cosignature(signed, Vkey.parse(text))), "")


def cosigned_by(facts: f.Facts, seq: int) -> set[str]:
    """The cosigners that signed a head over entry `seq`, as far as the ledger has recorded it."""
    return {row.cosigner for _, row in facts.rows(f.PAST_HEADS) if row.cosigner and row.size > seq}


def cosigners_wanted(facts: f.Facts, draw: f.Draw) -> int:
    """How many the policy of a draw wants before its first commit; 0 for a policy that asks none."""
    policy = facts.get(f.POLICIES, draw.policy)
    return policy.values.get("cosigned_freeze", 0) if policy else 0


def cosigners_missing(facts: f.Facts, draw: f.Draw) -> int:
    """How many cosigners an open draw still waits for before its first commit."""
    if draw.state != "frozen" or draw.commits or not draw.parties:
        return 0
    return max(0, cosigners_wanted(facts, draw) - len(cosigned_by(facts, draw.seq)))


def judge_cosigned(case: Case, draw: f.Draw) -> None:
    """At the first commit: outsiders have signed a head that holds the frozen question."""
    wanted = cosigners_wanted(case.facts, draw)
    if wanted and not draw.commits:
        have = len(cosigned_by(case.facts, draw.seq))
        case.require("draw.cosigned", have >= wanted, f"a head over the freeze cosigned by {wanted}", have)


def remember_head(case: Case, cosigner: str = "") -> None:
    """Keep a head of the past; at the end its root is compared with that of the entries."""
    d = case.data
    if d["size"] <= case.seq:
        row = f.PastHead(d["size"], d["root"], case.entry.body.stream, cosigner)
        case.facts.put(f.PAST_HEADS, f"{case.seq:012}", row)


@effect("head.cosigned")
def cosign(case: Case) -> None:
    d = case.data
    try:
        line = parse_line(d["line"] + "\n")
    except LiuhenError:
        signed = None
    else:
        signed = Note(Checkpoint(case.entry.body.origin, d["size"], d["root"]).text(), (line,))
    remember_head(case, cosigner_of(case.facts, signed) if signed else "")
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

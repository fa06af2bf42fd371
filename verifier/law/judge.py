"""One entry after another before the law: chain, key, schema, role, the rule of its type, its effect.

The verifier judges whole chains; the ledger judges the entry it is about to append, with the same `Judge`
inside the write lock. What was wrong is found once and reported; the effect follows all the same, so that
one lie turns one rule red and not everything after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from verifier import facts as f
from verifier import private, schema, statement
from verifier.codec import Value
from verifier.ed25519 import key_id
from verifier.entry import NO_ENTRY, Entry
from verifier.errors import LiuhenError
from verifier.facts import Data, Facts
from verifier.law import (
    amendments,
    audience,
    checks,
    closing,
    corrections,
    draws,
    elsewhere,
    filings,
    followups,
    heads,
    keys,
    library,
    lists,
    notices,
    plans,
    platforms,
    registers,
    reports,
    reviews,
    sealed,
    tasks,
    visits,
)
from verifier.law.case import ACTS, Case, Halt
from verifier.report import Acts, Finding, Location, Status

Openings = Callable[[bytes], tuple[bytes, Value] | None]
"""commitment → (salt, value), None when this reader does not have it."""

LAW = (
    keys,
    heads,
    lists,
    registers,
    plans,
    amendments,
    filings,
    tasks,
    draws,
    elsewhere,
    platforms,
    visits,
    checks,
    notices,
    reviews,
    library,
    audience,
    sealed,
    followups,
    reports,
    closing,
    corrections,
)
"""The modules whose handlers make up the law."""

_ALWAYS = {"entry.chain": 3, "entry.stream": 1, "entry.time": 2, "ledger.first": 1}
"""How often these rules are asked of each entry."""
_START = f.Head(0, NO_ENTRY, "")


def no_openings(_commitment: bytes) -> None:
    return None


class Judge:
    """Judges entries in order against the facts and moves the facts on.

    `signed` counts how acts were signed.
    """

    def __init__(self, facts: Facts, openings: Openings = no_openings) -> None:
        self.facts = facts
        self.signed: Counter[str] = Counter()
        self.unsealed: dict[bytes, tuple[bytes, Value]] = {}
        self.signer: bytes | None = None
        """`public_of` the entry judged last"""
        self._openings = openings
        self._tally: Counter[str] = Counter()
        self._judged = 0
        """entries of which `_ALWAYS` is not in the tally yet"""

    @property
    def tally(self) -> Counter[str]:
        """How often each rule was asked."""
        for rule, times in _ALWAYS.items() if self._judged else ():
            self._tally[rule] += times * self._judged
        self._judged = 0
        return self._tally

    def resume(
        self,
        facts: Facts,
        tally: Counter[str],
        signed: Counter[str],
        unsealed: dict[bytes, tuple[bytes, Value]],
    ) -> None:
        """Go on where another judge stopped."""
        self.facts = facts
        self._tally.update(tally)
        self.signed.update(signed)
        self.unsealed.update(unsealed)

    @property
    def acts(self) -> Acts:
        return Acts(self.signed["key"], self.signed["file"], self.signed["paper"])

    def public_of(self, entry: Entry) -> bytes | None:
        """The public key that must have signed the entry; None when its actor was never enrolled, which is
        what the rule `entry.actor` says."""
        if self.facts.get(f.HEAD, f.ONE) is None:
            public = entry.body.data.get("key")
            return public if isinstance(public, bytes) and key_id(public) == entry.body.actor else None
        key = self.facts.get(f.KEYS, entry.body.actor.hex())
        return key.public if key else None

    def judge(self, entry: Entry) -> list[Finding]:
        """What is wrong with the entry, given everything before it; the facts move past it."""
        facts, body = self.facts, entry.body
        head = facts.get(f.HEAD, f.ONE) or _START
        first = head.size == 0
        actor = body.actor.hex()
        key = None if first else facts.get(f.KEYS, actor)
        self.signer = key.public if key else self.public_of(entry) if first else None
        findings = self._chain(entry, head)
        stands = self._standing(findings, entry, first, key)
        fault = schema.CHECKS.get(body.type)
        if fault is None:
            self._find(
                findings, entry, "entry.known", Status.INCONCLUSIVE, "a type of this version", body.type
            )
        else:
            self._tally["entry.known"] += 1
            self._tally["entry.schema"] += 1
            if found := fault(body.data):
                self._find(findings, entry, "entry.schema", Status.FAIL, found, body.type)
            elif stands and first == (body.type == "ledger.created"):
                findings += self._act(entry, actor, key)
        if body.type == "import.closed":
            lists.drop_staged(facts)
        self._advance(entry, actor, head)
        return findings

    def skip(self, leaf: bytes) -> None:
        """Pass over an entry that cannot be read: only its leaf hash counts on."""
        head = self.facts.get(f.HEAD, f.ONE) or _START
        self.facts.put(f.HEAD, f.ONE, replace(head, size=head.size + 1, leaf=leaf, founding=False))

    def _find(
        self, findings: list[Finding], entry: Entry, rule: str, status: Status, expected: str, found: object
    ) -> None:
        place = Location(entry=entry.body.seq, stream=entry.body.stream)
        findings.append(Finding(rule, status, place, expected, str(found)))

    def _standing(self, findings: list[Finding], entry: Entry, first: bool, key: f.Key | None) -> bool:
        """The actor's key is enrolled and in force. Whether there is a key at all."""
        if first and entry.body.type != "ledger.created":
            return False
        self._tally["entry.actor"] += 1
        if self.signer is None:
            expected = "the key that entry 0 carries" if first else "an enrolled key"
            self._find(findings, entry, "entry.actor", Status.FAIL, expected, entry.body.actor.hex())
            return False
        if not first and not keys.in_force(key, entry.body.seq):
            self._find(findings, entry, "entry.actor", Status.FAIL, "a key in force", entry.body.actor.hex())
        return True

    def _chain(self, entry: Entry, head: f.Head) -> list[Finding]:
        """seq, prev, origin, stream and time (design §3)."""
        facts, body = self.facts, entry.body
        kind = body.type
        ledger = facts.get(f.LEDGER, f.ONE)
        stream = facts.get(f.STREAMS, body.stream)
        ver = stream.ver + 1 if stream else 1
        fine = (
            body.seq == head.size
            and body.prev == head.leaf
            and (ledger is None or body.origin == ledger.origin)
            and body.ver == ver
            and (body.time >= head.time or kind == "clock.corrected")
            and (not head.correcting or _confirms(entry, head))
            and (kind == "ledger.created") == (head.size == 0)
        )
        self._judged += 1
        findings = [] if fine else self._broken(entry, head, ledger, ver)
        facts.put(f.STREAMS, body.stream, f.Stream(body.ver if body.ver > ver else ver))
        if kind not in ("import.chunk", "import.closed") and lists.staged(facts) is not None:
            self._find(findings, entry, "import.whole", Status.FAIL, "import.closed", kind)
            lists.drop_staged(facts)
        return findings

    def _broken(self, entry: Entry, head: f.Head, ledger: f.Ledger | None, ver: int) -> list[Finding]:
        """Which rules of the chain an entry breaks."""
        body = entry.body
        correcting = body.type == "clock.corrected"
        rules: tuple[tuple[str, bool, str, object], ...] = (
            ("entry.chain", body.seq == head.size, f"seq {head.size}", body.seq),
            ("entry.chain", body.prev == head.leaf, f"prev {head.leaf.hex()}", body.prev.hex()),
            (
                "entry.chain",
                ledger is None or body.origin == ledger.origin,
                ledger.origin if ledger else "",
                body.origin,
            ),
            ("entry.stream", body.ver == ver, f"ver {ver}", body.ver),
            ("entry.time", correcting or body.time >= head.time, f"not before {head.time}", body.time),
            (
                "entry.time",
                not head.correcting or _confirms(entry, head),
                "the confirmation of the clock correction",
                body.type,
            ),
            (
                "ledger.first",
                (body.type == "ledger.created") == (head.size == 0),
                "ledger.created" if head.size == 0 else "another event",
                body.type,
            ),
        )
        findings: list[Finding] = []
        for rule, holds, expected, found in rules:
            if not holds:
                self._find(findings, entry, rule, Status.FAIL, expected, found)
        return findings

    def _advance(self, entry: Entry, actor: str, head: f.Head) -> None:
        facts, body = self.facts, entry.body
        now, ledger = facts.get(f.HEAD, f.ONE), facts.get(f.LEDGER, f.ONE)
        key = facts.get(f.KEYS, actor)
        foreign = now.foreign if now else head.foreign
        if key is not None and ledger is not None and key.unit != ledger.unit:
            foreign = max(foreign, body.seq)
        founding = head.founding and body.type in ("ledger.created", "key.enrolled")
        correcting = body.type == "clock.corrected"
        facts.put(f.HEAD, f.ONE, f.Head(head.size + 1, entry.leaf, body.time, correcting, founding, foreign))

    def _act(self, entry: Entry, actor: str, key: f.Key | None) -> list[Finding]:
        """What is wrong with the act of an entry in form; without a key it is entry 0, which brings one."""
        case = self._case(entry, actor, key)
        try:
            self._statement(case)
            if entry.body.type == "confirmed":
                self._confirm(case, entry)
            else:
                self._check(case, entry)
        except Halt:
            pass
        return case.findings

    def _case(self, entry: Entry, actor: str, key: f.Key | None) -> Case:
        body = entry.body
        data: Data = body.data  # type: ignore[assignment]
        if body.type == "draw.unsealed":
            self.unsealed.update({c: (salt, value) for c, salt, value in data["openings"]})
        key = key or keys.first_key(data)
        return Case(
            self.facts,
            entry,
            data,
            body.seq,
            entry.leaf,
            body.time,
            key.holder,
            actor,
            key.unit,
            key.roles,
            self._open,
            self._tally,
        )

    def _open(self, owner: str, name: str, commitment: bytes) -> Value | None:
        ledger = self.facts.get(f.LEDGER, f.ONE)
        for found in (self.unsealed.get(commitment), self._openings(commitment)):
            if found is not None and ledger is not None:
                salt, value = found
                if private.opens(ledger.origin, owner, name, salt, value, commitment):
                    return value
        return None

    def _statement(self, case: Case) -> None:
        """A statement is its signer's act, once, of exactly what the entry says (design §4)."""
        held = case.data.get("statement")
        self.signed["file" if held else "paper" if "paper" in case.data else "key"] += 1
        if held is None:
            return
        carried = statement.from_value(held)
        key = self.facts.get(f.KEYS, carried.by.hex())
        case.demand("act.statement", key is not None, "an enrolled key", carried.by.hex())
        if key is None:
            raise Halt
        case.require("act.statement", keys.in_force(key, case.seq), "a key in force", carried.by.hex())
        good = statement.signature_valid(carried, key.public)
        case.require("act.statement", good, "a valid signature", carried.by.hex())
        data = {k: v for k, v in case.data.items() if k != "statement"}
        kind = case.entry.body.type
        try:
            said = statement.Statement(case.ledger().id, kind, self.answered(data), data)
            fits = carried.text == said.encode()
        except LiuhenError:
            fits = False
        case.require("act.statement", fits, "a statement of exactly this act in this ledger", kind)
        spent = f"{carried.by.hex()}/{sha256(carried.text).hexdigest()}"
        case.require("act.statement", case.fresh_id("statement", spent), "a statement used once", spent)
        case.key, case.holder, case.unit, case.roles = carried.by.hex(), key.holder, key.unit, key.roles

    def answered(self, data: Data) -> bytes:
        """`of` of a statement: the entry it answers, M for a step of a draw, else the ledger id."""
        if "of" in data:
            return bytes(data["of"])
        if "m" in data:
            return bytes.fromhex(data["m"])
        ledger = self.facts.get(f.LEDGER, f.ONE)
        return ledger.id if ledger else NO_ENTRY

    def _check(self, case: Case, entry: Entry) -> None:
        kind = entry.body.type
        act = ACTS[kind]
        if kind.startswith("draw."):
            place = f"draw/{case.data['draw']}"
            case.require("entry.stream", entry.body.stream == place, place, entry.body.stream)
        if act.actors.isdisjoint(case.roles):
            case.require("role.permitted", False, " / ".join(sorted(act.actors)), " / ".join(case.roles))
        else:
            self._tally["role.permitted"] += 1
        act.check(case)
        confirmers = act.confirmers(case)
        if confirmers is None:
            act.effect(case)
            return
        faulty = any(finding.status is Status.FAIL for finding in case.findings)
        self.facts.put(
            f.PENDING,
            case.leaf.hex(),
            f.Pending(
                case.seq,
                entry.body.type,
                entry.body.stream,
                case.data,
                case.holder,
                case.key,
                case.time,
                tuple(sorted(confirmers)),
                faulty,
            ),
        )

    def _confirm(self, case: Case, entry: Entry) -> None:
        of = case.data["of"]
        act = case.must("act.confirmed", f.PENDING, of.hex(), "act that waits for confirmation")
        case.demand("act.confirmed", not act.done, "an act not yet confirmed", act.seq)
        case.require("act.confirmed", case.holder != act.holder, "a second holder", case.holder)
        allowed = bool(set(act.confirmers) & set(case.roles))
        case.require("act.confirmed", allowed, " / ".join(act.confirmers), " / ".join(case.roles))
        enrolled = act.type == "key.enrolled" and act.data["holder"] == case.holder
        case.require("act.confirmed", not enrolled, "another than the one enrolled", case.holder)
        first = self.facts.get(f.KEYS, act.key)
        standing = keys.in_force(first, case.seq)
        case.require("act.confirmed", standing, "the first holder's key still in force", act.key)
        confirmed = replace_case(case, act, of, first)
        try:
            if not act.faulty:
                ACTS[act.type].check(replace(confirmed, again=True))
            ACTS[act.type].effect(confirmed)
        finally:
            self.facts.put(f.PENDING, of.hex(), replace(act, done=True, data={}))


def _confirms(entry: Entry, head: f.Head) -> bool:
    """Whether the entry confirms the last one before it."""
    return entry.body.type == "confirmed" and entry.body.data.get("of") == head.leaf


def replace_case(case: Case, act: f.Pending, leaf: bytes, first: f.Key | None) -> Case:
    """The case of the act that `case` confirms; findings go to the confirming entry."""
    return replace(
        case,
        data=act.data,
        seq=act.seq,
        leaf=leaf,
        time=act.time,
        holder=act.holder,
        key=act.key,
        unit=first.unit if first else "",
        roles=first.roles if first else (),
        confirmer=case.holder,
        confirmer_key=case.key,
    )

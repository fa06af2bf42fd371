"""Entries in words: what was done, by whom, with what; private fields opened where they are kept.

Everything that comes from an entry is made safe to print; nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from cli.i18n import _, language_in_use
from cli.words import chinese
from ledger.forms.digits import grouped
from ledger.importing import values
from verifier import facts as f
from verifier import schema
from verifier.codec import Value
from verifier.ed25519 import key_id
from verifier.entry import Entry
from verifier.errors import N_, LiuhenError
from verifier.facts import Facts
from verifier.openings import Seen, State
from verifier.private import is_private
from verifier.schemas.policy import FILING_TABLES
from verifier.statement import from_value
from verifier.vocabulary import (
    ABORT_CAUSES,
    ABSENCE_REASONS,
    ACTIVITY_KINDS,
    CAPACITIES,
    CHANNELS,
    EVIDENCE_KINDS,
    EXCLUSION_REASONS,
    EXEMPTIONS,
    FOLLOWUP_KINDS,
    LINK_KINDS,
    METHODS,
    REPLACEMENT_REASONS,
    REPORT_FORMS,
    RESULT_CODES,
    ROLE_ZH,
)
from verifier.wording import printable

SHOWN = 20
"""Members of a list that are shown to a person; JSON has all."""

SIGNATURES = {"signed": "已签字", "refused": "拒绝签字", "absent": "负责人不在场"}
WORDS: Mapping[str, Mapping[str, str]] = {
    "reason": {**EXCLUSION_REASONS, **ABSENCE_REASONS, **REPLACEMENT_REASONS},
    "cause": ABORT_CAUSES,
    "capacity": CAPACITIES,
    "code": EXEMPTIONS,
    "channel": CHANNELS,
    "kind": {**LINK_KINDS, **FOLLOWUP_KINDS, **ACTIVITY_KINDS, **EVIDENCE_KINDS},
    "form": REPORT_FORMS,
    "table": FILING_TABLES,
    "methods": METHODS,
    "results": RESULT_CODES,
    "roles": {role.value: word for role, word in ROLE_ZH.items()},
    "status": chinese(values.SUBJECT_STATUS),
    "subject_signature": SIGNATURES,
    "rounding": {"ceil": "逐层进一", "total": "合计进一"},
    "teams": {"each": "每户单独抽取", "groups": "固定检查组"},
    "public": {"none": "不使用"},
}
LABELS = {
    "holder": N_("holder"),
    "name": N_("name"),
    "unit": N_("unit"),
    "roles": N_("roles"),
    "office": N_("office"),
    "division": N_("division code"),
    "key": N_("public key"),
    "proof": N_("proof of possession"),
    "log_vkey": N_("log key"),
    "vkey": N_("verification key"),
    "predecessor": N_("earlier ledger"),
    "statement": N_("signed file"),
    "paper": N_("on paper"),
    "reason": N_("reason"),
    "of": N_("answers entry"),
    "size": N_("size"),
    "root": N_("root"),
    "policy": N_("policy"),
    "title": N_("title"),
    "document": N_("document number"),
    "file": N_("hash of the file"),
    "values": N_("values"),
    "clauses": N_("clauses"),
    "year": N_("year"),
    "notice": N_("notice"),
    "off": N_("days off"),
    "work": N_("days worked"),
    "import": N_("import"),
    "index": N_("part"),
    "register": N_("list"),
    "to": N_("goes on as"),
    "kind": N_("kind"),
    "tags": N_("tags"),
    "version": N_("version"),
    "missing": N_("what is missing"),
    "extra": N_("what is extra"),
    "table": N_("table"),
    "receipt": N_("receipt"),
    "number": N_("document number"),
    "rows": N_("rows"),
    "removed": N_("removed"),
    "chunks": N_("parts"),
    "n": N_("count"),
    "added": N_("added"),
    "changed": N_("changed"),
    "reviewer": N_("reviewer"),
    "source": N_("hash of the source file"),
    "source_name": N_("source file"),
    "plan": N_("plan"),
    "body": N_("deciding body"),
    "channel": N_("channel"),
    "date": N_("date"),
    "address": N_("address"),
    "screenshot": N_("hash of the screenshot"),
    "task": N_("task"),
    "row": N_("plan row"),
    "batch": N_("batch"),
    "items": N_("inspection items"),
    "scheme": N_("scheme"),
    "form": N_("check form"),
    "window": N_("window of the task"),
    "responsible": N_("responsible person"),
    "strata": N_("strata"),
    "teams": N_("teams"),
    "seats": N_("seats"),
    "sealed": N_("sealed draw"),
    "rounding": N_("rounding"),
    "public": N_("public source"),
    "exception": N_("exception"),
    "fills": N_("visits to fill"),
    "elsewhere": N_("drawn elsewhere"),
    "groups": N_("groups"),
    "p": N_("rate, above the line"),
    "q": N_("rate, below the line"),
    "subject": N_("subject"),
    "evidence": N_("hash of the evidence"),
    "officer": N_("officer"),
    "details": N_("details"),
    "papers": N_("papers"),
    "place": N_("place where it is kept"),
    "carried": N_("carried over"),
    "successor": N_("successor"),
    "tasks": N_("tasks"),
    "from": N_("first day"),
    "until": N_("last day"),
    "draw": N_("draw"),
    "parties": N_("parties"),
    "lists": N_("lists"),
    "m": N_("M, hash of the frozen question"),
    "party": N_("party"),
    "c": N_("sealed random number"),
    "value": N_("public value"),
    "r": N_("opened random number"),
    "seed": N_("seed"),
    "outcome": N_("outcome"),
    "change": N_("change"),
    "cause": N_("cause"),
    "note": N_("note"),
    "platform": N_("platform"),
    "results": N_("results"),
    "openings": N_("openings"),
    "visit": N_("visit"),
    "check": N_("check"),
    "exemption": N_("exemption from the plan"),
    "code": N_("code"),
    "extension": N_("longer time"),
    "witness": N_("witness of the missing signature"),
    "department": N_("department"),
    "accepted": N_("accepted"),
    "sent": N_("delivered at"),
    "unannounced": N_("unannounced"),
    "materials": N_("materials"),
    "day": N_("day of the visit"),
    "occurred": N_("time of the deed"),
    "officers": N_("inspecting officers"),
    "methods": N_("methods"),
    "subject_signature": N_("signature of the inspected"),
    "unsigned_reason": N_("reason why unsigned"),
    "id_number": N_("ID number"),
    "legal_representative": N_("legal representative"),
    "sex": N_("sex"),
    "telephone": N_("telephone"),
    "findings": N_("findings"),
    "opinion": N_("opinion"),
    "followup": N_("follow-up"),
    "due": N_("to be settled by"),
    "activity": N_("activity"),
    "lead": N_("led by"),
    "partners": N_("took part"),
    "subjects": N_("subjects"),
    "published": N_("results published"),
    "report": N_("report"),
    "figures": N_("figures"),
    "field": N_("field"),
    "new": N_("new value"),
    "old": N_("old value"),
    "commitments": N_("commitments"),
    "ground": N_("legal ground"),
    "line": N_("line of the note"),
    "token": N_("time-stamp token"),
    "authority": N_("time-stamp authority"),
    "hash": N_("hash"),
    "id": N_("number"),
    "names": N_("names"),
    "scan": N_("hash of the scan"),
    "item": N_("inspection item"),
    "result": N_("result"),
    "checked": N_("checked"),
    "ordered": N_("ordered to correct"),
    "corrected": N_("corrected on the spot"),
    "text": N_("words"),
    "stratum": N_("stratum"),
    "rank": N_("rank"),
    "ticket": N_("random number"),
    "filter": N_("filter"),
    "people": N_("people"),
    "capacity": N_("capacity"),
    "org": N_("organisation"),
    "copies": N_("copies"),
    "purpose": N_("purpose"),
    "status": N_("state"),
    "risk": N_("risk class"),
    "district": N_("district"),
}
"""Names of the fields of entries."""

_ABOUT = (
    *("holder", "name", "plan", "task", "draw", "subject", "officer", "visit", "check", "register", "policy"),
    *("year", "value", "cause", "field", "title", "reason"),
)
"""Fields that say in one line what an entry is about, in this order."""


def kind_name(kind: str) -> str:
    """A type of event in the reader's language; the type itself in English."""
    known = schema.EVENTS.get(kind)
    return known.zh if known and language_in_use() != "en" else printable(kind)


def time_shown(time: str) -> str:
    """A time of an entry without what is always the same."""
    return printable(time.replace("T", " ").removesuffix("+08:00"))


@dataclass(frozen=True)
class Teller:
    """What is needed to tell entries: the facts at the head, where a leaf stands, openings kept here."""

    facts: Facts
    seq_of: Callable[[bytes], int | None]
    open: Callable[[bytes], tuple[bytes, Value] | None]
    private: Mapping[bytes, Seen] = field(default_factory=dict)
    """What the reader sees of the private fields of the entry that is told, by commitment."""

    def holder(self, key: bytes) -> str:
        """`name id` of the holder of the key with this id, the beginning of the id when it is unknown."""
        known = self.facts.get(f.KEYS, key.hex())
        if known is None:
            return key.hex()[:16]
        held = self.facts.get(f.HOLDERS, known.holder)
        return printable(f"{held.name} {known.holder}" if held and held.name else known.holder)

    def who(self, entry: Entry) -> str:
        """Who stands behind an entry: its actor, or who signed the file it carries."""
        held = entry.body.data.get("statement")
        if held is None:
            if entry.body.seq == 0:
                return printable(
                    f"{entry.body.data.get('name', '')} {entry.body.data.get('holder', '')}"
                ).strip()
            return self.holder(entry.body.actor)
        try:
            signer = self.holder(from_value(held).by)
        except LiuhenError:
            signer = "?"
        return _("{signer} (by file)").format(signer=signer)

    def about(self, data: Mapping[str, Value]) -> str:
        """One line on what an entry is about."""
        parts = []
        if isinstance(of := data.get("of"), bytes):
            parts.append(self._entry_named(of))
        if isinstance(key := data.get("key"), bytes) and "holder" not in data:
            parts.append(self.holder(key_id(key)))
        for name in _ABOUT:
            value = data.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool):
                parts.append(word(name, value))
        return printable(" ".join(parts), 100)

    def _entry_named(self, leaf: bytes) -> str:
        if act := self.facts.get(f.PENDING, leaf.hex()):
            return f"#{act.seq} {kind_name(act.type)}"
        seq = self.seq_of(leaf)
        return f"#{seq}" if seq is not None else leaf.hex()[:16]

    def fields(self, data: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
        """(label, text) of every field, private ones opened where their opening is kept."""
        for name, value in data.items():
            if name == "statement":
                yield label(name), self._carrier(value)
            elif name == "of" and isinstance(value, bytes):
                yield label(name), f"{self._entry_named(value)}  {grouped(value.hex())}"
            else:
                yield label(name), self._text(name, value)

    def _carrier(self, value: Value) -> str:
        try:
            return self.holder(from_value(value).by)
        except LiuhenError:
            return "?"

    def _text(self, name: str, value: Value) -> str:
        if is_private(value):
            return self._private(name, value)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, bytes):
            return grouped(value.hex())
        if isinstance(value, Mapping):
            return "; ".join(f"{label(k)} {self._text(k, v)}" for k, v in value.items())
        if isinstance(value, list | tuple):
            told = "、".join(self._member(name, each) for each in value[:SHOWN])
            more = _(" … {n} in all").format(n=len(value)) if len(value) > SHOWN else ""
            return told + more or "-"
        if name in ("party", "parties") and isinstance(value, str) and len(value) == 64:
            return self.holder(bytes.fromhex(value))
        return printable(word(name, value))

    def _member(self, name: str, value: Value) -> str:
        """A member of a list; a list in it stands as one group of words."""
        if isinstance(value, list | tuple):
            return " ".join(self._text(name, each) for each in value)
        return self._text(name, value)

    def _private(self, name: str, value: Value) -> str:
        commitment = value["$c"] if isinstance(value, Mapping) else b""
        if not isinstance(commitment, bytes):
            return "?"
        if held := self.private.get(commitment):
            return self.seen(held)
        found = self.open(commitment)
        if found is None:
            return _("(private, not kept here)")
        return _("{text} (private)").format(text=self._text(name, found[1]))

    def seen(self, held: Seen) -> str:
        """A private field as this reader sees it: its value, or why there is none."""
        if held.state is State.ERASED:
            return _("(erased by entry {n}: {ground})").format(n=held.erased, ground=printable(held.ground))
        if held.state is State.ALTERED:
            return _("(private; what is given here is not what the ledger holds)")
        if held.state is State.MISSING:
            return _("(private, not kept here)")
        text = _("{text} (private)").format(text=self._text(held.field, held.value))
        if held.ground:
            text += _(", though erased by entry {n}: {ground}").format(
                n=held.erased, ground=printable(held.ground)
            )
        return text


def label(name: str) -> str:
    """What a field of an entry is called."""
    return _(LABELS[name]) if name in LABELS else printable(name)


def word(name: str, value: object) -> str:
    """A value of a field in the reader's language; itself where it is no code."""
    known = WORDS.get(name, {}).get(str(value))
    if known is None or language_in_use() == "en":
        return str(value)
    return known


def plain(value: Value) -> object:
    """A value for JSON: bytes in hex."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def seen_data(held: Seen) -> dict[str, object]:
    """A private field as this reader sees it, for JSON."""
    return {
        "owner": held.owner,
        "field": held.field,
        "state": held.state.value,
        "value": plain(held.value) if held.state is State.OPEN else None,
        "ground": held.ground or None,
        "erased": held.erased if held.ground else None,
    }

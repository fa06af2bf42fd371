"""What follows a result: record, close, and the ledger of problems (问题整改台账; R138–R142)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ledger.book import Book, Deed, Written, seal_private
from ledger.commands.find import subject_name
from ledger.commands.keys import fresh_id
from ledger.keystore import Signer
from verifier import facts as f
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.law.dues import years_of
from verifier.law.followups import STANDING, ended, followup_dues, needs_followup
from verifier.private import Opening, is_private


@dataclass(frozen=True)
class Sealed:
    """Data of an event whose texts are sealed into private fields, with their openings."""

    data: dict[str, Value]
    openings: tuple[Opening, ...]


def _sealed(book: Book, visit: str, data: dict[str, Value], texts: Mapping[str, str]) -> Sealed:
    openings = []
    for name, text in texts.items():
        if text:
            data[name], opening = seal_private(book.origin, f"visit/{visit}", name, text)
            openings.append(opening)
    return Sealed(data, tuple(openings))


def record(
    book: Book,
    signer: Signer,
    visit: str,
    kind: str,
    *,
    due: str = "",
    to: str = "",
    file: bytes | None = None,
    receipt: str = "",
    closed: str = "",
    followup: str = "",
) -> tuple[str, Written]:
    """Record a follow-up of a visit; gives its id. Kind, addressee and receipt stay private. With `closed` (a
    day) it is closed at once, as what was put right on the spot is."""
    name = followup or fresh_id("followup")

    def decide(_facts: f.Facts) -> Sequence[Deed]:
        data: dict[str, Value] = {"followup": name, "visit": visit}
        if due:
            data["due"] = due
        if file:
            data["file"] = file
        sealed = _sealed(book, visit, data, {"kind": kind, "to": to, "receipt": receipt})
        deeds = [Deed("followup.recorded", f"visit/{visit}", sealed.data, sealed.openings)]
        if closed:
            deeds.append(_closing(book, visit, name, closed, None, ""))
        return deeds

    return name, book.write(signer, decide)


def close(
    book: Book, signer: Signer, followup: str, day: str, file: bytes | None = None, reason: str = ""
) -> Written:
    """确认整改: a follow-up is settled on a day. Raises E-FOLLOWUP-UNKNOWN."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        visit = followup_of(facts, followup).data["visit"]
        return [_closing(book, visit, followup, day, file, reason)]

    return book.write(signer, decide)


def _closing(book: Book, visit: str, followup: str, day: str, file: bytes | None, reason: str) -> Deed:
    data: dict[str, Value] = {"followup": followup, "visit": visit, "date": day}
    if file:
        data["file"] = file
    sealed = _sealed(book, visit, data, {"reason": reason})
    return Deed("followup.closed", f"visit/{visit}", sealed.data, sealed.openings)


def followup_of(facts: f.Facts, followup: str) -> f.Kept:
    """Raises E-FOLLOWUP-UNKNOWN."""
    for key, row in facts.rows(f.FOLLOWUPS):
        if key.endswith(f"/{followup}"):
            return row
    raise LiuhenError(
        "E-FOLLOWUP-UNKNOWN",
        N_("There is no follow-up {followup}."),
        remedy=N_("See them: liuhen followup list"),
        exit=Exit.REFUSED,
        followup=followup,
    )


@dataclass(frozen=True)
class Problem:
    """A row of 问题整改台账: a result that asks for a follow-up, or has one.

    `kind`, `to`, `receipt`, `findings` and `reason` are "" where they were not said or are not kept here.
    `state`: none (no follow-up yet), open, closed; `late` as of the day asked about.
    """

    visit: str
    subject: str
    name: str
    day: str
    results: tuple[str, ...]
    officers: tuple[str, ...]
    findings: str
    state: str
    late: bool
    seq: int
    limit: str = ""
    """last day to follow up, or to settle; "" where there is none or it is not known yet"""
    followup: str = ""
    kind: str = ""
    to: str = ""
    receipt: str = ""
    closed: str = ""
    reason: str = ""

    def data(self) -> dict[str, object]:
        """For reports."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


Opener = Callable[[bytes], tuple[bytes, Value] | None]
"""(salt, value) of a private field by its commitment; None where it is not kept here."""


def problems(book: Book, today: str) -> list[Problem]:
    """问题整改台账 as of a day: by visit in order of entries, a row for each follow-up."""
    return problems_of(book.facts(), book.open_private, today)


def problems_of(facts: f.Facts, open_private: Opener, today: str) -> list[Problem]:
    """As `problems`, of facts with what opens their private fields."""
    dues = {(due.visit, due.followup): due for due in followup_dues(facts, years_of(facts))}
    rows = []
    for seq, visit, data in _followed(facts):
        held = list(facts.rows(f.FOLLOWUPS, f"{visit}/"))
        pairs: list[tuple[str, f.Kept | None]] = [*held]
        if not held and needs_followup(data):
            pairs = [("", None)]
        for key, row in pairs:
            said: f.Data = row.data if row else {}
            closing = facts.get(f.CLOSINGS, key) if row else None
            due = dues.get((visit, str(said.get("followup", ""))))
            limit = due.limit.latest.isoformat() if due and due.limit and due.limit.latest else ""
            rows.append(
                Problem(
                    visit,
                    data["subject"],
                    subject_name(facts, data["subject"]),
                    ended(data),
                    tuple(data.get("results", ())),
                    tuple(data["officers"]),
                    opened(open_private, data.get("findings")),
                    "none" if row is None else "closed" if closing else "open",
                    due is not None and due.late(today),
                    row.seq if row else seq,
                    limit,
                    str(said.get("followup", "")),
                    opened(open_private, said.get("kind")),
                    opened(open_private, said.get("to")),
                    opened(open_private, said.get("receipt")),
                    str(closing.data["date"]) if closing else "",
                    opened(open_private, closing.data.get("reason")) if closing else "",
                )
            )
    return rows


def _followed(facts: f.Facts) -> list[tuple[int, str, f.Data]]:
    """(entry, id, data) of signed visits and of checks outside the plan, by entry."""
    visits = [(v.seq, name, v.data) for name, v in facts.rows(f.VISITS) if v.state in STANDING]
    checks = [(row.seq, name, row.data) for name, row in facts.rows(f.CHECKS)]
    return sorted(visits + checks, key=lambda one: one[0])


def opened(open_private: Opener, value: Value | None) -> str:
    """A private text as it is kept here; "" where it is not."""
    if isinstance(value, dict) and is_private(value):
        commitment = value["$c"]
        found = open_private(commitment) if isinstance(commitment, bytes) else None
        return str(found[1]) if found else ""
    return str(value) if value is not None else ""

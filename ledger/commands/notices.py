"""Notices ahead of visits (检查通知书, R112) and extensions of their time (R115)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ledger.book import Book, Deed, Written, seal_private
from ledger.commands.draws import draw_of
from ledger.commands.find import teams_by_rank
from ledger.commands.visits import waiting_visits
from ledger.keystore import Signer
from verifier import facts as f
from verifier.codec import Value
from verifier.law.joined import drawn, origin
from verifier.private import Opening


@dataclass(frozen=True)
class Notice:
    """What the inspected are told: items, the day of the visit, materials to have ready.

    `sent` is the time at which it was delivered. An unannounced visit has no `day`: its notice is handed over
    when it begins.
    """

    items: Sequence[str]
    sent: str
    day: str = ""
    materials: Sequence[str] = ()
    unannounced: bool = False
    number: str = ""
    file: bytes | None = field(default=None, repr=False)

    def value(self, subject: str) -> dict[str, Value]:
        told: dict[str, Value] = {
            "subject": subject,
            "items": list(self.items),
            "sent": self.sent,
            "unannounced": self.unannounced,
        }
        optional: dict[str, Value] = {
            "day": self.day,
            "materials": list(self.materials),
            "number": self.number,
            "file": self.file or b"",
        }
        return {**told, **{key: value for key, value in optional.items() if value}}


def send_notices(book: Book, signer: Signer, draw: str, subjects: Sequence[str], notice: Notice) -> Written:
    """登记检查通知书 of one or more drawn subjects, as one write; private while the draw is sealed."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        return [_deed(book, facts, draw, "notice.sent", "notice", notice.value(one)) for one in subjects]

    return book.write(signer, decide)


def extend(book: Book, signer: Signer, draw: str, subject: str, until: str, reason: str) -> Written:
    """延长检查期限 of a drawn subject; takes effect when an approver confirms."""
    value: dict[str, Value] = {"subject": subject, "until": until, "reason": reason}
    return book.write(signer, lambda facts: [_deed(book, facts, draw, "visit.extended", "extension", value)])


def _deed(book: Book, facts: f.Facts, draw: str, kind: str, name: str, value: dict[str, Value]) -> Deed:
    held = draw_of(facts, draw)
    told: Value = value
    openings: tuple[Opening, ...] = ()
    if held.veiled:
        told, opening = seal_private(book.origin, f"draw/{draw}", name, value)
        openings = (opening,)
    return Deed(kind, f"draw/{draw}", {"draw": draw, "m": held.m, name: told}, openings)


def to_notify(facts: f.Facts, draw: str) -> list[str]:
    """Drawn subjects without a notice and without a visit, recorded or waiting, by rank."""
    return [team.subject for team in teams_by_rank(facts, draw, unnotified(facts, draw))]


def unnotified(facts: f.Facts, draw: str) -> list[str]:
    """The same, ascending."""
    told = {key.partition("/")[2] for key in facts.keys(f.NOTICES, f"{draw}/")}
    told |= waiting_visits(facts, draw).keys()
    seen = {key.partition("/")[2] for key in facts.keys(f.VISIT_OF, f"{origin(facts, draw)}/")}
    return [subject for subject in drawn(facts, draw) if subject not in told and subject not in seen]


def notices_wanted(facts: f.Facts) -> Iterator[str]:
    """Completed draws whose policy asks for a notice before a visit."""
    for name, draw in facts.rows(f.DRAWS):
        policy = facts.get(f.POLICIES, draw.policy)
        if draw.state in ("executed", "recorded") and policy and policy.values.get("notice"):
            yield name

"""Checks outside plan and draw, recorded apart from visits (R055–R057, R099)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.book import Book, Deed, Written, seal_private
from ledger.commands.keys import fresh_id
from ledger.keystore import Signer
from verifier import facts as f
from verifier.codec import Value
from verifier.private import Opening


def record_check(
    book: Book,
    signer: Signer,
    subject: str,
    *,
    occurred: str,
    officers: Sequence[str],
    items: Sequence[str],
    methods: Sequence[str] = ("on_site",),
    until: str = "",
    exemption: tuple[str, bytes] | None = None,
    reason: str = "",
    results: Sequence[str] = (),
    findings: str = "",
    check: str = "",
) -> tuple[str, Written]:
    """Record a check outside plan and draw; gives its id. `exemption` is a code and the hash of the file that
    shows its ground. `findings` stay private, owned by `visit/<check>`."""
    name = check or fresh_id("check")
    data: dict[str, Value] = {
        "check": name,
        "subject": subject,
        "occurred": occurred,
        "officers": list(officers),
        "items": list(items),
        "methods": list(methods),
    }
    if until:
        data["until"] = until
    if exemption:
        data["exemption"] = {"code": exemption[0], "file": exemption[1]}
    if reason:
        data["reason"] = reason
    if results:
        data["results"] = list(results)
    openings: tuple[Opening, ...] = ()
    if findings:
        data["findings"], opening = seal_private(book.origin, f"visit/{name}", "findings", findings)
        openings = (opening,)
    deed = Deed("check.unplanned", f"check/{name}", data, openings)
    return name, book.write(signer, lambda _facts: [deed])


@dataclass(frozen=True)
class Check:
    """A check outside the plan as it stands."""

    name: str
    seq: int
    data: f.Data

    @property
    def exempt(self) -> str:
        """The code of its exemption; "" when it has none."""
        held: Mapping[str, str] = self.data.get("exemption", {})
        return held.get("code", "")

    @property
    def day(self) -> str:
        return str(self.data["occurred"])[:10]


def checks(facts: f.Facts, year: str = "") -> list[Check]:
    """Every check outside the plan, of a year where one is given, by day."""
    held = [Check(name, row.seq, row.data) for name, row in facts.rows(f.CHECKS)]
    return sorted((c for c in held if c.day.startswith(year)), key=lambda c: (c.day, c.seq))


def unexplained(facts: f.Facts) -> list[Check]:
    """Those with neither an exemption nor a reason (R099 asks why)."""
    return [check for check in checks(facts) if not check.exempt and "reason" not in check.data]

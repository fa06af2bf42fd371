"""Results of departments in joint checks (R132) and their review before publication (录入→审核→退回→公示)."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.book import Book, Deed, Written, seal_private
from ledger.commands.visits import visit_of
from ledger.keystore import Signer
from verifier import facts as f
from verifier.codec import Value
from verifier.law.reviews import asked, asking, lacking
from verifier.private import Opening


def enter_results(
    book: Book,
    signer: Signer,
    visits: Sequence[str],
    department: str,
    results: Sequence[str],
    *,
    findings: str = "",
    paper: tuple[Sequence[str], bytes] | None = None,
) -> Written:
    """A department's own result of one or more visits of a joint check. With `paper` (names, SHA-256 of the
    scan) another unit may record it and a second holder confirms."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        return [_result(facts, visit) for visit in visits]

    def _result(facts: f.Facts, visit: str) -> Deed:
        data: dict[str, Value] = {
            "visit": visit,
            "of": visit_of(facts, visit).leaf,
            "department": department,
            "results": list(results),
        }
        if paper:
            data["paper"] = {"names": list(paper[0]), "scan": paper[1]}
        openings: tuple[Opening, ...] = ()
        if findings:
            data["findings"], opening = seal_private(book.origin, f"visit/{visit}", "findings", findings)
            openings = (opening,)
        return Deed("visit.result", f"visit/{visit}", data, openings)

    return book.write(signer, decide)


def review(book: Book, signer: Signer, visits: Sequence[str], *, accepted: bool, reason: str = "") -> Written:
    """审核 of one or more records: accepted, or sent back with a reason."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        said: dict[str, Value] = {"accepted": accepted, **({"reason": reason} if reason else {})}
        return [
            Deed("result.reviewed", f"visit/{v}", {"visit": v, "of": visit_of(facts, v).leaf, **said})
            for v in visits
        ]

    return book.write(signer, decide)


def to_review(facts: f.Facts, draw: str = "") -> list[str]:
    """Signed records that nobody reviewed as they stand and whose policy asks for it, oldest first."""
    wanted = asking(facts, "review")
    if draw:
        wanted &= {draw}
    held = [
        (visit.seq, name)
        for name, visit in (facts.rows(f.VISITS) if wanted else ())
        if visit.state == "effective" and visit.data["draw"] in wanted and facts.get(f.REVIEWS, name) is None
    ]
    return [name for _, name in sorted(held)]


def sent_back(facts: f.Facts) -> list[tuple[str, f.Visit, str]]:
    """Records that were sent back and not corrected since: (visit, record, reason)."""
    found = []
    for name, row in facts.rows(f.REVIEWS):
        visit = facts.get(f.VISITS, name)
        if visit is not None and not row.data["accepted"]:
            found.append((name, visit, str(row.data.get("reason", ""))))
    return found


def publishable(facts: f.Facts, name: str, visit: f.Visit) -> bool:
    """Whether no review stands in the way of a publication."""
    held = facts.get(f.REVIEWS, name)
    if held is not None:
        return bool(held.data["accepted"])
    return not asked(facts, facts.get(f.DRAWS, visit.data["draw"]), "review")


def all_publishable(facts: f.Facts, draw: str, names: Sequence[str]) -> frozenset[str]:
    """Those of the visits of a draw for which no review stands in the way of a publication."""
    free = not asked(facts, facts.get(f.DRAWS, draw), "review")
    reviews = facts.known(f.REVIEWS, names)
    return frozenset(one for one in names if (reviews[one].data["accepted"] if one in reviews else free))


def to_enter(facts: f.Facts, department: str, draw: str = "") -> list[str]:
    """Visits of joint checks in which a department has not entered its result, oldest first."""
    held = [
        (visit.seq, name)
        for name, visit, left in lacking(facts)
        if department in left and draw in ("", visit.data["draw"])
    ]
    return [name for _, name in sorted(held)]


def owing(facts: f.Facts) -> dict[tuple[str, str], list[str]]:
    """(draw, department) → visits whose result the department still owes."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, visit, left in lacking(facts):
        for department in left:
            found.setdefault((visit.data["draw"], department), []).append(name)
    return found

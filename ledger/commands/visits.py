"""Visits, signatures, publication, corrections and attachments (R112–R131, design §9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.book import Book, Deed, Written, seal_private
from ledger.commands.draws import draw_of, team_of
from ledger.commands.keys import fresh_id
from ledger.commands.plans import task_of
from ledger.keystore import Signer
from verifier import facts as f
from verifier import schema
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.private import Opening


def record_visit(
    book: Book,
    signer: Signer,
    draw: str,
    subject: str,
    *,
    occurred: str,
    until: str = "",
    officers: Sequence[str] = (),
    methods: Sequence[str] = ("on_site",),
    items: Sequence[Mapping[str, Value]] = (),
    results: Sequence[str] = ("01",),
    subject_signature: str = "signed",
    unsigned_reason: str = "",
    findings: str = "",
    opinion: str = "",
    paper: tuple[Sequence[str], bytes] | None = None,
    visit: str = "",
) -> tuple[str, Written]:
    """附件5: record one visit; gives its id. Officers default to the lawful team, items to all of the task
    checked without a problem. With `paper` (names, SHA-256 of the signed scan) a second holder confirms;
    else each officer signs by key."""
    name = visit or fresh_id("visit")

    def decide(facts: f.Facts) -> Sequence[Deed]:
        held = draw_of(facts, draw)
        team = team_of(facts, draw, subject)
        task = task_of(facts, held.task)
        all_fine: list[Value] = [
            {"item": item, "checked": True, "ordered": False, "corrected": False, "result": "未发现问题"}
            for item in task.data["items"]
        ]
        data: dict[str, Value] = {
            "visit": name,
            "draw": draw,
            "subject": subject,
            "occurred": occurred,
            "officers": list(officers or team.members()),
            "methods": list(methods),
            "items": [dict(box) for box in items] or all_fine,
            "results": list(results),
            "subject_signature": subject_signature,
        }
        if until:
            data["until"] = until
        if unsigned_reason:
            data["unsigned_reason"] = unsigned_reason
        if paper:
            data["paper"] = {"names": list(paper[0]), "scan": paper[1]}
        openings: list[Opening] = []
        for field, text in (("findings", findings), ("opinion", opinion)):
            if text:
                data[field], opening = seal_private(book.origin, f"visit/{name}", field, text)
                openings.append(opening)
        return [Deed("visit.recorded", f"visit/{name}", data, tuple(openings))]

    return name, book.write(signer, decide)


def visit_of(facts: f.Facts, visit: str) -> f.Visit:
    """Raises E-VISIT-UNKNOWN."""
    held = facts.get(f.VISITS, visit)
    if held is None:
        raise LiuhenError(
            "E-VISIT-UNKNOWN",
            N_("There is no recorded visit {visit}."),
            remedy=N_("See the visits: liuhen inspect show; one on paper waits for confirmation"),
            exit=Exit.REFUSED,
            visit=visit,
        )
    return held


def sign_visit(book: Book, officer: Signer, visit: str) -> Written:
    """An officer's signature by key under a recorded visit."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        return [Deed("visit.signed", f"visit/{visit}", {"visit": visit, "of": visit_of(facts, visit).leaf})]

    return book.write(officer, decide)


def register_results(
    book: Book, signer: Signer, visits: Sequence[str], where: Mapping[str, Value]
) -> Written:
    """公示登记 of one or more visits with the same channel, date and address."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        return [
            Deed(
                "result.published",
                f"visit/{visit}",
                {"visit": visit, "of": visit_of(facts, visit).leaf, **where},
            )
            for visit in visits
        ]

    return book.write(signer, decide)


def correct(book: Book, signer: Signer, seq: int, field: str, new: Value, reason: str) -> Written:
    """更正 a field of entry `seq`; takes effect when an approver confirms. Private fields stay private."""
    target = book.entry(seq)

    def decide(facts: f.Facts) -> Sequence[Deed]:
        old = target.body.data.get(field)
        ref = facts.get(f.CORRECTABLE, target.leaf.hex())
        if ref is not None and ref.kind == "visit.recorded":
            visit = facts.get(f.VISITS, ref.key)
            old = visit.data.get(field) if visit else old
        value = new
        openings: tuple[Opening, ...] = ()
        kind = schema.EVENTS[target.body.type]
        if field in kind.private:
            owner = kind.owner.format(**{k: v for k, v in target.body.data.items() if isinstance(v, str)})
            value, opening = seal_private(book.origin, owner, field, new)
            openings = (opening,)
        data: dict[str, Value] = {"of": target.leaf, "field": field, "new": value, "reason": reason}
        if old is not None:
            data["old"] = old
        return [Deed("corrected", target.body.stream, data, openings)]

    return book.write(signer, decide)


def void(book: Book, signer: Signer, seq: int, reason: str) -> Written:
    """作废 entry `seq`; takes effect when an approver confirms."""
    target = book.entry(seq)
    return book.write(
        signer, lambda _facts: [Deed("voided", target.body.stream, {"of": target.leaf, "reason": reason})]
    )


def attach(book: Book, signer: Signer, name: str, file: bytes, size: int, seq: int | None = None) -> Written:
    """Name a scan or photo by its SHA-256, beside entry `seq` where given."""
    data: dict[str, Value] = {"name": name, "file": file, "size": size}
    if seq is not None:
        data["of"] = book.entry(seq).leaf
    return book.write(signer, lambda _facts: [Deed("attached", "attachments", data)])

"""What stands around the record of a visit: its notice, other departments' results, review, evidence."""

from __future__ import annotations

from cli.i18n import _
from cli.words import said
from ledger.commands import reviews
from verifier import facts as f
from verifier.vocabulary import EVIDENCE_KINDS, RESULT_CODES


def around(facts: f.Facts, name: str, visit: f.Visit) -> list[str]:
    """A line for each."""
    lines = []
    notice = facts.get(f.NOTICES, f"{visit.data['draw']}/{visit.data['subject']}")
    if notice is not None:
        told = _("Notice sent {sent}; {day}")
        day = _("unannounced") if notice.data["unannounced"] else notice.data["day"]
        lines.append(told.format(sent=notice.data["sent"][:16].replace("T", " "), day=day))
    for _key, row in facts.rows(f.DEPARTMENT_RESULTS, f"{name}/"):
        codes = "、".join(said(RESULT_CODES, code) for code in row.data["results"])
        lines.append(
            _("Result of {department}: {results}").format(department=row.data["department"], results=codes)
        )
    review = facts.get(f.REVIEWS, name)
    if review is not None:
        accepted = review.data["accepted"]
        lines.append(_("Review: accepted") if accepted else _review(review))
    evidence = [
        f"{one.name} ({said(EVIDENCE_KINDS, one.kind)})" if one.kind else one.name
        for _key, one in facts.rows(f.ATTACHMENTS)
        if one.of == visit.leaf
    ]
    if evidence:
        lines.append(_("Evidence: {files}").format(files="、".join(evidence)))
    return lines


def _review(review: f.Kept) -> str:
    return _("Review: sent back: {reason}").format(reason=review.data.get("reason", ""))


def after_signing(facts: f.Facts, name: str, visit: f.Visit) -> str:
    """The next command for a signed visit that is not published."""
    review = facts.get(f.REVIEWS, name)
    if review is not None and not review.data["accepted"]:
        return f"liuhen correct {visit.seq} " + _("FIELD NEW --reason REASON")
    return f"liuhen result {'register' if reviews.publishable(facts, name, visit) else 'review'} {name}"

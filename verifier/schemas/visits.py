"""Types of events after the draw: visits and their results (specs/event-types.md; R110–R139)."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.schemas.kinds import STATED, EventType, How, kind, receipt_fields
from verifier.shape import Shape, each_once, flag, hash32, ident, many, moment, one_of, private, text
from verifier.vocabulary import METHODS, RESULT_CODES

EVENTS: Mapping[str, EventType] = {
    "visit.recorded": kind(
        "登记检查情况",
        How(
            paper=True,
            owner="visit/{visit}",
            private=("findings", "opinion", "witness"),
            correctable=(
                "occurred",
                "until",
                "officers",
                "methods",
                "items",
                "results",
                "subject_signature",
                "unsigned_reason",
                "witness",
                "findings",
                "opinion",
            ),
        ),
        visit=ident,
        draw=ident,
        subject=ident,
        occurred=moment,
        until_opt=moment,
        officers=many(ident, 1, 20),
        methods=each_once(one_of(*METHODS), 1, 4),
        items=many(
            Shape(item=ident, checked=flag, ordered=flag, corrected=flag, result_opt=text(500)), 1, 50
        ),
        results=each_once(one_of(*RESULT_CODES), 1, 14),
        subject_signature=one_of("signed", "refused", "absent"),
        unsigned_reason_opt=text(500),
        witness_opt=private,
        findings_opt=private,
        opinion_opt=private,
    ),
    "visit.signed": kind("检查人员签名", STATED, visit=ident, of=hash32),
    "result.published": kind(
        "公示登记",
        How(correctable=("channel", "date", "address", "screenshot")),
        visit=ident,
        of=hash32,
        **receipt_fields,
    ),
}

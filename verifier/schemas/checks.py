"""Type of event of a check outside plan and draw (specs/event-types.md; R023, R055–R057, R099)."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.schemas.kinds import EventType, How, kind
from verifier.shape import Shape, each_once, hash32, ident, moment, one_of, private, text
from verifier.vocabulary import EXEMPTIONS, METHODS, RESULT_CODES

EXEMPTION = Shape(code=one_of(*EXEMPTIONS), file=hash32)

EVENTS: Mapping[str, EventType] = {
    "check.unplanned": kind(
        "登记计划外检查",
        How(
            owner="visit/{check}",
            private=("findings",),
            correctable=(
                "occurred",
                "until",
                "officers",
                "items",
                "methods",
                "exemption",
                "reason",
                "results",
                "findings",
            ),
        ),
        check=ident,
        subject=ident,
        occurred=moment,
        until_opt=moment,
        officers=each_once(ident, 1, 20),
        items=each_once(ident, 1, 50),
        methods=each_once(one_of(*METHODS), 1, 4),
        exemption_opt=EXEMPTION,
        reason_opt=text(),
        results_opt=each_once(one_of(*RESULT_CODES), 1, 14),
        findings_opt=private,
    ),
}

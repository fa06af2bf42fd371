"""Types of events about other entries: corrections, what is void, attachments (design §9)."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.schemas.kinds import EventType, kind
from verifier.shape import hash32, one_of, scalar, text, whole
from verifier.vocabulary import EVIDENCE_KINDS

EVENTS: Mapping[str, EventType] = {
    "corrected": kind("更正", of=hash32, field=text(32), old_opt=scalar, new=scalar, reason=text()),
    "voided": kind("作废", of=hash32, reason=text()),
    "attached": kind(
        "附件登记",
        of_opt=hash32,
        name=text(300),
        file=hash32,
        size=whole(0),
        kind_opt=one_of(*EVIDENCE_KINDS),
    ),
}

"""Types of events about what follows a result (specs/event-types.md §8; R138–R142).

Which kind of follow-up it was, to whom it went and what platform received it are private: a public list of
rectifications, filed cases and referrals to the police would be a list of penalties (design §3, R135).
"""

from __future__ import annotations

from collections.abc import Mapping

from verifier.schemas.kinds import EventType, How, kind
from verifier.shape import day, hash32, ident, private

_OWNER = "visit/{visit}"

EVENTS: Mapping[str, EventType] = {
    "followup.recorded": kind(
        "登记后续处置",
        How(
            owner=_OWNER,
            private=("kind", "to", "receipt"),
            correctable=("kind", "due", "to", "file", "receipt"),
        ),
        followup=ident,
        visit=ident,
        kind=private,
        due_opt=day,
        to_opt=private,
        file_opt=hash32,
        receipt_opt=private,
    ),
    "followup.closed": kind(
        "后续处置办结",
        How(owner=_OWNER, private=("reason",), correctable=("date", "file", "reason")),
        followup=ident,
        visit=ident,
        date=day,
        file_opt=hash32,
        reason_opt=private,
    ),
}

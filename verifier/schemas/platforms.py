"""Types of events about the platform that the office must use beside this ledger (R064, R098, R104)."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.schemas.kinds import EventType, How, kind, list_hash
from verifier.shape import Shape, day, hash32, hex64, ident, many, text, whole

PLATFORM_ROW = Shape(officers_opt=many(text(100), 0, 20))
"""A row that the platform shows of a draw made here: register `platform.<draw>`, by subject. An officer is
an id where the name or id is that of one who was frozen, else as the platform writes it."""

ASSIGNED = Shape(name_opt=text(300), rank_opt=whole(1))
"""A subject that another department drew: register `assigned.<task>`, by subject."""

EVENTS: Mapping[str, EventType] = {
    "platform.receipt": kind(
        "登记平台回执",
        How(correctable=("platform", "number", "date", "file")),
        of=hash32,
        platform=text(200),
        number=text(200),
        date=day,
        file_opt=hash32,
    ),
    "platform.compared": kind(
        "与平台比对",
        draw=ident,
        m=hex64,
        platform=text(200),
        file=hash32,
        n=whole(0),
        missing=list_hash,
        extra=list_hash,
        changed=list_hash,
    ),
}

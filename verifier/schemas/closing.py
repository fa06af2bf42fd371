"""Types of events at the end: a task's case filed away, a year closed, duties handed over (R008, R150)."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.schemas.kinds import EventType, How, kind
from verifier.shape import Shape, fixed, hash32, ident, many, text, whole

PAPER = Shape(no=whole(1, 9999), title=text(300), file=hash32, pages_opt=whole(1, 99999))
"""A paper of a case file (案卷): its number in the index, title, hash of the scan or file."""

EVENTS: Mapping[str, EventType] = {
    "case.archived": kind(
        "案卷归档",
        How(correctable=("place",)),
        task=ident,
        number=text(100),
        papers=many(PAPER, 1, 400),
        place_opt=text(200),
    ),
    "year.closed": kind(
        "年度结转",
        year=whole(2000, 2100),
        carried=many(fixed(ident, text(200)), 0, 2000),
    ),
    "duty.handed": kind(
        "工作交接",
        holder=ident,
        successor=ident,
        tasks=many(ident, 0, 200),
        reason=text(),
        file_opt=hash32,
    ),
}

"""Types of events ahead of a visit: notices and extensions, private in a sealed draw (R112, R115)."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.schemas.kinds import EventType, How, kind
from verifier.shape import (
    Shape,
    day,
    each_once,
    either,
    flag,
    hash32,
    hex64,
    ident,
    lines,
    moment,
    private,
    text,
)

NOTICE = Shape(
    subject=ident,
    items=each_once(ident, 1, 50),
    sent=moment,
    day_opt=day,
    materials_opt=lines,
    unannounced=flag,
    number_opt=text(100),
    file_opt=hash32,
)
"""`notice` of `notice.sent`: what the inspected is told once, public or opened."""
EXTENSION = Shape(subject=ident, until=day, reason=text())
"""`extension` of `visit.extended`, public or opened."""

EVENTS: Mapping[str, EventType] = {
    "notice.sent": kind(
        "送达检查通知书",
        How(owner="draw/{draw}", private=("notice",)),
        draw=ident,
        m=hex64,
        notice=either(private, NOTICE),
    ),
    "visit.extended": kind(
        "延长检查期限",
        How(owner="draw/{draw}", private=("extension",)),
        draw=ident,
        m=hex64,
        extension=either(private, EXTENSION),
    ),
}

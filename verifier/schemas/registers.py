"""Types of events about the lists (一单两库) and the people and subjects in them (specs/event-types.md)."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.schemas.kinds import EventType, How, kind, list_hash, receipt_fields
from verifier.shape import day, fixed, hash32, ident, many, one_of, private, text, whole
from verifier.vocabulary import ABSENCE_REASONS, LINK_KINDS, PUBLISHED_LISTS

EVENTS: Mapping[str, EventType] = {
    "import.chunk": kind(
        "导入名单（分段）",
        **{"import": ident},
        index=whole(0),
        register=ident,
        rows=lambda v: "" if type(v) is list else "array",
        removed_opt=many(fixed(ident), 0, 100_000),
    ),
    "import.closed": kind(
        "导入名单",
        **{"import": ident},
        register=ident,
        chunks=whole(1),
        n=whole(0),
        root=hash32,
        added=whole(0),
        changed=whole(0),
        removed=list_hash,
        reason=text(),
        reviewer=ident,
        source=hash32,
        source_name_opt=text(300),
    ),
    "tags.adopted": kind(
        "采用标签字库", version=ident, title=text(300), tags=many(text(100), 1, 2000), source=hash32
    ),
    "list.published": kind(
        "公布清单名录",
        How(correctable=("channel", "date", "address", "screenshot")),
        register=one_of(*PUBLISHED_LISTS),
        **receipt_fields,
    ),
    "list.reconciled": kind(
        "核对名录",
        register=one_of("subjects"),
        source=hash32,
        authority=text(200),
        missing=list_hash,
        extra=list_hash,
        changed=list_hash,
        import_opt=ident,
    ),
    "subject.linked": kind(
        "对象沿革", **{"from": ident}, to=ident, kind=one_of(*LINK_KINDS), evidence=hash32
    ),
    "conflict.declared": kind(
        "申报利害关系",
        How(statement=True, owner="officer/{officer}", private=("details",), correctable=("details",)),
        officer=ident,
        subject=ident,
        details_opt=private,
    ),
    "conflict.withdrawn": kind("撤回利害关系申报", officer=ident, subject=ident, reason=text()),
    "officer.absent": kind(
        "登记人员缺席",
        How(correctable=("from", "until", "reason")),
        officer=ident,
        **{"from": day},
        until=day,
        reason=one_of(*ABSENCE_REASONS),
    ),
}

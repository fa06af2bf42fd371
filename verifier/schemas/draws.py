"""Types of events of a draw, and the question that it asks (specs/draw.md, specs/event-types.md)."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.schemas.kinds import (
    STATED,
    EventType,
    How,
    frozen_rate,
    frozen_weight,
    kind,
    list_hash,
    team_fields,
)
from verifier.shape import (
    Shape,
    day,
    either,
    fixed,
    hash32,
    hex64,
    ident,
    many,
    octets,
    one_of,
    private,
    scalar,
    text,
    whole,
)
from verifier.vocabulary import ABORT_CAUSES, CAPACITIES, REPLACEMENT_REASONS

RECEIVED = Shape(stratum=ident, rank=whole(1), officers=many(ident, 1, 20))
"""A row that another platform drew: register `received.<draw>`, one row a subject."""

REPLACEMENT = Shape(
    subject=ident,
    seat=whole(1, 400),
    officer=ident,
    reason=one_of(*REPLACEMENT_REASONS),
    substitute=ident,
)
"""`change` of `draw.replaced`, public or opened."""

EXECUTED_OPEN = Shape(
    draw=ident,
    m=hex64,
    seed=hex64,
    strata=many(Shape(id=ident, n=whole(0), k=whole(0), cut_opt=hex64), 1, 100),
    results=list_hash,
    teams=list_hash,
)
"""`draw.executed` of a draw that is not sealed; `outcome` of a sealed one opens to it less draw and m."""

EVENTS: Mapping[str, EventType] = {
    "draw.frozen": kind(
        "封存名单",
        draw=ident,
        task=ident,
        batch=whole(1, 1000),
        items=many(ident, 1, 50),
        parties=many(hex64, 0, 9),
        strata=many(either(frozen_rate, frozen_weight), 1, 100),
        lists=Shape(
            pool=list_hash, officers=list_hash, conflicts=list_hash, exclusions=list_hash, absences=list_hash
        ),
        **team_fields,
    ),
    "draw.committed": kind("封存随机数", STATED, draw=ident, m=hex64, party=hex64, c=hex64),
    "draw.public_value": kind("登记公共随机数", draw=ident, m=hex64, value=text(200)),
    "draw.revealed": kind(
        "启封随机数",
        How(statement=True, owner="draw/{draw}", private=("r",)),
        draw=ident,
        m=hex64,
        party=hex64,
        r=either(hex64, private),
    ),
    "draw.executed": EventType(
        Shape(draw=ident, m=hex64, outcome=private), "摇号", owner="draw/{draw}", private=("outcome",)
    ),
    "draw.replaced": kind(
        "递补检查人员",
        How(statement=True, owner="draw/{draw}", private=("change",)),
        draw=ident,
        m=hex64,
        change=either(
            private,
            REPLACEMENT,
        ),
    ),
    "draw.aborted": kind(
        "中止摇号",
        STATED,
        draw=ident,
        m=hex64,
        cause=one_of(*ABORT_CAUSES),
        party_opt=hex64,
        note_opt=text(),
    ),
    "draw.recorded": kind(
        "登记平台抽取结果",
        draw=ident,
        m=hex64,
        file=hash32,
        platform=text(200),
        results=list_hash,
        teams=list_hash,
    ),
    "draw.unsealed": kind(
        "公开封存结果",
        draw=ident,
        m=hex64,
        openings=many(fixed(hash32, octets(16), scalar), 1, 5000),
    ),
    "draw.filed": kind(
        "抽取结果备案",
        How(correctable=("authority", "date", "receipt", "number")),
        draw=ident,
        m=hex64,
        authority=text(200),
        date=day,
        number_opt=text(100),
        receipt_opt=hash32,
    ),
    "draw.attended": kind(
        "登记到场见证",
        How(correctable=("people",)),
        draw=ident,
        m=hex64,
        people=many(Shape(name_opt=text(100), capacity=one_of(*CAPACITIES), org=text(200)), 1, 100),
    ),
    "draw.printed": kind("打印未公开名单", draw=ident, m=hex64, copies=whole(1, 1000), purpose=text(200)),
}

"""Types of events about plans and tasks, and the rows of a plan (specs/event-types.md; R050–R068)."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.schemas.kinds import (
    STATED,
    EventType,
    How,
    kind,
    list_hash,
    rate,
    receipt_fields,
    stratum_rate,
    stratum_weight,
    team_fields,
)
from verifier.schemas.policy import FILING_TABLES
from verifier.shape import (
    Shape,
    day,
    either,
    fixed,
    flag,
    hash32,
    ident,
    lines,
    many,
    month,
    one_of,
    text,
    whole,
)
from verifier.vocabulary import EXCLUSION_REASONS, REPLACEMENT_REASONS

PLAN_ROW = Shape(
    no=whole(1),
    plan_name=text(300),
    task_name=text(500),
    text=lines,
    items=many(ident, 1, 50),
    p=rate,
    q=whole(1, 10**6),
    rate_text_opt=text(200),
    objects=text(),
    draw=one_of("directed", "undirected"),
    organiser=text(200),
    executor=text(200),
    partners_opt=many(text(200), 0, 50),
    until=month,
    tags_opt=many(text(100), 1, 50),
    reason_opt=text(500),
    plan_no_opt=text(50),
    task_no_opt=text(50),
    kind_opt=one_of("own", "internal", "joint"),
    lead_opt=text(200),
    since_opt=month,
    by_risk_opt=flag,
    remark_opt=text(500),
)
SUPERIOR = Shape(
    body=text(200),
    name=text(300),
    year=whole(2000, 2100),
    since_opt=month,
    until_opt=month,
    objects_opt=text(),
    tags_opt=many(text(100), 1, 50),
    subjects_opt=many(ident, 1, 1000),
)
"""What a superior body plans to inspect (R061): register `superior`."""

EVENTS: Mapping[str, EventType] = {
    "plan.submitted": kind("提交计划", plan=ident, name=text(300), year=whole(2000, 2100), rows=list_hash),
    "plan.approved": kind(
        "批准计划", How(statement=True, paper=True), plan=ident, of=hash32, body_opt=text(200)
    ),
    "plan.rejected": kind("退回计划", STATED, plan=ident, of=hash32, reason=text()),
    "plan.published": kind(
        "公布计划",
        How(correctable=("channel", "date", "address", "screenshot")),
        plan=ident,
        **receipt_fields,
    ),
    "plan.filed": kind(
        "计划备案",
        How(correctable=("authority", "date", "receipt", "number")),
        plan=ident,
        table=one_of(*FILING_TABLES),
        authority=text(200),
        date=day,
        number_opt=text(100),
        receipt_opt=hash32,
    ),
    "plan.amended": kind("调整计划", plan=ident, rows=list_hash, reason=text()),
    "task.created": kind(
        "制定抽查任务",
        task=ident,
        plan=ident,
        row=ident,
        batch=whole(1, 1000),
        items=many(ident, 1, 50),
        scheme=Shape(name=text(300), file=hash32),
        form=Shape(name=text(300), version=text(50), file=hash32),
        window=fixed(day, day),
        responsible=text(200),
        strata=many(either(stratum_rate, stratum_weight), 1, 100),
        exception_opt=text(1000),
        elsewhere_opt=Shape(lead=text(200), platform_opt=text(200), file=hash32, rows=list_hash),
        fills_opt=Shape(
            draw=ident,
            visits=many(fixed(ident, whole(0, 400)), 1, 1000),
            reason_opt=one_of(*REPLACEMENT_REASONS),
        ),
        **team_fields,
    ),
    "task.excluded": kind(
        "剔除抽查对象", task=ident, subject=ident, reason=one_of(*EXCLUSION_REASONS), evidence=hash32
    ),
}

"""The closed registry of event types: what `data` of each type holds (specs/event-types.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from verifier.draw import parse_public_form
from verifier.errors import Malformed
from verifier.ids import is_id
from verifier.merkle import EMPTY_ROOT
from verifier.schemas.lists import LISTS
from verifier.schemas.policy import FILING_TABLES, POLICY_VALUES
from verifier.shape import (
    Check,
    Shape,
    day,
    each_once,
    either,
    fixed,
    flag,
    hash32,
    hex64,
    ident,
    keyed,
    lines,
    many,
    matching,
    moment,
    month,
    octets,
    one_of,
    private,
    scalar,
    text,
    whole,
)
from verifier.vocabulary import (
    ABORT_CAUSES,
    ABSENCE_REASONS,
    CHANNELS,
    EXCLUSION_REASONS,
    FILTER_ATTRIBUTES,
    LINK_KINDS,
    METHODS,
    PUBLISHED_LISTS,
    REPLACEMENT_REASONS,
    RESULT_CODES,
    Role,
)

_CLAUSE = re.compile(r"[a-z][a-z0-9_.]{0,31}\Z")
_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z")
_VALUE_MAX = 200

roles = each_once(one_of(*(r.value for r in Role)), 1, 6)


def _public_form(value: object) -> str:
    try:
        parse_public_form(value if isinstance(value, str) else "")
    except Malformed:
        return "none, balls:<n>, dice:<n> or lottery:<name>:<issue>"
    return ""


rate = whole(0, 10**6)
_any_list = Shape(n=whole(0), root=hash32)


def list_hash(value: object) -> str:
    """{n, root}; a list without rows has one root."""
    fault = _any_list(value)
    empty = not fault and value["n"] == 0 and value["root"] != EMPTY_ROOT  # type: ignore[index]
    return "root: that of an empty list" if empty else fault


paper = Shape(names=many(text(100), 1, 50), scan=hash32)
statement = Shape(by=hash32, text=lambda v: "" if type(v) is bytes and v else "bytes", sig=octets(64))
seats = many(fixed(ident, either(ident, one_of("-")), whole(1, 20)), 1, 20)
seat_filter = keyed(one_of(*FILTER_ATTRIBUTES), many(text(100), 1, 100), 10)
stratum_rate = Shape(id=ident, filter=seat_filter, p=rate, q=whole(1, 10**6))
stratum_weight = Shape(id=ident, filter=seat_filter, w=whole(1, 10**6))
frozen_rate = Shape(id=ident, filter=seat_filter, n=whole(0), k=whole(0), p=rate, q=whole(1, 10**6))
frozen_weight = Shape(id=ident, filter=seat_filter, n=whole(0), k=whole(0), w=whole(1, 10**6))
receipt_fields: dict[str, Check] = {
    "channel": one_of(*CHANNELS),
    "date": day,
    "address_opt": text(500),
    "screenshot_opt": hash32,
}

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

RECEIVED = Shape(stratum=ident, rank=whole(1), officers=many(ident, 1, 20))
"""A row that another platform drew: register `received.<draw>`, one row a subject."""


def register_shape(register: str) -> Shape | None:
    """The record schema of a register; None for a register this version does not know."""
    kind, dot, _ = register.partition(".")
    if dot:
        return {"plan": PLAN_ROW, "amend": PLAN_ROW, "received": RECEIVED}.get(kind)
    return SUPERIOR if register == "superior" else LISTS.get(register)


@dataclass(frozen=True)
class EventType:
    """One type of event: its schema and who may stand behind it otherwise than by key."""

    shape: Shape
    zh: str
    by_statement: bool = False
    owner: str = ""
    """Template of the owner of its private fields, e.g. ``visit/{visit}``."""
    private: tuple[str, ...] = ()
    correctable: tuple[str, ...] = ()
    """Top-level keys that `corrected` may change; empty: neither corrected nor voided (design §9)."""


@dataclass(frozen=True)
class _How:
    """How a type may be acted, owned and corrected, for `_kind`."""

    statement: bool = False
    paper: bool = False
    owner: str = ""
    private: tuple[str, ...] = ()
    correctable: tuple[str, ...] = ()


_KEY = _How()
_STATED = _How(statement=True)


def _kind(zh: str, how: _How = _KEY, /, **fields: Check) -> EventType:
    if how.statement:
        fields["statement_opt"] = statement
    if how.paper:
        fields["paper_opt"] = paper
    return EventType(Shape(**fields), zh, how.statement, how.owner, how.private, how.correctable)


_teams: dict[str, Check] = {
    "teams": one_of("each", "groups"),
    "groups_opt": whole(1, 1000),
    "seats": seats,
    "sealed": flag,
    "rounding": one_of("ceil", "total"),
    "p_opt": rate,
    "q_opt": whole(1, 10**6),
    "public": _public_form,
}

REPLACEMENT = Shape(
    subject=ident,
    seat=whole(1, 400),
    officer=ident,
    reason=one_of(*REPLACEMENT_REASONS),
    substitute=ident,
)
"""`change` of `draw.replaced`, public or opened."""

EVENTS: Mapping[str, EventType] = {
    "ledger.created": _kind(
        "建立台账",
        key=hash32,
        proof=octets(64),
        holder=ident,
        name_opt=text(100),
        unit=ident,
        roles=roles,
        office=text(200),
        division=matching(re.compile(r"[0-9]{6}\Z"), "6-digit division code"),
        log_vkey=text(300),
        predecessor_opt=Shape(ledger=hash32, size=whole(1), root=hash32),
    ),
    "key.enrolled": _kind(
        "登记密钥",
        _STATED,
        key=hash32,
        proof=octets(64),
        holder=ident,
        name_opt=text(100),
        unit=ident,
        roles=roles,
    ),
    "key.revoked": _kind("注销密钥", _STATED, key=hash32, reason=text()),
    "confirmed": _kind("确认", _STATED, of=hash32),
    "log.key_changed": _kind("更换台账签名密钥", vkey=text(300), reason=text()),
    "cosigner.named": _kind("指定联署方", vkey=text(300), unit=ident),
    "head.cosigned": _kind("登记联署", size=whole(1), root=hash32, line=text(400)),
    "head.stamped": _kind("登记时间戳", size=whole(1), root=hash32, token=hash32, authority=text(200)),
    "clock.corrected": _kind("校正时钟", reason=text()),
    "private.erased": _kind("删除私密内容", commitments=many(hash32, 1, 1000), ground=text()),
    "policy.adopted": _kind(
        "采用实施细则",
        policy=ident,
        title=text(300),
        document=text(200),
        file=hash32,
        values=POLICY_VALUES,
        clauses=keyed(matching(_CLAUSE, "name of a value"), text(300)),
    ),
    "calendar.adopted": _kind(
        "采用工作日历",
        year=whole(2000, 2100),
        notice=text(200),
        off=many(matching(_DAY, "MM-DD"), 0, 366),
        work=many(matching(_DAY, "MM-DD"), 0, 366),
    ),
    "import.chunk": _kind(
        "导入名单（分段）",
        **{"import": ident},
        index=whole(0),
        register=ident,
        rows=lambda v: "" if type(v) is list else "array",
        removed_opt=many(fixed(ident), 0, 100_000),
    ),
    "import.closed": _kind(
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
    "plan.submitted": _kind("提交计划", plan=ident, name=text(300), year=whole(2000, 2100), rows=list_hash),
    "plan.approved": _kind(
        "批准计划", _How(statement=True, paper=True), plan=ident, of=hash32, body_opt=text(200)
    ),
    "plan.rejected": _kind("退回计划", _STATED, plan=ident, of=hash32, reason=text()),
    "plan.published": _kind(
        "公布计划",
        _How(correctable=("channel", "date", "address", "screenshot")),
        plan=ident,
        **receipt_fields,
    ),
    "plan.filed": _kind(
        "计划备案",
        _How(correctable=("authority", "date", "receipt", "number")),
        plan=ident,
        table=one_of(*FILING_TABLES),
        authority=text(200),
        date=day,
        number_opt=text(100),
        receipt_opt=hash32,
    ),
    "plan.amended": _kind("调整计划", plan=ident, rows=list_hash, reason=text()),
    "task.created": _kind(
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
        fills_opt=Shape(draw=ident, visits=many(fixed(ident, whole(0, 400)), 1, 1000)),
        **_teams,
    ),
    "task.excluded": _kind(
        "剔除抽查对象", task=ident, subject=ident, reason=one_of(*EXCLUSION_REASONS), evidence=hash32
    ),
    "tags.adopted": _kind(
        "采用标签字库", version=ident, title=text(300), tags=many(text(100), 1, 2000), source=hash32
    ),
    "list.published": _kind(
        "公布清单名录",
        _How(correctable=("channel", "date", "address", "screenshot")),
        register=one_of(*PUBLISHED_LISTS),
        **receipt_fields,
    ),
    "list.reconciled": _kind(
        "核对名录",
        register=one_of("subjects"),
        source=hash32,
        authority=text(200),
        missing=list_hash,
        extra=list_hash,
        changed=list_hash,
        import_opt=ident,
    ),
    "subject.linked": _kind(
        "对象沿革", **{"from": ident}, to=ident, kind=one_of(*LINK_KINDS), evidence=hash32
    ),
    "conflict.declared": _kind(
        "申报利害关系",
        _How(statement=True, owner="officer/{officer}", private=("details",), correctable=("details",)),
        officer=ident,
        subject=ident,
        details_opt=private,
    ),
    "conflict.withdrawn": _kind("撤回利害关系申报", officer=ident, subject=ident, reason=text()),
    "officer.absent": _kind(
        "登记人员缺席",
        _How(correctable=("from", "until", "reason")),
        officer=ident,
        **{"from": day},
        until=day,
        reason=one_of(*ABSENCE_REASONS),
    ),
    "draw.frozen": _kind(
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
        **_teams,
    ),
    "draw.committed": _kind("封存随机数", _STATED, draw=ident, m=hex64, party=hex64, c=hex64),
    "draw.public_value": _kind("登记公共随机数", draw=ident, m=hex64, value=text(_VALUE_MAX)),
    "draw.revealed": _kind(
        "启封随机数",
        _How(statement=True, owner="draw/{draw}", private=("r",)),
        draw=ident,
        m=hex64,
        party=hex64,
        r=either(hex64, private),
    ),
    "draw.executed": EventType(
        Shape(draw=ident, m=hex64, outcome=private), "摇号", owner="draw/{draw}", private=("outcome",)
    ),
    "draw.replaced": _kind(
        "递补检查人员",
        _How(statement=True, owner="draw/{draw}", private=("change",)),
        draw=ident,
        m=hex64,
        change=either(
            private,
            REPLACEMENT,
        ),
    ),
    "draw.aborted": _kind(
        "中止摇号", _STATED, draw=ident, m=hex64, cause=one_of(*ABORT_CAUSES), note_opt=text()
    ),
    "draw.recorded": _kind(
        "登记平台抽取结果",
        draw=ident,
        m=hex64,
        file=hash32,
        platform=text(200),
        results=list_hash,
        teams=list_hash,
    ),
    "draw.unsealed": _kind(
        "公开封存结果",
        draw=ident,
        m=hex64,
        openings=many(fixed(hash32, octets(16), scalar), 1, 5000),
    ),
    "visit.recorded": _kind(
        "登记检查情况",
        _How(
            paper=True,
            owner="visit/{visit}",
            private=("findings", "opinion"),
            correctable=(
                "occurred",
                "until",
                "officers",
                "methods",
                "items",
                "results",
                "subject_signature",
                "unsigned_reason",
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
        findings_opt=private,
        opinion_opt=private,
    ),
    "visit.signed": _kind("检查人员签名", _STATED, visit=ident, of=hash32),
    "result.published": _kind(
        "公示登记",
        _How(correctable=("channel", "date", "address", "screenshot")),
        visit=ident,
        of=hash32,
        **receipt_fields,
    ),
    "corrected": _kind("更正", of=hash32, field=text(32), old_opt=scalar, new=scalar, reason=text()),
    "voided": _kind("作废", of=hash32, reason=text()),
    "attached": _kind("附件登记", of_opt=hash32, name=text(300), file=hash32, size=whole(0)),
}

EXECUTED_OPEN = Shape(
    draw=ident,
    m=hex64,
    seed=hex64,
    strata=many(Shape(id=ident, n=whole(0), k=whole(0), cut_opt=hex64), 1, 100),
    results=list_hash,
    teams=list_hash,
)
"""`draw.executed` of a draw that is not sealed; `outcome` of a sealed one opens to it less draw and m."""


def fault(kind: str, data: object) -> str:
    """What is wrong with the data of an event of a known type; "" when it is in form."""
    if kind == "draw.executed" and type(data) is dict and "outcome" not in data:
        return EXECUTED_OPEN(data)
    if kind == "import.chunk":
        return EVENTS[kind].shape(data) or _chunk_fault(data)
    return EVENTS[kind].shape(data)


def _chunk_fault(data: object) -> str:
    shape = register_shape(data["register"])  # type: ignore[index]
    if shape is None:
        return (
            f"register: not one of {', '.join(LISTS)}, superior, plan.<plan>, amend.<plan>, received.<draw>"
        )
    rows = data["rows"]  # type: ignore[index]
    for position, row in enumerate(rows):
        if type(row) is not list or len(row) != 2 or type(row[0]) is not str or not is_id(row[0]):
            return f"rows[{position}]: [id, record]"
        if found := shape(row[1]):
            return f"rows[{position}].{found}"
    return ""

"""Types of events about the ledger itself: keys, heads, clock, policy, calendar (specs/event-types.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from verifier.schemas.kinds import STATED, EventType, kind
from verifier.schemas.policy import POLICY_VALUES
from verifier.shape import Shape, each_once, hash32, ident, keyed, many, matching, octets, one_of, text, whole
from verifier.vocabulary import Role

_CLAUSE = re.compile(r"[a-z][a-z0-9_.]{0,31}\Z")
_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z")

roles = each_once(one_of(*(r.value for r in Role)), 1, 6)

EVENTS: Mapping[str, EventType] = {
    "ledger.created": kind(
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
    "key.enrolled": kind(
        "登记密钥",
        STATED,
        key=hash32,
        proof=octets(64),
        holder=ident,
        name_opt=text(100),
        unit=ident,
        roles=roles,
    ),
    "key.revoked": kind("注销密钥", STATED, key=hash32, reason=text()),
    "confirmed": kind("确认", STATED, of=hash32),
    "log.key_changed": kind("更换台账签名密钥", vkey=text(300), reason=text()),
    "cosigner.named": kind("指定联署方", vkey=text(300), unit=ident),
    "head.cosigned": kind("登记联署", size=whole(1), root=hash32, line=text(400)),
    "head.stamped": kind("登记时间戳", size=whole(1), root=hash32, token=hash32, authority=text(200)),
    "clock.corrected": kind("校正时钟", reason=text()),
    "private.erased": kind("删除私密内容", commitments=many(hash32, 1, 1000), ground=text()),
    "policy.adopted": kind(
        "采用实施细则",
        policy=ident,
        title=text(300),
        document=text(200),
        file=hash32,
        values=POLICY_VALUES,
        clauses=keyed(matching(_CLAUSE, "name of a value"), text(300)),
    ),
    "calendar.adopted": kind(
        "采用工作日历",
        year=whole(2000, 2100),
        notice=text(200),
        off=many(matching(_DAY, "MM-DD"), 0, 366),
        work=many(matching(_DAY, "MM-DD"), 0, 366),
    ),
}

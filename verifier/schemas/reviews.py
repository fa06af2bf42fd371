"""Types of events about the record of a visit: results by department, review, the library of forms."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.schemas.kinds import EventType, How, kind
from verifier.shape import each_once, flag, hash32, ident, one_of, private, text
from verifier.vocabulary import RESULT_CODES

EVENTS: Mapping[str, EventType] = {
    "form.published": kind(
        "公布检查表",
        form=ident,
        title=text(300),
        version=text(50),
        items=each_once(ident, 1, 50),
        file=hash32,
    ),
    "visit.result": kind(
        "登记部门检查结果",
        How(statement=True, paper=True, owner="visit/{visit}", private=("findings",)),
        visit=ident,
        of=hash32,
        department=ident,
        results=each_once(one_of(*RESULT_CODES), 1, 14),
        findings_opt=private,
    ),
    "result.reviewed": kind(
        "审核检查结果",
        How(statement=True),
        visit=ident,
        of=hash32,
        accepted=flag,
        reason_opt=text(),
    ),
}

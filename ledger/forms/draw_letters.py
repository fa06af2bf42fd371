"""Papers of a draw: 备案表 of its result, 回避审批表 and 递补审批表 (S1 二(三), R092–R094).

S1 asks for them and gives no form; the cells are those that its text and 附件6 name.
"""

from __future__ import annotations

from datetime import date

from ledger.commands.draws import draw_of
from ledger.forms.drawn import Drawn, drawn, task_of
from ledger.forms.form import Letter, Wanted
from ledger.forms.source import Source
from ledger.forms.word_layout import Cell, Grid, Line, Row, ink, label, template, value
from ledger.forms.wording import BLANK_DAY, day_zh
from verifier import facts as f
from verifier.calendar import OnRestDay, Unit, deadline
from verifier.facts import Data
from verifier.law.dues import years_of
from verifier.law.outcome import reserves, seated_in_groups, substitute
from verifier.vocabulary import REPLACEMENT_REASONS

_APPLYING = Line("申请单位：{{ unit }}\t抽取编号：{{ one.draw }}", tabs=(11.5,))
_BLANK = {
    "subject": "",
    "code": "",
    "out": "",
    "out_certificate": "",
    "out_department": "",
    "seat": "",
    "reason": "□回避　□因故缺席",
    "in": "",
    "in_certificate": "",
    "in_department": "",
    "order": "",
}


def filing(source: Source, wanted: Wanted) -> Letter:
    """抽取结果备案表: what was drawn, for the leading group's office, and by when it is due there (R094)."""
    held = draw_of(source.facts, wanted.draw)
    _task, row = task_of(source, wanted.draw)
    rows = drawn(source, wanted)
    counts = held.outcome.get("strata", ())
    size = sum(stratum["n"] for stratum in counts) or len(_pool(source, wanted.draw))
    officers = {name for one in rows for name in one.team.seats}
    paper = {
        "draw": wanted.draw,
        "task": row.get("task_name", ""),
        "drawn_on": day_zh(held.executed_time),
        "how": _how(held),
        "pool": f"{size} 户",
        "drawn": f"{len(rows)} 户",
        "officers": f"{len(officers)} 名",
        "limit": _limit(source, held),
        "filed": _filed(source, wanted.draw),
        "rows": [
            {
                "number": str(one.number),
                "subject": one.name,
                "code": one.team.subject,
                "team": "\n".join(
                    f"{one.officer(name)}（{_said(one, name, 'certificate')}）" for name in one.team.seats
                ),
            }
            for one in rows
        ],
    }
    return Letter({"papers": [paper], "unit": source.ledger.office})


def filing_template() -> bytes:
    return template(
        ("“双随机、一公开”抽取结果备案表",),
        (
            Line("备案单位（盖章）：{{ unit }}"),
            Grid(
                (3.0, 6.2, 3.2, 4.6),
                (
                    Row((label("抽查任务"), value("one.task"), label("抽取编号"), value("one.draw"))),
                    Row((label("抽取时间"), value("one.drawn_on"), label("备案期限"), value("one.limit"))),
                    Row((label("抽取方式"), value("one.how", 3))),
                    Row((label("待抽名单"), value("one.pool"), label("抽中检查对象"), value("one.drawn"))),
                    Row((label("检查人员"), value("one.officers"), label("备案时间"), value("one.filed"))),
                ),
            ),
            Grid(
                (1.3, 5.6, 4.5, 5.6),
                (
                    Row(
                        tuple(
                            label(t) for t in ("序号", "检查对象", "统一社会信用代码", "检查人员（执法证号）")
                        ),
                        repeat=True,
                    ),
                    Row(
                        (
                            value("row.number", centre=True),
                            value("row.subject"),
                            value("row.code", centre=True),
                            value("row.team"),
                        ),
                        each="row in one.rows",
                    ),
                ),
            ),
            Grid(
                (3.3, 5.2, 3.3, 5.2),
                (
                    Row((label("领导小组\n办公室意见"), ink(3)), 2.6),
                    Row((label("报送人（签字）"), ink(), label("接收人（签字）"), ink()), 1.3),
                ),
            ),
        ),
    )


def recusal(source: Source, wanted: Wanted) -> Letter:
    """回避审批表: a page for each officer who leaves a team by recusal; an empty one when there is none."""
    return _papers(source, wanted, "recusal")


def recusal_template() -> bytes:
    return template(
        ("执法检查人员回避审批表",),
        (
            _APPLYING,
            _leaving(
                "回避人员",
                Row((label("回避事由"), Cell("□近亲属　□曾任职　□持股　□纠纷　□其他：", 3, "left")), 1.2),
                Row((label("具体情况"), ink(3)), 3.4),
                Row((label("回避人员\n（签字）"), ink(), label("申请时间"), ink()), 1.4),
                opinions=2.8,
            ),
        ),
    )


def substitution(source: Source, wanted: Wanted) -> Letter:
    """递补审批表: who follows by the order of the draw; before the approval the next who may."""
    return _papers(source, wanted, "")


def substitution_template() -> bytes:
    return template(
        ("执法检查人员递补审批表",),
        (
            _APPLYING,
            _leaving(
                "原检查人员",
                Row((label("递补原因"), value("one.reason", 3)), 1.2),
                Row((label("递补顺序"), value("one.order", 3)), 1.6),
                Row((label("递补人员"), value("one.in"), label("执法证号"), value("one.in_certificate"))),
                Row((label("所在部门"), value("one.in_department"), label("有无利害关系"), ink())),
                Row((label("申请人\n（签字）"), ink(), label("申请时间"), ink()), 1.4),
                opinions=2.6,
            ),
            Line(
                "递补按摇号随机号顺序进行：由同一席位类别中次序在先、与检查对象无利害关系且未占席位的人员递补，须有理由并经"
                "批准。抽中的检查对象不更换。",
                size=10.5,
            ),
        ),
    )


def _leaving(who: str, *asked: Row, opinions: float) -> Grid:
    """An officer who leaves a team, called `who`: the visit, what is `asked`, and who approves it in writing
    of `opinions` cm height."""
    code = value("one.code")
    out = value("one.out_certificate")
    return Grid(
        (3.0, 5.5, 3.0, 5.5),
        (
            Row((label("抽查任务"), value("one.task", 3))),
            Row((label("检查对象"), value("one.subject"), label("统一社会信用代码"), code)),
            Row((label(who), value("one.out"), label("执法证号"), out)),
            Row((label("所在部门"), value("one.out_department"), label("席　位"), value("one.seat"))),
            *asked,
            Row((label("承办机构\n意　　见"), ink(3)), opinions),
            Row((label("审批人意见"), ink(3)), opinions),
            Row((label("审批人\n（签字）"), ink(), label("审批时间"), ink()), 1.4),
        ),
    )


def _papers(source: Source, wanted: Wanted, reason: str) -> Letter:
    """A page for each replacement (of one reason); else for the officer named; else an empty one."""
    held = draw_of(source.facts, wanted.draw)
    frozen = source.facts.get(f.FROZEN, wanted.draw)
    _task, row = task_of(source, wanted.draw)
    shared = {"draw": wanted.draw, "task": row.get("task_name", "")}
    papers = []
    for one in drawn(source, wanted):
        for seat, out, why, substitute_ in one.team.changes:
            if (not reason or why == reason) and wanted.officer in ("", out):
                papers.append({**shared, **_change(held, frozen, one, seat, out, why, substitute_)})
        members = one.team.replaced()
        if wanted.officer in members and wanted.subjects:
            seat = members.index(wanted.officer) + 1
            papers.append({**shared, **_change(held, frozen, one, seat, wanted.officer)})
    return Letter({"papers": papers or [{**shared, **_BLANK}], "unit": source.ledger.office})


def _change(
    held: f.Draw,
    frozen: f.Frozen | None,
    one: Drawn,
    seat: int,
    out: str,
    why: str = "",
    follower: str = "",
) -> dict[str, str]:
    order: list[str] = []
    if frozen is not None and held.state == "executed" and held.outcome:
        seated = seated_in_groups(held, frozen)
        order = reserves(held, frozen, one.team, seat, seated)
        follower = follower or substitute(held, frozen, one.team, seat, seated) or ""
    return {
        "subject": one.name,
        "code": one.team.subject,
        "out": one.officer(out),
        "out_certificate": _said(one, out, "certificate"),
        "out_department": _department(one, out),
        "seat": f"第{seat}席" + ("（组长）" if seat == 1 else ""),
        "reason": _ticked(why),
        "in": one.officer(follower) if follower else "",
        "in_certificate": _said(one, follower, "certificate"),
        "in_department": _department(one, follower),
        "order": "　".join(f"（{place}）{one.officer(name)}" for place, name in enumerate(order, 1)),
    }


def _said(one: Drawn, officer: str, key: str) -> str:
    return str(one.officers.get(officer, {}).get(key, ""))


def _department(one: Drawn, officer: str) -> str:
    return _said(one, officer, "department_name") or _said(one, officer, "department")


def _ticked(why: str) -> str:
    return "　".join(("☑" if code == why else "□") + word for code, word in REPLACEMENT_REASONS.items())


def _pool(source: Source, draw: str) -> tuple[object, ...]:
    frozen = source.facts.get(f.FROZEN, draw)
    return frozen.pool if frozen else ()


def _how(held: f.Draw) -> str:
    if held.state == "recorded":
        return "综合监管平台抽取"
    said = f"{len(held.parties)} 方封存随机数并启封，公开摇号"
    return said + (f"；公共随机数 {held.value}" if held.valued and held.value not in ("", "none") else "")


def _filed(source: Source, draw: str) -> str:
    """The day on which the result was filed, and with whom; empty until it is on record."""
    rows = [row for _, row in source.facts.rows(f.DRAW_FILINGS, f"{draw}/")]
    return "；".join(f"{day_zh(row.date)} {row.authority}" for row in sorted(rows, key=lambda row: row.seq))


def _limit(source: Source, held: f.Draw) -> str:
    """The last day to file, where the policy has one; 暂定 while a calendar is missing."""
    policy = source.facts.get(f.POLICIES, held.policy)
    values: Data = policy.values if policy else {}
    if "filing_days" not in values or not held.executed_time:
        return BLANK_DAY
    due = deadline(
        date.fromisoformat(held.executed_time[:10]),
        values["filing_days"],
        Unit(values.get("filing_unit", "calendar")),
        years_of(source.facts),
        OnRestDay(values["rest_day"]),
    )
    return day_zh((due.latest or due.earliest).isoformat()) + ("" if due.latest else "（暂定）")

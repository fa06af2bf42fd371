"""Papers at the end: 交接单 of duties, 年度结转清单 of a year, 案卷封面 of a case (R008, R150)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.commands.draws import draw_of
from ledger.commands.find import subject_name
from ledger.forms.digits import grouped
from ledger.forms.drawn import task_of
from ledger.forms.form import Letter, Wanted
from ledger.forms.sheet import Column, Sheet
from ledger.forms.source import Source
from ledger.forms.word_layout import Grid, Line, Row, ink, label, template, value
from ledger.forms.wording import BLANK_DAY, day_zh
from verifier import facts as f
from verifier.facts import Facts
from verifier.law.closing import carried

_CARRIED = {
    "row": "计划任务尚未立项",
    "task": "任务尚未完成抽取",
    "sealed": "抽取结果尚未启封公开",
    "visit": "抽中对象尚未检查",
    "result": "检查结果尚未签字或公示",
    "followup": "后续处置尚未办结",
    "archive": "案卷尚未归档",
}
"""Kinds of what a year leaves open → how the list calls them."""


def carried_over(source: Source, wanted: Wanted) -> Sheet:
    """年度结转清单: as the closed year names it, else as it stands on the day."""
    closed = source.facts.get(f.CLOSED_YEARS, str(wanted.year))
    left: Sequence[Sequence[str]] = (
        closed.data["carried"] if closed else [list(row) for row in carried(source.facts, wanted.year)]
    )
    state = f"{day_zh(closed.day)}结转" if closed else "年度尚未结转，列至制表之日"
    order = list(_CARRIED)
    rows = sorted(left, key=lambda row: (order.index(row[0]) if row[0] in order else len(order), row[1]))
    return Sheet(
        f"{wanted.year}年度“双随机、一公开”工作结转清单",
        (
            Column("序号", 6, centre=True),
            Column("结转事项", 22, joined=True),
            Column("编号", 30),
            Column("内容", 40),
            Column("承办人", 14, centre=True),
            Column("下年度办结情况", 24),
        ),
        [
            (
                str(number),
                _CARRIED.get(kind, kind),
                name,
                _what(source, kind, name),
                _clerk(source.facts, kind, name),
                "",
            )
            for number, (kind, name) in enumerate(rows, 1)
        ],
        above=(
            (f"单位（盖章）：{source.ledger.office}", f"制表时间：{day_zh(source.day)}"),
            (f"{state}，共 {len(rows)} 项", ""),
        ),
        lines=3,
    )


def _what(source: Source, kind: str, name: str) -> str:
    """What an open thing is about, in words."""
    facts = source.facts
    first, _, rest = name.partition("/")
    if kind == "row":
        return str(source.record(f"plan.{first}", rest).get("task_name", ""))
    if kind in ("task", "archive"):
        return _task_name(source, name)
    if kind == "sealed":
        return _task_name(source, draw_of(facts, name).task)
    if kind == "visit":
        return subject_name(facts, rest)
    visit = facts.get(f.VISITS, name) or _followed(facts, name)
    return subject_name(facts, visit.data["subject"]) if visit else ""


def _followed(facts: Facts, name: str) -> f.Visit | None:
    found = [key.partition("/")[0] for key, _ in facts.rows(f.FOLLOWUPS) if key.endswith(f"/{name}")]
    return facts.get(f.VISITS, found[0]) if found else None


def _task_name(source: Source, name: str) -> str:
    task = source.facts.get(f.TASKS, name)
    if task is None:
        return ""
    return str(source.record(f"plan.{task.data['plan']}", task.data["row"]).get("task_name", ""))


def _clerk(facts: Facts, kind: str, name: str) -> str:
    """The person of an open task."""
    task = facts.get(f.TASKS, name) if kind in ("task", "archive") else None
    if kind in ("visit", "sealed"):
        draw = facts.get(f.DRAWS, name.partition("/")[0])
        task = facts.get(f.TASKS, draw.task) if draw else None
    return _holder(facts, task.clerk) if task else ""


def _holder(facts: Facts, name: str) -> str:
    held = facts.get(f.HOLDERS, name)
    return held.name or name if held else name


def handover(source: Source, wanted: Wanted) -> Letter:
    """交接单: a page for each handing over of the year; an empty one without any."""
    facts = source.facts
    year = f"{wanted.year}-"
    papers = [_handed(source, key, row) for key, row in facts.rows(f.HANDOVERS) if row.day.startswith(year)]
    return Letter({"papers": papers or [_NO_ONE], "unit": source.ledger.office})


_NO_TASK = {"number": "", "task": "", "name": "", "state": ""}
_NO_KEY = {"holder": "", "key": "", "roles": "", "state": ""}
_NO_ONE: Mapping[str, object] = {
    **dict.fromkeys(("sheet", "holder", "successor", "reason"), ""),
    "day": BLANK_DAY,
    "tasks": [_NO_TASK] * 3,
    "held": [_NO_KEY] * 3,
}


def _handed(source: Source, key: str, row: f.Kept) -> Mapping[str, object]:
    facts = source.facts
    tasks = [
        {
            "number": str(number),
            "task": name,
            "name": _task_name(source, name),
            "state": _state(facts, name),
        }
        for number, name in enumerate(row.data["tasks"], 1)
    ]
    return {
        "sheet": f"#{int(key)}",
        "day": day_zh(row.day),
        "holder": _holder(facts, row.data["holder"]),
        "successor": _holder(facts, row.data["successor"]),
        "reason": row.data["reason"],
        "tasks": tasks or [_NO_TASK],
        "held": _keys(facts, (row.data["holder"], row.data["successor"])) or [_NO_KEY],
    }


def _state(facts: Facts, name: str) -> str:
    task = facts.get(f.TASKS, name)
    if task is None or not task.completed:
        return "未抽取"
    teams = {key for key, _ in facts.rows(f.TEAMS, f"{task.completed}/")}
    open_ = sum(facts.get(f.VISIT_OF, key) is None for key in teams)
    return f"已抽取，{open_}户未检查" if open_ else "已检查完毕"


def _keys(facts: Facts, holders: Sequence[str]) -> list[dict[str, str]]:
    """The keys of both, those of the one who leaves first."""
    keys = sorted(
        ((key.since, name, key) for name, key in facts.rows(f.KEYS) if key.holder in holders),
        key=lambda one: (holders.index(one[2].holder), one[0]),
    )
    return [
        {
            "holder": _holder(facts, key.holder),
            "key": name[:16],
            "roles": "、".join(key.roles),
            "state": f"第{key.revoked}条停用" if key.revoked >= 0 else f"第{key.since}条启用，有效",
        }
        for _, name, key in keys
    ]


def handover_template() -> bytes:
    return template(
        ("工 作 交 接 单",),
        (
            Line("单位：{{ unit }}\t记录：{{ one.sheet }}", tabs=(12.0,)),
            Grid(
                (3.0, 5.5, 3.0, 5.5),
                (
                    Row((label("移交人"), value("one.holder"), label("接收人"), value("one.successor"))),
                    Row((label("交接原因"), value("one.reason"), label("交接日期"), value("one.day"))),
                ),
            ),
            Grid(
                (1.3, 4.0, 7.7, 4.0),
                (
                    Row(
                        tuple(label(text) for text in ("序号", "任务编号", "抽查任务名称", "进展")),
                        repeat=True,
                    ),
                    Row(
                        (
                            value("t.number", centre=True),
                            value("t.task"),
                            value("t.name"),
                            value("t.state", centre=True),
                        ),
                        each="t in one.tasks",
                    ),
                ),
            ),
            Grid(
                (3.0, 5.0, 4.0, 5.0),
                (
                    Row(
                        tuple(label(text) for text in ("持有人", "密钥编号（前16位）", "角色", "状态")),
                        repeat=True,
                    ),
                    Row(
                        (
                            value("k.holder", centre=True),
                            value("k.key", centre=True),
                            value("k.roles"),
                            value("k.state", centre=True),
                        ),
                        each="k in one.held",
                    ),
                ),
            ),
            Grid(
                (3.0, 5.5, 3.0, 5.5),
                (
                    Row((label("移交的纸质\n材料和物品"), ink(3)), 3.0),
                    Row((label("移交人\n（签字）"), ink(), label("接收人\n（签字）"), ink()), 1.5),
                    Row((label("监交人\n（签字）"), ink(), label("时　间"), ink()), 1.5),
                ),
            ),
        ),
    )


def cover(source: Source, wanted: Wanted) -> Letter:
    """案卷封面 with its 卷内目录, of a draw's task; number and papers once it is archived."""
    held = draw_of(source.facts, wanted.draw)
    _task, row = task_of(source, wanted.draw)
    archived = source.facts.get(f.ARCHIVES, held.task)
    data = archived.data if archived else {}
    visits = [v.data for _, v in source.facts.rows(f.VISITS) if v.data["draw"] == wanted.draw]
    days = sorted([visit["occurred"][:10] for visit in visits])
    papers = [
        {"number": str(p["no"]), "title": p["title"], "hash": grouped(p["file"].hex()[:32]), "pages": ""}
        for p in data.get("papers", ())
    ]
    paper = {
        "number": data.get("number", ""),
        "task": row.get("task_name", held.task),
        "draw": wanted.draw,
        "year": held.executed_time[:4],
        "begun": day_zh(held.executed_time),
        "ended": day_zh(days[-1]) if days else "",
        "filed": day_zh(archived.day) if archived else BLANK_DAY,
        "place": data.get("place", ""),
        "count": str(len(papers)) if archived else "",
        "papers": papers or [dict.fromkeys(("number", "title", "hash", "pages"), "")] * 5,
    }
    return Letter({"papers": [paper], "unit": source.ledger.office})


def cover_template() -> bytes:
    return template(
        ("{{ unit }}", "“双随机、一公开”抽查案卷"),
        (
            Line("", size=20),
            Grid(
                (3.6, 4.9, 3.6, 4.9),
                (
                    Row((label("案卷名称"), value("one.task", 3)), 1.4),
                    Row((label("案卷编号"), value("one.number"), label("年　度"), value("one.year")), 1.2),
                    Row((label("抽取编号"), value("one.draw"), label("抽取日期"), value("one.begun")), 1.2),
                    Row(
                        (label("检查结束日期"), value("one.ended"), label("归档日期"), value("one.filed")),
                        1.2,
                    ),
                    Row(
                        (label("存放地点"), value("one.place"), label("卷内文件数"), value("one.count")), 1.2
                    ),
                    Row((label("保管期限"), ink(), label("立卷人"), ink()), 1.2),
                ),
            ),
            Line("卷 内 目 录", "centre", 14, before=20),
            Grid(
                (1.5, 7.0, 6.7, 1.8),
                (
                    Row(
                        tuple(label(text) for text in ("序号", "文件名称", "SHA-256（前32位）", "页次")),
                        repeat=True,
                    ),
                    Row(
                        (
                            value("p.number", centre=True),
                            value("p.title"),
                            value("p.hash", centre=True),
                            ink(),
                        ),
                        each="p in one.papers",
                    ),
                ),
            ),
        ),
    )

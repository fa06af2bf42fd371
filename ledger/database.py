"""`views.db`: the facts of a ledger as a SQLite database for reports of one's own (R143–R145, R159).

Plain tables with keys to each other, views that join them, full-text search over names; made with
sqlite-utils, so that Datasette and any SQLite program open it. It is a copy to read: nothing is ever read
back from it.
No private field is in it, and of a sealed draw nothing that the public does not have. Table `说明` says in
Chinese what each table and column is.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from ledger import replacing
from ledger.book import Book
from ledger.durable import disk_error
from verifier import facts as f
from verifier.facts import Facts
from verifier.figures import Period, Statistics
from verifier.law.followups import STANDING
from verifier.vocabulary import CHANNELS, RESULT_CODES

Row = dict[str, Any]

SUBJECTS = {
    "id": "统一社会信用代码或编号",
    "name": "名称",
    "kind": "主体类型",
    "status": "登记状态",
    "risk": "信用风险等级",
    "district": "辖区",
    "address": "住所",
}
TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "subjects": ("检查对象名录库", SUBJECTS),
    "subject_tags": ("检查对象的行业标签", {"subject": "检查对象", "tag": "标签"}),
    "officers": (
        "执法检查人员名录库",
        {
            "id": "人员编号",
            "name": "姓名",
            "department": "部门",
            "valid_to": "证件有效期止",
            "status": "状态",
        },
    ),
    "items": ("抽查事项清单", {"id": "事项编号", "text": "事项", "class": "类别", "body": "检查主体"}),
    "plans": (
        "年度计划",
        {"id": "计划编号", "name": "名称", "year": "年度", "state": "状态", "published": "公布日期"},
    ),
    "tasks": (
        "抽查任务",
        {
            "id": "任务编号",
            "plan": "计划",
            "row": "计划行",
            "first": "期限起",
            "last": "期限止",
            "responsible": "责任人",
            "kind": "本部门 own、内部联合 internal、部门联合 joint",
            "fills": "补抽所补的摇号",
            "g": "可选结果数",
        },
    ),
    "task_items": ("任务的抽查事项", {"task": "任务", "item": "事项"}),
    "draws": (
        "摇号",
        {
            "id": "摇号编号",
            "task": "任务",
            "state": "状态",
            "day": "摇号日期",
            "drawn": "抽取户数",
            "sealed": "是否封存",
            "entry": "台账条目",
        },
    ),
    "drawn": (
        "抽中的检查对象（封存的摇号公开后才有）",
        {"draw": "摇号", "subject": "检查对象", "stratum": "抽取层", "rank": "名次"},
    ),
    "visits": (
        "检查",
        {
            "id": "检查编号",
            "draw": "摇号",
            "subject": "检查对象",
            "began": "检查开始",
            "ended": "检查结束",
            "published": "公示日期",
            "corrected": "是否更正",
            "entry": "台账条目",
        },
    ),
    "visit_results": ("检查结果", {"visit": "检查", "code": "结果代码", "word": "结果"}),
    "visit_officers": ("参加检查的人员", {"visit": "检查", "officer": "人员"}),
    "visit_items": (
        "检查的事项",
        {
            "visit": "检查",
            "item": "事项",
            "checked": "是否检查",
            "ordered": "下达责改",
            "corrected": "是否责改",
            "result": "检查结果",
        },
    ),
    "followups": (
        "后续处置（处置方式不公开，不在本库）",
        {
            "id": "处置编号",
            "visit": "检查或计划外检查",
            "recorded": "登记日期",
            "due": "期限",
            "closed": "办结日期",
            "entry": "台账条目",
        },
    ),
    "unplanned": (
        "计划外检查",
        {
            "id": "检查编号",
            "subject": "检查对象",
            "began": "检查开始",
            "exemption": "不纳入随机抽查的依据",
            "entry": "台账条目",
        },
    ),
    "bulletins": (
        "抽查通报",
        {"draw": "摇号", "date": "日期", "channel": "渠道", "address": "地址", "entry": "台账条目"},
    ),
    "activities": (
        "工作开展情况",
        {
            "id": "编号",
            "kind": "种类",
            "date": "日期",
            "title": "标题",
            "lead": "牵头部门",
            "subjects": "检查主体数",
            "published": "公示结果数",
            "entry": "台账条目",
        },
    ),
    "reports": (
        "报送的报表",
        {
            "id": "报表编号",
            "form": "报表",
            "first": "期间起",
            "last": "期间止",
            "date": "报送日期",
            "to": "报送单位",
            "entry": "台账条目",
        },
    ),
    "report_figures": ("报表的数字", {"report": "报表", "figure": "数字", "value": "数值"}),
    "figures": (
        "所选期间的统计数字",
        {"figure": "数字", "zh": "名称", "value": "数值", "first": "期间起", "last": "期间止"},
    ),
    "figure_entries": (
        "统计数字背后的条目",
        {"figure": "数字", "entry": "台账条目", "what": "对象", "count": "计数"},
    ),
    "rates": (
        "所选期间的比率",
        {"rate": "比率", "zh": "名称", "part": "分子", "whole": "分母", "percent": "百分比"},
    ),
    "entries": (
        "台账条目",
        {"seq": "序号", "time": "时间", "type": "类型", "stream": "流", "holder": "经手人"},
    ),
}
"""Every table: what it is, and its columns, in Chinese."""

NUMBERS = frozenset(
    (
        *("entry", "seq", "value", "count", "year", "g", "drawn", "sealed", "rank", "corrected", "checked"),
        *("ordered", "subjects", "part", "whole"),
    )
)
"""Columns that hold whole numbers; yes and no are 1 and 0."""

PRIMARY: dict[str, str | tuple[str, ...]] = {
    "subject_tags": ("subject", "tag"),
    "task_items": ("task", "item"),
    "drawn": ("draw", "subject"),
    "visit_results": ("visit", "code"),
    "visit_officers": ("visit", "officer"),
    "visit_items": ("visit", "item"),
    "report_figures": ("report", "figure"),
    "figures": "figure",
    "figure_entries": ("figure", "entry", "what"),
    "rates": "rate",
    "entries": "seq",
    "bulletins": "entry",
}
"""Primary keys that are not `id`."""

FOREIGN = (
    ("subject_tags", "subject", "subjects", "id"),
    ("tasks", "plan", "plans", "id"),
    ("task_items", "task", "tasks", "id"),
    ("draws", "task", "tasks", "id"),
    ("draws", "entry", "entries", "seq"),
    ("drawn", "draw", "draws", "id"),
    ("visits", "draw", "draws", "id"),
    ("visits", "entry", "entries", "seq"),
    ("visit_results", "visit", "visits", "id"),
    ("visit_officers", "visit", "visits", "id"),
    ("visit_items", "visit", "visits", "id"),
    ("followups", "entry", "entries", "seq"),
    ("bulletins", "draw", "draws", "id"),
    ("report_figures", "report", "reports", "id"),
    ("figure_entries", "figure", "figures", "figure"),
    ("figure_entries", "entry", "entries", "seq"),
)
"""(table, column, table it refers to, its column). What may have left its register is not held to it."""

SEARCHED = (("subjects", ("name", "address")), ("officers", ("name",)), ("items", ("text",)))
"""Tables with full-text search, by characters (trigram), which Chinese needs."""

VIEWS = {
    "检查一览": """
        SELECT v.id AS 检查, s.name AS 检查对象, v.subject AS 代码, v.began AS 检查时间,
            group_concat(DISTINCT r.word) AS 检查结果, v.published AS 公示日期, v.draw AS 摇号
        FROM visits v LEFT JOIN subjects s ON s.id = v.subject LEFT JOIN visit_results r ON r.visit = v.id
        GROUP BY v.id ORDER BY v.entry""",
    "未公示": "SELECT * FROM 检查一览 WHERE 公示日期 IS NULL",
    "人员检查次数": """
        SELECT o.name AS 姓名, o.department AS 部门, count(w.visit) AS 检查次数
        FROM officers o LEFT JOIN visit_officers w ON w.officer = o.id
        GROUP BY o.id ORDER BY 检查次数 DESC, o.id""",
    "对象检查次数": """
        SELECT s.name AS 检查对象, s.id AS 代码, count(v.id) AS 检查次数
        FROM subjects s LEFT JOIN visits v ON v.subject = s.id
        GROUP BY s.id ORDER BY 检查次数 DESC, s.id""",
    "未办结处置": """
        SELECT p.id AS 处置, p.visit AS 检查, p.due AS 期限, p.recorded AS 登记日期
        FROM followups p WHERE p.closed IS NULL ORDER BY p.due""",
}


def write_database(book: Book, path: Path, period: Period) -> dict[str, int]:
    """Write the database to `path`, whole or not at all; gives the rows of each table. Figures and rates are
    those of the period, everything else as of the head."""
    replacing.check(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        counts = _fill(part, book, period)
        part.replace(path)
    except sqlite3.Error as error:
        raise disk_error(path, str(error)) from error
    finally:
        part.unlink(missing_ok=True)
    return counts


def _fill(path: Path, book: Book, period: Period) -> dict[str, int]:
    rows = dict(_rows(book.facts(), period))
    rows["entries"] = _entries(book)
    database = Database(path)
    try:
        for table, (_, columns) in TABLES.items():
            types: dict[str, type] = {column: int if column in NUMBERS else str for column in columns}
            made = database.table(table).create(types, pk=PRIMARY.get(table, "id"))
            made.insert_all(_only(rows[table], columns), replace=True)
        database.add_foreign_keys(FOREIGN)
        for table, searched in SEARCHED:
            database.table(table).enable_fts(searched, tokenize="trigram")
        for view, sql in VIEWS.items():
            database.create_view(view, sql)
        _explain(database)
        counts = {table: int(database[table].count) for table in TABLES}
        database.vacuum()
    finally:
        database.close()
    return counts


def _only(rows: Iterable[Row], columns: Iterable[str]) -> Iterator[Row]:
    """Rows with exactly these columns, None where one has no value."""
    return ({column: row.get(column) for column in columns} for row in rows)


def _explain(database: Any) -> None:
    """Table `说明`: every table and column in Chinese."""
    told: list[Row] = []
    for table, (words, columns) in TABLES.items():
        told.append({"表": table, "列": "", "说明": words})
        told += [{"表": table, "列": column, "说明": text} for column, text in columns.items()]
    told += [{"表": view, "列": "", "说明": "视图"} for view in VIEWS]
    database.table(replacing.STATS).insert_all(told, pk=("表", "列"))


def _entries(book: Book) -> Iterator[Row]:
    keys = {key: held.holder for key, held in book.facts().rows(f.KEYS)}
    for entry in book.entries():
        body = entry.body
        holder = keys.get(body.actor.hex(), "")
        yield {"seq": body.seq, "time": body.time, "type": body.type, "stream": body.stream, "holder": holder}


def _rows(facts: Facts, period: Period) -> Iterator[tuple[str, Iterable[Row]]]:
    """(table, its rows) of every table but `entries`."""
    yield from _registers(facts)
    known = Statistics(facts, period)
    tasks = list(facts.rows(f.TASKS))
    plans = [(name, plan) for name, plan in facts.rows(f.PLANS)]
    yield (
        "plans",
        [
            {"id": n, "name": p.name, "year": p.year, "state": p.state, "published": p.published or None}
            for n, p in plans
        ],
    )
    yield "tasks", [_task(name, task, known.kind_of(task)) for name, task in tasks]
    yield "task_items", [{"task": name, "item": item} for name, task in tasks for item in task.data["items"]]
    yield from _draws(facts)
    yield from _visits(facts)
    yield from _afterwards(facts)
    figures = known.figures()
    span = {"first": period.first, "last": period.last}
    yield "figures", [{"figure": x.key, "zh": x.zh, "value": x.value, **span} for x in figures]
    yield (
        "figure_entries",
        [
            {"figure": x.key, "entry": m.seq, "what": m.what, "count": m.count}
            for x in figures
            for m in x.members
        ],
    )
    yield (
        "rates",
        [
            {"rate": r.key, "zh": r.zh, "part": r.part.value, "whole": r.whole.value, "percent": r.percent}
            for r in known.rates()
        ],
    )


def _registers(facts: Facts) -> Iterator[tuple[str, Iterable[Row]]]:
    subjects = [(name, row.record) for name, row in facts.rows(f.register("subjects"))]
    yield "subjects", ({**_public(record), "id": name} for name, record in subjects)
    yield (
        "subject_tags",
        ({"subject": name, "tag": tag} for name, record in subjects for tag in record.get("tags", ())),
    )
    officers = facts.rows(f.register("officers"))
    yield "officers", [{**_public(row.record), "id": name} for name, row in officers]
    yield (
        "items",
        [
            {"id": name, "text": "".join(row.record["text"]), "class": row.record["class"]}
            | {"body": row.record["body"]}
            for name, row in facts.rows(f.register("items"))
        ],
    )


def _public(record: f.Data) -> Row:
    """The plain values of a record; private fields are maps, and stay out."""
    return {name: value for name, value in record.items() if isinstance(value, str | int)}


def _task(name: str, task: f.Task, kind: str) -> Row:
    d = task.data
    fills = d["fills"]["draw"] if "fills" in d else None
    first, last = d["window"]
    return {
        "id": name,
        "plan": d.get("plan"),
        "row": d.get("row"),
        "first": first,
        "last": last,
        "responsible": d["responsible"],
        "kind": kind,
        "fills": fills,
        "g": task.outcomes,
    }


def _draws(facts: Facts) -> Iterator[tuple[str, Iterable[Row]]]:
    draws = list(facts.rows(f.DRAWS))
    yield (
        "draws",
        [
            {
                "id": name,
                "task": draw.task,
                "state": draw.state,
                "day": draw.executed_time[:10] or None,
                "drawn": sum(stratum["k"] for stratum in draw.question["strata"]),
                "sealed": int(draw.question["sealed"]),
                "entry": draw.seq,
            }
            for name, draw in draws
        ],
    )
    public = {name for name, draw in draws if not draw.veiled}
    teams = [(key.partition("/")[0], team) for key, team in facts.rows(f.TEAMS)]
    yield (
        "drawn",
        [
            {"draw": name, "subject": team.subject, "stratum": team.stratum, "rank": team.rank}
            for name, team in teams
            if name in public
        ],
    )


def _visits(facts: Facts) -> Iterator[tuple[str, Iterable[Row]]]:
    held = [(name, visit) for name, visit in facts.rows(f.VISITS) if visit.state in STANDING]
    yield (
        "visits",
        [
            {
                "id": name,
                "draw": visit.data["draw"],
                "subject": visit.data["subject"],
                "began": visit.data["occurred"],
                "ended": visit.data.get("until", visit.data["occurred"]),
                "published": visit.published if visit.state == "published" else None,
                "corrected": int(visit.corrected),
                "entry": visit.seq,
            }
            for name, visit in held
        ],
    )
    yield (
        "visit_results",
        [
            {"visit": name, "code": code, "word": RESULT_CODES[code]}
            for name, visit in held
            for code in visit.data["results"]
        ],
    )
    yield (
        "visit_officers",
        [{"visit": name, "officer": one} for name, visit in held for one in visit.data["officers"]],
    )
    yield "visit_items", [{"visit": name, **box} for name, visit in held for box in visit.data["items"]]


def _afterwards(facts: Facts) -> Iterator[tuple[str, Iterable[Row]]]:
    rows: list[Row] = []
    for key, row in facts.rows(f.FOLLOWUPS):
        closing = facts.get(f.CLOSINGS, key)
        rows.append(
            {
                "id": row.data["followup"],
                "visit": row.data["visit"],
                "recorded": row.day,
                "due": row.data.get("due"),
                "closed": closing.data["date"] if closing else None,
                "entry": row.seq,
            }
        )
    yield "followups", rows
    yield (
        "unplanned",
        [
            {"id": name, "subject": row.data["subject"], "began": row.data["occurred"], "entry": row.seq}
            | {"exemption": row.data["exemption"]["code"] if "exemption" in row.data else None}
            for name, row in facts.rows(f.CHECKS)
        ],
    )
    yield (
        "bulletins",
        [
            {**row.data, "channel": CHANNELS[row.data["channel"]], "entry": row.seq}
            for _, row in facts.rows(f.BULLETINS)
        ],
    )
    yield "activities", [{**row.data, "id": name, "entry": row.seq} for name, row in facts.rows(f.ACTIVITIES)]
    reports = list(facts.rows(f.REPORTS))
    yield (
        "reports",
        [
            {**row.data, "id": name, "first": row.data["from"], "last": row.data["until"], "entry": row.seq}
            for name, row in reports
        ],
    )
    yield (
        "report_figures",
        [
            {"report": name, "figure": figure, "value": value}
            for name, row in reports
            for figure, value in row.data["figures"]
        ],
    )

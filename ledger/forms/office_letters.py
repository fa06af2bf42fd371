"""Papers of the office: the two membership lists of S3 (附件1, 2), S2's account of items left out (R023)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ledger.forms.form import Letter, Wanted
from ledger.forms.source import Source
from ledger.forms.word_layout import Grid, Line, Row, label, template, value
from ledger.forms.wording import area_of, day_zh
from verifier import facts as f
from verifier.facts import Data

_RANKS = ("组长", "召集人", "副组长", "副召集人", "成员", "联络员")
_OFFICE = "办公室"


def leading_group(source: Source, wanted: Wanted) -> Letter:
    """S3 附件1: the leading group, and its office where members of it are listed (R005)."""
    members = _members(source, "leading_group")
    office = [row for row in members if row["capacity"].startswith(_OFFICE)]
    named = {row.get("name") for row in members if row not in office}
    seat = next((row["department"] for row in office if "主任" in row["capacity"]), "")
    paper = {
        "members": _lines([row for row in members if row not in office]),
        "seat": f"领导小组下设办公室，办公室设在{seat}。" if seat else "",
        "office": _lines([_in_office(row, also=row.get("name") in named) for row in office]),
    }
    return Letter({"papers": [paper], "area": wanted.area or area_of(source.ledger.office)})


def leading_group_template() -> bytes:
    return template(
        ("{{ area }}市场监管领域“双随机一公开”监管工作", "领导小组"),
        (
            Line("{{ m.line }}", each="m in one.members", size=14, tabs=(2.4, 5.2)),
            Line("{{ one.seat }}", when="one.seat", indent=True, size=14),
            Line("{{ m.line }}", each="m in one.office", size=14, tabs=(2.4, 5.2)),
        ),
    )


def joint_meeting(source: Source, wanted: Wanted) -> Letter:
    """S3 附件2: the members of the joint meeting (R006)."""
    paper = {
        "members": _lines(_members(source, "joint_meeting")),
    }
    return Letter({"papers": [paper], "area": wanted.area or area_of(source.ledger.office)})


def joint_meeting_template() -> bytes:
    return template(
        ("{{ area }}市场监管领域部门联合“双随机一公开”监管工作联席会议制度成员名单",),
        (Line("{{ m.line }}", each="m in one.members", size=14, tabs=(2.4, 5.2)),),
    )


def unsuitable(source: Source, _wanted: Wanted) -> Letter:
    """不纳入随机抽查事项说明: the items left out and why, a page for each authority it goes to (R023)."""
    rows = [row.record for _, row in source.facts.rows(f.register("unsuitable"))]
    rows.sort(key=lambda row: row.get("reported_to", ""))
    papers = [_account(list(held)) for _to, held in groupby(rows, lambda row: row.get("reported_to", ""))]
    return Letter(
        {"papers": papers or [_account([])], "unit": source.ledger.office, "day": day_zh(source.day)}
    )


def unsuitable_template() -> bytes:
    return template(
        ("关于不纳入“双随机、一公开”抽查事项的说明",),
        (
            Line("{{ one.to }}：", size=14, before=8),
            Line(
                "我单位对本单位行政执法权力和行政执法检查事项进行了全面梳理。下列{{ one.count }}项检查事项因"
                "执法领域特殊，不适宜采取“双随机、一公开”监管方式，现将具体事项和理由说明如下：",
                size=14,
                indent=True,
            ),
            Grid(
                (1.2, 5.6, 3.2, 7.0),
                (
                    Row(
                        tuple(label(t) for t in ("序号", "检查事项", "检查主体", "不适宜的理由")),
                        repeat=True,
                    ),
                    Row(
                        (
                            value("row.number", centre=True),
                            value("row.text"),
                            value("row.body", centre=True),
                            value("row.reason"),
                        ),
                        each="row in one.rows",
                    ),
                ),
            ),
            Line("{{ unit }}（盖章）", "right", 14, before=28),
            Line("{{ day }}", "right", 14),
        ),
    )


def _account(rows: list[Data]) -> dict[str, object]:
    return {
        "to": (rows[0].get("reported_to") if rows else "") or "　　　　",
        "count": f" {len(rows)} ",
        "rows": [
            {
                "number": str(number),
                "text": "\n".join(row["text"]),
                "body": row["body"],
                "reason": row["reason"],
            }
            for number, row in enumerate(rows, 1)
        ],
    }


def _members(source: Source, body: str) -> list[Data]:
    """The members of a body: by rank, then as numbered in the list that was imported."""
    rows = [row.record for _, row in source.facts.rows(f.register("members")) if row.record["of"] == body]
    return sorted(rows, key=lambda row: (_rank(row), row.get("no", 0), row["department"]))


def _rank(row: Data) -> int:
    word = row["capacity"].removeprefix(_OFFICE)
    if "主任" in word:
        return 0
    return _RANKS.index(word) if word in _RANKS else len(_RANKS)


def _in_office(row: Data, *, also: bool) -> Data:
    """A member of the group's office; one who is in the group too is 兼, without the post told above."""
    found = {**row, "capacity": row["capacity"].removeprefix(_OFFICE)}
    return {**found, "name": f"{row['name']}（兼）", "department": "", "title": ""} if also else found


def _lines(rows: Sequence[Data]) -> list[dict[str, str]]:
    """A line each: `组  长：` before the first of a rank, name, department and title."""
    lines, before = [], ""
    for row in rows:
        word = row["capacity"]
        lead = f"{word[0]}  {word[1]}：" if len(word) == 2 else f"{word}："
        lines.append(
            {
                "line": "\t".join(
                    (
                        lead if word != before else "",
                        row.get("name", ""),
                        row["department"] + row.get("title", ""),
                    )
                ).rstrip()
            }
        )
        before = word
    return lines

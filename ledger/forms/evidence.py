"""证据材料清单: scans and files beside a visit by hash, a page for each visit (R014, R111, R113)."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.forms.digits import grouped
from ledger.forms.drawn import Drawn, drawn, task_of
from ledger.forms.form import Letter, Wanted
from ledger.forms.source import Source
from ledger.forms.word_layout import Cell, Grid, Line, Row, ink, label, template, value
from ledger.forms.wording import day_zh
from verifier import facts as f
from verifier.vocabulary import EVIDENCE_KINDS

LINES = 5
_EMPTY = dict.fromkeys(("number", "title", "kind", "hash", "entry"), "")


def evidence(source: Source, wanted: Wanted) -> Letter:
    _task, row = task_of(source, wanted.draw)
    attached: dict[bytes, list[f.Attachment]] = {}
    for _, file in source.facts.rows(f.ATTACHMENTS):
        attached.setdefault(file.of, []).append(file)
    papers = []
    for one in drawn(source, wanted):
        if one.visit is None:
            continue
        rows = [
            {
                "number": str(number),
                "title": title,
                "kind": kind,
                "hash": grouped(digest.hex()),
                "entry": entry,
            }
            for number, (title, kind, digest, entry) in enumerate(_files(one, one.visit, attached), 1)
        ]
        papers.append(
            {
                "name": one.name,
                "code": one.team.subject,
                "visit": one.visit_id,
                "day": day_zh(one.day()),
                "task": row.get("task_name", ""),
                "rows": rows + [_EMPTY] * (LINES - len(rows)),
            }
        )
    blank = {**dict.fromkeys(("name", "code", "visit", "day"), ""), "task": row.get("task_name", "")}
    return Letter({"papers": papers or [{**blank, "rows": [_EMPTY] * LINES}], "unit": source.ledger.office})


def _files(
    one: Drawn, visit: f.Visit, attached: dict[bytes, list[f.Attachment]]
) -> Iterator[tuple[str, str, bytes, str]]:
    """(title, kind, SHA-256, entry) of the signed record, then of what was attached, by entry."""
    if "paper" in visit.data:
        scan = visit.data["paper"]["scan"]
        yield f"{one.visit_id}（签字扫描件）", EVIDENCE_KINDS["record"], scan, f"#{visit.seq}"
    for file in sorted(attached.get(visit.leaf, ()), key=lambda each: each.seq):
        yield file.name, EVIDENCE_KINDS.get(file.kind, ""), file.file, f"#{file.seq}"


def evidence_template() -> bytes:
    return template(
        ("证据材料清单",),
        (
            Line("检查单位：{{ unit }}"),
            Grid(
                (2.8, 6.4, 2.8, 5.0),
                (
                    Row((label("检查对象"), value("one.name"), label("信用代码"), value("one.code"))),
                    Row((label("抽查任务"), value("one.task"), label("检查日期"), value("one.day"))),
                ),
            ),
            Grid(
                (1.2, 5.4, 2.8, 6.0, 1.6),
                (
                    Row(
                        tuple(label(text) for text in ("序号", "材料名称", "种类", "SHA-256", "记录")),
                        repeat=True,
                    ),
                    Row(
                        (
                            value("row.number", centre=True),
                            value("row.title"),
                            value("row.kind", centre=True),
                            Cell("{{ row.hash }}", side="left", size=8),
                            value("row.entry", centre=True),
                        ),
                        each="row in one.rows",
                    ),
                ),
            ),
            Grid(
                (3.0, 5.5, 3.0, 5.5),
                (Row((label("执法检查人员\n（签字）"), ink(), label("被检查单位\n（签字）"), ink()), 1.5),),
            ),
        ),
    )

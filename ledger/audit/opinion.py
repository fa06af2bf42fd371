"""核验意见书: a verification as a paper to be signed, with what it does not prove (R100, R115)."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.audit.explain import Explained, standing, times
from ledger.audit.words import clock
from ledger.forms.digits import grouped
from ledger.forms.form import Letter, Stamp
from ledger.forms.word import render
from ledger.forms.word_layout import Cell, Grid, Line, Row, ink, label, template, value
from verifier import facts as f
from verifier.facts import Facts
from verifier.report import Category, Report, Status
from verifier.wording import CATEGORY, VERDICT, printable

FORM = "verification-opinion"
_STATUSES = (Status.PASS, Status.FAIL, Status.INCONCLUSIVE, Status.WARN, Status.NOT_DUE, Status.NA)


def document(report: Report, facts: Facts, explained: Sequence[Explained]) -> bytes:
    """The paper as .docx, in Chinese."""
    ledger = facts.get(f.LEDGER, f.ONE)
    stamp = Stamp(FORM, report.subject[:16], report.ledger or "", report.head or "-", report.practice)
    paper: dict[str, object] = {
        "office": printable(ledger.office) if ledger else "",
        "ledger": grouped(report.ledger or ""),
        "subject": grouped(report.subject),
        "head": report.head or "",
        "last": clock(report.last_time or ""),
        "tool": report.tool_version,
        "sentence": report.sentence("zh"),
        "verdict": VERDICT[report.verdict.value].zh,
        "counts": [_counted(report, category) for category in Category],
        "findings": [_finding(number, one, facts) for number, one in enumerate(explained, 1)],
        "details": [
            f"{number}. {printable(text.zh, 600)}"
            for number, one in enumerate(explained, 1)
            for text in one.details
        ],
        "advice": [f"{number}. {one.next('zh')}" for number, one in enumerate(explained, 1)],
        "none": not explained,
        "stands": [f"{number}. {text.zh}" for number, text in enumerate(standing(report), 1)],
        "unproven": [f"{number}. {printable(text.zh)}" for number, text in enumerate(report.limits(), 1)],
    }
    return render(_template(), Letter({"papers": [paper]}), stamp)


def _counted(report: Report, category: Category) -> dict[str, str]:
    found = [check.status for check in report.checks if check.category is category]
    counts = {status.name.lower(): str(found.count(status) or "") for status in _STATUSES}
    return {"category": CATEGORY[category.value].zh, **counts}


def _finding(number: int, one: Explained, facts: Facts) -> dict[str, str]:
    return {
        "number": str(number),
        "status": one.status("zh"),
        "rule": f"{one.words('zh')}（{one.rule.id}）",
        "place": one.place(facts, "zh") + times(one, "zh"),
        "expected": one.expected("zh"),
        "found": one.found("zh"),
        "basis": one.rule.basis,
    }


def _template() -> bytes:
    return template(
        ("核验意见书",),
        (
            _of_what(),
            Line("一、各方面检查结果", before=10),
            _counts(),
            Line("二、不符合、证据不足和提醒事项", before=10),
            Line("没有。", when="one.none", indent=True),
            _findings(),
            Line("说明：", when="one.details", before=8),
            Line("{{ text }}", each="text in one.details", indent=True),
            Line("建议：", when="one.advice", before=8),
            Line("{{ text }}", each="text in one.advice", indent=True),
            Line("三、仍可认定的事项", before=10),
            Line("{{ text }}", each="text in one.stands", indent=True),
            Line("四、未能证明的事项", before=10),
            Line("{{ text }}", each="text in one.unproven", indent=True),
            Line("五、核验人意见", before=10),
            _signing(),
        ),
    )


def _small(text: str) -> Cell:
    return Cell(text, side="left", size=9)


def _of_what() -> Grid:
    return Grid(
        (3.0, 14.0),
        (
            Row((label("台账单位"), value("one.office"))),
            Row((label("台账编号"), _small("{{ one.ledger }}"))),
            Row((label("核验包"), _small("{{ one.subject }}"))),
            Row((label("台账指纹"), _small("{{ one.head }}"))),
            Row((label("最后记录时间"), value("one.last"))),
            Row((label("核验结论"), value("one.sentence")), 1.4),
        ),
    )


def _counts() -> Grid:
    counts = ("category", "pass", "fail", "inconclusive", "warn", "not_due", "na")
    heads = ("检查方面", "通过", "不通过", "证据不足", "提醒", "未到期", "不适用")
    return Grid(
        (5.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0),
        (
            Row(tuple(label(text) for text in heads), repeat=True),
            Row(
                tuple(value(f"row.{name}", centre=name != "category") for name in counts),
                each="row in one.counts",
            ),
        ),
    )


def _findings() -> Grid:
    return Grid(
        (1.0, 4.4, 5.0, 3.3, 3.3),
        (
            Row(tuple(map(label, ("序号", "规则", "最先出现在", "应为", "实为"))), repeat=True),
            Row(
                (
                    value("row.number", centre=True),
                    _small("【{{ row.status }}】{{ row.rule }} 依据：{{ row.basis }}"),
                    _small("{{ row.place }}"),
                    _small("{{ row.expected }}"),
                    _small("{{ row.found }}"),
                ),
                each="row in one.findings",
            ),
        ),
    )


def _signing() -> Grid:
    return Grid(
        (3.0, 5.5, 3.0, 5.5),
        (
            Row((label("意见"), ink(3)), 2.4),
            Row((label("核验人\n（签字）"), ink(), label("核验单位\n（盖章）"), ink()), 1.8),
            Row((label("核验工具"), value("one.tool"), label("日期"), ink())),
        ),
    )

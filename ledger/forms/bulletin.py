"""抽查情况通报 of a draw (一抽查一通报, R136).

It is published: nothing private stands in it, and no result that is not published itself.
"""

from __future__ import annotations

from collections import Counter

from ledger.commands.draws import draw_of
from ledger.forms.counting import OfDraws, channels_of, number
from ledger.forms.drawn import Drawn, drawn, items_of, task_of
from ledger.forms.form import Letter, Wanted
from ledger.forms.source import Source
from ledger.forms.word_layout import Grid, Line, Row, label, template, value
from ledger.forms.wording import day_zh
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.figures import Period, Statistics
from verifier.vocabulary import RESULT_CODES

_COUNTS = (
    *("drawn", "drawn_visited", "drawn_published", "officers"),
    *("problems", "followup_needed", "followup_begun", "followup_closed"),
)


def bulletin(source: Source, wanted: Wanted) -> Letter:
    """What one draw came to by the day of printing. Raises E-FORM-VEILED while its result is sealed."""
    held = draw_of(source.facts, wanted.draw)
    if held.veiled:
        raise LiuhenError(
            "E-FORM-VEILED",
            N_("The result of draw {draw} is not public yet, so that no bulletin of it can be published."),
            remedy=N_("Open it first: liuhen draw unseal {draw}"),
            exit=Exit.REFUSED,
            draw=wanted.draw,
        )
    task, row = task_of(source, wanted.draw)
    day = held.executed_time[:10] or source.day
    known = OfDraws(Statistics(source.facts, Period(day, max(day, source.day))), [wanted.draw])
    public = [one for one in drawn(source, wanted) if one.visit and one.visit.published]
    items = ["\n".join(item.get("text", (item["id"],))) for item in items_of(source, task)]
    channels = channels_of(source)
    paper = {
        "draw": wanted.draw,
        "task": row.get("task_name", ""),
        "drawn_on": day_zh(day),
        "today": day_zh(source.day),
        "pool": str(_pool(source, wanted.draw, held)),
        "how": "由综合监管平台抽取" if held.state == "recorded" else "公开摇号，过程可以核验",
        "checked": "；".join(items),
        "counts": {key: number(known, key) for key in _COUNTS},
        "rate": number(known, "done_rate"),
        "results": _results(public),
        "rows": [
            {
                "number": str(one.number),
                "name": one.name,
                "code": one.team.subject,
                "result": one.results(),
                "published": f"{day_zh(one.visit.published)}\n{channels.get(one.visit_id, '')}".strip(),
            }
            for one in public
            if one.visit
        ],
    }
    return Letter({"papers": [paper], "unit": source.ledger.office})


def bulletin_template() -> bytes:
    return template(
        ("{{ unit }}", "“双随机、一公开”抽查情况通报"),
        (
            Line("抽取编号：{{ one.draw }}", "right"),
            Line(
                "根据年度抽查工作计划，我单位组织实施了“{{ one.task }}”。现将有关情况通报如下：",
                size=14,
                indent=True,
            ),
            Line("一、抽取情况", size=14, indent=True),
            Line(
                "{{ one.drawn_on }}从待抽名单 {{ one.pool }} 户中抽取检查对象 {{ one.counts.drawn }} 户，"
                "{{ one.how }}。检查事项：{{ one.checked }}。",
                size=14,
                indent=True,
            ),
            Line("二、检查和公示情况", size=14, indent=True),
            Line(
                "截至{{ one.today }}，已检查 {{ one.counts.drawn_visited }} 户，派出执法检查人员"
                " {{ one.counts.officers }} 名，已公示检查结果 {{ one.counts.drawn_published }} 户，"
                "抽查完成率 {{ one.rate }}（未公示的视为未完成）。",
                size=14,
                indent=True,
            ),
            Line("三、问题和后续处置情况", size=14, indent=True),
            Line(
                "发现问题 {{ one.counts.problems }} 户，应当后续处置 {{ one.counts.followup_needed }} 户，"
                "已处置 {{ one.counts.followup_begun }} 户，办结 {{ one.counts.followup_closed }} 户。"
                "已公示的检查结果：{{ one.results }}。行政处罚信息依照有关规定另行公示。",
                size=14,
                indent=True,
            ),
            Line("四、已公示的检查结果", size=14, indent=True),
            Grid(
                (1.2, 5.0, 4.3, 2.8, 3.7),
                (
                    Row(
                        tuple(
                            label(text)
                            for text in ("序号", "检查对象", "统一社会信用代码", "检查结果", "公示")
                        ),
                        repeat=True,
                    ),
                    Row(
                        (
                            value("row.number", centre=True),
                            value("row.name"),
                            value("row.code", centre=True),
                            value("row.result"),
                            value("row.published", centre=True),
                        ),
                        each="row in one.rows",
                    ),
                ),
            ),
            Line("{{ unit }}（盖章）", "right", 14, before=24),
            Line("{{ one.today }}", "right", 14),
        ),
    )


def _pool(source: Source, name: str, held: f.Draw) -> int:
    frozen = source.facts.get(f.FROZEN, name)
    return len(frozen.pool) if frozen else sum(int(stratum["n"]) for stratum in held.question["strata"])


def _results(public: list[Drawn]) -> str:
    """`未发现问题 3 户，…` by code."""
    counts = Counter(code for one in public if one.visit for code in one.visit.data["results"])
    return "，".join(f"{RESULT_CODES[code]} {counts[code]} 户" for code in sorted(counts)) or "暂无"

"""S4 附件1: the monthly report (R146, R148). Its numbers are figures of verifier/figures.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ledger.forms.counting import (
    OfDraws,
    channels_of,
    counted,
    draws_touched,
    figure,
    number,
    published_where,
)
from ledger.forms.drawn import task_of
from ledger.forms.form import Letter, Wanted
from ledger.forms.plan_tables import joins
from ledger.forms.source import Source
from ledger.forms.word_layout import Cell, Grid, Line, Row, label, template, value
from ledger.forms.wording import day_zh, days_zh, month_day_zh
from verifier import facts as f
from verifier.facts import Data
from verifier.figures import Statistics

_WIDTHS = (1.2, 3.2, 2.5, 2.7, 4.2, 3.2)
_EMPTY = dict.fromkeys(("name", "what", "subjects", "published", "scheme"), "")


def monthly(source: Source, wanted: Wanted) -> Letter:
    known = counted(source, wanted, "month")
    names = draws_touched(known)
    channels = channels_of(source) if names else {}
    paper = {
        "day": day_zh(source.day),
        "period": days_zh(known.period.first, known.period.last),
        "meetings": _told(known, "meetings"),
        "documents": _told(known, "documents"),
        "trainings": _told(known, "trainings"),
        "own": _own(source, known, names, channels) or [_EMPTY],
        "joint": [*_led(source, known, names, channels), *_elsewhere(known)] or [_EMPTY],
    }
    return Letter({"papers": [paper], "unit": source.ledger.office})


def monthly_template() -> bytes:
    return template(
        ("{{ unit }}“双随机、一公开”监管工作月报表",),
        (
            Line("单位名称（盖章）：{{ unit }}"),
            Line("填表时间：{{ one.day }}（统计期间：{{ one.period }}）"),
            Grid(
                _WIDTHS,
                (
                    Row((label("一、“双随机、一公开”监管工作安排部署情况", 6),)),
                    _done("1", "本月召开会议部署双随机工作", "one.meetings"),
                    _done("2", "本月有关双随机工作文件", "one.documents"),
                    _done("3", "本月组织业务培训", "one.trainings"),
                    Row((label("二、“双随机、一公开”监管工作开展情况", 6),)),
                    Row((label("本月按年度计划开展随机抽查情况", 6),)),
                    *_checked(
                        "4", "own", "部门名称", "检查事项数", "检查主体数量", _WHERE, "抽查实施方案文件"
                    ),
                    Row((label("本月本级参与跨部门联合抽查情况", 6),)),
                    *_checked(
                        "5", "joint", "牵头部门", "参与部门名称", "检查主体数量", _WHERE, "抽查实施文件"
                    ),
                ),
            ),
            Line("联系人：__________　　联系电话：__________　　手机：__________", before=10),
        ),
    )


_WHERE = "抽查结果公示网站及公示结果数量"


def _done(no: str, words: str, tag: str) -> Row:
    return Row((label(no), label(words, 2), value(tag, 3)), 1.3)


def _checked(no: str, rows: str, *heads: str) -> tuple[Row, Row]:
    """A header and the rows below it; the number at the left stands beside both."""
    tags = ("name", "what", "subjects", "published", "scheme")
    return (
        Row((Cell(no, down="restart"), *(label(text) for text in heads)), 1.3),
        Row(
            (Cell(down="continue"), *(value(f"row.{tag}", centre=True) for tag in tags)),
            1.2,
            each=f"row in one.{rows}",
        ),
    )


def _told(known: Statistics, key: str) -> str:
    """`2次：3月5日 部署会；…` of meetings, documents, trainings; 0次 of none."""
    counted = figure(known, key)
    said = []
    for member in counted.members:
        held = known.facts.get(f.ACTIVITIES, member.what)
        if held is not None:
            said.append(f"{month_day_zh(held.data['date'])} {held.data['title']}")
    unit = "份" if key == "documents" else "次"
    return f"{counted.value}{unit}" + (f"：{'；'.join(said)}" if said else "")


def _own(
    source: Source, known: Statistics, names: Sequence[str], channels: dict[str, str]
) -> list[Mapping[str, str]]:
    """A row for each draw that was drawn or visited in the month, and the sum where there are several."""
    rows = []
    for name in names:
        task, row = task_of(source, name)
        executor, of_draw = str(row.get("executor") or source.ledger.office), OfDraws(known, [name])
        rows.append(_row(executor, number(of_draw, "items"), of_draw, channels, _scheme(task)))
    return rows + ([_row("合　计", number(known, "items"), known, channels, "")] if len(rows) > 1 else [])


def _led(
    source: Source, known: Statistics, names: Sequence[str], channels: dict[str, str]
) -> Iterator[Mapping[str, str]]:
    """A row for each of these draws in which other departments take part, as its row of the plan says."""
    for name in names:
        task, row = task_of(source, name)
        if joins(row):
            lead = str(row.get("lead") or row.get("organiser") or source.ledger.office)
            partners = "、".join(row.get("partners", ()))
            yield _row(lead, partners, OfDraws(known, [name]), channels, _scheme(task))


def _scheme(task: Data) -> str:
    return str(task.get("scheme", {}).get("name", ""))


def _row(name: str, what: str, known: Statistics, channels: dict[str, str], scheme: str) -> Mapping[str, str]:
    return {
        "name": name,
        "what": what,
        "subjects": number(known, "inspected"),
        "published": published_where(known, channels),
        "scheme": scheme,
    }


def _elsewhere(known: Statistics) -> Iterator[Mapping[str, str]]:
    """Joint checks that another department led, as the activities of the month tell them."""
    for member in figure(known, "joint_elsewhere").members:
        held = known.facts.get(f.ACTIVITIES, member.what)
        if held is not None:
            told = held.data
            where = "\n".join(
                part
                for part in (told.get("address", ""), f"{told['published']}户" if "published" in told else "")
                if part
            )
            yield {
                "name": told["lead"],
                "what": "、".join(told.get("partners", ())),
                "subjects": str(told.get("subjects", "")),
                "published": where,
                "scheme": told["title"],
            }

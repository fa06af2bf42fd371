"""S1 阳城: four risk classes under one overall rate, inspections before the ledger, a draw filed after a
holiday, two replacements in a row and then a 补抽.

The seed prints no plan table; the rows here are invented in the form of 附件3. All names are invented.
"""

from __future__ import annotations

from zipfile import ZipFile

import pytest

from ledger.importing.annexes import HISTORY
from ledger.importing.plans import SUPERIOR
from ledger.importing.registers import ITEMS, PLAN
from tests.office import made_up_code
from tests.years.after_draw import WholeYear
from tests.years.conftest import Played
from tests.years.office_year import (
    ADMIN,
    APPROVER,
    CLERK,
    Table,
    enterprises,
    findings,
    officers,
    people,
    said,
)
from verifier.report import Report, Verdict

GRAIN, ENERGY = "粮食经营企业依法经营情况检查", "固定资产投资项目节能审查意见落实情况检查"
LIST = Table(
    ITEMS,
    ("序号", "抽查类别", "抽查事项", "检查对象", "事项类别", "检查方式", "检查主体", "检查依据"),
    (
        (1, "粮食", GRAIN, "粮食经营企业", "一般检查事项", "实地检查", "发改局", "《粮食流通管理条例》"),
        (2, "节能", ENERGY, "用能单位", "重点检查事项", "实地检查", "发改局", "《节约能源法》"),
    ),
)
ROWS = Table(
    PLAN,
    (
        *("序号", "计划名称", "抽查任务名称", "抽查事项", "抽查比例", "检查对象", "抽查类型"),
        *("组织抽查单位", "实施检查单位", "完成时限", "抽取条件（行业标签）"),
    ),
    (
        (
            *(1, "2023年度粮食经营企业随机抽查", "粮食经营企业检查", GRAIN),
            *("10%（运用企业信用风险分级分类开展）", "粮食经营企业", "不定向", "发改局", "发改局"),
            *("2023年11月", "粮食经营"),
        ),
        (
            *(2, "2023年度节能审查随机抽查", "节能审查检查", ENERGY, "10%", "用能单位", "不定向"),
            *("发改局", "发改局", "2023年11月", "节能"),
        ),
    ),
)
SUBJECTS = enterprises(
    (40, "粮食经营", "低风险"),
    (30, "粮食经营", "一般风险"),
    (20, "粮食经营", "较高风险"),
    (10, "粮食经营", "高风险"),
    (10, "节能", "一般风险"),
)
OWN, BEFORE, SUPERIORS = (1, 2, 41), (3, 42), (91, 92)
"""Numbers of enterprises inspected by the office this year, last year, and by the city this year."""
EARLIER = Table(
    HISTORY,
    ("序号", "统一社会信用代码", "检查日期", "检查来源", "检查单位", "任务名称"),
    tuple(
        (place, made_up_code(number), day, whose, body, "粮食流通检查")
        for place, (number, day, whose, body) in enumerate(
            [(n, "2023-02-20", "本部门", "发改局") for n in OWN]
            + [(n, "2022-08-10", "本部门", "发改局") for n in BEFORE]
            + [(n, "2023-03-14", "上级部门", "市发展改革委") for n in SUPERIORS],
            1,
        )
    ),
)
CITY_PLAN = Table(
    SUPERIOR,
    ("序号", "上级部门", "计划名称", "检查时间", "统一社会信用代码"),
    (
        (
            1,
            "市发展改革委",
            "2023年全市粮食流通抽查",
            "2023年3月至11月",
            "、".join(map(made_up_code, SUPERIORS)),
        ),
    ),
)
SUCCESSOR = "he-clerk"
WEBSITE = ("--channel", "部门网站", "--yes")
NEWCOMERS = officers((2, "fgj", "发改局", "energy"), first=11)
OFFICERS = officers((6, "fgj", "发改局", "grain"), (4, "fgj", "发改局", "energy"))


class Yangcheng(WholeYear):
    """The year of S1."""

    begins = "2023-04-03"

    def play(self) -> None:
        book = self.workbook(people(), LIST, SUBJECTS, OFFICERS, EARLIER, ROWS)
        self.found("ledger.example.gov.cn/s1/2023", "示范县发展和改革局", "000000", book)
        self.lists()
        self.does("plan", "superior", self.sheet("上级抽查计划.xlsx", CITY_PLAN), by=CLERK)
        self.rules("s1", 2023)
        self.remarked = self.remarks()
        self.approved()
        self.published()
        self.on("2023-09-25")
        self.task("liangshi", "1", "fgj/grain*2", by_risk="A=1,B=2,C=3,D=4")
        self.looked = self.does("task", "preview", "liangshi")
        self.task("jieneng", "2", "fgj/energy*2")
        self.spared()
        self.on("2023-09-28")
        self.ceremony("liangshi")
        self.ceremony("jieneng")
        self.on("2023-10-07")
        self.filed()
        self.chain()
        self.by_key()
        self.by_paper()
        self.handed_over()
        self.the_end()

    def spared(self) -> None:
        """Who was inspected this year is not drawn again; who the city inspects is left to the city."""
        freeze = ("draw", "freeze", "--task", "liangshi", "--yes")
        self.refused = self.refuses("draw.repeat", *freeze, by=CLERK)
        proof = ("--task", "liangshi", "--evidence", self.paper("证明材料.pdf"))
        self.does("task", "exclude", "--all-drawn", *proof, by=CLERK)
        self.does("task", "exclude", "--all-superior", *proof, by=CLERK)
        self.refuses("E-TASK-NO-SUPERIOR", "task", "exclude", "--all-superior", *proof, by=CLERK)
        self.confirm()

    def filed(self) -> None:
        """The second day is 30 September; 7 October is the first working day after it."""
        for draw in ("liangshi-d1", "jieneng-d1"):
            receipt = ("--receipt", self.paper("回执.pdf"))
            self.does("draw", "file", draw, "--authority", "领导小组办公室", *receipt, by=CLERK)

    def chain(self) -> None:
        """Both seats of the energy team are filled anew, one after the other; a third time nobody follows and
        the seat is drawn again, from officers who have come since."""
        self.subject, self.first_team = self.drawn("jieneng-d1")[0]
        self.substitutes = []
        for officer, reason in zip(self.first_team, ("回避", "因故缺席"), strict=True):
            where = ("--draw", "jieneng-d1", "--reason", reason)
            answer = self.json("recuse", self.subject, officer, *where, by=CLERK)
            self.substitutes.append(answer["substitute"])
            self.confirm()
        again = (self.subject, self.substitutes[1], "--draw", "jieneng-d1", "--reason", "回避")
        self.exhausted = self.refuses("E-DRAW-NO-SUBSTITUTE", "recuse", *again, by=CLERK)
        self.does("officer", "import", self.sheet("新增人员.xlsx", NEWCOMERS), by=CLERK)
        (self.fill,) = self.json("task", "fill", *again, by=CLERK)["tasks"]
        self.confirm()
        self.filled = self.ceremony(self.fill)

    def by_key(self) -> None:
        """The draw of the seat is filed a day late; both officers sign their visit with keys of their own."""
        self.on("2023-10-10")
        receipt = ("--authority", "领导小组办公室", "--receipt", self.paper("回执.pdf"))
        self.does("draw", "file", f"{self.fill}-d1", *receipt, by=CLERK)
        team = dict(self.drawn("jieneng-d1"))[self.subject]
        for officer in team:
            self.has_key(officer, f"检查员{officer}", "fgj", "执法检查人员")
        self.on("2023-10-16", hour=16)
        record = ("inspect", "record", self.subject, "--draw", "jieneng-d1", "--on", "2023-10-16")
        self.signed = self.json(*record, "--at", "14:00", "--by-key", by=CLERK)["visit"]
        not_yet = ("result", "register", self.signed, "--channel", "部门网站", "--yes")
        self.does("inspect", "sign", self.signed, by=team[0])
        self.refuses("result.visit", *not_yet, by=CLERK)
        self.does("inspect", "sign", self.signed, by=team[1])

    def by_paper(self) -> None:
        """Two problems, one settled in time and one ten days late; a record is sent back, corrected and
        accepted."""
        self.problems = [subject for subject, _team in self.drawn("liangshi-d1")[:2]]
        slips = {"检查结果代码": "09", "有问题的事项": "item-1=检查,责改,台账不全"}
        self.results("liangshi-d1", "2023-10-17", dict.fromkeys(self.problems, slips))
        visits = self.visits("liangshi-d1")
        soon, late = (visits[subject] for subject in self.problems)
        self.returned = visits[self.drawn("liangshi-d1")[2][0]]
        self.does("result", "return", self.returned, "--reason", "检查方式漏记", by=APPROVER)
        self.refuses("result.review", "result", "register", self.returned, *WEBSITE, by=CLERK)
        seq = self.json("inspect", "show", self.returned)["seq"]
        self.does("correct", seq, "methods", "现场检查,书面检查", "--reason", "检查方式漏记", by=CLERK)
        self.confirm()
        self.does("result", "review", self.returned, by=APPROVER)
        self.rectified(soon, "2023-10-20", due="2023-11-10", settled="2023-11-08")
        self.published_all("jieneng-d1", "2023-11-09", "公示2023-1")
        others = [visit for visit in visits.values() if visit != late]
        self.does("result", "register", *others, *WEBSITE, by=CLERK)
        order = ("--kind", "责令改正", "--due", "2023-11-10")
        self.late = self.json("followup", "record", late, *order, by=CLERK)["followup"]
        self.unpublished = late

    def handed_over(self) -> None:
        """The clerk leaves on the day after the last one to publish what was left lying."""
        self.on("2023-11-15")
        self.overdue = self.json("todo")
        self.has_key(SUCCESSOR, "何示范", "fgj", "经办人")
        hand = ("handover", CLERK, SUCCESSOR, "--reason", "岗位调整")
        self.told = self.does(*hand, "--file", self.paper("交接单.pdf"), by=CLERK)
        self.confirm(SUCCESSOR)
        self.does("key", "revoke", CLERK, "--reason", "岗位调整", "--yes", by=ADMIN)
        self.confirm()
        self.gone = self.refuses("entry.actor", "result", "register", self.unpublished, *WEBSITE, by=CLERK)
        self.on("2023-11-20")
        self.does("result", "register", self.unpublished, *WEBSITE, by=SUCCESSOR)
        self.does("followup", "close", self.late, by=SUCCESSOR)

    def the_end(self) -> None:
        self.on("2023-12-29")
        self.filed_away("liangshi", "jieneng", by=SUCCESSOR)
        self.carried = self.closed(2023, by=SUCCESSOR)


@pytest.fixture(scope="module")
def year(played: Played) -> Yangcheng:
    made: Yangcheng = played(Yangcheng)
    return made


def test_the_plan_check_names_what_the_city_has_planned(year: Yangcheng) -> None:
    assert year.remarked == [
        ("must", "1", "superior-overlap"),
        ("note", "", "month-only"),
        ("should", "repeat", "repeat-override"),
    ]


def test_the_year_passes_with_these_findings_and_no_others(report: Report) -> None:
    assert report.verdict is Verdict.PASS
    assert findings(report) == {
        "warn draw.choice": 1,
        "warn draw.filing": 1,
        "warn followup.overdue": 1,
        "warn result.deadline": 1,
    }
    assert said(report, "draw.choice") == [("at least 10 possible teams for every subject", "6")]


def test_one_overall_rate_rises_with_the_risk_class(year: Yangcheng) -> None:
    strata = year.json("draw", "show", "liangshi-d1")["strata"]
    assert [(s["id"], s["n"], s["k"]) for s in strata] == [
        ("risk-A", 38, 2),
        ("risk-B", 29, 3),
        ("risk-C", 20, 3),
        ("risk-D", 8, 2),
    ]


def test_a_preview_names_whom_to_spare_before_the_freeze(year: Yangcheng) -> None:
    for numbers in (OWN, SUPERIORS):
        assert "、".join(map(made_up_code, numbers)) in year.looked
    assert "task exclude --all-drawn" in year.looked.splitlines()[-1]


def test_who_was_inspected_this_year_is_not_drawn_and_who_was_last_year_may_be(year: Yangcheng) -> None:
    assert all(made_up_code(number) in year.refused for number in OWN)
    excluded = {row["subject"]: row["reason"] for row in year.json("task", "show", "liangshi")["excluded"]}
    assert excluded == {made_up_code(number): "drawn-this-year" for number in OWN} | {
        made_up_code(number): "superior-planned" for number in SUPERIORS
    }


def test_the_draws_of_before_the_holiday_are_filed_in_time_after_it(report: Report) -> None:
    assert said(report, "draw.filing") == [("filed by 2023-10-09", "jieneng-b1-d1: 2023-10-10")]


def test_both_seats_were_filled_anew_and_then_one_was_drawn_again(year: Yangcheng) -> None:
    assert not set(year.substitutes) & set(year.first_team)
    assert f"task fill {year.subject} {year.substitutes[1]}" in year.exhausted
    team = dict(year.drawn("jieneng-d1"))[year.subject]
    assert team[0] == year.substitutes[0]
    assert team[1] in ("fgj-11", "fgj-12")


def test_a_visit_signed_by_key_counts_when_both_have_signed(year: Yangcheng) -> None:
    shown = year.json("inspect", "show", year.signed)
    assert sorted(shown["signed"]) == sorted(shown["record"]["officers"])
    assert "paper" not in shown["record"]
    assert shown["state"] == "published"


def test_what_is_sent_back_is_corrected_accepted_and_then_published(year: Yangcheng) -> None:
    shown = year.does("inspect", "show", year.returned)
    assert "现场检查、书面检查" in shown
    assert "已更正" in shown
    assert year.json("inspect", "show", year.returned)["state"] == "published"


def test_a_rectification_and_a_publication_were_late(year: Yangcheng, report: Report) -> None:
    """Twenty working days after 17 October are over on 14 November."""
    visit = year.unpublished
    assert said(report, "result.deadline") == [("published by 2023-11-14", f"{visit}: 2023-11-20")]
    assert said(report, "followup.overdue") == [("settled by 2023-11-10", f"{year.late}: 2023-11-20")]
    assert visit in str(year.overdue)


def test_who_left_handed_over_what_was_open_and_signs_no_more(year: Yangcheng) -> None:
    assert "liangshi" in year.told
    assert "jieneng" not in year.told, "its result is public, and so is that of the seat drawn anew"
    assert f"key revoke {CLERK}" in year.told
    assert year.gone
    year.does("form", "print", "handover", year.folder / "交接单.docx")
    with ZipFile(year.folder / "交接单.docx") as printed:
        words = printed.read("word/document.xml").decode()
    assert [name in words for name in ("钱示范", "何示范")] == [True, True]


def test_nothing_is_carried_into_the_next_year(year: Yangcheng) -> None:
    assert year.carried == []
    assert year.opened["2023 年度已结转"]
    assert list(year.opened.values()) == [True, True, True, False, False]

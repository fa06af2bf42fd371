"""S2 宁安: delegates who seal a number of their own and guests who only watch, items that are not drawn and
why, a plan filed late and the two tables of the non-market plan, checks outside the plan with and without a
ground, and an unannounced visit printed before its result is public.

The seed prints only the titles of its tables; the rows here are invented in the form of 附件3 of S0, for an
office outside the market (一.1: social organisations and what is not a legal person). All names are invented.
"""

from __future__ import annotations

from zipfile import ZipFile

import pytest

from ledger.importing.annexes import UNSUITABLE
from ledger.importing.registers import ITEMS, PEOPLE, PLAN
from tests.office import made_up_code
from tests.years.after_draw import WholeYear
from tests.years.conftest import Played
from tests.years.office_year import (
    CLERK,
    SUPERVISOR,
    Table,
    enterprises,
    findings,
    officers,
    people,
    said,
)
from verifier.report import Report, Verdict

DELEGATE, MEMBER = "zhou-renda", "zheng-zhengxie"
CHARTER, HOMES = "社会团体、民办非企业单位按照章程开展活动情况检查", "养老机构服务质量和运营安全检查"
FUNERAL, CHARITY = "殡葬领域违法行为举报核查", "慈善募捐突发事件应急检查"
LIST = Table(
    ITEMS,
    (
        *("序号", "抽查类别", "抽查事项", "检查对象", "事项类别", "检查方式", "检查主体", "检查依据"),
        *("检查内容", "抽查比例", "抽查频次"),
    ),
    (
        (
            *(1, "社会组织", CHARTER, "社会团体、民办非企业单位", "一般检查事项", "书面检查", "民政局"),
            *("《社会团体登记管理条例》", "章程、财务、活动", "5%", "每年1次"),
        ),
        (
            *(2, "养老服务", HOMES, "养老机构", "重点检查事项", "实地核查", "民政局"),
            *("《养老机构管理办法》", "食品、消防、护理", "20%", "每年1次"),
        ),
    ),
)
"""R021: 抽查主体、依据、对象、内容、方式、比例和频次."""
NOT_DRAWN = Table(
    UNSUITABLE,
    ("序号", "检查事项", "检查主体", "不适用的理由", "报送单位", "报送日期"),
    (
        (1, FUNERAL, "民政局", "根据举报线索开展，对象不能随机选取", "司法局", "2019-01-02"),
        (2, CHARITY, "民政局", "突发事件发生后即时开展", "司法局", "2019-01-02"),
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
            *(1, "2019年上半年社会组织随机抽查", "社会组织检查", CHARTER, "5%", "社会团体、民办非企业单位"),
            *("不定向", "民政局", "民政局", "2019年3月-6月", "社会组织"),
        ),
        (
            *(2, "2019年下半年养老机构随机抽查", "养老机构检查", HOMES, "20%", "养老机构"),
            *("不定向", "民政局", "民政局", "2019年7月-11月", "养老机构"),
        ),
    ),
)
SUBJECTS = enterprises((60, "社会组织", "B"), (20, "养老机构", "C"), 主体类型="民办非企业单位")
OFFICERS = officers((6, "mzj", "民政局", "shehui、yanglao"), (2, "mzj", "民政局", "shehui"))
SHOWN_WHEN_UNSEALED = (
    *("draw.unsealed", "draw.reveal", "draw.reveal-fresh", "draw.seed", "draw.strata", "draw.cut"),
    *("draw.results", "draw.teams", "visit.drawn", "visit.team"),
)
COMPLAINED, ORDERED = made_up_code(5), made_up_code(70)


class Ningan(WholeYear):
    """The year of S2."""

    begins = "2019-01-02"

    def play(self) -> None:
        staff = people("mzj", "民政局")
        delegates = (
            (DELEGATE, "周示范", "renda", "市人大代表", "受邀见证代表"),
            (MEMBER, "郑示范", "zhengxie", "市政协委员", "受邀见证代表"),
        )
        staff = Table(PEOPLE, staff.header, (*staff.rows, *delegates))
        book = self.workbook(staff, LIST, NOT_DRAWN, SUBJECTS, OFFICERS, ROWS)
        self.on("2019-01-02")
        self.found("ledger.example.gov.cn/s2/2019", "示范市民政局", "000000", book)
        self.lists()
        self.rules("s2", 2019, notice="国办发明电〔2018〕15号")
        self.lists_published()
        self.plan()
        self.on("2019-03-11")
        self.task("shehui", "1", "mzj/shehui*2", public="balls:6")
        self.watched()
        self.outside_the_plan()
        self.on("2019-06-14")
        self.does("plan", "file", "--table", "下半年计划", "--authority", "司法局", by=CLERK)
        self.on("2019-06-28")
        window = ("2019-07-01", "2019-11-30")
        self.task("yanglao", "2", "mzj/yanglao*2", window=window, sealed=())
        self.unannounced()

    def lists_published(self) -> None:
        """一.2: on the platform and on the office's own site."""
        for channel in ("platform", "部门网站"):
            for listed in ("items", "unsuitable"):
                self.does("list", "publish", listed, "--channel", channel, by=CLERK)

    def plan(self) -> None:
        """Published, then filed: the table of the first half in time, that of the year six days late."""
        self.remarked = self.remarks()
        self.approved()
        self.on("2019-01-10")
        self.published()
        self.on("2019-01-15")
        receipt = ("--receipt", self.paper("回执.pdf"))
        self.does("plan", "file", "--table", "上半年计划", "--authority", "司法局", *receipt, by=CLERK)
        self.on("2019-01-21")
        self.late = self.remarks()
        self.does("plan", "file", "--authority", "司法局", *receipt, by=CLERK)

    def watched(self) -> None:
        """Two delegates seal numbers of their own, the press only watches; balls are drawn in the room."""
        parties = [word for who in (CLERK, SUPERVISOR, DELEGATE, MEMBER) for word in ("--party", who)]
        self.draw = self.ceremony("shehui", *parties, "--value", "381940")
        self.does("draw", "attend", "新闻媒体:市融媒体中心", "社会服务机构:市志愿者协会:何示范", by=CLERK)
        self.shown = self.does("draw", "show", self.draw)

    def outside_the_plan(self) -> None:
        """A complaint is followed up; somebody is inspected because a superior said so."""
        self.on("2019-04-16", hour=16)
        team = ("--officer", "mzj-01", "--officer", "mzj-02", "--on", "2019-04-16")
        ground = ("--exempt", "投诉举报", "--basis", self.paper("举报登记表.pdf"))
        self.does("inspect", "unplanned", COMPLAINED, *team, "--item", FUNERAL, *ground, "--yes", by=CLERK)
        why = ("--item", HOMES, "--reason", "领导临时安排")
        self.told = self.does("inspect", "unplanned", ORDERED, *team, *why, "--yes", by=CLERK)
        self.counted = self.json("inspect", "list")

    def unannounced(self) -> None:
        """The draw of the homes stays closed; its form is printed in two copies, which the ledger counts."""
        self.closed = self.ceremony("yanglao")
        form = ("draw", "record", self.closed, "-o", self.folder / "记录单.docx")
        self.refuses("E-PRINT-ASK", *form, by=CLERK)
        self.does(*form, "--copies", "2", "--purpose", "检查组出发前签字", by=CLERK)


@pytest.fixture(scope="module")
def year(played: Played) -> Ningan:
    made: Ningan = played(Ningan)
    return made


@pytest.fixture(scope="module")
def report(year: Ningan) -> Report:
    return year.report


def test_the_plan_check_says_that_the_year_was_not_filed_in_time(year: Ningan) -> None:
    assert year.remarked == []
    assert year.late == [("should", "", "filing-late")]


def test_the_year_passes_with_these_findings_and_no_others(report: Report) -> None:
    assert report.verdict is Verdict.PASS
    assert findings(report) == {
        "warn plan.filing": 1,
        "warn check.planned": 1,
        "not_due platform.missing": 1 + 1,
        "not_due report.due": 3,
        "not_due visit.complete": 3 + 1,
        **{f"not_due {rule}": 1 for rule in SHOWN_WHEN_UNSEALED},
    }


def test_the_table_of_the_year_was_late_and_those_of_both_halves_were_not(report: Report) -> None:
    """15 June 2019 is a Saturday: the last day is the 14th, on which the second table was filed."""
    assert said(report, "plan.filing") == [("filed by 2019-01-15", "plan-2019 yearly: 2019-01-21")]


def test_two_delegates_sealed_numbers_and_two_guests_watched(year: Ningan, report: Report) -> None:
    parties = {outcome.draw: outcome.parties for outcome in report.outcomes}[year.draw]
    wanted = {f"{DELEGATE} (renda)", f"{MEMBER} (zhengxie)", f"{SUPERVISOR} (jijian)", f"{CLERK} (mzj)"}
    assert set(parties) == wanted
    assert "balls:381940" in year.shown
    assert "新闻媒体，市融媒体中心" in year.shown
    assert "市志愿者协会 何示范" in year.shown


def test_items_that_are_not_drawn_are_told_with_the_reason_and_may_be_checked_on_a_complaint(
    year: Ningan,
) -> None:
    told = year.does("item", "unsuitable", "list")
    assert FUNERAL in told
    assert "对象不能随机选取" in told
    exempt, other = year.counted["unplanned"]
    assert (exempt["subject"], exempt["items"], exempt["exemption"]) == (
        COMPLAINED,
        ["unsuitable-1"],
        "complaint",
    )
    assert (other["subject"], other["exemption"], other["reason"]) == (ORDERED, "", "领导临时安排")


def test_only_the_check_without_a_ground_is_a_finding(year: Ningan, report: Report) -> None:
    assert (year.counted["exempt"], year.counted["without_exemption"]) == (1, 1)
    assert "没有豁免依据" in year.told
    found = [text for _expected, text in said(report, "check.planned")]
    assert found == [year.counted["unplanned"][1]["check"]]


def test_who_gets_an_unannounced_visit_is_in_the_room_and_not_in_the_public_bundle(
    year: Ningan, report: Report
) -> None:
    assert f"draws/{year.closed}/teams.csv" not in ZipFile(year.folder / "核验包.zip").namelist()
    assert "打印 2 份，用途：检查组出发前签字" in year.does("draw", "show", year.closed)
    inside = findings(year.verified(inspector=True))
    assert {rule: inside.get(f"not_due {rule}", 0) for rule in SHOWN_WHEN_UNSEALED} == {
        rule: int(rule == "draw.unsealed") for rule in SHOWN_WHEN_UNSEALED
    }
    assert inside["not_due visit.complete"] == 3 + 4

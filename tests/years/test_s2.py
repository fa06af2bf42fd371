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
SHELTERS = "救助管理机构照料和安全情况检查"
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
        (
            *(3, "社会救助", SHELTERS, "救助管理机构", "一般检查事项", "实地核查", "民政局"),
            *("《城市生活无着的流浪乞讨人员救助管理办法》", "照料、消防", "20%", "每年1次"),
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
        (
            *(3, "2019年救助管理机构随机抽查", "救助机构检查", SHELTERS, "20%", "救助管理机构"),
            *("不定向", "民政局", "民政局", "2019年12月", "救助机构"),
        ),
    ),
)
SUBJECTS = enterprises(
    *((60, "社会组织", "B"), (20, "养老机构", "C"), (11, "救助机构", "B")), 主体类型="民办非企业单位"
)
CLOSED_IN_JUNE = made_up_code(81)
"""A shelter."""
STAYING = officers((6, "mzj", "民政局", "shehui、yanglao"), (2, "mzj", "民政局", "shehui"))
EXPIRING = officers((5, "mzj", "民政局", "jiuzhu"), first=9, until="2019-12-31")
OFFICERS = Table(STAYING.register, STAYING.header, (*STAYING.rows, *EXPIRING.rows))
SHOWN_WHEN_UNSEALED = (
    *("draw.unsealed", "draw.reveal", "draw.reveal-fresh", "draw.seed", "draw.strata", "draw.cut"),
    *("draw.results", "draw.teams", "visit.drawn", "visit.team"),
)
NEXT_YEAR = (
    *(
        "--notice",
        "国办发明电〔2019〕16号",
        "--off",
        "01-01",
        "--off",
        "01-24..01-30",
        "--off",
        "04-04..04-06",
    ),
    *("--off", "05-01..05-05", "--off", "06-25..06-27", "--off", "10-01..10-08", "--work", "01-19"),
    *("--work", "02-01", "--work", "04-26", "--work", "05-09", "--work", "06-28", "--work", "09-27"),
    *("--work", "10-10"),
)
"""The calendar of 2020 as it was arranged in 2019."""
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
        self.met()
        self.on("2019-06-14")
        self.does("plan", "file", "--table", "下半年计划", "--authority", "司法局", by=CLERK)
        self.on("2019-06-28")
        window = ("2019-07-01", "2019-11-30")
        self.task("yanglao", "2", "mzj/yanglao*2", window=window, sealed=())
        self.unannounced()
        self.half_year()
        self.opened_up()
        self.december()
        self.the_end()

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

    def met(self) -> None:
        """The organisations of the first half, inspected and published."""
        self.results("shehui-d1", "2019-05-14")
        self.published_all("shehui-d1", "2019-05-28", "公示2019-1")
        self.does("platform", "receipt", "--draw", "shehui-d1", "--number", "MDJ-2019-01", by=CLERK)
        self.does("platform", "receipt", "--plan", "plan-2019", "--number", "MDJ-2019-00", by=CLERK)

    def unannounced(self) -> None:
        """The draw of the homes stays closed; its form is printed in two copies, which the ledger counts."""
        self.sealed = self.ceremony("yanglao")
        form = ("draw", "record", self.sealed, "-o", self.folder / "记录单.docx")
        self.refuses("E-PRINT-ASK", *form, by=CLERK)
        self.does(*form, "--copies", "2", "--purpose", "检查组出发前签字", by=CLERK)
        self.half = self.verified(self.folder / "核验包-六月.zip")
        self.half_inside = self.verified(inspector=True)

    def reported(self, form: str, day: str, first: str, last: str) -> None:
        """A statistic, printed and handed in."""
        printed = self.folder / f"{form}-{day}.xlsx"
        period = ("--from", first, "--until", last)
        self.does("form", "print", form, printed, *period, by=CLERK)
        self.does("report", "issue", form, printed, *period, "--on", day, "--to", "司法局", by=CLERK)

    def half_year(self) -> None:
        """By 1 July: one table in time, the other two days late."""
        self.on("2019-07-01")
        self.reported("progress", "2019-07-01", "2019-01-01", "2019-06-30")
        self.on("2019-07-03")
        self.reported("nonmarket", "2019-07-03", "2019-01-01", "2019-06-30")

    def opened_up(self) -> None:
        """Nobody was told before; the notice is handed over on arrival, and then the draw is unsealed."""
        self.on("2019-07-16", hour=8)
        self.does("inspect", "notice", "--all", "--draw", self.sealed, "--unannounced", by=CLERK)
        self.home, *_others = [subject for subject, _team in self.drawn(self.sealed)]
        typed = {"检查结果代码": "09", "有问题的事项": "item-2=检查,责改,消防通道堵塞"}
        self.results(self.sealed, "2019-07-16", {self.home: typed})
        self.does("draw", "unseal", self.sealed, "--yes", by=CLERK)
        case = ("--kind", "立案", "--due", "2019-10-15")
        visit = self.visits(self.sealed)[self.home]
        followup = self.json("followup", "record", visit, *case, by=CLERK)["followup"]
        self.published_all(self.sealed, "2019-08-02", "公示2019-2")
        self.does("platform", "receipt", "--draw", self.sealed, "--number", "MDJ-2019-02", by=CLERK)
        self.on("2019-10-14")
        self.does("followup", "close", followup, "--reason", "已处罚结案", by=CLERK)

    def december(self) -> None:
        """Drawn in December from the list of January, in which one shelter was closed in June; the officers'
        certificates end with the year."""
        self.on("2019-12-02")
        self.does("subject", "change", CLOSED_IN_JUNE, "--status", "注销", "--reason", "6月注销", by=CLERK)
        self.confirm()
        self.task("jiuzhu", "3", "mzj/jiuzhu*2")
        self.on("2019-12-09")
        self.ceremony("jiuzhu")
        self.first, self.second = [subject for subject, _team in self.drawn("jiuzhu-d1")]
        self.on("2019-12-20", hour=17)
        until = ("--until", "2019-12-20", "--scan", self.paper("记录表-救助.pdf"))
        record = ("inspect", "record", "--draw", "jiuzhu-d1")
        self.does(*record, self.first, "--on", "2019-12-18", *until, by=CLERK)
        self.confirm()
        longer = ("--draw", "jiuzhu-d1", "--until", "2020-01-10", "--reason", "负责人住院")
        self.does("inspect", "extend", self.second, *longer, by=CLERK)
        self.confirm()

    def the_end(self) -> None:
        """The year is closed and reported on its last day; the last visit, of that day, is recorded after it,
        since nobody of the team may go in January."""
        self.on("2019-12-31")
        for form in ("progress", "nonmarket", "joint"):
            self.reported(form, "2019-12-31", "2019-01-01", "2019-12-31")
        self.filed_away("shehui", "yanglao")
        self.carried = self.closed(2019, *NEXT_YEAR)
        self.on("2020-01-06", hour=17)
        record = ("inspect", "record", self.second, "--draw", "jiuzhu-d1")
        scan = ("--scan", self.paper("记录表-救助.pdf"))
        self.expired = self.refuses("visit.certified", *record, "--on", "2020-01-06", *scan, by=CLERK)
        self.does(*record, "--on", "2019-12-31", *scan, by=CLERK)
        self.confirm()


@pytest.fixture(scope="module")
def year(played: Played) -> Ningan:
    made: Ningan = played(Ningan)
    return made


def test_the_plan_check_says_that_the_year_was_not_filed_in_time(year: Ningan) -> None:
    assert year.remarked == [("note", "", "month-only")]
    assert year.late == [("note", "", "month-only"), ("should", "", "filing-late")]


def test_the_year_passes_with_these_findings_and_no_others(report: Report) -> None:
    assert report.verdict is Verdict.PASS
    assert findings(report) == {
        "warn plan.filing": 1,
        "warn check.planned": 1,
        "warn report.due": 1,
        "not_due platform.missing": 1,
        "not_due report.due": 3,
        "not_due result.published": 2,
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
    assert f"draws/{year.sealed}/teams.csv" not in ZipFile(year.folder / "核验包-六月.zip").namelist()
    assert f"draws/{year.sealed}/teams.csv" in ZipFile(year.bundle).namelist()
    assert "打印 2 份，用途：检查组出发前签字" in year.does("draw", "show", year.sealed)
    outside, inside = findings(year.half), findings(year.half_inside)
    waiting = dict.fromkeys(SHOWN_WHEN_UNSEALED, 1)
    assert {rule: outside.get(f"not_due {rule}", 0) for rule in waiting} == waiting
    assert {rule: inside.get(f"not_due {rule}", 0) for rule in waiting} == {
        rule: int(rule == "draw.unsealed") for rule in waiting
    }
    assert (outside["not_due visit.complete"], inside["not_due visit.complete"]) == (1, 4)


def test_a_table_of_july_was_late_and_those_of_the_year_were_handed_in_on_its_last_day(
    report: Report,
) -> None:
    """1 January is a holiday: the last day is 31 December."""
    assert sorted(said(report, "report.due"), key=lambda row: row[1]) == [
        ("reported by 暂定", "joint 2021-01-01: -"),
        ("reported by 2019-07-01", "nonmarket 2019-07-01: 2019-07-03"),
        ("reported by 2020-07-01", "nonmarket 2020-07-01: -"),
        ("reported by 2020-07-01", "progress 2020-07-01: -"),
    ]


def test_december_draws_from_the_list_of_january_without_who_was_closed_in_june(year: Ningan) -> None:
    (stratum,) = year.json("draw", "show", "jiuzhu-d1")["strata"]
    assert (stratum["n"], stratum["k"]) == (10, 2)
    assert CLOSED_IN_JUNE not in (year.first, year.second)


def test_a_certificate_that_ends_with_the_year_is_good_until_its_last_day(year: Ningan) -> None:
    visits = year.visits("jiuzhu-d1")
    shown = {subject: year.json("inspect", "show", visit)["record"] for subject, visit in visits.items()}
    assert shown[year.first]["until"].startswith("2019-12-20")
    assert shown[year.second]["occurred"].startswith("2019-12-31")
    assert "2019-12-31" in year.expired or "2020-01-06" in year.expired


def test_what_ended_in_december_may_be_published_until_a_sunday_that_is_worked(
    year: Ningan, report: Report
) -> None:
    """Sunday 19 January and Saturday 1 February 2020 are worked for the Spring Festival, as it was arranged
    before the year began."""
    due = {found: expected for expected, found in said(report, "result.published")}
    visits = year.visits("jiuzhu-d1")
    assert due[visits[year.first]] == "published by 2020-01-19"
    assert due[visits[year.second]] == "published by 2020-02-03"


def test_the_last_shelter_and_the_case_are_carried_over(year: Ningan) -> None:
    visit = year.visits("jiuzhu-d1")[year.first]
    assert year.carried == ["archive jiuzhu", f"result {visit}", f"visit jiuzhu-d1/{year.second}"]

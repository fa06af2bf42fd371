"""S4 宁晋: the two numbered tables as printed, the name rule that their own rows break, sections of an office
that inspect together at a rate divided by risk class, a specialist seat beside a free one, a list that
another department drew, and a library of check forms.

The tables are 附件2 and 附件3 of the seed, word for word but for the county's name and the column of tags
that a draw needs beside them; a row led by another department is added. All names are invented.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from ledger.importing.registers import ITEMS, PLAN
from tests.office import made_up_code
from tests.years.after_draw import Cells, WholeYear
from tests.years.conftest import Played
from tests.years.office_year import (
    CLERK,
    Table,
    enterprises,
    findings,
    officers,
    people,
    said,
)
from verifier.report import Report, Verdict

CHEMICALS, TRADES = "对危化企业安全生产的检查", "对工贸企业安全生产的检查"
HAZARDS = "1、人员和资质管理情况。\n2、工艺管理情况。\n3、设备设施管理情况。\n4、重大危险源安全管理情况。"
FIRE = "对危化企业消防安全的检查"
LAW = "《中华人民共和国安全生产法》"
LIST = Table(
    ITEMS,
    ("序号", "抽查类别", "抽查事项", "检查对象", "事项类别", "检查方式", "检查主体", "检查依据"),
    (
        (1, "安全生产", CHEMICALS, "危化企业", "重点检查事项", "现场检查", "应急管理局", LAW),
        (2, "", TRADES, "工贸企业", "一般检查事项", "现场检查", "应急管理局", LAW),
        (3, "", HAZARDS, "重大危险源企业", "重点检查事项", "现场检查", "应急管理局", LAW),
        (4, "", FIRE, "危化企业", "重点检查事项", "现场检查", "消防救援大队", "《中华人民共和国消防法》"),
    ),
)
BY_RISK = "5%（运用企业信用风险分级分类开展）"
ANNEX_2 = Table(
    PLAN,
    (
        *("抽查计划编号", "抽查计划名称", "抽查任务编号", "抽查任务名称", "抽查类型", "抽查比例", "抽查事项"),
        *("抽查对象范围", "发起科（股）室", "联合科（股）室", "抽查时间", "抽取条件（行业标签）"),
    ),
    (
        (
            *("2023001", "2023年示范县应急管理局内部门联合抽查001", "001号"),
            *("示范县应急管理局2023年度危化企业“双随机”内部联合抽查", "定向", BY_RISK, CHEMICALS),
            *("2023年直接监管危化行业", "执法监督股", "危化监管股、危化监察股", "5月-6月", "危化"),
        ),
        (
            *("2023002", "2023年示范县应急管理局内部门联合抽查002", "002号"),
            *("示范县应急管理局2023年度工贸企业“双随机”内部联合抽查", "定向", BY_RISK, TRADES),
            *("2023年直接监管工贸行业", "执法监督股", "工贸监管股、工贸监察股", "9月-10月", "工贸"),
        ),
    ),
)
ANNEX_3 = Table(
    PLAN,
    (
        *("抽查计划编号", "抽查计划名称", "抽查任务编号", "抽查任务名称", "抽查类型", "抽查比例", "抽查事项"),
        *("抽查对象范围", "发起部门", "联合部门", "抽查时间", "备注", "抽取条件（行业标签）"),
    ),
    (
        (
            *("联2023001", "2023年示范县部门联合抽查001", "联001"),
            *("2023年示范县危化行业重大危险源企业部门联合随机抽查", "定向"),
            *("10% (运用企业信用风险分级分类开展)", HAZARDS, "2023年直接监管危化行业企业", "县应急管理局"),
            *("县消防救援大队", "2023年5月至7月", "县本级开展", "重大危险源"),
        ),
        (
            *("联2023002", "2023年示范县消防救援大队随机抽查002", "联002"),
            *("2023年示范县危化企业消防安全部门联合随机抽查", "定向", "10%", FIRE, "2023年危化行业企业"),
            *("县消防救援大队", "县应急管理局", "2023年5月至7月", "县本级开展", "危化"),
        ),
    ),
)
SUBJECTS = enterprises(
    *((count, "危化", risk) for count, risk in ((30, "A"), (20, "B"), (10, "C"), (4, "D"))),
    *((count, "危化；重大危险源", risk) for count, risk in ((10, "C"), (6, "D"))),
    *((count, "工贸", risk) for count, risk in ((60, "A"), (40, "B"), (20, "C"), (10, "D"))),
)
OFFICERS = officers(
    (5, "whjg", "危化监管股", "huagong"),
    (3, "whjc", "危化监察股", ""),
    (2, "gmjg", "工贸监管股", "dianqi"),
    (4, "gmjg", "工贸监管股", ""),
    (3, "gmjc", "工贸监察股", ""),
    (3, "xfdd", "县消防救援大队", ""),
)
BY_THE_RULE = tuple(f"建议：2023年示范县应急管理局随机抽查{number}" for number in ("001", "002", "联001"))
DRAWN_HERE = ("weihua-d1", "gongmao-d1", "zhongda-d1")
FIRE_DAY = "2023-05-18"
LED_ELSEWHERE = tuple(map(made_up_code, (7, 41, 66)))


class Ningjin(WholeYear):
    """The year of S4."""

    begins = "2023-04-26"

    def play(self) -> None:
        book = self.workbook(people("yjj", "应急管理局"), LIST, SUBJECTS, OFFICERS)
        self.found("ledger.example.gov.cn/s4/2023", "示范县应急管理局", "000000", book)
        self.lists()
        self.rules("s4", 2023)
        for name, table in (("附件2.xlsx", ANNEX_2), ("附件3.xlsx", ANNEX_3)):
            self.does("plan", "import", self.sheet(name, table), by=CLERK)
        self.remarked = self.remarks()
        self.told = self.does("plan", "check")
        self.approved()
        self.published()
        self.library()
        self.on("2023-05-08")
        weights = "A=1,B=2,C=3,D=4"
        self.task("weihua", "001", "whjg/huagong", "whjc", by_risk=weights)
        self.task("gongmao", "002", "gmjg/dianqi", "gmjg", "gmjc", by_risk=weights)
        self.task("zhongda", "联001", "whjg/huagong", "xfdd", by_risk="C=1,D=2")
        for task in ("weihua", "gongmao", "zhongda"):
            self.ceremony(task)
        self.led_elsewhere()
        self.may()
        self.june()
        self.july()
        self.autumn()
        self.the_end()

    def library(self) -> None:
        """二(一): forms are added before a draw; that of the fire inspection is forgotten."""
        for form, item in (("weihua", CHEMICALS), ("gongmao", TRADES), ("zhongda", "item-3")):
            paper = self.paper(f"{form}检查表.docx")
            self.does("form", "publish", form, paper, "--item", item, "--version", "2023", by=CLERK)

    def led_elsewhere(self) -> None:
        """Way (c): the fire brigade drew three enterprises; only who goes there for this office is drawn."""
        book = openpyxl.Workbook()
        book.worksheets[0].append(("序号", "统一社会信用代码", "企业名称"))
        for place, code in enumerate(LED_ELSEWHERE, 1):
            book.worksheets[0].append((place, code, ""))
        received: Path = self.folder / "消防名单.xlsx"
        book.save(received)
        self.task("xiaofang", "联002", "whjg*2", received=received, lead="县消防救援大队")
        self.ceremony("xiaofang")

    def inspected(self, draw: str, day: str, reported: str, cells: Mapping[str, Cells] | None = None) -> None:
        """All subjects of a draw on one day, and the report of the task to 执法监督股 (三(三)); the
        platform knows it too."""
        self.results(draw, day, cells)
        self.on(reported)
        self.does("report", "task", "--draw", draw, "--to", "执法监督股", by=CLERK)
        self.does("platform", "receipt", "--draw", draw, "--number", f"HB-{draw}", by=CLERK)

    def monthly(self, day: str, first: str, last: str) -> None:
        """The report of a month, printed from the figures and handed in."""
        self.on(day)
        printed = self.folder / f"月报表-{day}.docx"
        period = ("--from", first, "--until", last)
        self.does("form", "print", "monthly", printed, *period, by=CLERK)
        self.does("report", "issue", "monthly", printed, *period, "--to", "执法监督股", by=CLERK)

    def may(self) -> None:
        self.on("2023-05-10")
        self.does("platform", "receipt", "--plan", "plan-2023", "--number", "HB-2023", by=CLERK)
        self.does("activity", "record", "双随机工作部署会", "--kind", "会议", "--on", "2023-05-09", by=CLERK)
        self.inspected("xiaofang-d1", FIRE_DAY, "2023-05-19")
        led = ("--kind", "参加其他部门牵头的联合抽查", "--lead", "县消防救援大队", "--subjects", "3")
        self.does("activity", "record", "危化企业消防联合抽查", *led, "--published", "0", by=CLERK)
        self.monthly("2023-05-23", "2023-04-24", "2023-05-23")

    def june(self) -> None:
        self.published_all("xiaofang-d1", "2023-06-01", "公示2023-1")
        training = ("--kind", "培训", "--file", self.paper("签到表.pdf"))
        self.does("activity", "record", "执法人员系统操作培训", *training, by=CLERK)
        self.problem = self.drawn("weihua-d1")[0][0]
        typed = {"检查结果代码": "09", "有问题的事项": "item-1=检查,责改,动火作业票不全"}
        self.inspected("weihua-d1", "2023-06-06", "2023-06-08", {self.problem: typed})
        visit = self.visits("weihua-d1")[self.problem]
        self.monthly("2023-06-23", "2023-05-24", "2023-06-23")
        self.rectified(visit, "2023-06-26", due="2023-07-10", settled="2023-07-03")
        self.published_all("weihua-d1", "2023-07-03", "公示2023-2")

    def july(self) -> None:
        """The report of this task is handed in four days after its last day."""
        self.inspected("zhongda-d1", "2023-07-11", "2023-07-17")
        self.monthly("2023-07-24", "2023-06-24", "2023-07-23")
        self.published_all("zhongda-d1", "2023-07-26", "公示2023-3")

    def autumn(self) -> None:
        """The report of August is forgotten."""
        self.monthly("2023-09-25", "2023-08-24", "2023-09-23")
        self.inspected("gongmao-d1", "2023-10-12", "2023-10-13")
        self.monthly("2023-10-23", "2023-09-24", "2023-10-23")
        self.published_all("gongmao-d1", "2023-11-01", "公示2023-4")
        self.monthly("2023-11-23", "2023-10-24", "2023-11-23")

    def the_end(self) -> None:
        self.monthly("2023-12-25", "2023-11-24", "2023-12-23")
        self.filed_away("weihua", "gongmao", "zhongda", "xiaofang")
        self.on("2023-12-29")
        self.carried = self.closed(2023)


@pytest.fixture(scope="module")
def year(played: Played) -> Ningjin:
    made: Ningjin = played(Ningjin)
    return made


def test_the_name_rule_of_the_table_is_broken_by_its_own_rows(year: Ningjin) -> None:
    assert year.remarked == [
        ("note", "coverage", "coverage-word"),
        ("note", "min_rate", "coverage-word"),
        ("should", "001", "name-rule"),
        ("should", "002", "name-rule"),
        ("should", "L001", "name-rule"),
    ]
    assert [name for name in BY_THE_RULE if name not in year.told] == []


def test_the_year_passes_with_these_findings_and_no_others(report: Report) -> None:
    assert report.verdict is Verdict.PASS
    assert findings(report) == {
        "warn form.before-draw": 1,
        "warn task.reporting": 1,
        "warn report.due": 1,
        "not_due report.due": 1,
    }
    assert [found for _expected, found in said(report, "form.before-draw")] == ["item-4"]


def test_the_two_tables_are_one_plan_of_internal_and_joint_rows(year: Ningjin) -> None:
    rows = {row["row"]: row for row in year.json("plan", "show")["rows"]}
    kinds = {name: (row["kind"], row["partners"], row["since"], row["until"]) for name, row in rows.items()}
    assert kinds == {
        "001": ("internal", ["危化监管股", "危化监察股"], "2023-05", "2023-06"),
        "002": ("internal", ["工贸监管股", "工贸监察股"], "2023-09", "2023-10"),
        "L001": ("joint", ["县消防救援大队"], "2023-05", "2023-07"),
        "L002": ("joint", ["县应急管理局"], "2023-05", "2023-07"),
    }


def test_one_rate_for_all_classes_is_divided_and_rises_with_the_risk(year: Ningjin) -> None:
    strata = {d: [(s["n"], s["k"]) for s in year.json("draw", "show", d)["strata"]] for d in DRAWN_HERE}
    assert strata == {
        "weihua-d1": [(30, 1), (20, 1), (20, 1), (10, 1)],
        "gongmao-d1": [(60, 2), (40, 2), (20, 2), (10, 1)],
        "zhongda-d1": [(10, 1), (6, 1)],
    }


def test_a_specialist_leads_and_the_free_seat_is_open_to_all_six(year: Ningjin) -> None:
    teams = [team for _subject, team in year.drawn("gongmao-d1")]
    assert all(team[0] in ("gmjg-01", "gmjg-02") for team in teams)
    assert all(team[1].startswith("gmjg-") and team[1] != team[0] for team in teams)
    assert [team[2].split("-")[0] for team in teams] == ["gmjc"] * 7


def test_of_what_another_department_drew_all_are_visited_and_officers_are_drawn(year: Ningjin) -> None:
    drawn = year.drawn("xiaofang-d1")
    assert sorted(subject for subject, _team in drawn) == sorted(LED_ELSEWHERE)
    assert Counter(len(set(team)) for _subject, team in drawn) == {2: 3}
    told = year.does("task", "show", "xiaofang")
    assert "由县消防救援大队抽取的 3 个对象，本单位只抽人员" in told
    assert "抽取层 all：全部 的 100%" in told


def test_the_library_holds_the_forms_and_their_items(year: Ningjin) -> None:
    forms = {form["form"]: form["items"] for form in year.json("form", "library")["forms"]}
    assert forms == {"weihua": ["item-1"], "gongmao": ["item-2"], "zhongda": ["item-3"]}


def test_tasks_are_reported_within_two_days_but_one(year: Ningjin, report: Report) -> None:
    """Two days after Thursday 18 May is a Saturday: the report of the next day was in time anyway."""
    assert said(report, "task.reporting") == [("reported by 2023-07-13", "zhongda-d1: 2023-07-17")]


def test_the_report_of_august_is_missing_and_two_fell_on_a_day_of_rest(report: Report) -> None:
    assert sorted(said(report, "report.due"), key=lambda row: row[1]) == [
        ("reported by 2023-08-23", "monthly 2023-08-23: -"),
        ("reported by 2024-01-23", "monthly 2024-01-23: -"),
    ]


def test_the_reports_of_the_months_say_what_the_ledger_counts(year: Ningjin) -> None:
    """What the months handed in adds up to the year, entry by entry."""
    entries = year.json("log", "list", "--type", "report.issued")["entries"]
    stated = [dict(year.json("log", "show", entry["seq"])["data"]["figures"]) for entry in entries]
    assert [figures["visits"] for figures in stated] == [3, 4, 2, 0, 7, 0, 0]
    assert sum(figures["visits"] for figures in stated) == 16
    for key in ("visits", "problems", "meetings", "trainings", "joint_elsewhere"):
        (known,) = year.json("stats", "show", key, "--from", "2023-01-01")["figures"]
        assert known["value"] == sum(figures[key] for figures in stated), key
        assert known["value"] == sum(entry["count"] for entry in known["entries"]) > 0, key


def test_nothing_is_carried_into_the_next_year(year: Ningjin) -> None:
    assert year.carried == []

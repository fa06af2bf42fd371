"""S3 奈曼: products and projects that no register gives a code, a list that the platform draws from and that
was frozen here before, three departments with exact head-counts, and the two bodies that lead them.

The seed prints no plan table; the rows are invented in the form of 附件3 of S0. The departments of the two
bodies are those of 附件1 and 2, without the names of their people. Enterprises and officers are invented.
"""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest

from ledger.importing.annexes import MEMBERS
from ledger.importing.registers import ITEMS, PLAN, SUBJECTS
from tests.years.after_draw import WholeYear
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
from verifier.report import DrawState, Report, Verdict

Row = tuple[object, ...]
PRODUCTS, CANTEENS = "重点工业产品质量和在建项目特种设备使用情况检查", "学校食堂食品安全检查"
METERS = "供水计量器具检查"
LIST = Table(
    ITEMS,
    (
        *("序号", "抽查类别", "抽查事项", "检查对象", "事项类别", "检查方式", "检查主体", "检查依据"),
        *("发起部门", "配合部门"),
    ),
    (
        (
            *(1, "质量", PRODUCTS, "产品、项目", "重点检查事项", "实地核查、委托专业机构", "市场监管局"),
            *("《中华人民共和国产品质量法》", "", ""),
        ),
        (
            *(2, "食品", CANTEENS, "学校食堂", "重点检查事项", "实地核查", "市场监管局"),
            *("《中华人民共和国食品安全法》", "市场监管局", "教育体育局、卫生健康委员会"),
        ),
        (
            *(3, "计量", METERS, "供水单位", "一般检查事项", "实地核查", "市场监管局"),
            *("《中华人民共和国计量法》", "市场监管局", "水务局"),
        ),
    ),
)
HEADER = (
    *("序号", "计划名称", "抽查任务名称", "抽查事项", "抽查比例", "检查对象", "抽查类型", "组织抽查单位"),
    *("实施检查单位", "联合检查参与部门", "完成时限", "抽取条件（行业标签）"),
)


def _row(no: int, item: str, rate: str, objects: str, kind: str, partners: str, until: str, tag: str) -> Row:
    names = (f"2022年{objects}随机抽查", f"{objects}检查", item, rate, objects)
    return (no, *names, kind, "市场监管局", "市场监管局", partners, until, tag)


ROWS = Table(
    PLAN,
    HEADER,
    (
        _row(1, PRODUCTS, "10%", "产品、项目", "定向", "", "2022年6月-9月", "重点产品；在建项目"),
        _row(
            2,
            CANTEENS,
            "20%",
            "学校食堂",
            "不定向",
            "教育体育局、卫生健康委员会",
            "2022年6月-7月",
            "学校食堂",
        ),
        _row(3, METERS, "50%", "供水单位", "不定向", "水务局", "2022年6月-10月", "供水"),
    ),
)
LEADING = (
    *("旗市场监督管理局", "旗发展和改革委员会", "旗教育体育局", "旗工业和信息化局", "旗公安局", "旗民政局"),
    *("旗财政局", "旗人力资源和社会保障综合行政执法大队", "旗自然资源局", "旗住房和城乡建设局"),
    *("旗交通运输综合行政执法大队", "旗水务局", "旗农牧和科技局", "旗医疗保障局", "旗文化和旅游局"),
    *("旗卫生健康委员会", "旗应急管理局", "旗林业和草原局", "旗统计局"),
    *("旗区域经济合作与金融服务局（商务局）", "国家税务总局奈曼旗税务局", "通辽市生态环境局奈曼旗分局"),
    *("旗气象局", "旗消防救援大队"),
)
NOT_IN_JOINT_MEETING = (
    *("旗工业和信息化局", "旗民政局", "旗财政局", "旗自然资源局", "旗水务局", "旗医疗保障局"),
    *("旗林业和草原局", "旗气象局"),
)


def _body(name: str, departments: list[str]) -> list[tuple[object, ...]]:
    heads = [("组长", "旗人民政府", "副旗长"), ("副组长", "旗人民政府办公室", "副主任")]
    rows = heads + [("成员", department, "副职") for department in departments]
    return [(name, *row) for row in rows]


BODIES = Table(
    MEMBERS,
    ("组织", "担任职务", "单位", "职务"),
    (
        *_body("领导小组", list(LEADING)),
        *_body("联席会议", [d for d in LEADING if d not in NOT_IN_JOINT_MEETING]),
    ),
)
SCHOOLS = enterprises((15, "学校食堂", "B"), (4, "供水", "B"), 主体类型="事业单位")
UNCODED = Table(
    SUBJECTS,
    ("企业名称", "统一社会信用代码", "住所", "主体类型", "所属区域", "行业标签"),
    (
        *((f"示范农机{n}型", "", "", "产品", "示范旗", "重点产品") for n in range(1, 31)),
        *((f"示范小区{n}期", "", "", "项目", "示范镇", "在建项目") for n in range(1, 21)),
    ),
)
OFFICERS = officers(
    (6, "scj", "市场监管局", "zhiliang、shipin"),
    (3, "jtj", "教育体育局", "shipin"),
    (3, "wjw", "卫生健康委员会", "shipin"),
    (3, "swj", "水务局", "jiliang"),
)
SCHOOLS_OFFICE = "feng-jtj"
ENTER = ("inspect", "result", "--all", "--draw", "shitang-d1")
STRANGER = "示范企业001有限公司"
"""In the register, and not in the list of products and projects."""
EXPORT = ("序号", "统一社会信用代码/注册号", "对象全称", "检查人员1", "检查人员2")


class Naiman(WholeYear):
    """The year of S3."""

    begins = "2022-04-25"

    def play(self) -> None:
        book = self.workbook(people("scj", "市场监管局"), LIST, SCHOOLS, OFFICERS, BODIES, ROWS)
        self.found("ledger.example.gov.cn/s3/2022", "示范旗市场监督管理局", "000000", book)
        self.lists()
        self.does("subject", "import", self.sheet("产品和项目.xlsx", UNCODED), by=CLERK)
        self.rules("s3", 2022, notice="国办发明电〔2021〕11号")
        self.plan()
        self.on("2022-06-06")
        self.task(
            *("zhiliang", "1", "scj/zhiliang*2"),
            stratum=("chanpin:kind=product", "--stratum", "xiangmu:kind=project"),
        )
        self.task("shitang", "2", "scj/shipin*2", "jtj", "wjw")
        self.by_the_platform()
        self.ceremony("shitang")
        self.does("platform", "receipt", "--draw", "shitang-d1", "--number", "NM-2022-02", by=CLERK)
        self.before = self.json("draw", "show", "shitang-d1")["drawn"]
        self.canteens()
        self.on("2022-07-04")
        self.amended()
        self.task("gongshui", "3", "scj", "swj")
        self.ceremony("gongshui")
        self.products()
        self.meters()
        self.the_end()

    def plan(self) -> None:
        self.remarked = self.remarks()
        self.approved()
        self.on("2022-05-05")
        for channel in ("platform", "department_site"):
            self.does("list", "publish", "items", "--channel", channel, by=CLERK)
        self.published("--address", "旗政府网站2022-1")
        self.does("plan", "file", "--table", "joint", "--authority", "领导小组办公室", by=CLERK)
        receipt = ("--number", "NM-2022-01", "--file", self.paper("回执.pdf"))
        self.does("platform", "receipt", "--plan", "plan-2022", *receipt, by=CLERK)

    def amended(self) -> None:
        """四(一)2: a change of the plan is approved, and published again."""
        *others, meters = ROWS.rows
        later = ("2022年6月-11月" if cell == "2022年6月-10月" else cell for cell in meters)
        changed = self.sheet("计划调整.xlsx", Table(PLAN, HEADER, (*others, tuple(later))))
        self.does("plan", "amend", changed, "--reason", "汛期推迟", "--yes", by=CLERK)
        self.confirm()
        self.published("--address", "旗政府网站2022-2")
        self.does("platform", "receipt", "--plan", "plan-2022", "--number", "NM-2022-03", by=CLERK)

    def by_the_platform(self) -> None:
        """Way (b): the list is frozen here, the platform draws of it, its export is read with a map of one's
        own; a first export has an enterprise that was not in the list."""
        self.does("draw", "freeze", "--task", "zhiliang", "--elsewhere", "--yes", by=CLERK)
        pool = self.folder / "待抽名单.xlsx"
        self.does("platform", "export", pool, "--what", "pool", "--draw", "zhiliang-d1", by=CLERK)
        own = self.folder / "列对照表.toml"
        self.does("map", "write", "neimenggu", own)
        own.write_text(own.read_text("utf-8").replace("检查对象名称", "对象全称"), "utf-8")
        self.given = [row[2].value for row in openpyxl.load_workbook(pool).worksheets[0].iter_rows(min_row=2)]
        self.took = [*self.given[3:6], *self.given[-2:]]
        receive = ("draw", "receive", "--map", own, "--yes")
        wrong = self.exported("导出1.xlsx", [*self.took, STRANGER])
        self.faults = self.refuses("E-IMPORT-FAULTS", *receive, wrong, by=CLERK)
        self.does(*receive, self.exported("导出2.xlsx", self.took), by=CLERK)
        self.confirm()

    def exported(self, name: str, drawn: list[str]) -> Path:
        """What the platform writes of a draw of its own."""
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        sheet.append(EXPORT)
        for place, subject in enumerate(drawn, 1):
            sheet.append((place, "", subject, "检查员scj-01", "检查员scj-04"))
        book.save(self.folder / name)
        return self.folder / name

    def noticed(self, draw: str, sent: str, day: str, *subjects: str) -> None:
        """四(三): told once, ahead of the visit, what is inspected, when, and what is to be ready."""
        self.on(sent)
        ready = ("--material", "食品经营许可证", "--material", "进货台账")
        whom = subjects or ("--all",)
        self.does("inspect", "notice", *whom, "--draw", draw, "--day", day, *ready, by=CLERK)

    def on_paper(self, department: str, draw: str) -> None:
        """A department hands its results in on paper; the office records them, a second person confirms."""
        paper = ("--scan", self.paper(f"{department}结果.pdf"), "--names", f"检查员{department}-01")
        whose = ("--all", "--draw", draw, "--department", department)
        self.does("inspect", "result", *whose, "--result", "未发现问题", *paper, by=CLERK)
        self.confirm()

    def canteens(self) -> None:
        """四(四): every department enters what it found: one by a key of its own, one on paper."""
        self.noticed("shitang-d1", "2022-06-13", "2022-06-20")
        self.kitchen = self.drawn("shitang-d1")[0][0]
        typed = {"检查结果代码": "09", "有问题的事项": "item-2=检查,责改,超范围使用添加剂"}
        self.results("shitang-d1", "2022-06-20", {self.kitchen: typed})
        visits = self.visits("shitang-d1")
        self.has_key(SCHOOLS_OFFICE, "冯示范", "jtj", "经办人")
        self.refuses("result.department", *ENTER, "--department", "wjw", by=SCHOOLS_OFFICE)
        self.does(*ENTER, "--result", "01", by=SCHOOLS_OFFICE)
        self.lacking = self.json("todo")
        self.on_paper("wjw", "shitang-d1")
        self.on("2022-06-22")
        police = ("--kind", "涉嫌犯罪移送", "--to", "旗公安局", "--receipt", "两法衔接2022-7")
        referral = self.json("followup", "record", visits[self.kitchen], *police, by=CLERK)["followup"]
        self.does("followup", "close", referral, "--reason", "公安机关已受理", by=CLERK)

    def products(self) -> None:
        """One project was not told ahead. The results were first registered as published where they were
        not: withdrawn, and registered rightly."""
        self.published_all("shitang-d1", "2022-07-15", "公示2022-1")
        *told, self.untold = [subject for subject, _team in self.drawn("zhiliang-d1")]
        self.noticed("zhiliang-d1", "2022-07-18", "2022-07-25", *told)
        self.results("zhiliang-d1", "2022-07-25")
        self.published_all("zhiliang-d1", "2022-08-05", "公示2022-2")
        self.withdrawn = self.visits("zhiliang-d1")[self.untold]
        entry = self.json("log", "list", "--type", "result.published")["entries"][-1]["seq"]
        self.does("void", entry, "--reason", "该条未在公示系统公示", "--yes", by=CLERK)
        self.confirm()
        self.open = self.json("result", "list", "--draw", "zhiliang-d1")["results"]
        self.published_all("zhiliang-d1", "2022-08-08", "公示2022-3")

    def meters(self) -> None:
        self.noticed("gongshui-d1", "2022-11-07", "2022-11-10")
        self.results("gongshui-d1", "2022-11-10")
        self.on_paper("swj", "gongshui-d1")
        self.published_all("gongshui-d1", "2022-11-30", "公示2022-4")
        for draw in ("zhiliang-d1", "gongshui-d1"):
            self.does("platform", "receipt", "--draw", draw, "--number", f"NM-{draw}", by=CLERK)

    def the_end(self) -> None:
        self.on("2022-12-30")
        self.filed_away("zhiliang", "shitang", "gongshui")
        self.carried = self.closed(2022)


@pytest.fixture(scope="module")
def year(played: Played) -> Naiman:
    made: Naiman = played(Naiman)
    return made


def test_a_department_of_the_leading_group_is_not_one_of_the_joint_meeting(year: Naiman) -> None:
    assert year.remarked == [("should", "3", "partner-stranger")]


def test_the_year_passes_with_these_findings_and_no_others(report: Report) -> None:
    assert report.verdict is Verdict.PASS
    assert findings(report) == {"warn notice.before-visit": 1}


def test_products_and_projects_are_drawn_under_ids_of_the_offices_own(year: Naiman) -> None:
    drawn = [subject for subject, _team in year.drawn("zhiliang-d1")]
    assert all(re.fullmatch(r"P-[0-9A-F]{8}", subject) for subject in drawn)
    strata = year.json("draw", "show", "zhiliang-d1")["strata"]
    assert [(s["id"], s["n"], s["k"]) for s in strata] == [("chanpin", 30, 3), ("xiangmu", 20, 2)]


def test_what_the_platform_drew_is_held_against_the_list_frozen_here(year: Naiman, report: Report) -> None:
    assert "对象全称 列" in year.faults
    assert STRANGER in year.faults
    shown = year.does("draw", "show", "zhiliang-d1")
    assert "由外部平台从这份名单抽取" in shown
    assert all(name in shown for name in year.took)
    assert [(o.draw, o.state) for o in report.outcomes if not o.parties] == [
        ("zhiliang-d1", DrawState.ELSEWHERE)
    ]
    assert report.elsewhere == 1


def test_three_departments_send_exactly_as_many_as_was_said(year: Naiman) -> None:
    sent = [[officer.split("-")[0] for officer in team] for _subject, team in year.drawn("shitang-d1")]
    assert sent == [["scj", "scj", "jtj", "wjw"]] * 3


def test_an_amendment_moves_the_task_after_it_and_no_draw_before_it(year: Naiman) -> None:
    assert year.before == year.json("draw", "show", "shitang-d1")["drawn"]
    windows = {row["task"]: row["until"] for row in year.json("task", "list")["tasks"]}
    assert (windows["shitang"], windows["gongshui"]) == ("2022-07-31", "2022-11-30")


def test_only_the_project_that_was_not_told_ahead_is_a_finding(year: Naiman, report: Report) -> None:
    assert said(report, "notice.before-visit") == [("a notice before the visit", year.untold)]


def test_every_department_has_entered_its_result(year: Naiman) -> None:
    assert "卫生健康" in str(year.lacking) or "wjw" in str(year.lacking)
    shown = year.does("inspect", "show", year.visits("shitang-d1")[year.kitchen])
    assert "发现问题待后续处理" in shown
    assert [f"{department} 的检查结果" in shown for department in ("jtj", "wjw")] == [True, True]


def test_a_publication_that_was_none_is_withdrawn_and_made(year: Naiman) -> None:
    assert [row["state"] for row in year.open].count("effective") == 1
    history = year.json("log", "list", "--type", "voided")["entries"]
    assert len(history) == 1
    assert year.json("inspect", "show", year.withdrawn)["state"] == "published"


def test_nothing_is_carried_into_the_next_year(year: Naiman) -> None:
    assert year.carried == []

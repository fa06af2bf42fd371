"""S0 平罗: a joint inspection of two departments by file, one standing group as in 附件6, a recusal on the
morning of the visit, and the list carried to the platform and compared with what that exports.

The tables are 附件3 and 附件4 of the seed, word for word; enterprises, officers and people are invented.
"""

from __future__ import annotations

from zipfile import ZipFile

import openpyxl
import pytest

from ledger.importing.registers import ITEMS, PLAN
from tests.office import made_up_code
from tests.years.after_draw import WholeYear
from tests.years.conftest import Played
from tests.years.office_year import (
    ADMIN,
    CLERK,
    SUPERVISOR,
    Machine,
    Table,
    enterprises,
    findings,
    officers,
    people,
    said,
)
from verifier.report import Report, Verdict

PARTNER = "wu-scj"
GRAIN = (
    "1.储备粮（{}成品粮和食用油）承储企业执行专仓储存、专人保管、专账记载等合规达标情况；"
    "2.库存数量账实相符情况；3.其他依法抽查内容。"
)
SAFETY = "1.企业安全储粮、安全生产工作和责任落实情况；2.库存粮食质量安全情况；3.其他依法检查内容。"
HOLDERS = "政策性储备粮（油）存储企业"
TRADERS = "政策性粮食库存承储企业、规模粮食经营企业"
PIPELINE_LAW = "《中华人民共和国石油天然气管道保护法》《中华人民共和国主席令第30号》"
GRAIN_LAW = "《粮食流通管理条例》第十七条、第二十条、第二十一条、第二十三条"
WHY_LOW = "规模粮食经营企业风险较低，且本年度另有专项检查"

ANNEX_4 = Table(
    ITEMS,
    (
        *("序号", "抽查类别", "抽查事项", "检查对象", "事项类别", "检查方式", "检查主体", "检查依据"),
        *("发起部门", "配合部门"),
    ),
    (
        (
            *(1, "企业安全生产事项检查", "油气长输管道开展安全生产检查", "对油气长输管道企业"),
            *("重点检查事项", "现场检查", "发改局", PIPELINE_LAW, "发改局", "市场监管局"),
        ),
        (
            *(2, "", GRAIN.format("原粮、"), HOLDERS, "重点检查事项", "现场检查", "发改局", GRAIN_LAW),
            *("发改局", "市场监管局"),
        ),
        (
            *(3, "", SAFETY, TRADERS, "一般检查事项", "现场检查", "发改局"),
            *("《粮食流通管理条例》第三十八条", "发改局", ""),
        ),
    ),
)
ANNEX_3 = Table(
    PLAN,
    (
        *("序号", "计划名称", "抽查任务名称", "抽查事项", "抽查\n比例", "检查对象", "抽查\n类型"),
        *("组织抽查单位", "实施检查单位", "联合检查\n参与部门", "完成时限"),
        *("抽取条件（行业标签）", "低于比例的理由"),
    ),
    (
        (
            *(1, "2023年全县油气长输管道安全隐患检查", "油气长输管道安全检查"),
            *("对油气长输管道开展安全生产检查", "50%", "油气长输管道企业", "不定向", "发改局", "发改局"),
            *("市场监管局", "2023年10月", "油气", ""),
        ),
        (
            *(2, "2023年全县成品粮库存检查"),
            "储备粮（成品粮和食用油）未实行专仓储存、专人保管、专账记载等行为的检查",
            *(GRAIN.format(""), "20%", HOLDERS, "不定向", "发改局", "发改局"),
            *("市场监管局", "2023年10月", "粮食承储", ""),
        ),
        (
            *(3, "2023年全县安全储粮、安全生产的检查", "安全储粮、安全生产的检查", SAFETY, "1%", TRADERS),
            *("不定向", "发改局", "发改局", "", "2023年10月", "粮食承储；粮食经营", WHY_LOW),
        ),
    ),
)
SUBJECTS = enterprises((8, "油气", "B"), (4, "油气", "D"), (15, "粮食承储", "B"), (40, "粮食经营", "B"))
NOT_DRAWN = made_up_code(13)
"""An enterprise of another class."""
COMPLAINED = made_up_code(7)
OFFICERS = officers(
    (3, "fgj", "发改局", "safety"), (3, "fgj", "发改局", "grain"), (4, "scj", "市场监管局", "safety")
)


class Pingluo(WholeYear):
    """The year of S0; `partner` is the computer of 市场监管局."""

    begins = "2023-04-03"

    partner: Machine

    def play(self) -> None:
        book = self.workbook(people(), ANNEX_4, SUBJECTS, OFFICERS, ANNEX_3)
        self.found("ledger.example.gov.cn/s0/2023", "示范县发展和改革局", "000000", book)
        self.lists()
        self.rules("s0", 2023)
        self.partner_joins()
        self.remarked = self.remarks()
        self.plan()
        self.on("2023-06-01")
        self.task("guandao", "1", "fgj/safety", "fgj*2", "scj*2", groups=1)
        self.task("chengpinliang", "2", "fgj/grain", "scj")
        self.task("anquan", "3", "fgj/grain", "fgj")
        self.joint_draw()
        self.ceremony("chengpinliang")
        self.ceremony("anquan")
        self.complaint()
        self.on("2023-06-20", hour=8)
        self.recusal()
        self.pipelines()
        self.grain()
        self.safety()
        self.the_end()

    def partner_joins(self) -> None:
        """市场监管局 makes a key on its own computer and hands over a file that holds nothing secret."""
        self.partner = self.elsewhere("市场监管局")
        who = ("--name", "吴示范", "--unit", "scj", "--role", "observer", "--origin", self.origin)
        enrolment = self.partner.json("key", "new", PARTNER, *who)["enrolment"]
        self.does("key", "enroll", enrolment, by=ADMIN)
        self.confirm()

    def plan(self) -> None:
        """局党组 approves on paper, a second person confirms it."""
        self.on("2023-04-20")
        self.does("plan", "submit", by=CLERK)
        minutes = ("--paper", self.paper("会议纪要.pdf"), "--names", "甲示范,乙示范", "--body", "局党组")
        self.does("plan", "approve", *minutes, by=CLERK)
        self.confirm()
        self.on("2023-05-08")
        self.published("--address", "公告2023-1")

    def by_file(self, step: str) -> None:
        """A step of the partner: a request carried there, a statement back; who comes next is told."""
        assert f"liuhen sign request {step} guandao-d1" in self.out
        request = self.json("sign", "request", step, "guandao-d1", "--to", self.folder)["request"]
        answer = self.partner.json("sign", "answer", request, "--to", self.folder, "--yes", by=PARTNER)
        told = self.does("sign", "accept", answer["statement"], by=CLERK)
        then = f"--as {CLERK} draw reveal guandao-d1" if step == "commit" else "draw run guandao-d1"
        assert then in told.splitlines()[-1]

    def joint_draw(self) -> None:
        parties = [word for party in (CLERK, SUPERVISOR, PARTNER) for word in ("--party", party)]
        self.does("draw", "freeze", "--task", "guandao", *parties, "--yes", by=CLERK)
        for step in ("commit", "reveal"):
            yes = ["--yes"] if step == "reveal" else []
            self.does("draw", step, "guandao-d1", *yes, by=CLERK)
            self.does("draw", step, "guandao-d1", *yes, by=SUPERVISOR)
            self.by_file(step)
        self.does("draw", "run", "guandao-d1", "--yes", by=CLERK)
        self.to_platform()

    def to_platform(self) -> None:
        """Way (a): the list is carried to the platform; of what it exports, one enterprise was typed wrong,
        which is mended there."""
        upload = self.folder / "上传.xlsx"
        self.does("platform", "export", upload, "--draw", "guandao-d1", by=CLERK)
        self.mistyped = self.drawn("guandao-d1")[-1][0]
        book = openpyxl.load_workbook(upload)
        for row in book.worksheets[0].iter_rows():
            for cell in row:
                if cell.value == self.mistyped:
                    cell.value = NOT_DRAWN
        book.save(self.folder / "平台导出.xlsx")
        compare = ("--draw", "guandao-d1")
        self.differs = self.json("platform", "compare", self.folder / "平台导出.xlsx", *compare, by=CLERK)
        self.agrees = self.json("platform", "compare", upload, *compare, by=CLERK)
        number = ("--number", "NX-2023-0017", "--file", self.paper("回执.pdf"))
        self.does("platform", "receipt", "--draw", "guandao-d1", *number, by=CLERK)

    def complaint(self) -> None:
        """A check outside the plan, of an enterprise that another department inspected in May."""
        self.on("2023-06-05", hour=16)
        team = ("--officer", "fgj-01", "--officer", "fgj-02", "--on", "2023-06-05", "--item", "item-1")
        ground = ("--exempt", "投诉举报", "--basis", self.paper("举报登记表.pdf"))
        self.does("inspect", "unplanned", COMPLAINED, *team, *ground, by=CLERK)

    def recusal(self) -> None:
        """On the morning of the first visit an officer of the group steps back for that enterprise; the
        inspection is made by the group with whom follows."""
        self.visited, team = self.drawn("guandao-d1")[0]
        self.left = team[1]
        where = ("--draw", "guandao-d1", "--reason", "回避")
        self.follows = self.json("recuse", self.visited, self.left, *where, by=CLERK)["substitute"]
        self.confirm()
        self.on("2023-06-20", hour=17)
        self.does(
            *("inspect", "record", self.visited, "--draw", "guandao-d1", "--on", "2023-06-20"),
            *("--at", "10:00", "--scan", self.paper("记录表.pdf"), "--yes"),
            by=CLERK,
        )
        self.confirm()

    def pipelines(self) -> None:
        """The five that are left, from one workbook: put right on the spot, ordered to be put right, a
        refused signature, nobody at the address, nothing found."""
        self.five = [subject for subject, _team in self.drawn("guandao-d1")[1:]]
        corrected, ordered, refused, gone, _fine = self.five
        typed = {
            corrected: {"检查结果代码": "02", "有问题的事项": "item-1=检查,责改,已改正,标志桩缺失一处"},
            ordered: {
                "检查结果代码": "09",
                "有问题的事项": "item-1=检查,责改,阀室未上锁",
                "检查情况": "2号阀室未上锁，巡线记录不全",
                "处理意见": "责令限期改正",
            },
            refused: {"签字情况": "拒绝签字", "未签字的原因": "负责人不认可记录", "见证人": "居委会见证示范"},
            gone: {
                "检查结果代码": "10",
                "有问题的事项": "item-1=未检查",
                "签字情况": "负责人不在场",
                "未签字的原因": "登记住所无人",
                "见证人": "物业见证示范",
            },
        }
        self.results("guandao-d1", "2023-06-21", typed)
        visits = self.visits("guandao-d1")
        self.rectified(visits[ordered], "2023-06-25", due="2023-07-20", settled="2023-07-18")
        told = ("--kind", "抄告", "--to", "县市场监督管理局", "--done", "2023-07-18")
        self.does("followup", "record", visits[gone], *told, by=CLERK)
        self.problems = self.json("followup", "list")["problems"]
        self.published_all("guandao-d1", "2023-07-19", "公示2023-1")
        self.bulletin("guandao-d1")

    def bulletin(self, draw: str) -> None:
        """一抽查一通报: printed and put on the portal."""
        printed = self.folder / f"通报-{draw}.docx"
        self.does("form", "print", "bulletin", printed, "--draw", draw, by=CLERK)
        where = ("--channel", "政府门户网站", "--file", printed)
        self.does("bulletin", "issue", "--draw", draw, *where, by=CLERK)

    def grain(self) -> None:
        """Published, then one result turns out to be a slip of the pen: corrected, and published again."""
        self.on("2023-09-12")
        self.results("chengpinliang-d1", "2023-09-12")
        self.published_all("chengpinliang-d1", "2023-09-20", "公示2023-2")
        self.bulletin("chengpinliang-d1")
        self.slip, *_others = self.visits("chengpinliang-d1").values()
        seq = self.json("inspect", "show", self.slip)["seq"]
        self.on("2023-09-25")
        self.does("correct", seq, "results", "03", "--reason", "笔误", by=CLERK)
        self.confirm()
        self.unpublished = self.json("result", "list", "--draw", "chengpinliang-d1")["results"]
        self.published_all("chengpinliang-d1", "2023-09-26", "公示2023-3")

    def safety(self) -> None:
        """A longer time is granted; the check of three days ends on 20 December, its bulletin waits."""
        ((self.last, _team),) = self.drawn("anquan-d1")
        self.on("2023-10-20")
        longer = ("--draw", "anquan-d1", "--until", "2023-12-20", "--reason", "需委托专业机构检测")
        self.does("inspect", "extend", self.last, *longer, by=CLERK)
        self.confirm()
        self.results("anquan-d1", "2023-12-18", {self.last: {"结束日期": "2023-12-20"}})
        self.provisional = self.does("result", "list", "--draw", "anquan-d1")

    def the_end(self) -> None:
        """The last result is published in the new year, on the 17th of its 20 working days."""
        self.does("platform", "receipt", "--plan", "plan-2023", "--number", "NX-2023-0001", by=CLERK)
        for draw in ("chengpinliang-d1", "anquan-d1"):
            number = f"NX-2023-{draw}"
            self.does("platform", "receipt", "--draw", draw, "--number", number, by=CLERK)
        self.filed_away("guandao", "chengpinliang")
        self.on("2023-12-29")
        self.carried = self.closed(2023)
        self.known = self.does("result", "list", "--draw", "anquan-d1")
        self.published_all("anquan-d1", "2024-01-15", "公示2024-1")
        self.bulletin("anquan-d1")
        self.filed_away("anquan")


@pytest.fixture(scope="module", params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.slow)])
def year(played: Played, request: pytest.FixtureRequest) -> Pingluo:
    store = request.getfixturevalue("cluster").url("pingluo") if request.param == "PostgreSQL" else ""
    made: Pingluo = played(Pingluo, store)
    return made


def test_the_plan_check_finds_what_the_seed_contradicts(year: Pingluo) -> None:
    assert year.remarked == [
        ("note", "", "month-only"),
        ("note", "3", "pool-small"),
        ("should", "2", "item-text"),
        ("should", "3", "merge"),
        ("should", "3", "rate-low"),
        ("should", "classes", "classes-partial"),
    ]


def test_the_year_passes_with_these_findings_and_no_others(report: Report) -> None:
    assert report.verdict is Verdict.PASS
    assert findings(report) == {
        "warn plan.item-text": 1,
        "warn policy.min-rate": 1,
        "warn platform.differs": 1,
        "warn bulletin.due": 1,
    }
    assert said(report, "policy.min-rate") == [("3/100", f"1/100; {WHY_LOW}")]
    assert ["原粮" in text for text in said(report, "plan.item-text")[0]] == [True, False]


def test_the_partner_took_part_by_file_alone(year: Pingluo, report: Report) -> None:
    parties = {outcome.draw: outcome.parties for outcome in report.outcomes}
    assert parties["guandao-d1"] == (f"{SUPERVISOR} (jijian)", f"{CLERK} (fgj)", f"{PARTNER} (scj)")
    assert report.acts.file == 2
    assert not (year.partner.folder / "台账.db").exists()
    assert not (year.folder / "keys" / f"{PARTNER}.key").exists()


def test_what_the_platform_exports_is_compared_until_it_agrees(year: Pingluo, report: Report) -> None:
    assert (year.differs["missing"], year.differs["extra"]) == ([year.mistyped], [NOT_DRAWN])
    assert (year.agrees["missing"], year.agrees["extra"], year.agrees["changed"]) == ([], [], [])
    assert said(report, "platform.differs")[0][1] == f"missing {year.mistyped}"


def test_one_group_of_five_goes_to_all_six_as_the_form_has_room_for(year: Pingluo) -> None:
    drawn = year.drawn("guandao-d1")
    others = {tuple(team) for subject, team in drawn if subject != year.visited}
    assert len(drawn) == 6
    assert [len(team) for team in others] == [5]
    shown = year.does("draw", "show", "guandao-d1")
    assert shown.count("第 1 组") == 6 + 1
    assert "第 2 组" not in shown
    year.does("draw", "record", "guandao-d1", "-o", year.folder / "记录单.docx")
    with ZipFile(year.folder / "记录单.docx") as form:
        printed = form.read("word/document.xml").decode()
    assert all(f"SF-{officer}" in printed for team in others for officer in team)


def test_who_stepped_back_that_morning_did_not_inspect_and_who_follows_did(year: Pingluo) -> None:
    teams = dict(year.drawn("guandao-d1"))
    assert year.left not in teams[year.visited]
    assert year.follows in teams[year.visited]
    assert all(year.left in team for subject, team in teams.items() if subject != year.visited)


def test_five_ends_of_a_visit_come_from_one_workbook(year: Pingluo) -> None:
    rows = [
        year.json("inspect", "show", year.visits("guandao-d1")[subject])["record"] for subject in year.five
    ]
    assert [row["results"] for row in rows] == [["02"], ["09"], ["01"], ["10"], ["01"]]
    boxes = [[box[b] for b in ("checked", "ordered", "corrected")] for row in rows for box in row["items"]]
    once = [True, False, False]
    assert boxes == [[True, True, True], [True, True, False], once, [False, False, False], once]
    assert [row["subject_signature"] for row in rows] == ["signed", "signed", "refused", "absent", "signed"]
    told = year.does("inspect", "show", year.visits("guandao-d1")[year.five[2]])
    assert "见证人：居委会见证示范" in told


def test_the_rectification_is_settled_in_time_and_what_was_put_right_on_the_spot_asks_for_none(
    year: Pingluo,
) -> None:
    visits = year.visits("guandao-d1")
    assert {row["visit"]: row["state"] for row in year.problems} == {
        visits[year.five[1]]: "closed",
        visits[year.five[3]]: "closed",
    }


def test_a_corrected_result_is_published_again_and_nothing_is_lost(year: Pingluo) -> None:
    states = {row["visit"]: row["state"] for row in year.unpublished}
    assert sorted(states.values()) == ["effective", "published", "published"]
    assert states[year.slip] == "effective"
    shown = year.does("inspect", "show", year.slip)
    assert "已更正" in shown
    assert "未发现本次抽查涉及的生产经营活动" in shown


def test_what_ended_on_20_december_is_published_in_time_on_15_january(year: Pingluo, report: Report) -> None:
    """Until the calendar of 2024 is adopted the last day is provisional; then it is the 18th."""
    assert "暂定" in year.provisional
    assert "2024-01-18" in year.known
    assert "暂定" not in year.known
    (text,) = said(report, "bulletin.due")
    assert text[1] == "anquan-d1: 2024-01-15"


def test_the_year_is_closed_with_what_is_open_carried_over(year: Pingluo) -> None:
    visit = year.visits("anquan-d1")[year.last]
    assert year.carried == ["archive anquan", f"result {visit}"]
    assert year.opened["2023 年度已结转"] is True

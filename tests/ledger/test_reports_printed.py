"""Printed reports: their numbers are those of the ledger's figures, in every report of a period the same."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.commands import closing, draw_notes, followups, notices, reports, visits
from ledger.forms import statistic, word
from ledger.forms.catalogue import FORMS, form_bytes, reported, template_bytes
from ledger.forms.counting import usual_period
from ledger.forms.form import Letter, Stamp, Wanted
from ledger.forms.source import Source
from tests.ledger.printed import Printed, document, lines, sheet, tables_grid
from tests.office import Office
from verifier import facts as f
from verifier.errors import LiuhenError
from verifier.figures import FIGURES, RATES, Period, Statistics

FIXTURES = Path(__file__).with_name("fixtures")
MARCH = Period("2026-03-01", "2026-03-23")
DAY = "2026-03-23"
STATISTICS = [form.id for form in FORMS.values() if form.tabulate]
TO, RECEIPT, FOUND = "演示县应急管理局", "两法衔接2026-0007", "部分管段未巡检"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A draw of four on 2 March with two guests, notices on the 6th, three visits on the 10th, two of them
    published; three follow-ups of the third; a meeting, a training and a joint check led by another."""
    made = Office(tmp_path_factory.mktemp("office"))
    made.ready()
    made.draw()
    guests = [draw_notes.Guest("deputies", "演示县人大", "甲某"), draw_notes.Guest("media", "融媒体中心")]
    draw_notes.attend(made.book, made.clerk, "d1", guests)
    made.clock.go("2026-03-06")
    told = notices.Notice(
        ["item-1"], "2026-03-06T09:00:00+08:00", "2026-03-10", ["营业执照", "台账"], number="通〔2026〕1号"
    )
    notices.send_notices(made.book, made.clerk, "d1", made.drawn()[:1], told)
    made.clock.go("2026-03-10")
    first, second, third = made.drawn()[:3]
    box = {"item": "item-1", "checked": True, "ordered": True, "corrected": False, "result": "无台账"}
    problem = made.visit(third, results=["09"], items=[box], findings=FOUND, opinion="限期改正")
    made.publish([made.visit(first), problem])
    made.visit(second)
    for kind, rest in (
        ("ordered", {"due": "2026-04-10"}),
        ("notified", {"to": TO}),
        ("criminal", {"to": "演示县公安局", "receipt": RECEIPT}),
    ):
        followups.record(made.book, made.clerk, problem, kind, **rest)  # type: ignore[arg-type]
    reports.record_activity(made.book, made.clerk, "meeting", "2026-03-04", "工作部署会")
    reports.record_activity(made.book, made.clerk, "training", "2026-03-05", "执法培训")
    reports.record_activity(
        *(made.book, made.clerk, "joint_elsewhere", "2026-03-09", "联合抽查方案"),
        lead="县应急管理局",
        partners=["县消防救援大队"],
        subjects=3,
        published=2,
        address="www.example.gov.cn",
    )
    return made


def printed(office: Office, form: str, day: str = DAY, **wanted: Any) -> bytes:
    return form_bytes(FORMS[form], Source.of(office.book, day), Wanted(**wanted))


def figures(office: Office) -> dict[str, int]:
    return {figure.key: figure.value for figure in Statistics(office.book.facts(), MARCH).figures()}


def listed(page: Printed) -> dict[str, str]:
    """Name → number of a statistic that lists figures."""
    rows = [[str(cell[0]) if cell else "" for cell in row] for row in page.rows]
    return {row[2]: row[3] for row in rows if row[0].isdigit()}


def test_the_empty_monthly_report_is_annex_1_cell_by_cell() -> None:
    typed = json.loads((FIXTURES / "s4_annex1.json").read_text("utf-8"))
    row = dict.fromkeys(("name", "what", "subjects", "published", "scheme"), "")
    paper = {"own": [row], "joint": [row]}
    stamp = Stamp("monthly", "", "ab" * 32, "0:" + "0f" * 32, False)
    letter = Letter({"papers": [paper], "unit": "宁晋县应急管理局"})
    page = word.render(template_bytes(FORMS["monthly"]), letter, stamp)
    assert lines(page)[:1] == typed["title"]
    assert [line.partition("：")[0] + "：" for line in lines(page)[1:3]] == typed["lines"]
    assert " ".join(lines(page)[3].replace("_", "").split()) == typed["below"]
    assert tables_grid(document(page).tables) == typed["grid"]


def test_the_monthly_report_says_what_the_ledger_counts(office: Office) -> None:
    known = figures(office)
    grid = tables_grid(document(printed(office, "monthly", period=MARCH)).tables)
    said = [[str(cell[0]) for cell in row if cell] for row in grid]
    assert said[1][2] == f"{known['meetings']}次：3月4日 工作部署会"
    assert said[2][2] == f"{known['documents']}份"
    assert said[3][2] == f"{known['trainings']}次：3月5日 执法培训"
    assert said[7] == [
        *("发改局", str(known["items"]), str(known["inspected"])),
        f"国家企业信用信息公示系统：{known['published']}户",
        "工作方案",
    ]
    assert said[-2] == [
        *("发改局", "市场监管局", str(known["inspected"])),
        f"国家企业信用信息公示系统：{known['published']}户",
        "工作方案",
    ]
    assert said[-1] == [
        *("县应急管理局", "县消防救援大队", "3"),
        "www.example.gov.cn 2户",
        "联合抽查方案",
    ]
    assert (known["inspected"], known["published"], known["joint_elsewhere"]) == (3, 2, 1)


def test_each_draw_of_a_month_has_a_row_that_counts_its_own_visits(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready()
    office.draw()
    office.task("t2")
    office.draw("d2", "t2")
    office.clock.go("2026-03-10")
    first = office.drawn()[0]
    others = [subject for subject in office.drawn("d2") if subject != first][:2]
    office.publish([office.visit(first), *(office.visit(one, "d2") for one in others)])
    grid = tables_grid(document(printed(office, "monthly", period=MARCH)).tables)
    rows = [[str(cell[0]) for cell in row if cell] for row in grid][7:10]
    assert [row[-5] for row in rows] == ["发改局", "发改局", "合 计"]
    assert [row[-3] for row in rows] == ["1", "2", "3"]
    assert [row[-2][-2:] for row in rows] == ["1户", "2户", "3户"]


def test_two_reports_of_one_period_share_at_least_ten_figures(office: Office) -> None:
    one, other = (listed(sheet(printed(office, form, period=MARCH))) for form in ("yearly", "nonmarket"))
    shared = set(one) & set(other)
    assert len(shared) >= 10
    assert {name: one[name] for name in shared} == {name: other[name] for name in shared}
    assert {one[name] for name in shared} > {"0", "1", "3"}, "not all of them are nothing"


def test_a_report_and_its_entry_in_the_ledger_state_the_same_figures(office: Office) -> None:
    stated: dict[str, int] = dict(reports.stated(office.book.facts(), MARCH))  # type: ignore[arg-type]
    names = {zh: key for key, (zh, _, _) in FIGURES.items()}
    found = listed(sheet(printed(office, "yearly", period=MARCH)))
    counts = {names[name]: int(number) for name, number in found.items() if name in names}
    assert len(counts) > 25
    assert counts == {key: stated[key] for key in counts}


def test_a_figure_is_traced_to_its_entries(office: Office) -> None:
    figure = Statistics(office.book.facts(), MARCH).figure("published")
    assert figure is not None
    number = listed(sheet(printed(office, "yearly", period=MARCH)))[figure.zh]
    entries = [office.book.entry(member.seq).body for member in figure.members]
    assert int(number) == len(entries) == 2
    assert {body.type for body in entries} == {"visit.recorded"}
    assert {body.data["subject"] for body in entries} == {office.drawn()[0], office.drawn()[2]}


def test_the_months_of_a_statistic_stand_below_each_other_with_their_sum(office: Office) -> None:
    page = sheet(printed(office, "progress", period=Period("2026-01-01", DAY)))
    rows = {str(row[0][0]): row for row in page.rows if row[0]}
    assert [name for name in rows if name.endswith("月")] == ["1月", "2月", "3月"]
    at = next(n for n, cell in enumerate(page.rows[4]) if cell and cell[0] == "检查 户次")
    assert [rows[name][at][0] for name in ("1月", "3月", "合计")] == ["0", "3", "3"]  # type: ignore[index]


def test_coverage_has_a_row_for_each_industry_of_the_register(office: Office) -> None:
    page = sheet(printed(office, "coverage", period=MARCH))
    names = [str(row[1][0]) for row in page.rows[4:] if row[1]]
    assert names == ["油气", "粮食", "合计"]


@pytest.mark.parametrize("form", STATISTICS)
def test_a_statistic_names_figures_that_exist_and_fits_its_kind_of_report(form: str) -> None:
    template = statistic.read(template_bytes(FORMS[form]))
    keys = [value.key for value in template.values]
    assert any(key in FIGURES or key in RATES for key in keys)
    assert reported(FORMS[form]) == template.period


def own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "统计.toml"
    path.write_text(text, "utf-8")
    return path


def test_an_office_may_change_a_statistic(office: Office, tmp_path: Path) -> None:
    """Title, rows and columns are what the template says."""
    path = own(
        tmp_path,
        'title = "{area}双随机简表"\nperiod = "month"\nrows = "draws"\n'
        'columns = [{ value = "task", width = 30 }, { title = "检查数", value = "visits" },'
        ' { value = "published_rate" }]',
    )
    wanted = Wanted(period=MARCH)
    page = sheet(form_bytes(FORMS["progress"], Source.of(office.book, DAY), wanted, path))
    assert page.texts()[0] == "演示县双随机简表"
    assert page.texts()[3:6] == ["抽查任务 检查数 公示率", "管道安全检查 3 66.6%", "合计 3 66.6%"]


GOOD = 'title = "表"\nperiod = "year"\nrows = "office"\ncolumns = [{ value = "visits" }]'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("title = ", id="no TOML"),
        pytest.param(GOOD.replace('title = "表"', ""), id="no title"),
        pytest.param(GOOD.replace("表", "{nobody}"), id="a title with a strange word"),
        pytest.param(GOOD.replace("year", "week"), id="a period that is not known"),
        pytest.param(GOOD.replace("office", "weeks"), id="rows that are not known"),
        pytest.param(GOOD.replace("visits", "visitors"), id="no figure"),
        pytest.param(GOOD.replace("visits", "task"), id="a word of other rows"),
        pytest.param(GOOD.replace("office", "tags"), id="a figure without groups"),
        pytest.param(GOOD.replace('{ value = "visits" }', ""), id="no column"),
        pytest.param(GOOD.replace("{ value", '{ colour = "red", value'), id="a strange key of a column"),
        pytest.param(GOOD + '\ncolour = "red"', id="a strange key"),
        pytest.param(GOOD.replace("{ value", "{ width = 900, value"), id="a column wider than the page"),
        pytest.param(GOOD.replace("columns = [", 'columns = ["x", '), id="a column that is a text"),
        pytest.param(GOOD + "\nnotes = [1]", id="a note that is a number"),
    ],
)
def test_a_broken_template_of_a_statistic_is_named(office: Office, tmp_path: Path, text: str) -> None:
    assert tomllib.loads(GOOD)
    form_bytes(FORMS["progress"], Source.of(office.book), Wanted(period=MARCH), own(tmp_path, GOOD))
    path = own(tmp_path, text)
    with pytest.raises(LiuhenError) as refused:
        form_bytes(FORMS["progress"], Source.of(office.book), Wanted(period=MARCH), path)
    assert (refused.value.code, refused.value.where) == ("E-FORM-TEMPLATE", str(path))


@pytest.mark.parametrize(
    ("kind", "day", "first", "last"),
    [
        ("month", "2026-03-23", "2026-03-01", "2026-03-23"),
        ("month", "2026-03-05", "2026-02-01", "2026-02-28"),
        ("half", "2026-07-01", "2026-01-01", "2026-06-30"),
        ("half", "2027-01-01", "2026-07-01", "2026-12-31"),
        ("half", "2026-09-30", "2026-07-01", "2026-09-30"),
        ("year", "2027-01-15", "2026-01-01", "2026-12-31"),
        ("year", "2026-12-20", "2026-01-01", "2026-12-20"),
    ],
)
def test_a_report_is_of_the_period_that_has_just_ended_else_the_running_one(
    kind: str, day: str, first: str, last: str
) -> None:
    assert usual_period(kind, day) == Period(first, last)


PRIVATE = {"order": FOUND, "notified": TO, "transferred": RECEIPT}


@pytest.mark.parametrize("form", PRIVATE)
def test_letters_after_a_problem_are_printed_from_openings(office: Office, form: str) -> None:
    text = "\n".join(lines(printed(office, form, draw="d1")))
    assert PRIVATE[form] in text
    assert "不得公示" in text
    assert text.count("编号：followup-") == 1, "one page for the one follow-up of its kind"


@pytest.mark.parametrize("form", PRIVATE)
def test_without_the_openings_nothing_private_can_be_printed(office: Office, form: str) -> None:
    from dataclasses import replace

    erased = replace(Source.of(office.book, DAY), open_private=lambda _: None)
    text = "\n".join(lines(form_bytes(FORMS[form], erased, Wanted(draw="d1"))))
    assert "followup-" not in text
    assert not [secret for secret in (TO, RECEIPT, FOUND) if secret in text]


def everything(content: bytes) -> str:
    grid = tables_grid(document(content).tables)
    return "\n".join([*lines(content), *(str(cell[0]) for row in grid for cell in row if cell)])


@pytest.mark.parametrize("form", ["bulletin", "one-page", "monthly"])
def test_what_may_be_published_holds_nothing_private(office: Office, form: str) -> None:
    wanted = {"period": MARCH} if form == "monthly" else {"draw": "d1"}
    text = everything(printed(office, form, **wanted))
    assert not [s for s in (TO, RECEIPT, FOUND, "限期改正", "演示县公安局", "抄告") if s in text]


def test_a_bulletin_names_only_results_that_are_published(office: Office) -> None:
    text = everything(printed(office, "bulletin", draw="d1"))
    first, second, third, fourth = office.drawn()
    assert [code in text for code in (first, second, third, fourth)] == [True, False, True, False]
    assert "抽取检查对象 4 户" in text and "已检查 3 户" in text and "已公示检查结果 2 户" in text
    assert "50.0%" in text


def test_a_bulletin_of_a_sealed_draw_is_refused(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready(sealed=True)
    office.draw()
    with pytest.raises(LiuhenError) as refused:
        printed(office, "bulletin", draw="d1")
    assert refused.value.code == "E-FORM-VEILED"


def test_the_ledger_of_problems_tells_private_things_only_when_asked(office: Office) -> None:
    plain = " ".join(sheet(printed(office, "problems", year=2026)).texts())
    full = " ".join(sheet(printed(office, "problems", year=2026, private=True)).texts())
    assert not [
        secret for secret in (TO, RECEIPT, FOUND, "抄告") if secret in plain.replace("移送（抄告）", "")
    ]
    assert all(secret in full for secret in (TO, RECEIPT, FOUND, "责令改正"))
    assert "共 3 项，已办结 0 项" in plain and "2026-04-10" in plain


def test_the_page_for_the_supervisor_counts_from_the_register_to_what_is_open(office: Office) -> None:
    grid = tables_grid(document(printed(office, "one-page", draw="d1")).tables)
    assert "未经第二人复核" in str(grid), "the clerk's own import was reviewed by nobody else"
    said = {str(row[0][0]): str(row[1][0]) for row in grid if row[0] and row[1]}
    assert said["从名录库到 待抽名单"].startswith(
        "名录库 40 户 → 不在抽查范围 20 户 → 逐户排除 0 户 → 待抽名单 20 户 → 抽中 4 户 20 户抽 4 户"
    )
    assert said["检查与公示"].startswith("抽中 4 户 → 已检查 3 户 → 已公示 2 户；未完成 2 户")
    assert "检查对象：新增 40、修改 0、移出 0" in said["封存前30日 名单变动"]
    assert said["中止的抽取"] == "无"
    assert said["可选结果数"].startswith("g = 1。")
    assert said["核验结论"].startswith("核验通过")
    assert said["未能证明 的事项"].count("·") >= 4


def test_the_page_for_the_supervisor_tells_aborted_draws_exclusions_and_g(tmp_path: Path) -> None:
    from ledger.commands import draws, plans

    office = Office(tmp_path)
    office.ready()
    excluded = next(s for _, s, _ in plans.preview(office.book.facts(), "t1", "2026-03-02")[0].frozen.pool)
    office.confirm("approver", plans.exclude(office.book, office.clerk, "t1", excluded, "moved", b"\1" * 32))
    office.freeze("d0")
    office.commits("d0")
    office.confirm("approver", draws.abort(office.book, office.clerk, "d0", "equipment"))
    office.draw()
    grid = tables_grid(document(printed(office, "one-page", draw="d1")).tables)
    said = {str(row[0][0]): str(row[1][0]) for row in grid if row[0] and row[1]}
    assert "逐户排除 1 户（已迁出 1 户） → 待抽名单 19 户" in said["从名录库到 待抽名单"]
    assert said["中止的抽取"] == "d0（设备故障）"
    assert said["可选结果数"].startswith("g = 2。")


def test_a_notice_is_printed_as_it_was_sent(office: Office) -> None:
    first, second = office.drawn()[:2]
    sent = "\n".join(lines(printed(office, "notice", draw="d1", subjects=(first,))))
    assert "编号：通〔2026〕1号" in sent and "定于2026年3月10日对" in sent
    assert "1.营业执照\n2.台账" in sent
    blank = "\n".join(lines(printed(office, "notice", draw="d1", subjects=(second,))))
    assert "定于 年 月 日 时对" in blank


def test_the_record_of_a_draw_names_who_watched(office: Office) -> None:
    text = "\n".join(lines(printed(office, "record", draw="d1")))
    assert "到场见证：甲某（演示县人大，人大代表）、（融媒体中心，新闻媒体）。" in text


def test_evidence_of_a_visit_is_listed_by_hash(office: Office) -> None:
    first = office.drawn()[0]
    visit = next(v for _, v in office.book.facts().rows(f.VISITS) if v.data["subject"] == first)
    scan = bytes.fromhex("5a" * 32)
    attached = visits.attach(office.book, office.clerk, "检测报告.pdf", scan, 10, visit.seq, "report")
    grid = tables_grid(document(printed(office, "evidence", draw="d1", subjects=(first,))).tables)
    rows = [[str(cell[0]) for cell in row if cell] for row in grid]
    told = next(row for row in rows if "检测报告.pdf" in row)
    assert told[2:] == ["专业机构报告", " ".join(["5a5a5a5a"] * 8), f"#{attached.entries[0].body.seq}"]


def test_the_state_of_the_registers_counts_what_they_lack(office: Office) -> None:
    rows = [
        [str(cell[0]) if cell else "" for cell in row] for row in sheet(printed(office, "registers")).rows
    ]
    told = {row[2]: row[3] for row in rows}
    assert (told["检查对象总数"], told["执法检查人员总数"], told["抽查事项总数"]) == ("40", "8", "2")
    lacking = sum(not r.record.get("tags") for _, r in office.book.facts().rows(f.register("subjects")))
    assert told["存续而没有行业标签"] == str(lacking)
    later = [
        [str(c[0]) if c else "" for c in row]
        for row in sheet(printed(office, "registers", "2099-01-01")).rows
    ]
    assert {row[2]: row[3] for row in later}["在岗而执法证不在有效期"] == "8"


def handed(office: Office) -> Iterator[str]:
    holders = [name for name, _ in office.book.facts().rows(f.HOLDERS)]
    yield from (next(name for name in holders if part in name) for part in ("clerk", "supervisor"))


def test_a_handover_says_tasks_and_keys(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready()
    leaving, taking = handed(office)
    written = closing.hand_over(office.book, office.admin, leaving, taking, "岗位调整", ["t1"])
    assert "岗位调整" not in everything(printed(office, "handover", year=2026)), "not yet confirmed"
    office.confirm("supervisor", written)
    text = everything(printed(office, "handover", year=2026))
    assert "岗位调整" in text and "管道安全检查" in text and "未抽取" in text
    assert "岗位调整" not in everything(printed(office, "handover", year=2025))


def test_what_a_year_leaves_open_is_listed_before_and_after_it_is_closed(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready()
    office.draw()
    office.clock.go("2026-12-30")
    office.book.ask_gap = lambda _last, _clock: True
    before = sheet(printed(office, "carried", "2026-12-30", year=2026)).texts()
    assert "年度尚未结转" in before[2]
    assert sum("抽中对象尚未检查" in text for text in before) == 1, "joined"
    office.confirm("approver", closing.close_year(office.book, office.clerk, 2026))
    after = sheet(printed(office, "carried", "2027-01-05", year=2026)).texts()
    assert "2026年12月30日结转，共 5 项" in after[2]
    assert after[3:] == before[3:]

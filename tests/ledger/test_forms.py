"""Each printed form says what its original says, in its cells, and where it comes from on every page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from ledger.forms import register_tables, word
from ledger.forms.catalogue import FORMS, form_bytes, template_bytes
from ledger.forms.form import Ask, Form, Letter, Stamp, Wanted
from ledger.forms.sheet import Column, Sheet, render
from ledger.forms.source import ERASED, Source
from ledger.forms.wording import BLANK_DAY, area_of, day_zh, months_zh, numbered
from ledger.importing.plans import read_plan
from ledger.importing.records import read_items
from tests.ledger.printed import document, lines, pages, qr_of, sheet, tables_grid, words
from tests.office import Office
from verifier import facts as f
from verifier.errors import Exit, LiuhenError
from verifier.facts import Data, Facts, MemoryFacts

FIXTURES = Path(__file__).with_name("fixtures")
HEAD = f"1234:{'0f' * 32}"


def original(name: str) -> dict[str, Any]:
    """The form as typed from the seed."""
    typed: dict[str, Any] = json.loads(FIXTURES.joinpath(f"{name}.json").read_text("utf-8"))
    return typed


def source(office: str, facts: Facts | None = None, day: str = "2023-01-13") -> Source:
    """A ledger of made-up facts whose private values are all erased."""
    ledger = f.Ledger(bytes.fromhex("ab" * 32), "x.example.gov.cn/y", office, "000000", "fgj", "")
    return Source(facts or MemoryFacts(), ledger, HEAD, False, day, lambda _: None, lambda: iter(()))


def listed(register: str, rows: list[Data]) -> MemoryFacts:
    facts = MemoryFacts()
    for number, record in enumerate(rows, 1):
        facts.put(f.register(register), str(number), f.Row(record, number))
    return facts


def grid_of(form: str, held: Source, wanted: Wanted) -> tuple[list[str], list[list[list[object] | None]]]:
    """(what stands above and below the table, the table) of a printed workbook, its title first."""
    form_ = FORMS[form]
    filled = form_.fill(held, wanted)
    assert isinstance(filled, Sheet)
    printed = sheet(form_bytes(form_, held, wanted))
    above, below = 1 + len(filled.above), len(filled.below)
    end = len(printed.rows) - below
    return printed.texts()[:above] + printed.texts()[end:], printed.rows[above:end]


S0 = "平罗县发展和改革局"
PLAN: list[Data] = [
    {
        "no": no,
        "plan_name": name,
        "task_name": task,
        "text": [text],
        "items": [f"item-{no}"],
        "p": p,
        "q": 100,
        "objects": objects,
        "draw": "undirected",
        "organiser": "发改局",
        "executor": "发改局",
        "partners": partners,
        "until": "2023-10",
    }
    for no, name, task, text, p, objects, partners in (
        (
            1,
            "2023年全县油气长输管道安全隐患检查",
            "油气长输管道安全检查",
            "对油气长输管道开展安全生产检查",
            50,
            "油气长输管道企业",
            ["市场监管局"],
        ),
        (
            2,
            "2023年全县成品粮库存检查",
            "储备粮（成品粮和食用油）未实行专仓储存、专人保管、专账记载等行为的检查",
            "1.储备粮（成品粮和食用油）承储企业执行专仓储存、专人保管、专账记载等合规达标情况；2.库存数量账实相符情况；"
            "3.其他依法抽查内容。",
            20,
            "政策性储备粮（油）存储企业",
            ["市场监管局"],
        ),
        (
            3,
            "2023年全县安全储粮、安全生产的检查",
            "安全储粮、安全生产的检查",
            "1.企业安全储粮、安全生产工作和责任落实情况；2.库存粮食质量安全情况；3.其他依法检查内容。",
            1,
            "政策性粮食库存承储企业、规模粮食经营企业",
            [],
        ),
    )
]
ITEMS: list[Data] = [
    {
        "seq": seq,
        "category": "企业安全生产事项检查",
        "text": [text],
        "objects": objects,
        "class": kind,
        "methods": ["on_site"],
        "body": "发改局",
        "basis": [basis],
        "lead": "发改局",
        "partners": partners,
        "version": "第一版",
    }
    for seq, text, objects, kind, basis, partners in (
        (
            1,
            "油气长输管道开展安全生产检查",
            "对油气长输管道企业",
            "key",
            "《中华人民共和国石油天然气管道保护法》《中华人民共和国主席令第30号》",
            ["市场监管局"],
        ),
        (
            2,
            "1.储备粮（原粮、成品粮和食用油）承储企业执行专仓储存、专人保管、专账记载等合规达标情况；2.库存数量账实相符"
            "情况；3.其他依法抽查内容。",
            "政策性储备粮（油）存储企业",
            "key",
            "《粮食流通管理条例》第十七条、第二十条、第二十一条、第二十三条",
            ["市场监管局"],
        ),
        (
            3,
            "1.企业安全储粮、安全生产工作和责任落实情况；2.库存粮食质量安全情况；3.其他依法检查内容。",
            "政策性粮食库存承储企业、规模粮食经营企业",
            "general",
            "《粮食流通管理条例》第三十八条",
            [],
        ),
    )
]
RISK = "（运用企业信用风险分级分类开展）"
_JOINT_KEYS = (
    *("kind", "no", "plan_no", "plan_name", "task_no", "task_name", "rate_text", "text"),
    *("objects", "organiser", "partners", "since", "until", "remark"),
)
JOINT: list[Data] = [
    {**PLAN[0], "draw": "directed", **dict(zip(_JOINT_KEYS, row, strict=True))}
    for row in (
        (
            *("internal", 1, "2023001", "2023年宁晋县应急管理局内部门联合抽查001", "001号"),
            *(
                "宁晋县应急管理局2023年度危化企业“双随机”内部联合抽查",
                "5%" + RISK,
                ["对危化企业安全生产的检查"],
            ),
            *("2023年直接监管危化行业", "执法监督股", ["危化监管股", "危化监察股"], "2023-05", "2023-06", ""),
        ),
        (
            *("internal", 2, "2023002", "2023年宁晋县应急管理局内部门联合抽查002", "002号"),
            *(
                "宁晋县应急管理局2023年度工贸企业“双随机”内部联合抽查",
                "5%" + RISK,
                ["对工贸企业安全生产的检查"],
            ),
            *("2023年直接监管工贸行业", "执法监督股", ["工贸监管股", "工贸监察股"], "2023-09", "2023-10", ""),
        ),
        (
            *("joint", 3, "联2023001", "2023年宁晋县部门联合抽查001", "联001"),
            *("2023年宁晋县危化行业重大危险源企业部门联合随机抽查", "10% (运用企业信用风险分级分类开展)"),
            [
                "1、人员和资质管理情况。",
                "2、工艺管理情况。",
                "3、设备设施管理情况。",
                "4、重大危险源安全管理情况。",
            ],
            *(
                "2023年直接监管危化行业企业",
                "县应急管理局",
                ["县消防救援大队"],
                "2023-05",
                "2023-07",
                "县本级开展",
            ),
        ),
    )
]


def test_the_yearly_plan_is_annex_3_cell_by_cell() -> None:
    typed = original("annex3")
    around, grid = grid_of("plan", source(S0, listed("plan.p", PLAN)), Wanted(plan="p"))
    assert around == typed["title"]
    assert grid == typed["grid"]


def test_the_item_list_is_annex_4_with_its_merged_cells() -> None:
    typed = original("annex4")
    around, grid = grid_of("items", source(S0, listed("items", ITEMS)), Wanted(year=2023))
    assert around == typed["title"]
    assert grid == typed["grid"]


@pytest.mark.parametrize(("form", "name"), [("internal-plan", "s4_annex2"), ("joint-plan", "s4_annex3")])
def test_the_joint_plans_are_those_of_s4(form: str, name: str) -> None:
    typed = original(name)
    held = source("宁晋县应急管理局", listed("plan.p", JOINT))
    around, grid = grid_of(form, held, Wanted(plan="p"))
    assert around == [*typed["title"], *typed["above"], *typed.get("below", ())]
    assert grid == typed["grid"]


def test_the_empty_record_of_a_visit_is_annex_5_cell_by_cell() -> None:
    typed = original("annex5")
    boxes = [dict.fromkeys(("checked", "ordered", "corrected"), "是□否□")] * 5
    letter = Letter({"papers": [{"day": BLANK_DAY, "boxes": boxes}]})
    stamp = Stamp("visit", "d1", "ab" * 32, HEAD, False)
    printed = word.render(template_bytes(FORMS["visit"]), letter, stamp)
    assert lines(printed) == [*typed["title"], typed["line"]]
    assert tables_grid(document(printed).tables) == typed["grid"]


def test_the_empty_summary_is_annex_7_cell_by_cell() -> None:
    typed = original("annex7")
    facts = MemoryFacts()
    facts.put(f.DRAWS, "d1", f.Draw("t1", "0" * 64, 1, "", "executed", {"strata": []}, "c"))
    around, grid = grid_of("summary", source(S0, facts), Wanted(draw="d1"))
    assert around == [*typed["title"], *typed["above"]]
    assert grid == typed["grid"]


MEMBERS = (
    ("组长", "旗人民政府", "甲一某", "副旗长、市场监督管理局局长"),
    ("副组长", "旗人民政府办公室", "乙二某", "副主任"),
    ("成员", "旗市场监督管理局", "丙三某", "副局长"),
    ("成员", "旗发展和改革委员会", "丁四某", "副主任"),
    ("成员", "旗教育体育局", "戊五某", "副局长"),
    ("办公室主任", "旗市场监督管理局", "丙三某", "副局长"),
    ("办公室成员", "旗市场监督管理局", "己六某", "信用监管股股长"),
    ("办公室成员", "旗市场监督管理局", "庚七某", "信用监管股工作人员"),
)


@pytest.mark.parametrize(
    ("form", "name", "body", "people"),
    [
        ("leading-group", "s3_annex1", "leading_group", MEMBERS),
        (
            *("joint-meeting", "s3_annex2", "joint_meeting"),
            (*MEMBERS[:4], ("成员", "旗公安局", "辛八某", "副局长")),
        ),
    ],
)
def test_the_membership_lists_are_those_of_s3(
    form: str, name: str, body: str, people: tuple[tuple[str, str, str, str], ...]
) -> None:
    typed = original(name)
    rows = [
        {"of": body, "capacity": capacity, "department": unit, "name": person, "title": title, "no": no}
        for no, (capacity, unit, person, title) in enumerate(people, 1)
    ]
    held = source("奈曼旗市场监督管理局", listed("members", rows[::-1]))
    assert lines(form_bytes(FORMS[form], held, Wanted())) == [*typed["title"], *typed["lines"]]


def test_what_is_printed_as_annex_4_is_read_back_as_it_was(tmp_path: Path) -> None:
    from datetime import date

    path = tmp_path / "清单.xlsx"
    path.write_bytes(form_bytes(FORMS["items"], source(S0, listed("items", ITEMS)), Wanted(year=2023)))
    read = read_items(path, today=date(2026, 3, 2))
    assert not read.faults
    kept = ("seq", "category", "text", "objects", "class", "methods", "body", "basis", "lead")
    assert [{key: record[key] for key in kept} for _id, record in read.records] == [
        {key: item[key] for key in kept} for item in ITEMS
    ]


@pytest.mark.parametrize(
    ("form", "rows"), [("plan", PLAN), ("internal-plan", JOINT[:2]), ("joint-plan", JOINT[2:])]
)
def test_a_printed_plan_is_read_back_as_it_was(tmp_path: Path, form: str, rows: list[Data]) -> None:
    from datetime import date

    path = tmp_path / "计划.xlsx"
    held = source("宁晋县应急管理局", listed("plan.p", rows))
    path.write_bytes(form_bytes(FORMS[form], held, Wanted(plan="p")))
    items = {row["items"][0]: {"seq": row["no"], "text": row["text"]} for row in rows}
    read = read_plan(path, today=date(2023, 1, 13), items=items)
    assert not read.faults
    kept = {"plan_name", "task_name", "plan_no", "task_no", "text", "objects", "organiser", "partners"}
    kept |= {"since", "until", "kind", "draw"}
    found = [{key: record[key] for key in kept & set(record) & set(rows[0])} for _id, record in read.records]
    assert found == [
        {key: row[key] for key in kept & set(record)} for row, record in zip(rows, found, strict=True)
    ]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A made-up office with a draw, one clean visit published, one with a problem, three still to come."""
    made = Office(tmp_path_factory.mktemp("office"))
    made.ready()
    made.draw()
    made.clock.go("2026-03-10")
    first, second = made.drawn()[:2]
    made.publish([made.visit(first)])
    problem = {"item": "item-1", "checked": True, "ordered": True, "corrected": True, "result": "标识缺失"}
    made.visit(second, results=["02"], items=[problem], findings="阀门缺标识", opinion="责令改正")
    return made


def wanted_of(form: Form) -> Wanted:
    """The least that a form needs in the made-up office."""
    given = {Ask.PLAN: {"plan": "p2026"}, Ask.DRAW: {"draw": "d1"}, Ask.YEAR: {"year": 2026}}
    values: dict[str, Any] = {}
    for ask in form.asks:
        values |= given.get(ask, {})
    return Wanted(**values)


def printed(office: Office, form: str, **changed: object) -> bytes:
    wanted = replace(wanted_of(FORMS[form]), **changed)  # type: ignore[arg-type]
    return form_bytes(FORMS[form], Source.of(office.book, "2026-03-12"), wanted)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_its_ledger_and_head_on_every_page_and_in_its_code(office: Office, form: str) -> None:
    held = Source.of(office.book, "2026-03-12")
    content = printed(office, form)
    foot = (
        sheet(content).footer
        if FORMS[form].suffix == ".xlsx"
        else "".join(document(content).sections[0].footer._element.itertext())
    )
    assert held.head in foot
    assert held.ledger.id.hex() in foot.replace(" ", "")
    code = qr_of(content).split("\n")
    named = ["liuhen:record:1"] if form == "record" else ["liuhen:form:1", form]
    assert code == [*named, wanted_of(FORMS[form]).of(), held.ledger.id.hex(), held.head]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_facts_give_the_same_bytes(office: Office, form: str) -> None:
    assert printed(office, form) == printed(office, form)


@pytest.mark.parametrize("form", [form.id for form in FORMS.values() if form.suffix == ".xlsx"])
def test_the_header_rows_of_a_table_repeat_on_each_page(office: Office, form: str) -> None:
    filled = FORMS[form].fill(Source.of(office.book), wanted_of(FORMS[form]))
    assert isinstance(filled, Sheet)
    first = 2 + len(filled.above)
    found = sheet(printed(office, form))
    assert found.repeated == f"${first}:${first + len(filled.header()) - 1}"
    assert found.landscape == filled.landscape
    assert "&P" in found.footer and "&N" in found.footer


def test_practice_is_marked_in_title_and_header_and_only_practice(tmp_path: Path, office: Office) -> None:
    practice = replace(Source.of(office.book), practice=True)
    table = sheet(form_bytes(FORMS["plan"], practice, Wanted(plan="p2026")))
    assert "演练" in table.header and table.texts()[0].endswith("（演练）")
    letter = document(form_bytes(FORMS["notice"], practice, Wanted(draw="d1")))
    assert letter.sections[0].header.paragraphs[0].text.startswith("演练")
    assert "演练" not in sheet(printed(office, "plan")).texts()[0]
    assert document(printed(office, "notice")).sections[0].header.paragraphs[0].text == ""


def test_the_record_of_a_visit_is_ticked_as_recorded(office: Office) -> None:
    clean, problem, open_ = (office.drawn()[n] for n in (0, 1, 2))
    ticks = tables_grid(document(printed(office, "visit", subjects=(problem,))).tables)
    assert [cell[0] for cell in ticks[6] if cell] == ["1", "管道安全检查", *["是☑否□"] * 3, "标识缺失"]
    assert [cell[0] for cell in ticks[11] if cell] == ["检查情况", "阀门缺标识"]
    assert [cell[0] for cell in ticks[14] if cell] == ["执法检查人员 （签字）：", ""], "left for ink"
    fine = tables_grid(document(printed(office, "visit", subjects=(clean,))).tables)
    assert [cell[0] for cell in fine[6] if cell][2:] == ["是☑否□", "是□否☑", "是□否☑", "未发现问题"]
    still = tables_grid(document(printed(office, "visit", subjects=(open_,))).tables)
    assert [cell[0] for cell in still[6] if cell][2:] == ["是□否□", "是□否□", "是□否□", ""]


def test_there_is_a_page_for_each_drawn_enterprise(office: Office) -> None:
    drawn = office.drawn()
    codes = [
        cell[0] for row in tables_grid(document(printed(office, "visit")).tables) for cell in row if cell
    ]
    assert [code for code in codes if code in drawn] == drawn


def test_a_private_field_whose_opening_is_gone_says_so(office: Office) -> None:
    erased = replace(Source.of(office.book), open_private=lambda _: None)
    second = office.drawn()[1]
    content = form_bytes(FORMS["visit"], erased, Wanted(draw="d1", subjects=(second,)))
    grid = tables_grid(document(content).tables)
    assert [cell[0] for cell in grid[11] if cell] == ["检查情况", ERASED]
    assert [cell[0] for cell in grid[1] if cell][-1] == "", "what was never given is empty"


def test_summary_and_ledger_say_what_was_found_and_published(office: Office) -> None:
    rows = [[cell[0] for cell in row if cell] for row in sheet(printed(office, "summary")).rows][3:]
    assert [row[0] for row in rows[:5]] == ["1", "2", "3", "4", ""]
    assert rows[0][4:6] == ["无", "2026年3月10日公示"]
    assert rows[1][4:6] == ["发现问题经责令已改正：标识缺失", ""]
    assert rows[2][4:6] == ["", ""]
    ledger = [[cell[0] for cell in row if cell] for row in sheet(printed(office, "inspections")).rows][3:]
    assert [row[7:9] for row in ledger] == [["", "未发现问题"], ["责令改正，已改正", "发现问题经责令已改正"]]


def test_a_corrected_visit_is_marked(office: Office) -> None:
    facts = MemoryFacts()
    held = Source.of(office.book, "2026-03-12")
    for table in (f.TASKS, f.DRAWS, f.FROZEN, f.TEAMS, f.VISITS, f.VISIT_OF):
        for key, row in held.facts.rows(table):
            facts.put(table, key, row)
    for key, visit in facts.rows(f.VISITS):
        facts.put(f.VISITS, key, replace(visit, corrected=True))
    corrected = replace(held, facts=facts)
    assert "已更正" in lines(form_bytes(FORMS["visit"], corrected, Wanted(draw="d1")))[1]
    assert "已更正" in " ".join(sheet(form_bytes(FORMS["summary"], corrected, Wanted(draw="d1"))).texts())


def test_a_recusal_names_who_leaves_and_the_substitute_who_follows(office: Office) -> None:
    third = office.drawn()[2]
    team = next(row for _, row in office.book.facts().rows(f.TEAMS, f"d1/{third}"))
    names = {name: row.record["name"] for name, row in office.book.facts().rows(f.register("officers"))}
    leaving = team.seats[1]
    asked = {"subjects": (third,), "officer": leaving}
    recusal = tables_grid(document(printed(office, "recusal", **asked)).tables)
    assert [cell[0] for cell in recusal[2] if cell][:2] == ["回避人员", names[leaving]]
    assert all(row[1:] == [["", 3, 1], None, None] for row in recusal[7:9]), "opinions are for ink"
    substitution = tables_grid(document(printed(office, "substitution", **asked)).tables)
    follows = [cell[0] for cell in substitution[6] if cell][1]
    assert follows in set(names.values()) - {names[o] for o in team.seats}
    assert [cell[0] for cell in substitution[5] if cell][1].startswith(f"（1）{follows}")


def test_lists_of_people_print_no_private_field(office: Office) -> None:
    secret: Data = {"$c": b"\1" * 32}
    rows: list[Data] = [
        {
            "name": "甲某",
            "department": "fgj",
            "qualifications": [],
            "certificate": "Z1",
            "valid_to": "2028-12-31",
            "status": "active",
            "id_number": secret,
            "telephone": secret,
            "sex": secret,
        }
    ]
    opened = replace(source(S0, listed("officers", rows)), open_private=lambda _: (b"", "私密"))
    assert "私密" not in " ".join(sheet(form_bytes(FORMS["officers"], opened, Wanted())).texts())
    shown = sheet(form_bytes(FORMS["officers"], opened, Wanted(private=True))).texts()
    assert " ".join(shown).count("私密") == 1, "性别 alone"


def own_template(tmp_path: Path, form: str, text: str) -> Path:
    path = tmp_path / "own.docx"
    path.write_bytes(template_bytes(FORMS[form]))
    edited = Document(str(path))
    edited.add_paragraph(text)
    edited.save(str(path))
    return path


def test_an_office_may_edit_the_template_of_a_letter(tmp_path: Path, office: Office) -> None:
    own = own_template(tmp_path, "filing", "抄送：{{ unit }}档案室")
    content = form_bytes(FORMS["filing"], Source.of(office.book), Wanted(draw="d1"), own)
    assert lines(content)[-1] == "抄送：演示县发展和改革局档案室"


@pytest.mark.parametrize(
    "text", ["{{ unit ", "{% for x in y %}", "{{ ''.__class__.__mro__ }}", "{{ 1 + unit }}"]
)
def test_a_broken_template_is_named(tmp_path: Path, office: Office, text: str) -> None:
    own = own_template(tmp_path, "filing", text)
    with pytest.raises(LiuhenError) as refused:
        form_bytes(FORMS["filing"], Source.of(office.book), Wanted(draw="d1"), own)
    assert refused.value.code == "E-FORM-TEMPLATE"
    assert refused.value.where == str(own)


def test_a_table_has_no_template() -> None:
    with pytest.raises(LiuhenError) as refused:
        template_bytes(FORMS["plan"])
    assert (refused.value.code, refused.value.exit) == ("E-FORM-NO-TEMPLATE", Exit.USAGE)


@pytest.mark.parametrize("name", ["=1+1", "<w:p/>", "A&B", "{{ x }}", "@SUM(A1)", "&P&N"])
def test_a_name_is_text_whatever_it_looks_like(name: str) -> None:
    rows: list[Data] = [
        {
            "text": [name],
            "body": name,
            "reason": name,
            "reported_to": name,
        }
    ]
    held = source(name, listed("unsuitable", rows))
    grid = tables_grid(document(form_bytes(FORMS["unsuitable"], held, Wanted())).tables)
    assert grid[1] == [["1", 1, 1], [name, 1, 1], [name, 1, 1], [name, 1, 1]]
    plan = listed("plan.p", [{**PLAN[0], "objects": name}])
    assert grid_of("plan", source(name, plan), Wanted(plan="p"))[1][1][5] == [name, 1, 1]


def test_a_footer_that_excel_would_not_take_loses_its_first_line() -> None:
    table = Sheet("表", (Column("甲", 10),), [["乙"]])
    footer = ["表" * 200, "留痕台账 " + "ab" * 32, f"台账指纹 {HEAD}"]
    found = sheet(render(table, footer=footer, qr="x", practice=False))
    assert HEAD in found.footer
    assert "表表" not in found.footer


@pytest.mark.parametrize(
    ("since", "until", "year", "said"),
    [
        ("2023-05", "2023-06", 2023, "5月-6月"),
        ("2023-05", "2023-05", 2023, "5月"),
        ("", "2023-10", 2023, "10月"),
        ("2023-05", "2023-07", 0, "2023年5月至7月"),
        ("2022-12", "2023-02", 0, "2022年12月至2023年2月"),
        ("2022-12", "2023-02", 2023, "2022年12月至2023年2月"),
        ("", "2023-10", 0, "2023年10月"),
    ],
)
def test_periods_are_written_as_the_seeds_write_them(since: str, until: str, year: int, said: str) -> None:
    assert months_zh(since, until, year) == said


def test_days_lines_and_counties_are_written_as_people_do() -> None:
    assert (day_zh("2026-03-02T09:00:00+08:00"), day_zh("")) == ("2026年3月2日", "")
    assert (numbered(["甲"]), numbered(["甲", "乙"])) == ("甲", "1.甲\n2.乙")
    assert numbered(["1.甲", "2.乙"]) == "1.甲\n2.乙"
    offices = ("演示县发展和改革局", "奈曼旗市场监督管理局", "宁安市司法局", "某某局")
    assert [area_of(office) for office in offices] == ["演示县", "奈曼旗", "宁安市", "某某局"]


def test_a_ledger_without_an_entry_prints_nothing(tmp_path: Path) -> None:
    from ledger.book import Book

    with (
        Book.create(tmp_path / "ledger.db", "x.example.gov.cn/y") as book,
        pytest.raises(LiuhenError) as refused,
    ):
        Source.of(book)
    assert refused.value.code == "E-FORM-EMPTY"


@pytest.mark.parametrize("form", ["visit", "summary", "filing", "notice", "substitution"])
def test_a_sealed_draw_whose_openings_are_elsewhere_is_not_printed_as_empty(form: str) -> None:
    facts = MemoryFacts()
    draw = f.Draw("t1", "0" * 64, 1, "", "executed", {"strata": [], "sealed": True}, "c")
    facts.put(f.DRAWS, "d1", replace(draw, sealed_outcome=b"\1" * 32))
    with pytest.raises(LiuhenError) as refused:
        form_bytes(FORMS[form], source(S0, facts), Wanted(draw="d1"))
    assert refused.value.code == "E-RECORD-SEALED"


@pytest.mark.slow
@pytest.mark.parametrize(("form", "repeated"), [("subjects", "统一社会信用代码"), ("checklist", "检查依据")])
def test_a_form_prints_on_numbered_pages_that_say_their_head(
    office: Office, form: str, repeated: str, tmp_path: Path
) -> None:
    held = Source.of(office.book, "2026-03-12")
    found = pages(printed(office, form), FORMS[form].suffix, tmp_path)
    assert len(found) >= 2
    for number, page in enumerate(found, 1):
        assert f"第{number}页共{len(found)}页" in "".join(page.split())
        assert held.head in page
        assert repeated in page, "headers repeat"


def test_the_item_list_names_no_version_where_they_differ() -> None:
    held = source(S0, listed("items", [ITEMS[0], {**ITEMS[1], "version": "第二版"}]))
    assert words(register_tables.items(held, Wanted(year=2023)).title).endswith("事项清单")

"""Forms at the counter: listed, printed from the ledger, their templates taken, edited and used."""

from __future__ import annotations

import hashlib

import pytest
from docx import Document

from ledger.forms.catalogue import FORMS
from tests.cli.clerk import Clerk
from tests.cli.room import Room, room
from tests.ledger.printed import document, lines, sheet

__all__ = ["Room", "room"]


@pytest.fixture
def drawn(room: Room, monkeypatch: pytest.MonkeyPatch) -> Room:
    """The room after the draw; its people read Chinese."""
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    room.draw_it()
    return room


def test_the_list_names_every_form_and_what_it_asks(clerk: Clerk) -> None:
    said = clerk.does("form", "list")
    for form in FORMS.values():
        assert form.title in said
    data = clerk.json("form", "list")["forms"]
    assert {row["form"]: row["asks"] for row in data}["recusal"] == ["draw", "subjects", "officer"]


def test_a_form_is_printed_by_its_title_with_what_can_only_be_meant(drawn: Room) -> None:
    assert "年度双随机抽查工作计划-p2026.xlsx" in drawn.does("表格", "打印", "年度双随机抽查工作计划")
    titles = sheet((drawn.folder / "年度双随机抽查工作计划-p2026.xlsx").read_bytes()).texts()
    assert titles[0] == "2026年演示县发展和改革局双随机抽查工作计划"
    drawn.does("form", "print", "备案", "备案.docx")
    assert lines((drawn.folder / "备案.docx").read_bytes())[0] == "“双随机、一公开”抽取结果备案表"


@pytest.mark.parametrize("form", FORMS)
def test_every_form_prints_for_an_office_that_drew(drawn: Room, form: str) -> None:
    target = drawn.folder / f"out{FORMS[form].suffix}"
    told = drawn.json("form", "print", form, target)
    assert told["form"] == form
    assert told["head"].partition(":")[0] == str(drawn.size())
    assert target.stat().st_size > 1000


def test_a_form_is_not_put_in_place_of_a_file_without_a_yes(clerk: Clerk) -> None:
    clerk.lists()
    target = clerk.folder / "库.xlsx"
    clerk.does("form", "print", "subjects", target)
    before = target.read_bytes()
    assert clerk.run("form", "print", "officers", target) == 8
    assert target.read_bytes() == before
    clerk.does("form", "print", "officers", target, "--yes")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param(("print", "没有的表"), 9, id="a form that does not exist"),
        pytest.param(("print", "计划"), 9, id="a name that fits several"),
        pytest.param(("print", "items", "--draw", "t1-d1"), 2, id="an option that the form does not take"),
        pytest.param(("print", "items", "--template", "x.docx"), 2, id="a template for a table"),
        pytest.param(("print", "filing"), 9, id="a draw that is not there"),
        pytest.param(("template", "items"), 2, id="the template of a table"),
    ],
)
def test_what_cannot_be_printed_is_said(clerk: Clerk, words: tuple[str, ...], code: int) -> None:
    assert clerk.run("form", *words) == code
    assert clerk.err


def test_a_template_is_taken_edited_and_used_until_it_is_deleted(drawn: Room) -> None:
    out = drawn.folder / "通知.docx"
    drawn.does("form", "template", "notice")
    own = drawn.folder / "表格模板" / "检查通知书.docx"
    edited = Document(str(own))
    edited.add_paragraph("本单位自定的一行")
    edited.save(str(own))
    assert "本单位模板" in drawn.does("form", "print", "notice", out)
    assert lines(out.read_bytes())[-1] == "本单位自定的一行"
    own.unlink()
    drawn.does("form", "print", "notice", out, "--yes")
    assert "本单位自定的一行" not in lines(out.read_bytes())


def test_a_paper_of_one_enterprise_is_asked_for_by_its_code(drawn: Room) -> None:
    subject = drawn.drawn()[0].subject
    out = drawn.folder / "检查表.docx"
    drawn.does("form", "print", "checklist", out, "--subject", subject)
    assert len([p for p in document(out.read_bytes()).paragraphs if "执法检查表" in p.text]) == 1


def test_figures_are_printed_for_the_days_typed_or_the_usual_ones(drawn: Room) -> None:
    drawn.does("form", "print", "monthly", "--from", "2026-03-01", "--until", "2026-03-20")
    (path,) = drawn.folder.glob("监管工作月报表-2026-03-01-2026-03-20.docx")
    assert "统计期间：2026年3月1日至3月20日" in "".join(lines(path.read_bytes()))
    drawn.does("form", "print", "progress", "进展.xlsx", "--until", "2026-06-30")
    assert sheet((drawn.folder / "进展.xlsx").read_bytes()).texts()[2] == "统计期间：2026年1月1日至6月30日"
    assert drawn.run("form", "print", "monthly", "--from", "2026-03-20", "--until", "2026-03-01") == 2


def test_the_template_of_a_statistic_is_edited_as_text_and_used(drawn: Room) -> None:
    drawn.does("form", "template", "progress")
    own = drawn.folder / "表格模板" / "随机抽查工作进展情况统计表.toml"
    own.write_text(own.read_text("utf-8").replace("进展情况统计表", "进展情况简表"), "utf-8")
    drawn.does("form", "print", "progress", "进展.xlsx")
    assert sheet((drawn.folder / "进展.xlsx").read_bytes()).texts()[0].endswith("进展情况简表")
    own.write_text("rows = 1", "utf-8")
    assert drawn.run("form", "print", "progress", "进展.xlsx", "--yes") != 0
    assert str(own) in drawn.err


def test_a_report_is_printed_and_registered_in_one_step(drawn: Room) -> None:
    """The file that is registered is the form, and its figures are those of the entry."""
    told = drawn.json("report", "issue", "monthly", "--until", "2026-03-02", "--to", "执法监督股")
    (path,) = drawn.folder.glob("监管工作月报表-2026-03-01-2026-03-02.docx")
    entry = drawn.json("log", "show", str(drawn.size() - 1))
    assert told["from"] == "2026-03-01"
    assert hashlib.sha256(path.read_bytes()).hexdigest() in str(entry)
    assert drawn.run("report", "issue", "other", "--from", "2026-03-01", "--until", "2026-03-02") == 2


@pytest.mark.parametrize(
    ("form", "noun"), [("subjects", "subject"), ("items", "item")], ids=["subjects", "items"]
)
def test_what_is_printed_is_imported_back_and_changes_nothing(drawn: Room, form: str, noun: str) -> None:
    before = drawn.size()
    drawn.does("form", "print", form, "库.xlsx")
    assert "没有变化" in drawn.does(noun, "import", "库.xlsx")
    assert drawn.size() == before

"""The 附件6 record says what the seed's form says, in its cells, and carries its origin on every page."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as DocumentObject

from ledger.forms import record_template
from ledger.forms.record import (
    TEMPLATE,
    DrawRecord,
    Member,
    Officer,
    Reserve,
    Subject,
    TeamRow,
    render_record,
    write_record,
)
from tests.ledger.printed import document, lines, pages, qr_of, scanned, tables_grid, words
from verifier.errors import Exit, LiuhenError

FORM = json.loads(Path(__file__).with_name("fixtures").joinpath("annex6.json").read_text("utf-8"))
EMPTY = DrawRecord("", "", (), (), "D-2026-01", "ab12" * 16, f"1234:{'0f' * 32}")


def drawn(subjects: int) -> DrawRecord:
    teams = tuple(
        TeamRow(
            f"示例企业{n:02d}有限公司",
            f"CODE{n:04d}",
            (
                Member(1, "组长", "甲某", "市场监管局", "Z0001"),
                Member(2, "组员", "乙某", "发改局", "Z0002"),
            ),
            (Reserve("市场监管局", ("丙某", "丁某")), Reserve("发改局", ())),
        )
        for n in range(1, subjects + 1)
    )
    return replace(
        EMPTY,
        unit="示例县发改局",
        date="2026年 6月 1日",
        officers=(Officer("甲某", "Z0001"), Officer("乙某", "Z0002")),
        subjects=tuple(
            Subject(f"示例企业{n:02d}有限公司", f"示例县工业园区{n}号") for n in range(1, subjects + 1)
        ),
        teams=teams,
    )


def opened(record: DrawRecord) -> DocumentObject:
    return document(render_record(record))


def test_the_empty_form_is_the_form_of_the_seed_cell_by_cell() -> None:
    content = render_record(EMPTY)
    assert lines(content) == [*FORM["title"], FORM["line"]]
    assert tables_grid(document(content).tables) == FORM["grid"]


def test_what_was_drawn_stands_in_its_cells_and_the_left_cell_grows_with_it() -> None:
    record = opened(drawn(24))
    officers, subjects = (tables_grid([table]) for table in record.tables[:2])
    assert [row[1:] for row in officers[1:3]] == [
        [["1", 1, 1], ["甲某", 1, 1], ["Z0001", 1, 1]],
        [["2", 1, 1], ["乙某", 1, 1], ["Z0002", 1, 1]],
    ]
    assert len(officers) == 6, "five lines even when two officers were drawn"
    assert subjects[0][0] == ["现场检查“摇号”产生检查对象名称及地址", 1, 25]
    assert subjects[24][1:] == [["24", 1, 1], ["示例企业24有限公司", 1, 1], ["示例县工业园区24号", 1, 1]]
    assert words(record.paragraphs[2].text) == "抽查单位：示例县发改局 实施时间：2026年 6月 1日"


def test_opinion_and_signature_cells_are_left_for_ink() -> None:
    opinion, signatures = tables_grid([opened(drawn(24)).tables[2]])
    assert opinion == [["实施抽查 单位意见", 1, 1], ["", 3, 1], None, None]
    assert [signatures[1], signatures[3]] == [["", 1, 1], ["", 1, 1]]


def test_the_annex_names_the_team_of_each_enterprise_and_who_would_follow() -> None:
    team = tables_grid([opened(drawn(2)).tables[3]])[1:4]
    assert team[0] == [
        ["1", 1, 3],
        ["示例企业01有限公司 CODE0001", 1, 3],
        ["1", 1, 1],
        ["组长", 1, 1],
        ["甲某", 1, 1],
        ["市场监管局", 1, 1],
        ["Z0001", 1, 1],
    ]
    assert team[1][3:5] == [["组员", 1, 1], ["乙某", 1, 1]]
    assert team[2][2:] == [
        ["递补顺序", 2, 1],
        None,
        ["市场监管局：（1）丙某 （2）丁某 发改局：无", 3, 1],
        None,
        None,
    ]


def test_without_teams_there_is_no_annex() -> None:
    assert len(opened(EMPTY).tables) == 3


def test_rows_stay_whole_and_header_rows_repeat() -> None:
    for table in opened(drawn(24)).tables[:2]:
        rows = [row._tr for row in table.rows]
        assert all(row.xpath("w:trPr/w:cantSplit") for row in rows)
        assert [bool(row.xpath("w:trPr/w:tblHeader")) for row in rows] == [True] + [False] * (len(rows) - 1)


def test_every_page_says_its_draw_ledger_and_head_and_its_number() -> None:
    footer = opened(EMPTY).sections[0].footer
    cell = footer.tables[0].rows[0].cells[0]
    text = [words("".join(p._p.xpath(".//w:t/text()"))) for p in cell.paragraphs]
    assert text == [
        "抽取编号 D-2026-01",
        "留痕台账 " + " ".join(["ab12ab12"] * 8),
        "台账指纹 1234:" + "0f" * 32,
        "第1页共1页",
    ]
    fields = cell._tc.xpath(".//w:fldSimple/@w:instr")
    assert fields == ["PAGE", "NUMPAGES"]


def test_the_qr_code_reads_back() -> None:
    record = drawn(3)
    assert qr_of(render_record(record)) == "\n".join(
        ("liuhen:record:1", record.draw_id, record.ledger_id, record.head)
    )


def test_practice_is_marked_on_every_page_and_only_practice() -> None:
    def header(record: DrawRecord) -> str:
        return "".join(p.text for p in opened(record).sections[0].header.paragraphs)

    assert header(replace(EMPTY, practice=True)).startswith("演练")
    assert header(EMPTY) == ""


@pytest.mark.parametrize("name", ["<w:p/>", "A&B", "{{ unit }}", "{% raw %}", "=1+1", "]]>", "&amp;"])
def test_a_name_is_text_whatever_it_looks_like(name: str) -> None:
    record = replace(EMPTY, unit=name, subjects=(Subject(name, name),))
    assert tables_grid([opened(record).tables[1]])[1][2:] == [[name, 1, 1], [name, 1, 1]]


def test_every_text_names_its_east_asian_font() -> None:
    with zipfile.ZipFile(io.BytesIO(render_record(drawn(1)))) as package:
        for part in ("word/document.xml", "word/footer1.xml"):
            xml = package.read(part).decode()
            runs = [run for run in re.findall(r"<w:r>.*?</w:r>", xml, re.S) if re.search("[一-鿿]", run)]
            assert runs
            assert all('w:eastAsia="仿宋"' in run or 'w:eastAsia="黑体"' in run for run in runs), part


def test_the_same_record_gives_the_same_bytes() -> None:
    first, second = render_record(drawn(24)), render_record(drawn(24))
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {member.date_time for member in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_template_in_the_tree_is_what_its_script_builds() -> None:
    assert record_template.build() == TEMPLATE.read_bytes(), "run python -m ledger.forms.record_template"


def test_a_file_is_replaced_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    target = tmp_path / "记录单.docx"
    target.write_bytes(b"old")
    write_record(EMPTY, target)
    assert target.read_bytes() == render_record(EMPTY)
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_in_the_way_is_an_io_error_and_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "record.docx"
    target.mkdir()
    with pytest.raises(LiuhenError) as refused:
        write_record(EMPTY, target)
    assert (refused.value.code, refused.value.exit) == ("E-FORM-WRITE", Exit.DISK)
    assert list(tmp_path.iterdir()) == [target]


def own_template(tmp_path: Path, text: str) -> Path:
    edited = Document(str(TEMPLATE))
    edited.add_paragraph(text)
    path = tmp_path / "own.docx"
    edited.save(str(path))
    return path


def test_an_office_may_edit_the_template(tmp_path: Path) -> None:
    template = own_template(tmp_path, "存档一份：{{ draw_id }}")
    assert lines(render_record(EMPTY, template))[-1] == "存档一份：D-2026-01"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{{ draw_id ", id="a tag that does not close"),
        pytest.param("{% for x in y %}", id="a loop that does not end"),
        pytest.param("{{ ''.__class__.__mro__ }}", id="a reach for the interpreter"),
    ],
)
def test_a_broken_template_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(LiuhenError) as refused:
        render_record(EMPTY, own_template(tmp_path, text))
    assert refused.value.code == "E-FORM-TEMPLATE"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04"], ids=["an empty file", "half a zip"])
def test_a_template_that_is_no_document_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "own.docx"
    path.write_bytes(content)
    with pytest.raises(LiuhenError) as refused:
        render_record(EMPTY, path)
    assert refused.value.code == "E-FORM-TEMPLATE"


def test_twenty_four_enterprises_print_on_numbered_pages_under_repeated_headers(tmp_path: Path) -> None:
    found = pages(render_record(replace(drawn(24), teams=())), ".docx", tmp_path)
    assert len(found) >= 2
    for number, page in enumerate(found, 1):
        assert f"第{number}页共{len(found)}页" in re.sub(r"\s", "", page)
        assert "抽取编号" in page
        if "示例企业" in page:
            assert re.search(r"序号\s+名称\s+地址", page), f"page {number} has enterprises and no header"
    assert sum("示例企业" in page for page in found) >= 2


def test_the_longest_qr_code_can_be_read_from_paper(tmp_path: Path) -> None:
    longest = replace(EMPTY, draw_id="D" * 64, head=f"99999999:{'0f' * 32}")
    assert scanned(render_record(longest), ".docx", tmp_path, dpi=150) == [[longest.qr_text()]]

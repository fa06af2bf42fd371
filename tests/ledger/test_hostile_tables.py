"""Tables made to exhaust whoever opens them are refused quickly, and say why."""

from __future__ import annotations

import io
import random
import time
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger import policy, tomlfile
from ledger.column_maps import MapFaults, MapTable
from ledger.column_maps import parse as parse_map
from ledger.forensics.reading import NoTable, read_sheet
from ledger.forms import statistic
from ledger.importing import limits, streams, tables
from ledger.importing.faults import Kind
from ledger.importing.records import read_subjects
from ledger.importing.tables import Unreadable, read_table
from ledger.platform_tables import written
from ledger.workbook import sheets as workbook_of
from tests.ledger.sheets import SUBJECT_HEADER, TODAY, subject, write_xlsx
from verifier.errors import LiuhenError

SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
SPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
DICE = random.Random(7)
SUSPECT = Kind.SUSPECT_ARCHIVE


def sheet(rows: bytes, before: bytes = b"") -> bytes:
    return before + b"<worksheet " + SPACE + b"><sheetData>" + rows + b"</sheetData></worksheet>"


def many(one: bytes, count: int) -> bytes:
    """`count` of an element, with numbers between so that they do not pack a thousandfold."""
    return b"".join(one + (b"<n v='%x'/>" % DICE.getrandbits(64)) * (n % 20 == 0) for n in range(count))


def entity(before: bytes) -> bytes:
    row = b'<row><c t="inlineStr"><is><t>&e;</t></is></c></row>'
    return sheet(row, before + b'<!DOCTYPE a [<!ENTITY e "eeeeeeeeee">]>')


BOMBS: dict[str, tuple[dict[str, bytes], Kind]] = {
    "a row of two hundred thousand cells": (
        {SHEET: sheet(b"<row>" + many(b"<c/>", 210_000) + b"</row>")},
        SUSPECT,
    ),
    "the same under another prefix": (
        {SHEET: b"<x:worksheet xmlns:x='u'><x:row>" + many(b"<x:c/>", 210_000) + b"</x:row></x:worksheet>"},
        SUSPECT,
    ),
    "two hundred thousand formats": (
        {STYLES: b"<styleSheet>" + many(b"<xf/>", 210_000) + b"</styleSheet>"},
        SUSPECT,
    ),
    "a string of two hundred thousand runs": (
        {STRINGS: b"<sst " + SPACE + b"><si>" + many(b"<r><t>1</t></r>", 110_000) + b"</si></sst>"},
        SUSPECT,
    ),
    "a part packed a thousandfold": ({SHEET: sheet(b" " * 3_000_000)}, SUSPECT),
    "an entity": ({SHEET: entity(b"")}, SUSPECT),
    "an entity behind a long comment": ({SHEET: entity(b"<!--" + b"x" * 70_000 + b"-->")}, SUSPECT),
    "an entity in UTF-16": ({SHEET: entity(b"").decode().encode("utf-16")}, SUSPECT),
    "an entity in a part of another name": ({"xl/media/image1.png": entity(b"")}, SUSPECT),
    "three thousand parts": ({f"x{n}": b"" for n in range(3000)}, SUSPECT),
    "a column far to the right": ({SHEET: sheet(b'<row><c r="XFD1"><v>1</v></c></row>')}, Kind.TOO_WIDE),
    "a number of many digits": (
        {SHEET: sheet(b"<row><c><v>" + b"9" * 500_000 + b"</v></c></row>")},
        Kind.UNREADABLE,
    ),
    "deep XML": ({SHEET: sheet(b"<row>" + b"<c>" * 90_000 + b"</c>" * 90_000 + b"</row>")}, Kind.EMPTY),
}


def workbook(path: Path, parts: dict[str, bytes]) -> Path:
    """A list of subjects with some parts replaced."""
    write_xlsx(path, ("检查对象名录库", [SUBJECT_HEADER, subject(1)]))
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**held, **parts}.items():
            archive.writestr(name, content)
    path.write_bytes(target.getvalue())
    return path


def cost(run: Callable[[], object]) -> tuple[float, int]:
    """Seconds and bytes that a call takes."""
    tracemalloc.start()
    begun = time.monotonic()
    try:
        run()
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return time.monotonic() - begun, peak


@pytest.mark.parametrize("what", BOMBS)
def test_a_workbook_that_is_a_bomb_is_refused(what: str, tmp_path: Path) -> None:
    parts, kind = BOMBS[what]
    path = workbook(tmp_path / "bomb.xlsx", parts)

    def read() -> None:
        with pytest.raises(Unreadable) as refused:
            read_table(path)
        assert refused.value.fault.kind is kind

    seconds, memory = cost(read)
    assert seconds < 20
    assert memory < 100 << 20


@pytest.mark.parametrize("second", [SHEET, SHEET.upper(), "/" + SHEET, SHEET.replace("/", "\\")])
def test_a_workbook_that_holds_a_part_twice_is_refused(second: str, tmp_path: Path) -> None:
    """Which of them a spreadsheet program shows is not known; what is signed must be what was seen."""
    path = workbook(tmp_path / "two.xlsx", {})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(path, "a") as archive:
            part = zipfile.ZipInfo("x")
            part.filename = second
            archive.writestr(part, sheet(b"<row><c><v>1</v></c></row>"))
    with pytest.raises(Unreadable) as refused:
        read_table(path)
    assert refused.value.fault.kind is SUSPECT


ABOVE = b'<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
INDEXES = ("-1", "-2", "-3", "2", "99999999999999999999", "one", "1.0")


def shared(index: str) -> dict[str, bytes]:
    """A sheet whose second row names a string by its index in a table of two."""
    return {
        SHEET: sheet(ABOVE + b'<row r="2"><c r="A2" t="s"><v>%s</v></c></row>' % index.encode()),
        STRINGS: b"<sst " + SPACE + b"><si><t>first</t></si><si><t>last</t></si></sst>",
    }


@pytest.mark.parametrize(
    "reader", [read_table, tables.heads, streams.open_table], ids=lambda one: one.__name__
)
@pytest.mark.parametrize("index", INDEXES)
def test_a_cell_that_names_no_string_of_the_workbook_is_refused(
    index: str, reader: Callable[[Path], object], tmp_path: Path
) -> None:
    """A list would take -1 for its last string, and a spreadsheet program shows none."""
    with pytest.raises(Unreadable) as refused:
        reader(workbook(tmp_path / "strings.xlsx", shared(index)))
    assert refused.value.fault.kind is Kind.UNREADABLE


def test_a_list_of_a_past_draw_with_such_a_cell_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "strings.xlsx", shared("-1"))
    with pytest.raises(NoTable) as refused:
        read_sheet(path, ())
    assert refused.value.fault.kind is Kind.UNREADABLE


def test_a_cell_that_names_a_string_of_the_workbook_is_read(tmp_path: Path) -> None:
    """The control."""
    for index, text in (("0", "first"), ("1", "last")):
        table = read_table(workbook(tmp_path / f"{index}.xlsx", shared(index)))
        assert [row.texts for row in table.rows] == [("a",), (text,)]


def test_a_row_far_below_ends_the_reading_soon(tmp_path: Path) -> None:
    path = workbook(tmp_path / "far.xlsx", {SHEET: sheet(b'<row r="999999999999"><c><v>1</v></c></row>')})
    begun = time.monotonic()
    with pytest.raises(Unreadable) as refused:
        read_table(path)
    assert refused.value.fault.kind is Kind.TOO_LARGE
    assert time.monotonic() - begun < 20


CSVS = {
    "one line of five million cells": b"," * 5_000_000,
    "one record over many lines": b'a,"\n",' * 400_000,
    "one endless field": b"a" * 5_000_000,
    "an open quotation mark": b'"' + b"a,\n" * 2_000_000,
}


@pytest.mark.parametrize("what", CSVS)
def test_a_csv_of_one_endless_record_is_refused(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb.csv"
    path.write_bytes(CSVS[what])
    for streamed in (False, True):
        monkeypatch.setattr(streams, "STREAM_FROM", 0 if streamed else 1 << 40)

        def read() -> None:
            faults = read_subjects(path, today=TODAY).faults
            assert [f.kind for f in faults] in ([Kind.TOO_LARGE], [Kind.BROKEN_CSV])

        seconds, memory = cost(read)
        assert seconds < 20
        assert memory < 60 << 20


def test_an_honest_workbook_as_wide_and_formatted_as_offices_make_them_is_read(tmp_path: Path) -> None:
    """16,384 formatted cells in a row, 60,000 formats and a drawing of an old program are no attack."""
    blank = b"".join(b'<c r="%s1" s="1"/>' % tables.column_letter(n).encode() for n in range(16_384))
    filled = b'<row><c t="inlineStr"><is><t>x</t></is></c></row>'
    parts = {
        SHEET: sheet(b"<row>" + blank + b"</row>" + filled),
        "xl/drawings/vmlDrawing1.vml": b"<xml><br></xml>",
        "xl/media/image1.jpeg": b"\xff\xd8\xff" + DICE.randbytes(1_500_000),
    }
    assert [row.texts for row in read_table(workbook(tmp_path / "wide.xlsx", parts)).rows] == [("x",)]
    assert limits.MAX_BETWEEN > 3 * 60_000


TOMLS = {
    "a key of many parts": b"a." * 60_000 + b"a=1",
    "deep brackets": b"a=" + b"[" * 100_000,
    "deep tables": b"a=" + b"{a=" * 30_000,
    "a number of many digits": b"a=" + b"9" * 10_000,
    "a large file": b"#" * 300_000,
    "half a character": b"a='\xe7'",
}


@pytest.mark.parametrize("what", TOMLS)
def test_a_toml_file_that_is_a_bomb_is_refused(what: str) -> None:
    def read() -> None:
        with pytest.raises(LiuhenError):
            policy.parse(TOMLS[what], "policy.toml")
        with pytest.raises(MapFaults):
            parse_map(TOMLS[what], "map.toml")
        with pytest.raises(LiuhenError):
            statistic.read(TOMLS[what], "statistic.toml")

    seconds, memory = cost(read)
    assert seconds < 10
    assert memory < 100 << 20


def test_a_file_larger_than_any_policy_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes(b"#" * (5 << 20))
    assert len(tomlfile.content(path)) == tomlfile.LARGEST + 1
    with pytest.raises(LiuhenError, match="E-POLICY-TOML"):
        policy.read_policy(path)


@pytest.mark.parametrize("title", ["{office:>999999999}", "{office.__class__}", "{year!r}", "{0}", "{"])
def test_a_title_of_a_template_names_its_fields_and_nothing_else(title: str) -> None:
    told = f"title='{title}'\nperiod='month'\nrows='figures'\nfigures=[{{title='x'}}]"
    with pytest.raises(LiuhenError, match="E-FORM-TEMPLATE"):
        statistic.read(told.encode(), "statistic.toml")


FORMULAS = ("=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(1)", "\t=1")


@pytest.mark.parametrize("name", FORMULAS)
def test_what_is_exported_is_no_formula(name: str) -> None:
    columns = MapTable("Sheet", (("企业名称", "name"),), {})
    told = written(columns, [{"name": name}], as_csv=True).decode("utf-8-sig")
    assert told.splitlines()[1].lstrip('"').startswith("'")
    books = (written(columns, [{"name": name}], as_csv=False), workbook_of([("a", ("b",), [(name,)])]))
    for content in books:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert b"<f>" not in archive.read(SHEET)


def test_a_cell_that_is_a_formula_is_refused_and_text_like_one_is_text(tmp_path: Path) -> None:
    formula = subject(1, c0=("formula", "=1+1"))
    path = write_xlsx(tmp_path / "a.xlsx", ("检查对象名录库", [SUBJECT_HEADER, formula]))
    assert [fault.kind for fault in read_subjects(path, today=TODAY).faults] == [Kind.FORMULA]
    path = write_xlsx(tmp_path / "b.xlsx", ("检查对象名录库", [SUBJECT_HEADER, subject(1, c0="=1+1")]))
    assert read_subjects(path, today=TODAY).records[0][1]["name"] == "=1+1"


HIDDEN = (
    "\u202e",
    "\u202a",
    "\u2066",
    "\u2069",
    "\u200b",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\x1b",
    "\x00",
    "\x9b",
    "\xad",
)


@pytest.mark.parametrize("sign", HIDDEN, ids=[f"U+{ord(sign):04X}" for sign in HIDDEN])
def test_a_cell_with_a_hidden_character_is_refused_by_its_name(sign: str, tmp_path: Path) -> None:
    row = ",".join(str(cell) for cell in subject(1, c2=f"甲{sign}乙"))
    path = tmp_path / "a.csv"
    path.write_text(",".join(SUBJECT_HEADER) + "\n" + row + "\n", "utf-8")
    told = [fault.kind for fault in read_subjects(path, today=TODAY).faults]
    assert told == ([Kind.ENCODING] if sign == "\x00" else [Kind.INVISIBLE])

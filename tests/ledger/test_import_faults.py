"""One workbook with 25 named faults gives those 25 messages and nothing else; the catalogue is complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.importing import faults, reference
from ledger.importing.faults import Kind
from ledger.importing.records import Sheet, read_subjects
from tests.ledger.sheets import SUBJECT_HEADER, TODAY, code, subject, write_xlsx

ROOT = Path(__file__).parents[2]
BOTH = "362322198709086409"
FULL_WIDTH = code(7).translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"})
WRONG = code(1)[:17] + next(s for s in "01" if s != code(1)[17])
OTHER_ORGANISATION = code(2)[:16] + next(s for s in "01" if s != code(2)[16]) + code(2)[17]

# (name, changes of a good row, code of the message, column, value shown)
FAULTS: list[tuple[str, dict[str, object], str, str, str]] = [
    ("wrong check digit", {"c1": WRONG}, "E-IMP-033", "B", WRONG),
    ("mistyped code", {"c1": OTHER_ORGANISATION}, "E-IMP-034", "B", OTHER_ORGANISATION),
    ("code stored as a number", {"c1": 916402212281900159}, "E-IMP-021", "B", "916402212281900"),
    ("code as scientific text", {"c1": "9.16402E+17"}, "E-IMP-021", "B", "9.16402E+17"),
    ("duplicate", {"c1": code(100)}, "E-IMP-038", "B", code(100)),
    ("name missing", {"c0": ""}, "E-IMP-020", "A", ""),
    ("code missing", {"c1": ""}, "E-IMP-020", "B", ""),
    ("ID number in the code column", {"c1": BOTH}, "E-IMP-036", "B", "3623**************"),
    ("ID number in the address", {"c2": f"城关镇 {BOTH}"}, "E-IMP-037", "C", "3623**************"),
    ("formula", {"c0": ("formula", "=B2&C2")}, "E-IMP-022", "A", "=B2&C2"),
    ("error of the spreadsheet", {"c2": ("formula", "=NA()", None, "#N/A")}, "E-IMP-022", "C", "=NA()"),
    ("full-width digits", {"c1": FULL_WIDTH}, "E-IMP-070", "B", FULL_WIDTH),
    ("future date", {"c4": "2027-01-01"}, "E-IMP-027", "E", "2027-01-01"),
    ("impossible date", {"c4": "2023-02-30"}, "E-IMP-026", "E", "2023-02-30"),
    ("date as a serial number", {"c4": 42156}, "E-IMP-025", "E", "42156"),
    ("unknown tag", {"c5": "粮食经营；量贩"}, "E-IMP-040", "F", "量贩"),
    ("unknown risk class", {"c6": "E"}, "E-IMP-041", "G", "E"),
    ("unknown status", {"c7": "不详"}, "E-IMP-042", "H", "不详"),
    ("zero-width space", {"c0": "示范\u200b企业"}, "E-IMP-024", "A", "示范\N{REPLACEMENT CHARACTER}企业"),
    ("truth value", {"c2": ("boolean", True)}, "E-IMP-028", "C", "TRUE"),
    ("17 characters", {"c1": code(3)[:17]}, "E-IMP-030", "B", code(3)[:17]),
    (
        "letter O for zero",
        {"c1": code(4)[:12] + "O" + code(4)[13:]},
        "E-IMP-031",
        "B",
        code(4)[:12] + "O" + code(4)[13:],
    ),
    ("province that does not exist", {"c1": "91990221MA00000000"}, "E-IMP-032", "B", "91990221MA00000000"),
    (
        "registration number with a wrong digit",
        {"c1": "640221200099997"},
        "E-IMP-035",
        "B",
        "640221200099997",
    ),
    ("text too long", {"c0": "企" * 301}, "E-IMP-029", "A", "企" * 80 + "…"),
]


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    rows = [SUBJECT_HEADER, subject(100)]
    rows += [subject(200 + n, **changes) for n, (_, changes, *_) in enumerate(FAULTS)]
    path = write_xlsx(tmp_path_factory.mktemp("faults") / "25.xlsx", ("检查对象名录库", rows))
    return read_subjects(path, today=TODAY, known_tags={"粮食经营", "粮食承储"})


def test_there_are_25_faults_in_the_workbook() -> None:
    assert len({name for name, *_ in FAULTS}) == 25


def test_exactly_the_25_messages_come_with_row_column_and_value(sheet: Sheet) -> None:
    found = {(f.row, f.code, f.column[:1], f.value) for f in sheet.faults + sheet.warnings}
    wanted = {(n, c, column, value) for n, (_, _, c, column, value) in enumerate(FAULTS, 3)}
    found = {(r, c, k, v[:15] if c == "E-IMP-021" else v) for r, c, k, v in found}
    wanted = {(r, c, k, v[:15] if c == "E-IMP-021" else v) for r, c, k, v in wanted}
    assert found == wanted
    assert len(sheet.faults) + len(sheet.warnings) == 25
    assert sheet.rows == 26


@pytest.mark.parametrize("number", range(25), ids=[name for name, *_ in FAULTS])
def test_each_message_says_where_and_what_to_do_in_both_languages(sheet: Sheet, number: int) -> None:
    fault = next(f for f in sheet.faults + sheet.warnings if f.row == number + 3)
    header = SUBJECT_HEADER[ord(fault.column[0]) - ord("A")]
    for language in ("zh", "en"):
        message = fault.message(language)
        assert str(number + 3) in message
        assert header in message
        assert fault.value in message or not fault.value or fault.kind is Kind.PERSON_IN_TEXT
        assert "{" not in message
    assert BOTH not in fault.message("zh") + fault.message("en")


def test_the_duplicate_names_both_rows(sheet: Sheet) -> None:
    fault = next(f for f in sheet.faults if f.kind is Kind.DUPLICATE)
    assert (fault.row, fault.extra["first"]) == (7, "2")


def test_good_rows_are_read_beside_the_bad_ones(sheet: Sheet) -> None:
    assert [name for name, _ in sheet.records] == [code(100), code(7)]
    assert dict(sheet.records)[code(7)]["code_raw"] == FULL_WIDTH


def test_rows_left_out_are_not_judged(tmp_path: Path) -> None:
    rows = [SUBJECT_HEADER, subject(1), *(subject(200 + n, **f[1]) for n, f in enumerate(FAULTS))]
    path = write_xlsx(tmp_path / "25.xlsx", ("Sheet1", rows))
    result = read_subjects(path, today=TODAY, leave_out=frozenset(range(3, 28)))
    assert (result.faults, result.warnings, result.rows) == ([], [], 1)


def test_a_row_to_leave_out_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", ("Sheet1", [SUBJECT_HEADER, subject(1)]))
    warnings = read_subjects(path, today=TODAY, leave_out={9}).warnings
    assert [(w.kind, w.value) for w in warnings] == [(Kind.NO_SUCH_ROW, "9")]


def test_a_wrong_check_digit_passes_with_a_reason_and_the_reason_is_kept(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", ("Sheet1", [SUBJECT_HEADER, subject(1, c1=WRONG)]))
    assert read_subjects(path, today=TODAY, accept={WRONG: " "}).faults
    result = read_subjects(path, today=TODAY, accept={WRONG: "营业执照原件如此"})
    assert result.faults == []
    assert [w.kind for w in result.warnings] == [Kind.CODE_ACCEPTED]
    assert dict(result.records)[WRONG]["override"] == "营业执照原件如此"


def test_a_reason_does_not_let_an_id_number_with_a_wrong_code_check_pass(tmp_path: Path) -> None:
    person = "11010519491231002X"
    path = write_xlsx(tmp_path / "a.xlsx", ("Sheet1", [SUBJECT_HEADER, subject(1, c1=person)]))
    result = read_subjects(path, today=TODAY, accept={person: "确认"})
    assert [f.kind for f in result.faults] == [Kind.PERSON_IN_CODE]


def test_codes_of_the_catalogue_are_unique_and_ascending() -> None:
    numbers = [kind.code for kind in Kind]
    assert numbers == sorted(set(numbers))


def test_both_languages_of_each_message_fill_in_the_same_values() -> None:
    for kind in Kind:
        english, chinese = kind.en + kind.remedy_en, kind.zh + kind.remedy_zh
        names = [{part.partition("}")[0] for part in text.split("{")[1:]} for text in (english, chinese)]
        assert names[0] == names[1], kind


def test_the_documents_made_from_the_catalogue_are_current() -> None:
    for path, text in ((reference.MARKDOWN, reference.markdown()), (reference.CATALOGUE, reference.po())):
        assert (ROOT / path).read_text(encoding="utf-8") == text, "run python -m ledger.importing.reference ."
    assert faults.HEADERS[0][1] in reference.po()

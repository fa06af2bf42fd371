"""A large file: read row by row, kept outside of memory, written in parts — and the same as a small one."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from ledger.codes import uscc_check_character
from ledger.commands import bundles, lists
from ledger.importing import beside, kept, parts, records, runs, streams
from ledger.importing.faults import Fault, Kind
from ledger.importing.quick import Found, Quick
from ledger.importing.reading import Fields
from ledger.importing.records import Sheet, read_subjects
from ledger.importing.registers import SUBJECTS
from ledger.importing.second import Second
from ledger.importing.spill import Spill
from ledger.importing.tables import Row, Unreadable
from tests.office import Office, made_up_code
from verifier import facts as f
from verifier.bundle import open_bundle
from verifier.replay import verify_bundle
from verifier.report import Anchors, Verdict
from verifier.schema import register_shape

HEADER = ["企业名称", "统一社会信用代码", "住所", "主体类型", "成立日期", "行业标签", "登记状态", "联系电话"]
HEADER += ["法定代表人"]
TODAY = date(2026, 11, 21)
COUNT = 700


def rows(count: int = COUNT) -> list[list[str]]:
    """Made-up subjects, not in order; every ninth has spaces or full-width signs, which take the long way."""
    found = []
    for n in range(count):
        name = f"示范 {n} 号　商贸" if n % 9 == 0 else f"示范{n}号商贸有限公司"
        tags = ("粮食经营", "粮食经营；油气管道", "")[n % 3]
        address, telephone, person = f"示范县一号路{n}号", f"1390000{n:04}", "" if n % 5 == 0 else f"示{n}"
        code = made_up_code(n)
        found.append([name, code, address, "公司", "2015/6/1", tags, "存续", telephone, person])
    return found[::-1]


def write(path: Path, table: list[list[str]], encoding: str = "utf-8-sig") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([HEADER, *table])
    return path


@pytest.fixture
def small(tmp_path: Path) -> Sheet:
    """The file read as a small one."""
    return read_subjects(write(tmp_path / "a.csv", rows()), today=TODAY)


def set_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is large from now on."""
    monkeypatch.setattr(streams, "STREAM_FROM", 100)
    monkeypatch.setattr(kept, "IN_MEMORY", 90)
    monkeypatch.setattr(runs, "RUN", 37)
    monkeypatch.setattr(runs, "BLOCK", 5)
    monkeypatch.setattr(parts, "PART", 200)


@pytest.fixture
def large(small: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    set_large(monkeypatch)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030", "utf-16"])
def test_a_large_file_says_what_a_small_one_says(small: Sheet, tmp_path: Path, encoding: str) -> None:
    sheet = read_subjects(write(tmp_path / "b.csv", rows(), encoding), today=TODAY)
    assert not isinstance(sheet.records, list)
    assert list(sheet.records) == sorted(small.records)
    assert dict(sheet.private) == small.private
    assert (sheet.rows, len(sheet.records)) == (small.rows, len(small.records)) == (COUNT, COUNT)
    assert (sheet.faults, sheet.warnings, sheet.silent) == (small.faults, small.warnings, small.silent)
    if encoding == "utf-8-sig":
        assert sheet.source_sha256 == small.source_sha256


BROKEN: Mapping[str, tuple[int, int, str]] = {
    "a name that is missing": (650, 0, ""),
    "a code with a wrong check character": (5, 1, "91640221MA0000000X"),
    "a date that is none": (300, 4, "昨天"),
    "an unknown state": (301, 6, "好"),
    "an ID number in an address": (0, 2, "住11010519491231002X"),
    "an invisible character": (699, 0, "示范\u200b公司"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_faults_of_a_large_file_are_those_of_a_small_one(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = rows()
    line, column, value = BROKEN[what]
    table[line][column] = value
    path = write(tmp_path / "a.csv", table)
    expected = read_subjects(path, today=TODAY).faults
    set_large(monkeypatch)
    assert read_subjects(path, today=TODAY).faults == expected
    assert len(expected) == 1


@pytest.mark.parametrize(("first", "second"), [(0, 1), (3, 699), (80, 95), (400, 401), (600, 640)])
def test_an_id_given_twice_is_found_wherever_the_two_rows_are(
    first: int, second: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = rows()
    table[second][1] = table[first][1]
    path = write(tmp_path / "a.csv", table)
    expected = [(x.kind, x.row, x.value, dict(x.extra)) for x in read_subjects(path, today=TODAY).faults]
    set_large(monkeypatch)
    found = [(x.kind, x.row, x.value, dict(x.extra)) for x in read_subjects(path, today=TODAY).faults]
    assert found == expected
    assert [row for _, row, _, _ in found] == [second + 2]


@pytest.mark.usefixtures("large")
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", rows())
    table = streams.open_table(path)
    write(path, rows()[:-1])
    with pytest.raises(Unreadable):
        list(table.below(0))


@pytest.mark.usefixtures("large")
def test_too_many_rows_are_one_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAX_STREAMED_ROWS", 500)
    sheet = read_subjects(write(tmp_path / "a.csv", rows()), today=TODAY)
    assert [fault.code for fault in sheet.faults] == [Fault(Kind.TOO_LARGE).code]
    assert not sheet.rows


def imported(office: Office, sheet: Sheet) -> lists.Change:
    change, _ = lists.import_records(
        office.book,
        office.clerk,
        "subjects",
        sheet.records,
        private=sheet.private,
        reason="建库",
        source=sheet.source_sha256,
    )
    return change


def register(office: Office) -> dict[str, dict[str, object]]:
    """The register without the commitments of its private fields, which differ by their salts."""
    found = {}
    for name, row in office.book.facts().rows(f.register("subjects")):
        opened = {
            k: office.book.open_private(v["$c"])[1]  # type: ignore[index]
            for k, v in row.record.items()
            if isinstance(v, dict)
        }
        found[name] = {**row.record, **opened}
    return found


def test_a_large_import_is_several_in_one_transaction_and_verifies(
    small: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = Office(tmp_path / "one"), Office(tmp_path / "two")
    once = imported(one, small)
    set_large(monkeypatch)
    sheet = read_subjects(tmp_path / "a.csv", today=TODAY)
    before = two.book.store.head().size
    assert imported(two, sheet) == once
    assert register(two) == register(one)
    kinds = [entry.body.type for entry in two.book.entries()][before:]
    assert kinds.count("import.closed") == -(-COUNT // parts.PART)
    bundles.export(two.book, two.log, tmp_path / "bundle")
    with open_bundle(tmp_path / "bundle") as bundle:
        assert verify_bundle(bundle, Anchors()).verdict is Verdict.PASS
    size = two.book.store.head().size
    again = imported(two, read_subjects(tmp_path / "a.csv", today=TODAY))
    assert again.empty
    assert again.unchanged == COUNT
    assert two.book.store.head().size == size


def test_a_large_import_is_recorded_whole_or_not_at_all(
    small: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path)
    set_large(monkeypatch)
    sheet = read_subjects(tmp_path / "a.csv", today=TODAY)
    before = office.book.store.head()
    real, told = lists._import, []

    def fail_in_the_third_part(*given: object) -> object:
        told.append(given)
        if len(told) == 3:
            raise KeyboardInterrupt
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(lists, "_import", fail_in_the_third_part)
    with pytest.raises(KeyboardInterrupt):
        imported(office, sheet)
    assert office.book.store.head() == before
    assert not register(office)


def test_the_short_way_of_a_clean_row_gives_what_the_long_way_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.csv", rows())
    short = read_subjects(path, today=TODAY)
    monkeypatch.setattr(Fields, "_plain", lambda _self, _key: "")
    monkeypatch.setattr(Fields, "_remember", lambda _self, _known, _key, found: found)
    assert read_subjects(path, today=TODAY) == short


SPILLING = """
import os, signal, stat
from ledger.importing.spill import Spill, spilled
spill = Spill()
for number in range(60_000):
    spill.add(spilled(f"{number:09}", number, "id", {"name": "x" * 300}, {"phone": "1" * 300}))
spill.settle()
for held in os.listdir("/proc/self/fd"):
    path = f"/proc/self/fd/{held}"
    if os.path.lexists(path) and os.readlink(path).endswith(" (deleted)"):
        told = os.fstat(int(held))
        print(told.st_size > 1_000_000, oct(stat.S_IMODE(told.st_mode)), told.st_nlink, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
def test_private_values_that_do_not_fit_memory_leave_no_file_however_the_program_ends(tmp_path: Path) -> None:
    """The file has no name from its first byte on, and while it is open nobody else opens it."""
    place = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", SPILLING], env=place, capture_output=True, check=False)
    assert done.returncode == -9, done.stderr
    assert done.stdout.split() == [b"True", b"0o600", b"0"]
    assert list(tmp_path.iterdir()) == []


SCIENTIFIC = "9E640221000000004" + uscc_check_character("9E640221000000004")
"""A good code that a spreadsheet could have written so."""
ODD = (
    ("name", "示范 一号　商贸"),
    ("name", "示范\u200b公司"),
    ("name", "住11010519491231002X"),
    ("name", "名" * 301),
    ("code", "91640221ma0000000x"),
    ("code", "9164 0221 MA00 0000 00"),
    ("code", "11010519491231002X"),
    ("code", SCIENTIFIC),
    ("code", ""),
    ("address", '="x"'),
    ("kind", "无"),
    ("kind", "产品"),
    ("kind", "没见过的"),
    ("established", "2099-01-01"),
    ("established", "43000"),
    ("tags", "甲、乙|甲"),
    ("tags", "标" * 101),
    ("status", "好"),
    ("telephone", "1" * 201),
    ("telephone", ""),
)


@pytest.mark.parametrize("size", ["small", "large"])
def test_rows_read_a_column_at_a_time_say_what_they_say_one_by_one(
    size: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records, private values, faults and warnings, with every odd cell among plain ones."""
    keys = ("name", "code", "address", "kind", "established", "tags", "status", "telephone")
    table = rows()
    for number, (key, value) in enumerate(ODD):
        table[number * 30][keys.index(key)] = value
    table[601] = ["备注：以上为示例"]
    path = write(tmp_path / "a.csv", table)
    if size == "large":
        set_large(monkeypatch)
    quick = read_subjects(path, today=TODAY)
    monkeypatch.setattr(Quick, "read", lambda _self, given: [None] * len(given))
    slow = read_subjects(path, today=TODAY)
    assert len(slow.faults) == 14
    assert slow.warnings
    assert (quick.faults, quick.warnings, quick.rows) == (slow.faults, slow.warnings, slow.rows)
    assert list(quick.records) == list(slow.records)
    assert dict(quick.private) == dict(slow.private)


def test_most_rows_are_read_a_column_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    real = Quick.read

    def counted(self: Quick, given: Sequence[Row]) -> list[Found | None]:
        found = real(self, given)
        told.extend(found)
        return found

    monkeypatch.setattr(Quick, "read", counted)
    read_subjects(write(tmp_path / "a.csv", rows()), today=TODAY)
    assert told.count(None) == len(range(0, COUNT, 9))


def test_texts_that_a_column_allows_the_schema_allows() -> None:
    """What is read a column at a time is not asked again."""
    shape = register_shape("subjects")
    assert shape is not None
    for column in SUBJECTS.columns:
        if column.key in ("name", "address"):
            assert not shape.checks[column.key]("长" * column.limit)


def set_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large files are checked in two processes, 50 rows each in turn."""
    set_large(monkeypatch)
    monkeypatch.setattr(beside, "BESIDE_FROM", 0)
    monkeypatch.setattr(beside, "AT_ONCE", 50)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def told_by(sheet: Sheet) -> tuple[object, ...]:
    return (
        list(sheet.records),
        dict(sheet.private),
        sheet.faults,
        sheet.warnings,
        sheet.rows,
        sheet.silent,
        sheet.source_sha256,
    )


def odd_file(folder: Path) -> Path:
    """Faults, warnings, notes and an id given twice, in batches of both processes."""
    table = rows()
    for number in range(16):
        row = table[20 + number * 37]
        row[0], row[1], row[4] = (
            ("", row[1], row[4]),
            (row[0], row[1].lower(), row[4]),
            (row[0], row[1], "昨天"),
            (row[0], f"{row[1]} ", row[4]),
        )[number % 4]
    table[333] = ["备注：以上为示例"]
    table[640][1] = table[30][1]
    return write(folder / "a.csv", table)


@pytest.mark.parametrize("leave_out", [(), (22, 59, 700, 9_999)])
def test_two_processes_say_what_one_says(
    leave_out: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = odd_file(tmp_path)
    set_large(monkeypatch)
    alone = read_subjects(path, today=TODAY, leave_out=leave_out)
    assert alone.faults
    assert alone.warnings
    set_two(monkeypatch)
    used: list[object] = []
    finish = beside.Beside.finish

    def finished(self: beside.Beside, spill: Spill) -> beside.Told:
        used.append(finish(self, spill))
        return finish(self, spill)

    monkeypatch.setattr(beside.Beside, "finish", finished)
    assert told_by(read_subjects(path, today=TODAY, leave_out=leave_out)) == told_by(alone)
    assert used


@pytest.mark.parametrize("trouble", ["cannot be started", "dies"])
def test_where_the_second_process_is_missing_one_reads_all(
    trouble: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = odd_file(tmp_path)
    set_large(monkeypatch)
    alone = read_subjects(path, today=TODAY)
    set_two(monkeypatch)
    # Neither a function inside of another nor one of other arguments makes a task over there.
    recipe = (lambda *_: None) if trouble == "cannot be started" else os.getpid
    monkeypatch.setattr(records, "_task_of_subjects", recipe)
    assert told_by(read_subjects(path, today=TODAY)) == told_by(alone)


def written(folder: Path, sheet: Sheet, private: Mapping[str, Mapping[str, str]]) -> list[dict[str, object]]:
    """What the entries of a first import say, private fields opened; without the ids drawn for it."""
    folder.mkdir()
    office = Office(folder)
    before = office.book.store.head().size
    imported(office, replace(sheet, private=private))
    said = []
    for entry in islice(office.book.entries(), before, None):
        data = {key: value for key, value in entry.body.data.items() if key != "import"}
        for _, record in data.get("rows", []):
            for key, value in record.items():
                if isinstance(value, dict):
                    found = office.book.open_private(value["$c"])
                    assert found
                    record[key] = found[1]
        if private:
            data.pop("root", None)  # of other commitments
        said.append(data)
    return said


WAYS = ("one process", "two processes", "two cannot be had", "the second one dies")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("hidden", [True, False], ids=["private columns", "none"])
def test_a_first_import_prepared_in_parts_writes_what_one_row_after_the_other_writes(
    way: str, hidden: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = [HEADER, *rows()]
    with (tmp_path / "a.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(table if hidden else [row[:7] for row in table])
    set_large(monkeypatch)
    sheet = read_subjects(tmp_path / "a.csv", today=TODAY)
    assert isinstance(sheet.records, Spill)
    private = dict(sheet.private) if hidden else {}
    slow = written(tmp_path / "slow", replace(sheet, records=list(sheet.records)), private)
    assert sum("rows" in data for data in slow) == -(-COUNT // parts.PART)
    used: list[object] = []
    if way != "one process":
        monkeypatch.setattr(parts, "BESIDE_FROM", 0)
        monkeypatch.setattr(os, "cpu_count", lambda: 1 if way == "two cannot be had" else 2)
        answer = Second._answer_and_ask
        monkeypatch.setattr(
            Second, "_answer_and_ask", lambda self, question: used.append(question) or answer(self, question)
        )
    if way == "the second one dies":
        monkeypatch.setattr(parts, "_work", os.getpid)
    assert written(tmp_path / "quick", sheet, private) == slow
    assert bool(used) == (way in WAYS[1::2])

"""S0's year fits into 15 commands and 6 passphrases for each person (issue 3), sitting by sitting."""

from __future__ import annotations

import re
from collections import Counter as Tally
from pathlib import Path

import openpyxl
import pytest

from cli.main import run
from cli.sitting import Sitting
from ledger.book import Book
from ledger.importing.batch import TASKS, VISITS
from tests.cli.clerk import ITEMS, OFFICERS, PLAN, subjects
from tests.cli.counter import OFFICE, ORIGIN, PEOPLE, Counter, counter
from tests.ledger.sheets import write_xlsx
from verifier import facts as f

__all__ = ["counter"]

COMMANDS, PASSPHRASES = 15, 6
PHRASE = "a passphrase of four words"
TASK_ROWS = tuple(
    (f"t{row}", row, "方案.docx", "检查表.docx", "1", "钱二", seats, public)
    for row, seats, public in (("1", "fgj/safety、scj", "balls:6"), ("2", "fgj×2", ""), ("3", "fgj、scj", ""))
)
TASK_HEADER = (
    "任务编号",
    "计划序号",
    "工作方案文件",
    "检查表文件",
    "检查表版本",
    "负责人",
    "检查组席位",
    "公共随机数",
)
THIRD_ROW = (
    *("3", "2026年随机抽查", "成品粮库存检查", "安全储粮检查", "item-2", "20%", "储粮企业", "粮食经营"),
    *("不定向", "发改局", "市场监管局", "2026年10月", ""),
)


class Year:
    """The commands of a year: who sits, what is typed. A new sitting begins with each person and day."""

    def __init__(self, office: Counter) -> None:
        self.office = office
        self.commands = 0
        self.passphrases: Tally[str] = Tally()
        self.sitting = Sitting()

    def sits(self, holder: str, day: str) -> None:
        self.office.clock.go(day)
        self.sitting = Sitting(holder=holder)

    def does(self, *words: object, answers: tuple[str, ...] = ()) -> None:
        """One command; a passphrase is typed whenever it is asked for, other answers are given in order."""
        left = list(answers)
        office = self.office

        def answer(question: str) -> str:
            if "The same again" in question:
                return PHRASE
            if holder := re.search(r"assphrase (?:of|for) (?:\S+ )?(\S+-\S+) \(", question):
                self.passphrases[holder[1]] += 1
                return PHRASE
            if "the log key" in question:
                self.passphrases["zhao-admin"] += 1
                return PHRASE
            return left.pop(0)

        office.typed = ["-"]
        self.commands += 1
        self.sitting.begin()
        office.answer = answer  # type: ignore[method-assign]
        code = run(["-L", str(office.ledger), *map(str, words)], self.sitting)
        self.sitting.end()
        out, err = office.capsys.readouterr()
        assert code == 0, f"{words}: {out}{err}"
        assert not left


@pytest.fixture
def year(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> Year:
    made = Year(counter)
    monkeypatch.chdir(counter.folder)
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda q: counter.answer(q))
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda q: counter.answer(q))
    return made


def workbook(folder: Path) -> Path:
    for file in ("方案.docx", "检查表.docx", "细则.pdf", "扫描件.pdf"):
        (folder / file).write_bytes(file.encode())
    return write_xlsx(
        folder / "一单两库.xlsx",
        ("抽查事项清单", ITEMS),
        ("检查对象名录库", subjects(30)),
        ("执法检查人员名录库", OFFICERS),
        ("年度抽查计划", (*PLAN, THIRD_ROW)),
        (TASKS.sheet, (TASK_HEADER, *TASK_ROWS)),
    )


def fill(path: Path, day: str) -> None:
    """Type the day into every row, as a clerk does with the mouse."""
    book = openpyxl.load_workbook(path)
    sheet = book[VISITS.sheet]
    keys = [column.key for column in VISITS.columns]
    for row in range(3, sheet.max_row + 1):
        if sheet.cell(row, 1).value:
            sheet.cell(row, keys.index("day") + 1, day)
            sheet.cell(row, keys.index("scan") + 1, "扫描件.pdf")
    book.save(path)


def test_s0_s_year_fits_the_budget(year: Year) -> None:
    folder = year.office.folder
    book = workbook(folder)
    people = [word for person in PEOPLE for word in ("--person", person)]
    year.does("init", ORIGIN, *OFFICE, *people)
    year.sits("qian-clerk", "2026-03-02")
    year.does("import", book, "--submit")
    year.does("policy", "adopt", "s0", "--file", folder / "细则.pdf")
    year.does("calendar", "adopt", "2026")
    year.sits("sun-approver", "2026-03-03")
    year.does("confirm", "--all")
    year.does("plan", "approve")
    year.sits("qian-clerk", "2026-03-04")
    year.does("plan", "publish", "--channel", "portal", "--yes")
    year.does("task", "import", book)
    year.sits("sun-approver", "2026-03-05")
    year.does("confirm", "--all")
    year.sits("qian-clerk", "2026-03-06")
    year.does("draw", "ceremony", "--all", "--yes", answers=("482913",))
    year.does("inspect", "sheet", "录入表.xlsx")
    fill(folder / "录入表.xlsx", "2026-03-10")
    year.sits("qian-clerk", "2026-03-11")
    year.does("inspect", "import", "录入表.xlsx")
    year.sits("sun-approver", "2026-03-12")
    year.does("confirm", "--all")
    year.sits("qian-clerk", "2026-03-13")
    year.does("result", "register", "--all", "--channel", "credit_system", "--yes")
    year.sits("zhao-admin", "2026-03-13")
    year.does("bundle", "export", folder / "bundle.zip")
    assert year.commands <= COMMANDS
    assert set(year.passphrases) == {"zhao-admin", "qian-clerk", "sun-approver", "li-supervisor"}
    assert max(year.passphrases.values()) <= PASSPHRASES
    with Book.open(year.office.ledger, read_only=True) as ledger:
        facts = ledger.facts()
        states = {visit.state for _name, visit in facts.rows(f.VISITS)}
        draws = [draw.state for _name, draw in facts.rows(f.DRAWS)]
    assert (draws, states) == (["executed"] * 3, {"published"})


def test_a_fault_in_the_middle_is_mended_and_the_same_command_goes_on(year: Year) -> None:
    book = workbook(year.office.folder)
    people = [word for person in PEOPLE for word in ("--person", person)]
    year.does("init", ORIGIN, *OFFICE, *people)
    year.sits("qian-clerk", "2026-03-02")
    year.does("import", book)
    before = year.office.json("log", "list")["size"]
    year.does("import", book)
    assert year.office.json("log", "list")["size"] == before

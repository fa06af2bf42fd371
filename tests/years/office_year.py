"""One office's year at the counter: the frame in which the years of the seed offices are written.

How to write a year (see test_s0.py):

1. Type the office's tables as `Table(register, header, rows)`. The header and the plan rows stand exactly as
   the seed prints them; the columns that a draw needs beside them (抽取条件, 低于比例的理由) follow.
   Enterprises and officers are invented: `enterprises`, `officers`; `people` are those who hold keys.
2. Subclass `OfficeYear` with a `play`: `self.workbook(...)`, `found`, `lists`, `rules`, `remarks`,
   `approved`, `published`, `task`, `ceremony`, or any command: `self.does("task", "list", ..., by=CLERK)`.
   `self.on(day)` moves the clock; `self.elsewhere(name)` is a computer without the ledger. What must be
   refused: `self.refuses("draw.repeat", "draw", "freeze", ..., by=CLERK)`. What a test asks about later is
   kept on self.
   The steps after the draws are those of after_draw.py.
3. `played(Office)` (conftest.py) plays it once; `year.report` says of its bundle what anybody can. `findings`
   counts what is neither pass nor n/a as {"status rule": times}; a test lists them exactly, so that a new one
   is seen. `said(report, rule)` gives the words of one rule.

Everything is said in Chinese: a command that answers with an English sentence fails the year. A year takes
a few seconds at most.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import openpyxl
import pytest

from cli.desk import Desk
from cli.main import run
from ledger.importing.registers import OFFICERS, PEOPLE, SUBJECTS, Register
from ledger.template import template_bytes
from tests.office import PASSPHRASE, Clock, made_up_code
from verifier.bundle import open_bundle
from verifier.replay import verify_bundle
from verifier.report import Anchors, Report, Status

ADMIN, CLERK, APPROVER, SUPERVISOR = "zhao-admin", "qian-clerk", "sun-approver", "li-supervisor"
PAPERS = ("细则.pdf", "工作方案.docx", "检查表.docx", "会议纪要.pdf", "回执.pdf", "证明材料.pdf")
"""Scans that the office has in its folder."""
_ENGLISH = re.compile(r"(?<![-\w/.])[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}\b")


@dataclass(frozen=True)
class Table:
    """A sheet as the office types it: titles of columns (any that the import knows) and rows."""

    register: Register
    header: Sequence[str]
    rows: Sequence[Sequence[object]]


def people(unit: str = "fgj", name: str = "发改局") -> Table:
    """The four people whom every office has, of 发改局 unless told otherwise; the supervisor is of 纪检."""
    return Table(
        PEOPLE,
        ("人员编号", "姓名", "单位代码", "单位名称", "角色"),
        (
            (ADMIN, "赵示范", unit, name, "管理员"),
            (CLERK, "钱示范", unit, name, "经办人"),
            (APPROVER, "孙示范", unit, name, "审批人"),
            (SUPERVISOR, "李示范", "jijian", "纪检监察组", "现场监督人员"),
        ),
    )


def enterprises(*groups: tuple[int, str, str], first: int = 1, **more: str) -> Table:
    """Invented subjects: (how many, tags, risk class) of each group, numbered from `first`. `more` are
    further columns, the same in every row, such as 主体类型="个体工商户"."""
    header = ("企业名称", "统一社会信用代码", "住所", "行业标签", "信用风险等级", *more)
    tagged = [(tags, risk) for count, tags, risk in groups for _ in range(count)]
    rows = [
        (f"示范企业{n:03}有限公司", made_up_code(n), f"示范县示范路{n}号", tags, risk, *more.values())
        for n, (tags, risk) in enumerate(tagged, first)
    ]
    return Table(SUBJECTS, header, rows)


def officers(*groups: tuple[int, str, str, str], first: int = 1, until: str = "2030-12-31") -> Table:
    """Invented officers: (how many, department, its name, qualifications) of each group; the ids are
    `fgj-01`, `fgj-02` … by department, from `first`. Their certificates are valid `until`."""
    numbers: Counter[str] = Counter({department: first - 1 for _, department, _, _ in groups})
    rows = []
    for count, department, name, qualifications in groups:
        for _ in range(count):
            numbers[department] += 1
            who = f"{department}-{numbers[department]:02}"
            rows.append((who, f"检查员{who}", department, name, qualifications, f"SF-{who}", until))
    header = ("人员编号", "姓名", "部门代码", "部门名称", "资质代码", "执法证号", "有效期止")
    return Table(OFFICERS, header, rows)


class Machine:
    """A computer with key files in `folder/keys`; the ledger is there only at the office's own."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self.clock = clock
        self.out = self.err = ""
        (folder / "keys").mkdir(parents=True, exist_ok=True)
        (folder / "口令.txt").write_text(PASSPHRASE, encoding="utf-8")

    def run(self, *arguments: object, by: str = "") -> int:
        """The exit code of a command; `by` is who does it. Months may lie between two: the clock is right.
        Keys open quickly."""
        words = ["-L", self.folder / "台账.db", "-K", self.folder / "keys", "--clock-is-right"]
        words += ["--passphrase-file", self.folder / "口令.txt", *(["--as", by] if by else []), *arguments]
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setenv("LANGUAGE", "zh_CN")
            patch.delenv("LIUHEN_LEDGER", raising=False)
            patch.delenv("LIUHEN_PASSPHRASE_FILE", raising=False)
            patch.setattr("ledger.commands.keys.SCRYPT_N", 2)
            patch.setattr(Desk, "clock", lambda _desk: self.clock())
            patch.setattr(Desk, "interactive", property(lambda _desk: False))
            code = run([str(word) for word in words])
        self.out, self.err = out.getvalue(), err.getvalue()
        heard = self.err if "--json" in arguments else self.out + self.err
        english = [line for line in heard.splitlines() if _ENGLISH.search(line.split("liuhen")[0])]
        assert not english, f"{arguments} speaks English: {english}"
        return code

    def does(self, *arguments: object, by: str = "") -> str:
        """What a command prints that must succeed."""
        code = self.run(*arguments, by=by)
        assert code == 0, f"{arguments} by {by}: {code}\n{self.out}{self.err}"
        return self.out

    def json(self, *arguments: object, by: str = "") -> Any:
        """What a command answers as JSON; its exit code may be that of a finding, but not of a refusal."""
        self.run(*arguments, "--json", by=by)
        answer = json.loads(self.out or "{}")
        assert answer and "error" not in answer, f"{arguments} by {by}: {answer} {self.err}"
        return answer

    def refuses(self, code: str, *arguments: object, by: str = "") -> str:
        """What is said of a command that must be refused with the code of a rule or error."""
        assert self.run(*arguments, by=by) != 0, f"{arguments} was not refused: {self.out}"
        assert code in self.err, f"{arguments}: {self.err}"
        return self.err


class OfficeYear(Machine):
    """The office's own computer, and the steps that every year has."""

    begins: str
    """The day on which it begins."""
    book: Path
    """The workbook it was founded with."""
    origin: str
    report: Report
    """What anybody says of the bundle of the year's end."""

    @classmethod
    def played(cls, folder: Path, store: str = "") -> Self:
        """The year played in `folder`, with the report on its bundle. The ledger is a file there, or on the
        server `store`, to which the file then points; nothing else differs."""
        year = cls(folder, Clock(cls.begins))
        if store:
            (folder / "台账.db").write_text(store + "\n", encoding="utf-8")
        for paper in PAPERS:
            (folder / paper).write_bytes(paper.encode())
        year.play()
        year.report = year.verified()
        return year

    def play(self) -> None:
        """What happens this year, in order."""
        raise NotImplementedError

    def on(self, day: str, hour: int = 9) -> None:
        """The next command is run on this day."""
        self.clock.go(day, hour)

    def elsewhere(self, name: str) -> Machine:
        """Another computer, without the ledger."""
        return Machine(self.folder / name, self.clock)

    def paper(self, name: str) -> Path:
        """One of `PAPERS`, or another scan made now."""
        path = self.folder / name
        if not path.exists():
            path.write_bytes(name.encode())
        return path

    def workbook(self, *tables: Table, name: str = "一单两库.xlsx") -> Path:
        """The template of the office, filled in with its tables."""
        book = openpyxl.load_workbook(io.BytesIO(template_bytes()))
        for table in tables:
            sheet = book[table.register.sheet]
            places = {column.title: n for n, column in enumerate(table.register.columns, 1)}
            named = {plain(t): c.title for c in table.register.columns for t in (c.title, *c.aliases)}
            columns = [places[named[plain(title)]] for title in table.header]
            for row, cells in enumerate(table.rows, 4):
                for column, value in zip(columns, cells, strict=True):
                    sheet.cell(row, column, value)
        path = self.folder / name
        book.save(path)
        return path

    def sheet(self, name: str, table: Table) -> Path:
        """A workbook with one table, as somebody else typed it: no template, the header in row 1."""
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in (table.header, *table.rows):
            sheet.append(list(row))
        path = self.folder / name
        book.save(path)
        return path

    def found(self, origin: str, office: str, division: str, book: Path) -> None:
        """Found the ledger with the people of the workbook; its lists come from there too."""
        self.book = book
        self.origin = origin
        self.does("init", origin, "--office", office, "--division", division, "--people", book)

    def lists(self) -> None:
        """Every list of the workbook, the plan with them, submitted for approval."""
        self.does("import", self.book, by=CLERK)

    def rules(self, profile: str, calendar: int, *more: object, notice: str = "") -> None:
        """The shipped profile of this office and the working calendar; `notice`: that of an old year."""
        self.json("policy", "check", profile)
        self.does("policy", "adopt", profile, "--file", self.paper("细则.pdf"), *more, by=CLERK)
        self.confirm()
        self.does("calendar", "adopt", calendar, *(["--notice", notice] if notice else []), by=CLERK)

    def confirm(self, by: str = APPROVER) -> None:
        """The second person confirms everything that waits for them."""
        self.does("confirm", "--all", by=by)

    def remarks(self, *plan: str) -> list[tuple[str, str, str]]:
        """What 计划审查 says: (level, row, id), ascending."""
        answer = self.json("plan", "check", *plan)
        return sorted((r["level"], r["row"], r["id"]) for r in answer["remarks"])

    def approved(self, *plan: str) -> None:
        """Submit the plan and approve it by key."""
        self.does("plan", "submit", *plan, by=CLERK)
        self.does("plan", "approve", *plan, by=APPROVER)

    def published(self, *more: object) -> None:
        """Publish the approved plan on the portal."""
        self.does("plan", "publish", "--channel", "政府门户网站", *more, "--yes", by=CLERK)

    def task(self, name: str, row: str, *seats: str, **options: object) -> None:
        """A task of a plan row, approved. Options as of `task new`, `_` for `-`: by_risk="A=1,B=2"."""
        words: list[object] = ["--scheme", self.paper("工作方案.docx"), "--form", self.paper("检查表.docx")]
        words += ["--form-version", "1", "--responsible", "钱示范"]
        for seat in seats:
            words += ["--seat", seat]
        for option, value in options.items():
            words.append("--" + option.replace("_", "-"))
            words += value if isinstance(value, tuple) else [value]
        self.does("task", "new", name, "--row", row, *words, by=CLERK)
        self.confirm()

    def ceremony(self, task: str, *more: object) -> str:
        """The whole draw of a task in one room; its id."""
        return str(self.json("draw", "ceremony", "--task", task, *more, "--yes", by=CLERK)["draw"])

    def drawn(self, draw: str) -> list[tuple[str, list[str]]]:
        """(subject, officers) in the order drawn."""
        rows = self.json("draw", "show", draw)["drawn"]
        return [(row["subject"], row["team"]) for row in rows]

    @property
    def bundle(self) -> Path:
        """The bundle of the year's end."""
        return self.folder / "核验包.zip"

    def verified(self, target: Path | None = None, *, inspector: bool = False) -> Report:
        """Export the bundle and verify it as anybody can."""
        target = target or (self.folder / "核验包-监察" if inspector else self.bundle)
        self.does("bundle", "export", target, *(["--inspector"] if inspector else []), by=ADMIN)
        with open_bundle(target) as bundle:
            return verify_bundle(bundle, Anchors())


def plain(title: str) -> str:
    return re.sub(r"[\s*]", "", title)


def findings(report: Report) -> Mapping[str, int]:
    """How often each check is neither pass nor n/a: {"warn policy.min-rate": 1}."""
    dull = (Status.PASS, Status.NA)
    return dict(Counter(f"{c.status.value} {c.rule}" for c in report.checks if c.status not in dull))


def said(report: Report, rule: str) -> list[tuple[str, str]]:
    """(expected, found) of every finding of a rule, in order."""
    dull = (Status.PASS, Status.NA)
    return [(c.expected, c.found) for c in report.checks if c.rule == rule and c.status not in dull]


__all__ = [
    "ADMIN",
    "APPROVER",
    "CLERK",
    "SUPERVISOR",
    "Machine",
    "OfficeYear",
    "Table",
    "enterprises",
    "findings",
    "officers",
    "people",
    "said",
]

"""A clerk at the counter: commands run in a folder with the made-up office's keys, and sheets to import."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from cli.main import run
from tests.ledger.sheets import code, subject, write_xlsx
from tests.office import PASSPHRASE, Office

ITEMS = (
    ("序号", "抽查类别", "抽查事项", "检查对象", "事项类别", "检查方式", "检查主体", "检查依据"),
    ("1", "安全检查", "管道安全检查", "油气企业", "重点检查事项", "现场检查", "发改局", "《演示条例》第一条"),
    ("2", "粮食检查", "安全储粮检查", "储粮企业", "一般检查事项", "书面检查", "发改局", "《演示条例》第二条"),
)
OFFICERS = (
    (
        *("人员编号", "姓名", "部门代码", "部门名称", "资质代码", "执法证号"),
        *("有效期止", "状态", "身份证号", "联系电话", "性别"),
    ),
    *(
        (
            *(f"{unit}-{n:02}", f"演示{name}{n}", unit, name, "safety、grain", f"YS-{unit}-{n:02}"),
            *("2028-12-31", "在岗", "11010519491231002X" if n == 1 else "", f"1390000{n:04}", "女"),
        )
        for unit, name in (("fgj", "发改局"), ("scj", "市场监管局"))
        for n in range(1, 5)
    ),
)
PLAN = (
    (
        *("序号", "计划名称", "抽查任务名称", "抽查事项", "事项编号", "抽查比例", "检查对象"),
        *(
            "抽取条件（行业标签）",
            "抽查类型",
            "组织抽查单位",
            "联合检查参与部门",
            "完成时限",
            "低于比例的理由",
        ),
    ),
    (
        *("1", "2026年随机抽查", "管道安全检查", "管道安全检查", "item-1", "20%", "油气企业", "油气"),
        *("不定向", "发改局", "市场监管局", "2026年10月", ""),
    ),
    (
        *("2", "2026年随机抽查", "安全储粮检查", "安全储粮检查", "item-2", "1%", "储粮企业", "粮食经营"),
        *("不定向", "发改局", "", "2026年10月", "库存普查已覆盖"),
    ),
)
SUBJECT_HEADER = (
    *("企业名称", "统一社会信用代码", "住所", "主体类型", "成立日期", "行业标签", "信用风险等级", "登记状态"),
    *("法定代表人", "联系电话"),
)


def subjects(count: int, **changed: object) -> list[Sequence[object]]:
    """Header and `count` rows, 油气 and 粮食经营 by turns. `changed` as in `sheets.subject`."""
    rows: list[Sequence[object]] = [SUBJECT_HEADER]
    for n in range(1, count + 1):
        tag = {"c5": "油气" if n % 2 else "粮食经营", **changed}
        rows.append([*subject(n, **tag), f"演示法人{n}", f"1380000{n:04}"])
    return rows


def workbook(path: Path, count: int = 20) -> Path:
    """Every list of a small office in one workbook."""
    return write_xlsx(
        path,
        ("抽查事项清单", ITEMS),
        ("检查对象名录库", subjects(count)),
        ("执法检查人员名录库", OFFICERS),
        ("年度抽查计划", PLAN),
    )


class Clerk:
    """Runs commands in `folder`, keeps what was printed. `clock` is the time of the next command."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], day: str = "2026-03-02") -> None:
        self.folder = folder
        self.capsys = capsys
        office = Office(folder, day=day)
        self.clock = office.clock
        office.book.close()
        (folder / "口令.txt").write_text(PASSPHRASE, encoding="utf-8")
        (folder / "口令.txt").chmod(0o600)
        self.out = self.err = ""

    def run(
        self, *arguments: object, by: str = "qian-clerk", ledger: object = None, keys: Path | None = None
    ) -> int:
        """The exit code of a command, on the clerk's ledger and keys or on others."""
        self.capsys.readouterr()
        at = ["-L", ledger or self.folder / "台账 ledger.db", "-K", keys or self.folder / "keys", "--as", by]
        words = [*at, "--passphrase-file", self.folder / "口令.txt", *arguments]
        exit_code = run([str(word) for word in words])
        self.out, self.err = self.capsys.readouterr()
        return exit_code

    def does(
        self, *arguments: object, by: str = "qian-clerk", ledger: object = None, keys: Path | None = None
    ) -> str:
        """What a command prints that must succeed."""
        assert self.run(*arguments, by=by, ledger=ledger, keys=keys) == 0, self.err
        return self.out

    def json(self, *arguments: object, by: str = "qian-clerk") -> dict[str, Any]:
        """What a command answers as JSON, whatever its exit code."""
        self.run("--json", *arguments, by=by)
        document: dict[str, Any] = json.loads(self.out)
        return document

    def lists(self, count: int = 20) -> Path:
        """Items, subjects, officers, the policy and the calendar."""
        path = workbook(self.folder / "名录 2026.xlsx", count)
        for noun in ("item", "subject", "officer"):
            self.does(noun, "import", path)
        (self.folder / "细则.pdf").write_bytes(b"rules")
        self.does("policy", "adopt", "s0", "--file", self.folder / "细则.pdf")
        self.does("confirm", "--all", by="sun-approver")
        self.does("calendar", "adopt", "2026")
        return path

    def plan(self) -> None:
        """Everything up to a published plan."""
        path = self.lists()
        self.does("plan", "import", path)
        self.does("plan", "submit")
        self.does("plan", "approve", by="sun-approver")
        self.does("plan", "publish", "--channel", "政府门户网站", "--yes")

    def task(self, name: str = "t1", *options: object) -> str:
        """A task of row 1, proposed."""
        for file in ("方案.docx", "检查表.docx"):
            (self.folder / file).write_bytes(file.encode())
        return self.does(
            *("task", "new", name, "--row", "1", "--scheme", self.folder / "方案.docx"),
            *("--form", self.folder / "检查表.docx", "--form-version", "1", "--responsible", "钱二"),
            *("--seat", "fgj/safety", "--seat", "scj", *options),
        )


__all__ = ["Clerk", "code", "subjects", "workbook"]

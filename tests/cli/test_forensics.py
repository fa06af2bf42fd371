"""`liuhen forensics`: past draws of a platform from its files, as text, JSON and page."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from tests import past_methods as known
from tests.cli.clerk import Clerk
from verifier.errors import Exit


def write(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(list(row))  # type: ignore[union-attr]
        book.save(path)
    else:
        with path.open("w", encoding="gb18030", newline="") as file:
            csv.writer(file).writerows(rows)
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list, a systematic draw with officers in turn that was drawn twice, an honest one, the officers."""
    folder = tmp_path_factory.mktemp("旧 抽查")
    listed = known.roster(400)
    write(folder / "名录.xlsx", [list(listed.columns), *zip(*listed.columns.values(), strict=True)])
    rng = np.random.default_rng(1)
    rows: list[list[str]] = [["任务名称", "抽取时间", "统一社会信用代码", "检查人员"]]
    for minute in ("00", "09"):
        teams = known.pairs_in_turn(rng, 20)
        for place, team in zip(known.systematic(rng, listed, 20), teams, strict=True):
            rows.append(["春季抽查", f"2025-03-01 09:{minute}", listed.keys[place], team.replace("+", "、")])
    write(folder / "等距.xlsx", rows)
    lot = known.honest(np.random.default_rng(2), listed, 20)
    write(folder / "摇号.csv", [["统一社会信用代码"], *([listed.keys[p]] for p in lot)])
    write(folder / "人员.csv", [["姓名"], *([name] for name in known.OFFICERS)])
    return folder


def test_a_systematic_platform_is_told_with_its_outcomes_and_rerolls(clerk: Clerk, files: Path) -> None:
    said = clerk.does(
        *("旧抽查鉴别", files / "名录.xlsx", files / "等距.xlsx", "--officers", files / "人员.csv")
    )
    assert "等间隔（等距抽样）（统一社会信用代码）: 发现" in said and "只有 20 种结果" in said
    assert "人员依次轮流" in said and "9 分钟后又抽" in said


def test_an_honest_lot_is_told_without_a_find_and_without_praise(clerk: Clerk, files: Path) -> None:
    told = clerk.json("forensics", files / "名录.xlsx", files / "摇号.csv")
    assert {one["answer"] for one in told["questions"]} <= {"nothing", "cannot-tell"}
    assert told["draws"][0]["n"] == 400 and told["draws"][0]["outcomes"].startswith("10^")
    assert all(one["assumption"] for one in told["questions"])
    assert "这不证明是摇号" in clerk.does("forensics", files / "名录.xlsx", files / "摇号.csv")


def test_the_page_has_pictures_and_works_offline(clerk: Clerk, files: Path, tmp_path: Path) -> None:
    page = tmp_path / "鉴别.html"
    clerk.does("forensics", files / "名录.xlsx", files / "等距.xlsx", "--html", page)
    text = page.read_text("utf-8")
    assert "<svg" in text and "前提" in text and "<script" not in text and "src=" not in text
    assert clerk.run("forensics", files / "名录.xlsx", files / "等距.xlsx", "--html", page) == Exit.STOPPED


def test_draws_with_lists_of_their_own_are_read_together(clerk: Clerk, files: Path) -> None:
    told = clerk.json(
        *("forensics", files / "名录.xlsx", files / "等距.xlsx"),
        *("--with", files / "名录.xlsx", files / "摇号.csv"),
    )
    assert len(told["draws"]) == 3


def test_another_roster_cannot_be_told_and_has_no_p_value(clerk: Clerk, files: Path, tmp_path: Path) -> None:
    result = write(tmp_path / "别处.csv", [["统一社会信用代码"], ["91649999MA7654321X"]])
    assert clerk.run("forensics", files / "名录.xlsx", result) == Exit.INCONCLUSIVE
    assert "这不是抽取时的名录" in clerk.out and "p =" not in clerk.out


def test_a_file_that_is_no_table_is_named_in_chinese(clerk: Clerk, files: Path, tmp_path: Path) -> None:
    assert clerk.run("forensics", files / "名录.xlsx", tmp_path / "没有.csv") == Exit.UNREADABLE
    assert "没有这个文件" in clerk.err and "没有.csv" in clerk.err
    old = tmp_path / "旧.xls"
    old.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    assert clerk.run("forensics", old, files / "摇号.csv") == Exit.UNREADABLE


def test_a_strata_column_that_no_list_has_is_wrong_usage(clerk: Clerk, files: Path) -> None:
    assert clerk.run("forensics", files / "名录.xlsx", files / "摇号.csv", "--strata", "等级") == Exit.USAGE
    clerk.does("forensics", files / "名录.xlsx", files / "摇号.csv", "--strata", "风险等级")

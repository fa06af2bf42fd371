"""Checks outside the plan at the counter."""

from __future__ import annotations

import pytest

from tests.cli.clerk import Clerk

CHECK = ("--on", "2026-03-02", "--officer", "演示发改局1", "--officer", "scj-02", "--item", "管道安全检查")


@pytest.fixture
def office(clerk: Clerk) -> Clerk:
    clerk.lists()
    (clerk.folder / "举报.pdf").write_bytes(b"complaint")
    return clerk


def test_with_a_ground_nothing_is_remarked(office: Clerk) -> None:
    basis = ("--exempt", "投诉举报", "--basis", office.folder / "举报.pdf")
    out = office.does("检查", "计划外", "示范企业1有限公司", *CHECK, *basis)
    assert "投诉举报" in out and "提示" not in out
    listed = office.json("inspect", "list")
    assert (listed["exempt"], listed["without_exemption"]) == (1, 0)
    (row,) = listed["unplanned"]
    assert (row["exemption"], row["items"], row["officers"]) == (
        "complaint",
        ["item-1"],
        ["fgj-01", "scj-02"],
    )


def test_without_a_ground_it_is_asked_and_said(office: Clerk) -> None:
    asked = ("inspect", "unplanned", "示范企业1有限公司", *CHECK)
    assert office.run(*asked) == 8
    assert "没有豁免依据" in office.err
    out = office.does(*asked, "--yes")
    assert "未列入计划的检查有豁免依据" in out
    shown = office.does("inspect", "list")
    assert "计划外检查：1 户次；有豁免依据 0，没有 1" in shown and "没有！" in shown
    assert "请说明原因" in office.does("todo")
    step = shown.rsplit("liuhen", 1)[1].split()
    step[step.index("原因")] = "专项行动"
    office.does(*step[step.index("correct") :])
    office.does("confirm", "--all", by="sun-approver")
    assert "专项行动" in office.does("inspect", "list")
    assert "请说明原因" not in office.does("todo")


@pytest.mark.parametrize(
    "options", [("--exempt", "投诉举报"), ("--basis", "举报.pdf")], ids=["no file", "no ground"]
)
def test_a_ground_and_its_file_go_together(office: Clerk, options: tuple[str, str]) -> None:
    assert office.run("inspect", "unplanned", "示范企业1有限公司", *CHECK, *options) == 2
    assert "--basis" in office.err


def test_the_entry_is_told_in_words(office: Clerk) -> None:
    basis = ("--exempt", "assigned", "--basis", office.folder / "举报.pdf")
    found = ("--findings", "罐区无护栏")
    answer = office.json("inspect", "unplanned", "示范企业1有限公司", *CHECK, *basis, *found)
    out = office.does("log", "show", answer["entries"][0]["seq"])
    assert "豁免依据" in out and "转办交办" in out and "罐区无护栏" in out

"""`liuhen todo`: each thing to do names a command that the command line takes."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.commands.todo import limit
from ledger.commands import draws, followups
from ledger.commands.todo import BLANKS, Todo, todos
from tests.cli.clerk import Clerk
from tests.cli.test_help import takes
from tests.office import Office

FILLED = {"席位": "fgj*2", "号码": "482913", "新有效期": "2030-12-31", "处置方式": "责令改正"}


def opened(office: Office) -> None:
    office.ready(public="balls:6")
    office.freeze()


def sealed(office: Office) -> None:
    opened(office)
    office.commits()


def typed(office: Office) -> None:
    sealed(office)
    draws.public_value(office.book, office.clerk, "d1", "482913")


def drawn(office: Office) -> None:
    office.ready(sealed=True)
    office.draw()


def visited(office: Office) -> None:
    drawn(office)
    office.clock.go("2026-03-10")
    first, *rest = office.drawn()
    office.visit(first, paper=None)
    for subject in rest:
        office.visit(subject)


def afterwards(office: Office) -> None:
    office.lists()
    office.policy(bulletin=True, report_days=2, monthly_report=23, followup_days=30)
    office.plan()
    office.task()
    office.draw()
    office.clock.go("2026-03-10")
    first, second, *_others = office.drawn()
    office.visit(first, results=["09"])
    visit = office.visit(second, results=["09"])
    followups.record(office.book, office.clerk, visit, "ordered", due="2026-04-01")


def nothing(_office: Office) -> None: ...


def planned(office: Office) -> None:
    office.lists()
    office.policy()
    office.plan()


@pytest.mark.parametrize(
    "played",
    [nothing, planned, opened, sealed, typed, drawn, visited, afterwards],
    ids=lambda played: played.__name__,
)
@pytest.mark.parametrize("day", ["2026-03-10", "2029-01-02"])
def test_each_command_is_one_that_the_command_line_takes(
    tmp_path: Path, played: Callable[[Office], None], day: str
) -> None:
    office = Office(tmp_path)
    played(office)
    found = todos(office.book.facts(), day)
    assert found
    for one in found:
        takes([FILLED.get(word, word) for word in shlex.split(one.command())[1:]])


def test_a_plan_to_be_filed_names_its_table_and_authority() -> None:
    takes(shlex.split("plan file plan-2026 --table joint --authority 备案机关"))


def test_every_blank_stands_for_itself_in_some_command() -> None:
    source = (Path(__file__).parents[2] / "ledger" / "commands" / "todo.py").read_text("utf-8")
    for blank in BLANKS - {"一单两库模板.xlsx", "实施细则.pdf"}:
        assert source.count(blank) >= 2, blank


@pytest.mark.parametrize(
    ("late", "provisional", "due", "told"),
    [
        (True, False, "2026-03-01", "逾期"),
        (False, True, "2027-01-08", "暂定"),
        (False, False, "2026-03-31", "2026-03-31 前"),
        (False, False, "", ""),
    ],
)
def test_a_last_day_says_whether_it_is_late_or_provisional(
    monkeypatch: pytest.MonkeyPatch, late: bool, provisional: bool, due: str, told: str
) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    shown = limit(Todo("x", "x", "x", due=due, late=late, provisional=provisional))
    assert (told in shown) if told else shown == ""


def test_mine_are_those_that_i_may_do(clerk: Clerk) -> None:
    every = clerk.json("todo")["todo"]
    mine = clerk.json("todo", "--mine", by="sun-approver")["todo"]
    assert every
    assert mine == []
    assert [one["kind"] for one in clerk.json("todo", "--mine")["todo"]] == [one["kind"] for one in every]

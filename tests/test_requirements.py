"""specs/requirements.md: every row of the requirements has its place, and what it names exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import click
import pytest

from cli.main import liuhen
from verifier.rules import rules
from verifier.schema import EVENTS

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "specs" / "requirements.md"
SOURCE = ROOT.parent / "shared" / "requirements.md"
COLUMNS = ["id", "words", "events", "commands", "rules", "form", "tests", "open"]
SPANS = ((1, 14), (20, 28), (30, 42), (50, 69), (70, 82), (90, 104), (110, 122), (130, 159))
KNOWN = [f"R{number:03}" for first, last in SPANS for number in range(first, last + 1)] + ["R110a"]
ID = re.compile(r"^\| (R\d{3}a?) \|", re.MULTILINE)
OPEN = re.compile(r"[3-7]: [^;]+(; [3-7]: [^;]+)*\Z")


@dataclass(frozen=True)
class Row:
    """One row: what is named in each column, and the last column as it stands."""

    id: str
    words: str
    events: tuple[str, ...]
    commands: tuple[str, ...]
    rules: tuple[str, ...]
    form: str
    tests: tuple[str, ...]
    open: str


def _named(cell: str) -> tuple[str, ...]:
    """The names of a cell, each between backticks; anything else in it is a fault."""
    names = tuple(re.findall(r"`([^`]+)`", cell))
    assert cell == " ".join(f"`{name}`" for name in names), cell
    return names


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]


def table(page: str) -> list[Row]:
    rows = page.partition("## Rows that no rule")[0].splitlines()
    header, _rule, *lines = [line for line in rows if line.startswith("|")]
    assert _cells(header) == COLUMNS
    return [
        Row(name, words, _named(events), _named(commands), _named(law), form, _named(tests), later)
        for name, words, events, commands, law, form, tests, later in map(_cells, lines)
    ]


ROWS = table(PAGE.read_text("utf-8"))


@cache
def commands() -> frozenset[str]:
    """What can be given as it stands: `noun verb`, or a noun that works alone."""

    def below(command: click.Command, path: str) -> Iterator[str]:
        if not isinstance(command, click.Group):
            yield path
            return
        if command.invoke_without_command and path:
            yield path
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None, name
            yield from below(inner, f"{path} {name}".strip())

    return frozenset(below(liuhen, ""))


@cache
def remarks() -> frozenset[str]:
    """Ids of the remarks of a plan check: the first column of its table."""
    lines = (ROOT / "specs/plan-check.md").read_text("utf-8").splitlines()
    first = "".join(_cells(line)[0] for line in lines if line.startswith("| `"))
    return frozenset(re.findall(r"`([^`]+)`", first))


def faults(row: Row) -> list[str]:
    """What is wrong with a row, as `column: name`."""
    asked = {name: "." in name for name in row.rules}
    found = [f"events: {name}" for name in row.events if name not in EVENTS]
    found += [f"commands: {name}" for name in row.commands if name not in commands()]
    found += [f"rules: {name}" for name, law in asked.items() if name not in (rules() if law else remarks())]
    found += [f"tests: {name}" for name in row.tests if not (ROOT / "tests" / name).is_file()]
    if row.open not in ("–", "none") and not OPEN.match(row.open):
        found.append(f"open: {row.open}")
    named = row.events or row.commands or row.rules or row.tests
    if named and row.open == "none":
        found.append("open: none, though the row names something")
    if row.open == "–" and not (row.commands and row.tests):
        found.append("open: nothing, though no command or no test is named")
    if not row.words:
        found.append("words: none")
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_what_a_row_names_exists(row: Row) -> None:
    assert faults(row) == []


def test_every_row_of_the_requirements_stands_once_and_in_order() -> None:
    assert [row.id for row in ROWS] == sorted(KNOWN)


def test_the_rows_are_those_of_the_source() -> None:
    if not SOURCE.is_file():
        pytest.skip("the requirements themselves are not beside this checkout")
    found = ID.findall(SOURCE.read_text("utf-8"))
    assert found, "no row was read from the source"
    assert sorted(found) == sorted(row.id for row in ROWS)


def test_every_requirement_that_a_rule_rests_on_names_that_rule() -> None:
    named = {row.id: row.rules for row in ROWS}
    missing = [
        f"{rule}: {name}"
        for rule, entry in rules().items()
        for name in re.findall(r"R\d{3}a?", entry.basis)
        if rule not in named[name]
    ]
    assert missing == []


def unasked() -> list[str]:
    """The rows of which the page says why no rule asks them."""
    part = PAGE.read_text("utf-8").partition("## Rows that no rule")[2]
    first = [_cells(line)[0] for line in part.splitlines() if line.startswith("| R")]
    return re.findall(r"R\d{3}a?", " ".join(first))


def test_a_row_without_a_rule_says_why() -> None:
    assert sorted(unasked()) == [row.id for row in ROWS if not any("." in rule for rule in row.rules)]


GOOD = next(row for row in ROWS if row.id == "R051")


@pytest.mark.parametrize(
    ("why", "row", "fault"),
    [
        ("an event nobody writes", replace(GOOD, events=("plan.dreamt",)), "events: plan.dreamt"),
        ("a verb that is not there", replace(GOOD, commands=("plan dream",)), "commands: plan dream"),
        ("a noun that needs a verb", replace(GOOD, commands=("plan",)), "commands: plan"),
        ("a rule nobody asks", replace(GOOD, rules=("plan.dreamt",)), "rules: plan.dreamt"),
        ("a remark nobody makes", replace(GOOD, rules=("dreamt",)), "rules: dreamt"),
        ("a test that is not there", replace(GOOD, tests=("test_dream.py",)), "tests: test_dream.py"),
        ("an issue that does not exist", replace(GOOD, open="9: all"), "open: 9: all"),
        ("an issue without a word", replace(GOOD, open="4"), "open: 4"),
        (
            "done without a test",
            replace(GOOD, tests=()),
            "open: nothing, though no command or no test is named",
        ),
    ],
)
def test_a_row_is_refused_for(why: str, row: Row, fault: str) -> None:
    assert faults(GOOD) == []
    assert faults(row) == [fault], why

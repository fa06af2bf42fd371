"""Taking a check out of either implementation turns the set red.

Every rule is dropped in each, in turn; and in the law of the Python verifier every single place that asks.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import verifier.law
from tests.conformance.answer import Answer, complaints
from tests.conformance.conftest import Built
from tests.conformance.implementations import ask_node, ask_python
from tests.page.both import NODE
from verifier.findings import Findings
from verifier.law import case as law_case
from verifier.law.case import Case
from verifier.report import Finding

pytestmark = pytest.mark.slow

LAW = Path(verifier.law.__file__).parent
PLACES_TRIED = 0.69
"""The part of the places in the law that the set reaches with a finding; it only grows."""

DOUBLED = {
    (
        "heads.py",
        "log.cosigners",
    ): "a head of the future cannot have the root that it will have: red there too",
}
"""Places that another place always stands in for."""

Place = tuple[str, int]
"""File and line of a call that asks a rule."""
Row = dict[str, Any]


def at_issue(built: Built) -> dict[str, list[Row]]:
    """rule → the cases in which it must be red."""
    found = defaultdict(list)
    for row in built.rows:
        for rule in row["must"]:
            found[rule].append(row)
    return found


def test_python_without_a_rule_is_found_out(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    append = Findings.append
    unnoticed = []
    for rule, rows in at_issue(built).items():

        def without(self: Findings, finding: Finding, rule: str = rule) -> None:
            if finding.rule != rule:
                append(self, finding)

        monkeypatch.setattr(Findings, "append", without)
        unnoticed += [row["name"] for row in rows if not complaints(row, ask_python(built.question(row)))]
    assert unnoticed == []


@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_the_page_without_a_rule_is_found_out(built: Built) -> None:
    unnoticed = []
    for rule, rows in at_issue(built).items():
        answers = ask_node(built.folder, [built.question(row) for row in rows], without=rule)
        unnoticed += [
            row["name"] for row, said in zip(rows, answers, strict=True) if not complaints(row, said)
        ]
    assert unnoticed == []


def asking() -> Iterator[tuple[str, int, int]]:
    """(file, first line, last line) of every call in the law that may find a rule broken."""
    for path in LAW.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                names = ("require", "demand", "warn", "must", "find")
                first = node.args[0]
                rule = isinstance(first, ast.Constant) and isinstance(first.value, str) and "." in first.value
                if rule and node.func.attr in names and path.name != "case.py":
                    yield path.name, node.lineno, node.end_lineno or node.lineno


def test_python_without_a_single_place_of_the_law_is_found_out(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each place that finds something in the set is dropped alone; some case notices."""
    find = Case.find
    reached: dict[Place, list[Row]] = defaultdict(list)
    state: dict[str, Any] = {"row": None, "without": None}

    def watched(self: Case, rule: str, *rest: Any, **more: Any) -> None:
        frame = sys._getframe(1)
        while frame.f_code.co_filename == law_case.__file__ and frame.f_back:
            frame = frame.f_back
        place = (Path(frame.f_code.co_filename).name, frame.f_lineno)
        if state["row"] is not None and state["row"] not in reached[place]:
            reached[place].append(state["row"])
        if place != state["without"]:
            find(self, rule, *rest, **more)

    monkeypatch.setattr(Case, "find", watched)
    honest: dict[str, Answer] = {}
    for row in built.rows:
        if row["must"]:
            state["row"] = row
            honest[row["name"]] = ask_python(built.question(row))
    state["row"] = None
    unnoticed = []
    for place, rows in sorted(reached.items()):
        state["without"] = place
        rules = {rule for row in rows for rule in row["must"]}
        if all(ask_python(built.question(row)) == honest[row["name"]] for row in rows):
            unnoticed += [(place, rule) for rule in rules if (place[0], rule) not in DOUBLED]
    assert not unnoticed, f"{unnoticed}"
    places = list(asking())
    tried = [p for p in places if any(p[0] == name and p[1] <= line <= p[2] for name, line in reached)]
    assert len(tried) / len(places) >= PLACES_TRIED, sorted({*places} - {*tried})

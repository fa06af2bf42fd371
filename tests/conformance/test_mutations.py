"""Taking a check out of either implementation turns the set red: every rule, dropped in each, is missed."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.conformance.answer import complaints
from tests.conformance.conftest import Built
from tests.conformance.implementations import ask_node, ask_python
from tests.page.both import NODE
from verifier.findings import Findings
from verifier.report import Finding

pytestmark = pytest.mark.slow


def at_issue(built: Built) -> dict[str, list[dict[str, object]]]:
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

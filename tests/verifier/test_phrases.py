"""Words of findings are Chinese for a Chinese reader; data stays as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from verifier.phrases import PHRASES, chinese
from verifier.rules import rules

VERIFIER = Path(__file__).parents[2] / "verifier"
HAN = re.compile("[\u4e00-\u9fff]")
WORDS = re.compile("[A-Za-z]{4,}")
DATA = {"absence"}
"""Codes that stand after the name of a rule in the source and are never shown."""


def words_of(node: ast.expr) -> Iterator[str]:
    """The texts that an argument may be, `{}` for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
    elif isinstance(node, ast.IfExp):
        yield from words_of(node.body)
        yield from words_of(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from words_of(value)


def said() -> set[str]:
    """What follows the name of a rule in the calls and tuples of the verifier's source."""
    found: set[str] = set()
    for path in (*VERIFIER.glob("*.py"), *VERIFIER.glob("law/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            parts = node.args if isinstance(node, ast.Call) else getattr(node, "elts", [])
            named = [i for i, part in enumerate(parts) if getattr(part, "value", None) in rules()]
            for part in parts[named[0] + 1 :] if named else ():
                found |= {text for text in words_of(part) if text not in rules()}
    return found


def test_every_phrase_of_the_law_has_its_chinese() -> None:
    phrases = {text for text in said() if WORDS.search(text) and not HAN.search(text)} - DATA
    assert len(phrases) > 100
    assert sorted(text for text in phrases if not HAN.search(chinese(text))) == []


@pytest.mark.parametrize("english", PHRASES)
def test_a_phrase_keeps_its_data(english: str) -> None:
    assert HAN.search(PHRASES[english])
    assert english.count("{}") == PHRASES[english].count("{}")
    filled = chinese(english.format(*("ab" * 32, "9:9")[: english.count("{}")], *["x"] * 9))
    assert HAN.search(filled) and ("{}" not in english or "ab" * 32 in filled)


@pytest.mark.parametrize("data", ["", "fgj", "ab" * 32, "91000000MA00000012", "演示企业", "(a{0}) %s {}"])
def test_data_stays_as_it_is(data: str) -> None:
    assert chinese(data) == data


def test_a_long_hostile_text_takes_no_time() -> None:
    hostile = "added " * 20_000
    assert chinese(hostile) == hostile


def test_the_longer_phrase_wins() -> None:
    assert chinese("signed by A for B") == "由 A 为 B 签名"
    assert chinese("plan row that exists") == "已有的计划行"
    assert chinese("not before 2026-03-02") == "不早于 2026-03-02"


def test_roles_are_named_as_on_the_counter() -> None:
    assert chinese("approver / admin") == "审批人、管理员"
    assert chinese("approver / fgj") == "approver / fgj", "data stays"

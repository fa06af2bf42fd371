"""The first question of all: practice or official, in whatever way a person of an input method answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from cli import firstrun
from cli.desk import Desk

ANSWERS = {
    "1": True,
    "１": True,
    " 1。": True,
    "演练": True,
    "Practice": True,
    "2": False,
    "２": False,
    "正式": False,
    "official": False,
}


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the person types next, the last first."""
    answers: list[str] = []
    monkeypatch.setattr("click.prompt", lambda _question, **_rest: answers.pop())
    return answers


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_number_and_the_word_are_understood(answer: str, typed: list[str]) -> None:
    typed.append(answer)
    assert firstrun._is_practice() is ANSWERS[answer]


@pytest.mark.parametrize("answer", ["", "3", "12", "是", "y", "演练正式"])
def test_nothing_else_decides_what_a_ledger_is_for_ever(
    answer: str, typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    typed += ["正式", answer]
    assert firstrun._is_practice() is False
    assert capsys.readouterr().out.strip() in ("Please type 1 or 2.", "请输入 1 或 2。")


def test_where_only_practice_is_offered_nobody_is_asked(
    tmp_path: Path, typed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Sequence[str]] = []
    monkeypatch.setattr(firstrun, "_people", lambda _unit: [])
    monkeypatch.setattr(firstrun, "_profile", lambda: "s0")
    typed += ["bj", "649999", "演示县发展和改革局"]

    def do(words: Sequence[str], *, given: bool = True) -> int:
        asked.append(words)
        return 1

    desk = Desk(tmp_path / "ledger.db", (), "", None, False, False)
    assert not firstrun.first_run(desk, do, practice_only=True)
    assert asked[0][1].startswith("practice/") and "--practice" in asked[0]

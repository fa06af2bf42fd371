"""The command line run in this process: answers typed at its prompts, what it printed, its exit code."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import pytest

from cli.desk import Desk
from cli.main import run
from tests.office import PASSPHRASE, Clock

PEOPLE = (
    "zhao-admin:赵一:fgj:admin",
    "qian-clerk:钱二:fgj:clerk",
    "sun-approver:孙三:fgj:approver",
    "li-supervisor:李四:jijian:supervisor",
)
OFFICE = ("--office", "演示县发展和改革局", "--division", "000000")
ORIGIN = "ledger.example.gov.cn/fgj/2026"


class Counter:
    """Runs commands on the ledger in `folder`. `typed` are the answers of the next command, in order;
    an exception among them is raised at its prompt. `asked` are the questions of the last command."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], clock: Clock) -> None:
        self.folder = folder
        self.capsys = capsys
        self.clock = clock
        self.ledger = folder / "台账 ledger.db"
        self.passphrases = folder / "口令.txt"
        self.passphrases.write_text(PASSPHRASE + "\n", "utf-8")
        self.typed: list[str | BaseException] = []
        self.asked: list[str] = []
        self.out = self.err = ""

    def answer(self, question: str) -> str:
        self.asked.append(question)
        answer = self.typed.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def run(self, *arguments: object, by: str = "", asks: bool = False) -> int:
        """The exit code; without `asks` the passphrase comes from a file and nobody can be asked."""
        self.capsys.readouterr()
        self.asked = []
        words: list[object] = ["-L", self.ledger]
        if not asks:
            words += ["--passphrase-file", self.passphrases]
        if by:
            words += ["--as", by]
        code = run([str(word) for word in (*words, *arguments)])
        self.out, self.err = self.capsys.readouterr()
        return code

    def does(self, *arguments: object, by: str = "") -> str:
        """What a command prints that must succeed."""
        assert self.run(*arguments, by=by) == 0, self.err
        return self.out

    def types(self, *arguments: object, answers: Iterable[str | BaseException], by: str = "") -> int:
        """The exit code of a command run by a person who types these answers; none is left over."""
        self.typed = list(answers)
        code = self.run(*arguments, by=by, asks=True)
        assert not self.typed, f"never asked for: {self.typed}; asked {self.asked}; {self.err}"
        return code

    def json(self, *arguments: object, by: str = "") -> dict[str, Any]:
        """What a command answers as JSON, whatever its exit code."""
        self.run(*arguments, "--json", by=by)
        document: dict[str, Any] = json.loads(self.out)
        return document

    def found(self, *more: object) -> dict[str, Any]:
        """Found the ledger."""
        people = [word for person in PEOPLE for word in ("--person", person)]
        return self.json("init", ORIGIN, *OFFICE, *people, *more)


@pytest.fixture
def counter(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Counter:
    """A counter where nothing is yet, on 2026-03-02; keys open quickly, each prompt has an answer."""
    clock = Clock("2026-03-02")
    made = Counter(tmp_path, capsys, clock)
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.delenv("LIUHEN_LEDGER", raising=False)
    monkeypatch.delenv("LIUHEN_PASSPHRASE_FILE", raising=False)
    monkeypatch.setattr("ledger.commands.keys.SCRYPT_N", 2)
    monkeypatch.setattr(Desk, "clock", clock)
    monkeypatch.setattr(Desk, "interactive", property(lambda _desk: bool(made.typed)))
    monkeypatch.setattr(click.termui, "hidden_prompt_func", made.answer)
    monkeypatch.setattr(click.termui, "visible_prompt_func", made.answer)
    return made


@pytest.fixture
def office(counter: Counter) -> Counter:
    """The counter of an office just founded."""
    counter.found()
    return counter

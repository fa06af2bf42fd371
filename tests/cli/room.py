"""The room of a draw: the made-up office at the counter, clerk and supervisor with a key folder each."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.desk import Desk
from cli.main import run
from ledger.book import Book
from ledger.commands import find
from ledger.commands.keys import Person, enroll, enrolment, new_key
from tests.office import ORIGIN, PASSPHRASE, Office
from verifier import facts as f
from verifier.facts import Facts

CLERK, SUPERVISOR, APPROVER = "qian-clerk", "li-supervisor", "sun-approver"


class Room:
    """An office with an approved task, and its command line. `out` and `err` are of the last command."""

    def __init__(self, folder: Path, **task: object) -> None:
        self.folder = folder
        self.office = Office(folder)
        self.clock = self.office.clock
        self.office.ready(**task)
        self.office.book.close()
        for name, holder in (("A", CLERK), ("B", SUPERVISOR)):
            (folder / name).mkdir()
            shutil.copy(folder / "keys" / f"{holder}.key", folder / name)
        (folder / "p.txt").write_text(PASSPHRASE, encoding="utf-8")
        self.ledger = folder / "台账 ledger.db"
        self.out = self.err = ""
        self.capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: object, by: str = CLERK, keys: tuple[str, ...] = ("keys",)) -> int:
        """The exit code of a command, which cannot ask anything."""
        self.capsys.readouterr()
        folders = [word for name in keys for word in ("-K", self.folder / name)]
        acting = ["--as", by] if by else []
        words = ["-L", self.ledger, *folders, *acting, "--passphrase-file", self.folder / "p.txt", *arguments]
        exit_code = run([str(word) for word in words])
        self.out, self.err = self.capsys.readouterr()
        return exit_code

    def does(self, *arguments: object, by: str = CLERK) -> str:
        """What a command that succeeds prints."""
        exit_code = self.run(*arguments, by=by)
        assert exit_code == 0, f"{exit_code}: {self.out}{self.err}"
        return self.out

    def json(self, *arguments: object, by: str = CLERK) -> Any:
        """The answer of a command that succeeds, as JSON."""
        return json.loads(self.does("--json", *arguments, by=by))

    def refused(self, *arguments: object, by: str = CLERK, exit_code: int = 9) -> str:
        """What is said of a command that is refused; nothing was recorded."""
        before = self.size()
        assert self.run(*arguments, by=by) == exit_code, self.out + self.err
        assert self.size() == before
        assert "Traceback" not in self.err
        return self.err

    def size(self) -> int:
        """Entries of the ledger."""
        with Book.open(self.ledger, read_only=True) as book:
            return book.store.head().size

    def facts(self) -> Facts:
        """The facts at the head, to keep after the ledger is closed."""
        with Book.open(self.ledger, read_only=True) as book:
            memory = f.MemoryFacts()
            for table in (
                f.DRAWS,
                f.TASKS,
                f.TEAMS,
                f.FROZEN,
                f.VISITS,
                f.PENDING,
                f.VISIT_OF,
                f.KEYS,
                f.HEAD,
            ):
                for key, row in book.facts().rows(table):
                    memory.put(table, key, row)
            return memory

    def draw_it(self) -> None:
        """The whole draw, by ceremony."""
        self.does("draw", "ceremony", "--yes")

    def drawn(self, draw: str = "t1-d1") -> list[f.Team]:
        return find.teams_by_rank(self.facts(), draw)

    def enrol_officers(self) -> None:
        """Keys for every officer of the register."""
        with Book.open(self.ledger, clock=self.clock) as book:
            names = [name for name, _row in book.facts().rows(f.register("officers"))]
            for name in names:
                person = Person(name, f"检查员{name}", "fgj", ("officer",))
                signer = new_key(self.folder / "keys", ORIGIN, person, PASSPHRASE, scrypt_n=2)
                enroll(book, self.office.admin, enrolment(signer, person.name))


@pytest.fixture
def room(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Room]:
    """A room on 2026-03-02 whose people read English; `indirect` parameters are of the task."""
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.chdir(tmp_path)
    made = Room(tmp_path, **getattr(request, "param", {}))
    made.capsys = capsys
    monkeypatch.setattr(Desk, "clock", lambda _desk: made.clock())
    yield made

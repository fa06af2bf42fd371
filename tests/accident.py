"""Commands run in a forked process that meets an accident on the way.

The accident comes just before a durable step of the command: a statement that changes the database, a flush
to the disk, a name given or taken. Which step it is, is counted; so every accident can be played again.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cli.desk import Desk
from cli.main import run
from ledger.book import Book
from ledger.keystore import Signer, unlock
from tests.office import PASSPHRASE, Clock, Office
from verifier.errors import LiuhenError
from verifier.replay import verify_entries
from verifier.report import Verdict

OTHER_PASSPHRASE = "另一口令"
Accident = Callable[[], None]
_STEPS = ("fsync", "replace", "rename", "link", "unlink", "mkdir", "rmdir")


def killed() -> None:
    """As a power cut: no handler runs, nothing is flushed."""
    os.kill(os.getpid(), signal.SIGKILL)


def ctrl_c() -> None:
    """As a person who is impatient."""
    signal.raise_signal(signal.SIGINT)


class Trap:
    """Counts durable steps and has `accident` before the step number `at`, from 1; 0 is never."""

    def __init__(self, at: int, accident: Accident) -> None:
        self.at = at
        self.accident = accident
        self.steps = 0

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            self.accident()

    def lay(self) -> None:
        """Put the trap into this process, for good."""
        for name in _STEPS:
            setattr(os, name, self._counted(getattr(os, name)))
        connect, step = sqlite3.connect, self.step

        class Connection(sqlite3.Connection):
            def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
                if not sql.startswith(("SELECT", "PRAGMA")):
                    step()
                return super().execute(sql, *values)

            def executemany(self, sql: str, rows: Any) -> sqlite3.Cursor:
                step()
                return super().executemany(sql, rows)

        def connecting(*words: Any, **named: Any) -> sqlite3.Connection:
            return connect(*words, factory=Connection, **named)

        sqlite3.connect = connecting  # type: ignore[assignment]

    def _counted(self, deed: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*words: Any, **named: Any) -> Any:
            self.step()
            return deed(*words, **named)

        return counted


@dataclass(frozen=True)
class Done:
    """How a process ended: its exit code, negative for a signal; what it printed; its durable steps."""

    code: int
    text: str
    steps: int


class Running:
    """A command under way in a forked process."""

    def __init__(self, pid: int, pipe: int) -> None:
        self.pid = pid
        self._pipe = pipe

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def finish(self) -> Done:
        with os.fdopen(self._pipe, "rb") as pipe:
            text, _, steps = pipe.read().decode("utf-8", "replace").partition("\0")
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        assert "Traceback" not in text, text
        return Done(code, text, int(steps or 0))


def begin(words: Sequence[object], clock: Clock, trap: Trap, prepare: Accident) -> Running:
    """Start `liuhen WORDS` at `clock`; `prepare` runs in its process first."""
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        return Running(pid, read)
    code = 99
    try:
        os.close(read)
        os.environ["LANGUAGE"] = "en"
        sys.stdin = open(os.devnull)  # noqa: SIM115, PTH123 - nobody can be asked
        sys.stdout = sys.stderr = os.fdopen(write, "w", encoding="utf-8", errors="replace")
        signal.signal(signal.SIGINT, signal.default_int_handler)
        Desk.clock = lambda _desk: clock()  # type: ignore[method-assign]
        prepare()
        trap.lay()
        code = run([str(word) for word in words])
        sys.stdout.write(f"\0{trap.steps}")
        sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001 - the child must end here, whatever happened
        os.write(write, f"Traceback {error!r}".encode())
    finally:
        os._exit(code)


@dataclass
class Desktop:
    """A folder with a ledger, its keys and what the office made of it."""

    folder: Path
    clock: Clock = field(default_factory=lambda: Clock("2026-03-02", 18))

    @property
    def ledger(self) -> Path:
        return self.folder / "台账 ledger.db"

    def copy(self, folder: Path) -> Desktop:
        """The same, to be damaged."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Desktop(folder)

    def begin(
        self,
        *words: object,
        by: str = "",
        trap: Trap | None = None,
        prepare: Accident = lambda: None,
    ) -> Running:
        """Start a command; a path among the words that begins with `@` is in this folder."""
        placed = [
            self.folder / word[1:] if isinstance(word, str) and word.startswith("@") else word
            for word in words
        ]
        acting = ["--as", by] if by else []
        at = ["-L", self.ledger, *acting, "--passphrase-file", self.folder / "口令.txt"]
        return begin([*at, *placed], self.clock, trap or Trap(0, killed), prepare)

    def run(self, *words: object, **rest: Any) -> Done:
        return self.begin(*words, **rest).finish()

    def size(self) -> int:
        """Entries of the ledger, all of which verify; 0 when there is none."""
        if not self.ledger.exists():
            return 0
        with Book.open(self.ledger, read_only=True) as book:
            entries = list(book.store.entries())
            head = book.store.head()
            if entries:
                report = verify_entries(entries, "", book.open_private)
                assert report.verdict is Verdict.PASS, [c for c in report.checks if c.status == "fail"]
                assert book.entry(head.size - 1).leaf == head.leaf
            assert len(entries) == head.size
        return len(entries)

    def keys(self) -> dict[str, Signer]:
        """Every key file, opened."""
        return {path.name: self._opened(path) for path in sorted((self.folder / "keys").glob("*.key"))}

    @staticmethod
    def _opened(path: Path) -> Signer:
        try:
            return unlock(path, PASSPHRASE)
        except LiuhenError:
            return unlock(path, OTHER_PASSPHRASE)

    def drafts(self) -> list[str]:
        """Hidden files and folders that something left behind."""
        return sorted(path.name for path in self.folder.rglob(".*"))


def desktop(folder: Path, *, until: str) -> Desktop:
    """A made-up office: `empty`, `founded`, `ready` to draw, `frozen`, `sealed`, `opened` or `drawn`."""
    made = Desktop(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "口令.txt").write_text(PASSPHRASE, "utf-8")
    (folder / "另口令.txt").write_text(OTHER_PASSPHRASE, "utf-8")
    if until == "empty":
        return made
    office = Office(folder)
    stages = [
        ("ready", office.ready),
        ("frozen", office.freeze),
        ("sealed", office.commits),
        ("opened", office.reveals),
        ("drawn", lambda: _draw(office)),
    ]
    if until != "founded":
        for name, step in stages:
            step()
            if name == until:
                break
    office.book.close()
    return made


def _draw(office: Office) -> None:
    from ledger.commands import draws

    draws.run(office.book, office.clerk, "d1")


def real(words: list[str]) -> None:
    """The program in a process of its own; says `ready` when everything is loaded."""
    import cli.commands.subject  # noqa: F401 - what takes the time

    clock = Clock("2026-03-03")
    Desk.clock = lambda _desk: clock()  # type: ignore[method-assign]
    print("ready", flush=True)
    sys.exit(run(words))

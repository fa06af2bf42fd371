"""Two programs at one ledger, and clocks that are wrong."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ledger.book import Book
from ledger.store import Store
from tests.accident import Desktop, desktop
from tests.cli.counter import Counter, counter, office
from verifier.errors import Exit

__all__ = ["counter", "office"]

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
ADOPT = ("calendar", "adopt", "2025")
CORRECT = ("clock", "correct", "--reason", "主板电池更换", "--yes")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Desktop:
    return desktop(tmp_path_factory.mktemp("founded"), until="founded")


@contextmanager
def held(path: Path) -> Iterator[Callable[[], None]]:
    """Another process holds the write lock until the function given is called."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        os.write(write, b"!")
        time.sleep(60)
        os._exit(0)
    left = [pid]

    def release() -> None:
        for each in left:
            os.kill(each, signal.SIGKILL)
            os.waitpid(each, 0)
        left.clear()

    try:
        assert os.read(read, 1) == b"!"
        yield release
    finally:
        release()
        os.close(read)
        os.close(write)


@forks
def test_a_second_process_waits_and_then_works(founded: Desktop, tmp_path: Path) -> None:
    desk = founded.copy(tmp_path)
    size = desk.size()
    with held(desk.ledger) as release:
        began = time.monotonic()
        second = desk.begin(*ADOPT, by="qian-clerk")
        time.sleep(2)
        release()
        done = second.finish()
    assert done.code == Exit.PASS, done.text
    assert time.monotonic() - began >= 2
    assert desk.size() == size + 1


@forks
def test_a_second_process_does_not_wait_for_ever(founded: Desktop, tmp_path: Path) -> None:
    desk = founded.copy(tmp_path)
    size = desk.size()

    def impatient() -> None:
        Store.writing.__wrapped__.__defaults__ = (0.2,)  # type: ignore[attr-defined]

    with held(desk.ledger):
        done = desk.run(*ADOPT, by="qian-clerk", prepare=impatient)
        assert desk.run("log", "list").code == Exit.PASS
    assert done.code == Exit.LOCKED
    assert "Another program is writing to the ledger" in done.text
    assert "What to do: Wait" in done.text
    assert desk.size() == size
    assert desk.run(*ADOPT, by="qian-clerk").code == Exit.PASS


@forks
def test_two_processes_at_once_both_record(founded: Desktop, tmp_path: Path) -> None:
    desk = founded.copy(tmp_path)
    size = desk.size()
    both = [desk.begin("calendar", "adopt", str(year), by="qian-clerk") for year in (2024, 2025)]
    assert [each.finish().code for each in both] == [Exit.PASS, Exit.PASS]
    assert desk.size() == size + 2


def last_time(office: Counter) -> str:
    with Book.open(office.ledger, read_only=True) as book:
        return book.store.head().time


def adopt(office: Counter, year: int, *options: str) -> int:
    return office.run(*options, "calendar", "adopt", str(year), by="qian-clerk")


def test_a_clock_a_little_behind_takes_the_time_of_the_last_entry(office: Counter) -> None:
    office.clock.go("2026-03-02", 12)
    assert adopt(office, 2025) == Exit.PASS
    last = last_time(office)
    office.clock.second -= 290
    assert adopt(office, 2024) == Exit.PASS
    assert last_time(office) == last
    assert office.run("verify") == Exit.PASS


def test_a_clock_further_behind_is_refused_until_it_is_set_or_corrected(office: Counter) -> None:
    office.clock.go("2026-03-02", 12)
    assert adopt(office, 2025) == Exit.PASS
    last = last_time(office)
    office.clock.second -= 310
    assert adopt(office, 2024) == Exit.REFUSED
    assert "E-CLOCK-BEHIND" in office.err
    assert "liuhen clock correct" in office.err
    assert last_time(office) == last
    office.clock.go("2026-03-02", 13)
    assert adopt(office, 2024) == Exit.PASS


def test_a_corrected_clock_is_confirmed_before_anything_else(office: Counter) -> None:
    office.clock.go("2026-03-30")
    assert adopt(office, 2025) == Exit.PASS
    office.clock.go("2026-03-03")
    assert office.run(*CORRECT, by="qian-clerk") == Exit.REFUSED
    assert office.run(*CORRECT, by="zhao-admin") == Exit.PASS
    assert adopt(office, 2024) == Exit.REFUSED
    assert "What to do" in office.err
    assert "confirm" in office.err
    assert office.run("confirm", "--all", by="zhao-admin") == Exit.REFUSED
    assert office.run("confirm", "--all", by="sun-approver") == Exit.PASS, office.err
    assert adopt(office, 2024) == Exit.PASS
    assert last_time(office).startswith("2026-03-03")
    assert office.run("verify") == Exit.PASS


def test_a_clock_more_than_31_days_ahead_is_asked_about(office: Counter) -> None:
    last = last_time(office)
    office.clock.go("2026-04-03")
    assert adopt(office, 2025) == Exit.STOPPED
    assert "E-CLOCK-AHEAD" in office.err
    assert "--clock-is-right" in office.err
    assert last_time(office) == last
    asking = ("calendar", "adopt", "2025")
    passphrase = office.passphrases.read_text("utf-8").strip()
    assert office.types(*asking, answers=[passphrase, "n"], by="qian-clerk") == Exit.STOPPED
    assert last_time(office) == last
    assert office.types(*asking, answers=[passphrase, "y"], by="qian-clerk") == Exit.PASS, office.err
    office.clock.go("2026-07-01")
    assert adopt(office, 2024, "--clock-is-right") == Exit.PASS
    assert office.run("verify") == Exit.PASS


def test_a_clock_31_days_ahead_is_believed(office: Counter) -> None:
    office.clock.go("2026-04-02", 8)
    assert adopt(office, 2025) == Exit.PASS


def test_three_wrong_passphrases_end_a_command(office: Counter) -> None:
    last = last_time(office)
    answers = ["falsch", "FALSCH", "ｆａｌｓｃｈ"]
    assert office.types(*ADOPT, answers=answers, by="qian-clerk") == Exit.KEY
    assert len(office.asked) == 3
    assert "Wrong passphrase; 1 tries left." in office.err
    assert "E-KEY-PASSPHRASE" in office.err
    assert last_time(office) == last


UNKNOWN = {
    "a holder": ("key revoke nobody --reason 试 --yes", "zhao-admin", "E-KEY-HOLDER", Exit.REFUSED),
    "a key file": ("calendar adopt 2025", "nobody", "E-KEY-NONE", Exit.KEY),
    "a plan": ("plan submit p9", "qian-clerk", "", Exit.REFUSED),
    "a task": ("draw freeze --task t9 --yes", "qian-clerk", "", Exit.REFUSED),
    "a draw": ("draw show d9", "", "E-DRAW-UNKNOWN", Exit.REFUSED),
    "an entry to confirm": ("confirm 99", "sun-approver", "E-CONFIRM-NONE", Exit.REFUSED),
    "an entry to show": ("log show 99", "", "E-LOG-SEQ", Exit.USAGE),
    "an enterprise": (
        "subject remove 无此企业 --reason 试",
        "qian-clerk",
        "E-LIST-UNKNOWN",
        Exit.REFUSED,
    ),
    "a file": ("subject import 无.xlsx", "qian-clerk", "", Exit.UNREADABLE),
    "a rule": ("rule show no.rule", "", "", Exit.USAGE),
    "a role that may not": ("key revoke li-supervisor --reason 试 --yes", "sun-approver", "", Exit.REFUSED),
    "a plan before its lists": ("plan import 无.xlsx", "qian-clerk", "", Exit.UNREADABLE),
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_what_is_unknown_is_named_and_what_to_do(office: Counter, what: str) -> None:
    words, by, code, exit_code = UNKNOWN[what]
    last = last_time(office)
    assert office.run(*words.split(), by=by) == exit_code, office.out + office.err
    assert f"Code: {code}" in office.err or exit_code == Exit.USAGE or not code
    assert "What to do" in office.err or "liuhen" in office.err
    assert last_time(office) == last

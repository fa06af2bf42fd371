"""Clocks that jump: the program as an office starts it, under libfaketime.

What is recorded never goes back in time, a clock that is behind is refused, one that is far ahead is asked
about, and a leap day, a New Year and a machine in another zone give the right day.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ledger.store import NewEvent
from tests.accident import Desktop
from tests.torture import scene
from tests.torture.checker import breaches
from tests.torture.outcome import Outcome
from verifier.errors import Exit

ROOT = Path(__file__).parents[2]
RIGHT = "--clock-is-right"
PROGRAM = "from cli.main import main; main()"
ADOPT = ("calendar", "adopt", "--notice", "国办发明电〔2024〕12号")


@dataclass(frozen=True)
class Jump:
    """A command at `time` of the machine's zone: how it ends, and the time of the entry that it leaves."""

    what: str
    time: str
    code: int
    entry: str = ""
    right: bool = False
    says: str = ""
    zone: str = "Asia/Shanghai"


JUMPS = (
    Jump("as it should be", "2026-03-03 09:00:00", Exit.PASS, "2026-03-03T09:00"),
    Jump("back two years", "2024-03-03 09:00:00", Exit.REFUSED, says="E-CLOCK-BEHIND"),
    Jump("back to 1970", "1970-01-02 00:00:00", Exit.REFUSED, says="E-CLOCK-BEHIND"),
    Jump("back four minutes", "2026-03-03 08:56:30", Exit.PASS, "2026-03-03T09:00"),
    Jump("back ten minutes", "2026-03-03 08:50:00", Exit.REFUSED, says="E-CLOCK-BEHIND"),
    Jump("New Year, far ahead", "2026-12-31 23:59:50", Exit.STOPPED, says="E-CLOCK-AHEAD"),
    Jump("New Year's Eve, and right", "2026-12-31 23:59:50", Exit.PASS, "2026-12-31T23:59", right=True),
    Jump("New Year", "2027-01-01 00:00:05", Exit.PASS, "2027-01-01T00:00"),
    Jump("the eve again", "2026-12-31 12:00:00", Exit.REFUSED, says="E-CLOCK-BEHIND"),
    Jump("a machine in another zone", "2027-01-01 10:00:00", Exit.PASS, "2027-01-01T18:00", zone="UTC"),
    Jump("a leap day", "2028-02-29 12:00:00", Exit.PASS, "2028-02-29T12:00", right=True),
    Jump("its last second", "2028-02-29 23:59:55", Exit.PASS, "2028-02-29T23:59"),
    Jump("the day after", "2028-03-01 00:00:30", Exit.PASS, "2028-03-01T00:00"),
    Jump("seventy years ahead", "2098-01-01 00:00:00", Exit.STOPPED, says="E-CLOCK-AHEAD"),
)


def reason_against() -> str:
    return "" if shutil.which("faketime") else "faketime is missing"


def play(folder: Path, jumps: tuple[Jump, ...] = JUMPS) -> Outcome:
    outcome = Outcome("clock jumps (libfaketime)")
    outcome.skipped = reason_against()
    if outcome.skipped:
        return outcome
    desk = scene.office(folder)
    for number, jump in enumerate(jumps):
        before = _times(desk)
        done = _at(desk, jump, str(2025 - number))
        after = _times(desk)
        outcome.rounds += 1
        outcome.hits += done.returncode != Exit.PASS or jump.entry != ""
        outcome.acknowledged += done.returncode == Exit.PASS
        found = breaches(desk.ledger, (), desk.folder / "keys")
        if done.returncode != jump.code or jump.says not in done.stderr:
            found.append(f"exit {done.returncode}: {' '.join(done.stderr.split())[:200]}")
        new = after[len(before) :]
        if [time[:16] for time in new] != ([jump.entry] if jump.entry else []):
            found.append(f"it left entries of {new}")
        outcome.breaches += [f"{jump.what}: {one}" for one in found]
    return outcome


def _at(desk: Desktop, jump: Jump, year: str) -> subprocess.CompletedProcess[str]:
    words = ["-L", desk.ledger, "--as", "qian-clerk", "--passphrase-file", desk.folder / "口令.txt"]
    words += [RIGHT] if jump.right else []
    return subprocess.run(
        ["faketime", "-f", jump.time, sys.executable, "-c", PROGRAM, *map(str, words), *ADOPT, year],
        cwd=ROOT,
        env={**os.environ, "TZ": jump.zone, "LANGUAGE": "en", "FAKETIME_DONT_FAKE_MONOTONIC": "1"},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def _times(desk: Desktop) -> list[str]:
    with scene.opened(desk)[0] as book:
        return [entry.body.time for entry in book.entries()]


def control(folder: Path) -> Outcome:
    """A store that takes the clock's word: what it recorded two years back does not verify."""
    outcome = Outcome("clock jumps (libfaketime)", rounds=1, hits=1)
    desk = scene.office(folder)
    book, signer = scene.opened(desk)
    data = {"activity": "a-1", "kind": "meeting", "date": "2024-03-03", "title": "会议"}
    with book, book.store.writing() as transaction:
        event = NewEvent("activities", "activity.recorded", data, os.urandom(16))
        time = "2024-03-03T09:00:00+08:00"
        transaction.append([event], actor=signer.key_id, sign=signer.sign, time=time)
    outcome.breaches = breaches(desk.ledger)
    return outcome

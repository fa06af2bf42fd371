"""`strace` makes the kernel refuse, or kills the process, at one system call after the other.

Commands run as a person gives them, in a process forked from a loaded one, which waits until `strace` has
taken hold of it; so calls are counted from there. They are counted once without a fault, then done again with
each fault at each call. What is told goes through a socket, whose calls are not among those that fail.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cli.commands.backup
import cli.commands.calendar
import cli.commands.key
import cli.commands.site  # noqa: F401 - what takes the time is loaded before the fork
from cli.desk import Desk
from cli.main import run
from ledger import backup
from tests.accident import Desktop
from tests.torture import cosigning, scene, sites
from tests.torture.checker import breaches
from tests.torture.outcome import Outcome
from verifier.errors import Exit, LiuhenError

WRITES: Final = ("write", "pwrite64", "writev", "ftruncate", "fallocate")
FLUSHES: Final = ("fsync", "fdatasync")
NAMES: Final = ("rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "mkdir", "rmdir")
CALLS: Final = (*WRITES, *FLUSHES, *NAMES)
FAULTS: Final = {
    "EIO": "error=EIO:when={at}",
    "ENOSPC": "error=ENOSPC:when={at}",
    "EIO from then on": "error=EIO:when={at}+",
    "SIGKILL": "signal=KILL:when={at}",
}
_TIMEOUT = 60.0


@dataclass(frozen=True)
class Told:
    """How a process ended, and what it printed."""

    code: int
    text: str


@dataclass(frozen=True)
class Job:
    """What is done, and what is broken afterwards, given how it ended."""

    do: Callable[[Desktop], int]
    look: Callable[[Desktop, Told], list[str]]


def reason_against() -> str:
    if not hasattr(os, "fork") or shutil.which("strace") is None:
        return "strace is missing"
    return ""


def command(desk: Desktop, *words: object, by: str = "") -> int:
    """The exit code of a command."""
    acting = ["--as", by] if by else []
    at = ["-L", desk.ledger, *acting, "--passphrase-file", desk.folder / "口令.txt"]
    return run([str(word) for word in (*at, *words)])


def _append(desk: Desktop) -> int:
    return command(desk, "calendar", "adopt", "2025", by="qian-clerk")


def _appended(desk: Desktop, told: Told) -> list[str]:
    return _recorded(desk, told) + _goes_on(desk, "calendar", "adopt", "2024", by="qian-clerk")


def _recorded(desk: Desktop, told: Told, before: int = scene.FOUNDED, adds: int = 1) -> list[str]:
    """The ledger holds what the exit code says."""
    found = breaches(desk.ledger, (), desk.folder / "keys")
    if found:
        return found
    size = _size(desk)
    allowed = {Exit.PASS: {before + adds}, -signal.SIGKILL: {before, before + adds}}
    if size not in allowed.get(told.code, {before}):
        found.append(f"exit {told.code} with {size - before} new entries: {_line(told)}")
    return found


def _size(desk: Desktop) -> int:
    with scene.opened(desk)[0] as book:
        return book.store.head().size


def _goes_on(desk: Desktop, *words: object, by: str = "") -> list[str]:
    """The next command works."""
    told, _ = trial(lambda: command(desk, *words, by=by))
    return [] if told.code == Exit.PASS else [f"afterwards {words[0]}: exit {told.code}, {_line(told)}"]


def _site(desk: Desktop) -> int:
    return command(desk, "site", "build", sites.target(desk))


def _site_built(desk: Desktop, told: Told) -> list[str]:
    shown = _size(desk) if told.code == Exit.PASS else 0
    acks = [(shown - 1, scene.UNKNOWN)] if shown else []
    return sites.broken(desk, acks) + _recorded(desk, told, before=scene.FOUNDED + 1, adds=0)


def _backup(desk: Desktop) -> int:
    return command(desk, "backup", desk.folder / "copies")


def _copied(desk: Desktop, told: Told) -> list[str]:
    found = _recorded(desk, told, adds=0)
    copies = list((desk.folder / "copies").glob("*.backup"))
    if told.code == Exit.PASS and not copies:
        found.append("the copy is missing")
    for path in copies:
        try:
            backup.read(path)
        except LiuhenError as error:
            found.append(f"{path.name}: {error}")
    return found + _goes_on(desk, "backup", desk.folder / "copies")


def _cosign(desk: Desktop) -> int:
    try:
        answer = cosigning.opened(desk).add_checkpoint(cosigning.request(5, 6))
    except LiuhenError as error:
        print(f"{error} Code: {error.code}")
        return error.exit
    return Exit.PASS if answer.status == 200 else Exit.FAIL


def _cosigned(desk: Desktop, told: Told) -> list[str]:
    acks = [(5, scene.UNKNOWN), *([(6, scene.UNKNOWN)] if told.code == Exit.PASS else [])]
    seen = cosigning.seen(desk)
    found = [] if seen in (5, 6) else [f"it remembers {seen}"]
    # The folder's flush comes after the commit: a head remembered and not answered is asked for again.
    return found + cosigning.broken(desk, acks)


def _passphrase(desk: Desktop) -> int:
    return command(
        desk, "key", "passphrase", "qian-clerk", "--new-passphrase-file", desk.folder / "另口令.txt"
    )


def _key_stands(desk: Desktop, told: Told) -> list[str]:
    """One of the two passphrases opens it: the new one when it was told to be done."""
    opens = []
    for name in ("口令.txt", "另口令.txt"):
        at = ("-L", desk.ledger, "--as", "qian-clerk", "--passphrase-file", desk.folder / name)
        done, _ = trial(lambda at=at: run([str(w) for w in (*at, "calendar", "adopt", "2025")]))  # type: ignore[misc]
        opens.append(done.code == Exit.PASS)
    allowed = {Exit.PASS: [[False, True]], -signal.SIGKILL: [[False, True], [True, False]]}
    if opens not in allowed.get(told.code, [[True, False]]):
        return [f"exit {told.code}, old and new passphrase open: {opens}"]
    return breaches(desk.ledger)


JOBS = {
    "append": Job(_append, _appended),
    "backup": Job(_backup, _copied),
    "cosigner": Job(_cosign, _cosigned),
    "key file": Job(_passphrase, _key_stands),
    "site": Job(_site, _site_built),
}


def prepare(folder: Path) -> Desktop:
    """An office whose site is one entry behind, and a cosigner that has signed five entries."""
    desk = scene.office(folder)
    cosigning.prepare(desk)
    cosigning.opened(desk).add_checkpoint(cosigning.request(0, 5))
    return desk


def with_site(desk: Desktop) -> None:
    book, signer = scene.opened(desk)
    with book:
        sites.build(desk, book)
        scene.honest(book, signer, lambda _seq, _leaf: None)


def trial(do: Callable[[], int], inject: str = "", trace: Path | None = None) -> tuple[Told, Path | None]:
    """Run `do` in a process of its own, under `strace` when `trace` is given."""
    here, there = socket.socketpair()
    pid = os.fork()
    if not pid:
        _child(there, do)
    there.close()
    tracer = None
    try:
        if trace is not None:
            tracer = _attach(pid, inject, trace)
        here.settimeout(_TIMEOUT)
        here.sendall(b"g")
        text = b""
        with contextlib.suppress(ConnectionError, TimeoutError):
            while piece := here.recv(1 << 16):
                text += piece
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        here.close()
        if tracer is not None:
            tracer.wait(_TIMEOUT)
    return Told(code, text.decode("utf-8", "replace")), trace


def _child(there: socket.socket, do: Callable[[], int]) -> None:
    code = 99
    out = io.StringIO()
    try:
        os.environ["LANGUAGE"] = "en"
        sys.dont_write_bytecode = True
        Desk.clock = lambda _desk: scene.clock()  # type: ignore[method-assign,assignment]
        there.recv(1)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = do()
    except BaseException as error:  # noqa: BLE001 - the child must end here, whatever happened
        out.write(f"Traceback {error!r}")
    finally:
        there.sendall(out.getvalue().encode())
        os._exit(int(code))


def _attach(pid: int, inject: str, trace: Path) -> subprocess.Popen[bytes]:
    words = ["strace", "-f", "-q", "-p", str(pid), "-o", str(trace), "-e", f"trace={','.join(CALLS)}"]
    tracer = subprocess.Popen([*words, *(["-e", f"inject={inject}"] if inject else [])])
    deadline = time.monotonic() + 10
    while "TracerPid:\t0" in Path(f"/proc/{pid}/status").read_text():
        if tracer.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("strace took no hold of the process")
        time.sleep(0.001)
    return tracer


def counted(do: Callable[[], int], trace: Path) -> Counter[str]:
    """How often each call is made when nothing fails."""
    told, _ = trial(do, trace=trace)
    if told.code != Exit.PASS:
        raise RuntimeError(told.text)
    return Counter(re.findall(r"^\d+ +(\w+)\(", trace.read_text(), re.MULTILINE))


def points(counts: Counter[str], every: int) -> Iterator[tuple[str, int]]:
    """Each call of each kind; only one of `every`, the last among them, where `every` is more than 1."""
    for name, count in sorted(counts.items()):
        yield from ((name, at) for at in range(1, count + 1) if (count - at) % every == 0)


def play(
    folder: Path,
    jobs: dict[str, Job] = JOBS,
    every: int = 1,
    calls: Container[str] = CALLS,
    faults: Sequence[str] = tuple(FAULTS),
) -> Outcome:
    """Every fault at every call; a sample takes one call of `every`, some `calls`, some `faults`."""
    outcome = Outcome("strace: EIO, ENOSPC, SIGKILL at every write, fsync, rename")
    outcome.skipped = reason_against()
    if outcome.skipped:
        return outcome
    base = prepare(folder / "base")
    for name, job in jobs.items():
        if name == "site":
            with_site(base)
        desk = base.copy(folder / "counted")
        counts = counted(lambda job=job, desk=desk: job.do(desk), folder / "trace")  # type: ignore[misc]
        for call, at in points(counts, every):
            for fault in faults if call in calls else ():
                pattern = FAULTS[fault]
                desk = base.copy(folder / "one")
                inject = f"{call}:{pattern.format(at=at)}"
                told, _ = trial(lambda job=job, desk=desk: job.do(desk), inject, folder / "trace")  # type: ignore[misc]
                outcome.rounds += 1
                outcome.hits += "(INJECTED)" in (folder / "trace").read_text() or told.code == -signal.SIGKILL
                outcome.acknowledged += told.code == Exit.PASS
                broken = _broken_words(told) + job.look(desk, told)
                outcome.breaches += [f"{name}, {call} {at}, {fault}: {one}" for one in broken]
                shutil.rmtree(desk.folder)
        shutil.rmtree(folder / "counted")
    return outcome


def _broken_words(told: Told) -> list[str]:
    """The tool says what happened: exit 0, or 7 with a stable code and what to do."""
    if told.code in (Exit.PASS, -signal.SIGKILL):
        return []
    if told.code != Exit.DISK or not re.search(r"\bE-[A-Z]+-[A-Z]+\b", told.text):
        return [f"exit {told.code}: {_line(told)}"]
    return []


def _line(told: Told) -> str:
    return " ".join(told.text.split())[:200]


def control(folder: Path, every: int = 1, calls: Container[str] = CALLS) -> Outcome:
    """A program that takes no error for an answer and says that it is done."""

    def swallowing(desk: Desktop) -> int:
        _append(desk)
        return Exit.PASS

    return play(folder, {"append": Job(swallowing, _appended)}, every, calls)

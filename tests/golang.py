"""Reads a log folder with Go's own packages, as an outside program would (tests/conformance/go).

Needs a Go compiler and `golang.org/x/mod` in GOPATH (Debian: golang-go, golang-golang-x-mod-dev); a test that
calls `check_log_folder` is skipped with the reason where they are absent. Nothing is downloaded.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "conformance" / "go"
DEBIAN_GOPATH = "/usr/share/gocode"


class RefusedByGoError(AssertionError):
    """Go found a fault in the folder; the message is the program's."""


def check_log_folder(path: Path | str) -> str:
    """Check `checkpoint`, `log.vkey` and `tile/…` below a folder or an address `http://…`; gives the line
    `origin size root`.

    RefusedByGoError when the program refuses the folder. Skips the test where Go is absent.
    """
    return _run(_build(SOURCE), path)


def check_cosigned(checkpoint: Path, log: str, cosigner: str) -> str:
    """Open a checkpoint under the vkeys of the log and of a cosigner; gives the line `name seconds`. Refuses
    and skips as above."""
    return _run(_build(SOURCE / "cosigned"), checkpoint, log, cosigner)


def _run(program: Path | str, *arguments: Path | str) -> str:
    if isinstance(program, str):
        pytest.skip(program)
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise RefusedByGoError(done.stderr.strip())
    return done.stdout.strip()


@cache
def _build(source: Path) -> Path | str:
    """The compiled program, or why there is none."""
    go = shutil.which("go")
    if go is None:
        return "no Go compiler"
    paths = [p for p in (os.environ.get("GOPATH"), DEBIAN_GOPATH) if p]
    if not any((Path(p) / "src/golang.org/x/mod/sumdb/tlog").is_dir() for p in paths):
        return "Go has no golang.org/x/mod in GOPATH"
    folder = Path(tempfile.mkdtemp(prefix="checklog-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    program = folder / "checklog.exe"
    environment = {**os.environ, "GO111MODULE": "off", "GOFLAGS": "", "GOPATH": os.pathsep.join(paths)}
    environment.setdefault("GOCACHE", str(folder / "cache"))
    subprocess.run(
        [go, "build", "-o", program, "main.go"], cwd=source, env=environment, check=True, timeout=300
    )
    return program

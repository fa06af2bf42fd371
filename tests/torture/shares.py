"""A network share: the store neither founds nor opens a ledger there to write, and says so.

No server is needed: a local folder mounted through FUSE under the type of sshfs is what the kernel's table
shows of the real one. The control is a store that does not ask.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from ledger.book import Book
from tests.torture import scene
from tests.torture.outcome import Outcome
from verifier.errors import LiuhenError

TYPES = ("sshfs", "davfs2", "glusterfs")


def reason_against() -> str:
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("bindfs") is None:
        return "needs root and bindfs"
    return "" if Path("/dev/fuse").exists() else "no FUSE"


@contextlib.contextmanager
def _mounted(source: Path, place: Path, kind: str) -> Iterator[None]:
    place.mkdir()
    subprocess.run(["bindfs", "-o", f"subtype={kind}", str(source), str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)
        place.rmdir()


def play(folder: Path, *, asks: bool = True) -> Outcome:
    outcome = Outcome("a network share is refused (FUSE)")
    outcome.skipped = reason_against()
    if outcome.skipped:
        return outcome
    desk = scene.office(folder / "local")
    place = folder / "share"
    for kind in TYPES:
        with contextlib.ExitStack() as stack:
            stack.enter_context(_mounted(desk.folder, place, kind))
            if not asks:
                stack.enter_context(patch("ledger.store.sqlite.require_local", lambda _: None))
            attempts = {
                "open to write": lambda: Book.open(place / desk.ledger.name).close(),
                "found": lambda: Book.create(place / "new.db", "example.gov.cn/new").close(),
            }
            for name, attempt in attempts.items():
                code = _code_of(attempt)
                outcome.rounds += 1
                outcome.hits += 1
                if code != "E-STORE-PLACE" or (place / "new.db").exists():
                    outcome.breaches.append(f"{kind}, {name}: {code or 'taken'}")
            if _code_of(lambda: Book.open(place / desk.ledger.name, read_only=True).close()):
                outcome.breaches.append(f"{kind}: cannot be read either")
        (desk.folder / "new.db").unlink(missing_ok=True)
    return outcome


def _code_of(attempt) -> str:  # type: ignore[no-untyped-def]
    try:
        attempt()
    except LiuhenError as error:
        return error.code
    return ""


def control(folder: Path) -> Outcome:
    return play(folder, asks=False)

"""The corpus in the repository: a few inputs a target, each of which reaches lines that no other does."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz.guard import judge
from tests.fuzz.targets import TARGETS, Target

CORPUS = Path(__file__).with_name("corpus")
MOST = 10
"""Inputs kept of one target; besides them what once broke it (`found-…`) and what no seed makes (`real`)."""
LARGEST = 4096
_OURS = ("/verifier/", "/ledger/")


def inputs(name: str) -> list[Path]:
    """The files of a target's corpus."""
    return sorted(path for path in (CORPUS / name).glob("*") if path.is_file())


def minimise(name: str, further: Iterable[Path] = ()) -> int:
    """Choose anew what is kept of a target, from its seeds, its corpus and `further` files; how many are."""
    target = TARGETS[name]
    folder = CORPUS / name
    folder.mkdir(parents=True, exist_ok=True)
    known = {path.read_bytes() for path in inputs(name) if not path.name.startswith(("found-", "real"))}
    known |= {path.read_bytes() for path in further}
    seeds = [data for data in target.seeds() if len(data) <= target.size]
    reached: set[tuple[str, int]] = set()
    kept: list[bytes] = []
    for data in [*seeds[:3], *sorted((d for d in known if len(d) <= LARGEST), key=lambda d: (len(d), d))]:
        new = lines(target, data) - reached
        if new and len(kept) < MOST:
            kept.append(data)
            reached |= new
    for path in inputs(name):
        if not path.name.startswith(("found-", "real")):
            path.unlink()
    for data in kept:
        (folder / sha256(data).hexdigest()[:12]).write_bytes(data)
    return len(kept)


def lines(target: Target, data: bytes) -> set[tuple[str, int]]:
    """The lines of our packages that an input reaches."""
    reached: set[tuple[str, int]] = set()

    def local(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            reached.add((frame.f_code.co_filename, frame.f_lineno))
        return local

    def called(frame: FrameType, _event: str, _arg: Any) -> Any:
        return local if any(part in frame.f_code.co_filename for part in _OURS) else None

    sys.settrace(called)
    try:
        judge(target, data, seconds=60)
    finally:
        sys.settrace(None)
    return reached

"""Pipes, devices and endless files where a file is asked for: refused at once, with nothing waited for."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.keystore import list_keys
from tests.cli.clerk import Clerk
from verifier.plainfile import open_plain

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")

COMMANDS = {
    "a bundle": ("verify", "X.zip"),
    "a bundle without an ending": ("verify", "X"),
    "evidence": ("verify", "X.evidence"),
    "a receipt": ("verify-receipt", "X"),
    "rows": ("subject", "import", "X.csv", "--reason", "x"),
    "a workbook": ("subject", "import", "X.xlsx", "--reason", "x"),
    "a policy": ("policy", "adopt", "X.toml", "--file", "X.toml"),
    "a ledger to look at": ("doctor", "X"),
    "a ledger to repair": ("repair", "X", "--to", "new.db"),
    "a copy to repair with": ("repair", "--to", "new.db", "--from", "X"),
    "a head": ("repair", "--to", "new.db", "--checkpoint", "X"),
    "a copy": ("-L", "new.db", "restore", "X"),
    "a ledger": ("-L", "X", "todo"),
    "a bundle to read": ("log", "list", "--from", "X.zip"),
    "a statement": ("sign", "accept", "X"),
    "an enrolment": ("key", "enroll", "X"),
    "a list examined": ("forensics", "X.csv", "X.csv"),
    "tags": ("tags", "adopt", "v", "--title", "t", "--file", "X"),
    "heads to compare": ("cosign", "compare", "X", "X"),
}


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[list[str]]:
    """Whoever opens a pipe within waits for ever; then somebody writes, so that the test ends."""
    hung: list[str] = []

    def release() -> None:
        for path in tmp_path.glob("X*"):
            try:
                os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
                hung.append(path.name)
            except OSError:
                continue

    timer = threading.Timer(10, release)
    timer.start()
    yield hung
    timer.cancel()


@pytest.mark.parametrize("what", COMMANDS)
@pytest.mark.parametrize("kind", ["pipe", "endless"])
def test_what_is_no_file_is_refused(
    kind: str, what: str, clerk: Clerk, tmp_path: Path, watched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for word in {word for word in COMMANDS[what] if word.startswith("X")}:
        if kind == "pipe":
            os.mkfifo(word)
        elif not os.path.exists(word):  # noqa: PTH110
            os.symlink("/dev/zero", word)  # noqa: PTH211
    code = clerk.run(*COMMANDS[what])
    assert not watched, "it waited for a pipe"
    assert code not in (0, 70, 130), (code, clerk.out, clerk.err)


def test_a_folder_of_keys_is_looked_through_without_opening_what_is_no_file(
    tmp_path: Path, watched: list[str]
) -> None:
    os.mkfifo(tmp_path / "X.key")
    assert list_keys(tmp_path) == []
    assert not watched
    with pytest.raises(OSError, match="not a plain file"):
        open_plain(tmp_path / "X.key")
    with pytest.raises(IsADirectoryError):
        open_plain(tmp_path)

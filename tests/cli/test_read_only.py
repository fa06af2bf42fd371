"""Every command of an auditor works on a ledger and a bundle that nobody may write to, without any key, and
leaves every file as it was."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from cli.main import run
from tests.bundles import Year, whole_year

State = dict[str, tuple[int, int, str]]

OF_A_SOURCE = (
    "replay --at 20 --from {it}",
    "replay --at 2026-03-10 --from {it}",
    "replay diff 3 20 --from {it}",
    "replay bisect --rule draw.seed --from {it}",
    "replay timeline {new}.html --from {it}",
    "trail off-01 --from {it} --html {new}.html",
    "trail d1 --from {it}",
    "fairness {it} --html {new}.html",
    "audit {it} --html {new}.html",
)
OF_A_BUNDLE = ("verify {it}", "verify {it} --html {new}.html --docx {new}.docx")
OF_THE_LEDGER = (
    "verify",
    "verify --html {new}.html",
    "log list",
    "log show 3",
    "private list off-01",
    "stats",
    "todo",
)
OF_NOTHING = ("rule draw.seed", "verify --explain draw.seed", "rule list")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with ledger and bundles, nothing of which may be written."""
    year: Year = whole_year(tmp_path_factory.mktemp("office"))
    year.office.book.close()
    folder = tmp_path_factory.mktemp("kept") / "只读 kept"
    folder.mkdir()
    shutil.copy(year.office.book.store.path, folder / "ledger.db")
    shutil.copy(year.zip, folder / "bundle.zip")
    for name in ("folder", "inspector"):
        shutil.copytree(getattr(year, name), folder / name)
    every = [folder, *folder.rglob("*")]
    for path in every:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield folder
    for path in every:
        path.chmod(0o755 if path.is_dir() else 0o644)


def state(folder: Path) -> State:
    """Every file and folder: time of its last change in nanoseconds, its mode, its hash."""
    found: State = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        told = path.stat()
        held = sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[path.relative_to(folder).as_posix()] = (told.st_mtime_ns, told.st_mode, held)
    return found


def asked() -> list[tuple[str, str]]:
    found = [
        (words, it) for it in ("ledger.db", "bundle.zip", "folder", "inspector") for words in OF_A_SOURCE
    ]
    found += [(words, it) for it in ("bundle.zip", "folder", "inspector") for words in OF_A_BUNDLE]
    return found + [(words, "ledger.db") for words in (*OF_THE_LEDGER, *OF_NOTHING)]


@pytest.mark.parametrize(("words", "it"), asked(), ids=str)
def test_it_reads_and_changes_nothing(
    kept: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    it: str,
) -> None:
    opened: list[str] = []
    connect = sqlite3.connect

    def noted(database: Any, *rest: Any, **more: Any) -> sqlite3.Connection:
        opened.append(str(database))
        return connect(database, *rest, **more)

    monkeypatch.setattr(sqlite3, "connect", noted)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    before = state(kept)
    placed = [word.format(it=kept / it, new=tmp_path / "new") for word in words.split()]
    code = run(["-L", str(kept / "ledger.db"), *placed])
    out, err = capsys.readouterr()
    assert code == 0, out + err
    assert out
    assert state(kept) == before
    assert all("mode=ro" in name for name in opened if "ledger.db" in name), opened


@pytest.mark.parametrize("words", ["verify", "trail off-01", "replay --at 20", "audit"])
def test_a_ledger_in_use_keeps_its_bytes(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """Beside a ledger that others may be writing SQLite keeps an index of the journal; the ledger stays."""
    path = tmp_path / "ledger.db"
    path.write_bytes((kept / "ledger.db").read_bytes())
    before = (path.stat().st_mtime_ns, path.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert run(["-L", str(path), *words.split()]) == 0
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before
    assert not any(name.stat().st_size for name in tmp_path.glob("ledger.db-wal"))


def test_the_state_of_a_file_tells_a_touch_and_a_new_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    before = state(tmp_path)
    os.utime(tmp_path / "a", ns=(1, 1))
    touched = state(tmp_path)
    assert touched != before
    (tmp_path / "b").touch()
    assert state(tmp_path).keys() != touched.keys()

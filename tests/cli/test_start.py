"""What a plain command may load: a person waits for every library that it does not need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ledger.commands import bundles
from tests.office import PASSPHRASE, Office

LEDGER = frozenset({"cryptography", "eventsourcing", "json", "msgpack", "sqlite3", "verifier.facts"})
"""What a command that reads or writes the ledger needs."""
WORKBOOKS = frozenset({"csv", "xml", "zipfile"})
"""What the nouns add that can import a workbook, though not what opens one."""
HEAVY = (
    LEDGER
    | WORKBOOKS
    | {
        *("asyncio", "chinese_calendar", "concurrent.futures", "docx", "docxtpl", "duckdb", "email"),
        *("http.client", "importlib.metadata", "jinja2", "logging", "lxml", "matplotlib", "multiprocessing"),
        *("numpy", "openpyxl", "PIL", "platformdirs", "psycopg", "scipy", "segno", "sqlite_utils", "ssl"),
        *("statistics", "subprocess", "tempfile", "tomllib", "urllib.request", "xlsxwriter"),
    }
)
LOADED = "print(' '.join(name for name in {names!r}.split() if name in sys.modules))"


def loaded(run: str, *arguments: str) -> set[str]:
    """The heavy modules that a process of its own has loaded when the command has succeeded."""
    report = LOADED.format(names=" ".join(sorted(HEAVY)))
    script = f"import sys\ntry:\n    {run}\nexcept SystemExit as end:\n    assert not end.code\n{report}"
    words = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(words, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return set(done.stdout.splitlines()[-1].split())


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office that has drawn and visits."""
    folder = tmp_path_factory.mktemp("office")
    made = Office(folder)
    made.ready()
    made.draw()
    made.clock.go("2026-03-10")
    (folder / "passphrase").write_text(PASSPHRASE, "utf-8")
    (folder / "photo.jpg").write_bytes(b"made up")
    (folder / "drawn").write_text(made.drawn()[0], "utf-8")
    made.book.close()
    return folder


def command(office: Path, *words: str) -> set[str]:
    secret = ("--passphrase-file", str(office / "passphrase"), "--clock-is-right")
    place = ("-L", str(next(office.glob("*.db"))), "-K", str(office / "keys"), "--as", "qian-clerk")
    return loaded("from cli.main import main; main()", *place, *secret, *words)


@pytest.mark.parametrize("word", ["--version", "--help"])
def test_what_reads_no_ledger_loads_none_of_it(word: str) -> None:
    assert loaded("from cli.main import main; main()", word) == set()


@pytest.mark.parametrize("words", [("todo",), ("log", "list"), ("key", "list"), ("result", "list")])
def test_looking_loads_the_ledger_alone(office: Path, words: tuple[str, ...]) -> None:
    assert command(office, *words) <= LEDGER


def test_recording_one_thing_loads_the_ledger_alone(office: Path) -> None:
    assert command(office, "attach", str(office / "photo.jpg")) <= LEDGER


def test_recording_a_visit_loads_nothing_that_opens_a_workbook(office: Path) -> None:
    visited = (office / "drawn").read_text("utf-8")
    scan = str(office / "photo.jpg")
    done = command(office, "inspect", "record", visited, "--on", "2026-03-09", "--scan", scan)
    assert done <= LEDGER | WORKBOOKS


def test_verifying_a_small_log_prepares_no_processes(tmp_path: Path) -> None:
    made = Office(tmp_path)
    made.year()
    made.book.close()
    (tmp_path / "passphrase").write_text(PASSPHRASE, "utf-8")
    assert command(tmp_path, "verify", "--as-of", "2026-12-31") <= LEDGER | WORKBOOKS | {
        *("tomllib", "concurrent.futures", "logging")
    }


def test_the_verifier_alone_loads_no_libraries_of_the_ledger(tmp_path: Path) -> None:
    made = Office(tmp_path)
    made.year()
    bundles.export(made.book, made.log, tmp_path / "bundle")
    made.book.close()
    words = (str(tmp_path / "bundle"), "--as-of", "2026-12-31")
    found = loaded("import sys; from verifier.__main__ import main; sys.exit(main())", *words)
    assert found <= LEDGER - {"sqlite3", "eventsourcing"} | {"tomllib", "concurrent.futures", "logging"}

"""No command that writes a file by name puts it over a ledger, a key, a bundle or a signed paper."""

from __future__ import annotations

import re
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from cli.main import run
from ledger.commands import bundles
from tests.cli.test_help import EVERY
from tests.office import PASSPHRASE, Office
from verifier.errors import Exit

COMMANDS = {
    "audit": ("audit", "--html", "{}", "--yes"),
    "trail": ("trail", "qian-clerk", "--html", "{}", "--yes"),
    "replay": ("replay", "timeline", "{}", "--yes"),
    "database": ("stats", "database", "{}", "--yes"),
    "overview": ("stats", "overview", "{}", "--yes"),
    "csv": ("stats", "--csv", "{}", "--yes"),
    "fairness": ("fairness", "--html", "{}", "--yes"),
    "forensics": ("forensics", "名录.xlsx", "摇号.csv", "--html", "{}", "--yes"),
    "verify html": ("verify", "包.zip", "--html", "{}", "--yes"),
    "verify docx": ("verify", "包.zip", "--docx", "{}", "--yes"),
    "verify state": ("verify", "包.zip", "--state", "{}"),
    "parquet": ("draw", "export", "d1", "--parquet", "{}", "--yes"),
    "record": ("draw", "record", "d1", "--output", "{}", "--yes"),
    "platform": ("platform", "export", "{}", "--draw", "d1", "--yes"),
    "map": ("map", "write", "generic", "{}", "--yes"),
    "policy": ("policy", "show", "s0", "--save", "{}", "--yes"),
    "template": ("template", "{}", "--yes"),
    "items": ("item", "export", "{}", "--yes"),
    "subjects": ("subject", "export", "{}", "--yes"),
    "officers": ("officer", "export", "{}", "--yes"),
    "plan": ("plan", "export", "{}", "--yes"),
    "form": ("form", "print", "notice", "{}", "--draw", "d1", "--yes"),
    "form template": ("form", "template", "notice", "{}", "--yes"),
    "problems": ("followup", "list", "--csv", "{}", "--yes"),
    "workbook": ("inspect", "sheet", "{}", "--yes"),
    "county": ("county", "各部门", "--xlsx", "{}", "--yes"),
    "stamp": ("stamp", "request", "{}"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year with its bundle, and what else must not be lost: kinds of file by their names."""
    made = tmp_path_factory.mktemp("kept")
    office = Office(made)
    office.year()
    (made / "各部门").mkdir()
    bundles.export(office.book, office.log, made / "包.zip")
    shutil.copy(made / "包.zip", made / "各部门")
    office.book.close()
    with (made / "包.zip").open("rb"), pytest.MonkeyPatch.context() as patch:
        patch.chdir(made)
        shutil.unpack_archive("包.zip", "开", "zip")
    (made / "p.txt").write_text(PASSPHRASE)
    (made / "服务器.db").write_text("postgresql://server.example/liuhen\n")
    (made / "凭证.txt").write_text("liuhen/receipt/1\nsubject x\n")
    (made / "旧.key").write_bytes(b"damaged")
    (made / "别的.db").write_bytes(b"SQLite format 3\0" + bytes(84))
    return made


KEPT = {
    "ledger": "台账 ledger.db",
    "key": "keys/qian-clerk.key",
    "damaged key": "旧.key",
    "bundle": "包.zip",
    "server": "服务器.db",
    "receipt": "凭证.txt",
    "head": "开/checkpoint",
    "database": "别的.db",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_what_cannot_be_made_again_is_never_replaced(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LANGUAGE", "en")
    for what, place in KEPT.items():
        before = sha256((folder / place).read_bytes()).digest()
        words = [word.format(place) for word in COMMANDS[name]]
        code = run(["-L", "台账 ledger.db", "-K", "keys", "--passphrase-file", "p.txt", *words])
        told = capsys.readouterr()
        assert sha256((folder / place).read_bytes()).digest() == before, (what, told)
        assert code == Exit.USAGE and "E-EXPORT-TARGET" in told.err, (what, told)


def test_an_earlier_report_and_database_are_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for words in (("stats", "database", "views.db"), ("stats", "overview", "页.html")):
        for _ in range(2):
            assert run(["-L", "台账 ledger.db", *words, "--yes"]) == 0


def test_the_database_of_figures_is_not_taken_for_one_of_ours_by_a_page(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert run(["-L", "台账 ledger.db", "stats", "database", "又一.db", "--yes"]) == 0
    (folder / "又一.db-wal").write_bytes(b"a journal")
    assert run(["-L", "台账 ledger.db", "stats", "overview", "又一.db-wal", "--yes"]) == Exit.USAGE


def test_every_command_that_asks_before_it_replaces_is_in_the_table() -> None:
    asking = [
        path
        for path, command in EVERY.items()
        for option in command.params
        if re.search("Replace a file|Overwrite|同名文件|覆盖", str(getattr(option, "help", "")))
    ]
    asking.remove(("report", "issue"))  # names its file itself, and writes it as form print does
    listed = {words[: len(path)] for words in COMMANDS.values() for path in asking}
    assert asking and [path for path in asking if path not in listed] == []

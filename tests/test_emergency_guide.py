"""docs/应急.md walked through: its commands, in order, on ledgers that are really damaged."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.desk import Desk
from cli.main import run
from ledger import backup
from ledger.book import Book
from ledger.commands import plans
from ledger.commands.bundles import export
from tests.office import PASSPHRASE, Clock, Office
from verifier.merkle import leaf_hash

GUIDE = Path(__file__).resolve().parent.parent / "docs/应急.md"
BLOCK = re.compile(r"<!-- stage: (\w+) -->|```sh\n(.*?)```", re.DOTALL)
EXIT = re.compile(r"\s+# 退出码 (\d+)$")
AFTER = "原台账编号:条数:树根"


def steps() -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """(stage, commands with their exit codes) of the guide, in order."""
    stage, commands = "", []
    for match in BLOCK.finditer(GUIDE.read_text("utf-8")):
        if match[1]:
            if commands:
                yield stage, commands
            stage, commands = match[1], []
        else:
            for line in match[2].splitlines():
                told = EXIT.search(line)
                commands.append((EXIT.sub("", line).strip(), int(told[1]) if told else 0))
    yield stage, commands


def office_of(folder: Path) -> list[bytes]:
    """A sound ledger with a copy and, of three entries more, a bundle; its entries."""
    office = Office(folder, day="2026-11-20")
    office.ready()
    copy = backup.make(office.book, folder / "备份").path
    copy.rename(copy.with_name("备份文件.backup"))
    for year in (2025, 2024, 2023):
        plans.adopt_calendar(office.book, office.clerk, year, "国办发明电", [], [])
    export(office.book, office.log, folder / "核验包.zip")
    entries = list(office.book.store.entries())
    office.book.close()
    (folder / "台账 ledger.db").rename(folder / "ledger.db")
    (folder / "台账 ledger.heads").rename(folder / "ledger.heads")
    (folder / "台账 ledger.db.backup.json").unlink()
    (folder / "口令.txt").write_text(PASSPHRASE + "\n", "utf-8")
    (folder / "新口令.txt").write_text("另一句长口令\n", "utf-8")
    return entries


def set_stage(folder: Path, stage: str) -> None:
    ledger = folder / "ledger.db"
    raw = ledger.read_bytes()
    match stage:
        case "damaged" | "lost":
            ledger.write_bytes(raw[: len(raw) // 2])
        case "gone" | "bundle":
            ledger.unlink()
        case "alone":
            (folder / "keys/zhao-admin.key").unlink()
        case "readable":
            for path in (folder / "keys").glob("*.key"):
                path.chmod(0o644)
        case other:
            assert other == "sound"


@pytest.mark.parametrize("stage", [stage for stage, _commands in steps()])
def test_every_command_of_the_guide_does_what_it_says(
    stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = office_of(tmp_path)
    set_stage(tmp_path, stage)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIUHEN_PASSPHRASE_FILE", "口令.txt")
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    monkeypatch.setattr("ledger.commands.keys.SCRYPT_N", 2)
    clock = Clock("2026-11-21")
    monkeypatch.setattr(Desk, "clock", lambda _desk: clock())
    after = ""
    for command, expected in dict(steps())[stage]:
        words = shlex.split(command.replace(AFTER, after))
        assert words[0] == "liuhen"
        capsys.readouterr()
        code = run(words[1:])
        out, err = capsys.readouterr()
        assert code == expected, f"{command}\n{out}\n{err}"
        found = re.search(r"--after (\S+)", out)
        shown = re.search(r"^台账编号：([0-9a-f]{64})\n台账指纹：(\d+:[0-9a-f]{64})$", out, re.MULTILINE)
        after = found[1] if found else f"{shown[1]}:{shown[2]}" if shown else after
    if stage == "damaged":
        with Book.open(tmp_path / "新台账.db", read_only=True) as book:
            assert list(book.store.entries()) == whole
    if stage in ("alone", "lost"):
        with Book.open(tmp_path / "新建/ledger.db", read_only=True) as book:
            named = next(book.entries()).body.data["predecessor"]
        assert named["ledger"] == leaf_hash(whole[0])
        assert named["size"] == len(whole)
    if stage == "readable" and os.name == "posix":
        assert not [p for p in (tmp_path / "keys").glob("*.key") if p.stat().st_mode & 0o077]


def test_the_guide_has_every_stage_and_no_command_that_is_not_run() -> None:
    assert [stage for stage, _ in steps()] == [
        "damaged",
        "gone",
        "bundle",
        "lost",
        "sound",
        "alone",
        "readable",
    ]
    blocks = re.findall(r"^liuhen .*", GUIDE.read_text("utf-8"), re.MULTILINE)
    assert len(blocks) == sum(len(commands) for _stage, commands in steps())


def test_a_wrong_exit_code_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: on a sound ledger the first command of the guide does not end with 1."""
    office_of(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run(["体检"]) == 0

"""Each exit code of design §7 by a command that ends with it, and what a person reads then."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cli import exits
from ledger.keystore import unlock
from ledger.store import NewEvent, Store
from tests.cli.counter import Counter, counter, office
from tests.office import PASSPHRASE
from verifier.errors import Exit

__all__ = ["counter", "office"]

Walk = Callable[[Counter, pytest.MonkeyPatch], int]
REVOKE = ("key", "revoke", "sun-approver", "--reason", "试")
WALKS: dict[Exit, Walk] = {}


def ends(code: Exit) -> Callable[[Walk], Walk]:
    """Register the walk to an exit code."""

    def register(walk: Walk) -> Walk:
        WALKS[code] = walk
        return walk

    return register


@ends(Exit.PASS)
def a_sound_ledger(office: Counter, _patch: pytest.MonkeyPatch) -> int:
    return office.run("verify")


@ends(Exit.FAIL)
def another_ledger_than_on_paper(office: Counter, _patch: pytest.MonkeyPatch) -> int:
    return office.run("verify", "--id", "00" * 32)


@ends(Exit.USAGE)
def an_unknown_noun(office: Counter, _patch: pytest.MonkeyPatch) -> int:
    return office.run("frobnicate")


@ends(Exit.INCONCLUSIVE)
def only_what_a_newer_version_knows(office: Counter, _patch: pytest.MonkeyPatch) -> int:
    clerk = unlock(office.folder / "keys" / "qian-clerk.key", PASSPHRASE)
    with Store.open(office.ledger, types=frozenset(["future.kind"])) as store, store.writing() as transaction:
        event = NewEvent("future", "future.kind", {"x": 1}, bytes(16))
        transaction.append([event], actor=clerk.key_id, sign=clerk.sign, time="2026-03-02T10:00:00+08:00")
    return office.run("verify")


@ends(Exit.UNREADABLE)
def a_file_that_is_no_bundle(office: Counter, _patch: pytest.MonkeyPatch) -> int:
    return office.run("verify", office.passphrases)


@ends(Exit.LOCKED)
def another_process_writes(office: Counter, patch: pytest.MonkeyPatch) -> int:
    patch.setattr(Store.writing.__wrapped__, "__defaults__", (0.05,))  # type: ignore[attr-defined]
    other = sqlite3.connect(office.ledger, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        return office.run(*REVOKE, "--yes", by="zhao-admin")
    finally:
        other.close()


@ends(Exit.KEY)
def a_wrong_passphrase(office: Counter, _patch: pytest.MonkeyPatch) -> int:
    office.passphrases.write_text("another", "utf-8")
    return office.run(*REVOKE, "--yes", by="zhao-admin")


@ends(Exit.DISK)
def a_disk_that_takes_nothing(office: Counter, _patch: pytest.MonkeyPatch) -> int:
    words = ("key", "new", "wu", "--name", "吴六", "--unit", "fgj", "--role", "clerk")
    return office.run("-K", office.passphrases / "keys", *words)


@ends(Exit.STOPPED)
def a_no_at_the_question(office: Counter, _patch: pytest.MonkeyPatch) -> int:
    return office.types(*REVOKE, answers=["n"], by="zhao-admin")


@ends(Exit.REFUSED)
def what_a_clerk_may_not(office: Counter, _patch: pytest.MonkeyPatch) -> int:
    return office.run(*REVOKE, "--yes", by="qian-clerk")


@ends(Exit.BUG)
def a_fault_of_the_program(office: Counter, patch: pytest.MonkeyPatch) -> int:
    def broken() -> None:
        raise KeyError("口令 of somebody")

    patch.setattr("cli.commands.rule.rules", broken)
    return office.run("rule", "list")


@ends(Exit.INTERRUPTED)
def ctrl_c_at_a_question(office: Counter, _patch: pytest.MonkeyPatch) -> int:
    return office.types(*REVOKE, answers=[KeyboardInterrupt()], by="zhao-admin")


def test_the_table_has_every_code_and_a_walk_to_each() -> None:
    assert set(exits.MEANINGS) == set(WALKS) == set(Exit)


@pytest.mark.parametrize("code", WALKS, ids=lambda code: code.name)
def test_a_command_ends_with(code: Exit, office: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    assert WALKS[code](office, monkeypatch) == code, office.err
    assert "Traceback" not in office.out + office.err
    if code not in (Exit.PASS, Exit.FAIL, Exit.INCONCLUSIVE):
        assert office.err.strip()


@pytest.mark.parametrize("code", [c for c in WALKS if c not in (Exit.PASS, Exit.FAIL, Exit.INCONCLUSIVE)])
def test_an_error_is_one_document_with_json(
    code: Exit, office: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = office.run
    monkeypatch.setattr(office, "run", lambda *words, **rest: run("--json", *words, **rest))
    WALKS[code](office, monkeypatch)
    error = json.loads(office.out)["error"]
    assert error["exit"] == code
    assert error["code"] and error["text"]


def test_the_help_lists_the_codes(office: Counter) -> None:
    out = office.does("--help")
    for code, text in exits.MEANINGS.items():
        assert f"  {int(code)} " in out
        assert text in " ".join(out.split())


def test_a_fault_of_the_program_leaves_a_report_without_data(
    office: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_fault_of_the_program(office, monkeypatch)
    (report,) = office.folder.glob("liuhen-fault-*.txt")
    text = report.read_text("utf-8")
    assert str(report) in office.err
    assert "KeyError" in text
    assert "commands/rule.py" in text
    assert "口令" not in text + office.err.replace(str(report), "")


def test_the_end_of_the_input_is_a_no_and_not_an_interruption(office: Counter) -> None:
    assert office.types(*REVOKE, answers=[EOFError()], by="zhao-admin") == Exit.STOPPED
    assert office.types(*REVOKE, answers=[KeyboardInterrupt()], by="zhao-admin") == Exit.INTERRUPTED


def process(*arguments: object, **environ: str) -> subprocess.CompletedProcess[bytes]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("LIUHEN_", "LANG", "LC_"))}
    words = [sys.executable, "-m", "cli.main", *map(str, arguments)]
    return subprocess.run(words, capture_output=True, env={**clean, **environ}, timeout=60, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe whose reader leaves is told apart on POSIX only")
@pytest.mark.parametrize(("options", "code"), [([], Exit.PASS), (["--id", "00" * 32], Exit.FAIL)])
def test_a_reader_that_leaves_changes_no_verdict(office: Counter, options: list[str], code: Exit) -> None:
    read, write = os.pipe()
    os.close(read)
    words = [sys.executable, "-m", "cli.main", "-L", str(office.ledger), "verify", *options]
    done = subprocess.run(words, stdout=write, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (code, b"")


@pytest.mark.parametrize(
    ("environ", "encoding", "words"),
    [
        ({"PYTHONIOENCODING": "gbk", "LANG": "zh_CN.GBK"}, "gbk", "用法"),
        ({"PYTHONIOENCODING": "ascii", "LANG": "C"}, "utf-8", "用法"),
        ({"LANG": "en_US.UTF-8"}, "utf-8", "Usage"),
        ({"LANG": "C"}, "utf-8", "用法"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "utf-8", "用法"),
        ({"PYTHONIOENCODING": "gbk", "LANG": "en_US"}, "gbk", "Usage"),
    ],
    ids=str,
)
def test_every_console_shows_help_and_errors(environ: dict[str, str], encoding: str, words: str) -> None:
    helped = process("--help", **environ)
    assert helped.returncode == Exit.PASS
    assert words in helped.stdout.decode(encoding)
    listed = process("rule", "list", **environ)
    assert listed.returncode == Exit.PASS
    assert listed.stdout.decode(encoding)
    missing = process("-L", "没有 \u202e\U00020000.db", "log", "list", **environ)
    assert missing.returncode == Exit.UNREADABLE
    assert b"Traceback" not in missing.stderr
    assert b"E-STORE-MISSING" in missing.stderr


def test_a_report_on_a_gbk_console(office: Counter) -> None:
    done = process("-L", office.ledger, "verify", PYTHONIOENCODING="gbk")
    assert done.returncode == Exit.PASS
    assert done.stdout.decode("gbk").startswith("核验通过")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
def test_ctrl_c_in_a_terminal(office: Counter) -> None:
    import pexpect

    words = ["-m", "cli.main", "-L", str(office.ledger), "--as", "zhao-admin", *REVOKE]
    environ = {**os.environ, "LANGUAGE": "en"}
    with pexpect.spawn(sys.executable, words, env=environ, timeout=30, encoding="utf-8") as child:
        child.expect("for ever")
        child.sendintr()
        child.expect(pexpect.EOF)
    assert child.exitstatus == Exit.INTERRUPTED
    with pexpect.spawn(sys.executable, words, env=environ, timeout=30, encoding="utf-8") as child:
        child.expect("for ever")
        child.sendline("n")
        child.expect(pexpect.EOF)
    assert child.exitstatus == Exit.STOPPED


def test_the_version_loads_nothing_of_the_ledger() -> None:
    code = (
        "import sys; from cli.main import run; run(['--version']); "
        "print(sorted(m for m in sys.modules if m.split('.')[0] in "
        "('ledger', 'cryptography', 'msgpack', 'eventsourcing', 'openpyxl', 'json', 'sqlite3')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_paths_with_spaces_and_chinese_work(tmp_path: Path) -> None:
    place = tmp_path / "某 局" / "台账 一.db"
    words = ("-L", place, "--passphrase-file", tmp_path / "口 令.txt", "init", "practice.example.gov.cn/x")
    (tmp_path / "口 令.txt").write_text("一二三", "utf-8")
    person = ("--person", "a:甲:u:admin")
    done = process(*words, "--office", "某局", "--division", "000000", *person, LANG="C.UTF-8")
    assert done.returncode == Exit.PASS, done.stderr.decode()
    assert place.exists()

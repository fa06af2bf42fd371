"""The menu and the first run, on a real terminal; who sits keeps their key, others do not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from cli.desk import Desk
from cli.menu import SECTIONS
from cli.sitting import IDLE, Sitting
from ledger.book import Book
from ledger.keystore import unlock
from tests.cli.test_help import takes
from tests.office import PASSPHRASE, Office
from verifier import facts as f
from verifier.errors import LiuhenError

ROOT = Path(__file__).parents[2]
pexpect = pytest.importorskip("pexpect")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


class Terminal:
    """`liuhen` alone on a terminal of 80×24, in Chinese."""

    def __init__(self, folder: Path, *words: str, encoding: str = "utf-8", ledger: str = "ledger.db") -> None:
        environment = {
            "LIUHEN_LEDGER": ledger,
            "PATH": os.environ["PATH"],
            "LANG": "zh_CN.UTF-8",
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": encoding,
            "TERM": "xterm",
        }
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "cli.main", *words],
            cwd=str(folder),
            env=environment,
            encoding=encoding,
            dimensions=(24, 80),
            timeout=60,
        )

    def sees(self, *texts: str) -> None:
        for text in texts:
            self.child.expect_exact(text)

    def types(self, text: str = "") -> None:
        self.child.sendline(text)

    def ends(self) -> int | None:
        self.child.expect(pexpect.EOF)
        self.child.close()
        status: int | None = self.child.exitstatus
        return status


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.ready()
    made.book.close()
    return made


def opened(folder: Path, **more: str) -> Terminal:
    return Terminal(folder, "--clock-is-right", ledger="台账 ledger.db", **more)


def test_a_damaged_ledger_gets_no_menu_but_what_is_to_be_done_about_it(office: Office) -> None:
    path = office.folder / "台账 ledger.db"
    path.write_bytes(path.read_bytes()[:8192])
    terminal = opened(office.folder)
    terminal.sees("不要再办理", "1. 体检", "2. 修复", "0. ")
    assert "今天要办" not in terminal.child.before
    terminal.types("1")
    terminal.sees("liuhen doctor", "[损坏]", "台账读不出来，不要再办理")
    terminal.types("2")
    terminal.sees("新文件")
    terminal.types("new.db")
    terminal.sees("用来补齐")
    terminal.types()
    terminal.sees("liuhen repair --to new.db", "台账读不出来，不要再办理")
    terminal.types("0")
    assert terminal.ends() == 0


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_the_menu_has_the_nine_entries_and_leaves(office: Office, encoding: str) -> None:
    terminal = opened(office.folder, encoding=encoding)
    terminal.sees(
        "今天要办", "导入名单", "摇号", "录入结果", "公示登记", "打印表格", "报表", "核验", "演练", "换人"
    )
    terminal.types("0")
    assert terminal.ends() == 0


def test_what_is_to_be_done_is_listed_and_a_number_does_it(office: Office) -> None:
    terminal = opened(office.folder)
    terminal.sees("请输入序号，或直接输入命令")
    terminal.types("1")
    terminal.sees("任务 t1 已批准，尚未摇号", "draw ceremony --task t1", "办哪一项")
    terminal.types("")
    terminal.sees("请输入序号，或直接输入命令")
    terminal.types("待办")
    terminal.sees("任务 t1 已批准，尚未摇号", "请输入序号，或直接输入命令")
    terminal.types("没有的命令")
    terminal.sees("没有这个序号或命令")
    terminal.child.sendeof()
    assert terminal.ends() == 0


def test_one_passphrase_serves_a_sitting_until_somebody_else_sits_down(office: Office) -> None:
    terminal = opened(office.folder)
    terminal.sees("请输入序号，或直接输入命令")
    for officer, asks in (("off-00", True), ("off-01", False)):
        terminal.types(f"conflict declare {officer} 演示企业010 --relation 近亲属")
        if asks:
            terminal.sees("qian-clerk", "口令")
            terminal.types(PASSPHRASE)
        terminal.sees("下一步", "现在操作：钱二", "请输入序号，或直接输入命令")
    terminal.types("10")
    terminal.sees("现在由谁操作")
    terminal.types("1")
    terminal.sees("密钥已关闭", "请输入序号，或直接输入命令")
    terminal.types("conflict declare off-02 演示企业010 --relation 近亲属")
    terminal.sees("qian-clerk", "口令")
    terminal.types(PASSPHRASE)
    terminal.sees("请输入序号，或直接输入命令")
    terminal.types("0")
    assert terminal.ends() == 0


def test_the_first_run_founds_a_ledger_and_writes_the_template(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.sees("1 演练")
    terminal.types("1")
    for answer in ("示范县发改局", "6402"):
        terminal.types(answer)
    terminal.sees("“6402”不能用在这里")
    for answer in ("640299", "fgj"):
        terminal.types(answer)
    terminal.sees("最接近")
    terminal.types("1")
    for name in ("赵一", "钱二", "孙三", "李四"):
        terminal.sees("姓名")
        for answer in (name, "", ""):
            terminal.types(answer)
    terminal.sees("还有别人")
    terminal.types("n")
    for holder in ("admin-1", "clerk-1", "approver-1", "supervisor-1"):
        terminal.sees(holder, "口令")
        terminal.types("five words make one phrase")
        terminal.sees("再输入一次")
        terminal.types("five words make one phrase")
    terminal.sees("留痕台账已建立", "实施细则文件")
    terminal.types("")
    terminal.sees("【演练】留痕台账", "请输入序号，或直接输入命令")
    terminal.types("0")
    assert terminal.ends() == 0
    assert (tmp_path / "一单两库模板.xlsx").is_file()
    assert list(tmp_path.glob("细则-*.toml"))
    with Book.open(tmp_path / "ledger.db", read_only=True) as book:
        assert book.origin == "practice/yanlian.example/640299/fgj"
        assert len(list(book.facts().rows(f.KEYS))) == 4


def test_without_a_terminal_there_is_help(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from cli.main import run

    assert run(["-L", str(tmp_path / "x.db")]) == 0
    out = capsys.readouterr().out
    assert "ceremony" not in out
    assert "draw" in out


@pytest.mark.parametrize(
    "words",
    [
        (
            *choice.words,
            *(word for blank in choice.blanks for word in ((blank[1], "1") if blank[1] else ("1",))),
        )
        for _title, choices in SECTIONS
        for choice in choices
    ],
    ids=" ".join,
)
def test_every_entry_is_a_command_that_the_command_line_takes(words: tuple[str, ...]) -> None:
    fitting = {
        "--year": "2026",
        "--channel": "portal",
        "--reason": "recusal",
        "--date": "2026-03-02",
        "--exempt": "complaint",
        "--kind": "立案" if words[0] == "followup" else "会议",
        "attend": "人大代表:县人大",
    }
    typed = [fitting.get(words[i - 1], word) if i else word for i, word in enumerate(words)]
    if words[:2] == ("report", "issue"):
        typed[2] = "monthly"
    takes(typed)


class Moment:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def sat(office: Office, *holders: str, holder: str = "") -> tuple[Sitting, Moment]:
    clock = Moment()
    sitting = Sitting(holder=holder, clock=clock)
    sitting.begin()
    for name in holders:
        path = office.folder / "keys" / f"{name}.key"
        sitting.signers[path] = unlock(path, PASSPHRASE)
    sitting.end()
    return sitting, clock


def open_keys(sitting: Sitting) -> set[str]:
    return {signer.info.holder for signer in sitting.signers.values()}


def test_after_ten_idle_minutes_every_key_is_closed(office: Office) -> None:
    sitting, clock = sat(office, "qian-clerk")
    sitting.passwords["postgresql://db.example/liuhen"] = "typed here"
    clock.now += IDLE
    assert not sitting.begin()
    assert open_keys(sitting) == {"qian-clerk"} and sitting.passwords
    clock.now += 1
    assert sitting.begin()
    assert open_keys(sitting) == set() and not sitting.passwords


def test_who_sits_down_next_has_not_the_password_of_who_sat_here(office: Office) -> None:
    sitting, _clock = sat(office, "qian-clerk")
    sitting.passwords["postgresql://db.example/liuhen"] = "typed here"
    sitting.change("qian-clerk")
    assert sitting.passwords
    sitting.change("zhao-approver")
    assert not sitting.passwords


@pytest.mark.parametrize(("code", "kept"), [("E-STORE-LOGIN", False), ("E-STORE-LOCKED", True)])
def test_a_password_that_a_server_did_not_take_is_asked_for_again(
    code: str, kept: bool, tmp_path: Path
) -> None:
    desk = Desk(tmp_path / "ledger.db", (), "", None, False, False)
    desk.sitting.passwords["postgresql://db.example/liuhen"] = "mistyped"
    with pytest.raises(LiuhenError), desk.letting_in():
        raise LiuhenError(code, "…")
    assert bool(desk.sitting.passwords) is kept


def test_who_only_took_part_in_a_command_leaves_no_open_key(office: Office) -> None:
    sitting, _clock = sat(office, "qian-clerk", "li-supervisor", holder="qian-clerk")
    assert open_keys(sitting) == {"qian-clerk"}


def test_when_several_opened_keys_nobody_sits(office: Office) -> None:
    sitting, _clock = sat(office, "qian-clerk", "li-supervisor")
    assert (sitting.holder, open_keys(sitting)) == ("", set())

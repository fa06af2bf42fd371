"""Keys under attack: nothing leaks, nobody else reads them, the stolen is revoked, the lost replaced."""

from __future__ import annotations

import base64
import contextlib
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.main import run
from ledger.book import Book
from ledger.keyfile import exposed
from ledger.keystore import unlock
from ledger.medium import keeps_permissions
from tests.cli.clerk import Clerk
from tests.office import PASSPHRASE
from verifier.errors import Exit
from verifier.replay import verify_entries
from verifier.report import Verdict

ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")


def spellings(secret: bytes) -> dict[str, bytes]:
    """The ways in which bytes may stand in a file: raw, hex, base64 at each of three alignments."""
    found = {"raw": secret, "hex": secret.hex().encode(), "HEX": secret.hex().upper().encode()}
    for lead in range(3):
        text = base64.b64encode(bytes(lead) + secret)
        found[f"base64+{lead}"] = text[4 if lead else 0 : len(text) - 4]
        found[f"url64+{lead}"] = found[f"base64+{lead}"].replace(b"+", b"-").replace(b"/", b"_")
    return found


def secrets(folder: Path) -> dict[str, bytes]:
    """Everything that must stand nowhere: private keys and passphrase, spelled in every way."""
    found = {f"passphrase {code}": PASSPHRASE.encode(code) for code in ("utf-8", "gbk", "utf-16-le")}
    found["passphrase escaped"] = PASSPHRASE.encode("unicode_escape")
    for path in sorted((folder / "keys").glob("*.key")):
        private = unlock(path, PASSPHRASE)._private.private_bytes_raw()  # type: ignore[union-attr]
        found |= {f"{path.name} {how}": text for how, text in spellings(private).items()}
    return found


def leaks(folder: Path, said: str) -> Iterator[str]:
    """Each secret that stands in a file of the folder or in what was printed, and where."""
    wanted = secrets(folder)
    places = {"printed": said.encode()}
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "口令.txt":
            places[str(path.relative_to(folder))] = path.read_bytes()
    for where, data in places.items():
        for what, text in wanted.items():
            if text in data:
                yield f"{what} in {where}"


def everything(clerk: Clerk) -> str:
    """Much of what an office does, and what goes wrong, in text and as JSON; what was printed."""
    said: list[str] = []

    def does(*words: object, by: str = "qian-clerk") -> None:
        clerk.run(*words, by=by)
        said.extend((clerk.out, clerk.err))

    clerk.lists()
    does("calendar", "adopt", "2026")
    does("--json", "key", "list")
    does("key", "new", "wu", "--name", "吴六", "--unit", "fgj", "--role", "clerk")
    does("--json", "key", "enroll", clerk.folder / "keys/wu.enrol", by="zhao-admin")
    does("key", "renew-log", "--reason", "换", by="zhao-admin")
    does("confirm", "--all", by="sun-approver")
    does("bundle", "export", clerk.folder / "核验包", "--inspector")
    does("site", "build", clerk.folder / "网站")
    does("backup", clerk.folder / "备份")
    does("--json", "doctor")
    does("--json", "repair", "--to", clerk.folder / "新.db")
    does("--json", "log", "list")
    does("verify")
    does("sign", "request", "--help")
    wrong = clerk.folder / "错口令.txt"
    wrong.write_text("wrong one\n", "utf-8")
    clerk.capsys.readouterr()
    run(
        [
            "-L",
            str(clerk.folder / "台账 ledger.db"),
            "--passphrase-file",
            str(wrong),
            "calendar",
            "adopt",
            "2025",
        ]
    )
    said.extend(clerk.capsys.readouterr())
    return "\n".join(said)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.commands.keys.SCRYPT_N", 2)


def test_no_key_and_no_passphrase_stands_anywhere(clerk: Clerk, quick: None) -> None:
    said = everything(clerk)
    assert (clerk.folder / "核验包/checkpoint").exists() and (clerk.folder / "网站/index.html").exists()
    assert not list(leaks(clerk.folder, said))


@pytest.mark.parametrize("how", ["raw", "hex", "HEX", "base64+0", "base64+1", "base64+2"])
def test_a_key_that_does_stand_somewhere_would_be_found(how: str, clerk: Clerk) -> None:
    """The control."""
    private = unlock(clerk.folder / "keys/qian-clerk.key", PASSPHRASE)._private.private_bytes_raw()  # type: ignore[union-attr]
    planted = {
        "raw": private,
        "hex": private.hex().encode(),
        "HEX": private.hex().upper().encode(),
        **{f"base64+{n}": base64.b64encode(b"x" * n + private + b"y") for n in range(3)},
    }
    (clerk.folder / "日志.txt").write_bytes(b"log " + planted[how] + b" end")
    assert any("qian-clerk.key" in leak for leak in leaks(clerk.folder, ""))
    assert any("passphrase" in leak for leak in leaks(clerk.folder, f"typed {PASSPHRASE}"))


@pytest.mark.parametrize(
    "where", ["ledger.keystore.wrap", "ledger.keystore.open_sealed", "ledger.book.Book.write"]
)
def test_a_fault_report_holds_no_secret(where: str, clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails while a key is open says where, and nothing of what was in hand."""
    private = unlock(clerk.folder / "keys/qian-clerk.key", PASSPHRASE)._private.private_bytes_raw()  # type: ignore[union-attr]

    def fails(*given: object, **named: object) -> None:
        raise RuntimeError(f"{PASSPHRASE} {private.hex()} {given} {named}")

    with monkeypatch.context() as patch:
        patch.setattr(where, fails)
        assert clerk.run("calendar", "adopt", "2025") == Exit.BUG
        said = clerk.out + clerk.err
    assert list(clerk.folder.glob("liuhen-fault-*.txt"))
    assert not list(leaks(clerk.folder, said))


@posix
def test_a_process_shows_no_passphrase_and_leaves_no_core(clerk: Clerk) -> None:
    """What `ps` and /proc show of a running command, and the limit of core files in it."""
    script = (
        "import ctypes, os, sys, resource, cli.main, cli.desk\n"
        "def unlock(path, passphrase, *rest):\n"
        "    print(open('/proc/self/cmdline').read())\n"
        "    if os.access('/proc/self/environ', os.R_OK):\n"
        "        print(open('/proc/self/environ').read())\n"
        "    print('dumpable', ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))\n"
        "    print('core', resource.getrlimit(resource.RLIMIT_CORE), len(passphrase))\n"
        "    sys.exit(0)\n"
        "cli.desk.unlock = unlock\n"
        "cli.main.main(sys.argv[1:])\n"
    )
    words = ["-L", clerk.folder / "台账 ledger.db", "--as", "qian-clerk"]
    words += ["--passphrase-file", clerk.folder / "口令.txt", "calendar", "adopt", "2025"]
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("no /proc here")
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert "core (0, 0)" in done.stdout, done.stderr
    assert "dumpable 0" in done.stdout, "whoever the kernel hands images to gets none, and nobody reads it"
    assert PASSPHRASE not in done.stdout + done.stderr


@posix
def test_key_files_are_made_for_their_owner_alone(clerk: Clerk, quick: None) -> None:
    before = os.umask(0)
    try:
        clerk.does("key", "new", "wu", "--name", "吴六", "--unit", "fgj", "--role", "clerk")
        clerk.does("key", "renew-log", "--reason", "换", by="zhao-admin")
    finally:
        os.umask(before)
    for path in (clerk.folder / "keys").glob("*.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o620])
def test_a_key_that_others_can_read_is_named_and_closed(mode: int, clerk: Clerk) -> None:
    path = clerk.folder / "keys/qian-clerk.key"
    assert "其他用户可以读取或调换密钥文件" not in (clerk.does("calendar", "adopt", "2026") + clerk.err)
    path.chmod(mode)
    clerk.does("calendar", "adopt", "2025")
    assert "其他用户可以读取或调换密钥文件" in clerk.err and "liuhen key protect" in clerk.err
    assert not exposed(path), "a key file that is written is closed again"
    path.chmod(mode)
    assert "D-KEY-OPEN" in {each["code"] for each in clerk.json("doctor")["findings"]}
    assert "现在只有您能读取" in clerk.does("key", "protect")
    assert not exposed(path)
    clerk.does("calendar", "adopt", "2024")
    assert "其他用户" not in clerk.err


@posix
def test_keys_in_folders_of_their_own_are_looked_at_and_none_is_no_good_news(clerk: Clerk) -> None:
    path = clerk.folder / "keys/sun/qian-clerk.key"
    path.parent.mkdir()
    shutil.copy(clerk.folder / "keys/qian-clerk.key", path)
    path.chmod(0o644)
    found = clerk.json("doctor")["findings"]
    (opened,) = [one["text"] for one in found if one["code"] == "D-KEY-OPEN"]
    assert str(path) in opened
    told = clerk.does("key", "protect")
    assert f"现在只有您能读取：{path}" in told and f"{path}" in told.rsplit("已检查：", 1)[1]
    assert not exposed(path)
    (clerk.folder / "空").mkdir()
    for folder in ("空", "没有"):
        assert clerk.run("key", "protect", keys=clerk.folder / folder) == Exit.KEY
        assert "E-KEY-NONE" in clerk.err and "只有您能读取" not in clerk.out


def test_the_step_after_a_new_key_in_another_folder_works(clerk: Clerk) -> None:
    folder = clerk.folder / "新U盘"
    folder.mkdir()
    made = ("key", "new", "wu", "--name", "吴六", "--unit", "fgj", "--role", "clerk")
    clerk.does(*made, keys=folder)
    step = clerk.out.rsplit("下一步：", 1)[1].strip()
    assert " -K " not in step and "--as zhao-admin" in step
    words = shlex.split(step)[1:]
    clerk.does(*words[words.index("key") :], by="zhao-admin")


def test_a_stick_that_keeps_no_permissions_is_not_complained_of() -> None:
    mounts = "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /media/u\\040盘 vfat rw 0 0\n"
    assert keeps_permissions(Path("/home/x.key"), mounts)
    assert not keeps_permissions(Path("/media/u 盘/x.key"), mounts)


def verdict(clerk: Clerk) -> Verdict:
    with Book.open(clerk.folder / "台账 ledger.db", read_only=True) as book:
        return verify_entries(book.store.entries(), "", book.open_private).verdict


def size(clerk: Clerk) -> int:
    with Book.open(clerk.folder / "台账 ledger.db", read_only=True) as book:
        return book.store.head().size


def test_what_a_thief_signs_after_the_revocation_is_refused_and_what_was_before_stands(
    clerk: Clerk, quick: None
) -> None:
    clerk.does("calendar", "adopt", "2026")
    clerk.does("key", "revoke", "qian-clerk", "--reason", "被盗", "--yes", by="zhao-admin")
    before = size(clerk)
    assert clerk.run("calendar", "adopt", "2025") == Exit.REFUSED
    assert "entry.actor" in clerk.err and size(clerk) == before
    shutil.move(clerk.folder / "keys/qian-clerk.key", clerk.folder / "旧.key")
    clerk.does("key", "new", "qian-clerk", "--name", "钱二", "--unit", "fgj", "--role", "clerk")
    clerk.does("key", "enroll", clerk.folder / "keys/qian-clerk.enrol", by="zhao-admin")
    clerk.does("calendar", "adopt", "2025")
    assert verdict(clerk) is Verdict.PASS


def test_a_lost_log_key_is_followed_by_a_new_one(clerk: Clerk, quick: None) -> None:
    clerk.does("bundle", "export", clerk.folder / "旧包.zip")
    clerk.does("key", "renew-log", "--reason", "丢失", by="zhao-admin")
    (clerk.folder / "keys/log.key").unlink()
    assert clerk.run("bundle", "export", clerk.folder / "包.zip") == Exit.KEY, (
        "not in force before it is confirmed"
    )
    clerk.does("confirm", "--all", by="sun-approver")
    clerk.does("bundle", "export", clerk.folder / "包.zip")
    for bundle in ("旧包.zip", "包.zip"):
        clerk.does("verify", clerk.folder / bundle)
    assert verdict(clerk) is Verdict.PASS


def test_a_stolen_log_key_signs_no_bundle_after_its_successor(clerk: Clerk, quick: None) -> None:
    clerk.does("key", "renew-log", "--reason", "泄露", by="zhao-admin")
    clerk.does("confirm", "--all", by="sun-approver")
    (clerk.folder / "keys/log-2.key").unlink()
    assert clerk.run("bundle", "export", clerk.folder / "包.zip") == Exit.KEY
    assert "E-EXPORT-KEY" in clerk.err


def test_the_log_key_is_exchanged_again_and_again(clerk: Clerk, quick: None) -> None:
    """No key of before is taken for one that a command cut short has made, signed a head or not."""
    for reason in ("损坏", "丢失", "泄露"):
        clerk.does("key", "renew-log", "--reason", reason, by="zhao-admin")
        clerk.does("confirm", "--all", by="sun-approver")
    made = sorted(path.name for path in (clerk.folder / "keys").glob("log*.key"))
    assert made == ["log-2.key", "log-3.key", "log-4.key", "log.key"]
    clerk.does("bundle", "export", clerk.folder / "包.zip")
    assert "log-4.key" in clerk.does("key", "list")


def test_a_lost_log_key_is_said_to_be_lost(clerk: Clerk, quick: None) -> None:
    clerk.does("key", "renew-log", "--reason", "泄露", by="zhao-admin")
    clerk.does("confirm", "--all", by="sun-approver")
    (clerk.folder / "keys/log-2.key").unlink()
    assert clerk.run("bundle", "export", clerk.folder / "包.zip") == Exit.KEY
    assert "key renew-log" in clerk.err
    assert "log.key" not in clerk.does("key", "list")


def second(clerk: Clerk) -> Path:
    """Another key of the clerk, on a stick, beside the one in use; the stick."""
    stick = clerk.folder / "新U盘"
    who = ("qian-clerk", "--name", "钱二", "--unit", "fgj", "--role", "clerk")
    clerk.does("key", "new", *who, keys=stick)
    clerk.does("key", "enroll", stick / "qian-clerk.enrol", by="zhao-admin")
    return stick


def test_of_two_keys_of_one_person_it_is_said_which_is_revoked(clerk: Clerk, quick: None) -> None:
    """The new one was enrolled first: the old one is meant, and the newest must not go instead."""
    stick = second(clerk)
    gone = ("key", "revoke", "qian-clerk", "--reason", "密钥被盗", "--yes")
    assert clerk.run(*gone, by="zhao-admin") == Exit.USAGE
    since = re.findall(r"--since (\d+)", clerk.err)
    assert len(since) == 2
    assert clerk.run(*gone, "--since", "999", by="zhao-admin") == Exit.REFUSED
    clerk.does(*gone, "--since", since[0], by="zhao-admin")
    clerk.does("calendar", "adopt", "2026", keys=stick)
    assert clerk.run("calendar", "adopt", "2025") == Exit.REFUSED


def test_beside_a_revoked_key_the_one_in_force_is_taken(clerk: Clerk, quick: None) -> None:
    clerk.does("key", "revoke", "qian-clerk", "--reason", "密钥被盗", "--yes", by="zhao-admin")
    clerk.does("-K", second(clerk), "calendar", "adopt", "2026")


def test_of_two_keys_in_force_the_folder_is_asked_for(clerk: Clerk, quick: None) -> None:
    stick = second(clerk)
    assert clerk.run("-K", stick, "calendar", "adopt", "2026") == Exit.USAGE
    assert "E-KEY-SEVERAL" in clerk.err and str(stick / "qian-clerk.key") in clerk.err
    assert "liuhen -K" in clerk.err
    clerk.does("calendar", "adopt", "2026", keys=stick)


def test_a_command_cut_short_leaves_a_new_log_key_that_the_next_takes(
    clerk: Clerk, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ledger.commands.keys.change_log_key", cut)
        clerk.run("key", "renew-log", "--reason", "换", by="zhao-admin")
    clerk.does("key", "renew-log", "--reason", "换", by="zhao-admin")
    assert sorted(path.name for path in (clerk.folder / "keys").glob("log*")) == ["log-2.key", "log.key"]


def test_the_other_admin_replaces_one_whose_key_is_lost(clerk: Clerk, quick: None) -> None:
    clerk.does("calendar", "adopt", "2026")
    clerk.does("key", "new", "b-admin", "--name", "周七", "--unit", "fgj", "--role", "admin")
    clerk.does("key", "enroll", clerk.folder / "keys/b-admin.enrol", by="zhao-admin")
    clerk.does("confirm", "--all", by="sun-approver")
    (clerk.folder / "keys/zhao-admin.key").unlink()
    clerk.does("key", "revoke", "zhao-admin", "--reason", "丢失", "--yes", by="b-admin")
    clerk.does("confirm", "--all", by="sun-approver")
    states = {key["holder"]: key["in_force"] for key in clerk.json("key", "list")["keys"]}
    assert (states["zhao-admin"], states["b-admin"]) == (False, True)
    assert verdict(clerk) is Verdict.PASS


def test_without_any_admin_nobody_is_enrolled_and_the_old_history_still_verifies(
    clerk: Clerk, quick: None
) -> None:
    clerk.does("calendar", "adopt", "2026")
    clerk.does("key", "revoke", "zhao-admin", "--reason", "泄露", "--yes", by="zhao-admin")
    clerk.does("key", "new", "b-admin", "--name", "周七", "--unit", "fgj", "--role", "admin")
    enrolment = clerk.folder / "keys/b-admin.enrol"
    assert clerk.run("key", "enroll", enrolment, by="sun-approver") == Exit.REFUSED
    clerk.does("calendar", "adopt", "2025")
    assert verdict(clerk) is Verdict.PASS


def test_a_wrong_passphrase_waits_longer_each_time_and_says_so_in_chinese(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("cli.desk.PATIENCE.sleep", waited.append)
    right = (clerk.folder / "口令.txt").read_text("utf-8")
    (clerk.folder / "口令.txt").write_text("不对\n", "utf-8")
    for _ in range(5):
        assert clerk.run("calendar", "adopt", "2025") == Exit.KEY
    assert len(waited) == 2 and "连续输错 4 次" in clerk.err and "没有锁死" in clerk.err
    (clerk.folder / "口令.txt").write_text(right, "utf-8")
    clerk.does("calendar", "adopt", "2025")
    with contextlib.suppress(FileNotFoundError):
        assert not (clerk.folder / "keys/qian-clerk.key.tries").read_bytes()


@pytest.mark.skipif(os.name != "posix", reason="rights are of another kind")
def test_nobody_else_gets_at_keys_or_private_values_however_the_system_is_set(clerk: Clerk) -> None:
    """With a umask that takes nothing away; the folder counts as well: who may rename exchanges a key."""
    before = os.umask(0)
    try:
        folder = clerk.folder / "新U盘"
        clerk.does("key", "new", "wu", "--name", "吴六", "--unit", "fgj", "--role", "clerk", keys=folder)
        clerk.does("subject", "export", clerk.folder / "a.xlsx", "--private")
        clerk.does("subject", "export", clerk.folder / "b.xlsx")
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder, *clerk.folder.glob("*.xlsx"))}
    assert modes == {"新U盘": 0o700, "a.xlsx": 0o600, "b.xlsx": 0o666}
    folder.chmod(0o777)
    assert exposed(folder / "wu.key")
    clerk.does("key", "protect", keys=folder)
    assert folder.stat().st_mode & 0o777 == 0o775 and not exposed(folder / "wu.key")


@pytest.mark.skipif(os.name != "posix", reason="rights are of another kind")
def test_a_passphrase_file_that_others_can_read_is_told_of_once(clerk: Clerk) -> None:
    path = clerk.folder / "口令.txt"
    path.chmod(0o644)
    clerk.does("calendar", "adopt", "2025")
    assert clerk.err.count(str(path)) == 1 and "口令文件" in clerk.err
    path.chmod(0o600)
    clerk.does("calendar", "adopt", "2026")
    assert "口令文件" not in clerk.err

"""The offline install kit: what is in it, and that it installs with no network at all."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from cli.kit import __main__ as kit
from cli.kit import install

INSTALLED_HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"


def test_what_runs_liuhen_is_locked_with_hashes() -> None:
    needed = kit.closure("liuhen")
    assert {
        "click",
        "cryptography",
        "cffi",
        "msgpack",
        "eventsourcing",
        "lxml",
        "typing-extensions",
    } <= needed
    assert needed.isdisjoint({"pytest", "ruff", "mypy", "hypothesis", "liuhen"})
    lines = kit.locked(needed)
    assert lines.count("==") == len(needed)
    assert all(f"\n{name}==" in f"\n{lines}" for name in needed)
    assert "--hash=sha256:" in lines and "://" not in lines


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kit of one file."""
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels/a.whl").write_bytes(b"wheel")
    (tmp_path / "requirements.txt").write_bytes(b"wheel")
    names = ("requirements.txt", "wheels/a.whl")
    lines = "".join(f"{sha256(b'wheel').hexdigest()}  {name}\n" for name in names)
    (tmp_path / "SHA256SUMS").write_text(lines, "utf-8")
    monkeypatch.setattr(install, "KIT", tmp_path)
    return tmp_path


def test_a_whole_kit_has_no_broken_file(small: Path) -> None:
    assert install.broken_file() == ""


@pytest.mark.parametrize("name", ["wheels/a.whl", "SHA256SUMS"])
def test_a_file_that_is_missing_or_changed_stops_the_installation(
    name: str, small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["install.py", str(small / "程序")])
    (small / name).write_bytes(b"")
    assert install.main() == 4
    (small / name).unlink()
    assert install.main() == 4
    assert name in capsys.readouterr().out
    assert not (small / "程序").exists()


def test_a_wheel_that_nobody_named_stops_the_installation(small: Path) -> None:
    (small / "wheels/b.whl").write_bytes(b"another")
    assert install.broken_file() == "wheels/b.whl"


def test_a_starter_lies_on_the_desktop(tmp_path: Path) -> None:
    (tmp_path / ("Desktop" if install.WINDOWS else "桌面")).mkdir()
    file = install.starter(tmp_path / "程序 files", tmp_path)
    assert file.parent.parent == tmp_path
    assert str(tmp_path / "程序 files") in file.read_text("utf-8")


def test_a_starter_for_windows_is_a_batch_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "WINDOWS", True)
    file = install.starter(Path("C:/程序"), tmp_path)
    assert file.name == "liuhen.cmd"
    assert file.read_bytes().startswith(b"@echo off\r\nchcp 65001 >nul\r\n")


def test_a_console_that_has_no_chinese_does_not_stop_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "out").open("w", encoding="ascii") as console:
        monkeypatch.setattr(sys, "stdout", console)
        install.say("done", "程序")
    assert "Installed: ??" in (tmp_path / "out").read_text("ascii")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt" or sys.platform != "linux", reason="builds and installs for Linux")
def test_it_installs_without_network(tmp_path: Path) -> None:
    folder, home = tmp_path / "安装 包", tmp_path / "home"
    home.mkdir()
    platform = "linux_" + os.uname().machine
    try:
        kit.make(folder, [INSTALLED_HERE], [platform])
    except subprocess.CalledProcessError:
        pytest.skip("no package registry to download from")
    alone = ["unshare", "-n"] if os.geteuid() == 0 else []
    told = subprocess.run(
        [*alone, sys.executable, str(folder / "install.py"), str(tmp_path / "程序")],
        env={**os.environ, "HOME": str(home), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    version = subprocess.run([home / ".local/bin/liuhen", "--version"], capture_output=True, check=True)
    assert b"liuhen" in version.stdout

"""Install Liuhen from this folder, without network. Needs nothing but Python 3.11 or newer.

    python install.py [FOLDER]

Every file of the kit is compared with SHA256SUMS first; pip installs what requirements.txt names by hash.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

KIT = Path(__file__).resolve().parent
WINDOWS = os.name == "nt"
SAYS = {
    "old": ("需要 Python 3.11 或更新版本，这里是 {0}。", "Python 3.11 or newer is needed, this is {0}."),
    "sums": ("正在核对安装包……", "Checking the kit …"),
    "broken": (
        "安装包已损坏或不完整：{0}。没有安装任何内容；请重新拷贝整个文件夹。",
        "The kit is damaged or not whole: {0}. Nothing was installed; copy the whole folder again.",
    ),
    "into": ("正在安装到 {0} ……", "Installing into {0} …"),
    "failed": (
        "安装没有完成（上面有原因）。常见原因：Python 版本不在安装包内，或磁盘已满。",
        "The installation did not finish, see above. Often: no wheels for this Python, or the disk is full.",
    ),
    "done": ("安装完成：{0}", "Installed: {0}"),
    "start": ("以后这样打开：{0}", "Open it like this: {0}"),
}


def say(what: str, *words: object) -> None:
    """A line in Chinese and English; a console that cannot show a character shows `?`."""
    encoding = sys.stdout.encoding or "ascii"
    for text in SAYS[what]:
        line = text.format(*words).encode(encoding, "replace").decode(encoding)
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


def broken_file() -> str:
    """The first file that is not as SHA256SUMS says, or not named there; "" when all are."""
    try:
        lines = (KIT / "SHA256SUMS").read_text("utf-8").splitlines()
    except OSError:
        return "SHA256SUMS"
    named = {name: wanted for wanted, _, name in (line.partition("  ") for line in lines)}
    there = {path.relative_to(KIT).as_posix() for path in KIT.glob("wheels/*")} | {"requirements.txt"}
    for name in sorted(there | named.keys()):
        try:
            found = hashlib.sha256((KIT / name).read_bytes()).hexdigest()
        except OSError:
            return name
        if found != named.get(name):
            return name
    return ""


def place() -> Path:
    """Where programs of one user are kept."""
    if WINDOWS:
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "liuhen"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "liuhen"


def install(target: Path) -> bool:
    """Make the environment at `target`, anew if it is there; whether it stands."""
    venv.create(target, with_pip=True, clear=target.exists())
    python = target / ("Scripts/python.exe" if WINDOWS else "bin/python")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]
    ours = [str(path) for path in (KIT / "wheels").glob("liuhen-*.whl")]
    steps = (
        ["--find-links", str(KIT / "wheels"), "--require-hashes", "-r", str(KIT / "requirements.txt")],
        ["--no-deps", *ours],
    )
    return all(subprocess.run([*pip, *step], check=False).returncode == 0 for step in steps)


def starter(target: Path, home: Path) -> Path:
    """A file to double-click that opens the menu in the folder liuhen of the user."""
    work = home / "liuhen"
    work.mkdir(exist_ok=True)
    if WINDOWS:
        desktop = home / "Desktop"
        file = (desktop if desktop.is_dir() else home) / "liuhen.cmd"
        program = target / "Scripts" / "liuhen.exe"
        file.write_text(
            f'@echo off\r\nchcp 65001 >nul\r\ncd /d "{work}"\r\n"{program}" %*\r\npause\r\n',
            "utf-8",
            newline="",
        )
        return file
    program = target / "bin" / "liuhen"
    link = home / ".local" / "bin" / "liuhen"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(program)
    for desktop in (home / "桌面", home / "Desktop"):
        if desktop.is_dir():
            file = desktop / "liuhen.desktop"
            file.write_text(
                "[Desktop Entry]\nType=Application\nName=留痕台账\nTerminal=true\n"
                f'Path={work}\nExec="{program}"\n',
                "utf-8",
            )
            file.chmod(0o755)
            return file
    return link


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - what runs this may be any Python
        say("old", sys.version.split()[0])
        return 2
    say("sums")
    if name := broken_file():
        say("broken", name)
        return 4
    target = Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else place()
    say("into", target)
    if not install(target):
        say("failed")
        return 1
    say("done", target)
    say("start", starter(target, Path.home()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

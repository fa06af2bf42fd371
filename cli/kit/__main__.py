"""Make the kit: `make kit`, or `python -m cli.kit FOLDER [--python 3.11] [--platform win_amd64] …`.

Run from a checkout, on a machine with network. What is downloaded is what requirements.lock names, by hash.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from hashlib import file_digest
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import click

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.lock"
FILES = ("install.py", "install.cmd", "install.sh", "先读我.txt")
GUIDE = "应急.md"
"""What to do when a ledger is damaged or a key lost, for offices without a network."""
PLATFORMS = {
    "win_amd64": ("win_amd64",),
    "linux_x86_64": ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_28_x86_64"),
    "linux_aarch64": ("manylinux2014_aarch64", "manylinux_2_17_aarch64", "manylinux_2_28_aarch64"),
}
"""Windows, and the Linux of Kylin and UOS on both processors; each with the tags of its wheels."""
PYTHONS = ("3.11", "3.12", "3.13")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--python", "pythons", multiple=True, default=PYTHONS, show_default=True)
@click.option(
    "--platform", "platforms", multiple=True, default=tuple(PLATFORMS), type=click.Choice(list(PLATFORMS))
)
def main(folder: Path, pythons: Sequence[str], platforms: Sequence[str]) -> None:
    """Write the kit to FOLDER, which must not be there yet; it is there whole or not at all."""
    if folder.exists():
        raise click.UsageError(f"{folder} is there already; give another folder or remove it")
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.absolute().parent, prefix=".kit-") as draft:
        make(Path(draft) / "kit", pythons, platforms)
        (Path(draft) / "kit").rename(folder)
    size = sum(file.stat().st_size for file in folder.rglob("*")) / 1e6
    click.echo(f"{folder}: {size:.0f} MB for {', '.join(platforms)} with Python {', '.join(pythons)}")
    click.echo("Put the whole folder on a stick; on the other machine open install.cmd or run install.sh.")


def make(folder: Path, pythons: Sequence[str], platforms: Sequence[str]) -> None:
    """The kit in the new folder `folder`. Raises CalledProcessError when a download or the build fails."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    needed = folder / "requirements.txt"
    needed.write_text(locked(closure("liuhen")), "utf-8", newline="\n")
    for python in pythons:
        for platform in platforms:
            tags = [f"--platform={tag}" for tag in PLATFORMS[platform]]
            _pip(
                *("download", "--require-hashes", "--no-deps", "--only-binary=:all:", "-r", str(needed)),
                *("--dest", str(wheels), f"--python-version={python}", *tags),
            )
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(ROOT))
    for name in FILES:
        shutil.copyfile(Path(__file__).with_name(name), folder / name)
    shutil.copyfile(ROOT / "docs" / GUIDE, folder / GUIDE)
    sums = folder / "SHA256SUMS"
    sums.write_text("".join(_sums(folder)), "utf-8", newline="\n")


def closure(name: str) -> set[str]:
    """The distributions that `name` needs to run on any system, by normal name, `name` not among them."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for line in _requires(waiting.pop()):
            words, _, marker = line.partition(";")
            needed = normal(re.split(r"[^A-Za-z0-9._-]", words.strip(), maxsplit=1)[0])
            if "extra" not in marker and needed not in found:
                found.add(needed)
                waiting.append(needed)
    return found & set(_locked())


def _requires(name: str) -> Iterable[str]:
    """Empty for what is not installed here, such as what only another system needs."""
    try:
        return requires(name) or ()
    except PackageNotFoundError:
        return ()


def normal(name: str) -> str:
    """A distribution's normal name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(names: set[str]) -> str:
    """The lines of requirements.lock for these distributions, with their hashes."""
    held = _locked()
    return "".join(held[name] for name in sorted(names))


def _locked() -> dict[str, str]:
    parts = re.split(r"(?m)^(?=[A-Za-z0-9])", LOCK.read_text("utf-8"))
    return {normal(part.partition("==")[0]): part for part in parts if "==" in part}


def _sums(folder: Path) -> Iterable[str]:
    """`sha256sum` lines of every file but the list itself, by path."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "SHA256SUMS"):
        with path.open("rb") as file:
            yield f"{file_digest(file, 'sha256').hexdigest()}  {path.relative_to(folder).as_posix()}\n"


def _pip(*words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words], check=True
    )


if __name__ == "__main__":
    main()

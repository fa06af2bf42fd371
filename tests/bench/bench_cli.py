"""How long a person waits for a command to begin: `python -m tests.bench.bench_cli [RUNS]`.

`liuhen --version` against `python -c "import click"` (aim ≤ 2), and commands on a small ledger, nearly all of
which is starting: `todo` looks, `attach` records one event with a key that costs nothing to open. Each is a
fresh process, in turn, with modules compiled as in an installation. Prints medians.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.office import PASSPHRASE, Office

AIM = 2.0
LIUHEN = (sys.executable, "-c", "from cli.main import main; main()")
CLICK = (sys.executable, "-c", "import click")


def command(*arguments: str, environment: Mapping[str, str] | None = None) -> tuple[float, float]:
    """`timed` of one run of `liuhen` with these arguments; it must succeed."""
    return timed([*LIUHEN, *arguments], environment)


def timed(process: Sequence[str], environment: Mapping[str, str] | None = None) -> tuple[float, float]:
    """Seconds of CPU (0 where the system does not tell) and by the clock."""
    began, before = perf_counter(), os.times()
    done = subprocess.run(process, capture_output=True, check=False, env=environment)
    taken, after = perf_counter() - began, os.times()
    if done.returncode != 0:
        raise SystemExit(f"{process[3:]}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return sum(after[2:4]) - sum(before[2:4]), taken


@contextmanager
def compiled() -> Iterator[dict[str, str]]:
    """An environment in which modules are compiled once, whatever that of the bench says."""
    with tempfile.TemporaryDirectory() as name:
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        yield {**kept, "PYTHONPYCACHEPREFIX": name}


def main(runs: int = 15) -> None:
    """Print two lines."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name, compiled() as environment:
        folder = Path(name)
        office = Office(folder)
        office.year()
        at = ("-L", str(office.book.store.path), "-K", str(folder / "keys"), "--as", "qian-clerk")
        office.book.close()
        (folder / "photo.jpg").write_bytes(b"made up")
        (folder / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
        unlock = ("--clock-is-right", "--passphrase-file", str(folder / "passphrase"))
        processes = {
            "version": (*LIUHEN, "--version"),
            "click": CLICK,
            "todo": (*LIUHEN, *at, "todo"),
            "attach": (*LIUHEN, *at, *unlock, "attach", str(folder / "photo.jpg")),
        }
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in processes}
        for run in range(runs + 1):
            for name, process in processes.items():
                found = timed(process, environment)
                if run:  # the first compiles
                    taken[name].append(found)
    cpu = {name: median(each for each, _ in found) for name, found in taken.items()}
    clock = {name: median(each for _, each in found) for name, found in taken.items()}
    print(
        f"liuhen --version: {clock['version'] * 1000:.0f} ms; python importing click "
        f"{clock['click'] * 1000:.0f} ms; ratio {clock['version'] / clock['click']:.2f} (aim ≤ {AIM})"
    )
    told = [
        f"{name} {cpu[name]:.2f} s of CPU ({clock[name]:.2f} s by the clock)" for name in ("todo", "attach")
    ]
    print(f"a command on a small ledger, from its start: {', '.join(told)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)

"""How long a person waits for the command to begin: `python -m tests.bench.bench_cli [RUNS]`.

`liuhen --version` against `python -c "import click"`, each a fresh process, in turn. Prints medians and their
ratio (aim ≤ 2).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from statistics import median
from time import perf_counter

AIM = 2.0
LIUHEN = (sys.executable, "-c", "from cli.main import main; main()")


def command(*arguments: str) -> float:
    """Seconds of one run of `liuhen` with these arguments; it must succeed."""
    return timed([*LIUHEN, *arguments])


def timed(process: Sequence[str]) -> float:
    began = perf_counter()
    done = subprocess.run(process, capture_output=True, check=False)
    taken = perf_counter() - began
    if done.returncode != 0:
        raise SystemExit(f"{process[3:]}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return taken


def main(runs: int = 15) -> None:
    """Print one line."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(runs):
        ours.append(command("--version"))
        theirs.append(timed([sys.executable, "-c", "import click"]))
    ratio = median(ours) / median(theirs)
    print(
        f"liuhen --version: {median(ours) * 1000:.0f} ms; python importing click "
        f"{median(theirs) * 1000:.0f} ms; ratio {ratio:.2f} (aim ≤ {AIM})"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)

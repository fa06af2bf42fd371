"""Start of the command line: `liuhen --version` against `python -c "import click"` (aim ≤ 2 times)."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import perf_counter

ROUNDS = 15


def seconds(code: str) -> float:
    """How long a fresh interpreter takes to run `code`."""
    began = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - began


def main() -> None:
    """Rounds take turns, so that other work on the machine weighs on both alike."""
    version = "from cli.main import main; main(['--version'])"
    for code in (version, "import click"):
        seconds(code)
    pairs = [(seconds(version), seconds("import click")) for _ in range(ROUNDS)]
    ours, bare = median(each for each, _ in pairs), median(each for _, each in pairs)
    print(
        f"liuhen --version {ours * 1000:.0f} ms, import click {bare * 1000:.0f} ms: "
        f"{median(a / b for a, b in pairs):.2f} times (aim ≤ 2)"
    )


if __name__ == "__main__":
    main()

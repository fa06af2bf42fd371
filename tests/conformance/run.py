"""Run any implementation over a set (specs/conformance.md §3): `… tests.conformance.run SET PROGRAM …`.

SET is a folder that `python -m tests.conformance` wrote; `PROGRAM … [options] FILE` is started for each case.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conformance.answer import Answer, complaints
from tests.conformance.build import SECONDS


def ask(program: list[str], row: dict[str, Any], file: Path) -> list[str]:
    """What is wrong with the program's answer to one case."""
    try:
        run = [*program, *row["options"], str(file)]
        done = subprocess.run(run, capture_output=True, text=True, timeout=SECONDS, check=False)
        return complaints(row, Answer.parse(done.stdout))
    except subprocess.TimeoutExpired:
        return [f"no answer in {SECONDS} seconds"]
    except ValueError as error:
        return [f"no answer in form: {error}"]


def main(arguments: list[str]) -> int:
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder, program = Path(arguments[0]), arguments[1:]
    rows = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["cases"]
    wrong = 0
    for row in rows:
        found = ask(program, row, folder / row["file"])
        if found:
            wrong += 1
            print(f"{row['name']}: {row['who']} {row['deed']}\n  " + "\n  ".join(found))
    print(f"{len(rows) - wrong} of {len(rows)} cases as they must be")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

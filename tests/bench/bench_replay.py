"""Replay and trail over 56,000 subjects and 20,000 events.

`python -m tests.bench.bench_replay [RUNS]`: a made-up ledger with the office's lists, a year's steps, and
declared conflicts and named attachments up to the count; then the state at two dates, the state at the head,
a subject's trail and an officer's. Prints medians in seconds (aim: < 2 s each).
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter

from ledger.audit.missed import missed
from ledger.audit.moment import moment
from ledger.audit.source import opened
from ledger.audit.state import state
from ledger.audit.trail import trail
from ledger.book import Deed
from tests.office import Office, made_up_code, subject
from verifier.codec import Value

SUBJECTS = 56_000
EVENTS = 20_000
AIM = 2.0


def write_ledger(folder: Path, subjects: int = SUBJECTS, events: int = EVENTS) -> Office:
    """A year of the made-up office in a large register, and small events in between."""
    office = Office(folder)
    office.lists(subjects=40, officers=8)
    office.import_rows("subjects", [subject(number) for number in range(subjects)])
    office.policy()
    office.plan()
    office.task()
    office.draw()
    office.clock.go("2026-03-10")
    small = [_deed(number) for number in range(events)]
    for start in range(0, events, 2_000):
        office.clock.go(f"2026-0{4 + start // 4_000}-01", 9 + start // 2_000 % 2)
        part = small[start : start + 2_000]
        office.book.write(office.clerk, lambda _facts, part=part: part)  # type: ignore[misc]
    return office


def _deed(number: int) -> Deed:
    if number % 2:
        pair: dict[str, Value] = {
            "officer": f"off-{number // 2 % 8:02}",
            "subject": made_up_code(number // 16),
        }
        return Deed("conflict.declared", "conflicts", pair)
    file: dict[str, Value] = {
        "name": f"现场照片 {number}",
        "file": sha256(b"%d" % number).digest(),
        "size": number,
    }
    return Deed("attached", "attachments", file)


def timed(work: Callable[[], object], runs: int) -> float:
    taken = []
    for _ in range(runs):
        began = perf_counter()
        work()
        taken.append(perf_counter() - began)
    return median(taken)


def main(runs: int = 3) -> None:
    """Print one line."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        office = write_ledger(Path(name))
        path = office.book.store.path
        size = office.book.store.head().size
        office.book.close()

        def at(when: str) -> None:
            with opened(path) as source:
                state(source, moment(source, when))

        def follow(what: str) -> None:
            with opened(path) as source:
                list(trail(source, what))
                list(missed(source, what))

        print(
            f"audit {SUBJECTS:,} subjects and {size:,} entries (aim < {AIM:.0f} s): "
            f"state at the head {timed(lambda: at(str(size - 1)), runs):.2f} s, "
            f"on a day in mid-year {timed(lambda: at('2026-06-15'), runs):.2f} s, "
            f"trail of a subject {timed(lambda: follow(made_up_code(3)), runs):.2f} s, "
            f"of an officer {timed(lambda: follow('off-01'), runs):.2f} s"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)

"""A ledger of many subjects: opening it, one small event, a preview, a freeze and a draw over all of them.

`python -m tests.bench.bench_large [RUNS] [SUBJECTS]`; prints medians, CPU and by the clock (aim: < 1 s for a
command beside the passphrase, ≤ 5 s for a freeze or a draw). The keys here are wrapped with almost no work,
so that the passphrase costs nothing. Uses the real register when it is there, else made-up subjects.
"""

from __future__ import annotations

import lzma
import sys
import tempfile
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from ledger.book import Book
from ledger.commands import draws, find, lists, plans, visits
from ledger.commands.todo import todos
from ledger.importing.records import read_subjects
from tests.bench.bench_cli import command, compiled
from tests.bench.bench_import import SOURCE, TODAY
from tests.bench.bench_scale import peak
from tests.office import PASSPHRASE, Office, subject
from verifier import facts as f
from verifier.codec import Value

COUNT = 56_000
RATE: dict[str, Value] = {"no": 2, "plan_name": "全部", "p": 3, "q": 100}
AIM, MOST = 1.0, 5.0


def subjects(folder: Path, count: int) -> list[tuple[str, dict[str, Value]]]:
    """The real register where it is, filled up with made-up subjects to the count."""
    found: Iterable[tuple[str, dict[str, Value]]] = ()
    if SOURCE.exists():
        path = folder / "a.csv"
        path.write_bytes(lzma.decompress(SOURCE.read_bytes()))
        found = read_subjects(path, today=TODAY).records
    real = list(found)
    return [*real, *(subject(number) for number in range(count - len(real)))]


def write_ledger(folder: Path, count: int) -> Office:
    """Lists, policy, plan and one task over every active subject."""
    office = Office(folder)
    office.lists(subjects=0)
    office.import_rows("subjects", subjects(folder, count))
    office.policy()
    office.plan()
    everyone: dict[str, Value] = {"id": "all", "filter": {"status": ["active"]}, "p": 3, "q": 100}
    plan = office.book.facts().get(f.register("plan.p2026"), "1")
    if plan is None:
        raise SystemExit("large: the plan has no row")
    row = {key: value for key, value in plan.record.items() if key != "tags"} | {
        "no": 2,
        "plan_name": "全部",
        "p": 3,
        "q": 100,
    }
    lists.import_records(
        office.book, office.clerk, "plan.all", [("2", row)], reason="计划", source=sha256(b"").digest()
    )
    plans.submit_plan(office.book, office.clerk, "all", "全部", 2026)
    plans.approve_plan(office.book, office.approver, "all")
    plans.publish_plan(office.book, office.clerk, "all", plans.publication("portal", "2026-03-02", "1"))
    written = plans.new_task(
        office.book,
        office.clerk,
        "t-all",
        "all",
        "2",
        scheme=("工作方案", sha256(b"s").digest()),
        form=("检查表", "1", sha256(b"f").digest()),
        window=("2026-03-01", "2026-10-31"),
        responsible="钱二",
        seats=[("fgj", "-", 1), ("scj", "-", 1)],
        strata=[everyone],
    )
    office.confirm("approver", written)
    return office


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of CPU and by the clock."""
    began, busy = perf_counter(), process_time()
    work()
    return process_time() - busy, perf_counter() - began


def middle(found: Iterable[tuple[float, float]]) -> str:
    """Medians of `timed` in words."""
    cpu, clock = (median(each) for each in zip(*found, strict=True))
    return f"{cpu:.3f} s of CPU, {clock:.3f} s by the clock"


def main(runs: int = 5, count: int = COUNT) -> None:
    """Print one line each."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:  # not /tmp, which may be memory
        folder = Path(name)
        office = write_ledger(folder, count)
        path = office.book.store.path
        office.book.close()

        def event() -> None:
            with Book.open(path, clock=office.clock) as book:
                visits.attach(book, office.clerk, "照片", sha256(b"p").digest(), 1)

        def look() -> None:
            with Book.open(path, read_only=True) as book:
                plans.preview(book.facts(), "t-all", office.clock.day)

        def freeze() -> None:
            with Book.open(path, clock=office.clock) as book:
                draws.freeze(book, office.clerk, "d-all", "t-all", ["qian-clerk", "li-supervisor"])

        def listed() -> None:
            with Book.open(path, read_only=True) as book:
                find.draws(book.facts())

        def to_do() -> None:
            with Book.open(path, read_only=True) as book:
                todos(book.facts(), office.clock.day)

        def draw() -> None:
            with Book.open(path, clock=office.clock) as book:
                for signer in (office.clerk, office.supervisor):
                    draws.commit(book, signer, "d-all")
                for signer in (office.clerk, office.supervisor):
                    draws.reveal(book, signer, "d-all")
                draws.run(book, office.clerk, "d-all")

        small = middle(timed(event) for _ in range(runs))
        seen = middle(timed(look) for _ in range(min(runs, 3)))
        frozen, drawn, shown = middle([timed(freeze)]), middle([timed(draw)]), middle([timed(listed)])
        due = middle(timed(to_do) for _ in range(runs))
        most = peak()
        photo = folder / "现场照片.jpg"
        photo.write_bytes(b"made up")
        secret = folder / "passphrase.txt"
        secret.write_text(PASSPHRASE, encoding="utf-8")
        at = ("-L", str(path), "-K", str(folder / "keys"), "--as", "qian-clerk", "--clock-is-right")
        words = (*at, "--passphrase-file", str(secret), "attach", str(photo))
        with compiled() as environment:
            command(*words, environment=environment)
            by_hand = middle(command(*words, environment=environment) for _ in range(runs))
        print(
            f"ledger of {count:,} subjects: a command that records one event {by_hand} (aim < {AIM} s)",
            end=", ",
        )
        print(f"the same without starting {small}; list the draws {shown}")
        print(f"what is to be done, {count * 3 // 100:,} visits open: {due} (aim < {AIM} s)")
        print(f"draw of {count:,} subjects: freeze {frozen} (aim ≤ {MOST} s)", end="; ")
        print(f"draw 3/100 {drawn} (aim ≤ {MOST} s); preview {seen}; peak {most:.0f} MB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))

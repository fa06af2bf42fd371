"""The public site of a log of 100,000 entries: the first build, then one new entry at a time.

`python -m tests.bench.bench_site [ENTRIES]`; prints medians and what was touched (aim: < 1 s and only the
changed files for one new entry). Two kinds of entry: a scan, of which no page speaks, and a visit with its
publication, which moves a draw's page and the statistics. Also the time of SHA-256 over the bytes of the
whole site, which a build that read every file would need besides.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter

from cli.commands.site import LANGUAGES
from ledger.book import Deed
from ledger.commands.sites import build_site
from ledger.site.build import Built
from tests.office import Office, digest
from verifier import facts as f
from verifier.codec import Value

COUNT = 100_000
BATCH = 2_000
RUNS = 7
AIM = 1.0


def fill(office: Office, count: int) -> None:
    """Scans of a founded office, until the log has `count` entries."""
    number = office.book.store.head().size
    while (left := count - office.book.store.head().size) > 0:
        if left > 1:
            office.clock.go((date.fromisoformat(office.clock.day) + timedelta(days=1)).isoformat())
        deeds = []
        for _ in range(min(left, BATCH)):
            file = sha256(b"%d" % number).digest()
            data: dict[str, Value] = {"name": f"现场照片{number}.jpg", "file": file, "size": number}
            deeds.append(Deed("attached", "attachments", data))
            number += 1
        office.book.write(office.clerk, lambda _, deeds=deeds: deeds)  # type: ignore[misc]


def timed(work: Callable[[], Built]) -> tuple[float, Built]:
    began = perf_counter()
    built = work()
    return perf_counter() - began, built


def main(count: int = COUNT) -> None:
    """Print one line each."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:  # not /tmp, which may be memory
        office = Office(Path(name))
        office.lists(subjects=2000)
        office.policy()
        office.plan()
        office.task()
        fill(office, count)
        office.draw()
        office.clock.go("2026-05-10")
        drawn = office.drawn()
        target = Path(name) / "公示网站"

        def build() -> Built:
            return build_site(office.book, office.log, target, LANGUAGES)

        first, built = timed(build)
        idle = median(timed(build)[0] for _ in range(3))
        scans, visits, touched = [], [], set()
        for turn in range(RUNS):
            fill(office, office.book.store.head().size + 1)
            seconds, built = timed(build)
            scans.append(seconds)
            touched.add(len(built.changed))
            office.publish([office.visit(drawn[turn], paper=(["钱二"], digest(str(turn))))])
            seconds, built = timed(build)
            visits.append(seconds)
        hashing = perf_counter()
        size = 0
        for path in filter(Path.is_file, target.rglob("*")):
            content = path.read_bytes()
            size += len(content)
            sha256(content).digest()
        hashing = perf_counter() - hashing
        teams = len(list(office.book.facts().rows(f.TEAMS)))
        office.book.close()
    print(f"site of {count:,} entries, {built.files} files, {size / 1e6:.0f} MB, {teams} drawn:", end=" ")
    print(f"first {first:.1f} s,", end=" ")
    print(f"one new entry {median(scans):.3f} s (aim < {AIM} s), {sorted(touched)} files touched,", end=" ")
    print(f"a visit and its publication {median(visits):.3f} s, nothing new {idle:.3f} s;", end=" ")
    print(f"hashing every byte takes {hashing:.3f} s, {hashing / median(scans):.2f} of one build")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)

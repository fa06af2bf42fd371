"""Receipts of a whole pool, without pictures, and how an inclusion proof grows.

`python -m tests.bench.bench_receipts`. Receipts of every pool member from ledger and head to bytes, set-up
included (aim ≥ 5,000/s), against the least that any program does for each: base64 of the same siblings and
entries, joined. Then the same as files of a site, and a build after one more entry. Last the bytes of a C2SP
tlog-proof as the log doubles (aim ≤ 45 more each time).
"""

from __future__ import annotations

import tempfile
from base64 import b64encode
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter

from cli.commands.site import LANGUAGES
from ledger import receipts
from ledger.commands import bundles, visits
from ledger.commands.sites import build_site
from tests.office import Office, digest
from verifier.checkpoint import Checkpoint
from verifier.logproof import LogProof
from verifier.merkle import Levels, leaf_hash
from verifier.receipt import Receipt

SUBJECTS = 10_000
RUNS = 3
AIM = 5_000
GROWTH = 45


def bare(one: Receipt) -> bytes:
    """The bytes of a receipt that depend on hashes and entries, without any order, check or claim."""
    parts = (*one.siblings, one.frozen, one.executed, *one.proof.siblings)
    return b"\n".join(map(b64encode, parts)) + one.proof.signed


def rates(office: Office) -> tuple[float, float, int]:
    """Receipts a second, with and without all that is more than base64; bytes of one."""
    signed = bundles.sign_head(office.book, office.log)
    ours, theirs = [], []
    for _ in range(RUNS):
        began = perf_counter()
        made = [one.encode() for one in receipts.issuer(office.book, "d1", signed).all()]
        ours.append(perf_counter() - began)
        held = list(receipts.issuer(office.book, "d1", signed).all())
        began = perf_counter()
        for one in held:
            bare(one)
        theirs.append(perf_counter() - began)
    return len(made) / median(ours), len(made) / median(theirs), sum(map(len, made)) // len(made)


def in_a_site(office: Office, target: Path) -> tuple[float, float, int]:
    """Seconds of the build that adds receipts to a site, of one after one more entry; receipts."""

    def build() -> tuple[float, int]:
        began = perf_counter()
        built = build_site(office.book, office.log, target, LANGUAGES, receipts=True)
        return perf_counter() - began, built.receipts

    build_site(office.book, office.log, target, LANGUAGES)
    first, count = build()
    visits.attach(office.book, office.clerk, "照片", digest("照片"), 1)
    return first, build()[0], count


def growth(most: int = 17) -> list[int]:
    """Bytes by which the proof of entry 0 grows from a log of 2^n entries to one of 2^(n + 1)."""
    sizes = []
    for power in range(most + 1):
        log = Levels(leaf_hash(b"%d" % number) for number in range(1 << power))
        head = Checkpoint("practice/bench.example/2026", log.size, log.root()).text()
        proof = LogProof(0, tuple(log.proof(0)), head.encode())
        sizes.append(len(proof.encode()) - len(head.encode()))
    return [after - before for before, after in pairwise(sizes)]


def main() -> None:
    """Print one line each."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:  # not /tmp, which may be memory
        office = Office(Path(name))
        office.lists(subjects=SUBJECTS)
        office.policy()
        office.plan()
        office.task()
        office.draw()
        ours, limit, size = rates(office)
        first, after, count = in_a_site(office, Path(name) / "公示网站")
        office.book.close()
    print(f"receipts of {count:,} pool members, {size} bytes each: {ours:,.0f}/s (aim ≥ {AIM:,}),", end=" ")
    print(f"{ours / limit:.2f} of bare base64 of the same bytes ({limit:,.0f}/s);", end=" ")
    print(f"as flushed files of a site {count / first:,.0f}/s, one new entry beside them {after:.3f} s")
    print(f"an inclusion proof grows by at most {max(growth())} bytes when the log doubles (aim ≤ {GROWTH})")


if __name__ == "__main__":
    main()

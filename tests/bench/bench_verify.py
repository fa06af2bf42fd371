"""Full verification of a bundle on 2 processes against bare Ed25519 verification of its signatures on 2.

`python -m tests.bench.bench_verify [RUNS]`: a made-up ledger of 20,000 small events (declared conflicts and
named attachments, half each) is written once; then both sides run in turn. The bare side has keys, messages
and signatures ready and only calls `cryptography`. Prints the median of the ratios by the clock and by CPU
time of all processes (aim ≥ 0.8; beside other work the clock says little), and the rate of everything but
the signatures on one core.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.book import Deed
from ledger.commands import bundles
from tests.office import Office, made_up_code
from verifier import entry, replay
from verifier.bundle import open_bundle
from verifier.replay import verify_bundle
from verifier.report import Anchors, Verdict
from verifier.signatures import Job, Place, Signatures

EVENTS = 20_000
SUBJECTS = 2_500
PROCESSES = 2
PIECE = 512
AIM = 0.8

Signed = tuple[bytes, bytes, bytes]
"""(raw public key, signature, message)"""


def write_ledger(folder: Path) -> Office:
    """Four officers declare conflicts with every subject; as many attachments."""
    office = Office(folder)
    office.lists(subjects=SUBJECTS, officers=8)
    pairs = [
        (f"off-{o:02}", made_up_code(s)) for o in range(EVENTS // 2 // SUBJECTS) for s in range(SUBJECTS)
    ]
    conflicts = [Deed("conflict.declared", "conflicts", {"officer": o, "subject": s}) for o, s in pairs]
    photos = [
        Deed(
            "attached",
            "attachments",
            {"name": f"现场照片 {n}", "file": sha256(b"%d" % n).digest(), "size": n},
        )
        for n in range(EVENTS - len(pairs))
    ]
    office.book.write(office.clerk, lambda _facts: [*conflicts, *photos])
    return office


def signatures(office: Office) -> list[Signed]:
    """What there is to verify, made ready."""
    public = {signer.key_id: signer.public for signer in office.signers.values()}
    read = (entry.parse(raw) for raw in office.book.store.entries())
    return [(public[e.body.actor], e.signature, entry.message(e.body_bytes)) for e in read]


_key = cache(Ed25519PublicKey.from_public_bytes)


def bare(piece: Sequence[Signed]) -> None:
    for public, signature, message in piece:
        _key(public).verify(signature, message)


class Unverified(Signatures):
    """Takes signatures and looks at none."""

    def add(self, place: Place, job: Job) -> Sequence[Place]:
        return ()


def cpu() -> float:
    """Seconds of CPU of this process and those that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """(clock, CPU) in seconds."""
    clock, used = perf_counter(), cpu()
    work()
    return perf_counter() - clock, cpu() - used


def verify(bundle: Path, workers: int) -> None:
    with open_bundle(bundle) as opened:
        report = verify_bundle(opened, Anchors(), workers=workers)
    if report.verdict is not Verdict.PASS:
        raise SystemExit(f"verify: {report.sentence('en')}")


def main(runs: int = 5) -> None:
    """Print two lines."""
    with tempfile.TemporaryDirectory() as name:
        office = write_ledger(Path(name))
        bundle = Path(name) / "bundle"
        bundles.export(office.book, office.log, bundle)
        signed = signatures(office)
        office.book.close()
        pieces = [signed[at : at + PIECE] for at in range(0, len(signed), PIECE)]

        def only_signatures() -> None:
            with ProcessPoolExecutor(PROCESSES) as pool:
                list(pool.map(bare, pieces))

        theirs, ours, rest = [], [], []
        for _ in range(runs):
            theirs.append(timed(only_signatures))
            ours.append(timed(lambda: verify(bundle, PROCESSES)))
            with patch.object(replay, "Signatures", Unverified):
                rest.append(timed(lambda: verify(bundle, 1))[1])
    by_clock, by_cpu = (
        median(a[kind] / b[kind] for a, b in zip(theirs, ours, strict=True)) for kind in (0, 1)
    )
    each = [1e6 * median(one[1] for one in side) / len(signed) for side in (ours, theirs)]
    print(
        f"verify {len(signed):,} entries on {PROCESSES} processes against bare Ed25519 on {PROCESSES}: "
        f"by the clock {by_clock:.2f} (aim ≥ {AIM}), by CPU {by_cpu:.2f} (aim ≥ {AIM}); "
        f"{each[0]:.0f} µs of CPU an entry, bare {each[1]:.0f} µs"
    )
    print(
        f"without signatures {len(signed) / median(rest):,.0f} entries/s a core (aim ≥ 40,000), "
        f"best {len(signed) / min(rest):,.0f}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)

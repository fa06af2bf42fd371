"""Full verification of a bundle on 2 processes against bare Ed25519 verification of its signatures on 2.

`python -m tests.bench.bench_verify [RUNS]`: a made-up ledger of 20,000 small events (declared conflicts and
named attachments, half each) is written once; then both sides run in turn. The bare side has keys, messages
and signatures ready and only calls `cryptography`. Prints medians and their ratio (aim ≥ 0.8).
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.book import Deed
from ledger.commands import bundles
from tests.office import Office, made_up_code
from verifier import entry
from verifier.bundle import open_bundle
from verifier.replay import verify_bundle
from verifier.report import Anchors, Verdict

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


def main(runs: int = 5) -> None:
    """Print one line."""
    with tempfile.TemporaryDirectory() as name:
        office = write_ledger(Path(name))
        bundle = Path(name) / "bundle"
        bundles.export(office.book, office.log, bundle)
        signed = signatures(office)
        office.book.close()
        pieces = [signed[at : at + PIECE] for at in range(0, len(signed), PIECE)]
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(runs):
            began = perf_counter()
            with ProcessPoolExecutor(PROCESSES) as pool:
                list(pool.map(bare, pieces))
            theirs.append(perf_counter() - began)
            began = perf_counter()
            with open_bundle(bundle) as opened:
                report = verify_bundle(opened, Anchors(), workers=PROCESSES)
            ours.append(perf_counter() - began)
            if report.verdict is not Verdict.PASS:
                raise SystemExit(f"verify: {report.sentence('en')}")
    ratio = median(theirs) / median(ours)
    print(
        f"verify {len(signed):,} entries on {PROCESSES} processes: {median(ours):.2f} s "
        f"({len(signed) / median(ours):,.0f}/s); bare Ed25519 {median(theirs):.2f} s; "
        f"ratio {ratio:.2f} (aim ≥ {AIM})"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)

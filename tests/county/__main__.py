"""The county: `python -m tests.county FOLDER [--honest] [--cheat] [--small]`; both when neither is named.

Leaves in FOLDER/honest and FOLDER/cheat the ledger 台账.db, its keys (passphrase in 口令.txt), the bundle
核验包.zip, and beside the second planted.json: what was planted where. Says what verification says.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

from ledger.book import Book
from ledger.commands.bundles import export
from ledger.keystore import unlock
from tests.county.cheats import PLANTED, Cheating, Found
from tests.county.county import FULL, SMALL, County, Scale
from tests.county.registers import SOURCE
from tests.office import PASSPHRASE
from verifier.replay import verify_entries
from verifier.report import Report, Status

LEDGER = "台账.db"
BUNDLE = "核验包.zip"


def verified(folder: Path) -> Report:
    """What a reader with the openings says of the ledger in `folder`."""
    with Book.open(folder / LEDGER, read_only=True) as book:
        return verify_entries(book.store.entries(), "", book.open_private)


def planted(county: Cheating) -> list[Found]:
    """What was planted, in the order of `PLANTED`."""
    return sorted(county.planted, key=lambda found: PLANTED.index(found.plant))


def play(kind: type[County], folder: Path, scale: Scale) -> None:
    """Play one county into `folder`, write its bundle, and say how long it took."""
    if (folder / LEDGER).exists():
        shutil.rmtree(folder)
    began = perf_counter()
    county = kind.played(folder, scale)
    taken = perf_counter() - began
    (folder / "口令.txt").write_text(PASSPHRASE, encoding="utf-8")
    if isinstance(county, Cheating):
        found = [asdict(one) for one in planted(county)]
        (folder / "planted.json").write_text(
            json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8"
        )
    with Book.open(folder / LEDGER) as book:
        size = book.store.head().size
        export(book, unlock(folder / "keys" / "log.key", PASSPHRASE), folder / BUNDLE)
    began = perf_counter()
    report = verified(folder)
    dull = (Status.PASS, Status.NA)
    said = Counter(f"{c.status.value} {c.rule}" for c in report.checks if c.status not in dull)
    print(
        f"{folder.name}: {len(county.subjects):,} subjects, {len(county.running)} draws, "
        f"{len(county.visits):,} visits, {size:,} entries; played in {taken:.0f} s, "
        f"verified in {perf_counter() - began:.0f} s: "
        f"{report.verdict.value} {dict(sorted(said.items()))}{_peak()}",
        flush=True,
    )


def _peak() -> str:
    """The most memory that the process had, where the system says."""
    try:
        import resource
    except ImportError:
        return ""
    return f"; {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB"


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m tests.county")
    words.add_argument("folder", type=Path)
    words.add_argument("--honest", action="store_true")
    words.add_argument("--cheat", action="store_true")
    words.add_argument("--small", action="store_true", help="a year of 300 made-up enterprises")
    asked = words.parse_args()
    scale = SMALL if asked.small else FULL
    if scale.subjects == 0 and not SOURCE.exists():
        print("the real register is not here; made-up enterprises take its place")
    for name, kind, wanted in (("honest", County, asked.honest), ("cheat", Cheating, asked.cheat)):
        if wanted or not (asked.honest or asked.cheat):
            play(kind, asked.folder / name, scale)


if __name__ == "__main__":
    main()

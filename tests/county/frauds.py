"""Four bundles for readers who do not know what is in them: `python -m tests.county.frauds FOLDER`.

Three hold one fraud each and one is honest; `answers.json` says which. The readings are recorded in
specs/fairness.md. Each county is a small one of its own.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import zipfile
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from ledger.book import Book
from ledger.commands.bundles import export
from ledger.keystore import unlock
from tests.county import cheats
from tests.county.__main__ import LEDGER
from tests.county.cheats import HIDING, Cheating, Plant
from tests.county.county import SMALL, County
from tests.office import PASSPHRASE
from tests.verifier.small_bundle import zip_bytes

HIDDEN = (Plant(1, HIDING, "d2021-04", how="status"),)
REPEATED = (Plant(4, "draw.repeated", "d2021-10", how="3"),)


def swapped(bundle: Path) -> str:
    """Whoever keeps the web server puts the last enterprise of a draw in the place of the first, in both its
    files, with new checksums. Says what was changed."""
    with zipfile.ZipFile(bundle) as held:
        files = {name: held.read(name) for name in held.namelist()}
    folder = sorted(name for name in files if name.endswith("/teams.csv"))[-1].removesuffix("teams.csv")
    rows = list(csv.DictReader(files[folder + "tickets.csv"].decode("utf-8-sig").splitlines()))
    first, last = rows[0]["subject"], rows[-1]["subject"]
    names = {first: last, last: first, rows[0]["name"]: rows[-1]["name"], rows[-1]["name"]: rows[0]["name"]}
    for name in ("tickets.csv", "teams.csv"):
        text = files[folder + name].decode("utf-8")
        files[folder + name] = re.sub("|".join(names), lambda found: names[found[0]], text).encode()
    lines = files["SHA256SUMS"].decode().splitlines()
    sums = [f"{sha256(files[line[66:]]).hexdigest()}  {line[66:]}" for line in lines]
    files["SHA256SUMS"] = ("\n".join(sums) + "\n").encode()
    bundle.write_bytes(zip_bytes(files))
    return f"{folder}: {last} in the place of {first}"


def made(kind: type[County], seed: str, target: Path) -> County:
    """A small county and its bundle at `target`."""
    with TemporaryDirectory() as place:
        county = kind.played(Path(place) / "county", SMALL, seed)
        with Book.open(Path(place) / "county" / LEDGER) as book:
            log = unlock(Path(place) / "county" / "keys" / "log.key", PASSPHRASE)
            export(book, log, target)
    return county


def cheated(plants: tuple[Plant, ...], seed: str, target: Path) -> str:
    """A county with these plants alone; says what came of them."""
    with mock.patch.object(cheats, "PLANTED", plants):
        county = made(Cheating, seed, target)
    assert isinstance(county, Cheating)
    return str(county.planted)


def main(folder: Path) -> None:
    folder.mkdir(parents=True)
    answers = {"甲": cheated(HIDDEN, "seed-a", folder / "甲.zip")}
    made(County, "seed-b", folder / "乙.zip")
    answers["乙"] = swapped(folder / "乙.zip")
    answers["丙"] = cheated(REPEATED, "seed-c", folder / "丙.zip")
    made(County, "seed-d", folder / "丁.zip")
    answers["丁"] = "honest"
    (folder / "answers.json").write_text(json.dumps(answers, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

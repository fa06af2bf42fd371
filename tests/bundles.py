"""Bundles of the test office: a whole year exported, and the same altered by who holds the log key."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from ledger.bundle import DrawFolder, LogSigner, write_bundle
from ledger.commands import bundles, private_content
from ledger.commands.lists import import_records
from tests.office import Office, digest, officer
from verifier import note
from verifier.bundle import note_text
from verifier.codec import Value
from verifier.note import Vkey, parse_vkey_file
from verifier.private import Opening

Files = dict[str, bytes]

TELEPHONES: dict[str, dict[str, Value]] = {f"off-{n:02}": {"telephone": f"000-{n:04}"} for n in range(4)}


@dataclass(frozen=True)
class Year:
    """A year of the office with its bundles: for the public as folder and zip, for inspectors as folder."""

    office: Office
    folder: Path
    zip: Path
    inspector: Path
    after: Path = Path()
    """The bundle for inspectors after an erasure (`erase`)."""

    @property
    def vkey(self) -> Vkey:
        return parse_vkey_file((self.folder / "log.vkey").read_bytes())

    def entries(self) -> list[bytes]:
        return list(self.office.book.store.entries(0, self.office.book.store.head().size))

    def draws(self) -> list[DrawFolder]:
        """The draw folders of the public bundle."""
        place = self.folder / "draws"
        return [
            DrawFolder(
                draw.name,
                (draw / "seed.txt").read_bytes(),
                [(draw / "tickets.csv").read_bytes()],
                [(draw / "teams.csv").read_bytes()],
            )
            for draw in sorted(place.iterdir())
        ]

    def rewrite(self, target: Path, entries: list[bytes], openings: Iterable[Opening] | None = None) -> Path:
        """A bundle of other entries, its head signed with the real log key."""
        log = LogSigner(self.vkey, self.office.log.sign)
        write_bundle(
            target, entries=entries, size=len(entries), log=log, draws=self.draws(), openings=openings
        )
        return target

    def resign(self, files: Mapping[str, bytes]) -> Files:
        """The files with SHA256SUMS and its note made anew with the real log key."""
        listed = {path: data for path, data in files.items() if not path.startswith("SHA256SUMS")}
        sums = "".join(f"{sha256(data).hexdigest()}  {path}\n" for path, data in sorted(listed.items()))
        text = note_text(self.vkey.name, sha256(sums.encode()).hexdigest())
        signed = note.sign_note(text, self.vkey, self.office.log.sign)
        return {**listed, "SHA256SUMS": sums.encode(), "SHA256SUMS.note": signed}


def whole_year(folder: Path) -> Year:
    """The office's year with two completed draws and four telephone numbers that only inspectors see."""
    office = Office(folder)
    office.year()
    office.task("t2")
    office.draw("d2", "t2")
    people = [officer(n) for n in range(4)]
    source = digest("telephones")
    import_records(
        office.book, office.clerk, "officers", people, private=TELEPHONES, reason="补录", source=source
    )
    for name in ("bundle", "bundle.zip"):
        bundles.export(office.book, office.log, folder / name)
    bundles.export(office.book, office.log, folder / "inspector", inspector=True)
    return Year(office, folder / "bundle", folder / "bundle.zip", folder / "inspector")


GROUND = "《个人信息保护法》第四十七条：处理目的已实现"


def erase(year: Year, name: str = "off-01") -> Year:
    """The year after what is private of an officer was erased, with a bundle for inspectors of then."""
    office = year.office
    kept = private_content.kept_of(office.book, name)
    written = private_content.erase_private(office.book, office.clerk, [o.commitment for o in kept], GROUND)
    office.confirm("approver", written)
    target = year.inspector.with_name("inspector-after")
    bundles.export(office.book, office.log, target, inspector=True)
    return replace(year, after=target)


def read_files(folder: Path) -> Files:
    """Every file of a folder by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def write_files(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Exactly these files as a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, data in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return folder

"""Forgeries of a bundle around an honest chain."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.bundle import LogSigner, write_bundle
from ledger.commands.keys import Person
from tests.bundles import Files, Year, read_files, write_files
from tests.forgery import Forged, Stories, forgery
from verifier import checkpoint, note
from verifier.note import Algorithm, make_vkey
from verifier.paths import OPENINGS
from verifier.private import Opening, decode_openings, encode_openings, seal
from verifier.timestamp import Stamp

HOST, KEEPER = "host of the site", "keeper of the log key"


def _year(stories: Stories) -> Year:
    return stories.bundles()


def _altered(stories: Stories, change: Callable[[Files], None], file: str, *, sign: bool = True) -> Forged:
    """The public bundle with files changed, its list signed again by who has the log key."""
    year = _year(stories)
    files = read_files(year.folder)
    change(files)
    target = stories.fresh()
    write_files(target, year.resign(files) if sign else files)
    return Forged(bundle=target, file=file)


@forgery("bundle.files", KEEPER, "lists a file that no bundle has")
def stray_file(stories: Stories) -> Forged:
    return _altered(stories, lambda files: files.update({"draws/d1/note.txt": b"x"}), "draws/d1/note.txt")


@forgery("bundle.files", HOST, "puts a file beside the others")
def unlisted_file(stories: Stories) -> Forged:
    def add(files: Files) -> None:
        files["index.html"] = b"<p>ok</p>"

    return _altered(stories, add, "index.html", sign=False)


@forgery("bundle.hashes", HOST, "changes the instructions to readers")
def other_readme(stories: Stories) -> Forged:
    def change(files: Files) -> None:
        files["README.txt"] += b"x"

    return _altered(stories, change, "README.txt", sign=False)


@forgery("bundle.note", HOST, "changes a file and its line, without the log key")
def unsigned_list(stories: Stories) -> Forged:
    year = _year(stories)
    files = read_files(year.folder)
    note_file = files["SHA256SUMS.note"]
    files["README.txt"] += b"x"
    target = stories.fresh()
    write_files(target, {**year.resign(files), "SHA256SUMS.note": note_file})
    return Forged(bundle=target, file="SHA256SUMS.note")


@forgery("log.tree", KEEPER, "changes a hash tile")
def other_tile(stories: Stories) -> Forged:
    year = _year(stories)
    path = next(p for p in sorted(read_files(year.folder)) if p.startswith("tile/0/"))

    def change(files: Files) -> None:
        files[path] = bytes(32) + files[path][32:]

    return _altered(stories, change, path)


@forgery("log.checkpoint", KEEPER, "shows a head that the log key never signed")
def unsigned_head(stories: Stories) -> Forged:
    def change(files: Files) -> None:
        signed = note.parse(files["checkpoint"])
        line = signed.signatures[0]
        files["checkpoint"] = note.render(note.Note(signed.text, (replace(line, blob=bytes(64)),)))

    return _altered(stories, change, "checkpoint")


@forgery("log.current", KEEPER, "goes on signing heads after another log key was named")
def former_key(stories: Stories) -> Forged:
    story = stories.year()
    office = story.office
    forger = story.whole()
    successor = story.signer(Person("log", "台账", "fgj", ("admin",)))
    vkey = str(make_vkey(forger.chain[0].body.origin, successor.public, Algorithm.LOG))
    act = forger.append(office.admin, "log.key_changed", {"vkey": vkey, "reason": "更换"}, "ledger")
    forger.confirm(office.approver, act)
    return _bundle(stories, forger.raw, "log.vkey")


def _bundle(stories: Stories, raw: list[bytes], file: str, cosignatures: tuple[str, ...] = ()) -> Forged:
    office = stories.year().office
    target = stories.fresh()
    vkey = make_vkey(office.book.origin, office.log.public, Algorithm.LOG)
    log = LogSigner(vkey, office.log.sign)
    write_bundle(target, entries=raw, size=len(raw), log=log, cosignatures=cosignatures)
    return Forged(raw, file=file, bundle=target)


@forgery("log.cosignatures", KEEPER, "adds the line of a cosigner whom the ledger does not name")
def invented_cosigner(stories: Stories) -> Forged:
    story = stories.year()
    raw = story.whole().raw
    stranger = story.signer(Person("witness", "联署", "fgj", ("admin",)))
    vkey = make_vkey("witness.example/w", stranger.public, Algorithm.COSIGNATURE)
    plain = _bundle(stories, raw, "checkpoint")
    assert plain.bundle is not None
    text = note.parse((plain.bundle / "checkpoint").read_bytes()).text
    line = checkpoint.cosign(text, vkey, 1_770_000_000, stranger.sign).line()
    return _bundle(stories, raw, "checkpoint", (line,))


@forgery("draw.files", KEEPER, "shows the public another list of tickets")
def other_tickets(stories: Stories) -> Forged:
    def change(files: Files) -> None:
        files["draws/d1/tickets.csv"] = files["draws/d1/tickets.csv"].replace(b'"1"\n', b'"0"\n', 1)

    return _altered(stories, change, "draws/d1/tickets.csv")


def _opened(year: Year, folder: Path, openings: Iterable[Opening], stories: Stories) -> Path:
    """The bundle of a folder with these openings, its list of files signed again."""
    files = {**read_files(folder), OPENINGS: encode_openings(openings)}
    return write_files(stories.fresh(), year.resign(files))


@forgery("private.openings", "clerk", "shows inspectors a value that the ledger never held")
def invented_opening(stories: Stories) -> Forged:
    year = _year(stories)
    opening = seal(year.office.book.origin, "officer/off-00", "telephone", "000-9999", bytes(16))
    held = decode_openings((year.inspector / OPENINGS).read_bytes())
    return Forged(bundle=_opened(year, year.inspector, [*held, opening], stories), file=OPENINGS)


@forgery("private.kept", "clerk", "leaves a telephone number out of the bundle for inspectors", "warn")
def opening_left_out(stories: Stories) -> Forged:
    year = _year(stories)
    held = list(decode_openings((year.inspector / OPENINGS).read_bytes()))
    kept = [one for one in held if one.value != "000-0001"]
    return Forged(bundle=_opened(year, year.inspector, kept, stories))


@forgery("private.kept", "clerk", "keeps what the ledger says was erased", "warn")
def erased_and_kept(stories: Stories) -> Forged:
    year = stories.erased()
    held = decode_openings((year.inspector / OPENINGS).read_bytes())
    return Forged(bundle=_opened(year, year.after, held, stories), file=OPENINGS)


def stamped(stories: Stories, **changes: Any) -> Forged:
    """The year's bundle, and a time-stamp over its head with changes."""
    from tests.verifier.test_timestamp import OPENSSL, Authority

    if OPENSSL is None:
        pytest.skip("openssl is not here")
    year = _year(stories)
    authority = Authority(stories.fresh())
    head = checkpoint.parse_checkpoint((year.folder / "checkpoint").read_bytes())[0]
    token = authority.stamp(replace(head, **changes))
    return Forged(bundle=year.folder, stamps=(Stamp("a.tsr", token, authority.root),))


@forgery("log.stamps", "stranger", "brings a time-stamp over a head that this ledger never had")
def stamp_over_another_head(stories: Stories) -> Forged:
    return stamped(stories, root=bytes(32))

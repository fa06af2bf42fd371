"""A public site, built again after each new entry: what stands there is whole, the next build mends."""

from __future__ import annotations

from pathlib import Path

from cli.commands.site import LANGUAGES
from ledger.book import Book
from ledger.commands.sites import build_site
from ledger.keystore import unlock
from ledger.site.build import Built
from tests.accident import Desktop
from tests.ledger.sites import faults
from tests.office import PASSPHRASE
from tests.torture import scene
from tests.torture.checker import breaches
from verifier.bundle import open_bundle
from verifier.checkpoint import parse_checkpoint
from verifier.errors import LiuhenError
from verifier.tiles import TileReader


def target(desk: Desktop) -> Path:
    return desk.folder / "site"


def build(desk: Desktop, book: Book) -> Built:
    log = unlock(next((desk.folder / "keys").glob("*log*.key")), PASSPHRASE)
    return build_site(book, log, target(desk), LANGUAGES)


def building(desk: Desktop) -> scene.Child:
    """An entry, a build, an entry, a build; acknowledged is the last entry that a finished build shows."""

    def work(acknowledge: scene.Acknowledge) -> int:
        book, signer = scene.opened(desk)
        with book:
            for _ in range(100):
                scene.honest(book, signer, lambda _seq, _leaf: None)
                built = build(desk, book)
                acknowledge(built.head.size - 1, book.store.head().leaf)
        return 0

    return scene.start(work)


def broken(desk: Desktop, acks: list[scene.Ack]) -> list[str]:
    """The log that stands there can be read and is not shorter than acknowledged; the next build makes
    everything right."""
    found = breaches(desk.ledger, acks, desk.folder / "keys")
    place = target(desk)
    last = max((seq for seq, _ in acks), default=-1)
    if not (place / "checkpoint").exists():
        return found + ([f"the site of {last + 1} entries is gone"] if last >= 0 else [])
    try:
        head, _ = parse_checkpoint((place / "checkpoint").read_bytes())
        with open_bundle(place) as bundle:
            shown = sum(1 for _ in TileReader(bundle.read, head.size, head.root).entries())
        if shown != head.size or head.size < last + 1:
            found.append(f"the site shows {shown} of {head.size} entries, {last + 1} were acknowledged")
    except LiuhenError as error:
        found.append(f"the site cannot be read: {error}")
    try:
        with Book.open(desk.ledger, clock=scene.clock) as book:
            build(desk, book)
        found += [f"after the next build: {rule}" for rule in faults(place)]
    except LiuhenError as error:
        found.append(f"the site cannot be built again: {error}")
    return found

"""The log of a site as files: the tiles go on where the last build ended, and stay what they were.

The hash tiles that stand in the folder give the root of the head that stands there; with the new entries
they must give the root of the ledger. So two heads that do not continue each other are never both signed,
and a hundred thousand entries are not read again for one new one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ledger.bundle import LogSigner
from ledger.site.draft import Draft
from ledger.site.folder import Standing
from ledger.store import Head, Store
from verifier import checkpoint as heads
from verifier import paths, tiles
from verifier.checkpoint import Checkpoint, parse_checkpoint
from verifier.errors import N_, Exit, LiuhenError
from verifier.merkle import Frontier, leaf_hash
from verifier.tiles import GrowingTiles, grow_tiles, write_tiles

Cosignatures = Callable[[bytes], Iterable[str]]
"""The cosignature lines (with newline) that came for a signed checkpoint."""


def standing_head(root: Path, standing: Standing) -> Checkpoint | None:
    """The head of the site as it stands; None where there is none or somebody changed it."""
    if paths.CHECKPOINT not in standing.files:
        return None
    return parse_checkpoint((root / paths.CHECKPOINT).read_bytes())[0]


def put_tiles(draft: Draft, root: Path, store: Store, before: Checkpoint | None) -> None:
    """Put every tile of the ledger, and keep the partial ones whose full one is not there yet.

    Raises E-SITE-HISTORY when the head that stands there is not the beginning of this ledger, E-EXPORT-ROOT
    when the entries do not give the root they were written with.
    """
    head = store.head()
    if before is not None:
        if before.size > head.size:
            raise _other_history(root, before, head)
        if _put_grown(draft, root, store, head, before):
            _keep_earlier(draft, root, head.size)
            return
    _put_all(draft, root, store, head, before)
    _keep_earlier(draft, root, head.size)


def _put_grown(draft: Draft, root: Path, store: Store, head: Head, before: Checkpoint) -> bool:
    """Go on from the tiles in the folder; False when one is missing or they are not those of its head."""
    standing = list(tiles.tiles(before.size))
    if not all(draft.stands(tile.path) for tile in standing):
        return False

    def read(path: str) -> bytes:
        return (root / path).read_bytes()

    levels = GrowingTiles.at(before.size, read)
    if levels.root() != before.root:
        return False
    for tile in standing:
        if tiles.now_in(tile, head.size) == tile:
            draft.keep(tile.path)
    for path, content in grow_tiles(levels, before.size, read, store.entries(before.size, head.size)):
        draft.put(path, content)
    if levels.root() != head.root:
        raise _other_history(root, before, head)
    return True


def _put_all(draft: Draft, root: Path, store: Store, head: Head, before: Checkpoint | None) -> None:
    tree = Frontier()
    earlier: bytes | None = None

    def entries() -> Iterator[bytes]:
        nonlocal earlier
        for raw in store.entries(0, head.size):
            tree.append(leaf_hash(raw))
            if before is not None and tree.size == before.size:
                earlier = tree.root()
            yield raw

    for path, content in write_tiles(entries()):
        draft.put(path, content)
    if tree.root() != head.root:
        raise LiuhenError(
            "E-EXPORT-ROOT",
            N_("The entries of the ledger are not those it was written with; nothing was signed."),
            remedy=N_("The file was damaged or changed. Keep it; see where: liuhen verify"),
            exit=Exit.FAIL,
        )
    if before is not None and earlier != before.root:
        raise _other_history(root, before, head)


def _keep_earlier(draft: Draft, root: Path, size: int) -> None:
    """Earlier partial tiles stay until the full one is there: somebody may be reading an earlier head."""
    for path in draft.standing():
        tile = tiles.parse_path(path)
        now = tiles.now_in(tile, size) if tile else None
        if tile is None or now is None or now == tile or now.width == tiles.TILE_WIDTH:
            continue
        current = draft.read(now.path)
        if tiles.is_prefix(tile, (root / path).read_bytes(), current):
            draft.keep(path)


def sign_head(log: LogSigner, head: Head, cosignatures: Cosignatures) -> bytes:
    """The signed checkpoint of the ledger's head, with the cosignatures that came for it."""
    signed = heads.sign_checkpoint(Checkpoint(log.vkey.name, head.size, head.root), log.vkey, log.sign)
    for line in cosignatures(signed):
        signed = heads.with_cosignature(signed, line)
    return signed


def _other_history(root: Path, before: Checkpoint, head: Head) -> LiuhenError:
    return LiuhenError(
        "E-SITE-HISTORY",
        N_(
            "The site shows a head of {published} entries that this ledger, of {held}, does not continue. "
            "Nothing was changed."
        ),
        where=str(root),
        remedy=N_("Keep both as evidence, and find the newest copy of the ledger."),
        exit=Exit.KEY,
        published=before.size,
        held=head.size,
    )

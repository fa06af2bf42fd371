"""What no written file ever replaces: a ledger, a key, a bundle and other papers of the chain.

`ledger.durable.write_whole` asks here, and so does every writer that does not pass it.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Final

from verifier import paths
from verifier.checkpoint import parse_checkpoint
from verifier.errors import N_, Exit, LiuhenError, Malformed
from verifier.plainfile import open_plain

STATS: Final = "说明"
"""The table by which a database of `liuhen stats database` is known; that one is made anew at any time."""

_SQLITE: Final = b"SQLite format 3\0"
_JOURNAL: Final = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83", b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7")
_SERVER: Final = (b"postgresql://", b"postgres://")
_HEAD_MOST: Final = 1 << 16

_LEDGER = N_("This file is a ledger, or a backup of one; no other file ever replaces it.")
_DATABASE = N_("This file is a SQLite database, perhaps a ledger; no other file ever replaces it.")
_BESIDE = N_("This file belongs to the ledger beside it; no other file ever replaces it.")
_ADDRESS = N_("This file says on which server the ledger is; no other file ever replaces it.")
_KEY = N_("This file is a key; no other file ever replaces it.")
_BUNDLE = N_("This file is a bundle; only another bundle ever replaces it.")
_RECEIPT = N_("This file is a receipt; no other file ever replaces it.")
_HEAD = N_("This file is a signed head; no other file ever replaces it.")
_CARRIED = N_("This file is signed, or carried between computers; no other file ever replaces it.")


def check(target: Path, new: bytes = b"") -> None:
    """Refuse to replace what stands at `target` where it cannot be made again (``E-EXPORT-TARGET``, exit 2).

    `new` are the bytes to come: a receipt may follow a receipt, a key the same key newly locked. Nothing but
    its own commands ever replaces a ledger or a bundle.
    """
    told = _kept(target)
    if told is None or (told not in (_LEDGER, _DATABASE, _BESIDE, _BUNDLE) and _told(new, "") == told):
        return
    if told == _DATABASE and _is_stats(target):
        return
    raise LiuhenError(
        "E-EXPORT-TARGET",
        told,
        where=str(target),
        remedy=N_("Give another name for the file to write; nothing was changed."),
        exit=Exit.USAGE,
    )


def _kept(path: Path) -> str | None:
    """What the file is, in words; None for nothing there, or what may be replaced."""
    for end in ("-wal", "-shm", "-journal"):
        base = path.with_name(path.name.removesuffix(end))
        if base != path and path.exists() and _start(base).startswith(_SQLITE):
            return _BESIDE
    start = _start(path)
    if start.startswith(b"PK") and is_bundle(path):
        return _BUNDLE
    return _told(start, path.suffix.lower())


def _start(path: Path) -> bytes:
    try:
        with open_plain(path) as file:
            return file.read(_HEAD_MOST)
    except OSError:
        return b""


def _told(start: bytes, suffix: str) -> str | None:
    """What a file is that begins so."""
    if start.startswith(_SQLITE):
        return _LEDGER if start[68:72] == b"Liuh" else _DATABASE
    if start.startswith(_JOURNAL):
        return _BESIDE
    if start.startswith(_SERVER) and len(start.split()) == 1:
        return _ADDRESS
    if suffix == ".key" or start.startswith((b"liuhen/key/", b"liuhen/token-key/")):
        return _KEY
    if start.startswith(b"liuhen/receipt/"):
        return _RECEIPT
    if start.startswith(b"liuhen/"):
        return _CARRIED
    with contextlib.suppress(Malformed):
        parse_checkpoint(start)
        return _HEAD
    return None


def is_bundle(path: Path) -> bool:
    """Whether this is a zip file with the names that a bundle has."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as held:
            return {paths.SUMS, paths.CHECKPOINT} <= set(held.namelist())
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def _is_stats(path: Path) -> bool:
    asked = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error:
        return False
    with contextlib.closing(connection), contextlib.suppress(sqlite3.Error):
        return bool(connection.execute(asked, (STATS,)).fetchone()[0])
    return False

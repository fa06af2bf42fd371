"""The names that files of a bundle may have, their kinds and largest sizes (specs/bundle.md §2).

A path is relative, its parts are separated by ``/`` and made of ``A-Z a-z 0-9 . _ -``; so it means the same
file on every system, in a folder and in a zip. What is outside the grammar is `Malformed`; a path within it
that no bundle has is of kind `OTHER` and becomes a finding, so that a stray file is named instead of
stopping the check.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from verifier import tiles
from verifier.errors import N_, Malformed
from verifier.ids import WINDOWS_DEVICES, is_draw_id
from verifier.wording import printable

MAX_PATH = 255
MAX_FILES = 200_000
MAX_TOTAL = 2**32 - 1

KIB = 1 << 10
MIB = 1 << 20
GIB = 1 << 30

CHECKPOINT = "checkpoint"
LOG_VKEY = "log.vkey"
OPENINGS = "private/openings.msgpack"
SUMS = "SHA256SUMS"
NOTE = "SHA256SUMS.note"
README = "README.txt"
PAGE = "verify.html"

_DRAW = re.compile(r"draws/([^/]+)/(seed\.txt|tickets\.csv|teams\.csv)")
_PART = re.compile(r"[A-Za-z0-9._-]+")


class Kind(Enum):
    """What a file of a bundle is; the value is the largest size in bytes."""

    def __init__(self, label: str, limit: int) -> None:
        self.label = label
        self.limit = limit

    CHECKPOINT = ("checkpoint", 64 * KIB)
    VKEY = ("log.vkey", 4 * KIB)
    HASHES = ("hash tile", tiles.MAX_HASH_TILE)
    ENTRIES = ("entry bundle", tiles.MAX_BUNDLE)
    SEED = ("seed text", 64 * KIB)
    TABLE = ("draw table", GIB)
    OPENINGS = ("openings", 256 * MIB)
    SUMS = ("sums", 64 * MIB)
    NOTE = ("sums note", 64 * KIB)
    README = ("readme", MIB)
    PAGE = ("page", 64 * MIB)
    SITE = ("site", 64 * MIB)
    OTHER = ("other", 64 * MIB)


_FIXED = {
    CHECKPOINT: Kind.CHECKPOINT,
    LOG_VKEY: Kind.VKEY,
    OPENINGS: Kind.OPENINGS,
    SUMS: Kind.SUMS,
    NOTE: Kind.NOTE,
    README: Kind.README,
    PAGE: Kind.PAGE,
    "index.html": Kind.SITE,
}


def kind(path: str) -> Kind:
    """The kind of the file at `path`, `Kind.OTHER` when no bundle or site has such a file."""
    if fixed := _FIXED.get(path):
        return fixed
    if path.startswith("tile/"):
        tile = tiles.parse_path(path)
        if tile is None:
            return Kind.OTHER
        return Kind.ENTRIES if tile.level is None else Kind.HASHES
    if found := _DRAW.fullmatch(path):
        if not is_draw_id(found[1]):
            return Kind.OTHER
        return Kind.SEED if found[2] == "seed.txt" else Kind.TABLE
    return Kind.SITE if path.startswith(("pages/", "receipts/")) else Kind.OTHER


def check_path(path: str) -> None:
    """Refuse a path outside the grammar: `Malformed` ``E-BUNDLE-PATH``."""
    if len(path) > MAX_PATH:
        raise _bad_path(path[:80] + "...", N_("The path is longer than 255 characters."))
    for part in path.split("/"):
        if not _PART.fullmatch(part):
            raise _bad_path(
                path, N_("A part of the path is empty or not of the characters A-Z a-z 0-9 . _ -.")
            )
        if part.endswith("."):
            raise _bad_path(path, N_("A part of the path ends with a dot."))
        if part.partition(".")[0].lower() in WINDOWS_DEVICES:
            raise _bad_path(path, N_("A part of the path is the name of a Windows device."))


def check_paths(paths: Iterable[str]) -> None:
    """Refuse a set of paths that no folder of every system can hold.

    Besides `check_path` for each: no path twice, no two spellings of one path or folder that differ in case
    only, none that is both file and folder, at most `MAX_FILES`. Raises `Malformed`.
    """
    spelling: dict[str, str] = {}
    files: set[str] = set()
    for path in paths:
        if len(files) == MAX_FILES:
            raise Malformed("E-BUNDLE-MANY", N_("More than {limit} files."), limit=MAX_FILES)
        check_path(path)
        if path in files:
            raise _bad_path(path, N_("The path occurs twice."))
        files.add(path)
        end = len(path)
        while end > 0:
            prefix = path[:end]
            known = spelling.setdefault(prefix.lower(), prefix)
            if known != prefix:
                raise _bad_path(path, N_("Another path differs from it in upper and lower case only."))
            end = path.rfind("/", 0, end)
    for path in files:
        start = path.find("/")
        while start > 0:
            if path[:start] in files:
                raise _bad_path(path, N_("A part of the path is a file and a folder."))
            start = path.find("/", start + 1)


def check_size(path: str, size: int) -> None:
    """Refuse a file larger than its kind allows: `Malformed` ``E-BUNDLE-SIZE``."""
    limit = kind(path).limit
    if size > limit:
        raise Malformed(
            "E-BUNDLE-SIZE",
            N_("The file has {size} bytes, at most {limit} are allowed."),
            where=path,
            size=size,
            limit=limit,
        )


def _bad_path(path: str, what: str) -> Malformed:
    return Malformed("E-BUNDLE-PATH", what, where=printable(path))

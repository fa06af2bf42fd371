"""The folder of a site as it stands: its files with their hashes, and what somebody else did to it.

A file that has the size and time of change at which the last build left it is taken as it was; every other
one is read. So a build after one new entry reads a handful of files, and a hand in the folder is seen.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from ledger.site.memory import Memory, Stamp
from verifier import note, paths
from verifier.bundle import FolderBundle, read_sums
from verifier.errors import N_, Exit, LiuhenError, Malformed

RECEIPTS = "receipts/"
"""Receipts of pools are made by the build (`receipt_files`); files of others are listed as they are."""
STAGING = ".site-"
"""How the names of folders begin in which a build works."""
OWN = re.compile(r"\.site-[0-9a-f]{8}\.part")


@dataclass(frozen=True)
class Standing:
    """What is there: every file that the last build listed and that still is what it was, with its stamp; of
    receipts every one as it is, and in `receipts` as it was listed (path → SHA-256 hex).

    `edited` are listed files that are gone or have other bytes, `unlisted` those that no list names;
    `remembered` tells whether the memory of the last build fits this folder.
    """

    files: Mapping[str, Stamp] = field(default_factory=dict)
    edited: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    remembered: bool = False
    receipts: Mapping[str, str] = field(default_factory=dict)

    def sound(self, path: str) -> bool:
        """Whether this receipt is there as it was listed."""
        stood = self.files.get(path)
        return stood is not None and stood.digest == self.receipts.get(path)


def survey(root: Path, memory: Memory | None) -> Standing:
    """The folder at `root`; with `memory` None every file is read.

    Raises E-SITE-TARGET for a folder that holds other things than a site or bundle, E-SITE-STRANGE for a
    link or a name that no bundle may have.
    """
    if not os.path.lexists(root):
        return Standing()
    if root.is_symlink() or not root.is_dir():
        raise _no_site(root)
    found = dict(_listing(root))
    if not found:
        return Standing()
    if paths.SUMS not in found:
        raise _no_site(root)
    subject, listed = _listed(root)
    if memory is not None and memory.subject != subject:
        memory = None
    files: dict[str, Stamp] = {}
    edited: list[str] = []
    receipts = {path: digest for path, digest in listed.items() if path.startswith(RECEIPTS)}
    for path, digest in listed.items():
        if path in receipts:
            continue
        stood = memory.files.get(path) if memory else None
        there = found.get(path)
        if there is None:
            edited.append(path)
        elif stood is not None and (stood.size, stood.changed) == there and stood.digest == digest:
            files[path] = stood
        elif _digest(root / path) == digest:
            files[path] = Stamp(*there, digest)
        else:
            edited.append(path)
    for path in (paths.SUMS, paths.NOTE):
        if path in found:
            files[path] = Stamp(*found[path], _digest(root / path))
    if not _noted(root, subject):
        edited.append(paths.SUMS)
    for path in found:
        if path.startswith(RECEIPTS):
            stood = memory.files.get(path) if memory else None
            same = stood is not None and (stood.size, stood.changed) == found[path]
            files[path] = stood if same and stood else Stamp(*found[path], _digest(root / path))
    unlisted = tuple(sorted(found.keys() - listed.keys() - files.keys()))
    return Standing(files, tuple(edited), unlisted, memory is not None, receipts)


def _listed(root: Path) -> tuple[str, dict[str, str]]:
    """SHA-256 hex of SHA256SUMS, and what it lists: path → hash. Empty where it was made unreadable."""
    try:
        sums = read_sums(_OneFile(root))
    except Malformed:
        return "", {}
    return sums.subject, dict(sums.hashes)


def _noted(root: Path, subject: str) -> bool:
    """Whether SHA256SUMS.note speaks of this SHA256SUMS."""
    try:
        return note.parse((root / paths.NOTE).read_bytes()).text.split("\n")[2] == subject
    except (OSError, Malformed, IndexError):
        return False


class _OneFile(FolderBundle):
    """The folder as far as SHA256SUMS is concerned, without looking at the rest."""

    def __init__(self, root: Path) -> None:
        self.name = str(root)
        self._root = root
        self._sizes = {paths.SUMS: (root / paths.SUMS).stat().st_size}
        paths.check_size(paths.SUMS, self._sizes[paths.SUMS])
        self._paths = (paths.SUMS,)


def _listing(root: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """(path, (size, time of change in ns)) of every file but those of a build under way."""
    folders = [""]
    while folders:
        folder = folders.pop()
        with os.scandir(root / folder if folder else root) as entries:
            for entry in entries:
                path = folder + entry.name
                if not folder and OWN.fullmatch(entry.name):
                    continue
                found = entry.stat(follow_symlinks=False)
                try:
                    paths.check_path(path)
                except Malformed as error:
                    raise strange(root, [path]) from error
                if stat.S_ISDIR(found.st_mode):
                    folders.append(path + "/")
                elif stat.S_ISREG(found.st_mode):
                    yield path, (found.st_size, found.st_mtime_ns)
                else:
                    raise strange(root, [path])


def stamp_of(path: Path, digest: str) -> Stamp:
    """The stamp of a file that was just put there."""
    found = path.stat()
    return Stamp(found.st_size, found.st_mtime_ns, digest)


def _digest(path: Path) -> str:
    hashed = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            hashed.update(piece)
    return hashed.hexdigest()


def _no_site(root: Path) -> LiuhenError:
    return LiuhenError(
        "E-SITE-TARGET",
        N_("There is something else at this place, no site that was built before."),
        where=str(root),
        remedy=N_("Choose an empty folder or a new name."),
        exit=Exit.USAGE,
    )


def strange(root: Path, found: list[str]) -> LiuhenError:
    """E-SITE-STRANGE: files in the site that are not of it; nothing was changed."""
    return LiuhenError(
        "E-SITE-STRANGE",
        N_("Files in the site that do not belong to it: {files}. Nothing was changed."),
        where=str(root),
        remedy=N_("Move them elsewhere, then build again. Settings of a web server go into its own files."),
        exit=Exit.USAGE,
        files=", ".join(sorted(found)[:5]) + (" …" if len(found) > 5 else ""),
    )

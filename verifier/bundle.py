"""Reading a bundle 核验包, as a folder or one zip, and checking its SHA256SUMS (specs/bundle.md).

Bytes that are not in the allowed form (a path outside the grammar, a symbolic link, a zip packed otherwise,
a file over the size of its kind, a SHA256SUMS that is not the one list of its lines) raise `Malformed`,
exit 4. What can be read and is wrong (a file not listed, missing or with another hash, a note that does not
sign the list) is a finding.
"""

from __future__ import annotations

import io
import os
import re
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import BinaryIO, Self

from verifier import note as notes
from verifier import paths, zipform
from verifier.errors import N_, LiuhenError, Malformed
from verifier.report import Finding, Location, Status

FILES = "liuhen/files/1"

RULE_FILES = "bundle.files"
"""Only files that a bundle may have, each of them listed in SHA256SUMS, none missing."""
RULE_HASHES = "bundle.hashes"
"""Every file has the hash that SHA256SUMS gives."""
RULE_NOTE = "bundle.note"
"""SHA256SUMS.note names origin and hash of SHA256SUMS and is signed by the key of log.vkey."""

_PIECE = 1 << 20
_JUNCTION = 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT, which `stat` names on Windows only
_SUM_LINE = re.compile(r"([0-9a-f]{64})  ([\x21-\x7e]+)\n")


class Bundle(ABC):
    """The files of a bundle; opened once, closed by `close` or the end of a `with` block."""

    name: str
    """The path that was opened, for messages."""

    @abstractmethod
    def paths(self) -> tuple[str, ...]:
        """The paths of all files, in byte order."""

    @abstractmethod
    def size(self, path: str) -> int:
        """Size of a file in bytes. Raises `Malformed` ``E-BUNDLE-MISSING`` when there is none."""

    @abstractmethod
    def open(self, path: str) -> BinaryIO:
        """A file to be read in pieces; the caller closes it. Raises as `size`."""

    @abstractmethod
    def close(self) -> None:
        """Give back what the bundle holds open."""

    def has(self, path: str) -> bool:
        """Whether there is a file at `path`."""
        try:
            self.size(path)
        except Malformed:
            return False
        return True

    def read(self, path: str, limit: int | None = None) -> bytes:
        """The bytes of a file of at most `limit` bytes (else of its kind's limit). Raises `Malformed`."""
        size = self.size(path)
        if limit is not None and size > limit:
            raise Malformed(
                "E-BUNDLE-SIZE",
                N_("The file has {size} bytes, at most {limit} are allowed."),
                where=path,
                size=size,
                limit=limit,
            )
        with self.open(path) as file:
            data = file.read(size + 1)
        if len(data) != size:
            raise _changed(path)
        return data

    def digest(self, path: str) -> str:
        """SHA-256 hex of a file, read in pieces of 1 MiB."""
        hashed, read, size = sha256(), 0, self.size(path)
        with self.open(path) as file:
            while piece := file.read(_PIECE):
                read += len(piece)
                if read > size:
                    break
                hashed.update(piece)
        if read != size:
            raise _changed(path)
        return hashed.hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_bundle(path: Path) -> Bundle:
    """Open the folder or zip at `path`. Raises `Malformed` when it is neither in the allowed form."""
    try:
        if path.is_dir():
            return FolderBundle(path)
        return ZipBundle(path)
    except Malformed as error:
        error.at(str(path))
        raise
    except OSError as error:
        raise Malformed(
            "E-BUNDLE-OPEN",
            N_("The bundle cannot be opened: {reason}."),
            where=str(path),
            remedy=N_("Check the name and the folder; one in another folder is given with its whole path."),
            reason=_reason(error),
        ) from error


class FolderBundle(Bundle):
    """A bundle as a folder. Symbolic links, junctions, devices and names outside the grammar are refused.

    The listing is taken once; a file that changes its size afterwards is refused when it is read. Empty
    folders mean nothing and are passed over.
    """

    def __init__(self, root: Path) -> None:
        self.name = str(root)
        self._root = root
        self._sizes = dict(_listing(root))
        paths.check_paths(self._sizes)
        for path, size in self._sizes.items():
            paths.check_size(path, size)
        _check_total(sum(self._sizes.values()))
        self._paths = tuple(sorted(self._sizes))

    def paths(self) -> tuple[str, ...]:
        return self._paths

    def size(self, path: str) -> int:
        try:
            return self._sizes[path]
        except KeyError:
            raise _missing(path) from None

    def open(self, path: str) -> BinaryIO:
        size = self.size(path)
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        flags |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
        try:
            descriptor = os.open(self._root.joinpath(*path.split("/")), flags)
        except OSError as error:
            raise Malformed(
                "E-BUNDLE-OPEN", N_("The file cannot be read: {reason}."), where=path, reason=_reason(error)
            ) from error
        file = os.fdopen(descriptor, "rb")
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size != size:
            file.close()
            raise _changed(path)
        return file

    def close(self) -> None:
        """Nothing is held open."""


def _listing(root: Path) -> Iterator[tuple[str, int]]:
    """(path, size) of every file below `root`, refusing what is neither file nor folder."""
    folders = [""]
    seen = 0
    while folders:
        folder = folders.pop()
        with os.scandir(root / folder if folder else root) as entries:
            for entry in entries:
                seen += 1
                if seen > 2 * paths.MAX_FILES:
                    raise Malformed("E-BUNDLE-MANY", N_("More than {limit} files."), limit=paths.MAX_FILES)
                path = folder + entry.name
                paths.check_path(path)
                found = entry.stat(follow_symlinks=False)
                if stat.S_ISLNK(found.st_mode) or getattr(found, "st_reparse_tag", None) == _JUNCTION:
                    raise Malformed("E-BUNDLE-LINK", N_("A bundle contains no links."), where=path)
                if stat.S_ISDIR(found.st_mode):
                    folders.append(path + "/")
                elif stat.S_ISREG(found.st_mode):
                    yield path, found.st_size
                else:
                    raise Malformed("E-BUNDLE-LINK", N_("This is neither a file nor a folder."), where=path)


class ZipBundle(Bundle):
    """A bundle as one zip in the form of `verifier.zipform`; every byte is checked when it is opened."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        if not stat.S_ISREG(path.stat().st_mode):
            raise Malformed("E-BUNDLE-OPEN", N_("This is neither a file nor a folder."), where=self.name)
        self._file = path.open("rb")
        try:
            self._members = {m.path: m for m in zipform.read_members(self._file, paths.check_size)}
        except BaseException:
            self._file.close()
            raise

    def paths(self) -> tuple[str, ...]:
        return tuple(self._members)

    def size(self, path: str) -> int:
        return self._member(path).size

    def open(self, path: str) -> BinaryIO:
        member = self._member(path)
        return io.BufferedReader(_Section(self._file, member.data, member.size), _PIECE)

    def close(self) -> None:
        self._file.close()

    def _member(self, path: str) -> zipform.Member:
        try:
            return self._members[path]
        except KeyError:
            raise _missing(path) from None


class Steady(Bundle):
    """A bundle in which every file is the same at each reading, or `Malformed` ``E-BUNDLE-CHANGED``.

    A verification reads a file more than once: for its hash, and for what it says. Whoever writes to the
    bundle meanwhile must not have the one judged and the other believed. Memory: 32 bytes a file.
    """

    def __init__(self, bundle: Bundle) -> None:
        self.name = bundle.name
        self._bundle = bundle
        self._seen: dict[str, bytes] = {}

    def paths(self) -> tuple[str, ...]:
        return self._bundle.paths()

    def size(self, path: str) -> int:
        return self._bundle.size(path)

    def open(self, path: str) -> BinaryIO:
        """As it is now; whoever has read all of it says to `stays` what was read."""
        return self._bundle.open(path)

    def read(self, path: str, limit: int | None = None) -> bytes:
        data = super().read(path, limit)
        self.stays(path, sha256(data).digest())
        return data

    def digest(self, path: str) -> str:
        found = super().digest(path)
        self.stays(path, bytes.fromhex(found))
        return found

    def stays(self, path: str, hashed: bytes) -> None:
        """Refuse a file whose SHA-256 was another one when it was read before."""
        if self._seen.setdefault(path, hashed) != hashed:
            raise _changed(path)

    def close(self) -> None:
        self._bundle.close()


class _Section(io.RawIOBase):
    """`size` bytes of `file` from `start` on, with a position of its own."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        super().__init__()
        self._file = file
        self._at = start
        self._end = start + size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = min(len(buffer), self._end - self._at)
        if wanted <= 0:
            return 0
        self._file.seek(self._at)
        piece = self._file.read(wanted)
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


@dataclass(frozen=True)
class Sums:
    """What SHA256SUMS says: its own SHA-256 hex (the subject of a report), (path, hash hex) in path order."""

    subject: str
    hashes: tuple[tuple[str, str], ...]


def read_sums(bundle: Bundle) -> Sums:
    """Parse SHA256SUMS: lines ``<64 hex>  <path>`` LF in path byte order, without itself and its note.

    Raises `Malformed`: ``E-BUNDLE-NONE`` when there is none (this is no bundle), ``E-BUNDLE-SUMS`` with the
    line.
    """
    if not bundle.has(paths.SUMS):
        raise Malformed(
            "E-BUNDLE-NONE",
            N_("This is no bundle: there is no file SHA256SUMS in it."),
            where=bundle.name,
            remedy=N_("Give the folder or zip that was exported, not a folder around it."),
        )
    hashed = sha256()
    hashes: list[tuple[str, str]] = []
    with bundle.open(paths.SUMS) as file:
        for number, line in enumerate(iter(lambda: file.readline(512), b""), start=1):
            hashed.update(line)
            found = _SUM_LINE.fullmatch(line.decode("latin-1"))
            if not found:
                raise _bad_sums(number, N_("The line is not 64 hex digits, two spaces, path, line feed."))
            path = found[2]
            if hashes and hashes[-1][0] >= path:
                raise _bad_sums(number, N_("The lines are not in the order of their paths."))
            if len(hashes) == paths.MAX_FILES:
                raise Malformed(
                    "E-BUNDLE-MANY", N_("More than {limit} files."), where=paths.SUMS, limit=paths.MAX_FILES
                )
            if path in (paths.SUMS, paths.NOTE):
                raise _bad_sums(number, N_("The list names itself or its note."))
            hashes.append((path, found[1]))
    paths.check_paths(path for path, _ in hashes)
    return Sums(hashed.hexdigest(), tuple(hashes))


def check_sums(
    bundle: Bundle, sums: Sums | None = None, known: Mapping[str, str] = MappingProxyType({})
) -> tuple[Finding, ...]:
    """Compare every file with SHA256SUMS and the note with both; reads each file once, but for those that
    are `known` (hash by path) and have the same line still.

    Gives the failing findings of each of the rules `RULE_FILES`, `RULE_HASHES`, `RULE_NOTE`, or one that
    passes. Raises `Malformed` as `read_sums`.
    """
    sums = sums or read_sums(bundle)
    return (
        *_or_pass(RULE_FILES, _check_files(bundle, sums)),
        *_or_pass(RULE_HASHES, _check_hashes(bundle, sums, known)),
        *_or_pass(RULE_NOTE, _check_note(bundle, sums)),
    )


def note_text(origin: str, subject: str) -> str:
    """The text that SHA256SUMS.note signs; `subject` is the SHA-256 hex of SHA256SUMS."""
    return f"{FILES}\n{origin}\n{subject}\n"


def _or_pass(rule: str, findings: Iterator[Finding]) -> tuple[Finding, ...]:
    return tuple(findings) or (Finding(rule, Status.PASS),)


def _check_files(bundle: Bundle, sums: Sums) -> Iterator[Finding]:
    listed = {path for path, _ in sums.hashes}
    present = set(bundle.paths()) - {paths.SUMS, paths.NOTE}
    for path in sorted(listed | present):
        if path not in present:
            yield _fail(RULE_FILES, path, "a file that SHA256SUMS lists", "missing")
        elif path not in listed:
            yield _fail(RULE_FILES, path, "a line in SHA256SUMS", "not listed")
        elif paths.kind(path) is paths.Kind.OTHER:
            yield _fail(RULE_FILES, path, "only files that a bundle has", "a file of another name")
    for path in (paths.CHECKPOINT, paths.LOG_VKEY):
        if path not in listed | present:
            yield _fail(RULE_FILES, path, "a file that every bundle has", "missing")
    if not bundle.has(paths.NOTE):
        yield _fail(RULE_FILES, paths.NOTE, "a file that every bundle has", "missing")


def _check_hashes(bundle: Bundle, sums: Sums, known: Mapping[str, str]) -> Iterator[Finding]:
    present = set(bundle.paths())
    for path, expected in sums.hashes:
        if path in present and known.get(path) != expected and (found := bundle.digest(path)) != expected:
            yield _fail(RULE_HASHES, path, expected, found)


def _check_note(bundle: Bundle, sums: Sums) -> Iterator[Finding]:
    if not bundle.has(paths.NOTE) or not bundle.has(paths.LOG_VKEY):
        yield _fail(RULE_NOTE, paths.NOTE, "a note and the log key", "missing")
        return
    try:
        vkey = notes.parse_vkey_file(bundle.read(paths.LOG_VKEY))
    except LiuhenError as error:
        yield _fail(RULE_NOTE, paths.LOG_VKEY, "a log key", error.code)
        return
    try:
        note = notes.parse(bundle.read(paths.NOTE))
    except LiuhenError as error:
        yield _fail(RULE_NOTE, paths.NOTE, "a signed note", error.code)
        return
    expected = note_text(vkey.name, sums.subject)
    if note.text != expected:
        yield _fail(RULE_NOTE, paths.NOTE, " / ".join(expected.split()), " / ".join(note.text.split()))
    elif len(note.signatures) != 1 or not notes.verify(note, vkey):
        yield _fail(RULE_NOTE, paths.NOTE, f"one signature by {vkey}", "no valid signature of this key alone")


def _fail(rule: str, path: str, expected: str, found: str) -> Finding:
    return Finding(rule, Status.FAIL, Location(file=path), expected, found)


def _bad_sums(line: int, what: str) -> Malformed:
    return Malformed("E-BUNDLE-SUMS", what, where=f"{paths.SUMS}:{line}")


def _missing(path: str) -> Malformed:
    return Malformed("E-BUNDLE-MISSING", N_("The file is missing in the bundle."), where=path)


def _changed(path: str) -> Malformed:
    return Malformed("E-BUNDLE-CHANGED", N_("The file changed while it was read."), where=path)


def _check_total(total: int) -> None:
    if total > paths.MAX_TOTAL:
        raise Malformed("E-BUNDLE-LARGE", N_("The bundle has more than 4 GiB."))


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__

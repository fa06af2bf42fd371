"""The one form of a bundle as a single file: a stored zip with exactly one spelling (specs/bundle.md §5).

Deflate differs between libraries and a zip has many places to hide bytes in, so the form leaves no choice:
local headers and data one after the other in path byte order, central directory, end record. A reader
builds every header from (path, CRC-32, size) and compares it with the bytes found; data is compared by its
CRC-32, in pieces.

Field values (APPNOTE 6.3.10 names): version made by = version needed = 10, flags 0, method 0 (stored), time
0, date 0x0021 (1980-01-01), both sizes equal, no extra field, no comment, disk 0, attributes 0. No zip64,
hence at most 65,534 members and 2^32 - 1 bytes.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from verifier.errors import N_, Malformed
from verifier.paths import check_paths

MAX_MEMBERS = 65_534
MAX_BYTES = 2**32 - 1

_VERSION = 10
_DATE = 0x0021
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_PIECE = 1 << 20
_MAX_DIRECTORY = MAX_MEMBERS * (_CENTRAL.size + 255)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the zip: path, CRC-32 and size of its bytes, and where its local header begins."""

    path: str
    crc: int
    size: int
    offset: int

    @property
    def data(self) -> int:
        """Offset of the first byte of the file itself."""
        return self.offset + _LOCAL.size + len(self.path)

    @property
    def end(self) -> int:
        """Offset of the first byte behind the file."""
        return self.data + self.size

    def local_header(self) -> bytes:
        """The only local header this member can have."""
        name = self.path.encode("ascii")
        return (
            _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, 0, 0, _DATE, self.crc, self.size, self.size, len(name), 0)
            + name
        )

    def central_header(self) -> bytes:
        """The only entry of the central directory this member can have."""
        name = self.path.encode("ascii")
        return (
            _CENTRAL.pack(
                b"PK\x01\x02", _VERSION, _VERSION, 0, 0, 0, _DATE, self.crc, self.size, self.size, len(name),
                0, 0, 0, 0, 0, self.offset,
            )
            + name
        )  # fmt: skip


def end_record(count: int, directory_size: int, directory_offset: int) -> bytes:
    """The last 22 bytes of a zip of `count` members."""
    return _END.pack(b"PK\x05\x06", 0, 0, count, count, directory_size, directory_offset, 0)


def read_members(file: BinaryIO, check_size: Callable[[str, int], None]) -> tuple[Member, ...]:
    """Check that `file` is a zip in the allowed form and return its members in path byte order.

    Sizes are asked of `check_size(path, size)`, which raises `Malformed`, before any data is read. Every
    byte is read once; memory holds the directory (at most 20 MB) and one piece of 1 MiB. Raises `Malformed`
    ``E-ZIP-…``.
    """
    members = _read_directory(file)
    check_paths(member.path for member in members)
    for member in members:
        check_size(member.path, member.size)
    for member in members:
        _check_member(file, member)
    return members


def _read_directory(file: BinaryIO) -> tuple[Member, ...]:
    total = file.seek(0, os.SEEK_END)
    if total < _END.size or total > MAX_BYTES:
        raise _refuse("E-ZIP-END", N_("The file is too small or too large to be a bundle."), None)
    end = _exactly(file, total - _END.size, _END.size)
    _, _, _, count, _, size, offset, _ = _END.unpack(end)
    if end != end_record(count, size, offset):
        raise _refuse("E-ZIP-END", N_("The file does not end as a zip without comment does."), None)
    if not 0 < count <= MAX_MEMBERS or size > _MAX_DIRECTORY or offset + size + _END.size != total:
        raise _refuse("E-ZIP-END", N_("The end record does not fit the file."), None)

    directory = _exactly(file, offset, size)
    members: list[Member] = []
    at = expected_offset = 0
    for _ in range(count):
        if at + _CENTRAL.size > size:
            raise _refuse("E-ZIP-DIRECTORY", N_("The directory is shorter than the number of files."), None)
        fields = _CENTRAL.unpack_from(directory, at)
        crc, length, name_length = fields[7], fields[8], fields[10]
        name = directory[at + _CENTRAL.size : at + _CENTRAL.size + name_length]
        if not name.isascii() or len(name) != name_length:
            raise _refuse("E-ZIP-DIRECTORY", N_("A file name is not ASCII."), None)
        member = Member(name.decode("ascii"), crc, length, expected_offset)
        header = member.central_header()
        if not directory.startswith(header, at):
            raise _refuse("E-ZIP-DIRECTORY", N_("A directory entry is not in the one allowed form."), member)
        if members and members[-1].path >= member.path:
            raise _refuse("E-ZIP-ORDER", N_("The files are not in the order of their paths."), member)
        members.append(member)
        at += len(header)
        expected_offset = member.end
    if at != size or expected_offset != offset:
        raise _refuse("E-ZIP-GAP", N_("There are bytes that belong to no file."), None)
    return tuple(members)


def _check_member(file: BinaryIO, member: Member) -> None:
    header = member.local_header()
    if _exactly(file, member.offset, len(header)) != header:
        raise _refuse("E-ZIP-HEADER", N_("A file header is not in the one allowed form."), member)
    crc, left = 0, member.size
    while left:
        piece = file.read(min(left, _PIECE))
        if not piece:
            raise _refuse("E-ZIP-SHORT", N_("The file ends too early."), member)
        crc = zlib.crc32(piece, crc)
        left -= len(piece)
    if crc != member.crc:
        raise Malformed(
            "E-ZIP-CRC",
            N_("The file was damaged on its way or changed: its bytes do not match its check value."),
            where=ascii(member.path)[1:-1],
            remedy=N_("Get the zip again from where it was published, and compare its hash."),
        )


def _exactly(file: BinaryIO, offset: int, size: int) -> bytes:
    file.seek(offset)
    found = file.read(size)
    if len(found) != size:
        raise _refuse("E-ZIP-SHORT", N_("The file ends too early."), None)
    return found


def write_zip(target: BinaryIO, files: Iterable[tuple[str, Callable[[], Iterator[bytes]]]]) -> None:
    """Write `files`, pairs of (path, function that yields the bytes in pieces), to the seekable `target`.

    Paths come in byte order. Memory holds one piece and the directory. Raises `Malformed` when the paths
    are not allowed or the zip would need zip64; what was written by then is no bundle and must be thrown
    away.
    """
    members: list[Member] = []
    for path, pieces in files:
        offset = members[-1].end if members else 0
        if members and members[-1].path >= path:
            raise _refuse("E-ZIP-ORDER", N_("The files are not in the order of their paths."), members[-1])
        check_paths([path])
        start = Member(path, 0, 0, offset)
        target.seek(start.data)
        crc = size = 0
        for piece in pieces():
            target.write(piece)
            crc = zlib.crc32(piece, crc)
            size += len(piece)
            if start.data + size > MAX_BYTES:
                raise _too_large()
        member = Member(path, crc, size, offset)
        target.seek(offset)
        target.write(member.local_header())
        members.append(member)
    check_paths(member.path for member in members)

    begin = members[-1].end if members else 0
    directory = b"".join(member.central_header() for member in members)
    if not 0 < len(members) <= MAX_MEMBERS or begin + len(directory) + _END.size > MAX_BYTES:
        raise _too_large()
    target.seek(begin)
    target.write(directory + end_record(len(members), len(directory), begin))


def _too_large() -> Malformed:
    return Malformed(
        "E-ZIP-LARGE",
        N_("The bundle is too large for one zip file."),
        remedy=N_("Export it as a folder: give a name without .zip."),
    )


def _refuse(code: str, what: str, member: Member | None) -> Malformed:
    return Malformed(
        code,
        what,
        where=ascii(member.path)[1:-1] if member else "",
        remedy=N_("Take the zip that the ledger wrote; a zip packed by another program is not accepted."),
    )

"""What a table from outside may cost (specs/reliability.md): judged before and while it is read.

An .xlsx is a zip of XML, so a small file can say much: parts that unpack a thousandfold, entities, a row of
millions of cells, a million formats. One pass with expat counts before openpyxl builds objects.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from typing import IO, TextIO
from xml.parsers import expat

from ledger.importing.faults import Fault, Kind

MAX_PARTS = 2_000
MAX_RATIO = 200
RATIO_FROM = 1_000_000
"""A part that unpacks to more than this may not be more than MAX_RATIO times its packed size."""
MAX_ELEMENTS = 20_000_000
"""Elements of XML in all parts together."""
MAX_BETWEEN = 200_000
"""Elements between the begin of a row or string and that of the next; of a part that has neither, in all."""
MAX_RECORD = 1_000_000
"""Characters of one record of a CSV, its line breaks included."""
MAX_BROKEN = 4_000_000
"""Bytes of a part that expat cannot read to its end, such as a drawing of an old program."""
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The two ways in which a workbook is packed (ISO/IEC 29500-2); others unpack at other costs."""
_PIECE = 1 << 16
_BEGINS_XML = (b"<", b"\x00", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b" ", b"\t", b"\r", b"\n", b"Lo\xa7")
"""Whatever else a part is, it is no XML in an encoding that some reader guesses."""


class TooMuch(Exception):  # noqa: N818 - what the file says
    """`fault` says of what; readers make their own error of it."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.code)


def check_parts(archive: zipfile.ZipFile, large: Fault) -> None:
    """Judge every part by the directory, then its XML. `large`: the fault of too much. Raises TooMuch."""
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise _suspect(f"{len(parts)} > {MAX_PARTS}")
    seen: set[str] = set()
    for part in parts:
        # One name twice: a spreadsheet program may show the one and an import read the other (ECMA-376 part 2
        # §6.2.2.3: names that differ in case only are one).
        name = part.filename.replace("\\", "/").lstrip("/").lower()
        if name in seen:
            raise _suspect(f"{part.filename[:100]} (2)")
        seen.add(name)
        if part.compress_type not in _PACKED:
            raise _suspect(f"{part.filename[:100]} (zip {part.compress_type})")
        if part.file_size > RATIO_FROM and part.file_size > MAX_RATIO * part.compress_size:
            raise _suspect(f"{part.filename[:100]} ({part.compress_size} → {part.file_size})")
    counted = 0
    for part in parts:
        with archive.open(part) as stream:
            found, whole = _elements(stream, part.filename[:100], MAX_ELEMENTS - counted, large)
            counted += found
        if not whole and part.file_size > MAX_BROKEN:
            raise _suspect(f"{part.filename[:100]} (XML?)")


def _elements(stream: IO[bytes], name: str, room: int, large: Fault) -> tuple[int, bool]:
    """How many elements the XML of a part has, 0 when it is none, and whether it could be read to its end."""
    head = stream.read(_PIECE)
    if not head.startswith(_BEGINS_XML):
        return 0, True
    count = between = 0

    def start(tag: str, _attributes: object) -> None:
        nonlocal count, between
        count += 1
        if tag in ("row", "si") or (":" in tag and tag.endswith((":row", ":si"))):
            between = 0
        between += 1
        if between > MAX_BETWEEN:
            raise _suspect(f"{name} (> {MAX_BETWEEN} <{tag[:20]}>)")
        if count > room:
            raise TooMuch(large)

    def doctype(*_: object) -> None:
        raise _suspect(f"{name} (DOCTYPE)")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    try:
        piece = head
        while piece:
            parser.Parse(piece)
            piece = stream.read(_PIECE)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError):
        return count, False
    return count, True


def _suspect(value: str) -> TooMuch:
    return TooMuch(Fault(Kind.SUSPECT_ARCHIVE, value=value))


class Lines:
    """The lines of a CSV, as long as one record stays within MAX_RECORD; `new_record` begins the next."""

    __slots__ = ("_held", "_large", "_next")

    def __init__(self, lines: TextIO, large: Fault) -> None:
        self._next: Callable[[int], str] = lines.readline
        self._large = large
        self._held = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._next(MAX_RECORD + 1)
        if not line:
            raise StopIteration
        self._held += len(line)
        if self._held > MAX_RECORD:
            raise TooMuch(self._large)
        return line

    def new_record(self) -> None:
        self._held = 0

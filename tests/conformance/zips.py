"""The one spelling of a zip and of paths (specs/bundle.md §2, §5): every other is refused."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from tests.conformance.case import Cases, Workshop

ZIPS = Cases("zip")
PATHS = Cases("path")
HOST = "host of the site"


def packed(files: list[tuple[str | bytes, bytes]], **changes: Any) -> bytes:
    """A zip as bundle.md §5 writes it, in the order given and with changes of header fields."""
    local_fields = {"version": 10, "flags": 0, "method": 0, "time": 0, "date": 0x21, "extra": b"", **changes}
    out, directory = io.BytesIO(), b""
    out.write(changes.get("before", b""))
    for path, data in files:
        name = path if isinstance(path, bytes) else path.encode("utf-8")
        crc = changes.get("crc", zlib.crc32(data))
        size = changes.get("size", len(data))
        offset = changes.get("offset", out.tell())
        fields = [local_fields[key] for key in ("version", "flags", "method", "time", "date")]
        extra = local_fields["extra"]
        shown = changes.get("local_name", lambda n: n)(name)
        out.write(struct.pack("<4s5H3I2H", b"PK\3\4", *fields, crc, len(data), size, len(shown), len(extra)))
        out.write(shown + extra + data + changes.get("behind", b""))
        made_by, comment, disk = (
            changes.get("made_by", 10),
            changes.get("comment", b""),
            changes.get("disk", 0),
        )
        attributes = changes.get("attributes", 0)
        numbers = (crc, len(data), size, len(name), len(extra), len(comment), disk, 0, attributes, offset)
        directory += (
            struct.pack("<4s6H3I5H2I", b"PK\1\2", made_by, *fields, *numbers) + name + extra + comment
        )
    begin, count = out.tell(), changes.get("count", len(files))
    note = changes.get("note", b"")
    out.write(directory + changes.get("gap", b""))
    out.write(struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), begin, len(note)) + note)
    return out.getvalue()


def in_order(shop: Workshop) -> list[tuple[str | bytes, bytes]]:
    return sorted(shop.files.items())


def _with(**changes: Any) -> Callable[[Workshop], bytes]:
    return lambda shop: packed(in_order(shop), **changes)


for _name, _deed, _changes in (
    ("data-descriptor", "marks sizes as standing behind the data", {"flags": 8}),
    ("encrypted", "marks the files as encrypted", {"flags": 1}),
    ("utf8-flag", "marks the names as UTF-8", {"flags": 0x800}),
    ("extra-field", "hides bytes in extra fields", {"extra": b"\x99\x99\x04\x00hide"}),
    ("file-comment", "hides bytes in comments of files", {"comment": b"hidden"}),
    ("comment", "hides bytes in the comment of the zip", {"note": b"hidden"}),
    ("bytes-before", "puts a program before the zip", {"before": b"MZ" + bytes(64)}),
    ("bytes-between", "hides bytes between the files", {"behind": b"hidden"}),
    ("gap-in-directory", "hides bytes behind the directory", {"gap": b"hidden"}),
    ("date", "packs again with today's date", {"date": 0x5C62}),
    ("version", "packs again with a tool that asks for version 2.0", {"version": 20}),
    ("made-by-unix", "packs again on Unix", {"made_by": 0x31E}),
    ("attributes", "packs again with permissions", {"attributes": 0o100644 << 16}),
    ("crc", "gives a check value that is not that of the bytes", {"crc": 0}),
    ("other-name", "names a file otherwise before its bytes", {"local_name": lambda n: b"x" + n[1:]}),
    ("two-sizes", "gives two sizes for a stored file", {"size": 1}),
    ("disks", "spreads the zip over two disks", {"disk": 1}),
    ("overlap", "lets all names point to the same bytes", {"offset": 0}),
    ("count", "claims one file less than there are", {"count": 13}),
    ("method", "claims an unknown method", {"method": 99}),
):
    ZIPS.add(_name, HOST, _deed, _with(**_changes))


@ZIPS.case("deflated", HOST, "packs the bundle again with compression")
def _(shop: Workshop) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for path, data in sorted(shop.files.items()):
            made.writestr(zipfile.ZipInfo(path), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@ZIPS.case("bomb", HOST, "packs a gigabyte of zeros into a few kilobytes", hungry=True)
def _(shop: Workshop) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for path, data in sorted(shop.files.items()):
            made.writestr(zipfile.ZipInfo(path), data)
        info = zipfile.ZipInfo("z.txt")
        info.compress_type = zipfile.ZIP_DEFLATED
        with made.open(info, "w") as member:
            for _number in range(64):
                member.write(bytes(1 << 24))
    return out.getvalue()


@ZIPS.case("claims-4-gib", HOST, "claims a file of 4 GiB", hungry=True)
def _(shop: Workshop) -> bytes:
    data = packed([("README.txt", b"x")])
    huge = struct.pack("<2I", 2**32 - 200, 2**32 - 200)
    return data.replace(struct.pack("<2I", 1, 1), huge)


ZIPS.add("order", HOST, "packs the files in another order", lambda s: packed(in_order(s)[::-1]))
ZIPS.add("twice", HOST, "packs a file twice", lambda s: packed([*in_order(s), in_order(s)[-1]]))
ZIPS.add("directory", HOST, "packs an entry for a directory", lambda s: _more(s, "draws/", b""))
ZIPS.add("behind", HOST, "adds a line behind the zip", lambda s: s.pack(s.files) + b"\n")
ZIPS.add("empty", HOST, "serves a zip of no files", lambda s: packed([]))
ZIPS.add("nothing", HOST, "serves an empty file", lambda s: b"")
ZIPS.add("page", HOST, "serves an error page in its place", lambda s: b"<!doctype html><p>404</p>")
ZIPS.add("cut", HOST, "breaks off the download in the middle", lambda s: s.pack(s.files)[:30_000])
ZIPS.add("cut-end", HOST, "breaks off the download at the last byte", lambda s: s.pack(s.files)[:-1])
ZIPS.add("cut-front", HOST, "loses the first byte", lambda s: s.pack(s.files)[1:])
ZIPS.add("flipped", HOST, "lets one bit flip", lambda s: _flipped(s.pack(s.files), 20_000))
ZIPS.add("no-bundle", HOST, "serves a zip of other files", lambda s: packed([("notes.txt", b"x")]))
ZIPS.add(
    "folder-around",
    HOST,
    "packs the folder instead of what is in it",
    lambda s: packed([(f"bundle/{path}", data) for path, data in sorted(s.files.items())]),
)


def _flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :]


def _more(shop: Workshop, path: str | bytes, data: bytes = b"x") -> bytes:
    """The bundle with one more file, under a path that may be none, listed and signed."""
    files: Mapping[str, bytes] = shop.resign(
        {**shop.files, **({path: data} if isinstance(path, str) else {})}
    )
    rows: list[tuple[bytes, bytes]] = [(name.encode(), content) for name, content in files.items()]
    if isinstance(path, bytes):
        rows.append((path, data))
    return packed(sorted(rows))  # type: ignore[arg-type]


for _name, _deed, _path in (
    ("up", "writes outside of the folder", "../evil"),
    ("up-within", "writes a path that goes up and down", "draws/../evil"),
    ("dot", "writes a path of one dot", "draws/./evil"),
    ("absolute", "writes to the root of the disk", "/etc/evil"),
    ("double-slash", "writes an empty part", "draws//evil"),
    ("backslash", "writes a path of Windows", "draws\\evil"),
    ("drive", "writes to a drive", "C:evil"),
    ("device", "names a device of Windows", "CON"),
    ("device-with-ending", "names a device of Windows with an ending", "draws/aux.txt"),
    ("device-com1", "names a device in mixed case", "draws/Com1.csv"),
    ("dot-at-end", "lets a name end with a dot", "evil."),
    ("space", "puts a space into a name", "evil file"),
    ("chinese", "puts Chinese into a name", "证据.txt"),
    ("control", "puts a control character into a name", "evil\x1b[2J"),
    ("nul", "puts a NUL into a name", "evil\0.txt"),
    ("colon", "names a stream of NTFS", "README.txt:evil"),
    ("tilde", "names a home folder", "~evil"),
    ("too-long", "gives a path of 256 characters", "x" * 256),
    ("case-twin", "adds a file that differs in case only", "readme.TXT"),
    ("folder-case-twin", "adds a folder that differs in case only", "Draws/x"),
    ("file-and-folder", "puts a file below a file", "checkpoint/x"),
):
    PATHS.add(_name, HOST, _deed, lambda shop, path=_path: _more(shop, path))
PATHS.add("latin-1", HOST, "puts bytes that are no UTF-8 into a name", lambda shop: _more(shop, b"evil\xff"))
PATHS.add(
    "longest",
    "keeper of the log key",
    "lists a stray file with the longest path",
    lambda shop: _more(shop, "x" * 255),
    verdict="fail",
    must={"bundle.files": "fail"},
)
CASES = [*ZIPS.all, *PATHS.all]

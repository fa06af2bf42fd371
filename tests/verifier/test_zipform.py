"""The one zip form: what the writer writes is read, everything else that is a zip is refused."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier.small_bundle import pieces, zip_bytes
from verifier.errors import Malformed
from verifier.paths import check_size
from verifier.zipform import Member, end_record, read_members, write_zip

FILES = {
    "SHA256SUMS": b"sums",
    "checkpoint": b"head\n",
    "draws/D-1/seed.txt": b"",
    "tile/0/000.p/3": bytes(96),
}


def read(data: bytes) -> dict[str, bytes]:
    """The files of a zip, read by their offsets."""
    members = read_members(io.BytesIO(data), check_size)
    return {member.path: data[member.data : member.end] for member in members}


def build(files: list[tuple[str, bytes]]) -> bytes:
    """A zip of the allowed headers around any list of names, in the given order."""
    out, members = b"", []
    for path, data in files:
        member = Member(path, zlib.crc32(data), len(data), len(out))
        out += member.local_header() + data
        members.append(member)
    directory = b"".join(member.central_header() for member in members)
    return out + directory + end_record(len(members), len(directory), len(out))


def by_zipfile(change: Callable[[zipfile.ZipInfo], None], method: int = zipfile.ZIP_STORED) -> bytes:
    """The files as Python's zipfile writes them, with every field as allowed but for one change."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for path, data in FILES.items():
            info = zipfile.ZipInfo(path)
            info.create_system = 0
            info.create_version = info.extract_version = 10
            info.compress_type = method
            change(info)
            packed.writestr(info, data)
            info.external_attr = 0
            change(info)
    return target.getvalue()


def nothing(info: zipfile.ZipInfo) -> None:
    """No change."""


def setter(field: str, value: object) -> Callable[[zipfile.ZipInfo], None]:
    """A change of one field."""
    return lambda info: setattr(info, field, value)


def streamed() -> bytes:
    """A zip written to a pipe, with data descriptors."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    target = Pipe()
    with zipfile.ZipFile(target, "w") as packed:
        for path, data in FILES.items():
            packed.writestr(zipfile.ZipInfo(path), data)
    return target.getvalue()


def with_comment() -> bytes:
    """A zip with a comment at its end."""
    target = io.BytesIO(GOOD)
    with zipfile.ZipFile(target, "a") as packed:
        packed.comment = b"hello"
    return target.getvalue()


def forced_zip64() -> bytes:
    """A zip whose first member has a zip64 extra field."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed, packed.open("checkpoint", "w", force_zip64=True) as file:
        file.write(b"head\n")
    return target.getvalue()


GOOD = zip_bytes(FILES)
SECOND = struct.Struct("<4s5H3I2H").size + len("SHA256SUMS") + len(FILES["SHA256SUMS"])
BODY, DIRECTORY = GOOD[: GOOD.index(b"PK\x01\x02")], GOOD[GOOD.index(b"PK\x01\x02") : -22]

REFUSED = {
    "nothing at all": b"",
    "22 zero bytes": bytes(22),
    "a zip of no files": end_record(0, 0, 0),
    "deflate": by_zipfile(nothing, zipfile.ZIP_DEFLATED),
    "an extra field": by_zipfile(setter("extra", b"\x55\x54\x01\x00\x00")),
    "a comment of a member": by_zipfile(setter("comment", b"x")),
    "a comment of the zip": with_comment(),
    "another date": by_zipfile(setter("date_time", (2026, 1, 1, 0, 0, 0))),
    "another time": by_zipfile(setter("date_time", (1980, 1, 1, 0, 0, 2))),
    "file attributes": by_zipfile(setter("external_attr", 0o644 << 16)),
    "internal attributes": by_zipfile(setter("internal_attr", 1)),
    "made by unix": by_zipfile(setter("create_system", 3)),
    "another version made by": by_zipfile(setter("create_version", 20)),
    "another version needed": by_zipfile(setter("extract_version", 20)),
    "flags": by_zipfile(setter("flag_bits", 0x800)),
    "data descriptors": streamed(),
    "zip64": forced_zip64(),
    "a directory entry": build([("draws/", b""), ("draws/D-1/seed.txt", b"")]),
    "bytes behind the end": GOOD + b"\x00",
    "bytes before the beginning": b"\x00" + GOOD,
    "one byte missing at the end": GOOD[:-1],
    "one byte missing at the beginning": GOOD[1:],
    "a gap between two members": GOOD[:SECOND] + b"\x00" + GOOD[SECOND:],
    "a gap before the directory": BODY + b"\x00" + DIRECTORY + end_record(4, len(DIRECTORY), len(BODY) + 1),
    "bytes behind the last directory entry": BODY
    + DIRECTORY
    + b"\x00"
    + end_record(4, len(DIRECTORY) + 1, len(BODY)),
    "more directory than members": BODY + DIRECTORY + end_record(3, len(DIRECTORY), len(BODY)),
    "less directory than members": BODY + DIRECTORY + end_record(5, len(DIRECTORY), len(BODY)),
    "the directory alone": GOOD[GOOD.index(b"PK\x01\x02") :],
    "members in another order": build([("checkpoint", b""), ("SHA256SUMS", b"")]),
    "a name twice": build([("checkpoint", b"a"), ("checkpoint", b"b")]),
    "names that differ in case only": build([("A/x", b""), ("a/y", b"")]),
    "a file that is a folder too": build([("tile", b""), ("tile/0/000", b"")]),
    "an absolute path": build([("/etc/passwd", b"")]),
    "a path upwards": build([("../checkpoint", b"")]),
    "a dot in the path": build([("./checkpoint", b"")]),
    "an empty part": build([("tile//000", b"")]),
    "a backslash": build([("tile\\000", b"")]),
    "a drive letter": build([("C:checkpoint", b"")]),
    "a Windows device": build([("pages/nul.txt", b"")]),
    "a dot at the end of a part": build([("pages./x", b"")]),
    "a space in the path": build([("read me", b"")]),
    "a path of 256 characters": build([("pages/" + "x" * 250, b"")]),
    "a hash tile that is too large": build([("tile/0/000", bytes(8193))]),
    "a checkpoint that is too large": build([("checkpoint", bytes(65_537))]),
}


def test_what_the_writer_writes_is_read_back() -> None:
    assert read(GOOD) == FILES


def test_the_form_is_the_one_that_zipfile_can_write_too() -> None:
    assert by_zipfile(nothing) == GOOD
    assert build(sorted(FILES.items())) == GOOD


def test_other_programs_can_unpack_the_form() -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as packed:
        assert packed.testzip() is None
        assert {name: packed.read(name) for name in packed.namelist()} == FILES


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_any_other_zip_is_refused(data: bytes) -> None:
    assert data != GOOD
    with pytest.raises(Malformed):
        read(data)


def test_a_name_that_is_not_ascii_is_refused() -> None:
    data = GOOD.replace(b"checkpoint", "checkpoin\u00e9"[:9].encode() + b"\xe9")
    with pytest.raises(Malformed, match="E-ZIP-DIRECTORY"):
        read(data)


@given(place=st.integers(0, len(GOOD) - 1), change=st.integers(1, 255))
def test_a_change_of_any_byte_is_refused(place: int, change: int) -> None:
    damaged = bytearray(GOOD)
    damaged[place] ^= change
    with pytest.raises(Malformed):
        read(bytes(damaged))


def test_a_change_of_any_byte_to_its_complement_is_refused() -> None:
    for place in range(len(GOOD)):
        damaged = bytearray(GOOD)
        damaged[place] ^= 0xFF
        with pytest.raises(Malformed):
            read(bytes(damaged))


@given(cut=st.integers(1, len(GOOD)))
def test_a_zip_cut_anywhere_is_refused(cut: int) -> None:
    with pytest.raises(Malformed):
        read(GOOD[:-cut])


@given(st.binary(max_size=200))
def test_bytes_that_are_no_zip_are_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        read(data)


NAMES = st.text("abcXYZ0._-", min_size=1, max_size=8).map(lambda name: f"pages/p{name}p")


@given(st.dictionaries(NAMES, st.binary(max_size=100), min_size=1, max_size=6))
def test_any_files_come_back_as_they_went_in(files: dict[str, bytes]) -> None:
    if len({path.lower() for path in files}) < len(files):
        return
    target = io.BytesIO()
    write_zip(target, ((path, partial(pieces, files[path])) for path in sorted(files)))
    assert read(target.getvalue()) == files


def test_the_writer_refuses_another_order_and_twins() -> None:
    for names in (["b", "a"], ["a", "a"], ["A", "a"]):
        with pytest.raises(Malformed):
            write_zip(io.BytesIO(), ((name, lambda: iter([b""])) for name in names))


def test_four_gigabytes_of_zeros_are_refused_without_reading_them(tmp_path: Path) -> None:
    big = tmp_path / "zeros.zip"
    with big.open("wb") as file:
        file.truncate(2**32 - 1)
    tracemalloc.start()
    with big.open("rb") as file, pytest.raises(Malformed, match="E-ZIP-END"):
        read_members(file, check_size)
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


def test_a_member_of_gigabytes_is_refused_before_its_data_is_read(tmp_path: Path) -> None:
    member = Member("checkpoint", 0, 3 << 30, 0)
    big = tmp_path / "big.zip"
    with big.open("wb") as file:
        file.write(member.local_header())
        file.truncate(member.end)
        file.seek(member.end)
        directory = member.central_header()
        file.write(directory + end_record(1, len(directory), member.end))
    with big.open("rb") as file, pytest.raises(Malformed, match="E-BUNDLE-SIZE"):
        read_members(file, check_size)

"""No damage to a real bundle goes unseen: exit 1 or 4, never 0, never our own failure (70) or a traceback.

Bytes are changed at places a fixed stride apart, so every run looks at the same ones; `make test-slow` looks
at every byte. The limits of time and memory are those of specs/bundle.md §7.
"""

from __future__ import annotations

import io
import os
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bundles import Files, Year, read_files, whole_year, write_files
from tests.verifier.small_bundle import zip_bytes
from verifier import codec, entry, note
from verifier.__main__ import main
from verifier.checkpoint import Checkpoint
from verifier.merkle import leaf_hash, root
from verifier.paths import MAX_FILES
from verifier.tiles import tiles

SEEN = (1, 4)
SAMPLE = 60
"""Places looked at in a larger file; every place of a file that is at most four times as long."""
SECONDS = 60
"""Wall time in which a reader must have refused any bundle of this page, on one slow processor."""
MEMORY = 1 << 30
"""Address space of that reader, in bytes."""

RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""What must not reach a terminal, the line feeds of the report aside."""

FILES = [
    "README.txt",
    "SHA256SUMS",
    "SHA256SUMS.note",
    "checkpoint",
    "draws/d1/seed.txt",
    "draws/d1/teams.csv",
    "draws/d1/tickets.csv",
    "draws/d2/seed.txt",
    "draws/d2/teams.csv",
    "draws/d2/tickets.csv",
    "log.vkey",
    "tile/0/000.p/49",
    "tile/entries/000.p/49",
    "verify.html",
]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    return whole_year(tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """Another ledger of the same office, with its own keys."""
    return whole_year(tmp_path_factory.mktemp("other"))


@pytest.fixture
def copy(year: Year, tmp_path: Path) -> Path:
    """The folder, to be damaged."""
    return write_files(tmp_path / "bundle", read_files(year.folder))


def verify(bundle: Path, *options: str) -> int:
    return main([str(bundle), *options], environment={"LANG": "en"})


def places(size: int, sample: int = SAMPLE) -> range:
    """Places spread over a file of `size` bytes, first and last among them."""
    return range(size) if size <= 4 * sample else range(0, size, (size - 1) // sample)


def changed(data: bytes, place: int) -> bytes:
    """The data with one byte changed: by one bit, another one at every place."""
    return data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :]


def test_the_bundle_itself_passes_in_every_form(year: Year) -> None:
    assert [verify(place) for place in (year.folder, year.zip, year.inspector)] == [0, 0, 0]
    assert sorted(read_files(year.folder)) == FILES


@pytest.mark.parametrize("path", FILES)
def test_a_folder_with_one_byte_changed_is_refused_or_fails(path: str, copy: Path) -> None:
    unseen = unseen_changes(copy / path, lambda: verify(copy))
    assert not unseen


def unseen_changes(file: Path, check: Callable[[], int], sample: int = SAMPLE) -> list[tuple[int, int]]:
    """(place, exit code) of changed bytes that the check does not see; the file is as before afterwards."""
    whole = file.read_bytes()
    unseen = []
    for place in places(len(whole), sample):
        file.write_bytes(changed(whole, place))
        code = check()
        if code not in SEEN:
            unseen.append((place, code))
    file.write_bytes(whole)
    return unseen


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES)
def test_a_folder_with_any_byte_changed_is_refused_or_fails(path: str, copy: Path) -> None:
    assert not unseen_changes(copy / path, lambda: verify(copy), 10**9)


def test_openings_with_one_byte_changed_are_refused_or_fail(year: Year, tmp_path: Path) -> None:
    copied = write_files(tmp_path / "inspector", read_files(year.inspector))
    assert not unseen_changes(copied / "private/openings.msgpack", lambda: verify(copied))


def test_a_zip_with_one_byte_changed_is_refused(year: Year, tmp_path: Path) -> None:
    data = year.zip.read_bytes()
    with zipfile.ZipFile(year.zip) as packed:
        headers = [range(i.header_offset, i.header_offset + 30 + len(i.filename)) for i in packed.infolist()]
        headers.append(range(packed.start_dir, len(data)))
    chosen = sorted({*places(len(data), 400), *(place for header in headers for place in header)})
    assert len(chosen) > 1_500
    damaged = tmp_path / "bundle.zip"
    codes = set()
    for place in chosen:
        damaged.write_bytes(changed(data, place))
        codes.add(verify(damaged))
    assert codes == {4}


@pytest.mark.slow
def test_a_zip_with_any_byte_changed_is_refused(year: Year, tmp_path: Path) -> None:
    damaged = tmp_path / "bundle.zip"
    damaged.write_bytes(year.zip.read_bytes())
    assert not unseen_changes(damaged, lambda: verify(damaged), 10**9)


@pytest.mark.parametrize("cut", [0, 1, 21, 22, 1_000, -1, -22, -23])
def test_a_zip_that_is_cut_is_refused(cut: int, year: Year, tmp_path: Path) -> None:
    damaged = tmp_path / "bundle.zip"
    damaged.write_bytes(year.zip.read_bytes()[:cut])
    assert verify(damaged) == 4


@pytest.mark.parametrize("path", FILES)
def test_a_folder_with_a_file_removed_emptied_or_cut_is_refused_or_fails(path: str, copy: Path) -> None:
    file = copy / path
    whole = file.read_bytes()
    codes = []
    for data in (b"", whole[:-1], whole[: len(whole) // 2], whole + b"\n", whole + whole):
        file.write_bytes(data)
        codes.append(verify(copy))
    file.unlink()
    codes.append(verify(copy))
    assert set(codes) <= set(SEEN)


@pytest.mark.parametrize("path", FILES)
def test_a_folder_with_a_file_in_the_place_of_another_is_refused_or_fails(path: str, year: Year) -> None:
    files = read_files(year.folder)
    copied = year.folder.parent / "swapped"
    codes = set()
    for other_path in FILES:
        if files[other_path] != files[path]:
            write_files(copied, {**files, path: files[other_path], other_path: files[path]})
            codes.add(verify(copied))
    assert codes and codes <= set(SEEN)


@pytest.mark.parametrize(
    "path", ["stray", "draws/d1/more.csv", "tile/entries/000", "tile/0/000.p/1", "private/openings.msgpack"]
)
@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed by the log key"])
def test_a_file_added_is_refused_or_fails(path: str, signed: bool, year: Year, tmp_path: Path) -> None:
    files = {**read_files(year.folder), path: b"more"}
    code = verify(write_files(tmp_path / "bundle", year.resign(files) if signed else files))
    assert code in SEEN


# What follows is signed again with the real log key: the office itself alters what it hands out.


def signed_again(year: Year, place: Path, **changes: bytes | None) -> int:
    """The exit code for the folder with files replaced (None: left out); `__` in a name stands for `/`."""
    files: Files = read_files(year.folder)
    for name, data in changes.items():
        path = name.replace("__", "/").replace("_csv", ".csv").replace("_txt", ".txt")
        files.pop(path, None)
        if data is not None:
            files[path] = data
    return verify(write_files(place, year.resign(files)))


def test_signing_again_alone_changes_nothing(year: Year, tmp_path: Path) -> None:
    assert signed_again(year, tmp_path / "bundle") == 0


@pytest.mark.parametrize("path", [path for path in FILES if path.startswith("draws/d1")])
def test_a_draw_file_with_one_byte_changed_and_signed_fails(path: str, year: Year, tmp_path: Path) -> None:
    files = read_files(year.folder)
    for place in places(len(files[path]), 20):
        damaged = year.resign({**files, path: changed(files[path], place)})
        assert verify(write_files(tmp_path / "bundle", damaged)) == 1


def test_the_draw_folder_of_another_draw_fails(year: Year, tmp_path: Path) -> None:
    files = read_files(year.folder)
    swapped = {f"draws/d1/{name}": files[f"draws/d2/{name}"] for name in ("tickets.csv", "teams.csv")}
    swapped["draws/d1/seed.txt"] = files["draws/d2/seed.txt"]
    assert verify(write_files(tmp_path / "bundle", year.resign({**files, **swapped}))) == 1


@pytest.mark.parametrize("name", ["seed_txt", "tickets_csv", "teams_csv"])
def test_a_draw_folder_that_lacks_a_file_fails(name: str, year: Year, tmp_path: Path) -> None:
    assert signed_again(year, tmp_path / "bundle", **{f"draws__d1__{name}": None}) == 1


def test_a_draw_folder_may_be_left_out_whole(year: Year, tmp_path: Path) -> None:
    left = {path: data for path, data in read_files(year.folder).items() if not path.startswith("draws/d1")}
    assert verify(write_files(tmp_path / "bundle", year.resign(left))) == 0


def test_openings_of_another_ledger_fail(year: Year, other: Year, tmp_path: Path) -> None:
    theirs = (other.inspector / "private/openings.msgpack").read_bytes()
    files = {**read_files(year.inspector), "private/openings.msgpack": theirs}
    assert verify(write_files(tmp_path / "bundle", year.resign(files))) == 1


def test_a_false_telephone_number_for_inspectors_fails(year: Year, tmp_path: Path) -> None:
    files = read_files(year.inspector)
    false = files["private/openings.msgpack"].replace(b"000-0001", b"000-9999")
    assert false != files["private/openings.msgpack"]
    files["private/openings.msgpack"] = false
    assert verify(write_files(tmp_path / "bundle", year.resign(files))) == 1


def test_some_openings_may_be_left_out(year: Year, tmp_path: Path) -> None:
    files = {**read_files(year.inspector), "private/openings.msgpack": b"\x90"}
    assert verify(write_files(tmp_path / "bundle", year.resign(files))) == 0


@pytest.mark.parametrize("name", ["checkpoint", "log.vkey", "tile/entries/000.p/49", "tile/0/000.p/49"])
def test_a_part_of_another_ledger_fails(name: str, year: Year, other: Year, tmp_path: Path) -> None:
    files = {**read_files(year.folder), name: read_files(other.folder)[name]}
    assert verify(write_files(tmp_path / "bundle", files)) in SEEN
    assert verify(write_files(tmp_path / "bundle", year.resign(files))) in SEEN


def test_an_entry_with_one_byte_changed_fails_in_a_log_signed_again(year: Year, tmp_path: Path) -> None:
    """The tree is computed anew, so only signatures and the chain are left to see it."""
    entries = year.entries()
    seen = set()
    for number in (0, 1, 7, 20, 26, 30):
        raw = entries[number]
        for place in places(len(raw), 3)[::97] if len(raw) < 700 else places(len(raw), 6):
            damaged = [*entries[:number], changed(raw, place), *entries[number + 1 :]]
            seen.add(verify(year.rewrite(tmp_path / "bundle", damaged)))
    assert seen == {1}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda rows: rows[:-1] + rows[-1:] * 2, id="the last one twice"),
        pytest.param(lambda rows: [*rows[:20], *rows[21:]], id="one left out"),
        pytest.param(lambda rows: [*rows[:20], rows[21], rows[20], *rows[22:]], id="two in another order"),
        pytest.param(lambda rows: rows[1:], id="the first one left out"),
        pytest.param(lambda rows: [b"", *rows], id="an empty one"),
    ],
)
def test_a_log_signed_again_fails_with_entries(
    change: Callable[[list[bytes]], list[bytes]], year: Year, tmp_path: Path
) -> None:
    assert verify(year.rewrite(tmp_path / "bundle", change(year.entries()))) == 1


def replaced_last(year: Year, raw: bytes, target: Path) -> Path:
    return year.rewrite(target, [*year.entries()[:-1], raw])


def deep() -> bytes:
    """A body of 60,000 arrays inside one another."""
    return codec.encode([b"\x91" * 60_000 + b"\x90", bytes(64)])


def hostile(text: str) -> Callable[[Year], bytes]:
    """An entry whose stream, type and a text of its data are `text`, packed without asking the codec."""

    def build(year: Year) -> bytes:
        read = entry.parse(year.entries()[-1])
        packed = text.encode("utf-8", "surrogatepass")
        body = read.body_bytes.replace(b"credit_system", packed.ljust(13)[:13])
        body = body.replace(b"result.published", packed.ljust(16)[:16])
        return codec.encode([body, read.signature])

    return build


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "text", ["\x1b[2J\x1b[31m", "\u202ecba\u2066", "\x9b31m\x07", "\ufeff\u200b", "\r核验通过", "\ud800"]
)
def test_hostile_text_never_reaches_the_terminal(
    text: str, lang: str, year: Year, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = replaced_last(year, hostile(text)(year), tmp_path / "bundle")
    files = read_files(folder)
    files["draws/d1/tickets.csv"] = text.encode("utf-8", "surrogatepass") + b"\x9b\xff\x00"
    write_files(folder, year.resign(files))
    assert verify(folder, "--lang", lang) == verify(folder, "--json") == 1
    (folder / "checkpoint").write_text(f"{text}\n1\n\n", "utf-8", "surrogatepass")
    assert verify(folder, "--lang", lang) == 4
    said = capfd.readouterr()
    assert not RAW.search(said.out + said.err)


# Bundles made to exhaust a reader.


def limited(bundle: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`python -m verifier` on one processor's time and 1 GiB of address space (where the system has it)."""
    code = (
        "import sys\n"
        "try:\n"
        "    import resource\n"
        f"    resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))\n"
        "except ImportError:\n"
        "    pass\n"
        "from verifier.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code, str(bundle), *options],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        env={**os.environ, "LANG": "en", "PYTHONIOENCODING": "utf-8"},
        cwd=Path(__file__).parents[1],
        check=False,
    )


def sparse(file: Path, size: int) -> None:
    """A file of zeros that takes no room on the disk."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as made:
        made.truncate(size)


def zeros(path: str, size: int) -> Callable[[Year, Path], Path]:
    def make(year: Year, place: Path) -> Path:
        folder = write_files(place / "bundle", read_files(year.folder))
        sparse(folder / path, size)
        return folder

    return make


def many_zeros(year: Year, place: Path) -> Path:
    folder = write_files(place / "bundle", read_files(year.folder))
    for number in range(5):
        sparse(folder / f"draws/x{number}/tickets.csv", 1 << 30)
    return folder


def zip_of_zeros(_year: Year, place: Path) -> Path:
    sparse(place / "bundle.zip", (1 << 32) - 1)
    return place / "bundle.zip"


def zip_that_claims(size: int) -> Callable[[Year, Path], Path]:
    """A zip of one member that says it is `size` bytes long; the bytes are a hole in the file."""

    def make(_year: Year, place: Path) -> Path:
        name = b"README.txt"
        crc = 0
        local = struct.pack("<4s5H3I2H", b"PK\3\4", 10, 0, 0, 0, 33, crc, size, size, len(name), 0) + name
        central = struct.pack(
            "<4s6H3I5H2I", b"PK\1\2", 10, 10, 0, 0, 0, 33, crc, size, size, len(name), 0, 0, 0, 0, 0, 0
        )
        begin = len(local) + size
        end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(central + name), begin % 2**32, 0)
        with (place / "bundle.zip").open("wb") as file:
            file.write(local)
            file.seek(begin)
            file.write(central + name + end)
        return place / "bundle.zip"

    return make


def deflated(year: Year, place: Path) -> Path:
    """A few kilobytes that unpack to a gigabyte."""
    with zipfile.ZipFile(place / "bundle.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for path, data in sorted(read_files(year.folder).items()):
            packed.writestr(path, data)
        with packed.open("verify.html", "w") as member:
            for _ in range(64):
                member.write(bytes(1 << 20))
    return place / "bundle.zip"


def head_of_size(size: int) -> Callable[[Year, Path], Path]:
    """A checkpoint, signed with the log key, that claims `size` entries."""

    def make(year: Year, place: Path) -> Path:
        files = read_files(year.folder)
        held = root([leaf_hash(raw) for raw in year.entries()])
        text = Checkpoint(year.vkey.name, size, held).text()
        files["checkpoint"] = note.sign_note(text, year.vkey, year.office.log.sign)
        return write_files(place / "bundle", year.resign(files))

    return make


def long_list(lines: int) -> Callable[[Year, Path], Path]:
    """SHA256SUMS with so many lines, signed."""

    def make(year: Year, place: Path) -> Path:
        files = year.resign(read_files(year.folder))
        with io.BytesIO() as sums:
            for number in range(lines):
                sums.write(b"%064x  z%06d\n" % (0, number))
            files["SHA256SUMS"] = sums.getvalue()
        return write_files(place / "bundle", files)

    return make


def deep_entry(year: Year, place: Path) -> Path:
    return replaced_last(year, deep(), place / "bundle")


def largest_entries(year: Year, place: Path) -> Path:
    """Entry bundles as large as they may be, of bytes that are no entry."""
    return year.rewrite(place / "bundle", [b"\x93" * 65_535] * 600)


def deep_openings(year: Year, place: Path) -> Path:
    files = {**read_files(year.inspector), "private/openings.msgpack": b"\x91" * (8 << 20)}
    return write_files(place / "bundle", year.resign(files))


def claimed_openings(year: Year, place: Path) -> Path:
    """An array that says it has 2^32 - 1 elements."""
    files = {**read_files(year.inspector), "private/openings.msgpack": b"\xdd\xff\xff\xff\xff" + b"\0" * 1000}
    return write_files(place / "bundle", year.resign(files))


@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(zeros("README.txt", 1 << 34), 4, id="16 GiB of zeros as README"),
        pytest.param(zeros("SHA256SUMS", 1 << 30), 4, id="a GiB of zeros as list"),
        pytest.param(zeros("SHA256SUMS", 1 << 26), 4, id="the largest list, of zeros"),
        pytest.param(zeros("checkpoint", 1 << 30), 4, id="a GiB of zeros as checkpoint"),
        pytest.param(zeros("checkpoint", 1 << 16), 4, id="the largest checkpoint, of zeros"),
        pytest.param(zeros("tile/entries/000", 1 << 30), 4, id="a GiB of zeros as entries"),
        pytest.param(zeros("tile/entries/000.p/49", 1 << 24), 1, id="16 MiB of zeros as entries"),
        pytest.param(zeros("draws/d1/tickets.csv", 1 << 29), 1, id="512 MiB of zeros as tickets"),
        pytest.param(many_zeros, 4, id="five tables of a GiB"),
        pytest.param(zip_of_zeros, 4, id="a zip of 4 GiB of zeros"),
        pytest.param(zip_that_claims((1 << 32) - 200), 4, id="a zip that claims 4 GiB"),
        pytest.param(zip_that_claims((1 << 20) + 1), 4, id="a zip member over its limit"),
        pytest.param(deflated, 4, id="a deflated zip"),
        pytest.param(head_of_size(2**53 - 1), 1, id="a head of 2^53 - 1 entries"),
        pytest.param(head_of_size(2**53), 4, id="a head of 2^53 entries"),
        pytest.param(head_of_size(50), 1, id="a head of one entry more"),
        pytest.param(head_of_size(48), 1, id="a head of one entry less"),
        pytest.param(head_of_size(0), 4, id="a head of no entries with a root"),
        pytest.param(long_list(1_000_000), 4, id="a list of a million lines"),
        pytest.param(long_list(MAX_FILES + 1), 4, id="a list of one file too many"),
        pytest.param(deep_entry, 1, id="60,000 arrays inside one another"),
        pytest.param(largest_entries, 1, id="600 entries of the largest size"),
        pytest.param(deep_openings, 4, id="openings of 8 million levels"),
        pytest.param(claimed_openings, 4, id="openings that claim 2^32 - 1 elements"),
    ],
)
def test_within_a_minute_and_a_gibibyte_a_reader_has_done_with(
    make: Callable[[Year, Path], Path], code: int, year: Year, tmp_path: Path
) -> None:
    done = limited(make(year, tmp_path))
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr and "MemoryError" not in done.stderr


def test_the_program_alone_sees_damage_too(year: Year, tmp_path: Path) -> None:
    """A handful of the above as a person would run it."""
    data = year.zip.read_bytes()
    for place in (0, len(data) // 2, len(data) - 1):
        (tmp_path / "bundle.zip").write_bytes(changed(data, place))
        done = limited(tmp_path / "bundle.zip")
        assert (done.returncode, "Traceback" in done.stderr) == (4, False)
    for path in ("tile/entries/000.p/49", "SHA256SUMS.note", "draws/d1/teams.csv"):
        files = read_files(year.folder)
        files[path] = changed(files[path], len(files[path]) // 2)
        done = limited(write_files(tmp_path / "bundle", files))
        assert done.returncode in SEEN and "Traceback" not in done.stderr
    assert limited(year.zip).returncode == 0


def test_the_log_has_a_tile_for_every_place_named_here() -> None:
    """The paths in FILES are those of a log of 49 entries."""
    assert {tile.path for tile in tiles(49)} <= set(FILES)


def test_the_zip_of_the_same_files_is_the_same(year: Year) -> None:
    assert zip_bytes(read_files(year.folder)) == year.zip.read_bytes()

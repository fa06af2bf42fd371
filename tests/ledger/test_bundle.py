"""Writing bundles: what is written is sound, whole or not there at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from ledger import bundle as bundles
from ledger.bundle import DrawFolder, LogSigner, Written, write_bundle
from tests.verifier.small_bundle import ENTRIES, KEY, ORIGIN, VKEY
from verifier import drawfiles, zipform
from verifier.bundle import FolderBundle, check_sums, open_bundle, read_sums
from verifier.checkpoint import cosign, parse_checkpoint, verify_cosignature
from verifier.draw import seed
from verifier.errors import Exit, LiuhenError, Malformed
from verifier.merkle import leaf_hash, root
from verifier.note import Algorithm, make_vkey, verify
from verifier.private import decode_openings, seal
from verifier.report import Status
from verifier.tiles import TileReader
from verifier.zipform import read_members

LOG = LogSigner(VKEY, KEY.sign)
COSIGNER = make_vkey("witness.example.org/w", VKEY.public, Algorithm.COSIGNATURE)
REVEALS = {"a" * 64: "1" * 64, "b" * 64: "2" * 64}
SEED = seed("D-1", "c" * 64, REVEALS, "balls:0123456")
SUBJECTS = [f"91330100MA00000{i:02}X" for i in range(12)]


def draw_folder() -> DrawFolder:
    """An executed draw: 12 enterprises in two strata, no teams."""
    names = {subject: f"第{i}号企业" for i, subject in enumerate(SUBJECTS)} | {SUBJECTS[0]: '=cmd|"x"'}
    return DrawFolder(
        "D-1",
        drawfiles.seed_txt("D-1", "c" * 64, REVEALS, "balls:0123456"),
        drawfiles.tickets_csv(SEED, [("s1", 3, SUBJECTS[:8]), ("s2", 1, SUBJECTS[8:])], names),
        drawfiles.teams_csv(SEED, "each", [], [], []),
    )


def write(target: Path, **more: object) -> Written:
    """The bundle of 300 entries with one draw."""
    options: dict[str, object] = {
        "entries": iter(ENTRIES),
        "size": len(ENTRIES),
        "log": LOG,
        "draws": [draw_folder()],
    }
    return write_bundle(target, **(options | more))  # type: ignore[arg-type]


def left_behind(folder: Path) -> list[str]:
    """Names in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_the_folder_passes_its_own_check_and_gives_the_entries_back(tmp_path: Path) -> None:
    written = write(tmp_path / "bundle")
    with open_bundle(tmp_path / "bundle") as bundle:
        assert {finding.status for finding in check_sums(bundle)} == {Status.PASS}
        assert read_sums(bundle).subject == written.subject
        head, note = parse_checkpoint(bundle.read("checkpoint"))
        assert head == written.head
        assert (head.origin, head.size, head.root) == (ORIGIN, 300, root([leaf_hash(e) for e in ENTRIES]))
        assert verify(note, VKEY)
        assert list(TileReader(bundle.read, head.size, head.root).entries()) == ENTRIES
        assert sha256(bundle.read("draws/D-1/seed.txt")).hexdigest() == SEED
    assert left_behind(tmp_path) == ["bundle"]


def test_what_no_zip_can_hold_is_refused_by_the_name_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipform, "MAX_BYTES", 5_000)
    with pytest.raises(LiuhenError, match="E-ZIP-LARGE") as refused:
        write(tmp_path / "bundle.zip")
    assert refused.value.where == str(tmp_path / "bundle.zip")
    assert left_behind(tmp_path) == []


def test_the_zip_holds_the_same_files_and_is_the_same_each_time(tmp_path: Path) -> None:
    write(tmp_path / "bundle")
    write(tmp_path / "one.zip")
    write(tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with open_bundle(tmp_path / "bundle") as folder, open_bundle(tmp_path / "one.zip") as packed:
        assert packed.paths() == folder.paths()
        assert all(packed.read(path) == folder.read(path) for path in folder.paths())
    assert left_behind(tmp_path) == ["bundle", "one.zip", "two.zip"]


def test_cosignatures_stand_behind_the_log_line(tmp_path: Path) -> None:
    head = write(tmp_path / "first").head
    line = cosign(head.text(), COSIGNER, 1_764_000_000, KEY.sign).line()
    write(tmp_path / "bundle", cosignatures=[line])
    _, note = parse_checkpoint((tmp_path / "bundle/checkpoint").read_bytes())
    assert verify(note, VKEY)
    assert verify_cosignature(note, COSIGNER) == 1_764_000_000


def test_openings_travel_only_when_given_and_then_for_the_owner_alone(tmp_path: Path) -> None:
    opening = seal("ledger.example.gov/draw", "officer/o-1", "phone", "x", bytes(16))
    write(tmp_path / "public")
    write(tmp_path / "inspector", openings=[opening])
    assert not (tmp_path / "public/private").exists()
    data = (tmp_path / "inspector/private/openings.msgpack").read_bytes()
    assert list(decode_openings(data)) == [opening]
    if os.name == "posix":
        assert (tmp_path / "inspector").stat().st_mode & 0o077 == 0
        write(tmp_path / "inspector.zip", openings=[opening])
        assert (tmp_path / "inspector.zip").stat().st_mode & 0o077 == 0


def test_a_page_travels_when_given(tmp_path: Path) -> None:
    write(tmp_path / "bundle", page=b"<!doctype html>")
    assert (tmp_path / "bundle/verify.html").read_bytes() == b"<!doctype html>"


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
def test_an_earlier_bundle_is_replaced(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, size=10, entries=ENTRIES[:10])
    written = write(tmp_path / name)
    with open_bundle(tmp_path / name) as bundle:
        assert parse_checkpoint(bundle.read("checkpoint"))[0].size == 300
        assert read_sums(bundle).subject == written.subject
    assert left_behind(tmp_path) == [name]


def other_folder(place: Path) -> None:
    """A folder with somebody's files."""
    place.mkdir()
    (place / "photo.jpg").write_bytes(b"x")


def bundle_and_more(place: Path) -> None:
    """A bundle with somebody's file in it."""
    write(place)
    (place / "photo.jpg").write_bytes(b"x")


def plain_file(place: Path) -> None:
    """A file."""
    place.write_bytes(b"x")


def other_zip(place: Path) -> None:
    """A zip of somebody's files."""
    import zipfile

    with zipfile.ZipFile(place, "w") as packed:
        packed.writestr("photo.jpg", b"x")


def folder_of_zip_name(place: Path) -> None:
    """A folder whose name ends in .zip."""
    place.mkdir()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("bundle", other_folder),
        ("bundle", bundle_and_more),
        ("bundle", plain_file),
        ("bundle.zip", plain_file),
        ("bundle.zip", other_zip),
        ("bundle.zip", folder_of_zip_name),
    ],
)
def test_what_is_no_bundle_is_never_replaced(tmp_path: Path, name: str, make) -> None:  # type: ignore[no-untyped-def]
    make(tmp_path / name)
    with pytest.raises(LiuhenError, match="E-EXPORT-TARGET") as raised:
        write(tmp_path / name)
    assert raised.value.exit is Exit.USAGE
    assert left_behind(tmp_path) == [name]


def test_an_empty_folder_may_become_the_bundle(tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    write(tmp_path / "bundle")
    assert FolderBundle(tmp_path / "bundle").has("checkpoint")


def test_the_parent_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(LiuhenError, match="E-EXPORT-TARGET"):
        write(tmp_path / "missing" / "bundle")


def broken_entries() -> Iterator[bytes]:
    """Entries whose source fails half way."""
    yield from ENTRIES[:270]
    raise OSError(5, "Input/output error")


def stopped_entries() -> Iterator[bytes]:
    """Entries, and then somebody presses Ctrl-C."""
    yield from ENTRIES[:270]
    raise KeyboardInterrupt


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"entries": broken_entries()}, LiuhenError),
        ({"entries": stopped_entries()}, KeyboardInterrupt),
        ({"size": 301}, LiuhenError),
        ({"size": 299}, LiuhenError),
        ({"draws": [draw_folder(), draw_folder()]}, Malformed),
        ({"draws": [replace(draw_folder(), draw="nul")]}, Malformed),
        ({"draws": [replace(draw_folder(), draw="../x")]}, Malformed),
        ({"cosignatures": ["— x AAAAAAAA\n"]}, LiuhenError),
        ({"log": LogSigner(VKEY, lambda _: bytes(64))}, LiuhenError),
    ],
    ids=[
        "the source fails",
        "Ctrl-C",
        "too few entries",
        "too many entries",
        "a draw twice",
        "a draw that names a device",
        "a draw upwards",
        "no cosignature",
        "a signer that signs nothing",
    ],
)
def test_after_an_error_everything_is_as_before(
    tmp_path: Path, name: str, change: dict[str, object], error: type[BaseException]
) -> None:
    if "entries" in change:
        source = broken_entries if error is LiuhenError else stopped_entries
        change = {"entries": source()}
    before = write(tmp_path / name, size=10, entries=ENTRIES[:10]).subject
    with pytest.raises(error):
        write(tmp_path / name, **change)
    with open_bundle(tmp_path / name) as bundle:
        assert read_sums(bundle).subject == before
    assert left_behind(tmp_path) == [name]


@pytest.mark.parametrize("size", [0, 299, 301])
def test_the_ledger_must_give_as_many_entries_as_it_says(tmp_path: Path, size: int) -> None:
    with pytest.raises(LiuhenError, match="E-EXPORT-SIZE"):
        write(tmp_path / "bundle", size=size)


def test_a_disk_that_fails_is_exit_7(tmp_path: Path) -> None:
    with pytest.raises(LiuhenError, match="E-EXPORT-DISK") as raised:
        write(tmp_path / "bundle", entries=broken_entries())
    assert raised.value.exit is Exit.DISK


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_read_only_folder_is_exit_7(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(LiuhenError, match="E-EXPORT-DISK"):
            write(tmp_path / "bundle")
    finally:
        tmp_path.chmod(0o700)


def test_memory_does_not_grow_with_the_ledger(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        write(tmp_path / f"b{count}", entries=(bytes(1000) for _ in range(count)), size=count, draws=())
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    small, large = peak(1_000), peak(10_000)
    assert large < small + (1 << 20)


def blocks() -> dict[str, str]:
    """The command blocks of README.txt by the number of their step."""
    text = bundles.readme().decode("utf-8-sig")
    found: dict[str, str] = {}
    step = ""
    for line in text.split("\n"):
        if line[:2] in ("0.", "1.", "2.", "3.", "4.", "5."):
            step = line[0]
        elif line.startswith("    "):
            found[step] = found.get(step, "") + line[4:] + "\n"
    return found


def shell(folder: Path, commands: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run commands as a reader would."""
    return subprocess.run(
        ["sh", "-ec", commands],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


needs = pytest.mark.skipif(
    not all(map(shutil.which, ("sh", "sha256sum", "openssl", "base64"))),
    reason="needs sh, sha256sum, openssl and base64",
)


@needs
def test_the_readme_checks_the_files(tmp_path: Path) -> None:
    write(tmp_path / "bundle")
    assert shell(tmp_path / "bundle", blocks()["1"]).returncode == 0
    (tmp_path / "bundle/README.txt").write_bytes(b"x")
    assert shell(tmp_path / "bundle", blocks()["1"]).returncode != 0


@needs
def test_the_readme_checks_the_signature_of_the_head(tmp_path: Path) -> None:
    write(tmp_path / "bundle")
    done = shell(tmp_path / "bundle", blocks()["2"])
    assert done.returncode == 0, done.stderr
    assert "Success" in done.stdout
    head = tmp_path / "bundle/checkpoint"
    head.write_bytes(head.read_bytes().replace(b"\n300\n", b"\n299\n"))
    assert shell(tmp_path / "bundle", blocks()["2"]).returncode != 0


@needs
def test_the_readme_gives_seed_and_tickets(tmp_path: Path) -> None:
    write(tmp_path / "bundle")
    assert shell(tmp_path / "bundle", blocks()["3"], D="D-1").stdout.startswith(SEED)
    rows = (tmp_path / "bundle/draws/D-1/tickets.csv").read_text("utf-8-sig").splitlines()[1:]
    assert len(rows) == len(SUBJECTS)
    for row in rows[:3]:
        _, _, subject, _, ticket, _ = (field.strip('"') for field in row.split('","'))
        assert shell(tmp_path / "bundle", blocks()["4"], D="D-1", ID=subject).stdout.startswith(ticket)


def test_the_readme_query_finds_every_wrong_row_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    duckdb = pytest.importorskip("duckdb")
    write(tmp_path / "bundle")
    monkeypatch.chdir(tmp_path / "bundle")
    query = blocks()["5"].replace("DRAW", "D-1")
    assert duckdb.sql(query).fetchall() == []
    tickets = Path("draws/D-1/tickets.csv")
    lines = tickets.read_bytes().split(b"\n")
    lines[1], lines[2] = lines[2].replace(b'"2"', b'"1"', 1), lines[1].replace(b'"1"', b'"2"', 1)
    tickets.write_bytes(b"\n".join(lines))
    assert len(duckdb.sql(query).fetchall()) == 2


def test_the_zip_on_the_disk_is_in_the_allowed_form(tmp_path: Path) -> None:
    write(tmp_path / "bundle.zip")
    with (tmp_path / "bundle.zip").open("rb") as file:
        members = read_members(file, lambda path, size: None)
    assert members[0].path == "README.txt"

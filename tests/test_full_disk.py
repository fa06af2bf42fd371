"""Disks that are full or take nothing: exit 7, nothing is recorded; later the same command works."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.accident import Accident, Desktop, desktop
from tests.ledger.sheets import SUBJECT_HEADER, subject
from verifier.errors import Exit

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and resource limits")

RECORDED, WRITTEN = "othing was recorded", "could not be written"
COMMANDS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "one entry": (("calendar", "adopt", "2025"), "qian-clerk", RECORDED),
    "a long list": (("subject", "import", "@名录.csv"), "qian-clerk", RECORDED),
    "a key": (("key", "new", "wu-clerk", "--name", "吴六", "--unit", "fgj", "--role", "clerk"), "", RECORDED),
    "a passphrase": (
        ("key", "passphrase", "qian-clerk", "--new-passphrase-file", "@另口令.txt"),
        "",
        RECORDED,
    ),
    "a ledger": (
        (
            *("-L", "@新/ledger.db", "init", "ledger.example.gov.cn/new", "--office", "演示局"),
            *("--division", "000000", "--person", "zhao-admin:赵一:fgj:admin"),
        ),
        "",
        RECORDED,
    ),
    "a template": (("template", "@模板.xlsx"), "", RECORDED),
    "a record": (("draw", "record", "-o", "@记录单.docx"), "", WRITTEN),
    "a copy": (("backup", "@."), "", RECORDED),
    "a bundle": (("bundle", "export", "@核验包"), "", ""),
    "a bundle in one file": (("bundle", "export", "@核验包.zip"), "", ""),
    "a form as a letter": (("form", "print", "checklist", "@检查表.docx"), "", WRITTEN),
    "a form as a table": (("form", "print", "subjects", "@名录库.xlsx"), "", WRITTEN),
    "a list": (("subject", "export", "@对象.xlsx"), "", RECORDED),
    "the sheet of results": (("inspect", "sheet", "@录入表.xlsx"), "", RECORDED),
    "statistics": (("stats", "--csv", "@统计.csv"), "", RECORDED),
    "a database": (("stats", "database", "@统计.db"), "", RECORDED),
    "an overview": (("stats", "overview", "@统计.html"), "", RECORDED),
    "a county": (("county", "@台账 ledger.db", "--xlsx", "@全县.xlsx"), "", RECORDED),
    "a case": (
        ("archive", "t1", "--number", "2026-1", "--folder", "@案卷", "--paper", "@名录.csv", "--yes"),
        "qian-clerk",
        RECORDED,
    ),
    "a site": (("site", "build", "@公示网站"), "", ""),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Desktop:
    """An office that has drawn, with a list to import."""
    folder = tmp_path_factory.mktemp("drawn")
    made = desktop(folder, until="drawn")
    rows = [",".join(map(str, row)) for row in (SUBJECT_HEADER, *(subject(n) for n in range(400)))]
    (folder / "名录.csv").write_text("\n".join(rows), "utf-8")
    return made


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.commands.keys.SCRYPT_N", 2)


def limited(size: int) -> Accident:
    """No file of the process may grow past `size` bytes."""

    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    return limit


def visible(folder: Path) -> set[str]:
    """Names of everything in the folder that is no journal of the ledger."""
    names = {str(path.relative_to(folder)) for path in folder.rglob("*")}
    return {name for name in names if not name.endswith(("-wal", "-shm"))}


def refused(desk: Desktop, name: str, prepare: Accident = lambda: None) -> None:
    """The command ends with 7, says what was not done, and has done nothing."""
    words, by, says = COMMANDS[name]
    size, names = desk.size(), visible(desk.folder)
    done = desk.run(*words, by=by, prepare=prepare)
    assert done.code == Exit.DISK, done.text
    assert says in done.text
    assert "What to do" in done.text or "A file cannot be" in done.text
    assert desk.size() == size
    assert visible(desk.folder) - names <= {"新", "新/keys"}
    assert len(desk.keys()) == 6


def works(desk: Desktop, name: str) -> None:
    words, by, _says = COMMANDS[name]
    done = desk.run(*words, by=by)
    assert done.code == Exit.PASS, done.text
    desk.size()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_disk_that_takes_not_one_byte(name: str, office: Desktop, tmp_path: Path) -> None:
    desk = office.copy(tmp_path)
    refused(desk, name, limited(0))
    works(desk, name)


DOCUMENTS = {
    "a template": "模板.xlsx",
    "a form as a letter": "检查表.docx",
    "a form as a table": "名录库.xlsx",
    "a list": "对象.xlsx",
    "the sheet of results": "录入表.xlsx",
    "statistics": "统计.csv",
    "a database": "统计.db",
    "an overview": "统计.html",
    "a county": "全县.xlsx",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_of_this_name_is_there_still(name: str, office: Desktop, tmp_path: Path) -> None:
    desk = office.copy(tmp_path)
    old = desk.folder / DOCUMENTS[name]
    old.write_bytes("上月的".encode())
    words, by, _says = COMMANDS[name]
    done = desk.run(*words, "--yes", by=by, prepare=limited(3))
    assert done.code == Exit.DISK, done.text
    assert old.read_bytes() == "上月的".encode()
    assert not [left for left in desk.drafts() if left.endswith((".tmp", ".part"))]


@pytest.mark.parametrize(
    ("name", "size"), [("a long list", 40_000), ("a copy", 40_000), ("a bundle in one file", 8_000)]
)
def test_a_disk_that_is_full_half_way(name: str, size: int, office: Desktop, tmp_path: Path) -> None:
    desk = office.copy(tmp_path)
    refused(desk, name, limited(size))
    works(desk, name)


def test_what_is_recorded_stays_recorded_when_the_key_cannot_note_it(office: Desktop, tmp_path: Path) -> None:
    desk = office.copy(tmp_path)
    words, by, _says = COMMANDS["one entry"]
    size, before = desk.size(), desk.keys()["qian-clerk.key"].last_leaf

    def stick_is_full() -> None:
        from ledger import keyfile

        def refuse(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        keyfile.write_whole = refuse  # type: ignore[attr-defined, assignment]

    done = desk.run(*words, by=by, prepare=stick_is_full)
    assert done.code == Exit.PASS
    assert "the key file could not note it" in done.text
    assert "nothing was recorded" not in done.text
    assert desk.size() == size + 1
    assert desk.keys()["qian-clerk.key"].last_leaf == before
    assert desk.run("calendar", "adopt", "2024", by=by).code == Exit.PASS
    assert desk.keys()["qian-clerk.key"].last_leaf != before


@contextmanager
def medium(folder: Path, size: str = "3m") -> Iterator[Path]:
    """A small file system of its own at `folder`; the test is skipped where none can be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(folder)]
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or subprocess.run(mount, check=False).returncode:
        pytest.skip("only root mounts a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_file_system(name: str, office: Desktop, tmp_path: Path) -> None:
    with medium(tmp_path / "m") as folder:
        desk = office.copy(folder)
        filler = folder / "others.bin"
        with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="space"):
            while True:
                file.write(bytes(4096))
        refused(desk, name)
        filler.unlink()
        works(desk, name)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_read_only_file_system(name: str, office: Desktop, tmp_path: Path) -> None:
    with medium(tmp_path / "m") as folder:
        desk = office.copy(folder)
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        refused(desk, name)
        assert desk.run("draw", "show").code == Exit.PASS
        assert desk.run("verify").code == Exit.PASS
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
        works(desk, name)

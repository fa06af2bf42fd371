"""A large file that changes while it is read row by row: its rows are never mixed with others."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.importing import streams
from ledger.importing.tables import Unreadable

ROWS = "企业名称,住所\n" + "".join(f"示范{number:04}有限公司,示范县\n" for number in range(700))


def another_file(path: Path) -> None:
    """One of the same size and time comes in its place."""
    held = path.stat()
    other = path.with_name("other.csv")
    other.write_bytes(path.read_bytes().replace("县".encode(), "市".encode()))
    os.utime(other, ns=(held.st_atime_ns, held.st_mtime_ns))
    other.replace(path)


def other_bytes(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace("县".encode(), "市".encode()))


def half_a_sign(path: Path) -> None:
    """Not all of it is there, and of the last sign one byte."""
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex("县".encode()) + 1])


@pytest.mark.parametrize(
    ("read", "change"),
    [(0, another_file), (0, other_bytes), (0, half_a_sign), (3, other_bytes), (3, half_a_sign)],
)
def test_a_file_that_changes_is_refused_by_the_last_row(
    read: int, change: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "STREAM_FROM", 100)
    path = tmp_path / "a.csv"
    path.write_text(ROWS, "utf-8")
    os.utime(path, (0, 0))
    reading = iter(streams.open_table(path).below(0))
    for _ in range(read):
        next(reading)
    change(path)
    with pytest.raises(Unreadable) as refused:
        list(reading)
    assert refused.value.fault.extra == {"reason": "changed while it was read"}


def test_a_file_of_which_another_was_in_the_place_meanwhile_is_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "STREAM_FROM", 100)
    path = tmp_path / "a.csv"
    path.write_text(ROWS, "utf-8")
    reading = iter(streams.open_table(path).below(0))
    first = next(reading)
    another_file(path)
    assert [row.texts[1] for row in [first, *reading]] == ["住所", *["示范县"] * 700]

"""Files that are old or new, never half; names that are never taken from another file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ledger.durable import name_new, write_whole


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_whole(path, b"old")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
@pytest.mark.parametrize("taken", [True, False], ids=["name taken", "name free"])
def test_a_finished_file_gets_a_free_name_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool, taken: bool
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if not links:
        monkeypatch.setattr(os, "link", refuse)
    draft, path = tmp_path / "draft", tmp_path / "path"
    draft.write_bytes(b"new")
    if taken:
        path.write_bytes(b"old")
        with pytest.raises(FileExistsError):
            name_new(draft, path)
        assert (draft.read_bytes(), path.read_bytes()) == (b"new", b"old")
    else:
        name_new(draft, path)
        assert (draft.exists(), path.read_bytes()) == (False, b"new")

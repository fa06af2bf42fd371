"""Go's own packages read the logs we write, and refuse damaged ones."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.golang import RefusedByGoError, check_log_folder
from tests.verifier import demolog


@pytest.mark.parametrize("size", [1, 255, 256, 257, 600])
def test_go_reads_the_log(tmp_path: Path, size: int) -> None:
    demolog.write(tmp_path, size)
    root = base64.b64encode(demolog.head(size).root).decode()
    assert check_log_folder(tmp_path) == f"{demolog.ORIGIN} {size} {root}"


def test_go_reads_a_cosigned_head(tmp_path: Path) -> None:
    demolog.write(tmp_path, 600)
    (tmp_path / "checkpoint").write_bytes(demolog.HEAD_600)
    assert check_log_folder(tmp_path).startswith(f"{demolog.ORIGIN} 600 ")


def flip(content: bytes) -> bytes:
    return content[:50] + bytes([content[50] ^ 1]) + content[51:]


@pytest.mark.parametrize(
    ("path", "damage"),
    [
        pytest.param("tile/entries/001", flip, id="a byte of an entry"),
        pytest.param("tile/0/001", flip, id="a byte of a hash tile"),
        pytest.param("tile/1/000.p/2", flip, id="a byte of a tile of tiles"),
        pytest.param("tile/entries/002.p/88", lambda b: b + b"\0", id="bytes after the last entry"),
        pytest.param("checkpoint", lambda b: b.replace(b"\n600\n", b"\n599\n"), id="the size in the head"),
    ],
)
def test_go_refuses_a_damaged_log(tmp_path: Path, path: str, damage: Callable[[bytes], bytes]) -> None:
    demolog.write(tmp_path, 600)
    target = tmp_path / path
    target.write_bytes(damage(target.read_bytes()))
    with pytest.raises(RefusedByGoError):
        check_log_folder(tmp_path)

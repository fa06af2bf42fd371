"""Receipts at the counter: written, their QR code read back, checked by somebody without a ledger."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from cli.main import run
from tests.cli.clerk import Clerk
from tests.office import Office
from verifier.errors import Exit


@pytest.fixture
def drawn(clerk: Clerk) -> Clerk:
    """An office that has drawn."""
    for path in [*clerk.folder.glob("台账*"), *(clerk.folder / "keys").iterdir()]:
        path.unlink()
    office = Office(clerk.folder)
    office.ready()
    office.draw()
    office.book.close()
    return clerk


def check(clerk: Clerk, *words: object) -> int:
    """The exit code of a check where no ledger is."""
    clerk.capsys.readouterr()
    code = run(["-L", str(clerk.folder / "none/ledger.db"), "verify-receipt", *map(str, words)])
    clerk.out, clerk.err = clerk.capsys.readouterr()
    return code


def test_a_receipt_is_written_and_checked_by_somebody_else(drawn: Clerk, tmp_path: Path) -> None:
    folder = drawn.folder / "凭证 一"
    qr = drawn.folder / "凭证.png"
    drawn.does("bundle", "export", drawn.folder / "包")
    said = drawn.json("receipt", "91649999MA0000000T", "--folder", folder, "--qr", qr)
    file = Path(said["path"])
    assert check(drawn, file) == Exit.INCONCLUSIVE
    assert "自身一致" in drawn.out
    assert check(drawn, file, "--vkey", drawn.folder / "包/log.vkey") == 0
    assert "成立" in drawn.out and "×" not in drawn.out
    (read,) = zxingcpp.read_barcodes(Image.open(qr))
    assert read.text == said["claim"]
    assert check(drawn, file, "--claim", read.text, "--vkey", drawn.folder / "包/log.vkey") == 0
    other = drawn.json("receipt", "91649999MA00000021", "--folder", folder)
    assert check(drawn, other["path"], "--claim", read.text) == Exit.FAIL
    assert "[×] 与二维码中的内容一致" in drawn.out


def test_the_head_on_paper_is_compared(drawn: Clerk) -> None:
    said = drawn.json("receipt", "91649999MA0000000T", "--folder", drawn.folder)
    size, root = said["claim"].split(" ")[9:11]
    assert check(drawn, said["path"], "--head", f"{size}:{'0' * 64}") == Exit.FAIL
    assert root


def test_everybody_in_the_pool_has_one(drawn: Clerk) -> None:
    folder = drawn.folder / "全部"
    assert "20" in drawn.does("receipt", "--all", "--folder", folder)
    files = list(folder.glob("*.receipt"))
    assert len(files) == 20
    assert all(check(drawn, file) == Exit.INCONCLUSIVE for file in files)


def test_a_receipt_stands_under_a_published_head(drawn: Clerk) -> None:
    drawn.does("bundle", "export", drawn.folder / "包")
    drawn.does("calendar", "adopt", "2025")
    under = drawn.folder / "包/checkpoint"
    said = drawn.json("receipt", "91649999MA0000000T", "--under", under, "--folder", drawn.folder)
    assert Path(said["path"]).read_bytes().endswith(under.read_bytes())


BAD = {
    "nobody": (("receipt",), Exit.USAGE),
    "a stranger": (("receipt", "没有这家"), Exit.REFUSED),
    "one and all": (("receipt", "91649999MA0000000T", "--all"), Exit.USAGE),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_is_said(name: str, drawn: Clerk) -> None:
    words, code = BAD[name]
    assert drawn.run(*words) == code


def test_a_file_that_is_no_receipt_is_said(drawn: Clerk) -> None:
    (drawn.folder / "x.receipt").write_bytes(b"hello")
    assert check(drawn, drawn.folder / "x.receipt") == Exit.UNREADABLE
    assert check(drawn, drawn.folder / "none.receipt") == Exit.UNREADABLE

"""Receipts on printed papers: the code of each subject's on its 检查通知书, the files beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.room import Room, room
from tests.ledger.printed import document, lines, qr_codes
from verifier import note, receipt

__all__ = ["Room", "room"]

DRAWN = 4


@pytest.fixture
def drawn(room: Room, monkeypatch: pytest.MonkeyPatch) -> Room:
    """The room after the draw; its people read Chinese."""
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    room.draw_it()
    return room


def claims(path: Path) -> list[str]:
    return [text for text in qr_codes(path.read_bytes()) if text.startswith("liuhen/claim/1 ")]


def files(room: Room) -> dict[str, receipt.Receipt]:
    """File name → receipt, of the folder beside the papers."""
    return {
        path.name: receipt.parse(path.read_bytes()) for path in (room.folder / "抽取凭证").glob("*.receipt")
    }


@pytest.mark.parametrize("form", ["notice", "advice"])
def test_each_paper_carries_the_code_of_the_receipt_beside_it(drawn: Room, form: str) -> None:
    drawn.does("bundle", "export", drawn.folder / "包")
    said = drawn.does("form", "print", form, "papers.docx")
    assert "抽取凭证 4 份" in said
    made = files(drawn)
    assert {one.subject for one in made.values()} == {team.subject for team in drawn.drawn()}
    assert sorted(claims(drawn.folder / "papers.docx")) == sorted(
        one.claim().encode() for one in made.values()
    )
    vkey = note.parse_vkey_file((drawn.folder / "包/log.vkey").read_bytes())
    assert all(each.holds for one in made.values() for each in receipt.verify(one, vkey))
    assert all(one.proof.signed == (drawn.folder / "包/checkpoint").read_bytes() for one in made.values())


def test_no_passphrase_is_asked_for_a_receipt_under_a_published_head(drawn: Room) -> None:
    drawn.does("bundle", "export", drawn.folder / "包")
    (drawn.folder / "p.txt").unlink()
    drawn.does("form", "print", "notice", "papers.docx")
    assert len(claims(drawn.folder / "papers.docx")) == DRAWN


def test_without_a_published_head_the_log_key_signs_on_request_only(drawn: Room) -> None:
    said = drawn.does("form", "print", "notice", "papers.docx")
    assert "没有印凭证二维码" in said and "--receipt" in said
    assert claims(drawn.folder / "papers.docx") == [] and not files(drawn)
    drawn.does("form", "print", "notice", "papers.docx", "--receipt", "--yes")
    assert len(claims(drawn.folder / "papers.docx")) == len(files(drawn)) == DRAWN


def test_what_was_handed_out_stays_as_it_is(drawn: Room) -> None:
    """A second print names the same files, also when a newer head was published meanwhile."""
    drawn.does("form", "print", "notice", "one.docx", "--receipt")
    before = {name: one.encode() for name, one in files(drawn).items()}
    drawn.does("calendar", "adopt", "2025")
    drawn.does("bundle", "export", drawn.folder / "包")
    drawn.does("form", "print", "advice", "two.docx")
    assert {name: one.encode() for name, one in files(drawn).items()} == before
    assert sorted(claims(drawn.folder / "two.docx")) == sorted(claims(drawn.folder / "one.docx"))


def test_a_file_that_is_not_of_this_draw_is_written_anew(drawn: Room) -> None:
    drawn.does("form", "print", "notice", "one.docx", "--receipt")
    name, one = next(iter(files(drawn).items()))
    (drawn.folder / "抽取凭证" / name).write_bytes(one.encode()[:-10])
    drawn.does("form", "print", "notice", "two.docx", "--receipt")
    assert all(each.holds for each in receipt.verify(files(drawn)[name]))


def test_one_subject_has_one_receipt(drawn: Room) -> None:
    subject = drawn.drawn()[0].subject
    drawn.does("form", "print", "notice", "one.docx", "--subject", subject, "--receipt")
    assert [one.subject for one in files(drawn).values()] == [subject]


def test_receipts_can_be_left_out(drawn: Room) -> None:
    drawn.does("bundle", "export", drawn.folder / "包")
    drawn.does("form", "print", "notice", "papers.docx", "--no-receipt")
    assert claims(drawn.folder / "papers.docx") == [] and not files(drawn)
    assert "抽取凭证" not in " ".join(lines((drawn.folder / "papers.docx").read_bytes()))
    assert document((drawn.folder / "papers.docx").read_bytes()).tables
    assert drawn.run("form", "print", "plan", "--receipt") == 2


@pytest.mark.parametrize("room", [{"sealed": True}], indirect=True)
def test_a_sealed_draw_has_no_receipts_on_paper(drawn: Room) -> None:
    drawn.does("form", "print", "notice", "papers.docx", "--receipt", "--copies", 1, "--purpose", "送达")
    assert claims(drawn.folder / "papers.docx") == [] and not files(drawn)

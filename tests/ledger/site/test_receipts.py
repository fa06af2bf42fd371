"""Receipts beside the pages of their draw: which there are, and what a hand did to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.commands import draws
from ledger.site.memory import place
from tests.ledger.sites import attach, broken_links, build, contents, faults
from tests.office import Office
from verifier import facts as f
from verifier import note, receipt
from verifier.errors import LiuhenError

RECEIPTS = "receipts/d1/"


def pool(office: Office) -> list[str]:
    frozen = office.book.facts().get(f.FROZEN, "d1")
    assert frozen is not None
    return sorted(subject for _, subject, _ in frozen.pool)


def test_receipts_in_the_folder_stay_and_are_listed(office: Office, tmp_path: Path) -> None:
    target = build(office, tmp_path / "site").target
    (target / "receipts").mkdir()
    (target / "receipts/x.txt").write_bytes(b"receipt")
    attach(office)
    build(office, target)
    assert b"receipts/x.txt" in (target / "SHA256SUMS").read_bytes()
    assert faults(target) == []


def test_every_pool_member_gets_a_receipt_that_stays_as_it_is(office: Office, tmp_path: Path) -> None:
    target = tmp_path / "site"
    assert build(office, target).receipts == 0
    built = build(office, target, receipts=True)
    subjects = pool(office)
    assert {path for path in built.changed if path.startswith(RECEIPTS)} == {
        f"{RECEIPTS}{subject}.receipt" for subject in subjects
    }
    assert built.receipts == len(subjects)
    vkey = note.parse_vkey_file((target / "log.vkey").read_bytes())
    drawn = set(office.drawn())
    for subject in subjects:
        one = receipt.parse((target / f"{RECEIPTS}{subject}.receipt").read_bytes())
        assert all(finding.holds for finding in receipt.verify(one, vkey))
        assert one.claim().drawn == (subject in drawn)
        assert one.proof.checkpoint()[0].size == built.head.size
    assert faults(target) == []
    assert broken_links(target) == []
    before = contents(target)
    attach(office)
    again = build(office, target)
    assert not [path for path in again.changed if path.startswith(RECEIPTS)]
    assert again.receipts == len(subjects), "a draw that has receipts keeps them without being asked"
    assert {p: c for p, c in contents(target).items() if p.startswith(RECEIPTS)} == {
        p: c for p, c in before.items() if p.startswith(RECEIPTS)
    }
    assert faults(target) == []


def test_a_draw_page_leads_to_receipts_and_says_how_to_find_ones_own(office: Office, tmp_path: Path) -> None:
    target = build(office, tmp_path / "site").target
    place = target / "pages/draw/d1/index.html"
    assert "receipts/" not in place.read_text("utf-8")
    build(office, target, receipts=True)
    page = place.read_text("utf-8")
    for subject in office.drawn():
        assert f'href="../../../{RECEIPTS}{subject}.receipt"' in page
    assert "receipts/d1/CODE.receipt" in page
    assert "抽中与否都有" in page
    assert "drawn or not" in (target / "pages/en/draw/d1/index.html").read_text("utf-8")


@pytest.mark.parametrize("remembered", [True, False], ids=["with its memory", "without"])
@pytest.mark.parametrize("asked", [True, False], ids=["asked for", "kept"])
def test_a_receipt_that_a_hand_changed_or_took_is_named_and_made_again(
    office: Office, tmp_path: Path, remembered: bool, asked: bool
) -> None:
    target = build(office, tmp_path / "site", receipts=True).target
    changed, gone, *_ = (f"{RECEIPTS}{subject}.receipt" for subject in pool(office))
    honest = (target / changed).read_bytes()
    (target / changed).write_bytes(honest.replace(b"rank ", b"rank 1"))
    (target / gone).unlink()
    if not remembered:
        place(office.book.store.path.absolute(), target).unlink()
    built = build(office, target, receipts=asked)
    assert set(built.mended) == {changed, gone}
    assert (target / changed).read_bytes() == honest
    assert faults(target) == []


def test_a_receipt_that_was_never_listed_is_not_taken_for_ours(office: Office, tmp_path: Path) -> None:
    target = build(office, tmp_path / "site").target
    (target / RECEIPTS).mkdir(parents=True)
    forged = target / f"{RECEIPTS}{pool(office)[0]}.receipt"
    forged.write_bytes(b"liuhen/receipt/1\n")
    built = build(office, target, receipts=True)
    assert receipt.parse(forged.read_bytes()).subject == pool(office)[0]
    assert built.mended == ()


def test_a_sealed_draw_has_no_receipts_until_it_is_public(tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    office = Office(tmp_path / "office")
    office.ready(sealed=True)
    office.draw()
    built = build(office, tmp_path / "site", receipts=True)
    assert built.receipts == 0
    assert not (built.target / "receipts").exists()
    office.clock.go("2026-03-10")
    office.publish([office.visit(subject) for subject in office.drawn()])
    draws.unseal(office.book, office.clerk, "d1")
    built = build(office, built.target, receipts=True)
    assert built.receipts == len(pool(office))
    opened = receipt.parse((built.target / f"{RECEIPTS}{pool(office)[0]}.receipt").read_bytes())
    assert opened.opening
    assert all(finding.holds for finding in receipt.verify(opened))
    assert faults(built.target) == []


def test_more_files_than_can_be_verified_are_not_written(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = build(office, tmp_path / "site").target
    before = contents(target)
    monkeypatch.setattr("verifier.paths.MAX_FILES", len(before) + 3)
    with pytest.raises(LiuhenError) as told:
        build(office, target, receipts=True)
    assert told.value.code == "E-SITE-FILES"
    assert contents(target) == before

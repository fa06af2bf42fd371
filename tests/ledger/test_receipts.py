"""Receipts: every member of a pool has one that holds, and none of them can be changed."""

from __future__ import annotations

import subprocess
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import receipts
from ledger.commands import bundles, draws
from tests.office import Office
from verifier import logproof, note, receipt
from verifier.errors import LiuhenError, Malformed
from verifier.merkle import Levels, inclusion_proof, leaf_hash, root
from verifier.receipt import Receipt, parse, parse_claim, verify


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    made = Office(tmp_path_factory.mktemp("drawn"))
    made.ready()
    made.draw()
    return made


@pytest.fixture(scope="module")
def issuer(office: Office) -> receipts.Issuer:
    return receipts.issuer(office.book, "d1", bundles.sign_head(office.book, office.log))


@pytest.fixture(scope="module")
def vkey(office: Office) -> note.Vkey:
    return note.make_vkey(office.book.origin, office.log.public, note.Algorithm.LOG)


def test_every_member_of_the_pool_has_a_receipt_that_holds(
    issuer: receipts.Issuer, vkey: note.Vkey, office: Office
) -> None:
    made = list(issuer.all())
    assert len(made) == len(issuer.rows) == 20
    drawn = {one.subject for one in made if one.claim().drawn}
    assert drawn == set(office.drawn())
    for one in made:
        assert parse(one.encode()) == one
        assert all(found.holds for found in verify(one, vkey))


def test_a_receipt_is_three_or_four_thousand_bytes_and_its_claim_fits_a_small_code(
    issuer: receipts.Issuer,
) -> None:
    for one in issuer.all():
        assert 2_000 < len(one.encode()) < 4_500
        text = one.claim().encode()
        assert len(text.encode()) <= 300
        assert parse_claim(text) == one.claim()


def test_a_claim_names_the_very_file(issuer: receipts.Issuer) -> None:
    one = next(issuer.all())
    assert one.claim().file == sha256(one.encode()).hexdigest()


OTHERS = {
    "another subject": {"subject": "91649999MA00000391"},
    "another stratum": {"stratum": "other"},
    "a larger pool": {"n": 1000},
    "more drawn": {"k": 39},
    "a rank that was drawn": {"rank": 1},
    "no rank": {"rank": 0},
    "a better ticket": {"ticket": "0" * 64},
    "a higher cut": {"cut": "f" * 64},
    "another place in the pool": {"row": 21},
    "a proof cut short": {"siblings": ()},
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_changed_receipt_does_not_hold(name: str, issuer: receipts.Issuer, vkey: note.Vkey) -> None:
    last = max(issuer.all(), key=lambda one: one.rank)
    changed = replace(last, **OTHERS[name])  # type: ignore[arg-type]
    assert changed != last
    assert not all(found.holds for found in verify(changed, vkey))


def test_a_sibling_that_is_no_hash_is_refused(issuer: receipts.Issuer) -> None:
    one = next(issuer.all())
    with pytest.raises(Malformed, match="E-RECEIPT-FORM"):
        parse(replace(one, siblings=(bytes(33), *one.siblings[1:])).encode())


def test_another_frozen_list_or_draw_does_not_hold(issuer: receipts.Issuer, office: Office) -> None:
    one = next(issuer.all())
    other = office.book.entry(issuer.held.seq - 1).raw
    for changed in (
        replace(one, frozen=other),
        replace(one, executed=one.frozen),
        replace(one, executed=other),
    ):
        assert not all(found.holds for found in verify(changed))


def test_another_log_key_did_not_sign_it(issuer: receipts.Issuer, office: Office) -> None:
    other = note.make_vkey(office.book.origin, office.clerk.public, note.Algorithm.LOG)
    found = verify(next(issuer.all()), other)
    assert [one.holds for one in found] == [True] * (len(found) - 1) + [False]


@given(st.integers(0, 3000), st.integers(0, 255))
def test_no_byte_can_be_changed_without_notice(place: int, value: int) -> None:
    data = bytearray(_SAMPLE["bytes"])
    place %= len(data)
    if data[place] == value:
        return
    data[place] = value
    try:
        changed = parse(bytes(data))
    except (Malformed, LiuhenError):
        return
    same = changed.claim().file == _SAMPLE["file"]
    held = all(found.holds for found in verify(changed, _SAMPLE["vkey"]))
    assert not held or (not same and changed.rank != _SAMPLE["rank"])


_SAMPLE: dict[str, object] = {}


@pytest.fixture(scope="module", autouse=True)
def sample(issuer: receipts.Issuer, vkey: note.Vkey) -> None:
    one = next(issuer.all())
    _SAMPLE.update(bytes=one.encode(), file=one.claim().file, vkey=vkey, rank=one.rank)


def test_tickets_follow_by_hand(issuer: receipts.Issuer, office: Office) -> None:
    one = next(issuer.all())
    lines = f"liuhen/ticket/1\n{issuer.held.outcome['seed']}\nsubject\n{one.subject}"
    command = ["sha256sum"]
    said = subprocess.run(command, input=lines.encode(), capture_output=True, check=True).stdout
    assert said.split()[0].decode() == one.ticket


def test_a_sealed_draw_gives_receipts_only_when_it_is_public(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready(sealed=True)
    office.draw()
    head = bundles.sign_head(office.book, office.log)
    with pytest.raises(LiuhenError, match="E-RECEIPT-DRAW"):
        receipts.issuer(office.book, "d1", head)
    office.clock.go("2026-03-10")
    for subject in office.drawn():
        office.visit(subject)
    draws.unseal(office.book, office.clerk, "d1")
    one = next(receipts.issuer(office.book, "d1", bundles.sign_head(office.book, office.log)).all())
    assert one.opening
    assert all(found.holds for found in verify(one))
    assert not all(found.holds for found in verify(replace(one, opening=b"")))


def test_a_head_of_another_ledger_or_before_the_draw_is_refused(office: Office, tmp_path: Path) -> None:
    other = Office(tmp_path, "ledger.example.gov.cn/other")
    with pytest.raises(LiuhenError, match="E-RECEIPT-HEAD"):
        receipts.issuer(office.book, "d1", bundles.sign_head(other.book, other.log))


@given(st.integers(1, 70), st.data())
def test_levels_give_the_proofs_of_the_standard(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(size)]
    index = data.draw(st.integers(0, size - 1))
    tree = Levels(leaves)
    assert tree.root() == root(leaves)
    assert tree.proof(index) == inclusion_proof(leaves, index)


def test_a_proof_grows_by_one_line_when_the_log_doubles(issuer: receipts.Issuer) -> None:
    proof = next(issuer.all()).proof
    longer = replace(proof, siblings=(*proof.siblings, bytes(32)))
    assert len(longer.encode()) - len(proof.encode()) == 45


BAD_PROOFS = {
    "nothing": b"",
    "another header": b"c2sp.org/tlog-proof@v2\nindex 1\n\n",
    "no index": b"c2sp.org/tlog-proof@v1\n\n",
    "an index with a zero before": b"c2sp.org/tlog-proof@v1\nindex 01\n\n",
    "a short hash": b"c2sp.org/tlog-proof@v1\nindex 1\n" + b64encode(bytes(31)) + b"\n\n",
    "no checkpoint": b"c2sp.org/tlog-proof@v1\nindex 1\n\n",
}


@pytest.mark.parametrize("name", BAD_PROOFS)
def test_what_is_no_proof_is_refused(name: str) -> None:
    with pytest.raises(Malformed):
        logproof.parse(BAD_PROOFS[name])


BAD_CLAIMS = ("", "liuhen/claim/1", "liuhen/claim/1 d s t 1 1 1 - - 1 - -", "x" * 500)


@pytest.mark.parametrize("text", BAD_CLAIMS)
def test_what_is_no_claim_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse_claim(text)


def test_what_is_no_receipt_is_refused(issuer: receipts.Issuer) -> None:
    whole = next(issuer.all()).encode()
    for data in (b"", b"liuhen/receipt/1\n\n", whole[:-1], whole + b"\n", bytes(receipt.MAX_SIZE + 1)):
        with pytest.raises(Malformed):
            parse(data)
    assert isinstance(parse(whole), Receipt)

"""Receipts in the page's core under node: every mutation beside the Python verifier, and beside a bundle."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger import receipts
from ledger.commands import bundles, draws
from tests.office import Office
from tests.page.both import NODE, Answer, ask_page
from verifier import note, receipt
from verifier.errors import LiuhenError, Malformed
from verifier.receipt import Receipt

pytestmark = pytest.mark.skipif(NODE is None, reason="node is not installed")

CHECKS = ("draw", "pool", "ticket", "strata", "rank", "log", "signed")
"""The page's names of the checks of specs/receipt.md, in their order."""


class Drawn:
    """An office that has drawn, its bundle, and the receipts of its pool."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder)
        self.office.ready()
        self.office.draw()
        self.bundle = folder / "bundle.zip"
        bundles.export(self.office.book, self.office.log, self.bundle)
        self.all = list(self.issuer(self.office).all())
        self.vkey = note.make_vkey(self.office.book.origin, self.office.log.public, note.Algorithm.LOG)

    @staticmethod
    def issuer(office: Office) -> receipts.Issuer:
        return receipts.issuer(office.book, "d1", bundles.sign_head(office.book, office.log))

    @property
    def key(self) -> str:
        return f"{self.vkey}\n".encode().hex()


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drawn]:
    made = Drawn(tmp_path_factory.mktemp("drawn"))
    yield made
    made.office.book.close()


def job(
    one: Receipt | None = None, *, text: str = "", vkey: str = "", bundle: Path | None = None
) -> dict[str, Any]:
    given = {"text": text, "vkey": vkey, "file": one.encode().hex() if one else ""}
    return {"receipt": given, **({"bundle": str(bundle)} if bundle else {})}


def red(answer: Answer) -> list[str]:
    return [check["id"] for check in answer["checks"] if check["status"] == "fail"]


def ids(answer: Answer) -> list[str]:
    return [check["id"] for check in answer["checks"]]


def test_every_receipt_of_the_pool_holds(drawn: Drawn, tmp_path: Path) -> None:
    alone = ask_page(tmp_path, [job(one, vkey=drawn.key) for one in drawn.all])
    assert [(a["verdict"], red(a), ids(a)) for a in alone] == [("pass", [], list(CHECKS))] * 20
    assert [a["drawn"] for a in alone] == [one.claim().drawn for one in drawn.all]


def test_a_receipt_or_claim_that_is_compared_with_nothing_proves_nothing(
    drawn: Drawn, tmp_path: Path
) -> None:
    one = drawn.all[0]
    said = ask_page(tmp_path, [job(one), job(text=one.claim().encode())])
    assert [(a["verdict"], a["compared"], red(a)) for a in said] == [("inconclusive", "self", [])] * 2


def test_claim_and_file_hold_beside_the_bundle(drawn: Drawn, tmp_path: Path) -> None:
    one = drawn.all[0]
    text = one.claim().encode()
    beside = ["bundle", "head", "list", "sizes", "cut", "order"]
    only, both = ask_page(
        tmp_path,
        [job(text=text, bundle=drawn.bundle), job(one, text=text, vkey=drawn.key, bundle=drawn.bundle)],
    )
    assert (only["verdict"], ids(only)) == ("pass", ["rank", *beside])
    assert (both["verdict"], ids(both)) == ("pass", [*CHECKS, "claim", *beside])


@pytest.mark.parametrize(
    ("blank", "taken"), [(" ", True), ("\t\r\n", True), ("\x1f", False), ("\u00a0", False), ("\ufeff", False)]
)
def test_only_ascii_blanks_around_a_claim_are_passed_over(
    drawn: Drawn, tmp_path: Path, blank: str, taken: bool
) -> None:
    text = drawn.all[0].claim().encode()
    around = [blank + text, text + blank]
    said = ask_page(tmp_path, [job(text=each, bundle=drawn.bundle) for each in around])
    assert [answer.get("verdict") == "pass" for answer in said] == [taken, taken]
    for each in around:
        with nullcontext() if taken else pytest.raises(Malformed):
            assert receipt.parse_claim(each) == drawn.all[0].claim()


def mutations(drawn: Drawn) -> dict[str, Receipt]:
    """What an office could print instead, by what it changed."""
    last = max(drawn.all, key=lambda one: one.rank)
    first = min(drawn.all, key=lambda one: one.rank)
    before = drawn.office.book.entry(2).raw
    proof = last.proof
    return {
        "another subject": replace(last, subject="91649999MA00000391"),
        "another member's row": replace(last, subject=first.subject),
        "another stratum": replace(last, stratum="other"),
        "another draw": replace(last, draw="d2"),
        "a larger pool": replace(last, n=1000),
        "more drawn": replace(last, k=39),
        "a rank that was drawn": replace(last, rank=1),
        "a rank that was not": replace(first, rank=first.n),
        "no rank": replace(last, rank=0),
        "a better ticket": replace(last, ticket="0" * 64),
        "a higher cut": replace(last, cut="f" * 64),
        "no cut": replace(first, cut=""),
        "another place in the pool": replace(last, row=last.row ^ 1),
        "a place outside": replace(last, row=10**9),
        "a proof cut short": replace(last, siblings=last.siblings[:-1]),
        "a longer proof": replace(last, siblings=(*last.siblings, bytes(32))),
        "another frozen entry": replace(last, frozen=before),
        "another executed entry": replace(last, executed=before),
        "no entry": replace(last, executed=b"\x91\xc4\x00"),
        "an opening of nothing": replace(last, opening=b"\x92\xc4\x00\xc4\x00"),
        "another place in the log": replace(last, proof=replace(proof, index=proof.index - 1)),
        "a log proof cut short": replace(last, proof=replace(proof, siblings=proof.siblings[:-1])),
        "another head": replace(last, proof=replace(proof, signed=other_head(proof.signed))),
    }


def other_head(signed: bytes) -> bytes:
    """The head with another root under the same signature line."""
    lines = signed.split(b"\n")
    lines[2] = base64.b64encode(bytes(32))
    return b"\n".join(lines)


def test_what_is_red_in_python_is_red_in_the_page(drawn: Drawn, tmp_path: Path) -> None:
    changed = mutations(drawn)
    answers = ask_page(tmp_path, [job(one, vkey=drawn.key) for one in changed.values()])
    for (name, one), answer in zip(changed.items(), answers, strict=True):
        found = receipt.verify(one, drawn.vkey)
        wrong = ["read"] if len(found) == 1 else [CHECKS[n] for n, each in enumerate(found) if not each.holds]
        assert red(answer) == wrong, name
        if name != "an opening of nothing":
            assert answer["verdict"] == "fail", name


def test_a_claim_that_lies_is_caught_by_the_bundle(drawn: Drawn, tmp_path: Path) -> None:
    one = next(each for each in drawn.all if not each.claim().drawn)
    claim = one.claim()
    lies = {
        "list": replace(claim, subject="91649999MA00000391"),
        "sizes": replace(claim, n=claim.n + 1),
        "cut": replace(claim, ticket="f" * 64),
        "order": replace(claim, rank=claim.rank - 1 if claim.rank > claim.k + 1 else claim.rank + 1),
        "head": replace(claim, root="0" * 64),
        "rank": replace(claim, ticket="0" * 64),
    }
    answers = ask_page(tmp_path, [job(text=each.encode(), bundle=drawn.bundle) for each in lies.values()])
    for rule, answer in zip(lies, answers, strict=True):
        assert answer["verdict"] == "fail" and rule in red(answer)
    older = replace(claim, size=one.proof.index)
    (answer,) = ask_page(tmp_path, [job(text=older.encode(), bundle=drawn.bundle)])
    assert red(answer) == ["head"], "a head before the draw cannot hold it"
    newer = replace(claim, size=claim.size + 5)
    (answer,) = ask_page(tmp_path, [job(text=newer.encode(), bundle=drawn.bundle)])
    assert (answer["verdict"], red(answer)) == ("inconclusive", [])


def test_a_claim_of_another_receipt_is_said(drawn: Drawn, tmp_path: Path) -> None:
    one, other = drawn.all[:2]
    (answer,) = ask_page(tmp_path, [job(one, text=other.claim().encode(), vkey=drawn.key)])
    assert (answer["verdict"], red(answer)) == ("fail", ["claim"])


def test_a_sealed_draw_has_receipts_when_it_is_public(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready(sealed=True)
    office.draw()
    veiled = bundles.export(office.book, office.log, tmp_path / "veiled.zip")
    assert veiled
    office.clock.go("2026-03-10")
    for subject in office.drawn():
        office.visit(subject)
    draws.unseal(office.book, office.clerk, "d1")
    bundles.export(office.book, office.log, tmp_path / "open.zip")
    one = next(Drawn.issuer(office).all())
    text = one.claim().encode()
    alone, unopened, beside, early = ask_page(
        tmp_path,
        [
            job(one),
            job(replace(one, opening=b"")),
            job(one, bundle=tmp_path / "open.zip"),
            job(text=text, bundle=tmp_path / "veiled.zip"),
        ],
    )
    assert (red(alone), red(unopened), red(beside)) == ([], ["read"], [])
    assert beside["verdict"] == "pass"
    assert (early["verdict"], red(early)) == ("inconclusive", [])


def test_a_flipped_byte_is_refused_or_red(drawn: Drawn, tmp_path: Path) -> None:
    one = drawn.all[0]
    data = one.encode()
    dice = random.Random(7)
    jobs, python = [], []
    for _ in range(150):
        damaged = bytearray(data)
        damaged[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        jobs.append({"receipt": {"file": damaged.hex(), "vkey": drawn.key}})
        try:
            held = all(each.holds for each in receipt.verify(receipt.parse(bytes(damaged)), drawn.vkey))
            python.append("pass" if held else "fail")
        except LiuhenError:
            python.append("refused")
    said = [a.get("verdict", "refused" if a.get("refused") else a) for a in ask_page(tmp_path, jobs)]
    assert said == python


BAD_CLAIMS = ("liuhen/claim/1", "liuhen/claim/1 d s t 1 1 1 - - 1 - -", "x" * 500)


def test_what_is_no_claim_no_receipt_and_no_key_is_said(drawn: Drawn, tmp_path: Path) -> None:
    good = drawn.all[0].encode()
    jobs = [{"receipt": {"text": text}} for text in BAD_CLAIMS]
    jobs += [
        {"receipt": {"file": data.hex()}}
        for data in (b"x", good + b"\n", good[:-1], good.replace(b"\n", b"\r\n"))
    ]
    jobs += [{"receipt": {"file": good.hex(), "vkey": b"x".hex()}}]
    said = [answer.get("refused") for answer in ask_page(tmp_path, jobs)]
    assert said == ["claim"] * len(BAD_CLAIMS) + ["receipt"] * 4 + ["vkey"]

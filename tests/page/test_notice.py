"""A 检查通知书 as it lies on the table of an enterprise: its code is scanned and checked in the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger import receipts
from ledger.commands import bundles
from ledger.commands.draws import draw_of
from ledger.forms.catalogue import FORMS, form_bytes
from ledger.forms.form import Wanted
from ledger.forms.source import Source
from tests.ledger.printed import qr_codes, scanned
from tests.office import Office
from tests.page.chromium import PROGRAM, Chromium, Page
from verifier.page.build import html
from verifier.receipt import Receipt

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="chromium is not installed")

SAID = "document.getElementById('receipt-answer').innerText"
CARD = "document.querySelector('#receipt-answer .card').className"


@dataclass(frozen=True)
class Handed:
    """What the office published and printed: the page, the bundle, receipts by subject, the notices."""

    page: str
    bundle: Path
    receipts: dict[str, Receipt]
    notices: bytes


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Handed]:
    folder = tmp_path_factory.mktemp("notice")
    office = Office(folder)
    office.ready()
    office.draw()
    bundle = folder / "bundle.zip"
    bundles.export(office.book, office.log, bundle)
    signed = receipts.head_over(office.book, draw_of(office.book.facts(), "d1"))
    issuer = receipts.issuer(office.book, "d1", signed)
    made = {subject: issuer.one(subject) for subject in office.drawn()}
    claims = {subject: one.claim().encode() for subject, one in made.items()}
    notices = form_bytes(FORMS["notice"], Source.of(office.book), Wanted(draw="d1", claims=claims))
    page = folder / "verify.html"
    page.write_bytes(html())
    yield Handed(page.as_uri(), bundle, made, notices)
    office.book.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as opened:
        yield opened


def paste(page: Page, text: str) -> None:
    page.value(f"document.getElementById('claim').value = {text!r}")
    page.value("document.getElementById('receipt-answer').replaceChildren()")
    page.value("document.getElementById('claim').form.requestSubmit()")
    page.until(SAID)


def test_the_code_of_the_paper_is_checked_in_the_page(browser: Chromium, handed: Handed) -> None:
    subject, one = next(iter(handed.receipts.items()))
    text = next(code for code in qr_codes(handed.notices) if f" {subject} " in code)
    page = browser.open(f"{handed.page}?lang=zh")
    paste(page, text)
    assert page.value(CARD) == "card open"
    assert "没有与公布的台账比对" in page.value(SAID)
    page.choose("#zip", handed.bundle)
    page.until(f"state.kind === 'report' && {SAID}")
    assert page.value(CARD) == "card yes"
    assert f"凭证成立：{subject} 在摇号前封存的名单里，抽中了。" in page.value(SAID)
    assert one.ticket in page.value(SAID)


def test_the_file_and_key_are_checked_without_a_bundle(
    browser: Chromium, handed: Handed, tmp_path: Path
) -> None:
    subject, one = next(iter(handed.receipts.items()))
    file = tmp_path / f"d1-{subject}.receipt"
    file.write_bytes(one.encode())
    page = browser.open(f"{handed.page}?lang=en")
    page.choose("#receipt", file)
    page.until(SAID)
    assert page.value(CARD) == "card open" and "This is not settled yet" in page.value(SAID)
    file.write_bytes(one.encode().replace(b"\nrank ", b"\nrank 1"))
    page.value("document.getElementById('receipt-answer').replaceChildren()")
    page.choose("#receipt", file)
    page.until(SAID)
    assert page.value(CARD) == "card no" and "does not hold" in page.value(SAID)


def test_another_text_is_one_clear_sentence(browser: Chromium, handed: Handed) -> None:
    page = browser.open(f"{handed.page}?lang=zh")
    for text in ("liuhen:form:1 notice", "<img src=x onerror=document.title='owned'>"):
        paste(page, text)
        assert "这不是抽取凭证二维码的文字" in page.value(SAID)
    assert page.value("document.title") == "留痕核验"
    page.value("document.querySelector('#receipt-section button.plain').click()")
    assert page.value(SAID) == "" and page.value("document.getElementById('claim').value") == ""


@pytest.mark.slow
def test_the_code_read_back_from_the_printed_notice_holds(
    browser: Chromium, handed: Handed, tmp_path: Path
) -> None:
    """As LibreOffice lays the paper out, at the resolution of an office's scanner."""
    pages = scanned(handed.notices, ".docx", tmp_path)
    found = {
        code.split(" ")[2]: code for page in pages for code in page if code.startswith("liuhen/claim/1 ")
    }
    assert found == {subject: one.claim().encode() for subject, one in handed.receipts.items()}
    page = browser.open(f"{handed.page}?lang=zh")
    page.choose("#zip", handed.bundle)
    page.until("state.kind === 'report'")
    for subject, text in found.items():
        paste(page, text)
        assert page.value(CARD) == "card yes"
        assert f"凭证成立：{subject}" in page.value(SAID)

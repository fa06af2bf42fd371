"""The page in headless Chromium: from a file and a site, in both languages, by keyboard, with bad input."""

from __future__ import annotations

import functools
import http.server
import itertools
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import tests.forgeries  # noqa: F401 - fills the table
from cli.commands.site import LANGUAGES
from ledger.commands import bundles
from ledger.commands.lists import import_records
from ledger.commands.sites import build_site
from tests.bundles import Year, read_files, write_files
from tests.forgery import FORGERIES, Stories
from tests.office import digest
from tests.page.both import ask_python
from tests.page.chromium import PROGRAM, Chromium, Page
from verifier import facts as f
from verifier.page.build import core, html

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="chromium is not installed")

DONE = "['report', 'refused'].includes(state.kind) && state.kind"
RED = "[...new Set(report.checks.filter((c) => c.status === 'fail').map((c) => c.rule))].sort()"


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Stories:
    return Stories(tmp_path_factory.mktemp("stories"))


@pytest.fixture(scope="module")
def year(stories: Stories) -> Year:
    return stories.bundles()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("page") / "verify.html"
    place.write_bytes(html())
    return place.as_uri()


def read(browser: Chromium, address: str, bundle: Path, **size: int) -> Page:
    """The page with this bundle read."""
    page = browser.open(address, **size)
    page.choose("#folder" if bundle.is_dir() else "#zip", bundle)
    page.until(DONE)
    return page


@pytest.mark.parametrize("kind", ["folder", "zip", "inspector"])
@pytest.mark.parametrize("crypto", ["", "?webcrypto=off"])
def test_an_honest_bundle_passes_from_a_file(
    browser: Chromium, address: str, year: Year, kind: str, crypto: str
) -> None:
    page = read(browser, f"{address}{crypto}", getattr(year, kind))
    assert page.value("state.report.verdict") == "pass"
    assert page.value("document.activeElement.id") == "verdict"
    cards = page.value("[...document.querySelectorAll('.card.yes h3')].map((h) => h.textContent)")
    assert [card[:4] for card in cards[:4]] == ["名单先封", "摇号种子", "按公开算", "记录后来"]


def test_what_is_red_in_python_is_red_in_the_browser(
    browser: Chromium, address: str, stories: Stories
) -> None:
    page = browser.open(address)
    page.value(f"globalThis.core = (() => {{{core()}; return {{verifyEntries, unhex}}}})(); true")
    for row in [row for row in FORGERIES if row.status == "fail"][::12]:
        forged = row.forge(stories)
        if forged.bundle is None:
            job = json.dumps({"asOf": forged.as_of or ""})
            raws = json.dumps([raw.hex() for raw in forged.raw])
            found = page.value(f"core.verifyEntries({raws}.map(core.unhex), {job}).then((report) => {RED})")
        else:
            state = read(browser, address, forged.bundle)
            found = state.value(f"(({{report}}) => {RED})(state)")
        assert found == sorted({c.rule for c in ask_python(forged).checks if c.status.value == "fail"}), (
            row.deed
        )


def test_my_enterprise_is_found_with_ticket_rank_and_cut(browser: Chromium, address: str, year: Year) -> None:
    page = read(browser, address, year.zip)
    drawn = year.office.drawn()[0]
    page.value(f"document.getElementById('mine').value = {drawn.lower()!r}")
    page.value("document.getElementById('mine').form.requestSubmit()")
    said = page.until("document.getElementById('mine-answer').innerText")
    assert "在待抽名单里；抽中了" in said
    assert "随机号" in said and "抽中界线" in said and "sha256sum" in said
    tickets = (year.folder / "draws/d1/tickets.csv").read_text(encoding="utf-8-sig")
    row = next(line for line in tickets.splitlines() if f'"{drawn}"' in line)
    assert row.split('","')[4] in said


def type_in(page: Page, text: str) -> None:
    """As a person types: into what has the focus, one character after the other, then Enter."""
    for character in text:
        page.send("Input.insertText", text=character)
    page.key("Enter", 13)


def test_a_layman_learns_in_six_steps_whether_an_enterprise_was_drawn_fairly(
    browser: Chromium, address: str, year: Year
) -> None:
    """Open the page, choose the zip (two clicks), go to the field, type the name, Enter; no network."""
    began = time.monotonic()
    drawn = year.office.drawn()[0]
    frozen = year.office.book.facts().get(f.FROZEN, "d1")
    assert frozen is not None
    name = next(text for _, subject, text in frozen.pool if subject == drawn)
    page = read(browser, address, year.zip)
    page.key("Tab", 9)
    assert page.value("document.activeElement.id") == "mine", "the field follows the verdict"
    type_in(page, name)
    said = page.until("document.getElementById('mine-answer').innerText")
    assert time.monotonic() - began < 60
    assert "抽中了" in said
    assert "抽得公平吗？核验通过" in said
    assert "所以抽中" in said
    assert "检查员" in said, "officers are named"
    assert "t1" not in said, "the task is named"
    assert page.value("performance.getEntriesByType('resource').length") == 0


def test_of_an_enterprise_outside_the_list_the_reason_is_said_in_words(
    browser: Chromium, address: str, year: Year
) -> None:
    facts = year.office.book.facts()
    frozen = facts.get(f.FROZEN, "d1")
    assert frozen is not None
    inside = {subject for _, subject, _ in frozen.pool}
    outside = next(key for key, _ in facts.rows(f.register("subjects")) if key not in inside)
    page = read(browser, address, year.zip)
    page.key("Tab", 9)
    type_in(page, outside)
    said = page.until("document.getElementById('mine-answer').innerText")
    assert "不在待抽名单里" in said
    assert "行业标签：油气" in said
    assert "公平" not in said


def test_nothing_is_called_fair_that_is_not_verified(
    browser: Chromium, address: str, year: Year, tmp_path: Path
) -> None:
    files = read_files(year.folder)
    files["draws/d1/seed.txt"] += b"x"
    write_files(tmp_path / "bundle", files)
    page = read(browser, address, tmp_path / "bundle")
    page.key("Tab", 9)
    type_in(page, year.office.drawn()[0])
    said = page.until("document.getElementById('mine-answer').innerText")
    assert "抽得公平吗？不能这样说" in said


def test_the_receipt_of_an_enterprise_is_named_where_the_site_has_it(
    browser: Chromium, year: Year, tmp_path: Path
) -> None:
    office = year.office
    built = build_site(office.book, office.log, tmp_path / "site", LANGUAGES, receipts=True)
    drawn = office.drawn()[0]
    page = read(browser, (built.target / "verify.html").as_uri(), built.target)
    assert page.value("state.report.verdict") == "pass"
    page.key("Tab", 9)
    type_in(page, drawn)
    said = page.until("document.getElementById('mine-answer').innerText")
    assert f"receipts/d1/{drawn}.receipt" in said


def test_another_seed_gives_another_result_and_the_true_one_the_same(
    browser: Chromium, address: str, year: Year
) -> None:
    page = read(browser, address, year.zip)
    page.value("document.getElementById('reseed').form.requestSubmit()")
    assert "一个不差" in page.until("document.getElementById('reseed-answer').innerText")
    page.value("document.getElementById('reseed').value = '别的种子'")
    page.value("document.getElementById('reseed').form.requestSubmit()")
    assert page.until("!document.getElementById('reseed-answer').innerText.includes('一个不差')")


def test_a_head_on_paper_is_compared(browser: Chromium, address: str, year: Year) -> None:
    page = read(browser, address, year.zip)
    size, root = page.value("state.report.head").split(":")
    spaced = " ".join(root[i : i + 8].upper() for i in range(0, 64, 8))
    for typed, kind, verdict, words in (
        (f"{size}: {spaced}", "head", "pass", "一致"),
        (page.value("state.report.ledger"), "id", "pass", "一致"),
        (f"{size}:{'0' * 64}", "head", "fail", "不符"),
        (f"{int(size) + 9}:{root}", "head", "fail", "更新的核验包"),
        ("what?", "self", "pass", "没有看懂"),
    ):
        page.value(f"document.getElementById('anchor').value = {typed!r}")
        page.value("globalThis.before = state; document.getElementById('anchor').form.requestSubmit()")
        page.until("state !== before")
        assert (page.value("state.report.anchor"), page.value("state.report.verdict")) == (kind, verdict)
        assert words in page.value("document.querySelector('.verdict').innerText")


def test_the_page_speaks_english_on_request(browser: Chromium, address: str, year: Year) -> None:
    page = read(browser, f"{address}?lang=en", year.zip)
    assert page.value("document.documentElement.lang") == "en"
    text = page.value("document.querySelector('main').innerText")
    assert "Verified" in text and "Was the list sealed first?" in text
    page.value("document.getElementById('language').click()")
    assert "核验通过" in page.value("document.querySelector('main').innerText")


def test_bad_input_is_one_clear_sentence(browser: Chromium, address: str, year: Year, tmp_path: Path) -> None:
    whole = year.zip.read_bytes()
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/notes.txt").write_text("no bundle")
    (tmp_path / "page.zip").write_bytes(b"<!doctype html>")
    (tmp_path / "cut.zip").write_bytes(whole[:-1000])
    with (tmp_path / "huge.zip").open("wb") as file:
        file.truncate((1 << 30) + 1)
    for name, code in (
        ("page.zip", "not-a-zip"),
        ("cut.zip", "cut-zip"),
        ("huge.zip", "too-large"),
        ("empty", "no-bundle"),
    ):
        page = read(browser, address, tmp_path / name)
        assert page.value("state.code") == code
        assert len(page.value("document.querySelector('.verdict p').innerText")) > 10
        assert page.value("document.getElementById('zip') !== null"), "the next file can be chosen at once"


def test_a_name_that_is_a_script_stays_text(
    browser: Chromium, address: str, stories: Stories, tmp_path: Path
) -> None:
    story = stories.drawn("script")
    office = story.office
    name = "<img src=x onerror=document.title='owned'>\"'&amp;有限公司"
    import_records(
        office.book,
        office.clerk,
        "subjects",
        [("91640000SCRIPT0001", {"name": name, "kind": "enterprise", "status": "active", "tags": ["油气"]})],
        reason="<script>document.title='owned'</script>",
        source=digest("script"),
    )
    bundles.export(office.book, office.log, tmp_path / "bundle.zip")
    page = read(browser, address, tmp_path / "bundle.zip")
    page.value("document.getElementById('mine').value = 'onerror'")
    page.value("document.getElementById('mine').form.requestSubmit()")
    page.until("document.getElementById('mine-answer').innerText")
    assert name in page.value("document.getElementById('mine-answer').textContent")
    assert page.value("document.querySelectorAll('#app img, #app script').length") == 0
    assert page.value("document.title") == "留痕核验"


def test_the_page_of_a_site_verifies_the_site(browser: Chromium, year: Year, tmp_path: Path) -> None:
    site = write_files(tmp_path / "site", year.resign({**read_files(year.folder), "verify.html": html()}))

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=site)
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.open(f"http://127.0.0.1:{server.server_port}/verify.html?lang=zh")
        page.value("document.querySelector('button.main').click()")
        page.until(DONE)
        assert page.value("state.report.verdict") == "pass"
        server.shutdown()


def test_every_control_has_a_name_and_the_keyboard_reaches_it(
    browser: Chromium, address: str, year: Year
) -> None:
    page = read(browser, address, year.zip, width=390)
    nameless = page.value(
        "[...document.querySelectorAll('input, select, button, summary')].filter((e) => "
        "!(e.labels?.length || e.innerText?.trim() || e.getAttribute('aria-label'))).map((e) => e.outerHTML)"
    )
    assert nameless == []
    headings = page.value("[...document.querySelectorAll('h1, h2, h3')].map((h) => Number(h.tagName[1]))")
    assert headings[0] == 1 and all(b - a <= 1 for a, b in itertools.pairwise(headings))
    assert page.value("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
    reached = set()
    for _ in range(12):
        page.key("Tab", 9)
        reached.add(page.value("document.activeElement.id || document.activeElement.textContent"))
    assert {"anchor", "mine"} <= reached


def test_contrast_is_enough_in_light_and_dark(browser: Chromium, address: str) -> None:
    page = browser.open(address)
    script = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
    for scheme in ("light", "dark"):
        page.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        low = [(n, b, r) for n, b, r in page.value(script) if r < 4.5]
        assert low == [], scheme


def test_the_tab_answers_while_a_bundle_is_read(browser: Chromium, address: str, year: Year) -> None:
    page = browser.open(address)
    page.choose("#zip", year.zip)
    page.value("new Promise((done) => setTimeout(done, 0))")
    assert page.until(DONE) == "report"

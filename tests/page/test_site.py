"""The site in Chromium: from a folder, from a web server, on a telephone, in the dark, by keyboard."""

from __future__ import annotations

import base64
import functools
import os
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.golang import check_log_folder
from tests.ledger.sites import build, contents
from tests.office import Office
from tests.page.chromium import PROGRAM, Chromium, Page

in_browser = pytest.mark.skipif(PROGRAM is None, reason="no Chromium")
SCRIPT = "<script>document.title='done'</script>"
AXE = os.environ.get("LIUHEN_AXE", "")
"""axe.min.js of npm's axe-core, where somebody has it."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year with names that are scripts."""
    folder = tmp_path_factory.mktemp("site")
    office = Office(folder)
    office.lists()
    office.policy()
    office.plan(task_name=f"管道安全检查{SCRIPT}", objects=SCRIPT)
    office.task(responsible=SCRIPT)
    office.draw()
    office.clock.go("2026-03-10")
    names = [office.visit(subject) for subject in office.drawn()]
    office.publish(names[:2])
    return build(office, folder / "公示 网站").target


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    """The same from a web server."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as one:
        yield one


def pages(site: Path) -> list[str]:
    return [path for path in contents(site) if path.endswith(".html") and path != "verify.html"]


def test_go_reads_the_log_over_http(served: str, site: Path) -> None:
    assert check_log_folder(served) == check_log_folder(site)


@in_browser
def test_every_page_fits_and_runs_nothing(browser: Chromium, site: Path) -> None:
    """From the folder: styled, without a script, nothing wider than a telephone or twice as large."""
    for path in pages(site):
        page = browser.open((site / path).as_uri(), 390, 800)
        assert page.value("getComputedStyle(document.querySelector('header')).borderBottomStyle") == "solid"
        assert page.value("document.scripts.length") == 0
        assert page.value("document.title") != "done"
        for width in (390, 320, 1000):
            page.size(width, 800)
            assert page.value("document.documentElement.scrollWidth") <= width, f"{path} at {width}"


@in_browser
def test_a_name_that_is_a_script_is_shown_as_it_is(browser: Chromium, site: Path) -> None:
    page = browser.open((site / "pages/draw/d1/index.html").as_uri())
    assert SCRIPT in page.value("document.body.innerText")


@in_browser
def test_colours_have_contrast_in_light_and_dark(browser: Chromium, site: Path) -> None:
    page = browser.open((site / "pages/draw/d1/index.html").as_uri())
    for scheme in ("light", "dark"):
        page.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        for selector in ("body", "nav a", "dt", "footer", "caption", "td small"):
            assert _contrast(page, selector) >= 4.5, f"{selector} in {scheme}"


def _contrast(page: Page, selector: str) -> float:
    """The ratio of WCAG 2.2 between the colour of an element and that of the page."""
    colours = page.value(
        f"[getComputedStyle(document.querySelector('{selector}')).color,"
        "getComputedStyle(document.body).backgroundColor]"
        ".map(c => c.match(/[0-9.]+/g).slice(0, 3).map(Number))"
    )

    def light(rgb: list[float]) -> float:
        parts = [v / 255 for v in rgb]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    one, other = sorted(map(light, colours), reverse=True)
    return (one + 0.05) / (other + 0.05)


@in_browser
def test_the_keyboard_alone_leads_to_a_draw_and_back(browser: Chromium, site: Path) -> None:
    page = browser.open((site / "index.html").as_uri())

    def tab_to(end: str) -> None:
        for _ in range(60):
            page.key("Tab", 9)
            if page.value(f"(document.activeElement.href || '').endsWith('{end}')"):
                assert page.value("getComputedStyle(document.activeElement).outlineStyle") == "solid"
                page.key("Enter", 13)
                page.until(f"location.href.endsWith('{end}')")
                page.until("document.readyState === 'complete'")
                return
        raise AssertionError(end)

    page.key("Tab", 9)
    assert page.value("document.activeElement.className") == "skip"
    tab_to("pages/draws.html")
    tab_to("pages/draw/d1/index.html")
    tab_to("pages/en/draw/d1/index.html")
    assert page.value("document.documentElement.lang") == "en"
    tab_to("pages/en/index.html")


@in_browser
def test_pages_print(browser: Chromium, site: Path) -> None:
    page = browser.open((site / "pages/draw/d1/index.html").as_uri())
    page.send("Emulation.setEmulatedMedia", media="print")
    assert page.value("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert base64.b64decode(page.send("Page.printToPDF")["data"]).startswith(b"%PDF")


@in_browser
def test_the_site_verifies_itself_in_its_page(browser: Chromium, served: str) -> None:
    page = browser.open(f"{served}/index.html")
    page.value("document.querySelector('a.button').click()")
    page.until("location.href.endsWith('verify.html') && !!document.querySelector('button.main')")
    page.value("document.querySelector('button.main').click()")
    page.until("!!document.querySelector('.verdict')")
    assert page.value("document.querySelector('.verdict').className").split() == ["verdict", "pass"]


@in_browser
@pytest.mark.skipif(not AXE, reason="LIUHEN_AXE names no axe.min.js (npm install axe-core)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Chromium, site: Path, scheme: str) -> None:
    source = Path(AXE).read_text("utf-8")
    found = []
    for path in pages(site):
        page = browser.open((site / path).as_uri(), 390, 800)
        page.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        page.value(f"{source};0")
        tags = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']"
        told = page.value(
            f"axe.run({{runOnly: {tags}}})"
            ".then(r => r.violations.map(v => v.impact + ' ' + v.id + ' ' + v.nodes[0].html))"
        )
        found += [f"{path}: {one}" for one in told]
    assert found == []

"""Sites built in tests: of an office, checked as a reader would, and compared byte by byte."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path, PurePosixPath

from cli.commands.site import LANGUAGES
from ledger.commands import visits
from ledger.commands.sites import build_site
from ledger.site.build import Built
from ledger.site.draw_page import draw_pages
from ledger.site.figure_page import figures
from ledger.site.pages import common, single
from ledger.site.plan_page import plan_page, plans
from ledger.site.public import PublicFacts
from ledger.site.render import Renderer
from tests.office import Office, digest
from verifier import facts as f
from verifier.bundle import open_bundle
from verifier.facts import Facts
from verifier.replay import verify_bundle
from verifier.report import Anchors, Status


def build(office: Office, target: Path, *, receipts: bool = False, anew: bool = False) -> Built:
    return build_site(office.book, office.log, target, LANGUAGES, receipts=receipts, anew=anew)


def contents(target: Path) -> dict[str, bytes]:
    """Path → bytes of every file below a folder."""
    return {
        path.relative_to(target).as_posix(): path.read_bytes()
        for path in sorted(target.rglob("*"))
        if path.is_file()
    }


def faults(target: Path) -> list[str]:
    """The rules that fail when the site is verified as the bundle it is."""
    with open_bundle(target) as bundle:
        report = verify_bundle(bundle, Anchors(), workers=1)
    return sorted({check.rule for check in report.checks if check.status is Status.FAIL})


def attach(office: Office, count: int = 1) -> None:
    """Entries that no page speaks of."""
    for n in range(count):
        visits.attach(office.book, office.clerk, f"照片{n}", digest(f"照片{n}"), n)


def rendered(facts: Facts) -> dict[str, bytes]:
    """Every page that rests on facts alone, in both languages."""
    public = PublicFacts(facts)
    renderer = Renderer(LANGUAGES, common(public))
    pages = [plans(public), figures(public), *(page for _, page in single(public))]
    pages += [plan_page(public, name) for name, _ in public.rows(f.PLANS)]
    for name, _ in public.rows(f.DRAWS):
        pages += draw_pages(public, name)
    return dict(pair for page in pages for pair in renderer.write(page))


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.found.append(value)
            if name == "id" and value:
                self.ids.add(value)


def broken_links(target: Path) -> list[str]:
    """Links of the pages that leave the site or lead nowhere."""
    broken = []
    for page in [target / "index.html", *(target / "pages").rglob("*.html")]:
        seen = _Links()
        seen.feed(page.read_text("utf-8"))
        for link in seen.found:
            path, _, mark = link.partition("#")
            there = (page.parent / PurePosixPath(path)).is_file() if path else mark in seen.ids
            if link != "data:," and (":" in link or link.startswith("/") or not there):
                broken.append(f"{page.relative_to(target)}: {link}")
    return broken

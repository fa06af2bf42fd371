"""Sites built in tests: of an office, checked as a reader would, and compared byte by byte."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path, PurePosixPath

from cli.commands.site import LANGUAGES
from ledger.commands.sites import build_site
from ledger.site.build import Built
from tests.office import Office
from verifier.bundle import open_bundle
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

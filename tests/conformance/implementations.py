"""Our implementations behind one question: the Python verifier, the page under node and in Chromium."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conformance.answer import Answer
from tests.page.both import ask_page
from tests.page.chromium import Chromium, Page
from verifier.bundle import open_bundle
from verifier.errors import Malformed
from verifier.page.build import core
from verifier.replay import verify_bundle
from verifier.report import read_anchors


@dataclass(frozen=True)
class Question:
    """A bundle and the options of `verify-bundle`."""

    file: Path
    options: tuple[str, ...] = ()

    def told(self) -> argparse.Namespace:
        return parser().parse_args([*self.options, str(self.file)])

    def job(self) -> dict[str, Any]:
        """The question as the page's core takes it."""
        told = self.told()
        anchors = [{"kind": "head", "value": told.head}] if told.head else []
        anchors += [{"kind": "id", "value": told.id}] if told.id else []
        anchors += [{"kind": "cosigned", "value": one} for one in told.cosigner]
        return {"bundle": str(self.file), "anchors": anchors, **({"asOf": told.as_of} if told.as_of else {})}


def parser() -> argparse.ArgumentParser:
    """`verify-bundle [--as-of DATE] [--head SIZE:ROOT] [--id HEX] [--cosigner VKEY] FILE`."""
    made = argparse.ArgumentParser(prog="verify-bundle", allow_abbrev=False)
    made.add_argument("file", type=Path)
    for name in ("--as-of", "--head", "--id"):
        made.add_argument(name)
    made.add_argument("--cosigner", action="append", default=[])
    return made


def ask_python(question: Question) -> Answer:
    """What the Python verifier says."""
    told = question.told()
    try:
        with open_bundle(question.file) as bundle:
            anchors = read_anchors(told.id, told.head, told.cosigner)
            report = verify_bundle(bundle, anchors, as_of=told.as_of, workers=1)
    except Malformed:
        return Answer("refused")
    return Answer.of(report.verdict.value, [(check.rule, check.status.value) for check in report.checks])


def _of_page(said: dict[str, Any]) -> Answer:
    if "checks" not in said:
        return Answer("refused") if "refused" in said else Answer(f"crash: {said}")
    return Answer.of(said["verdict"], [(check["rule"], check["status"]) for check in said["checks"]])


def ask_node(folder: Path, questions: Iterable[Question], **more: Any) -> list[Answer]:
    """What the page says under node, one process for all; `more` goes into every job."""
    return [_of_page(said) for said in ask_page(folder, [{**one.job(), **more} for one in questions])]


HARNESS = """<!doctype html><meta charset="utf-8"><title>conformance</title><input type="file" multiple>
<script>%s
async function ask(place, told) {
  webCrypto.use = told.webcrypto;
  try {
    const file = document.querySelector('input').files[place];
    const { verdict, checks } = await new BundleCheck(await fromZip(file, () => {}), told).run();
    return { verdict, checks: checks.map(({ rule, status }) => ({ rule, status })) };
  } catch (e) {
    return e instanceof Refused ? { refused: e.code } : { crash: String(e.stack) };
  }
}
</script>"""


class Tab:
    """The page's core in a tab of a headless Chromium."""

    def __init__(self, browser: Chromium, folder: Path) -> None:
        place = folder / "harness.html"
        place.write_text(HARNESS % core(), encoding="utf-8")
        self._page: Page = browser.open(place.as_uri())

    def has_webcrypto(self) -> bool:
        return bool(self._page.value("Boolean(crypto.subtle) && webCryptoWorks()"))

    def ask(self, questions: Sequence[Question], webcrypto: bool) -> list[Answer]:
        """What it says with WebCrypto or with the fallback."""
        self._page.choose("input", *[question.file for question in questions])
        told = [json.dumps({**question.job(), "webcrypto": webcrypto}) for question in questions]
        return [_of_page(self._page.value(f"ask({place}, {one})")) for place, one in enumerate(told)]

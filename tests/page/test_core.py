"""The page is a second implementation of the law: of honest, forged and damaged material it says the same."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest

import tests.forgeries  # noqa: F401 - fills the table
from tests.bundles import read_files, write_files
from tests.forgery import FORGERIES, Forged, Stories
from tests.page.behind import BEHIND
from tests.page.both import NODE, ask_page, ask_python, differences, job_of
from verifier.bundle import open_bundle
from verifier.errors import Malformed
from verifier.page import build
from verifier.page.build import core, html, tables
from verifier.replay import verify_bundle
from verifier.report import Anchors, Verdict

needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed")


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Stories:
    return Stories(tmp_path_factory.mktemp("stories"))


@needs_node
def test_the_page_says_the_same_of_every_forgery(stories: Stories, tmp_path: Path) -> None:
    forged = [row.forge(stories) for row in FORGERIES]
    answers = ask_page(tmp_path, [job_of(one) for one in forged])
    found = {
        f"{row.rule}: {row.deed}": differences(answer, ask_python(one))
        for row, one, answer in zip(FORGERIES, forged, answers, strict=True)
    }
    assert {name: difference for name, difference in found.items() if difference} == {}


@needs_node
def test_the_page_says_the_same_of_honest_ledgers(stories: Stories, tmp_path: Path) -> None:
    tellers = (
        stories.year,
        stories.drawn,
        stories.sealed_year,
        stories.unsealed_year,
        stories.corrected,
        stories.cosigned,
    )
    honest = [Forged(teller().whole().raw) for teller in tellers]
    year = stories.bundles()
    honest += [Forged(bundle=place) for place in (year.folder, year.zip, year.inspector)]
    answers = ask_page(tmp_path, [job_of(one) for one in honest])
    for one, answer in zip(honest, answers, strict=True):
        assert differences(answer, ask_python(one)) == {}


@needs_node
def test_without_webcrypto_the_verdict_is_the_same(stories: Stories, tmp_path: Path) -> None:
    chosen = [row.forge(stories) for row in FORGERIES[::9]] + [Forged(bundle=stories.bundles().zip)]
    fast = ask_page(tmp_path, [job_of(one) for one in chosen])
    slow = ask_page(tmp_path, [job_of(one, webcrypto=False) for one in chosen])
    assert fast == slow


def flips(year: dict[str, bytes], count: int) -> list[dict[str, bytes]]:
    """Bundles with one byte changed, each in another file of the year where there are enough."""
    dice = random.Random(5)
    paths = sorted(path for path, data in year.items() if data)
    damaged = []
    for n in range(count):
        path = paths[n % len(paths)]
        data = bytearray(year[path])
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        damaged.append({**year, path: bytes(data)})
    return damaged


def by_python(folder: Path) -> str:
    """The verdict, or `refused`."""
    try:
        bundle = open_bundle(folder)
        try:
            return verify_bundle(bundle, Anchors(), workers=1).verdict.value
        finally:
            bundle.close()
    except Malformed:
        return "refused"


def agree_on_flips(stories: Stories, folder: Path, count: int) -> None:
    damaged = flips(read_files(stories.bundles().inspector), count)
    places = [write_files(folder / str(n), files) for n, files in enumerate(damaged)]
    answers = ask_page(folder, [{"bundle": str(place)} for place in places])
    page = [
        answer.get("verdict") or ("refused" if "refused" in answer else answer["crash"]) for answer in answers
    ]
    assert page == [by_python(place) for place in places]
    assert Verdict.PASS.value not in page


@needs_node
def test_a_flipped_byte_is_never_a_pass(stories: Stories, tmp_path: Path) -> None:
    agree_on_flips(stories, tmp_path, 40)


@needs_node
@pytest.mark.slow
def test_a_thousand_flipped_bytes_are_never_a_pass(stories: Stories, tmp_path: Path) -> None:
    agree_on_flips(stories, tmp_path, 1000)


@needs_node
def test_a_zip_that_is_cut_or_packed_otherwise_is_refused(stories: Stories, tmp_path: Path) -> None:
    whole = stories.bundles().zip.read_bytes()
    cases = {
        "cut-zip": whole[: len(whole) // 2],
        "not-a-zip": b"<!doctype html>" + whole,
        "damaged-zip": whole.replace(b"liuhen/files/1", b"liuhen/files/2", 1),
        "zip-form": whole.replace(b"PK\x01\x02\x0a\x00", b"PK\x01\x02\x14\x00", 1),
    }
    for name, data in cases.items():
        (tmp_path / name).write_bytes(data)
    answers = ask_page(tmp_path, [{"bundle": str(tmp_path / name)} for name in cases])
    assert [answer.get("refused") for answer in answers] == list(cases)


@needs_node
def test_the_page_knows_every_type_of_event(tmp_path: Path) -> None:
    script = tmp_path / "core.js"
    script.write_text(
        core() + "\nconsole.log(JSON.stringify([...TYPES.keys()].filter((t) => !ACTS.has(t))));"
    )
    assert NODE is not None
    said = subprocess.run([NODE, str(script)], capture_output=True, text=True, check=True).stdout
    missing = [name for name in json.loads(said) if name not in BEHIND]
    assert missing == [], (
        "give these types rules in verifier/page/core/law, or name them in tests/page/behind.py"
    )


def test_the_page_is_one_file_that_loads_nothing() -> None:
    text = html().decode()
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "import(",
        'src="',
        "http://",
    ):
        assert word not in text, word
    assert text.count("https://") == 0
    assert html() == html.__wrapped__()


def test_sources_are_small() -> None:
    kinds = (".js", ".css", ".html", ".py")
    sources = [p for p in Path(build.__file__).parent.rglob("*.*") if p.suffix in kinds]
    assert len(sources) > 20
    assert {p.name for p in sources if len(p.read_text(encoding="utf-8").splitlines()) >= 400} == set()


def test_the_tables_of_the_page_are_those_of_the_specification() -> None:
    told = tables()
    events = told["events"]
    assert isinstance(events, dict)
    assert events["draw.frozen"]["by"] == ["clerk"]
    assert ("draw", "id", False) in events["draw.frozen"]["keys"]
    assert events["visit.recorded"]["private"]["owner"] == "visit/<visit>"

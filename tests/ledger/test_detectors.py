"""The catalogue of detectors is whole: each runs, says the same in two languages, and is tried both ways."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from ledger.audit import detectors as package
from ledger.audit.audit import examine
from ledger.audit.detectors.doubt import RUN, WEIGHTS, Detector, detectors, thresholds
from ledger.county import read
from tests.office import Office

HERE = Path(__file__).parent
REQUIREMENTS = (HERE.parents[1] / "specs" / "requirements.md").read_text("utf-8")
SOURCES = "".join(path.read_text("utf-8") for path in Path(package.__path__[0]).glob("*.py"))
TESTS = "".join(path.read_text("utf-8") for path in HERE.glob("test_detectors_*.py"))
every_detector = pytest.mark.parametrize("held", detectors().values(), ids=lambda held: held.id)


def named(words: str) -> set[str]:
    """The values that stand in a sentence."""
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def test_every_detector_of_the_catalogue_runs_and_no_other() -> None:
    assert RUN.keys() == detectors().keys()


@every_detector
def test_a_detector_says_the_same_in_both_languages(held: Detector) -> None:
    assert held.weight in WEIGHTS
    for variant, (zh, en) in held.found.items():
        assert named(zh) == named(en) != set(), variant
    for zh, en in (held.title, held.ask, held.harmless, held.chance):
        assert re.search(r"[\u4e00-\u9fff]", zh) and re.search("[a-z]{3}", en)


@every_detector
def test_a_detector_names_a_requirement_or_a_law(held: Detector) -> None:
    rows = set(re.findall(r"\bR\d{3}\b", held.basis))
    assert all(f"| {row} |" in REQUIREMENTS for row in rows) and (
        rows or "〔" in held.basis or "《" in held.basis
    )


@every_detector
def test_every_threshold_is_asked_and_every_detector_has_cases(held: Detector) -> None:
    for one in held.thresholds:
        parameter = one.name.removeprefix(held.id + ".")
        assert re.search(rf'[".]{parameter}"', SOURCES), one.name
    assert f'"{held.id}"' in TESTS


@pytest.mark.parametrize("limit", [0, 10**6])
def test_thresholds_at_both_ends_of_what_a_policy_may_say_are_no_fault(limit: int, tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.year()
    office.book.close()
    told = examine(read(office.book.store.path), chosen=dict.fromkeys(thresholds(), limit))
    assert len(told.asked) == len(detectors())
    assert {doubt.detector for doubt in told.doubts} >= ({"subject.capped"} if not limit else set())

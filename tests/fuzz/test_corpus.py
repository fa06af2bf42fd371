"""The corpus in the repository, through every parser, within the limits of specs/reliability.md."""

from __future__ import annotations

import sys
import time

import pytest

from tests.fuzz import artefacts
from tests.fuzz.corpus import CORPUS, LARGEST, inputs
from tests.fuzz.guard import judge
from tests.fuzz.targets import TARGETS, Broken, Target
from verifier.errors import Malformed


@pytest.fixture(scope="module", autouse=True)
def year() -> None:
    """Played before a parser's time runs: several of them need it."""
    artefacts.year()


@pytest.mark.parametrize("name", TARGETS)
def test_what_fuzzing_found_is_read_or_refused(name: str) -> None:
    files = inputs(name)
    assert files, f"no corpus: python -m tests.fuzz --minimise {name}"
    found = {path.name: fault for path in files if (fault := judge(TARGETS[name], path.read_bytes()))}
    assert not found


def test_the_corpus_stays_small() -> None:
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert {path.parent.name for path in files} == set(TARGETS)
    assert len(files) <= 400
    assert sum(path.stat().st_size for path in files) < 1_000_000
    assert all(path.stat().st_size <= 2 * LARGEST for path in files)


def _hang(_: bytes) -> None:
    while True:
        time.sleep(0.01)


def _hoard(_: bytes) -> None:
    bytearray(100 << 20)


def _stray(_: bytes) -> None:
    raise KeyError("stray")


def _lossy(_: bytes) -> None:
    raise Broken("another spelling")


def _swallow(_: bytes) -> None:
    try:
        time.sleep(5)
    except Exception as error:
        raise Malformed("E-X", "x") from error


@pytest.mark.skipif(sys.platform == "win32", reason="no alarm there")
@pytest.mark.parametrize(
    ("parser", "told"),
    [
        (_hang, "not done after"),
        (_swallow, "not done after"),
        (_hoard, "bytes"),
        (_stray, "KeyError"),
        (_lossy, "oracle"),
    ],
)
def test_a_parser_that_hangs_hoards_or_raises_something_else_is_seen(parser: object, told: str) -> None:
    broken = Target(parser, list)  # type: ignore[arg-type]
    assert told in judge(broken, b"", seconds=3 if parser is _hoard else 0.2)


def test_a_refusal_is_no_fault() -> None:
    def refuse(_: bytes) -> None:
        raise Malformed("E-X", "x")

    assert judge(Target(refuse, list), b"") == ""

"""Every rule against the one who could break it: exactly that rule says so, where the lie stands."""

from __future__ import annotations

from pathlib import Path

import pytest

import tests.forgeries
from tests.forgery import FORGERIES, NOT_FORGED, Forged, Forgery, Stories, table
from verifier.bundle import open_bundle
from verifier.errors import Exit
from verifier.merkle import leaf_hash, root
from verifier.replay import verify_bundle, verify_entries
from verifier.report import Anchors, Report, Status
from verifier.rules import rules

SPEC = Path(__file__).parents[2] / "specs" / "forgeries.md"
EXITS = {"fail": Exit.FAIL, "warn": Exit.PASS, "inconclusive": Exit.INCONCLUSIVE}


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Stories:
    return Stories(tmp_path_factory.mktemp("stories"))


def verified(forged: Forged) -> Report:
    if forged.bundle is None:
        held = {one.commitment: (one.salt, one.value) for one in forged.openings}
        return verify_entries(forged.raw, "forged", held.get, as_of=forged.as_of)
    bundle = open_bundle(forged.bundle)
    try:
        return verify_bundle(bundle, Anchors(), as_of=forged.as_of, workers=1)
    finally:
        bundle.close()


@pytest.mark.parametrize("row", FORGERIES, ids=lambda row: f"{row.rule}: {row.deed}")
def test_exactly_the_rule_that_was_broken_is_red_where_the_lie_stands(row: Forgery, stories: Stories) -> None:
    forged = row.forge(stories)
    report = verified(forged)
    bad = [c for c in report.checks if c.status in (Status.FAIL, Status.WARN, Status.INCONCLUSIVE)]
    assert {(c.rule, c.status.value) for c in bad} == {(row.rule, row.status)}, bad
    assert all(c.location.entry == forged.seq for c in bad if forged.seq is not None), bad
    assert all(c.location.file == forged.file for c in bad if forged.file is not None), bad
    assert report.exit is EXITS[row.status]


def test_every_rule_of_the_catalogue_has_a_forgery_or_a_reason() -> None:
    forged = {row.rule for row in FORGERIES}
    assert forged | NOT_FORGED.keys() == rules().keys()
    assert not forged & NOT_FORGED.keys()
    assert tests.forgeries.__all__


def test_the_table_of_the_specification_is_that_of_the_tests() -> None:
    assert SPEC.read_text(encoding="utf-8") == table(), "run: python -m tests.forgeries > specs/forgeries.md"


def test_honest_chains_are_without_a_finding(stories: Stories) -> None:
    for story in (
        stories.year(),
        stories.drawn(),
        stories.sealed_year(),
        stories.unsealed_year(),
        stories.corrected(),
        stories.careful(),
        stories.cosigned(),
        stories.drawn("balls", public="balls:6"),
        stories.exhausted(),
        stories.filled(),
    ):
        report = verify_entries(story.whole().raw, "honest")
        assert {c.status for c in report.checks} <= {Status.PASS, Status.NA, Status.NOT_DUE}


def test_a_stamp_over_a_head_that_was_is_accepted(stories: Stories) -> None:
    forger = stories.year().whole()
    head = root([leaf_hash(raw) for raw in forger.raw[:5]])
    data = {"size": 5, "root": head, "authority": "授时中心", "token": bytes(32)}
    forger.append(stories.year().office.admin, "head.stamped", data, "heads")
    report = verify_entries(forger.raw, "stamped")
    assert {c.status for c in report.checks if c.rule == "log.cosigners"} == {Status.PASS}

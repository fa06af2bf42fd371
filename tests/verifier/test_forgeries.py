"""Every rule against the one who could break it: exactly that rule says so, where the lie stands."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

import tests.forgeries
from tests.forgeries.__main__ import table
from tests.forgeries.honest import GREEN, NEVER_DONE, PLAYED
from tests.forgery import FORGERIES, Forged, Forgery, Stories
from verifier.bundle import open_bundle
from verifier.errors import Exit
from verifier.merkle import leaf_hash, root
from verifier.replay import verify_bundle, verify_entries
from verifier.report import Anchors, Report, Status
from verifier.rules import rules

SPEC = Path(__file__).parents[2] / "specs" / "forgeries.md"
EXITS = {"fail": Exit.FAIL, "warn": Exit.PASS, "inconclusive": Exit.INCONCLUSIVE, "not_due": Exit.PASS}
RED = (Status.FAIL, Status.WARN, Status.INCONCLUSIVE)


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Stories:
    return Stories(tmp_path_factory.mktemp("stories"))


def verified(forged: Forged) -> Report:
    if forged.bundle is None:
        held = {one.commitment: (one.salt, one.value) for one in forged.openings}
        return verify_entries(forged.raw, "forged", held.get, as_of=forged.as_of)
    bundle = open_bundle(forged.bundle)
    try:
        return verify_bundle(bundle, Anchors(stamps=forged.stamps), as_of=forged.as_of, workers=1)
    finally:
        bundle.close()


@pytest.mark.parametrize("row", FORGERIES, ids=lambda row: f"{row.rule}: {row.deed}")
def test_exactly_the_rule_that_was_broken_is_red_where_the_lie_stands(row: Forgery, stories: Stories) -> None:
    forged = row.forge(stories)
    report = verified(forged)
    bad = [c for c in report.checks if c.status in RED]
    if row.status == "not_due":
        assert not bad
        bad = [c for c in report.checks if c.rule == row.rule]
    assert {(c.rule, c.status.value) for c in bad} == {(row.rule, row.status)}, bad
    assert all(c.location.entry == forged.seq for c in bad if forged.seq is not None), bad
    assert all(c.location.file == forged.file for c in bad if forged.file is not None), bad
    assert report.exit is EXITS[row.status]


def lacking(red: Iterable[str], green: Iterable[str]) -> list[str]:
    """What the rules of the catalogue lack: a red example, a green one; and examples of no rule."""
    found = [f"{rule}: no red example" for rule in rules().keys() - set(red)]
    found += [f"{rule}: no green example" for rule in rules().keys() - set(green)]
    found += [f"{rule}: no rule" for rule in {*red, *green} - rules().keys()]
    return sorted(found)


def test_every_rule_of_the_catalogue_has_a_red_and_a_green_example() -> None:
    assert lacking((row.rule for row in FORGERIES), GREEN) == []
    assert tests.forgeries.__all__


def test_a_rule_without_a_red_or_a_green_example_is_named() -> None:
    red = {row.rule for row in FORGERIES}
    assert lacking(red - {"draw.seed"}, GREEN) == ["draw.seed: no red example"]
    assert lacking(red, GREEN.keys() - {"draw.seed"}) == ["draw.seed: no green example"]
    assert lacking(red | {"draw.dreamt"}, GREEN) == ["draw.dreamt: no rule"]


def not_green(report: Report, wanted: Iterable[str]) -> list[str]:
    """The rules that a history does not pass, or passes without having been asked."""
    found = {rule: {c.status for c in report.checks if c.rule == rule} for rule in wanted}
    fine = {
        rule: seen == {Status.PASS}
        or (rule in NEVER_DONE and seen == {Status.NOT_DUE} and report.asked[rule] > 1)
        for rule, seen in found.items()
    }
    return sorted(rule for rule in fine if not fine[rule] or not report.asked.get(rule))


@pytest.mark.parametrize("name", PLAYED)
def test_an_honest_history_asks_its_rules_and_passes_them(name: str, stories: Stories) -> None:
    play = PLAYED[name].play
    assert play is not None
    report = verified(play(stories))
    wanted = [rule for rule, used in GREEN.items() if used == name]
    assert wanted, "a history that serves no rule"
    assert not_green(report, wanted) == []
    assert [c for c in report.checks if c.status in RED] == []


def test_a_rule_that_is_red_or_never_asked_is_no_green_example(stories: Stories) -> None:
    forged = next(row for row in FORGERIES if row.rule == "draw.results").forge(stories)
    assert not_green(verified(forged), ["draw.results", "draw.seed"]) == ["draw.results"]
    play = PLAYED["year"].play
    assert play is not None
    assert not_green(verified(play(stories)), ["list.tags", "draw.seed"]) == ["list.tags"]


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

"""The simulated county: both ledgers verify, and what was planted is there to be found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.audit.audit import examine
from ledger.audit.detectors.doubt import Doubt
from ledger.audit.trail import place
from ledger.book import Book
from ledger.county import read as read_office
from tests.county.__main__ import LEDGER, verified
from tests.county.cheats import PLANTED, Cheating, Found
from tests.county.county import FULL, SMALL, County, Scale
from verifier import facts as f
from verifier.entry import Entry
from verifier.facts import MemoryFacts
from verifier.law.judge import Judge
from verifier.report import Status, Verdict


@dataclass(frozen=True)
class Played:
    """Both counties of one scale, in `folder`."""

    folder: Path
    honest: County
    cheat: Cheating


def play(folder: Path, scale: Scale) -> Played:
    honest = County.played(folder / "honest", scale)
    cheat = Cheating.played(folder / "cheat", scale)
    assert isinstance(cheat, Cheating)
    return Played(folder, honest, cheat)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play(tmp_path_factory.mktemp("county"), SMALL)


@dataclass(frozen=True)
class Read:
    """A ledger as anybody can read it: its entries, and the facts at its head."""

    entries: list[Entry]
    facts: f.Facts

    def data(self, seqs: tuple[int, ...], kind: str) -> list[f.Data]:
        return [dict(self.entries[seq].body.data) for seq in seqs if self.entries[seq].body.type == kind]

    def draw(self, name: str) -> f.Draw:
        held = self.facts.get(f.DRAWS, name)
        assert held is not None
        return held


def read(folder: Path) -> Read:
    facts = MemoryFacts()
    with Book.open(folder / LEDGER, read_only=True) as book:
        judge = Judge(facts, book.open_private)
        entries = list(book.entries())
        for one in entries:
            judge.judge(one)
    return Read(entries, facts)


def hidden(county: Read, found: Found) -> bool:
    """The row changed before the freeze, changed back after; its ticket comes before the cut."""
    (name,), (subject,) = found.draws, found.subjects
    draw, frozen = county.draw(name), county.facts.get(f.FROZEN, name)
    out, back = found.entries
    assert frozen is not None
    return out < draw.seq < draw.executed < back and bool(place(draw, frozen, "all", subject).drawn)


def narrow(county: Read, found: Found) -> bool:
    (stratum,) = county.draw(found.draws[0]).question["strata"]
    return 0 < stratum["n"] <= 9 and 2 * stratum["k"] >= stratum["n"]


def halved(county: Read, found: Found) -> bool:
    """Fewer than half of the 科室 could be chosen at the freeze."""
    frozen = county.facts.get(f.FROZEN, found.draws[0])
    assert frozen is not None
    away = {officer for officer, _ in frozen.absences}
    unit = found.officers[0].partition("-")[0]
    able = {name for name, department, _ in frozen.officers if department == unit} - away
    return len(able) * 2 < len(found.officers) + len(able) and away.isdisjoint(able)


def repeated(county: Read, found: Found) -> bool:
    """Aborted after every random number was opened, but for the last, which spared the protected."""
    *before, last = (county.draw(name) for name in found.draws)
    spared = county.facts.get(f.TEAMS, f"{found.draws[-1]}/{found.subjects[0]}") is None
    opened = all(draw.state == "aborted" and len(draw.reveals) == len(draw.parties) for draw in before)
    return opened and last.state == "executed" and spared


def led_to_one(county: Read, found: Found) -> bool:
    changes = [data["change"] for data in county.data(found.entries, "draw.replaced")]
    return len(changes) >= 3 and {change["substitute"] for change in changes} == {found.plant.officer}


def met_nobody(county: Read, found: Found) -> bool:
    records = county.data(found.entries, "visit.recorded")
    led = all(found.plant.officer in data["officers"] and data["results"] == ["10"] for data in records)
    return len(records) >= 3 and led


def bulk(county: Read, found: Found) -> bool:
    """Every result of the draw within a minute or two, at night, in the same words."""
    times = [county.entries[seq].body.time for seq in found.entries]
    words = {str(data["items"]) for data in county.data(found.entries, "visit.recorded")}
    return (
        len(times) >= 8 and min(times)[11:] > "22" and min(times)[:13] == max(times)[:13] and len(words) == 1
    )


def selective(county: Read, found: Found) -> bool:
    """Results with problems came out a month after the visit and later."""
    of = {county.entries[seq].body.data["visit"] for seq in found.entries}
    held = [visit for name, visit in county.facts.rows(f.VISITS) if name in of]
    return len(held) >= 3 and all(visit.published > visit.data["occurred"][:10] for visit in held)


def whitewashed(county: Read, found: Found) -> bool:
    changed = [d["new"] for d in county.data(found.entries, "corrected") if d["field"] == "results"]
    back = county.data(found.entries, "clock.corrected")
    return len(back) == 1 and changed == [["01"]] * len(found.subjects) and len(changed) >= 2


SHOWN: Mapping[str, Callable[[Read, Found], bool]] = {
    "lists.before-freeze": hidden,
    "pool.narrow": narrow,
    "officers.halved": halved,
    "draw.repeated": repeated,
    "replacement.concentrated": led_to_one,
    "contact.concentrated": met_nobody,
    "result.bulk": bulk,
    "result.night": bulk,
    "result.same-words": bulk,
    "publication.late": selective,
    "publication.selective": selective,
    "correction.after-publication": whitewashed,
    "clock.corrected": whitewashed,
}
"""How the facts of a plant are seen in the ledger, by detector."""


def due(scale: Scale) -> set[object]:
    """The plants whose year and draw this scale has."""
    years = {str(year) for year in range(scale.first, scale.first + scale.years)}
    return {
        plant
        for plant in PLANTED
        if (not plant.draw or (plant.draw[1:5] in years and int(plant.draw[6:]) <= scale.draws))
        and (not plant.year or str(plant.year) in years)
    }


CHANCE = {"lists.left-before-freeze": 5, "subject.capped": 10, "check.before-draw": 3}
"""The doubts that an honest county may raise, by detector; all others stay silent. Enterprises that close in
the week before a freeze for good and would have been drawn: about one in five years of 200 draws (m×r of the
catalogue; more than five in fewer than one of a thousand counties). Enterprises drawn too often: one sum a
year, and those of a small list of which some are drawn four times. Enterprises checked on a complaint and
then drawn: hardly any of a large list."""
NEEDS_YEARS = {"replacement.concentrated", "contact.concentrated"}
"""Detectors by tests of chance, for which the visits of a small year are too few."""


def doubts(folder: Path) -> tuple[Doubt, ...]:
    return examine(read_office(folder / LEDGER)).doubts


def shows(doubt: Doubt, found: Found) -> bool:
    """Whether a doubt is about what was planted: its draw or entries, else its person."""
    plant = found.plant
    if doubt.detector != plant.detector:
        return False
    if set(found.entries) & set(doubt.entries):
        return True
    names = {*found.draws, *found.subjects} if plant.draw else {plant.officer, plant.holder}
    return bool(names & set(doubt.about))


def unseen(folder: Path, planted: list[Found]) -> set[str]:
    """The detectors of plants that no doubt shows."""
    held = doubts(folder)
    return {one.plant.detector for one in planted if not any(shows(doubt, one) for doubt in held)}


def beyond_chance(folder: Path) -> dict[str, int]:
    """Detectors with more doubts than honest chance gives."""
    counts = Counter(doubt.detector for doubt in doubts(folder))
    return {name: n for name, n in counts.items() if n > CHANCE.get(name, 0)}


def failures(folder: Path) -> set[str]:
    report = verified(folder)
    assert report.verdict is Verdict.PASS
    return {check.rule for check in report.checks if check.status is Status.WARN}


def test_all_eight_kinds_are_planted_and_each_has_its_detector() -> None:
    assert {plant.kind for plant in PLANTED} == set(range(1, 9))
    assert {plant.detector for plant in PLANTED} == SHOWN.keys()


def test_the_honest_county_verifies_without_a_remark(small: Played) -> None:
    assert failures(small.folder / "honest") == set()


def test_the_cheating_county_verifies_too_as_everything_in_it_is_allowed(small: Played) -> None:
    """Of eight kinds of cheating verification remarks on three."""
    assert failures(small.folder / "cheat") == {"draw.choice", "draw.outcomes", "result.deadline"}


def test_everything_planted_stands_in_the_ledger(small: Played) -> None:
    county = read(small.folder / "cheat")
    assert {found.plant for found in small.cheat.planted} == due(SMALL)
    missing = [found for found in small.cheat.planted if not SHOWN[found.plant.detector](county, found)]
    assert missing == []


def test_the_audit_finds_what_was_planted(small: Played) -> None:
    assert unseen(small.folder / "cheat", small.cheat.planted) <= NEEDS_YEARS


def test_the_audit_is_quiet_about_the_honest_county(small: Played) -> None:
    assert beyond_chance(small.folder / "honest") == {}


def test_the_same_county_is_played_twice_to_the_same_byte(small: Played, tmp_path: Path) -> None:
    County.played(tmp_path / "again", SMALL)
    assert read(tmp_path / "again").entries[-1].raw == read(small.folder / "honest").entries[-1].raw


@pytest.mark.slow
def test_five_years_of_the_whole_county(tmp_path: Path) -> None:
    whole = play(tmp_path, FULL)
    for name in ("honest", "cheat"):
        failures(whole.folder / name)
    county = read(whole.folder / "cheat")
    assert {found.plant for found in whole.cheat.planted} == due(FULL)
    missing = [found for found in whole.cheat.planted if not SHOWN[found.plant.detector](county, found)]
    assert missing == []
    assert unseen(whole.folder / "cheat", whole.cheat.planted) == set()
    assert beyond_chance(whole.folder / "honest") == {}

"""Who coordinates the offices reads the bundles of all five years: 司法局 (S2), 领导小组办公室 (S3)."""

from __future__ import annotations

import shutil
from collections import defaultdict
from datetime import date
from itertools import combinations
from typing import Any

import openpyxl
import pytest

from tests.office import Clock, made_up_code
from tests.years.conftest import Played
from tests.years.office_year import Machine, OfficeYear
from tests.years.test_s0 import COMPLAINED, Pingluo
from tests.years.test_s1 import OWN, Yangcheng
from tests.years.test_s2 import Ningan
from tests.years.test_s3 import Naiman
from tests.years.test_s4 import Ningjin

TODAY = "2024-01-20"
VERIFICATION, FIGURES, FILED, UNPUBLISHED, TOO_OFTEN, BY_SEVERAL, POINTS = range(7)
DRAWS = {
    Pingluo: ("guandao-d1", "chengpinliang-d1", "anquan-d1"),
    Yangcheng: ("liangshi-d1", "jieneng-d1"),
    Ningjin: ("weihua-d1", "gongmao-d1", "zhongda-d1", "xiaofang-d1"),
}
"""The draws of 2023."""


@pytest.fixture(scope="module")
def years(played: Played) -> dict[type[OfficeYear], OfficeYear]:
    return {kind: played(kind) for kind in (Pingluo, Yangcheng, Ningan, Naiman, Ningjin)}


@pytest.fixture(scope="module")
def desk(years: dict[type[OfficeYear], OfficeYear], tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A computer with the five bundles and no ledger."""
    machine = Machine(tmp_path_factory.mktemp("county"), Clock(TODAY))
    bundles = machine.folder / "各部门 核验包"
    bundles.mkdir()
    for kind, year in years.items():
        shutil.copy(year.bundle, bundles / f"{kind.__name__}.zip")
    return machine


@pytest.fixture(scope="module")
def read(desk: Machine) -> dict[int, list[Any]]:
    """The tables of `county` by year asked for."""
    bundles = desk.folder / "各部门 核验包"
    asked = {year: desk.json("county", bundles, "--year", year, "--cap", 1) for year in (2019, 2022, 2023)}
    return {year: [table["rows"] for table in answer["tables"]] for year, answer in asked.items()}


@pytest.fixture(scope="module")
def names(years: dict[type[OfficeYear], OfficeYear]) -> dict[type[OfficeYear], str]:
    """What the table calls each office: two have one name, so that their files stand beside it."""
    plain: dict[type[OfficeYear], str] = {
        Ningan: "示范市民政局",
        Naiman: "示范旗市场监督管理局",
        Ningjin: "示范县应急管理局",
    }
    both = {kind: f"示范县发展和改革局 {kind.__name__}.zip" for kind in (Pingluo, Yangcheng)}
    return plain | both


def inspections(years: dict[type[OfficeYear], OfficeYear], names: dict[Any, str]) -> dict[str, list[Any]]:
    """(day, office) of every inspection of 2023, by subject, as the offices' own lists have them: visits, a
    complaint, and what was declared of before the ledger."""
    found = defaultdict(list)
    for kind, draws in DRAWS.items():
        for draw in draws:
            for row in years[kind].json("inspect", "show", "--draw", draw)["visits"]:
                found[row["subject"]].append((row["occurred"][:10], names[kind]))
    found[COMPLAINED].append(("2023-06-05", names[Pingluo]))
    for number in OWN:
        found[made_up_code(number)].append(("2023-02-20", names[Yangcheng]))
    return {subject: sorted(held) for subject, held in found.items()}


def test_all_five_verify_and_the_one_with_late_results_does_not_pass(
    read: dict[int, list[Any]], names: dict[type[OfficeYear], str]
) -> None:
    verdicts = {row[0]: row[1] for row in read[2023][VERIFICATION]}
    assert verdicts == {name: "核验不通过" if kind is Ningan else "核验通过" for kind, name in names.items()}


def test_the_figures_of_each_year_stand_at_the_offices_of_that_year(
    read: dict[int, list[Any]], names: dict[type[OfficeYear], str]
) -> None:
    order = sorted(names, key=lambda kind: names[kind])
    wanted: dict[int, dict[type[OfficeYear], str]] = {
        2019: {Ningan: "9"},
        2022: {Naiman: "10"},
        2023: {Pingluo: "10", Yangcheng: "11", Ningjin: "16"},
    }
    for year, visits in wanted.items():
        (row,) = (row for row in read[year][FIGURES] if row[0] == "检查户次")
        assert dict(zip(order, row[1:], strict=True)) == dict.fromkeys(order, "0") | visits


def test_what_was_filed_with_whom_and_when(
    read: dict[int, list[Any]], names: dict[type[OfficeYear], str]
) -> None:
    filed = {year: [row for row in read[year][FILED] if row[3]] for year in read}
    assert {(row[0], row[3], row[4]) for row in filed[2019]} == {
        (names[Ningan], "司法局", day) for day in ("2019-01-15", "2019-01-21", "2019-06-14")
    }
    assert [(row[0], row[3]) for row in filed[2022]] == [(names[Naiman], "领导小组办公室")]
    assert filed[2023] == []
    assert {row[0] for row in read[2023][FILED]} == set(names.values())


def test_who_has_not_published(
    read: dict[int, list[Any]], years: dict[type[OfficeYear], OfficeYear], names: dict[type[OfficeYear], str]
) -> None:
    ningan = years[Ningan]
    assert isinstance(ningan, Ningan)
    assert {(row[0], row[2], row[3]) for row in read[2019][UNPUBLISHED]} == {
        (names[Ningan], subject, "逾期") for subject in (ningan.first, ningan.second)
    }


def test_enterprises_inspected_by_several_departments_or_too_often(
    read: dict[int, list[Any]], years: dict[type[OfficeYear], OfficeYear], names: dict[type[OfficeYear], str]
) -> None:
    """Held against the lists of the offices themselves; one of them is certain, the others fall by lot."""
    held = inspections(years, names)
    often = {row[0]: row[2] for row in read[2023][TOO_OFTEN]}
    assert often == {subject: len(days) for subject, days in held.items() if len(days) > 1}
    near = {row[0]: row[3] for row in read[2023][BY_SEVERAL]}
    assert set(near) == {
        subject
        for subject, days in held.items()
        if any(
            mine != theirs and abs((date.fromisoformat(a) - date.fromisoformat(b)).days) <= 30
            for (a, mine), (b, theirs) in combinations(days, 2)
        )
    }
    assert [words in near[COMPLAINED] for words in ("2023-05-18", "2023-06-05", names[Ningjin])] == [True] * 3


def test_points_are_lost_for_what_the_year_shows(
    read: dict[int, list[Any]], names: dict[type[OfficeYear], str]
) -> None:
    lost = {row[0]: (row[1], row[2]) for row in read[2023][POINTS]}
    assert lost[names[Yangcheng]] == (
        95,
        "draw.filing ×1 −2；result.deadline ×1 −1；followup.overdue ×1 −2",
    )
    assert lost[names[Ningjin]] == (97, "report.due ×1 −2；task.reporting ×1 −1")
    assert lost[names[Naiman]] == (100, "")
    assert lost[names[Pingluo]] == (99, "bulletin.due ×1 −1"), "what was published in January is done"
    assert lost[names[Ningan]] == (50, "verdict: fail ×1 −50"), "what was late in 2019 counted then"
    then = {row[0]: row[1] for row in read[2019][POINTS]}
    assert then[names[Ningan]] < 100


def test_the_tables_are_a_workbook_too(desk: Machine) -> None:
    book = desk.folder / "全县情况.xlsx"
    said = desk.does("county", desk.folder / "各部门 核验包", "--year", 2023, "--xlsx", book)
    assert "5 个单位" in said
    assert len(openpyxl.load_workbook(book).sheetnames) == 7

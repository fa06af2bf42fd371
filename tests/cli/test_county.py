"""Several offices read together: two that inspect the same enterprises, one that publishes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from ledger import county
from ledger.commands import bundles, visits
from ledger.county import Office as Read
from ledger.scoring import score, scoring
from tests.cli.clerk import Clerk
from tests.office import ORIGIN, Office
from verifier.errors import Exit, LiuhenError
from verifier.figures import Period

YEAR = Period("2026-01-01", "2026-12-31")
OTHER = "ledger.example.gov.cn/scj/2026"


@pytest.fixture(scope="module")
def bundle_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bundles of two offices: the first published its year, the second only visited."""
    folder = tmp_path_factory.mktemp("各 部门")
    for number, origin in enumerate((ORIGIN, OTHER)):
        place = tmp_path_factory.mktemp(f"office-{number}")
        office = Office(place, origin)
        if number == 0:
            office.year()
        else:
            office.ready()
            office.draw()
            office.clock.go("2026-03-12")
            for subject in office.drawn():
                office.visit(subject)
        bundles.export(office.book, office.log, folder / f"单位{number}.zip")
        office.book.close()
    return folder


@pytest.fixture(scope="module")
def offices(bundle_folder: Path) -> list[Read]:
    return county.read_all(county.sources([bundle_folder]), "2026-12-31T23:59:59+08:00")


def test_every_bundle_of_a_folder_is_read_and_verified(offices: list[Read]) -> None:
    assert len(offices) == 2
    assert len({office.ledger for office in offices}) == 2
    assert sorted(office.report.verdict.value for office in offices) == ["fail", "pass"]


def test_figures_stand_side_by_side(offices: list[Read]) -> None:
    rows = dict(county.figures(offices, YEAR))
    each = [office.statistics(YEAR).figure("visits") for office in offices]
    assert rows["visits"] == [str(figure.value) for figure in each if figure]
    assert sorted(rows["published_rate"]) == ["0.0%", "100.0%"]


def test_results_that_are_not_published_are_named(offices: list[Read]) -> None:
    late = list(county.unpublished(offices))
    assert late and all(one.late for one in late)
    assert len({one.subject for one in late}) == len(late)


def test_enterprises_visited_by_both_offices_are_found(offices: list[Read]) -> None:
    seen = [{one.subject for one in county.inspections([office], 2026)} for office in offices]
    both = {one.subject for one in county.burdens(offices, 2026) if one.close(30)}
    assert both == {subject.upper() for subject in seen[0] & seen[1]}
    assert all(not one.close(30) for one in county.burdens(offices[:1], 2026))


def test_points_are_lost_for_what_the_ledger_shows(offices: list[Read]) -> None:
    points = [score(office, YEAR, scoring()) for office in offices]
    assert max(left for left, _ in points) > min(left for left, _ in points)
    lost = {one.what: one for _, rows in points for one in rows}
    unpublished = lost["result.published"]
    assert unpublished.points == min(20, 2 * unpublished.count) > 0
    assert lost["verdict: fail"].points == 50


def test_an_older_state_of_the_same_ledger_counts_once(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready()
    bundles.export(office.book, office.log, tmp_path / "旧.zip")
    office.draw()
    visits.attach(office.book, office.clerk, "方案.docx", bytes(32), 1)
    bundles.export(office.book, office.log, tmp_path / "新.zip")
    head = office.book.store.head().size
    office.book.close()
    (read,) = county.read_all([tmp_path / "新.zip", tmp_path / "旧.zip"])
    assert (read.report.head or "").startswith(f"{head}:")


def test_the_table_and_the_workbook(clerk: Clerk, bundle_folder: Path) -> None:
    clerk.clock.go("2026-12-31")
    book = clerk.folder / "全县.xlsx"
    said = clerk.does("county", bundle_folder, "--xlsx", book)
    for words in ("核验通过", "核验不通过", "没有备案", "未公示", "30 天内被多个单位检查", "考核得分"):
        assert words in said
    opened = openpyxl.load_workbook(book)
    assert opened.sheetnames[:2] == ["核验", "数字"]
    figures = {row[0].value: [cell.value for cell in row[1:]] for row in opened["数字"].iter_rows(min_row=2)}
    assert len(figures) > 30
    assert clerk.run("county", bundle_folder, "--xlsx", book) == Exit.STOPPED


def test_an_office_brings_its_own_points(clerk: Clerk, bundle_folder: Path) -> None:
    file = clerk.folder / "评分.toml"
    clerk.does("county", "--write-scoring", file)
    text = file.read_text("utf-8")
    file.write_text(text.replace("full = 100", "full = 1000"), "utf-8")
    tables = clerk.json("county", bundle_folder, "--score", file)["tables"]
    assert all(row[1] > 800 for row in tables[-1]["rows"])
    file.write_text(text.replace('"plan.filing"', '"plan.nothing"', 1), "utf-8")
    assert clerk.run("county", bundle_folder, "--score", file) == Exit.UNREADABLE
    assert "plan.nothing" in clerk.err


def test_an_empty_folder_and_no_source_are_said(clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    assert clerk.run("county", tmp_path / "空") == Exit.UNREADABLE
    assert clerk.run("county") == Exit.USAGE


def test_two_histories_of_one_ledger_are_evidence(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready()
    office.book.close()
    shutil.copytree(tmp_path, tmp_path / "copy", ignore=shutil.ignore_patterns("copy"))
    for place, name in ((tmp_path, "一"), (tmp_path / "copy", "二")):
        with county.Book.open(place / "台账 ledger.db", clock=office.clock) as book:
            visits.attach(book, office.clerk, name, bytes(32), 1) if name == "一" else _attach(book, office)
    ledgers = [tmp_path / "台账 ledger.db", tmp_path / "copy/台账 ledger.db"]
    with pytest.raises(LiuhenError, match="E-COUNTY-FORK"):
        county.read_all(ledgers)


def _attach(book: county.Book, office: Office) -> None:
    """Another entry at the same place, signed by a key that has not seen the first."""
    visits.attach(book, office.admin, "二", bytes(32), 1)


def test_without_a_year_it_is_the_newest_in_which_they_drew(clerk: Clerk, bundle_folder: Path) -> None:
    assert clerk.json("county", bundle_folder, "--as-of", "2029-06-30")["year"] == 2026
    said = clerk.does("county", bundle_folder, "--as-of", "2029-06-30")
    assert "有摇号的最近一年是 2026 年" in said
    assert "最近一年" not in clerk.does("county", bundle_folder, "--year", "2026")


def test_offices_of_one_name_show_their_files(offices: list[Read]) -> None:
    assert sorted(office.name.rpartition(" ")[2] for office in offices) == ["单位0.zip", "单位1.zip"]
    assert len({office.name.rpartition(" ")[0] for office in offices}) == 1

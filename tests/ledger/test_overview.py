"""The page of figures: the ledger's numbers, plots that are sound SVG, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ledger.overview import Sheet, months_of, overview
from tests.office import Office
from verifier.figures import Period, Statistics

YEAR = Period("2026-01-01", "2026-12-31")
SHEET = Sheet("演示县<发改局>", "3:00ff")


@pytest.fixture
def page(tmp_path: Path) -> tuple[str, Office]:
    office = Office(tmp_path)
    office.year()
    return overview(office.book.facts(), YEAR, SHEET), office


def test_every_figure_and_rate_stands_in_it(page: tuple[str, Office]) -> None:
    text, office = page
    known = Statistics(office.book.facts(), YEAR)
    for figure in known.figures():
        assert f"<td>{figure.zh}</td><td class=n>{figure.value}</td>" in text
    for rate in known.rates():
        assert f"<td class=n>{rate.percent}</td><td>{rate.key}</td>" in text


def test_its_plots_are_sound(page: tuple[str, Office]) -> None:
    plots = re.findall(r"<svg.*?</svg>", page[0], re.S)
    assert len(plots) == 2
    for plot in plots:
        drawn = ElementTree.fromstring(plot)
        for one in drawn.iter("{http://www.w3.org/2000/svg}rect"):
            assert float(one.attrib["height"]) >= 0
            assert float(one.attrib["width"]) >= 0


def test_it_asks_nothing_of_a_network_and_escapes_names(page: tuple[str, Office]) -> None:
    text = page[0].replace("http://www.w3.org/2000/svg", "")
    assert "http" not in text
    assert "<script" not in text
    assert "演示县&lt;发改局&gt;" in text
    assert "3:00ff" in text


def test_months_are_cut_to_the_period() -> None:
    found = [(month.first, month.last) for month in months_of(Period("2025-12-24", "2026-02-10"))]
    assert found == [
        ("2025-12-24", "2025-12-31"),
        ("2026-01-01", "2026-01-31"),
        ("2026-02-01", "2026-02-10"),
    ]
    assert len(months_of(Period("2000-01-01", "2026-12-31"))) == 24


def test_an_empty_ledger_has_a_page_too(tmp_path: Path) -> None:
    text = overview(Office(tmp_path).book.facts(), YEAR, Sheet("县", "1:00", practice=True))
    assert "演练台账" in text

"""A year whose site is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.office import Office, copied


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A whole year, published. Tests read it only."""
    office = Office(tmp_path_factory.mktemp("year"))
    office.year()
    return office


@pytest.fixture
def office(year: Office, tmp_path: Path) -> Office:
    """The same, to go on with."""
    made = copied(year, tmp_path / "office")
    made.clock.go("2026-03-11")
    return made

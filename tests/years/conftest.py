"""Each office's year is played once a session: its own tests ask it, and who coordinates all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.years.office_year import OfficeYear
from verifier.report import Report

Played = Callable[..., Any]
"""The kind of a year and, for one that is kept on a server, its address → the year."""


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A year, played to its end when it is first asked for."""
    known: dict[tuple[type[OfficeYear], str], OfficeYear] = {}

    def play(kind: type[OfficeYear], store: str = "") -> OfficeYear:
        if (kind, store) not in known:
            known[kind, store] = kind.played(tmp_path_factory.mktemp(kind.__name__.lower()), store)
        return known[kind, store]

    return play


@pytest.fixture(scope="module")
def report(year: OfficeYear) -> Report:
    """Of the year that a module is about."""
    return year.report

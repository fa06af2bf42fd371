"""Each office's year is played once a session: its own tests ask it, and who coordinates all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.years.office_year import OfficeYear

Played = Callable[[type[Any]], Any]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A year, played to its end when it is first asked for."""
    known: dict[type[OfficeYear], OfficeYear] = {}

    def play(kind: type[OfficeYear]) -> OfficeYear:
        if kind not in known:
            known[kind] = kind.played(tmp_path_factory.mktemp(kind.__name__.lower()))
        return known[kind]

    return play

"""What tests of the ledger share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.dice import thrown


@pytest.fixture
def same_lots(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keys, ids and random numbers follow from the name of the test: its draws always fall the same."""
    with thrown(request.node.nodeid):
        yield

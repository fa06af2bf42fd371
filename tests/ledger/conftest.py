"""What tests of the ledger share."""

from __future__ import annotations

import os
from random import Random

import pytest


@pytest.fixture
def same_lots(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys, ids and random numbers follow from the name of the test: its draws always fall the same."""
    monkeypatch.setattr(os, "urandom", Random(request.node.nodeid).randbytes)

"""What the tests of the counter share."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.desk import Desk
from tests.cli.clerk import Clerk


@pytest.fixture
def clerk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Clerk:
    """A clerk on 2026-03-02 in an office just founded, who reads Chinese."""
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    made = Clerk(tmp_path, capsys)
    monkeypatch.setattr(Desk, "clock", made.clock)
    return made

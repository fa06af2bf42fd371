"""A build of the site that is killed before any of its steps: every file there is whole, the log can be read,
and the next build makes it good."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.accident import Desktop, Trap, desktop, killed
from tests.ledger.sites import contents, faults
from verifier.bundle import open_bundle
from verifier.checkpoint import parse_checkpoint
from verifier.tiles import TileReader

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
BUILD = ("site", "build", "@公示网站")


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.commands.keys.SCRYPT_N", 2)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Desktop:
    """A site before the draw, and a ledger that has drawn since."""
    made = desktop(tmp_path_factory.mktemp("killed"), until="opened")
    assert made.run(*BUILD).code == 0
    assert made.run("draw", "run", "d1", "--yes", by="qian-clerk").code == 0
    return made


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.slow)])
def test_nothing_half_written_is_ever_there(office: Desktop, tmp_path: Path, every: int) -> None:
    """At every ninth step and at the last ones, when the head is put; `slow`: at each."""
    old = contents(office.folder / "公示网站")
    whole = office.copy(tmp_path / "whole")
    counted = whole.run(*BUILD)
    new = contents(whole.folder / "公示网站")
    moved = False
    for at in sorted({*range(1, counted.steps + 1, every), *range(counted.steps - 8, counted.steps + 1)}):
        desk = office.copy(tmp_path / f"{at}")
        target = desk.folder / "公示网站"
        assert desk.run(*BUILD, trap=Trap(at, killed)).code < 0
        now = contents(target)
        for path, content in now.items():
            assert content in (old.get(path), new.get(path)), f"{path} at step {at}"
        moved = moved or now != old
        head, _ = parse_checkpoint(now["checkpoint"])
        with open_bundle(target) as bundle:
            for _ in TileReader(bundle.read, head.size, head.root).entries():
                pass
        again = desk.run(*BUILD)
        assert again.code == 0, again.text
        assert contents(target).keys() >= new.keys()
        assert faults(target) == []
        assert not [name for name in desk.drafts() if name.endswith(".part")]
    assert moved

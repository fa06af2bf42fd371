"""The cycle collector, paused while facts come into being."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from verifier import collector


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.isenabled()
    yield
    (gc.enable if before else gc.disable)()


@pytest.mark.parametrize("enabled", [True, False])
def test_it_is_as_before_after_a_pause(enabled: bool) -> None:
    (gc.enable if enabled else gc.disable)()
    with pytest.raises(ValueError, match="within"), collector.paused():
        assert not gc.isenabled()
        raise ValueError("within")
    assert gc.isenabled() == enabled


def test_what_came_into_being_in_a_pause_is_old_and_can_still_be_collected() -> None:
    gc.enable()
    with collector.paused():
        made: list[object] = [[number] for number in range(10_000)]
        made.append(made)
    old = {id(one) for one in gc.get_objects(generation=2)}
    assert old.issuperset(map(id, made))
    assert gc.get_freeze_count() == 0
    held = len(made)
    del made
    assert gc.collect() >= 1
    assert held == 10_001

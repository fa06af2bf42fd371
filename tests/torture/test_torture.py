"""A short sample of `make torture`: each kind of fault a few times, and each control caught."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cluster import Cluster
from tests.torture import scene
from tests.torture.outcome import Outcome, rendered

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")


def require_sound(outcome: Outcome, control: Outcome) -> None:
    if outcome.skipped:
        pytest.skip(outcome.skipped)
    assert not outcome.breaches
    assert outcome.hits
    assert control.breaches, "the control was not caught"


def test_a_clerk_is_killed(tmp_path: Path) -> None:
    from tests.torture import kills

    require_sound(kills.play(tmp_path / "a", 6), kills.control(tmp_path / "b", 24))


def test_the_power_goes(tmp_path: Path) -> None:
    from tests.torture import power

    outcome = power.play(tmp_path / "a", {"append": 4, "cosigner": 4})
    require_sound(outcome, power.control(tmp_path / "b", 4))


def test_the_disk_keeps_what_it_likes(tmp_path: Path) -> None:
    pytest.importorskip("apsw", reason="extra torture")
    from tests.torture import torn

    require_sound(torn.play(tmp_path / "a", 24), torn.control(tmp_path / "b", 12))


def test_sqlite_meets_an_error(tmp_path: Path) -> None:
    pytest.importorskip("apsw", reason="extra torture")
    from tests.torture import calls

    require_sound(calls.play(tmp_path / "a", every=40), calls.control(tmp_path / "b", every=40))


def test_the_kernel_refuses(tmp_path: Path) -> None:
    from tests.torture import injected

    jobs, calls = {"append": injected.JOBS["append"]}, ("fdatasync", "rename")
    outcome = injected.play(tmp_path / "a", jobs, every=4, calls=calls, faults=("EIO", "SIGKILL"))
    require_sound(outcome, injected.control(tmp_path / "b", every=4, calls=("fdatasync",)))


def test_the_disk_is_full(tmp_path: Path) -> None:
    from tests.torture import full

    require_sound(full.play(tmp_path / "a", 2), full.control(tmp_path / "b", 2))


def test_eight_clerks_append_at_once(tmp_path: Path) -> None:
    from tests.torture import crowd

    desks = scene.office(tmp_path / "a"), scene.office(tmp_path / "b")
    require_sound(crowd.play(desks[0], 5), crowd.control(desks[1], 10))


def test_a_server_or_its_connection_goes(cluster: Cluster, tmp_path: Path) -> None:
    from tests.torture import server

    faults = ("cut in the commit", "session ended", "cut", "stopped at once")
    outcome = server.play(tmp_path / "a", 4, faults=faults, cluster=cluster)
    require_sound(outcome, server.control(tmp_path / "b", 1, cluster))


def test_eight_clerks_append_at_once_on_a_server(cluster: Cluster, tmp_path: Path) -> None:
    from tests.torture import server

    outcome = server.crowded(tmp_path / "a", 5, cluster)
    require_sound(outcome, server.crowded_control(tmp_path / "b", 8, cluster))


def test_a_share_is_refused(tmp_path: Path) -> None:
    from tests.torture import shares

    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    require_sound(shares.play(tmp_path / "a"), shares.control(tmp_path / "b"))


def test_the_clock_jumps(tmp_path: Path) -> None:
    from tests.torture import clocks

    require_sound(clocks.play(tmp_path / "a", clocks.JUMPS[:2]), clocks.control(tmp_path / "b"))


def test_a_table_names_what_broke_and_what_was_not_caught() -> None:
    broken = Outcome("one", rounds=2, hits=2, breaches=["entry 5 is missing"], control=["red"])
    blind = Outcome("two", rounds=2, hits=2, control_rounds=9)
    idle = Outcome("three", rounds=2, control=["red"])
    sound = Outcome("four", rounds=2, hits=2, control=["red"])
    told = "\n".join(rendered([broken, blind, idle, sound]))
    assert "one: entry 5 is missing" in told
    assert "two: the control was not caught" in told
    assert "three: no fault struck" in told
    assert [each.sound for each in (broken, blind, idle, sound)] == [False, False, False, True]


def test_a_child_that_fails_is_no_quiet_success() -> None:
    def work(_: Callable[[int, bytes], None]) -> int:
        raise ZeroDivisionError

    assert scene.start(work).finish() == (99, [])

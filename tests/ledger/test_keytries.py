"""Wrong passphrases: each further one waits longer, nobody is locked out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ledger.keystore import create_key, unlock
from ledger.keytries import LONGEST, SUFFIX, Patience, Tries, pause
from verifier.errors import LiuhenError

ORIGIN = "ledger.example.gov.cn/fgj/2026"
RIGHT = "一句很长的口令"


class Time:
    """A clock that moves only when somebody waits."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.waited: list[float] = []
        self.told: list[tuple[int, float]] = []

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds

    @property
    def patience(self) -> Patience:
        return Patience(lambda: self.now, self.sleep, lambda wrong, left: self.told.append((wrong, left)))


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "wu.key"
    create_key(path, kind="holder", origin=ORIGIN, holder="wu", passphrase=RIGHT, scrypt_n=2)
    return path


def wrong(key: Path, time: Time, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(LiuhenError, match="E-KEY-PASSPHRASE"):
            unlock(key, "wrong", time.patience)


def test_the_pauses_double_up_to_a_minute_and_stay_there() -> None:
    assert [pause(n) for n in range(10)] == [0, 0, 0, 2, 4, 8, 16, 32, 60, 60]
    assert pause(10**6) == LONGEST


def test_the_first_three_cost_nothing_and_the_rest_ever_more(key: Path) -> None:
    time = Time()
    wrong(key, time, 3)
    assert time.waited == []
    wrong(key, time, 7)
    assert time.waited == [2, 4, 8, 16, 32, 60, 60]
    assert time.told[0] == (3, 2)


def test_the_right_one_opens_after_any_number_and_forgets_them(key: Path) -> None:
    time = Time()
    wrong(key, time, 50)
    assert unlock(key, RIGHT, time.patience).info.holder == "wu"
    assert time.waited[-1] <= LONGEST
    assert not key.with_name(key.name + SUFFIX).exists()
    time.waited.clear()
    wrong(key, time, 3)
    assert time.waited == []


def test_time_that_has_passed_is_not_waited_again(key: Path) -> None:
    time = Time()
    wrong(key, time, 5)
    time.waited.clear()
    time.now += 5
    wrong(key, time)
    assert time.waited == [3]
    time.now += 3600
    wrong(key, time)
    assert time.waited == [3]


@pytest.mark.parametrize("moved", [-(10**9), 10**9])
def test_a_clock_that_was_moved_makes_no_pause_longer(moved: float, key: Path) -> None:
    time = Time()
    wrong(key, time, 4)
    time.now += moved
    time.waited.clear()
    wrong(key, time)
    assert sum(time.waited) <= pause(4)


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "{}", '{"wrong": "a", "at": 1}', '{"wrong": -5, "at": 1e400}', "null"]
)
def test_a_count_that_cannot_be_read_counts_nothing(text: str, key: Path) -> None:
    key.with_name(key.name + SUFFIX).write_text(text)
    time = Time()
    assert unlock(key, RIGHT, time.patience)
    assert time.waited == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_where_nothing_can_be_written_the_key_opens_all_the_same(key: Path) -> None:
    key.parent.chmod(0o500)
    wrong(key, Time(), 5)
    assert unlock(key, RIGHT, Time().patience)


def test_the_count_says_nothing_of_what_was_typed(key: Path) -> None:
    wrong(key, Time(), 2)
    text = key.with_name(key.name + SUFFIX).read_text()
    assert "wrong" in text and RIGHT not in text and text.count("wrong") == 1
    assert Tries(key, Patience()).wrong == 2

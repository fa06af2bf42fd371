"""`kill -9` at random moments of append: of opening, writing, committing, noting in the key, closing."""

from __future__ import annotations

import random
import shutil
import signal
import time
from pathlib import Path

from tests.accident import Desktop
from tests.torture import scene
from tests.torture.checker import breaches
from tests.torture.outcome import Outcome

FRESH = 50
"""Rounds on one ledger, so that reading it whole after each stays quick."""
LATEST = 0.05
"""Seconds: a process that was not killed by then has made some twenty appends."""


def play(folder: Path, rounds: int, append: scene.Append = scene.honest, seed: int = 7) -> Outcome:
    """Kill a clerk `rounds` times; every second time from the start of the process, else after its first
    acknowledgement."""
    outcome = Outcome("kill -9 at a random moment of append")
    chance = random.Random(seed)
    base = scene.office(folder / "base")
    desk, acks = base, list[scene.Ack]()
    for round_ in range(rounds):
        if round_ % FRESH == 0:
            desk, acks = _fresh(base, folder / "kill"), []
        child = scene.appending(desk, append, 1_000)
        if round_ % 2 == 0:
            child.first()
        time.sleep(chance.uniform(0, LATEST))
        child.kill()
        code, told = child.finish()
        outcome.hits += code == -signal.SIGKILL
        if code not in (0, -signal.SIGKILL):
            outcome.breaches.append(f"round {round_}: a writer ended with {code}")
        acks += told
        outcome.acknowledged += len(told)
        # Every entry is looked at again at the end of its ledger, the chain and the new ones each time.
        broken = breaches(desk.ledger, acks, desk.folder / "keys")
        outcome.breaches += [f"round {round_}: {one}" for one in broken]
        outcome.rounds += 1
        if broken:
            desk, acks = _fresh(base, folder / "kill"), []
    return outcome


def _fresh(base: Desktop, folder: Path) -> Desktop:
    shutil.rmtree(folder, ignore_errors=True)
    return base.copy(folder)


def control(folder: Path, rounds: int) -> Outcome:
    return play(folder, rounds, scene.before_commit)

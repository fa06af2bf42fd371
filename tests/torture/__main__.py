"""All fault tests in one run: `make torture`. Prints a table; exit 1 when a promise was broken or a control
was not caught. `python -m tests.torture NAME …` plays some of them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from tests.torture import (
    calls,
    clocks,
    crowd,
    full,
    injected,
    kills,
    power,
    scene,
    server,
    serverfull,
    shares,
    torn,
)
from tests.torture.outcome import Outcome, rendered

ROOT = Path(__file__).parents[2]
OLDER = ("test_faults", "test_full_disk", "test_lock_and_clock", "test_site_killed", "test_damaged_ledger")
"""Tests of `make test` and `make test-slow` that break commands at every durable step of theirs."""


@dataclass(frozen=True)
class Kind:
    """A kind of fault at its full length, and its control."""

    play: Callable[[Path], Outcome]
    control: Callable[[Path], Outcome]


KINDS = {
    "power": Kind(
        lambda at: power.play(at, {"append": 110, "copy": 30, "cosigner": 30, "site": 30}),
        lambda at: power.control(at, 20),
    ),
    "torn": Kind(lambda at: torn.play(at, 2_000), lambda at: torn.control(at, 200)),
    "kill": Kind(lambda at: kills.play(at, 1_000), lambda at: kills.control(at, 200)),
    "strace": Kind(injected.play, lambda at: injected.control(at, every=3)),
    "calls": Kind(calls.play, lambda at: calls.control(at, every=5)),
    "full": Kind(lambda at: full.play(at, 40), lambda at: full.control(at, 6)),
    "clock": Kind(clocks.play, clocks.control),
    "crowd": Kind(
        lambda at: crowd.play(scene.office(at), 250), lambda at: crowd.control(scene.office(at), 50)
    ),
    "share": Kind(shares.play, shares.control),
    "server": Kind(lambda at: server.play(at, 208), lambda at: server.control(at, 30)),
    "server-crowd": Kind(lambda at: server.crowded(at, 100), lambda at: server.crowded_control(at, 25)),
    "server-full": Kind(lambda at: serverfull.play(at, 12), lambda at: serverfull.control(at, 2)),
}


def play(kind: Kind) -> Outcome:
    """The fault, then its control, each in a fresh folder."""
    began = perf_counter()
    with tempfile.TemporaryDirectory(prefix="liuhen-torture-") as folder:
        outcome = kind.play(_made(Path(folder), "fault"))
        if not outcome.skipped:
            caught = kind.control(_made(Path(folder), "control"))
            outcome.control, outcome.control_rounds = caught.breaches, caught.rounds
    outcome.seconds = perf_counter() - began
    return outcome


def _made(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


def tests(*words: str, control: str = "") -> Outcome:
    """Tests run by pytest; `control` names those among them that are controls."""
    began = perf_counter()
    outcome = Outcome(f"tests: {words[0].removeprefix('tests/')}")
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-n", "2", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "-o", "addopts=", *words],
        cwd=ROOT,
        env={**os.environ, "LIUHEN_TORTURE": "long", "COLUMNS": "500"},
        capture_output=True,
        text=True,
        check=False,
    )
    ended = re.findall(r"^(PASSED|FAILED|ERROR) (\S+::.*)", done.stdout, re.MULTILINE)
    for how, told in ended:
        if control and control in told:
            outcome.control_rounds += 1
            outcome.control += [told] if how == "PASSED" else []
        else:
            outcome.rounds += 1
            outcome.hits += how == "PASSED"
        if how != "PASSED":
            outcome.breaches.append(told)
    if done.returncode and not outcome.breaches:
        outcome.breaches.append(done.stdout[-300:] + done.stderr[-300:])
    outcome.seconds = perf_counter() - began
    return outcome


def main(names: list[str]) -> int:
    began = perf_counter()
    outcomes = []
    for name in names or [*KINDS, "machines", "commands"]:
        if name == "machines":
            machines = ("test_machines", "test_workflow_machine")
            outcome = tests(*(f"tests/torture/{each}.py" for each in machines), control="forgets")
        elif name == "commands":
            outcome = tests(*(f"tests/{each}.py" for each in OLDER))
            # They tell red from green by themselves: each has cases that must be refused.
            outcome.name, outcome.own = "commands at every durable step", True
        else:
            outcome = play(KINDS[name])
        outcomes.append(outcome)
        verdict = "skipped" if outcome.skipped else "ok" if outcome.sound else "FAILED"
        told = [f"{outcome.name}: {verdict}, {outcome.seconds:.0f} s", *outcome.breaches[:5]]
        print("\n  ".join(told), file=sys.stderr, flush=True)
    print("\n".join(rendered(outcomes)))
    print(f"all of it took {perf_counter() - began:.0f} s")
    return 0 if all(outcome.sound for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Power cuts on a real file system, while a clerk appends, a cosigner signs, a copy is made, a site is built.

After each the file system is mounted again and everything on it is looked at as the office finds it.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ledger import backup
from tests.accident import Desktop
from tests.torture import cosigning, scene, sites
from tests.torture.checker import breaches
from tests.torture.disk import Disk, disk, reason_against
from tests.torture.outcome import Outcome
from verifier.errors import LiuhenError

FRESH = 20
LATEST = 0.08


@dataclass(frozen=True)
class Work:
    """`begin` starts it in a process of its own on the office at hand; `look` gives what is broken after the
    cut, from what was acknowledged since the disk was made."""

    begin: Callable[[Desktop], scene.Child]
    look: Callable[[Desktop, list[scene.Ack]], list[str]]
    latest: float = LATEST


def _appends(append: scene.Append) -> Work:
    return Work(
        lambda desk: scene.appending(desk, append, 1_000),
        lambda desk, acks: breaches(desk.ledger, acks, desk.folder / "keys"),
    )


def _copies(desk: Desktop) -> scene.Child:
    """A clerk who makes copies of the ledger after each entry; acknowledged is the size of the copy."""

    def work(acknowledge: scene.Acknowledge) -> int:
        book, signer = scene.opened(desk)
        with book:
            for _ in range(200):
                scene.honest(book, signer, lambda _seq, _leaf: None)
                copy = backup.make(book, desk.folder / "copies")
                acknowledge(copy.head.size - 1, copy.head.leaf)
        return 0

    return scene.start(work)


def _copied(desk: Desktop, acks: list[scene.Ack]) -> list[str]:
    """Every copy with a name is whole; each acknowledged one is there."""
    found = breaches(desk.ledger, acks, desk.folder / "keys")
    sizes = set()
    for path in (desk.folder / "copies").glob("*.backup"):
        try:
            sizes.add(backup.read(path).head.size)
        except LiuhenError as error:
            found.append(f"{path.name}: {error}")
    found += [f"the copy of {seq + 1} entries is missing" for seq, _ in acks if seq + 1 not in sizes]
    return found


WORKS = {
    "append": _appends(scene.honest),
    "copy": Work(_copies, _copied),
    "cosigner": Work(cosigning.signing, cosigning.broken),
    "site": Work(sites.building, sites.broken, latest=0.6),
}


def play(folder: Path, rounds: dict[str, int], works: dict[str, Work] = WORKS, seed: int = 11) -> Outcome:
    """So many power cuts during each kind of work."""
    outcome = Outcome("power cut, ext4 on a loop device")
    outcome.skipped = reason_against()
    if outcome.skipped:
        return outcome
    chance = random.Random(seed)
    base = scene.office(folder / "base")
    cosigning.prepare(base)
    for name, count in rounds.items():
        left = count
        while left > 0:
            with disk(folder / "disk") as made:
                _cuts(outcome, name, works[name], made, base, min(left, FRESH), chance)
            left -= FRESH
            shutil.rmtree(folder / "disk")
    return outcome


def _cuts(
    outcome: Outcome, name: str, work: Work, made: Disk, base: Desktop, count: int, chance: random.Random
) -> None:
    desk, acks = base.copy(made.place / "office"), list[scene.Ack]()
    made.flush()
    for round_ in range(count):
        child = work.begin(desk)
        # Past opening the ledger, as a rule: what writes is cut, not what reads.
        told = child.first() if round_ % 4 else True
        time.sleep(chance.uniform(0, work.latest))
        # Only what was told before the cut counts: no program outlives a real one, and a flush under way
        # while ext4 shuts down may come back without an error.
        more = child.so_far()
        made.cut()
        child.kill()
        child.finish()
        acks += more
        outcome.hits += told and bool(acks)
        outcome.rounds += 1
        outcome.acknowledged += len(more)
        made.unmount()
        made.mount()
        broken = work.look(desk, acks)
        outcome.breaches += [f"{name}, cut {round_}: {one}" for one in broken]
        if broken:
            return


def control(folder: Path, rounds: int) -> Outcome:
    """The same appends with synchronous=OFF."""
    return play(folder, {"append": rounds}, {"append": _appends(scene.unsynced(scene.honest))})

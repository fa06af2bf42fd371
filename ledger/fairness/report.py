"""The report on fairness: what was asked, what was found, how many alarms chance alone would raise.

The words open a question and accuse nobody. The JSON form is `liuhen-fairness/1` (specs/fairness.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ledger.county import Office
from ledger.fairness import families as tested
from ledger.fairness import history as known
from ledger.fairness import tails, watch
from ledger.fairness.families import FAMILIES, LEVEL, Family, Groups, Test
from ledger.fairness.history import History
from verifier.errors import N_, Exit, LiuhenError

FORMAT = "liuhen-fairness/1"
_HIGH = N_("{who}: mean {found} of {n} random numbers (0.5 expected), so drawn less easily; by chance {odds}")
_LOW = N_("{who}: mean {found} of {n} random numbers (0.5 expected), so drawn more easily; by chance {odds}")
Told = tuple[str, dict[str, object]]
"""A sentence: English template and what stands in it."""

ABOUT: Sequence[str] = (
    N_(
        "An alarm opens a question. It says nothing about anybody: honest lots raise some too, as many as "
        "stand here."
    ),
    N_(
        "Ask first: how the seeds of these draws came about, which draws were aborted or repeated and why, "
        "who changed lists, classes or conflicts before the freeze."
    ),
    N_("Tickets are tested whether drawn or not: fewer draws tell more than counts of selections do."),
)
SEALED = N_(
    "{n} of these draws are still sealed to the public: keep this report back until they are unsealed."
)
LEFT_OUT = {
    "platform": N_("{n} draws of another platform: no seed, so nothing to test (see liuhen forensics)"),
    "sealed": N_("{n} draws that are sealed for this reader: test again with an inspector's bundle or later"),
    "aborted": N_("{n} aborted draws: they have no outcome; why they were aborted is in the ledger"),
    "seats": N_("{n} visits or draws whose seat classes overlap in a way that has no exact chance"),
}


@dataclass(frozen=True)
class Fairness:
    """Everything that is told; `groups_file` is the SHA-256 of the groups that were given, hex or ""."""

    offices: tuple[tuple[str, str, str], ...]
    """name, verdict, head"""
    year: int | None
    history: History
    families: tuple[Family, ...]
    everybody: watch.All
    watched: tuple[watch.Watched, ...]
    groups_file: str = ""

    @property
    def alarms(self) -> Iterator[tuple[Family, Test]]:
        for family in self.families:
            for test in family.alarms:
                yield family, test

    @property
    def sound(self) -> bool:
        """Whether every source passed verification: what fails it proves nothing here."""
        return all(verdict == "pass" for _, verdict, _ in self.offices)

    def deciles(self) -> list[int]:
        """How many tickets of enterprises fall into each tenth."""
        lots = self.history.lots
        return tails.deciles(np.concatenate([one.tickets for one in lots]))[0] if lots else [0] * 10

    def json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "year": self.year,
            "level": LEVEL,
            "sources": [{"office": o, "verdict": v, "head": h} for o, v, h in self.offices],
            "groups_file": self.groups_file,
            "draws": len(self.history.lots),
            "tickets": self.history.tickets,
            "left_out": dict(self.history.left_out),
            "still_sealed": self.history.veiled,
            "repeated": [{"office": o, "task": t, "g": g} for o, t, g in self.history.repeated],
            "families": [
                {
                    "id": one.id,
                    "level": one.level,
                    "tests": len(one.tests),
                    "too_few": one.few,
                    "below_0.01": one.small,
                    "expected_below_0.01": tested.SMALL * len(one.tests),
                    "alarms": [asdict(test) for test in one.alarms],
                    "false_alarms_at_most": one.false,
                    "smallest": [asdict(test) for test in one.tests[:10]],
                }
                for one in self.families
            ],
            "everybody": asdict(self.everybody),
            "watched": [{**asdict(one), "highest": one.highest} for one in self.watched],
        }


def examine(
    offices: Sequence[Office],
    year: int | None = None,
    groups: Groups | None = None,
    watching: Sequence[str] = (),
    groups_file: str = "",
) -> Fairness:
    """Test the draws of these offices. Bets run over all years, the rest over `year`.

    Raises E-FAIRNESS-NONE where no draw has tickets, E-FAIRNESS-WATCH for a subject that was in no pool.
    """
    history = known.read(offices, year)
    whole = history if year is None else known.read(offices, teams=False)
    if not history.lots:
        raise LiuhenError(
            "E-FAIRNESS-NONE",
            N_("There is no executed draw that this reader can open, so nothing can be tested."),
            remedy=N_("Without --year every year counts; sealed draws need an inspector's bundle."),
            exit=Exit.INCONCLUSIVE,
        )
    unknown = [name for name in watching if name.upper() not in whole.subjects]
    if unknown:
        raise LiuhenError(
            "E-FAIRNESS-WATCH",
            N_("{subject} was in no pool of these draws."),
            remedy=N_("Name it by its code, as the lists have it."),
            exit=Exit.USAGE,
            subject=unknown[0],
        )
    held = own_groups(history) if groups is None else groups
    return Fairness(
        tuple((one.name, one.report.verdict.value, one.report.head or "") for one in offices),
        year,
        history,
        tuple(tested.families(history, held)),
        watch.everybody(whole),
        tuple(watch.watched(whole, name.upper()) for name in watching),
        groups_file,
    )


def own_groups(history: History) -> dict[str, list[str]]:
    """Groups that the registers fix: tags, districts, the division in a 统一社会信用代码 (characters 3–8)."""
    found: dict[str, list[str]] = {}
    for subject in history.subjects:
        held = set(history.attributes.get(subject, ()))
        if len(subject) == 18 and subject[2:8].isdigit():
            held.add(subject[2:8])
        for group in held:
            found.setdefault(group, []).append(subject)
    return found


def odds(p: float) -> str:
    """How rare: `1:n` with n of two digits that count."""
    n = 1 / max(p, 1e-300)
    if n >= 1e6:
        return f"1:10^{int(np.floor(np.log10(n)))}"
    return f"1:{round(n, -int(np.floor(np.log10(n))) + 1):,.0f}" if n >= 10 else f"1:{n:.1f}"


def sentence(family: Family, test: Test) -> Told:
    """What a test found, in words."""
    who = f"{test.name} ({test.key})" if test.name and test.name != test.key else test.key
    told: dict[str, object] = {
        "who": who,
        "n": test.n,
        "odds": odds(test.p),
        "expected": f"{test.expected:.1f}",
    }
    if family.id == "omnibus":
        return N_("{what}: not as uniform as honest lots are; as far off by chance {odds}"), {
            **told,
            "what": test.name,
        }
    if family.id.endswith("-tickets"):
        told["found"] = f"{test.found:.3f}"
        return (_HIGH if test.high else _LOW), told
    told["found"] = f"{test.found:g}"
    return N_("{who}: {found} of {n} times, {expected} expected; as far off by chance {odds}"), told


__all__ = ["ABOUT", "FAMILIES", "LEFT_OUT", "Fairness", "examine", "odds", "own_groups", "sentence"]

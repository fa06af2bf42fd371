"""The catalogue of detectors, their thresholds, and what one finds: a doubt (疑点)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from verifier.errors import N_, Exit, LiuhenError

if TYPE_CHECKING:
    from ledger.audit.detectors.past import Past

WEIGHTS: Final[Mapping[str, tuple[str, str]]] = {
    "grave": ("重", "grave"),
    "notable": ("中", "notable"),
    "light": ("轻", "light"),
}
"""How much a doubt weighs, gravest first: Chinese, English."""

Words = tuple[str, str]
"""Chinese, English."""
Value = str | int | float | Words


@dataclass(frozen=True)
class Threshold:
    """A number a detector asks for: `name` is `<detector>.<parameter>`; `unit` in Chinese and English."""

    name: str
    default: int
    unit: Words


@dataclass(frozen=True)
class Detector:
    """A row of the catalogue. `found` are sentences by variant (`str.format` over the values of a doubt),
    `ask` what to ask first, `harmless` what explains it without fault; `chance` the doubts an honest ledger
    is expected to raise, in words."""

    id: str
    weight: str
    title: Words
    basis: str
    found: Mapping[str, Words]
    ask: Words
    harmless: Words
    chance: Words
    thresholds: tuple[Threshold, ...]


@dataclass(frozen=True)
class Doubt:
    """What a detector found. `entries` are the numbers of the entries that show it, the one to look at
    first in front; `about` the ids it is about (draws, subjects, officers, holders). `values` stand in the
    sentence `variant`; a pair is Chinese and English. `times` says how far beyond the threshold (1: just
    there), `p` the probability under honest lots where there is one."""

    detector: str
    entries: tuple[int, ...]
    about: tuple[str, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    variant: str = "found"
    times: float = 1.0
    p: float | None = None

    def sentence(self, zh: bool) -> str:
        """What was found, in words."""
        words = {k: (v[0] if zh else v[1]) if isinstance(v, tuple) else v for k, v in self.values.items()}
        return detectors()[self.detector].found[self.variant][0 if zh else 1].format(**words)


Detect = Callable[["Past", "Limits"], Iterator[Doubt]]
RUN: Final[dict[str, Detect]] = {}
"""What each detector does, by id; filled by `detector`."""


def detector(name: str) -> Callable[[Detect], Detect]:
    """Makes a function the detector of this id, which must stand in the catalogue."""

    def named(run: Detect) -> Detect:
        RUN[name] = run
        return run

    return named


@cache
def detectors() -> dict[str, Detector]:
    """Every detector by id, in the order of the catalogue."""
    with (Path(__file__).parent / "catalogue.toml").open("rb") as file:
        table = tomllib.load(file)
    return {name: _detector(name, row) for name, row in table.items()}


def _detector(name: str, row: Mapping[str, Mapping[str, object]]) -> Detector:
    def words(key: str, of: Mapping[str, object] = row) -> Words:
        return str(of[f"{key}_zh"]), str(of[f"{key}_en"])

    variants = [key.removesuffix("_zh") for key in row if key.startswith("found") and key.endswith("_zh")]
    return Detector(
        name,
        str(row["weight"]),
        words("title"),
        str(row["basis"]),
        {key: words(key) for key in variants},
        words("ask"),
        words("harmless"),
        words("chance"),
        tuple(
            Threshold(f"{name}.{key}", int(str(of["default"])), words("unit", of))
            for key, of in row.get("thresholds", {}).items()
            if isinstance(of, Mapping)
        ),
    )


@dataclass(frozen=True)
class Limits:
    """The thresholds in force: those of the policy (`doubts`) or of the auditor, else the catalogue's."""

    set: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.set:
            if name not in thresholds():
                raise LiuhenError(
                    "E-AUDIT-THRESHOLD",
                    N_("No detector has a threshold called {name}."),
                    remedy=N_("See the thresholds: liuhen audit --list"),
                    exit=Exit.USAGE,
                    name=name,
                )

    def __getitem__(self, name: str) -> int:
        return self.set[name] if name in self.set else thresholds()[name].default


@cache
def thresholds() -> dict[str, Threshold]:
    """Every threshold of every detector by its name."""
    return {one.name: one for held in detectors().values() for one in held.thresholds}

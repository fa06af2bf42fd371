"""The yearly appraisal of offices: points as an editable file says, counted from their ledgers (R155)."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from ledger import tomlfile
from ledger.county import Office
from verifier.errors import N_, Exit, LiuhenError
from verifier.figures import RATES, Period
from verifier.rules import rules


@dataclass(frozen=True)
class Scoring:
    """Points of the appraisal, as `scoring.toml` says them."""

    full: int
    findings: dict[str, tuple[int, int]]
    rates: dict[str, tuple[int, int]]
    verdict: dict[str, int]


def shipped() -> str:
    """The text of the scoring that comes with the program, to be copied and changed."""
    return files("ledger").joinpath("scoring.toml").read_text("utf-8")


def scoring(path: Path | None = None) -> Scoring:
    """The scoring of a file, else the one shipped. Raises E-COUNTY-SCORING with the fault."""
    try:
        held = tomlfile.parse(tomlfile.content(path) if path else shipped().encode())
        found = Scoring(
            int(held["full"]),
            {rule: _pair(row) for rule, row in held.get("findings", {}).items()},
            {rate: _pair(row) for rate, row in held.get("rates", {}).items()},
            {verdict: int(points) for verdict, points in held.get("verdict", {}).items()},
        )
        unknown = [rule for rule in found.findings if rule not in rules()]
        unknown += [rate for rate in found.rates if rate not in RATES]
        if unknown:
            raise ValueError(", ".join(unknown))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LiuhenError(
            "E-COUNTY-SCORING",
            N_("The scoring cannot be used: {reason}"),
            where=str(path or "scoring.toml"),
            remedy=N_("Compare it with the one that is shipped: liuhen county --write-scoring FILE"),
            exit=Exit.UNREADABLE,
            reason=str(error),
        ) from error
    return found


def _pair(row: Any) -> tuple[int, int]:
    points, most = row
    return int(points), int(most)


@dataclass(frozen=True)
class Lost:
    """Points that an office lost: for what, how often, how many."""

    what: str
    count: int
    points: int


def score(office: Office, period: Period, by: Scoring) -> tuple[int, list[Lost]]:
    """Points of an office and what it lost them for; never below 0."""
    lost = [
        Lost(rule, count, min(most, points * count))
        for rule, (points, most) in by.findings.items()
        if (count := office.count(rule, period))
    ]
    for rate in office.statistics(period).rates():
        if rate.key in by.rates and rate.whole.value:
            aim, most = by.rates[rate.key]
            missing = aim - 100 * rate.part.value // rate.whole.value
            if missing > 0:
                lost.append(Lost(rate.key, missing, min(most, missing)))
    verdict = office.report.verdict.value
    if points := by.verdict.get(verdict, 0):
        lost.append(Lost(f"verdict: {verdict}", 1, points))
    return max(0, by.full - sum(one.points for one in lost)), lost

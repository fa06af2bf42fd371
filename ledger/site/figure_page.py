"""The statistics of each year, as `verifier.figures` counts them."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.site.render import Page
from verifier import facts as f
from verifier.facts import Facts
from verifier.figures import Figure, Period, Rate, Statistics

YEARS = 10
"""So many years are told."""


@dataclass(frozen=True)
class Year:
    year: int
    figures: tuple[Figure, ...]
    rates: tuple[Rate, ...]


def figures(facts: Facts) -> Page:
    """Figures that are 0 and rates of nothing are left out."""
    told = []
    for year in years(facts)[:YEARS]:
        known = Statistics(facts, Period(f"{year}-01-01", f"{year}-12-31"))
        counted = tuple(figure for figure in known.figures() if figure.value)
        rates = tuple(rate for rate in known.rates() if rate.whole.value)
        told.append(Year(year, counted, rates))
    return Page("figures", "figures.html", {"years": told})


def years(facts: Facts) -> list[int]:
    """The years of plans, draws and visits, the newest first."""
    found = {plan.year for _, plan in facts.rows(f.PLANS)}
    found |= {int((draw.executed_time or draw.time)[:4]) for _, draw in facts.rows(f.DRAWS)}
    found |= {int(visit.data["occurred"][:4]) for _, visit in facts.rows(f.VISITS)}
    return sorted(found, reverse=True)

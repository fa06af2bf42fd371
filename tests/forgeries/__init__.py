"""The table of forgeries: for every rule someone who could break it, and the chain they leave behind."""

from tests.forgeries import (
    bundles,
    ceremonies,
    chain,
    checks,
    closings,
    confirmations,
    filings,
    fills,
    followups,
    freezes,
    lists,
    plans,
    platforms,
    registers,
    reviews,
    visits,
)

__all__ = [
    "bundles",
    "ceremonies",
    "chain",
    "checks",
    "closings",
    "confirmations",
    "filings",
    "fills",
    "followups",
    "freezes",
    "lists",
    "plans",
    "platforms",
    "registers",
    "reviews",
    "visits",
]

"""Detectors: what in a whole ledger is allowed, and still deserves a question (疑点). A module a topic.

The law (`verifier/law/`) says what is not allowed. Here stands what an insider can do within it. A doubt
opens a question and accuses nobody; `catalogue.toml` has the words, thresholds and harmless explanations.
"""

from ledger.audit.detectors import (
    burden,
    clocks,
    concentrated,
    draws,
    lists,
    people,
    publication,
    results,
    supervision,
    visits,
)
from ledger.audit.detectors.doubt import RUN

__all__ = [
    "RUN",
    "burden",
    "clocks",
    "concentrated",
    "draws",
    "lists",
    "people",
    "publication",
    "results",
    "supervision",
    "visits",
]

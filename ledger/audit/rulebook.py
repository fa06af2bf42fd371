"""What stands behind a rule: the requirements it serves and how it has been broken in a made-up ledger.

Read from specs/requirements.md and specs/forgeries.md, which tests keep true; beside this module in an
installed package.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from verifier.rules import Rule


@dataclass(frozen=True)
class Example:
    """A deed that turns a rule red: who does what, and what the rule then says."""

    attacker: str
    deed: str
    status: str


@dataclass(frozen=True)
class Requirement:
    """A row of the requirements, R-number and words."""

    id: str
    words: str


def examples(rule: Rule) -> tuple[Example, ...]:
    """The forgeries of a rule: its red examples."""
    rows = (row for row in _rows("forgeries.md") if len(row) == 4)
    return tuple(Example(a, deed, status) for a, deed, name, status in rows if name == f"`{rule.id}`")


def honest(rule: Rule) -> str:
    """Its green example: a history that the rule was asked of and passes."""
    rows = (row for row in _rows("forgeries.md") if len(row) == 2)
    return next(words for name, words in rows if name == f"`{rule.id}`")


def messages() -> set[str]:
    """Every text of the examples and requirements, for the catalogues of messages."""
    rows = [row for row in _rows("forgeries.md")[2:] if not row[0].startswith("--")]
    red = {text for row in rows if len(row) == 4 for text in row[:2]}
    green = {row[1] for row in rows if len(row) == 2} - {"honest history"}
    return red | green | {row[1] for row in _asked()}


def requirements(rule: Rule) -> tuple[Requirement, ...]:
    """The requirements that a rule's basis names, and those whose row names the rule."""
    named = set(re.findall(r"\bR\d{3}a?\b", rule.basis))
    return tuple(
        Requirement(row[0], row[1]) for row in _asked() if row[0] in named or f"`{rule.id}`" in row[4]
    )


def _asked() -> list[list[str]]:
    return [row for row in _rows("requirements.md") if len(row) > 5 and re.fullmatch(r"R\d{3}a?", row[0])]


@cache
def _rows(name: str) -> list[list[str]]:
    here = Path(__file__).parent
    installed = here / name
    place = installed if installed.exists() else here.parents[1] / "specs" / name
    lines = place.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]

"""The catalogue of rules: `specs/rules.toml`, which drives reports, documentation, page and tests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Rule:
    """A rule: stable id, category and whether the verdict depends on it; `basis` names its source."""

    id: str
    category: str
    required: bool
    basis: str
    zh: str
    en: str


def _catalogue() -> Path:
    """Beside this module in an installed package, in `specs/` of a checkout."""
    here = Path(__file__).parent
    installed = here / "rules.toml"
    return installed if installed.exists() else here.parent / "specs" / "rules.toml"


@cache
def rules() -> dict[str, Rule]:
    """Every rule by id, in the order of the catalogue, which is the order of checks."""
    import tomllib

    with _catalogue().open("rb") as file:
        table = tomllib.load(file)
    return {
        name: Rule(name, row["category"], row["required"], row["basis"], row["zh"], row["en"])
        for name, row in table.items()
    }

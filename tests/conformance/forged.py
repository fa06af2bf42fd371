"""Every row of the table of forgeries, as the bundle that its attacker would hand out."""

from __future__ import annotations

from collections import Counter

import tests.forgeries
from tests.bundles import read_files
from tests.conformance.case import Case, Made, Workshop
from tests.forgery import FORGERIES, Forgery

assert tests.forgeries.__all__
AFTER = {"rule/key.unique/actor_and_log": ("log.current",)}
"""Rules that are red because of what the forger hands out, not of what stands in the chain."""
VERDICTS = {"fail": "fail", "warn": "pass", "inconclusive": "inconclusive"}


def _make(row: Forgery, shop: Workshop) -> Made:
    forged = row.forge(shop.stories)
    options = ("--as-of", forged.as_of) if forged.as_of else ()
    files = read_files(forged.bundle) if forged.bundle else shop.bundle(forged.raw, forged.openings)
    return Made(shop.pack(files), options)


def told(row: Forgery) -> bool:
    """Whether the protocol tells the row: it has no word for what is not due, no option for a time-stamp."""
    return row.status in VERDICTS and row.rule != "log.stamps"


def cases() -> list[Case]:
    """One case a row; its name is the rule and the name of the forgery."""
    found = []
    seen: Counter[str] = Counter()
    for row in FORGERIES:
        if not told(row):
            continue
        name = f"rule/{row.rule}/{row.forge.__name__}"
        seen[name] += 1
        if seen[name] > 1:
            name += f"-{seen[name]}"
        found.append(
            Case(
                name,
                row.attacker,
                row.deed,
                lambda shop, row=row: _make(row, shop),  # type: ignore[misc]
                VERDICTS[row.status],
                {row.rule: row.status},
                AFTER.get(name, ()),
            )
        )
    return found

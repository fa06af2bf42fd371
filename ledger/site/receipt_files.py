"""Receipts of whole pools in a site: each is written once, under the head of its day, and stays as it is.

`receipts/<draw>/<subject>.receipt`. A later head changes no receipt: it stands under its own checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterable

from ledger.receipts import given
from ledger.site.folder import RECEIPTS
from verifier import facts as f
from verifier import paths
from verifier.errors import Malformed
from verifier.facts import Facts

SUFFIX = ".receipt"


def pool_files(facts: Facts, draw: str) -> dict[str, str]:
    """subject → path of its receipt, for the pool of a draw whose result is public; else empty.

    A subject whose id no folder of every system can hold (the name of a Windows device, or another one's in
    upper and lower case) has no file.
    """
    held, frozen = facts.get(f.DRAWS, draw), facts.get(f.FROZEN, draw)
    if held is None or frozen is None or not given(held):
        return {}
    found: dict[str, str] = {}
    spelled: set[str] = set()
    for _, subject, _ in frozen.pool:
        path = f"{RECEIPTS}{draw}/{subject}{SUFFIX}"
        try:
            paths.check_path(path)
        except Malformed:
            continue
        if path.lower() not in spelled:
            spelled.add(path.lower())
            found[subject] = path
    return found


def draws_of(listed: Iterable[str]) -> frozenset[str]:
    """The draws of which a site lists receipts."""
    parts = (path.split("/") for path in listed if path.endswith(SUFFIX))
    return frozenset(part[1] for part in parts if len(part) == 3)

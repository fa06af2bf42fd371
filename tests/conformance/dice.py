"""What cases are made with: thrown dice, and the same page and README in each bundle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from tests.dice import thrown

PAGE = b"<!doctype html>\n<title>verify</title>\n"
README = b"How to check this bundle by hand: sha256sum -c SHA256SUMS\n"
"""What a bundle carries beside the ledger is fixed, so that cases change only where formats do."""


@contextmanager
def seeded(label: str) -> Iterator[None]:
    """Everything random inside comes from `label`; such contexts may stand inside one another."""
    with (
        thrown(label),
        mock.patch("ledger.commands.bundles.html", lambda: PAGE),
        mock.patch("ledger.bundle.readme", lambda: README),
    ):
        yield

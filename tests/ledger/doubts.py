"""What one detector finds in the ledger of a made-up office."""

from __future__ import annotations

from ledger.audit.detectors import RUN
from ledger.audit.detectors.doubt import Doubt, Limits
from ledger.audit.detectors.past import Past
from ledger.audit.source import opened
from tests.office import Office


def doubts(office: Office, detector: str, **limits: int) -> list[Doubt]:
    """The doubts of a detector, each said in both languages; `limits` by the last part of their names."""
    with opened(office.book.store.path) as source:
        past = Past(source, "2026-12-31")
        asked = Limits({f"{detector}.{name}": n for name, n in limits.items()})
        found = list(RUN[detector](past, asked))
    for doubt in found:
        assert doubt.detector == detector and doubt.entries and doubt.about
        for zh in (True, False):
            assert "{" not in doubt.sentence(zh)
    return found

"""What was found during one verification, in bounded memory (design §7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from verifier.report import Finding, Status

KEPT = 1000
"""Findings kept of one rule and status; the rest is counted."""


class Findings:
    """Findings in the order found; of each rule and status the first `KEPT` and the number of the others."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Finding]] = {}
        self._seen: Counter[tuple[str, Status]] = Counter()

    def append(self, finding: Finding) -> None:
        kind = (finding.rule, finding.status)
        self._seen[kind] += 1
        if self._seen[kind] <= KEPT:
            self._kept.setdefault(finding.rule, []).append(finding)

    def __iadd__(self, findings: Iterable[Finding]) -> Findings:
        for finding in findings:
            self.append(finding)
        return self

    def __iter__(self) -> Iterator[Finding]:
        for rule in self._kept:
            yield from self.of(rule)

    def rules(self) -> Iterable[str]:
        """Every rule with a finding."""
        return self._kept.keys()

    def of(self, rule: str) -> list[Finding]:
        """The findings of a rule; where some were not kept, one without a place says how many."""
        more = [
            Finding(rule, status, found=f"{self._seen[rule, status] - KEPT} more")
            for status in Status
            if self._seen[rule, status] > KEPT
        ]
        return self._kept.get(rule, []) + more

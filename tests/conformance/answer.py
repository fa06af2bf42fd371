"""What an implementation says of a bundle (specs/conformance.md §2), and where it must say otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

FORMAT = "liuhen-conformance/1"
RED = ("fail", "inconclusive", "warn")
"""Statuses that are told of, the worst first."""
VERDICTS = ("pass", "fail", "inconclusive", "refused")


@dataclass(frozen=True)
class Answer:
    """Verdict, and of every rule that is red its worst status."""

    verdict: str
    rules: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(verdict: str, statuses: Iterable[tuple[str, str]]) -> Answer:
        """From (rule, status) of every check."""
        worst: dict[str, str] = {}
        for rule, status in statuses:
            if status in RED and (rule not in worst or RED.index(status) < RED.index(worst[rule])):
                worst[rule] = status
        return Answer(verdict, dict(sorted(worst.items())))

    @staticmethod
    def parse(text: str) -> Answer:
        """Read the line that `verify-bundle` prints. ValueError for another form."""
        told = json.loads(text)
        if not isinstance(told, dict) or told.get("format") != FORMAT or told.get("verdict") not in VERDICTS:
            raise ValueError(f"not {FORMAT}")
        rules = told.get("rules", {})
        if not isinstance(rules, dict) or not set(rules.values()) <= set(RED):
            raise ValueError("rules maps ids to fail, inconclusive or warn")
        return Answer(told["verdict"], dict(sorted(rules.items())))

    def line(self) -> str:
        return json.dumps({"format": FORMAT, "verdict": self.verdict, "rules": dict(self.rules)})


def complaints(row: Mapping[str, Any], said: Answer) -> list[str]:
    """Where an answer is not what the manifest's row allows."""
    wrong = []
    if said.verdict != row["verdict"]:
        wrong.append(f"verdict {said.verdict}, not {row['verdict']}")
    for rule, status in row["must"].items():
        if said.rules.get(rule) != status:
            wrong.append(f"{rule} is {said.rules.get(rule, 'not red')}, not {status}")
    if row["may"] is None:
        return wrong
    allowed = {*row["must"], *row["may"]}
    wrong += [f"{rule} is {status}" for rule, status in said.rules.items() if rule not in allowed]
    return wrong

"""What a check remarks."""

from __future__ import annotations

from dataclasses import dataclass

MUST, SHOULD, NOTE = "must", "should", "note"
LEVELS = {MUST: "须改", SHOULD: "建议", NOTE: "提示"}


@dataclass(frozen=True)
class Remark:
    """One thing worth a look. `row` is a row of the plan, a value of a policy or a holder; empty: the whole.

    `must`: a rule or a higher document is broken; `should`: probably not meant so; `note`: worth knowing.
    """

    id: str
    level: str
    zh: str
    en: str
    source: str
    row: str = ""


def percent(p: int, q: int) -> str:
    """A rate for people: 3%, or 1/7 when it is no whole percentage."""
    return f"{100 * p // q}%" if 100 * p % q == 0 else f"{p}/{q}"


def few(names: list[str]) -> str:
    """The first three names."""
    return "、".join(names[:3]) + ("…" if len(names) > 3 else "")

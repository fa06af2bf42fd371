"""What a kind of fault came to, and the table of all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cli.table import table


@dataclass
class Outcome:
    """One kind of fault. `rounds` were played, in `hits` of them the fault met work under way; `acknowledged`
    counts what a writer was told is recorded. `breaches` are broken promises, none in a sound store;
    `control` are those of the store that breaks them on purpose, out of `control_rounds`. `skipped` says why
    nothing was played."""

    name: str
    rounds: int = 0
    hits: int = 0
    acknowledged: int = 0
    breaches: list[str] = field(default_factory=list)
    control: list[str] = field(default_factory=list)
    control_rounds: int = 0
    seconds: float = 0.0
    skipped: str = ""
    own: bool = False
    """The tests have no separate control."""

    @property
    def sound(self) -> bool:
        """Nothing was broken, the fault did strike, and the control was caught."""
        return bool(self.skipped) or (
            not self.breaches and self.hits > 0 and (self.own or bool(self.control))
        )


HEADER = ("fault", "rounds", "hits", "acknowledged", "breaches", "control (rounds → caught)", "s", "")


def rendered(outcomes: Iterable[Outcome]) -> list[str]:
    """The table, then each breach and each control that was not caught in words."""
    rows, words = [], []
    for one in outcomes:
        if one.skipped:
            rows.append((one.name, "-", "-", "-", "-", "-", "-", f"skipped: {one.skipped}"))
            continue
        rows.append(
            (
                one.name,
                f"{one.rounds:,}",
                f"{one.hits:,}",
                f"{one.acknowledged:,}",
                str(len(one.breaches)),
                "-" if one.own else f"{one.control_rounds:,} → {len(one.control):,}",
                f"{one.seconds:.0f}",
                "ok" if one.sound else "FAILED",
            )
        )
        words += [f"{one.name}: {breach}" for breach in one.breaches[:10]]
        if not one.control and not one.own:
            words.append(f"{one.name}: the control was not caught")
        if not one.hits:
            words.append(f"{one.name}: no fault struck")
    return [*table(HEADER, rows), *words]

"""The draws of a year: which class of enterprises, who does what, which day."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from random import Random

from tests.county.desk import working
from tests.county.registers import DEPARTMENTS, Kind, item_of
from verifier.codec import Value

BLOCKS = ((3, 1), (5, 20), (8, 10))
"""The days (month, day) from which the draws of a year are held, in three blocks of six weeks."""
REVIEWS = ((4, 26), (7, 20), (11, 16))
"""The days of the reviews of classes, a fortnight and more from any freeze."""
LAST = (12, 20)
"""The end of the window of every task."""
WEIGHTS = {"A": 1, "B": 2, "C": 4, "D": 8}


@dataclass(frozen=True)
class Draw:
    """A draw as it is planned. `task` is its task and plan row; `name` changes when it is begun again."""

    name: str
    year: int
    number: int
    day: date
    kind: Kind
    rate: tuple[int, int]
    by_risk: bool
    departments: tuple[str, str]
    groups: int
    sealed: bool
    public: str
    clerk: str
    approver: str
    parties: tuple[str, ...]
    task: str = field(default="")

    def again(self, attempt: int) -> Draw:
        return replace(self, name=f"{self.task}-{attempt}")

    @property
    def plan(self) -> str:
        return f"p{self.year}"

    @property
    def supervisor(self) -> str:
        return next(name for name in self.parties if name.startswith("supervisor"))

    def row(self) -> dict[str, Value]:
        """Its row of the plan."""
        tag = self.kind.tag
        row: dict[str, Value] = {
            "no": self.number,
            "plan_name": f"{self.year}年双随机抽查",
            "task_name": f"{tag}抽查（{self.kind.district or '全县'}第{self.number}次）",
            "text": [f"{tag}检查"],
            "items": [item_of(tag)],
            "p": self.rate[0],
            "q": self.rate[1],
            "objects": f"{self.kind.district or '全县'}{tag}企业",
            "draw": "directed" if self.kind.district or self.kind.risks else "undirected",
            "organiser": "示范县市场监督管理局",
            "executor": "、".join(DEPARTMENTS[unit][0] for unit in self.departments),
            "until": f"{self.year}-12",
            "tags": [tag],
        }
        return row | ({"by_risk": True} if self.by_risk else {})

    def question(self) -> dict[str, object]:
        """What its task asks beside the row: strata and rate, seats, teams, sealed, public value."""
        strata: list[dict[str, Value]] = [
            {"id": "all", "filter": self.kind.conditions(), "p": self.rate[0], "q": self.rate[1]}
        ]
        if self.by_risk:
            strata = [
                {"id": risk, "filter": {**self.kind.conditions(), "risk": [risk]}, "w": weight}
                for risk, weight in WEIGHTS.items()
            ]
        return {
            "strata": strata,
            "overall": self.rate if self.by_risk else None,
            "seats": [(unit, "-", 1) for unit in self.departments],
            "teams": "groups" if self.groups else "each",
            "groups": self.groups or None,
            "sealed": self.sealed,
            "public": self.public,
        }


def rate_of(n: int) -> tuple[int, int]:
    """At least 3 %, and about nine enterprises of a small class."""
    percent = max(3, min(30, ceil(Fraction(900, max(n, 1)))))
    return percent, 100


def days_of(year: int, count: int) -> list[date]:
    """Freezes of a year: `count` working days in three blocks of six weeks."""
    shares = [count // 3 + (i < count % 3) for i in range(3)]
    return [
        working(date(year, month, day) + timedelta(days=round(39 * i / max(1, share))))
        for (month, day), share in zip(BLOCKS, shares, strict=True)
        for i in range(share)
    ]


def plan_year(year: int, count: int, kinds: list[Kind], dice: Random) -> list[Draw]:
    """The draws of a year."""
    middling = [kind for kind in kinds if 60 <= kind.n <= 1_300 and not kind.risks]
    risky = [kind for kind in kinds if 60 <= kind.n <= 900 and len(kind.risks) == 2] or middling
    large = sorted((k for k in kinds if not k.district and not k.risks), key=lambda k: -k.n)[:6]
    whole = [kind for kind in middling if not kind.district] or large
    found = []
    for number, day in enumerate(days_of(year, count), 1):
        by_risk = number % 8 == 0
        kind = dice.choice(middling)
        if by_risk:
            kind = dice.choice(whole)
        elif number % 5 == 0:
            kind = dice.choice(risky)
        elif number % 20 == 11:
            kind = dice.choice(large)
        first, second = dice.sample(list(DEPARTMENTS), 2)
        parties = [f"clerk-{dice.randint(1, 3)}", f"supervisor-{dice.randint(1, 3)}"]
        if dice.random() < 0.3:
            parties.append(f"observer-{dice.randint(1, 2)}")
        name = f"d{year}-{number:02}"
        found.append(
            Draw(
                name,
                year,
                number,
                day,
                kind,
                rate_of(kind.n),
                by_risk,
                (first, second),
                2 if dice.random() < 0.08 else 0,
                dice.random() < 0.1,
                "balls:8" if dice.random() < 0.15 else "none",
                parties[0],
                f"approver-{dice.randint(1, 3)}",
                tuple(parties),
                name,
            )
        )
    return found

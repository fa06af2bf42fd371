"""The same county with eight kinds of cheating, at places that `PLANTED` names.

Everything here is allowed by the law: an insider can do it and the bundle still verifies. Where the law
refuses the plain form, the form that it allows is played:

- a result that is never published fails verification, so bad results are published late (7);
- a substitute cannot be chosen, only the next by ticket: an insider asks for a replacement whenever the
  next one is the officer he wants (5);
- a correction sends a result back to be published again (8).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from ledger.commands import keys, lists, visits
from tests.county import registers
from tests.county.county import County, Kept, Outcome, Scale
from tests.county.desk import after, working
from tests.county.draws import Draw
from verifier import draw as lot
from verifier import facts as f
from verifier.codec import Value
from verifier.vocabulary import PROBLEM_RESULTS


@dataclass(frozen=True)
class Plant:
    """A cheat: which of the eight kinds, the detector that must find it, and where it stands. Left out is
    what the place does not depend on; `how` tells variants of a kind apart."""

    kind: int
    detector: str
    draw: str = ""
    year: int = 0
    holder: str = ""
    officer: str = ""
    how: str = ""


HIDING = "lists.before-freeze"
PLANTED = (
    Plant(1, HIDING, "d2021-04", how="status"),
    Plant(1, HIDING, "d2021-13", how="tags"),
    Plant(1, HIDING, "d2022-10", how="risk"),
    Plant(1, HIDING, "d2023-14", how="status"),
    Plant(1, HIDING, "d2024-21", how="tags"),
    Plant(2, "pool.narrow", "d2021-06", how="few"),
    Plant(2, "pool.narrow", "d2022-12", how="half"),
    Plant(2, "pool.narrow", "d2024-09", how="most"),
    Plant(3, "officers.halved", "d2021-09", how="absent"),
    Plant(3, "officers.halved", "d2021-15", how="suspended"),
    Plant(3, "officers.halved", "d2023-05", how="absent"),
    Plant(3, "officers.halved", "d2024-26", how="suspended"),
    Plant(4, "draw.repeated", "d2021-10", how="2"),
    Plant(4, "draw.repeated", "d2021-17", how="3"),
    Plant(4, "draw.repeated", "d2022-19", how="2"),
    Plant(4, "draw.repeated", "d2023-22", how="3"),
    Plant(4, "draw.repeated", "d2025-06", how="2"),
    Plant(5, "replacement.concentrated", holder="approver-2", officer="teshe-03"),
    Plant(5, "contact.concentrated", holder="approver-2", officer="teshe-03"),
    *(
        Plant(6, detector, draw)
        for draw in ("d2021-03", "d2021-14", "d2022-29", "d2024-12")
        for detector in ("result.bulk", "result.night", "result.same-words")
    ),
    *(
        Plant(7, detector, year=year, holder="clerk-3")
        for year in (2021, 2024)
        for detector in ("publication.late", "publication.selective")
    ),
    *(
        Plant(8, detector, year=year, holder="clerk-1")
        for year in (2021, 2023, 2025)
        for detector in ("correction.after-publication", "clock.corrected")
    ),
)
"""`officer` of kind 5 is the substitute to whom the replacements lead."""


NARROW = {"few": (2, 3, (60, 100)), "half": (4, 4, (45, 100)), "most": (5, 9, (90, 100))}
"""Variants of kind 2: the least and most enterprises in the pool, the rate."""


@dataclass(frozen=True)
class Found:
    """A plant as it was played: the subjects, officers and entries that show it."""

    plant: Plant
    subjects: tuple[str, ...] = ()
    officers: tuple[str, ...] = ()
    draws: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()


class Cheating(County):
    """The county with what `PLANTED` names. `played` lists what of it really happened at this scale."""

    def __init__(self, folder: Path, scale: Scale, seed: str) -> None:
        super().__init__(folder, scale, seed)
        self.planted: list[Found] = []
        self.hidden: dict[str, str] = {}

    def plants(self, kind: int, draw: Draw | None = None) -> list[Plant]:
        """The plants of a kind, at a draw where one is given."""
        return [p for p in PLANTED if p.kind == kind and (draw is None or p.draw == draw.task)]

    def size(self) -> int:
        return self.book.store.head().size

    # 2: a filter so narrow that the pool is nearly the sample.

    def adapted(self, planned: list[Draw]) -> list[Draw]:
        return [self._adapted(draw) for draw in planned]

    def _adapted(self, draw: Draw) -> Draw:
        cheated = {p.kind for p in PLANTED if p.draw == draw.task}
        if cheated & {1, 4}:
            draw = replace(draw, public="none", sealed=False, groups=0)
        if cheated & {6} or self.plants(5):
            draw = replace(draw, sealed=False)
        if any(p.how == "risk" for p in self.plants(1, draw)):
            draw = replace(draw, by_risk=False, kind=self._of_risk(draw))
        for plant in self.plants(2, draw):
            least, most, rate = NARROW[plant.how]
            kind = self._narrow(draw, least, most)
            draw = replace(draw, by_risk=False, rate=rate, kind=kind)
            self.planted.append(Found(plant, draws=(draw.name,)))
        return draw

    def _of_risk(self, draw: Draw) -> registers.Kind:
        """A class by risk, as rows for C and D have."""
        fit = [k for k in registers.kinds(self.subjects) if len(k.risks) == 2 and 40 <= k.n <= 900]
        return self.dice("risk", draw.task).choice(fit)

    def _narrow(self, draw: Draw, least: int, most: int) -> registers.Kind:
        """A class of a handful of enterprises."""
        fit = [k for k in registers.kinds(self.subjects) if len(k.risks) == 1 and least <= k.n <= most]
        return self.dice("narrow", draw.task).choice(fit)

    # 1: an enterprise is hidden three days before the freeze and comes back after.
    # 3: officers are away, or suspended, just on the day of the freeze.

    def task_of(self, draw: Draw) -> None:
        super().task_of(draw)
        for plant in self.plants(1, draw):
            self.at(working(draw.day - timedelta(days=2), -1), 59_000, partial(self.hide, draw, plant))
        for plant in self.plants(3, draw):
            self.at(working(draw.day - timedelta(days=1), -1), 60_000, partial(self.thin_out, draw, plant))

    def hide(self, draw: Draw, plant: Plant) -> None:
        pool = self.pool_of(draw)
        subject = self.dice("hide", draw.task).choice(pool)
        before = self.now(subject)
        changed = {
            "status": {"status": "closed"},
            "tags": {"tags": [tag for tag in _tags(before) if tag != draw.kind.tag]},
            "risk": {"risk": "A"},
        }[plant.how]
        first = self.size()
        self.change(subject, changed, "企业信息变更", draw.clerk)  # type: ignore[arg-type]
        self.hidden[draw.task] = subject
        undone = {name: before[name] for name in changed}

        def restore() -> None:
            self.change(subject, undone, "企业信息更正", draw.clerk)
            found = Found(plant, (subject,), draws=(draw.task,), entries=(first, self.size() - 1))
            self.planted.append(found)

        self.at(after(draw.day, 2), 59_500, restore)

    def pool_of(self, draw: Draw) -> list[str]:
        """Who is in the pool as the lists stand."""
        wanted = draw.kind.conditions()
        rows = self.book.facts().rows(f.register("subjects"))
        return [name for name, row in rows if _meets(row.record, wanted)]

    def thin_out(self, draw: Draw, plant: Plant) -> None:
        """More than half of the officers of the first seat's 科室."""
        unit = draw.departments[0]
        able = [name for name, _ in registers.officers() if name.startswith(unit)]
        gone = able[: len(able) - 2]
        first = self.size()
        day = draw.day.isoformat()
        if plant.how == "absent":
            for name in gone:
                self.wait(40)
                lists.record_absence(self.book, self.signers[draw.clerk], name, day, day, "duty")
        else:
            self.set_officers(gone, "suspended", draw.clerk)
            self.at(after(draw.day, 1), 34_000, lambda: self.set_officers(gone, "active", draw.clerk))
        entries = tuple(range(first, self.size()))
        self.planted.append(Found(plant, officers=tuple(gone), draws=(draw.task,), entries=entries))

    def set_officers(self, names: list[str], status: str, by: str) -> None:
        rows = [
            (name, {**record, "status": status}) for name, record in registers.officers() if name in names
        ]
        lists.import_records(
            self.book,
            self.signers[by],
            "officers",
            rows,
            reason="人员状态调整",
            source=registers.digest(status),
        )

    # 4: a draw is aborted when its result does not please, and begun again.

    def ceremony(self, draw: Draw) -> None:
        repeated = self.plants(4, draw)
        if self.plants(1, draw):
            self.freeze_it(draw)
            self.reveal_all(draw, lambda seed, held: self._would_be_drawn(seed, held, self.hidden[draw.task]))
            self.run_it(draw)
            self.visits_of(draw)
        elif repeated:
            self.begin_again(draw, repeated[0])
        else:
            super().ceremony(draw)

    def _would_be_drawn(self, seed: str, held: f.Draw, subject: str) -> bool:
        """Whether a subject outside the pool has a ticket before the cut of a stratum it would be in."""
        frozen = self.book.facts().get(f.FROZEN, held.question["draw"])
        pool = [name for _, name, _ in frozen.pool] if frozen else []
        (stratum,) = held.question["strata"][:1]
        ranked = lot.select(seed, [*pool, subject], stratum["k"] // 2 + 1)
        return any(name == subject for _, name in ranked)

    def begin_again(self, draw: Draw, plant: Plant) -> None:
        """Draws until the protected enterprise is not among the drawn, on as many days."""
        protected = self.dice("protect", draw.task).choice(self.pool_of(draw))
        attempts = int(plant.how)

        def attempt(number: int) -> None:
            one = draw if number == 1 else replace(draw.again(number), day=self.today)
            last = number == attempts
            self.freeze_it(one)
            self.reveal_all(one, lambda seed, held: last != _drawn(seed, held, self.pool_of(draw), protected))
            if not last:
                self.abort(one, "equipment")
                self.at(after(self.today, 1), 35_000, lambda: attempt(number + 1))
                return
            self.run_it(one)
            self.visits_of(one)
            names = tuple(draw.name if n == 1 else draw.again(n).name for n in range(1, attempts + 1))
            self.planted.append(Found(plant, (protected,), draws=names))

        attempt(1)

    # 5: one approver, one substitute, nobody met.

    def favoured(self, draw: Draw) -> str:
        """The officer to whom an approver's replacements lead; "" where another approves."""
        return next((p.officer for p in self.plants(5) if p.holder == draw.approver), "")

    def replace(self, draw: Draw, team: f.Team) -> None:
        wanted = self.favoured(draw)
        for number, officer in enumerate(team.seats, 1):
            if wanted and officer != wanted and self.next_of(draw, team, number) == [wanted]:
                first = self.size()
                self.recuse(draw, team, number, officer, "absence", draw.approver)
                self.note(5, "replacement.concentrated", (first,), team.subject)
                return
        super().replace(draw, team)

    def note(self, kind: int, detector: str, entries: tuple[int, ...], subject: str) -> None:
        """Add to what was played of a plant that happens again and again."""
        plant = next(p for p in PLANTED if (p.kind, p.detector) == (kind, detector))
        held = next((one for one in self.planted if one.plant == plant), Found(plant))
        self.planted = [one for one in self.planted if one.plant != plant]
        self.planted.append(
            replace(held, subjects=(*held.subjects, subject), entries=(*held.entries, *entries))
        )

    def enter(self, draw: Draw, subject: str, one: Outcome) -> None:
        team = self.book.facts().get(f.TEAMS, f"{draw.name}/{subject}")
        wanted = self.favoured(draw)
        nobody = wanted and team and wanted in team.members() and not self.plants(6, draw)
        if nobody and self.dice("nobody", draw.name, subject).random() < 0.9:
            one = replace(one, code="10", text="未能检查", findings="登记地址无人")
            self.note(5, "contact.concentrated", (self.size(),), subject)
        super().enter(draw, subject, one)

    # 6: results in bulk, at night, in the same words.

    def visits_of(self, draw: Draw) -> None:
        super().visits_of(draw)
        if self.plants(6, draw):
            teams = self.teams(draw)
            self.at(after(draw.day, 19), 84_600, lambda: self._note_bulk(draw, len(teams)))

    def _note_bulk(self, draw: Draw, count: int) -> None:
        entries = tuple(one.seq for one in self.visits.values() if one.draw == draw)
        subjects = tuple(one.subject for one in self.visits.values() if one.draw == draw)
        for plant in self.plants(6, draw):
            self.planted.append(Found(plant, subjects, draws=(draw.name,), entries=entries))

    def outcome(self, draw: Draw, team: f.Team) -> Outcome:
        one = super().outcome(draw, team)
        if not self.plants(6, draw):
            return one
        return replace(
            one,
            day=after(draw.day, 18),
            second=83_400 + team.rank * 4,
            code="01",
            text="未发现问题",
            findings="现场检查，未发现问题",
            opinion="符合要求",
        )

    # 7: good results in time, bad ones weeks after their last day.

    def may_publish(self, one: Kept) -> bool:
        return super().may_publish(one) and not (self._held_back(one) and self.today < self._too_late(one))

    def _held_back(self, one: Kept) -> bool:
        selective = {(p.year, p.holder) for p in self.plants(7)}
        return (one.draw.year, one.draw.clerk) in selective and one.code in PROBLEM_RESULTS

    def _too_late(self, one: Kept) -> date:
        return after(one.made, 24 + self.dice("late", one.draw.name, one.subject).randrange(20))

    def publish_all(self, clerk: str, ready: list[Kept]) -> None:
        for one in ready:
            if self._held_back(one):
                for plant in self.plants(7):
                    if (plant.year, plant.holder) == (one.draw.year, clerk):
                        self._note_at(plant, one)
        super().publish_all(clerk, ready)

    def _note_at(self, plant: Plant, one: Kept) -> None:
        held = next((found for found in self.planted if found.plant == plant), Found(plant))
        self.planted = [found for found in self.planted if found.plant != plant]
        subjects, entries = (*held.subjects, one.subject), (*held.entries, one.seq)
        self.planted.append(replace(held, subjects=subjects, entries=entries))

    # 8: findings corrected away after their publication, by a clock set back.

    def people_away(self, year: int) -> None:
        super().people_away(year)
        if any(plant.year == year for plant in self.plants(8)):
            self.at(working(date(year, 12, 1)), 68_000, lambda: self.whitewash(year))

    def whitewash(self, year: int) -> None:
        """Published problems of one clerk become none, "the day before"; published again the day after."""
        clerk = "clerk-1"
        mine = [v for v in self.visits.values() if v.draw.clerk == clerk and v.draw.year == year]
        bad = [v for v in mine if v.published and v.code in ("02", "09", "13")][-8:]
        first = self.size()
        last = working(self.today - timedelta(days=1), -1)
        self.clock.day, self.clock.second = last.isoformat(), 62_000
        corrected = keys.correct_clock(self.book, self.signers["admin-2"], "计算机时间有误")
        self.confirmed("approver-1", corrected)
        again = []
        for one in bad:
            self.wait(45)
            box: list[Value] = [
                {
                    "item": registers.item_of(one.draw.kind.tag),
                    "checked": True,
                    "ordered": False,
                    "corrected": False,
                    "result": "未发现问题",
                }
            ]
            for field, new in (("results", ["01"]), ("items", box)):
                written = visits.correct(self.book, self.signers[clerk], one.seq, field, new, "录入有误")  # type: ignore[arg-type]
                again.append(written.leaf)
        self.wait(600)
        keys.confirm(self.book, self.signers["approver-1"], again)
        for plant in self.plants(8):
            if plant.year == year:
                names = tuple(one.subject for one in bad)
                self.planted.append(Found(plant, names, entries=tuple(range(first, self.size()))))
        self.at(after(self.today, 2), 34_000, lambda: self.publish_all(clerk, bad))


def _tags(record: registers.Record) -> list[str]:
    held = record["tags"]
    return [str(tag) for tag in held] if isinstance(held, list) else []


def _meets(record: f.Data, wanted: dict[str, Value]) -> bool:
    for name, allowed in wanted.items():
        held = record.get(name)
        values = held if isinstance(held, list) else [held]
        if not any(value in allowed for value in values):  # type: ignore[operator]
            return False
    return True


def _drawn(seed: str, held: f.Draw, pool: list[str], subject: str) -> bool:
    """Whether a seed draws a subject, in a draw of one stratum."""
    (stratum,) = held.question["strata"]
    return any(name == subject for _, name in lot.select(seed, pool, stratum["k"]))

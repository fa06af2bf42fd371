"""Five honest years: plans, tasks, draws, visits, results, and what happens to the lists in between."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from unittest import mock

from ledger.commands import checks, draw_notes, draws, followups, keys, lists, plans, visits
from tests.county import registers, words
from tests.county.desk import Desk, after, working
from tests.county.draws import LAST, REVIEWS, Draw, plan_year
from tests.county.registers import Record
from tests.office import POLICY, digest
from verifier import draw as lot
from verifier import facts as f
from verifier.codec import Value
from verifier.law.fills import followers
from verifier.vocabulary import NEEDS_FOLLOWUP

HALF_PAST_EIGHT, FIVE = 30_600, 61_200
CLERKS = ("clerk-1", "clerk-2", "clerk-3")


@dataclass(frozen=True)
class Scale:
    """How large a county: `subjects` 0 for the real register."""

    subjects: int = 0
    first: int = 2021
    years: int = 5
    draws: int = 40


FULL = Scale()
SMALL = Scale(subjects=300, years=1, draws=20)


@dataclass(frozen=True)
class Outcome:
    """What comes of one visit: when it was made, when it is entered (day, second), what is written."""

    begin: str
    end: str
    day: date
    second: int
    code: str
    text: str
    findings: str
    opinion: str


@dataclass
class Kept:
    """A visit entered: whose, when, and what waits. `after` holds its publication back until that day."""

    visit: str
    draw: Draw
    subject: str
    seq: int
    leaf: bytes
    made: date
    code: str
    after: date
    approver: str
    confirmed: bool = False
    published: bool = False


class County(Desk):
    """The honest county. What a cheat does otherwise are methods of their own."""

    def __init__(self, folder: Path, scale: Scale = FULL, seed: str = "county") -> None:
        self.scale = scale
        super().__init__(folder, seed, date(scale.first, 1, 4))
        self.visits: dict[str, Kept] = {}
        self.fresh: list[tuple[str, Record]] = []
        self.subjects: list[tuple[str, Record]] = []
        self.running: dict[str, Draw] = {}
        self.busy: dict[tuple[str, date], list[tuple[int, int]]] = {}
        """When each officer is where, by day: seconds after midnight."""

    @classmethod
    def played(cls, folder: Path, scale: Scale = FULL, seed: str = "county") -> County:
        """The county's ledger in `folder`, always the same for the same seed."""
        folder.mkdir(parents=True, exist_ok=True)
        random = cls.dice_of(seed)
        with mock.patch.object(os, "urandom", random):
            county = cls(folder, scale, seed)
            county.begin()
            for year in range(scale.first, scale.first + scale.years):
                county.plan_the(year)
            county.run()
            county.leave()
        return county

    @staticmethod
    def dice_of(seed: str) -> Callable[[int], bytes]:
        return Random(seed).randbytes

    # The lists at first.

    def begin(self) -> None:
        whole = registers.subjects(self.scale.subjects)
        dice = self.dice("fresh")
        young = set(dice.sample(range(len(whole)), len(whole) // 50))
        self.fresh = [row for n, row in enumerate(whole) if n in young]
        self.subjects = [row for n, row in enumerate(whole) if n not in young]
        self.known = dict(self.subjects)
        self.bring("items", registers.items())
        self.bring("officers", registers.officers())
        self.bring("subjects", self.subjects)
        adopted = plans.adopt_policy(
            self.book,
            self.signers["clerk-1"],
            f"xize-{self.scale.first}",
            title="实施细则（试行）",
            document=f"示市监〔{self.scale.first}〕1号",
            file=digest("细则"),
            values=POLICY,
            clauses={"min_rate": "第九条", "min_officers": "第十一条"},
        )
        self.wait(3_000)
        self.confirmed("approver-1", adopted)
        self.calendar(self.scale.first)
        pairs = [self._pair("conflicts", n) for n in range(min(120, len(self.subjects) // 4))]
        lists.declare_conflicts(self.book, self.signers["clerk-2"], pairs)

    def bring(self, register: str, rows: list[tuple[str, Record]], by: str = "clerk-1") -> None:
        lists.import_records(
            self.book, self.signers[by], register, rows, reason="建库", source=digest(register)
        )

    def calendar(self, year: int) -> None:
        off, work = plans.year_table(year)
        plans.adopt_calendar(
            self.book, self.signers["clerk-1"], year, f"国办发明电〔{year - 1}〕7号", off, work
        )

    def _pair(self, what: str, number: int) -> tuple[str, str, Value | None]:
        dice = self.dice(what, number)
        officer = dice.choice(registers.officers())[0]
        return (
            officer,
            dice.choice(self.subjects)[0],
            dice.choice(("近亲属任职", "持有股份", "曾任职", "债权债务")),
        )

    # What a year holds.

    def plan_the(self, year: int) -> None:
        kinds = registers.kinds(self.subjects)
        held = self.adapted(plan_year(year, self.scale.draws, kinds, self.dice("plan", year)))
        self.at(date(year, 1, 8), 34_000, partial(self.yearly_plan, year, held))
        for draw in held:
            self.at(
                working(draw.day - timedelta(days=5), -1),
                34_000 + draw.number * 60,
                partial(self.task_of, draw),
            )
            self.at(draw.day, 33_000 + draw.number % 7 * 2_400, partial(self.ceremony, draw))
        for month, day in REVIEWS:
            self.at(working(date(year, month, day)), 36_000, partial(self.review, year, month))
        for month in range(1, 13):
            self.at(working(date(year, month, 2)), 50_000, partial(self.register_news, year, month))
        self.people_away(year)
        self.complaints(year)
        week = date(year, 1, 7)
        while week.year == year:
            for number, clerk in enumerate(CLERKS):
                self.at(working(week), 54_000 + number * 900, partial(self.publish_ready, clerk))
            week += timedelta(days=7)
        self.at(date(year, 12, 24), 40_000, lambda: self.calendar(year + 1))

    def adapted(self, planned: list[Draw]) -> list[Draw]:
        """The draws of a year as they are put into the plan."""
        return planned

    def yearly_plan(self, year: int, held: list[Draw]) -> None:
        name, clerk = f"p{year}", self.signers["clerk-1"]
        self.bring(f"plan.{name}", [(f"{draw.number:02}", draw.row()) for draw in held])
        plans.submit_plan(self.book, clerk, name, f"{year}年度抽查计划", year)
        self.wait(7_200)
        plans.approve_plan(self.book, self.signers["approver-1"], name)
        self.wait(3_600)
        plans.publish_plan(
            self.book, clerk, name, plans.publication("portal", self.clock.day, f"公告{year}-1")
        )

    def task_of(self, draw: Draw) -> None:
        self.running[draw.task] = draw
        written = plans.new_task(
            self.book,
            self.signers[draw.clerk],
            draw.task,
            draw.plan,
            f"{draw.number:02}",
            scheme=("工作方案", digest(f"方案{draw.task}")),
            form=("检查表", "1", digest(f"检查表{draw.kind.tag}")),
            window=(f"{draw.year}-01-15", f"{draw.year}-{LAST[0]}-{LAST[1]}"),
            responsible=draw.clerk,
            **draw.question(),  # type: ignore[arg-type]
        )
        dice = self.dice("approve", draw.task)
        self.at(self.today, 50_000 + dice.randrange(9_000), lambda: self.confirmed(draw.approver, written))

    # The ceremony.

    def ceremony(self, draw: Draw) -> None:
        """Freeze, commit, public value, reveal, run: in one room, a minute or more between two steps."""
        if self.dice("abort", draw.task).random() < 0.012:
            self.freeze_it(draw)
            self.abort(draw, "list-error")
            self.at(after(self.today, 1), 35_000, lambda: self.drawn_at_once(draw.again(2)))
            return
        self.drawn_at_once(draw)

    def drawn_at_once(self, draw: Draw) -> None:
        self.freeze_it(draw)
        self.reveal_all(draw)
        self.run_it(draw)
        self.visits_of(draw)

    def freeze_it(self, draw: Draw) -> None:
        draws.freeze(self.book, self.signers[draw.clerk], draw.name, draw.task, list(draw.parties))

    def abort(self, draw: Draw, cause: str) -> None:
        self.wait(240)
        written = draws.abort(self.book, self.signers[draw.clerk], draw.name, cause)
        self.wait(600)
        self.confirmed(draw.approver, written)

    def reveal_all(self, draw: Draw, wanted: Callable[[str, f.Draw], bool] | None = None) -> None:
        """Commit, value, reveal. What every party seals follows from the dice; with `wanted` it is thrown
        again until the seed is one that is wanted."""
        held = self.book.facts().get(f.DRAWS, draw.name)
        if held is None:
            raise LookupError(draw.name)
        for attempt in range(100_000):
            secrets = {
                name: self.dice("r", draw.name, name, attempt).randbytes(32).hex() for name in draw.parties
            }
            by_key = {self.signers[name].key_id.hex(): r for name, r in secrets.items()}
            if wanted is None or wanted(lot.seed(draw.name, held.m, by_key, "none"), held):
                break
        dice = self.dice("ceremony", draw.name)
        for name in draw.parties:
            self.signers[name].keep_secret(draws.secret_name(draw.name, held.m), secrets[name])
            self.wait(dice.randint(70, 200))
            draws.commit(self.book, self.signers[name], draw.name)
        if draw.public != "none":
            self.wait(dice.randint(120, 400))
            value = "".join(str(dice.randint(0, 9)) for _ in range(8))
            written = draws.public_value(self.book, self.signers[draw.clerk], draw.name, value)
            self.wait(dice.randint(90, 200))
            self.confirmed(draw.supervisor, written)
        for name in draw.parties:
            self.wait(dice.randint(70, 200))
            draws.reveal(self.book, self.signers[name], draw.name)

    def run_it(self, draw: Draw) -> None:
        self.wait(100)
        draws.run(self.book, self.signers[draw.clerk], draw.name)
        if draw.sealed:
            self.wait(300)
            draw_notes.note_printing(self.book, self.signers[draw.clerk], draw.name, 2, "检查组领取名单")

    # Visits and results.

    def teams(self, draw: Draw) -> list[f.Team]:
        """Who goes where, in the order drawn."""
        rows = self.book.facts().rows(f.TEAMS, f"{draw.name}/")
        return sorted((team for _, team in rows), key=lambda team: (team.stratum, team.rank))

    def visits_of(self, draw: Draw) -> None:
        """Put every visit of a draw on the agenda: who cannot go, what is entered."""
        for team in self.teams(draw):
            self.at(after(draw.day, 1), 31_000 + team.rank, partial(self.replace, draw, team))
        self.at(after(draw.day, 1), 33_000, partial(self.send_out, draw))

    def send_out(self, draw: Draw) -> None:
        """Fix day and hour of every visit, when it is known who goes."""
        for team in self.teams(draw):
            one = self.outcome(draw, team)
            self.at(one.day, one.second, partial(self.enter, draw, team.subject, one))

    def free(self, officers: tuple[str, ...], day: date, start: int, end: int) -> bool:
        """Book officers for a visit and the half hour around it, unless one is elsewhere then."""
        booked = [self.busy.setdefault((officer, day), []) for officer in officers]
        if any(start < b and a < end for held in booked for a, b in held):
            return False
        for held in booked:
            held.append((start - 1_800, end + 1_800))
        return True

    def replace(self, draw: Draw, team: f.Team) -> None:
        """An officer who cannot go: seldom, by whoever works on the draw."""
        for number, officer in enumerate(team.seats, 1):
            dice = self.dice("recuse", draw.name, team.subject, number)
            if dice.random() < 0.015:
                self.recuse(draw, team, number, officer, dice.choice(("recusal", "absence")), draw.approver)

    def recuse(self, draw: Draw, team: f.Team, seat: int, officer: str, reason: str, approver: str) -> None:
        if self.next_of(draw, team, seat):
            _, written = draws.recuse(
                self.book, self.signers[draw.clerk], draw.name, team.subject, officer, reason
            )
            self.wait(1_500)
            self.confirmed(approver, written)

    def next_of(self, draw: Draw, team: f.Team, seat: int) -> list[str]:
        """Who would follow in a seat."""
        facts = self.book.facts()
        held, frozen = facts.get(f.DRAWS, draw.name), facts.get(f.FROZEN, draw.name)
        now = facts.get(f.TEAMS, f"{draw.name}/{team.subject}")
        return followers(facts, draw.name, held, frozen, now, seat) if held and frozen and now else []

    def outcome(self, draw: Draw, team: f.Team) -> Outcome:
        """An honest visit: on a working day within a month, entered one to three working days later."""
        dice = self.dice("visit", draw.name, team.subject)
        for _ in range(200):
            made = after(draw.day, dice.randint(2, 5 if draw.sealed else 17))
            start = HALF_PAST_EIGHT + dice.randrange(8 * 3_600)
            length = dice.randint(1_200, 7_000)
            if self.free(team.members(), made, start, start + length):
                break
        entered = after(made, dice.choice((0, 1, 1, 1, 2, 2, 3)))
        at_desk = max(
            HALF_PAST_EIGHT + dice.randrange(26_000), start + length + 1_800 if entered == made else 0
        )
        if at_desk > FIVE:
            entered, at_desk = after(made, 1), HALF_PAST_EIGHT + dice.randrange(26_000)
        code = dice.choices(("01", "02", "09", "13", "10", "06", "03"), (70, 13, 5, 2, 4, 2, 4))[0]
        text, findings = self.said(code, draw, team.subject)
        return Outcome(
            moment(made, start),
            moment(made, start + length),
            entered,
            at_desk,
            code,
            text,
            findings,
            words.advice(self.dice("advice", draw.name, team.subject)),
        )

    def said(self, code: str, draw: Draw, subject: str) -> tuple[str, str]:
        """The words in the box of the item, and the findings."""
        dice = self.dice("words", draw.name, subject)
        if code in ("10", "06", "03"):
            return "未能检查", words.gone(dice)
        if code in ("02", "09", "13"):
            return "发现问题", words.wrong(dice)
        return "未发现问题", words.fine(dice)

    def enter(self, draw: Draw, subject: str, one: Outcome) -> None:
        """附件5, signed on paper; an approver confirms in the afternoon."""
        one = self.with_substitutes(draw, subject, one)
        met = one.code not in ("10", "06", "03")
        wrong = one.code in ("02", "09", "13")
        box: dict[str, Value] = {
            "item": registers.item_of(draw.kind.tag),
            "checked": met,
            "ordered": wrong,
            "corrected": one.code == "02",
        }
        absent = {"subject_signature": "absent", "unsigned_reason": "现场无人"}
        visit, written = visits.record_visit(
            self.book,
            self.signers[draw.clerk],
            draw.name,
            subject,
            occurred=one.begin,
            until=one.end,
            items=[{**box, "result": one.text} if met else box],
            results=[one.code],
            findings=one.findings,
            opinion=one.opinion,
            paper=([], digest(f"记录表{draw.name}{subject}")),
            **({} if met else absent),
        )
        entry = written.entries[-1]
        made = date.fromisoformat(one.begin[:10])
        kept = Kept(
            visit, draw, subject, entry.body.seq, entry.leaf, made, one.code, made, self.checker(draw)
        )
        self.visits[visit] = kept
        late = max(self.clock.second + 2_400, 58_000 + self.dice("confirm", visit).randrange(4_000))
        day = self.today if late < 64_000 else after(self.today, 1)
        self.at(day, late if late < 64_000 else 31_500, lambda: self.effective(kept))

    def with_substitutes(self, draw: Draw, subject: str, one: Outcome) -> Outcome:
        """The visit at an hour at which those who came in by replacement are nowhere else."""
        team = self.book.facts().get(f.TEAMS, f"{draw.name}/{subject}")
        day = date.fromisoformat(one.begin[:10])
        if team is None or set(team.members()) <= set(team.seats) or day == self.today:
            return one
        start, end = (second_of(time) for time in (one.begin, one.end))
        begin = self.free(team.members(), day, start, end - start)
        return replace(one, begin=moment(day, begin), end=moment(day, begin + end - start))

    def checker(self, draw: Draw) -> str:
        """Who confirms a record on paper."""
        return draw.approver

    def effective(self, kept: Kept) -> None:
        keys.confirm(self.book, self.signers[kept.approver], [kept.leaf])
        kept.confirmed = True
        self.followed(kept)
        draw = kept.draw
        if draw.sealed:
            done = {one.subject for one in self.visits.values() if one.draw == draw and one.confirmed}
            if len(done) == len(self.teams(draw)):
                self.at(after(self.today, 1), 36_000, lambda: self.unseal(draw))

    def unseal(self, draw: Draw) -> None:
        draws.unseal(self.book, self.signers[draw.clerk], draw.name)

    def followed(self, kept: Kept) -> None:
        """What a result asks for: ordered within days, settled within a month."""
        if kept.code not in NEEDS_FOLLOWUP:
            return
        dice = self.dice("follow", kept.draw.name, kept.subject)
        ordered = after(self.today, dice.randint(1, 4))
        due = ordered + timedelta(days=30)
        clerk = self.signers[kept.draw.clerk]

        def order() -> None:
            name, _ = followups.record(
                self.book, clerk, kept.visit, "ordered", due=due.isoformat(), file=digest(f"责改{kept.visit}")
            )
            settled = working(self.today + timedelta(days=dice.randint(9, 26)))
            day = settled.isoformat()
            self.at(
                settled, 37_000, lambda: followups.close(self.book, clerk, name, day, digest(f"复查{name}"))
            )

        self.at(ordered, HALF_PAST_EIGHT + dice.randrange(20_000), order)

    def publish_ready(self, clerk: str) -> None:
        """Once a week: every signed result of a clerk that is two working days old."""
        ready = [one for one in self.visits.values() if one.draw.clerk == clerk and self.may_publish(one)]
        self.publish_all(clerk, ready)

    def publish_all(self, clerk: str, ready: list[Kept]) -> None:
        if ready:
            where = plans.publication("credit_system", self.clock.day, f"公示{self.clock.day}")
            visits.register_results(self.book, self.signers[clerk], [one.visit for one in ready], where)
        for one in ready:
            one.published = True

    def may_publish(self, one: Kept) -> bool:
        if one.published or not one.confirmed or self.today <= one.after:
            return False
        held = self.book.facts().get(f.DRAWS, one.draw.name)
        return not one.draw.sealed or bool(held and held.unsealed)

    # What happens to the lists, and beside the plan.

    def change(self, subject: str, changes: Mapping[str, Value], reason: str, by: str) -> None:
        lists.change_record(
            self.book, self.signers[by], "subjects", subject, changes, reason=reason, source=digest(reason)
        )

    def now(self, subject: str) -> Record:
        row = self.book.facts().get(f.register("subjects"), subject)
        if row is None:
            raise LookupError(subject)
        return dict(row.record)

    def edit(self, names: list[str], changed: Callable[[Record], Record], reason: str, by: str) -> None:
        """One import that changes rows that are there."""
        rows = [(name, changed(self.now(name))) for name in names]
        lists.import_records(
            self.book,
            self.signers[by],
            "subjects",
            rows,
            reason=reason,
            source=digest(f"{reason}{self.clock.day}"),
        )

    def review(self, year: int, month: int) -> None:
        """风险分级复核: two in a hundred change their class."""
        dice = self.dice("review", year, month)
        names = dice.sample([name for name, _ in self.subjects], len(self.subjects) // 50)
        classes = {name: dice.choice("ABCD") for name in names}
        self.edit(names, lambda r: {**r, "risk": classes[str(r["code"])]}, "信用风险分级复核", "clerk-2")

    def register_news(self, year: int, month: int) -> None:
        """What the register of enterprises reports each month: new ones, and closures."""
        dice = self.dice("news", year, month)
        months = self.scale.years * 12
        place = (year - self.scale.first) * 12 + month - 1
        new = self.fresh[place::months]
        open_now = [name for name, _ in self.subjects if self.now(name)["status"] == "active"]
        gone = dict.fromkeys(dice.sample(open_now, max(1, len(self.subjects) // 1_500)))
        closed = [(name, {**self.now(name), "status": dice.choice(("cancelled", "moved"))}) for name in gone]
        lists.import_records(
            self.book,
            self.signers["clerk-2"],
            "subjects",
            sorted([*new, *closed]),
            reason="登记机关月度推送",
            source=digest(f"月度推送{year}-{month}"),
        )

    def people_away(self, year: int) -> None:
        """Leave, training, illness: said a few days before, for a few days."""
        for name, _ in registers.officers():
            for number in range(2):
                dice = self.dice("away", year, name, number)
                first = date(year, 1, 10) + timedelta(days=dice.randrange(335))
                last = first + timedelta(days=dice.randint(1, 8))
                told = max(date(year, 1, 9), working(first - timedelta(days=dice.randint(1, 9)), -1))
                reason = dice.choice(("leave", "training", "illness", "duty"))
                told_by = self.signers["clerk-3"]
                days = (first.isoformat(), last.isoformat(), reason)
                deed = partial(lists.record_absence, self.book, told_by, name, *days)
                self.at(told, HALF_PAST_EIGHT + dice.randrange(28_000), deed)

    def complaints(self, year: int) -> None:
        """A dozen checks outside the plan, on complaints."""
        for number in range(12):
            dice = self.dice("complaint", year, number)
            made = working(date(year, 1, 20) + timedelta(days=dice.randrange(320)))
            subject = dice.choice(self.subjects)[0]
            team = dice.sample([name for name, _ in registers.officers()], 2)
            begin = HALF_PAST_EIGHT + dice.randrange(20_000)
            self.free(tuple(team), made, begin, begin + 3_000)
            code = dice.choice(("01", "02", "02"))

            record = partial(
                checks.record_check,
                self.book,
                self.signers[dice.choice(CLERKS)],
                subject,
                occurred=moment(made, begin),
                until=moment(made, begin + 3_000),
                officers=sorted(team),
                items=[registers.item_of(dice.choice(registers.TAGS))],
                exemption=("complaint", digest(f"举报单{year}{number}")),
                results=[code],
                findings=words.wrong(dice) if code == "02" else words.fine(dice),
            )
            self.at(after(made, 1), HALF_PAST_EIGHT + dice.randrange(20_000), record)


def moment(day: date, second: int) -> str:
    """A time of a day, to the minute."""
    return f"{day.isoformat()}T{second // 3600:02}:{second // 60 % 60:02}:00+08:00"


def second_of(time: str) -> int:
    """Seconds after midnight of a time."""
    hours, minutes, seconds = (int(time[place : place + 2]) for place in (11, 14, 17))
    return hours * 3_600 + minutes * 60 + seconds

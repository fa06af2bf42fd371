"""The figures of a period, with the definitions that platforms use (specs/figures.md; R133, R138, R145).

Pure functions of the facts: every report takes its numbers from here, so that two reports over one period
cannot contradict each other. A figure is a count of entries, and says which; a rate is one figure over
another. The definition of a name never changes: a new definition takes a new name.

Only what every reader knows is counted, so that a public verifier recomputes a report as the office does:
of a sealed draw its frozen sizes and its visits, never its outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from verifier import facts as f
from verifier.facts import Facts
from verifier.law.followups import STANDING, ended, needs_followup
from verifier.law.identity import current
from verifier.law.visits import DONE
from verifier.vocabulary import PROBLEM_RESULTS


@dataclass(frozen=True)
class Period:
    """First and last day (YYYY-MM-DD), both counted."""

    first: str
    last: str

    def holds(self, day: str) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Member:
    """What is counted: `count` of something named `what`, as entry `seq` says."""

    seq: int
    what: str
    count: int = 1


@dataclass(frozen=True)
class Figure:
    """A number with the entries behind it, in order."""

    key: str
    zh: str
    en: str
    members: tuple[Member, ...]

    @property
    def value(self) -> int:
        return sum(member.count for member in self.members)


@dataclass(frozen=True)
class Rate:
    """`part` of `whole`; both are figures of the same period."""

    key: str
    zh: str
    en: str
    part: Figure
    whole: Figure

    @property
    def percent(self) -> str:
        """With one decimal, rounded down so that 100.0 % means all; "-" of nothing."""
        if not self.whole.value:
            return "-"
        tenths = 1000 * self.part.value // self.whole.value
        return f"{tenths // 10}.{tenths % 10}%"


Visits = list[tuple[str, f.Visit]]


class Statistics:
    """The figures of one period; each is computed when it is asked for.

    What was published and settled by the last day of the period counts, or by a later day `known`, as for an
    appraisal in January of what was done in December. A report knows nothing after its period.
    """

    def __init__(self, facts: Facts, period: Period, known: str = "") -> None:
        self.facts = facts
        self.period = period
        self.known = max(known, period.last)
        self._groups: dict[tuple[str, str], dict[str, list[Member]]] = {}

    def figure(self, key: str) -> Figure | None:
        """The figure of this name; None when there is none."""
        base, colon, group = key.partition(":")
        attribute, equals, value = group.partition("=")
        if colon:
            if base not in GROUPED or attribute not in ATTRIBUTES or not equals or not value:
                return None
            zh, en, _ = GROUPED[base]
            members = self._grouped(base, attribute).get(value, ())
            return Figure(key, f"{zh}（{_word(group)}）", f"{en}: {value}", _ordered(members))
        if key not in FIGURES:
            return None
        zh, en, count = FIGURES[key]
        return Figure(key, zh, en, _ordered(count(self)))

    def _grouped(self, base: str, attribute: str) -> Mapping[str, list[Member]]:
        """The members of a grouped figure by value of the attribute; the register is read once for all."""
        if (base, attribute) not in self._groups:
            found: dict[str, list[Member]] = {}
            for member, held in GROUPED[base][2](self):
                for value in dict.fromkeys(_values(held, attribute)):
                    found.setdefault(value, []).append(member)
            self._groups[base, attribute] = found
        return self._groups[base, attribute]

    def number(self, key: str) -> int | None:
        """The value of a figure without its members in memory; None when there is none."""
        if key in FIGURES:
            return sum(member.count for member in FIGURES[key][2](self))
        figure = self.figure(key)
        return figure.value if figure else None

    def figures(self) -> list[Figure]:
        """Every figure that is not of a group."""
        return [self._known(key) for key in FIGURES]

    def rates(self) -> list[Rate]:
        """Every rate, those of groups last."""
        plain = [
            Rate(key, zh, en, self._known(part), self._known(whole))
            for key, (zh, en, part, whole) in RATES.items()
        ]
        return plain + list(self._coverage())

    def _known(self, key: str) -> Figure:
        figure = self.figure(key)
        if figure is None:
            raise LookupError(key)
        return figure

    def groups(self) -> list[str]:
        """`attribute=value` of every kind and tag of the register of subjects."""
        found = {
            f"{attribute}={value}"
            for _, row in self.facts.rows(f.register("subjects"))
            for attribute in ATTRIBUTES
            for value in _values(row.record, attribute)
        }
        return sorted(found)

    def _coverage(self) -> Iterator[Rate]:
        for group in self.groups():
            part, whole = self._known(f"covered:{group}"), self._known(f"listed:{group}")
            value = group.partition("=")[2]
            yield Rate(f"coverage:{group}", f"覆盖率（{_word(group)}）", f"Coverage: {value}", part, whole)

    # what is counted

    @cached_property
    def visits(self) -> Visits:
        """Signed visits that ended in the period, by entry."""
        held = [
            (name, visit)
            for name, visit in self.facts.rows(f.VISITS)
            if visit.state in STANDING and self.period.holds(ended(visit.data))
        ]
        return sorted(held, key=lambda pair: pair[1].seq)

    @cached_property
    def publications(self) -> Visits:
        """Visits whose result was published in the period, by entry, whenever they were made."""
        held = [
            (name, visit)
            for name, visit in self.facts.rows(f.VISITS)
            if visit.state == "published" and self.period.holds(visit.published)
        ]
        return sorted(held, key=lambda pair: pair[1].seq)

    @cached_property
    def draws(self) -> list[tuple[str, f.Draw]]:
        """Draws completed in the period, by entry."""
        held = [
            (name, draw)
            for name, draw in self.facts.rows(f.DRAWS)
            if draw.state in DONE and self.period.holds(draw.executed_time[:10])
        ]
        return sorted(held, key=lambda pair: pair[1].executed)

    @cached_property
    def tasks(self) -> list[tuple[str, f.Task]]:
        """Tasks whose window touches the period, without those that fill visits of others (补抽)."""
        return [
            (name, task)
            for name, task in self.facts.rows(f.TASKS)
            if "fills" not in task.data
            and task.data["window"][0] <= self.period.last
            and task.data["window"][1] >= self.period.first
        ]

    @cached_property
    def _of_draw(self) -> Mapping[str, Visits]:
        """Signed visits that ended by the last day, by the draw that drew their subject."""
        found: dict[str, Visits] = {}
        for name, visit in self.facts.rows(f.VISITS):
            if visit.state in STANDING and ended(visit.data) <= self.period.last:
                found.setdefault(visit.data["draw"], []).append((name, visit))
        return found

    def seen(self, draw: str) -> dict[str, f.Visit]:
        """The visit of each drawn subject that has one, by subject."""
        return {visit.data["subject"]: visit for _, visit in self._of_draw.get(draw, ())}

    def is_published(self, visit: f.Visit) -> bool:
        """Published by the last day that is known, and as the record stands."""
        return visit.state == "published" and visit.published <= self.known

    def is_done(self, task: f.Task) -> bool:
        """Drawn, every subject visited, every result published (R133)."""
        draw = self.facts.get(f.DRAWS, task.completed) if task.completed else None
        if draw is None or draw.executed_time[:10] > self.period.last:
            return False
        public = [visit for visit in self.seen(task.completed).values() if self.is_published(visit)]
        return len(public) >= size(draw)

    def closings(self, visit: str) -> list[f.Kept | None]:
        """Of each follow-up of a visit recorded by the last known day: its closing by then, or None."""
        found: list[f.Kept | None] = []
        for key, row in self.facts.rows(f.FOLLOWUPS, f"{visit}/"):
            if row.day <= self.known:
                closing = self.facts.get(f.CLOSINGS, key)
                found.append(closing if closing and closing.data["date"] <= self.known else None)
        return found

    def is_settled(self, name: str, visit: f.Visit) -> bool:
        """Every follow-up closed; and one there where the result asks for it."""
        closings = self.closings(name)
        return None not in closings and (bool(closings) or not needs_followup(visit.data))

    def kind_of(self, task: f.Task | None) -> str:
        """own, internal or joint, as the plan row of a task says."""
        if task is None:
            return ""
        row = self.facts.get(f.register(f"plan.{task.data['plan']}"), task.data["row"])
        return str(row.record.get("kind", "own")) if row else ""

    def draws_of_kind(self, kind: str) -> list[tuple[str, f.Draw]]:
        return [(n, d) for n, d in self.draws if self.kind_of(self.facts.get(f.TASKS, d.task)) == kind]

    def plan_rows(self) -> Iterator[tuple[f.Plan, str, str]]:
        """(plan, its id, row id) of every row of the approved and published plans of the period's years."""
        years = range(int(self.period.first[:4]), int(self.period.last[:4]) + 1)
        for name, plan in self.facts.rows(f.PLANS):
            if plan.year in years and plan.state in ("approved", "published"):
                for row, _ in self.facts.rows(f.register(f"plan.{name}")):
                    yield plan, name, row

    def inspected(self) -> Iterator[tuple[Member, f.Data]]:
        """Each subject visited in the period once, with its record in the register (empty: it left)."""
        firsts: dict[str, int] = {}
        for _, visit in self.visits:
            firsts.setdefault(current(self.facts, visit.data["subject"]), visit.seq)
        table = f.register("subjects")
        for subject, seq in firsts.items():
            row = self.facts.get(table, subject)
            yield Member(seq, subject), row.record if row else {}

    def listed(self) -> Iterator[tuple[Member, f.Data]]:
        """Each active subject of the register."""
        for subject, row in self.facts.rows(f.register("subjects")):
            if row.record["status"] == "active":
                yield Member(row.seq, subject), row.record


def size(draw: f.Draw) -> int:
    """How many subjects a completed draw drew: the frozen sizes of its strata."""
    return sum(int(stratum["k"]) for stratum in draw.question["strata"])


def _values(record: f.Data, attribute: str) -> list[str]:
    held = record.get("tags" if attribute == "tag" else attribute, [])
    return list(held) if isinstance(held, list) else [str(held)]


def _word(group: str) -> str:
    """The value of a group in Chinese; a tag is Chinese already."""
    attribute, _, value = group.partition("=")
    return KINDS.get(value, value) if attribute == "kind" else value


def _ordered(members: Iterable[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members, key=lambda member: (member.seq, member.what)))


Count = Callable[[Statistics], Iterable[Member]]


def _visits_where(holds: Callable[[Statistics, str, f.Visit], bool]) -> Count:
    return lambda s: (Member(visit.seq, name) for name, visit in s.visits if holds(s, name, visit))


def _drawn_where(holds: Callable[[Statistics, f.Visit], bool]) -> Count:
    def count(s: Statistics) -> Iterator[Member]:
        for name, _ in _proper(s):
            yield from (Member(v.seq, subject) for subject, v in s.seen(name).items() if holds(s, v))

    return count


def _proper(s: Statistics) -> list[tuple[str, f.Draw]]:
    """Draws of the period without those that fill visits of another."""
    fills = {name for name, task in s.facts.rows(f.TASKS) if "fills" in task.data}
    return [(name, draw) for name, draw in s.draws if draw.task not in fills]


def _officers(s: Statistics) -> Iterator[Member]:
    firsts: dict[str, int] = {}
    for _, visit in s.visits:
        for officer in visit.data["officers"]:
            firsts.setdefault(officer, visit.seq)
    return (Member(seq, officer) for officer, seq in firsts.items())


def _items(s: Statistics) -> Iterator[Member]:
    firsts: dict[str, int] = {}
    for _, visit in s.visits:
        for box in visit.data["items"]:
            if box["checked"]:
                firsts.setdefault(box["item"], visit.seq)
    return (Member(seq, item) for item, seq in firsts.items())


def _plan_rows_done(s: Statistics) -> Iterator[Member]:
    made: dict[tuple[str, str], list[f.Task]] = {}
    for _, task in s.facts.rows(f.TASKS):
        if "fills" not in task.data:
            made.setdefault((task.data["plan"], task.data["row"]), []).append(task)
    for _, plan, row in s.plan_rows():
        tasks = made.get((plan, row), [])
        if tasks and all(s.is_done(task) for task in tasks):
            yield Member(max(task.seq for task in tasks), f"{plan}/{row}")


def _kept(table: f.Table[f.Kept], day: str = "date", **where: str) -> Count:
    """Deeds of a table on days of the period."""

    def count(s: Statistics) -> Iterator[Member]:
        for key, row in s.facts.rows(table):
            if s.period.holds(row.data[day]) and all(row.data[k] == v for k, v in where.items()):
                yield Member(row.seq, key.partition("/")[0])

    return count


def _checks(holds: Callable[[f.Data], bool]) -> Count:
    """Checks outside the plan that ended in the period; they are counted apart from visits."""
    return lambda s: (
        Member(row.seq, name)
        for name, row in s.facts.rows(f.CHECKS)
        if s.period.holds(ended(row.data)) and holds(row.data)
    )


def _draws_of(kind: str) -> Count:
    return lambda s: (Member(draw.executed, name) for name, draw in s.draws_of_kind(kind))


def _visits_of(kind: str) -> Count:
    def count(s: Statistics) -> Iterator[Member]:
        for name, visit in s.visits:
            draw = s.facts.get(f.DRAWS, visit.data["draw"])
            if draw and s.kind_of(s.facts.get(f.TASKS, draw.task)) == kind:
                yield Member(visit.seq, name)

    return count


def _problem(_s: Statistics, _name: str, visit: f.Visit) -> bool:
    return any(code in PROBLEM_RESULTS for code in visit.data["results"]) or needs_followup(visit.data)


def _asks(_s: Statistics, _name: str, visit: f.Visit) -> bool:
    return needs_followup(visit.data)


FIGURES: Mapping[str, tuple[str, str, Count]] = {
    "plan_rows": (
        "年度计划抽查任务数",
        "Rows of the yearly plans",
        lambda s: (Member(plan.seq, f"{name}/{row}") for plan, name, row in s.plan_rows()),
    ),
    "plan_rows_done": ("已完成计划任务数", "Rows completed", _plan_rows_done),
    "tasks": ("抽查任务数", "Tasks", lambda s: (Member(task.seq, name) for name, task in s.tasks)),
    "tasks_done": (
        "已完成任务数",
        "Tasks completed: drawn, visited, published",
        lambda s: (Member(task.seq, name) for name, task in s.tasks if s.is_done(task)),
    ),
    "draws": ("摇号次数", "Draws", lambda s: (Member(draw.executed, name) for name, draw in s.draws)),
    "drawn": (
        "抽取检查对象户次",
        "Subjects drawn",
        lambda s: (Member(draw.executed, name, size(draw)) for name, draw in _proper(s)),
    ),
    "drawn_visited": ("抽取后已检查户次", "Of those drawn: visited", _drawn_where(lambda _s, _v: True)),
    "drawn_published": (
        "抽取后已检查并公示户次",
        "Of those drawn: visited and published",
        _drawn_where(Statistics.is_published),
    ),
    "visits": ("检查户次", "Visits", _visits_where(lambda _s, _n, _v: True)),
    "published": (
        "公示检查结果数",
        "Visits of the period whose result is published",
        _visits_where(lambda s, _n, v: s.is_published(v)),
    ),
    "publications": (
        "本期公示检查结果数",
        "Results published in the period",
        lambda s: (Member(visit.seq, name) for name, visit in s.publications),
    ),
    "settled": (
        "已完结户次",
        "Visits finished: published, every follow-up closed",
        _visits_where(lambda s, n, v: s.is_published(v) and s.is_settled(n, v)),
    ),
    "inspected": ("检查市场主体数", "Subjects inspected", lambda s: (m for m, _ in s.inspected())),
    "items": ("检查事项数", "Items inspected", _items),
    "problems": ("发现问题户次", "Visits that found a problem", _visits_where(_problem)),
    "followup_needed": ("应当后续处置户次", "Visits that ask for a follow-up", _visits_where(_asks)),
    "followup_begun": (
        "已后续处置户次",
        "Of those: with a follow-up",
        _visits_where(lambda s, n, v: needs_followup(v.data) and bool(s.closings(n))),
    ),
    "followup_closed": (
        "后续处置办结户次",
        "Of those: every follow-up closed",
        _visits_where(lambda s, n, v: needs_followup(v.data) and s.is_settled(n, v)),
    ),
    "officers": ("参加检查的执法人员数", "Officers who inspected", _officers),
    "officer_visits": (
        "执法人员检查人次",
        "Officers counted at each visit",
        lambda s: (Member(visit.seq, name, len(visit.data["officers"])) for name, visit in s.visits),
    ),
    "listed": (
        "名录库在册检查对象数",
        "Active subjects of the register",
        lambda s: (m for m, _ in s.listed()),
    ),
    "covered": (
        "名录库中已检查对象数",
        "Active subjects of the register that were inspected",
        lambda s: (m for m, held in s.inspected() if held.get("status") == "active"),
    ),
    "unplanned": ("计划外检查户次", "Checks outside the plan", _checks(lambda _d: True)),
    "unplanned_exempt": (
        "不纳入随机抽查的检查户次",
        "Of those: with a ground for exemption",
        _checks(lambda d: "exemption" in d),
    ),
    "unplanned_plain": (
        "无豁免依据的计划外检查户次",
        "Of those: without a ground",
        _checks(lambda d: "exemption" not in d),
    ),
    "joint_draws": ("部门联合抽查次数", "Joint draws of several departments", _draws_of("joint")),
    "joint_visits": ("部门联合检查户次", "Visits of joint draws", _visits_of("joint")),
    "internal_draws": ("内部联合抽查次数", "Joint draws of several sections", _draws_of("internal")),
    "internal_visits": ("内部联合检查户次", "Visits of those", _visits_of("internal")),
    "joint_elsewhere": (
        "参加其他部门牵头联合抽查次数",
        "Joint checks led by others",
        _kept(f.ACTIVITIES, kind="joint_elsewhere"),
    ),
    "meetings": ("召开会议次数", "Meetings", _kept(f.ACTIVITIES, kind="meeting")),
    "documents": ("印发文件数", "Documents", _kept(f.ACTIVITIES, kind="document")),
    "trainings": ("业务培训次数", "Trainings", _kept(f.ACTIVITIES, kind="training")),
    "publicity": ("宣传次数", "Publicity", _kept(f.ACTIVITIES, kind="publicity")),
    "bulletins": ("发布通报数", "Bulletins", _kept(f.BULLETINS)),
}
"""Every figure: its name, in Chinese and English, and what it counts."""

RATES: Mapping[str, tuple[str, str, str, str]] = {
    "plan_rate": ("计划完成率", "Plan completed", "plan_rows_done", "plan_rows"),
    "task_rate": ("任务完成率", "Tasks completed", "tasks_done", "tasks"),
    "visit_rate": ("检查完成率", "Visits made", "drawn_visited", "drawn"),
    "done_rate": ("抽查完成率（未公示视为未完成）", "Made and published", "drawn_published", "drawn"),
    "settled_rate": ("完结率", "Visits finished", "settled", "visits"),
    "published_rate": ("公示率", "Published", "published", "visits"),
    "problem_rate": ("问题发现率", "Problems found", "problems", "visits"),
    "followup_rate": ("后续处置率", "Followed up", "followup_begun", "followup_needed"),
    "followup_closed_rate": ("后续处置办结率", "Follow-ups closed", "followup_closed", "followup_needed"),
    "coverage": ("覆盖率", "Coverage of the register", "covered", "listed"),
}
"""Every rate: its name, in Chinese and English, the figure above the line and the one below."""

KINDS = {
    "enterprise": "企业",
    "individual": "个体工商户",
    "cooperative": "农民专业合作社",
    "social_organisation": "社会组织",
    "institution": "机关事业单位",
    "product": "产品",
    "project": "项目",
    "behaviour": "行为",
    "other": "其他",
}
"""主体类型 of the register, in Chinese."""

ATTRIBUTES = ("kind", "tag")
"""What subjects are grouped by: the registry (kind) and the industry (tag)."""


def _covered(s: Statistics) -> Iterator[tuple[Member, f.Data]]:
    return (pair for pair in s.inspected() if pair[1].get("status") == "active")


GROUPED: Mapping[str, tuple[str, str, Callable[[Statistics], Iterator[tuple[Member, f.Data]]]]] = {
    "inspected": ("检查市场主体数", "Subjects inspected", Statistics.inspected),
    "covered": ("名录库中已检查对象数", "Inspected of the register", _covered),
    "listed": ("名录库在册检查对象数", "In the register", Statistics.listed),
}
"""Figures that are also given by group, as `<figure>:kind=<kind>` and `<figure>:tag=<tag>`."""

"""What is due of one made-up office on seven days of 2026, by a table that was worked out by hand.

Days off on weekdays in 2026, and weekend days worked (调休), as the State Council announced them:

    New Year         1, 2 January              worked: Sunday 4 January
    Spring Festival  16–20, 23 February        worked: Saturday 14 and 28 February
    Qingming         6 April
    Labour Day       1, 4, 5 May               worked: Saturday 9 May
    Dragon Boat      19 June
    Mid-Autumn       25 September              worked: Sunday 20 September
    National Day     1, 2, 5–7 October         worked: Saturday 10 October

2027 is not announced: what hangs on it is provisional, at the earliest as if every day were worked. A fixed
date on a rest day moves to the next working day; “in 2 days” after the work are calendar days, filings of
draws and publication count working days. The day on which a period begins does not count.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.commands import draw_notes, draws, followups, keys, notices, plans, reports
from ledger.commands.todo import Todo, todos
from tests.office import POLICY, Office, digest
from tests.office import officer as officer_row
from verifier import facts as f
from verifier.codec import Value
from verifier.facts import Facts
from verifier.figures import Period
from verifier.law.dues import Dues
from verifier.report import Status

VALUES: dict[str, Value] = {
    "publish_from": "visit",
    "filing_days": 2,
    "filing_unit": "working",
    "report_days": 2,
    "report_unit": "calendar",
    "monthly_report": 23,
    "report_deadlines": [["joint", "01-01"], ["progress", "01-01"], ["progress", "07-01"]],
    "plan_deadlines": [["yearly", "01-15"], ["first_half", "01-15"], ["second_half", "06-15"]],
    "bulletin": True,
    "followup_days": 30,
}
DUE, OVERDUE, PROVISIONAL = "due", "overdue", "provisional"
Row = tuple[str, str, str, str]
"""(kind, of what, last day, standing)"""


class Year:
    """The office, played from one of the seven days to the next."""

    def __init__(self, folder: Path) -> None:
        self.office = office = Office(folder, day="2025-12-15")
        office.lists()
        for number, last in ((6, "2026-01-31"), (7, "2026-12-31")):
            name, record = officer_row(number)
            office.import_rows("officers", [(name, {**record, "valid_to": last})])
        office.policy(**VALUES)
        off, work = plans.year_table(2025)
        plans.adopt_calendar(office.book, office.clerk, 2025, "国办发明电〔2024〕12号", off, work)
        self.go("2025-12-23")
        self.report("monthly", "2025-11-24", "2025-12-23")

    def go(self, day: str) -> None:
        self.office.clock.go(day)

    def report(self, form: str, first: str, last: str) -> None:
        day = self.office.clock.day
        period = Period(first, last)
        reports.issue_report(self.office.book, self.office.clerk, form, period, digest(form), day)

    def policy(self, name: str, publish_from: str) -> None:
        office = self.office
        adopted = plans.adopt_policy(
            office.book,
            office.clerk,
            name,
            title="实施细则",
            document="演发改〔2026〕2号",
            file=digest(name),
            values={**POLICY, **VALUES, "publish_from": publish_from},
            clauses={},
        )
        office.confirm("approver", adopted)

    def plan(self) -> None:
        """Five rows: pipelines until June, grain until March, a row nobody makes a task of, two more."""
        office = self.office
        wanted = [("油气", "item-1", "2026-06"), ("粮食", "item-2", "2026-03"), ("油气", "item-2", "2026-09")]
        wanted += [("粮食", "item-1", "2026-06"), ("油气", "item-1", "2026-12")]
        rows: list[tuple[str, dict[str, Value]]] = [
            (
                str(no),
                {
                    "no": no,
                    "plan_name": f"2026年抽查{no}",
                    "task_name": f"抽查{no}",
                    "text": ["检查"],
                    "items": [item],
                    "p": 1,
                    "q": 5,
                    "objects": f"{tag}企业",
                    "draw": "undirected",
                    "organiser": "发改局",
                    "executor": "发改局",
                    "until": until,
                    "tags": [tag],
                },
            )
            for no, (tag, item, until) in enumerate(wanted, 1)
        ]
        office.import_rows("plan.p2026", rows)
        plans.submit_plan(office.book, office.clerk, "p2026", "2026年度抽查计划", 2026)
        plans.approve_plan(office.book, office.approver, "p2026")
        where = plans.publication("portal", office.clock.day)
        plans.publish_plan(office.book, office.clerk, "p2026", where)

    def file_plan(self, table: str) -> None:
        day = self.office.clock.day
        plans.file_plan(self.office.book, self.office.clerk, "p2026", table, "司法局", day)

    def task(self, row: str, first: str, last: str) -> None:
        written = plans.new_task(
            self.office.book,
            self.office.clerk,
            f"t{row}",
            "p2026",
            row,
            scheme=("工作方案", digest("方案")),
            form=("检查表", "1", digest("检查表")),
            window=(first, last),
            responsible="钱二",
            seats=[("fgj", "-", 1), ("scj", "-", 1)],
        )
        self.office.confirm("approver", written)

    def visits(self, draw: str, *numbers: int, results: tuple[str, ...] = ("01",)) -> list[str]:
        drawn = self.office.drawn(draw)
        return [self.office.visit(drawn[n], draw, results=results) for n in numbers]

    def publish(self, *names: str) -> None:
        self.office.publish(list(names))

    def file_draw(self, draw: str) -> None:
        draw_notes.file_draw(
            self.office.book, self.office.clerk, draw, "领导小组办公室", self.office.clock.day
        )

    # what happens between the days

    def until_15_january(self) -> None:
        self.go("2026-01-05")
        self.plan()

    def until_spring_festival(self) -> None:
        self.go("2026-01-15")
        self.file_plan("yearly")
        self.file_plan("first_half")
        self.go("2026-01-16")
        self.report("progress", "2025-07-02", "2026-01-01")
        self.report("joint", "2025-01-02", "2026-01-01")
        self.task("1", "2026-01-20", "2026-06-30")
        self.go("2026-01-23")
        self.report("monthly", "2025-12-24", "2026-01-23")
        self.go("2026-02-12")
        self.office.draw("d1", "t1")
        self.go("2026-02-13")
        (self.first,) = self.visits("d1", 0, results=("09",))

    def until_make_up_saturday(self) -> None:
        self.go("2026-02-24")
        self.report("monthly", "2026-01-24", "2026-02-23")
        self.go("2026-02-25")
        self.file_draw("d1")
        self.policy("xize-2026-2", "task")
        self.followup, _ = followups.record(
            self.office.book, self.office.clerk, self.first, "ordered", due="2026-02-28"
        )
        self.task("2", "2026-02-25", "2026-03-31")
        self.go("2026-02-27")
        (self.second,) = self.visits("d1", 1)
        self.office.draw("d2", "t2")

    def until_23_march(self) -> None:
        self.go("2026-03-02")
        self.file_draw("d2")
        self.go("2026-03-03")
        self.grain = self.visits("d2", *range(len(self.office.drawn("d2")) - 1))
        self.go("2026-03-20")
        self.grain += self.visits("d2", len(self.office.drawn("d2")) - 1)

    def until_1_july(self) -> None:
        self.go("2026-03-23")
        self.report("monthly", "2026-02-24", "2026-03-23")
        reports.report_task(self.office.book, self.office.clerk, "d2", "执法监督股", "2026-03-23")
        self.go("2026-03-24")
        followups.close(self.office.book, self.office.clerk, self.followup, "2026-03-24")
        self.policy("xize-2026-3", "visit")
        self.go("2026-04-01")
        self.publish(self.first, self.second)
        self.go("2026-04-20")
        self.publish(*self.grain)
        self.go("2026-04-23")
        self.report("monthly", "2026-03-24", "2026-04-23")
        self.go("2026-04-29")
        reports.issue_bulletin(self.office.book, self.office.clerk, "d2", "portal", "2026-04-29")
        self.go("2026-05-25")
        self.report("monthly", "2026-04-24", "2026-05-23")
        self.task("4", "2026-06-01", "2026-06-30")
        self.go("2026-06-22")
        self.office.freeze("d4", "t4")
        draws.commit(self.office.book, self.office.clerk, "d4")
        self.go("2026-06-23")
        self.report("monthly", "2026-05-24", "2026-06-23")
        longer = notices.extend(
            self.office.book, self.office.clerk, "d1", self.office.drawn("d1")[3], "2026-07-10", "委托检验"
        )
        self.office.confirm("approver", longer)

    def until_30_september(self) -> None:
        self.go("2026-07-01")
        self.report("progress", "2026-01-02", "2026-07-01")
        self.go("2026-07-02")
        self.file_plan("second_half")
        reports.report_task(self.office.book, self.office.clerk, "d1", "执法监督股", "2026-07-02")
        self.go("2026-07-08")
        (third,) = self.visits("d1", 3)
        self.go("2026-07-28")
        reports.issue_bulletin(self.office.book, self.office.clerk, "d1", "portal", "2026-07-28")
        for day, first in (("2026-07-23", "2026-06-24"), ("2026-08-24", "2026-07-24")):
            self.go(max(day, "2026-07-28"))
            self.report("monthly", first, f"{day[:8]}23")
        self.publish(third)
        self.go("2026-09-01")
        self.task("5", "2026-09-01", "2026-12-31")
        self.go("2026-09-29")
        self.office.draw("d5", "t5")
        self.go("2026-09-30")
        (self.autumn,) = self.visits("d5", 0)

    def until_31_december(self) -> None:
        self.go("2026-10-08")
        self.report("monthly", "2026-08-24", "2026-09-23")
        self.file_draw("d5")
        draws.abort(self.office.book, self.office.clerk, "d4", "equipment", "电脑损坏")
        (act,) = [
            leaf for leaf, held in self.office.book.facts().rows(f.PENDING) if held.type == "draw.aborted"
        ]
        keys.confirm(self.office.book, self.office.approver, [bytes.fromhex(act)])
        self.go("2026-10-23")
        self.report("monthly", "2026-09-24", "2026-10-23")
        self.go("2026-11-02")
        self.publish(self.autumn)
        self.go("2026-11-23")
        self.report("monthly", "2026-10-24", "2026-11-23")
        self.go("2026-12-18")
        self.visits("d5", *range(1, len(self.office.drawn("d5"))))


STEPS: dict[str, Callable[[Year], None]] = {
    "2026-01-15": Year.until_15_january,
    "2026-02-24": Year.until_spring_festival,
    "2026-02-28": Year.until_make_up_saturday,
    "2026-03-23": Year.until_23_march,
    "2026-07-01": Year.until_1_july,
    "2026-09-30": Year.until_30_september,
    "2026-12-31": Year.until_31_december,
}


JOINT_2027 = ("report.issue", "joint 2027-01-01", "2027-01-01", PROVISIONAL)  # 2027 unknown
PROGRESS_JULY = ("report.issue", "progress 2026-07-01", "2026-07-01", DUE)  # a Wednesday
PROGRESS_2027 = ("report.issue", "progress 2027-01-01", "2027-01-01", PROVISIONAL)
SECOND_HALF = ("plan.file", "second_half", "2026-06-15", DUE)  # a Monday
GONE = ("certificate", "off-06", "2026-01-31", OVERDUE)
# Window until Tue 30 June, then 20 working days: July 1–3 (3), 6–10 (8), 13–17 (13), 20–24 (18), 27, 28 (20).
BULLETIN_1 = ("bulletin.issue", "d1", "2026-07-28", DUE)
# Window until Tue 31 March: April 1–3 (3), not 6, 7–10 (7), 13–17 (12), 20–24 (17), 27, 28, 29 (20).
BULLETIN_2 = ("bulletin.issue", "d2", "2026-04-29", DUE)
# Window until 31 December: 20 days of 2027, at the earliest 1–20 January.
BULLETIN_5 = ("bulletin.issue", "d5", "2027-01-20", PROVISIONAL)

TABLE: dict[str, list[Row]] = {
    # Thursday. Plans are filed today. 1 and 2 January are off, 3 is a Saturday, Sunday 4 is worked.
    "2026-01-15": [
        ("plan.file", "yearly", "2026-01-15", DUE),
        ("plan.file", "first_half", "2026-01-15", DUE),
        SECOND_HALF,
        ("report.issue", "joint 2026-01-01", "2026-01-04", OVERDUE),
        ("report.issue", "progress 2026-01-01", "2026-01-04", OVERDUE),
        PROGRESS_JULY,
        JOINT_2027,
        ("report.issue", "monthly 2026-01-23", "2026-01-23", DUE),  # a Friday
        ("task.new", "1", "2026-06-30", DUE),
        ("task.new", "2", "2026-03-31", DUE),
        ("task.new", "3", "2026-09-30", DUE),
        ("task.new", "4", "2026-06-30", DUE),
        ("task.new", "5", "2026-12-31", DUE),
        ("certificate", "off-06", "2026-01-31", DUE),  # 16 days ahead
    ],
    # Tuesday, the first day after the Spring Festival.
    "2026-02-24": [
        SECOND_HALF,
        # Drawn on Thursday 12: Friday 13 (1), the worked Saturday 14 (2).
        ("draw.file", "d1", "2026-02-14", OVERDUE),
        # Visited on Friday 13: 14 (1), 24–27 (5), Saturday 28 (6), March 2–6 (11), 9–13 (16), 16–19 (20).
        ("result.publish", "d1", "2026-03-19", DUE),
        ("visit.record", "d1", "2026-06-30", DUE),
        # 30 calendar days after 13 February: Sunday 15 March, so Monday 16.
        ("followup.record", "d1", "2026-03-16", DUE),
        BULLETIN_1,
        ("report.issue", "monthly 2026-02-23", "2026-02-24", DUE),  # Monday 23 is off
        ("report.issue", "monthly 2026-03-23", "2026-03-23", DUE),
        PROGRESS_JULY,
        JOINT_2027,
        ("task.new", "2", "2026-03-31", DUE),
        ("task.new", "3", "2026-09-30", DUE),
        ("task.new", "4", "2026-06-30", DUE),
        ("task.new", "5", "2026-12-31", DUE),
        GONE,
    ],
    # A Saturday that is worked.
    "2026-02-28": [
        SECOND_HALF,
        # Drawn on Friday 27: Saturday 28 (1), Monday 2 March (2).
        ("draw.file", "d2", "2026-03-02", DUE),
        # The second visit, of Friday 27, has until 26 March: the first one's day comes before.
        ("result.publish", "d1", "2026-03-19", DUE),
        ("visit.record", "d1", "2026-06-30", DUE),
        ("visit.record", "d2", "2026-03-31", DUE),
        ("followup.close", "d1", "2026-02-28", DUE),  # the day that the order names
        BULLETIN_1,
        BULLETIN_2,
        ("report.issue", "monthly 2026-03-23", "2026-03-23", DUE),
        PROGRESS_JULY,
        JOINT_2027,
        ("task.new", "3", "2026-09-30", DUE),
        ("task.new", "4", "2026-06-30", DUE),
        ("task.new", "5", "2026-12-31", DUE),
        GONE,
    ],
    # Monday the 23rd.
    "2026-03-23": [
        SECOND_HALF,
        ("result.publish", "d1", "2026-03-19", OVERDUE),
        # By the end of the task, the last visit of Friday 20 March: 23–27 (5), 30–3 April (10), not 6,
        # 7–10 (14), 13–17 (19), 20 (20); also for those of 3 March.
        ("result.publish", "d2", "2026-04-20", DUE),
        ("visit.record", "d1", "2026-06-30", DUE),
        ("followup.close", "d1", "2026-02-28", OVERDUE),
        # 2 calendar days after 20 March: Sunday 22, so Monday 23.
        ("report.task", "d2", "2026-03-23", DUE),
        BULLETIN_1,
        BULLETIN_2,
        ("report.issue", "monthly 2026-03-23", "2026-03-23", DUE),
        ("report.issue", "monthly 2026-04-23", "2026-04-23", DUE),  # a Thursday
        PROGRESS_JULY,
        JOINT_2027,
        ("task.new", "3", "2026-09-30", DUE),
        ("task.new", "4", "2026-06-30", DUE),
        ("task.new", "5", "2026-12-31", DUE),
        GONE,
    ],
    # Wednesday. The window of the first draw and of the open one ended yesterday.
    "2026-07-01": [
        ("plan.file", "second_half", "2026-06-15", OVERDUE),
        ("visit.record", "d1", "2026-06-30", OVERDUE),
        ("visit.record", "d1", "2026-07-10", DUE),  # more time was granted for one of the two
        ("report.task", "d1", "2026-07-02", DUE),  # 2 calendar days after the window: a Thursday
        ("draw.commit", "d4", "2026-06-30", OVERDUE),
        BULLETIN_1,
        PROGRESS_JULY,
        PROGRESS_2027,
        JOINT_2027,
        ("report.issue", "monthly 2026-07-23", "2026-07-23", DUE),  # a Thursday
        ("task.new", "3", "2026-09-30", DUE),
        ("task.new", "5", "2026-12-31", DUE),
        GONE,
    ],
    # Wednesday, the last day before the National Day holiday.
    "2026-09-30": [
        ("task.new", "3", "2026-09-30", DUE),
        # Drawn on Tuesday 29: 30 (1), not 1–7 October, 8 (2).
        ("draw.file", "d5", "2026-10-08", DUE),
        # Visited today: 8, 9 (2), the worked Saturday 10 (3), 12–16 (8), 19–23 (13), 26–30 (18), then 2 and
        # 3 November (20).
        ("result.publish", "d5", "2026-11-03", DUE),
        ("visit.record", "d5", "2026-12-31", DUE),
        BULLETIN_5,
        ("visit.record", "d1", "2026-06-30", OVERDUE),
        ("draw.commit", "d4", "2026-06-30", OVERDUE),
        ("report.issue", "monthly 2026-09-23", "2026-09-23", OVERDUE),  # a Wednesday
        ("report.issue", "monthly 2026-10-23", "2026-10-23", DUE),  # a Friday
        PROGRESS_2027,
        JOINT_2027,
        GONE,
    ],
    # Thursday, the last day of the year.
    "2026-12-31": [
        ("task.new", "3", "2026-09-30", OVERDUE),
        ("draw.begin", "t4", "2026-06-30", OVERDUE),  # its draw was aborted
        ("visit.record", "d1", "2026-06-30", OVERDUE),
        # Visited on Friday 18 December: 21–25 (5), 28–31 (9), then at the earliest 1–11 January (20).
        ("result.publish", "d5", "2027-01-11", PROVISIONAL),
        # 2 calendar days after 18 December: Sunday 20, so Monday 21.
        ("report.task", "d5", "2026-12-21", OVERDUE),
        BULLETIN_5,
        ("report.issue", "monthly 2026-12-23", "2026-12-23", OVERDUE),  # a Wednesday
        ("report.issue", "monthly 2027-01-23", "2027-01-23", PROVISIONAL),
        PROGRESS_2027,
        JOINT_2027,
        ("certificate", "off-07", "2026-12-31", DUE),  # valid to the end of this day
        GONE,
        ("year.close", "2026", "2026-12-31", DUE),
    ],
}
UNDATED = {
    "2026-07-01": {("case.archive", "t2")},
    "2026-09-30": {("case.archive", "t2")},
    "2026-12-31": {("case.archive", "t2"), ("calendar", "2027")},
}
"""What is to be done on no certain day; nothing on the other days."""


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Facts]:
    """The facts as they stand on each of the seven days."""
    found: dict[str, Facts] = {}
    year = Year(tmp_path_factory.mktemp("due"))
    for day, step in STEPS.items():
        step(year)
        found[day] = copied(year.office.book.facts())
    return found


def copied(facts: Facts) -> Facts:
    """The facts as they are now, apart from the ledger that goes on."""
    memory = f.MemoryFacts()
    tables = [table for table in vars(f).values() if isinstance(table, f.Table)]
    tables += [f.register(name) for name in ("items", "subjects", "officers", "plan.p2026")]
    for table in tables:
        for key, row in facts.rows(table):
            memory.put(table, key, row)
    return memory


def name(one: Todo) -> str:
    """What a thing to do is about: the draw of a visit, the form and date of a report, the id of the rest."""
    words = shlex.split(one.step)
    if one.kind == "report.issue":
        return f"{words[2]} {words[-1]}"
    if one.kind == "plan.file":
        return words[words.index("--table") + 1]
    if one.kind.startswith("followup."):
        return "d1"
    if one.kind == "certificate":
        return words[2]
    return str(next(one.params[key] for key in ("draw", "task", "row", "year") if key in one.params))


def standing(one: Todo) -> str:
    return OVERDUE if one.late else PROVISIONAL if one.provisional else DUE


@pytest.mark.parametrize("day", TABLE)
def test_what_is_to_be_done_is_as_worked_out_by_hand(days: dict[str, Facts], day: str) -> None:
    found = [(one.kind, name(one), one.due, standing(one)) for one in todos(days[day], day) if one.due]
    assert sorted(found) == sorted(TABLE[day])


@pytest.mark.parametrize("day", TABLE)
def test_nothing_else_is_to_be_done(days: dict[str, Facts], day: str) -> None:
    found = {(one.kind, name(one)) for one in todos(days[day], day) if not one.due}
    assert found == UNDATED.get(day, set())


@pytest.mark.parametrize("day", TABLE)
def test_what_is_late_comes_first_then_what_comes_next(days: dict[str, Facts], day: str) -> None:
    found = [(not one.late, one.due or "9999") for one in todos(days[day], day)]
    assert found == sorted(found)


RULES = {
    "plan.filing": ("plan.file",),
    "draw.filing": ("draw.file",),
    "draw.finished": ("draw.commit",),
    "visit.complete": ("visit.record",),
    "result.published": ("result.publish",),
    "followup.open": ("followup.record",),
    "followup.overdue": ("followup.close",),
    "bulletin.due": ("bulletin.issue",),
    "task.reporting": ("report.task",),
    "report.due": ("report.issue",),
}
"""Rule at the head → what it makes a thing to do."""


def judged(facts: Facts, day: str, rule: str) -> set[tuple[str, bool]]:
    """(last day or 暂定, whether late) of what the rule finds undone at the head; of results to be published
    the first day of each draw."""
    found: dict[str, tuple[str, bool]] = {}
    for number, one in enumerate(Dues(facts, day, Counter()).findings()):
        if one.rule != rule or re.search(r": \d{4}-\d\d-\d\d$", one.found):
            continue
        late = one.status in (Status.WARN, Status.FAIL)
        last = one.expected.rpartition(" ")[2]
        visit = facts.get(f.VISITS, one.found) if rule == "result.published" else None
        key = visit.data["draw"] if visit else str(number)
        found[key] = min(found.get(key, (last, late)), (last, late))
    if rule == "task.reporting":  # not carried out yet
        return {row for row in found.values() if row != ("暂定", False)}
    return set(found.values())


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("day", TABLE)
def test_the_rules_at_the_head_say_the_same(days: dict[str, Facts], day: str, rule: str) -> None:
    wanted = {
        ("暂定" if how == PROVISIONAL else last, how == OVERDUE)
        for kind, _of, last, how in TABLE[day]
        if kind in RULES[rule]
    }
    assert judged(days[day], day, rule) == wanted


def test_each_rule_has_its_day(days: dict[str, Facts]) -> None:
    kinds = {kind for rows in TABLE.values() for kind, *_rest in rows}
    assert {kind for known in RULES.values() for kind in known} <= kinds

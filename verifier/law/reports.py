"""Bulletins, reports of tasks, activities and statistics, and when they are due (R136, R143–R147, R158).

A report states figures; each is recomputed from the facts before it, so that two reports over one period
cannot contradict each other (R145). A wrong report is followed by another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from verifier import calendar
from verifier import facts as f
from verifier.calendar import Deadline, OnRestDay, Years
from verifier.facts import Data, Facts
from verifier.figures import Period, Statistics
from verifier.law.case import Case, act, effect
from verifier.law.followups import STANDING, ended, policy_deadline
from verifier.law.joined import drawn, unseen
from verifier.law.visits import DONE
from verifier.vocabulary import Role

WRITERS = [Role.CLERK, Role.ADMIN]


def _completed(case: Case, d: Data, rule: str) -> f.Draw:
    draw = case.must(rule, f.DRAWS, d["draw"], "draw")
    case.demand(rule, draw.state in DONE, "a completed draw", draw.state)
    case.require(rule, draw.m == d["m"], f"M of this draw: {draw.m}", d["m"])
    first = draw.executed_time[:10]
    case.require(rule, first <= d["date"] <= case.today, f"{first} – {case.today}", d["date"])
    return draw


def _keep(case: Case, table: f.Table[f.Kept], kind: str, key: str) -> None:
    case.facts.put(table, key, f.Kept(case.data, case.seq, case.today))
    case.facts.put(f.CORRECTABLE, case.leaf.hex(), f.Ref(kind, key))


@act("bulletin.issued", WRITERS)
def bulletin_issued(case: Case) -> None:
    judge_bulletin(case, case.data)


def judge_bulletin(case: Case, d: Data) -> None:
    draw = _completed(case, d, "bulletin.draw")
    case.require("bulletin.draw", not draw.veiled, "a draw whose result is public", d["draw"])


@effect("bulletin.issued")
def issue_bulletin(case: Case) -> None:
    _keep(case, f.BULLETINS, "bulletin.issued", f"{case.data['draw']}/{case.seq:012}")


@act("task.reported", WRITERS)
def task_reported(case: Case) -> None:
    judge_task_report(case, case.data)


def judge_task_report(case: Case, d: Data) -> None:
    _completed(case, d, "task.report")


@effect("task.reported")
def report_task(case: Case) -> None:
    _keep(case, f.TASK_REPORTS, "task.reported", f"{case.data['draw']}/{case.seq:012}")


@act("activity.recorded", WRITERS)
def activity_recorded(case: Case) -> None:
    d = case.data
    fresh = case.fresh_id("activity", d["activity"])
    case.require("activity.record", fresh, "a new activity id", d["activity"])
    judge_activity(case, d)


def judge_activity(case: Case, d: Data) -> None:
    """What an activity must be, as recorded or corrected."""
    case.require("activity.record", d["date"] <= case.today, "a date not in the future", d["date"])
    led = ("lead" in d) == (d["kind"] == "joint_elsewhere")
    case.require("activity.record", led, "who leads, exactly where another department leads", d["kind"])
    whole = d.get("published", 0) <= d.get("subjects", d.get("published", 0))
    case.require("activity.record", whole, "no more results published than subjects", d.get("published"))


@effect("activity.recorded")
def record_activity(case: Case) -> None:
    _keep(case, f.ACTIVITIES, "activity.recorded", case.data["activity"])


@act("report.issued", WRITERS)
def report_issued(case: Case) -> None:
    d = case.data
    fresh = case.fresh_id("report", d["report"])
    case.require("report.period", fresh, "a new report id", d["report"])
    judge_report(case, d)
    names = [name for name, _ in d["figures"]]
    case.require("report.figures", names == sorted(set(names)), "figures by name, each once", "")
    known = Statistics(case.facts, Period(d["from"], d["until"]))
    for name, number in d["figures"]:
        value = known.number(name)
        told = "a figure of this version" if value is None else f"{name}: {value}"
        case.require("report.figures", value == number, told, f"{name}: {number}")


def judge_report(case: Case, d: Data) -> None:
    """The period and day of a report, as issued or corrected."""
    case.require("report.period", d["from"] <= d["until"], "from before until", f"{d['from']} – {d['until']}")
    case.require(
        "report.period", d["from"] <= d["date"] <= case.today, f"{d['from']} – {case.today}", d["date"]
    )


@effect("report.issued")
def issue_report(case: Case) -> None:
    _keep(case, f.REPORTS, "report.issued", case.data["report"])


@dataclass(frozen=True)
class Due:
    """What is to be reported of a draw, or in a form: by when, and on which day it was done ("" : not yet).

    `limit` None: not yet known, or asked without a last day.
    """

    of: str
    seq: int
    limit: Deadline | None
    done: str = ""

    def judge(self, today: str) -> bool | None:
        """In time: as done, else as of today; None while that cannot be told."""
        return None if self.limit is None else self.limit.judge(date.fromisoformat(self.done or today))

    @property
    def last(self) -> str:
        """The last day in words."""
        return "暂定" if self.limit is None or self.limit.latest is None else self.limit.latest.isoformat()


def _carried_out(facts: Facts, name: str, task: f.Task, today: str) -> str:
    """The day on which the last visit of a draw ended; that of the window once it is over; "" before."""
    ends = []
    for subject in () if unseen(facts, name) else drawn(facts, name):
        ref = facts.get(f.VISIT_OF, f"{name}/{subject}")
        visit = facts.get(f.VISITS, ref.key) if ref else None
        ends.append(ended(visit.data) if visit and visit.state in STANDING else "")
    if ends and all(ends):
        return max(ends)
    last = str(task.data["window"][1])
    return last if today > last else ""


def draw_dues(facts: Facts, years: Years, today: str, what: str) -> Iterator[Due]:
    """`bulletin` or `task`: what the policy of each completed draw that is no 补抽 asks, by draw.

    A task is reported `report_days` after it was carried out. A bulletin is due with the results,
    `publish_days` after the window of the task.
    """
    table = f.BULLETINS if what == "bulletin" else f.TASK_REPORTS
    for name, draw in facts.rows(f.DRAWS):
        policy, task = facts.get(f.POLICIES, draw.policy), facts.get(f.TASKS, draw.task)
        if draw.state not in DONE or policy is None or task is None or "fills" in task.data:
            continue
        if not policy.values.get("bulletin" if what == "bulletin" else "report_days"):
            continue
        days = sorted(row.data["date"] for _, row in facts.rows(table, f"{name}/"))
        if what == "bulletin":
            limit = policy_deadline(policy, "publish", task.data["window"][1], years)
        else:
            start = _carried_out(facts, name, task, today)
            limit = policy_deadline(policy, "report", start, years) if start else None
        yield Due(name, draw.executed, limit, days[0] if days else "")


@dataclass(frozen=True)
class FormDue(Due):
    """A report in a form: `of` the form, `day` the date that the policy names, `after` the one before it.
    It covers a period that ends after `after` and not after `day`."""

    day: str = ""
    after: str = ""
    report: str = ""


def report_dues(facts: Facts, years: Years, today: str) -> Iterator[FormDue]:
    """Every report that a policy asked for up to today, and the next of each form, by form and date."""
    held = [(row.data, row.seq, name) for name, row in facts.rows(f.REPORTS)]
    for form, day, after, policy in _asked(facts, today):
        limit = calendar.fixed(date.fromisoformat(day), years, OnRestDay(policy.values["rest_day"]))
        fitting = [
            (data["date"], seq, name)
            for data, seq, name in held
            if data["form"] == form and after < data["until"] <= day
        ]
        done, seq, name = min(fitting, default=("", policy.seq, ""))
        yield FormDue(form, seq, limit, done, day, after, name)


def _asked(facts: Facts, today: str) -> Iterator[tuple[str, str, str, f.Policy]]:
    """(form, day, the day before it, policy): a day counts by the policy in force on it."""
    policies = sorted((p for _, p in facts.rows(f.POLICIES) if p.since), key=lambda p: p.seq)
    if not policies:
        return
    first, last = int(policies[0].since[:4]), int(today[:4])
    for form in sorted({form for policy in policies for form, _ in _days(policy)}):
        before = ""
        for day in sorted(
            f"{year}-{month_day}"
            for year in range(first - 1, last + 2)
            for month_day in {d for policy in policies for known, d in _days(policy) if known == form}
        ):
            force = [policy for policy in policies if policy.since < day]
            if force and (form, day[5:]) in _days(force[-1]):
                if before:
                    yield form, day, before, force[-1]
                if day > today:
                    break
            if not force or (form, day[5:]) in _days(force[-1]):
                before = day


def _days(policy: f.Policy) -> list[tuple[str, str]]:
    """(form, MM-DD) that a policy asks."""
    days = [(form, day) for form, day in policy.values.get("report_deadlines", ())]
    if "monthly_report" in policy.values:
        days += [("monthly", f"{m:02}-{policy.values['monthly_report']:02}") for m in range(1, 13)]
    return days

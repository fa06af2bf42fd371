"""What is judged at the head, as of a day: what is open, missing or late (design §5, §7, R130).

Deadlines are judged as of the head's time unless the reader says otherwise; a year without a calendar makes
a deadline 暂定, which is never late.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from verifier import calendar
from verifier import facts as f
from verifier.calendar import Deadline, OnRestDay, Unit
from verifier.errors import LiuhenError
from verifier.facts import Data, Facts
from verifier.law.filings import draw_filing, filing_dues
from verifier.law.followups import ended, followup_dues
from verifier.law.joined import drawn, fills_of, last_day, last_days, unseen
from verifier.law.lists import staged
from verifier.law.notices import unread_rules
from verifier.law.platforms import to_receive
from verifier.law.reports import Due, draw_dues, report_dues
from verifier.law.reviews import lacking
from verifier.law.visits import DONE, one_story
from verifier.report import Finding, Location, Status

OF_DRAWS = (
    "draw.reveal",
    "draw.reveal-fresh",
    "draw.seed",
    "draw.strata",
    "draw.cut",
    "draw.results",
    "draw.teams",
    "visit.drawn",
    "visit.team",
)
OF_CHANGES = ("draw.replacement", "draw.substitute", "draw.replacement-holders")
"""Rules that wait for the openings of a sealed draw."""


class Dues:
    """The checks at the head of a replayed chain; `today` is YYYY-MM-DD."""

    def __init__(self, facts: Facts, today: str, tally: Counter[str]) -> None:
        self.facts = facts
        self.today = today
        self.tally = tally
        self.years = years_of(facts)
        self._ends: dict[str, str] = {}
        """day of the last visit by draw, "" while one is missing: counted once for all of its visits"""

    def findings(self) -> Iterator[Finding]:
        """Every due of the ledger."""
        chunk = staged(self.facts)
        if chunk is not None:
            yield Finding("import.whole", Status.FAIL, Location(entry=chunk.seq), "import.closed", "the end")
        for _, act in self.facts.rows(f.PENDING):
            self.tally["act.waiting"] += 1
            if not act.done:
                place = Location(entry=act.seq, stream=act.stream)
                for rule in ("act.waiting", "act.paper") if "paper" in act.data else ("act.waiting",):
                    yield Finding(rule, Status.NOT_DUE, place, "/".join(act.confirmers), act.type)
        yield from self._filings()
        for one in to_receive(self.facts):
            told, status = f"{one.kind} {one.name}", Status.PASS if one.received else Status.NOT_DUE
            yield from self._ask("platform.missing", status, one.seq, "a receipt of the platform", told)
        for name, draw in self.facts.rows(f.DRAWS):
            yield from self._draw(name, draw)
        for name, visit in self.facts.rows(f.VISITS):
            yield from self._visit(name, visit)
        yield from self._departments()
        yield from self._followups()
        yield from self._reports()

    def _followups(self) -> Iterator[Finding]:
        self.tally["followup.open"] += sum(1 for _ in self.facts.rows(f.FOLLOWUPS))
        for due in followup_dues(self.facts, self.years):
            last = "暂定" if due.limit is None or due.limit.latest is None else due.limit.latest.isoformat()
            late = Status.WARN if due.late(self.today) else Status.NOT_DUE
            if not due.followup:
                yield from self._ask("followup.open", late, due.seq, f"followed up by {last}", due.visit)
                continue
            status = Status.PASS if due.closed and late is Status.NOT_DUE else late
            found = f"{due.followup}: {due.closed or '-'}"
            yield from self._ask("followup.overdue", status, due.seq, f"settled by {last}", found)

    def _reports(self) -> Iterator[Finding]:
        for due in draw_dues(self.facts, self.years, self.today, "bulletin"):
            found = f"{due.of}: {due.done or '-'}"
            yield from self._ask("bulletin.due", self._standing(due), due.seq, f"issued by {due.last}", found)
        for due in draw_dues(self.facts, self.years, self.today, "task"):
            found = f"{due.of}: {due.done or '-'}"
            status = self._standing(due)
            yield from self._ask("task.reporting", status, due.seq, f"reported by {due.last}", found)
        for asked in report_dues(self.facts, self.years, self.today):
            found = f"{asked.of} {asked.day}: {asked.done or '-'}"
            status = self._standing(asked)
            yield from self._ask("report.due", status, asked.seq, f"reported by {asked.last}", found)

    def _standing(self, due: Due) -> Status:
        """The status of what is to be reported."""
        in_time = due.judge(self.today)
        if due.done:
            return {True: Status.PASS, False: Status.WARN, None: Status.INCONCLUSIVE}[in_time]
        return Status.WARN if in_time is False else Status.NOT_DUE

    def _ask(self, rule: str, status: Status, seq: int, expected: str, found: str) -> Iterator[Finding]:
        self.tally[rule] += 1
        if status is not Status.PASS:
            yield Finding(rule, status, Location(entry=seq), expected, found)

    def _over(self, task: f.Task | None) -> bool:
        return task is not None and self.today > task.data["window"][1]

    def _filings(self) -> Iterator[Finding]:
        for due in filing_dues(self.facts, self.years):
            last = "暂定" if due.limit.latest is None else due.limit.latest.isoformat()
            in_time = due.judge(date.fromisoformat(self.today))
            if due.filed:
                status = {True: Status.PASS, False: Status.WARN, None: Status.INCONCLUSIVE}[in_time]
            else:
                status = Status.WARN if in_time is False else Status.NOT_DUE
            found = f"{due.plan} {due.table}: {due.filed or '-'}"
            yield from self._ask("plan.filing", status, due.seq, f"filed by {last}", found)

    def _filed(self, name: str, draw: f.Draw) -> Iterator[Finding]:
        due = draw_filing(self.facts, name, draw, self.years)
        if due is None:
            return
        limit, filed = due
        last = "暂定" if limit.latest is None else limit.latest.isoformat()
        in_time = limit.judge(date.fromisoformat(filed or self.today))
        if filed:
            status = {True: Status.PASS, False: Status.WARN, None: Status.INCONCLUSIVE}[in_time]
        else:
            status = Status.WARN if in_time is False else Status.NOT_DUE
        found = f"{name}: {filed or '-'}"
        yield from self._ask("draw.filing", status, draw.executed, f"filed by {last}", found)

    def _draw(self, name: str, draw: f.Draw) -> Iterator[Finding]:
        task = self.facts.get(f.TASKS, draw.task)
        over = self._over(task)
        due = Status.FAIL if over else Status.NOT_DUE
        window = task.data["window"][1] if task else ""
        if draw.state == "frozen":
            yield from self._ask("draw.finished", due, draw.seq, f"completed or aborted by {window}", name)
            return
        self.tally["draw.finished"] += 1
        if draw.state not in DONE:
            return
        yield from self._filed(name, draw)
        if fills_of(self.facts, name) is not None:
            return
        if draw.unknown:
            hidden = (*OF_DRAWS, *(OF_CHANGES if draw.late else ()))
            for rule in hidden:
                yield from self._ask(rule, Status.NOT_DUE, draw.executed, "judged when unsealed", name)
        for rule in unread_rules(self.facts, name):
            yield from self._ask(rule, Status.NOT_DUE, draw.executed, "judged when unsealed", name)
        if draw.question["sealed"]:
            status = Status.PASS if draw.unsealed else due
            yield from self._ask("draw.unsealed", status, draw.executed, f"unsealed by {window}", name)
        if not draw.outcome and draw.state == "executed":
            yield from self._ask("visit.complete", Status.NOT_DUE, draw.executed, "known when unsealed", name)
            return
        left = set(unseen(self.facts, name))
        for subject, last in last_days(self.facts, name, drawn(self.facts, name)).items():
            late = Status.FAIL if self.today > last else Status.NOT_DUE
            status = late if subject in left else Status.PASS
            found = f"{name}: {subject}"
            yield from self._ask("visit.complete", status, draw.executed, f"a result by {last}", found)

    def _departments(self) -> Iterator[Finding]:
        """Each department of a joint draw has entered its result, by the last day of the visit."""
        for name, visit, left in lacking(self.facts):
            last = last_day(self.facts, visit.data["draw"], visit.data["subject"])
            late = Status.FAIL if self.today > last else Status.NOT_DUE
            status = late if left else Status.PASS
            found = f"{name}: {', '.join(left)}"
            yield from self._ask("result.complete", status, visit.seq, f"results by {last}", found)

    def _visit(self, name: str, visit: f.Visit) -> Iterator[Finding]:
        draw = self.facts.get(f.DRAWS, visit.data["draw"])
        task = self.facts.get(f.TASKS, draw.task) if draw else None
        if draw is None or task is None or visit.state == "voided":
            return
        told = Status.PASS if one_story(visit.data) else Status.WARN
        found = f"{name}: {', '.join(visit.data['results'])}"
        yield from self._ask("visit.results", told, visit.seq, "boxes that say what the result says", found)
        if visit.state == "recorded":
            over = self.today > last_day(self.facts, visit.data["draw"], visit.data["subject"])
            status = Status.FAIL if over else Status.NOT_DUE
            left = sorted(set(visit.data["officers"]) - set(visit.signed))
            yield from self._ask("visit.signed", status, visit.seq, f"signed by {', '.join(left)}", name)
            return
        self.tally["visit.signed"] += 1
        policy = self.facts.get(f.POLICIES, draw.policy)
        if policy is None:
            return
        limit = self.publication(name, visit, draw, policy.values)
        last = "暂定" if limit is None or limit.latest is None else limit.latest.isoformat()
        if visit.state != "published":
            late = limit is not None and limit.judge(date.fromisoformat(self.today)) is False
            status = Status.FAIL if late else Status.NOT_DUE
            yield from self._ask("result.published", status, visit.seq, f"published by {last}", name)
            return
        self.tally["result.published"] += 1
        in_time = limit is None or limit.judge(date.fromisoformat(visit.published))
        status = {True: Status.PASS, False: Status.WARN, None: Status.INCONCLUSIVE}[in_time]
        found = f"{name}: {visit.published}"
        late_entry = (
            visit.registered and limit is not None and limit.judge(date.fromisoformat(visit.registered))
        )
        if in_time and late_entry is False:
            status, found = Status.WARN, f"{found}, recorded {visit.registered}"
        yield from self._ask("result.deadline", status, visit.seq, f"published by {last}", found)

    def publication(self, _name: str, visit: f.Visit, draw: f.Draw, values: Data) -> Deadline | None:
        """The last day to publish a visit's result; None while the task's end is not known (R130), or from
        a day of which no deadline is counted."""
        start = (visit.data.get("until") or visit.data["occurred"])[:10]
        if values["publish_from"] == "task":
            start = self._end_of(visit.data["draw"])
            if not start:
                return None
        try:
            return calendar.deadline(
                date.fromisoformat(start),
                values["publish_days"],
                Unit(values["publish_unit"]),
                self.years,
                OnRestDay(values["rest_day"]),
            )
        except LiuhenError:
            return None

    def _end_of(self, draw: str) -> str:
        """The day on which the last visit of a draw ended, "" while one is missing."""
        if draw not in self._ends:
            ends = [self._end(f"{draw}/{subject}") for subject in drawn(self.facts, draw)]
            self._ends[draw] = max(ends) if ends and all(ends) else ""
        return self._ends[draw]

    def _end(self, key: str) -> str:
        ref = self.facts.get(f.VISIT_OF, key)
        visit = self.facts.get(f.VISITS, ref.key) if ref else None
        return ended(visit.data) if visit else ""


def years_of(facts: Facts) -> calendar.Years:
    """The calendars in force."""
    return calendar.tables(
        {"year": int(year), "off": list(row.off), "work": list(row.work)}
        for year, row in facts.rows(f.CALENDARS)
    )

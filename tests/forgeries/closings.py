"""Forgeries at the end: case files, closed years, duties handed over."""

from __future__ import annotations

from ledger.commands.keys import Person, enrolment
from tests.forgery import Data, Forged, Forger, Stories, Story, forgery
from tests.office import digest
from verifier.law.closing import carried, papers_of

CLERK = "clerk"


def _papers(forger: Forger) -> list[Data]:
    named = papers_of(forger.facts(), "t1")
    return [{"no": no, "title": title, "file": file} for no, (title, file) in enumerate(named, 1)]


def _case(forger: Forger, **changes: object) -> Data:
    return {"task": "t1", "number": "2026-01", "papers": _papers(forger), **changes}


def _year(forger: Forger, year: int = 2026, **changes: object) -> Data:
    left = [list(row) for row in carried(forger.facts(), year)]
    return {"year": year, "carried": left, **changes}


@forgery("case.archived", CLERK, "files away a case whose draw was never made")
def undrawn(stories: Stories) -> Forged:
    story = stories.task()
    forger = story.whole()
    forger.append(story.office.clerk, "case.archived", _case(forger))
    return forger.forged()


@forgery("case.archived", CLERK, "leaves a number out of the index of a case file")
def number_left_out(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    papers = _papers(forger)
    papers[-1]["no"] += 1
    forger.append(story.office.clerk, "case.archived", _case(forger, papers=papers))
    return forger.forged()


@forgery("case.complete", CLERK, "files a case away without the paper of a visit", "warn")
def paper_left_out(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    papers = [{"no": 1, "title": "空卷", "file": digest("空卷")}]
    forger.append(story.office.clerk, "case.archived", _case(forger, papers=papers))
    return forger.forged()


@forgery("year.closed", "clerk and approver", "close a year in March, while its work goes on")
def closed_early(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    forger.append(story.office.clerk, "year.closed", _year(forger))
    return forger.forged()


def _closed(story: Story, forger: Forger) -> Forger:
    time = "2026-12-31T17:00:00+08:00"
    act = forger.append(story.office.clerk, "year.closed", _year(forger), time=time)
    story_time = {"time": time}
    forger.append(story.office.approver, "confirmed", {"of": act}, "confirmations", **story_time)
    return forger


@forgery("year.closed", CLERK, "makes a task of a plan whose year is closed")
def task_after(stories: Stories) -> Forged:
    story = stories.year()
    forger = _closed(story, story.whole())
    data = story.data("task.created", task="t9", batch=9)
    forger.append(story.office.clerk, "task.created", data, time=forger.time)
    return forger.forged()


@forgery("year.carried", "clerk and approver", "close a year without naming what is still open")
def left_unsaid(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data = _year(forger, carried=[])
    forger.append(story.office.clerk, "year.closed", data, time="2026-12-31T17:00:00+08:00")
    return forger.forged()


@forgery("duty.handed", "approver", "hands a clerk's duties to himself")
def taken(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data = {"holder": "qian-clerk", "successor": "sun-approver", "tasks": ["t1"], "reason": "调离"}
    forger.append(story.office.approver, "duty.handed", data)
    return forger.forged()


@forgery("duty.handed", "clerk and supervisor", "confirm a hand-over in the place of the successor")
def confirmed_by_another(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    second = story.signer(Person("he-supervisor", "何八", "jijian", ("supervisor",)))
    act = forger.append(story.office.admin, "key.enrolled", enrolment(second, "何八"))
    forger.confirm(story.office.approver, act)
    data = {"holder": "qian-clerk", "successor": "li-supervisor", "tasks": [], "reason": "调离"}
    act = forger.append(story.office.clerk, "duty.handed", data)
    forger.confirm(second, act)
    return forger.forged()

"""Forgeries of what follows a result, and of what is reported."""

from __future__ import annotations

from typing import Any

from ledger.commands.reports import stated
from tests.forgery import Data, Forged, Forger, Stories, Story, forgery
from tests.office import ORIGIN, digest
from verifier import facts as f
from verifier.figures import Period
from verifier.private import Opening, seal

CLERK = "clerk"
HIDDEN = {"$c": bytes(32)}
YEAR = Period("2026-01-01", "2026-12-31")


def _followup(story: Story, **changes: object) -> Data:
    visit = story.data("visit.recorded")["visit"]
    return {"followup": "f1", "visit": visit, "kind": HIDDEN, **changes}


def _closing(story: Story, **changes: object) -> Data:
    visit = story.data("visit.recorded")["visit"]
    return {"followup": "f1", "visit": visit, "date": "2026-03-10", **changes}


def _m(forger: Forger) -> str:
    draw = forger.facts().get(f.DRAWS, "d1")
    assert draw is not None
    return draw.m


def _sealed(story: Story, kind: str) -> tuple[Data, Opening]:
    """A follow-up whose kind a reader can open."""
    visit = story.data("visit.recorded")["visit"]
    opening = seal(ORIGIN, f"visit/{visit}", "kind", kind, bytes(16))
    return _followup(story, kind={"$c": opening.commitment}), opening


@forgery("followup.kind", CLERK, "seals a kind of follow-up that no rule knows")
def unknown_kind(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data, opening = _sealed(story, "forgotten")
    forger.append(story.office.clerk, "followup.recorded", data)
    return forger.forged(openings=(opening,))


@forgery("followup.receipt", CLERK, "closes a criminal referral that no platform received", "warn")
def no_receipt(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data, opening = _sealed(story, "criminal")
    forger.append(story.office.clerk, "followup.recorded", data)
    forger.append(story.office.clerk, "followup.closed", _closing(story))
    return forger.forged(openings=(opening,))


@forgery("followup.order", CLERK, "closes a follow-up that was never begun")
def closed_before(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    forger.append(story.office.clerk, "followup.closed", _closing(story))
    return forger.forged()


@forgery("followup.order", CLERK, "closes one follow-up twice")
def closed_twice(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    forger.append(story.office.clerk, "followup.recorded", _followup(story))
    forger.append(story.office.clerk, "followup.closed", _closing(story))
    forger.append(story.office.clerk, "followup.closed", _closing(story))
    return forger.forged()


@forgery("followup.dates", CLERK, "confirms a rectification before the visit")
def settled_before(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    forger.append(story.office.clerk, "followup.recorded", _followup(story))
    forger.append(story.office.clerk, "followup.closed", _closing(story, date="2026-03-01"))
    return forger.forged()


@forgery("followup.overdue", CLERK, "lets a rectification rest after its last day", "warn")
def never_settled(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    forger.append(story.office.clerk, "followup.recorded", _followup(story, due="2026-04-01"))
    return forger.forged(as_of="2026-04-02")


@forgery("followup.open", CLERK, "finds a problem and does nothing about it", "warn")
def never_followed(stories: Stories) -> Forged:
    story = stories.asked_year(followup_days=30)
    found = story.after("visit.recorded").last
    return story.whole().forged(at=found, as_of="2026-05-01")


@forgery("bulletin.draw", CLERK, "announces a draw before it took place")
def early_bulletin(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data = {"draw": "d1", "m": _m(forger), "date": "2026-03-01", "channel": "portal"}
    forger.append(story.office.clerk, "bulletin.issued", data)
    return forger.forged()


@forgery("bulletin.due", CLERK, "never tells the public of a draw", "warn")
def no_bulletin(stories: Stories) -> Forged:
    story = stories.asked_year(bulletin=True)
    drawn = story.after("draw.executed").last
    return story.whole().forged(at=drawn, as_of="2026-12-31")


@forgery("task.report", CLERK, "reports a draw on a day to come")
def future_report(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data = {"draw": "d1", "m": _m(forger), "date": "2026-12-01", "to": "执法监督股"}
    forger.append(story.office.clerk, "task.reported", data)
    return forger.forged()


@forgery("task.reporting", CLERK, "never reports what an inspection found", "warn")
def no_report(stories: Stories) -> Forged:
    story = stories.asked_year(report_days=2)
    drawn = story.after("draw.executed").last
    return story.whole().forged(at=drawn, as_of="2026-03-16")


@forgery("activity.record", CLERK, "tells of a meeting that has not been held")
def future_meeting(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data = {"activity": "a1", "kind": "meeting", "date": "2026-12-01", "title": "部署会"}
    forger.append(story.office.clerk, "activity.recorded", data)
    return forger.forged()


def _report(story: Story, forger: Forger, **changes: Any) -> Data:
    return {
        "report": "r1",
        "form": "yearly",
        "from": YEAR.first,
        "until": YEAR.last,
        "figures": stated(forger.facts(), YEAR),
        "file": digest("报表"),
        "date": "2026-03-10",
        **changes,
    }


@forgery("report.figures", CLERK, "reports one more visit than was made")
def better_figures(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    figures = [[key, value + (key == "visits")] for key, value in stated(forger.facts(), YEAR)]  # type: ignore[misc,operator]
    forger.append(story.office.clerk, "report.issued", _report(story, forger, figures=figures))
    return forger.forged()


@forgery("report.figures", CLERK, "reports a figure that nobody defined")
def invented_figure(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data = _report(story, forger, figures=[["satisfaction", 100]])
    forger.append(story.office.clerk, "report.issued", data)
    return forger.forged()


@forgery("report.period", CLERK, "hands in a report on a day to come")
def future_day(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    forger.append(story.office.clerk, "report.issued", _report(story, forger, date="2026-12-31"))
    return forger.forged()


@forgery("report.due", CLERK, "never hands in the monthly report", "warn")
def no_monthly_report(stories: Stories) -> Forged:
    story = stories.asked_year(monthly_report=23)
    adopted = story.after("policy.adopted").last + 1
    return story.whole().forged(at=adopted, as_of="2026-03-24")

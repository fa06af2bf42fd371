"""Forgeries of checks outside plan and draw."""

from __future__ import annotations

from typing import Any

from tests.forgery import Forged, Forger, Stories, Story, forgery, import_rows
from tests.office import made_up_code, officer

CLERK = "clerk"
AFTER = "2026-03-11T12:00:00+08:00"


def _check(story: Story, forger: Forger, **changes: Any) -> None:
    data: dict[str, Any] = {
        "check": "check-1",
        "subject": made_up_code(1),
        "occurred": "2026-03-11T09:00:00+08:00",
        "officers": ["off-00", "off-02"],
        "items": ["item-1"],
        "methods": ["on_site"],
        "exemption": {"code": "complaint", "file": bytes(32)},
        **changes,
    }
    kept = {key: value for key, value in data.items() if value is not None}
    forger.append(story.office.clerk, "check.unplanned", kept, f"check/{kept['check']}", time=AFTER)


def _one(stories: Stories, **changes: Any) -> Forged:
    story = stories.year()
    forger = story.whole()
    _check(story, forger, **changes)
    return forger.forged()


@forgery("check.planned", CLERK, "inspects an enterprise that is in no plan, without any ground", "warn")
def without_ground(stories: Stories) -> Forged:
    return _one(stories, exemption=None)


@forgery("check.once", CLERK, "counts one check outside the plan twice")
def counted_twice(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    _check(story, forger)
    _check(story, forger, check="check-2")
    return forger.forged()


@forgery(
    "check.once", CLERK, "gives a check outside the plan the id of a visit, whose private words it then owns"
)
def id_of_a_visit(stories: Stories) -> Forged:
    return _one(stories, check=stories.year().data("visit.recorded")["visit"])


@forgery("check.team", CLERK, "sends somebody who is no officer")
def stranger_sent(stories: Stories) -> Forged:
    return _one(stories, officers=["off-00", "off-77"])


@forgery("check.team", CLERK, "sends officers before they were certified")
def not_certified(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    name, record = officer(0)
    rows = [[name, {**record, "valid_from": "2026-04-01"}]]
    import_rows(forger, story.office.clerk, "officers", rows, added=0, changed=1)
    _check(story, forger)
    return forger.forged()


@forgery("check.team", CLERK, "sends one officer alone")
def alone(stories: Stories) -> Forged:
    return _one(stories, officers=["off-00"])


@forgery("check.item", CLERK, "inspects what no list of the office names")
def unlisted(stories: Stories) -> Forged:
    return _one(stories, items=["item-9"])


@forgery("list.known", CLERK, "checks an enterprise that is in no list")
def unknown_subject(stories: Stories) -> Forged:
    return _one(stories, subject=made_up_code(99))


@forgery("correction.lawful", "clerk and approver", "correct a ground that was never given")
def false_ground(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    _check(story, forger)
    old = {"code": "accident", "file": bytes(32)}
    new = {"code": "assigned", "file": bytes(32)}
    data = {"of": forger.leaf, "field": "exemption", "old": old, "new": new, "reason": "笔误"}
    forger.append(story.office.clerk, "corrected", data, "corrections")
    return forger.forged()

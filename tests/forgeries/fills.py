"""Forgeries of 补抽: seats drawn again that need not be, and visits of teams that it did not give."""

from __future__ import annotations

from tests.forgery import Forged, Forger, Stories, Story, forgery, freeze_data
from tests.office import made_up_code
from verifier import facts as f
from verifier.lists import list_hash

CLERK = "clerk"
BOTH = "clerk and approver"
AFTER = "2026-03-10T12:00:00+08:00"


def _first(story: Story) -> tuple[str, f.Team]:
    """The subject whose visit had its two replacements, and its team."""
    subject = story.office.drawn()[0]
    team = story.office.book.facts().get(f.TEAMS, f"d1/{subject}")
    assert team is not None
    return subject, team


def _fill(story: Story, fills: dict[str, object], seats: list[list[object]]) -> Forged:
    """A further 补抽 at the end of a story."""
    strata = [{"id": "fill", "filter": {}, "p": 1, "q": 1}]
    forger = story.whole()
    fills = {"draw": "d1", "reason": "recusal", **fills}
    data = story.data("task.created", task="t9", strata=strata, fills=fills, seats=seats)
    forger.append(story.office.clerk, "task.created", data)
    return forger.forged()


def _visit(story: Story, forger: Forger, officers: tuple[str, ...], **changes: object) -> Forged:
    subject, _ = _first(story)
    data = {
        "visit": "visit-1",
        "draw": "d1",
        "subject": subject,
        "occurred": AFTER,
        "officers": list(officers),
        "methods": ["on_site"],
        "items": [
            {"item": "item-1", "checked": True, "ordered": False, "corrected": False, "result": "未发现问题"}
        ],
        "results": ["01"],
        "subject_signature": "signed",
        **changes,
    }
    forger.append(story.office.clerk, "visit.recorded", data, time=AFTER)
    return forger.forged()


@forgery("task.fills", BOTH, "choose a subject by name and call it a 补抽")
def chosen_by_name(stories: Stories) -> Forged:
    story = stories.drawn()
    drawn = story.office.drawn()
    friend = next(name for name in map(made_up_code, range(0, 40, 2)) if name not in drawn)
    return _fill(story, {"visits": [[friend, 1]]}, [["fgj", "-", 1]])


@forgery("task.fills", BOTH, "draw a seat again that the next officer by ticket would take")
def another_lot(stories: Stories) -> Forged:
    story = stories.drawn()
    return _fill(story, {"visits": [[story.office.drawn()[0], 1]]}, [["fgj", "-", 1]])


@forgery("task.fills", BOTH, "fill the seat of one department from another")
def another_class(stories: Stories) -> Forged:
    story = stories.exhausted()
    return _fill(story, {"visits": [[_first(story)[0], 2]]}, [["fgj", "-", 1]])


@forgery("task.fills", BOTH, "draw a seat a second time that a 补抽 has filled")
def filled_twice(stories: Stories) -> Forged:
    story = stories.filled()
    return _fill(story, {"visits": [[_first(story)[0], 1]]}, [["fgj", "-", 1]])


@forgery("task.fills", CLERK, "makes the visit and then draws its seat again")
def filled_after_the_visit(stories: Stories) -> Forged:
    story = stories.exhausted()
    _subject, team = _first(story)
    forger = story.whole()
    _visit(story, forger, team.members())
    forger.append(story.office.clerk, "draw.frozen", freeze_data(story, forger, "d2", "t2"), time=AFTER)
    return forger.forged()


@forgery("draw.roster", CLERK, "lets the lot of a 补抽 fall again on who left the visit")
def drawn_again(stories: Stories) -> Forged:
    story = stories.exhausted()
    forger = story.whole()
    data = freeze_data(story, forger, "d2", "t2")
    data["lists"]["conflicts"] = list_hash([]).value()
    forger.append(story.office.clerk, "draw.frozen", data)
    return forger.forged()


@forgery("draw.substitute", BOTH, "replace who a 补抽 drew by another order than that of its lot")
def replaced_by_the_old_order(stories: Stories) -> Forged:
    story = stories.filled()
    office = story.office
    subject, team = _first(story)
    gone = {*team.seats, *team.members(), *(row[3] for row in team.changes)}
    friend = next(name for name in ("off-00", "off-02", "off-04", "off-06") if name not in gone)
    change = {
        "subject": subject,
        "seat": 1,
        "officer": team.members()[0],
        "reason": "recusal",
        "substitute": friend,
    }
    forger = story.whole()
    m = office.book.facts().get(f.DRAWS, "d1").m  # type: ignore[union-attr]
    forger.append(office.clerk, "draw.replaced", {"draw": "d1", "m": m, "change": change})
    return forger.forged()


@forgery("visit.drawn", CLERK, "records a second visit, for the 补抽")
def visit_of_the_fill(stories: Stories) -> Forged:
    story = stories.filled()
    subject, _ = _first(story)
    drawn = story.office.book.facts().get(f.TEAMS, f"d2/{subject}")
    assert drawn is not None
    return _visit(story, story.whole(), drawn.members(), draw="d2")


@forgery("visit.team", CLERK, "sends the old team while the lot of a 补抽 is open")
def before_the_lot(stories: Stories) -> Forged:
    story = stories.exhausted()
    _, team = _first(story)
    forger = story.whole()
    forger.append(story.office.clerk, "draw.frozen", freeze_data(story, forger, "d2", "t2"))
    return _visit(story, forger, team.members())


@forgery("visit.team", CLERK, "sends the officer whose seat a 补抽 has filled")
def the_old_team(stories: Stories) -> Forged:
    story = stories.filled()
    _, team = _first(story)
    return _visit(story, story.whole(), team.replaced())


@forgery("visit.after-draw", CLERK, "inspects before the 补抽 has given the officer")
def before_the_fill(stories: Stories) -> Forged:
    story = stories.filled()
    _, team = _first(story)
    return _visit(story, story.whole(), team.members(), occurred="2026-03-03T09:00:00+08:00")

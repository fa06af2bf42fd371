"""Forgeries of the frozen question."""

from __future__ import annotations

from tests.forgery import Data, Forged, Stories, Story, forgery, freeze_data
from verifier.lists import list_hash

CLERK = "clerk"


def _freeze(story: Story, **changes: object) -> Forged:
    forger = story.before("draw.frozen")
    forger.append(story.office.clerk, "draw.frozen", story.data("draw.frozen", **changes))
    return forger.forged()


def _lists(story: Story, data: Data | None = None, **changes: list[list[object]]) -> Data:
    """The honest lists, some with other rows."""
    held = dict((data or story.data("draw.frozen"))["lists"])
    for name, rows in changes.items():
        held[name] = list_hash(rows).value()  # type: ignore[arg-type]
    return held


@forgery("draw.once", CLERK, "freezes a second draw while the first is open")
def two_open(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.frozen")
    forger.append(story.office.clerk, "draw.frozen", story.data("draw.frozen", draw="d2"))
    return forger.forged()


@forgery("draw.once", CLERK, "draws again after a result that did not suit")
def redraw(stories: Stories) -> Forged:
    story = stories.drawn()
    forger = story.whole()
    forger.append(story.office.clerk, "draw.frozen", freeze_data(story, forger, "d2"))
    return forger.forged()


@forgery("draw.once", CLERK, "reuses the id of a draw in other case after aborting it")
def same_id(stories: Stories) -> Forged:
    story = stories.year()
    forger, office = story.after("draw.frozen"), story.office
    data = {"draw": "d1", "m": forger.leaf.hex(), "cause": "equipment"}
    forger.confirm(office.approver, forger.append(office.clerk, "draw.aborted", data))
    forger.append(office.clerk, "draw.frozen", story.data("draw.frozen", draw="D1"))
    return forger.forged()


@forgery("draw.question", CLERK, "freezes more seats than the approved task has")
def other_seats(stories: Stories) -> Forged:
    return _freeze(stories.year(), seats=[["fgj", "-", 2], ["scj", "-", 1]])


@forgery("draw.question", CLERK, "opens a draw as public that was approved as sealed")
def not_sealed(stories: Stories) -> Forged:
    return _freeze(stories.drawn("sealed", sealed=True), sealed=False)


@forgery("draw.parties", "clerk and approver", "draw among themselves without a watcher")
def nobody_watches(stories: Stories) -> Forged:
    story = stories.year()
    office = story.office
    ids = sorted(s.key_id.hex() for s in (office.clerk, office.approver))
    return _freeze(story, parties=ids)


@forgery("draw.parties", CLERK, "names a key that is not enrolled as a party")
def invented_party(stories: Stories) -> Forged:
    story = stories.year()
    return _freeze(story, parties=sorted([story.office.supervisor.key_id.hex(), "ab" * 32]))


@forgery("draw.pool", CLERK, "leaves a friend out of the pool")
def friend_left_out(stories: Stories) -> Forged:
    story = stories.year()
    rows = [["all", team] for team in sorted(story.office.drawn())]
    return _freeze(story, lists=_lists(story, pool=rows))


@forgery("draw.exclusions", CLERK, "freezes an exclusion that nobody approved")
def own_exclusion(stories: Stories) -> Forged:
    story = stories.year()
    return _freeze(story, lists=_lists(story, exclusions=[[story.office.drawn()[0], "moved"]]))


@forgery("draw.roster", CLERK, "leaves out a declared conflict")
def conflict_left_out(stories: Stories) -> Forged:
    story = stories.conflict()
    forger = story.whole()
    data = freeze_data(story, forger)
    forger.append(story.office.clerk, "draw.frozen", {**data, "lists": _lists(story, data, conflicts=[])})
    return forger.forged()


@forgery("draw.roster", CLERK, "removes an officer from the frozen list")
def officer_left_out(stories: Stories) -> Forged:
    story = stories.year()
    return _freeze(story, lists=_lists(story, officers=[["off-00", "fgj", ["safety"]]]))


@forgery("draw.strata-disjoint", "clerk and approver", "count one class in two strata")
def two_strata(stories: Stories) -> Forged:
    story = stories.year()
    office = story.office
    data = story.data("task.created")
    data["strata"] = [*data["strata"], {**data["strata"][0], "id": "again"}]
    forger = story.before("task.created")
    forger.confirm(office.approver, forger.append(office.clerk, "task.created", data))
    forger.append(office.clerk, "draw.frozen", freeze_data(story, forger))
    return forger.forged()


@forgery("draw.sizes", CLERK, "draws one more than the rule gives")
def one_more(stories: Stories) -> Forged:
    story = stories.year()
    strata = [{**s, "k": s["k"] + 1} for s in story.data("draw.frozen")["strata"]]
    return _freeze(story, strata=strata)


@forgery("draw.able", "clerk and approver", "ask for more specialists than there are: an empty seat")
def empty_seat(stories: Stories) -> Forged:
    story = stories.year()
    office = story.office
    forger = story.before("task.created")
    data = story.data("task.created", seats=[["fgj", "safety", 5], ["scj", "-", 1]])
    forger.confirm(office.approver, forger.append(office.clerk, "task.created", data))
    forger.append(office.clerk, "draw.frozen", freeze_data(story, forger))
    return forger.forged()


@forgery("draw.choice", "head of the office", "leaves so few officers that teams are no secret", "warn")
def little_choice(stories: Stories) -> Forged:
    story = stories.task("few", officers=4)
    forger = story.whole()
    forger.append(story.office.clerk, "draw.frozen", freeze_data(story, forger))
    return forger.forged()


@forgery("draw.after-freeze", CLERK, "excludes a subject after its pool was frozen")
def late_exclusion(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.frozen")
    data = {"task": "t1", "subject": story.office.drawn()[0], "reason": "moved", "evidence": bytes(32)}
    forger.append(story.office.clerk, "task.excluded", data)
    return forger.forged()


@forgery("draw.finished", CLERK, "lets an open draw lie until its task's window is over")
def left_open(stories: Stories) -> Forged:
    forger = stories.year().after("draw.frozen")
    return forger.forged(as_of="2026-11-01")


def _again(stories: Stories, **values: object) -> Forged:
    """A second task of the row is frozen after the first was drawn, all of it still in the pool."""
    story = stories.drawn()
    forger, office = story.whole(), story.office
    policy = story.data("policy.adopted", policy="xize-2")
    policy["values"] = {**policy["values"], **values}
    forger.confirm(office.approver, forger.append(office.clerk, "policy.adopted", policy))
    task = story.data("task.created", task="t2", batch=2)
    forger.confirm(office.approver, forger.append(office.clerk, "task.created", task))
    forger.append(office.clerk, "draw.frozen", freeze_data(story, forger, "d2", "t2"))
    return forger.forged()


@forgery("draw.repeat", CLERK, "draws again this year whom the policy spares")
def drawn_again(stories: Stories) -> Forged:
    return _again(stories, repeat="refuse")


@forgery("draw.repeat", CLERK, "draws again this year where the policy warns", "warn")
def drawn_again_warned(stories: Stories) -> Forged:
    return _again(stories, repeat="warn")


@forgery("draw.repeat", CLERK, "draws a subject more often than the yearly cap")
def over_the_cap(stories: Stories) -> Forged:
    return _again(stories, yearly_cap=1)

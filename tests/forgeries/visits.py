"""Forgeries of visits, results and corrections."""

from __future__ import annotations

from ledger.commands.keys import Person
from tests.forgery import Forged, Forger, Stories, Story, enrol, forgery, import_rows
from tests.office import made_up_code, officer

CLERK = "clerk"
AFTER = "2026-03-10T12:00:00+08:00"


def _visit(story: Story, forger: Forger, nth: int = 0, **changes: object) -> None:
    """A visit like the nth honest one, signed by key, with changes."""
    data = story.data("visit.recorded", nth, **changes)
    data.pop("paper", None)
    forger.append(story.office.clerk, "visit.recorded", data, time=AFTER)


def _first(stories: Stories, **changes: object) -> Forged:
    story = stories.year()
    forger = story.after("draw.executed")
    _visit(story, forger, **changes)
    return forger.forged()


@forgery("visit.drawn", "officer", "inspects an enterprise that was not drawn")
def undrawn(stories: Stories) -> Forged:
    drawn = stories.year().office.drawn()
    return _first(stories, subject=next(n for n in map(made_up_code, range(0, 40, 2)) if n not in drawn))


@forgery("visit.once", CLERK, "records a second, better result of a visit")
def better_result(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.executed")
    _visit(story, forger)
    _visit(story, forger, visit="visit-again")
    return forger.forged()


@forgery("visit.team", CLERK, "sends a friend instead of the officer drawn")
def other_officer(stories: Stories) -> Forged:
    return _first(stories, officers=["off-00", "off-02"])


@forgery("visit.after-draw", CLERK, "inspects first and draws afterwards")
def before_the_draw(stories: Stories) -> Forged:
    return _first(stories, occurred="2026-03-01T09:00:00+08:00")


@forgery("visit.clock", CLERK, "records a visit that has not taken place yet")
def future_visit(stories: Stories) -> Forged:
    return _first(stories, occurred="2026-03-11T09:00:00+08:00")


@forgery("visit.clock", CLERK, "lets a visit end in years, so that its result is never due")
def endless_visit(stories: Stories) -> Forged:
    return _first(stories, until="2099-12-31T09:00:00+08:00")


@forgery("visit.window", CLERK, "inspects outside the window of the task", "warn")
def outside_window(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("task.created")
    office = story.office
    from tests.forgery import commit, freeze_data, outcome, reveal
    from verifier import draw as lot
    from verifier import facts as f

    task = story.data("task.created", window=["2026-05-01", "2026-10-31"])
    forger.confirm(office.approver, forger.append(office.clerk, "task.created", task))
    forger.append(office.clerk, "draw.frozen", freeze_data(story, forger))
    m = forger.leaf.hex()
    parties = {office.clerk: "0a" * 32, office.supervisor: "0b" * 32}
    for signer, r in parties.items():
        commit(forger, signer, r)
    for signer, r in parties.items():
        reveal(forger, signer, r)
    seed = lot.seed("d1", m, {s.key_id.hex(): r for s, r in parties.items()}, "none")
    forger.append(office.clerk, "draw.executed", outcome(forger, seed))
    name, team = next(forger.facts().rows(f.TEAMS, "d1/"))
    _visit(story, forger, subject=name.partition("/")[2], officers=list(team.seats))
    return forger.forged()


@forgery("visit.certified", CLERK, "sends an officer whose certificate ended between draw and visit")
def certificate_ended(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.executed")
    leader = story.data("visit.recorded")["officers"][0]
    record = {**officer(int(leader.removeprefix("off-")))[1], "valid_to": "2026-03-09"}
    import_rows(forger, story.office.clerk, "officers", [[leader, record]], added=0, changed=1)
    _visit(story, forger)
    return forger.forged()


@forgery("visit.form", CLERK, "ticks 责改 where nothing was checked")
def impossible_boxes(stories: Stories) -> Forged:
    item = {"item": "item-1", "checked": False, "ordered": True, "corrected": True}
    return _first(stories, items=[item])


@forgery("visit.results", CLERK, "calls a problem found and ticks every box as fine", "warn")
def problem_without_a_box(stories: Stories) -> Forged:
    return _first(stories, results=["02"])


@forgery("visit.results", CLERK, "calls nothing found where a rectification was ordered", "warn")
def box_without_a_problem(stories: Stories) -> Forged:
    item = {"item": "item-1", "checked": True, "ordered": True, "corrected": True, "result": "标识缺失"}
    return _first(stories, items=[item], results=["01"])


@forgery("visit.results", "clerk and approver", "correct the result and leave the boxes as they are", "warn")
def corrected_result(stories: Stories) -> Forged:
    story = stories.year()
    forger, office = story.whole(), story.office
    recorded = next(e for e in forger.chain if e.body.type == "visit.recorded")
    change = {"of": recorded.leaf, "field": "results", "old": ["01"], "new": ["09"], "reason": "笔误"}
    forger.append(office.clerk, "corrected", change, "corrections")
    forger.confirm(office.approver)
    return forger.forged(at=recorded.body.seq)


@forgery("visit.signed", "officer", "signs the record of a visit of other officers")
def signs_for_others(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.executed")
    stranger = story.signer(Person("off-91", "丙", "fgj", ("officer",)))
    enrol(forger, story, stranger)
    _visit(story, forger)
    visit = story.data("visit.recorded")["visit"]
    forger.append(stranger, "visit.signed", {"visit": visit, "of": forger.leaf})
    return forger.forged()


@forgery("visit.complete", CLERK, "never visits a drawn friend")
def friend_spared(stories: Stories) -> Forged:
    story = stories.year()
    count = len(story.office.drawn())
    forger = story.before("visit.recorded", count - 1)
    for nth in range(count - 1):
        data = story.data("result.published", nth)
        forger.append(story.office.clerk, "result.published", data)
    return forger.forged(at=story.after("draw.executed").last, as_of="2026-11-01")


@forgery("result.published", CLERK, "never publishes a bad result")
def never_published(stories: Stories) -> Forged:
    story = stories.year()
    last = len(story.office.drawn()) - 1
    forger = story.before("result.published", last)
    return forger.forged(at=story.after("visit.recorded", last).last, as_of="2026-09-01")


@forgery("result.deadline", CLERK, "publishes a result months later", "warn")
def published_late(stories: Stories) -> Forged:
    story = stories.year()
    last = len(story.office.drawn()) - 1
    forger = story.before("result.published", last)
    data = story.data("result.published", last, date="2026-09-01")
    forger.append(story.office.clerk, "result.published", data, time="2026-09-01T09:00:00+08:00")
    return forger.forged(at=story.after("visit.recorded", last).last)


@forgery("result.deadline", CLERK, "registers a late publication with a date within the deadline", "warn")
def registered_late(stories: Stories) -> Forged:
    story = stories.year()
    last = len(story.office.drawn()) - 1
    forger = story.before("result.published", last)
    data = story.data("result.published", last, date="2026-03-20")
    forger.append(story.office.clerk, "result.published", data, time="2026-09-01T09:00:00+08:00")
    return forger.forged(at=story.after("visit.recorded", last).last)


@forgery("result.visit", CLERK, "publishes a visit that nobody signed")
def unsigned(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.executed")
    _visit(story, forger)
    data = story.data("result.published", 0, of=forger.leaf)
    forger.append(story.office.clerk, "result.published", data)
    return forger.forged()


@forgery("result.unit", "clerk of another unit", "publishes what another unit inspected")
def other_unit(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("result.published", 0)
    other = story.signer(Person("wu-clerk", "吴六", "scj", ("clerk",)))
    enrol(forger, story, other)
    forger.append(other, "result.published", story.data("result.published", 0))
    return forger.forged()


@forgery("result.date", CLERK, "dates a publication before the visit")
def dated_before(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("result.published", 0)
    data = story.data("result.published", 0, date="2026-03-02")
    forger.append(story.office.clerk, "result.published", data)
    return forger.forged()


@forgery("result.date", "clerk and approver", "correct the date of a publication to one before the visit")
def corrected_before(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("result.published", 0)
    old = story.data("result.published", 0)["date"]
    data = {"of": forger.leaf, "field": "date", "old": old, "new": "2026-03-02", "reason": "笔误"}
    forger.append(story.office.clerk, "corrected", data, "corrections")
    return forger.forged()


@forgery("correction.lawful", "clerk and approver", "correct the result of a draw")
def corrected_draw(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.executed")
    data = {"of": forger.leaf, "field": "seed", "new": "0a" * 32, "reason": "笔误"}
    forger.append(story.office.clerk, "corrected", data, "corrections")
    return forger.forged()


@forgery("correction.lawful", CLERK, "corrects a value that is not there")
def false_old(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    of = story.after("visit.recorded", 0).leaf
    data = {"of": of, "field": "results", "old": ["02"], "new": ["03"], "reason": "笔误"}
    forger.append(story.office.clerk, "corrected", data, "corrections")
    return forger.forged()

"""Forgeries of what an office asks for around a visit: forms, notices, longer time, departments, reviews."""

from __future__ import annotations

from typing import Any

from tests.forgery import Forged, Stories, forgery
from tests.office import made_up_code

CLERK = "clerk"
LATER = "2026-03-11T09:00:00+08:00"


def _notice(stories: Stories, **changes: Any) -> Forged:
    """The last notice of the careful office, otherwise than it was."""
    story = stories.careful()
    nth = len(story.office.drawn()) - 1
    forger = story.before("notice.sent", nth)
    data = story.data("notice.sent", nth)
    data["notice"].update(changes)
    forger.append(story.office.clerk, "notice.sent", data)
    return forger.forged()


@forgery("notice.form", CLERK, "sends a notice to an enterprise that was not drawn")
def notice_to_others(stories: Stories) -> Forged:
    drawn = stories.careful().office.drawn()
    return _notice(stories, subject=next(n for n in map(made_up_code, range(0, 40, 2)) if n not in drawn))


@forgery("notice.form", CLERK, "announces more items than the task has")
def more_items(stories: Stories) -> Forged:
    return _notice(stories, items=["item-1", "item-2"])


@forgery("notice.form", CLERK, "sends a second notice with another day")
def second_notice(stories: Stories) -> Forged:
    return _notice(stories, subject=stories.careful().office.drawn()[0], day="2026-03-11")


@forgery("notice.form", CLERK, "dates a notice after its entry, to move it before a later visit")
def notice_to_come(stories: Stories) -> Forged:
    return _notice(stories, sent="2026-03-09T09:00:00+08:00")


@forgery("notice.before-visit", CLERK, "visits without the notice that the policy asks for", "warn")
def no_notice(stories: Stories) -> Forged:
    story = stories.careful()
    forger = story.before("notice.sent", 0)
    data = story.data("visit.recorded", 0)
    data.pop("paper")
    forger.append(story.office.clerk, "visit.recorded", data, time=LATER)
    return forger.forged()


@forgery("notice.before-visit", CLERK, "writes a notice of an announced visit after it was made", "warn")
def notice_afterwards(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    draw = story.data("draw.executed")
    subject = story.data("visit.recorded", 0)["subject"]
    notice = {
        "subject": subject,
        "items": ["item-1"],
        "sent": LATER,
        "day": "2026-03-11",
        "unannounced": False,
    }
    data = {"draw": draw["draw"], "m": draw["m"], "notice": notice}
    forger.append(story.office.clerk, "notice.sent", data, time=LATER)
    return forger.forged()


def _extension(stories: Stories, **changes: Any) -> Forged:
    story = stories.careful()
    forger = story.before("visit.extended")
    data = story.data("visit.extended")
    data["extension"].update(changes)
    forger.append(story.office.clerk, "visit.extended", data)
    return forger.forged()


@forgery("visit.extension", CLERK, "extends a visit to a day that is no later")
def no_extension(stories: Stories) -> Forged:
    return _extension(stories, until="2026-10-31")


@forgery("visit.extension", CLERK, "asks for a longer time after the time is over")
def extension_too_late(stories: Stories) -> Forged:
    story = stories.drawn()
    forger = story.whole()
    draw = story.data("draw.executed")
    extension = {"subject": story.office.drawn()[0], "until": "2026-12-20", "reason": "需委托检验"}
    data = {"draw": draw["draw"], "m": draw["m"], "extension": extension}
    forger.append(story.office.clerk, "visit.extended", data, time="2026-11-05T09:00:00+08:00")
    forged = forger.forged()
    forged.as_of = "2026-10-31"
    return forged


@forgery("form.library", CLERK, "changes a form and keeps its version")
def version_kept(stories: Stories) -> Forged:
    story = stories.careful()
    forger = story.whole()
    data = story.data("form.published", file=bytes(32))
    forger.append(story.office.clerk, "form.published", data)
    return forger.forged()


@forgery("form.library", CLERK, "publishes a form for an item that is not listed")
def form_of_nothing(stories: Stories) -> Forged:
    story = stories.careful()
    forger = story.whole()
    data = story.data("form.published", version="2", items=["item-9"])
    forger.append(story.office.clerk, "form.published", data)
    return forger.forged()


@forgery("form.before-draw", CLERK, "freezes a draw before its check form is in the library", "warn")
def form_after_draw(stories: Stories) -> Forged:
    from tests.forgery import Forger, freeze_data

    story = stories.careful()
    honest = story.before("form.published")
    forger = Forger(honest.chain)
    clerk, approver = story.office.clerk, story.office.approver
    for one in story.entries[len(honest.chain) + 1 :]:
        if one.body.type == "draw.frozen":
            break
        signer = {s.key_id: s for s in story.office.signers.values()}[one.body.actor]
        data = dict(one.body.data)
        if one.body.type == "confirmed":
            data = {"of": forger.leaf}
        elif one.body.type == "plan.approved":
            data["of"] = forger.leaf
        forger.append(signer, one.body.type, data, one.body.stream, time=one.body.time)
    assert clerk is not approver
    forger.append(clerk, "draw.frozen", freeze_data(story, forger))
    return forger.forged()


def _result(stories: Stories, by: str, **changes: Any) -> Forged:
    story = stories.careful()
    forger = story.before("visit.result")
    forger.append(story.office.signers[by], "visit.result", story.data("visit.result", 0, **changes))
    return forger.forged()


@forgery("result.department", CLERK, "enters a good result in the name of another department")
def in_the_name_of(stories: Stories) -> Forged:
    return _result(stories, "clerk")


@forgery("result.department", "clerk of the other department", "enters its result again, otherwise")
def entered_again(stories: Stories) -> Forged:
    story = stories.careful()
    forger = story.whole()
    data = story.data("visit.result", 0, results=["02"])
    forger.append(story.office.partner, "visit.result", data)
    return forger.forged()


@forgery("result.department", "clerk of the other department", "enters a result for one that took no part")
def took_no_part(stories: Stories) -> Forged:
    return _result(stories, "partner", department="hbj")


@forgery("result.complete", "clerk of the other department", "never enters the department's own result")
def never_entered(stories: Stories) -> Forged:
    story = stories.careful()
    last = len(story.office.drawn()) - 1
    forger = story.before("visit.result", last)
    for nth in range(last + 1):
        data = story.data("result.reviewed", nth)
        forger.append(story.office.approver, "result.reviewed", data)
    for nth in range(last + 1):
        forger.append(story.office.clerk, "result.published", story.data("result.published", nth))
    at = story.before("visit.recorded", last).last + 1
    return forger.forged(at=at, as_of="2026-12-31")


@forgery("result.review", CLERK, "accepts the own record")
def own_review(stories: Stories) -> Forged:
    story = stories.careful()
    forger = story.before("result.reviewed")
    forger.append(story.office.clerk, "result.reviewed", story.data("result.reviewed", 0))
    return forger.forged()


@forgery("result.review", CLERK, "publishes a result that nobody reviewed")
def not_reviewed(stories: Stories) -> Forged:
    story = stories.careful()
    forger = story.before("result.reviewed")
    forger.append(story.office.clerk, "result.published", story.data("result.published", 0))
    return forger.forged()


@forgery("result.review", "clerk and approver", "accept what was sent back, without a correction")
def accepted_after_all(stories: Stories) -> Forged:
    story = stories.careful()
    forger = story.before("result.reviewed")
    sent_back = story.data("result.reviewed", 0, accepted=False, reason="与记录不符")
    forger.append(story.office.approver, "result.reviewed", sent_back)
    forger.append(story.office.approver, "result.reviewed", story.data("result.reviewed", 0))
    return forger.forged()

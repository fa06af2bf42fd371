"""Forgeries beside the platform: receipts of nothing, comparisons that hide, lists of another department."""

from __future__ import annotations

from typing import Any

from tests.forgeries.plans import policy
from tests.forgery import Data, Forged, Forger, Stories, Story, forgery, freeze_data, import_rows
from verifier import facts as f
from verifier.lists import list_hash

CLERK = "clerk"
PLATFORM = "省双随机平台"
NOTHING = list_hash([]).value()


def _shown(forger: Forger, story: Story, *, lost: int = 0) -> Data:
    """The platform's rows of d1, the first `lost` of them missing, and what an honest comparison says."""
    facts = forger.facts()
    teams = [team for _, team in facts.rows(f.TEAMS, "d1/")]
    rows: list[list[Any]] = [[team.subject, {"officers": list(team.members())}] for team in teams]
    import_rows(forger, story.office.clerk, "platform.d1", rows[lost:])
    return {
        "draw": "d1",
        "m": facts.get(f.DRAWS, "d1").m,  # type: ignore[union-attr]
        "platform": PLATFORM,
        "file": bytes(32),
        "n": len(rows) - lost,
        "missing": list_hash([row[0]] for row in rows[:lost]).value(),
        "extra": NOTHING,
        "changed": NOTHING,
    }


@forgery("platform.compared", CLERK, "says that nothing is missing on the platform")
def hides_a_difference(stories: Stories) -> Forged:
    story = stories.drawn()
    forger = story.whole()
    data = {**_shown(forger, story, lost=1), "missing": NOTHING}
    forger.append(story.office.clerk, "platform.compared", data, "platform")
    return forger.forged()


@forgery("platform.differs", CLERK, "enters another subject on the platform than the one drawn", "warn")
def another_subject(stories: Stories) -> Forged:
    story = stories.drawn()
    forger = story.whole()
    data = _shown(forger, story, lost=1)
    forger.append(story.office.clerk, "platform.compared", data, "platform")
    return forger.forged()


@forgery("platform.compared", CLERK, "imports the platform's list before anything was drawn here")
def shown_before(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.frozen")
    import_rows(forger, story.office.clerk, "platform.d1", [[story.office.drawn()[0], {}]])
    return forger.forged(at=forger.last - 1)


@forgery("platform.receipt", CLERK, "records a receipt of a draw that is still open")
def receipt_of_nothing(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.frozen")
    data = {"of": forger.leaf, "platform": PLATFORM, "number": "2026-1", "date": "2026-03-02"}
    forger.append(story.office.clerk, "platform.receipt", data, "platform")
    return forger.forged()


def _assigned(story: Story, forger: Forger, names: list[str]) -> Data:
    """The data of a task on a list that another department drew, the list imported."""
    rows: list[list[Any]] = [[name, {}] for name in sorted(names)]
    import_rows(forger, story.office.clerk, "assigned.t1", rows)
    data = story.data("task.created", strata=[{"id": "all", "filter": {}, "p": 1, "q": 1}])
    data["elsewhere"] = {"lead": "市场监管局", "file": bytes(32), "rows": list_hash(rows).value()}
    return data


def _subjects(story: Story) -> list[str]:
    return [name for name, _ in story.office.book.facts().rows(f.register("subjects"))][:4]


@forgery("task.elsewhere", CLERK, "leaves subjects out of the list that another department drew")
def shorter_list(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("task.created")
    data = _assigned(story, forger, _subjects(story))
    data["elsewhere"]["rows"] = list_hash([[name, {}] for name in _subjects(story)[1:]]).value()
    forger.append(story.office.clerk, "task.created", data)
    return forger.forged()


@forgery("task.elsewhere", CLERK, "draws again among the subjects that another department drew")
def drawn_twice(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("task.created")
    data = _assigned(story, forger, _subjects(story))
    data["strata"][0]["q"] = 2
    forger.append(story.office.clerk, "task.created", data)
    return forger.forged()


@forgery("task.elsewhere", CLERK, "filters subjects out of the list that another department drew")
def filtered(stories: Stories) -> Forged:
    story = stories.year()
    office = story.office
    forger = story.before("task.created")
    data = _assigned(story, forger, _subjects(story))
    data["strata"][0]["filter"] = {"tags": ["油气"]}
    forger.confirm(office.approver, forger.append(office.clerk, "task.created", data))
    forger.append(office.clerk, "draw.frozen", freeze_data(story, forger))
    return forger.forged()


@forgery("task.elsewhere", CLERK, "changes the received list after the task was approved")
def changed_list(stories: Stories) -> Forged:
    story = stories.year()
    office = story.office
    forger = story.before("task.created")
    names = _subjects(story)
    forger.confirm(
        office.approver, forger.append(office.clerk, "task.created", _assigned(story, forger, names))
    )
    import_rows(forger, office.clerk, "assigned.t1", [[names[0], {"rank": 1}]], added=0, changed=1)
    return forger.forged(at=forger.last - 1)


@forgery("platform.missing", CLERK, "never enters the draw on the platform that must be used", "not_due")
def never_entered(stories: Stories) -> Forged:
    story = stories.drawn()
    forger = story.whole()
    policy(forger, story, platform=PLATFORM)
    return Forged(list(forger.raw))

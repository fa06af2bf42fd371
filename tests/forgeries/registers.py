"""Forgeries of the tag dictionary, of links, reconciliations and publications of lists."""

from __future__ import annotations

from tests.forgery import Forged, Forger, Stories, Story, forgery, import_rows
from tests.office import made_up_code, officer, subject
from verifier.lists import list_hash

CLERK = "clerk"
NOTHING = list_hash([]).value()


def _adopt(forger: Forger, story: Story, version: str, tags: list[str]) -> None:
    data = {"version": version, "title": "标签字库", "tags": tags, "source": bytes(32)}
    forger.append(story.office.clerk, "tags.adopted", data, "tags")


def _link(forger: Forger, story: Story, old: str, new: str) -> None:
    data = {"from": old, "to": new, "kind": "code_changed", "evidence": bytes(32)}
    forger.append(story.office.clerk, "subject.linked", data, "subjects")


@forgery("list.tags", CLERK, "imports an enterprise with a tag of its own making")
def own_tag(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    _adopt(forger, story, "v1", ["油气", "粮食"])
    name, record = subject(90)
    import_rows(forger, story.office.clerk, "subjects", [[name, {**record, "tags": ["量贩"]}]])
    return forger.forged()


@forgery("list.dictionary", CLERK, "adopts other tags under a version in force")
def version_again(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    _adopt(forger, story, "v1", ["油气", "粮食"])
    _adopt(forger, story, "v1", ["油气"])
    return forger.forged()


@forgery("list.dictionary", CLERK, "adopts a dictionary with a tag twice")
def tag_twice(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    _adopt(forger, story, "v1", ["油气", "油气"])
    return forger.forged()


@forgery("list.link", CLERK, "makes an enterprise vanish behind an id that is in no list")
def link_to_nobody(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    _link(forger, story, made_up_code(1), made_up_code(99))
    return forger.forged()


@forgery("list.link", CLERK, "enters an enterprise again under the id that it had before")
def old_id_again(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    _link(forger, story, made_up_code(1), made_up_code(2))
    forger.confirm(story.office.approver)
    import_rows(forger, story.office.clerk, "subjects", [list(subject(1))])
    return forger.forged()


@forgery("list.experts", CLERK, "lists an officer as an expert too")
def officer_as_expert(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    expert = {"name": "检查员1", "kind": "expert", "fields": ["管道"], "status": "active"}
    import_rows(forger, story.office.clerk, "experts", [["off-01", expert]])
    return forger.forged()


@forgery("list.experts", CLERK, "enters an expert as an officer, to seat him")
def expert_as_officer(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    expert = {"name": "专家", "kind": "expert", "fields": ["管道"], "status": "active"}
    import_rows(forger, story.office.clerk, "experts", [["off-50", expert]])
    import_rows(forger, story.office.clerk, "officers", [["off-50", officer(50)[1]]])
    return forger.forged()


@forgery("list.history", CLERK, "declares an inspection that has not been made yet")
def future_history(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    record = {"subject": made_up_code(1), "date": "2027-01-01", "by": "superior", "body": "市发改委"}
    import_rows(forger, story.office.clerk, "history", [["h-1", record]])
    return forger.forged()


def _reconciled(story: Story, reviewer: str, **changes: object) -> Forged:
    forger = story.whole()
    row = list(subject(90))
    import_rows(forger, story.office.clerk, "subjects", [row], reviewer=reviewer)
    data = {
        "register": "subjects",
        "source": bytes(32),
        "authority": "市场监管局",
        "missing": list_hash([[row[0]]]).value(),
        "extra": NOTHING,
        "changed": NOTHING,
        "import": f"forged-{forger.last - 2}",
        **changes,
    }
    forger.append(story.office.clerk, "list.reconciled", data, "list/subjects")
    return forger.forged()


@forgery("list.reconciled", CLERK, "checks alone what a reconciliation changed")
def reviewed_alone(stories: Stories) -> Forged:
    return _reconciled(stories.year(), "qian-clerk")


@forgery("list.reconciled", CLERK, "takes over fewer rows than the outside register had more")
def half_accepted(stories: Stories) -> Forged:
    rows = [[name] for name in sorted((made_up_code(90), made_up_code(91)))]
    return _reconciled(stories.year(), "sun-approver", missing=list_hash(rows).value())


@forgery("list.reconciled", CLERK, "names another import as the one that took the differences over")
def another_import(stories: Stories) -> Forged:
    return _reconciled(stories.year(), "sun-approver", **{"import": "forged-0"})


@forgery("list.reconciled", CLERK, "leaves what is missing as it is and calls the list reconciled")
def nothing_accepted(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data = {
        "register": "subjects",
        "source": bytes(32),
        "authority": "市场监管局",
        "missing": list_hash([[made_up_code(90)]]).value(),
        "extra": NOTHING,
        "changed": NOTHING,
    }
    forger.append(story.office.clerk, "list.reconciled", data, "list/subjects")
    return forger.forged()


@forgery("list.published", CLERK, "makes a task from an item list published on one channel only", "warn")
def list_on_one_channel(stories: Stories) -> Forged:
    story = stories.year()
    office = story.office
    forger = story.before("task.created")
    data = story.data("policy.adopted", policy="xize-2027")
    data["values"] = {**data["values"], "list_targets": 2}
    forger.confirm(office.approver, forger.append(office.clerk, "policy.adopted", data))
    receipt = {"register": "items", "channel": "platform", "date": "2026-03-02"}
    forger.append(office.clerk, "list.published", receipt, "list/items")
    forger.append(office.clerk, "task.created", story.data("task.created"))
    return forger.forged()

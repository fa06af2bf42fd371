"""Forgeries of policy, plan and tasks."""

from __future__ import annotations

from tests.forgery import Forged, Forger, Stories, Story, forgery, import_rows
from verifier.law.plans import plan_rows

CLERK = "clerk"


def _task(story: Story, **changes: object) -> Forged:
    """A task like the honest one, with changes, instead of it."""
    forger = story.before("task.created")
    forger.append(story.office.clerk, "task.created", story.data("task.created", **changes))
    return forger.forged()


@forgery("policy.in-force", CLERK, "makes a task before any policy is adopted")
def nopolicy(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("policy.adopted")
    forger.append(story.office.clerk, "task.created", story.data("task.created"))
    return forger.forged()


@forgery("policy.in-force", CLERK, "adopts other values under the id of a policy in force")
def policy_again(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    forger.append(story.office.clerk, "policy.adopted", story.data("policy.adopted", title="另一细则"))
    return forger.forged()


@forgery("policy.min-rate", CLERK, "draws less than the policy's lowest rate without an approved exception")
def rate_too_low(stories: Stories) -> Forged:
    low = stories.task("low", rate=(1, 50), make=False)
    honest = stories.year()
    forger = low.whole()
    data = honest.data("task.created")
    data["strata"] = [{**s, "p": 1, "q": 50} for s in data["strata"]]
    forger.append(low.office.clerk, "task.created", data)
    return forger.forged()


@forgery("policy.officers", CLERK, "sends one officer where the policy asks for two")
def too_few_officers(stories: Stories) -> Forged:
    return _task(stories.year(), seats=[["fgj", "-", 1]])


@forgery("plan.order", CLERK, "publishes a plan that nobody approved")
def published_unapproved(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("plan.submitted")
    forger.append(story.office.clerk, "plan.published", story.data("plan.published"))
    return forger.forged()


@forgery("plan.order", CLERK, "has a paper approval confirmed after the plan was withdrawn and changed")
def stale_approval(stories: Stories) -> Forged:
    story = stories.year()
    office = story.office
    forger = story.after("plan.submitted")
    of = forger.leaf
    paper = {"names": ["局党组"], "scan": bytes(32)}
    act = forger.append(office.clerk, "plan.approved", {"plan": "p2026", "of": of, "paper": paper})
    forger.append(
        office.approver, "plan.rejected", {"plan": "p2026", "of": of, "reason": "修改"}, "plan/p2026"
    )
    forger.append(office.clerk, "plan.submitted", story.data("plan.submitted"))
    forger.confirm(office.supervisor, act)
    return forger.forged()


@forgery("plan.rows", CLERK, "submits a plan that is not the imported rows")
def other_rows(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("plan.submitted")
    data = story.data("plan.submitted", rows={"n": 1, "root": bytes(32)})
    forger.append(story.office.clerk, "plan.submitted", data)
    return forger.forged()


def _plan(story: Story, **changes: object) -> Forged:
    forger = story.before("plan.submitted")
    row = next(e for e in forger.chain if e.body.data.get("register") == "plan.p2026").body.data["rows"][0]  # type: ignore
    import_rows(forger, story.office.clerk, "plan.p2027", [["1", {**row[1], **changes}]])  # type: ignore
    rows = plan_rows(forger.facts(), "p2027").value()
    data = {"plan": "p2027", "name": "计划", "year": 2027, "rows": rows}
    forger.append(story.office.clerk, "plan.submitted", data)
    return forger.forged()


@forgery("plan.items", CLERK, "plans an item that is not on the item list")
def unlisted_item(stories: Stories) -> Forged:
    return _plan(stories.year(), items=["item-9"])


@forgery("plan.item-text", CLERK, "words an item otherwise than the item list", "warn")
def other_words(stories: Stories) -> Forged:
    return _plan(stories.year(), text=["对管道检查"])


@forgery("task.plan", CLERK, "makes a task of an item that its plan row does not have")
def other_item(stories: Stories) -> Forged:
    return _task(stories.year(), items=["item-2"])


@forgery("task.plan", CLERK, "gives a task a window beyond the month of its plan row")
def late_window(stories: Stories) -> Forged:
    return _task(stories.year(), window=["2026-03-01", "2026-11-30"])


@forgery("task.rate", CLERK, "draws at another rate than the plan says")
def other_rate(stories: Stories) -> Forged:
    story = stories.year()
    strata = [{**s, "p": 1, "q": 10} for s in story.data("task.created")["strata"]]
    return _task(story, strata=strata)


@forgery("draw.once", CLERK, "makes a second task of one plan row and batch, to draw it again")
def second_task(stories: Stories) -> Forged:
    story = stories.drawn()
    forger = story.whole()
    forger.append(story.office.clerk, "task.created", story.data("task.created", task="t2"))
    return forger.forged()


@forgery("task.form", CLERK, "names two strata alike")
def twin_strata(stories: Stories) -> Forged:
    story = stories.year()
    strata = story.data("task.created")["strata"]
    return _task(story, strata=[*strata, {**strata[0], "id": "ALL"}])


@forgery("task.filter", CLERK, "narrows an undirected task to another class")
def other_class(stories: Stories) -> Forged:
    story = stories.year()
    strata = [{**s, "filter": {"tags": ["粮食"]}} for s in story.data("task.created")["strata"]]
    return _task(story, strata=strata)


@forgery("task.filter", "clerk and approver", "shelter a risk class behind a filter")
def sheltered_class(stories: Stories) -> Forged:
    story = stories.year()
    office = story.office
    data = story.data("task.created")
    for stratum in data["strata"]:
        stratum["filter"]["risk"] = ["A", "B"]
    forger = story.before("task.created")
    forger.confirm(office.approver, forger.append(office.clerk, "task.created", data))
    from tests.forgery import freeze_data

    forger.append(office.clerk, "draw.frozen", freeze_data(story, forger))
    return forger.forged()


@forgery("task.exists", CLERK, "freezes a draw of a task that nobody approved")
def no_task(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("draw.frozen")
    forger.append(story.office.clerk, "draw.frozen", story.data("draw.frozen", task="t9"))
    return forger.forged()


def policy(forger: Forger, story: Story, **values: object) -> None:
    """Another policy in force, with more values."""
    office = story.office
    data = story.data("policy.adopted", policy="xize-2027")
    data["values"] = {**data["values"], **values}
    forger.confirm(office.approver, forger.append(office.clerk, "policy.adopted", data))


def _filed(**changes: object) -> dict[str, object]:
    return {"plan": "p2026", "table": "yearly", "authority": "司法局", "date": "2026-03-02", **changes}


@forgery("plan.filing", CLERK, "does not file the plan until long after 15 January", "warn")
def never_filed(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("plan.submitted")
    policy(forger, story, plan_deadlines=[["yearly", "01-15"]])
    forger.append(story.office.clerk, "plan.submitted", story.data("plan.submitted"))
    return forger.forged()


@forgery("plan.filing", CLERK, "files the plan late", "warn")
def filed_late(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("plan.submitted")
    policy(forger, story, plan_deadlines=[["yearly", "01-15"]])
    of = forger.append(story.office.clerk, "plan.submitted", story.data("plan.submitted"))
    forger.append(story.office.approver, "plan.approved", {"plan": "p2026", "of": of})
    forger.append(story.office.clerk, "plan.filed", _filed(), "plan/p2026")
    return forger.forged()


@forgery("plan.filing-order", CLERK, "files a plan before the public can read it", "warn")
def filed_unpublished(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("plan.published")
    policy(forger, story, publish_before_file=True)
    forger.append(story.office.clerk, "plan.filed", _filed(), "plan/p2026")
    return forger.forged()


def _amended(story: Story, rows: list[list[object]]) -> Forged:
    forger = story.whole()
    import_rows(forger, story.office.clerk, "amend.p2026", rows)
    data = {"plan": "p2026", "rows": plan_rows(forger.facts(), "p2026", "amend").value(), "reason": "调整"}
    forger.append(story.office.clerk, "plan.amended", data, "plan/p2026")
    return forger.forged()


def _row(story: Story) -> dict[str, object]:
    chunk = next(e for e in story.entries if e.body.data.get("register") == "plan.p2026")
    return dict(chunk.body.data["rows"][0][1])  # type: ignore[index, call-overload]


@forgery("plan.amended", CLERK, "records an amendment that changes nothing")
def empty_amendment(stories: Stories) -> Forged:
    story = stories.year()
    return _amended(story, [["1", _row(story)]])


@forgery("plan.amended", CLERK, "takes a row out of the plan after it was drawn")
def drawn_row_gone(stories: Stories) -> Forged:
    story = stories.year()
    return _amended(story, [["2", {**_row(story), "no": 2}]])


@forgery("task.rate", CLERK, "draws every class alike where the plan divides the rate by risk class")
def classes_alike(stories: Stories) -> Forged:
    story = stories.year()
    office = story.office
    forger = story.before("task.created")
    import_rows(forger, office.clerk, "plan.p2027", [["1", {**_row(story), "by_risk": True}]])
    rows = plan_rows(forger.facts(), "p2027").value()
    data = {"plan": "p2027", "name": "计划", "year": 2027, "rows": rows}
    of = forger.append(office.clerk, "plan.submitted", data)
    forger.append(office.approver, "plan.approved", {"plan": "p2027", "of": of})
    forger.append(office.clerk, "plan.published", story.data("plan.published", plan="p2027"))
    forger.append(office.clerk, "task.created", story.data("task.created", plan="p2027"))
    return forger.forged()


@forgery("task.class-rates", CLERK, "draws enterprises of low risk at a higher rate than others", "warn")
def falling_rates(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("task.created")
    policy(forger, story, class_rates="rising")
    weights = {"A": 4, "B": 3, "C": 2, "D": 1}
    strata = [
        {"id": f"risk-{risk}", "filter": {"tags": ["油气"], "risk": [risk]}, "w": weight}
        for risk, weight in weights.items()
    ]
    data = story.data("task.created", strata=strata, rounding="total", p=1, q=5)
    forger.append(story.office.clerk, "task.created", data)
    return forger.forged()

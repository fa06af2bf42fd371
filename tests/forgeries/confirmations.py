"""Forgeries between an act and its confirmation: what held when it was asked holds no longer, or who
confirms is nobody who may."""

from __future__ import annotations

from ledger.commands.keys import Person
from ledger.keystore import Signer
from tests.forgery import Data, Forged, Forger, Stories, Story, enrol, forgery, freeze_data
from tests.office import ORIGIN, digest
from verifier import facts as f
from verifier.lists import list_hash
from verifier.note import Algorithm, make_vkey

CLERK, ADMIN = "clerk", "administrator"
BOTH = "clerk and approver"


def _watcher(story: Story, holder: str = "wu-observer", unit: str = "zhengxie") -> Signer:
    """A key of an observer, not enrolled."""
    return story.signer(Person(holder, "吴六", unit, ("observer",)))


def _confirmed_after(forger: Forger, by: Signer, *acts: bytes) -> Forged:
    """The acts confirmed one after another; the lie is the last confirmation."""
    for act in acts:
        forger.confirm(by, act)
    return forger.forged()


@forgery("key.unique", ADMIN, "asks twice for the same key and has both enrolments confirmed")
def enrolled_twice(stories: Stories) -> Forged:
    story = stories.year()
    forger, key = story.whole(), _watcher(story)
    acts = enrol(forger, story, key), enrol(forger, story, key)
    return _confirmed_after(forger, story.office.supervisor, *acts)


@forgery("key.unique", ADMIN, "makes a person's key the log key while its enrolment waits")
def actor_and_log(stories: Stories) -> Forged:
    story = stories.year()
    forger, key = story.whole(), _watcher(story)
    vkey = str(make_vkey(ORIGIN, key.public, Algorithm.LOG))
    change = {"vkey": vkey, "reason": "更换"}
    acts = (
        enrol(forger, story, key),
        forger.append(story.office.admin, "log.key_changed", change, "ledger"),
    )
    return _confirmed_after(forger, story.office.supervisor, *acts)


@forgery("key.holder", ADMIN, "asks for one holder in two units and has both confirmed")
def two_units(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    acts = [enrol(forger, story, _watcher(story, unit=unit)) for unit in ("zhengxie", "renda")]
    return _confirmed_after(forger, story.office.supervisor, *acts)


@forgery("key.revocation", ADMIN, "asks twice for the same revocation and has both confirmed")
def revoked_twice(stories: Stories) -> Forged:
    story = stories.year()
    forger, office = story.whole(), story.office
    data = {"key": office.observer.public, "reason": "离任"}
    acts = [forger.append(office.admin, "key.revoked", data) for _ in range(2)]
    return _confirmed_after(forger, office.supervisor, *acts)


def _new_policy(story: Story, **values: object) -> Forged:
    """The honest task waits while a stricter policy is adopted, then it is confirmed."""
    forger, office = story.after("task.created"), story.office
    task = forger.leaf
    honest = story.data("policy.adopted")
    stricter = {**honest, "policy": "xize-2", "values": {**honest["values"], **values}}
    act = forger.append(office.clerk, "policy.adopted", stricter)
    return _confirmed_after(forger, office.approver, act, task)


@forgery("policy.min-rate", BOTH, "adopt a higher lowest rate and then approve a task below it")
def rate_of_old_policy(stories: Stories) -> Forged:
    return _new_policy(stories.year(), min_rate=[1, 2])


@forgery("policy.officers", BOTH, "ask for three officers and then approve a task with two")
def team_of_old_policy(stories: Stories) -> Forged:
    return _new_policy(stories.year(), min_officers=3)


@forgery("draw.once", BOTH, "approve two tasks of one plan row and batch that waited together")
def two_tasks_waiting(stories: Stories) -> Forged:
    story = stories.year()
    forger, office = story.after("task.created"), story.office
    first = forger.leaf
    second = forger.append(office.clerk, "task.created", story.data("task.created", task="t2"))
    return _confirmed_after(forger, office.approver, first, second)


def _exclusion(story: Story, forger: Forger) -> bytes:
    """An exclusion that waits, of the first drawn subject."""
    data = {"task": "t1", "subject": story.office.drawn()[0], "reason": "moved", "evidence": bytes(32)}
    return forger.append(story.office.clerk, "task.excluded", data)


@forgery("draw.after-freeze", BOTH, "ask for an exclusion before the freeze and approve it after it")
def exclusion_kept_ready(stories: Stories) -> Forged:
    story = stories.year()
    forger, office = story.before("draw.frozen"), story.office
    act = _exclusion(story, forger)
    forger.append(office.clerk, "draw.frozen", freeze_data(story, forger))
    return _confirmed_after(forger, office.approver, act)


@forgery("list.known", BOTH, "approve the exclusion of a subject that has left the list meanwhile")
def exclusion_of_nobody(stories: Stories) -> Forged:
    story = stories.year()
    forger, office = story.before("draw.frozen"), story.office
    act = _exclusion(story, forger)
    gone = [[office.drawn()[0]]]
    chunk = {"import": "gone", "index": 0, "register": "subjects", "rows": [], "removed": gone}
    forger.append(office.clerk, "import.chunk", chunk, "import/gone")
    none = list_hash([])
    closed = {
        "import": "gone",
        "register": "subjects",
        "chunks": 1,
        "n": none.n,
        "root": none.root,
        "added": 0,
        "changed": 0,
        "removed": list_hash(gone).value(),
        "reason": "更新",
        "reviewer": "qian-clerk",
        "source": bytes(32),
    }
    forger.append(office.clerk, "import.closed", closed, "import/gone")
    return _confirmed_after(forger, office.approver, act)


@forgery("draw.exclusions", BOTH, "give a subject that is excluded a second, better reason")
def second_reason(stories: Stories) -> Forged:
    story = stories.year()
    forger, office = story.before("draw.frozen"), story.office
    acts = _exclusion(story, forger), _exclusion(story, forger)
    return _confirmed_after(forger, office.approver, *acts)


@forgery("draw.order", BOTH, "keep an abort ready and confirm it after a result that displeases")
def abort_kept_ready(stories: Stories) -> Forged:
    story = stories.year()
    forger, office = story.before("draw.executed"), story.office
    executed = story.data("draw.executed")
    abort = {"draw": "d1", "m": executed["m"], "cause": "equipment"}
    act = forger.append(office.clerk, "draw.aborted", abort)
    forger.append(office.clerk, "draw.executed", executed)
    return _confirmed_after(forger, office.approver, act)


def _change_of_visit(story: Story, forger: Forger, type_: str) -> bytes:
    """A void or correction of the first visit that waits."""
    data: Data = {"of": story.after("visit.recorded", 0).leaf, "reason": "笔误"}
    if type_ == "corrected":
        old = story.data("visit.recorded", 0)["results"]
        data |= {"field": "results", "old": old, "new": ["03"]}
    return forger.append(story.office.clerk, type_, data, "corrections")


@forgery("correction.lawful", BOTH, "void one visit twice, the second time with its successor in mind")
def void_kept_ready(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    acts = [_change_of_visit(story, forger, "voided") for _ in range(2)]
    return _confirmed_after(forger, story.office.approver, *acts)


@forgery("correction.lawful", BOTH, "correct a visit that has been voided meanwhile")
def corrected_after_void(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    acts = [_change_of_visit(story, forger, kind) for kind in ("voided", "corrected")]
    return _confirmed_after(forger, story.office.approver, *acts)


@forgery("correction.lawful", BOTH, "correct one field twice from the same old value")
def corrected_from_stale(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    acts = [_change_of_visit(story, forger, "corrected") for _ in range(2)]
    return _confirmed_after(forger, story.office.approver, *acts)


@forgery("draw.sealing", BOTH, "ask for an erasure before the numbers are revealed and approve it after")
def erasure_kept_ready(stories: Stories) -> Forged:
    story = stories.sealed_year()
    forger, office = story.before("draw.revealed", 0), story.office
    revealed = story.data("draw.revealed", 0)
    erased = {"commitments": [revealed["r"]["$c"]], "ground": "个人信息"}
    act = forger.append(office.clerk, "private.erased", erased, "private")
    forger.append(office.clerk, "draw.revealed", revealed)
    return _confirmed_after(forger, office.approver, act)


@forgery("act.confirmed", ADMIN, "invents a clerk to confirm an approver of the own choice")
def invented_second(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    invented = story.signer(Person("wang-clerk", "王七", "fgj", ("clerk",)))
    enrol(forger, story, invented)
    act = enrol(forger, story, story.signer(Person("ma-approver", "马八", "fgj", ("approver",))))
    return _confirmed_after(forger, invented, act)


@forgery("act.confirmed", "approver", "confirms what a thief asked for before the key was revoked")
def first_key_revoked(stories: Stories) -> Forged:
    story = stories.year()
    forger, office = story.after("task.created"), story.office
    task = forger.leaf
    forger.append(office.admin, "key.revoked", {"key": office.clerk.public, "reason": "遗失"})
    return _confirmed_after(forger, office.approver, task)


@forgery("draw.abort", "party with two keys", "aborts with a key that is no party's, of a party's holder")
def other_key_aborts(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.committed", 1)
    second = story.signer(Person("qian-clerk", "钱二", "fgj", ("officer",)))
    enrol(forger, story, second)
    data = {"draw": "d1", "m": story.data("draw.committed")["m"], "cause": "equipment"}
    forger.append(second, "draw.aborted", data)
    return forger.forged()


@forgery("draw.public-value", "clerk and observer", "record two throws and confirm the one that suits last")
def two_throws(stories: Stories) -> Forged:
    story = stories.drawn("balls", public="balls:6")
    forger, office = story.before("draw.public_value"), story.office
    acts = [
        forger.append(office.clerk, "draw.public_value", story.data("draw.public_value", value=value))
        for value in ("314159", "271828")
    ]
    return _confirmed_after(forger, office.observer, *acts)


@forgery("visit.once", CLERK, "has two paper records of one visit confirmed")
def two_papers(stories: Stories) -> Forged:
    story = stories.year()
    forger, office = story.before("visit.recorded"), story.office
    acts = [
        forger.append(
            office.clerk,
            "visit.recorded",
            story.data("visit.recorded", 0, visit=visit),
            time="2026-03-10T12:00:00+08:00",
        )
        for visit in ("paper-1", "paper-2")
    ]
    return _confirmed_after(forger, office.approver, *acts)


@forgery("act.waiting", CLERK, "asks for an exclusion that nobody confirms", "not_due")
def never_confirmed(stories: Stories) -> Forged:
    story = stories.task()
    forger = story.whole()
    name = next(name for name, row in story.office.book.facts().rows(f.register("subjects")))
    data = {"task": "t1", "subject": name, "reason": "moved", "evidence": digest("证据")}
    forger.append(story.office.clerk, "task.excluded", data)
    return forger.forged()


@forgery("act.paper", CLERK, "records a visit on paper that no second holder has seen", "not_due")
def paper_alone(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.executed")
    data = story.data("visit.recorded")
    forger.append(story.office.clerk, "visit.recorded", data, time="2026-03-10T12:00:00+08:00")
    return forger.forged()

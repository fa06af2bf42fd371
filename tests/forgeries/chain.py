"""Forgeries of the chain, its keys and acts of two holders."""

from __future__ import annotations

from ledger.commands import keys as key_steps
from ledger.commands.keys import Person
from ledger.commands.statements import state
from tests.forgery import Forged, Stories, enrol, forgery
from tests.office import ORIGIN
from verifier import entry as entries
from verifier.note import Algorithm, make_vkey

CLERK, ADMIN, OPERATOR = "clerk", "administrator", "operator with the database"


@forgery("ledger.first", OPERATOR, "founds the ledger a second time in its midst")
def founded_twice(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    forger.append(story.office.admin, "ledger.created", story.data("ledger.created"), "ledger")
    return forger.forged()


@forgery("entry.canonical", OPERATOR, "writes an entry that is not in canonical form")
def not_canonical(stories: Stories) -> Forged:
    forger = stories.year().whole()
    forger.raw.append(b"\x92\xc4\x01a\xc4\x01b")
    return forger.forged()


@forgery("entry.chain", CLERK, "cuts off the last entry and goes on from the one before")
def chained_elsewhere(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data = {"name": "照片", "file": bytes(32), "size": 1}
    forger.append(story.office.clerk, "attached", data, prev=forger.chain[-2].leaf)
    return forger.forged()


@forgery("entry.chain", CLERK, "brings an entry of another ledger of the same office")
def other_origin(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data = {"name": "照片", "file": bytes(32), "size": 1}
    forger.append(story.office.clerk, "attached", data, origin=ORIGIN + "b")
    return forger.forged()


@forgery("entry.stream", CLERK, "leaves out an event of a stream and keeps the numbering")
def gap_in_stream(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data = {"name": "照片", "file": bytes(32), "size": 1}
    forger.append(story.office.clerk, "attached", data, "attachments", ver=2)
    return forger.forged()


@forgery("entry.stream", CLERK, "hides a freeze in a stream that does not name its draw")
def stream_of_another(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("draw.frozen")
    forger.append(story.office.clerk, "draw.frozen", story.data("draw.frozen"), "attachments")
    return forger.forged()


@forgery("entry.time", CLERK, "turns the clock back without a confirmed correction")
def back_in_time(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data = {"name": "照片", "file": bytes(32), "size": 1}
    forger.append(story.office.clerk, "attached", data, time="2026-03-02T08:00:00+08:00")
    return forger.forged()


@forgery("entry.time", ADMIN, "corrects the clock and goes on without the second holder")
def clock_alone(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    early = "2026-03-02T08:00:00+08:00"
    forger.append(story.office.admin, "clock.corrected", {"reason": "校时"}, "ledger", time=early)
    forger.append(story.office.clerk, "attached", {"name": "照片", "file": bytes(32), "size": 1})
    return forger.forged()


@forgery("entry.schema", CLERK, "adds a field with a clear telephone number")
def extra_field(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data = {"name": "照片", "file": bytes(32), "size": 1, "telephone": "000-0000"}
    forger.append(story.office.clerk, "attached", data)
    return forger.forged()


@forgery("entry.schema", ADMIN, "writes a role twice, so that two readings of it differ")
def role_twice(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    officer = story.signer(Person("off-92", "丁", "fgj", ("officer", "officer")))
    enrol(forger, story, officer)
    return forger.forged()


@forgery("entry.known", "vendor", "writes an event of a type that no version knows", "inconclusive")
def unknown_type(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    forger.append(story.office.clerk, "draw.adjusted", {"draw": "d1"}, "draw/d1")
    return forger.forged()


@forgery("entry.signature", OPERATOR, "writes in the clerk's name without the clerk's key")
def wrong_signature(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    office = story.office
    data = {"name": "照片", "file": bytes(32), "size": 1}
    forger.append(office.admin, "attached", data, actor=office.clerk.key_id)
    return forger.forged()


@forgery("entry.actor", "stranger", "signs with a key that nobody enrolled")
def unknown_key(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    stranger = story.signer(Person("stranger", "陌生", "fgj", ("clerk",)))
    forger.append(stranger, "attached", {"name": "照片", "file": bytes(32), "size": 1})
    return forger.forged()


@forgery("entry.actor", "thief of a key", "goes on with a key that was revoked")
def revoked_key(stories: Stories) -> Forged:
    story = stories.year()
    forger, clerk = story.whole(), story.office.clerk
    forger.append(story.office.admin, "key.revoked", {"key": clerk.public, "reason": "遗失"})
    forger.append(clerk, "attached", {"name": "照片", "file": bytes(32), "size": 1})
    return forger.forged()


@forgery("key.proof", ADMIN, "enrols a key under more roles than its holder signed for")
def proof_of_other_roles(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    officer = story.signer(Person("off-90", "乙", "fgj", ("officer",)))
    enrol(forger, story, officer, roles=["clerk", "officer"])
    return forger.forged()


@forgery("key.unique", ADMIN, "enrols the clerk's key again for an invented holder")
def key_of_two(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    clerk = story.office.clerk
    data = key_steps.enrolment(clerk, "")
    text = key_steps.enrolment_text(ORIGIN, "wang-clerk", "fgj", ["clerk"], clerk.public)
    again = {**data, "holder": "wang-clerk", "proof": clerk.sign(text)}
    forger.append(story.office.admin, "key.enrolled", again)
    return forger.forged()


@forgery("key.holder", ADMIN, "moves a holder to another unit by a second key")
def holder_of_two_units(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    enrol(forger, story, story.signer(Person("qian-clerk", "钱二", "scj", ("clerk",))))
    return forger.forged()


@forgery("key.holder", ADMIN, "invents a holder whose id differs only in case")
def holder_twin(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    enrol(forger, story, story.signer(Person("Qian-Clerk", "钱二", "fgj", ("clerk",))))
    return forger.forged()


@forgery("key.revocation", ADMIN, "revokes a key that is not enrolled, to cloud the register")
def revokes_nothing(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    forger.append(story.office.admin, "key.revoked", {"key": bytes(32), "reason": "遗失"})
    return forger.forged()


@forgery("act.confirmed", CLERK, "approves the own task")
def confirms_oneself(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("task.created")
    forger.confirm(story.office.clerk)
    return forger.forged()


@forgery("act.confirmed", "supervisor", "approves a task instead of the approver")
def wrong_confirmer(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("task.created")
    forger.confirm(story.office.supervisor)
    return forger.forged()


@forgery("act.confirmed", "approver", "confirms an act a second time after it took effect")
def confirms_twice(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("task.created")
    act = forger.leaf
    forger.confirm(story.office.approver, act)
    forger.confirm(story.office.approver, act)
    return forger.forged()


@forgery("act.statement", CLERK, "replays an officer's declaration after it was withdrawn")
def replayed_statement(stories: Stories) -> Forged:
    story = stories.year()
    forger, clerk = story.whole(), story.office.clerk
    officer = story.signer(Person("off-04", "检查员4", "fgj", ("officer",)))
    enrol(forger, story, officer)
    pair = {"officer": "off-04", "subject": story.office.drawn()[0]}
    carried = state(officer, forger.chain[0].leaf, "conflict.declared", pair).value()
    forger.append(clerk, "conflict.declared", {**pair, "statement": carried}, "conflicts")
    forger.append(clerk, "conflict.withdrawn", {**pair, "reason": "撤回"}, "conflicts")
    forger.append(clerk, "conflict.declared", {**pair, "statement": carried}, "conflicts")
    return forger.forged()


@forgery("act.statement", CLERK, "puts another commitment beside the supervisor's signed statement")
def altered_statement(stories: Stories) -> Forged:
    story = stories.year()
    forger, office = story.after("draw.frozen"), story.office
    data = story.data("draw.committed", 1)
    carried = state(office.supervisor, forger.chain[0].leaf, "draw.committed", data).value()
    forger.append(office.clerk, "draw.committed", {**data, "c": "0" * 64, "statement": carried})
    return forger.forged()


@forgery("role.permitted", "observer", "declares a conflict that only officers and clerks may")
def role_too_small(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("draw.frozen")
    pair = {"officer": "off-00", "subject": story.office.drawn()[0]}
    forger.append(story.office.observer, "conflict.declared", pair, "conflicts")
    return forger.forged()


def _declares(stories: Stories, *roles: str) -> Forged:
    """A holder with these roles declares a conflict of another officer."""
    story = stories.year()
    forger = story.before("draw.frozen")
    signer = story.signer(Person("off-02", "检查员2", "fgj", roles))
    act = enrol(forger, story, signer)
    if roles != ("officer",):
        forger.confirm(story.office.supervisor, act)
    pair = {"officer": "off-00", "subject": story.office.drawn()[0]}
    forger.append(signer, "conflict.declared", pair, "conflicts")
    return forger.forged()


@forgery("role.permitted", "officer", "declares a conflict of another officer, who then stays at home")
def declares_for_another(stories: Stories) -> Forged:
    return _declares(stories, "officer")


@forgery("role.permitted", "officer who is observer too", "declares a conflict of another officer")
def observer_declares_for_another(stories: Stories) -> Forged:
    return _declares(stories, "observer", "officer")


@forgery(
    "role.separate",
    "approver with a clerk's key",
    "freezes the draw of a task approved by the same person",
)
def one_person_two_roles(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("draw.frozen")
    both = story.signer(Person("sun-approver", "孙三", "fgj", ("clerk",)))
    enrol(forger, story, both)
    forger.append(both, "draw.frozen", story.data("draw.frozen"))
    return forger.forged()


@forgery("log.key", ADMIN, "names a successor of the log key for another log")
def foreign_log_key(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    vkey = str(make_vkey("other.example/log", bytes(range(32)), Algorithm.LOG))
    forger.append(story.office.admin, "log.key_changed", {"vkey": vkey, "reason": "更换"}, "ledger")
    return forger.forged()


@forgery("log.cosigners", OPERATOR, "rewrites history and records a stamp over the head that was")
def stamp_of_another_tree(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data = {"size": 5, "root": bytes(32), "authority": "授时中心", "token": bytes(32)}
    forger.append(story.office.admin, "head.stamped", data, "heads")
    return forger.forged()


@forgery("entry.chain", OPERATOR, "moves an entry of the past to the end, signature and all")
def moved_entry(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("draw.frozen")
    old = next(e for e in forger.chain if e.body.type == "calendar.adopted")
    body = old.body._replace(seq=len(forger.raw), ver=2, time=forger.time)
    sealed = entries.seal(body, story.office.clerk.sign)
    forger.raw.append(sealed.raw)
    return forger.forged()

"""Honest histories: for every rule one that asks it and that it does not remark on, beside the forgeries.

Where a forgery starts from a history and adds its lie, that history without the lie is the counterpart. The
years of the five offices are played by `tests/years`; here stands only what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ledger.bundle import LogSigner, write_bundle
from tests.cosigner import COSIGNER, line_over
from tests.forgeries import bundles, filings, followups, plans, platforms, registers
from tests.forgery import Forged, Forger, Stories, Story, import_rows
from tests.office import subject
from verifier import facts as f
from verifier.checkpoint import Checkpoint
from verifier.merkle import leaf_hash, root
from verifier.note import Algorithm, make_vkey

Play = Callable[[Stories], Forged]


@dataclass(frozen=True)
class History:
    """An honest history in words, and how it is played; None: by tests/years."""

    words: str
    play: Play | None = None


HISTORIES: dict[str, History] = {
    "s0": History("the year of office S0 by its own rules, from the lists to the archive"),
    "s1": History("the year of office S1 by its own rules, from the lists to the archive"),
    "s2": History("the year of office S2 by its own rules, from the lists to the archive"),
    "s3": History("the year of office S3 by its own rules, from the lists to the archive"),
    "s4": History("the year of office S4 by its own rules, from the lists to the archive"),
}


def history(name: str, words: str) -> Callable[[Play], Play]:
    """Put an honest history into the table."""

    def register(play: Play) -> Play:
        HISTORIES[name] = History(words, play)
        return play

    return register


def _told(name: str, words: str, story: Callable[[Stories], Story]) -> None:
    HISTORIES[name] = History(words, lambda stories: story(stories).whole().forged())


_told("year", "a whole year: lists, plan, task, draw, visits, every result published", Stories.year)
_told("conflict", "an approved task and a declared conflict of interest", Stories.conflict)
_told("drawn", "a completed draw before any visit", Stories.drawn)
_told("balls", "a draw with a public value thrown on site", lambda s: s.drawn("balls", public="balls:6"))
_told("sealed-drawn", "a completed sealed draw", lambda s: s.drawn("sealed", sealed=True))
_told("unsealed", "a sealed draw with a replacement, visited, then unsealed", Stories.unsealed_year)
_told("corrected", "a year with corrections, a void, an absence and an exclusion", Stories.corrected)
_told("careful", "a year with forms, notices, an extension, results by department, reviews", Stories.careful)
_told(
    "cosigned", "a draw whose question stood under a cosigned head before the first commit", Stories.cosigned
)
_told("exhausted", "a visit that had its two replacements and asks for a 补抽", Stories.exhausted)
_told("filled", "a 补抽 drawn for a seat that nobody could take", Stories.filled)


@history("bundle", "a year with two draws as an inspector receives it")
def inspected(stories: Stories) -> Forged:
    return Forged(bundle=stories.bundles().inspector)


@history("erased", "an officer's telephone number erased on a ground, as an inspector receives it")
def erased(stories: Stories) -> Forged:
    return Forged(bundle=stories.erased().after)


@history("cosigned-bundle", "a bundle whose head a named cosigner has signed")
def cosigned_bundle(stories: Stories) -> Forged:
    story = stories.cosigned()
    raw, office = story.whole().raw, story.office
    head = Checkpoint(office.book.origin, len(raw), root([leaf_hash(one) for one in raw]))
    log = LogSigner(make_vkey(office.book.origin, office.log.public, Algorithm.LOG), office.log.sign)
    target = stories.fresh()
    lines = (line_over(head).line(),)
    write_bundle(target, entries=raw, size=len(raw), log=log, cosignatures=lines)
    assert COSIGNER
    return Forged(bundle=target)


@history("stamped", "a time-stamp of an authority over the head of a bundle")
def stamped(stories: Stories) -> Forged:
    return bundles.stamped(stories)


@history("tags", "a tag dictionary adopted, and an enterprise entered with its tags")
def tagged(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    registers._adopt(forger, story, "v1", ["油气", "粮食"])
    name, record = subject(90)
    import_rows(forger, story.office.clerk, "subjects", [[name, {**record, "tags": ["油气"]}]])
    return forger.forged()


@history("reconciled", "a register of another authority compared, the differences taken over and reviewed")
def reconciled(stories: Stories) -> Forged:
    return registers._reconciled(stories.year(), "sun-approver")


@history("aborted", "a draw aborted by an approver and a party before anything was sealed")
def aborted(stories: Stories) -> Forged:
    story = stories.year()
    forger, office = story.after("draw.frozen"), story.office
    data = {"draw": "d1", "m": forger.leaf.hex(), "cause": "equipment"}
    forger.confirm(office.approver, forger.append(office.clerk, "draw.aborted", data))
    return forger.forged()


@history(
    "platform", "plan and draw entered on the platform, with its receipts, and compared without a difference"
)
def on_the_platform(stories: Stories) -> Forged:
    story = stories.drawn()
    forger, office = story.whole(), story.office
    plans.policy(forger, story, platform=platforms.PLATFORM)
    published = next(e.leaf for e in forger.chain if e.body.type == "plan.published")
    held = forger.facts().get(f.DRAWS, "d1")
    assert held is not None
    for number, leaf in enumerate((published, bytes.fromhex(held.m))):
        data = {"of": leaf, "platform": platforms.PLATFORM, "number": f"2026-{number}", "date": "2026-03-02"}
        forger.append(office.clerk, "platform.receipt", data, "platform")
    forger.append(office.clerk, "platform.compared", platforms._shown(forger, story), "platform")
    return forger.forged()


@history("filed", "a plan published and filed in time")
def plan_filed(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("plan.submitted")
    plans.policy(forger, story, plan_deadlines=[["yearly", "04-15"]])
    of = forger.append(story.office.clerk, "plan.submitted", story.data("plan.submitted"))
    forger.append(story.office.approver, "plan.approved", {"plan": "p2026", "of": of})
    forger.append(story.office.clerk, "plan.published", story.data("plan.published"))
    forger.append(story.office.clerk, "plan.filed", plans._filed(), "plan/p2026")
    return forger.forged()


def _m(forger: Forger) -> str:
    held = forger.facts().get(f.DRAWS, "d1")
    assert held is not None
    return held.m


@history("draw-filed", "the result of a draw filed with the leading group in two days")
def draw_filed(stories: Stories) -> Forged:
    story = stories.task()
    forger = filings._drawn(story)
    data = {"draw": "d1", "m": _m(forger), "authority": "领导小组办公室", "date": "2026-03-02"}
    forger.append(story.office.clerk, "draw.filed", data)
    return forger.forged(as_of="2026-03-20")


@history("bulletin", "a draw announced in a bulletin in time")
def announced(stories: Stories) -> Forged:
    story = stories.asked_year(bulletin=True)
    forger = story.whole()
    data = {"draw": "d1", "m": _m(forger), "date": "2026-03-10", "channel": "portal"}
    forger.append(story.office.clerk, "bulletin.issued", data)
    return forger.forged(as_of="2026-12-31")


@history("reported", "a task reported in two days")
def task_reported(stories: Stories) -> Forged:
    story = stories.asked_year(report_days=2)
    forger = story.whole()
    data = {"draw": "d1", "m": _m(forger), "date": "2026-03-10", "to": "执法监督股"}
    forger.append(story.office.clerk, "task.reported", data)
    return forger.forged(as_of="2026-03-16")


@history("monthly", "the monthly report handed in by its day")
def monthly(stories: Stories) -> Forged:
    story = stories.asked_year(monthly_report=23)
    forger = story.whole()
    month = followups.Period("2026-02-24", "2026-03-10")
    data = followups._report(story, forger, form="monthly", **{"from": month.first, "until": month.last})
    data["figures"] = followups.stated(forger.facts(), month)
    forger.append(story.office.clerk, "report.issued", data)
    return forger.forged(as_of="2026-03-24")


GREEN: dict[str, str] = {
    "bundle.files": "bundle",
    "log.tree": "bundle",
    "import.whole": "year",
    "draw.finished": "year",
    "draw.unsealed": "unsealed",
    "draw.files": "bundle",
    "visit.complete": "year",
    "result.complete": "careful",
    "result.published": "year",
    "case.complete": "s0",
    "bundle.note": "bundle",
    "log.checkpoint": "bundle",
    "log.current": "bundle",
    "log.key": "year",
    "log.cosignatures": "cosigned-bundle",
    "log.cosigners": "cosigned",
    "log.stamps": "stamped",
    "entry.signature": "year",
    "entry.actor": "year",
    "key.proof": "year",
    "key.unique": "year",
    "key.holder": "year",
    "key.revocation": "s1",
    "act.confirmed": "year",
    "act.statement": "s0",
    "act.paper": "bundle",
    "act.waiting": "year",
    "role.permitted": "year",
    "role.separate": "year",
    "bundle.hashes": "bundle",
    "ledger.first": "year",
    "entry.canonical": "year",
    "entry.chain": "year",
    "entry.stream": "year",
    "entry.time": "year",
    "entry.schema": "year",
    "entry.known": "year",
    "private.openings": "bundle",
    "private.kept": "erased",
    "import.root": "year",
    "import.diff": "year",
    "import.reviewer": "year",
    "list.ids": "year",
    "list.known": "conflict",
    "list.period": "corrected",
    "list.tags": "tags",
    "list.dictionary": "tags",
    "list.link": "year",
    "list.history": "s1",
    "platform.compared": "s0",
    "platform.receipt": "s0",
    "list.reconciled": "reconciled",
    "calendar.days": "year",
    "plan.rows": "year",
    "task.exists": "year",
    "task.fills": "exhausted",
    "task.form": "year",
    "correction.lawful": "corrected",
    "report.figures": "s2",
    "year.carried": "s0",
    "draw.order": "year",
    "draw.once": "year",
    "draw.question": "year",
    "draw.parties": "year",
    "draw.pool": "year",
    "draw.exclusions": "year",
    "draw.roster": "exhausted",
    "draw.strata-disjoint": "year",
    "draw.sizes": "year",
    "draw.able": "year",
    "draw.after-freeze": "corrected",
    "draw.commitment": "year",
    "draw.cosigned": "cosigned",
    "draw.public-value": "balls",
    "draw.reveal": "year",
    "draw.reveal-fresh": "drawn",
    "draw.seed": "year",
    "draw.strata": "year",
    "draw.cut": "year",
    "draw.results": "year",
    "draw.teams": "year",
    "draw.replacement": "exhausted",
    "draw.substitute": "filled",
    "draw.replacement-holders": "exhausted",
    "draw.abort": "aborted",
    "draw.sealing": "sealed-drawn",
    "draw.received": "s3",
    "task.elsewhere": "s4",
    "draw.outcomes": "year",
    "draw.choice": "bundle",
    "platform.differs": "platform",
    "platform.missing": "platform",
    "draw.repeat": "s1",
    "list.experts": "year",
    "list.published": "s2",
    "policy.in-force": "year",
    "policy.min-rate": "year",
    "policy.officers": "year",
    "plan.order": "year",
    "plan.items": "year",
    "plan.item-text": "year",
    "task.plan": "year",
    "task.rate": "year",
    "task.filter": "year",
    "plan.filing": "filed",
    "draw.filing": "draw-filed",
    "plan.filing-order": "s2",
    "plan.amended": "s3",
    "task.class-rates": "s1",
    "visit.drawn": "year",
    "visit.once": "year",
    "visit.team": "year",
    "visit.certified": "year",
    "visit.after-draw": "year",
    "visit.clock": "year",
    "visit.window": "year",
    "visit.form": "year",
    "visit.results": "year",
    "visit.signed": "year",
    "check.planned": "s0",
    "check.once": "s0",
    "check.team": "s0",
    "check.item": "s0",
    "notice.form": "careful",
    "notice.before-visit": "careful",
    "visit.extension": "careful",
    "form.library": "careful",
    "form.before-draw": "careful",
    "result.department": "careful",
    "result.review": "careful",
    "result.visit": "year",
    "result.unit": "year",
    "result.date": "drawn",
    "result.deadline": "year",
    "followup.order": "s0",
    "followup.dates": "s0",
    "followup.kind": "s0",
    "followup.receipt": "s3",
    "followup.open": "s0",
    "followup.overdue": "s0",
    "bulletin.draw": "s0",
    "bulletin.due": "bulletin",
    "task.report": "s4",
    "task.reporting": "reported",
    "activity.record": "s4",
    "report.period": "s2",
    "report.due": "monthly",
    "case.archived": "s0",
    "year.closed": "year",
    "duty.handed": "s1",
}
"""Rule → the honest history that asks it and passes it."""

NEVER_DONE = {"report.due": "the next report waits already"}
"""Rules that say `not_due` of what is still to come, whatever was done in time."""

PLAYED: Mapping[str, History] = {name: one for name, one in HISTORIES.items() if one.play is not None}
"""The histories that the made-up office plays."""

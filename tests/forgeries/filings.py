"""Forgeries of what stands around a draw: its filing, and an abort that names a party."""

from __future__ import annotations

from tests.forgeries.plans import policy
from tests.forgery import Forged, Forger, Stories, Story, commit, forgery, freeze_data, outcome, reveal
from verifier import draw as lot

CLERK = "clerk"


def _drawn(story: Story) -> Forger:
    """A draw completed under a policy that wants it filed in two days."""
    forger, office = story.whole(), story.office
    policy(forger, story, filing_days=2, filing_unit="calendar")
    forger.append(office.clerk, "draw.frozen", freeze_data(story, forger))
    m = forger.leaf.hex()
    parties = {office.clerk: "0a" * 32, office.supervisor: "0b" * 32}
    for step in (commit, reveal):
        for signer, r in parties.items():
            step(forger, signer, r)
    seed = lot.seed("d1", m, {s.key_id.hex(): r for s, r in parties.items()}, "none")
    forger.append(office.clerk, "draw.executed", outcome(forger, seed))
    return forger


@forgery("draw.filing", CLERK, "never files the result of a draw", "warn")
def never_filed(stories: Stories) -> Forged:
    return _drawn(stories.task()).forged(as_of="2026-03-05")


@forgery("draw.filing", CLERK, "files the result of a draw a month late", "warn")
def filed_late(stories: Stories) -> Forged:
    story = stories.task()
    forger = _drawn(story)
    drawn = forger.last
    m = forger.chain[-1].body.data["m"]
    data = {"draw": "d1", "m": m, "authority": "领导小组办公室", "date": "2026-04-02"}
    forger.append(story.office.clerk, "draw.filed", data, time="2026-04-02T09:00:00+08:00")
    return forger.forged(at=drawn)


@forgery("result.date", CLERK, "dates the filing of a draw before the draw")
def filed_before(stories: Stories) -> Forged:
    story = stories.drawn()
    forger = story.whole()
    data = {"draw": "d1", "m": story.data("draw.executed")["m"]}
    forger.append(
        story.office.clerk, "draw.filed", {**data, "authority": "领导小组办公室", "date": "2026-03-01"}
    )
    return forger.forged()


@forgery("draw.order", CLERK, "prints the list of a draw that is not drawn yet")
def printed_early(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.revealed", 0)
    data = {"draw": "d1", "m": story.data("draw.executed")["m"], "copies": 2, "purpose": "存档"}
    forger.append(story.office.clerk, "draw.printed", data)
    return forger.forged()


@forgery("draw.order", CLERK, "notes delegates at a draw by another draw's M")
def attended_elsewhere(stories: Stories) -> Forged:
    story = stories.drawn()
    forger = story.whole()
    people = [{"capacity": "deputies", "org": "县人大"}]
    forger.append(story.office.clerk, "draw.attended", {"draw": "d1", "m": "0" * 64, "people": people})
    return forger.forged()


@forgery("draw.abort", "approver", "aborts a draw and blames a party that has revealed")
def blamed(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.revealed", 0)
    d = story.data("draw.revealed", 0)
    data = {"draw": "d1", "m": d["m"], "cause": "party-missing", "party": d["party"]}
    forger.append(story.office.approver, "draw.aborted", data)
    return forger.forged()

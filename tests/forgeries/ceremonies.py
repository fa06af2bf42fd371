"""Forgeries between freeze and result."""

from __future__ import annotations

from hashlib import sha256

from ledger.book import seal_private
from ledger.commands.draws import secret_of
from ledger.commands.keys import Person
from tests.forgery import (
    Data,
    Forged,
    Forger,
    Stories,
    Story,
    commit,
    enrol,
    forgery,
    freeze_data,
    import_rows,
    outcome,
    reveal,
)
from tests.office import ORIGIN
from verifier import facts as f
from verifier.law.outcome import reserves, seated_in_groups
from verifier.lists import list_hash

CLERK = "clerk"
SEED = "5e" * 32


@forgery("draw.commitment", CLERK, "commits in the supervisor's name")
def commits_for_another(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.frozen")
    commit(forger, story.office.supervisor, "0a" * 32, by=story.office.clerk)
    return forger.forged()


@forgery("draw.commitment", CLERK, "replaces the own commitment after seeing another's")
def commits_again(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.committed", 1)
    commit(forger, story.office.clerk, "0a" * 32)
    return forger.forged()


@forgery("draw.order", CLERK, "reveals before the last party has committed")
def early_reveal(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.committed", 0)
    forger.append(story.office.clerk, "draw.revealed", story.data("draw.revealed", 0))
    return forger.forged()


@forgery("draw.order", CLERK, "runs the draw while the supervisor's number is missing")
def early_run(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.revealed", 0)
    forger.append(story.office.clerk, "draw.executed", story.data("draw.executed"))
    return forger.forged()


@forgery("draw.public-value", "clerk and observer", "throw the dice before the last commitment")
def early_value(stories: Stories) -> Forged:
    story = stories.drawn("balls", public="balls:6")
    forger = story.before("draw.committed", 1)
    forger.append(story.office.clerk, "draw.public_value", story.data("draw.public_value"))
    return forger.forged()


@forgery("draw.public-value", "clerk and observer", "record another throw once the numbers are revealed")
def late_value(stories: Stories) -> Forged:
    story = stories.drawn("balls", public="balls:6")
    forger = story.after("draw.revealed", 1)
    data = story.data("draw.public_value", value="271828")
    forger.append(story.office.clerk, "draw.public_value", data)
    return forger.forged()


@forgery("draw.reveal", CLERK, "reveals another number than the one sealed")
def other_number(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("draw.revealed", 0)
    reveal(forger, story.office.clerk, "0a" * 32)
    return forger.forged()


@forgery("draw.reveal", CLERK, "reveals twice")
def reveals_twice(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.revealed", 1)
    forger.append(story.office.clerk, "draw.revealed", story.data("draw.revealed", 0))
    return forger.forged()


@forgery("draw.reveal-fresh", CLERK, "uses the number of an earlier draw again, which others know")
def used_number(stories: Stories) -> Forged:
    story = stories.drawn()
    office = story.office
    forger = story.whole()
    task = story.data("task.created", task="t2", batch=2)
    forger.confirm(office.approver, forger.append(office.clerk, "task.created", task))
    forger.append(office.clerk, "draw.frozen", freeze_data(story, forger, "d2", "t2"))
    old = story.data("draw.revealed", 0)["r"]
    commit(forger, office.clerk, old, "d2")
    commit(forger, office.supervisor, "0b" * 32, "d2")
    reveal(forger, office.clerk, old, "d2")
    return forger.forged()


@forgery("draw.seed", CLERK, "runs the draw from a seed of the own choice")
def other_seed(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.before("draw.executed")
    forger.append(story.office.clerk, "draw.executed", outcome(forger, SEED))
    return forger.forged()


def _executed(story: Story, **changes: object) -> Forged:
    forger = story.before("draw.executed")
    forger.append(story.office.clerk, "draw.executed", story.data("draw.executed", **changes))
    return forger.forged()


@forgery("draw.strata", CLERK, "counts one subject less than was frozen")
def other_count(stories: Stories) -> Forged:
    story = stories.year()
    strata = [{**s, "n": s["n"] - 1} for s in story.data("draw.executed")["strata"]]
    return _executed(story, strata=strata)


@forgery("draw.cut", CLERK, "moves the cut so that a friend lies beyond it")
def other_cut(stories: Stories) -> Forged:
    story = stories.year()
    strata = [{**s, "cut": "0" * 64} for s in story.data("draw.executed")["strata"]]
    return _executed(story, strata=strata)


@forgery("draw.results", CLERK, "puts another enterprise into the results")
def other_results(stories: Stories) -> Forged:
    story = stories.year()
    rows = [["all", rank, name] for rank, name in enumerate(sorted(story.office.drawn()), 1)]
    return _executed(story, results=list_hash([*rows[:-1], ["all", len(rows), "x"]]).value())


@forgery("draw.teams", CLERK, "sends a chosen officer to an enterprise")
def other_teams(stories: Stories) -> Forged:
    story = stories.year()
    rows = [[name, seat, f"off-0{seat}"] for name in sorted(story.office.drawn()) for seat in (1, 2)]
    return _executed(story, teams=list_hash(rows).value())


@forgery("draw.sealing", CLERK, "runs a sealed draw in public, so that the enterprises are warned")
def open_result(stories: Stories) -> Forged:
    story = stories.drawn("sealed", sealed=True)
    forger = story.before("draw.executed")
    forger.append(story.office.clerk, "draw.executed", outcome(forger, SEED))
    return forger.forged()


def _unsealed(story: Story, forger: Forger) -> Data:
    m = story.data("draw.executed")["m"]
    hidden = forger.facts().get(f.DRAWS, "d1").hidden  # type: ignore[union-attr]
    held = {o.commitment.hex(): o for o in story.office.book.openings()}
    rows = [[held[c].commitment, held[c].salt, held[c].value] for c in hidden]
    return {"draw": "d1", "m": m, "openings": rows}


@forgery("draw.sealing", CLERK, "unseals a draw before anybody was visited")
def unsealed_early(stories: Stories) -> Forged:
    story = stories.drawn("sealed", sealed=True)
    forger = story.whole()
    forger.append(story.office.clerk, "draw.unsealed", _unsealed(story, forger))
    return forger.forged()


@forgery("draw.sealing", CLERK, "publishes a false value beside a true commitment")
def false_opening(stories: Stories) -> Forged:
    story = stories.sealed_year()
    forger = story.whole()
    data = _unsealed(story, forger)
    data["openings"][0][2] = "0a" * 32
    forger.append(story.office.clerk, "draw.unsealed", data)
    return forger.forged()


@forgery("draw.sealing", "clerk and approver", "erase the openings of a draw that is not unsealed")
def erased_openings(stories: Stories) -> Forged:
    story = stories.sealed_year()
    forger = story.whole()
    data = {"commitments": [story.data("draw.executed")["outcome"]["$c"]], "ground": "个人信息"}
    forger.append(story.office.clerk, "private.erased", data, "private")
    return forger.forged()


@forgery("draw.unsealed", CLERK, "never unseals a draw")
def never_unsealed(stories: Stories) -> Forged:
    story = stories.sealed_year()
    return story.whole().forged(at=story.after("draw.executed").last, as_of="2026-11-01")


@forgery("draw.reveal", CLERK, "seals a number in a sealed draw that was not the committed one")
def sealed_lie(stories: Stories) -> Forged:
    story = stories.sealed_year()
    forger = story.before("draw.revealed", 0)
    office = story.office
    rows = []
    m = story.data("draw.executed")["m"]
    seed_parts = {}
    for signer, r in ((office.clerk, "0a" * 32), (office.supervisor, secret_of(office.supervisor, "d1", m))):
        seed_parts[signer.key_id.hex()] = r
        rows.append(_sealed_step(forger, signer, "draw.revealed", "r", r, party=signer.key_id.hex()))
    from verifier.draw import seed

    whole = outcome(forger, seed("d1", m, seed_parts, "none"))
    hidden = {k: v for k, v in whole.items() if k not in ("draw", "m")}
    rows.append(_sealed_step(forger, office.clerk, "draw.executed", "outcome", hidden))
    forger.append(
        office.clerk,
        "draw.unsealed",
        {"draw": "d1", "m": m, "openings": rows},
        time="2026-11-01T09:00:00+08:00",
    )
    return forger.forged(as_of="2026-10-01")


def _sealed_step(forger: Forger, signer: object, kind: str, name: str, value: object, **rest: object) -> list:  # type: ignore
    m = forger.facts().get(f.DRAWS, "d1").m  # type: ignore[union-attr]
    private, opening = seal_private(ORIGIN, "draw/d1", name, value)  # type: ignore[arg-type]
    forger.append(signer, kind, {"draw": "d1", "m": m, **rest, name: private})  # type: ignore[arg-type]
    return [opening.commitment, opening.salt, opening.value]


@forgery("draw.abort", CLERK, "aborts a draw with an observer, without any approver")
def aborted_without_approver(stories: Stories) -> Forged:
    story = stories.year()
    office = story.office
    forger = story.after("draw.committed", 1)
    data = {"draw": "d1", "m": story.data("draw.committed")["m"], "cause": "equipment"}
    forger.append(office.clerk, "draw.aborted", data)
    forger.confirm(office.observer)
    return forger.forged()


@forgery("draw.outcomes", "clerk and approver", "abort a draw whose numbers are sealed and redraw", "warn")
def second_try(stories: Stories) -> Forged:
    story = stories.year()
    office = story.office
    forger = story.after("draw.committed", 1)
    data = {"draw": "d1", "m": story.data("draw.committed")["m"], "cause": "equipment"}
    forger.confirm(office.approver, forger.append(office.clerk, "draw.aborted", data))
    forger.append(office.clerk, "draw.frozen", freeze_data(story, forger, "d2"))
    commit(forger, office.clerk, "0a" * 32, "d2")
    commit(forger, office.supervisor, "0b" * 32, "d2")
    return forger.forged()


def _change(story: Story, forger: Forger, **changes: object) -> Data:
    """The lawful replacement in the first seat of the first drawn subject, with changes."""
    facts = forger.facts()
    draw, frozen = facts.get(f.DRAWS, "d1"), facts.get(f.FROZEN, "d1")
    assert draw is not None and frozen is not None
    name = story.office.drawn()[0]
    team = facts.get(f.TEAMS, f"d1/{name}")
    assert team is not None
    follow = reserves(draw, frozen, team, 1, seated_in_groups(draw, frozen))
    change = {
        "subject": name,
        "seat": 1,
        "officer": team.seats[0],
        "reason": "recusal",
        "substitute": follow[0],
    }
    return {"draw": "d1", "m": draw.m, "change": {**change, **changes}}


@forgery("draw.replacement", CLERK, "replaces an officer who has no such seat")
def wrong_seat(stories: Stories) -> Forged:
    story = stories.drawn()
    forger = story.whole()
    forger.append(story.office.clerk, "draw.replaced", _change(story, forger, officer="off-07x"))
    return forger.forged()


@forgery("draw.replacement", CLERK, "replaces an officer after the visit")
def too_late(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    forger.append(story.office.clerk, "draw.replaced", _change(story, forger))
    return forger.forged()


@forgery("draw.substitute", CLERK, "brings in a friend who was not next")
def not_the_next(stories: Stories) -> Forged:
    story = stories.drawn()
    forger = story.whole()
    facts = forger.facts()
    draw, frozen = facts.get(f.DRAWS, "d1"), facts.get(f.FROZEN, "d1")
    team = facts.get(f.TEAMS, f"d1/{story.office.drawn()[0]}")
    friend = reserves(draw, frozen, team, 1, ())[1]  # type: ignore[arg-type]
    forger.append(story.office.clerk, "draw.replaced", _change(story, forger, substitute=friend))
    return forger.forged()


@forgery("draw.substitute", "clerk and approver", "replace twice in one seat")
def twice_in_a_seat(stories: Stories) -> Forged:
    story = stories.drawn()
    office = story.office
    forger = story.whole()
    first = _change(story, forger)
    forger.confirm(office.approver, forger.append(office.clerk, "draw.replaced", first))
    now = first["change"]["substitute"]
    facts = forger.facts()
    draw, frozen = facts.get(f.DRAWS, "d1"), facts.get(f.FROZEN, "d1")
    team = facts.get(f.TEAMS, f"d1/{office.drawn()[0]}")
    friend = reserves(draw, frozen, team, 1, ())[1]  # type: ignore[arg-type]
    forger.append(office.clerk, "draw.replaced", _change(story, forger, officer=now, substitute=friend))
    return forger.forged()


@forgery("draw.replacement-holders", "officer", "asks for the replacement that seats that very officer")
def asks_for_oneself(stories: Stories) -> Forged:
    story = stories.drawn()
    forger = story.whole()
    data = _change(story, forger)
    officer = story.signer(Person(data["change"]["substitute"], "检查员", "fgj", ("officer",)))
    enrol(forger, story, officer)
    forger.append(officer, "draw.replaced", data)
    return forger.forged()


def _platform(stories: Stories, *, tell: bool) -> tuple[Story, Forger, Data]:
    """A draw frozen without parties, its received list, and the data that records it; without `tell` it
    sends officers who declared a conflict."""
    story = stories.conflict()
    office = story.office
    forger = story.whole()
    forger.append(office.clerk, "draw.frozen", freeze_data(story, forger, parties=()))
    facts = forger.facts()
    frozen = facts.get(f.FROZEN, "d1")
    assert frozen is not None
    k = facts.get(f.DRAWS, "d1").question["strata"][0]["k"]  # type: ignore[union-attr]
    first = frozen.conflicts[0][1]
    names = [first, *(s for _, s, _ in frozen.pool if s != first)][:k]
    lead = "off-02" if tell else "off-00"
    rows = [
        [name, {"stratum": "all", "rank": rank, "officers": [lead, "off-01"]}]
        for rank, name in enumerate(names, 1)
    ]
    import_rows(forger, office.clerk, "received.d1", sorted(rows, key=lambda row: row[0]))
    results = list_hash([["all", rank, name] for rank, name in enumerate(names, 1)])
    teams = list_hash([[n, seat, o] for n in sorted(names) for seat, o in ((1, lead), (2, "off-01"))])
    m = facts.get(f.DRAWS, "d1").m  # type: ignore[union-attr]
    data = {
        "draw": "d1",
        "m": m,
        "file": sha256(b"export").digest(),
        "platform": "省平台",
        "results": results.value(),
        "teams": teams.value(),
    }
    return story, forger, data


@forgery("draw.received", CLERK, "records other results than the imported ones")
def other_platform_results(stories: Stories) -> Forged:
    story, forger, data = _platform(stories, tell=True)
    data["results"] = {"n": 1, "root": bytes(32)}
    forger.append(story.office.clerk, "draw.recorded", data)
    return forger.forged()


@forgery("draw.received", CLERK, "sends officers in conflict, since another platform drew")
def platform_conflict(stories: Stories) -> Forged:
    story, forger, data = _platform(stories, tell=False)
    forger.append(story.office.clerk, "draw.recorded", data)
    return forger.forged()


@forgery("draw.received", CLERK, "changes the imported list between the record and its confirmation")
def changed_meanwhile(stories: Stories) -> Forged:
    story, forger, data = _platform(stories, tell=True)
    office = story.office
    act = forger.append(office.clerk, "draw.recorded", data)
    name = next(n for n, _ in forger.facts().rows(f.register("received.d1")))
    row = [name, {"stratum": "all", "rank": 1, "officers": ["off-04", "off-01"]}]
    import_rows(forger, office.clerk, "received.d1", [row], added=0, changed=1)
    forger.confirm(office.approver, act)
    return forger.forged()


@forgery("draw.received", CLERK, "imports a platform's list for a draw that has parties of its own")
def platform_beside_parties(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.after("draw.frozen")
    row = [story.office.drawn()[0], {"stratum": "all", "rank": 1, "officers": ["off-02", "off-01"]}]
    import_rows(forger, story.office.clerk, "received.d1", [row])
    return forger.forged(at=forger.last - 1)

"""The steps of a draw: freeze, commit, public value, reveal, run, abort, unseal (design §5)."""

from __future__ import annotations

import re
from dataclasses import replace

from verifier import draw as lot
from verifier import facts as f
from verifier.codec import Value
from verifier.errors import LiuhenError
from verifier.facts import Data
from verifier.ids import is_draw_id
from verifier.law import assigned
from verifier.law.case import Case, act, confirmed_by, effect
from verifier.law.fills import judge_fills, judge_pool
from verifier.law.heads import judge_cosigned
from verifier.law.joined import begin, give_up, join
from verifier.law.keys import in_force
from verifier.law.library import judge_library
from verifier.law.outcome import Outcome, outcome_of
from verifier.law.question import TASK_FIELDS, Question, ask, left_out, seat_check, without_class
from verifier.law.repeats import judge_repeats
from verifier.law.tasks import fits_together, judge_policy, judge_row, update
from verifier.lists import ListHash, from_value
from verifier.schemas.draws import EXECUTED_OPEN
from verifier.vocabulary import Role

WATCHERS = frozenset({Role.SUPERVISOR.value, Role.OBSERVER.value})
_R = re.compile(r"[0-9a-f]{64}")
_LISTS = {
    "pool": "draw.pool",
    "exclusions": "draw.exclusions",
    "officers": "draw.roster",
    "conflicts": "draw.roster",
    "absences": "draw.roster",
}


@act("draw.frozen", [Role.CLERK])
def draw_frozen(case: Case) -> None:
    d = case.data
    named = is_draw_id(d["draw"]) and case.fresh_id("draw", d["draw"])
    case.require("draw.once", named, "a draw id never used", d["draw"])
    task = case.must("task.exists", f.TASKS, d["task"], "approved task")
    case.require("draw.once", not task.open_draw, "one open draw a task", task.open_draw)
    case.require("draw.once", not task.completed, "one completed draw a task", task.completed)
    t = task.data
    same = all(d.get(name) == t.get(name) for name in TASK_FIELDS)
    asked = _asked(d, t)
    case.require("draw.question", same and asked == t, "the approved task, whole", d["task"])
    case.demand("draw.question", fits_together(asked), "parts that fit each other", d["task"])
    _judge_parties(case, task)
    question = case.worked_out["question"] = ask(case.facts, d["task"], asked, case.today)
    _judge_lists(case, question)
    _judge_seats(case, asked, question)
    _judge_class(case, t, question)
    judge_repeats(case, t, question)
    if "fills" in t:
        judge_fills(case, t)
        judge_pool(case, t, question.frozen)
    policy = case.policy(case.ledger().policy)
    if case.ledger().policy != task.policy:
        judge_policy(case, t, policy)
    judge_library(case, t, policy.values)


def _asked(d: Data, task: Data) -> Data:
    """The question as the frozen entry asks it; the rest of it is the task's."""
    kept = {name: value for name, value in task.items() if name not in TASK_FIELDS}
    asked = {name: d[name] for name in TASK_FIELDS if name in d}
    strata = [{k: v for k, v in s.items() if k not in ("n", "k")} for s in d["strata"]]
    return {**kept, **asked, "strata": strata}


def _judge_class(case: Case, t: Data, question: Question) -> None:
    """The row as amended since the task was made. By risk: nobody falls out for want of a class. 不定向:
    every active subject of the class that the plan row names is in the pool or excluded."""
    row = case.facts.get(f.register(f"plan.{t['plan']}"), t["row"])
    if "elsewhere" in t:
        assigned.judge_pool(case, t, question.frozen)
    if row is None or "fills" in t:
        return
    if row.seq > case.must("task.exists", f.TASKS, case.data["task"], "approved task").seq:
        judge_row(case, t, row.record)
    if "elsewhere" in t:
        return
    if row.record.get("by_risk"):
        missed = without_class(case.facts, t["strata"], question.frozen)
        case.require("task.filter", not missed, "a stratum for every risk class in the pool", missed[:5])
    if row.record["draw"] != "undirected" or "tags" not in row.record:
        return
    missed = left_out(case.facts, row.record["tags"], question.frozen)
    case.require("task.filter", not missed, f"every subject of {row.record['tags']}", missed[:5])


def _judge_parties(case: Case, task: f.Task) -> None:
    d = case.data
    keys = {name: case.facts.get(f.KEYS, name) for name in d["parties"]}
    held = [key for key in keys.values() if key is not None and in_force(key, case.seq)]
    holders = {key.holder for key in held}
    fits = len(held) == len(d["parties"]) == len(holders) and d["parties"] == sorted(d["parties"])
    count = len(d["parties"])
    case.require(
        "draw.parties",
        fits and (count == 0 or 2 <= count <= 9),
        "2–9 keys in force of different holders, ascending (none: drawn by another platform)",
        count,
    )
    watching = {key.holder for key in held if WATCHERS & set(key.roles)}
    case.require("draw.parties", bool(watching) or count == 0, "a supervisor or observer", sorted(holders))
    case.require(
        "role.separate",
        case.holder != task.approver and not watching & {case.holder, task.approver},
        "clerk, approver and supervisor are three holders",
        f"{case.holder}, {task.approver}, {', '.join(sorted(watching))}",
    )


def _judge_lists(case: Case, question: Question) -> None:
    d = case.data
    for name, rule in _LISTS.items():
        found = ListHash(d["lists"][name]["n"], d["lists"][name]["root"])
        case.require(
            rule,
            found == question.lists[name],
            f"{name}: n={question.lists[name].n} root={question.lists[name].root.hex()}",
            f"n={found.n} root={found.root.hex()}",
        )
    case.require(
        "draw.strata-disjoint", not question.overlap, "no subject in two strata", question.overlap[:5]
    )
    ours = [(s["id"], s["n"], s["k"]) for s in question.strata]
    theirs = [(s["id"], s["n"], s["k"]) for s in d["strata"]]
    case.require("draw.sizes", ours == theirs, f"(stratum, N, k) {ours}", theirs)


def _judge_seats(case: Case, t: Data, question: Question) -> None:
    check = seat_check(t, question.frozen)
    short = [
        f"{c.seat.department}/{c.seat.qualification}: {c.able} < {c.needed}"
        for c in check.classes
        if c.able < c.needed
    ]
    case.require("draw.able", not short, "enough able officers for every seat class", "; ".join(short))
    case.require(
        "draw.able",
        not check.unserved,
        "officers without a conflict for every pool subject, else it is excluded (no-able-officer)",
        ", ".join(check.unserved[:5]),
    )
    policy = case.facts.get(f.POLICIES, case.ledger().policy)
    if check.refused or policy is None or "fills" in t:
        return
    margin = policy.values["min_choices"]
    case.warn(
        "draw.choice",
        check.all_sent or check.fewest >= margin,
        f"at least {margin} possible teams for every subject",
        check.fewest,
    )
    case.warn(
        "draw.choice",
        not check.halved,
        "declarations that leave more than half of the possible teams",
        ", ".join(f"{subject}: {teams}" for subject, teams in check.halved[:5]),
    )


@effect("draw.frozen")
def freeze(case: Case) -> None:
    d = case.data
    task = case.facts.get(f.TASKS, d["task"])
    if task is None:
        return
    question: Question | None = case.worked_out.get("question")
    if question is None:
        question = ask(case.facts, d["task"], _asked(d, task.data), case.today)
    keys = {name: case.facts.get(f.KEYS, name) for name in d["parties"]}
    parties = {name: key.holder for name, key in keys.items() if key is not None}
    case.facts.put(
        f.DRAWS,
        d["draw"],
        f.Draw(
            d["task"],
            case.leaf.hex(),
            case.seq,
            case.time,
            "frozen",
            d,
            case.holder,
            parties,
            value="none" if d["public"] == "none" else "",
            valued=d["public"] == "none",
            policy=case.ledger().policy,
        ),
    )
    case.facts.put(f.FROZEN, d["draw"], question.frozen)
    update(case, d["task"], open_draw=d["draw"])
    begin(case.facts, d["draw"], (subject for _, subject, _ in question.frozen.pool))


def step(case: Case, *, state: str = "frozen") -> f.Draw:
    """The draw that a step belongs to, open and of this M."""
    draw = case.must("draw.order", f.DRAWS, case.data["draw"], "draw")
    case.require("draw.order", draw.m == case.data["m"], f"M of this draw: {draw.m}", case.data["m"])
    case.demand("draw.order", draw.state == state, f"a draw that is {state}", draw.state)
    return draw


def _put(case: Case, name: str, draw: f.Draw, **changes: object) -> None:
    case.facts.put(f.DRAWS, name, replace(draw, **changes))  # type: ignore[arg-type]


def complete_commits(draw: f.Draw) -> bool:
    return bool(draw.parties) and draw.commits.keys() == draw.parties.keys()


@act("draw.committed", Role)
def draw_committed(case: Case) -> None:
    d = case.data
    draw = step(case)
    case.demand("draw.commitment", d["party"] in draw.parties, "a party of this draw", d["party"])
    case.require("draw.commitment", case.key == d["party"], "the party's own act", case.key)
    case.require("draw.commitment", d["party"] not in draw.commits, "one commit a party", d["party"])
    judge_cosigned(case, draw)


@effect("draw.committed")
def commit(case: Case) -> None:
    d = case.data
    draw = case.facts.get(f.DRAWS, d["draw"])
    if draw is None or d["party"] in draw.commits:
        return
    draw = replace(draw, commits={**draw.commits, d["party"]: d["c"]})
    case.facts.put(f.DRAWS, d["draw"], draw)
    if complete_commits(draw):
        task = case.facts.get(f.TASKS, draw.task)
        if task is not None:
            update(case, draw.task, outcomes=task.outcomes + 1)
            case.warn("draw.outcomes", task.outcomes == 0, "g = 1", f"g = {task.outcomes + 1} ({draw.task})")


@act("draw.public_value", Role, confirmed_by(Role.SUPERVISOR, Role.OBSERVER))
def public_value(case: Case) -> None:
    draw = step(case)
    case.require("draw.public-value", complete_commits(draw), "after the last commit", len(draw.commits))
    case.require("draw.public-value", not draw.reveals, "before the first reveal", len(draw.reveals))
    case.require("draw.public-value", not draw.valued, "no value in force yet", draw.value)
    try:
        lot.public_line(lot.parse_public_form(draw.question["public"]), case.data["value"])
    except LiuhenError as error:
        case.require("draw.public-value", False, draw.question["public"], error)


@effect("draw.public_value")
def take_value(case: Case) -> None:
    d = case.data
    draw = case.facts.get(f.DRAWS, d["draw"])
    if draw is None or draw.state != "frozen":
        return
    if draw.valued or draw.reveals:
        return
    try:
        line = lot.public_line(lot.parse_public_form(draw.question["public"]), d["value"])
    except LiuhenError:
        return
    _put(case, d["draw"], draw, value=line, valued=True)


@act("draw.revealed", Role)
def draw_revealed(case: Case) -> None:
    d = case.data
    draw = step(case)
    case.require("draw.order", complete_commits(draw), "every party has committed", len(draw.commits))
    case.require("draw.order", draw.valued, "the public value is in force", draw.question["public"])
    case.demand("draw.reveal", d["party"] in draw.commits, "a party that committed", d["party"])
    case.demand("draw.reveal", d["party"] not in draw.reveals, "one reveal a party", d["party"])
    sealed = isinstance(d["r"], dict)
    case.require(
        "draw.sealing", sealed == draw.question["sealed"], "private exactly in a sealed draw", sealed
    )
    r = case.opened(f"draw/{d['draw']}", "r", d["r"])
    if r is not None:
        judge_reveal(case, draw, d["draw"], d["party"], r)


def judge_reveal(case: Case, draw: f.Draw, name: str, party: str, r: Value) -> None:
    good = isinstance(r, str) and _R.fullmatch(r) is not None
    matches = good and lot.commit_value(name, draw.m, party, str(r)) == draw.commits[party]
    case.require("draw.reveal", matches, f"r whose commit is {draw.commits[party]}", "another r")
    case.require(
        "draw.reveal-fresh",
        case.facts.get(f.SPENT, f"r/{r!s}") is None,
        "an r never revealed in this ledger",
        "an r used before",
    )


@effect("draw.revealed")
def reveal(case: Case) -> None:
    d = case.data
    draw = case.facts.get(f.DRAWS, d["draw"])
    if draw is None:
        return
    r = case.opened(f"draw/{d['draw']}", "r", d["r"])
    held = d["r"]["$c"] if r is None else shown_r(r)
    _put(
        case,
        d["draw"],
        draw,
        reveals={**draw.reveals, d["party"]: held},
        hidden={**draw.hidden, **hidden(d["r"], "r")},
    )
    if r is not None:
        case.facts.put(f.SPENT, f"r/{r}", f.Ref("r", d["draw"]))


def shown_r(r: Value) -> str:
    """An opened r as the facts keep it: "" for what is no r at all, which the rule has found."""
    return r if isinstance(r, str) and _R.fullmatch(r) else ""


def hidden(value: Value, name: str) -> dict[str, str]:
    """The commitment of a sealed field, which its draw owes the public from here on."""
    return {value["$c"].hex(): name} if isinstance(value, dict) and "$c" in value else {}


def seed_of(name: str, draw: f.Draw) -> str | None:
    """S of a draw whose every party has revealed, None while an r is not open."""
    if not all(isinstance(r, str) and r for r in draw.reveals.values()):
        return None
    return lot.seed(name, draw.m, draw.reveals, draw.value)


@act("draw.executed", [Role.CLERK, Role.SUPERVISOR, Role.OBSERVER])
def draw_executed(case: Case) -> None:
    d = case.data
    draw = step(case)
    done = bool(draw.parties) and draw.reveals.keys() == draw.parties.keys() and draw.valued
    case.demand("draw.order", done, "every party has revealed", f"{len(draw.reveals)} of {len(draw.parties)}")
    sealed = "outcome" in d
    case.require(
        "draw.sealing", sealed == draw.question["sealed"], "private exactly in a sealed draw", sealed
    )
    opened = _opened_outcome(case)
    if opened is not None:
        judge_outcome(case, d["draw"], draw, opened)


def _opened_outcome(case: Case) -> Data | None:
    d = case.data
    if "outcome" not in d:
        return {k: v for k, v in d.items() if k not in ("draw", "m")}
    value = case.opened(f"draw/{d['draw']}", "outcome", d["outcome"])
    return None if value is None else outcome_in_form(case, value)


def outcome_in_form(case: Case, value: Value) -> Data:
    """An opened outcome; halts when it is none."""
    fits = isinstance(value, dict) and value.keys().isdisjoint(("draw", "m"))
    fault = EXECUTED_OPEN({"draw": "d", "m": "0" * 64, **value}) if fits else "map"  # type: ignore[dict-item]
    case.demand("entry.schema", not fault, "the outcome of a draw", fault)
    return value  # type: ignore[return-value]


def judge_outcome(case: Case, name: str, draw: f.Draw, opened: Data) -> None:
    """Seed, strata, results and teams, each against what the step before it says, so that one lie turns
    one rule red."""
    seed = seed_of(name, draw)
    if seed is not None:
        case.require("draw.seed", opened["seed"] == seed, seed, opened["seed"])
    ours = [(s["id"], s["n"], s["k"]) for s in draw.question["strata"]]
    theirs = [(s["id"], s["n"], s["k"]) for s in opened["strata"]]
    case.require("draw.strata", ours == theirs, f"(stratum, N, k) as frozen: {ours}", theirs)
    outcome = _outcome(case, name, draw, opened)
    if outcome is None:
        case.require("draw.results", False, "a frozen question that can be drawn", "")
        return
    expected = outcome.data(opened["seed"])
    cuts = [s.cut for s in outcome.strata] == [s.get("cut") for s in opened["strata"]]
    case.require(
        "draw.cut", cuts, str([s.cut for s in outcome.strata]), [s.get("cut") for s in opened["strata"]]
    )
    case.require(
        "draw.results",
        from_value(opened["results"]).value() == expected["results"],
        f"root {_root(expected['results'])}",
        opened["results"]["root"].hex(),
    )
    case.require(
        "draw.teams",
        from_value(opened["teams"]).value() == expected["teams"],
        f"root {_root(expected['teams'])}",
        opened["teams"]["root"].hex(),
    )


def _root(value: Value) -> str:
    return value["root"].hex() if isinstance(value, dict) else ""


def _outcome(case: Case, name: str, draw: f.Draw, opened: Data) -> Outcome | None:
    frozen = case.facts.get(f.FROZEN, name)
    if frozen is None:
        return None
    worked_out = f"outcome {draw.m} {opened['seed']}"
    try:
        if worked_out not in case.worked_out:
            case.worked_out[worked_out] = outcome_of(case.facts, draw, frozen, opened["seed"])
    except LiuhenError:
        return None
    outcome: Outcome = case.worked_out[worked_out]
    return outcome


@effect("draw.executed")
def execute(case: Case) -> None:
    d = case.data
    draw = case.facts.get(f.DRAWS, d["draw"])
    if draw is None:
        return
    draw = replace(
        draw,
        state="executed",
        executed=case.seq,
        executed_time=case.time,
        hidden={**draw.hidden, **hidden(d.get("outcome", ""), "outcome")},
    )
    opened = _opened_outcome(case)
    if opened is None:
        case.facts.put(f.DRAWS, d["draw"], replace(draw, sealed_outcome=d["outcome"]["$c"]))
    else:
        keep_outcome(case, d["draw"], draw, opened)
    update(case, draw.task, open_draw="", completed=d["draw"])


def keep_outcome(case: Case, name: str, draw: f.Draw, opened: Data) -> None:
    case.facts.put(f.DRAWS, name, replace(draw, outcome=opened, sealed_outcome=b""))
    outcome = _outcome(case, name, draw, opened)
    if outcome is not None:
        for subject, team in outcome.teams.items():
            case.facts.put(f.TEAMS, f"{name}/{subject}", team)
            join(case.facts, name, subject)


def _abort_confirmers(case: Case) -> frozenset[str] | None:
    """An approver and a party: the one who did not begin it (design §5)."""
    return frozenset(r.value for r in Role)


@act("draw.aborted", Role, _abort_confirmers)
def draw_aborted(case: Case) -> None:
    draw = step(case)
    begun = case.key in draw.parties or not draw.parties or Role.APPROVER.value in case.roles
    case.require("draw.abort", begun, "an approver or a party, by its own key", case.holder)
    if "party" in case.data:
        late = missing(draw, case.data["cause"])
        case.require(
            "draw.abort", case.data["party"] in late, "the party that is missing", case.data["party"]
        )
    if case.confirmer:
        second = case.facts.get(f.KEYS, case.confirmer_key)
        approves = second is not None and Role.APPROVER.value in second.roles
        pair = (case.key in draw.parties or not draw.parties) and approves
        pair = pair or (Role.APPROVER.value in case.roles and case.confirmer_key in draw.parties)
        case.require(
            "draw.abort", pair, "an approver and a party, two holders", f"{case.holder}, {case.confirmer}"
        )


def missing(draw: f.Draw, cause: str) -> list[str]:
    """The parties that an abort for this cause may name: who has not committed, or who has committed and not
    revealed; nobody for any other cause."""
    if cause == "party-uncommitted":
        return [party for party in draw.parties if party not in draw.commits]
    if cause == "party-missing" and complete_commits(draw):
        return [party for party in draw.parties if party not in draw.reveals]
    return []


@effect("draw.aborted")
def abort(case: Case) -> None:
    d = case.data
    draw = case.facts.get(f.DRAWS, d["draw"])
    if draw is not None and draw.state == "frozen":
        _put(case, d["draw"], draw, state="aborted", cause=d["cause"], missing=d.get("party", ""))
        update(case, draw.task, open_draw="")
        frozen = case.facts.get(f.FROZEN, d["draw"])
        give_up(case.facts, d["draw"], [subject for _, subject, _ in frozen.pool] if frozen else [])

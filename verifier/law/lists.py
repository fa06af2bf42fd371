"""Lists (一单两库): imports as diffs, conflicts of interest and absences (design §3, R030–R042)."""

from __future__ import annotations

from dataclasses import replace

from verifier import facts as f
from verifier.codec import elements
from verifier.errors import LiuhenError
from verifier.facts import Facts
from verifier.law.case import Case, Halt, act, effect
from verifier.law.identity import same
from verifier.law.registers import judge_rows
from verifier.lists import import_hash, list_hash
from verifier.merkle import leaf_hash
from verifier.vocabulary import Role

EDITORS = (Role.CLERK, Role.ADMIN)


def staged(facts: Facts) -> f.Chunk | None:
    """The last chunk that waits for its close, if any."""
    return facts.get(f.LAST_CHUNK, f.ONE)


def drop_staged(facts: Facts) -> None:
    facts.delete(f.LAST_CHUNK, f.ONE)
    for key in [k for k, _ in facts.rows(f.CHUNKS)]:
        facts.delete(f.CHUNKS, key)


@act("import.chunk", EDITORS)
def import_chunk(case: Case) -> None:
    before = staged(case.facts)
    index = 0 if before is None else before.count
    data = case.data
    fits = data["index"] == index and (
        before is None
        or (before.id, before.register, before.actor)
        == (data["import"], data["register"], case.entry.body.actor)
    )
    if before is None:
        fits = fits and case.fresh_id("import", data["import"])
    case.require("import.whole", fits, f"chunk {index} of one import by one actor", data["index"])
    _plan_open(case)
    _draw_open(case)


@effect("import.chunk")
def stage_chunk(case: Case) -> None:
    data = case.data
    before, key = staged(case.facts), f"{data['index']:08}"
    chunk = f.Chunk(
        data["import"],
        data["register"],
        case.seq,
        case.entry.body.actor,
        tuple(data["rows"]),
        tuple(data.get("removed", ())),
        tuple(map(leaf_hash, elements(case.entry.body_bytes, "data", "rows"))),
        key,
    )
    count = (before.count if before else 0) + (case.facts.get(f.CHUNKS, key) is None)
    case.facts.put(f.CHUNKS, key, chunk)
    last = chunk if before is None or before.key <= key else before
    case.facts.put(f.LAST_CHUNK, f.ONE, replace(last, rows=(), removed=(), leaves=(), count=count))


def _draw_open(case: Case) -> None:
    kind, _, name = case.data["register"].partition(".")
    if kind == "received":
        draw = case.facts.get(f.DRAWS, name)
        waits = draw is not None and draw.state == "frozen" and not draw.parties
        case.require("draw.received", waits, "an open draw of another platform", name)
    elif kind == "platform":
        draw = case.facts.get(f.DRAWS, name)
        public = draw is not None and draw.state == "executed" and not draw.veiled
        case.require("platform.compared", public, "a draw made here whose result is public", name)
    elif kind == "assigned":
        made = case.facts.get(f.TASKS, name) is not None
        case.require("task.elsewhere", not made, "a task not yet made", name)


def _plan_open(case: Case) -> None:
    register = case.data["register"]
    if register.startswith("plan."):
        plan = case.facts.get(f.PLANS, register.removeprefix("plan."))
        case.require(
            "plan.order",
            plan is None or plan.state == "rejected",
            "rows change before the plan is submitted or after it was rejected",
            plan.state if plan else "",
        )


@act("import.closed", EDITORS)
def import_closed(case: Case) -> None:
    data = case.data
    chunks = [chunk for _, chunk in case.facts.rows(f.CHUNKS)]
    own = [c for c in chunks if (c.id, c.register) == (data["import"], data["register"])]
    adjacent = len(own) == len(chunks) == data["chunks"] and own[-1].actor == case.entry.body.actor
    case.demand("import.whole", adjacent, f"{data['chunks']} chunks of this import just before it", len(own))
    rows = [row for chunk in own for row in chunk.rows]
    removed = [row for chunk in own for row in chunk.removed]
    try:
        sums = import_hash(rows, (leaf for chunk in own for leaf in chunk.leaves)), list_hash(removed)
    except LiuhenError as error:
        case.demand("import.root", False, "rows in strictly ascending order", error)
        raise Halt from error
    case.require(
        "import.root",
        (sums[0].value(), sums[1].value()) == ({"n": data["n"], "root": data["root"]}, data["removed"]),
        "count and root of the rows received",
        f"n={sums[0].n} root={sums[0].root.hex()}",
    )
    table = f.register(data["register"])
    both = {row[0] for row in removed}.intersection(name for name, _ in rows) if removed else ()
    case.require("import.diff", not both, "a row is changed or removed, not both", sorted(both)[:5])
    names = [name for name, _ in rows]
    held = case.facts.known(table, names)
    new = [name for name in names if name not in held] if held else names
    twins = _twins(case.facts, data["register"], new)
    case.tally["list.ids"] += len(new) - len(twins)
    for name in twins:
        case.require("list.ids", False, "an id without twin", name)
    added = len(new)
    same = sum(name in held and held[name].record == record for name, record in rows) if held else 0
    changed = len(rows) - added - same
    folded = {name.lower() for name in names}
    case.require("list.ids", len(folded) == len(rows), "ids that differ in more than case", len(rows))
    gone = sum(case.facts.get(table, row[0]) is None for row in removed)
    case.require(
        "import.diff",
        bool(rows or removed) and (added, changed, same, gone) == (data["added"], data["changed"], 0, 0),
        f"a diff: added {data['added']}, changed {data['changed']}, nothing unchanged, nothing absent",
        f"added {added}, changed {changed}, unchanged {same}, absent {gone}",
    )
    case.require(
        "import.reviewer",
        case.facts.get(f.HOLDERS, data["reviewer"]) is not None,
        "a reviewer who is a holder of this ledger",
        data["reviewer"],
    )
    judge_rows(case, data["register"], rows)


def _twins(facts: Facts, register: str, names: list[str]) -> list[str]:
    """Those of these new ids that another id of the register equals without regard to case (design §5)."""
    spent = facts.known(f.TWINS, [f"{register}/{name.lower()}" for name in names])
    small = {name for name in names if name.upper() != name}
    if not (spent or small):
        return []
    capital = facts.known(f.register(register), [name.upper() for name in small])
    twins = []
    for name in names:
        twin = spent.get(f"{register}/{name.lower()}")
        if twin.key != name if twin is not None else name in small and name.upper() in capital:
            twins.append(name)
    return twins


@effect("import.closed")
def apply_import(case: Case) -> None:
    register = case.data["register"]
    table = f.register(register)
    for _, chunk in list(case.facts.rows(f.CHUNKS)):
        for name, record in chunk.rows:
            case.facts.put(table, name, f.Row(record, case.seq))
            if name.upper() != name:
                case.facts.put(f.TWINS, f"{register}/{name.lower()}", f.Ref(register, name))
        for (name,) in chunk.removed:
            case.facts.delete(table, name)
    data = case.data
    case.facts.put(
        f.EDITS,
        register,
        f.Edit(
            data["import"],
            data["added"],
            data["changed"],
            data["removed"]["n"],
            case.holder,
            data["reviewer"],
            case.seq,
        ),
    )


@act("conflict.declared", [Role.CLERK, Role.OFFICER, Role.ADMIN])
def conflict_declared(case: Case) -> None:
    data = case.data
    case.must("list.known", f.register("officers"), data["officer"], "officer")
    case.must("list.known", f.register("subjects"), data["subject"], "subject")
    if Role.OFFICER.value in case.roles and not {role.value for role in EDITORS} & set(case.roles):
        own = case.holder == data["officer"]
        case.require("role.permitted", own, "an officer declares for himself", data["officer"])


@effect("conflict.declared")
def declare_conflict(case: Case) -> None:
    key = f"{case.data['officer']}/{case.data['subject']}"
    case.facts.put(f.CONFLICTS, key, f.Conflict(case.entry.body.seq, case.leaf))
    case.facts.put(f.CORRECTABLE, case.leaf.hex(), f.Ref("conflict.declared", key))


@act("conflict.withdrawn", [Role.CLERK, Role.ADMIN])
def conflict_withdrawn(case: Case) -> None:
    key = f"{case.data['officer']}/{case.data['subject']}"
    case.must("list.known", f.CONFLICTS, key, "declared conflict")


@effect("conflict.withdrawn")
def withdraw_conflict(case: Case) -> None:
    for subject in same(case.facts, case.data["subject"]):
        case.facts.delete(f.CONFLICTS, f"{case.data['officer']}/{subject}")


@act("officer.absent", [Role.CLERK, Role.ADMIN])
def officer_absent(case: Case) -> None:
    data = case.data
    case.must("list.known", f.register("officers"), data["officer"], "officer")
    case.require("list.period", data["from"] <= data["until"], "from before until", data["until"])


@effect("officer.absent")
def record_absence(case: Case) -> None:
    data = case.data
    key = f"{data['officer']}/{case.seq:012}"
    case.facts.put(f.ABSENCES, key, f.Absence(data["officer"], data["from"], data["until"], data["reason"]))
    case.facts.put(f.CORRECTABLE, case.leaf.hex(), f.Ref("officer.absent", key))

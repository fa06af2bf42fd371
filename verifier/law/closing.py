"""The end of a task, of a year and of somebody's duty (R008, R150; 案卷归档, 年度结转, 工作交接)."""

from __future__ import annotations

from collections.abc import Iterator

from verifier import facts as f
from verifier.facts import Facts
from verifier.law.case import Case, act, confirmed_by, effect
from verifier.law.followups import STANDING, by_visit, needs_followup
from verifier.law.joined import origin, unseen
from verifier.law.keys import in_force
from verifier.law.visits import DONE
from verifier.vocabulary import Role


@act("case.archived", [Role.CLERK, Role.ADMIN])
def case_archived(case: Case) -> None:
    d = case.data
    task = case.must("case.archived", f.TASKS, d["task"], "task")
    draw = case.facts.get(f.DRAWS, task.completed)
    done = draw is not None and draw.state in DONE and not draw.veiled
    case.require("case.archived", done, "a task whose draw is completed and public", task.state)
    numbers = [paper["no"] for paper in d["papers"]]
    in_order = numbers == list(range(1, len(numbers) + 1))
    case.require("case.archived", in_order, "papers numbered from 1", ", ".join(map(str, numbers[:10])))
    others = [
        name
        for name, held in case.facts.rows(f.ARCHIVES)
        if held.data["number"] == d["number"] and name != d["task"]
    ]
    case.require("case.archived", not others, "a number of no other case", ", ".join(others))
    there = {paper["file"] for paper in d["papers"]}
    missing = [title for title, file in papers_of(case.facts, d["task"]) if file not in there]
    case.warn("case.complete", not missing, "every paper that the ledger names", ", ".join(missing[:5]))


@effect("case.archived")
def archive_case(case: Case) -> None:
    case.facts.put(f.ARCHIVES, case.data["task"], f.Kept(case.data, case.seq, case.today))
    case.facts.put(f.CORRECTABLE, case.leaf.hex(), f.Ref("case.archived", case.data["task"]))


def papers_of(facts: Facts, name: str) -> Iterator[tuple[str, bytes]]:
    """(title, hash) of every file that the ledger names for a task, each once: scheme and form, those of a
    补抽 for it too, papers of its visits, what was attached to them."""
    task = facts.get(f.TASKS, name)
    if task is None:
        return
    seen: set[bytes] = set()
    attached: dict[bytes, list[f.Attachment]] = {}
    for _, one in facts.rows(f.ATTACHMENTS):
        attached.setdefault(one.of, []).append(one)
    for title, file in _named(facts, task, attached):
        if file not in seen:
            seen.add(file)
            yield title, file


def _named(
    facts: Facts, task: f.Task, attached: dict[bytes, list[f.Attachment]]
) -> Iterator[tuple[str, bytes]]:
    others = [other for _, other in facts.rows(f.TASKS) if other is not task and other.completed]
    fills = [other for other in others if origin(facts, other.completed) == task.completed]
    for held in (task, *fills):
        yield held.data["scheme"]["name"], held.data["scheme"]["file"]
        yield held.data["form"]["name"], held.data["form"]["file"]
        draw = facts.get(f.DRAWS, held.completed)
        for paper in attached.get(bytes.fromhex(draw.m), ()) if draw else ():
            yield paper.name, paper.file
    for visit_id, visit in facts.rows(f.VISITS):
        if visit.data["draw"] != task.completed or visit.state == "voided":
            continue
        if "paper" in visit.data:
            yield visit_id, visit.data["paper"]["scan"]
        for one in attached.get(visit.leaf, ()):
            yield one.name, one.file


@act("year.closed", [Role.CLERK, Role.ADMIN], confirmed_by(Role.APPROVER))
def year_closed(case: Case) -> None:
    d = case.data
    held = case.facts.get(f.CLOSED_YEARS, str(d["year"]))
    case.require("year.closed", held is None, "a year that is open", f"#{held.seq}" if held else "")
    first = f"{d['year']}-12-01"
    case.require("year.closed", case.today >= first, f"not before {first}", case.today)
    if not case.again:
        left = [list(row) for row in carried(case.facts, d["year"])]
        first_wrong = next(
            (row for row in [*d["carried"], *left] if d["carried"].count(row) != left.count(row)), None
        )
        found = " ".join(first_wrong) if first_wrong else "another order"
        case.require("year.carried", d["carried"] == left, f"what is open: {len(left)}", found)


@effect("year.closed")
def close_year(case: Case) -> None:
    case.facts.put(f.CLOSED_YEARS, str(case.data["year"]), f.Kept(case.data, case.seq, case.today))


def carried(facts: Facts, year: int) -> list[tuple[str, str]]:
    """What a year leaves open, [kind, name] ascending: rows of plans without a task (`row`), tasks without a
    completed draw (`task`), sealed draws not public yet (`sealed`), drawn subjects without a visit (`visit`),
    visits not signed or not published (`result`), follow-ups not closed (`followup`), cases not filed away
    (`archive`). The visits of a 补抽, and its case, are those of the draw that it fills."""
    return sorted(set(_open(facts, year)))


def _open(facts: Facts, year: int) -> Iterator[tuple[str, str]]:
    plans = {name for name, plan in facts.rows(f.PLANS) if plan.year == year}
    tasks = {name: task for name, task in facts.rows(f.TASKS) if task.data["plan"] in plans}
    made = {(task.data["plan"], task.data["row"]) for task in tasks.values()}
    for plan in plans:
        for row, _ in facts.rows(f.register(f"plan.{plan}")):
            if (plan, row) not in made:
                yield "row", f"{plan}/{row}"
    draws: set[str] = set()
    for name, task in tasks.items():
        draw = facts.get(f.DRAWS, task.completed)
        if draw is None or draw.state not in DONE:
            yield "task", name
        elif draw.veiled:
            yield "sealed", task.completed
        elif "fills" not in task.data:
            draws.add(task.completed)
            for subject in unseen(facts, task.completed):
                yield "visit", f"{task.completed}/{subject}"
            if facts.get(f.ARCHIVES, name) is None:
                yield "archive", name
    followups = by_visit(facts)
    for name, visit in facts.rows(f.VISITS):
        if visit.data["draw"] not in draws:
            continue
        if visit.state in ("recorded", "effective"):
            yield "result", name
        held = followups.get(name, ())
        if not held and visit.state in STANDING and needs_followup(visit.data):
            yield "followup", name
        for key, followup in held:
            if facts.get(f.CLOSINGS, key) is None:
                yield "followup", followup.data["followup"]


def _receiver(case: Case) -> frozenset[str] | None:
    """Whoever takes over confirms, in any role of theirs."""
    held = [
        key
        for _, key in case.facts.rows(f.KEYS)
        if key.holder == case.data["successor"] and in_force(key, case.seq)
    ]
    return frozenset(role for key in held for role in key.roles)


@act(
    "duty.handed",
    [Role.ADMIN, Role.CLERK, Role.APPROVER, Role.SUPERVISOR, Role.OFFICER],
    _receiver,
)
def duty_handed(case: Case) -> None:
    d = case.data
    for name in (d["holder"], d["successor"]):
        case.must("duty.handed", f.HOLDERS, name, "person")
    case.require("duty.handed", d["holder"] != d["successor"], "another person", d["successor"])
    own = case.holder == d["holder"] or Role.ADMIN.value in case.roles
    case.require("duty.handed", own, "the person who leaves, or an admin", case.holder)
    for name in d["tasks"]:
        case.must("duty.handed", f.TASKS, name, "task")
    if case.again:
        case.require("duty.handed", case.confirmer == d["successor"], d["successor"], case.confirmer)


@effect("duty.handed")
def hand_duty(case: Case) -> None:
    case.facts.put(f.HANDOVERS, f"{case.seq:012}", f.Kept(case.data, case.seq, case.today))

"""The question of a draw in words, as people read it before they freeze it (封存名单)."""

from __future__ import annotations

from collections.abc import Sequence

from cli.desk import holder_name, roles_named
from cli.i18n import _
from ledger.commands import draws
from ledger.commands.keys import key_of
from ledger.commands.plans import task_of
from ledger.forms.digits import grouped
from verifier import facts as f
from verifier.draw import parse_public_form
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Data
from verifier.law.question import Question, seat_check
from verifier.lists import from_value
from verifier.teams import ANY, SeatCheck

ATTRIBUTES = {
    "tags": N_("tag"),
    "risk": N_("risk class"),
    "kind": N_("kind"),
    "status": N_("state"),
    "district": N_("district"),
}
VALUES = {
    "active": N_("in business"),
    "revoked": N_("licence revoked"),
    "cancelled": N_("deregistered"),
    "moved": N_("moved away"),
    "closed": N_("closed"),
    "enterprise": N_("enterprise"),
    "individual": N_("sole trader"),
    "cooperative": N_("farmers' cooperative"),
    "social_organisation": N_("social organisation"),
    "institution": N_("public institution"),
    "product": N_("product"),
    "project": N_("project"),
    "behaviour": N_("conduct"),
    "other": N_("other"),
}
LISTS = {
    "pool": N_("Pool"),
    "officers": N_("Officers"),
    "conflicts": N_("Conflicts of interest"),
    "exclusions": N_("Exclusions"),
    "absences": N_("Absences"),
}


def question_lines(
    facts: f.Facts, draw: str, task: str, question: Question, parties: Sequence[str]
) -> list[str]:
    """What would be frozen now: strata, teams, public source, parties (holder ids) and lists."""
    data = task_of(facts, task).data
    frozen = {**data, "strata": list(question.strata)}
    roots = {name: value.value() for name, value in question.lists.items()}
    return [
        *_head(facts, draw, task, data),
        *_sizes(frozen),
        *_teams(facts, data),
        _("Public value: {form}").format(form=public_words(data["public"])),
        _parties(facts, [key_of(facts, holder) for holder in parties]),
        *_roots(roots),
    ]


def frozen_lines(facts: f.Facts, name: str, draw: f.Draw) -> list[str]:
    """The frozen question of a draw, the same words."""
    q = draw.question
    return [
        *_head(facts, name, draw.task, q),
        *_sizes(q),
        *_teams(facts, q),
        _("Public value: {form}").format(form=public_words(q["public"])),
        _parties(facts, [(key, facts.get(f.KEYS, key)) for key, _holder in draws.parties(draw)]),
        *frozen_choice_lines(facts, name),
        *_roots(q["lists"]),
        m_line(draw.m),
    ]


def m_line(m: str) -> str:
    return _("M (read it aloud and compare): {m}").format(m=grouped(m))


def _parties(facts: f.Facts, held: Sequence[tuple[str, f.Key | None]]) -> str:
    """Each party with the roles of its key, which may have been revoked since."""
    if not held:
        return _("Parties: none, another platform draws of this list")
    told = [f"{holder_name(facts, key.holder)} {roles_named(key.roles)}" for _id, key in held if key]
    return _("Parties: {parties}").format(parties="；".join(told))


def _head(facts: f.Facts, draw: str, task: str, data: Data) -> list[str]:
    held = facts.get(f.TASKS, task)
    plan = held.data if held else data
    row = facts.get(f.register(f"plan.{plan['plan']}"), plan["row"]) if "plan" in plan else None
    title = row.record["task_name"] if row else ""
    items = [_item(facts, item) for item in data["items"]]
    return [
        _("Draw {draw}, task {task}: {title}").format(draw=draw, task=task, title=title),
        _("Items: {items}").format(items="；".join(items)),
    ]


def _item(facts: f.Facts, item: str) -> str:
    row = facts.get(f.register("items"), item)
    return f"{row.record['text'][0]} ({item})" if row else str(item)


def _sizes(data: Data) -> list[str]:
    lines = []
    for s in data["strata"]:
        if "p" in s:
            rate = _("not less than {p}/{q}").format(p=s["p"], q=s["q"])
        else:
            rate = _("weight {w}").format(w=s["w"])
        lines.append(
            _("Stratum {id} [{filter}]: {n} in the pool, {rate}: draw {k}").format(
                id=s["id"], filter=filter_words(s["filter"]), n=s["n"], rate=rate, k=s["k"]
            )
        )
    if data["rounding"] == "total":
        lines.append(_("One rate over all strata: not less than {p}/{q}").format(p=data["p"], q=data["q"]))
    return lines


def filter_words(conditions: Data) -> str:
    """`标签：油气；状态：在营` of a filter."""
    parts = []
    for attribute, allowed in conditions.items():
        values = "、".join(_(VALUES[v]) if v in VALUES else v for v in allowed)
        parts.append(f"{_(ATTRIBUTES.get(attribute, attribute))}：{values}")
    return "；".join(parts) or _("all")


def _teams(facts: f.Facts, data: Data) -> list[str]:
    seats = "、".join(_seat(facts, *row) for row in data["seats"])
    if data["teams"] == "groups":
        told = _("Teams: {groups} groups, each of {seats}; seat 1 leads")
        return [told.format(groups=data["groups"], seats=seats)]
    return [_("Teams: one for each subject, of {seats}; seat 1 leads").format(seats=seats)]


def _seat(facts: f.Facts, department: str, qualification: str, count: int) -> str:
    words = department_words(facts, department)
    held = "" if qualification == ANY else f" [{qualification}]"
    return _("{count} of {department}").format(count=count, department=words + held)


def department_words(facts: f.Facts, department: str) -> str:
    """The printed name of a department, as an officer of it has it."""
    for _id, row in facts.rows(f.register("officers")):
        if row.record["department"] == department and row.record.get("department_name"):
            return f"{row.record['department_name']} ({department})"
    return department


def public_words(form: str) -> str:
    """The public source in words."""
    read = parse_public_form(form)
    if read.kind == "balls":
        return _("{n} digits from drawn balls").format(n=read.digits)
    if read.kind == "dice":
        return _("{n} digits from thrown dice").format(n=read.digits)
    if read.kind == "lottery":
        return _("lottery {name}, issue {issue}").format(name=read.lottery, issue=read.issue)
    return _("none")


def _roots(lists: Data) -> list[str]:
    lines = [_("Lists that are frozen:")]
    for name, words in LISTS.items():
        value = from_value(lists[name])
        root = grouped(value.root.hex()[:16]) + " …"
        lines.append(_("  {name}: {n}, root {root}").format(name=_(words), n=value.n, root=root))
    return lines


def choice_lines(facts: f.Facts, task: str, strata: Sequence[Data], check: SeatCheck) -> list[str]:
    """What the lot does not decide: 补抽, 全数检查, 全员派出."""
    held = facts.get(f.TASKS, task)
    lines = []
    if held is not None and "fills" in held.data:
        told = _(
            "Supplementary draw (补抽) for {draw}: only officers are drawn, for the seats that are open."
        )
        lines.append(told.format(draw=held.data["fills"]["draw"]))
    elif any(s["n"] for s in strata) and all(s["n"] == s["k"] for s in strata):
        lines.append(_("Every subject is inspected (全数检查); only officers are drawn."))
    if check.all_sent:
        lines.append(_("Exactly as many officers as seats: nobody is drawn, everybody is sent (全员派出)."))
    return lines


def frozen_choice_lines(facts: f.Facts, name: str) -> list[str]:
    """The same of a frozen draw."""
    draw, frozen = draws.draw_of(facts, name), facts.get(f.FROZEN, name)
    if frozen is None:
        return []
    q = draw.question
    return choice_lines(facts, draw.task, q["strata"], seat_check(q, frozen))


def refusal(facts: f.Facts, task: str, check: SeatCheck) -> LiuhenError:
    """Why a question whose check is refused cannot be frozen, and what to do."""
    if not check.short:
        return LiuhenError(
            "draw.able",
            N_("Conflicts leave no team for {subjects}."),
            remedy=N_(
                "Exclude them, or add officers: liuhen task exclude {first} --task {task} "
                "--reason no-able-officer --evidence FILE"
            ),
            exit=Exit.REFUSED,
            subjects=", ".join(check.unserved[:5]),
            first=check.unserved[0],
            task=task,
        )
    told = _("{seat}: {able} can go, {needed} are needed")
    short = [check.classes[index] for index in check.short]
    seats = [(_seat(facts, c.seat.department, c.seat.qualification, c.seat.count), c) for c in short]
    return LiuhenError(
        "draw.able",
        N_("Too few officers for {seats}."),
        remedy=N_(
            "Add officers, or propose the task with other seats. Who is there: liuhen officer list "
            "--department {department}; what is asked: liuhen task preview {task}"
        ),
        exit=Exit.REFUSED,
        seats="；".join(told.format(seat=words, able=c.able, needed=c.needed) for words, c in seats),
        department=short[0].seat.department,
        task=task,
    )


def caution_lines(facts: f.Facts, task: str, question: Question, check: SeatCheck) -> list[str]:
    """What to see before freezing: everything inspected, everybody sent, little choice."""
    lines = choice_lines(facts, task, question.strata, check)
    if not any(s["k"] for s in question.strata):
        lines.append(_("Nothing would be drawn: the pool is empty or the rate is nought."))
    supplementary = (held := facts.get(f.TASKS, task)) is not None and "fills" in held.data
    if check.halved and not supplementary:
        told = _("Declared conflicts halve the choice of officers for {count} subjects.")
        lines.append(told.format(count=len(check.halved)))
    if not (check.all_sent or supplementary) and check.fewest < _margin(facts):
        told = _("Only {count} different teams are possible for a subject (policy: at least {margin}).")
        lines.append(told.format(count=check.fewest, margin=_margin(facts)))
    outcomes = held.outcomes if held else 0
    if outcomes:
        told = _("This task had {count} draws whose result could be known: g will be {g}.")
        lines.append(told.format(count=outcomes, g=outcomes + 1))
    return [_("Note: {text}").format(text=line) for line in lines]


def _margin(facts: f.Facts) -> int:
    ledger = facts.get(f.LEDGER, f.ONE)
    policy = facts.get(f.POLICIES, ledger.policy) if ledger else None
    return int(policy.values["min_choices"]) if policy else 0

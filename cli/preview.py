"""试算: what a task would draw if it were frozen today, in numbers, and what a freeze would refuse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cli.i18n import _
from cli.table import table
from cli.words import chinese, said
from ledger.commands import find
from ledger.commands.exclusions import superiors_inspect
from ledger.importing import values
from verifier import facts as f
from verifier.facts import Data, Facts
from verifier.law.question import Question, ask, matches, seat_check
from verifier.law.repeats import Repeats, repeats
from verifier.teams import ANY, SeatCheck
from verifier.vocabulary import EXCLUSION_REASONS

_SHOWN = 10
_ATTRIBUTES = {"tags": "标签", "risk": "风险等级", "kind": "类型", "status": "状态", "district": "区域"}
_STATES = chinese(values.SUBJECT_STATUS)


def rate_text(p: int, q: int) -> str:
    """A rate for people: 3%, or 1/7 when it is no whole percentage."""
    return f"{100 * p // q}%" if 100 * p % q == 0 else f"{p}/{q}"


def share(k: int, n: int) -> str:
    """k of n as a percentage of two decimals."""
    return f"{100 * k / n:.2f}%" if n else "-"


def filter_text(conditions: Data) -> str:
    """A filter in words: each attribute with its values; none takes all."""
    parts = [
        f"{said(_ATTRIBUTES, name)}="
        + "|".join(said(_STATES, value) if name == "status" else value for value in allowed)
        for name, allowed in sorted(conditions.items())
    ]
    return "；".join(parts) or _("all")


@dataclass(frozen=True)
class Preview:
    """The question of a task as of a day. `refusals` are commands or sentences that must come first."""

    question: Question
    check: SeatCheck
    lines: tuple[str, ...]
    refusals: tuple[str, ...]
    cure: str
    """The command that cures the first refusal, if one does."""
    again: Repeats
    """Subjects that the policy spares this year."""

    def data(self) -> dict[str, object]:
        """The preview for programs."""
        return {
            "strata": [dict(s) for s in self.question.strata],
            "seats": [
                {
                    "seat": [c.seat.department, c.seat.qualification, c.seat.count],
                    "able": c.able,
                    "needed": c.needed,
                }
                for c in self.check.classes
            ],
            "teams": self.check.teams,
            "fewest": self.check.fewest,
            "unserved": list(self.check.unserved),
            "overlap": list(self.question.overlap),
            "drawn_this_year": list(self.again.drawn),
            "capped": list(self.again.capped),
            "refusals": list(self.refusals),
        }


def preview(facts: Facts, task: str, data: Data, today: str) -> Preview:
    """The preview of a task whose created data is `data`, as the facts stand on `today`."""
    question = ask(facts, task, data, today)
    check = seat_check(data, question.frozen)
    ledger = facts.get(f.LEDGER, f.ONE)
    policy = facts.get(f.POLICIES, ledger.policy) if ledger else None
    lines = [*_strata(question, data, policy), *_left_out(facts, question, data)]
    lines += _seats(check, data, policy)
    again = repeats(facts, policy.values, data, question, today) if policy else Repeats()
    refusals, cure = _refusals(task, question, check)
    if again.subjects:
        strict = bool(again.capped) or ("exception" not in data and _refuses(policy))
        (refusals if strict else lines).extend(_again(again))
        if strict:
            cure = cure or f"liuhen task exclude --all-drawn --task {task} --evidence " + _("FILE")
    if above := superiors_inspect(facts, data, question, today):
        told = _("{count} subjects of the pool are inspected by superior bodies: {names}")
        lines.append(told.format(count=len(above), names=_named(above)))
        cure = cure or f"liuhen task exclude --all-superior --task {task} --evidence " + _("FILE")
    if refusals:
        lines += [_("A freeze would refuse this now:"), *(f"  {text}" for text in refusals)]
    return Preview(question, check, tuple(lines), tuple(refusals), cure, again)


def _refuses(policy: f.Policy | None) -> bool:
    """Whether the policy refuses a subject already drawn this year."""
    return policy is not None and policy.values.get("repeat") == "refuse"


def _again(again: Repeats) -> Iterator[str]:
    for told, subjects in (
        (_("{count} subjects of the pool were drawn this year already: {names}"), again.drawn),
        (_("{count} subjects of the pool have had the inspections of this year: {names}"), again.capped),
    ):
        if subjects:
            yield told.format(count=len(subjects), names=_named(subjects))


def _named(subjects: Sequence[str]) -> str:
    return "、".join(subjects[:_SHOWN]) + (" …" if len(subjects) > _SHOWN else "")


def _strata(question: Question, data: Data, policy: f.Policy | None) -> list[str]:
    low = policy.values["min_rate"] if policy else [0, 1]
    weighted = data["rounding"] == "total"
    rows = []
    for stratum in question.strata:
        rate = _("weight {w}").format(w=stratum["w"]) if weighted else rate_text(stratum["p"], stratum["q"])
        rows.append(
            (
                stratum["id"],
                filter_text(stratum["filter"]),
                stratum["n"],
                rate,
                stratum["k"],
                share(stratum["k"], stratum["n"]),
            )
        )
    n, k = (sum(s[key] for s in question.strata) for key in ("n", "k"))
    if len(rows) > 1:
        overall = rate_text(data["p"], data["q"]) if weighted else ""
        rows.append((_("all"), "", n, overall, k, share(k, n)))
    header = [_("Stratum"), _("Filter"), "N", _("Rate"), "k", _("Share")]
    lines = table(header, rows, right=(2, 3, 4, 5))
    minimum = -(-n * low[0] // low[1])
    told = _("The policy asks for at least {rate}: {minimum} of {n}; this draws {k}.")
    lines.append(told.format(rate=rate_text(*low), minimum=minimum, n=n, k=k))
    rates = [(data["p"], data["q"])] if weighted else [(s["p"], s["q"]) for s in question.strata]
    if any(p * low[1] < low[0] * q for p, q in rates):
        reason = data.get("exception", "-")
        lines.append(_("Note: the rate is below the policy's. Exception: {reason}").format(reason=reason))
    if 0 < n == k and "fills" not in data:
        lines.append(_("All are inspected (全数检查); only officers are drawn."))
    counts = {
        "excluded": len(question.frozen.exclusions),
        "conflicts": len(question.frozen.conflicts),
        "absences": len(question.frozen.absences),
    }
    lines.append(
        _("Excluded {excluded}, conflicts declared {conflicts}, absent today {absences}.").format(**counts)
    )
    return lines


def _left_out(facts: Facts, question: Question, data: Data) -> list[str]:
    """Active subjects of the task's tags that no stratum takes, such as those without a risk class."""
    if all(set(s["filter"]) <= {"status", "tags"} for s in data["strata"]) or "fills" in data:
        return []
    tags = sorted({tag for s in data["strata"] for tag in s["filter"].get("tags", ())})
    whole: Data = {"status": ["active"], **({"tags": tags} if tags else {})}
    taken = {subject for _s, subject, _n in question.frozen.pool}
    taken |= {subject for subject, _reason in question.frozen.exclusions}
    rows = facts.rows(f.register("subjects"))
    missing = [name for name, row in rows if name not in taken and matches(row.record, whole)]
    if not missing:
        return []
    told = _("Note: {count} active subjects are in no stratum and cannot be drawn: {names}")
    return [told.format(count=len(missing), names=_named(missing))]


def _seats(check: SeatCheck, data: Data, policy: f.Policy | None) -> list[str]:
    rows = [
        (
            c.seat.department,
            _("any") if c.seat.qualification == ANY else c.seat.qualification,
            c.seat.count,
            c.needed,
            c.able,
        )
        for c in check.classes
    ]
    header = [_("Department"), _("Qualification"), _("Seats"), _("Needed"), _("Able today")]
    lines = table(header, rows, right=(2, 3, 4))
    if check.refused and check.short:
        return lines
    if check.all_sent:
        lines.append(_("As many officers as seats: no lot for them, all are sent (无须抽取，全员派出)."))
    else:
        lines.append(
            _("Possible teams: {teams}, at the fewest for one subject {fewest}.").format(
                teams=check.teams, fewest=check.fewest
            )
        )
    if "fills" in data:
        return lines
    least = policy.values["min_choices"] if policy else 1
    if check.fewest < least:
        lines.append(
            _("Note: fewer than the {least} possible teams that the policy asks for.").format(least=least)
        )
    if check.halved:
        lines.append(
            _("Note: declarations leave {count} subjects at most half of the choice.").format(
                count=len(check.halved)
            )
        )
    return lines


def doubts(
    facts: Facts, plan: str, row: str, batch: int, seats: Sequence[tuple[str, str, int]]
) -> Iterator[str]:
    """What is probably a slip in a task about to be proposed: a seat that nobody can take, a second task of
    the same row and batch."""
    able = [row.record for _name, row in facts.rows(f.register("officers"))]
    for department, qualification, _count in seats:
        if not any(
            o["department"] == department and (qualification == ANY or qualification in o["qualifications"])
            for o in able
        ):
            told = _("Nobody in the officers' list can take the seat {seat}.")
            yield told.format(seat=department if qualification == ANY else f"{department}/{qualification}")
    made = [(name, held.data) for name, held in facts.rows(f.TASKS)]
    made += [(act.data["task"], act.data) for _leaf, act in find.waiting_for(facts, "task.created")]
    for name, data in made:
        if (data["plan"], data["row"], data["batch"]) == (plan, row, batch):
            yield _("Row {row} has the task {task} of the same batch already.").format(row=row, task=name)


def _refusals(task: str, question: Question, check: SeatCheck) -> tuple[list[str], str]:
    found, cure = [], ""
    if not question.frozen.pool:
        found.append(_("The pool is empty: no active subject fits."))
        cure = "liuhen subject list"
    for subject in question.overlap[:_SHOWN]:
        found.append(_("{subject} is in two strata.").format(subject=subject))
    for index in check.short:
        c = check.classes[index]
        told = _("{department}/{qualification} needs {needed} able officers and has {able}.")
        found.append(
            told.format(
                department=c.seat.department, qualification=c.seat.qualification, needed=c.needed, able=c.able
            )
        )
        cure = cure or f"liuhen officer list --department {c.seat.department}"
    if not check.short:
        for subject in check.unserved:
            told = _("{subject}: conflicts leave no full team ({reason}).")
            found.append(told.format(subject=subject, reason=said(EXCLUSION_REASONS, "no-able-officer")))
            cure = cure or (
                f"liuhen task exclude {subject} --task {task} --reason no-able-officer --evidence "
                + _("FILE")
            )
    return found, cure

"""Exclusion of all whom the policy spares this year (R079, R080), or whom superiors inspect (R061)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ledger.book import Book, Deed, Written
from ledger.commands.find import waiting_for
from ledger.commands.plans import task_of
from ledger.keystore import Signer
from verifier import facts as f
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.law.identity import inspected
from verifier.law.question import Question, ask
from verifier.law.repeats import repeats
from verifier.lint.plan import months

Chosen = Callable[[f.Facts, f.Data, Question, str], Sequence[str]]
"""(facts, task as created, question, today) → subjects of the pool to be excluded."""


def exclude_repeats(book: Book, signer: Signer, task: str, evidence: bytes) -> Written:
    """Take every subject that the policy in force spares this year off the pool of a task, as one write; an
    approver confirms each. Those whose exclusion waits already are left alone. Raises E-TASK-NO-REPEATS."""

    def spared(facts: f.Facts, data: f.Data, question: Question, today: str) -> Sequence[str]:
        return repeats(facts, _policy(facts), data, question, today).subjects

    none = LiuhenError(
        "E-TASK-NO-REPEATS",
        N_("The policy spares no further subject in the pool of {task}."),
        remedy=N_("See what a freeze would take: liuhen task preview {task}"),
        exit=Exit.REFUSED,
        task=task,
    )
    return _exclude(book, signer, task, evidence, "drawn-this-year", spared, none)


def superiors_inspect(facts: f.Facts, data: f.Data, question: Question, today: str) -> list[str]:
    """Subjects of the pool that a superior body inspects in months of the task's window, or has inspected
    this year; ascending. None of a 补抽, whose visits were drawn before."""
    if "fills" in data:
        return []
    year = inspected(facts, int(today[:4]))
    begin, end = (day[:7] for day in data["window"])
    named = {name for name, held in year.items() if any(by == "superior" for _, by, _ in held)}
    for _, row in facts.rows(f.register("superior")):
        since, until = months(row.record)
        if since <= end and begin <= until:
            named |= set(row.record.get("subjects", ()))
    return sorted(subject for _, subject, _ in question.frozen.pool if subject in named)


def exclude_superior(book: Book, signer: Signer, task: str, evidence: bytes) -> Written:
    """The same for every subject that a superior body inspects (R061): see `superiors_inspect`. Raises
    E-TASK-NO-SUPERIOR."""
    none = LiuhenError(
        "E-TASK-NO-SUPERIOR",
        N_("No further subject in the pool of {task} is inspected by a superior body."),
        remedy=N_("Import what superior bodies plan: liuhen plan superior FILE.xlsx"),
        exit=Exit.REFUSED,
        task=task,
    )
    return _exclude(book, signer, task, evidence, "superior-planned", superiors_inspect, none)


def _exclude(
    book: Book, signer: Signer, task: str, evidence: bytes, reason: str, chosen: Chosen, none: LiuhenError
) -> Written:
    def decide(facts: f.Facts) -> Sequence[Deed]:
        data, today = task_of(facts, task).data, book.clock()[:10]
        waiting = {
            a.data["subject"] for _, a in waiting_for(facts, "task.excluded") if a.data["task"] == task
        }
        found = chosen(facts, data, ask(facts, task, data, today), today)
        fresh = sorted(subject for subject in found if subject not in waiting)
        if not fresh:
            raise none
        each: dict[str, Value] = {"task": task, "reason": reason, "evidence": evidence}
        return [Deed("task.excluded", f"task/{task}", {**each, "subject": subject}) for subject in fresh]

    return book.write(signer, decide)


def _policy(facts: f.Facts) -> f.Data:
    """The values of the policy in force, none before the first."""
    ledger = facts.get(f.LEDGER, f.ONE)
    policy = facts.get(f.POLICIES, ledger.policy) if ledger else None
    return policy.values if policy else {}

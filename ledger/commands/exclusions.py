"""Exclusion of all whom the policy spares this year (R079, R080)."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.book import Book, Deed, Written
from ledger.commands.find import waiting_for
from ledger.commands.plans import task_of
from ledger.keystore import Signer
from verifier import facts as f
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.law.question import ask
from verifier.law.repeats import repeats


def exclude_repeats(book: Book, signer: Signer, task: str, evidence: bytes) -> Written:
    """Take every subject that the policy in force spares this year off the pool of a task, as one write; an
    approver confirms each. Those whose exclusion waits already are left alone. Raises E-TASK-NO-REPEATS."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        data, today = task_of(facts, task).data, book.clock()[:10]
        found = repeats(facts, _policy(facts), data, ask(facts, task, data, today), today)
        waiting = {
            a.data["subject"] for _, a in waiting_for(facts, "task.excluded") if a.data["task"] == task
        }
        fresh = [subject for subject in found.subjects if subject not in waiting]
        if not fresh:
            raise LiuhenError(
                "E-TASK-NO-REPEATS",
                N_("The policy spares no further subject in the pool of {task}."),
                remedy=N_("See what a freeze would take: liuhen task preview {task}"),
                exit=Exit.REFUSED,
                task=task,
            )
        each: dict[str, Value] = {"task": task, "reason": "drawn-this-year", "evidence": evidence}
        return [Deed("task.excluded", f"task/{task}", {**each, "subject": subject}) for subject in fresh]

    return book.write(signer, decide)


def _policy(facts: f.Facts) -> f.Data:
    """The values of the policy in force, none before the first."""
    ledger = facts.get(f.LEDGER, f.ONE)
    policy = facts.get(f.POLICIES, ledger.policy) if ledger else None
    return policy.values if policy else {}

"""The end of a task, of a year and of somebody's duty (案卷归档, 年度结转, 工作交接)."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.book import Book, Deed, Written
from ledger.case_file import Paper
from ledger.keystore import Signer
from verifier import facts as f
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.law.closing import carried


def close_year(book: Book, signer: Signer, year: int) -> Written:
    """Close a year, naming what it leaves open; an approver confirms."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        left: list[Value] = [list(row) for row in carried(facts, year)]
        return [Deed("year.closed", "years", {"year": year, "carried": left})]

    return book.write(signer, decide)


def hand_over(
    book: Book,
    signer: Signer,
    holder: str,
    successor: str,
    reason: str,
    tasks: Sequence[str],
    file: bytes | None = None,
) -> Written:
    """Hand the duties of `holder` over; the successor confirms in person."""
    data: dict[str, Value] = {
        "holder": holder,
        "successor": successor,
        "tasks": list(tasks),
        "reason": reason,
    }
    if file:
        data["file"] = file
    return book.write(signer, lambda _facts: [Deed("duty.handed", "duties", data)])


def archive(
    book: Book, signer: Signer, task: str, number: str, papers: Sequence[Paper], place: str = ""
) -> Written:
    """Record the case file of a task: its number and its papers by hash."""
    rows: list[Value] = [{"no": paper.no, "title": paper.title, "file": paper.file} for paper in papers]
    data: dict[str, Value] = {"task": task, "number": number, "papers": rows}
    if place:
        data["place"] = place
    return book.write(signer, lambda _facts: [Deed("case.archived", f"task/{task}", data)])


def task_to_archive(facts: f.Facts, name: str = "") -> str:
    """The task named, else the only finished one not filed away. Raises E-TASK-NONE, E-TASK-SEVERAL."""
    if name:
        return name
    left = [
        task
        for task, held in facts.rows(f.TASKS)
        if held.completed and "fills" not in held.data and not facts.get(f.ARCHIVES, task)
    ]
    if len(left) == 1:
        return left[0]
    raise LiuhenError(
        "E-TASK-SEVERAL" if left else "E-TASK-NONE",
        N_("Tasks to file away: {tasks}.") if left else N_("No finished task waits to be filed away."),
        remedy=N_("Say which one; see them: liuhen task list"),
        exit=Exit.REFUSED,
        tasks=", ".join(left),
    )


def open_tasks(facts: f.Facts, holder: str) -> list[str]:
    """Unfinished tasks that a person made, or is responsible for by name: not drawn, or with visits to make,
    sign or publish."""
    held = facts.get(f.HOLDERS, holder)
    unfinished = {row for year in _years(facts) for row in carried(facts, year)}
    tasks = {name for kind, name in unfinished if kind == "task"}
    draws = {name.partition("/")[0] for kind, name in unfinished if kind in ("visit", "sealed")}
    visits = (facts.get(f.VISITS, name) for kind, name in unfinished if kind == "result")
    draws |= {visit.data["draw"] for visit in visits if visit}
    return [
        name
        for name, task in facts.rows(f.TASKS)
        if (task.clerk == holder or (held and held.name and task.data["responsible"] == held.name))
        and (name in tasks or task.completed in draws)
    ]


def _years(facts: f.Facts) -> set[int]:
    return {plan.year for _, plan in facts.rows(f.PLANS)}

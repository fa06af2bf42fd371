"""Policy, calendar, yearly plan and tasks (R050–R071)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from ledger import collector
from ledger.book import Book, Deed, Written
from ledger.keystore import Signer
from verifier import facts as f
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.law.plans import plan_rows
from verifier.law.question import Question, ask, seat_check
from verifier.teams import SeatCheck


def adopt_policy(
    book: Book,
    signer: Signer,
    policy: str,
    *,
    title: str,
    document: str,
    file: bytes,
    values: Mapping[str, Value],
    clauses: Mapping[str, str],
) -> Written:
    """Adopt the office's 实施细则 as data; takes effect when an approver confirms."""
    data: dict[str, Value] = {
        "policy": policy,
        "title": title,
        "document": document,
        "file": file,
        "values": dict(values),
        "clauses": dict(clauses),
    }
    return book.write(signer, lambda _facts: [Deed("policy.adopted", "policy", data)])


def year_table(year: int) -> tuple[list[str], list[str]]:
    """(off, work) of a year as `chinese_calendar` has it. Raises E-CALENDAR-UNKNOWN for a year it lacks."""
    import chinese_calendar

    day, off, work = date(year, 1, 1), [], []
    try:
        while day.year == year:
            working = chinese_calendar.is_workday(day)
            if day.weekday() < 5 and not working:
                off.append(f"{day:%m-%d}")
            if day.weekday() >= 5 and working:
                work.append(f"{day:%m-%d}")
            day += timedelta(days=1)
    except NotImplementedError as error:
        raise LiuhenError(
            "E-CALENDAR-UNKNOWN",
            N_("The State Council's arrangement for {year} is not known to this program."),
            remedy=N_(
                "Type the days in: liuhen calendar adopt {year} --notice NUMBER --off MM-DD --work MM-DD"
            ),
            exit=Exit.INCONCLUSIVE,
            year=year,
        ) from error
    return off, work


def adopt_calendar(
    book: Book, signer: Signer, year: int, notice: str, off: Sequence[str], work: Sequence[str]
) -> Written:
    data: dict[str, Value] = {
        "year": year,
        "notice": notice,
        "off": sorted(set(off)),
        "work": sorted(set(work)),
    }
    return book.write(signer, lambda _facts: [Deed("calendar.adopted", "calendar", data)])


def submit_plan(book: Book, signer: Signer, plan: str, name: str, year: int) -> Written:
    """Submit the imported rows of register `plan.<plan>` for approval."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        rows = plan_rows(facts, plan).value()
        return [
            Deed("plan.submitted", f"plan/{plan}", {"plan": plan, "name": name, "year": year, "rows": rows})
        ]

    return book.write(signer, decide)


def _plan(facts: f.Facts, plan: str) -> f.Plan:
    held = facts.get(f.PLANS, plan)
    if held is None:
        raise LiuhenError(
            "E-PLAN-UNKNOWN",
            N_("There is no submitted plan {plan}."),
            remedy=N_("See the plans: liuhen plan show"),
            exit=Exit.REFUSED,
            plan=plan,
        )
    return held


def approve_plan(
    book: Book,
    signer: Signer,
    plan: str,
    *,
    body: str = "",
    paper: tuple[Sequence[str], bytes] | None = None,
) -> Written:
    """Approve by key, or record what a collective approved on paper (names, SHA-256 of the scan)."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        data: dict[str, Value] = {"plan": plan, "of": _plan(facts, plan).leaf}
        if body:
            data["body"] = body
        if paper:
            data["paper"] = {"names": list(paper[0]), "scan": paper[1]}
        return [Deed("plan.approved", f"plan/{plan}", data)]

    return book.write(signer, decide)


def reject_plan(book: Book, signer: Signer, plan: str, reason: str) -> Written:
    def decide(facts: f.Facts) -> Sequence[Deed]:
        data: dict[str, Value] = {"plan": plan, "of": _plan(facts, plan).leaf, "reason": reason}
        return [Deed("plan.rejected", f"plan/{plan}", data)]

    return book.write(signer, decide)


def publication(
    channel: str, day: str, address: str = "", screenshot: bytes | None = None
) -> dict[str, Value]:
    """The fields of a publication: channel, date, address and screenshot hash where given."""
    data: dict[str, Value] = {"channel": channel, "date": day}
    if address:
        data["address"] = address
    if screenshot:
        data["screenshot"] = screenshot
    return data


def publish_plan(book: Book, signer: Signer, plan: str, where: Mapping[str, Value]) -> Written:
    return book.write(
        signer, lambda _facts: [Deed("plan.published", f"plan/{plan}", {"plan": plan, **where})]
    )


def file_plan(
    book: Book,
    signer: Signer,
    plan: str,
    table: str,
    authority: str,
    day: str,
    *,
    number: str = "",
    receipt: bytes | None = None,
) -> Written:
    """Record that a table of a plan was filed (备案) with an authority."""
    data: dict[str, Value] = {"plan": plan, "table": table, "authority": authority, "date": day}
    if number:
        data["number"] = number
    if receipt:
        data["receipt"] = receipt
    return book.write(signer, lambda _facts: [Deed("plan.filed", f"plan/{plan}", data)])


def amend_plan(book: Book, signer: Signer, plan: str, reason: str) -> Written:
    """Propose the rows of register `amend.<plan>` in place of the plan's; an approver confirms."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        rows = plan_rows(facts, plan, "amend").value()
        return [Deed("plan.amended", f"plan/{plan}", {"plan": plan, "rows": rows, "reason": reason})]

    return book.write(signer, decide)


def _nothing(_facts: f.Facts) -> Sequence[Deed]:
    return ()


def new_task(
    book: Book,
    signer: Signer,
    task: str,
    plan: str,
    row: str,
    *,
    scheme: tuple[str, bytes],
    form: tuple[str, str, bytes],
    window: tuple[str, str],
    responsible: str,
    seats: Sequence[tuple[str, str, int]],
    teams: str = "each",
    groups: int | None = None,
    public: str = "none",
    sealed: bool | None = None,
    strata: Sequence[Mapping[str, Value]] = (),
    overall: tuple[int, int] | None = None,
    tags: Sequence[str] = (),
    exception: str = "",
    batch: int | None = None,
    elsewhere: Mapping[str, Value] | None = None,
    before: Callable[[f.Facts], Sequence[Deed]] = _nothing,
) -> Written:
    """Make a task from a plan row; takes effect when an approver confirms.

    Without `strata` there is one, of the row's rate over the row's tags (or `tags`) and active subjects;
    with `overall` the strata carry weights and share one rate. A low rate takes the row's reason as its
    exception unless another is given. The batch is the first that the row has no task for.

    With `elsewhere` another department drew the subjects: `before` imports its list, all of it is the pool.
    """

    def decide(facts: f.Facts) -> Sequence[Deed]:
        held = facts.get(f.register(f"plan.{plan}"), row)
        if held is None:
            raise LiuhenError(
                "E-PLAN-ROW",
                N_("Plan {plan} has no row {row}."),
                remedy=N_("See its rows: liuhen plan show {plan}"),
                exit=Exit.REFUSED,
                plan=plan,
                row=row,
            )
        record = held.record
        wanted = list(tags) or list(record.get("tags", ()))
        conditions: dict[str, Value] = {"status": ["active"]}
        if wanted:
            conditions["tags"] = sorted(wanted)
        share = (1, 1) if elsewhere else (record["p"], record["q"])
        whole: dict[str, Value] = {
            "id": "all",
            "filter": {} if elsewhere else conditions,
            "p": share[0],
            "q": share[1],
        }
        ledger = facts.get(f.LEDGER, f.ONE)
        policy = facts.get(f.POLICIES, ledger.policy) if ledger else None
        data: dict[str, Value] = {
            "task": task,
            "plan": plan,
            "row": row,
            "batch": batch or _next_batch(facts, plan, row),
            "items": record["items"],
            "scheme": {"name": scheme[0], "file": scheme[1]},
            "form": {"name": form[0], "version": form[1], "file": form[2]},
            "window": list(window),
            "responsible": responsible,
            "strata": [dict(s) for s in strata] or [whole],
            "rounding": "total" if overall else "ceil",
            "teams": teams,
            "seats": [list(seat) for seat in seats],
            "sealed": bool(policy and policy.values["sealed"]) if sealed is None else sealed,
            "public": public,
        }
        if overall:
            data["p"], data["q"] = overall
        if teams == "groups":
            data["groups"] = groups or 1
        if text := exception or record.get("reason", ""):
            data["exception"] = text
        if elsewhere:
            data["elsewhere"] = dict(elsewhere)
        return [*before(facts), Deed("task.created", f"task/{task}", data)]

    return book.write(signer, decide)


def _next_batch(facts: f.Facts, plan: str, row: str) -> int:
    """The first batch of a plan row that no task has."""
    held = {
        task.data["batch"]
        for _, task in facts.rows(f.TASKS)
        if task.data["row"] == row and task.data["plan"] == plan
    }
    return next(n for n in range(1, len(held) + 2) if n not in held)


def task_of(facts: f.Facts, task: str) -> f.Task:
    """An approved task. Raises E-TASK-UNKNOWN."""
    held = facts.get(f.TASKS, task)
    if held is None:
        waiting = [a for _, a in facts.rows(f.PENDING) if a.type == "task.created" and not a.done]
        if seq := next((act.seq for act in waiting if act.data["task"] == task), None):
            raise LiuhenError(
                "E-TASK-WAITING",
                N_("Task {task} is proposed, and not approved yet (entry {seq})."),
                remedy=N_("An approver confirms it: liuhen confirm {seq}"),
                exit=Exit.REFUSED,
                task=task,
                seq=seq,
            )
        raise LiuhenError(
            "E-TASK-UNKNOWN",
            N_("There is no approved task {task}."),
            remedy=N_("See the tasks: liuhen task list; a new task waits for its approver: liuhen confirm"),
            exit=Exit.REFUSED,
            task=task,
        )
    return held


def exclude(book: Book, signer: Signer, task: str, subject: str, reason: str, evidence: bytes) -> Written:
    """Take a subject off the pool of a task; takes effect when an approver confirms."""
    data: dict[str, Value] = {"task": task, "subject": subject, "reason": reason, "evidence": evidence}
    return book.write(signer, lambda _facts: [Deed("task.excluded", f"task/{task}", data)])


@collector.paused()
def preview(facts: f.Facts, task: str, today: str) -> tuple[Question, SeatCheck]:
    """试算: the question as it would be frozen today, and whether its seats can be filled."""
    data = task_of(facts, task).data
    question = ask(facts, task, data, today)
    return question, seat_check(data, question.frozen)

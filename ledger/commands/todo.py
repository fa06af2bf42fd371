"""今天要办: what an office has to do, computed from the facts and the day.

A pure function: it writes nothing and asks no clock. Each line names who may do it and the command that does
it; the command may still be refused by the law, which alone decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from ledger.commands import checks, fills, find, library, notices, reviews, visits
from ledger.commands.draws import stage
from verifier import facts as f
from verifier.calendar import Deadline
from verifier.errors import N_
from verifier.facts import Facts
from verifier.law.closing import carried
from verifier.law.dues import years_of
from verifier.law.filings import draw_filing, filing_dues
from verifier.law.followups import followup_dues
from verifier.law.heads import cosigners_missing
from verifier.law.joined import drawn, last_day, last_days, unseen, visit_of
from verifier.law.keys import in_force
from verifier.law.platforms import unreceived
from verifier.law.reports import draw_dues, report_dues
from verifier.vocabulary import REPORT_FORMS

CERTIFICATE_DAYS = 30
"""A certificate that ends within so many days is named."""
CALENDAR_DAYS = 62
"""The calendar of a later year is asked for so many days before a last day that hangs on it; it is announced
in the November before."""
WORKBOOK, RULES = "一单两库模板.xlsx", "实施细则.pdf"
BLANKS = frozenset(
    (
        *(
            WORKBOOK,
            RULES,
            "平台导出.xlsx",
            "回执号",
            "方案.docx",
            "检查表.docx",
            "负责人",
            "席位",
            "备案机关",
            "号码",
            "新有效期",
            "原因",
            "检查日期",
            "部门结果.pdf",
            "签字人",
            "表格编号",
            "案卷号",
        ),
        *("处置方式", "报送单位", "报表.xlsx"),
    )
)
"""Words of the commands below that stand for what only the person knows."""

_LISTS = (
    ("items", "item", N_("The list of inspection items is empty")),
    ("subjects", "subject", N_("The list of subjects is empty")),
    ("officers", "officer", N_("The list of officers is empty")),
)
_WATCHERS = ("supervisor", "observer")


@dataclass(frozen=True)
class Todo:
    """One thing to do: a sentence (English template and its fields), the command, who may give it.

    `who` are holder ids, empty for anybody; `due` is the last day (YYYY-MM-DD or ""), `provisional` while a
    calendar is missing, `late` as of the day asked about.
    """

    kind: str
    what: str
    step: str
    who: tuple[str, ...] = ()
    due: str = ""
    provisional: bool = False
    late: bool = False
    params: Mapping[str, object] = field(default_factory=dict)

    def command(self) -> str:
        """The command as the first of those who may give it types it."""
        return f"liuhen --as {self.who[0]} {self.step}" if self.who else f"liuhen {self.step}"


def todos(facts: Facts, today: str) -> list[Todo]:
    """Everything to do as of `today` (YYYY-MM-DD): what is late first, then by last day, then in the order
    in which a year goes."""
    clerks = tuple(find.holders_with(facts, ["clerk"]))
    found = [
        *_waiting(facts),
        *_foundations(facts, clerks),
        *_plans(facts, clerks, today),
        *_filings(facts, clerks, today),
        *_tasks(facts, clerks, today),
        *_draws(facts, clerks, today),
        *_draw_filings(facts, clerks, today),
        *_visits(facts, clerks, today),
        *_checks(facts, clerks),
        *_library(facts, clerks),
        *_notices(facts, clerks),
        *_departments(facts, clerks, today),
        *_reviews(facts, clerks),
        *_followups(facts, clerks, today),
        *_reports(facts, clerks, today),
        *_receipts(facts, clerks),
        *_certificates(facts, clerks, today),
        *_cases(facts, clerks),
        *_years(facts, clerks, today),
    ]
    found += _calendars(facts, clerks, today, found)
    return sorted(found, key=lambda one: (not one.late, one.due or "9999"))


def _waiting(facts: Facts) -> Iterator[Todo]:
    """Acts of one person that wait for another; public values and aborts belong to their draw."""
    for leaf, act in find.waiting(facts):
        if act.type in ("draw.public_value", "draw.aborted"):
            continue
        yield Todo(
            "confirm",
            N_("Entry {seq} ({type}) of {holder} waits for a second person"),
            f"confirm {act.seq}",
            tuple(find.confirmers(facts, bytes.fromhex(leaf))),
            params={"seq": act.seq, "type": act.type, "holder": act.holder},
        )


def _foundations(facts: Facts, clerks: tuple[str, ...]) -> Iterator[Todo]:
    for register, noun, what in _LISTS:
        if next(iter(facts.rows(f.register(register))), None) is None:
            yield Todo(f"list.{register}", what, f"{noun} import {WORKBOOK}", clerks)
    ledger = facts.get(f.LEDGER, f.ONE)
    if (ledger is None or not ledger.policy) and not find.waiting_for(facts, "policy.adopted"):
        yield Todo("policy", N_("No policy is in force"), f"policy adopt s0 --file {RULES}", clerks)


def _calendars(facts: Facts, clerks: tuple[str, ...], today: str, found: Iterable[Todo]) -> Iterator[Todo]:
    """The calendar of this year, and of a year on which a last day that is near hangs."""
    near = (date.fromisoformat(today) + timedelta(days=CALENDAR_DAYS)).isoformat()
    wanted = {one.due[:4] for one in found if one.provisional and one.due <= near}
    for year in sorted({today[:4], *wanted}):
        if facts.get(f.CALENDARS, year) is None:
            yield Todo(
                "calendar",
                N_("The working days of {year} are not adopted: its deadlines are provisional"),
                f"calendar adopt {year}",
                clerks,
                params={"year": year},
            )


def _plans(facts: Facts, clerks: tuple[str, ...], today: str) -> Iterator[Todo]:
    years = (str(int(today[:4]) + shift) for shift in (-1, 0, 1))
    for plan in (f"plan-{year}" for year in years):
        if facts.get(f.PLANS, plan) is None and any(True for _ in facts.rows(f.register(f"plan.{plan}"))):
            what = N_("Plan {plan} is imported and not submitted")
            yield Todo("plan.submit", what, f"plan submit {plan}", clerks, params={"plan": plan})
    held = dict(facts.rows(f.PLANS))
    none = all(plan.year != int(today[:4]) for plan in held.values())
    if none and not any(True for _ in facts.rows(f.register(f"plan.plan-{today[:4]}"))):
        what = N_("There is no plan for {year}")
        yield Todo("plan.import", what, f"plan import {WORKBOOK}", clerks, params={"year": today[:4]})
    for plan, row in held.items():
        if row.state == "submitted" and not _decided(facts, plan):
            approvers = tuple(h for h in find.holders_with(facts, ["approver"]) if h != row.clerk)
            what = N_("Plan {plan} waits for its approval")
            yield Todo("plan.approve", what, f"plan approve {plan}", approvers, params={"plan": plan})
        elif row.state == "approved":
            what = N_("Plan {plan} is approved and not published")
            step = f"plan publish {plan} --channel portal"
            yield Todo("plan.publish", what, step, clerks, params={"plan": plan})
        elif row.state == "rejected":
            what = N_("Plan {plan} was sent back")
            step = f"plan import {WORKBOOK} --plan {plan}"
            yield Todo("plan.mend", what, step, clerks, params={"plan": plan})
        elif row.state == "published":
            yield from _rows_without_task(facts, plan, clerks, today)


def _decided(facts: Facts, plan: str) -> bool:
    """Whether an approval on paper waits for its confirmation."""
    return any(act.data["plan"] == plan for _leaf, act in find.waiting_for(facts, "plan.approved"))


def _rows_without_task(facts: Facts, plan: str, clerks: tuple[str, ...], today: str) -> Iterator[Todo]:
    made = {(t.data.get("plan"), t.data.get("row")) for _name, t in facts.rows(f.TASKS)}
    made |= {(a.data.get("plan"), a.data.get("row")) for _l, a in find.waiting_for(facts, "task.created")}
    for row, held in facts.rows(f.register(f"plan.{plan}")):
        if (plan, row) not in made:
            until = str(held.record["until"])
            yield Todo(
                "task.new",
                N_("Row {row} of {plan} ({name}) has no task yet; it is due in {until}"),
                f"task new task-{until[:4]}-{row} --plan {plan} --row {row} --scheme 方案.docx"
                " --form 检查表.docx --form-version 1 --responsible 负责人 --seat 席位",
                clerks,
                _month_end(until),
                late=until < today[:7],
                params={"row": row, "plan": plan, "name": held.record["task_name"], "until": until},
            )


def _month_end(month: str) -> str:
    """The last day of a month YYYY-MM."""
    first = date.fromisoformat(f"{month}-01")
    return ((first + timedelta(days=31)).replace(day=1) - timedelta(days=1)).isoformat()


def _filings(facts: Facts, clerks: tuple[str, ...], today: str) -> Iterator[Todo]:
    for due in filing_dues(facts, years_of(facts)):
        plan = facts.get(f.PLANS, due.plan)
        if due.filed or plan is None or plan.state not in ("approved", "published"):
            continue
        yield _dated(
            due.limit,
            today,
            "plan.file",
            N_("Plan {plan} is to be filed"),
            f"plan file {due.plan} --table {due.table} --authority 备案机关",
            clerks,
            {"plan": due.plan},
        )


def _dated(
    limit: Deadline | None,
    today: str,
    kind: str,
    what: str,
    step: str,
    who: tuple[str, ...],
    params: Mapping[str, object],
) -> Todo:
    if limit is None:
        return Todo(kind, what, step, who, params=params)
    last = limit.latest or limit.earliest
    late = limit.judge(date.fromisoformat(today)) is False
    return Todo(kind, what, step, who, last.isoformat(), limit.latest is None, late, params)


def _tasks(facts: Facts, clerks: tuple[str, ...], today: str) -> Iterator[Todo]:
    for name, task in facts.rows(f.TASKS):
        if not task.completed and not task.open_draw and not _moot(facts, task):
            last = task.data["window"][1]
            yield Todo(
                "draw.begin",
                N_("Task {task} is approved and not drawn"),
                f"draw ceremony --task {name}",
                clerks,
                due=last,
                late=today > last,
                params={"task": name},
            )


def _moot(facts: Facts, task: f.Task) -> bool:
    """Whether every visit that a 补抽 would fill was made after all."""
    if "fills" not in task.data:
        return False
    held = task.data["fills"]
    return all(visit_of(facts, held["draw"], subject) for subject, _ in held["visits"])


def _draws(facts: Facts, clerks: tuple[str, ...], today: str) -> Iterator[Todo]:
    """Open draws, each to be finished by the end of its task's window."""
    for one in _open_draws(facts, clerks):
        yield replace(one, late=bool(one.due) and today > one.due)


def _open_draws(facts: Facts, clerks: tuple[str, ...]) -> Iterator[Todo]:
    """Open draws, each with the one thing that it waits for."""
    for name, draw in find.draws(facts):
        if draw.state != "frozen":
            continue
        task = facts.get(f.TASKS, draw.task)
        last = task.data["window"][1] if task else ""
        left = stage(draw)
        params = {"draw": name}
        abort = [act for _l, act in find.waiting_for(facts, "draw.aborted") if act.data["draw"] == name]
        typed = [
            pair for pair in find.waiting_for(facts, "draw.public_value") if pair[1].data["draw"] == name
        ]
        if abort:
            what = N_("The abort of draw {draw} waits for a second person")
            parties = set(draw.parties.values())
            others = set(find.holders_with(facts, ["approver"])) if abort[-1].holder in parties else parties
            who = tuple(sorted(others - {abort[-1].holder}))
            yield Todo("draw.abort", what, f"confirm {abort[-1].seq}", who, last, params=params)
        elif missing := cosigners_missing(facts, draw):
            what = N_("Draw {draw}: waits for {n} cosigner(s) to sign the head over its frozen list")
            counted = {**params, "n": missing}
            yield Todo("draw.cosign", what, "cosign request .", clerks, last, params=counted)
        elif left.to_commit:
            what = N_("Draw {draw}: random numbers are still to be sealed")
            yield Todo("draw.commit", what, f"draw commit {name}", left.to_commit, last, params=params)
        elif left.needs_value and typed:
            leaf, act = typed[-1]
            what = N_("Draw {draw}: the public value waits for a supervisor or observer")
            who = tuple(find.confirmers(facts, bytes.fromhex(leaf)))
            yield Todo("draw.value", what, f"confirm {act.seq}", who, last, params=params)
        elif left.needs_value:
            what = N_("Draw {draw}: the public value is missing")
            step = f"draw public-value {name} --value 号码"
            yield Todo("draw.value", what, step, clerks, last, params=params)
        elif left.to_reveal:
            what = N_("Draw {draw}: random numbers are still to be opened")
            yield Todo("draw.reveal", what, f"draw reveal {name}", left.to_reveal, last, params=params)
        elif not draw.parties:
            what = N_("Draw {draw}: what the platform drew is to be received")
            if not _of_draw(facts, "draw.recorded", name):
                step = f"draw receive 平台导出.xlsx --draw {name}"
                yield Todo("draw.receive", what, step, clerks, last, params=params)
        else:
            what = N_("Draw {draw}: everything is opened; it can be drawn")
            yield Todo("draw.run", what, f"draw run {name}", clerks, last, params=params)


def _draw_filings(facts: Facts, clerks: tuple[str, ...], today: str) -> Iterator[Todo]:
    """Results of draws that the policy wants filed (R094)."""
    years = years_of(facts)
    for name, draw in find.draws(facts):
        due = draw_filing(facts, name, draw, years)
        if due is not None and not due[1]:
            what = N_("The result of draw {draw} is to be filed")
            step = f"draw file {name} --authority 备案机关"
            yield _dated(due[0], today, "draw.file", what, step, clerks, {"draw": name})


def _of_draw(facts: Facts, kind: str, draw: str) -> list[tuple[str, f.Pending]]:
    return [pair for pair in find.waiting_for(facts, kind) if pair[1].data["draw"] == draw]


def _visits(facts: Facts, clerks: tuple[str, ...], today: str) -> Iterator[Todo]:
    """Visits of completed draws: to be made, signed and published. Those not made yet are only counted."""
    unfinished = visits.unfinished(facts)
    for name, draw in find.draws(facts):
        task = facts.get(f.TASKS, draw.task)
        if draw.state not in find.DONE or task is None or "fills" in task.data:
            continue
        last, whole = task.data["window"][1], drawn(facts, name)
        left = unseen(facts, name)
        yield from _to_replace(facts, name, left, clerks)
        waiting = visits.waiting_visits(facts, name)
        ends = last_days(facts, name, (subject for subject in left if subject not in waiting))
        for end, count in sorted(Counter(ends.values()).items()):
            yield Todo(
                "visit.record",
                N_("Draw {draw}: {count} of {all} visits are still to be made and recorded"),
                f"inspect sheet --draw {name}",
                clerks,
                end,
                late=today > end,
                params={"draw": name, "count": count, "all": len(whole)},
            )
        due = visits.dues(facts, name, today, unfinished.get(name, ()))
        yield from _to_sign(facts, name, due, today)
        yield from _to_publish(facts, name, due, clerks)
        if draw.veiled and draw.outcome and (not left or today > last):
            what = N_("Draw {draw}: its result can be published now (unseal)")
            yield Todo("draw.unseal", what, f"draw unseal {name}", clerks, last, late=today > last,
                       params={"draw": name})  # fmt: skip


def _to_replace(facts: Facts, draw: str, left: list[str], clerks: tuple[str, ...]) -> Iterator[Todo]:
    """Officers in conflict with a subject `left`, before the visit: who follows by ticket, else a 补抽."""
    found = list(fills.in_conflict(facts, draw, left))
    for one in found:
        words = {"draw": draw, "subject": one.subject, "officer": find.officer_name(facts, one.officer)}
        if one.follows:
            what = N_("Draw {draw}: {officer} has a conflict with {subject} and must be replaced first")
            step = f"recuse {one.subject} {one.officer} --draw {draw} --reason recusal"
            yield Todo("recuse", what, step, clerks, params=words)
    seats = fills.open_seats(facts, found)
    if seats:
        what = N_("Draw {draw}: {count} seats are open and nobody may follow by random number")
        yield Todo("task.fill", what, f"task fill --draw {draw}", clerks,
                   params={"draw": draw, "count": len(seats)})  # fmt: skip


def _to_sign(facts: Facts, draw: str, due: list[visits.Due], today: str) -> Iterator[Todo]:
    for one in due:
        held = facts.get(f.VISITS, one.visit) if one.state == "unsigned" else None
        if held is not None:
            last = last_day(facts, draw, one.team.subject)
            left = tuple(o for o in held.data["officers"] if o not in held.signed)
            what = N_("Visit {visit} waits for the signatures of its officers")
            yield Todo("visit.sign", what, f"inspect sign {one.visit}", left, last, late=today > last,
                       params={"visit": one.visit})  # fmt: skip


def _to_publish(facts: Facts, draw: str, due: list[visits.Due], clerks: tuple[str, ...]) -> Iterator[Todo]:
    signed = [one for one in due if one.state == "effective"]
    free = reviews.all_publishable(facts, draw, [one.visit for one in signed])
    ready = [one for one in signed if one.visit in free]
    if not ready:
        return
    limits = [one.limit for one in ready if one.limit is not None]
    first = min(limits, key=lambda limit: limit.latest or limit.earliest, default=None)
    last = (first.latest or first.earliest).isoformat() if first else ""
    yield Todo(
        "result.publish",
        N_("Draw {draw}: {count} results are to be published"),
        f"result register --all --draw {draw} --channel credit_system",
        clerks,
        last,
        first is not None and first.latest is None,
        any(one.late for one in ready),
        {"draw": draw, "count": len(ready)},
    )


def _library(facts: Facts, clerks: tuple[str, ...]) -> Iterator[Todo]:
    """Items of tasks not yet drawn that no form of the library names (R102)."""
    for task, items in library.bare_tasks(facts):
        what = N_("Task {task}: {items} have no check form in the library yet")
        step = f"form publish 表格编号 检查表.docx --version 1 --item {' --item '.join(items)}"
        yield Todo("form.publish", what, step, clerks, params={"task": task, "items": "、".join(items)})


def _notices(facts: Facts, clerks: tuple[str, ...]) -> Iterator[Todo]:
    """Subjects still to be told of their visit, where the policy asks for it (R112)."""
    for name in notices.notices_wanted(facts):
        left = notices.unnotified(facts, name)
        if left:
            what = N_("Draw {draw}: {count} subjects have no notice of their visit yet")
            step = f"inspect notice --all --draw {name} --day 检查日期"
            yield Todo("notice", what, step, clerks, params={"draw": name, "count": len(left)})


def _departments(facts: Facts, clerks: tuple[str, ...], today: str) -> Iterator[Todo]:
    """Departments whose own results of joint checks are missing: by their key, else on paper (R132)."""
    size = head.size if (head := facts.get(f.HEAD, f.ONE)) else 0
    for (draw, department), missing in reviews.owing(facts).items():
        keys = [key for _, key in facts.rows(f.KEYS) if key.unit == department and in_force(key, size)]
        own = tuple(sorted({k.holder for k in keys if {"clerk", "officer"} & set(k.roles)}))
        step = f"inspect result --all --draw {draw}"
        paper = f"{step} --department {department} --scan 部门结果.pdf --names 签字人"
        what = N_("Draw {draw}: {department} has still to enter its result of {count} visits")
        words = {"draw": draw, "department": department, "count": len(missing)}
        last = min(last_day(facts, draw, visits.visit_of(facts, name).data["subject"]) for name in missing)
        yield Todo(
            "result.department", what, step if own else paper, own or clerks, last, late=today > last,
            params=words,
        )  # fmt: skip


def _reviews(facts: Facts, clerks: tuple[str, ...]) -> Iterator[Todo]:
    """Records to be reviewed, by others than who recorded them, and those sent back."""
    by_draw: dict[str, list[f.Visit]] = {}
    for name in reviews.to_review(facts):
        visit = visits.visit_of(facts, name)
        by_draw.setdefault(visit.data["draw"], []).append(visit)
    for draw, waiting in by_draw.items():
        recorded = {visit.holder for visit in waiting}
        able = find.holders_with(facts, ["approver"]) or find.holders_with(facts, ["clerk"])
        who = tuple(holder for holder in able if holder not in recorded)
        what = N_("Draw {draw}: {count} results wait for their review")
        words = {"draw": draw, "count": len(waiting)}
        yield Todo("result.review", what, f"result review --all --draw {draw}", who, params=words)
    for name, visit, reason in reviews.sent_back(facts):
        what = N_("The result of {visit} (entry {seq}) was sent back and is to be corrected: {reason}")
        words = {"visit": name, "seq": visit.seq, "reason": reason}
        yield Todo("result.mend", what, f"inspect show {name}", clerks, params=words)


def _checks(facts: Facts, clerks: tuple[str, ...]) -> Iterator[Todo]:
    """Checks outside the plan whose reason nobody has written (R099)."""
    for check in checks.unexplained(facts):
        what = N_("Check {check} of {subject} was outside the plan and has no ground: say why")
        step = f"correct {check.seq} reason 原因 --reason 补充说明"
        words = {"check": check.name, "subject": find.subject_name(facts, check.data["subject"])}
        yield Todo("check.reason", what, step, clerks, params=words)


def _followups(facts: Facts, clerks: tuple[str, ...], today: str) -> Iterator[Todo]:
    """Results without a follow-up, and follow-ups that are to be settled."""
    for due in followup_dues(facts, years_of(facts)):
        params = {"visit": due.visit, "followup": due.followup}
        if not due.followup:
            what = N_("Visit {visit} found a problem: what is done about it?")
            step = f"followup record {due.visit} --kind 处置方式"
            yield _dated(due.limit, today, "followup.record", what, step, clerks, params)
        elif not due.closed:
            what = N_("Follow-up {followup} of visit {visit} is to be settled")
            step = f"followup close {due.followup}"
            yield _dated(due.limit, today, "followup.close", what, step, clerks, params)


def _reports(facts: Facts, clerks: tuple[str, ...], today: str) -> Iterator[Todo]:
    """Bulletins, reports of tasks and reports in a form that the policy asks for."""
    years = years_of(facts)
    for due in draw_dues(facts, years, today, "bulletin"):
        if not due.done:
            what = N_("Draw {draw} has no bulletin yet")
            step = f"bulletin issue --draw {due.of} --channel portal"
            yield _dated(due.limit, today, "bulletin.issue", what, step, clerks, {"draw": due.of})
    for due in draw_dues(facts, years, today, "task"):
        if not due.done and due.limit is not None:
            what = N_("Draw {draw} was carried out and is to be reported")
            step = f"report task --draw {due.of} --to 报送单位"
            yield _dated(due.limit, today, "report.task", what, step, clerks, {"draw": due.of})
    for form in report_dues(facts, years, today):
        if not form.done:
            first = (date.fromisoformat(form.after) + timedelta(days=1)).isoformat()
            what = N_("Report {form} of {first} – {last} is to be handed in")
            step = f"report issue {form.of} 报表.xlsx --from {first} --until {form.day}"
            words = {"form": REPORT_FORMS[form.of], "first": first, "last": form.day}
            yield _dated(form.limit, today, "report.issue", what, step, clerks, words)


def _receipts(facts: Facts, clerks: tuple[str, ...]) -> Iterator[Todo]:
    """What the platform that the policy names has given no receipt of."""
    for one in unreceived(facts):
        what = (
            N_("Plan {plan}: no receipt of the platform yet")
            if one.kind == "plan"
            else N_("Draw {draw}: no receipt of the platform yet")
        )
        step = f"platform receipt --{one.kind} {one.name} --number 回执号"
        yield Todo("platform.receipt", what, step, clerks, params={one.kind: one.name})


def _certificates(facts: Facts, clerks: tuple[str, ...], today: str) -> Iterator[Todo]:
    horizon = (date.fromisoformat(today) + timedelta(days=CERTIFICATE_DAYS)).isoformat()
    for name, row in facts.rows(f.register("officers")):
        held = [row.record, *([row.record["other_certificate"]] if "other_certificate" in row.record else [])]
        last = max(str(one["valid_to"]) for one in held)
        if row.record["status"] == "active" and last <= horizon:
            late = last < today
            what = (
                N_("The certificate of {officer} has ended: renew it, or take the officer off the list")
                if late
                else N_("The certificate of {officer} ends soon")
            )
            words = {"officer": f"{row.record['name']} ({name})"}
            step = f"officer change {name} --valid-to 新有效期"
            yield Todo("certificate", what, step, clerks, last, late=late, params=words)


def _cases(facts: Facts, clerks: tuple[str, ...]) -> Iterator[Todo]:
    """Finished tasks whose case is not filed away (R150): everything drawn, visited, published, settled."""
    years = {plan.year for _, plan in facts.rows(f.PLANS)}
    left = [row for year in sorted(years) for row in carried(facts, year)]
    draws = {name.partition("/")[0] for kind, name in left if kind == "visit"}
    unsettled = {name for kind, name in left if kind in ("result", "followup")}
    for key in facts.keys(f.FOLLOWUPS):
        visit, _, followup = key.partition("/")
        unsettled |= {visit} if followup in unsettled else set()
    for row in facts.known(f.VISITS, unsettled).values():
        draws.add(row.data["draw"])
    for kind, name in left:
        task = facts.get(f.TASKS, name) if kind == "archive" else None
        if task is not None and task.completed not in draws and "fills" not in task.data:
            what = N_("Task {task} is finished: file its case away")
            yield Todo("case.archive", what, f"archive {name} --number 案卷号", clerks, params={"task": name})


def _years(facts: Facts, clerks: tuple[str, ...], today: str) -> Iterator[Todo]:
    """Years with a plan that may be closed: from 1 December on, by its last day."""
    for year in sorted({plan.year for _, plan in facts.rows(f.PLANS)}):
        waits = any(act.data["year"] == year for _leaf, act in find.waiting_for(facts, "year.closed"))
        if today >= f"{year}-12-01" and not waits and facts.get(f.CLOSED_YEARS, str(year)) is None:
            what = N_("The year {year} is to be closed: what is open is named and carried over")
            last = f"{year}-12-31"
            yield Todo("year.close", what, f"year close {year}", clerks, last, late=today > last,
                       params={"year": year})  # fmt: skip

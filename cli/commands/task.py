"""`liuhen task`: tasks made from plan rows, exclusions from their pool, and 试算 (R063–R081, R102)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from cli.batch import gathering, give
from cli.desk import Desk, file_hash, holder_name, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.imports import clean
from cli.onward import onward
from cli.planning.fill import fill
from cli.planning.named import row_named, the_plan
from cli.planning.received import received_list, received_options
from cli.preview import Preview, doubts, filter_text, preview, rate_text
from cli.table import table
from cli.task_options import Conditions, Seat, Weights
from cli.typed import as_other, confirming
from cli.words import Word, listed, said
from ledger.commands import find, plans
from ledger.commands.exclusions import exclude_repeats, exclude_superior
from ledger.importing.batch import read_tasks
from verifier import facts as f
from verifier.codec import Value
from verifier.draw import parse_public_form
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Data, Facts
from verifier.vocabulary import EXCLUSION_REASONS, REPLACEMENT_REASONS, Role

_STATES = {
    "proposed": N_("waits for confirmation"),
    "approved": N_("approved, not drawn"),
    "open": N_("draw open"),
    "done": N_("drawn"),
}
_DAY = click.DateTime(["%Y-%m-%d"])
_WHOM = {(False, False, True, True), (True, False, False, False), (False, True, False, False)}
"""What `task exclude` may be told of --all-drawn, --all-superior, a subject and a reason."""


@click.group(help=_("Tasks made from plan rows: new, list, show, exclude, preview (试算)."))
def command() -> None: ...


command.add_command(fill)


@command.command(
    "new",
    help=_(
        "Make a task from a row of a published plan; it takes effect when an approver confirms. The rate and "
        "the tags are those of the row. Seats: department, qualification and count, specialists first; seat "
        "1 leads the team."
    )
    + example(
        "liuhen task new t-2026-1 --row 1 --scheme 方案.docx --form 检查表.docx --form-version 1"
        " --responsible 张示范 --seat fgj/safety --seat scj",
        "liuhen task new t-2026-2 --row 2 --scheme 方案.docx --form 检查表.docx --form-version 1"
        " --responsible 张示范 --seat fgj*2 --groups 3 --public balls:7 --by-risk A=1,B=2,C=4,D=8",
        "liuhen task new t-2026-3 --row 联001 --scheme 方案.docx --form 检查表.docx --form-version 1"
        " --responsible 张示范 --seat fgj*2 --received 牵头部门名单.xlsx --lead 市场监管局",
    ),
)
@click.argument("task")
@click.option("--row", required=True, help=_("Row of the plan (序号)"))
@click.option("--plan", default="", help=_("Plan (default: the only one published)"))
@click.option(
    "--scheme", type=click.Path(path_type=Path), required=True, help=_("The work scheme (工作方案)")
)
@click.option("--scheme-name", default="", help=_("Name of the scheme (default: that of the file)"))
@click.option("--form", type=click.Path(path_type=Path), required=True, help=_("The check form (检查表)"))
@click.option("--form-name", default="", help=_("Name of the form (default: that of the file)"))
@click.option("--form-version", required=True, help=_("Version of the form"))
@click.option(
    "--window",
    type=(_DAY, _DAY),
    metavar="FROM UNTIL",
    help=_("Days in which visits are made (default: today to the end of the row's month)"),
)
@click.option("--responsible", required=True, help=_("Who is responsible"))
@click.option(
    "--seat",
    "seats",
    type=Seat(),
    multiple=True,
    required=True,
    metavar="DEPT[/QUAL][*COUNT]",
    help=_("Seats of a team; may be given several times"),
)
@click.option(
    "--groups", type=click.IntRange(1, 1000), help=_("Standing groups; default: a team for each subject")
)
@click.option(
    "--public",
    default="none",
    help=_("Public value: none, balls:7, dice:10, lottery:NAME:ISSUE"),
    show_default=True,
)
@click.option(
    "--by-risk",
    type=Weights(),
    metavar="A=1,B=2,…",
    help=_("Divide the rate by risk class, with these weights"),
)
@click.option(
    "--stratum",
    "strata",
    type=Conditions(),
    multiple=True,
    metavar="ID:ATTR=V|V,…",
    help=_("A stratum, drawn at the row's rate; may be given several times"),
)
@click.option("--tag", "tags", multiple=True, help=_("Tags drawn from (default: those of the row)"))
@click.option(
    "--exception",
    default="",
    help=_("Why the rate may be lower than the policy's (default: the row's reason)"),
)
@click.option(
    "--sealed/--public-draw",
    default=None,
    help=_("Keep who was drawn closed until the visits are over (default: the policy's)"),
)
@click.option("--batch", type=click.IntRange(1, 1000), help=_("Batch of this row (default: the next one)"))
@received_options
@pass_desk
def new(
    desk: Desk,
    /,
    task: str,
    row: str,
    plan: str,
    scheme: Path,
    form: Path,
    form_version: str,
    window: tuple[Any, Any] | None,
    strata: tuple[tuple[str, dict[str, list[str]]], ...],
    by_risk: tuple[tuple[str, int], ...] | None,
    tags: tuple[str, ...],
    groups: int | None,
    received: Path | None,
    lead: str,
    platform: str,
    map_name: str,
    **rest: Any,
) -> None:
    if received and (by_risk or strata or tags):
        raise click.UsageError(_("All of a received list is taken: neither --by-risk, --stratum nor --tag"))
    if by_risk and strata:
        raise click.UsageError(_("Either --by-risk or --stratum"))
    try:
        parse_public_form(rest["public"])
    except LiuhenError as error:
        raise click.BadParameter(_(error.what).format(**error.params), param_hint="--public") from error
    plan = the_plan(desk, plan, "published")
    facts = desk.facts
    row = row_named(facts, plan, row)
    held = facts.get(f.register(f"plan.{plan}"), row)
    record = held.record if held else {}
    if record.get("by_risk") and not (by_risk or received):
        raise LiuhenError(
            "E-TASK-BY-RISK",
            N_("Row {row} divides its rate by risk class: {rate}."),
            remedy=N_("Say how much each class weighs: --by-risk A=1,B=2,C=4,D=8"),
            exit=Exit.USAGE,
            row=row,
            rate=record.get("rate_text", rate_text(record["p"], record["q"])),
        )
    divided, overall = _divided(record, tags, strata, by_risk or ())
    names = rest.pop("scheme_name") or scheme.stem, rest.pop("form_name") or form.stem
    hashes = file_hash(scheme), file_hash(form)
    if desk.interactive:
        for doubt in doubts(facts, plan, row, rest["batch"] or 1, rest["seats"]):
            desk.sure(_("{doubt} Propose the task all the same?").format(doubt=doubt), yes=False)
    signer = desk.signer(Role.CLERK)
    rest |= received_list(desk, signer, task, received, lead, platform, map_name)
    written = plans.new_task(
        desk.book,
        signer,
        task,
        plan,
        row,
        scheme=(names[0], hashes[0]),
        form=(names[1], form_version, hashes[1]),
        window=_window(desk, record, window),
        teams="groups" if groups else "each",
        groups=groups,
        strata=divided,
        overall=overall,
        tags=tags,
        **rest,
    )
    facts, data = desk.facts, written.entries[-1].body.data
    found = preview(facts, task, dict(data), desk.clock()[:10])
    leaf = written.leaf.hex() if confirming(facts, written.leaf) else ""
    desk.answer(
        _("Proposed the task {task}. It takes effect when an approver confirms.").format(task=task),
        *_task_lines(dict(data)),
        *found.lines,
        next_step=_onward(facts, task, "approved", leaf, found),
        data={"task": task, "state": "proposed" if leaf else "approved", "preview": found.data()},
        written=written,
    )


@command.command(
    "import",
    help=_(
        "Make a task of each row of the sheet 抽查任务; files are looked for beside the workbook. A task "
        "that is there already is left alone, so the same command goes on after a fault."
    )
    + example("liuhen task import 一单两库模板.xlsx"),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--sheet", help=_("Name of the sheet (default: that of the template, else the first)"))
@pass_desk
@click.pass_context
def import_(ctx: click.Context, desk: Desk, file: Path, sheet: str | None) -> None:
    read = clean(read_tasks(file, today=date.fromisoformat(desk.clock()[:10]), sheet=sheet), file)
    known = {name for name, _task in desk.facts.rows(f.TASKS)}
    known |= {act.data["task"] for _leaf, act in find.waiting_for(desk.facts, "task.created")}
    with gathering(desk) as held:
        for name, row in read.records:
            if name not in known:
                give(ctx, new, _words(file.parent, name, row))
    desk.answer(
        _("{count} tasks proposed, {known} were there already.").format(
            count=len(held.data), known=len(read.records) - len(held.data)
        ),
        next_step=f"{as_other(desk.facts, Role.APPROVER, desk.acts_as)} confirm --all"
        if find.waiting_for(desk.facts, "task.created")
        else "liuhen task list",
        data={"tasks": held.data},
        written=held.written,
    )


def _words(folder: Path, task: str, row: Mapping[str, Value]) -> list[str]:
    """A row of 抽查任务 as the words of `task new`."""
    cells = {key: str(value) for key, value in row.items()}
    words = [task, "--row", cells["row"], "--scheme", str(folder / cells["scheme"])]
    words += ["--form", str(folder / cells["form"]), "--form-version", cells["form_version"]]
    words += ["--responsible", cells["responsible"]]
    for seat in re.split(r"[、，,；;\s]+", cells["seats"]):
        words += ["--seat", seat] if seat else []
    for key, option in (
        ("plan", "--plan"),
        ("groups", "--groups"),
        ("public", "--public"),
        ("weights", "--by-risk"),
        ("exception", "--exception"),
    ):
        if key in cells:
            words += [option, cells[key]]
    if "since" in cells and "until" in cells:
        words += ["--window", cells["since"], cells["until"]]
    return words


def _window(desk: Desk, record: Data, window: tuple[Any, Any] | None) -> tuple[str, str]:
    if window:
        return f"{window[0]:%Y-%m-%d}", f"{window[1]:%Y-%m-%d}"
    until = record.get("until", desk.clock()[:7])
    last = monthrange(int(until[:4]), int(until[5:7]))[1]
    return desk.clock()[:10], f"{until}-{last:02}"


def _divided(
    record: Data,
    tags: Sequence[str],
    strata: Sequence[tuple[str, dict[str, list[str]]]],
    by_risk: Sequence[tuple[str, int]],
) -> tuple[list[Mapping[str, Value]], tuple[int, int] | None]:
    """Strata of active subjects of the row's tags: by conditions at the row's rate, or by weights."""
    common: dict[str, Any] = {"status": ["active"]}
    if wanted := sorted(tags or record.get("tags", ())):
        common["tags"] = wanted
    if not record or not (strata or by_risk):
        return [], None
    if by_risk:
        parts: list[Mapping[str, Value]] = [
            {"id": f"risk-{risk}", "filter": {**common, "risk": [risk]}, "w": weight}
            for risk, weight in by_risk
        ]
        return parts, (record["p"], record["q"])
    return [
        {"id": name, "filter": {**common, **conditions}, "p": record["p"], "q": record["q"]}
        for name, conditions in strata
    ], None


def _task_lines(data: Data) -> list[str]:
    """What a task says of itself."""
    seats = "、".join(
        d + (f"/{q}" if q != "-" else "") + (f"×{count}" if count > 1 else "")
        for d, q, count in data["seats"]
    )
    mode = (
        _("{count} standing groups").format(count=data["groups"])
        if data["teams"] == "groups"
        else _("a team for each subject")
    )
    lines = [
        _("Plan {plan}, row {row}; items {items}").format(
            plan=data["plan"], row=data["row"], items="、".join(data["items"])
        ),
        _("Window {first} to {last}; responsible: {responsible}").format(
            first=data["window"][0], last=data["window"][1], responsible=data["responsible"]
        ),
        _("Scheme {scheme}; form {form}, version {version}").format(
            scheme=data["scheme"]["name"], form=data["form"]["name"], version=data["form"]["version"]
        ),
        _("Seats {seats}, {mode}; public value {public}; {sealed}").format(
            seats=seats,
            mode=mode,
            public=_("not used") if data["public"] == "none" else data["public"],
            sealed=_("sealed draw") if data["sealed"] else _("draw not sealed"),
        ),
    ]
    if "fills" in data:
        fills = data["fills"]
        told = _("Fills {draw} (补抽, {reason}): {visits}")
        lines.append(
            told.format(
                draw=fills["draw"],
                reason=said(REPLACEMENT_REASONS, fills.get("reason", "")),
                visits="；".join(
                    f"{subject} " + (_("seat {seat}").format(seat=seat) if seat else _("all seats"))
                    for subject, seat in fills["visits"]
                ),
            )
        )
    if "elsewhere" in data:
        line = _("Drawn by {lead}: {count} subjects, only officers are drawn here")
        lines.append(line.format(lead=data["elsewhere"]["lead"], count=data["elsewhere"]["rows"]["n"]))
    if "exception" in data:
        lines.append(_("Exception for a low rate: {reason}").format(reason=data["exception"]))
    return lines


def _find(facts: Facts, task: str) -> tuple[Data, str, f.Task | None, str]:
    """(data, state, approved task, leaf hex of the proposal that waits). Raises E-TASK-UNKNOWN."""
    held = facts.get(f.TASKS, task)
    if held is not None:
        state = "done" if held.completed else "open" if held.open_draw else "approved"
        return held.data, state, held, ""
    for leaf, act in find.waiting_for(facts, "task.created"):
        if act.data["task"] == task:
            return act.data, "proposed", None, leaf
    plans.task_of(facts, task)
    raise LiuhenError("E-TASK-UNKNOWN", N_("There is no task {task}."), exit=Exit.REFUSED, task=task)


def _the_task(desk: Desk, facts: Facts, task: str) -> str:
    """The task named, else the only one. Raises E-TASK-NONE, E-TASK-SEVERAL."""
    if task:
        return task
    names = [name for name, held in facts.rows(f.TASKS) if not held.completed]
    names += [act.data["task"] for _leaf, act in find.waiting_for(facts, "task.created")]
    if len(names) == 1:
        return names[0]
    raise LiuhenError(
        "E-TASK-SEVERAL" if names else "E-TASK-NONE",
        N_("There are several tasks: {tasks}.") if names else N_("There is no task that is not drawn."),
        remedy=N_("Say which one; see them: liuhen task list") if names else N_("Next: {step}"),
        exit=Exit.REFUSED,
        tasks=", ".join(names),
        step=onward(desk),
    )


@command.command("list", help=_("List the tasks and how far they are.") + example("liuhen task list"))
@pass_desk
def list_(desk: Desk) -> None:
    facts = desk.reading().facts()
    names = [name for name, _task in facts.rows(f.TASKS)]
    names += [act.data["task"] for _leaf, act in find.waiting_for(facts, "task.created")]
    rows = []
    for name in names:
        data, state, held, _leaf = _find(facts, name)
        draw = (held.completed or held.open_draw) if held else ""
        p, q = (data["p"], data["q"]) if "p" in data else (data["strata"][0]["p"], data["strata"][0]["q"])
        rows.append(
            (name, data["plan"], data["row"], rate_text(p, q), data["window"][1], _(_STATES[state]), draw)
        )
    header = [_("Task"), _("Plan"), _("Row"), _("Rate"), _("Until"), _("State"), _("Draw")]
    desk.answer(
        *table(header, rows, right=(3,)),
        next_step=f"liuhen task show {names[-1]}" if names else onward(desk),
        data={
            "tasks": [{"task": r[0], "plan": r[1], "row": r[2], "until": r[4], "draw": r[6]} for r in rows]
        },
    )


def _onward(facts: Facts, task: str, state: str, leaf: str, found: Preview | None) -> str:
    """The next command of a task: a confirmation that is waited for, what a freeze lacks, the freeze."""
    for excluded, act in find.waiting_for(facts, "task.excluded"):
        if act.data["task"] == task:
            return confirming(facts, bytes.fromhex(excluded))
    # Nobody is excluded from a task that is not approved yet.
    if found is not None and found.cure and not (leaf and found.cure.startswith("liuhen task exclude")):
        return found.cure
    if leaf:
        return confirming(facts, bytes.fromhex(leaf))
    return f"liuhen draw freeze --task {task}" if state == "approved" else "liuhen draw show"


@command.command(
    "show",
    help=_("Show a task: what was approved, by whom, its exclusions.") + example("liuhen task show t-2026-1"),
)
@click.argument("task", default="")
@pass_desk
def show(desk: Desk, task: str) -> None:
    facts = desk.reading().facts()
    task = _the_task(desk, facts, task)
    data, state, held, leaf = _find(facts, task)
    lines = [f"{task}: {_(_STATES[state])}", *_task_lines(data)]
    if held:
        words = {"clerk": holder_name(facts, held.clerk), "approver": holder_name(facts, held.approver)}
        lines.append(_("Proposed by {clerk}, approved by {approver}").format(**words))
    for stratum in data["strata"]:
        rate = (
            _("weight {w}").format(w=stratum["w"])
            if "w" in stratum
            else rate_text(stratum["p"], stratum["q"])
        )
        lines.append(
            _("Stratum {id}: {rate} of {filter}").format(
                id=stratum["id"], rate=rate, filter=filter_text(stratum["filter"])
            )
        )
    excluded = [
        (key.removeprefix(f"{task}/"), row.reason) for key, row in facts.rows(f.EXCLUSIONS, f"{task}/")
    ]
    lines += [
        _("Excluded {subject}: {reason}").format(subject=s, reason=said(EXCLUSION_REASONS, r))
        for s, r in excluded
    ]
    desk.answer(
        *lines,
        next_step=_onward(facts, task, state, leaf, None)
        if state != "approved"
        else f"liuhen task preview {task}",
        data={
            "task": task,
            "state": state,
            "clerk": held.clerk if held else "",
            "approver": held.approver if held else "",
            "draw": (held.completed or held.open_draw) if held else "",
            "excluded": [{"subject": s, "reason": r} for s, r in excluded],
            "created": _hexed(data),
        },
    )


def _hexed(value: Any) -> Any:
    """A value with its hashes in hex, for JSON."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {key: _hexed(element) for key, element in value.items()}
    return [_hexed(element) for element in value] if isinstance(value, list) else value


@command.command(
    "preview",
    help=_("试算: what a freeze today would take and draw, against the policy; what it would refuse.")
    + example("liuhen task preview", "liuhen --json task preview t-2026-1"),
)
@click.argument("task", default="")
@pass_desk
def preview_(desk: Desk, task: str) -> None:
    facts = desk.reading().facts()
    task = _the_task(desk, facts, task)
    data, state, _held, leaf = _find(facts, task)
    today = desk.clock()[:10]
    found = preview(facts, task, data, today)
    desk.answer(
        _("{task} as of {today} ({state})").format(task=task, today=today, state=_(_STATES[state])),
        *found.lines,
        next_step=_onward(facts, task, state, leaf, found),
        data={"task": task, "state": state, "today": today, **found.data()},
    )


@command.command(
    "exclude",
    help=_(
        "Take a subject off the pool of a task before its freeze; takes effect when an approver confirms. "
        "Reasons: {reasons}"
    ).format(reasons=listed(EXCLUSION_REASONS))
    + example(
        "liuhen task exclude 91640221MA0009992T --reason 停业、歇业 --evidence 现场照片.jpg",
        "liuhen task exclude --all-drawn --evidence 年度检查记录.xlsx",
        "liuhen task exclude --all-superior --evidence 上级抽查计划.xlsx",
    ),
)
@click.argument("subject", default="")
@click.option(
    "--all-drawn", is_flag=True, help=_("Every subject that the policy spares this year (本年度已抽查)")
)
@click.option(
    "--all-superior", is_flag=True, help=_("Every subject that a superior body inspects (上级已安排检查)")
)
@click.option("--task", default="", help=_("Task (default: the only one)"))
@click.option("--reason", type=Word(EXCLUSION_REASONS), default="", help=_("Why, one of the closed set"))
@click.option(
    "--evidence",
    type=click.Path(path_type=Path),
    required=True,
    help=_("Document or photo; its hash is recorded"),
)
@pass_desk
def exclude(
    desk: Desk, subject: str, all_drawn: bool, all_superior: bool, task: str, reason: str, evidence: Path
) -> None:
    if (all_drawn, all_superior, bool(subject), bool(reason)) not in _WHOM:
        raise click.UsageError(_("Either a subject with --reason, or --all-drawn, or --all-superior"))
    if not subject:
        _exclude_all(desk, task, file_hash(evidence), drawn=all_drawn)
        return
    facts = desk.facts
    task = _the_task(desk, facts, task)
    code = find.subject(facts, subject)
    hashed = file_hash(evidence)
    signer = desk.signer(Role.CLERK)
    written = plans.exclude(desk.book, signer, task, code, reason, hashed)
    words = {"task": task, "subject": code, "reason": said(EXCLUSION_REASONS, reason)}
    desk.answer(
        _(
            "Proposed: exclude {subject} from {task} ({reason}). It takes effect when an approver confirms."
        ).format(**words),
        next_step=confirming(desk.facts, written.leaf)
        or f"{as_other(desk.facts, Role.APPROVER, signer.info.holder)} confirm",
        data={"task": task, "subject": code, "reason": reason, "evidence": hashed.hex()},
        written=written,
    )


def _exclude_all(desk: Desk, task: str, evidence: bytes, *, drawn: bool) -> None:
    task = _the_task(desk, desk.facts, task)
    signer = desk.signer(Role.CLERK)
    written = (exclude_repeats if drawn else exclude_superior)(desk.book, signer, task, evidence)
    subjects = [entry.body.data["subject"] for entry in written.entries]
    told = (
        _("Proposed: exclude {count} subjects drawn this year from {task}:")
        if drawn
        else _("Proposed: exclude {count} subjects inspected by superior bodies from {task}:")
    )
    desk.answer(
        told.format(count=len(subjects), task=task),
        *(f"  {subject}" for subject in subjects),
        next_step=f"{as_other(desk.facts, Role.APPROVER, signer.info.holder)} confirm --all",
        data={"task": task, "subjects": subjects, "evidence": evidence.hex()},
        written=written,
    )

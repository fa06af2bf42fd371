"""`liuhen plan`: the yearly plan (附件3): imported, submitted, approved, published (R050–R068)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from cli.batch import gathering, give
from cli.desk import Desk, file_hash, holder_name, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.imports import choices, clean, import_options, import_sheet
from cli.onward import onward
from cli.planning import change, review
from cli.planning.change import history
from cli.planning.export import export
from cli.planning.named import STATES, filled_rows, known_plans, the_plan, year_of
from cli.preview import rate_text
from cli.publishing import day_or_today, publication_options
from cli.table import table
from cli.typed import as_other, confirming
from cli.words import chinese, listed, said
from ledger.commands import plans
from ledger.importing import values
from ledger.importing.plans import read_plan
from ledger.importing.records import Sheet
from verifier import facts as f
from verifier.facts import Facts
from verifier.vocabulary import CHANNELS, Role

_DRAWS = chinese(values.DRAW_TYPES)


@click.group(help=_("The yearly plan: import, check, submit, approve, reject, publish, file, amend, show."))
def command() -> None: ...


for _part in (review.check, review.name, change.file, change.amend, change.superior):
    command.add_command(_part)
command.add_command(export)


@command.command(
    "import",
    help=_(
        "Import the rows of a plan from .xlsx or .csv (columns of 附件3). Items are found by number or by "
        "their text. The plan's id is plan-YEAR unless given, YEAR being that of the rows."
    )
    + example("liuhen plan import 一单两库模板.xlsx", "liuhen plan import 附件3.xlsx --plan plan-2026"),
)
@import_options()
@click.option("--plan", default="", help=_("Id of the plan (default: plan-YEAR)"))
@click.option("--submit", "and_submit", is_flag=True, help=_("Submit it for approval too"))
@pass_desk
@click.pass_context
def import_(
    ctx: click.Context, desk: Desk, /, file: Path, plan: str, and_submit: bool, **options: Any
) -> None:
    chosen = choices(desk, **options)
    items = {name: row.record for name, row in desk.facts.rows(f.register("items"))}
    sheet: Sheet = read_plan(
        file, today=chosen.today, items=items, sheet=chosen.sheet, leave_out=chosen.leave_out
    )
    clean(sheet, file)
    plan = plan or f"plan-{year_of([record for _name, record in sheet.records])}"
    held = desk.facts.get(f.PLANS, plan)
    waits = held is None or held.state == "rejected"
    step = f"liuhen plan submit {plan}" if waits else ""
    if not (and_submit and waits):
        import_sheet(desk, f"plan.{plan}", sheet, file, chosen, next_step=step)
        return
    with gathering(desk) as held_back:
        import_sheet(desk, f"plan.{plan}", sheet, file, chosen)
        give(ctx, submit, [plan])
    desk.answer(
        next_step=onward(desk),
        data={"plan": plan, "parts": held_back.data},
        written=held_back.written,
    )


@command.command(
    "submit",
    help=_("Submit a plan for approval. Name and year come from its rows unless given.")
    + example("liuhen plan submit", "liuhen plan submit plan-2026 --name 2026年度随机抽查计划"),
)
@click.argument("plan", default="")
@click.option("--name", default="", help=_("Name of the plan (default: office, year and 年度双随机抽查计划)"))
@click.option("--year", type=click.IntRange(2000, 2100), help=_("Year (default: that of the rows)"))
@pass_desk
def submit(desk: Desk, plan: str, name: str, year: int | None) -> None:
    plan = the_plan(desk, plan, "imported", "rejected")
    facts = desk.facts
    rows = filled_rows(facts, plan)
    year = year or year_of([row.record for _name, row in rows])
    ledger = facts.get(f.LEDGER, f.ONE)
    name = name or f"{ledger.office if ledger else ''}{year}年度双随机抽查计划"
    signer = desk.signer(Role.CLERK)
    written = plans.submit_plan(desk.book, signer, plan, name, year)
    desk.answer(
        _("Submitted {plan}: {name}, {count} rows.").format(plan=plan, name=name, count=len(rows)),
        *review.summary(desk, plan),
        next_step=f"{as_other(desk.facts, Role.APPROVER, signer.info.holder)} plan approve {plan}",
        data={"plan": plan, "name": name, "year": year, "rows": len(rows)},
        written=written,
    )


@command.command(
    "approve",
    help=_(
        "Approve a plan by key; or record an approval on paper (局党组): names and scan, confirmed by a "
        "second holder."
    )
    + example(
        "liuhen --as sun-approver plan approve",
        "liuhen plan approve --paper 党组会议纪要.pdf --names 甲,乙 --body 局党组",
    ),
)
@click.argument("plan", default="")
@click.option("--paper", type=click.Path(path_type=Path), help=_("Scan of the approval on paper"))
@click.option("--names", default="", help=_("Who signed the paper, separated by commas"))
@click.option("--body", default="", help=_("The collective that approved, such as 局党组"))
@pass_desk
def approve(desk: Desk, plan: str, paper: Path | None, names: str, body: str) -> None:
    plan = the_plan(desk, plan, "submitted")
    signed = list(values.listed(names))
    if bool(paper) != bool(signed):
        raise click.UsageError(_("On paper needs both: --paper SCAN and --names"))
    signer = desk.signer(Role.CLERK) if paper else desk.signer(Role.APPROVER)
    written = plans.approve_plan(
        desk.book, signer, plan, body=body, paper=(signed, file_hash(paper)) if paper else None
    )
    if paper:
        line = _(
            "Recorded the approval of {plan} on paper by {names}. It counts when a second holder confirms."
        )
    else:
        line = _("Approved {plan}.")
    desk.answer(
        line.format(plan=plan, names="、".join(signed)),
        next_step=confirming(desk.facts, written.leaf) or onward(desk),
        data={"plan": plan, "state": "submitted" if paper else "approved", "names": signed},
        written=written,
    )


@command.command(
    "reject",
    help=_("Send a plan back, with the reason. Its rows may then be changed and submitted again.")
    + example("liuhen --as sun-approver plan reject --reason 第3行比例低于细则要求"),
)
@click.argument("plan", default="")
@click.option("--reason", required=True, help=_("Why"))
@pass_desk
def reject(desk: Desk, plan: str, reason: str) -> None:
    plan = the_plan(desk, plan, "submitted")
    written = plans.reject_plan(desk.book, desk.signer(Role.APPROVER), plan, reason)
    desk.answer(
        _("Sent {plan} back: {reason}").format(plan=plan, reason=reason),
        next_step="liuhen plan import " + _("FILE.xlsx") + f" --plan {plan}",
        data={"plan": plan, "state": "rejected"},
        written=written,
    )


@command.command(
    "publish",
    help=_("Record where and when the plan was published, once for each place. Channels: {channels}").format(
        channels=listed(CHANNELS)
    )
    + example(
        "liuhen plan publish --channel 政府门户网站 --address https://www.example.gov.cn/plan",
        "liuhen plan publish --channel notice_board --date 2026-01-12 --screenshot 照片.jpg",
    ),
)
@click.argument("plan", default="")
@publication_options
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def publish(
    desk: Desk,
    plan: str,
    channel: str,
    day: datetime | None,
    address: str,
    screenshot: Path | None,
    yes: bool,
) -> None:
    waiting = any(row.state == "approved" for _, row in desk.facts.rows(f.PLANS))
    plan = the_plan(desk, plan, *(("approved",) if waiting else ("approved", "published")))
    date = day_or_today(desk, day)
    hashed = file_hash(screenshot) if screenshot else None
    shown = {"plan": plan, "channel": said(CHANNELS, channel), "date": date}
    desk.sure(_("Record that {plan} was published on {date}: {channel}?").format(**shown), yes=yes)
    where = plans.publication(channel, date, address, hashed)
    written = plans.publish_plan(desk.book, desk.signer(Role.CLERK), plan, where)
    desk.answer(
        _("Recorded: {plan} was published on {date}, {channel}.").format(**shown),
        next_step=onward(desk),
        data={"plan": plan, "state": "published", "date": date, "channel": channel},
        written=written,
    )


@command.command(
    "show",
    help=_(
        "Show a plan: its rows with rates, its state, who approved it. Without PLAN all of them, or the "
        "only one."
    )
    + example("liuhen plan show", "liuhen --json plan show plan-2026"),
)
@click.argument("plan", default="")
@pass_desk
def show(desk: Desk, plan: str) -> None:
    facts = desk.reading().facts()
    names = [plan] if plan else known_plans(desk, facts)
    if len(names) == 1:
        _show(desk, facts, names[0])
        return
    rows = []
    for name in names:
        held = facts.get(f.PLANS, name)
        rows.append((name, held.name if held else "", _(STATES[held.state if held else "imported"])))
    desk.answer(
        *table([_("Plan"), _("Name"), _("State")], rows),
        next_step=f"liuhen plan show {names[0]}" if names else onward(desk),
        data={"plans": [{"plan": r[0], "name": r[1], "state": r[2]} for r in rows]},
    )


def _show(desk: Desk, facts: Facts, plan: str) -> None:
    rows = filled_rows(facts, plan)
    held = facts.get(f.PLANS, plan)
    state = held.state if held else "imported"
    lines = [f"{plan}{'  ' + held.name if held else ''}: {_(STATES[state])}"]
    if held:
        lines.append(_("Submitted by {holder}").format(holder=holder_name(facts, held.clerk)))
    if held and held.approver:
        lines.append(_("Approved by {holder}").format(holder=holder_name(facts, held.approver)))
    if held and held.published:
        lines.append(_("Published on {date}").format(date=held.published))
    lines += history(facts, plan)
    header = [_("Row"), _("Task"), _("Items"), _("Rate"), _("Drawn from"), _("Kind"), _("By"), _("Until")]
    cells = [
        (
            name,
            row.record["task_name"],
            "、".join(row.record["items"]),
            rate_text(row.record["p"], row.record["q"]),
            "；".join(row.record.get("tags", ())) or row.record["objects"],
            said(_DRAWS, row.record["draw"]),
            "、".join((row.record["executor"], *row.record.get("partners", ()))),
            row.record["until"],
        )
        for name, row in rows
    ]
    desk.answer(
        *lines,
        *table(header, cells, right=(3,), widest=36),
        next_step=f"liuhen plan submit {plan}" if state == "imported" else onward(desk),
        data={
            "plan": plan,
            "name": held.name if held else "",
            "state": state,
            "clerk": held.clerk if held else "",
            "approver": held.approver if held else "",
            "published": held.published if held else "",
            "rows": [{"row": name, **row.record} for name, row in rows],
        },
    )

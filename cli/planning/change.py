"""`liuhen plan file`, `plan amend`, `plan superior`: filing, amendments, and plans of superior bodies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from cli.desk import Desk, file_hash, holder_name, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.imports import choices, clean, import_options, import_sheet
from cli.onward import onward
from cli.planning.named import filled_rows, the_plan
from cli.preview import rate_text
from cli.publishing import day_or_today, filing_options
from cli.typed import confirming
from cli.words import Word, listed, said
from ledger.commands import lists, plans
from ledger.importing import registers
from ledger.importing.plans import read_plan, read_superior
from ledger.importing.records import Record, Sheet
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Data
from verifier.schemas.policy import FILING_TABLES
from verifier.vocabulary import Role

_TITLES = {column.key: column.title for column in registers.PLAN.columns} | {"since": "起始月份"}


@click.command(
    "file",
    help=_("Record that a plan was filed (备案). Tables: {tables}").format(tables=listed(FILING_TABLES))
    + example(
        "liuhen plan file --authority 司法局 --receipt 回执.pdf",
        "liuhen plan file plan-2026 --table 部门联合抽查计划 --authority 领导小组办公室 --date 2026-01-12",
    ),
)
@click.argument("plan", default="")
@click.option(
    "--table", type=Word(FILING_TABLES), default="yearly", help=_("Which table (default: 年度计划)")
)
@filing_options
@pass_desk
def file(
    desk: Desk, plan: str, table: str, authority: str, day: datetime | None, number: str, receipt: Path | None
) -> None:
    plan = the_plan(desk, plan, "approved", "published")
    date = day_or_today(desk, day)
    hashed = file_hash(receipt) if receipt else None
    signer = desk.signer(Role.CLERK)
    written = plans.file_plan(desk.book, signer, plan, table, authority, date, number=number, receipt=hashed)
    line = _("Recorded: {table} of {plan} was filed with {authority} on {date}.")
    desk.answer(
        line.format(table=said(FILING_TABLES, table), plan=plan, authority=authority, date=date),
        next_step=onward(desk),
        data={"plan": plan, "table": table, "authority": authority, "date": date},
        written=written,
    )


@click.command(
    "amend",
    help=_(
        "Change an approved plan: FILE holds all its rows as they shall be. What changes is shown and asked; "
        "it takes effect when an approver confirms; then the plan is published again. Frozen draws stay."
    )
    + example("liuhen plan amend 附件3调整.xlsx --reason 上级要求提高比例"),
)
@import_options(diff=False)
@click.option("--plan", default="", help=_("Plan (default: the only one approved)"))
@click.option("--reason", required=True, help=_("Why the plan changes"))
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def amend(
    desk: Desk, /, file: Path, plan: str, reason: str, yes: bool, sheet: str | None, leave_out: frozenset[int]
) -> None:
    plan = the_plan(desk, plan, "approved", "published")
    chosen = choices(desk, sheet, leave_out, reason=reason, yes=yes)
    now = {name: row.record for name, row in filled_rows(desk.facts, plan)}
    items = {name: row.record for name, row in desk.facts.rows(f.register("items"))}
    read = clean(read_plan(file, today=chosen.today, items=items, sheet=sheet, leave_out=leave_out), file)
    then = _completed(read, now)
    changes = differences(now, then)
    if not changes:
        raise LiuhenError(
            "E-PLAN-SAME",
            N_("{file} changes nothing in {plan}."),
            remedy=N_("Change the rows in the file, then repeat the command"),
            exit=Exit.REFUSED,
            file=file.name,
            plan=plan,
        )
    for line in () if desk.as_json else changes:
        click.echo(line)
    desk.sure(_("Propose these changes of {plan}?").format(plan=plan), yes=yes)
    signer = desk.signer(Role.CLERK)
    register = f"amend.{plan}"
    gone = [name for name, _row in desk.facts.rows(f.register(register)) if name not in then]
    lists.import_records(
        desk.book,
        signer,
        register,
        list(then.items()),
        removed=gone,
        reason=reason,
        source=read.source_sha256,
        source_name=file.name,
    )
    written = plans.amend_plan(desk.book, signer, plan, reason)
    desk.answer(
        _("Proposed {count} changes of {plan}; in force when an approver confirms.").format(
            count=len(changes), plan=plan
        ),
        next_step=confirming(desk.facts, written.leaf) or onward(desk),
        data={"plan": plan, "reason": reason, "changes": changes},
        written=written,
    )


def _completed(sheet: Sheet, now: Mapping[str, Data]) -> dict[str, Record]:
    """The rows of the file; what it has no column for stays as the plan has it."""
    return {
        name: dict(
            sorted({**{k: v for k, v in now.get(name, {}).items() if k in sheet.silent}, **record}.items())
        )
        for name, record in sheet.records
    }


def differences(now: Mapping[str, Data], then: Mapping[str, Data]) -> list[str]:
    """What an amendment changes, a line for a row that comes or goes and for each changed field."""
    lines = [
        _("Row {row} is taken out: {task}").format(row=r, task=now[r]["task_name"])
        for r in now
        if r not in then
    ]
    for row, record in then.items():
        if row not in now:
            lines.append(_("Row {row} is new: {task}").format(row=row, task=record["task_name"]))
            continue
        before, after = _shown(now[row]), _shown(record)
        lines += [
            _("Row {row}, {field}: {old} → {new}").format(
                row=row, field=_TITLES.get(key, key), old=before.get(key, "—"), new=after.get(key, "—")
            )
            for key in sorted(before.keys() | after.keys())
            if before.get(key) != after.get(key)
        ]
    return lines


def _shown(record: Mapping[str, Any]) -> dict[str, str]:
    shown = {key: _words(value) for key, value in record.items() if key not in ("p", "q")}
    return {**shown, "rate": rate_text(record["p"], record["q"])}


def _words(value: object) -> str:
    return "；".join(map(str, value)) if isinstance(value, list) else str(value)


def history(facts: f.Facts, plan: str) -> list[str]:
    """How a plan was filed and amended, a line each."""
    filed = _("{table} filed with {authority} on {date}")
    amended = _("Amended by {clerk}, confirmed by {approver} (rows {rows}): {reason}")
    return [
        filed.format(table=said(FILING_TABLES, row.table), authority=row.authority, date=row.date)
        for _key, row in facts.rows(f.FILINGS, f"{plan}/")
    ] + [
        amended.format(
            clerk=holder_name(facts, row.clerk),
            approver=holder_name(facts, row.approver),
            rows="、".join(row.rows),
            reason=row.reason,
        )
        for _key, row in facts.rows(f.AMENDMENTS, f"{plan}/")
    ]


@click.command(
    "superior",
    help=_(
        "Import what superior bodies plan to inspect (R061): body, name, months, tags or codes. A plan that "
        "overlaps with it is remarked by plan check."
    )
    + example("liuhen plan superior 上级抽查计划.xlsx"),
)
@import_options()
@pass_desk
def superior(desk: Desk, /, file: Path, **options: Any) -> None:
    chosen = choices(desk, **options)
    read = read_superior(file, today=chosen.today, sheet=chosen.sheet, leave_out=chosen.leave_out)
    import_sheet(desk, "superior", clean(read, file), file, chosen, next_step="liuhen plan check")

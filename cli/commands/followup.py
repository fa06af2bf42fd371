"""`liuhen followup`: what follows a result: rectification, case, referral (后续处置), and 问题整改台账."""

from __future__ import annotations

from pathlib import Path

import click

from cli.acting import first_signer
from cli.csvfile import write_csv
from cli.desk import Desk, file_hash, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.inspecting.named import visit_named
from cli.table import table
from cli.typed import day_typed
from cli.words import Word, said
from ledger.commands import find, followups
from ledger.commands.followups import Problem
from verifier import facts as f
from verifier.errors import N_
from verifier.law.followups import ended
from verifier.vocabulary import FOLLOWUP_KINDS, RESULT_CODES, Role

STATES = {"none": N_("no follow-up yet"), "open": N_("open"), "closed": N_("settled")}


@click.group(help=_("What follows a result: rectification, case, referral"))
def command() -> None: ...


@command.command(
    "record",
    help=_(
        "Record what is done about a problem. Kind, addressee and receipt stay private; the last day is "
        "public. What was put right on the spot is closed at once."
    )
    + example(
        "liuhen followup record visit-1a2b3c4d --kind 责令改正 --due 2026-04-10",
        "liuhen followup record 演示企业003 --kind criminal --to 县公安局 --receipt 两法衔接2026-7",
    ),
)
@click.argument("visit")
@click.option("--kind", required=True, type=Word(FOLLOWUP_KINDS), help=_("What is done"))
@click.option("--due", default="", metavar="DATE", help=_("Day by which it is to be settled"))
@click.option("--to", default="", help=_("To whom it goes (private)"))
@click.option("--receipt", default="", help=_("Receipt of the platform for criminal referrals (private)"))
@click.option("--file", type=click.Path(path_type=Path), help=_("Document, named by its hash"))
@click.option("--done", default="", metavar="DATE", help=_("Settled already, on this day"))
@pass_desk
def record(
    desk: Desk, visit: str, kind: str, due: str, to: str, receipt: str, file: Path | None, done: str
) -> None:
    facts = desk.facts
    name, held = _visit(facts, visit)
    last = day_typed(due)
    closed = day_typed(done) or (ended(held) if kind == "on_the_spot" else "")
    followup, written = followups.record(
        desk.book,
        first_signer(desk, Role.CLERK, Role.OFFICER),
        name,
        kind,
        due=last,
        to=to,
        file=file_hash(file) if file else None,
        receipt=receipt,
        closed=closed,
    )
    lines = [
        _("Follow-up {followup} of {visit} recorded: {kind}.").format(
            followup=followup, visit=name, kind=said(FOLLOWUP_KINDS, kind)
        )
    ]
    if last:
        lines.append(_("To be settled by {day}.").format(day=last))
    if closed:
        lines.append(_("Closed: settled on {day}.").format(day=closed))
    desk.answer(
        *lines,
        next_step="liuhen followup list" if closed else f"liuhen followup close {followup}",
        data={"followup": followup, "visit": name, "due": last, "closed": closed},
        written=written,
    )


def _visit(facts: f.Facts, text: str) -> tuple[str, f.Data]:
    """The visit or check outside the plan that is named, by id or subject, and its data."""
    check = facts.get(f.CHECKS, text)
    if check is not None:
        return text, check.data
    name = visit_named(facts, text)
    visit = facts.get(f.VISITS, name)
    return name, visit.data if visit else {}


@command.command(
    "close",
    help=_("Confirm that a follow-up is settled (确认整改).")
    + example("liuhen followup close followup-1a2b3c4d --on 2026-04-08 --file 复查记录.pdf"),
)
@click.argument("followup")
@click.option("--on", "--date", "day", default="", metavar="DATE", help=_("Day (default: today)"))
@click.option("--file", type=click.Path(path_type=Path), help=_("Document, named by its hash"))
@click.option("--reason", default="", help=_("What was found (private)"))
@pass_desk
def close(desk: Desk, followup: str, day: str, file: Path | None, reason: str) -> None:
    settled = day_typed(day) or desk.clock()[:10]
    written = followups.close(
        desk.book,
        first_signer(desk, Role.CLERK, Role.OFFICER),
        followup,
        settled,
        file_hash(file) if file else None,
        reason,
    )
    desk.answer(
        _("Follow-up {followup} closed: settled on {day}.").format(followup=followup, day=settled),
        next_step="liuhen followup list",
        data={"followup": followup, "date": settled},
        written=written,
    )


@command.command(
    "list",
    help=_("问题整改台账: every result that asks for a follow-up, and how far it is; late ones are marked.")
    + example("liuhen followup list", "liuhen followup list --open --csv 问题整改台账.csv"),
)
@click.option("--open", "only_open", is_flag=True, help=_("Only what is not settled"))
@click.option("--csv", "file", type=click.Path(path_type=Path), help=_("Write it as CSV too (private texts)"))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@pass_desk
def list_(desk: Desk, only_open: bool, file: Path | None, yes: bool) -> None:
    book = desk.reading()
    rows = [
        row for row in followups.problems(book, desk.clock()[:10]) if not only_open or row.state != "closed"
    ]
    facts = book.facts()
    lines = (
        table(_header(), [_shown(facts, row) for row in rows]) if rows else [_("No problem is on record.")]
    )
    late = sum(row.late and row.state != "closed" for row in rows)
    if late:
        lines.append(_("{count} are overdue.").format(count=late))
    if file:
        write_csv(desk, file, _header(), [_shown(facts, row) for row in rows], yes=yes)
        lines.append(_("Written: {file}, {count} rows.").format(file=file, count=len(rows)))
    desk.answer(
        *lines, next_step=_next(rows), data={"problems": [row.data() for row in rows], "overdue": late}
    )


def _header() -> tuple[str, ...]:
    return (
        *(_("Name"), _("Code"), _("Visit"), _("Day"), _("Officers"), _("Result"), _("Problems found")),
        *(_("What is done"), _("To whom"), _("Due"), _("State"), _("Settled")),
    )


def _shown(facts: f.Facts, row: Problem) -> tuple[str, ...]:
    late = _("overdue!") + " " if row.late else ""
    return (
        *(row.name, row.subject, row.visit, row.day),
        "、".join(find.officer_name(facts, officer) for officer in row.officers),
        "、".join(said(RESULT_CODES, code) for code in row.results),
        row.findings,
        said(FOLLOWUP_KINDS, row.kind) if row.kind else "",
        *(row.to, row.limit, late + _(STATES[row.state]), row.closed),
    )


def _next(rows: list[Problem]) -> str:
    for row in rows:
        if row.state == "none":
            return f"liuhen followup record {row.visit} --kind 责令改正 --due " + _("DATE")
        if row.state == "open":
            return f"liuhen followup close {row.followup}"
    return "liuhen stats"

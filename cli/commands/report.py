"""`liuhen report`: what was reported to whom, with figures that the ledger gives (R143–R147)."""

from __future__ import annotations

from pathlib import Path

import click

from cli.acting import first_signer
from cli.desk import Desk, file_hash, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.papers import own_template, period_typed, put
from cli.table import table
from cli.typed import day_typed
from cli.words import Word, said
from ledger.commands import find, reports
from ledger.forms.catalogue import FORMS, form_bytes
from ledger.forms.form import Wanted
from ledger.forms.source import Source
from verifier import facts as f
from verifier.figures import Period
from verifier.law.dues import years_of
from verifier.law.reports import report_dues
from verifier.vocabulary import REPORT_FORMS, Role


@click.group(help=_("Reports that were handed in, and when the next are due"))
def command() -> None: ...


@command.command(
    "issue",
    help=_(
        "Register a report that is handed in: its form, its period and its file. The figures are written "
        "into the ledger as it gives them; whoever verifies it recomputes them. Without FILE the form is "
        "printed from the ledger, with these same figures."
    )
    + example(
        "liuhen report issue monthly --to 执法监督股",
        "liuhen report issue monthly 月报表.docx --from 2026-03-01 --until 2026-03-23 --to 执法监督股",
        "liuhen report issue 年度统计 统计.xlsx --from 2026-01-01 --until 2026-12-31",
    ),
)
@click.argument("form", type=Word(REPORT_FORMS))
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--from", "first", default="", metavar="DATE", help=_("First day of the period"))
@click.option(
    "--until",
    "last",
    default="",
    metavar="DATE",
    help=_("Last day of the period (default of both: the month, half or year of the form)"),
)
@click.option("--on", "--date", "day", default="", metavar="DATE", help=_("Day (default: today)"))
@click.option("--to", default="", help=_("To whom"))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@pass_desk
def issue(
    desk: Desk, form: str, file: Path | None, first: str, last: str, day: str, to: str, yes: bool
) -> None:
    period = _period(desk, form, first, last)
    handed = day_typed(day) or desk.clock()[:10]
    signer = first_signer(desk, Role.CLERK, Role.ADMIN)
    told = []
    if file is None:
        file = _print(desk, form, period, yes=yes)
        told.append(_("Printed: {title}, {file}").format(title=said(REPORT_FORMS, form), file=file))
    name, written = reports.issue_report(desk.book, signer, form, period, file_hash(file), handed, to)
    desk.answer(
        *told,
        _("Report {report} registered: {form}, {first} – {last}, handed in on {day}.").format(
            report=name, form=said(REPORT_FORMS, form), first=period.first, last=period.last, day=handed
        ),
        next_step="liuhen report list",
        data={"report": name, "form": form, "from": period.first, "until": period.last, "date": handed},
        written=written,
    )


def _period(desk: Desk, form: str, first: str, last: str) -> Period:
    """The days typed, else those that the form is usually about."""
    known = FORMS.get(form)
    if known is not None:
        return period_typed(known, own_template(desk, known), first, last, desk.clock()[:10])
    if not first or not last:
        raise click.UsageError(_("Say the period: --from DATE --until DATE"))
    return Period(day_typed(first), day_typed(last))


def _print(desk: Desk, form: str, period: Period, *, yes: bool) -> Path:
    """The report as the ledger prints it, beside the person who hands it in."""
    known = FORMS.get(form)
    if known is None:
        raise click.UsageError(_("This report has no form of the ledger: name its FILE."))
    source = Source.of(desk.reading(), desk.clock()[:10])
    path = Path(f"{known.title}-{period.first}-{period.last}{known.suffix}")
    put(desk, path, form_bytes(known, source, Wanted(period=period), own_template(desk, known)), yes=yes)
    return path


@command.command(
    "task",
    help=_("Register that enterprises, problems and follow-ups of a draw were reported (计划实施后报送).")
    + example("liuhen report task --draw t1-d1 --to 执法监督股 --file 情况报告.pdf"),
)
@click.option("--draw", default="", help=_("Draw (default: the only completed one)"))
@click.option("--to", required=True, help=_("To whom"))
@click.option("--on", "--date", "day", default="", metavar="DATE", help=_("Day (default: today)"))
@click.option("--file", type=click.Path(path_type=Path), help=_("Document, named by its hash"))
@pass_desk
def task(desk: Desk, draw: str, to: str, day: str, file: Path | None) -> None:
    draw = find.completed_draw(desk.facts, draw)
    handed = day_typed(day) or desk.clock()[:10]
    written = reports.report_task(
        desk.book,
        first_signer(desk, Role.CLERK, Role.ADMIN),
        draw,
        to,
        handed,
        file_hash(file) if file else None,
    )
    desk.answer(
        _("Draw {draw} reported to {to} on {day}.").format(draw=draw, to=to, day=handed),
        next_step="liuhen report list",
        data={"draw": draw, "to": to, "date": handed},
        written=written,
    )


@command.command(
    "list",
    help=_("List the reports handed in, and those that the policy asks for, with their days.")
    + example("liuhen report list"),
)
@pass_desk
def list_(desk: Desk) -> None:
    facts, today = desk.reading().facts(), desk.clock()[:10]
    held = sorted(((row.data["date"], name, row) for name, row in facts.rows(f.REPORTS)), key=lambda r: r[:2])
    rows = [
        (
            name,
            said(REPORT_FORMS, row.data["form"]),
            f"{row.data['from']} – {row.data['until']}",
            day,
            row.seq,
        )
        for day, name, row in held
    ]
    lines = (
        table((_("Report"), _("Form of the report"), _("Period"), _("Handed in"), _("Entry")), rows)
        if rows
        else []
    )
    missing = []
    for due in report_dues(facts, years_of(facts), today):
        if not due.done:
            missing.append(due)
            late = due.judge(today) is False
            told = _("{form} is overdue since {day}.") if late else _("{form} is due by {day}.")
            lines.append(told.format(form=said(REPORT_FORMS, due.of), day=due.last))
    step = "liuhen stats"
    if missing:
        step = f"liuhen report issue {missing[0].of}" + (
            "" if missing[0].of in FORMS else " " + _("FILE --from DATE --until DATE")
        )
    desk.answer(
        *(lines or [_("No report is on record, and the policy asks for none.")]),
        next_step=step,
        data={
            "reports": [
                {"report": name, "form": row.data["form"], "date": day, "seq": row.seq}
                for day, name, row in held
            ],
            "due": [{"form": due.of, "by": due.last, "late": due.judge(today) is False} for due in missing],
        },
    )

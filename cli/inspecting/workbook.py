"""检查结果录入表: the workbook of the visits still to be recorded, written to be filled in, and read back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from cli.acting import first_signer
from cli.desk import Desk, file_hash, pass_desk
from cli.drawing.printing import note_printing, printing_options
from cli.drawing.result import team_words
from cli.examples import example
from cli.faults import ImportFaults, as_data, told
from cli.i18n import _, language_in_use
from cli.imports import clean
from cli.result_words import codes_option, results_shown
from cli.table import table
from cli.typed import as_other, quoted
from ledger.book import Refused, Written
from ledger.commands import draws, find, visit_rows, visits
from ledger.durable import DOCUMENT, write_whole
from ledger.forms.digits import grouped
from ledger.importing.batch import visits_sheet
from ledger.importing.faults import Fault, Kind
from ledger.importing.visits import Papers, Row, read_visits
from verifier import facts as f
from verifier.rules import rules
from verifier.vocabulary import Role

PURPOSE = "录入检查结果"
"""What the workbook of a sealed draw is for, unless told otherwise."""


@click.command(
    "sheet",
    help=_(
        "Write a workbook of the visits still to be recorded, filled in as far as it is known: draw, code, "
        "name, team. Type day, results and the scan's file name, then: liuhen inspect import"
    )
    + example("liuhen inspect sheet", "liuhen inspect sheet 录入表.xlsx --draw t1-d1"),
)
@click.argument("file", type=click.Path(path_type=Path), default="检查结果录入表.xlsx")
@click.option("--draw", default="", help=_("Of this draw only (default: every completed one)"))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@printing_options
@pass_desk
def sheet(desk: Desk, file: Path, draw: str, yes: bool, copies: int | None, purpose: str) -> None:
    facts = desk.reading().facts()
    rows = []
    for name in [find.visits_draw(facts, draw)] if draw else visit_rows.completed(facts):
        names = find.names_at_freeze(facts, name)
        rows += [
            (name, one.team.subject, names.get(one.team.subject, ""), team_words(facts, one.team))
            for one in visits.dues(facts, name, desk.clock()[:10])
            if one.state == "open"
        ]
    desk.may_replace(file, yes=yes)
    drawn = list(dict.fromkeys(name for name, *_rest in rows))
    written = note_printing(desk, drawn, copies or 1, purpose or PURPOSE)
    sheet = visits_sheet(grouped(desk.reading().entry(0).leaf_hex), rows, practice=desk.practice)
    write_whole(file, sheet, DOCUMENT)
    desk.answer(
        _("Written: {file}, {count} visits to be filled in.").format(file=file, count=len(rows)),
        next_step=f"liuhen inspect import {quoted(file)}",
        data={"file": str(file), "visits": len(rows)},
        written=written,
    )


@click.command(
    "import",
    help=_(
        "Record the visits of a filled-in workbook, a row each, all of them or none; rows without a day are "
        "left for later. Scans are looked for beside the workbook. A visit that is recorded already in the "
        "same words is left alone, in other words it is a fault."
    )
    + example(
        "liuhen inspect import 检查结果录入表.xlsx", "liuhen inspect import 录入表.xlsx --scan 扫描件.pdf"
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--sheet", help=_("Name of the sheet (default: that of the template, else the first)"))
@click.option("--scan", type=click.Path(path_type=Path), help=_("Scan of the rows that name none"))
@codes_option
@pass_desk
def import_(desk: Desk, file: Path, sheet: str | None, scan: Path | None, codes: str) -> None:
    lot = visit_rows.lot_of(desk.book, desk.facts, desk.clock())
    papers = Papers(lambda name: (file.parent / name).is_file(), scan is not None)
    read = read_visits(file, lot, papers, codes=codes, sheet=sheet)
    clean(read.sheet, file)
    common = file_hash(scan) if scan else None
    fresh = [row for row in read.rows if not row.again]
    records = [_record(row, file.parent, common) for row in fresh]
    written = _all_or_none(desk, file, fresh, records) if records else None
    facts = desk.facts
    shown = [
        (one.draw, find.names_at_freeze(facts, one.draw).get(one.subject, ""), one.subject,
         one.occurred[:10], results_shown(codes, one.results))
        for one in records
    ]  # fmt: skip
    header = (_("Draw"), _("Name"), _("Code"), _("Day"), _("Result"))
    waits = find.waiting_for(facts, "visit.recorded")
    desk.answer(
        *told(read.sheet.warnings, notes=read.sheet.warnings),
        *(table(header, shown) if shown else []),
        _("{count} visits recorded, {known} were recorded before.").format(
            count=len(records), known=len(read.rows) - len(records)
        ),
        next_step=f"{as_other(facts, Role.APPROVER, desk.acts_as)} confirm --all"
        if waits
        else "liuhen result list",
        data={
            "visits": [_data(facts, one) for one in records],
            "notes": [as_data(fault) for fault in read.sheet.warnings],
        },
        written=written,
    )


def _data(facts: f.Facts, one: visits.Record) -> dict[str, object]:
    team = draws.team_of(facts, one.draw, one.subject).members()
    return {"visit": one.visit, "draw": one.draw, "subject": one.subject, "officers": list(team)}


def _record(row: Row, folder: Path, common: bytes | None) -> visits.Record:
    scan = file_hash(folder / row.scan) if row.scan else common
    return visits.Record(
        row.draw,
        row.subject,
        row.occurred,
        row.until,
        items=row.items,
        results=row.results or ("01",),
        subject_signature=row.signature,
        unsigned_reason=row.unsigned,
        witness=row.witness,
        findings=row.findings,
        opinion=row.opinion,
        paper=((), scan) if scan else None,
    )


def _all_or_none(desk: Desk, file: Path, rows: Sequence[Row], records: Sequence[visits.Record]) -> Written:
    """Record the visits as one deed. What a rule refuses all the same is told as a fault of its row."""
    try:
        return visits.record_visits(desk.book, first_signer(desk, Role.CLERK, Role.OFFICER), records)
    except Refused as refused:
        faults = []
        for finding in refused.findings:
            number = next(
                (row.number for row, one in zip(rows, records, strict=True)
                 if finding.location.stream == f"visit/{one.visit}"),
                0,
            )  # fmt: skip
            rule = rules()[finding.rule]
            words = rule.en if language_in_use() == "en" else rule.zh
            faults.append(Fault(Kind.REFUSED, number, value=words, extra={"rule": finding.rule}))
        raise ImportFaults(faults, (), file) from refused

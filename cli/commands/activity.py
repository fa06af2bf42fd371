"""`liuhen activity`: meetings, documents, training, publicity, joint checks led by others (R148, R158)."""

from __future__ import annotations

from pathlib import Path

import click

from cli.acting import first_signer
from cli.desk import Desk, file_hash, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.table import table
from cli.typed import day_typed
from cli.words import Word, said
from ledger.commands import reports
from verifier import facts as f
from verifier.vocabulary import ACTIVITY_KINDS, Role


@click.group(help=_("Meetings, documents, training, publicity, joint checks led by others"))
def command() -> None: ...


@command.command(
    "record",
    help=_("Record what the monthly report tells beside the draws.")
    + example(
        "liuhen activity record 部署会 --kind 会议 --on 2026-03-05",
        "liuhen activity record 危化企业联合抽查 --kind joint_elsewhere --lead 消防救援大队 --subjects 4",
    ),
)
@click.argument("title")
@click.option("--kind", required=True, type=Word(ACTIVITY_KINDS), help=_("What it was"))
@click.option("--on", "--date", "day", default="", metavar="DATE", help=_("Day (default: today)"))
@click.option("--file", type=click.Path(path_type=Path), help=_("Document, named by its hash"))
@click.option("--lead", default="", help=_("Department that led a joint check"))
@click.option("--partner", "partners", multiple=True, help=_("Department that took part (repeatable)"))
@click.option("--subjects", type=click.IntRange(0), help=_("Subjects that were checked"))
@click.option("--published", type=click.IntRange(0), help=_("Results that were published"))
@click.option("--address", default="", help=_("Where the results were published"))
@pass_desk
def record(
    desk: Desk,
    title: str,
    kind: str,
    day: str,
    file: Path | None,
    lead: str,
    partners: tuple[str, ...],
    subjects: int | None,
    published: int | None,
    address: str,
) -> None:
    held = day_typed(day) or desk.clock()[:10]
    name, written = reports.record_activity(
        desk.book,
        first_signer(desk, Role.CLERK, Role.ADMIN),
        kind,
        held,
        title,
        file=file_hash(file) if file else None,
        lead=lead,
        partners=partners,
        subjects=subjects,
        published=published,
        address=address,
    )
    desk.answer(
        _("Recorded: {kind}, {title}, {day}.").format(kind=said(ACTIVITY_KINDS, kind), title=title, day=held),
        next_step="liuhen activity list",
        data={"activity": name, "kind": kind, "date": held},
        written=written,
    )


@command.command(
    "list",
    help=_("List what was recorded, by day.") + example("liuhen activity list --from 2026-03-01"),
)
@click.option("--from", "first", default="", metavar="DATE", help=_("First day"))
@click.option("--until", "last", default="", metavar="DATE", help=_("Last day"))
@pass_desk
def list_(desk: Desk, first: str, last: str) -> None:
    facts = desk.reading().facts()
    begin, end = day_typed(first), day_typed(last) or "9999"
    held = sorted(
        (row.data["date"], row.seq, name, row.data)
        for name, row in facts.rows(f.ACTIVITIES)
        if begin <= row.data["date"] <= end
    )
    header = (
        _("Held on"),
        _("What it was"),
        _("Title"),
        _("Led by"),
        _("Subjects"),
        _("Published"),
        _("Entry"),
    )
    rows = [
        (
            *(day, said(ACTIVITY_KINDS, d["kind"]), d["title"], d.get("lead", "")),
            *(d.get("subjects", ""), d.get("published", ""), seq),
        )
        for day, seq, _name, d in held
    ]
    desk.answer(
        *(table(header, rows) if rows else [_("Nothing is recorded.")]),
        next_step="liuhen stats",
        data={"activities": [{"activity": name, "seq": seq, "date": day} for day, seq, name, _d in held]},
    )

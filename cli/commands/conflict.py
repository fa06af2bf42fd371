"""`liuhen conflict`: conflicts of interest, declared before the freeze (利害关系申报, R092)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.faults import as_data, told
from cli.i18n import _
from cli.imports import choices, clean, import_options
from cli.onward import onward
from cli.table import table
from cli.words import Word, chinese
from ledger.commands import find, lists
from ledger.importing import values
from ledger.importing.records import read_conflicts
from verifier import facts as f
from verifier.codec import Value
from verifier.vocabulary import Role

_RELATIONS = chinese(values.RELATIONS)


@click.group(help=_("Conflicts of interest (利害关系申报): declare, import, list, withdraw."))
def command() -> None: ...


def _details(relation: str, words: str) -> str:
    return "：".join(part for part in (_RELATIONS.get(relation, relation), words) if part)


@command.command(
    "declare",
    help=_(
        "Declare that an officer has a conflict of interest with a subject. What it is stays private. "
        "It counts for draws frozen afterwards."
    )
    + example("liuhen conflict declare fgj-03 示范粮油有限公司 --relation 近亲属"),
)
@click.argument("officer")
@click.argument("subject")
@click.option("--relation", type=Word(_RELATIONS), default="", help=_("Kind of relation (private)"))
@click.option("--details", default="", help=_("What it is (private)"))
@pass_desk
def declare(desk: Desk, officer: str, subject: str, relation: str, details: str) -> None:
    facts = desk.facts
    who, whom = find.officer(facts, officer), find.subject(facts, subject)
    words = {"officer": find.officer_name(facts, who), "subject": find.subject_name(facts, whom)}
    private = _details(relation, details)
    written = lists.declare_conflicts(desk.book, desk.signer(Role.CLERK), [(who, whom, private or None)])
    line = (
        _("Declared: {officer} has a conflict of interest with {subject}.")
        if written.entries
        else _("Nothing changed: {officer} and {subject} are declared already.")
    )
    desk.answer(
        line.format(**words),
        next_step=onward(desk),
        data={"officer": who, "subject": whom, "declared": bool(written.entries)},
        written=written,
    )


@command.command(
    "import",
    help=_("Import declarations from .xlsx or .csv. Those declared already are passed over.")
    + example("liuhen conflict import 一单两库模板.xlsx"),
)
@import_options(diff=False)
@pass_desk
def import_(desk: Desk, /, file: Path, **options: Any) -> None:
    chosen = choices(desk, **options)
    facts = desk.facts
    sheet = clean(
        read_conflicts(
            file,
            today=chosen.today,
            sheet=chosen.sheet,
            leave_out=chosen.leave_out,
            known_officers=[name for name, _row in facts.rows(f.register("officers"))],
            known_subjects=[name for name, _row in facts.rows(f.register("subjects"))],
        ),
        file,
    )
    pairs: list[tuple[str, str, Value | None]] = []
    for name, record in sheet.records:
        apart = sheet.private.get(name, {})
        words = _details(apart.get("relation", ""), apart.get("details", ""))
        pairs.append((str(record["officer"]), str(record["subject"]), words or None))
    written = lists.declare_conflicts(desk.book, desk.signer(Role.CLERK), pairs)
    new = len(written.entries)
    line = _("{file}: declared {added}, already declared {unchanged}.")
    desk.answer(
        *told(sheet.warnings, notes=sheet.warnings),
        line.format(file=file.name, added=new, unchanged=len(pairs) - new),
        next_step=onward(desk),
        data={
            "rows": sheet.rows,
            "added": new,
            "unchanged": len(pairs) - new,
            "notes": [as_data(fault) for fault in sheet.warnings],
        },
        written=written,
    )


@command.command(
    "list",
    help=_("List the declarations in force, without their private details.")
    + example("liuhen conflict list", "liuhen conflict list --officer fgj-03"),
)
@click.option("--officer", default="", help=_("Of this officer"))
@click.option("--subject", default="", help=_("With this subject"))
@pass_desk
def list_(desk: Desk, officer: str, subject: str) -> None:
    facts = desk.reading().facts()
    who = find.officer(facts, officer) if officer else ""
    whom = find.subject(facts, subject) if subject else ""
    pairs = [tuple(key.split("/")) for key, _row in facts.rows(f.CONFLICTS)]
    pairs = [pair for pair in pairs if who in ("", pair[0]) and whom in ("", pair[1])]
    header = [_("Officer"), _("Name"), _("Code"), _("Subject")]
    cells = [(o, find.officer_name(facts, o), s, find.subject_name(facts, s)) for o, s in pairs]
    desk.answer(
        *table(header, cells),
        _("{count} declarations").format(count=len(pairs)),
        next_step=onward(desk),
        data={"conflicts": [{"officer": o, "subject": s} for o, s in pairs]},
    )


@command.command(
    "withdraw",
    help=_("Withdraw a declaration, with the reason. It stays visible in the history.")
    + example("liuhen conflict withdraw fgj-03 示范粮油有限公司 --reason 已不再持股"),
)
@click.argument("officer")
@click.argument("subject")
@click.option("--reason", required=True, help=_("Why"))
@pass_desk
def withdraw(desk: Desk, officer: str, subject: str, reason: str) -> None:
    facts = desk.facts
    who, whom = find.officer(facts, officer), find.subject(facts, subject)
    words = {"officer": find.officer_name(facts, who), "subject": find.subject_name(facts, whom)}
    written = lists.withdraw_conflict(desk.book, desk.signer(Role.CLERK), who, whom, reason)
    desk.answer(
        _("Withdrawn: {officer} and {subject}.").format(**words),
        next_step=onward(desk),
        data={"officer": who, "subject": whom},
        written=written,
    )

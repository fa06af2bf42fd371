"""Subjects as other registers know them: read with what the ledger holds, linked, reconciled (R031–R036)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import click

from cli.desk import Desk, file_hash, pass_desk
from cli.examples import example
from cli.faults import told
from cli.i18n import _
from cli.imports import Choices, accepted_before, choices, clean, import_options
from cli.onward import onward
from cli.table import table
from cli.typed import confirming
from cli.words import Word, chinese, listed, said
from ledger import codes
from ledger.commands import registers
from ledger.importing import values
from ledger.importing.records import Sheet, read_subjects
from ledger.importing.registers import SUBJECTS
from verifier import facts as f
from verifier.vocabulary import LINK_KINDS, Role

_STATES = chinese(values.SUBJECT_STATUS)
_TITLES = {column.key: column.title for column in SUBJECTS.columns}


def dictionary(desk: Desk) -> list[str] | None:
    """The tags of the dictionary in force, if one was adopted."""
    held = desk.facts.get(f.DICTIONARIES, f.ONE)
    return list(held.tags) if held else None


def registered(desk: Desk) -> dict[str, str]:
    """注册号 → the id under which the ledger holds it."""
    found = {}
    for name, row in desk.facts.rows(f.register("subjects")):
        if len(name) == 15:
            found[name] = name
        elif "registration" in row.record:
            found[row.record["registration"]] = name
    return found


def read_file(desk: Desk, file: Path, chosen: Choices, tags: Collection[str] | None = None) -> Sheet:
    """A file of subjects, read with the dictionary in force and codes accepted before. Raises
    E-IMPORT-FAULTS."""
    known = tags if tags is not None else dictionary(desk)
    numbers = registered(desk)

    def read(accept: Mapping[str, str]) -> Sheet:
        return read_subjects(
            file,
            today=chosen.today,
            sheet=chosen.sheet,
            leave_out=chosen.leave_out,
            accept=accept,
            known_tags=known,
            registered=numbers,
        )

    sheet = read(chosen.accept)
    if before := accepted_before(desk, sheet.faults):
        sheet = read({**before, **chosen.accept})
    return clean(sheet, file)


@click.command(
    "link",
    help=_(
        "Record that a subject goes on under another id: renamed, with another code, or merged. What was "
        "drawn, inspected or declared under OLD holds for NEW, and OLD leaves the list. NEW must be in the "
        "list. Kinds: {kinds}"
    ).format(kinds=listed(LINK_KINDS))
    + example(
        "liuhen subject link 640221200099998 91640221MA0009992T --kind code_changed --evidence 通知书.pdf"
    ),
)
@click.argument("old")
@click.argument("new")
@click.option("--kind", type=Word(LINK_KINDS), default="code_changed", help=_("What happened"))
@click.option("--evidence", type=click.Path(path_type=Path), required=True, help=_("The paper that shows it"))
@pass_desk
def link(desk: Desk, old: str, new: str, kind: str, evidence: Path) -> None:
    first, last = codes.normalise(old), codes.normalise(new)
    written = registers.link_subjects(
        desk.book, desk.signer(Role.CLERK), first, last, kind, file_hash(evidence)
    )
    line = _("{old} goes on as {new} ({kind}); it counts when a second person confirms.")
    desk.answer(
        line.format(old=first, new=last, kind=said(LINK_KINDS, kind)),
        next_step=confirming(desk.facts, written.leaf) or onward(desk),
        data={"from": first, "to": last, "kind": kind},
        written=written,
    )


@click.command(
    "reconcile",
    help=_(
        "Compare the list with a register of another authority: what we lack, what only we have, what "
        "differs. Columns that the file lacks are not compared. With --accept the differences become one "
        "edit that REVIEWER has checked."
    )
    + example(
        "liuhen subject reconcile 登记名单.xlsx --authority 市场监管局",
        "liuhen subject reconcile 登记名单.xlsx --authority 市场监管局 --accept --reviewer sun-approver",
    ),
)
@import_options(diff=False)
@click.option("--authority", required=True, help=_("Whose register it is"))
@click.option("--accept", "take", is_flag=True, help=_("Take the differences over"))
@click.option(
    "--reviewer", default="", metavar="HOLDER", help=_("Who checked the differences; not who records")
)
@click.option(
    "--extra",
    type=Word(_STATES),
    default="",
    help=_("Status of those that only we have (default: they stay)"),
)
@click.option("--reason", default="", help=_("Why the list changes (default: reconciliation)"))
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def reconcile(
    desk: Desk,
    /,
    file: Path,
    authority: str,
    take: bool,
    reviewer: str,
    extra: str,
    reason: str,
    **options: Any,
) -> None:
    chosen = choices(desk, **options)
    sheet = read_file(desk, file, chosen)
    found = registers.compare(desk.book, desk.facts, sheet, extra)
    lines = _differences(desk, sheet, found)
    data: dict[str, object] = {
        "authority": authority,
        "missing": list(found.missing),
        "extra": list(found.extra),
        "changed": {name: list(keys) for name, keys in found.changed.items()},
        "accepted": take,
    }
    if not take:
        more = f"liuhen subject reconcile {file.name} --authority {authority} --accept"
        desk.answer(*lines, next_step=more, data=data)
        return
    if not found.edit.empty:
        if not reviewer:
            raise click.UsageError(_("Say who checked the differences: --reviewer"))
        question = _("Add {missing}, change {changed}, close {extra}?")
        closed = len(found.extra) if extra else 0
        told_ = question.format(missing=len(found.missing), changed=len(found.changed), extra=closed)
        for line in lines:
            click.echo(line, err=True)
        desk.sure(told_, yes=chosen.yes)
    _found, written = registers.reconcile(
        desk.book,
        desk.signer(Role.CLERK),
        sheet,
        authority=authority,
        reviewer=reviewer,
        reason=reason or _("Reconciled with {authority}").format(authority=authority),
        source_name=file.name,
        extra_status=extra,
    )
    done = _("Recorded: reconciled with {authority}; added {missing}, changed {changed}, extra {extra}.")
    desk.answer(
        done.format(
            authority=authority,
            missing=len(found.missing),
            changed=len(found.changed),
            extra=len(found.extra),
        ),
        next_step=onward(desk),
        data=data,
        written=written,
    )


def _differences(desk: Desk, sheet: Sheet, found: registers.Comparison) -> list[str]:
    """The three kinds of difference as one table, and the notes of the file."""
    table_ = f.register("subjects")
    theirs = dict(sheet.records)
    names = {n: str(theirs[n]["name"]) for n in found.missing}
    names |= {
        n: row.record["name"] for n in (*found.extra, *found.changed) if (row := desk.facts.get(table_, n))
    }
    rows = [(_("missing"), n, names[n], "") for n in found.missing]
    rows += [(_("extra"), n, names[n], "") for n in found.extra]
    rows += [
        (_("changed"), n, names[n], "、".join(_TITLES.get(key, key) for key in keys))
        for n, keys in found.changed.items()
    ]
    lines = told(sheet.warnings, notes=sheet.warnings)
    lines += table([_("Difference"), _("Code"), _("Name"), _("Fields")], rows[:200], widest=40)
    counts = _("Missing {missing}, extra {extra}, changed {changed}.")
    lines.append(
        counts.format(missing=len(found.missing), extra=len(found.extra), changed=len(found.changed))
    )
    return lines


def add_commands(group: click.Group) -> None:
    """Add link and reconcile to `liuhen subject`."""
    group.add_command(link)
    group.add_command(reconcile)

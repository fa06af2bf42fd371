"""Importing a file into a register: the options, the faults, and what became of the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from cli.desk import Desk
from cli.faults import ImportFaults, as_data, told
from cli.i18n import _
from cli.onward import onward
from ledger import codes
from ledger.commands import lists
from ledger.importing.faults import Fault, Kind
from ledger.importing.records import Sheet
from ledger.importing.spill import Spill
from verifier import facts as f
from verifier.vocabulary import Role

F = TypeVar("F", bound=Callable[..., Any])
Read = Callable[["Choices"], Sheet]
_ROWS_MAX = 2_000_000
_REMOVALS_SHOWN = 20


@dataclass(frozen=True)
class Choices:
    """What a person said about a file: rows to leave out, codes accepted with a reason, and so on."""

    today: date
    sheet: str | None
    leave_out: frozenset[int]
    accept: Mapping[str, str]
    complete: bool
    reason: str
    reviewer: str
    yes: bool


class Rows(click.ParamType[frozenset[int]]):
    """Row numbers as `3,7-9`."""

    name = "rows"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> frozenset[int]:
        if isinstance(value, frozenset):
            return value
        rows: set[int] = set()
        for part in str(value).replace("，", ",").split(","):
            first, dash, last = part.strip().partition("-")
            if not first.isdecimal() or (dash and not last.isdecimal()):
                self.fail(_("“{value}” is not of the form 3,7-9").format(value=value), param, ctx)
            until = int(last) if dash else int(first)
            if until > _ROWS_MAX:
                self.fail(_("There is no row {row}").format(row=until), param, ctx)
            rows.update(range(int(first), until + 1))
        return frozenset(rows)


class Accepted(click.ParamType[tuple[str, str]]):
    """`CODE=reason`: a true code whose check character is wrong."""

    name = "accepted"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        code, sign, reason = str(value).partition("=")
        if not (sign and code.strip() and reason.strip()):
            self.fail(_("“{value}” is not of the form CODE=REASON").format(value=value), param, ctx)
        return codes.normalise(code), reason.strip()


def import_options(*, accept: bool = False, diff: bool = True) -> Callable[[F], F]:
    """The argument FILE and the options of an import; `accept` where the file has codes, `diff` where it is a
    diff of a register."""
    options = [
        click.argument("file", type=click.Path(path_type=Path)),
        click.option("--sheet", help=_("Name of the sheet (default: that of the template, else the first)")),
        click.option(
            "--leave-out",
            type=Rows(),
            default=frozenset(),
            metavar="3,7-9",
            help=_("Rows not to import, as the spreadsheet numbers them"),
        ),
    ]
    if accept:
        words = _("A true code whose check character is wrong, and why; may be given several times")
        options.append(
            click.option("--accept", type=Accepted(), multiple=True, metavar="CODE=REASON", help=words)
        )
    if diff:
        whole = _("The file is the whole list: remove what is not in it (asks first)")
        reason = _("Why the list changes (default: import of the file)")
        reviewer = _("Who checked the file (default: who imports)")
        options += [
            click.option("--complete", is_flag=True, help=whole),
            click.option("--reason", default="", help=reason),
            click.option("--reviewer", default="", metavar="HOLDER", help=reviewer),
            click.option("--yes", is_flag=True, help=_("Do not ask")),
        ]

    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def choices(
    desk: Desk,
    sheet: str | None,
    leave_out: frozenset[int],
    complete: bool = False,
    reason: str = "",
    reviewer: str = "",
    yes: bool = False,
    accept: Sequence[tuple[str, str]] = (),
) -> Choices:
    """The options as typed, with the day of the desk's clock."""
    today = date.fromisoformat(desk.clock()[:10])
    return Choices(today, sheet, leave_out, dict(accept), complete, reason, reviewer, yes)


def clean(sheet: Sheet, path: Path | None) -> Sheet:
    """The sheet when it has no fault. Raises E-IMPORT-FAULTS, which names them all."""
    if sheet.faults:
        raise ImportFaults(sheet.faults, sheet.warnings, path)
    return sheet


def accepted_before(desk: Desk, faults: Sequence[Fault]) -> dict[str, str]:
    """Of codes with a wrong check character: those that this ledger holds already, with the reason given."""
    table = f.register("subjects")
    known: dict[str, str] = {}
    for fault in faults:
        if fault.kind in (Kind.CODE_CHECK, Kind.CODE_CHECK_TWICE, Kind.REGISTRATION_CHECK):
            held = desk.facts.get(table, fault.value)
            if held is not None and "override" in held.record:
                known[fault.value] = held.record["override"]
    return known


def import_sheet(
    desk: Desk, register: str, sheet: Sheet, path: Path, chosen: Choices, next_step: str = ""
) -> None:
    """Import the rows of a clean sheet as one diff, and tell what changed."""
    outside = _outside(desk, register, sheet)
    removed = outside if chosen.complete else []
    if removed:
        named = "、".join(removed[:_REMOVALS_SHOWN]) + (" …" if len(removed) > _REMOVALS_SHOWN else "")
        question = _("{count} are not in the file and would be removed: {names}. Remove them?")
        desk.sure(question.format(count=len(removed), names=named), yes=chosen.yes)
    change, written = lists.import_records(
        desk.book,
        desk.signer(Role.CLERK),
        register,
        sheet.records,
        private=sheet.private,
        removed=removed,
        silent=sheet.silent,
        reason=chosen.reason or _("Import of {file}").format(file=path.name),
        reviewer=chosen.reviewer,
        source=sheet.source_sha256,
        source_name=path.name,
    )
    counts = {
        "added": change.added,
        "changed": change.changed,
        "unchanged": change.unchanged,
        "removed": len(change.removed),
    }
    lines = told(sheet.warnings, notes=sheet.warnings)
    if change.empty:
        lines.append(_("{file}: {rows} rows read, nothing changed.").format(file=path.name, rows=sheet.rows))
    else:
        line = _("{file}: added {added}, changed {changed}, unchanged {unchanged}, removed {removed}.")
        lines.append(line.format(file=path.name, **counts))
    if outside and not removed:
        line = _("{count} in the list are not in this file and stay; if it is the whole list: --complete")
        lines.append(line.format(count=len(outside)))
    desk.answer(
        *lines,
        next_step=next_step or onward(desk, path),
        data={
            "register": register,
            "rows": sheet.rows,
            **counts,
            "not_in_file": len(outside) - len(removed),
            "notes": [as_data(fault) for fault in sheet.warnings],
        },
        written=written,
    )


def _outside(desk: Desk, register: str, sheet: Sheet) -> list[str]:
    """Ids of the register that the file does not have."""
    held = desk.facts.rows(f.register(register))
    if isinstance(sheet.records, Spill):
        return [name for name, _ in held if sheet.records.find(name) is None]
    named = {name for name, _ in sheet.records}
    return [name for name, _ in held if name not in named]

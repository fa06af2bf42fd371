"""One row of a register typed at the command line: added, changed, removed, each as an import of one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import click

from cli.desk import Desk, file_hash
from cli.faults import as_data, told
from cli.i18n import _
from cli.imports import clean
from cli.onward import onward
from ledger.commands import lists
from ledger.importing.faults import Kind as Fault
from ledger.importing.reading import choices
from ledger.importing.records import Record, Sheet, fields_of
from ledger.importing.registers import Register
from ledger.importing.tables import Table
from ledger.importing.typed import row_of
from verifier import codec
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Data
from verifier.private import is_private
from verifier.vocabulary import Role

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Kind:
    """A register whose rows are typed: its name in the ledger, its noun, its columns and their reader."""

    register: str
    noun: str
    columns: Register
    read: Callable[[Table, Mapping[str, str]], Sheet]
    """(one row, accepted codes) → what the importer makes of it"""


@dataclass(frozen=True)
class Edit:
    """Why a row changes: reason, reviewer, and the paper it rests on."""

    reason: str
    reviewer: str
    document: Path | None


def edit_options(command: F) -> F:
    """The options of every edit by hand."""
    for option in (
        click.option(
            "--document",
            type=click.Path(path_type=Path),
            help=_("The paper it rests on; its hash is recorded"),
        ),
        click.option(
            "--reviewer", default="", metavar="HOLDER", help=_("Who checked it (default: who records)")
        ),
        click.option("--reason", default="", help=_("Why the list changes")),
    ):
        command = option(command)
    return command


def column_options(register: Register, names: Mapping[str, str]) -> Callable[[F], F]:
    """An option for each column of `names` (column key → option)."""

    def decorate(command: F) -> F:
        for column in reversed(register.columns):
            if column.key in names:
                words = choices(column.words) if column.words else column.hint
                help_text = f"{column.title}（{words}）" if words else column.title
                command = click.option(names[column.key], column.key, help=help_text)(command)
        return command

    return decorate


def add(
    desk: Desk, kind: Kind, name: str, cells: Mapping[str, str], accept: Mapping[str, str], edit: Edit
) -> None:
    """A new row. Raises E-LIST-KNOWN, E-IMPORT-FAULTS."""
    if desk.facts.get(f.register(kind.register), name) is not None:
        raise LiuhenError(
            "E-LIST-KNOWN",
            N_("{id} is in the list already."),
            remedy=N_("To change it: liuhen {noun} change {id}"),
            exit=Exit.REFUSED,
            id=name,
            noun=kind.noun,
        )
    sheet = clean(kind.read(row_of(kind.columns, cells), accept), None)
    ((_name, record),) = sheet.records
    _write(desk, kind, name, record, sheet, edit, edit.reason or _("Added {id}").format(id=name))


def change(desk: Desk, kind: Kind, name: str, cells: Mapping[str, str], edit: Edit) -> None:
    """Change the columns in `cells`; an empty text empties one. Raises E-LIST-UNKNOWN, E-IMPORT-FAULTS."""
    if not cells:
        raise click.UsageError(_("Nothing to change was given; see --help"))
    held = row(desk, kind, name)
    sheet = clean(
        kind.read(
            row_of(kind.columns, {**_kept(kind, name, held), **cells}), {name: held.get("override", "-")}
        ),
        None,
    )
    ((_name, typed),) = sheet.records
    record = dict(held)
    for field in (field for column in cells for field in fields_of(column)):
        record.pop(field, None)
        if field in typed:
            record[field] = typed[field]
    kept_code = (Fault.CODE_ACCEPTED, Fault.CODE_REWRITTEN)
    sheet = replace(sheet, warnings=[note for note in sheet.warnings if note.kind not in kept_code])
    _write(desk, kind, name, record, sheet, edit, edit.reason or _("Changed {id}").format(id=name))


def remove(desk: Desk, kind: Kind, name: str, edit: Edit) -> None:
    """Take a row off the register. Raises E-LIST-UNKNOWN."""
    words = row(desk, kind, name)["name"]
    change, written = lists.import_records(
        desk.book,
        desk.signer(Role.CLERK),
        kind.register,
        [],
        removed=[name],
        reason=edit.reason,
        reviewer=edit.reviewer,
        source=file_hash(edit.document) if edit.document else sha256(codec.encode([name])).digest(),
        source_name=edit.document.name if edit.document else "",
    )
    line = _("Removed {name} ({id}).").format(name=words, id=name)
    desk.answer(
        line, next_step=onward(desk), data={"id": name, "removed": len(change.removed)}, written=written
    )


def row(desk: Desk, kind: Kind, name: str) -> Data:
    """The record of a row. Raises E-LIST-UNKNOWN."""
    held = desk.facts.get(f.register(kind.register), name)
    if held is None:
        raise LiuhenError(
            "E-LIST-UNKNOWN",
            N_("{id} is not in the list."),
            remedy=N_("Look it up: liuhen {noun} list"),
            exit=Exit.REFUSED,
            id=name,
            noun=kind.noun,
        )
    return held.record


def public(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record without its private fields, for lists."""
    return {key: value for key, value in record.items() if not is_private(value)}


def _kept(kind: Kind, name: str, held: Data) -> dict[str, str]:
    """The cells that the reader needs beside those typed, as the ledger holds them."""
    keys = [c.key for c in kind.columns.columns if c.required or c.key == "valid_from"]
    kept = {key: held[key] for key in keys if isinstance(held.get(key), str)}
    if "kind_text" in held:
        kept["kind"] = held["kind_text"]
    if other := held.get("other_certificate"):
        kept |= {"other_certificate": other["number"], "other_valid_to": other["valid_to"]}
        kept |= {"other_valid_from": other.get("valid_from", "")}
    if "certificate_kind" in held:
        kept["certificate_kind"] = held["certificate_kind"]
    return {**kept, ("code" if kind.noun == "subject" else "id"): name}


def _write(desk: Desk, kind: Kind, name: str, record: Record, sheet: Sheet, edit: Edit, reason: str) -> None:
    apart = sheet.private.get(name, {})
    plain = public(record)
    change, written = lists.import_records(
        desk.book,
        desk.signer(Role.CLERK),
        kind.register,
        [(name, record)],
        private={name: dict(apart)},
        reason=reason,
        reviewer=edit.reviewer,
        source=file_hash(edit.document) if edit.document else sha256(codec.encode([name, plain])).digest(),
        source_name=edit.document.name if edit.document else "",
    )
    outcome = _("Added: {name} ({id})") if change.added else _("Changed: {name} ({id})")
    if change.empty:
        outcome = _("Nothing changed: {name} ({id})")
    lines = told(sheet.warnings, notes=sheet.warnings)
    desk.answer(
        *lines,
        outcome.format(name=plain["name"], id=name),
        next_step=onward(desk),
        data={
            "id": name,
            "added": change.added,
            "changed": change.changed,
            "record": plain,
            "notes": [as_data(fault) for fault in sheet.warnings],
        },
        written=written,
    )

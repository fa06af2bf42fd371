"""Commands of the lists beside 一单两库: each has `import` and `list`, alike but for columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.imports import Choices, choices, clean, import_options, import_sheet
from cli.onward import onward
from cli.table import table
from cli.words import chinese, said
from ledger.importing.column import Column, Register
from ledger.importing.records import Sheet
from verifier import facts as f
from verifier.facts import Data
from verifier.private import is_private


@dataclass(frozen=True)
class Annex:
    """A list beside 一单两库: its register, noun and columns, those shown first, and its reader."""

    register: str
    noun: str
    columns: Register
    shown: tuple[str, ...]
    read: Callable[[Desk, Path, Choices], Sheet]


def group(annex: Annex, help_text: str, import_help: str, list_help: str) -> click.Group:
    """The click group of a list."""
    made = click.Group(help=help_text)
    add_commands(made, annex, import_help, list_help)
    return made


def add_commands(made: click.Group, annex: Annex, import_help: str, list_help: str, prefix: str = "") -> None:
    """Add import and list to a group, under names with a prefix where it has its own."""
    noun = annex.noun

    @made.command(prefix + "import", help=import_help + example(f"liuhen {noun}import 一单两库模板.xlsx"))
    @import_options()
    @pass_desk
    def import_(desk: Desk, /, file: Path, **options: Any) -> None:
        chosen = choices(desk, **options)
        sheet = clean(annex.read(desk, file, chosen), file)
        import_sheet(desk, annex.register, sheet, file, chosen, next_step=f"liuhen {noun}list")

    @made.command(prefix + "list", help=list_help + example(f"liuhen {noun}list"))
    @click.argument("text", default="")
    @pass_desk
    def list_(desk: Desk, text: str) -> None:
        rows = [
            (name, row.record)
            for name, row in desk.reading().facts().rows(f.register(annex.register))
            if text in name or any(text in str(value) for value in row.record.values())
        ]
        columns = [c for key in annex.shown for c in annex.columns.columns if c.key == key]
        desk.answer(
            *table(
                [_("Id"), *(c.title for c in columns)],
                [[name, *(_cell(c, record) for c in columns)] for name, record in rows],
                widest=40,
            ),
            _("{count} rows").format(count=len(rows)),
            next_step=onward(desk),
            data={"register": annex.register, "rows": [{"id": n, **_public(r)} for n, r in rows]},
        )


def _cell(column: Column, record: Data) -> str:
    value = record.get(column.key, "")
    words: Mapping[str, str] = chinese(column.words) if column.words else {}
    if isinstance(value, (list, tuple)):
        return "；".join(said(words, part) for part in value)
    return said(words, value)


def _public(record: Data) -> Data:
    return {key: value for key, value in record.items() if not is_private(value)}

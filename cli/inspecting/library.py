"""`liuhen form publish`, `form library`: check forms by item, published before the draw (表格库)."""

from __future__ import annotations

from pathlib import Path

import click

from cli.acting import first_signer
from cli.desk import Desk, file_hash, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.table import table
from ledger.commands import find, library
from verifier import facts as f
from verifier.vocabulary import Role


@click.command(
    "publish",
    help=_("Put a check form into the library (表格库), before the draw: for which items, in which version.")
    + example("liuhen form publish guandao 管道安全检查表.docx --item item-1 --version 2026"),
)
@click.argument("form")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--item", "items", multiple=True, required=True, help=_("Items that it is for: id or text"))
@click.option("--version", required=True, help=_("Version of the form"))
@click.option("--title", default="", help=_("Title (default: name of the file)"))
@pass_desk
def publish(desk: Desk, form: str, file: Path, items: tuple[str, ...], version: str, title: str) -> None:
    facts = desk.facts
    named = [find.item(facts, one) for one in items]
    digest = file_hash(file)
    signer = first_signer(desk, Role.CLERK, Role.ADMIN)
    title = title or file.stem
    written = library.publish_form(desk.book, signer, form, title, version, named, digest)
    desk.answer(
        _("Form {form} in the library: {title}, version {version}, for {items}.").format(
            form=form, title=title, version=version, items="、".join(named)
        ),
        next_step="liuhen form library",
        data={"form": form, "title": title, "version": version, "items": named, "sha256": digest.hex()},
        written=written,
    )


@click.command(
    "library",
    help=_("List the check forms of the library (表格库).") + example("liuhen form library"),
)
@pass_desk
def show(desk: Desk) -> None:
    facts = desk.reading().facts()
    held = list(facts.rows(f.FORMS))
    rows = [
        (name, row.data["title"], row.data["version"], row.day, "、".join(row.data["items"]))
        for name, row in held
    ]
    desk.answer(
        *table((_("Form"), _("Title"), _("Version"), _("Since"), _("Items")), rows),
        next_step="liuhen task list" if rows else "liuhen item list",
        data={"forms": [{"form": name, **_plain(row)} for name, row in held]},
    )


def _plain(row: f.Kept) -> dict[str, object]:
    d = row.data
    shown = {key: d[key] for key in ("title", "version")}
    return {**shown, "items": list(d["items"]), "sha256": d["file"].hex(), "since": row.day}

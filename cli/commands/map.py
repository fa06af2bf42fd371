"""`liuhen map`: column maps (列对照表) of platforms, to look at, copy and edit."""

from __future__ import annotations

from pathlib import Path

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.mapped import loaded
from cli.table import table
from cli.typed import quoted
from ledger import column_maps
from ledger.column_maps import FIELDS
from ledger.durable import DOCUMENT, write_whole


@click.group(help=_("Column maps (列对照表): the columns of a platform's tables, as a file that you edit"))
def command() -> None: ...


@command.command("list", help=_("List the ready maps.") + example("liuhen map list"))
@pass_desk
def list_(desk: Desk) -> None:
    held = [(name, loaded(name)) for name in column_maps.ready()]
    rows = [(name, one.name, one.platform or "-", "、".join(one.tables)) for name, one in held]
    desk.answer(
        *table((_("Map"), _("Name"), _("Platform"), _("Tables")), rows),
        _("The column names are assumed: compare them with the platform's own files."),
        next_step="liuhen map write generic",
        data={"maps": [{"map": r[0], "name": r[1], "platform": r[2]} for r in rows]},
    )


@command.command(
    "show",
    help=_("Show a map, ready or of your own; with no faults it can be used. Lists the fields there are.")
    + example("liuhen map show ningxia", "liuhen map show 我的平台.toml"),
)
@click.argument("name", default="generic")
@pass_desk
def show(desk: Desk, name: str) -> None:
    shown = loaded(name)
    lines = [_("{name}, platform: {platform}").format(name=shown.name, platform=shown.platform or "-")]
    for kind, one in shown.tables.items():
        lines += ["", f"[{kind}] {one.sheet}"]
        rows = [(title, field, _field(kind, field)) for title, field in one.columns]
        lines += table((_("Column"), _("Field"), _("Meaning")), rows)
        used = {field for _title, field in one.columns}
        more = [f"{field} {_(words)}" for field, words in FIELDS[kind].items() if field not in used]
        lines.append(_("Further fields: {fields}").format(fields="、".join(more)))
    desk.answer(
        *lines,
        next_step=f"liuhen map write {name}" if name in column_maps.ready() else "liuhen platform export",
        data={
            "map": name,
            "platform": shown.platform,
            "tables": {k: t.columns for k, t in shown.tables.items()},
        },
    )


def _field(kind: str, field: str) -> str:
    return _("fixed text") if field.startswith(column_maps.FIXED) else _(FIELDS[kind][field])


@command.command(
    "write",
    help=_("Write a copy of a ready map as a file. Edit it with Notepad and give it as --map FILE.")
    + example("liuhen map write ningxia 我的平台.toml"),
)
@click.argument("name", default="generic")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@pass_desk
def write(desk: Desk, name: str, file: Path | None, yes: bool) -> None:
    content = column_maps.ready_bytes(name)
    path = file or Path(f"{name}.toml")
    desk.may_replace(path, yes=yes)
    write_whole(path, content, DOCUMENT)
    desk.answer(
        _("Written: {file}. Edit it, then check it.").format(file=path),
        next_step=f"liuhen map show {quoted(path)}",
        data={"map": name, "file": str(path)},
    )

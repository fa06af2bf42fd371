"""`liuhen store`: where the ledger is kept (存储), and what the administrator of a server does once."""

from __future__ import annotations

from pathlib import Path

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.placing import point
from cli.typed import quoted
from ledger.rescue import fetching
from ledger.store.engine import wrong_origin
from ledger.store.postgres_tables import script
from ledger.store.server import SCHEMA, pointed, schema_named, server_of
from verifier.errors import N_, Exit, LiuhenError
from verifier.ids import is_origin


@click.group(
    help=_(
        "Where the ledger is kept: in a file on this computer, or on a PostgreSQL server for several "
        "computers."
    )
)
def command() -> None: ...


@command.command(
    "sql",
    help=_(
        "Print what the administrator of the server runs once in the ledger's database: roles, tables, "
        "triggers, rights. ORIGIN is the name that the ledger will have; for a ledger that moves there, the "
        "one it has."
    )
    + example("liuhen store sql ledger.example.gov.cn/fgj"),
)
@click.argument("origin")
@click.option("--schema", default=SCHEMA, show_default=True, help=_("Schema, one for each ledger"))
@pass_desk
def sql(desk: Desk, origin: str, schema: str) -> None:
    if not is_origin(origin):
        raise wrong_origin(origin)
    click.echo(script(schema_named(schema), origin), nl=False)


@command.command(
    "use",
    help=_(
        "Let this computer use the ledger on a server: writes the small file that names it, at the place "
        "given by -L. No password stands in it."
    )
    + example("liuhen store use postgresql://qian@db.fgj.example/liuhen"),
)
@click.argument("url")
@pass_desk
def use(desk: Desk, url: str) -> None:
    new = point(desk.ledger, server_of(url))
    try:
        size = desk.reading().store.head().size
    except BaseException:
        if new:
            desk.ledger.unlink()
        raise
    desk.answer(
        _("This computer uses the ledger {origin} ({n} entries): {path}").format(
            origin=desk.book.origin, n=size, path=desk.ledger
        ),
        next_step="liuhen todo",
        data={"path": str(desk.ledger), "store": desk.reading().store.place, "entries": size},
    )


@command.command(
    "fetch",
    help=_(
        "Take the rows of a ledger on a server, as they are, into the new file FILE: for one that was "
        "damaged, which is neither opened nor moved. Nothing is compared; liuhen doctor FILE tells what "
        "stands. A ledger that stands is copied by liuhen backup or liuhen move."
    )
    + example("liuhen store fetch 取出.db"),
)
@click.argument("file", type=click.Path(path_type=Path))
@pass_desk
def fetch(desk: Desk, file: Path) -> None:
    server = pointed(desk.ledger)
    if server is None:
        raise LiuhenError(
            "E-STORE-FILE",
            N_("This ledger is a file already; nothing needs to be fetched."),
            where=str(desk.ledger),
            remedy=N_("See what is damaged and what still stands: liuhen doctor"),
            exit=Exit.USAGE,
        )
    fetched = fetching.fetch(server, file)
    desk.answer(
        _("Taken as they are: {n} entries, {k} private values, from {place} to {path}").format(
            n=fetched.entries, k=fetched.openings, place=server.url, path=file
        ),
        *([_("{n} rows fit no file and stay there only.").format(n=fetched.left)] if fetched.left else []),
        _("Nothing was compared yet. Do not work with this file."),
        next_step=f"liuhen doctor {quoted(file)}",
        data={
            "path": str(file),
            "entries": fetched.entries,
            "openings": fetched.openings,
            "left": fetched.left,
        },
    )


@command.command(
    "show", help=_("Where the ledger is kept, and how far it goes") + example("liuhen store show")
)
@pass_desk
def show(desk: Desk) -> None:
    store = desk.reading().store
    head = store.head()
    kind = "postgresql" if pointed(desk.ledger) else "sqlite"
    desk.answer(
        _("PostgreSQL: {place}").format(place=store.place)
        if kind == "postgresql"
        else _("File (SQLite): {place}").format(place=store.place),
        _("Origin: {origin}").format(origin=store.origin),
        _("{n} entries; keys and signed heads are looked for beside {path}").format(
            n=head.size, path=desk.ledger
        ),
        data={"kind": kind, "place": store.place, "origin": store.origin, "entries": head.size},
    )

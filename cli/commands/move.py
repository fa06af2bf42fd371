"""`liuhen move`: a ledger from a file onto a server, or back (迁移), and the proof that all of it arrived."""

from __future__ import annotations

from pathlib import Path

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.placing import shown, standing_for
from cli.typed import quoted
from ledger import moving
from ledger.forms.digits import grouped
from ledger.store.server import is_address


@click.command(
    help=_(
        "Copy the ledger SOURCE to TARGET, where none is: entries and private values, byte for byte. A "
        "ledger is named by its file or by postgresql://user@host/database. Both are then read from the "
        "first entry to the last and compared. SOURCE stays as it is; from then on work only with one of "
        "them."
    )
    + example(
        "liuhen move ledger.db postgresql://qian@db.fgj.example/liuhen",
        "liuhen move postgresql://qian@db.fgj.example/liuhen E:/台账.db",
    )
)
@click.argument("source")
@click.argument("target")
@pass_desk
def command(desk: Desk, source: str, target: str) -> None:
    here, there = _place(source), _place(target)
    moved = moving.move(here, there)
    desk.answer(
        _("Copied: {n} entries, {k} private values, from {source} to {target}").format(
            n=moved.entries, k=moved.openings, source=shown(here), target=shown(there)
        ),
        _("Compared, each of them the same on both sides:"),
        "  " + _("number of entries: {n}").format(n=moved.head.size),
        "  " + _("every entry, byte for byte, and every leaf hash: {n}").format(n=moved.entries),
        "  " + _("every private value: {n}").format(n=moved.openings),
        "  " + _("last leaf: {leaf}").format(leaf=grouped(moved.head.leaf.hex())),
        "  " + _("root: {root}").format(root=grouped(moved.head.root.hex())),
        _(
            "From now on work only with {target}. Put {source} away as a copy: entries in both would be two "
            "histories of one ledger, and that is evidence against you."
        ).format(target=shown(there), source=shown(here)),
        next_step=f"liuhen -L {quoted(shown(there))} verify",
        data={
            "source": shown(here),
            "target": shown(there),
            "entries": moved.entries,
            "openings": moved.openings,
            "leaf": moved.head.leaf.hex(),
            "root": moved.head.root.hex(),
        },
    )


def _place(text: str) -> Path:
    return standing_for(text) if is_address(text) else Path(text)

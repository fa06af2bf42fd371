"""`liuhen clock`: take this computer's time after a wrong one was recorded."""

from __future__ import annotations

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.typed import confirming
from ledger.commands import keys
from verifier.vocabulary import Role


@click.group(help=_("Correct the clock"))
def command() -> None: ...


@command.command(
    "correct",
    help=_("The last entries bear a wrong, later time: go on with this computer's time (admin and another).")
    + example("liuhen --as zhao-admin clock correct --reason 主板电池更换"),
)
@click.option("--reason", required=True)
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def correct(desk: Desk, reason: str, yes: bool) -> None:
    last = desk.book.store.head().time
    desk.sure(
        _("The last entry is of {last}. Go on with this computer's time, {clock}?").format(
            last=last, clock=desk.clock()
        ),
        yes=yes,
    )
    written = keys.correct_clock(desk.book, desk.signer(Role.ADMIN), reason)
    seq = written.entries[-1].body.seq
    desk.answer(
        _("Recorded. Nothing else can be recorded until a second person confirms entry {seq}.").format(
            seq=seq
        ),
        next_step=confirming(desk.facts, written.leaf),
        data={"time": written.entries[-1].body.time},
        written=written,
    )

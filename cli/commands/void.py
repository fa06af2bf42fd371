"""`liuhen void`: an entry recorded by mistake counts no more from here on (作废)."""

from __future__ import annotations

import click

from cli.acting import first_signer
from cli.commands.correct import entry_of
from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.typed import confirming
from ledger.commands import visits
from verifier.schema import EVENTS
from verifier.vocabulary import Role


@click.command(
    help=_("Void entry SEQ, recorded by mistake; an approver confirms. It stays in the history.")
    + example('liuhen void 42 --reason "重复登记"')
)
@click.argument("seq", type=click.IntRange(0))
@click.option("--reason", required=True, help=_("Why"))
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def command(desk: Desk, seq: int, reason: str, yes: bool) -> None:
    target = entry_of(desk, seq)
    signer = first_signer(desk, Role.CLERK, Role.OFFICER)
    event = EVENTS.get(target.body.type)
    what = f"{event.zh} ({target.body.type})" if event else target.body.type
    question = _("Void entry {seq}, {what}, {stream}? It can never count again")
    desk.sure(question.format(seq=seq, what=what, stream=target.body.stream), yes=yes)
    written = visits.void(desk.book, signer, seq, reason)
    desk.answer(
        _("Voiding of entry {seq} asked for: {what}.").format(seq=seq, what=what),
        _("It counts when it is confirmed."),
        next_step=confirming(desk.facts, written.leaf),
        data={"seq": seq, "type": target.body.type},
        written=written,
    )

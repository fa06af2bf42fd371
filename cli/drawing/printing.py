"""A list of a sealed draw on paper: how many copies and what for is recorded before anything is written.

Every command that prints who was drawn calls `note_printing` first (design §5); of a draw that is public it
asks and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from cli.acting import first_signer
from cli.desk import Desk
from cli.i18n import _
from ledger.book import Written
from ledger.commands import draw_notes
from ledger.commands.draws import draw_of
from verifier.errors import N_, Exit, LiuhenError
from verifier.vocabulary import Role

MOST = 1000


def printing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--copies` and `--purpose`, asked of a sealed draw where they are left out."""
    for option in (
        click.option("--purpose", default="", help=_("What the copies of a sealed list are for")),
        click.option("--copies", type=click.IntRange(1, MOST), help=_("Copies of a sealed list")),
    ):
        command = option(command)
    return command


def note_printing(desk: Desk, names: Sequence[str], copies: int | None, purpose: str) -> Written:
    """Record the printing of those of the draws whose result is still sealed. What was written, together.
    The desk's ledger is opened anew for it.

    Raises E-PRINT-ASK where copies or purpose are missing and nobody can be asked.
    """
    facts = desk.reading().facts()
    veiled = [name for name in names if draw_of(facts, name).veiled]
    if not veiled:
        return Written(())
    if (copies is None or not purpose) and not desk.interactive:
        raise LiuhenError(
            "E-PRINT-ASK",
            N_("Draw {draw} is sealed: how many copies are printed, and what for, is recorded first."),
            remedy=N_("Say it: --copies 2 --purpose PURPOSE"),
            exit=Exit.USAGE,
            draw=veiled[0],
        )
    if copies is None:
        asked = _("Draw {draw} is sealed. Copies to print").format(draw=veiled[0])
        copies = int(click.prompt(asked, type=click.IntRange(1, MOST), default=1, err=True))
    purpose = purpose or str(click.prompt(_("What are they for"), err=True)).strip()
    desk.close()
    signer = first_signer(desk, Role.CLERK, Role.SUPERVISOR)
    written = [draw_notes.note_printing(desk.book, signer, name, copies, purpose) for name in veiled]
    return Written(tuple(entry for one in written for entry in one.entries), unnoted=written[-1].unnoted)

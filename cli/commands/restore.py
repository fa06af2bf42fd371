"""`liuhen restore`: a copy of the ledger put back, without a second history."""

from __future__ import annotations

from pathlib import Path

import click

from cli.commands.backup import copy_data, head_lines
from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.typed import quoted
from cli.witnessed import LEFT, against_published, given, noted, remembered, signed_beside
from ledger import backup
from ledger.book import Book
from ledger.rescue import heads
from ledger.store.server import pointed
from verifier.errors import N_, Exit, LiuhenError


@click.command(
    help=_(
        "Put COPY back as the ledger, where none is: at the place given by -L. Heads known from the key of "
        "the log, from the note of the last copy, from paper (--head) or from a bundle (--against) are "
        "compared, and heads kept beside the ledger with what cosigners signed: a copy that lacks entries is "
        "refused, as going on from it would begin a second history."
    )
    + example(
        "liuhen restore E:/备份/ledger-141-2026-03-31.backup",
        "liuhen -L 新台账.db restore 备份.backup --against 核验包/checkpoint",
    )
)
@click.argument("copy", type=click.Path(path_type=Path))
@click.option("--head", multiple=True, metavar="SIZE:ROOT", help=_("A head (台账指纹) from paper"))
@against_published
@click.option(
    "--accept-loss", is_flag=True, help=_("Put it back to be read, although entries are known to be lost")
)
@pass_desk
def command(
    desk: Desk, copy: Path, head: tuple[str, ...], against: tuple[Path, ...], accept_loss: bool
) -> None:
    _require_file(desk.ledger, copy)
    asked = [backup.known_of(text, _("the head given")) for text in head]
    if not copy.is_file():
        raise LiuhenError(
            "E-FILE-MISSING",
            N_("There is no such file."),
            where=str(copy),
            remedy=N_("Check the path."),
            exit=Exit.UNREADABLE,
        )
    held = backup.read(copy)
    with Book.open(copy, read_only=True) as book:
        facts = book.facts()
        asked += given(against, held.origin, facts)
        asked += signed_beside(desk.ledger, held.origin, facts)
    of_key = remembered(desk, held.origin)
    known = [*asked, *noted(desk.ledger), *(of_key or ())]
    restored = backup.restore(copy, desk.ledger, known, accept_loss=accept_loss)
    ahead = heads.furthest(known, restored.head.size)
    told = "、".join(one.told for one in known)
    desk.answer(
        _("Restored: {path} ({n} entries)").format(path=restored.path, n=restored.head.size),
        *head_lines(restored),
        _("It lacks entries that were seen: {told}.").format(told=_(ahead.told))
        if ahead
        else _("It holds every entry known from: {told}.").format(told=told)
        if known
        else _("Nothing was at hand to compare it with: compare the head with the last one in print."),
        *([_(LEFT)] if of_key is None else []),
        *(
            [
                _("Entries are lost; do not write into it. A new ledger names it: --after {after}").format(
                    after=backup.after(restored.ledger, restored.head, known)
                )
            ]
            if ahead
            else []
        ),
        next_step="liuhen verify",
        data={**copy_data(restored), "complete": ahead is None, "log_key_asked": of_key is not None},
    )


def _require_file(target: Path, copy: Path) -> None:
    """A copy is put back as a file first, with every check, and then moved. Raises E-RESTORE-SERVER."""
    server = pointed(target)
    if server is not None:
        raise LiuhenError(
            "E-RESTORE-SERVER",
            N_("A copy is put back as a file, not straight onto a server."),
            where=str(target),
            remedy=N_("liuhen -L FILE restore {copy}, then: liuhen move FILE {url}"),
            exit=Exit.USAGE,
            copy=quoted(copy),
            url=quoted(server.url),
        )

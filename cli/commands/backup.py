"""`liuhen backup`: a copy of the ledger file (备份), and the daily reminder of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.typed import quoted
from ledger import backup
from ledger.backup import Copy
from ledger.forms.digits import grouped
from verifier.errors import N_, Exit, LiuhenError


@click.command(
    help=_(
        "Copy the ledger into FOLDER, best on another disk or a USB stick. Others may go on working. The "
        "copy is read again from its first entry to its last before it is there. Key files are not in it."
    )
    + example("liuhen backup E:/备份", "liuhen backup")
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@pass_desk
def command(desk: Desk, folder: Path | None) -> None:
    noted = backup.last(desk.ledger)
    if folder is None and noted is None:
        raise LiuhenError(
            "E-BACKUP-WHERE",
            N_("Where shall the copy be? No copy was made before."),
            remedy=N_("Give a folder on another disk: liuhen backup E:/备份"),
            exit=Exit.USAGE,
        )
    copy = backup.make(desk.reading(), folder or Path(noted.path).parent)  # type: ignore[union-attr]
    desk.answer(
        _("Copied and read again: {path} ({n} entries)").format(path=copy.path, n=copy.head.size),
        *head_lines(copy),
        _("Key files are not in it: each person keeps their own, with a second one locked away."),
        next_step=f"liuhen -L {quoted(copy.path)} log list",
        data=copy_data(copy),
    )


def reminder(desk: Desk) -> str:
    """A line for whoever sits down: that a copy should be made today; "" when none is due."""
    if not desk.ledger.exists():
        return ""
    if not backup.due(desk.ledger, desk.reading().store.head().size, date.fromisoformat(desk.clock()[:10])):
        return ""
    noted = backup.last(desk.ledger)
    if noted is None:
        return _("No copy of the ledger was made yet: liuhen backup FOLDER")
    return _("Last copy {day}, entries came since then: liuhen backup").format(day=noted.day)


def head_lines(copy: Copy) -> tuple[str, ...]:
    return (
        _("Head (number of entries: root):"),
        f"  {copy.head.size}: {grouped(copy.head.root.hex())}",
    )


def copy_data(copy: Copy) -> dict[str, object]:
    return {
        "path": str(copy.path),
        "ledger": copy.ledger.hex(),
        "head": f"{copy.head.size}:{copy.head.root.hex()}",
        "sha256": copy.file,
    }

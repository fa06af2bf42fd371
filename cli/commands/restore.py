"""`liuhen restore`: a copy of the ledger put back, without a second history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from cli.commands.backup import copy_data, head_lines
from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from ledger import backup
from ledger.backup import Known
from ledger.store.server import pointed
from verifier.checkpoint import parse_checkpoint
from verifier.errors import N_, Exit, LiuhenError, Malformed


@click.command(
    help=_(
        "Put COPY back as the ledger, where none is: at the place given by -L. Heads known from the key of "
        "the log, from the note of the last copy, from paper (--head) or from a bundle (--against) are "
        "compared: a copy that lacks entries is refused, as going on from it would begin a second history."
    )
    + example(
        "liuhen restore E:/备份/ledger-141-2026-03-31.backup",
        "liuhen -L 新台账.db restore 备份.backup --against 核验包/checkpoint",
    )
)
@click.argument("copy", type=click.Path(path_type=Path))
@click.option("--head", "heads", multiple=True, metavar="SIZE:ROOT", help=_("A head (台账指纹) from paper"))
@click.option(
    "--against",
    multiple=True,
    type=click.Path(path_type=Path),
    help=_("A checkpoint, or a bundle folder: what was published"),
)
@pass_desk
def command(desk: Desk, copy: Path, heads: tuple[str, ...], against: tuple[Path, ...]) -> None:
    _require_file(desk.ledger, copy)
    asked = [backup.known_of(text, _("the head given")) for text in heads]
    asked += [_published(path) for path in against]
    if not copy.is_file():
        raise LiuhenError(
            "E-FILE-MISSING",
            N_("There is no such file."),
            where=str(copy),
            remedy=N_("Check the path."),
            exit=Exit.UNREADABLE,
        )
    held = backup.read(copy)
    known = [*asked, *_noted(desk), *_remembered(desk, held.origin)]
    restored = backup.restore(copy, desk.ledger, known)
    told = "、".join(one.told for one in known)
    desk.answer(
        _("Restored: {path} ({n} entries)").format(path=restored.path, n=restored.head.size),
        *head_lines(restored),
        _("It holds every entry known from: {told}.").format(told=told)
        if known
        else _("Nothing was at hand to compare it with: compare the head with the last one in print."),
        next_step="liuhen verify",
        data=copy_data(restored),
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
            copy=copy,
            url=server.url,
        )


def _noted(desk: Desk) -> Iterator[Known]:
    noted = backup.last(desk.ledger)
    if noted is not None:
        yield Known(noted.size, leaf=noted.leaf, told=_("the note of the last copy"))


def _remembered(desk: Desk, origin: str) -> Iterator[Known]:
    """What the key of the log remembers, opened with its passphrase where the key is at hand."""
    for info in desk.key_infos("log", origin=origin)[:1]:
        signer = desk.open_key(info)
        size, root = signer.last_head
        if signer.last_size:
            yield Known(signer.last_size, leaf=signer.last_leaf, told=_("the key of the log"))
        if size:
            yield Known(size, root=root, told=_("the key of the log"))


def _published(path: Path) -> Known:
    """The head of a checkpoint, whose signature is `verify`'s matter: here it only has to fit."""
    file = path / "checkpoint" if path.is_dir() else path
    try:
        head = parse_checkpoint(file.read_bytes())[0]
    except (OSError, Malformed) as error:
        raise LiuhenError(
            "E-RESTORE-AGAINST",
            N_("There is no checkpoint to read here."),
            where=str(file),
            remedy=N_("Give the file “checkpoint” of a bundle or site, or the folder it lies in."),
        ) from error
    return Known(head.size, root=head.root, told=str(path))

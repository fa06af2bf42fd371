"""`liuhen stamp`: time-stamps of an authority on heads of the ledger (RFC 3161)."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import click

from cli.desk import Desk, pass_desk, read_file
from cli.examples import example
from cli.i18n import _
from cli.typed import quoted
from ledger.commands import heads
from ledger.durable import DOCUMENT, disk_error, write_whole
from verifier import timestamp
from verifier.checkpoint import Checkpoint
from verifier.errors import N_, Exit, LiuhenError
from verifier.merkle import leaf_hash
from verifier.timestamp import MAX_TOKEN
from verifier.vocabulary import Role

REQUEST, ANSWER = ".tsq", ".tsr"


@click.group(help=_("Time-stamps of an authority on heads (时间戳)"))
def command() -> None: ...


@command.command(
    "request",
    help=_(
        "Write the question to a time-stamp authority over the head as it is now. It holds one hash and "
        "nothing of the ledger."
    )
    + example("liuhen stamp request U盘"),
)
@click.argument("target", required=False, type=click.Path(path_type=Path), default=Path())
@pass_desk
def request(desk: Desk, target: Path) -> None:
    book = desk.reading()
    now = book.store.head()
    head = Checkpoint(book.origin, now.size, now.root)
    place = target / f"{now.size}{REQUEST}" if target.is_dir() else target
    try:
        write_whole(place, timestamp.request(head), DOCUMENT)
    except OSError as error:
        raise disk_error(place, error) from error
    desk.answer(
        _("Question over the head of {size} entries: {file}").format(size=now.size, file=place),
        _("Send it to the authority, on a computer with a network:"),
        f"  curl -H Content-Type:application/timestamp-query --data-binary @{place.name} "
        + f"-o {place.with_suffix(ANSWER).name} "
        + _("ADDRESS"),
        next_step=f"liuhen stamp accept {quoted(place.with_suffix(ANSWER))} --tsa " + _("CERTIFICATES.pem"),
        data={"file": str(place), "size": now.size, "root": now.root},
    )


@command.command(
    "accept",
    help=_("Check the answer of the authority, keep it, and record it in the ledger.")
    + example("liuhen stamp accept 120.tsr --tsa 授时机构.pem"),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--tsa",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("Certificates of the time-stamp authority (PEM, its root among them)"),
)
@click.option("--authority", default="", help=_("Its name (default: as its certificate says)"))
@pass_desk
def accept(desk: Desk, file: Path, tsa: Path, authority: str) -> None:
    data = read_file(file, MAX_TOKEN)
    token = timestamp.read(data)
    timestamp.check(token, read_file(tsa))
    book = desk.book
    head = timestamp.stamped_head(token.imprint, book.origin, map(leaf_hash, book.store.entries()))
    if head is None:
        raise LiuhenError(
            "E-STAMP-HEAD",
            N_("The time-stamp is good, but of no head of this ledger; it is not recorded."),
            where=str(file),
            remedy=N_("Take the answer to the question that was written here: liuhen stamp request"),
            exit=Exit.FAIL,
        )
    name = authority or token.authority or _("unnamed")
    signer = desk.signer(Role.CLERK)
    kept = heads.heads_of(book).keep_token(head.size, data)
    written = heads.stamped(book, signer, head, sha256(data).digest(), name[:200])
    desk.answer(
        _("Head of {size} entries stamped at {time} by {authority}; kept: {file}").format(
            size=head.size, time=token.time, authority=name, file=kept
        ),
        next_step=f"liuhen verify 核验包.zip --stamp {quoted(kept)} --tsa {quoted(tsa)}",
        data={"size": head.size, "time": token.time, "authority": name, "file": str(kept)},
        written=written,
    )

"""`liuhen receipt`: the receipt of a pool member (抽取凭证)."""

from __future__ import annotations

from pathlib import Path

import click

from cli.desk import Desk, pass_desk, read_file
from cli.examples import example
from cli.i18n import _
from cli.typed import quoted
from ledger import receipts
from ledger.commands import bundles, find
from ledger.durable import DOCUMENT, disk_error, write_whole
from verifier.receipt import Receipt

_KIND = ".receipt"


@click.command(
    help=_(
        "Write the receipt of a pool member: that it was in the frozen list, its ticket, rank and the cut, "
        "the draw's entry and its proof in the log; a few kB that anybody can check. SUBJECT is a code or "
        "name. With --all one file for each member of the pool, drawn or not."
    )
    + example("liuhen receipt 91640221MA0000001X --qr 凭证.png", "liuhen receipt --all --folder 抽取凭证")
)
@click.argument("subject", required=False, default="")
@click.option("--draw", default="", help=_("Draw (default: the only completed one)"))
@click.option("--all", "everybody", is_flag=True, help=_("Of the whole pool"))
@click.option("--folder", type=click.Path(path_type=Path), default=Path(), help=_("Folder (default: here)"))
@click.option(
    "--qr", type=click.Path(path_type=Path), help=_("Write the QR code of its claim too (.png, .svg)")
)
@click.option(
    "--under",
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("A published checkpoint to stand under, with its cosignatures (default: sign the head now)"),
)
@pass_desk
def command(
    desk: Desk, subject: str, draw: str, everybody: bool, folder: Path, qr: Path | None, under: Path | None
) -> None:
    if bool(subject) == everybody or (everybody and qr is not None):
        raise click.UsageError(_("Name one subject, or give --all (without --qr)."))
    draw = find.completed_draw(desk.facts, draw or find.draw_of_subject(desk.facts, subject, pool=True))
    signed = read_file(under) if under else bundles.sign_head(desk.book, desk.log_signer())
    issuer = receipts.issuer(desk.book, draw, signed)
    if everybody:
        count = len([_write(folder, one) for one in issuer.all()])
        desk.answer(
            _("{n} receipts written: {folder}").format(n=count, folder=folder.absolute()),
            next_step="liuhen verify-receipt " + quoted(folder / f"{draw}-{next(iter(issuer.rows))}{_KIND}"),
            data={"draw": draw, "count": count, "folder": str(folder)},
        )
        return
    names = find.names_at_freeze(desk.facts, draw)
    subject = find.one_named(subject, sorted(names.items()), f"liuhen draw show {draw}")
    one = issuer.one(subject)
    path = _write(folder, one)
    claim = one.claim()
    if qr is not None:
        import segno

        segno.make(claim.encode(), error="m").save(str(qr), scale=4, border=4)
    desk.answer(
        _("Receipt written: {path}").format(path=path),
        *told(one),
        next_step="liuhen verify-receipt " + quoted(path),
        data={"path": str(path), "claim": claim.encode(), "drawn": claim.drawn, "rank": one.rank},
    )


def told(one: Receipt) -> list[str]:
    """What a receipt claims, in words."""
    claim = one.claim()
    outcome = _("drawn") if claim.drawn else _("not drawn")
    words = _("{subject} in draw {draw}, stratum {stratum}: rank {rank} of {n}, {k} drawn: {outcome}")
    lines = [
        words.format(
            subject=one.subject,
            draw=one.draw,
            stratum=one.stratum,
            rank=one.rank,
            n=one.n,
            k=one.k,
            outcome=outcome,
        ),
        _("Ticket {ticket}").format(ticket=one.ticket),
    ]
    return [*lines, _("Cut    {cut}").format(cut=one.cut)] if one.cut else lines


def _write(folder: Path, one: Receipt) -> Path:
    path = folder / f"{one.draw}-{one.subject}{_KIND}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, one.encode(), DOCUMENT)
    except OSError as error:
        raise disk_error(path, error) from error
    return path

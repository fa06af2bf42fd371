"""`liuhen bundle`: export the bundle 核验包."""

from __future__ import annotations

from pathlib import Path

import click

from cli.cosigned import standing_lines
from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.typed import quoted
from ledger.commands import bundles
from ledger.forms.digits import grouped
from verifier import facts as f


@click.group(help=_("Export the bundle (核验包)"))
def command() -> None: ...


@command.command(
    "export",
    help=_("Write the bundle at the head of the ledger: one zip when TARGET ends in .zip, else a folder.")
    + example("liuhen bundle export 核验包.zip", "liuhen bundle export --inspector 核验包-检查用.zip"),
)
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--inspector", is_flag=True, help=_("With the private fields: for inspectors only, never for publication")
)
@pass_desk
def export(desk: Desk, target: Path, inspector: bool) -> None:
    if inspector:
        click.echo(
            _("This bundle holds personal data. Give it to inspectors only; do not publish it."), err=True
        )
    written = bundles.export(desk.book, desk.log_signer(), target, inspector=inspector)
    ledger = desk.facts.get(f.LEDGER, f.ONE)
    name = ledger.id.hex() if ledger else ""
    head = f"{written.head.size}:{written.head.root.hex()}"
    desk.answer(
        _("Bundle written: {path} ({n} files)").format(path=written.target, n=written.files),
        _("Ledger id:"),
        f"  {grouped(name)}",
        _("Head (number of entries: root):"),
        f"  {written.head.size}: {grouped(written.head.root.hex())}",
        _("Subject hash (SHA-256 of SHA256SUMS):"),
        f"  {grouped(written.subject)}",
        *standing_lines(desk.book, desk.facts),
        _("Print ledger id and head on notice and forms: who has them cannot be shown another ledger."),
        next_step=f"liuhen verify {quoted(target)} --id {name} --head {head}",
        data={
            "target": str(written.target),
            "ledger": name,
            "head": head,
            "subject": written.subject,
            "files": written.files,
            "inspector": inspector,
        },
    )

"""`liuhen attach`: name a scan or photo by its SHA-256, so that it can be told from any other (附件登记)."""

from __future__ import annotations

from pathlib import Path

import click

from cli.acting import first_signer
from cli.commands.correct import entry_of
from cli.desk import Desk, file_hash, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.words import Word
from ledger.commands import visits
from ledger.forms.digits import grouped
from verifier.vocabulary import EVIDENCE_KINDS, Role


@click.command(
    help=_("Name a file by its SHA-256, beside entry SEQ where given. The file itself stays with you.")
    + example("liuhen attach 现场照片.jpg --to 42", "liuhen attach 询问笔录.pdf --to 42 --kind 询问笔录")
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "seq", type=click.IntRange(0), help=_("Entry that it belongs to"))
@click.option("--kind", type=Word(EVIDENCE_KINDS), default="", help=_("Kind of evidence"))
@click.option("--name", default="", help=_("Name in the ledger (default: the file's)"))
@pass_desk
def command(desk: Desk, file: Path, seq: int | None, kind: str, name: str) -> None:
    digest = file_hash(file)
    if seq is not None:
        entry_of(desk, seq)
    name = name or file.name
    written = visits.attach(
        desk.book, first_signer(desk, Role.CLERK, *Role), name, digest, file.stat().st_size, seq, kind
    )
    desk.answer(
        _("Named in the ledger: {name}").format(name=name),
        f"SHA-256 {grouped(digest.hex())}",
        next_step=f"liuhen log show {written.entries[-1].body.seq}",
        data={"name": name, "sha256": digest.hex(), "to": seq, "kind": kind},
        written=written,
    )

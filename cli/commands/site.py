"""`liuhen site`: the public site, the bundle with pages for people."""

from __future__ import annotations

from pathlib import Path

import click

from cli.cosigned import standing_lines
from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import CHINESE, ENGLISH, _, catalogue_hash, translator
from cli.typed import quoted
from ledger.commands.sites import build_site
from ledger.forms.digits import grouped
from ledger.site.render import Language
from verifier import facts as f

LANGUAGES = (
    Language("zh", "zh-CN", translator(CHINESE)),
    Language("en", "en", translator(ENGLISH)),
)
SHOWN = 10
"""So many files are named one by one."""


@click.group(help=_("The public site: the bundle with pages for people"))
def command() -> None: ...


@command.command(
    "build",
    help=_(
        "Write the public site into FOLDER, or bring it up to the head of the ledger: only what changed is "
        "touched. It works from any web server and from a USB stick. Of a sealed draw it shows nothing that "
        "was drawn."
    )
    + example("liuhen site build 公示网站", "liuhen site build 公示网站 --receipts"),
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--receipts", is_flag=True, help=_("With the receipt of every pool member of public draws, drawn or not")
)
@click.option("--anew", is_flag=True, help=_("Read every file and make every page again"))
@pass_desk
def build(desk: Desk, folder: Path, receipts: bool, anew: bool) -> None:
    built = build_site(
        desk.book,
        desk.log_signer(),
        folder,
        LANGUAGES,
        receipts=receipts,
        translated=catalogue_hash(),
        anew=anew,
    )
    ledger = desk.facts.get(f.LEDGER, f.ONE)
    name = ledger.id.hex() if ledger else ""
    head = f"{built.head.size}:{built.head.root.hex()}"
    lines = []
    if built.mended:
        lines.append(_("Somebody changed these files of the site; they are as they should be again:"))
        lines += [f"  {path}" for path in built.mended[:SHOWN]]
        if len(built.mended) > SHOWN:
            lines.append(_(" … {n} in all").format(n=len(built.mended)))
    lines += [
        _("Site written: {path} ({n} files, {changed} changed, {removed} removed)").format(
            path=built.target, n=built.files, changed=len(built.changed), removed=len(built.removed)
        ),
        *([_("Receipts of pool members: {n}").format(n=built.receipts)] if built.receipts else []),
        _("Open it: {path}").format(path=built.target / "index.html"),
        _("Ledger id:"),
        f"  {grouped(name)}",
        _("Head (number of entries: root):"),
        f"  {built.head.size}: {grouped(built.head.root.hex())}",
        *standing_lines(desk.book, desk.facts),
    ]
    desk.answer(
        *lines,
        next_step=f"liuhen verify {quoted(folder)} --id {name} --head {head}",
        data={
            "target": str(built.target),
            "ledger": name,
            "head": head,
            "subject": built.subject,
            "files": built.files,
            "receipts": built.receipts,
            "changed": list(built.changed),
            "removed": list(built.removed),
            "mended": list(built.mended),
        },
    )

"""`liuhen verify-receipt`: check a receipt, without the ledger and without a key."""

from __future__ import annotations

from pathlib import Path

import click

from cli.commands.receipt import told
from cli.desk import Desk, pass_desk, read_file
from cli.examples import example
from cli.i18n import _, language_in_use
from verifier import note, receipt
from verifier.errors import Exit
from verifier.receipt import MAX_SIZE


@click.command(
    help=_(
        "Check a receipt (抽取凭证), or compare it with the text of its QR code. With --vkey, the published "
        "log.vkey, the signature of its head is checked too; with --head the head itself is compared. Exit "
        "code 0 when everything holds, 1 when not, 3 when no published key or head was given."
    )
    + example("liuhen verify-receipt t1-d1-91640221MA0000001X.receipt --vkey 核验包/log.vkey")
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--vkey", type=click.Path(path_type=Path, dir_okay=False), help=_("The log.vkey as published"))
@click.option("--head", metavar="SIZE:ROOT", default="", help=_("A head (台账指纹) from paper"))
@click.option("--claim", default="", metavar="TEXT", help=_("The text of the QR code"))
@pass_desk
def command(desk: Desk, file: Path, vkey: Path | None, head: str, claim: str) -> int:
    one = receipt.parse(read_file(file, MAX_SIZE))
    known = note.parse_vkey_file(read_file(vkey)) if vkey else None
    found = receipt.verify(one, known)
    size, root = one.claim().size, one.claim().root
    if head:
        same = head.replace(" ", "") == f"{size}:{root}"
        found.append(receipt.Finding(same, "台账指纹与所给的一致", "The head is the one given"))
    if claim:
        fits = receipt.parse_claim(claim) == one.claim()
        found.append(receipt.Finding(fits, "与二维码中的内容一致", "It is what the QR code says"))
    holds = all(each.holds for each in found)
    anchored = bool(known or head)
    sentence = (
        _("The receipt does not hold.")
        if not holds
        else _("The receipt holds.")
        if anchored
        else _("The receipt fits itself; compare its head or key with what was published: --vkey, --head.")
    )
    english = language_in_use() == "en"
    desk.answer(
        sentence,
        *told(one),
        *(f"  {'[√]' if each.holds else '[×]'} {each.en if english else each.zh}" for each in found),
        _("Head: {size}:{root}").format(size=size, root=root),
        _("The rank is the office's word; ticket and cut prove whether it was drawn."),
        data={
            "holds": holds,
            "anchored": anchored,
            "drawn": one.claim().drawn,
            "checks": [{"holds": each.holds, "zh": each.zh, "en": each.en} for each in found],
        },
    )
    return int(Exit.FAIL if not holds else Exit.PASS if anchored else Exit.INCONCLUSIVE)

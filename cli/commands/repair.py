"""`liuhen repair`: what still verifies of a damaged ledger, brought into a new file (修复)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from cli.commands.backup import copy_data, head_lines
from cli.commands.doctor import require_file
from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.typed import quoted
from cli.witnessed import LEFT, against_published, given, noted, remembered, signed_beside
from ledger import backup
from ledger.backup import Known
from ledger.rescue import repair
from ledger.rescue.chain import Chain
from ledger.rescue.repair import Repaired


@click.command(
    help=_(
        "Bring what still verifies of the damaged ledger LEDGER into the new file of --to; LEDGER stays as "
        "it is, as evidence. Entries that it lacks come from copies and bundles (--from), where chain and "
        "signature fit. Compared with the note of the last copy, the heads signed beside it, the log key and "
        "what is given; where entries are lost it is refused."
    )
    + example(
        "liuhen repair ledger.db --to ledger-修复.db --from E:/备份/ledger-141-2026-03-31.backup",
        "liuhen repair ledger.db --to ledger-修复.db --from 核验包.zip --checkpoint 网站/checkpoint",
    )
)
@click.argument("ledger", required=False, type=click.Path(path_type=Path))
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), help=_("The new file"))
@click.option(
    "--from",
    "sources",
    multiple=True,
    type=click.Path(path_type=Path),
    help=_("A copy (.backup) or a bundle (folder or zip); may be repeated"),
)
@click.option("--head", "told", multiple=True, metavar="SIZE:ROOT", help=_("A head (台账指纹) from paper"))
@against_published
@click.option("--accept-loss", is_flag=True, help=_("Write what stands, although entries are lost"))
@pass_desk
def command(
    desk: Desk,
    ledger: Path | None,
    target: Path,
    sources: tuple[Path, ...],
    told: tuple[str, ...],
    against: tuple[Path, ...],
    accept_loss: bool,
) -> None:
    path = ledger or desk.ledger
    require_file(path)
    known = [backup.known_of(text, _("the head given")) for text in told]
    with repair.opened(path, sources) as rescue:
        origin = rescue.origin
        of_key = remembered(desk, origin)
        # A ledger that is gone has left notes where the new file is to be.
        places = dict.fromkeys([path.absolute(), target.absolute()])
        known += [*given(against, origin), *(of_key or ())]
        known += [one for place in places for one in noted(place)]

        def beside(chain: Chain) -> Iterator[Known]:
            for place in places:
                yield from signed_beside(place, chain.origin, chain.facts)

        made = rescue.write(target, known, beside, accept_loss=accept_loss)
    desk.ledger = path
    desk.answer(
        *_told(made, path),
        *([_(LEFT)] if of_key is None else []),
        next_step=f"liuhen -L {quoted(target)} verify",
        data={
            **copy_data(made.copy),
            "lost": made.lost,
            "after": made.after if made.lost else None,
            "taken": made.taken,
            "openings": made.openings,
            "openings_dropped": made.dropped,
            "openings_lacking": made.lacking,
            "compared": list(made.compared),
            "log_key_asked": of_key is not None,
            "breaches": made.breaches,
        },
    )


def _told(made: Repaired, path: Path) -> Iterator[str]:
    size = made.copy.head.size
    yield _("Repaired: {path} ({n} entries, read again from the first to the last)").format(
        path=made.copy.path, n=size
    )
    yield from head_lines(made.copy)
    for name, seqs in made.taken.items():
        yield _("From {name}: entries {seqs}").format(name=name, seqs=seqs)
    yield _("Private values: {n} kept, {dropped} fit nothing, {lacking} are missing.").format(
        n=made.openings, dropped=made.dropped, lacking=made.lacking
    )
    if made.breaches:
        yield _("Entries {seqs} break a rule; they are evidence and were kept.").format(seqs=made.breaches)
    if made.compared:
        yield _("Compared with: {told}.").format(told="、".join(_(told) for told in made.compared))
    else:
        yield _("Nothing was at hand to compare it with: compare the head with the last one in print.")
    if made.lost:
        yield _("LOST: entries {seqs}. Only to be read: writing on would begin a second history.").format(
            seqs=made.lost
        )
        yield _("The new ledger begins with: liuhen init … --after {after}").format(after=made.after)
    else:
        yield _("Nothing known is lost. Put {old} away as evidence and work with the new file.").format(
            old=path
        )

"""`liuhen private`: what is kept of private content, and its erasure on a ground (依法删除)."""

from __future__ import annotations

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.table import table
from cli.telling import Teller, label, seen_data
from cli.typed import confirming
from ledger.audit.source import opened
from ledger.audit.trail import trail
from ledger.book import Book
from ledger.commands import find, private_content
from verifier.openings import State
from verifier.vocabulary import Role


@click.group(help=_("Private content: what is kept, what was erased on a ground"))
def command() -> None: ...


@command.command(
    "list",
    help=_("Every private field of an officer, enterprise, person, visit or draw: kept, or erased and why.")
    + example("liuhen private list off-01"),
)
@click.argument("what")
@pass_desk
def list_(desk: Desk, what: str) -> None:
    book = desk.reading()
    what = _named(desk, book, what)
    held = private_content.private_of(book, what)
    tell = Teller(book.facts(), lambda _leaf: None, book.open_private)
    rows = [(one.seq, one.seen.owner, label(one.seen.field), tell.seen(one.seen)) for one in held]
    kept = [one for one in held if one.seen.state is State.OPEN]
    step = f'liuhen private erase {what} --ground "…"' if kept else "liuhen log list --type private.erased"
    desk.answer(
        *table((_("Entry"), _("Belongs to"), _("Field"), _("Content")), rows, right=(0,), widest=100),
        _("{n} private fields, {kept} of them kept.").format(n=len(held), kept=len(kept)),
        next_step=step,
        data={"what": what, "fields": [{"entry": one.seq, **seen_data(one.seen)} for one in held]},
    )


def _named(desk: Desk, book: Book, what: str) -> str:
    """The id that was meant, also by a name. Raises E-NAME-SEVERAL; E-TRAIL-NONE where no entry names it."""
    name = find.anybody(book.facts(), what)
    if not private_content.private_of(book, name):
        with opened(desk.ledger) as source:
            if next(trail(source, name), None) is None:
                raise find.nobody(what)
    return name


@command.command(
    "erase",
    help=_(
        "Erase what is private of an officer, enterprise, person or visit, on a legal ground; an approver "
        "confirms. The commitments stay in the ledger, the content is gone for good, from this file at the "
        "confirmation: backups and bundles that were handed out before still have it."
    )
    + example(
        'liuhen private erase off-01 --ground "《个人信息保护法》第四十七条：处理目的已实现"',
        'liuhen private erase off-01 --field telephone --ground "本人撤回同意"',
    ),
)
@click.argument("what")
@click.option("--field", "fields", multiple=True, help=_("Only this field (default: all of them)"))
@click.option("--ground", required=True, help=_("Legal ground, stays public in the ledger"))
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def erase(desk: Desk, what: str, fields: tuple[str, ...], ground: str, yes: bool) -> None:
    book = desk.book
    what = _named(desk, book, what)
    named = {one.seen.field for one in private_content.private_of(book, what)}
    wanted = [name for name in named for typed in fields if typed in (name, label(name))]
    if len(wanted) < len(fields):
        told = _("this is no private field of {name}; it has: {fields}")
        shown = "、".join(sorted(map(label, named))) or "-"
        raise click.BadParameter(told.format(name=what, fields=shown), param_hint="--field")
    kept = private_content.kept_of(book, what, wanted)
    signer = desk.signer(Role.CLERK)
    said = "、".join(dict.fromkeys(label(one.seen.field) for one in kept))
    question = _("Erase {n} private fields of {name} ({fields})? Once confirmed they cannot be had back")
    desk.sure(question.format(n=len(kept), name=what, fields=said), yes=yes)
    written = private_content.erase_private(book, signer, [one.commitment for one in kept], ground)
    desk.answer(
        _("Erasure of {n} private fields of {name} asked for: {fields}.").format(
            n=len(kept), name=what, fields=said
        ),
        _("They are erased when it is confirmed; what was exported before stays as it is."),
        next_step=confirming(desk.facts, written.leaf),
        data={"what": what, "n": len(kept), "fields": [one.seen.field for one in kept]},
        written=written,
    )

"""`liuhen confirm`: what waits for a second person, and confirming it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import click

from cli.carrying import take
from cli.commands.log import teller
from cli.desk import Desk, pass_desk, roles_named
from cli.drawing.steps import after
from cli.examples import example
from cli.i18n import _
from cli.onward import onward
from cli.telling import Teller, kind_name, time_shown
from cli.typed import confirming
from ledger.commands import keys
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.law.case import SECOND_HOLDERS
from verifier.vocabulary import Role

Waiting = tuple[bytes, f.Pending]
"""Leaf hash of an act, and the act."""


@click.command(
    help=_(
        "Confirm what waits for a second person: entries by number, or all that you may confirm. Without a "
        "number: list what waits, and ask."
    )
    + example(
        "liuhen confirm", "liuhen --as sun-approver confirm 12 15", "liuhen --as sun-approver confirm --all"
    )
)
@click.argument("seqs", nargs=-1, type=click.IntRange(0), metavar="[SEQ]...")
@click.option("--all", "everything", is_flag=True, help=_("All that the person who confirms may confirm"))
@click.option(
    "--file", "files", multiple=True, type=click.Path(path_type=Path), help=_("A confirmation signed by file")
)
@pass_desk
def command(desk: Desk, seqs: tuple[int, ...], everything: bool, files: tuple[Path, ...]) -> None:
    if files:
        take(desk, files)
        return
    waiting = [(bytes.fromhex(leaf), act) for leaf, act in keys.waiting(desk.facts)]
    lines = list(_listed(waiting, teller(desk.book)))
    chosen: Sequence[Waiting] = [pair for pair in waiting if pair[1].seq in seqs]
    _require_waiting(seqs, chosen)
    if not waiting or not (seqs or everything or desk.interactive):
        _tell_waiting(desk, waiting, lines)
        return
    if not (seqs or everything):
        chosen = _ask(waiting, lines)
    elif desk.interactive:
        for line, pair in zip(lines, waiting, strict=True):
            if everything or pair in chosen:
                click.echo(line, err=True)
    _confirm(desk, waiting if everything else chosen, everything)


def _listed(waiting: Sequence[Waiting], tell: Teller) -> Sequence[str]:
    return [
        _("{seq}. {time} {who}: {what} {about}; may be confirmed by {roles}").format(
            seq=act.seq,
            time=time_shown(act.time),
            who=tell.holder(bytes.fromhex(act.key)),
            what=kind_name(act.type),
            about=tell.about(act.data),
            roles=_confirmers(act),
        )
        for _leaf, act in waiting
    ]


def _confirmers(act: f.Pending) -> str:
    return _("anybody else") if set(act.confirmers) >= SECOND_HOLDERS else roles_named(act.confirmers)


def _require_waiting(seqs: Sequence[int], chosen: Sequence[Waiting]) -> None:
    missing = set(seqs) - {act.seq for _leaf, act in chosen}
    if missing:
        raise LiuhenError(
            "E-CONFIRM-NONE",
            N_("Entry {seqs} does not wait for a confirmation."),
            remedy=N_("See what waits: liuhen confirm"),
            exit=Exit.REFUSED,
            seqs=", ".join(map(str, sorted(missing))),
        )


def _tell_waiting(desk: Desk, waiting: Sequence[Waiting], lines: Sequence[str]) -> None:
    data = [
        {
            "seq": act.seq,
            "type": act.type,
            "leaf": leaf.hex(),
            "holder": act.holder,
            "time": act.time,
            "confirmers": list(act.confirmers),
        }
        for leaf, act in waiting
    ]
    desk.answer(
        *(lines or [_("Nothing waits for a confirmation.")]),
        next_step=confirming(desk.facts, waiting[0][0]) if waiting else "liuhen todo",
        data={"waiting": data},
    )


def _ask(waiting: Sequence[Waiting], lines: Sequence[str]) -> Sequence[Waiting]:
    for line in lines:
        click.echo(line, err=True)
    typed = click.prompt(_("Confirm which? Numbers, or * for all"), err=True)
    if typed.strip() == "*":
        return waiting
    seqs = [int(number) for number in re.findall(r"[0-9]+", typed)]
    chosen = [pair for pair in waiting if pair[1].seq in seqs]
    _require_waiting(seqs, chosen)
    if not chosen:
        raise LiuhenError("E-STOPPED", N_("Stopped; nothing was recorded."), exit=Exit.STOPPED)
    return chosen


def _confirm(desk: Desk, chosen: Sequence[Waiting], everything: bool) -> None:
    """With several acts: whoever may confirm the most of them acts; with `--all` the rest goes on waiting."""
    roles = set.union(*(set(act.confirmers) for _leaf, act in chosen))
    authors = {act.holder for _leaf, act in chosen}
    others = () if desk.holder or len(authors) > 1 else tuple(authors)
    signer = desk.signer(*map(Role, sorted(roles)), other_than=others)
    held = set(signer.info.roles)
    fitting = [
        (leaf, act)
        for leaf, act in chosen
        if not everything or (act.holder != signer.info.holder and held & set(act.confirmers))
    ]
    if not fitting:
        raise LiuhenError(
            "E-CONFIRM-NOT-YOURS",
            N_("{holder} may confirm none of what waits: it is their own, or takes another role."),
            remedy=N_("See what waits and for whom: liuhen confirm"),
            exit=Exit.REFUSED,
            holder=signer.info.holder,
        )
    written = keys.confirm(desk.book, signer, [leaf for leaf, _act in fitting])
    left = len(keys.waiting(desk.facts))
    said = [f"{act.seq} {kind_name(act.type)}" for _leaf, act in fitting]
    follows = [after(desk.facts, act) for _leaf, act in fitting]
    desk.answer(
        _("{holder} confirmed: {acts}.").format(holder=signer.info.holder, acts="、".join(said)),
        *(one.line for one in follows if one.line),
        _("Still waiting: {n}.").format(n=left),
        next_step="liuhen confirm" if left else follows[-1].next_step or onward(desk),
        data={"confirmed": [act.seq for _leaf, act in fitting], "waiting": left},
        written=written,
    )

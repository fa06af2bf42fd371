"""`liuhen handover`: somebody leaves, another takes over (工作交接)."""

from __future__ import annotations

from pathlib import Path

import click

from cli.desk import Desk, file_hash, holder_name, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.typed import confirming
from ledger.commands import closing
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.law.keys import in_force
from verifier.vocabulary import Role


@click.command(
    help=_(
        "Hand the duties of HOLDER over to SUCCESSOR: their open tasks are found and named. Who leaves "
        "signs, or an admin where that cannot be; the successor confirms in person. Keys stay as they are: "
        "the answer says which to revoke."
    )
    + example("liuhen --as qian-clerk handover qian-clerk wu-clerk --reason 岗位调整")
)
@click.argument("holder")
@click.argument("successor")
@click.option("--reason", required=True, help=_("Why"))
@click.option("--task", "tasks", multiple=True, help=_("A task to hand over (default: the open ones)"))
@click.option("--file", type=click.Path(path_type=Path), help=_("Scan of the signed 交接单, by its hash"))
@pass_desk
def command(
    desk: Desk, holder: str, successor: str, reason: str, tasks: tuple[str, ...], file: Path | None
) -> None:
    for name in (holder, successor):
        if desk.facts.get(f.HOLDERS, name) is None:
            raise LiuhenError(
                "E-HOLDER-UNKNOWN",
                N_("There is no person {holder} with a key in this ledger."),
                remedy=N_("See them: liuhen key list; enrol a new one first: liuhen key new"),
                exit=Exit.USAGE,
                holder=name,
            )
    handed = list(tasks) or closing.open_tasks(desk.facts, holder)
    signer = desk.signer(Role.ADMIN, Role.CLERK, Role.APPROVER, Role.SUPERVISOR, Role.OFFICER)
    hashed = file_hash(file) if file else None
    written = closing.hand_over(desk.book, signer, holder, successor, reason, handed, hashed)
    head = desk.facts.get(f.HEAD, f.ONE)
    held = [k for _, k in desk.facts.rows(f.KEYS) if k.holder == holder and head and in_force(k, head.size)]
    told = _("Keys still in force: {n}. Revoke them: liuhen key revoke {holder}")
    keys = [told.format(n=len(held), holder=holder)] if held else []
    desk.answer(
        _("{holder} hands over to {successor}: {tasks}.").format(
            holder=holder_name(desk.facts, holder),
            successor=holder_name(desk.facts, successor),
            tasks="、".join(handed) or _("no open task"),
        ),
        *keys,
        next_step=confirming(desk.facts, written.leaf),
        data={"holder": holder, "successor": successor, "tasks": handed},
        written=written,
    )

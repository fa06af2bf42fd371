"""`liuhen inspect notice`, `inspect extend`: the notice ahead of a visit, and a longer time for one."""

from __future__ import annotations

from pathlib import Path

import click

from cli.acting import first_signer
from cli.desk import Desk, file_hash, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.inspecting.moments import moment
from cli.typed import confirming
from ledger.commands import draws, find, notices, plans
from ledger.commands.notices import Notice
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.law.joined import last_day
from verifier.vocabulary import Role


@click.command(
    "notice",
    help=_(
        "Record the notice (检查通知书) that the inspected were sent once ahead of the visit: items, day, "
        "materials. Of a sealed draw it stays private until the draw is unsealed. An unannounced visit has "
        "its notice handed over on arrival: --unannounced."
    )
    + example(
        "liuhen inspect notice 演示企业020 --day 2026-03-10 --material 营业执照 --material 安全台账",
        "liuhen inspect notice --all --draw t1-d1 --unannounced",
    ),
)
@click.argument("subjects", nargs=-1, metavar="[SUBJECT]…")
@click.option("--all", "every", is_flag=True, help=_("Every drawn subject without a notice and a visit"))
@click.option("--draw", default="", help=_("Draw (default: the only completed one)"))
@click.option("--day", default="", metavar="DATE", help=_("Day of the visit that is announced"))
@click.option("--unannounced", is_flag=True, help=_("Not announced: handed over when the visit begins"))
@click.option("--item", "items", multiple=True, help=_("Items (default: all of the task)"))
@click.option("--material", "materials", multiple=True, help=_("What is to be ready"))
@click.option("--sent", default="", metavar="DATE", help=_("Day on which it was delivered (default: now)"))
@click.option("--at", "hour", default="", metavar="HH:MM", help=_("Hour of that day"))
@click.option("--number", default="", help=_("Number of the notice"))
@click.option("--file", type=click.Path(path_type=Path), help=_("Scan of the notice or of its receipt"))
@pass_desk
def notice(
    desk: Desk,
    subjects: tuple[str, ...],
    every: bool,
    draw: str,
    day: str,
    unannounced: bool,
    items: tuple[str, ...],
    materials: tuple[str, ...],
    sent: str,
    hour: str,
    number: str,
    file: Path | None,
) -> None:
    if bool(subjects) == every:
        raise click.UsageError(_("Name the subjects, or give --all."))
    if bool(day) == unannounced:
        raise click.UsageError(_("Either the day of the visit (--day) or --unannounced."))
    if day:
        moment(day)
    facts = desk.facts
    draw = find.visits_draw(facts, draw)
    chosen = [find.drawn_subject(facts, draw, one) for one in subjects] or _unnoticed(facts, draw)
    task = plans.task_of(facts, draws.draw_of(facts, draw).task)
    told = Notice(
        [find.item(facts, one) for one in items] or task.data["items"],
        moment(sent, hour) if sent else desk.clock(),
        day,
        materials,
        unannounced,
        number,
        file_hash(file) if file else None,
    )
    signer = first_signer(desk, Role.CLERK, Role.OFFICER)
    written = notices.send_notices(desk.book, signer, draw, chosen, told)
    names = find.names_at_freeze(desk.facts, draw)
    line = _("{count} notices recorded: {subjects}; {day}.")
    desk.answer(
        line.format(
            count=len(chosen),
            subjects="、".join(names.get(one, one) for one in chosen),
            day=_("unannounced") if unannounced else _("visit on {day}").format(day=day),
        ),
        next_step=f"liuhen inspect show --draw {draw}",
        data={"draw": draw, "subjects": chosen, "day": day, "unannounced": unannounced},
        written=written,
    )


def _unnoticed(facts: f.Facts, draw: str) -> list[str]:
    """Every subject that may still be told. Raises E-NOTICE-NONE."""
    left = notices.to_notify(facts, draw)
    if not left:
        raise LiuhenError(
            "E-NOTICE-NONE",
            N_("Every drawn subject of {draw} has its notice or its visit."),
            remedy=N_("See how far they are: liuhen inspect show"),
            exit=Exit.REFUSED,
            draw=draw,
        )
    return left


@click.command(
    "extend",
    help=_(
        "Ask for a longer time for one visit, before its time is over; an approver confirms. The last day "
        "to make and record the visit moves."
    )
    + example("liuhen inspect extend 演示企业020 --until 2026-11-20 --reason 案情复杂，需委托检验"),
)
@click.argument("subject")
@click.option("--draw", default="", help=_("Draw (default: the only completed one)"))
@click.option("--until", required=True, metavar="DATE", help=_("New last day"))
@click.option("--reason", required=True, help=_("Why"))
@pass_desk
def extend(desk: Desk, subject: str, draw: str, until: str, reason: str) -> None:
    moment(until)
    facts = desk.facts
    draw = find.visits_draw(facts, draw or find.draw_of_subject(facts, subject))
    subject = find.drawn_subject(facts, draw, subject)
    before = last_day(facts, draw, subject)
    signer = first_signer(desk, Role.CLERK, Role.OFFICER)
    written = notices.extend(desk.book, signer, draw, subject, until, reason)
    name = find.names_at_freeze(facts, draw).get(subject, subject)
    desk.answer(
        _("Asked for a longer time: {subject}, until {until} instead of {before}.").format(
            subject=name, until=until, before=before
        ),
        _("It counts when it is confirmed."),
        next_step=confirming(desk.facts, written.leaf),
        data={"draw": draw, "subject": subject, "until": until, "before": before},
        written=written,
    )

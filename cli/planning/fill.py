"""`liuhen task fill`: the task of a 补抽, which draws seats of visits that nobody may take by replacement."""

from __future__ import annotations

from calendar import monthrange
from typing import Any

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.table import table
from cli.typed import as_other, confirming
from cli.words import Word, said
from ledger.book import Written
from ledger.commands import fills, find, plans
from ledger.commands.draws import draw_of
from ledger.commands.fills import Fill
from verifier import facts as f
from verifier.draw import parse_public_form
from verifier.errors import LiuhenError
from verifier.facts import Facts
from verifier.vocabulary import REPLACEMENT_REASONS, Role

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command(
    "fill",
    help=_(
        "Propose a supplementary draw (补抽) for seats that nobody may take by replacement: of officers with "
        "a conflict, or absent today, or of the officer named. Subjects and seats are found by the "
        "program; the officers drawn join the team, and the visit is recorded once."
    )
    + example(
        "liuhen task fill",
        "liuhen task fill 演示企业020 off-03 --reason 回避",
        "liuhen task fill 演示企业020 --whole --reason 因故缺席",
    ),
)
@click.argument("subject", required=False, default="")
@click.argument("officer", required=False, default="")
@click.option("--draw", default="", help=_("Draw (default: the only completed one)"))
@click.option("--whole", is_flag=True, help=_("Draw the whole team of the subject again"))
@click.option("--reason", type=Word(REPLACEMENT_REASONS), default="", help=_("Why the officer cannot go"))
@click.option("--task", default="", help=_("Id of the new task (default: that of the draw with -b1, -b2, …)"))
@click.option(
    "--window",
    type=(_DAY, _DAY),
    metavar="FROM UNTIL",
    help=_("Days in which visits are made (default: today to the end of the draw's window)"),
)
@click.option("--public", default="", help=_("Public value (default: as in the draw)"))
@pass_desk
def fill(
    desk: Desk,
    subject: str,
    officer: str,
    draw: str,
    whole: bool,
    reason: str,
    task: str,
    window: tuple[Any, Any] | None,
    public: str,
) -> None:
    if bool(subject) != bool(reason) or (subject and whole == bool(officer)) or (whole and not subject):
        raise click.UsageError(
            _("Name nobody; or SUBJECT, OFFICER and --reason; or SUBJECT, --whole and --reason.")
        )
    if public:
        try:
            parse_public_form(public)
        except LiuhenError as error:
            raise click.BadParameter(_(error.what).format(**error.params), param_hint="--public") from error
    facts = desk.facts
    draw = find.visits_draw(facts, draw or (find.draw_of_subject(facts, subject) if subject else ""))
    if subject:
        subject = find.drawn_subject(facts, draw, subject)
        officer = find.officer(facts, officer) if officer else ""
    parts = _parts(facts, draw, subject, officer, whole, reason, desk.clock()[:10])
    days = _window(desk, facts, draw, window)
    signer = desk.signer(Role.CLERK)
    lines, made, written = [], [], Written(())
    for part in parts:
        name, one = fills.new_fill(
            desk.book, signer, part, task=task if len(parts) == 1 else "", window=days, public=public
        )
        made.append(name)
        written = Written((*written.entries, *one.entries), (*written.warnings, *one.warnings))
        told = _("Proposed the supplementary draw {task} ({reason}):")
        lines.append(told.format(task=name, reason=said(REPLACEMENT_REASONS, part.reason)))
        header = (_("Name"), _("Code"), _("Seat"), _("Who leaves"))
        lines += table(header, _rows(facts, part), right=(2,))
    desk.answer(
        *lines,
        _("It takes effect when an approver confirms; then it is drawn like any task."),
        next_step=(confirming(desk.facts, written.leaf) if len(parts) == 1 else "")
        or f"{as_other(desk.facts, Role.APPROVER, signer.info.holder)} confirm --all",
        data={
            "draw": draw,
            "tasks": made,
            "fills": [{"draw": part.draw, "visits": [list(row) for row in part.visits]} for part in parts],
        },
        written=written,
    )


def _parts(
    facts: Facts, draw: str, subject: str, officer: str, whole: bool, reason: str, today: str
) -> list[Fill]:
    """The 补抽 that are needed: of what was named, else of everything known to be open."""
    if whole:
        return [fills.whole_teams(facts, draw, [subject], reason)]
    named = [fills.who_leaves(facts, draw, subject, officer, reason)] if subject else []
    found = named or list(fills.leaving(facts, draw, today))
    left = fills.open_seats(facts, found)
    if left:
        return fills.tasks_for(facts, left)
    for one in found:
        if one.follows:
            raise fills.can_follow(facts, one)
        raise fills.filled_already(facts, one)
    raise fills.no_open_seats(draw)


def _window(desk: Desk, facts: Facts, draw: str, window: tuple[Any, Any] | None) -> tuple[str, str]:
    """Today to the end of the draw's window; where that is over, to the end of the plan row's month."""
    if window:
        return f"{window[0]:%Y-%m-%d}", f"{window[1]:%Y-%m-%d}"
    today = desk.clock()[:10]
    task = plans.task_of(facts, draw_of(facts, draw).task).data
    last = str(task["window"][1])
    row = facts.get(f.register(f"plan.{task['plan']}"), task["row"])
    if today > last and row is not None:
        year, month = (int(part) for part in row.record["until"].split("-"))
        last = f"{year:04}-{month:02}-{monthrange(year, month)[1]:02}"
    return min(today, last), last


def _rows(facts: Facts, part: Fill) -> list[tuple[str, str, str, str]]:
    rows = []
    for subject, seat in part.visits:
        team = facts.get(f.TEAMS, f"{part.draw}/{subject}")
        members = team.replaced() if team else ()
        gone = members if seat == fills.WHOLE else members[seat - 1 : seat]
        names = "、".join(find.officer_name(facts, officer) for officer in gone)
        words = _("all") if seat == fills.WHOLE else str(seat)
        rows.append((find.subject_name(facts, subject), subject, words, names))
    return rows

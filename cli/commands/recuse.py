"""`liuhen recuse`: an officer leaves a team, the next by ticket follows (回避、递补)."""

from __future__ import annotations

import click

from cli.acting import first_signer
from cli.desk import Desk, pass_desk
from cli.drawing.result import team_words
from cli.examples import example
from cli.i18n import _
from cli.typed import confirm_step, confirming
from cli.words import Word, said
from ledger.commands import draws, find
from verifier import facts as f
from verifier.law import joined
from verifier.vocabulary import REPLACEMENT_REASONS, Role


@click.command(
    help=_(
        "Replace an officer of a team before the visit. The next by ticket follows; nobody chooses; "
        "an approver confirms.\n\n"
        "SUBJECT is a code or a part of the name, OFFICER an id or a name."
    )
    + example("liuhen recuse 演示企业020 off-03 --reason recusal")
)
@click.argument("subject")
@click.argument("officer")
@click.option("--draw", default="", help=_("Draw (default: the only completed one)"))
@click.option("--reason", required=True, type=Word(REPLACEMENT_REASONS), help=_("Why"))
@pass_desk
def command(desk: Desk, subject: str, officer: str, draw: str, reason: str) -> None:
    facts = desk.facts
    draw = find.visits_draw(facts, draw or find.draw_of_subject(facts, subject))
    subject = find.drawn_subject(facts, draw, subject)
    officer = find.officer(facts, officer)
    if _told_before(desk, draw, subject, officer):
        return
    signer = first_signer(desk, Role.CLERK, Role.SUPERVISOR, Role.OFFICER)
    substitute, written = draws.recuse(desk.book, signer, draw, subject, officer, reason)
    told = _("{officer} leaves ({reason}); next by random number: {substitute}.")
    desk.answer(
        told.format(
            officer=find.officer_name(facts, officer),
            reason=said(REPLACEMENT_REASONS, reason),
            substitute=find.officer_name(facts, substitute),
        ),
        _("The replacement counts when it is confirmed."),
        next_step=confirming(desk.facts, written.leaf),
        data={"draw": draw, "subject": subject, "officer": officer, "substitute": substitute},
        written=written,
    )


def _told_before(desk: Desk, draw: str, subject: str, officer: str) -> bool:
    """Whether this replacement was asked for before: say how it stands instead of asking again."""
    facts = desk.facts
    team = draws.team_of(facts, draw, subject)
    name = find.names_at_freeze(facts, draw).get(subject, subject)
    held = joined.teams(facts, draw, subject)
    done = [
        (out, substitute) for one in held for _seat, out, _reason, substitute in one.changes if out == officer
    ]
    if done:
        told = _("{officer} was replaced at {subject} by {substitute}. Team: {team}")
        line = told.format(
            officer=find.officer_name(facts, officer),
            subject=name,
            substitute=find.officer_name(facts, done[0][1]),
            team=team_words(facts, team),
        )
        data = {"draw": draw, "subject": subject, "team": list(team.members())}
        desk.answer(line, next_step=f"liuhen inspect show --draw {draw}", data=data)
        return True
    waiting = _waiting(desk, draw, subject, officer)
    if waiting is None:
        return False
    leaf, act = waiting
    desk.answer(
        _("This replacement was asked for and waits for its confirmation."),
        next_step=confirm_step(act.seq, find.confirmers(facts, bytes.fromhex(leaf))[:1]),
        data={"draw": draw, "subject": subject, "waiting": act.seq},
    )
    return True


def _waiting(desk: Desk, draw: str, subject: str, officer: str) -> tuple[str, f.Pending] | None:
    for leaf, act in find.waiting_for(desk.facts, "draw.replaced"):
        change = act.data["change"]
        if "$c" in change:
            opened = desk.book.open_private(change["$c"])
            change = opened[1] if opened else {}
        if joined.origin(desk.facts, act.data["draw"]) == draw and (
            change.get("subject"),
            change.get("officer"),
        ) == (subject, officer):
            return leaf, act
    return None

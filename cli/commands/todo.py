"""`liuhen todo`: what is to be done now (今天要办)."""

from __future__ import annotations

import click

from cli.commands.backup import reminder
from cli.desk import Desk, holder_name, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.telling import kind_name
from ledger.commands import find
from ledger.commands.todo import Todo, todos
from verifier.facts import Facts


@click.command(
    help=_("What is to be done now: late things first, each with who may do it and the command that does it.")
    + example("liuhen todo", "liuhen --as sun-approver todo --mine")
)
@click.option("--mine", is_flag=True, help=_("Only what the person named by --as may do"))
@pass_desk
def command(desk: Desk, mine: bool) -> None:
    facts = desk.reading().facts()
    found = [one for one in todos(facts, desk.clock()[:10]) if not mine or desk.acts_as in one.who]
    lines = [line for number, one in enumerate(found, 1) for line in todo_lines(facts, number, one)]
    desk.answer(
        *(lines or [_("Nothing is to be done today.")]),
        *filter(None, [reminder(desk)]),
        next_step=found[0].command() if found else "liuhen verify",
        data={"todo": [_data(facts, one) for one in found]},
    )


def sentence(facts: Facts, one: Todo) -> str:
    """What is to be done, in words."""
    params = dict(one.params)
    if "type" in params:
        params["type"] = kind_name(str(params["type"]))
    if "holder" in params:
        params["holder"] = holder_name(facts, str(params["holder"]))
    return _(one.what).format(**params)


def limit(one: Todo) -> str:
    """`[by 2026-03-31]`, `[overdue since …]`, `[provisional …]`; "" without a last day."""
    if one.late:
        return _("[overdue {day}] ").format(day=one.due)
    if one.provisional:
        return _("[≥ {day}, provisional] ").format(day=one.due)
    return _("[by {day}] ").format(day=one.due) if one.due else ""


def todo_lines(facts: Facts, number: int, one: Todo) -> list[str]:
    """One thing to do in two lines: what, then who and how."""
    who = "、".join(holder_name(facts, h) for h in one.who[:SHOWN]) + (" …" if len(one.who) > SHOWN else "")
    if not who and one.kind == "confirm":
        who = _("nobody here may do it")
    return [
        f"{number:2}. {limit(one)}{sentence(facts, one)}",
        f"    {who + '：' if who else ''}{one.command()}",
    ]


def _data(facts: Facts, one: Todo) -> dict[str, object]:
    return {
        "kind": one.kind,
        "text": sentence(facts, one),
        "who": [{"holder": h, "name": find.officer_name(facts, h)} for h in one.who],
        "command": one.command(),
        "due": one.due,
        "provisional": one.provisional,
        "late": one.late,
    }


SHOWN = 4
"""People named in a line."""

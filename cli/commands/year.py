"""`liuhen year`: the end of a year and the beginning of the next (年度结转)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.table import table
from cli.typed import confirming
from ledger.commands import closing, find
from verifier import facts as f
from verifier.errors import N_
from verifier.facts import Facts
from verifier.law.closing import carried
from verifier.vocabulary import Role

KINDS = {
    "row": N_("plan rows without a task"),
    "task": N_("tasks not drawn"),
    "sealed": N_("sealed draws not public yet"),
    "visit": N_("subjects not visited"),
    "result": N_("results not signed or not published"),
    "followup": N_("follow-ups not settled"),
    "archive": N_("cases not filed away"),
}
_YEAR = click.argument("year", type=click.IntRange(2000, 2100))


@click.group(help=_("The end of a year (年度结转): what is open, closing it, opening the next."))
def command() -> None: ...


@command.command("show", help=_("Show what a year leaves open.") + example("liuhen year show 2026"))
@_YEAR
@pass_desk
def show(desk: Desk, year: int) -> None:
    facts = desk.reading().facts()
    closed = facts.get(f.CLOSED_YEARS, str(year))
    rows = closed.data["carried"] if closed else carried(facts, year)
    told = (
        _("{year} was closed on {day}. Carried over then:") if closed else _("{year} is open. Not finished:")
    )
    desk.answer(
        told.format(year=year, day=closed.day if closed else ""),
        *_listed(facts, rows),
        next_step=f"liuhen year open {year + 1}" if closed else f"liuhen year close {year}",
        data={"year": year, "closed": closed.day if closed else "", "open": [list(row) for row in rows]},
    )


@command.command(
    "close",
    help=_(
        "Close a year, from 1 December on: what is open is named and carried over, and can still be "
        "finished; no task is made of its plans any more. An approver confirms."
    )
    + example("liuhen year close 2026"),
)
@_YEAR
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def close(desk: Desk, year: int, yes: bool) -> None:
    rows = carried(desk.facts, year)
    for line in _listed(desk.facts, rows):
        click.echo(line, err=True)
    desk.sure(_("Close {year} and carry {n} things over?").format(year=year, n=len(rows)), yes=yes)
    written = closing.close_year(desk.book, desk.signer(Role.CLERK, Role.ADMIN), year)
    counts = Counter(kind for kind, _name in rows)
    desk.answer(
        _("{year} is closed when an approver confirms; {n} things are carried over.").format(
            year=year, n=len(rows)
        ),
        next_step=confirming(desk.facts, written.leaf),
        data={"year": year, "carried": dict(counts)},
        written=written,
    )


@command.command(
    "open",
    help=_(
        "What a new year still needs, in order: the year before closed, the calendar, the rules, the plan. "
        "Yearly counts begin anew by themselves."
    )
    + example("liuhen year open 2027"),
)
@_YEAR
@pass_desk
def open_(desk: Desk, year: int) -> None:
    facts = desk.reading().facts()
    steps = list(_steps(facts, year))
    closed = facts.get(f.CLOSED_YEARS, str(year - 1))
    desk.answer(
        *table(
            [_("Step"), "", _("Command")],
            [(text, "√" if done else "", "" if done else do) for text, done, do in steps],
        ),
        *([_("Carried over from {year}:").format(year=year - 1)] if closed else []),
        *(_listed(facts, closed.data["carried"]) if closed else []),
        next_step=next((do for _text, done, do in steps if not done), "liuhen todo"),
        data={"year": year, "steps": [{"step": text, "done": done} for text, done, _do in steps]},
    )


def _steps(facts: Facts, year: int) -> Iterator[tuple[str, bool, str]]:
    """(what, whether it is done, the command)."""
    before = [plan for _, plan in facts.rows(f.PLANS) if plan.year == year - 1]
    if before:
        closed = facts.get(f.CLOSED_YEARS, str(year - 1)) is not None
        yield _("{year} closed").format(year=year - 1), closed, f"liuhen year close {year - 1}"
    calendar = facts.get(f.CALENDARS, str(year)) is not None
    yield _("Working days of {year}").format(year=year), calendar, f"liuhen calendar adopt {year}"
    ledger = facts.get(f.LEDGER, f.ONE)
    policy = facts.get(f.POLICIES, ledger.policy) if ledger else None
    named = _("Rules in force: {document}").format(document=policy.document if policy else "-")
    yield named, policy is not None, "liuhen policy adopt s0 --file 实施细则.pdf"
    plans = [(name, plan) for name, plan in facts.rows(f.PLANS) if plan.year == year]
    yield _("Plan of {year}").format(year=year), bool(plans), "liuhen plan import 附件3.xlsx"
    published = any(plan.state == "published" for _, plan in plans)
    yield _("Plan of {year} published").format(year=year), published, "liuhen plan publish"


def _listed(facts: Facts, rows: list[tuple[str, str]]) -> list[str]:
    """What is open, by kind: each with its names."""
    lines: list[str] = []
    for kind, title in KINDS.items():
        names = [_named(facts, kind, name) for held, name in rows if held == kind]
        if names:
            more = f" … ({len(names)})" if len(names) > SHOWN else ""
            lines.append(f"  {_(title)} {len(names)}: " + "、".join(names[:SHOWN]) + more)
    return lines or [_("  nothing")]


def _named(facts: Facts, kind: str, name: str) -> str:
    if kind == "visit":
        draw, _slash, subject = name.partition("/")
        return f"{find.subject_name(facts, subject)} ({draw})"
    visit = facts.get(f.VISITS, name) if kind in ("result", "followup") else None
    return find.subject_name(facts, visit.data["subject"]) if visit else name


SHOWN = 10
"""Names of one kind that are listed."""

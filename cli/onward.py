"""下一步 on the way from lists to a draw: the first thing that a ledger still lacks, as a command."""

from __future__ import annotations

from pathlib import Path

from cli.desk import Desk
from cli.i18n import _
from cli.typed import as_other, confirming, quoted
from ledger.commands import find
from verifier import facts as f
from verifier.facts import Facts
from verifier.vocabulary import Role

_LISTS = (("items", "item"), ("subjects", "subject"), ("officers", "officer"))


def onward(desk: Desk, source: Path | None = None) -> str:
    """The next command before the draw; `source` is the workbook just imported, which may hold more."""
    facts = desk.facts
    book = quoted(source) if source and source.suffix.lower() == ".xlsx" else _("FILE.xlsx")
    for register, noun in _LISTS:
        if next(iter(facts.rows(f.register(register))), None) is None:
            return f"liuhen {noun} import {book}"
    ledger = facts.get(f.LEDGER, f.ONE)
    if ledger is None or not ledger.policy:
        waits = find.waiting_for(facts, "policy.adopted")
        if waits:
            return confirming(facts, bytes.fromhex(waits[0][0]))
        return "liuhen policy adopt s0 --file " + _("RULES.pdf")
    year = desk.clock()[:4]
    if facts.get(f.CALENDARS, year) is None:
        return f"liuhen calendar adopt {year}"
    return _planward(facts, book, year)


def _planward(facts: Facts, book: str, year: str) -> str:
    plans = dict(facts.rows(f.PLANS))
    for name, plan in sorted(plans.items(), key=lambda pair: -pair[1].seq):
        if plan.state == "submitted":
            return f"{as_other(facts, Role.APPROVER, plan.clerk)} plan approve {name}"
        if plan.state == "approved":
            return f"liuhen plan publish {name} --channel portal --address " + _("NOTICE")
    imported = f"plan-{year}"
    if imported not in plans and next(iter(facts.rows(f.register(f"plan.{imported}"))), None):
        return f"liuhen plan submit {imported}"
    if not plans:
        return f"liuhen plan import {book}"
    waits = find.waiting_for(facts, "task.created")
    if waits:
        return confirming(facts, bytes.fromhex(waits[0][0]))
    tasks = dict(facts.rows(f.TASKS))
    undrawn = [name for name, task in tasks.items() if not task.completed]
    if undrawn:
        return f"liuhen draw ceremony --task {undrawn[0]}"
    return "liuhen todo" if tasks else f"liuhen task import {book}"

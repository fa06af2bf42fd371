"""`liuhen replay`: the ledger as it was, what changed between two moments, which entry broke a rule."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from cli.commands.rule import named
from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _, language_in_use
from cli.replaying import bisected, changed, state_lines
from cli.telling import time_shown
from cli.typed import quoted
from ledger.audit import words
from ledger.audit.bisect import bisect
from ledger.audit.explain import entries_at
from ledger.audit.moment import moment
from ledger.audit.source import opened
from ledger.audit.state import difference, state
from ledger.durable import DOCUMENT, write_whole
from verifier.report import Finding

_FROM = click.option(
    "--from", "bundle", type=click.Path(path_type=Path), help=_("A bundle or ledger (default: the ledger)")
)


@click.group(
    invoke_without_command=True,
    help=_(
        "The ledger as it was after an entry or at the end of a day: lists, plans, tasks, draws, visits, "
        "people and what was due then. Read-only; no key is needed."
    )
    + example("liuhen replay --at 2026-03-31", "liuhen replay --at 120 --from 核验包.zip"),
)
@click.option("--at", metavar="SEQ|DATE", help=_("Number of an entry or a day YYYY-MM-DD"))
@_FROM
@click.pass_context
def command(context: click.Context, at: str | None, bundle: Path | None) -> None:
    if context.invoked_subcommand is not None:
        if at is not None or bundle is not None:
            raise click.UsageError(_("--at belongs to replay alone; --from stands after the verb."))
        return
    if at is None:
        raise click.UsageError(_("Say when: liuhen replay --at SEQ or --at YYYY-MM-DD"))
    desk = context.find_object(Desk)
    if desk is None:
        raise click.UsageError(_("Say when: liuhen replay --at SEQ or --at YYYY-MM-DD"))
    with opened(bundle or desk.ledger) as source:
        found = state(source, moment(source, at))
        desk.answer(
            *state_lines(found, source.size),
            next_step=_step("diff", str(found.moment.size - 1), str(source.size - 1), bundle=bundle),
            data=asdict(found) | {"dues": [_due(one) for one in found.dues]},
        )


def _due(found: Finding) -> dict[str, object]:
    return {
        "rule": found.rule,
        "status": found.status.value,
        "entry": found.location.entry,
        "expected": found.expected,
        "found": found.found,
    }


def _step(verb: str, *rest: str, bundle: Path | None) -> str:
    end = f" --from {quoted(bundle)}" if bundle else ""
    return " ".join(["liuhen replay", verb, *rest]) + end


@command.command(
    "diff",
    help=_("What differs between two moments: rows of lists, plans, tasks, draws, visits, people.")
    + example("liuhen replay diff 2026-03-01 2026-03-31", "liuhen replay diff 20 45 --from 核验包.zip"),
)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@_FROM
@pass_desk
def diff(desk: Desk, before: str, after: str, bundle: Path | None) -> None:
    with opened(bundle or desk.ledger) as source:
        first, second = sorted((moment(source, before), moment(source, after)), key=lambda m: m.size)
        found = list(difference(source, first, second))
        desk.answer(
            _("From entry {a} ({at}) to entry {b} ({bt}): {entries} entries, {n} differences").format(
                a=first.size - 1,
                at=time_shown(first.time),
                b=second.size - 1,
                bt=time_shown(second.time),
                entries=second.size - first.size,
                n=len(found),
            ),
            *changed(found),
            next_step=_step("--at", str(second.size - 1), bundle=bundle),
            data={
                "from": first.size - 1,
                "to": second.size - 1,
                "changes": [asdict(one) for one in found],
            },
        )


@command.command(
    "bisect",
    help=_("The entry that broke a rule; of a deadline, the day that it passed.")
    + example("liuhen replay bisect --rule visit.team --from 核验包.zip"),
)
@click.option("--rule", "rule_id", required=True, metavar="ID", help=_("The rule, such as draw.seed"))
@_FROM
@pass_desk
def bisect_(desk: Desk, rule_id: str, bundle: Path | None) -> None:
    rule = named(rule_id)
    with opened(bundle or desk.ledger) as source:
        broken = bisect(source, rule)
        if broken is None:
            desk.answer(
                _("{rule} holds throughout: {size} entries.").format(rule=rule.id, size=source.size),
                next_step="liuhen verify" + (f" {quoted(bundle)}" if bundle else ""),
                data={"rule": rule.id, "size": source.size, "broken": None},
            )
            return
        about = broken.finding.location.entry
        entry = entries_at(source, () if about is None else (about,)).get(-1 if about is None else about)
        desk.answer(
            *bisected(source.facts(), rule, broken, entry),
            next_step=_step("--at", str(max(broken.seq - (0 if broken.day else 1), 0)), bundle=bundle),
            data={
                "rule": rule.id,
                "broken": {
                    "seq": broken.seq,
                    "time": broken.time,
                    "day": broken.day or None,
                    "about": about,
                    "who": words.who(source.facts(), entry, "en") if entry else None,
                    "type": entry.body.type if entry else None,
                    "status": broken.finding.status.value,
                    "expected": broken.finding.expected,
                    "found": broken.finding.found,
                },
            },
        )


@command.command(
    "timeline",
    help=_(
        "The history as a page to look at, offline: a year at a glance, each draw under the lens, edits of "
        "lists around its freeze."
    )
    + example(
        "liuhen replay timeline 时间线.html --year 2026",
        "liuhen replay timeline d1.html --draw d1 --from 核验包.zip",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--year", type=click.IntRange(2000, 2100), help=_("Year (default: all)"))
@click.option("--draw", default="", help=_("One draw alone"))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@_FROM
@pass_desk
def timeline(desk: Desk, file: Path, year: int | None, draw: str, yes: bool, bundle: Path | None) -> None:
    from ledger.audit.timeline import page

    desk.may_replace(file, yes=yes)
    with opened(bundle or desk.ledger) as source:
        text = page(source, "en" if language_in_use() == "en" else "zh", year=year or 0, draw=draw)
    write_whole(file, text.encode(), DOCUMENT)
    desk.answer(
        _("Written: {file}").format(file=file),
        next_step="liuhen verify" + (f" {quoted(bundle)}" if bundle else ""),
        data={"file": str(file)},
    )

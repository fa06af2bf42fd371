"""`liuhen audit`: what in a whole ledger is allowed and still deserves a question (疑点筛查). Read-only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _, language_in_use
from cli.table import table
from cli.typed import quoted
from ledger import county
from ledger.audit.detectors.doubt import Detector, Limits, detectors
from ledger.durable import DOCUMENT, write_whole
from verifier.wording import VERDICT, Language, printable

if TYPE_CHECKING:
    from ledger.audit.audit import Audit

SHOWN = 5
"""Doubts of one detector that are told on the screen; page and JSON have all."""
PLACES = 4
"""Entries of one doubt that are told on the screen."""
MET = 10
"""Draws, enterprises and people of several kinds of doubts that are told on the screen."""


class _Threshold(click.ParamType[tuple[str, int]]):
    name = "NAME=N"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        name, _equals, number = value.partition("=")
        if not re.fullmatch("[0-9]{1,9}", number):
            self.fail(_("“{value}” is not NAME=N.").format(value=value), param, ctx)
        return name, int(number)


@click.command(
    help=_(
        "Look through a whole ledger for what the law allows and still deserves a question: edits shortly "
        "before a freeze, repeated draws, results in bulk, late publication and more. SOURCE is a bundle or "
        "a ledger (default: the ledger). Doubts accuse nobody; nothing is written; no key is needed.\n\n"
        "Exit code as of verify: 0 passed, with doubts or without; 1 failed, 3 inconclusive: settle that "
        "first."
    )
    + example(
        "liuhen audit 核验包.zip --html 疑点筛查.html",
        "liuhen audit --year 2026 --threshold lists.before-freeze.days=14",
        "liuhen audit --explain lists.before-freeze",
    )
)
@click.argument("source", required=False, type=click.Path(path_type=Path))
@click.option("--year", type=click.IntRange(2000, 2100), help=_("Year (default: all)"))
@click.option("--only", multiple=True, metavar="ID", help=_("Only this detector; repeatable"))
@click.option(
    "--threshold", multiple=True, type=_Threshold(), help=_("Instead of the policy's or usual; repeatable")
)
@click.option("--list", "list_", is_flag=True, help=_("List the detectors with their thresholds"))
@click.option("--explain", metavar="ID", help=_("Explain one detector"))
@click.option("--html", type=click.Path(path_type=Path), help=_("Write the report with plots as a page"))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@pass_desk
def command(
    desk: Desk,
    source: Path | None,
    year: int | None,
    only: tuple[str, ...],
    threshold: tuple[tuple[str, int], ...],
    list_: bool,
    explain: str | None,
    html: Path | None,
    yes: bool,
) -> int:
    from ledger.audit.audit import examine, named

    limits = dict(threshold)
    if list_:
        _list(desk, Limits(limits))
        return 0
    if explain is not None:
        _explain(desk, named(explain), Limits(limits))
        return 0
    if html is not None:
        desk.may_replace(html, yes=yes)
    told = examine(county.read(source or desk.ledger), year, only, limits)
    if html is not None:
        from ledger.audit.audit_page import page

        write_whole(html, page(told, _language()).encode(), DOCUMENT)
    named_ = [quoted(source)] if source else []
    again = ["liuhen audit", *named_, "--html 疑点筛查.html"] if told.sound else ["liuhen verify", *named_]
    desk.answer(
        *_lines(told),
        *([_("Written: {file}").format(file=html)] if html else []),
        next_step="" if html and told.sound else " ".join(again),
        data=told.json(),
    )
    return int(told.office.report.exit)


def _language() -> Language:
    return "en" if language_in_use() == "en" else "zh"


def _lines(told: Audit) -> Iterator[str]:
    from ledger.audit import audit_page
    from ledger.audit.audit_page import pick

    lang = _language()
    yield audit_page.title(told, lang)
    yield VERDICT[told.office.report.verdict.value].say(lang)
    if not told.sound:
        yield audit_page.UNSOUND.say(lang)
    if told.own:
        yield audit_page.own(told, lang)
    if told.chosen:
        yield audit_page.chosen(told, lang)
    if not told.doubts:
        yield audit_page.NONE.say(lang, n=len(told.asked))
    else:
        header = [one.say(lang) for one in audit_page.HEADER]
        yield from ["", *table(header, audit_page.summary(told, lang), right=[2])]
    for name, doubts in told.by_detector.items():
        held = detectors()[name]
        yield from ["", f"【{pick(held.title, lang)}】{name}"]
        for doubt in doubts[:SHOWN]:
            places = " ".join(f"#{seq}" for seq in doubt.entries[:PLACES])
            if len(doubt.entries) > PLACES:
                places += " " + _("and {n} more").format(n=len(doubt.entries) - PLACES)
            yield f"- {audit_page.sentence(doubt, lang)} ({places})"
        if len(doubts) > SHOWN:
            yield _("… {n} rows in all").format(n=len(doubts))
        yield _("  Ask first: {ask}").format(ask=pick(held.ask, lang))
    if told.together:
        yield from ["", f"【{audit_page.TOGETHER.say(lang)}】"]
        for one, several in told.together[:MET]:
            titles = _("; ").join(pick(detectors()[d].title, lang) for d in several)
            yield f"- {audit_page.called(told.office.facts, one)}: {titles}"
        if len(told.together) > MET:
            yield audit_page.OF.say(lang, n=len(told.together), shown=MET)
    if told.skipped:
        yield from ["", f"【{audit_page.SKIPPED.say(lang)}】"]
        yield from (f"- {printable(pick(words, lang), 400)}" for _name, words in told.skipped)
    if told.doubts:
        yield from ["", audit_page.ABOUT.say(lang)]


def _list(desk: Desk, limits: Limits) -> None:
    from ledger.audit.audit_page import pick, weight

    lang = _language()
    rows = [
        (weight(one, lang), one.id, pick(one.title, lang), "; ".join(_limits(one, limits)))
        for one in detectors().values()
    ]
    desk.answer(
        *table([_("Weight"), _("Detector"), _("What it looks for"), _("Thresholds")], rows, widest=70),
        next_step=f"liuhen audit --explain {next(iter(detectors()))}",
        data={"detectors": [_data(one, limits) for one in detectors().values()]},
    )


def _limits(held: Detector, limits: Limits) -> Iterator[str]:
    for one in held.thresholds:
        unit = one.unit[1 if _language() == "en" else 0]
        yield f"{one.name.removeprefix(held.id + '.')}={limits[one.name]} {unit}"


def _explain(desk: Desk, held: Detector, limits: Limits) -> None:
    from ledger.audit.audit_page import pick, weight

    lang = _language()
    set_by = [
        _("Threshold {name} = {n} {unit}").format(
            name=one.name, n=limits[one.name], unit=pick(one.unit, lang)
        )
        for one in held.thresholds
    ]
    desk.answer(
        f"{held.id}  {pick(held.title, lang)} ({weight(held, lang)})",
        *(f"- {re.sub(r'{.+?}', '…', pick(words, lang))}" for words in held.found.values()),
        _("Ask first: {ask}").format(ask=pick(held.ask, lang)),
        _("What may explain it: {harmless}").format(harmless=pick(held.harmless, lang)),
        _("An honest ledger raises: {chance}").format(chance=pick(held.chance, lang)),
        _("Basis: {basis}").format(basis=held.basis),
        *set_by,
        next_step=f"liuhen audit --only {held.id}",
        data=_data(held, limits),
    )


def _data(held: Detector, limits: Limits) -> dict[str, object]:
    return {
        "id": held.id,
        "weight": held.weight,
        "title": list(held.title),
        "basis": held.basis,
        "ask": list(held.ask),
        "harmless": list(held.harmless),
        "chance": list(held.chance),
        "thresholds": {one.name: limits[one.name] for one in held.thresholds},
    }

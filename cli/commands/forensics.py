"""`liuhen forensics`: past draws of other platforms examined. Read-only; no ledger and no key."""

from __future__ import annotations

from pathlib import Path

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.faults import ImportFaults
from cli.i18n import _, language_in_use
from cli.table import table
from ledger import science
from ledger.durable import DOCUMENT, write_whole
from verifier.errors import Exit

SHOWN = 40
"""Questions that are shown to a person; page and JSON have all."""


@click.command(
    help=_(
        "Examine past draws of another platform: LIST is the list as it was (.xlsx or .csv), RESULT who was "
        "drawn, when, with which officers. Asked are equal gaps, ends that are not reached, first N after a "
        "filter, places that lean, neighbours, officers in turn, repeats, rerolls. The answer is found, "
        "nothing, or cannot tell."
    )
    + example(
        "liuhen forensics 名录2025.xlsx 抽取结果2025.xlsx --html 鉴别.html",
        "liuhen forensics 名录.csv 第一次.csv 第二次.csv --officers 人员.xlsx --strata 风险等级",
        "liuhen forensics 名录1.xlsx 结果1.xlsx --with 名录2.xlsx 结果2.xlsx",
    )
)
@click.argument("roster", metavar="LIST", type=click.Path(path_type=Path))
@click.argument("result", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--with",
    "more",
    nargs=2,
    multiple=True,
    type=click.Path(path_type=Path),
    help=_("A further draw with a list of its own: LIST RESULT; repeatable"),
)
@click.option(
    "--officers", type=click.Path(path_type=Path), help=_("List of the officers in the platform's order")
)
@click.option(
    "--strata", default="", metavar="COLUMN", help=_("Column of the list by which the rates differed")
)
@click.option("--html", type=click.Path(path_type=Path), help=_("Write the report with pictures as a page"))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@pass_desk
def command(
    desk: Desk,
    roster: Path,
    result: tuple[Path, ...],
    more: tuple[tuple[Path, Path], ...],
    officers: Path | None,
    strata: str,
    html: Path | None,
    yes: bool,
) -> int:
    science.require()
    from ledger.forensics import page
    from ledger.forensics.reading import NoTable, read_officers, read_past
    from ledger.forensics.report import examine

    if html is not None:
        desk.may_replace(html, yes=yes)
    try:
        past = read_past([*((roster, one) for one in result), *more])
        listed = read_officers(officers) if officers else []
    except NoTable as error:
        raise ImportFaults([error.fault], (), error.path) from error
    if strata and not any(strata in one.roster.columns for one in past):
        raise click.UsageError(_("No list has a column {title}.").format(title=strata))
    told = examine(past, listed, strata)
    if html is not None:
        tag = "zh-CN" if language_in_use() != "en" else "en"
        write_whole(html, page.page(told, _, tag).encode(), DOCUMENT)
    facts = page.facts(told, _)
    rows = page.rows(told, _)
    lines = [
        _("Past draws examined"),
        "",
        *table([_(one) for one in page.DRAWS], page.draws(told, _), right=(1, 2)),
        *page.closed(told, _),
        "",
        f"【{_('Found')}】",
        *(f"- {page.name_of(one, _)}: {page.answer(told, one, _)}" for one in told.found),
        *([] if told.found else [page.nothing(told, _)]),
        *(["", f"【{_('Facts')}】", *(f"- {line}" for line in facts)] if facts else []),
        "",
        f"【{_('Every question')}】",
        *table([_(one) for one in page.HEADER], rows[:SHOWN], right=(2,)),
        *([_("… {n} rows in all").format(n=len(rows))] if len(rows) > SHOWN else []),
        *([_("Written: {file}").format(file=html)] if html else []),
    ]
    desk.answer(*lines, next_step="" if html else "liuhen forensics … --html 鉴别.html", data=told.json())
    return int(Exit.PASS if told.asked else Exit.INCONCLUSIVE)

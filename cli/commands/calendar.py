"""`liuhen calendar`: the working days of a year, as the State Council arranged them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.onward import onward
from cli.table import table
from ledger.commands import plans
from verifier import facts as f
from verifier.vocabulary import Role

NOTICES = {
    2023: "国办发明电〔2022〕16号",
    2024: "国办发明电〔2023〕7号",
    2025: "国办发明电〔2024〕12号",
    2026: "国办发明电〔2025〕7号",
}
"""Numbers of the State Council's notices whose days `chinese_calendar` has; shown when adopted."""
_DAYS = re.compile(r"(\d{2}-\d{2})(?:\.\.(\d{2}-\d{2}))?\Z")


@click.group(help=_("Working days of a year: adopt, list."))
def command() -> None: ...


@command.command(
    "adopt",
    help=_(
        "Adopt the working days of YEAR: weekends are off, but for the days named. Years that this program "
        "knows are filled in; for others give the days of the State Council's notice."
    )
    + example(
        "liuhen calendar adopt 2026",
        "liuhen calendar adopt 2027 --notice 国办发明电〔2026〕1号 --off 02-05..02-11 --work 02-14",
    ),
)
@click.argument("year", type=click.IntRange(2000, 2100))
@click.option("--notice", default="", help=_("Number of the State Council's notice"))
@click.option("--off", multiple=True, metavar="MM-DD[..MM-DD]", help=_("Weekdays that are off"))
@click.option("--work", multiple=True, metavar="MM-DD[..MM-DD]", help=_("Weekend days that are worked"))
@pass_desk
def adopt(desk: Desk, year: int, notice: str, off: tuple[str, ...], work: tuple[str, ...]) -> None:
    if off or work:
        free = [day for day in _days(year, off) if _weekday(year, day)]
        worked = _days(year, work)
    else:
        free, worked = plans.year_table(year)
    notice = notice or NOTICES.get(year, "")
    if not notice:
        if not desk.interactive:
            raise click.UsageError(_("Give the number of the State Council's notice: --notice"))
        notice = click.prompt(_("Number of the State Council's notice"), err=True)
    signer = desk.signer(Role.CLERK)
    written = plans.adopt_calendar(desk.book, signer, year, notice, free, worked)
    line = _("Adopted the calendar of {year} ({notice}): {off} weekdays off, {work} weekend days worked.")
    desk.answer(
        line.format(year=year, notice=notice, off=len(free), work=len(worked)),
        _("Off: {days}").format(days=" ".join(free) or "-"),
        _("Worked: {days}").format(days=" ".join(worked) or "-"),
        next_step=onward(desk),
        data={"year": year, "notice": notice, "off": free, "work": worked},
        written=written,
    )


def _days(year: int, given: Sequence[str]) -> list[str]:
    """The days of `MM-DD` and `MM-DD..MM-DD`, ascending."""
    days: set[str] = set()
    for text in given:
        found = _DAYS.match(text)
        try:
            if found is None:
                raise ValueError(text)
            day = date.fromisoformat(f"{year}-{found[1]}")
            last = date.fromisoformat(f"{year}-{found[2] or found[1]}")
        except ValueError as error:
            told = _("“{value}” is no day of {year}: write MM-DD or MM-DD..MM-DD")
            raise click.UsageError(told.format(value=text, year=year)) from error
        while day <= last:
            days.add(f"{day:%m-%d}")
            day += timedelta(days=1)
    return sorted(days)


def _weekday(year: int, day: str) -> bool:
    return date.fromisoformat(f"{year}-{day}").weekday() < 5


@command.command("list", help=_("List the calendars adopted.") + example("liuhen calendar list"))
@pass_desk
def list_(desk: Desk) -> None:
    held = list(desk.reading().facts().rows(f.CALENDARS))
    rows = [(year, row.notice, len(row.off), len(row.work)) for year, row in held]
    header = [_("Year"), _("Notice"), _("Weekdays off"), _("Weekend days worked")]
    desk.answer(
        *table(header, rows, right=(2, 3)),
        next_step=onward(desk),
        data={
            "calendars": [
                {"year": int(year), "notice": row.notice, "off": list(row.off), "work": list(row.work)}
                for year, row in held
            ]
        },
    )

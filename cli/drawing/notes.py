"""`liuhen draw file` and `draw attend`: the filing of a result, and who watched without a key."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from cli.acting import first_signer
from cli.desk import Desk, file_hash, holder_name, pass_desk
from cli.drawing.steps import standing
from cli.examples import example
from cli.i18n import _
from cli.publishing import day_or_today, filing_options
from cli.words import listed, said
from ledger.commands import draw_notes, find
from ledger.commands.draw_notes import Guest
from ledger.importing import values
from verifier import facts as f
from verifier.law.dues import years_of
from verifier.law.filings import draw_filing
from verifier.vocabulary import CAPACITIES, Role


@click.command(
    "file",
    help=_("Record that the result of a draw was filed (抽取结果备案).")
    + example(
        "liuhen draw file --authority 领导小组办公室",
        "liuhen draw file t1-d1 --authority 领导小组办公室 --date 2026-03-04 --receipt 回执.pdf",
    ),
)
@click.argument("draw", required=False, default="")
@filing_options
@pass_desk
def file(
    desk: Desk, draw: str, authority: str, day: datetime | None, number: str, receipt: Path | None
) -> None:
    draw = draw or _only_unfiled(desk.facts)
    draw = find.completed_draw(desk.facts, draw)
    date = day_or_today(desk, day)
    hashed = file_hash(receipt) if receipt else None
    signer = desk.signer(Role.CLERK)
    written = draw_notes.file_draw(desk.book, signer, draw, authority, date, number=number, receipt=hashed)
    desk.answer(
        _("Recorded: the result of draw {draw} was filed with {authority} on {date}.").format(
            draw=draw, authority=authority, date=date
        ),
        next_step="liuhen todo",
        data={"draw": draw, "authority": authority, "date": date},
        written=written,
    )


def _only_unfiled(facts: f.Facts) -> str:
    """The only draw that is to be filed and was not, "" when there is none or several."""
    years = years_of(facts)
    dues = [(name, draw_filing(facts, name, draw, years)) for name, draw in find.draws(facts)]
    left = [name for name, due in dues if due is not None and not due[1]]
    return left[0] if len(left) == 1 else ""


class GuestType(click.ParamType[Guest]):
    """`人大代表:县人大:姓名`, the name may be left out; a full-width colon will do."""

    name = "guest"

    def convert(self, value: str | Guest, param: click.Parameter | None, ctx: click.Context | None) -> Guest:
        if isinstance(value, Guest):
            return value
        parts = [values.plain(part) for part in value.replace("：", ":").split(":")]
        capacity = next((c for c, word in CAPACITIES.items() if parts[0] in (c, word)), "")
        if not capacity or not 2 <= len(parts) <= 3 or not parts[1]:
            told = _("“{value}” is no CAPACITY:ORG or CAPACITY:ORG:NAME; capacities: {words}")
            self.fail(told.format(value=value, words=listed(CAPACITIES)), param, ctx)
        return Guest(capacity, parts[1], parts[2] if len(parts) == 3 else "")


@click.command(
    "attend",
    help=_(
        "Record who was invited and watched a draw without a key (到场见证). Who has a key takes part in the "
        "draw. Capacities: {words}"
    ).format(words=listed(CAPACITIES))
    + example(
        "liuhen draw attend 人大代表:县人大 新闻媒体:县融媒体中心",
        "liuhen draw attend --draw t1-d1 政协委员:县政协:姓名",
    ),
)
@click.argument("people", nargs=-1, required=True, type=GuestType(), metavar="CAPACITY:ORG[:NAME]…")
@click.option("--draw", default="", help=_("Draw (default: the only open one, else the newest)"))
@pass_desk
def attend(desk: Desk, people: tuple[Guest, ...], draw: str) -> None:
    draw = find.any_draw(desk.facts, draw)
    signer = first_signer(desk, Role.CLERK, Role.SUPERVISOR, Role.OBSERVER)
    written = draw_notes.attend(desk.book, signer, draw, people)
    desk.answer(
        _("Recorded: {count} people watched draw {draw}.").format(count=len(people), draw=draw),
        next_step=standing(desk.facts, draw).next_step,
        data={"draw": draw, "people": [guest.value() for guest in people]},
        written=written,
    )


def note_lines(facts: f.Facts, name: str) -> list[str]:
    """Who watched a draw, where its result was filed, and which copies of its list were printed."""
    guest = _("Watched: {capacity}, {org} {name}")
    filed = _("Filed with {authority} on {date}")
    printed = _("Printed while sealed: {copies} copies by {holder} on {date}, for: {purpose}")
    lines = [
        guest.format(
            capacity=said(CAPACITIES, one["capacity"]), org=one["org"], name=one.get("name", "")
        ).rstrip()
        for _key, row in facts.rows(f.ATTENDANCES, f"{name}/")
        for one in row.people
    ]
    lines += [
        filed.format(authority=row.authority, date=row.date)
        for _key, row in facts.rows(f.DRAW_FILINGS, f"{name}/")
    ]
    return lines + [
        printed.format(
            copies=row.copies,
            holder=holder_name(facts, row.holder),
            date=row.time[:10],
            purpose=row.purpose,
        )
        for _key, row in facts.rows(f.PRINTINGS, f"{name}/")
    ]


def note_data(facts: f.Facts, name: str) -> dict[str, object]:
    """The same for `--json`."""
    return {
        "attended": [dict(p) for _k, row in facts.rows(f.ATTENDANCES, f"{name}/") for p in row.people],
        "filed": [
            {"authority": row.authority, "date": row.date}
            for _k, row in facts.rows(f.DRAW_FILINGS, f"{name}/")
        ],
        "printed": [
            {"copies": row.copies, "purpose": row.purpose, "holder": row.holder, "time": row.time}
            for _k, row in facts.rows(f.PRINTINGS, f"{name}/")
        ],
    }

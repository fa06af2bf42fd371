"""`liuhen list`: the lists as a whole: how they stand, and where they were published (R024, R025)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from cli.desk import Desk, file_hash, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.onward import onward
from cli.publishing import day_or_today, publication_options
from cli.table import table
from cli.words import Word, listed, said
from ledger.commands import plans, registers
from verifier import facts as f
from verifier.law.registers import published_on
from verifier.schemas.lists import LISTS
from verifier.vocabulary import CHANNELS, PUBLISHED_LISTS, Role

NAMES = {
    "items": "抽查事项清单",
    "unsuitable": "不适用双随机的事项",
    "subjects": "检查对象名录库",
    "officers": "执法检查人员名录库",
    "experts": "专家和专业机构",
    "history": "既往检查",
    "members": "组织机构成员",
}
_PUBLIC = {name: NAMES[name] for name in PUBLISHED_LISTS}


@click.group(help=_("The lists as a whole (名录): how they stand, where they were published."))
def command() -> None: ...


@command.command(
    "publish",
    help=_("Record where and when a list was published. Lists: {lists}. Channels: {channels}").format(
        lists=listed(_PUBLIC), channels=listed(CHANNELS)
    )
    + example(
        "liuhen list publish items --channel platform",
        "liuhen list publish 抽查事项清单 --channel 部门网站 --screenshot 截图.png",
    ),
)
@click.argument("register", type=Word(_PUBLIC))
@publication_options
@pass_desk
def publish(
    desk: Desk, register: str, channel: str, day: datetime | None, address: str, screenshot: Path | None
) -> None:
    date = day_or_today(desk, day)
    where = plans.publication(channel, date, address, file_hash(screenshot) if screenshot else None)
    written = registers.publish_list(desk.book, desk.signer(Role.CLERK), register, where)
    line = _("Recorded: {list} was published on {date}, {channel}.")
    desk.answer(
        line.format(list=said(NAMES, register), date=date, channel=said(CHANNELS, channel)),
        next_step=onward(desk),
        data={"register": register, "channel": channel, "date": date},
        written=written,
    )


@command.command(
    "show",
    help=_("Show each list: rows, when it last changed, where it was published since.")
    + example("liuhen list show"),
)
@pass_desk
def show(desk: Desk) -> None:
    facts = desk.reading().facts()
    rows, data = [], {}
    for register in LISTS:
        count = sum(1 for _row in facts.rows(f.register(register)))
        edit = facts.get(f.EDITS, register)
        channels = sorted(published_on(facts, register))
        since = edit.seq if edit else ""
        rows.append((said(NAMES, register), count, since, "、".join(said(CHANNELS, c) for c in channels)))
        data[register] = {"rows": count, "changed": since, "published": channels}
    checks = [
        _(
            "Reconciled with {authority} on {day}: missing {missing}, extra {extra}, changed {changed}."
        ).format(
            authority=row.authority,
            day=row.time[:10],
            missing=row.missing,
            extra=row.extra,
            changed=row.changed,
        )
        for _key, row in facts.rows(f.RECONCILIATIONS)
    ]
    header = [_("List"), _("Rows"), _("Last entry"), _("Published since on")]
    desk.answer(*table(header, rows, right=(1, 2)), *checks, next_step=onward(desk), data={"lists": data})

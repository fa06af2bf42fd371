"""`liuhen plan check` and `plan name`: 计划审查, and the name that the rule asks for."""

from __future__ import annotations

from collections.abc import Sequence

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _, language_in_use
from cli.onward import onward
from cli.planning.named import filled_rows, the_plan
from cli.words import said
from verifier import facts as f
from verifier.errors import Exit
from verifier.lint.names import missing_parts, suggested
from verifier.lint.plan import check as check_plan
from verifier.lint.remark import LEVELS, MUST, Remark


def told(remarks: Sequence[Remark]) -> list[str]:
    """Remarks as lines, the gravest first."""
    place = list(LEVELS)
    english = language_in_use() == "en"
    line = _("{number}. [{level}] {row}{text} ({id}; source: {source})")
    return [
        line.format(
            number=number,
            level=said(LEVELS, remark.level),
            row=_("{row}: ").format(row=remark.row) if remark.row else "",
            text=remark.en if english else remark.zh,
            id=remark.id,
            source=remark.source,
        )
        for number, remark in enumerate(sorted(remarks, key=lambda r: place.index(r.level)), 1)
    ]


def as_data(remarks: Sequence[Remark]) -> list[dict[str, str]]:
    """Remarks for programs."""
    return [
        {"id": r.id, "level": r.level, "row": r.row, "zh": r.zh, "en": r.en, "source": r.source}
        for r in remarks
    ]


def summary(desk: Desk, plan: str) -> list[str]:
    """One line for an answer: how much 计划审查 remarks; nothing when it remarks nothing."""
    remarks = check_plan(desk.facts, plan, desk.clock()[:10])
    if not remarks:
        return []
    line = _("Plan check: {count} remarks, {must} of them must be mended. See: liuhen plan check {plan}")
    must = sum(remark.level == MUST for remark in remarks)
    return [line.format(count=len(remarks), must=must, plan=plan)]


@click.command(
    "check",
    help=_(
        "Check a plan before it is approved (计划审查): rates, items, pools, months, names, joint "
        "inspections, superior plans. Each remark names its row and source. Exit code 1 when something must "
        "be mended."
    )
    + example("liuhen plan check", "liuhen --json plan check plan-2026"),
)
@click.argument("plan", default="")
@click.option("--amendment", is_flag=True, help=_("Check the rows imported by plan amend instead"))
@pass_desk
def check(desk: Desk, plan: str, amendment: bool) -> int:
    desk.reading()
    plan = the_plan(desk, plan, "imported", "rejected", "submitted", "approved", "published")
    facts = desk.facts
    rows = filled_rows(facts, plan)
    remarks = check_plan(facts, plan, desk.clock()[:10], "amend" if amendment else "plan")
    must = any(remark.level == MUST for remark in remarks)
    held = facts.get(f.PLANS, plan)
    step = onward(desk)
    if held is None or held.state == "rejected":
        step = f"liuhen plan submit {plan}"
        if must:
            step = "liuhen plan import " + _("FILE.xlsx") + f" --plan {plan}"
    desk.answer(
        _("Checked {plan}: {rows} rows, {count} remarks.").format(
            plan=plan, rows=len(rows), count=len(remarks)
        ),
        *told(remarks),
        next_step=step,
        data={"plan": plan, "remarks": as_data(remarks)},
    )
    return int(Exit.FAIL) if must else int(Exit.PASS)


@click.command(
    "name",
    help=_("Suggest the name of a plan: year, county, department, 随机抽查 and number (S4 附件2).")
    + example("liuhen plan name", "liuhen plan name --number 3 --year 2026"),
)
@click.option("--number", type=click.IntRange(1, 999), help=_("Its number (default: the next free one)"))
@click.option("--year", type=click.IntRange(2000, 2100), help=_("Its year (default: this one)"))
@pass_desk
def name(desk: Desk, number: int | None, year: int | None) -> None:
    desk.reading()
    facts = desk.facts
    ledger = facts.get(f.LEDGER, f.ONE)
    office = ledger.office if ledger else ""
    year = year or int(desk.clock()[:4])
    names = [row.name for _plan, row in facts.rows(f.PLANS) if row.year == year]
    used = [int(each[-3:]) for each in names if not missing_parts(each, year, office)]
    suggestion = suggested(year, office, f"{number or max(used, default=0) + 1:03}")
    desk.answer(suggestion, next_step=onward(desk), data={"name": suggestion})

"""`liuhen inspect unplanned`, `inspect list`: checks outside plan and draw, and all that was inspected."""

from __future__ import annotations

from pathlib import Path

import click

from cli.acting import first_signer
from cli.desk import Desk, file_hash, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.inspecting.moments import moment, when
from cli.table import table
from cli.words import Word, listed, said
from ledger.commands import checks, find
from ledger.commands.checks import Check
from verifier import facts as f
from verifier.vocabulary import EXEMPTIONS, METHODS, RESULT_CODES, Role


@click.command(
    "unplanned",
    help=_(
        "Record a check outside plan and draw. With a ground of exemption (--exempt and the file that shows "
        "it) it is counted apart; without one it stays a finding of every verification.\n\n"
        "Grounds: {grounds}"
    ).format(grounds=listed(EXEMPTIONS))
    + example(
        "liuhen inspect unplanned 演示企业020 --on 2026-03-10 --officer off-00 --officer off-02"
        " --item item-1 --exempt 投诉举报 --basis 举报登记表.pdf",
        "liuhen inspect unplanned 演示企业016 --on 2026-03-10 --officer off-00 --officer off-02"
        " --item item-1 --reason 领导临时安排 --result 01",
    ),
)
@click.argument("subject")
@click.option("--on", "day", required=True, metavar="DATE", help=_("Day of the check, YYYY-MM-DD"))
@click.option("--at", "hour", default="", metavar="HH:MM", help=_("Hour (default: the day only)"))
@click.option("--until", default="", metavar="DATE", help=_("Last day, when it took several"))
@click.option("--officer", "officers", multiple=True, required=True, help=_("Who checked: id or name"))
@click.option("--item", "items", multiple=True, required=True, help=_("What was checked: item or its text"))
@click.option("--method", "methods", multiple=True, type=Word(METHODS), help=_("How (default: on_site)"))
@click.option("--result", "results", multiple=True, type=Word(RESULT_CODES), help=_("Result"))
@click.option("--exempt", type=Word(EXEMPTIONS), default="", help=_("Ground of the exemption"))
@click.option("--basis", type=click.Path(path_type=Path), help=_("File that shows the ground, by its hash"))
@click.option("--reason", default="", help=_("Why it was not planned"))
@click.option("--findings", default="", help=_("检查情况; stays private"))
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def unplanned(
    desk: Desk,
    subject: str,
    day: str,
    hour: str,
    until: str,
    officers: tuple[str, ...],
    items: tuple[str, ...],
    methods: tuple[str, ...],
    results: tuple[str, ...],
    exempt: str,
    basis: Path | None,
    reason: str,
    findings: str,
    yes: bool,
) -> None:
    if bool(exempt) != (basis is not None):
        raise click.UsageError(
            _("A ground of exemption goes with the file that shows it: --exempt, --basis.")
        )
    facts = desk.facts
    subject = find.subject(facts, subject)
    team = [find.officer(facts, one) for one in officers]
    wanted = [find.item(facts, one) for one in items]
    if not exempt:
        desk.sure(
            _(
                "The check of {subject} is in no plan and has no ground of exemption. It will stay a finding "
                "(未列入计划的检查). Record it?"
            ).format(subject=find.subject_name(facts, subject)),
            yes=yes,
        )
    check, written = checks.record_check(
        desk.book,
        first_signer(desk, Role.CLERK, Role.OFFICER),
        subject,
        occurred=moment(day, hour),
        until=moment(until) if until else "",
        officers=team,
        items=wanted,
        methods=methods or ("on_site",),
        exemption=(exempt, file_hash(basis)) if basis else None,
        reason=reason,
        results=results,
        findings=findings,
    )
    told = _("Check {check} outside the plan recorded: {subject}, {day}; {ground}.")
    desk.answer(
        told.format(
            check=check,
            subject=find.subject_name(facts, subject),
            day=day,
            ground=said(EXEMPTIONS, exempt) if exempt else _("no ground of exemption"),
        ),
        next_step="liuhen inspect list",
        data={"check": check, "subject": subject, "officers": team, "items": wanted, "exemption": exempt},
        written=written,
    )


@click.command(
    "list",
    help=_("List all that was inspected: visits of draws, and checks outside the plan apart, with counts.")
    + example("liuhen inspect list", "liuhen inspect list --year 2026"),
)
@click.option("--year", default="", metavar="YYYY", help=_("Of this year only"))
@pass_desk
def list_(desk: Desk, year: str) -> None:
    facts = desk.reading().facts()
    drawn = _visits(facts, year)
    apart = checks.checks(facts, year)
    exempt = [check for check in apart if check.exempt]
    lines = []
    if drawn:
        lines.append(_("Drawn and inspected: {count}").format(count=len(drawn)))
        lines += table((_("Visit"), _("Day"), _("Name"), _("Draw"), _("Result")), drawn)
    else:
        lines.append(_("No visit is recorded yet."))
    if apart:
        counts = {"count": len(apart), "exempt": len(exempt), "bare": len(apart) - len(exempt)}
        told = _("Outside the plan: {count}; with a ground of exemption {exempt}, without {bare}")
        header = (_("Check"), _("Day"), _("Name"), _("Ground"), _("Why not planned"), _("Result"))
        lines += ["", told.format(**counts), *table(header, (_row(facts, check) for check in apart))]
    open_ = checks.unexplained(facts)
    step = f"liuhen correct {open_[0].seq} reason 原因 --reason 补充说明" if open_ else "liuhen inspect show"
    desk.answer(
        *lines,
        next_step=step if drawn or apart else "liuhen todo",
        data={
            "visits": [row[0] for row in drawn],
            "unplanned": [_data(check) for check in apart],
            "exempt": len(exempt),
            "without_exemption": len(apart) - len(exempt),
        },
    )


def _visits(facts: f.Facts, year: str) -> list[tuple[str, ...]]:
    """Rows of the visits that are not void, by day."""
    held = [(name, v) for name, v in facts.rows(f.VISITS) if v.state != "voided"]
    held.sort(key=lambda pair: (pair[1].data["occurred"], pair[1].seq))
    rows: list[tuple[str, ...]] = []
    for name, visit in held:
        d = visit.data
        if d["occurred"].startswith(year):
            subject = find.names_at_freeze(facts, d["draw"]).get(d["subject"]) or str(d["subject"])
            rows.append((name, when(d), subject, d["draw"], _results(d)))
    return rows


def _results(d: f.Data) -> str:
    return "、".join(said(RESULT_CODES, code) for code in d.get("results", ()))


def _row(facts: f.Facts, check: Check) -> tuple[str, ...]:
    ground = said(EXEMPTIONS, check.exempt) if check.exempt else _("none!")
    name = find.subject_name(facts, check.data["subject"])
    return (check.name, when(check.data), name, ground, check.data.get("reason", "-"), _results(check.data))


def _data(check: Check) -> dict[str, object]:
    d = check.data
    return {
        "check": check.name,
        "seq": check.seq,
        "subject": d["subject"],
        "occurred": d["occurred"],
        "items": list(d["items"]),
        "officers": list(d["officers"]),
        "exemption": check.exempt,
        "reason": d.get("reason", ""),
        "results": list(d.get("results", ())),
    }

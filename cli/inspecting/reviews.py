"""`liuhen inspect result`, `result review`, `result return`: results by department, and their review."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from cli.acting import first_signer
from cli.desk import Desk, file_hash, pass_desk
from cli.examples import example
from cli.i18n import _
from cli.inspecting.named import visit_named
from cli.typed import confirming
from cli.words import Word, said
from ledger.commands import reviews
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.vocabulary import RESULT_CODES, Role


def _chosen(facts: f.Facts, named: Sequence[str], waiting: Sequence[str], every: bool) -> list[str]:
    """The visits named, by id or subject, else with --all those that wait. Raises E-RESULT-NOTHING."""
    if bool(named) == every:
        raise click.UsageError(_("Name the visits, or give --all."))
    chosen = [visit_named(facts, name) for name in named] or list(waiting)
    if not chosen:
        raise LiuhenError(
            "E-RESULT-NOTHING",
            N_("No visit waits for this."),
            remedy=N_("See how far they are: liuhen inspect show"),
            exit=Exit.REFUSED,
        )
    return chosen


@click.command(
    "result",
    help=_(
        "Enter a department's own result of visits of a joint check. Its own holder enters it; on paper "
        "(--scan) another may, and a second person confirms."
    )
    + example(
        "liuhen --as wu-scj inspect result 演示企业020 --result 01",
        "liuhen inspect result --all --department scj --result 01 --scan 部门结果.pdf",
    ),
)
@click.argument("named", nargs=-1, metavar="[VISIT]…")
@click.option("--all", "every", is_flag=True, help=_("Every visit that lacks the department's result"))
@click.option("--draw", default="", help=_("With --all: of this draw only"))
@click.option("--department", default="", help=_("Department (default: that of who acts)"))
@click.option("--result", "results", multiple=True, type=Word(RESULT_CODES), help=_("Result (default: 01)"))
@click.option("--findings", default="", help=_("检查情况; stays private"))
@click.option("--scan", type=click.Path(path_type=Path), help=_("Scan of the signed paper"))
@click.option("--names", multiple=True, help=_("Who signed the paper"))
@pass_desk
def result(
    desk: Desk,
    named: tuple[str, ...],
    every: bool,
    draw: str,
    department: str,
    results: tuple[str, ...],
    findings: str,
    scan: Path | None,
    names: tuple[str, ...],
) -> None:
    if bool(scan) != bool(names):
        raise click.UsageError(_("On paper both are needed: --scan and --names."))
    signer = first_signer(desk, Role.CLERK, Role.OFFICER)
    department = department or signer.info.unit
    facts = desk.facts
    chosen = _chosen(facts, named, reviews.to_enter(facts, department, draw), every)
    written = reviews.enter_results(
        desk.book,
        signer,
        chosen,
        department,
        results or ("01",),
        findings=findings,
        paper=(names, file_hash(scan)) if scan else None,
    )
    told = _("{count} results of {department} entered: {results}.")
    codes = "、".join(said(RESULT_CODES, code) for code in results or ("01",))
    desk.answer(
        told.format(count=len(chosen), department=department, results=codes),
        next_step=(confirming(desk.facts, written.leaf) if scan else "") or "liuhen result list",
        data={"visits": chosen, "department": department, "results": list(results or ("01",))},
        written=written,
    )


@click.command(
    "review",
    help=_("Accept recorded results after checking them (审核); another person than who recorded them.")
    + example("liuhen --as sun-approver result review --all"),
)
@click.argument("named", nargs=-1, metavar="[VISIT]…")
@click.option("--all", "every", is_flag=True, help=_("Every signed record that nobody has reviewed"))
@click.option("--draw", default="", help=_("With --all: of this draw only"))
@pass_desk
def review(desk: Desk, named: tuple[str, ...], every: bool, draw: str) -> None:
    facts = desk.facts
    chosen = _chosen(facts, named, reviews.to_review(facts, draw), every)
    signer = first_signer(desk, Role.APPROVER, Role.CLERK)
    written = reviews.review(desk.book, signer, chosen, accepted=True)
    desk.answer(
        _("{count} results reviewed and accepted.").format(count=len(chosen)),
        next_step="liuhen result list",
        data={"visits": chosen, "accepted": True},
        written=written,
    )


@click.command(
    "return",
    help=_("Send a recorded result back (退回); it is corrected before it is reviewed again.")
    + example("liuhen --as sun-approver result return 演示企业020 --reason 责改一栏与检查情况不符"),
)
@click.argument("named", metavar="VISIT")
@click.option("--reason", required=True, help=_("Why"))
@pass_desk
def return_(desk: Desk, named: str, reason: str) -> None:
    facts = desk.facts
    visit = visit_named(facts, named)
    signer = first_signer(desk, Role.APPROVER, Role.CLERK)
    written = reviews.review(desk.book, signer, [visit], accepted=False, reason=reason)
    held = facts.get(f.VISITS, visit)
    desk.answer(
        _("{visit} was sent back: {reason}").format(visit=visit, reason=reason),
        next_step=f"liuhen log show {held.seq}" if held else "liuhen result list",
        data={"visit": visit, "accepted": False, "reason": reason},
        written=written,
    )

"""`liuhen platform`: the platform that the office must use beside this ledger (R064, R098, R104, R157).

Three ways a platform and a draw come together, all by column maps (`liuhen map`), none with JSON:

(a) Drawn here, carried to the platform (as S0 does). After `liuhen draw ceremony`:
    `liuhen platform export 上传.xlsx --map ningxia` writes the drawn subjects and officers in the platform's
    columns; the platform's own export comes back with `liuhen platform compare 导出.xlsx` (differences are
    told row by row and recorded, a warning of the verifier); `liuhen platform receipt --number 回执号` names
    the receipt of the draw, `--plan` of the plan, `--results` of the published results.
(b) The platform draws (as S3 does): `liuhen draw freeze --elsewhere` freezes the list without parties,
    `liuhen platform export 名单.xlsx --what pool` writes it for the platform, `liuhen draw receive 导出.xlsx`
    reads what the platform drew (every fault at once) and records it; another holder confirms. The verdict
    says 随机性未能证明（外部平台抽取）.
(c) Another department leads and drew the subjects (as S4 does): `liuhen task new … --received 名单.xlsx
    --lead 牵头部门` makes a task of exactly these subjects, 1/1; `liuhen draw ceremony` then draws only our
    officers, and only our visits and results are entered.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cli.desk import Desk, file_hash, pass_desk
from cli.examples import example
from cli.faults import told as told_notes
from cli.i18n import _
from cli.imports import Rows, clean
from cli.mapped import chosen, loaded, map_options
from cli.table import table
from cli.typed import day_typed, quoted
from cli.words import Word
from ledger import column_maps, platform_tables
from ledger.commands import find, platforms
from ledger.durable import DOCUMENT, write_whole
from ledger.importing.platforms import read_shown
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.law.platforms import Difference, unreceived
from verifier.vocabulary import PUBLISHED_LISTS, Role

WHAT = {"draw": "抽取结果", "pool": "待抽名单", "plan": "计划", "results": "检查结果"}
_SHOWN = 20


@click.group(help=_("The platform beside the ledger: export, compare, receipts (平台)"))
def command() -> None: ...


@command.command(
    "export",
    help=_(
        "Write a table in the columns of the platform: the drawn subjects and officers, the frozen list, a "
        "plan or the published results (also for 互联网+监管). By the name of the file .xlsx or .csv."
    )
    + example(
        "liuhen platform export 上传.xlsx --map ningxia",
        "liuhen platform export 结果.xlsx --what results --map hulianwang",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--what", type=Word(WHAT), default="draw", show_default=True, help=_("Which table"))
@click.option("--draw", default="", help=_("Draw (default: the only completed one)"))
@click.option("--plan", default="", help=_("Plan (default: the only one)"))
@click.option(
    "--map", "map_name", default="", metavar="NAME|FILE", help=_("Column map; see: liuhen map list")
)
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@pass_desk
def export(desk: Desk, file: Path, what: str, draw: str, plan: str, map_name: str, yes: bool) -> None:
    book = desk.reading()
    facts = book.facts()
    name = map_name or column_maps.for_platform(platforms.platform_of(facts))
    columns = loaded(name).table(what)
    step = f"liuhen platform receipt --draw {draw} --number " + _("NUMBER")
    if what == "plan":
        plan = _plan(facts, plan)
        rows = list(platform_tables.plan_rows(facts, plan))
        step = f"liuhen platform receipt --plan {plan} --number " + _("NUMBER")
    elif what == "pool":
        draw = find.any_draw(facts, draw)
        rows = list(platform_tables.pool_rows(facts, draw))
        step = f"liuhen draw receive 导出.xlsx --draw {draw}"
    else:
        draw = platforms.draw_shown(facts, draw)
        if what == "draw":
            rows = list(platform_tables.draw_rows(facts, draw))
            step = f"liuhen platform compare 导出.xlsx --draw {draw}"
        else:
            rows = list(platform_tables.result_rows(facts, draw, platforms.channels(book)))
            step = f"liuhen platform receipt --results --draw {draw} --number " + _("NUMBER")
    desk.may_replace(file, yes=yes)
    as_csv = file.suffix.lower() == ".csv"
    write_whole(file, platform_tables.written(columns, rows, as_csv=as_csv), DOCUMENT)
    desk.answer(
        _("Written: {file}, {count} rows.").format(file=file, count=len(rows)),
        _("The columns are those of the map {map}; compare them with the platform's own template.").format(
            map=name
        ),
        next_step=step,
        data={"file": str(file), "what": what, "rows": len(rows), "map": name},
    )


def _plan(facts: f.Facts, plan: str) -> str:
    """The plan named, else the only one. Raises E-PLAN-NONE, E-PLAN-SEVERAL."""
    names = [name for name, _plan in facts.rows(f.PLANS)]
    if plan or len(names) == 1:
        return plan or names[0]
    raise LiuhenError(
        "E-PLAN-SEVERAL" if names else "E-PLAN-NONE",
        N_("There are several plans: {plans}.") if names else N_("There is no plan."),
        remedy=N_("Say which one: --plan PLAN; see them: liuhen plan show"),
        exit=Exit.REFUSED,
        plans=", ".join(names),
    )


@command.command(
    "compare",
    help=_(
        "Compare what the platform exports with what was drawn here, row by row. Every row is recorded with "
        "the hash of the file; what differs is a warning, and the same file twice writes nothing."
    )
    + example("liuhen platform compare 导出.xlsx", "liuhen platform compare 导出.csv --map 我的平台.toml"),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--draw", default="", help=_("Draw (default: the only completed one)"))
@click.option("--sheet", help=_("Name of the sheet (default: that of the map, else the first)"))
@click.option("--leave-out", type=Rows(), default=frozenset(), metavar="3,7-9", help=_("Rows not to read"))
@map_options
@pass_desk
def compare(
    desk: Desk,
    file: Path,
    draw: str,
    sheet: str | None,
    leave_out: frozenset[int],
    map_name: str,
    platform: str,
) -> None:
    facts = desk.facts
    draw = platforms.draw_shown(facts, draw)
    columns, platform = chosen(facts, map_name, platform)
    read = read_shown(
        file,
        columns.table("draw"),
        platforms.known(facts, draw),
        today=date.fromisoformat(desk.clock()[:10]),
        sheet=sheet,
        leave_out=leave_out,
    )
    clean(read, file)
    found, written = platforms.compare_with(
        desk.book, desk.signer(Role.CLERK), draw, read, platform=platform, file=file.name
    )
    lines = told_notes(read.warnings, notes=read.warnings)
    if found.first:
        missing, extra, changed = found.counts
        line = _("{platform} differs: {missing} missing, {extra} extra, {changed} with other officers.")
        lines.append(line.format(platform=platform, missing=missing, extra=extra, changed=changed))
        lines += _differences(desk.facts, draw, found)
    else:
        line = _("{platform} shows what was drawn here: {count} subjects.")
        lines.append(line.format(platform=platform, count=len(read.records)))
    if not written.entries:
        lines.append(_("It was compared before; nothing new was recorded."))
    again = f"liuhen platform compare {quoted(file)} --draw {draw}"
    had = any(row.of == draws_m(desk.facts, draw) for _key, row in desk.facts.rows(f.PLATFORM_RECEIPTS))
    step = f"liuhen platform receipt --draw {draw} --number " + _("NUMBER")
    desk.answer(
        *lines,
        next_step=again if found.first else "liuhen platform show" if had else step,
        data={
            "draw": draw,
            "platform": platform,
            "rows": len(read.records),
            "missing": list(found.missing),
            "extra": list(found.extra),
            "changed": list(found.changed),
        },
        written=written,
    )


def draws_m(facts: f.Facts, draw: str) -> str:
    """M of a draw, hex."""
    held = facts.get(f.DRAWS, draw)
    return held.m if held else ""


def _differences(facts: f.Facts, draw: str, found: Difference) -> list[str]:
    """Each subject that differs, the first of them, and its officers here and there."""
    names = find.names_at_freeze(facts, draw)
    rows = [(_("missing there"), subject) for subject in found.missing]
    rows += [(_("only there"), subject) for subject in found.extra]
    rows += [(_("other officers"), subject) for subject in found.changed]
    told = []
    for how, subject in rows[:_SHOWN]:
        team = facts.get(f.TEAMS, f"{draw}/{subject}")
        shown = facts.get(f.register(f"platform.{draw}"), subject)
        theirs = shown.record.get("officers", ()) if shown else ()
        told.append(
            (
                how,
                subject,
                names.get(subject, ""),
                "、".join(find.officer_name(facts, o) for o in (team.members() if team else ())),
                "、".join(find.officer_name(facts, o) for o in theirs),
            )
        )
    return table((_("Difference"), _("Subject"), _("Name"), _("Here"), _("There")), told)


@command.command(
    "receipt",
    help=_(
        "Record the receipt of the platform (平台回执) for a draw, a plan, a list, or all published results "
        "of a draw that have none yet."
    )
    + example(
        "liuhen platform receipt --draw t1-d1 --number 2026-0317",
        "liuhen platform receipt --plan plan-2026 --number 2026-0002 --file 回执.pdf",
    ),
)
@click.option("--draw", default="", help=_("Draw (default: the only completed one)"))
@click.option("--results", is_flag=True, help=_("Of the published results of the draw"))
@click.option("--plan", default="", help=_("The publication of this plan"))
@click.option("--list", "register", default="", help=_("The publication of this list"))
@click.option("--number", required=True, help=_("Number that the platform gave"))
@click.option("--on", "--date", "day", default="", metavar="DATE", help=_("Day (default: today)"))
@click.option("--file", type=click.Path(path_type=Path), help=_("The receipt, named by its hash"))
@click.option("--platform", default="", help=_("Name of the platform (default: the policy's)"))
@pass_desk
def receipt(
    desk: Desk,
    draw: str,
    results: bool,
    plan: str,
    register: str,
    number: str,
    day: str,
    file: Path | None,
    platform: str,
) -> None:
    if sum(map(bool, (draw or results, plan, register))) > 1:
        raise click.UsageError(_("One of --draw, --plan and --list."))
    if register and register not in PUBLISHED_LISTS:
        raise click.UsageError(_("There is no list {list}.").format(list=register))
    facts = desk.facts
    platform = platform or platforms.platform_of(facts)
    if not platform:
        raise click.UsageError(_("The policy names no platform: --platform NAME"))
    if plan:
        told, of = _("plan {name}").format(name=plan), [platforms.publication_of(facts, "plan", plan)]
    elif register:
        told, of = _("list {name}").format(name=register), [platforms.publication_of(facts, "list", register)]
    elif results:
        draw = find.completed_draw(facts, draw)
        of = platforms.results_without(facts, draw)
        told = _("{count} results of draw {name}").format(count=len(of), name=draw)
        if not of:
            raise LiuhenError(
                "E-PLATFORM-NONE",
                N_("Draw {draw} has no published result without a receipt."),
                remedy=N_("See what is published: liuhen result list"),
                exit=Exit.REFUSED,
                draw=draw,
            )
    else:
        draw = find.completed_draw(facts, draw)
        told, of = _("draw {name}").format(name=draw), [bytes.fromhex(draws_m(facts, draw))]
    written = platforms.receipt(
        desk.book,
        desk.signer(Role.CLERK),
        of,
        platform=platform,
        number=number,
        day=day_typed(day) or desk.clock()[:10],
        file=file_hash(file) if file else None,
    )
    desk.answer(
        _("Receipt {number} of {platform} recorded: {what}.").format(
            number=number, platform=platform, what=told
        ),
        next_step="liuhen platform show",
        data={"platform": platform, "number": number, "of": [leaf.hex() for leaf in of]},
        written=written,
    )


@command.command(
    "show",
    help=_("Show receipts and comparisons, and what the platform has given no receipt of.")
    + example("liuhen platform show"),
)
@pass_desk
def show(desk: Desk) -> None:
    facts = desk.reading().facts()
    draws = {draw.m: name for name, draw in facts.rows(f.DRAWS)}
    receipts = sorted((row.seq, row) for _key, row in facts.rows(f.PLATFORM_RECEIPTS))
    rows = [(row.platform, _receipt_of(facts, draws, row.of), row.number, row.date) for _seq, row in receipts]
    lines = table((_("Platform"), _("Receipt of"), _("Number"), _("Day")), rows) if rows else []
    compared = sorted((row.seq, row) for _key, row in facts.rows(f.COMPARISONS))
    counts = [(r.draw, r.platform, r.n, r.missing, r.extra, r.changed) for _seq, r in compared]
    if counts:
        header = (
            _("Draw"),
            _("Platform"),
            _("Rows"),
            _("what is missing"),
            _("what is extra"),
            _("other officers"),
        )
        lines += [*([""] if lines else []), *table(header, counts, right=(2, 3, 4, 5))]
    missing = list(unreceived(facts))
    lines += [_("No receipt yet: {kind} {name}").format(kind=_(_KINDS[m.kind]), name=m.name) for m in missing]
    step = (
        f"liuhen platform receipt --{missing[0].kind} {missing[0].name} --number " + _("NUMBER")
        if missing
        else ""
    )
    desk.answer(
        *(lines or [_("The policy names no platform, and no receipt is recorded.")]),
        next_step=step or "liuhen todo",
        data={
            "receipts": [{"platform": r[0], "of": r[1], "number": r[2], "date": r[3]} for r in rows],
            "compared": [
                {"draw": r.draw, "rows": r.n, "missing": r.missing, "extra": r.extra, "changed": r.changed}
                for _seq, r in compared
            ],
            "missing": [{"kind": m.kind, "name": m.name} for m in missing],
        },
    )


_KINDS = {"plan": N_("plan"), "draw": N_("draw")}


def _receipt_of(facts: f.Facts, draws: dict[str, str], of: str) -> str:
    if of in draws:
        return f"{_('draw')} {draws[of]}"
    ref = facts.get(f.CORRECTABLE, of)
    return ref.key.split("/")[0] if ref else of[:16]

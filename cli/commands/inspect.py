"""`liuhen inspect`: record visits (附件5), sign them by key, see which subjects are still to be visited."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from cli.acting import first_signer
from cli.desk import Desk, file_hash, pass_desk
from cli.drawing.result import team_words
from cli.examples import example
from cli.i18n import _
from cli.inspecting import notices, reviews, unplanned, workbook
from cli.inspecting.around import after_signing, around
from cli.inspecting.moments import moment, when
from cli.result_words import codes_option, results_typed
from cli.table import table
from cli.typed import acting, confirm_step, confirming
from cli.words import Word, said
from ledger.commands import draws, find, plans, visits
from ledger.commands.visits import Due
from ledger.importing.visits import FINE, box
from verifier import facts as f
from verifier.codec import Value
from verifier.errors import N_
from verifier.law.joined import begins
from verifier.law.visits import one_story
from verifier.vocabulary import METHODS, RESULT_CODES, Role

STATES = {
    "open": N_("to be visited"),
    "unsigned": N_("waits for signatures"),
    "waiting": N_("waits for confirmation"),
    "effective": N_("inspected"),
    "published": N_("published"),
}
SIGNATURES = {"signed": "已签字", "refused": "拒绝签字", "absent": "负责人不在场"}


@click.group(help=_("Visits: record (附件5), sign by key, show"))
def command() -> None: ...


for _part in (unplanned.unplanned, unplanned.list_, notices.notice, notices.extend, reviews.result):
    command.add_command(_part)
for _part in (workbook.sheet, workbook.import_):
    command.add_command(_part)


@command.command(
    "record",
    help=_(
        "Record one visit (附件5 抽查情况记录表). What is not said: the lawful team went, every item was "
        "checked without a problem, result 01.\n\n"
        "SUBJECT is a code or a part of the name. Signatures are on paper (--scan) or by key (--by-key)."
    )
    + example(
        "liuhen inspect record 演示企业020 --on 2026-03-10 --scan 记录表.pdf",
        "liuhen inspect record 演示企业016 --on 2026-03-10 --at 14:30 --by-key \\",
        '  --item "item-1=checked,ordered,corrected,灭火器过期" --result 02',
    ),
)
@click.argument("subject")
@click.option("--draw", default="", help=_("Draw (default: the only completed one)"))
@click.option("--on", "day", required=True, metavar="DATE", help=_("Day of the visit, YYYY-MM-DD"))
@click.option("--at", "hour", default="", metavar="HH:MM", help=_("Hour (default: the day only)"))
@click.option("--until", default="", metavar="DATE", help=_("Last day, when it took several"))
@click.option(
    "--item",
    "items",
    multiple=True,
    metavar="ITEM=BOXES,TEXT",
    help=_("Boxes of one item: checked,ordered,corrected and the result; ITEM=no: not checked"),
)
@click.option("--result", "results", multiple=True, metavar="CODE", help=_("Result (default: 01)"))
@codes_option
@click.option("--method", "methods", multiple=True, type=Word(METHODS), help=_("How (default: on_site)"))
@click.option("--findings", default="", help=_("检查情况; stays private"))
@click.option("--opinion", default="", help=_("处理意见; stays private"))
@click.option("--signature", type=Word(SIGNATURES), default="signed", help=_("Of the inspected"))
@click.option("--unsigned", default="", metavar="REASON", help=_("Why the inspected did not sign"))
@click.option("--witness", default="", help=_("Who witnessed the missing signature (见证人); stays private"))
@click.option("--scan", type=click.Path(path_type=Path), help=_("Scan of the signed paper"))
@click.option(
    "--names", multiple=True, help=_("Who signed the paper: the team, and whoever else (default: the team)")
)
@click.option("--by-key", is_flag=True, help=_("The officers sign with their keys"))
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@click.pass_context
def record(
    ctx: click.Context,
    subject: str,
    draw: str,
    day: str,
    hour: str,
    until: str,
    items: tuple[str, ...],
    results: tuple[str, ...],
    codes: str,
    methods: tuple[str, ...],
    findings: str,
    opinion: str,
    signature: str,
    unsigned: str,
    witness: str,
    scan: Path | None,
    names: tuple[str, ...],
    by_key: bool,
    yes: bool,
) -> None:
    desk = ctx.find_object(Desk)
    if desk is None or (scan is None) != by_key:
        raise click.UsageError(_("Say how it was signed: --scan FILE (on paper) or --by-key."))
    found = results_typed(codes, results) or ["01"]
    facts = desk.facts
    draw = find.visits_draw(facts, draw or find.draw_of_subject(facts, subject))
    subject = find.drawn_subject(facts, draw, subject)
    held = draws.draw_of(facts, draw)
    task = plans.task_of(facts, held.task)
    team = draws.team_of(facts, draw, subject)
    members = [find.officer_name(facts, officer) for officer in team.members()]
    boxes = _boxes(task.data["items"], items)
    if names:
        visits.require_names(facts, subject, team.members(), names)
    paper = (list(names) or members, file_hash(scan)) if scan else None
    began = moment(day, hour, begins(facts, draw, subject))
    ended = moment(until) if until else ""
    if by_key:
        visits.require_keys(facts, team.members())
    _make_sure(desk, draw, subject, boxes, found, yes=yes)
    visit, written = visits.record_visit(
        desk.book,
        first_signer(desk, Role.CLERK, Role.OFFICER),
        draw,
        subject,
        occurred=began,
        until=ended,
        methods=methods or ("on_site",),
        items=boxes,
        results=found,
        subject_signature="refused" if unsigned and signature == "signed" else signature,
        unsigned_reason=unsigned,
        witness=witness,
        findings=findings,
        opinion=opinion,
        paper=paper,
    )
    facts = desk.facts
    name = find.names_at_freeze(facts, draw).get(subject, subject)
    step = confirming(facts, written.leaf) if paper else _to_sign(facts, visit)
    desk.answer(
        _("Visit {visit} recorded: {subject}, {day}.").format(visit=visit, subject=name, day=day),
        *_box_lines(facts, boxes),
        _("Result: {results}; officers: {officers}").format(
            results="、".join(said(RESULT_CODES, code) for code in found),
            officers="、".join(members),
        ),
        next_step=step,
        data={"visit": visit, "draw": draw, "subject": subject, "officers": list(team.members())},
        written=written,
    )


def _make_sure(
    desk: Desk,
    draw: str,
    subject: str,
    boxes: Sequence[dict[str, Value]],
    results: Sequence[str],
    *,
    yes: bool,
) -> None:
    """Ask before a record whose boxes and result differ, or a second one of a visit. Aborts on a no."""
    if not one_story({"items": boxes, "results": results}):
        desk.sure(
            _(
                "The result {results} and the boxes do not say the same (rule visit.results). "
                "Boxes are typed as --item {item}=checked,ordered,corrected,TEXT. Record it all the same?"
            ).format(results=", ".join(results), item=boxes[0]["item"]),
            yes=yes,
        )
    if any(one.state == "waiting" and one.team.subject == subject for one in _dues(desk, draw)):
        desk.sure(_("A record of this visit waits for its confirmation. Record another?"), yes=yes)


def _dues(desk: Desk, draw: str) -> list[Due]:
    return visits.dues(desk.facts, draw, desk.clock()[:10])


def _boxes(wanted: Sequence[str], typed: Sequence[str]) -> list[dict[str, Value]]:
    """The boxes of every item of the task, in its order: as typed, else checked without a problem."""
    said_of: dict[str, str] = {}
    for one in typed:
        item, equals, words = one.partition("=")
        if not equals or item not in wanted:
            raise click.UsageError(
                _("“{text}”: write ITEM=BOXES,TEXT with an item of {items}.").format(
                    text=one, items=", ".join(wanted)
                )
            )
        said_of[item] = words
    return [box(item, said_of.get(item, f"checked,{FINE}")) for item in wanted]


def _box_lines(facts: f.Facts, boxes: Sequence[dict[str, Value]]) -> list[str]:
    """The rows of 附件5 as they were recorded."""
    rows = []
    for ticked in boxes:
        item = facts.get(f.register("items"), str(ticked["item"]))
        words = item.record["text"][0] if item else ""
        ticks = ["是" if ticked[name] else "否" for name in ("checked", "ordered", "corrected")]
        rows.append((ticked["item"], words, *ticks, ticked.get("result", "")))
    header = (_("Item"), _("Text"), _("checked"), _("ordered"), _("corrected"), _("Result"))
    return table(header, rows)


def _to_sign(facts: f.Facts, visit: str) -> str:
    held = visits.visit_of(facts, visit)
    left = [officer for officer in held.data["officers"] if officer not in held.signed]
    return acting(left[0], f"inspect sign {visit}") if left else f"liuhen result register {visit}"


@command.command(
    "sign",
    help=_("Sign a recorded visit with your key, as an officer who was there.")
    + example("liuhen --as off-03 inspect sign visit-1a2b3c4d"),
)
@click.argument("visit")
@pass_desk
def sign(desk: Desk, visit: str) -> None:
    held = visits.visit_of(desk.facts, visit)
    signer = desk.signer(Role.OFFICER)
    written = None
    if signer.info.holder not in held.signed:
        written = visits.sign_visit(desk.book, signer, visit)
    facts = desk.facts
    held = visits.visit_of(facts, visit)
    left = [officer for officer in held.data["officers"] if officer not in held.signed]
    told = _("{officer} has signed {visit}.")
    lines = [told.format(officer=find.officer_name(facts, signer.info.holder), visit=visit)]
    if left:
        names = "、".join(find.officer_name(facts, officer) for officer in left)
        lines.append(_("Still to sign: {officers}").format(officers=names))
    data = {"visit": visit, "signed": list(held.signed), "missing": left}
    desk.answer(*lines, next_step=_to_sign(facts, visit), data=data, written=written)


@command.command(
    "show",
    help=_("Show the drawn subjects and how far each is, or one visit.")
    + example("liuhen inspect show --draw t1-d1"),
)
@click.argument("visit", required=False, default="")
@click.option("--draw", default="", help=_("Draw (default: the only completed one)"))
@pass_desk
def show(desk: Desk, visit: str, draw: str) -> None:
    facts = desk.reading().facts()
    if visit:
        _show_one(desk, facts, visit)
        return
    draw = find.visits_draw(facts, draw)
    due = visits.dues(facts, draw, desk.clock()[:10])
    names = find.names_at_freeze(facts, draw)
    rows = [
        (
            names.get(one.team.subject, ""),
            one.team.subject,
            team_words(facts, one.team),
            _(STATES[one.state]),
            one.visit,
            one.occurred,
        )
        for one in due
    ]
    header = (_("Name"), _("Code"), _("Team (leader first)"), _("State"), _("Visit"), _("Day"))
    done = sum(one.state in ("effective", "published") for one in due)
    desk.answer(
        *(table(header, rows) if rows else [_("Nobody was drawn.")]),
        _("{done} of {all} inspected.").format(done=done, all=len(due)),
        next_step=_next(facts, draw, due, desk.clock()[:10]),
        data={"draw": draw, "visits": [one.data(names) for one in due]},
    )


def _next(facts: f.Facts, draw: str, due: Sequence[Due], today: str) -> str:
    """What to do about the first subject that waits."""
    for one in due:
        if one.state == "waiting":
            return confirm_step(one.waiting, find.confirmers(facts, one.leaf)[:1])
        if one.state == "unsigned":
            return _to_sign(facts, one.visit)
    left = [one for one in due if one.state == "open"]
    if left:
        return f"liuhen inspect record {left[0].team.subject} --draw {draw} --on {today} --scan 扫描件.pdf"
    if any(one.state == "effective" for one in due):
        return "liuhen result list"
    return "liuhen bundle export"


def _show_one(desk: Desk, facts: f.Facts, visit: str) -> None:
    held = visits.visit_of(facts, visit)
    d = held.data
    name = find.names_at_freeze(facts, d["draw"]).get(d["subject"], "")
    officers = "、".join(find.officer_name(facts, officer) for officer in d["officers"])
    signed = "、".join(find.officer_name(facts, officer) for officer in held.signed)
    lines = [
        _("Visit {visit}, entry {seq}: {name} {subject}").format(
            visit=visit, seq=held.seq, name=name, subject=d["subject"]
        ),
        _("Day: {day}; methods: {methods}").format(
            day=when(d), methods="、".join(said(METHODS, m) for m in d["methods"])
        ),
        _("Officers: {officers}; signed by key: {signed}").format(officers=officers, signed=signed or "-"),
        *_box_lines(facts, d["items"]),
        _("Result: {results}").format(results="、".join(said(RESULT_CODES, code) for code in d["results"])),
        _("Signature of the inspected: {words}").format(words=said(SIGNATURES, d["subject_signature"])),
    ]
    for field, words in (("findings", "检查情况"), ("opinion", "处理意见"), ("witness", "见证人")):
        if field in d:
            opened = desk.reading().open_private(d[field]["$c"])
            kept = opened[1] if opened else _("private, not kept here")
            lines.append(f"{words}：{kept}")
    if held.corrected:
        lines.append(_("Corrected (已更正); the history is in the ledger: liuhen log list"))
    state = {"recorded": "unsigned"}.get(held.state, held.state)
    lines += around(facts, visit, held)
    lines.append(_("State: {state}").format(state=_(STATES[state]) if state in STATES else _("voided")))
    step = f"liuhen inspect show --draw {d['draw']}"
    if held.state == "recorded":
        step = _to_sign(facts, visit)
    elif held.state == "effective":
        step = after_signing(facts, visit, held)
    data = {"visit": visit, "state": held.state, "seq": held.seq, "signed": list(held.signed), "record": d}
    desk.answer(*lines, next_step=step, data=data)

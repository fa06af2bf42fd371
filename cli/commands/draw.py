"""`liuhen draw`: freeze the question, seal and open random numbers, draw, show, record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from cli.acting import first_signer
from cli.batch import gathering
from cli.desk import Desk, holder_name, pass_desk
from cli.drawing import question as words
from cli.drawing.ceremony import Ceremony
from cli.drawing.notes import attend, file, note_data, note_lines
from cli.drawing.pool import export
from cli.drawing.printing import note_printing, printing_options
from cli.drawing.received import receive
from cli.drawing.result import result_data, result_lines
from cli.drawing.screen import Screen, pages
from cli.drawing.steps import STATES, standing
from cli.examples import example
from cli.i18n import _
from cli.table import table
from cli.words import Word
from ledger.book import Written
from ledger.commands import draws, find, plans
from ledger.engines import ENGINES, EngineName, engine_of
from ledger.keystore import Signer
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.vocabulary import ABORT_CAUSES, Role


@click.group(help=_("The draw: freeze the question, seal and open random numbers, draw (摇号)"))
def command() -> None: ...


for _part in (attend, export, file, receive):
    command.add_command(_part)


@command.command(
    "freeze",
    help=_("Freeze the question of an approved task (封存名单): opens the draw.")
    + example("liuhen draw freeze --task t1"),
)
@click.argument("draw", required=False, default="")
@click.option("--task", default="", help=_("Approved task (default: the only one not yet drawn)"))
@click.option("--party", "parties", multiple=True, metavar="HOLDER", help=_("Who seals a random number"))
@click.option("--elsewhere", is_flag=True, help=_("Another platform draws from this list: no parties"))
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def freeze(desk: Desk, draw: str, task: str, parties: tuple[str, ...], elsewhere: bool, yes: bool) -> None:
    if elsewhere and parties:
        raise click.UsageError(_("Either --elsewhere or --party"))
    facts = desk.facts
    task = find.task_to_draw(facts, task)
    _require_undrawn(facts, task)
    draw = draw or find.fresh_draw_id(facts, task)
    signer = desk.signer(Role.CLERK)
    holders = [] if elsewhere else list(parties) or default_parties(facts, signer.info.holder)
    asked, check = plans.preview(facts, task, desk.clock()[:10])
    if not desk.as_json:
        for line in words.question_lines(facts, draw, task, asked, holders):
            click.echo(line)
    if check.refused:
        raise words.refusal(facts, task, check)
    if not desk.as_json:
        for line in words.caution_lines(facts, task, asked, check):
            click.echo(line)
    desk.sure(_("Freeze this question? It cannot be changed afterwards"), yes=yes)
    written = draws.freeze(desk.book, signer, draw, task, holders, asked)
    frozen = draws.draw_of(desk.facts, draw)
    desk.answer(
        _("List frozen: draw {draw}.").format(draw=draw),
        words.m_line(frozen.m),
        next_step=standing(desk.facts, draw).next_step,
        data={"draw": draw, "task": task, "m": frozen.m, "strata": frozen.question["strata"]},
        written=written,
    )


def _require_undrawn(facts: f.Facts, task: str) -> None:
    """Raises `draw.once` before anybody types a passphrase for a draw that cannot be."""
    held = facts.get(f.TASKS, task)
    if held is not None and (earlier := held.open_draw or held.completed):
        raise LiuhenError(
            "draw.once",
            N_("Task {task} has the draw {draw} already."),
            remedy=N_("See how far it is: liuhen draw show {draw}"),
            exit=Exit.REFUSED,
            task=task,
            draw=earlier,
        )


def default_parties(facts: f.Facts, clerk: str) -> list[str]:
    """The clerk and the only supervisor. Raises E-DRAW-PARTIES when there are none or several."""
    supervisors = [h for h in find.holders_with(facts, ["supervisor"]) if h != clerk]
    if len(supervisors) == 1:
        return [clerk, supervisors[0]]
    raise LiuhenError(
        "E-DRAW-PARTIES",
        N_("There are several supervisors: {holders}.")
        if supervisors
        else N_("No supervisor has a key in force."),
        remedy=N_("Name the parties: --party HOLDER --party HOLDER; see them: liuhen key list"),
        exit=Exit.REFUSED,
        holders=", ".join(supervisors),
    )


def _party(desk: Desk, draw: f.Draw, missing: Sequence[str]) -> Signer:
    """The key that acts for a party: `--as`, else the only key here of a party that is missing."""
    if desk.holder:
        return desk.signer()
    here = [info for info in desk.key_infos() if info.key_id.hex() in draw.parties]
    fitting = [info.holder for info in here if info.holder in missing] or [info.holder for info in here]
    if len(set(fitting)) == 1:
        return desk.signer(holder=fitting[0])
    others = [info.holder for info in desk.key_infos() if info.holder not in fitting]
    return desk.signer(other_than=others) if fitting else desk.signer(holder=_one_of(draw, missing))


def _clerk_of(desk: Desk, draw: str, *roles: Role) -> Signer:
    """The key of who froze the draw where it is here and nobody else is named."""
    clerk = draws.draw_of(desk.facts, draw).clerk
    here = any(info.holder == clerk for info in desk.key_infos())
    return desk.signer(*roles, holder=clerk if here and not desk.holder else "")


def _one_of(draw: f.Draw, missing: Sequence[str]) -> str:
    return missing[0] if missing else next(iter(draw.parties.values()), "-")


def _answer(desk: Desk, draw: str, told: str, written: Written) -> None:
    """Say what was done, how far the draw is now and what comes next."""
    now = standing(desk.facts, draw)
    desk.answer(
        told,
        _("Draw {draw}: {state}.").format(draw=draw, state=now.line),
        *_by_file(desk, draw),
        next_step=now.next_step,
        data={"draw": draw, "state": now.line},
        written=written,
    )


def _by_file(desk: Desk, draw: str) -> list[str]:
    """How a party goes on whose key file is not here: it may be on a stick, or at another computer."""
    left = draws.stage(draws.draw_of(desk.facts, draw))
    step, next_ones = ("commit", left.to_commit) if left.to_commit else ("reveal", left.to_reveal)
    if not next_ones or next_ones[0] in {info.holder for info in desk.key_infos()}:
        return []
    told = _("{holder}'s key is not here. At another computer it is done by file: {command}")
    request = f"liuhen sign request {step} {draw}"
    return [told.format(holder=holder_name(desk.facts, next_ones[0]), command=request)]


@command.command(
    "commit",
    help=_("Seal a random number (封存随机数): made here, kept in your key file until it is opened.")
    + example("liuhen --as li-supervisor draw commit"),
)
@click.argument("draw", required=False, default="")
@pass_desk
def commit(desk: Desk, draw: str) -> None:
    draw = find.open_draw(desk.facts, draw)
    held = draws.draw_of(desk.facts, draw)
    signer = _party(desk, held, draws.stage(held).to_commit)
    written = draws.commit(desk.book, signer, draw)
    who = holder_name(desk.facts, signer.info.holder)
    told = (
        _("{holder} has sealed a random number.") if written.entries else _("{holder} had sealed it before.")
    )
    _answer(desk, draw, told.format(holder=who), written)


@command.command(
    "public-value",
    help=_("Type the public value as drawn or published; a supervisor or observer confirms it.")
    + example("liuhen draw public-value --value 482913"),
)
@click.argument("draw", required=False, default="")
@click.option("--value", required=True, help=_("Digits in the order drawn; lottery numbers joined by ."))
@pass_desk
def public_value(desk: Desk, draw: str, value: str) -> None:
    draw = find.open_draw(desk.facts, draw)
    held = draws.draw_of(desk.facts, draw)
    line = value.strip()
    if held.valued and held.value.endswith(f":{line}"):
        _answer(desk, draw, _("This public value is in force already."), Written(()))
        return
    written = draws.public_value(desk.book, _clerk_of(desk, draw, Role.CLERK), draw, line)
    told = _("Public value typed: {value}. It counts when a supervisor or observer confirms it.")
    _answer(desk, draw, told.format(value=line), written)


@command.command(
    "reveal",
    help=_("Open your random number (启封随机数), when every party has sealed one.")
    + example("liuhen --as li-supervisor draw reveal"),
)
@click.argument("draw", required=False, default="")
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def reveal(desk: Desk, draw: str, yes: bool) -> None:
    draw = find.open_draw(desk.facts, draw)
    held = draws.draw_of(desk.facts, draw)
    signer = _party(desk, held, draws.stage(held).to_reveal)
    if signer.key_id.hex() not in held.reveals and not draws.stage(held).to_commit and held.valued:
        desk.sure(_("Open your random number? It cannot be sealed again"), yes=yes)
    written = draws.reveal(desk.book, signer, draw)
    who = holder_name(desk.facts, signer.info.holder)
    told = (
        _("{holder} has opened the random number.")
        if written.entries
        else _("{holder} had opened it before.")
    )
    _answer(desk, draw, told.format(holder=who), written)


@command.command(
    "run",
    help=_("Draw (摇号): compute seed, subjects and teams from what was opened, and record them.")
    + example("liuhen draw run", "liuhen draw run t1-d1 --engine duckdb"),
)
@click.argument("draw", required=False, default="")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="builtin",
    show_default=True,
    help=_("Who computes and sorts the random numbers of a very large list; the result is the same"),
)
@click.option(
    "--at", default="", help=_("Address of the PostgreSQL server, without password, or Spark master")
)
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def run(desk: Desk, draw: str, engine: EngineName, at: str, yes: bool) -> None:
    chosen = engine_of(engine, at)
    draw = find.any_draw(desk.facts, draw)
    if draws.draw_of(desk.facts, draw).state == "executed":
        _show_result(desk, draw, _("Draw {draw} was run before.").format(draw=draw), Written(()))
        return
    signer = _clerk_of(desk, draw, Role.CLERK, Role.SUPERVISOR, Role.OBSERVER)
    if standing(desk.facts, draw).next_step == f"liuhen draw run {draw}":
        desk.sure(_("Draw now? The result is final"), yes=yes)
    written = draws.run(desk.book, signer, draw, chosen)
    _show_result(desk, draw, _("Draw {draw} is done.").format(draw=draw), written)


def _show_result(desk: Desk, draw: str, told: str, written: Written) -> None:
    facts = desk.facts
    desk.answer(
        told,
        *result_lines(facts, draw),
        next_step=standing(facts, draw).next_step,
        data=result_data(facts, draw),
        written=written,
    )


@command.command(
    "abort",
    help=_("Abort an open draw: an approver and a party, one begins and the other confirms.")
    + example("liuhen --as sun-approver draw abort --cause party-missing"),
)
@click.argument("draw", required=False, default="")
@click.option("--cause", required=True, type=Word(ABORT_CAUSES), help=_("Why"))
@click.option("--party", default="", metavar="HOLDER", help=_("Who is missing (default: the only one)"))
@click.option("--note", default="", help=_("In your own words"))
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def abort(desk: Desk, draw: str, cause: str, party: str, note: str, yes: bool) -> None:
    facts = desk.facts
    draw = find.any_draw(facts, draw)
    if draws.draw_of(facts, draw).state == "aborted":
        _answer(desk, draw, _("Draw {draw} was aborted before.").format(draw=draw), Written(()))
        return
    begun = [act for _leaf, act in find.waiting_for(facts, "draw.aborted") if act.data["draw"] == draw]
    if begun:
        _answer(desk, draw, _("An abort waits for its confirmation."), Written(()))
        return
    signer = first_signer(desk, Role.APPROVER, Role.CLERK, Role.SUPERVISOR, Role.OBSERVER)
    desk.sure(_("Abort draw {draw}? Its id is never used again").format(draw=draw), yes=yes)
    written = draws.abort(desk.book, signer, draw, cause, note, party)
    _answer(desk, draw, _("Abort of draw {draw} asked for.").format(draw=draw), written)


@command.command(
    "show",
    help=_("Show a draw: how far it is, who is missing, or what it gave.")
    + example("liuhen draw show t1-d1", "liuhen draw show t1-d1 --screen --pause 8"),
)
@click.argument("draw", required=False, default="")
@click.option("--screen", is_flag=True, help=_("Large, page by page, for the screen in the room"))
@click.option("--pause", type=click.FloatRange(0, 600), help=_("Seconds a page stays (default: until Enter)"))
@pass_desk
def show(desk: Desk, draw: str, screen: bool, pause: float | None) -> None:
    facts = desk.reading().facts()
    draw = find.any_draw(facts, draw)
    if screen and not desk.as_json:
        Screen(desk, pause).show(pages(facts, draw))
    held = draws.draw_of(facts, draw)
    now = standing(facts, draw)
    done = held.state in find.DONE
    details = result_lines(facts, draw) if done else _stages(facts, held)
    desk.answer(
        *([] if screen else words.frozen_lines(facts, draw, held)),
        _("Draw {draw}: {state}.").format(draw=draw, state=now.line),
        *([] if screen else [*details, *note_lines(facts, draw)]),
        next_step=now.next_step,
        data={**result_data(facts, draw), **note_data(facts, draw), "stage": now.line},
    )


def _stages(facts: f.Facts, draw: f.Draw) -> list[str]:
    """Who of an open draw has done what."""
    rows = [
        (
            holder_name(facts, holder),
            _("sealed") if party in draw.commits else _("missing"),
            _("opened") if party in draw.reveals else "-",
        )
        for party, holder in draws.parties(draw)
    ]
    return table((_("Party"), _("Random number sealed"), _("opened")), rows)


@command.command("list", help=_("List all draws.") + example("liuhen draw list"))
@pass_desk
def list_(desk: Desk) -> None:
    facts = desk.reading().facts()
    held = find.draws(facts)
    rows, data = [], []
    for name, draw in held:
        task = facts.get(f.TASKS, draw.task)
        n = sum(s["n"] for s in draw.question["strata"])
        k = sum(s["k"] for s in draw.question["strata"])
        g = task.outcomes if task else 0
        rows.append((name, draw.task, draw.time[:10], f"{k}/{n}", g, _(STATES[draw.state])))
        data.append(
            {
                "draw": name,
                "task": draw.task,
                "frozen": draw.time,
                "k": k,
                "n": n,
                "g": g,
                "state": draw.state,
            }
        )
    header = (_("Draw"), _("Task"), _("Frozen on"), _("Drawn of pool"), "g", _("State"))
    lines = table(header, rows, right=(3, 4)) if rows else [_("No draw yet.")]
    still = next((name for name, draw in held if draw.state == "frozen"), "")
    step = f"liuhen draw show {still or held[-1][0]}" if held else "liuhen draw freeze"
    desk.answer(*lines, next_step=step, data={"draws": data})


@command.command(
    "record",
    help=_(
        "Write the record of a draw (附件6 选派（抽取）记录单) as a Word file, for ink signatures. Of a "
        "sealed draw, how many copies and what for is recorded first."
    )
    + example(
        "liuhen draw record t1-d1 --output 记录单.docx", "liuhen draw record t1-d1 --copies 2 --purpose 存档"
    ),
)
@click.argument("draw", required=False, default="")
@click.option("-o", "--output", type=click.Path(path_type=Path), help=_("File (default: <draw>-记录单.docx)"))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@printing_options
@pass_desk
def record(desk: Desk, draw: str, output: Path | None, yes: bool, copies: int | None, purpose: str) -> None:
    from ledger.commands.records import draw_record, write_draw_record

    book = desk.reading()
    draw = find.completed_draw(book.facts(), draw)
    path = output or Path(f"{draw}-记录单.docx")
    desk.may_replace(path, yes=yes)
    draw_record(book, draw)
    written = note_printing(desk, [draw], copies, purpose)
    told = write_draw_record(desk.reading(), draw, path)
    desk.answer(
        _("Record written: {path}").format(path=path),
        _(
            "{subjects} subjects, {officers} officers; print it, and let opinion and signatures be ink."
        ).format(subjects=len(told.subjects), officers=len(told.officers)),
        next_step=f"liuhen inspect show --draw {draw}",
        data={"draw": draw, "file": str(path), "head": told.head, "ledger": told.ledger_id},
        written=written,
    )


@command.command(
    "unseal",
    help=_("Publish the result of a sealed draw, once every subject has a result or the window is over.")
    + example("liuhen draw unseal t1-d1"),
)
@click.argument("draw", required=False, default="")
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def unseal(desk: Desk, draw: str, yes: bool) -> None:
    draw = find.completed_draw(desk.facts, draw)
    if draws.draw_of(desk.facts, draw).unsealed:
        _show_result(desk, draw, _("Draw {draw} is public already.").format(draw=draw), Written(()))
        return
    signer = first_signer(desk, Role.CLERK, Role.ADMIN)
    question = _("Publish the result of {draw}? It can never be hidden again").format(draw=draw)
    desk.sure(question, yes=yes)
    written = draws.unseal(desk.book, signer, draw)
    _show_result(desk, draw, _("The result of draw {draw} is public now.").format(draw=draw), written)


@command.command(
    "ceremony",
    help=_(
        "The whole draw in one room: each party types one passphrase, and everything follows. After an "
        "interruption the same command goes on where it stopped."
    )
    + example("liuhen draw ceremony --task t1 -K 经办人 -K 监督人"),
)
@click.argument("draw", required=False, default="")
@click.option("--task", default="", help=_("Approved task (default: the only one not yet drawn)"))
@click.option("--party", "parties", multiple=True, metavar="HOLDER", help=_("Who seals a random number"))
@click.option(
    "-K",
    "--keys",
    "folders",
    type=click.Path(path_type=Path),
    multiple=True,
    help=_("Folder of a party's key"),
)
@click.option("--value", default="", help=_("Public value, instead of typing it when asked"))
@click.option("--all", "every", is_flag=True, help=_("Every approved task not yet drawn, one after another"))
@click.option("--show", is_flag=True, help=_("Show seed, random numbers and teams large, for the room"))
@click.option("--pause", type=click.FloatRange(0, 600), help=_("Seconds a page stays (default: until Enter)"))
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def ceremony(
    desk: Desk,
    draw: str,
    task: str,
    parties: tuple[str, ...],
    folders: tuple[Path, ...],
    value: str,
    every: bool,
    show: bool,
    pause: float | None,
    yes: bool,
) -> None:
    if every and (draw or task or value):
        raise click.UsageError(_("--all takes neither a draw nor --task nor --value."))
    desk.key_folders = (*desk.key_folders, *folders)
    screen = Screen(desk, pause) if show else None
    if not every:
        _hold(desk, draw, task, parties, value, yes, screen)
        return
    left = [name for name, row in desk.facts.rows(f.TASKS) if not row.completed]
    if not left:
        find.task_to_draw(desk.facts)
    with gathering(desk) as held:
        for name in left:
            _hold(desk, "", name, parties, value, yes, screen)
    desk.answer(
        _("{count} draws are done.").format(count=len(held.data)),
        next_step="liuhen inspect sheet",
        data={"draws": held.data},
        written=held.written,
    )


def _hold(
    desk: Desk,
    draw: str,
    task: str,
    parties: tuple[str, ...],
    value: str,
    yes: bool,
    screen: Screen | None,
) -> None:
    """One ceremony from wherever it stands, and its answer."""
    facts = desk.facts
    draw, task = _ceremony_draw(facts, draw, task)
    held = Ceremony(desk, task, draw, value, yes, screen)
    begun = facts.get(f.DRAWS, draw)
    if begun is not None and begun.state not in ("frozen", "executed"):
        raise LiuhenError(
            "E-DRAW-OVER",
            N_("Draw {draw} is over: {state}."),
            remedy=N_("Give its task another draw: liuhen draw ceremony --task {task}"),
            exit=Exit.REFUSED,
            draw=draw,
            state=_(STATES[begun.state]),
            task=task,
        )
    held.hold(() if begun else list(parties) or _parties_here(desk, facts))
    held.answer()


def _ceremony_draw(facts: f.Facts, draw: str, task: str) -> tuple[str, str]:
    """(draw, task) of a ceremony: what is open goes on; what is done is shown; else the next draw."""
    held = facts.get(f.DRAWS, draw) if draw else None
    if held is not None:
        return draw, held.task
    if not task:
        open_tasks = [d.task for _name, d in find.draws(facts) if d.state == "frozen"]
        left = [t for t, row in facts.rows(f.TASKS) if not row.completed]
        done = [d.task for _name, d in find.draws(facts) if d.state == "executed"]
        only = open_tasks if len(open_tasks) == 1 else left or done[-1:]
        task = only[0] if len(only) == 1 else find.task_to_draw(facts)
    row = plans.task_of(facts, task)
    return draw or row.open_draw or row.completed or find.fresh_draw_id(facts, task), task


def _parties_here(desk: Desk, facts: f.Facts) -> list[str]:
    """The clerk whose key file is here, and the only supervisor."""
    clerks = find.holders_with(facts, ["clerk"])
    here = [info.holder for info in desk.key_infos() if info.holder in clerks]
    fitting = [desk.holder] if desk.holder in clerks else list(dict.fromkeys(here)) or clerks
    if len(fitting) > 1:
        raise LiuhenError(
            "E-KEY-SEVERAL",
            N_("Several keys could act: {holders}."),
            remedy=N_("Say who acts, before the command: liuhen --as {first} …"),
            exit=Exit.USAGE,
            holders=", ".join(fitting),
            first=fitting[0],
        )
    return default_parties(facts, fitting[0] if fitting else "-")

"""`liuhen`: the command line. Nouns are loaded when they are used; errors become words and exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from cli import aliases, console, coredump, i18n
from cli.exits import MEANINGS
from cli.i18n import _
from verifier import __version__
from verifier.errors import N_, Exit, LiuhenError

if TYPE_CHECKING:
    from cli.sitting import Sitting

KINDS: tuple[tuple[type[click.ParamType[Any]], str], ...] = (
    (type(click.STRING), N_("text")),
    (type(click.INT), N_("integer")),
    (click.IntRange, N_("integer range")),
    (type(click.FLOAT), N_("float")),
    (click.FloatRange, N_("float range")),
)
"""What click calls a value, in help and in errors; it does not ask gettext for these."""
NOUNS = {
    "todo": ("cli.commands.todo", N_("What is to be done now, by whom, by which command")),
    "init": ("cli.commands.init", N_("Begin a ledger")),
    "import": ("cli.commands.import_", N_("Import every list of a workbook")),
    "template": ("cli.commands.template", N_("Write the workbook that lists are typed into")),
    "key": ("cli.commands.key", N_("Keys: make, enrol, revoke, list")),
    "policy": ("cli.commands.policy", N_("The office's 实施细则 as data")),
    "calendar": ("cli.commands.calendar", N_("Working days of a year")),
    "item": ("cli.commands.item", N_("Inspection items (抽查事项清单)")),
    "subject": ("cli.commands.subject", N_("Enterprises and other subjects (检查对象名录库)")),
    "officer": ("cli.commands.officer", N_("Inspectors (执法检查人员名录库)")),
    "expert": ("cli.commands.expert", N_("Experts and testing bodies")),
    "member": ("cli.commands.member", N_("Leading group and joint meeting")),
    "history": ("cli.commands.history", N_("Inspections before the ledger, and by others")),
    "tags": ("cli.commands.tags", N_("The tag dictionary (标签字库)")),
    "list": ("cli.commands.list", N_("The lists as a whole; their publication")),
    "conflict": ("cli.commands.conflict", N_("Conflicts of interest (利害关系申报)")),
    "plan": ("cli.commands.plan", N_("The yearly plan")),
    "task": ("cli.commands.task", N_("Tasks made from plan rows")),
    "draw": ("cli.commands.draw", N_("The draw (摇号)")),
    "platform": ("cli.commands.platform", N_("The platform beside the ledger")),
    "map": ("cli.commands.map", N_("Column maps of platforms (列对照表)")),
    "recuse": ("cli.commands.recuse", N_("Replace an officer of a team (回避、递补)")),
    "inspect": ("cli.commands.inspect", N_("Visits and their records")),
    "result": ("cli.commands.result", N_("Publication of results (公示登记)")),
    "form": ("cli.commands.form", N_("Printed forms (打印表格) and their templates")),
    "followup": ("cli.commands.followup", N_("What follows a result: rectification, case, referral")),
    "bulletin": ("cli.commands.bulletin", N_("Bulletins of draws (一抽查一通报)")),
    "activity": (
        "cli.commands.activity",
        N_("Meetings, documents, training, publicity, joint checks led by others"),
    ),
    "report": ("cli.commands.report", N_("Reports that were handed in, and when the next are due")),
    "stats": ("cli.commands.stats", N_("Figures of a period, the entries behind them, the database")),
    "correct": ("cli.commands.correct", N_("Correct a field of an entry")),
    "void": ("cli.commands.void", N_("Void an entry recorded by mistake")),
    "private": ("cli.commands.private", N_("Private content: what is kept, what was erased on a ground")),
    "attach": ("cli.commands.attach", N_("Name a scan or photo by its hash")),
    "confirm": ("cli.commands.confirm", N_("Confirm what waits for a second person")),
    "sign": ("cli.commands.sign", N_("Sign for another computer, by file")),
    "log": ("cli.commands.log", N_("The entries of the ledger")),
    "clock": ("cli.commands.clock", N_("Correct the clock")),
    "bundle": ("cli.commands.bundle", N_("Export the bundle (核验包)")),
    "receipt": ("cli.commands.receipt", N_("The receipt of a pool member (抽取凭证)")),
    "verify-receipt": ("cli.commands.verify_receipt", N_("Check a receipt")),
    "cosign": ("cli.commands.cosign", N_("Cosigners (联署方) and what they signed")),
    "site": ("cli.commands.site", N_("The public site (公示网站)")),
    "stamp": ("cli.commands.stamp", N_("Time-stamps of an authority on heads (时间戳)")),
    "verify": ("cli.commands.verify", N_("Verify a bundle or the ledger")),
    "trail": ("cli.commands.trail", N_("Everything that touched one enterprise, officer, person or draw")),
    "replay": ("cli.commands.replay", N_("The ledger as it was; what changed; which entry broke a rule")),
    "county": ("cli.commands.county", N_("Several offices read together")),
    "audit": ("cli.commands.audit", N_("What in a ledger deserves a question")),
    "fairness": ("cli.commands.fairness", N_("Was the lot fair over the years")),
    "forensics": ("cli.commands.forensics", N_("Old draws of other platforms examined")),
    "archive": ("cli.commands.archive", N_("File a finished task away (案卷归档)")),
    "year": ("cli.commands.year", N_("The end of a year (年度结转)")),
    "handover": ("cli.commands.handover", N_("Duties handed over (工作交接)")),
    "backup": ("cli.commands.backup", N_("Copy the ledger to another disk (备份)")),
    "restore": ("cli.commands.restore", N_("Put a copy back")),
    "doctor": ("cli.commands.doctor", N_("What is damaged of a ledger, and what still stands")),
    "repair": ("cli.commands.repair", N_("Bring what stands of a damaged ledger into a new file")),
    "store": ("cli.commands.store", N_("Where the ledger is kept: in a file, or on a server")),
    "move": ("cli.commands.move", N_("Copy a ledger between a file and a server, and prove it")),
    "rule": ("cli.commands.rule", N_("Explain a rule")),
}
"""Every noun: the module whose attribute `command` is its click command, and its line in the help."""


class LedgerPath(click.ParamType[Path]):
    """The file of a ledger, its folder, or the address of the server that keeps it."""

    name = "path"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        text = str(value)
        if text.startswith(("postgresql://", "postgres://")):
            from cli.placing import standing_for

            return standing_for(text)
        return Path(text) / "ledger.db" if Path(text).is_dir() else Path(text)


class Nouns(click.Group):
    """Loads a noun's module when it is used, so that `--version` and `--help` stay quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(NOUNS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        name = aliases.noun_named(name)
        if name not in NOUNS:
            return None
        return aliases.aliased(import_module(NOUNS[name][0]).command, name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl(
                [(aliases.both(name, aliases.NOUNS), _(line)) for name, (_module, line) in NOUNS.items()]
            )
        with formatter.section(_("Exit codes")):
            formatter.write_dl([(str(int(code)), _(text)) for code, text in MEANINGS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (LiuhenError, click.ClickException, click.Abort, click.exceptions.Exit, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - the last edge: a person is told instead of shown a traceback
            _explain(error, ctx)


def _explain(error: Exception, ctx: click.Context) -> NoReturn:
    """A fault of the ledger file as such, anything else as a fault of the program."""
    if type(error).__module__ == "sqlite3":
        from ledger.store.faults import meaning

        told = meaning(error, ctx.params["ledger"], writing=False)  # type: ignore[arg-type]
        if told is not None:
            raise told from error
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        raise LiuhenError(
            "E-TEXT-BROKEN",
            N_("What was typed, or the name of a file, holds half a character: {text}"),
            remedy=N_("Type it again; give a file with a broken name another name first."),
            exit=Exit.USAGE,
            text=error.object[:80],
        ) from error
    from cli.bug import Bug

    raise Bug(error, ctx.params["ledger"], ctx.invoked_subcommand or "") from error


@click.group(
    cls=Nouns,
    context_settings={"help_option_names": ["-h", "--help"], "color": True},
    invoke_without_command=True,
)
@click.option("-L", "--ledger", type=LedgerPath(), envvar="LIUHEN_LEDGER", default=Path("ledger.db"))
@click.option("-K", "--keys", type=click.Path(path_type=Path), multiple=True)
@click.option("--as", "holder", metavar="HOLDER", default="")
@click.option("--passphrase-file", type=click.Path(path_type=Path), envvar="LIUHEN_PASSPHRASE_FILE")
@click.option("--clock-is-right", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
@click.version_option(__version__, prog_name="liuhen")
@click.pass_context
def liuhen(
    ctx: click.Context,
    ledger: Path,
    keys: tuple[Path, ...],
    holder: str,
    passphrase_file: Path | None,
    clock_is_right: bool,
    as_json: bool,
) -> None:
    from cli.desk import Desk
    from cli.sitting import Sitting

    sitting = ctx.obj if isinstance(ctx.obj, Sitting) else None
    desk = Desk(ledger, keys, holder, passphrase_file, clock_is_right, as_json, sitting or Sitting())
    ctx.with_resource(desk.letting_in())
    if ctx.invoked_subcommand is not None:
        ctx.obj = desk
        ctx.call_on_close(desk.close)
    elif sitting is None and not as_json and on_terminal():
        from cli.menu import Menu

        Menu(desk, run).open()
    else:
        click.echo(ctx.get_help())


def on_terminal() -> bool:
    """Whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _translate_help() -> None:
    """The help of the group itself and what kinds of values are called, in the reader's language."""
    for kind, word in KINDS:
        kind.name = _(word)
    texts = {
        "ledger": _(
            "Ledger file, or postgresql://user@host/database (default: ledger.db here; or LIUHEN_LEDGER)"
        ),
        "keys": _("Folder with key files; may be given several times (default: keys beside the ledger)"),
        "holder": _("Which person acts, by id"),
        "passphrase_file": _("Read the passphrase from the first line of this file"),
        "clock_is_right": _("Believe this computer's clock after a pause of more than 31 days"),
        "as_json": _("Answer as JSON"),
        "version": _("Show the version"),
    }
    liuhen.help = _("Liuhen: a ledger of random inspections whose draws anybody can check.")
    for parameter in liuhen.params:
        if isinstance(parameter, click.Option) and parameter.name in texts:
            parameter.help = texts[parameter.name]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with a code of design §7."""
    coredump.forbid()
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str], sitting: Sitting | None = None) -> int:
    """Run the command line, of a sitting where there is one; the exit code. `--json` may stand anywhere."""
    i18n.install()
    i18n.safe_console()
    with console.safe():
        return _told(arguments, sitting)


def _told(arguments: list[str], sitting: Sitting | None) -> int:
    as_json = "--json" in arguments
    if as_json:
        arguments = ["--json", *(each for each in arguments if each != "--json")]
    code = int(Exit.PASS)
    try:
        code = _run(arguments, as_json, sitting)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):
        # Who reads our output went away (`| head`); what was asked for has been done.
        _discard_output()
    return code


def _run(arguments: list[str], as_json: bool, sitting: Sitting | None) -> int:
    _translate_help()
    try:
        answer: Any = liuhen.main(arguments, prog_name="liuhen", standalone_mode=False, obj=sitting)
    except click.UsageError as error:
        error.show()
        if isinstance(error, click.NoSuchOption) and error.option_name in _own_options():
            told = _("{option} is said before the command: liuhen {option} … {command}")
            click.echo(told.format(option=error.option_name, command=_command_of(error)), err=True)
        return _tell_json(as_json, "E-USAGE", error.format_message(), Exit.USAGE)
    except LiuhenError as error:
        return _tell_error(error, as_json)
    except click.ClickException as error:
        return _tell_bug(error, as_json)
    except click.Abort as stop:
        return _tell_stop(as_json, typed=not isinstance(stop.__context__, EOFError))
    except KeyboardInterrupt:
        return _tell_stop(as_json, typed=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        told = _("A file cannot be read or written: {reason}. Nothing was recorded.")
        click.echo(told.format(reason=i18n.reason_in_words(error)), err=True, color=True)
        return _tell_json(as_json, "E-FILE", str(error), Exit.DISK)
    return answer if isinstance(answer, int) else Exit.PASS


def _own_options() -> set[str]:
    """The options that every command shares, which stand before it."""
    return {name for parameter in liuhen.params for name in parameter.opts}


def _command_of(error: click.UsageError) -> str:
    """Noun and verb of the command that did not know an option."""
    return error.ctx.command_path.partition(" ")[2] if error.ctx else ""


def _tell_error(error: LiuhenError, as_json: bool) -> int:
    """The error in words; one that has `lines` and `data` of its own (faults of an import) shows them too."""
    lines: Callable[[], list[str]] = getattr(error, "lines", list)
    for line in lines():
        click.echo(line, err=True, color=True)
    click.echo(i18n.render_error(error), err=True, color=True)
    data: Mapping[str, object] = getattr(error, "data", {})
    return _tell_json(as_json, error.code, _(error.what).format(**error.params), error.exit, data)


def _tell_bug(error: click.ClickException, as_json: bool) -> int:
    from cli.bug import Bug

    if not isinstance(error, Bug):
        error.show()
        return _tell_json(as_json, "E-USAGE", error.format_message(), Exit.USAGE)
    told = error.told()
    click.echo(told, err=True, color=True)
    return _tell_json(as_json, "E-BUG", told, Exit.BUG)


def _tell_stop(as_json: bool, *, typed: bool) -> int:
    """Ctrl-C is 130; the end of the input where an answer was asked is a no, 8."""
    if typed:
        told, code = _("Interrupted; what was done before stays. The same command goes on."), Exit.INTERRUPTED
    else:
        told, code = _("Stopped, as nobody answered; nothing was recorded."), Exit.STOPPED
    click.echo(told, err=True)
    return _tell_json(as_json, "E-INTERRUPTED" if typed else "E-STOPPED", told, code)


def _discard_output() -> None:
    """Let the interpreter close quietly: what is left in the buffer has no reader."""
    import os

    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _tell_json(
    as_json: bool, code: str, text: str, exit_code: Exit, more: Mapping[str, object] = MappingProxyType({})
) -> int:
    if as_json:
        import json

        document = {"error": {"code": code, "text": text, "exit": int(exit_code)}, **more}
        click.echo(json.dumps(document, ensure_ascii=False, default=str))
    return int(exit_code)


if __name__ == "__main__":
    main()

"""`liuhen sign`: requests out, statements in, by file (design §4)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from cli.carrying import LIMIT, take, told, write_request, write_statement
from cli.desk import Desk, pass_desk, read_file
from cli.examples import example
from cli.i18n import _
from cli.inspecting.named import visit_named
from cli.words import Word
from ledger.commands import draws, requests
from ledger.commands.requests import Request
from verifier.codec import Value
from verifier.vocabulary import ABORT_CAUSES, RESULT_CODES

Finish = Callable[[Desk, Request, Path], None]


@click.group(help=_("Sign for another computer, by file"))
def command() -> None: ...


@command.group("request", help=_("At the ledger: write a request that somebody signs at another machine"))
def request() -> None: ...


def _acts(group: click.Group, finish: Finish, prefix: str) -> None:
    """The acts that can be signed by file, each as a command of `group` that ends with `finish`."""
    folder = click.option(
        "--to",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path(),
        help=_("Folder for the file"),
    )

    @group.command(
        "confirm", help=_("Confirm entry SEQ as the second person") + example(f"{prefix} confirm 12")
    )
    @click.argument("seq", type=click.IntRange(0))
    @folder
    @pass_desk
    def confirm(desk: Desk, seq: int, folder: Path) -> None:
        finish(desk, requests.confirmation(desk.reading(), seq), folder)

    @group.command("commit", help=_("Seal a party's random number") + example(f"{prefix} commit d1"))
    @click.argument("draw")
    @folder
    @pass_desk
    def commit(desk: Desk, draw: str, folder: Path) -> None:
        finish(desk, requests.step(desk.reading(), "draw.committed", draw), folder)

    @group.command("reveal", help=_("Open a party's random number") + example(f"{prefix} reveal d1"))
    @click.argument("draw")
    @folder
    @pass_desk
    def reveal(desk: Desk, draw: str, folder: Path) -> None:
        finish(desk, requests.step(desk.reading(), "draw.revealed", draw), folder)

    @group.command("abort", help=_("Abort a draw") + example(f"{prefix} abort d1 --cause party-missing"))
    @click.argument("draw")
    @click.option("--cause", required=True, type=Word(ABORT_CAUSES))
    @click.option("--party", default="", metavar="HOLDER", help=_("Who is missing (default: the only one)"))
    @click.option("--note", default="")
    @folder
    @pass_desk
    def abort(desk: Desk, draw: str, cause: str, party: str, note: str, folder: Path) -> None:
        held = draws.draw_of(desk.reading().facts(), draw)
        late = draws.missing_party(held, draw, cause, party)
        more = {"cause": cause, **({"party": late} if late else {}), **({"note": note} if note else {})}
        finish(desk, requests.step(desk.reading(), "draw.aborted", draw, **more), folder)

    @group.command("approve", help=_("Approve a plan") + example(f"{prefix} approve plan-2026"))
    @click.argument("plan")
    @click.option("--body", default="", help=_("The collective that decided"))
    @folder
    @pass_desk
    def approve(desk: Desk, plan: str, body: str, folder: Path) -> None:
        more = {"body": body} if body else {}
        finish(desk, requests.decision(desk.reading(), "plan.approved", plan, **more), folder)

    @group.command(
        "reject", help=_("Send a plan back") + example(f"{prefix} reject plan-2026 --reason 比例有误")
    )
    @click.argument("plan")
    @click.option("--reason", required=True)
    @folder
    @pass_desk
    def reject(desk: Desk, plan: str, reason: str, folder: Path) -> None:
        finish(desk, requests.decision(desk.reading(), "plan.rejected", plan, reason=reason), folder)

    @group.command(
        "result",
        help=_("A department's own result of a visit of a joint check")
        + example(f"{prefix} result 演示企业020 --department scj --result 01"),
    )
    @click.argument("visit")
    @click.option("--department", required=True, help=_("Department"))
    @click.option(
        "--result", "results", multiple=True, type=Word(RESULT_CODES), help=_("Result (default: 01)")
    )
    @folder
    @pass_desk
    def result(desk: Desk, visit: str, department: str, results: tuple[str, ...], folder: Path) -> None:
        name = visit_named(desk.reading().facts(), visit)
        codes: list[Value] = list(results or ("01",))
        more = {"department": department, "results": codes}
        finish(desk, requests.of_visit(desk.reading(), "visit.result", name, **more), folder)

    @group.command(
        "review", help=_("Accept a recorded result (审核)") + example(f"{prefix} review 演示企业020")
    )
    @click.argument("visit")
    @folder
    @pass_desk
    def review(desk: Desk, visit: str, folder: Path) -> None:
        name = visit_named(desk.reading().facts(), visit)
        finish(desk, requests.of_visit(desk.reading(), "result.reviewed", name, accepted=True), folder)

    @group.command(
        "return",
        help=_("Send a recorded result back (退回)")
        + example(f"{prefix} return 演示企业020 --reason 结果与检查情况不符"),
    )
    @click.argument("visit")
    @click.option("--reason", required=True)
    @folder
    @pass_desk
    def return_(desk: Desk, visit: str, reason: str, folder: Path) -> None:
        name = visit_named(desk.reading().facts(), visit)
        more: dict[str, Value] = {"accepted": False, "reason": reason}
        finish(desk, requests.of_visit(desk.reading(), "result.reviewed", name, **more), folder)


_acts(command, write_statement, "liuhen --as li-supervisor sign")
_acts(request, write_request, "liuhen sign request")


@command.command(
    "answer",
    help=_("At the other machine: show what a request asks, and sign it with the key that is here.")
    + example("liuhen --keys 钥匙盘 sign answer draw.committed-1a2b3c4d.request"),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def answer(desk: Desk, file: Path, folder: Path, yes: bool) -> None:
    asked = requests.read_file(read_file(file, LIMIT))
    for line in told(asked):
        click.echo(line, err=True)
    desk.sure(_("Sign this?"), yes=yes)
    write_statement(desk, asked, folder)


@command.command(
    "accept",
    help=_("At the ledger: append what was signed at another machine.")
    + example("liuhen sign accept draw.committed-1a2b3c4d-li-supervisor.statement"),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@pass_desk
def accept(desk: Desk, files: tuple[Path, ...]) -> None:
    take(desk, files)

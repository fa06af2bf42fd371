"""The verbs of `liuhen cosign` for the cosigner: a key and a memory of its own, apart from any ledger."""

from __future__ import annotations

import time
from http import HTTPStatus
from pathlib import Path

import click

from cli.desk import Desk, pass_desk, read_file
from cli.examples import example
from cli.i18n import _
from cli.typed import quoted
from ledger.cosigning import cosigner as state
from ledger.cosigning.cosigner import Cosigner
from ledger.cosigning.server import Server
from ledger.durable import DOCUMENT, disk_error, write_whole
from ledger.forms.digits import grouped
from verifier import note
from verifier.errors import N_, Exit, LiuhenError
from verifier.note import Vkey
from verifier.plainfile import read_plain
from verifier.witness import MAX_REQUEST

ANSWER = ".cosig"
LOOPBACK, PORT = "127.0.0.1", 8641


def read_vkey(text: str) -> Vkey:
    """A verifier key typed as its line, or as the file that holds it (log.vkey). Raises wrong usage."""
    try:
        if Path(text).is_file():
            return note.parse_vkey_file(read_plain(Path(text), 1024))
        return Vkey.parse(text.strip())
    except (LiuhenError, OSError) as error:
        told = _("“{text}” is neither a verifier key (name+id+base64) nor a file that holds one.")
        raise click.UsageError(told.format(text=text)) from error


def clock() -> int:
    """POSIX seconds, for cosignatures."""
    return int(time.time())


def add_to(group: click.Group) -> None:
    """Give the group the verbs of the cosigner."""
    for verb in (init, trust, serve, sign):
        group.add_command(verb)


@click.command(
    "init",
    help=_(
        "At the cosigner: make its key and memory in FOLDER. Keep both together and never set up a copy: a "
        "memory from a backup could sign a second history."
    )
    + example("liuhen cosign init 联署 --name audit.example.gov.cn/jijian --ledger log.vkey"),
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", required=True, help=_("Its name, like a web address: audit.example.gov.cn/jijian"))
@click.option("--ledger", "logs", multiple=True, metavar="VKEY", help=_("Key of a ledger: line or log.vkey"))
@pass_desk
def init(desk: Desk, folder: Path, name: str, logs: tuple[str, ...]) -> None:
    known = [read_vkey(text) for text in logs]
    made = state.create(folder, name, known, desk.ask_passphrase(name, new=True))
    desk.answer(
        _("Made: {folder}. Its verifier key, for the ledger and for everybody who verifies:").format(
            folder=folder
        ),
        f"  {made}",
        _("Key id: {id}").format(id=grouped(made.key_id.hex())),
        next_step=f"liuhen cosign serve {quoted(folder)}"
        if known
        else f"liuhen cosign trust {quoted(folder)} log.vkey",
        data={"vkey": str(made), "ledgers": [log.name for log in known]},
    )


@click.command(
    "trust",
    help=_("At the cosigner: sign for this ledger too. What it was told once it does not forget.")
    + example("liuhen cosign trust 联署 log.vkey"),
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.argument("vkey")
@pass_desk
def trust(desk: Desk, folder: Path, vkey: str) -> None:
    log = read_vkey(vkey)
    state.trust(folder, log)
    desk.answer(
        _("Heads of {ledger} are signed from now on.").format(ledger=log.name),
        next_step=f"liuhen cosign serve {quoted(folder)}",
        data={"ledgers": [str(one) for one in state.logs(folder)]},
    )


@click.command(
    "serve",
    help=_(
        "At the cosigner: answer requests over HTTP (C2SP tlog-witness) until Ctrl-C. It listens on this "
        "computer alone unless --host says otherwise; put a web server in front of it for the network."
    )
    + example("liuhen cosign serve 联署 --port 8641"),
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--host", default=LOOPBACK, help=_("Address to listen on"))
@click.option("--port", default=PORT, type=click.IntRange(0, 65535), help=_("Port to listen on"))
@pass_desk
def serve(desk: Desk, folder: Path, host: str, port: int) -> None:
    cosigner = _open(desk, folder)
    try:
        server = Server((host, port), cosigner, lambda line: click.echo(line, err=True))
    except OSError as error:
        raise LiuhenError(
            "E-COSIGNER-PORT",
            N_("{host}:{port} cannot be listened on ({reason})."),
            remedy=N_("Choose another port: --port NUMBER"),
            exit=Exit.USAGE,
            host=host,
            port=port,
            reason=error.strerror or type(error).__name__,
        ) from error
    where = f"http://{host}:{server.server_address[1]}"
    click.echo(_("{name} answers at {where}/add-checkpoint").format(name=cosigner.vkey.name, where=where))
    with server:
        try:
            server.serve_forever()
        finally:
            click.echo(_("Stopped. The last heads signed:"), err=True)
            for seen in state.heads(folder):
                click.echo(f"  {seen.origin} {seen.size} {grouped(seen.root.hex())}", err=True)


@click.command(
    "sign",
    help=_("At the cosigner: answer a request that came by file; the answer lies beside it (.cosig).")
    + example("liuhen cosign sign 120.add-checkpoint --with 联署"),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--with",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help=_("Folder of the cosigner (default: here)"),
)
@click.option("--to", "target", type=click.Path(path_type=Path), help=_("File of the answer"))
@pass_desk
def sign(desk: Desk, file: Path, folder: Path, target: Path | None) -> None:
    body = read_file(file, MAX_REQUEST)
    cosigner = _open(desk, folder)
    answer = cosigner.add_checkpoint(body)
    if answer.status not in (HTTPStatus.OK, HTTPStatus.CONFLICT):
        raise LiuhenError(
            "E-COSIGNER-REFUSES",
            N_("Not signed ({status}): {text}."),
            where=str(file),
            remedy=_refused(answer.status),
            exit=Exit.FAIL,
            status=int(answer.status),
            text=answer.body.decode().strip(),
        )
    target = target or file.with_suffix(ANSWER)
    try:
        write_whole(target, answer.body, DOCUMENT)
    except OSError as error:
        raise disk_error(target, error) from error
    signed = answer.status is HTTPStatus.OK
    told = _("Signed: {file}") if signed else _("Not signed: this cosigner saw another size last; see {file}")
    desk.answer(
        told.format(file=target),
        *_evidence(folder),
        next_step=f"liuhen cosign accept {quoted(target)}",
        data={"signed": signed, "file": str(target), "status": int(answer.status)},
    )


def _refused(status: HTTPStatus) -> str:
    if status is HTTPStatus.NOT_FOUND:
        return N_("If this ledger is to be cosigned: liuhen cosign trust FOLDER VKEY")
    if status is HTTPStatus.UNPROCESSABLE_ENTITY:
        return N_("This history does not continue the one signed before. Keep the file and report it.")
    return N_("Ask the office for the request file again.")


def _evidence(folder: Path) -> list[str]:
    """Evidence files that lie in the folder."""
    found = sorted((folder / state.EVIDENCE).glob("*.evidence"))
    return [_("Evidence of two contradicting heads: {file}").format(file=file) for file in found]


def _open(desk: Desk, folder: Path) -> Cosigner:
    vkey = state.name_of(folder)
    state.logs(folder)
    signer = desk.open_with(folder / state.KEY, vkey.name)[1]
    return Cosigner(folder, signer, clock)

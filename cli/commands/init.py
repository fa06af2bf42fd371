"""`liuhen init`: found a ledger, with the keys of everybody present."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from cli.desk import Desk, pass_desk, roles_named
from cli.examples import example
from cli.i18n import _, language_in_use
from cli.placing import point, shown
from cli.typed import quoted
from ledger.book import Book
from ledger.commands import founding, keys
from ledger.commands.keys import Person
from ledger.forms.digits import grouped
from ledger.importing.records import read_people
from ledger.keystore import Signer, read_info
from ledger.store.server import pointed, server_of
from verifier.errors import N_, Exit, LiuhenError
from verifier.ids import PRACTICE


@click.command(
    help=_(
        "Begin a ledger.\n\nORIGIN names it for ever: host/path in lower case, such as "
        "ledger.example.gov.cn/fgj. Everybody present gets a key file and types "
        "a passphrase of their own."
    )
    + example(
        "liuhen init ledger.example.gov.cn/fgj --office 示范县发展和改革局 --division 640221 "
        "--people 一单两库模板.xlsx"
    )
)
@click.argument("origin")
@click.option("--office", required=True, help=_("Full name of the office"))
@click.option("--division", required=True, metavar="CODE", help=_("Division code, 6 digits (GB/T 2260)"))
@click.option("--practice", is_flag=True, help=_("A ledger for practice (演练), marked everywhere"))
@click.option(
    "--people",
    type=click.Path(path_type=Path),
    help=_("Workbook with the sheet 人员与角色: the people present"),
)
@click.option(
    "--person",
    "persons",
    multiple=True,
    metavar="HOLDER:NAME:UNIT:ROLE,…",
    help=_("A person present; may be given several times"),
)
@click.option("--absent", multiple=True, metavar="HOLDER", help=_("Of the workbook, but not present"))
@click.option(
    "--after",
    metavar="ID:SIZE:ROOT",
    help=_("Ledger id and last known head of an earlier ledger whose entries are lost for good"),
)
@click.option(
    "--store",
    metavar="URL",
    help=_("Keep the ledger on a server: postgresql://user@host/database; -L names the file that says so"),
)
@pass_desk
def command(
    desk: Desk,
    origin: str,
    office: str,
    division: str,
    practice: bool,
    people: Path | None,
    persons: tuple[str, ...],
    absent: tuple[str, ...],
    after: str | None,
    store: str | None,
) -> None:
    if practice and not origin.startswith(PRACTICE):
        origin = PRACTICE + origin
    present = [p for p in [*_from_sheet(people), *map(_person, persons)] if p.holder not in absent]
    plan = founding.Founding(
        origin, office, division, tuple(present), founding.earlier(after) if after is not None else None
    )
    founding.check(plan)
    pointing = point(desk.ledger, server_of(store)) if store else False
    try:
        if pointed(desk.ledger):
            _lay_out(desk, origin)
        stands = desk.ledger.exists() and _stands(desk.book, plan)
    except BaseException:
        if pointing:
            desk.ledger.unlink()
        raise
    if not stands:
        _found(desk, plan)
    _tell(desk, plan, people)


def _lay_out(desk: Desk, origin: str) -> None:
    """The tables on a server, before anybody types a passphrase; they are there when this is repeated."""
    try:
        _ = desk.book
    except LiuhenError as error:
        if error.code != "E-STORE-MISSING":
            raise
        desk.create(origin)


def _from_sheet(path: Path | None) -> list[Person]:
    if path is None:
        return []
    sheet = read_people(path, today=date.today())
    if sheet.faults:
        lang = "en" if language_in_use() == "en" else "zh"
        for fault in sheet.faults:
            click.echo(fault.message(lang), err=True)
        raise LiuhenError(
            "E-INIT-PEOPLE",
            N_("The sheet 人员与角色 has {n} faults; nothing was made."),
            where=str(path),
            remedy=N_("Mend the rows named above and run the command again."),
            n=len(sheet.faults),
        )
    return [
        Person(name, str(row["name"]), str(row["unit"]), tuple(map(str, row["roles"])))  # type: ignore[arg-type]
        for name, row in sheet.records
    ]


def _person(text: str) -> Person:
    parts = text.split(":")
    if len(parts) != 4:
        raise click.BadParameter(text, param_hint="--person")
    holder, name, unit, roles = (part.strip() for part in parts)
    return Person(holder, name, unit, tuple(role.strip() for role in roles.split(",")))


def _stands(book: Book, plan: founding.Founding) -> bool:
    """Whether this very ledger was founded already; an empty one that was cut short goes on."""
    if book.origin != plan.origin:
        raise LiuhenError(
            "E-INIT-OTHER",
            N_("Here is another ledger already: {origin}."),
            where=str(book.store.path),
            remedy=N_("Give another place: liuhen -L FILE init …"),
            exit=Exit.USAGE,
            origin=book.origin,
        )
    if book.store.head().size == 0:
        return False
    founding.require_same(book, plan)
    return True


def _found(desk: Desk, plan: founding.Founding) -> None:
    desk.ledger.absolute().parent.mkdir(parents=True, exist_ok=True)
    if desk.interactive and desk.passphrase_file is None:
        click.echo(_("Each person now types a passphrase of their own, twice. It is not shown."), err=True)
    passphrase, founder = _key(desk, plan.origin, plan.founder)
    log = _log_key(desk, plan.origin, plan.founder.holder, passphrase)
    others = [(_key(desk, plan.origin, p)[1], p.name) for p in plan.people if p is not plan.founder]
    founding.require_unused([founder, log, *(signer for signer, _name in others)])
    if not desk.ledger.exists():
        desk.create(plan.origin)
    keys.found(
        desk.book,
        founder,
        log,
        name=plan.founder.name,
        office=plan.office,
        division=plan.division,
        others=others,
        predecessor=plan.after,
    )


def _key(desk: Desk, origin: str, person: Person) -> tuple[str, Signer]:
    """The key of a person, made now; or the one that an `init` cut short has made."""
    path = desk.folders[0] / f"{person.holder}.key"
    whose = f"{person.name} {person.holder} {roles_named(person.roles)}"
    if not path.exists():
        passphrase = desk.ask_passphrase(whose, new=True)
        signer = keys.new_key(desk.folders[0], origin, person, passphrase)
        desk.sitting.signers[path] = signer
        return passphrase, signer
    info = read_info(path)
    held = Person(info.holder, person.name, info.unit, tuple(sorted(info.roles)))
    wanted = Person(person.holder, person.name, person.unit, tuple(sorted(person.roles)))
    if info.origin != origin or held != wanted:
        raise _taken(path, info.origin)
    return desk.open_with(path, whose)


def _log_key(desk: Desk, origin: str, holder: str, passphrase: str) -> Signer:
    path = desk.folders[0] / "log.key"
    if not path.exists():
        return keys.new_log_key(desk.folders[0], origin, passphrase, holder)
    if read_info(path).origin != origin:
        raise _taken(path, read_info(path).origin)
    return desk.open_with(path, _("the log key"), passphrase)[1]


def _taken(path: Path, origin: str) -> LiuhenError:
    return LiuhenError(
        "E-INIT-KEY",
        N_("There is another key file already (of {origin}); a key is never overwritten."),
        where=str(path),
        remedy=N_("Give an empty folder for the new keys: liuhen --keys FOLDER init …"),
        exit=Exit.KEY,
        origin=origin,
    )


def _tell(desk: Desk, plan: founding.Founding, book: Path | None) -> None:
    ledger = founding.ledger_id(desk.book)
    folder = desk.folders[0]
    desk.answer(
        _("The ledger of {office} stands: {path}").format(office=plan.office, path=shown(desk.ledger)),
        _("Origin: {origin}").format(origin=plan.origin),
        _("Ledger id (write it on paper, it is what others compare with):"),
        f"  {grouped(ledger)}",
        _("Founders: {people}").format(people=_named(plan.people)),
        _("Key files: {folder}. Each person keeps their own on a stick, and a copy under lock.").format(
            folder=folder
        ),
        _("log.key signs the heads; it opens with the passphrase of {name}.").format(name=plan.founder.name),
        next_step=f"liuhen item import {quoted(book)}" if book else "liuhen template",
        data={
            "ledger": ledger,
            "origin": plan.origin,
            "path": str(desk.ledger),
            "keys": str(folder),
            "founders": [p.holder for p in plan.people],
        },
    )


def _named(people: Sequence[Person]) -> str:
    return "、".join(f"{p.name} {p.holder} {roles_named(p.roles)}" for p in people)

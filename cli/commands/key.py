"""`liuhen key`: make, enrol, revoke and list keys; change a passphrase."""

from __future__ import annotations

import os
from pathlib import Path

import click

from cli.desk import Desk, holder_name, pass_desk, read_file, role_name, roles_named
from cli.examples import example
from cli.i18n import _, what_happened
from cli.table import table
from cli.typed import confirming, quoted
from cli.words import Word
from ledger.commands import enrolment, find, founding, keys
from ledger.commands.keys import Person
from ledger.durable import write_whole
from ledger.keyfile import exposed, guarded, key_files
from ledger.keyfile import protect as protect_file
from ledger.keystore import KeyInfo, Signer, change_passphrase, read_info
from verifier import facts as f
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.law.keys import in_force, key_is_new
from verifier.note import Vkey
from verifier.vocabulary import ROLE_ZH, Role

ROLE_WORDS = {role.value: word for role, word in ROLE_ZH.items()}


@click.group(help=_("Keys: make, enrol, revoke, list"))
def command() -> None: ...


@command.command(
    "new",
    help=_("Make a key file, and an enrolment file for the admin.")
    + example("liuhen key new wu-clerk --name 吴六 --unit fgj --role clerk"),
)
@click.argument("holder")
@click.option("--name", required=True, help=_("Printed name"))
@click.option("--unit", required=True, help=_("Id of the unit"))
@click.option("--role", "roles", multiple=True, required=True, type=Word(ROLE_WORDS))
@click.option("--origin", default="", help=_("Origin of the ledger, where it is not at this machine"))
@click.option(
    "--token", default="", metavar="LABEL", help=_("Make the key in this token (PKCS#11) and leave it there")
)
@pass_desk
def new(
    desk: Desk, holder: str, name: str, unit: str, roles: tuple[str, ...], origin: str, token: str
) -> None:
    origin = origin or _origin_here(desk)
    person = Person(holder, name, unit, roles)
    founding.check_people([person])
    file = desk.folders[0] / f"{holder}{enrolment.SUFFIX}"
    signer = (None if file.exists() else _cut_short(desk, origin, person)) or _made(
        desk, origin, person, token
    )
    write_whole(file, enrolment.write_file(signer, name))
    desk.answer(
        _("Key of {holder}: {path}").format(holder=f"{name} {holder}", path=signer.info.path),
        _("Give the admin this file, it holds nothing secret: {path}").format(path=file),
        next_step=_enrolling(desk, file),
        data={"holder": holder, "key": signer.info.path, "enrolment": file},
    )


def _enrolling(desk: Desk, file: Path) -> str:
    """How an admin enrols it, with the key where it usually is and not where the new one was made."""
    admins = find.holders_with(desk.reading().facts(), [Role.ADMIN.value]) if desk.ledger.exists() else []
    usual = desk.ledger.absolute().parent / "keys"
    here = [admin for admin in admins if (usual / f"{admin}.key").exists()]
    return f"liuhen --as {[*here, *admins, _('HOLDER')][0]} key enroll {quoted(file)}"


def _made(desk: Desk, origin: str, person: Person, token: str) -> Signer:
    if token:
        pin = desk.ask_passphrase(_("the token {label} (PIN)").format(label=token))
        return keys.new_token_key(desk.folders[0], origin, person, token, pin)
    passphrase = desk.ask_passphrase(f"{person.name} {person.holder} {roles_named(person.roles)}", new=True)
    return keys.new_key(desk.folders[0], origin, person, passphrase)


def _cut_short(desk: Desk, origin: str, person: Person) -> Signer | None:
    """The key of the same person that a `key new` cut short has made; its enrolment file is missing."""
    path = desk.folders[0] / f"{person.holder}.key"
    if not path.exists():
        return None
    info = read_info(path)
    held = (info.origin, info.holder, info.unit, set(info.roles))
    same = held == (origin, person.holder, person.unit, set(person.roles))
    return desk.open_with(path, desk.whose(info))[1] if same else None


def _origin_here(desk: Desk) -> str:
    if not desk.ledger.exists():
        raise click.UsageError(_("No ledger is here: name its origin with --origin, as on its forms."))
    return desk.reading().origin


@command.command(
    "enroll",
    help=_("Enrol a new key from its enrolment file (admin).")
    + example("liuhen --as zhao-admin key enroll wu-clerk.enrol"),
)
@click.argument("file", type=click.Path(path_type=Path))
@pass_desk
def enroll(desk: Desk, file: Path) -> None:
    data = enrolment.read_file(read_file(file), desk.book.origin)
    roles = [str(role) for role in _list(data["roles"])]
    person = " ".join([str(data.get("name", "")), str(data["holder"]), roles_named(roles)])
    click.echo(
        _("Enrolling {person} of {unit}. Check that this is the person who made the file.").format(
            person=person, unit=str(data["unit"])
        ),
        err=True,
    )
    written = keys.enroll(desk.book, desk.signer(Role.ADMIN), data)
    waits = desk.waits(written)
    lines = [_("Recorded: {person}.").format(person=person)]
    if waits is not None:
        lines.append(_("It takes effect when a second person confirms entry {seq}.").format(seq=waits))
    desk.answer(
        *lines,
        next_step="liuhen key list" if waits is None else confirming(desk.facts, written.leaf),
        data={"holder": data["holder"], "waits": waits is not None},
        written=written,
    )


@command.command(
    "revoke",
    help=_("Revoke the key of a holder: an admin, or oneself alone.")
    + example("liuhen --as zhao-admin key revoke wu-clerk --reason 调离 --yes"),
)
@click.argument("holder")
@click.option("--reason", required=True)
@click.option("--since", type=int, metavar="SEQ", help=_("Which of several: the entry since which it holds"))
@click.option("--yes", is_flag=True, help=_("Do not ask"))
@pass_desk
def revoke(desk: Desk, holder: str, reason: str, since: int | None, yes: bool) -> None:
    key = keys.key_to_revoke(desk.facts, holder, since)
    who = holder_name(desk.facts, holder)
    desk.sure(_("Revoke the key of {who} for ever?").format(who=who), yes=yes)
    signer = desk.signer(Role.ADMIN)
    written = keys.revoke(desk.book, signer, key.public, reason)
    waits = desk.waits(written)
    if waits is None:
        line = _("Recorded: the key of {who} is revoked.").format(who=who)
    else:
        line = _("Recorded. The key of {who} is revoked when a second person confirms entry {seq}.").format(
            who=who, seq=waits
        )
    desk.answer(
        line,
        next_step="liuhen key list" if waits is None else confirming(desk.facts, written.leaf),
        data={"holder": holder, "waits": waits is not None},
        written=written,
    )


@command.command("list", help=_("Who has a key, and which key files are here.") + example("liuhen key list"))
@pass_desk
def list_(desk: Desk) -> None:
    if not desk.ledger.exists():
        _list_files(desk)
        return
    facts = desk.reading().facts()
    head = facts.get(f.HEAD, f.ONE)
    size = head.size if head else 0
    files = {info.public: info.path for info in [*desk.key_infos(), *desk.key_infos("log")]}
    held = sorted((key.since, name, key) for name, key in facts.rows(f.KEYS))
    rows = [
        [
            key.holder,
            _name_of(facts, key.holder),
            key.unit,
            "、".join(map(role_name, key.roles)),
            _state(key, size),
            str(key.since),
            files[key.public].name if key.public in files else "-",
        ]
        for _since, _id, key in held
    ]
    waiting = [(bytes.fromhex(leaf), act) for leaf, act in keys.waiting(facts) if act.type == "key.enrolled"]
    rows += [
        [
            act.data["holder"],
            act.data.get("name", ""),
            act.data["unit"],
            "、".join(map(role_name, act.data["roles"])),
            _("waits for confirmation"),
            str(act.seq),
            files[act.data["key"]].name if act.data["key"] in files else "-",
        ]
        for _leaf, act in waiting
    ]
    titles = [
        _("Id"),
        _("Printed name"),
        _("Unit"),
        _("Roles"),
        _("State"),
        _("Since entry"),
        _("Key file here"),
    ]
    lines = table(titles, rows)
    ledger = facts.get(f.LEDGER, f.ONE)
    log = files.get(Vkey.parse(ledger.log_vkey).public) if ledger else None
    lines.append(_("Log key: {path}").format(path=log or _("not here")))
    unusable = desk.unusable_keys()
    lines += [f"{path}: {what_happened(error)}" for path, error in unusable.items()]
    desk.answer(
        *lines,
        next_step=confirming(facts, waiting[0][0]) if waiting else "liuhen confirm",
        data={
            "keys": [_key_data(facts, name, key, size, files.get(key.public)) for _s, name, key in held],
            "unusable": {str(path): error.code for path, error in unusable.items()},
        },
    )


def _list_files(desk: Desk) -> None:
    infos = [*desk.key_infos(), *desk.key_infos("log")]
    titles = [_("Id"), _("Unit"), _("Roles"), _("Ledger"), _("Key file")]
    rows = [
        [i.holder, i.unit, "、".join(map(role_name, i.roles)) or _("log"), i.origin, str(i.path)]
        for i in infos
    ]
    desk.answer(
        *table(titles, rows),
        next_step="liuhen key new --help",
        data={"files": [{"holder": i.holder, "origin": i.origin, "path": i.path} for i in infos]},
    )


def _name_of(facts: f.Facts, holder: str) -> str:
    held = facts.get(f.HOLDERS, holder)
    return held.name if held else ""


def _state(key: f.Key, size: int) -> str:
    if key.revoked >= 0:
        return _("revoked (entry {seq})").format(seq=key.revoked)
    if not in_force(key, size):
        return _("not in force")
    return _("founder") if key.founder else _("in force")


def _key_data(facts: f.Facts, name: str, key: f.Key, size: int, path: Path | None) -> dict[str, object]:
    return {
        "key_id": name,
        "holder": key.holder,
        "name": _name_of(facts, key.holder),
        "unit": key.unit,
        "roles": list(key.roles),
        "founder": key.founder,
        "in_force": in_force(key, size),
        "since": key.since,
        "revoked": key.revoked if key.revoked >= 0 else None,
        "file": str(path) if path else None,
    }


@command.command(
    "renew-log",
    help=_(
        "Make a new log key that follows the one in force (admin; a second person confirms): the old one "
        "was lost, or others may have it. Heads that the old one signed keep their worth."
    )
    + example("liuhen --as zhao-admin key renew-log --reason 原密钥文件损坏"),
)
@click.option("--reason", required=True)
@pass_desk
def renew_log(desk: Desk, reason: str) -> None:
    admin = desk.signer(Role.ADMIN)
    log = _unrecorded_log(desk) or keys.new_log_key(
        desk.folders[0],
        desk.book.origin,
        desk.ask_passphrase(_("the log key"), new=True),
        admin.info.holder,
        name=_free_name(desk.folders[0]),
    )
    written = keys.change_log_key(desk.book, admin, log, reason)
    desk.answer(
        _("Recorded. The new log key is in force when a second person confirms entry {seq}: {path}").format(
            seq=written.entries[-1].body.seq, path=log.info.path
        ),
        _("Give the line of log.vkey in the next bundle to cosigners and to those who check."),
        next_step=confirming(desk.facts, written.leaf),
        data={"key": str(log.info.path), "public": log.public.hex()},
        written=written,
    )


def _unrecorded_log(desk: Desk) -> Signer | None:
    """A new log key that a command cut short has made: it signed nothing and stands in no entry."""
    asked = [act.data["vkey"] for _leaf, act in keys.waiting(desk.facts) if act.type == "log.key_changed"]
    waiting = {Vkey.parse(text).public for text in asked}
    for info in desk.key_infos("log"):
        if info.public not in waiting and key_is_new(desk.facts, info.public):
            signer = desk.open_key(info)
            if not signer.last_head[0]:
                return signer
    return None


def _free_name(folder: Path) -> str:
    number = 2
    while (folder / f"log-{number}.key").exists():
        number += 1
    return f"log-{number}.key"


@command.command(
    "protect",
    help=_("Let only you read the key files that are here.") + example("liuhen key protect"),
)
@pass_desk
def protect(desk: Desk) -> None:
    closed: list[str] = []
    open_: list[str] = []
    found = [path for folder in desk.folders for path in key_files(folder)]
    if not found:
        raise LiuhenError(
            "E-KEY-NONE",
            N_("There is no key file in {folders}; nothing was checked."),
            remedy=N_("Name the folder of the keys before the command: liuhen -K FOLDER key protect"),
            exit=Exit.KEY,
            folders=", ".join(map(str, desk.folders)),
        )
    for path in found:
        if exposed(path):
            protect_file(path)
            closed.append(str(path))
        if exposed(path) or not guarded(path):
            open_.append(str(path))
    lines = [_("Only you can read it now: {path}").format(path=path) for path in closed]
    lines += [_("This medium keeps no permissions; lock it away: {path}").format(path=p) for p in open_]
    if os.name == "nt":
        lines.append(
            _(
                "Windows: the folder's rights decide. To leave only yourself: "
                'icacls KEYS /inheritance:r /grant:r "%USERNAME%:(OI)(CI)F"'
            )
        )
    desk.answer(
        *lines,
        *([] if open_ else [_("Every key file here can be read by you alone.")]),
        _("Checked: {files}").format(files=", ".join(map(str, found))),
        next_step="liuhen key list",
        data={"checked": found, "closed": closed, "open": open_},
    )


@command.command(
    "passphrase",
    help=_("Change the passphrase of a key file that is here; `log` names the log key.")
    + example("liuhen key passphrase wu-clerk"),
)
@click.argument("holder", required=False)
@click.option(
    "--new-passphrase-file", type=click.Path(path_type=Path), help=_("Read the new passphrase from this file")
)
@pass_desk
def passphrase(desk: Desk, holder: str | None, new_passphrase_file: Path | None) -> None:
    info = _file_of(desk, holder or desk.holder)
    old, _signer = desk.open_with(info.path, desk.whose(info))
    if new_passphrase_file is not None:
        fresh = desk.first_line(new_passphrase_file)
    else:
        fresh = desk.ask_passphrase(desk.whose(info), new=True)
    change_passphrase(info.path, old, fresh)
    desk.answer(
        _("The passphrase of {whose} is changed: {path}").format(whose=desk.whose(info), path=info.path),
        _("Copies of the key file still open with the old passphrase; replace them."),
        next_step="liuhen key list",
        data={"path": info.path},
    )


def _file_of(desk: Desk, holder: str) -> KeyInfo:
    infos = desk.key_infos("log") if holder == "log" else desk.key_infos()
    fitting = [info for info in infos if holder in ("", "log", info.holder)]
    if len(fitting) == 1:
        return fitting[0]
    raise LiuhenError(
        "E-KEY-WHICH",
        N_("{n} key files fit."),
        where=", ".join(str(folder) for folder in desk.folders),
        remedy=N_("Say whose: liuhen key passphrase HOLDER (or log); see: liuhen key list"),
        exit=Exit.USAGE if len(fitting) > 1 else Exit.KEY,
        n=len(fitting),
    )


def _list(value: Value) -> list[Value]:
    return list(value) if isinstance(value, list | tuple) else []

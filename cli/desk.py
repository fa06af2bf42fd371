"""The desk of one command: which ledger, whose key, what to ask, how to answer.

A person types one passphrase for each key and command; a script gives `--passphrase-file`.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import click

from cli.i18n import _, language_in_use
from cli.placing import shown
from cli.sitting import Sitting
from cli.typed import quoted
from ledger import replacing
from ledger.book import Book, Written, now
from ledger.keyfile import exposed
from ledger.keystore import KeyInfo, Signer, list_keys, read_info, unlock, unusable
from ledger.keytries import Patience
from ledger.store.server import prompt
from verifier import facts as f
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Facts
from verifier.ids import is_practice
from verifier.law.keys import in_force
from verifier.note import Vkey
from verifier.phrases import chinese
from verifier.report import Finding
from verifier.rules import rules
from verifier.vocabulary import ROLE_ZH, Role
from verifier.wording import printable

Gather = Callable[[Sequence[str], dict[str, object], Written | None], None]
TRIES = 3
SHORTEST = 6
"""Characters of a new passphrase that is typed."""
LONGEST = 65_536
"""Bytes that are read of a passphrase file."""
DEFAULT_LEDGER = Path("ledger.db")


class Left(Exception):  # noqa: N818 - what the person did
    """A passphrase was asked for that is not necessary, and Enter was pressed."""


@dataclass
class Desk:
    """What every command shares; made by `cli.main` from the options before the noun."""

    ledger: Path
    key_folders: tuple[Path, ...]
    holder: str
    passphrase_file: Path | None
    clock_is_right: bool
    as_json: bool
    sitting: Sitting = field(default_factory=Sitting, repr=False)
    gather: Gather | None = field(default=None, repr=False)
    """Takes the answers of commands that are run as one."""
    elsewhere: str = ""
    """Origin of what is read instead of the ledger of this desk, with `--from`."""
    _book: Book | None = field(default=None, repr=False)
    _told_open: bool = field(default=False, repr=False)

    # the ledger

    def clock(self) -> str:
        """The time of a write: this computer's."""
        return now()

    @property
    def book(self) -> Book:
        """The ledger, opened for writing when first asked for."""
        if self._book is None:
            self._book = Book.open(self.ledger, clock=self.clock)
            self._book.ask_gap = self._ask_gap
        return self._book

    @property
    def facts(self) -> Facts:
        return self.book.facts()

    def reading(self) -> Book:
        """The ledger opened for reading only, for commands that write nothing."""
        if self._book is None:
            self._book = Book.open(self.ledger, read_only=True, clock=self.clock)
        return self._book

    @property
    def opened(self) -> bool:
        """Whether the ledger was opened or made."""
        return self._book is not None

    def create(self, origin: str) -> None:
        """A new, empty ledger at the place of this desk."""
        self._book = Book.create(self.ledger, origin, clock=self.clock)

    @contextmanager
    def letting_in(self) -> Iterator[None]:
        """While a command runs: a server that wants a password asks the person here, once in a sitting."""
        token = prompt.set(self._server_password if self.interactive else None)
        try:
            yield
        except LiuhenError as error:
            if error.code == "E-STORE-LOGIN":
                # What was typed may be what is wrong: it is asked for again.
                self.sitting.passwords.clear()
            raise
        finally:
            prompt.reset(token)

    def _server_password(self, place: str) -> str:
        known = self.sitting.passwords
        if place not in known:
            question = _("Password of the database role ({place})").format(place=place)
            known[place] = click.prompt(question, hide_input=True, err=True)
        return known[place]

    def close(self) -> None:
        if self._book is not None:
            self._book.close()
            self._book = None

    def _ask_gap(self, last: str, clock: str) -> bool:
        if self.clock_is_right:
            return True
        question = _("The last entry is of {last}, this computer's clock says {clock}. Is the clock right?")
        return self.interactive and click.confirm(question.format(last=last, clock=clock), err=True)

    # keys and passphrases

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where key files are looked for."""
        return self.key_folders or (self.ledger.absolute().parent / "keys",)

    def key_infos(self, kind: str = "holder", *, origin: str | None = None) -> list[KeyInfo]:
        """The key files of this ledger, or of the one named `origin`, in the folders, by holder."""
        found = [info for folder in self.folders if folder.is_dir() for info in list_keys(folder)]
        origin = origin or self._origin()
        fitting = [i for i in found if i.kind == kind and (origin is None or i.origin == origin)]
        return sorted(fitting, key=lambda info: (info.holder, str(info.path)))

    def _origin(self) -> str | None:
        return self.book.origin if self._book or self.ledger.exists() else None

    def signer(self, *roles: Role, holder: str = "", other_than: Sequence[str] = ()) -> Signer:
        """The opened key that acts: `holder` or `--as`, else the only one with one of the roles; on a
        terminal the person chooses among several. Asks the passphrase once in a command."""
        wanted = holder or self.holder
        infos = [i for i in self.key_infos() if i.holder not in other_than]
        if wanted:
            infos = [i for i in infos if i.holder == wanted]
        if not wanted or len(infos) > 1:
            infos = self._enrolled(infos)
        if roles and not wanted:
            infos = [i for i in infos if {r.value for r in roles} & set(i.roles)]
        if not wanted:
            infos = [i for i in infos if i.holder == self.sitting.holder] or infos
        return self.open_key(self.one_of(infos, "/".join(role_name(r) for r in roles), holder))

    def _enrolled(self, infos: list[KeyInfo]) -> list[KeyInfo]:
        """Those key files whose keys are in force; all of them when none is, for the law to say why."""
        head = self.facts.get(f.HEAD, f.ONE)
        held = {key.public for _, key in self.facts.rows(f.KEYS) if head and in_force(key, head.size)}
        return [info for info in infos if info.public in held] or infos

    def one_of(self, infos: Sequence[KeyInfo], who: str = "", holder: str = "") -> KeyInfo:
        """The key file of `holder` or `--as`, else the only one; on a terminal the person chooses among
        several. Raises E-KEY-NONE, which names `who` was looked for, and E-KEY-SEVERAL."""
        wanted = holder or self.holder
        if wanted:
            infos = [i for i in infos if i.holder == wanted]
        if not infos:
            self._raise_unusable(wanted)
            raise LiuhenError(
                "E-KEY-NONE",
                N_("No key file fits ({who}) in {folders}."),
                remedy=N_(
                    "Plug in the stick or give the folder with --keys. When it is lost, an admin revokes it "
                    "(liuhen key revoke) and enrols a new one (liuhen key new)."
                ),
                exit=Exit.KEY,
                who=wanted or who or "-",
                folders=", ".join(map(str, self.folders)),
            )
        return infos[0] if len(infos) == 1 else self._choose(infos)

    def log_signer(self) -> Signer:
        """The opened key of the log (台账签名密钥)."""
        infos = self.key_infos("log")
        if not infos:
            self._raise_unusable("log")
            raise LiuhenError(
                "E-KEY-LOG",
                N_("The key file of the log (log.key) is not in {folders}."),
                remedy=N_(
                    "Give its folder with --keys. When it is lost, an admin makes a new one: "
                    "liuhen key renew-log --reason …"
                ),
                exit=Exit.KEY,
                folders=", ".join(map(str, self.folders)),
            )
        held = self.facts.get(f.LEDGER, f.ONE)
        public = Vkey.parse(held.log_vkey).public if held else b""
        return self.open_key(next((info for info in infos if info.public == public), infos[0]))

    def unusable_keys(self) -> dict[Path, LiuhenError]:
        """The key files in the folders that are damaged or cannot be read, and why."""
        return {path: error for folder in self.folders for path, error in unusable(folder).items()}

    def _raise_unusable(self, name: str) -> None:
        """Say why the file called `name` cannot be used, where there is one."""
        for path, error in self.unusable_keys().items():
            if path.stem == name:
                raise error

    def _choose(self, infos: Sequence[KeyInfo]) -> KeyInfo:
        one_person = len({info.holder for info in infos}) == 1
        if not self.interactive:
            if one_person:
                raise LiuhenError(
                    "E-KEY-SEVERAL",
                    N_("Several keys of {holder} could act: {files}."),
                    remedy=N_("Name the folder of the one that is meant, and no other: liuhen -K {folder} …"),
                    exit=Exit.USAGE,
                    holder=infos[0].holder,
                    files=", ".join(str(i.path) for i in infos),
                    folder=quoted(infos[-1].path.parent),
                )
            raise LiuhenError(
                "E-KEY-SEVERAL",
                N_("Several keys could act: {holders}."),
                remedy=N_("Say who acts, before the command: liuhen --as {first} …"),
                exit=Exit.USAGE,
                holders=", ".join(i.holder for i in infos),
                first=infos[0].holder,
            )
        for number, info in enumerate(infos, 1):
            place = f" {info.path}" if one_person else ""
            click.echo(f"  {number}. {info.holder} {roles_named(info.roles)}{place}", err=True)
        number = click.prompt(_("Who acts? Number"), type=click.IntRange(1, len(infos)), err=True)
        return infos[number - 1]

    def open_key(self, info: KeyInfo) -> Signer:
        """Unlock a key file, once in a command or sitting."""
        if info.path not in self.sitting.signers:
            if exposed(info.path):
                told = _(
                    "Note: others on this computer can read or exchange the key file {path}: "
                    "liuhen key protect"
                )
                click.echo(told.format(path=info.path), err=True)
            self.sitting.signers[info.path] = self._unlock(info)
        return self.sitting.signers[info.path]

    def open_or_leave(self, info: KeyInfo) -> Signer | None:
        """`open_key` where the key helps but is not necessary: None when Enter is pressed instead."""
        if info.path not in self.sitting.signers:
            try:
                signer = self.open_with(info.path, self.whose(info), optional=True)[1]
            except Left:
                return None
            self.sitting.signers[info.path] = signer
        return self.sitting.signers[info.path]

    @property
    def acts_as(self) -> str:
        """`--as`, else who sits here; "" for nobody in particular."""
        return self.holder or self.sitting.holder

    def _unlock(self, info: KeyInfo) -> Signer:
        return self.open_with(info.path, self.whose(info))[1]

    def open_with(
        self, path: Path, whose: str, first: str = "", *, optional: bool = False
    ) -> tuple[str, Signer]:
        """A key file opened with `first` or what is asked, and that passphrase; three tries on a terminal.
        Raises `Left` for Enter where it is `optional`."""
        passphrase = first or self.ask_passphrase(whose, optional=optional)
        # A token counts wrong PINs itself and locks: one try.
        asking = self.interactive and self.passphrase_file is None and read_info(path).token is None
        tries = TRIES if asking else 1
        for left in range(tries - 1, 0, -1):
            try:
                return passphrase, unlock(path, passphrase, PATIENCE)
            except LiuhenError as error:
                if error.code != "E-KEY-PASSPHRASE":
                    raise
            click.echo(_("Wrong passphrase; {left} tries left.").format(left=left), err=True)
            passphrase = self.ask_passphrase(whose, optional=optional)
        return passphrase, unlock(path, passphrase, PATIENCE)

    def whose(self, info: KeyInfo) -> str:
        """A key as a person is asked for it."""
        if info.token is not None:
            return _("the token {label} (PIN)").format(label=info.token.label)
        if info.kind == "log":
            return _("the log key")
        held = self.facts.get(f.HOLDERS, info.holder) if self._book or self.ledger.exists() else None
        name = f"{held.name} " if held and held.name else ""
        return f"{name}{info.holder} {roles_named(info.roles)}"

    def ask_passphrase(self, whose: str, *, new: bool = False, optional: bool = False) -> str:
        """A passphrase typed without being shown, twice for a new one; or the one of `--passphrase-file`.
        Raises `Left` for Enter where it is `optional`."""
        if self.passphrase_file is not None:
            return self._passphrase_from_file()
        if not self.interactive:
            raise LiuhenError(
                "E-KEY-NO-PASSPHRASE",
                N_("A passphrase is needed for {whose}, and nobody can be asked here."),
                remedy=N_("Run the command on a terminal, or give --passphrase-file."),
                exit=Exit.KEY,
                whose=whose,
            )
        question = _("New passphrase for {whose}") if new else _("Passphrase of {whose}")
        if optional:
            question = _("Passphrase of {whose} (Enter: go on without it)")
        again = _("The same again") if new else False
        while True:
            typed: str = click.prompt(
                question.format(whose=whose),
                default="" if optional else None,
                show_default=False,
                hide_input=True,
                confirmation_prompt=again,
                err=True,
            )
            if optional and not typed:
                raise Left
            if not new or len(typed) >= SHORTEST:
                return typed
            click.echo(
                _("At least {n} characters; a short sentence is easy to keep.").format(n=SHORTEST), err=True
            )

    def _passphrase_from_file(self) -> str:
        path = self.passphrase_file
        if path is None:
            return ""
        if exposed(path) and not self._told_open:
            self._told_open = True
            told = _("Note: others on this computer can read or exchange the passphrase file {path}.")
            click.echo(told.format(path=path), err=True)
        return self.first_line(path)

    @staticmethod
    def first_line(path: Path) -> str:
        """The passphrase in a file. Raises E-KEY-PASSPHRASE-FILE."""
        try:
            with path.open("rb") as file:
                lines = file.read(LONGEST).decode("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise LiuhenError(
                "E-KEY-PASSPHRASE-FILE",
                N_("The passphrase file cannot be read."),
                where=str(path),
                remedy=N_("It is a text file in UTF-8 whose first line is the passphrase."),
                exit=Exit.KEY,
            ) from error
        return lines[0] if lines else ""

    @property
    def interactive(self) -> bool:
        """Whether somebody can be asked."""
        return sys.stdin.isatty()

    def sure(self, question: str, *, yes: bool) -> None:
        """Ask before what cannot be undone; no is exit 8."""
        if yes:
            return
        if not self.interactive:
            raise LiuhenError(
                "E-STOPPED",
                N_("This must be answered, and nobody can be asked here: {question} Nothing was done."),
                remedy=N_("To go on without a question: --yes"),
                exit=Exit.STOPPED,
                question=question,
            )
        if not click.confirm(question, err=True):
            raise LiuhenError(
                "E-STOPPED",
                N_("Stopped, as you said; nothing was done."),
                remedy=N_("To do it after all, run the command again and answer y."),
                exit=Exit.STOPPED,
            )

    def may_replace(self, file: Path, *, yes: bool) -> None:
        """Ask before a file is lost under another one. A ledger, a key, a bundle or the like never is:
        E-EXPORT-TARGET, whatever would be answered."""
        replacing.check(file)
        if file.exists():
            self.sure(_("{file} exists. Replace it and lose what is in it?").format(file=file), yes=yes)

    # answers

    def answer(
        self,
        *lines: str,
        next_step: str = "",
        data: Mapping[str, object] | None = None,
        written: Written | None = None,
    ) -> None:
        """Print the answer: lines for people, 下一步 and remarks; or with `--json` one document."""
        remarks = written.warnings if written else ()
        if self.gather is not None:
            self.gather(lines, dict(data or {}), written)
            self._say(lines, remarks, err=self.as_json)
            return
        next_step = self.sitting.next_step = self._placed(next_step)
        if self.as_json:
            document = dict(data or {})
            if written is not None:
                document["entries"] = [
                    {"seq": e.body.seq, "type": e.body.type, "leaf": e.leaf_hex} for e in written.entries
                ]
                document["warnings"] = [_remark_data(finding) for finding in remarks]
                if written.unnoted:
                    document["unnoted"] = written.unnoted.code
            if self.practice:
                document["practice"] = True
            if next_step:
                document["next"] = next_step
            click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))
            return
        if self.practice:
            click.echo(_("[PRACTICE] This ledger is for practice; nothing in it is official."))
        self._say(lines, remarks)
        if written and written.unnoted:
            click.echo(
                _(
                    "Note: recorded, but the key file could not note it: {path}. See that it can be written."
                ).format(path=written.unnoted.where)
            )
        if next_step:
            click.echo(_("Next: {step}").format(step=next_step))

    @staticmethod
    def _say(lines: Sequence[str], remarks: Sequence[Finding], *, err: bool = False) -> None:
        for line in lines:
            click.echo(line, err=err)
        for finding in remarks:
            click.echo(_("Note: {text}").format(text=remark(finding)), err=err)

    def waits(self, written: Written) -> int | None:
        """Seq of the last act written when it waits for another person's confirmation."""
        last = written.entries[-1] if written.entries else None
        act = self.facts.get(f.PENDING, last.leaf_hex) if last else None
        return act.seq if act and not act.done else None

    @property
    def practice(self) -> bool:
        """Whether the ledger that was opened, or what is read instead, is for practice (演练)."""
        return is_practice(self.elsewhere or (self._book.origin if self._book is not None else ""))

    def _placed(self, step: str) -> str:
        """A next step that works here: with the ledger and keys that this command was given."""
        if not step.startswith("liuhen "):
            return step
        given = ""
        place, usual = shown(self.ledger), os.environ.get("LIUHEN_LEDGER", "")
        named_already = step.startswith("liuhen -L ")
        if not named_already and self.ledger not in (DEFAULT_LEDGER, Path(usual)) and place != usual:
            given += f" -L {quoted(place)}"
        named = re.search(r" --as (\S+)", step)
        if named is None or any(info.holder == named[1] for info in self.key_infos()):
            for folder in self.key_folders:
                given += f" -K {quoted(folder)}"
        return f"liuhen{given}{step.removeprefix('liuhen')}"


def _tell_pause(wrong: int, seconds: float) -> None:
    told = _("{n} wrong passphrases in a row: the next one is tried in {seconds} seconds. Nothing is locked.")
    click.echo(told.format(n=wrong, seconds=max(1, round(seconds))), err=True)


PATIENCE = Patience(told=_tell_pause)
"""How the counter waits after wrong passphrases."""

pass_desk = click.make_pass_decorator(Desk)


def role_name(role: str) -> str:
    """A role in the reader's language."""
    return ROLE_ZH[Role(role)] if language_in_use() != "en" else str(Role(role).value)


def roles_named(roles: Sequence[str]) -> str:
    return "(" + "、".join(role_name(r) for r in roles) + ")"


def remark(finding: Finding) -> str:
    """A warning of the law in the reader's language."""
    rule = rules()[finding.rule]
    if language_in_use() == "en":
        words, expected, found = rule.en, finding.expected, finding.found
    else:
        words, expected, found = rule.zh, chinese(finding.expected), chinese(finding.found)
    compared = _("{words} [{rule}]: should be {expected}; is {found}")
    return compared.format(
        words=words, rule=finding.rule, expected=printable(expected) or "-", found=printable(found) or "-"
    )


def _remark_data(finding: Finding) -> dict[str, object]:
    return {"rule": finding.rule, "expected": finding.expected, "found": finding.found}


def _plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else str(value)


def read_file(path: Path, limit: int = 1 << 20) -> bytes:
    """The bytes of a small file. Raises E-FILE-MISSING, E-FILE-LARGE (exit 4)."""
    if not path.is_file():
        raise LiuhenError(
            "E-FILE-MISSING",
            N_("There is no such file."),
            where=str(path),
            remedy=N_("Check the path."),
            exit=Exit.UNREADABLE,
        )
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise LiuhenError(
            "E-FILE-LARGE",
            N_("The file is too large to be what is asked for."),
            where=str(path),
            remedy=N_("Check the path."),
            exit=Exit.UNREADABLE,
        )
    return data


def file_hash(path: Path) -> bytes:
    """SHA-256 of a file, read in pieces. Raises E-FILE-MISSING."""
    if not path.is_file():
        raise LiuhenError(
            "E-FILE-MISSING",
            N_("There is no such file."),
            where=str(path),
            remedy=N_("Check the path."),
            exit=Exit.UNREADABLE,
        )
    hashed = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            hashed.update(piece)
    return hashed.digest()


def holder_name(facts: Facts, holder: str) -> str:
    """`name (id)` of a holder."""
    held = facts.get(f.HOLDERS, holder)
    return f"{held.name} ({holder})" if held and held.name else holder


def value_of(text: str) -> Value:
    """A value typed on the command line: true/false, a whole number, a list in JSON, or text; what is
    none of the others is text, and whoever asked for another kind says so."""
    if text in ("true", "false"):
        return text == "true"
    try:
        if text.startswith(("[", "{")):
            typed: Value = json.loads(text)
            return typed
        return int(text) if text.isdecimal() and not (len(text) > 1 and text[0] == "0") else text
    except (ValueError, RecursionError):
        return text

"""The first run: no ledger is here, so a few questions lead to a founded one."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import click

from cli.desk import Desk, role_name
from cli.i18n import _
from ledger import policy
from ledger.template import FILE_NAME
from verifier.ids import PRACTICE, is_id, is_origin
from verifier.vocabulary import Role

_NEEDED = (Role.ADMIN, Role.CLERK, Role.APPROVER, Role.SUPERVISOR)
_HOST = "yanlian.example"


class Do(Protocol):
    """Gives one command of the command line; its exit code."""

    def __call__(self, words: Sequence[str], *, given: bool = True) -> int: ...


def first_run(desk: Desk, do: Do, *, practice_only: bool) -> bool:
    """Ask 演练 or 正式, office, division, nearest profile and people; found the ledger, write the template.
    Whether a ledger stands. Every step is a command that could have been typed."""
    try:
        return _first_run(desk, do, practice_only)
    except click.Abort:
        click.echo(_("Stopped; what was founded so far stays, and liuhen asks again next time."))
        return desk.ledger.exists()


def _first_run(desk: Desk, do: Do, practice_only: bool) -> bool:
    click.echo(_("No ledger is here yet ({path}).").format(path=desk.ledger))
    practice = practice_only or _is_practice()
    office = _text(_("Full name of the office"))
    division = _asked(_("Division code, 6 digits (GB/T 2260)"), _is_division, "")
    unit = _asked(_("Short code of the office, letters and digits, such as fgj"), is_id, "bj")
    if practice:
        origin = f"{PRACTICE}{_HOST}/{division}/{unit.lower()}"
    else:
        told = _("Name of the ledger for ever: the office's web host, a slash, a word (lower case)")
        origin = _asked(told, is_origin, "")
    profile = _profile()
    people = _people(unit)
    words = ["init", origin, "--office", office, "--division", division]
    for person in people:
        words += ["--person", person]
    if do([*words, *(["--practice"] if practice else [])]):
        return False
    folder = desk.ledger.absolute().parent
    template = folder / FILE_NAME
    if not template.exists():
        do(["template", str(template)])
    _rules(do, profile, folder)
    return True


_PRACTICE, _OFFICIAL = ("1", "演练", "practice"), ("2", "正式", "official")


def _is_practice() -> bool:
    """The number or the word, of any keyboard; no answer stands for one: a ledger's kind is for ever."""
    while True:
        typed = _plain(str(click.prompt(_("1 practice (演练), 2 official (正式)"))))
        if typed in (*_PRACTICE, *_OFFICIAL):
            return typed in _PRACTICE
        click.echo(_("Please type 1 or 2."))


def _plain(typed: str) -> str:
    """Full-width signs of an input method as the plain ones, without spaces and full stops around."""
    return unicodedata.normalize("NFKC", typed).strip(" .。、").lower()


def _profile() -> str:
    """The ready policy nearest to the office's own rules."""
    names = policy.profiles()
    click.echo(_("Whose rules are nearest to yours? They can be changed before they are adopted."))
    for number, name in enumerate(names, 1):
        click.echo(f"  {number}. {name}  {policy.profile(name).title}")
    return names[_number(_("Number"), len(names)) - 1]


def _people(unit: str) -> list[str]:
    """`HOLDER:NAME:UNIT:ROLE` of those present: one for each role that a year needs, then any more."""
    click.echo(_("Now the people present. Clerk, approver and supervisor of a draw are three people."))
    found = [_person(role, unit, 1) for role in _NEEDED]
    while click.confirm(_("Is somebody else to have a key now?"), default=False):
        roles = list(Role)
        for number, role in enumerate(roles, 1):
            click.echo(f"  {number}. {role_name(role.value)}")
        role = roles[_number(_("Role"), len(roles)) - 1]
        found.append(_person(role, unit, sum(one.endswith(f":{role.value}") for one in found) + 1))
    return found


def _person(role: Role, unit: str, number: int) -> str:
    name = _text(_("{role}: name").format(role=role_name(role.value)))
    holder = _asked(_("  id, letters and digits"), is_id, f"{role.value}-{number}")
    place = "jijian" if role is Role.SUPERVISOR else unit
    unit = _asked(_("  unit"), is_id, place)
    return f"{holder}:{name}:{unit}:{role.value}"


def _rules(do: Do, profile: str, folder: Path) -> None:
    """Adopt the ready policy when the 细则 is at hand, else leave it as a file to be changed."""
    told = _("File of your 实施细则 as issued (PDF, Word, scan); Enter: later")
    document = str(click.prompt(told, default="", show_default=False)).strip().strip('"')
    if document and Path(document).is_file():
        do(["policy", "adopt", profile, "--file", document])
        return
    file = folder / f"细则-{profile}.toml"
    if not file.exists():
        do(["policy", "show", profile, "--save", str(file)])


def _text(question: str) -> str:
    while True:
        typed = str(click.prompt(question)).strip()
        if typed and ":" not in typed:
            return typed


def _is_division(typed: str) -> bool:
    return len(typed) == 6 and typed.isascii() and typed.isdigit()


def _number(question: str, most: int) -> int:
    return int(click.prompt(question, type=click.IntRange(1, most)))  # of full-width digits, too


class _Fits(Protocol):
    def __call__(self, text: str, /) -> bool: ...


def _asked(question: str, fits: _Fits, default: str) -> str:
    while True:
        typed = str(click.prompt(question, default=default or None)).strip()
        if fits(typed):
            return typed
        click.echo(_("“{value}” cannot be used here.").format(value=typed))

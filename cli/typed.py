"""Commands as a person types them: the words of a next step."""

from __future__ import annotations

from pathlib import Path

import click

from cli.i18n import _
from ledger.commands import find
from verifier import facts as f
from verifier.facts import Facts
from verifier.ids import is_time
from verifier.vocabulary import Role


def day_typed(text: str) -> str:
    """A day as typed, YYYY-MM-DD; "" when nothing was. Raises wrong usage."""
    if text and not is_time(f"{text}T00:00:00+08:00"):
        raise click.UsageError(_("“{text}” is no date YYYY-MM-DD.").format(text=text))
    return text


def quoted(path: Path | str) -> str:
    """A path or an address as a shell takes it."""
    text = str(path)
    return f'"{text}"' if any(c in text for c in " &()'?*") else text


def acting(holder: str, command: str) -> str:
    """A command as one holder gives it."""
    return f"liuhen --as {holder} {command}"


def as_other(facts: Facts, role: Role, other_than: str = "") -> str:
    """`liuhen --as HOLDER` with somebody who has the role."""
    held = [name for name in find.holders_with(facts, [role.value]) if name != other_than]
    return "liuhen --as " + (held[0] if held else _("HOLDER"))


def confirming(facts: Facts, leaf: bytes) -> str:
    """The command with which another person confirms the act of this leaf hash; "" when it does not wait."""
    act = facts.get(f.PENDING, leaf.hex())
    return confirm_step(act.seq, find.confirmers(facts, leaf)[:1]) if act and not act.done else ""


def confirm_step(seq: int, holders: list[str]) -> str:
    """`liuhen --as HOLDER confirm SEQ`."""
    return acting(holders[0], f"confirm {seq}") if holders else f"liuhen confirm {seq}"

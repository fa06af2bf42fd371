"""`liuhen correct`: correct a field of an entry; the old value stays in the history (更正)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress

import click

from cli.acting import first_signer
from cli.desk import Desk, pass_desk, value_of
from cli.examples import example
from cli.i18n import _
from cli.telling import SIGNATURES, label
from cli.typed import confirming
from ledger.commands import visits
from ledger.importing import values
from verifier.codec import Value
from verifier.entry import Entry
from verifier.errors import N_, Exit, LiuhenError
from verifier.schema import EVENTS
from verifier.vocabulary import CHANNELS, FOLLOWUP_KINDS, METHODS, RESULT_CODES, Role

SETS: Mapping[str, Mapping[str, str]] = {
    "channel": CHANNELS,
    "kind": FOLLOWUP_KINDS,
    "methods": METHODS,
    "results": RESULT_CODES,
    "subject_signature": SIGNATURES,
}
"""Fields whose values are codes with Chinese words."""


@click.command(
    help=_(
        "Correct a field of entry SEQ; an approver confirms. A published result is then published again.\n\n"
        "NEW is text, a number, or a list (a,b); a word such as 现场检查 stands for its code."
    )
    + example('liuhen correct 42 results 02 --reason "笔误"')
)
@click.argument("seq", type=click.IntRange(0))
@click.argument("field")
@click.argument("new")
@click.option("--reason", required=True, help=_("Why"))
@pass_desk
def command(desk: Desk, seq: int, field: str, new: str, reason: str) -> None:
    target = entry_of(desk, seq)
    field = _field(target, field)
    value = _fitting(target.body.type, field, new)
    written = visits.correct(
        desk.book, first_signer(desk, Role.CLERK, Role.OFFICER), seq, field, value, reason
    )
    desk.answer(
        _("Correction of {field} in entry {seq} asked for.").format(field=label(field), seq=seq),
        _("It counts when it is confirmed."),
        next_step=confirming(desk.facts, written.leaf),
        data={"seq": seq, "field": field, "new": value},
        written=written,
    )


def _field(target: Entry, typed: str) -> str:
    """The field of an entry by its name or by what `log show` calls it. Raises E-FIELD-NONE."""
    event = EVENTS.get(target.body.type)
    names: list[str] = [*target.body.data, *(event.shape.checks if event else ())]
    for name in names:
        if typed in (name, label(name)):
            return name
    raise LiuhenError(
        "E-FIELD-NONE",
        N_("Entry {seq} has no field {field}."),
        remedy=N_("It has: {fields}. See: liuhen log show {seq}"),
        exit=Exit.REFUSED,
        seq=target.body.seq,
        field=typed,
        fields="、".join(dict.fromkeys(label(name) for name in names)),
    )


def entry_of(desk: Desk, seq: int) -> Entry:
    """Entry `seq`. Raises E-ENTRY-NONE."""
    size = desk.book.store.head().size
    if seq < size:
        return desk.book.entry(seq)
    raise LiuhenError(
        "E-ENTRY-NONE",
        N_("The ledger has no entry {seq}; the last one is {last}."),
        remedy=N_("Find its number: liuhen log list"),
        exit=Exit.REFUSED,
        seq=seq,
        last=size - 1,
    )


def _fitting(kind: str, field: str, typed: str) -> Value:
    """What was typed as the field wants it: a number, a text or a list. The law judges what fits nothing."""
    event = EVENTS.get(kind)
    check = event.shape.checks.get(field) if event else None
    codes = {values.plain(word): code for code, word in SETS.get(field, {}).items()}
    if event is None or check is None or field in event.private:
        return codes.get(values.plain(typed), typed)
    for value in _readings(typed, codes):
        if not check(value):
            return value
    return typed


def _readings(typed: str, codes: Mapping[str, str]) -> Iterator[Value]:
    with suppress(json.JSONDecodeError):
        yield value_of(typed)
    yield codes.get(values.plain(typed), typed)
    yield [codes.get(values.plain(part), part) for part in values.listed(typed)]

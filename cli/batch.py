"""Several commands as one: their answers are told as they come, and answered for together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import click

from cli.desk import Desk
from ledger.book import Written
from verifier.entry import Entry


@dataclass
class Gathered:
    """What the commands of a batch answered."""

    data: list[dict[str, object]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @property
    def written(self) -> Written:
        """All that was recorded; remarks were told with each answer."""
        return Written(tuple(self.entries))


@contextmanager
def gathering(desk: Desk) -> Iterator[Gathered]:
    """While it lasts, an answer prints its lines alone; next step and JSON are those of the whole."""
    held = Gathered()

    def gather(_lines: Sequence[str], data: dict[str, object], written: Written | None) -> None:
        held.data.append(data)
        if written is not None:
            held.entries += written.entries

    desk.gather = gather
    try:
        yield held
    finally:
        desk.gather = None


def give(ctx: click.Context, command: click.Command, words: Sequence[str]) -> None:
    """Run a command with these words within the context of another: the same parsing, the same desk."""
    with command.make_context(command.name, list(words), parent=ctx) as inner:
        command.invoke(inner)

"""What commands ask that record a publication or a filing: where or with whom, what day, by which proof."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from cli.desk import Desk
from cli.i18n import _
from cli.words import Word
from verifier.vocabulary import CHANNELS

C = TypeVar("C", bound=Callable[..., Any])


def publication_options(command: C) -> C:
    """--channel, --date (`day`), --address and --screenshot."""
    return _with(
        command,
        click.option("--channel", type=Word(CHANNELS), required=True, help=_("Where it was published")),
        _date(_("Day of publication (default: today)")),
        click.option("--address", default="", help=_("Its address: URL or document number")),
        click.option(
            "--screenshot",
            type=click.Path(path_type=Path),
            help=_("Screenshot or photo; its hash is recorded"),
        ),
    )


def filing_options(command: C) -> C:
    """--authority, --date (`day`), --number and --receipt."""
    return _with(
        command,
        click.option("--authority", required=True, help=_("With whom it was filed")),
        _date(_("Day of filing (default: today)")),
        click.option("--number", default="", help=_("Number of the letter or receipt")),
        click.option(
            "--receipt", type=click.Path(path_type=Path), help=_("Scan of the receipt; its hash is recorded")
        ),
    )


def day_or_today(desk: Desk, day: datetime | None) -> str:
    """The day typed, or that of the desk's clock, as YYYY-MM-DD."""
    return f"{day:%Y-%m-%d}" if day else desk.clock()[:10]


def _date(text: str) -> Callable[[C], C]:
    return click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help=text)


def _with(command: C, *options: Callable[[C], C]) -> C:
    for option in reversed(options):
        command = option(command)
    return command

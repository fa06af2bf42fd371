"""Days and hours as typed, and as shown."""

from __future__ import annotations

import click

from cli.i18n import _
from verifier.facts import Data
from verifier.ids import is_time


def moment(day: str, hour: str = "", drawn: str = "") -> str:
    """A day and an hour as a time. Without an hour it is the beginning of the day; on the day of the draw
    (`drawn`: its time) the time of the draw, which a visit cannot come before."""
    typed = f"{day}T{hour or '00:00'}:00+08:00"
    if not is_time(typed):
        raise click.UsageError(
            _("“{text}” is no date YYYY-MM-DD with an hour HH:MM.").format(text=f"{day} {hour}".strip())
        )
    return drawn if not hour and day == drawn[:10] else typed


def when(d: Data) -> str:
    """When a deed took place: day and hour, and the last day where it took several."""
    day = str(d["occurred"])[:16].replace("T", " ").removesuffix(" 00:00")
    return f"{day} – {d['until'][:10]}" if "until" in d else day

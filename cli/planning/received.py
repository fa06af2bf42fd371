"""A task on a list of subjects that another department drew: its options and what they mean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from cli.desk import Desk
from cli.i18n import _
from cli.imports import clean
from cli.mapped import loaded
from ledger import column_maps
from ledger.commands import platforms
from ledger.importing.platforms import read_assigned
from ledger.keystore import Signer
from verifier.codec import Value

F = TypeVar("F", bound=Callable[..., Any])


def received_options(command: F) -> F:
    """`--received FILE --lead DEPARTMENT`, with the column map and the platform of the leading department."""
    words = _("With --received: column map of the list")
    for option in (
        click.option("--platform", default="", help=_("With --received: the platform that drew them")),
        click.option("--map", "map_name", default="", metavar="NAME|FILE", help=words),
        click.option("--lead", default="", help=_("With --received: the department that drew them")),
        click.option(
            "--received",
            type=click.Path(path_type=Path),
            help=_("List of the subjects that another department drew: all of them, only officers are drawn"),
        ),
    ):
        command = option(command)
    return command


def received_list(
    desk: Desk, signer: Signer, task: str, file: Path | None, lead: str, platform: str, map_name: str
) -> dict[str, Any]:
    """What `plans.new_task` takes of a received list; nothing without one. Raises E-IMPORT-FAULTS with every
    fault of the list."""
    if file is None:
        if lead or platform or map_name:
            raise click.UsageError(_("--lead, --platform and --map go with --received."))
        return {}
    if not lead:
        raise click.UsageError(_("Say which department drew the list: --lead DEPARTMENT"))
    facts = desk.facts
    table = loaded(map_name or column_maps.for_platform(platform)).table("draw")
    day = date.fromisoformat(desk.clock()[:10])
    known = platforms.known(facts)
    read = clean(read_assigned(file, table, known, today=day, sheet=None, leave_out=()), file)
    said: dict[str, Value] = {"lead": lead, "file": read.source_sha256}
    said["rows"] = platforms.assigned_rows(facts, task, read)
    if platform:
        said["platform"] = platform
    name = file.name
    return {
        "elsewhere": said,
        "before": lambda now: platforms.assigned_deeds(desk.book, now, signer, task, read, name),
    }

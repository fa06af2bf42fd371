"""Printed forms as files: an office's own templates, the days that figures are of, what is put in place."""

from __future__ import annotations

from pathlib import Path

import click

from cli.desk import Desk
from cli.i18n import _
from cli.typed import day_typed
from ledger.forms.catalogue import reported
from ledger.forms.counting import running_period, usual_period
from ledger.forms.files import write_file
from ledger.forms.form import Form
from verifier.errors import N_, LiuhenError
from verifier.figures import Period

TEMPLATES = "表格模板"
"""Folder beside the ledger where an office keeps templates that it edited."""


def templates(desk: Desk) -> Path:
    return desk.ledger.absolute().parent / TEMPLATES


def own_template(desk: Desk, form: Form) -> Path | None:
    """The office's own template of a form, where it keeps one."""
    path = templates(desk) / form.template_name
    return path if form.template is not None and path.is_file() else None


def period_typed(form: Form, own: Path | None, first: str, last: str, today: str) -> Period:
    """The days typed; of a day left out, what the month, half or year of the form says."""
    kind = reported(form, own)
    begin, end = day_typed(first), day_typed(last)
    if not begin and not end:
        return usual_period(kind, today)
    period = Period(begin, end or today) if begin else running_period(kind, end)
    if period.first > period.last:
        raise click.UsageError(_("The first day is after the last."))
    return period


def put(desk: Desk, path: Path, content: bytes, *, yes: bool) -> None:
    """Write a file, asking before one of its name is replaced. Raises E-FORM-FOLDER, E-FORM-WRITE."""
    if path.is_dir():
        raise LiuhenError(
            "E-FORM-FOLDER",
            N_("There is a folder of this name."),
            where=str(path),
            remedy=N_("Give the name of a file."),
        )
    desk.may_replace(path, yes=yes)
    write_file(path, content)

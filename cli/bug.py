"""When the program itself fails (exit 70): a report file without secrets instead of a traceback."""

from __future__ import annotations

import platform
import sys
import traceback
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from cli.i18n import _
from verifier import __version__
from verifier.errors import Exit

_ABOUT_CODE = (TypeError, AttributeError, NameError, ImportError, NotImplementedError)
"""Errors whose message speaks of the program and not of the data."""


class Bug(click.ClickException):
    """Something nobody foresaw, in the command on this ledger."""

    exit_code = int(Exit.BUG)

    def __init__(self, error: Exception, ledger: Path, command: str) -> None:
        super().__init__(type(error).__name__)
        self.error = error
        self.ledger = ledger
        self.command = command

    def told(self) -> str:
        """What the person is told, after the report was written where that is possible."""
        told = _("This is a fault of the program ({kind}). Nothing half-done remains in the ledger.")
        lines = [told.format(kind=type(self.error).__name__)]
        path = self._written()
        if path is None:
            lines += report(self.error, self.command)
        else:
            ask = _("Please send this file to the developers; it names no data and no passphrase: {path}")
            lines.append(ask.format(path=path))
        return "\n".join(lines)

    def _written(self) -> Path | None:
        name = f"liuhen-fault-{datetime.now().astimezone():%Y%m%d-%H%M%S}.txt"
        for folder in (self.ledger.absolute().parent, Path.cwd()):
            try:
                (folder / name).write_text("\n".join(report(self.error, self.command)) + "\n", "utf-8")
            except OSError:
                continue
            return folder / name
        return None


def report(error: BaseException, command: str) -> list[str]:
    """The lines of a report: versions, the command without its values, where it happened; no data."""
    lines = [
        f"liuhen {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}",
        f"command: {command}, encoding: {sys.stdout.encoding}",
    ]
    cause: BaseException | None = error
    while cause is not None:
        about = str(cause) if isinstance(cause, _ABOUT_CODE) else ""
        lines.append(f"{type(cause).__name__} {about}".rstrip())
        lines += _frames(traceback.extract_tb(cause.__traceback__))
        cause = cause.__cause__ or cause.__context__
    return lines


def _frames(frames: Sequence[traceback.FrameSummary]) -> list[str]:
    return [f"  {Path(f.filename).parent.name}/{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames]

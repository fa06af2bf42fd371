"""Files of forms: an office's own Word template, and what is printed."""

from __future__ import annotations

from pathlib import Path

from ledger.durable import DOCUMENT, write_whole
from verifier.errors import N_, Exit, LiuhenError
from verifier.plainfile import read_plain

LARGEST = 50_000_000
"""Bytes of a template; what is larger is cut and then no document."""


def read_template(path: Path) -> bytes:
    """A Word template as bytes. Raises E-FORM-TEMPLATE."""
    try:
        return read_plain(path, LARGEST)
    except OSError as error:
        raise template_fault(error.strerror or str(error), str(path)) from error


def write_file(path: Path, content: bytes) -> None:
    """Put a printed form or a template at `path` whole or not at all. Raises E-FORM-WRITE (exit 7), as while
    Word has the file open."""
    try:
        write_whole(path, content, DOCUMENT)
    except OSError as error:
        raise LiuhenError(
            "E-FORM-WRITE",
            N_("The form could not be written: {reason}"),
            where=str(path),
            remedy=N_(
                "Close the file if it is open in Word, check the free space, then run the command again."
            ),
            exit=Exit.DISK,
            reason=error.strerror or str(error),
        ) from error


def template_fault(reason: str, where: str) -> LiuhenError:
    """E-FORM-TEMPLATE: the office's own template cannot be used."""
    return LiuhenError(
        "E-FORM-TEMPLATE",
        N_("The Word template of the form cannot be used: {reason}"),
        where=where,
        remedy=N_("Take the template that came with the program, or undo the last change to yours in Word."),
        reason=reason,
    )

"""Files that are either the old bytes or the new ones, whole, whatever happens in between."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from secrets import token_hex

from ledger import replacing
from verifier.errors import N_, Exit, LiuhenError

DOCUMENT = 0o666
"""Mode of a file for people to read, less what the system takes away (umask)."""
OWNER = 0o600
"""Mode of a file with private content: its owner alone reads it."""


def write_whole(path: Path, data: bytes, mode: int = OWNER) -> None:
    """Put `data` at `path` at once and durably, readable by its owner only unless `mode` says otherwise.

    A file beside it is written, flushed to the disk and renamed over `path`. Raises OSError, and
    E-EXPORT-TARGET where a ledger, key, bundle or the like stands at `path` (`ledger.replacing`); then
    `path` is as it was.
    """
    replacing.check(path, data)
    draft = path.with_name(f".{path.name}.{token_hex(4)}.tmp")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    sync_folder(path.parent)


def name_new(draft: Path, path: Path) -> None:
    """Give the finished file `draft` the name `path`, at once and never over another file.

    Raises FileExistsError when the name is taken, OSError otherwise; the draft is then still there.
    """
    try:
        os.link(draft, path)
    except OSError:
        # The name is taken, or there are no hard links here.
        if path.exists():
            raise FileExistsError(str(path)) from None
        draft.rename(path)
    else:
        draft.unlink()
    sync_folder(path.parent)


def disk_error(path: Path, reason: Exception | str) -> LiuhenError:
    """What a person is told when the disk or the file system refused to write `path` (exit 7)."""
    if isinstance(reason, OSError):
        reason = reason.strerror or type(reason).__name__
    return LiuhenError(
        "E-STORE-DISK",
        N_("The disk could not be written ({reason}); nothing was recorded."),
        where=str(path),
        remedy=N_("Make room on the disk or make the folder writable, then do the step again."),
        exit=Exit.DISK,
        reason=str(reason),
    )


def sync_folder(folder: Path) -> None:
    """Make names created in `folder` survive a power cut, where the system lets a folder be flushed."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

"""A file that somebody names is opened only where it is one: no pipe is waited for, no device read."""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

from verifier.errors import N_

NOT_A_FILE = N_("not a plain file")
_PIECE = 1 << 20


def open_plain(path: Path) -> BufferedReader:
    """The file at `path` for reading, links followed. Raises OSError, also for a folder, pipe or device."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, NOT_A_FILE, str(path))
    return path.open("rb")


def read_plain(path: Path, most: int) -> bytes:
    """The first `most` bytes of the file, one more where it is larger. Raises OSError."""
    with open_plain(path) as file:
        data = file.read(min(os.fstat(file.fileno()).st_size, most) + 1)
        while len(data) <= most and (more := file.read(min(_PIECE, most + 1 - len(data)))):
            data += more  # the file grew meanwhile
        return data

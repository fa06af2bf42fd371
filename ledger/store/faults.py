"""What SQLite's errors mean to a person, with the exit codes of design §7."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.durable import disk_error
from verifier.errors import N_, Exit, LiuhenError

_BUSY = frozenset([sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED])
_DISK = frozenset(
    [
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_NOLFS,
    ]
)
_DAMAGE = frozenset([sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CONSTRAINT])
"""A constraint too: tables that refuse the next row are not what they should be."""


def _primary(error: sqlite3.Error) -> int:
    """The primary result code; 0 for errors of the Python module itself."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def is_busy(error: sqlite3.Error) -> bool:
    """Another process holds the lock."""
    return _primary(error) in _BUSY


def is_disk(error: sqlite3.Error) -> bool:
    """The disk or the file system refused."""
    return _primary(error) in _DISK


def is_flush(error: sqlite3.Error) -> bool:
    """The disk took what was written and did not say that it holds it."""
    return int(getattr(error, "sqlite_errorcode", 0)) == sqlite3.SQLITE_IOERR_FSYNC


def is_unexpected(error: sqlite3.Error) -> bool:
    """What is in the file does not fit the statement that reads it, or is no text where text belongs."""
    return _primary(error) in (0, sqlite3.SQLITE_ERROR)


def _is_no_text(error: sqlite3.Error) -> bool:
    return isinstance(error, sqlite3.OperationalError) and str(error).startswith("Could not decode")


def locked(path: Path | str) -> LiuhenError:
    return LiuhenError(
        "E-STORE-LOCKED",
        N_("Another program is writing to the ledger."),
        where=str(path),
        remedy=N_("Wait until it has finished, then try again."),
        exit=Exit.LOCKED,
    )


def unclear(path: Path, seq: int, reason: str) -> LiuhenError:
    return LiuhenError(
        "E-STORE-UNCLEAR",
        N_("The disk failed while entry {seq} was recorded ({reason}); whether it was is not known."),
        where=str(path),
        remedy=N_(
            "Do not repeat the step yet. Close liuhen everywhere, check the disk, then look: "
            "liuhen log show {seq}"
        ),
        exit=Exit.DISK,
        seq=seq,
        reason=reason,
    )


def unreadable(path: Path | str, reason: str) -> LiuhenError:
    return LiuhenError(
        "E-STORE-READ",
        N_("The ledger could not be opened ({reason})."),
        where=str(path),
        remedy=N_("Check that the file is there and may be read."),
        exit=Exit.DISK,
        reason=reason,
    )


def bundle(path: Path | str) -> LiuhenError:
    return LiuhenError(
        "E-STORE-BUNDLE",
        N_("This is a bundle, not a ledger."),
        where=str(path),
        remedy=N_(
            "Name it behind the command: liuhen verify BUNDLE, liuhen audit BUNDLE, "
            "liuhen trail WHAT --from BUNDLE, liuhen log list --from BUNDLE"
        ),
        exit=Exit.USAGE,
    )


def damaged(path: Path | str, reason: str) -> LiuhenError:
    return LiuhenError(
        "E-STORE-DAMAGED",
        N_("This file is not a ledger, or it was damaged or changed ({reason})."),
        where=str(path),
        remedy=N_(
            "Do not work on with it, and delete nothing. See what is damaged and what still stands: "
            "liuhen doctor"
        ),
        exit=Exit.UNREADABLE,
        reason=reason,
    )


def other(path: Path | str = "") -> LiuhenError:
    """Entries of another ledger, or of another history of this one."""
    return LiuhenError(
        "E-STORE-OTHER",
        N_("These entries do not continue this ledger; nothing was recorded."),
        where=str(path),
        remedy=N_("Compare the heads of both: one of them is not a copy of the other."),
        exit=Exit.REFUSED,
    )


def meaning(error: sqlite3.Error, path: Path, *, writing: bool) -> LiuhenError | None:
    """The error a person is told; None when it is none of lock, disk and damage, but a bug."""
    if is_busy(error):
        return locked(path)
    if is_disk(error):
        return (disk_error if writing else unreadable)(path, str(error))
    if _primary(error) in _DAMAGE or _is_no_text(error):
        return damaged(path, str(error))
    return None


@contextmanager
def explained(path: Path, *, writing: bool = False) -> Iterator[None]:
    """Raise SQLite's errors inside as what they mean."""
    try:
        yield
    except UnicodeDecodeError as error:
        # SQLite quotes what it found where a table is described, and that is no text.
        raise damaged(path, "sqlite_schema") from error
    except sqlite3.Error as error:
        told = meaning(error, path, writing=writing)
        if told is None:
            raise
        raise told from error

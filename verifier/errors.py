"""The one error root: what happened, where, what to do, a stable code and the exit code of design §7."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every program of the project (design §7)."""

    PASS = 0
    FAIL = 1
    USAGE = 2
    INCONCLUSIVE = 3
    UNREADABLE = 4
    LOCKED = 5
    KEY = 6
    DISK = 7
    STOPPED = 8
    REFUSED = 9
    BUG = 70
    INTERRUPTED = 130


def N_(message: str) -> str:  # noqa: N802 - the gettext convention
    """Mark a message for translation without translating it here."""
    return message


class LiuhenError(Exception):
    """Something a person must be told.

    `what` and `remedy` are English templates (`str.format` with `params`) that double as gettext
    message ids; `where` is a literal place (file, row, entry). `code` is stable, like ``E-CODEC``.
    """

    exit: Exit = Exit.UNREADABLE

    def __init__(
        self,
        code: str,
        what: str,
        *,
        where: str = "",
        remedy: str = "",
        exit: Exit | None = None,  # noqa: A002 - the word of the table
        **params: object,
    ) -> None:
        self.code = code
        self.what = what
        self.where = where
        self.remedy = remedy
        self.params = params
        if exit is not None:
            self.exit = exit
        super().__init__(self.english())

    def at(self, where: str) -> None:
        """Say that it is about `where`, unless it names a place already."""
        if not self.where:
            self.where = where
            self.args = (self.english(),)

    def english(self) -> str:
        """The message in English, for logs and tests."""
        parts = [self.what.format(**self.params), self.where, self.remedy.format(**self.params)]
        return " | ".join(p for p in parts if p) + f" [{self.code}]"


class Malformed(LiuhenError):  # noqa: N818 - names what the bytes are
    """Bytes that are not in the one allowed form (exit 4)."""

"""Grammars of names (design §3, §5): ids, draw lines, streams, origins, event types and times.

All are ASCII. Every function takes any string and answers yes or no; nothing here raises.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final

PRACTICE: Final = "practice/"

WINDOWS_DEVICES: Final = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)
"""Names that Windows does not let a folder have, alone or before a dot, in lower case."""

_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")
_LINE = re.compile(r"[\x21-\x7e]{1,200}")
_STREAM = re.compile(r"[A-Za-z0-9._/-]{1,128}")
_PART = r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?"
_NAME = rf"{_PART}(?:\.{_PART})*"
_ORIGIN = re.compile(rf"(?:practice/)?{_PART}(?:\.{_PART})+(?:/{_NAME})+")
_TYPE = re.compile(r"(?=.{1,64}\Z)[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\+08:00")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def is_id(text: str) -> bool:
    """1–64 of `A-Z a-z 0-9 . _ -`, first and last a letter or digit, no `..` (design §5)."""
    return _ID.fullmatch(text) is not None and ".." not in text


def is_draw_id(text: str) -> bool:
    """An id that may name a folder everywhere: no Windows device, not even before its first dot."""
    return is_id(text) and text.partition(".")[0].lower() not in WINDOWS_DEVICES


def is_line(text: str) -> bool:
    """1–200 bytes of printable ASCII without space: one line of a hash H (design §5)."""
    return _LINE.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def is_stream(text: str) -> bool:
    """1–128 ASCII id characters and `/` (design §3)."""
    return _STREAM.fullmatch(text) is not None


@lru_cache(maxsize=16)
def is_origin(text: str) -> bool:
    """Lower-case `host/path` of at most 200 bytes with a dot in the host, in practice after `practice/`.

    A part between slashes consists of words of `a-z 0-9 _ -` joined by single dots; a word begins and
    ends with a letter or digit. So an origin is also a key name of a signed note and a path below a host.
    """
    return len(text) <= 200 and _ORIGIN.fullmatch(text) is not None


def is_practice(origin: str) -> bool:
    """Whether the ledger of this origin is for practice (演练)."""
    return origin.startswith(PRACTICE)


@lru_cache(maxsize=256)
def is_type(text: str) -> bool:
    """An event type: words of `a-z 0-9 _`, each beginning with a letter, joined by dots, at most 64 bytes."""
    return _TYPE.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def is_time(text: str) -> bool:
    """`YYYY-MM-DDTHH:MM:SS+08:00` on a day that exists, without leap seconds (design §3)."""
    found = _TIME.fullmatch(text)
    return found is not None and is_date(found[1])


@lru_cache(maxsize=1024)
def is_date(text: str) -> bool:
    """`YYYY-MM-DD`, a day of the Gregorian calendar from the year 1 on."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True

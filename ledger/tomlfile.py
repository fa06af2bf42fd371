"""TOML from outside: policies, column maps, templates, scorings. Bounded, since the parser of the standard
library takes quadratic time for a key of many parts and recurses into brackets.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from verifier.plainfile import open_plain

LARGEST = 1 << 18
"""Bytes of a file."""
DOTS = 100
"""Full stops in one line; a key of 60,000 parts would take minutes."""


def content(path: Path) -> bytes:
    """The bytes of a file, no more than `parse` refuses. Raises OSError."""
    with open_plain(path) as file:
        return file.read(LARGEST + 1)


def parse(data: bytes) -> dict[str, Any]:
    """The values of a file in UTF-8, a BOM allowed. Raises UnicodeDecodeError and tomllib.TOMLDecodeError."""
    if len(data) > LARGEST:
        raise tomllib.TOMLDecodeError(f"more than {LARGEST} bytes")
    text = data.decode("utf-8-sig")
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > DOTS:
            raise tomllib.TOMLDecodeError(f"more than {DOTS} full stops (at line {number}, column 1)")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise tomllib.TOMLDecodeError("brackets inside one another too deep") from None
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as error:
        raise tomllib.TOMLDecodeError(str(error)) from error

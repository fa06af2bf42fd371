"""What a column of a register is: its key in our records, its header, how the template shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ledger.importing.values import Words

EXAMPLE = "示例"
"""A row whose first cell begins with this word is the grey example of the template and is not read."""


class Form(Enum):
    """How the template presents a column."""

    TEXT = "text"
    CODE = "code"
    DATE = "date"
    CHOICE = "choice"
    LONG = "long"


@dataclass(frozen=True)
class Column:
    """One column: the key in our records, its header in the template, other headers it is known by.

    `limit` is the most characters that a text (of a list: each line or part) may have. `second` is the column
    that another header of the same meaning stands for when this one is there under its own title.
    """

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    form: Form = Form.TEXT
    width: int = 14
    words: Words | None = None
    example: str = ""
    hint: str = ""
    limit: int = 200
    second: str = ""


@dataclass(frozen=True)
class Register:
    """The columns of one kind of list. Of each group in `any_of` at least one column must be there."""

    sheet: str
    title: str
    columns: tuple[Column, ...]
    any_of: tuple[tuple[str, ...], ...] = ()

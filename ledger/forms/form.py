"""What a form is: its name, what is asked before it is printed, and how facts become what it says.

A form is a `Sheet` (a table, .xlsx) or a `Letter` (a Word template and what fills it, .docx). Both carry the
ledger and its head on every page; see specs/forms.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ledger.forms.sheet import Sheet
from ledger.forms.source import Source
from verifier.figures import Period


class Ask(StrEnum):
    """What a form may need to know; the word is that of `Wanted`."""

    PLAN = "plan"
    DRAW = "draw"
    SUBJECT = "subjects"
    OFFICER = "officer"
    YEAR = "year"
    HALF = "half"
    PERIOD = "period"
    AREA = "area"
    PRIVATE = "private"


@dataclass(frozen=True)
class Wanted:
    """What was asked for: ids that exist, `subjects` empty for all, `year` 0 for that of the day, `half` 1, 2
    or 0 for the whole year, `period` that of figures, `area` the name of the county, `private` whether
    private columns are filled, `claims` the text of a receipt's QR code by subject."""

    plan: str = ""
    draw: str = ""
    subjects: tuple[str, ...] = ()
    officer: str = ""
    year: int = 0
    half: int = 0
    period: Period | None = None
    area: str = ""
    private: bool = False
    claims: Mapping[str, str] = field(default_factory=dict)

    def of(self) -> str:
        """What the printed form is about, for its footer and QR code: `draw/subject`, a plan, a year."""
        only = self.subjects[0] if len(self.subjects) == 1 else ""
        year = f"{self.year}-{self.half}" if self.half else str(self.year or "")
        days = (self.period.first, self.period.last) if self.period else ()
        return "/".join(part for part in (self.plan, self.draw, only, self.officer, year, *days) if part)


@dataclass(frozen=True)
class Code:
    """A QR code in a paper, where its template has the tag; `width` in cm."""

    text: str
    width: float = 2.7


@dataclass(frozen=True)
class Letter:
    """What fills a Word template: texts, codes and lists of maps of them, by the names that its tags use."""

    values: Mapping[str, object]
    code: str = ""
    """First line of the QR code; default `liuhen:form:1` LF form id."""
    practice: str = "演练　本表不具有效力"


@dataclass(frozen=True)
class Form:
    """One printed form. `title` is the paper's own, `name` what it is in English (a message id), `source` the
    document that has it."""

    id: str
    title: str
    name: str
    source: str
    fill: Callable[[Source, Wanted], Sheet | Letter]
    asks: tuple[Ask, ...] = ()
    template: Callable[[], bytes] | None = field(default=None, repr=False)
    """Gives the template that comes with the program; None for a table of fixed columns."""
    tabulate: Callable[[bytes, Source, Wanted, str], Sheet] | None = field(default=None, repr=False)
    """Of a statistic: fills a table whose rows and columns a template (TOML) says."""
    receipts: bool = False
    """Whether each paper carries the QR code of its subject's receipt, where there is one."""

    @property
    def suffix(self) -> str:
        """`.docx` or `.xlsx`."""
        return ".docx" if self.template and not self.tabulate else ".xlsx"

    @property
    def template_name(self) -> str:
        """What the file of its template is called where an office keeps its own."""
        return f"{self.title}{'.toml' if self.tabulate else self.suffix}"

    @property
    def file_name(self) -> str:
        """What its file is called unless somebody says otherwise."""
        return f"{self.title}{self.suffix}"


@dataclass(frozen=True)
class Stamp:
    """Where a printed form comes from. `of` is what it is about; `ledger_id` 64 hex digits."""

    form: str
    of: str
    ledger_id: str
    head: str
    practice: bool

    @classmethod
    def on(cls, form: Form, source: Source, wanted: Wanted) -> Stamp:
        return cls(form.id, wanted.of(), source.ledger.id.hex(), source.head, source.practice)

    def qr_text(self, code: str = "") -> str:
        """What the QR code says, a line each: code (`liuhen:form:1` and the form), of, ledger id, head."""
        return "\n".join((code or f"liuhen:form:1\n{self.form}", self.of, self.ledger_id, self.head))

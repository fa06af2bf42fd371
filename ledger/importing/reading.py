"""One row seen through the header: typed access to its cells that notes faults instead of raising.

Every method gives None after a fault (an empty required cell is one) and an empty value for an empty cell.
Texts come out in NFC on one line, free of invisible characters, as the codec wants them (design §3).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from ledger import codes
from ledger.importing import values
from ledger.importing.columns import Header
from ledger.importing.faults import Fault, Kind
from ledger.importing.registers import Register
from ledger.importing.tables import CellKind, Row
from ledger.importing.values import NO_RATE, Period, Rate, Words
from verifier.ids import is_id

PERSONAL = frozenset({"id_number"})
"""Columns whose values are masked in every message, right or wrong."""
_SHOWN = 80
SHORT = 18
"""A text shorter than this fits every column and hides no ID number."""
_KEPT = 4096
"""Texts of a column whose meaning is remembered."""
T = TypeVar("T")
Known = dict[str, dict[str, T]]
"""Column → text → what it means."""
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffd\ufffe\uffff\U000e0000-\U000e007f]"
)
PERSON = re.compile(r"(?<![0-9A-Za-z])[1-8]\d{16}[\dXx](?![0-9A-Za-z])")


class Fields:
    """The cells of the current row by key. `row` is set by the reader for each row in turn."""

    __slots__ = (
        *("_clean", "_dates", "_from_1904", "_header", "_index", "_limits", "_parts", "_row", "_today"),
        *("_words", "faults", "warnings"),
    )

    def __init__(self, register: Register, header: Header, today: date, from_1904: bool) -> None:
        self._header = header
        self._limits = {column.key: column.limit for column in register.columns}
        self._index = header.index
        self._today = today.isoformat()
        self._from_1904 = from_1904
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []
        self._words: Known[str] = {column.key: {} for column in register.columns}
        self._dates: Known[str] = {column.key: {} for column in register.columns}
        self._parts: Known[tuple[str, ...]] = {column.key: {} for column in register.columns}
        self.row = Row(0, (), {})

    @property
    def row(self) -> Row:
        """The current row."""
        return self._row

    @row.setter
    def row(self, row: Row) -> None:
        """Look at all cells at once: in a clean row each is text on one line in NFC without any white space
        or invisible character, so that nothing of this needs to be asked again for every cell."""
        self._row = row
        self._clean = not row.kinds and is_clean("".join(row.texts))

    def _plain(self, key: str) -> str:
        """The cell of a clean row as it stands; empty also where there is no such column or the row is
        not clean, so that the long way decides."""
        if not self._clean:
            return ""
        index = self._index.get(key)
        texts = self._row.texts
        return texts[index] if index is not None and index < len(texts) else ""

    def _remember(self, known: Known[T], key: str, found: T) -> T:
        """Keep what a clean cell means for the next cell of the column with the same text."""
        if self._clean and len(known[key]) < _KEPT:
            known[key][self._plain(key)] = found
        return found

    @property
    def index(self) -> Mapping[str, int]:
        """Where the columns stand: key → position from 0."""
        return self._index

    def has(self, key: str) -> bool:
        """Whether the sheet has this column."""
        return key in self._index

    def fault(self, kind: Kind, key: str, value: str, **extra: str) -> None:
        """Note a fault of the current row."""
        self.faults.append(self._note(kind, key, value, extra))

    def warn(self, kind: Kind, key: str, value: str, **extra: str) -> None:
        """Note a warning of the current row."""
        self.warnings.append(self._note(kind, key, value, extra))

    def _note(self, kind: Kind, key: str, value: str, extra: Mapping[str, str]) -> Fault:
        shown = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _SPACE.sub(" ", value).strip())
        shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
        if key in PERSONAL:
            shown = codes.mask(shown)
        shown = PERSON.sub(lambda found: codes.mask(found[0]) if _is_person(found[0]) else found[0], shown)
        return Fault(kind, self.row.number, self._header.places.get(key, ""), shown, extra)

    def _content(self, key: str, required: bool) -> str | None:
        """The text of a cell with its line breaks, after the checks that hold for every cell."""
        index = self._index.get(key)
        if index is None:
            return ""
        row = self.row
        text = row.texts[index] if index < len(row.texts) else ""
        kind = row.kinds.get(index) if row.kinds else None
        if kind is CellKind.FORMULA:
            self.fault(Kind.FORMULA, key, text)
            return None
        if kind is CellKind.ERROR:
            self.fault(Kind.ERROR_CELL, key, text)
            return None
        if kind is CellKind.BOOL:
            self.fault(Kind.NOT_TEXT, key, text)
            return None
        bad = _CONTROL.search(text)
        if bad:
            sign = f"U+{ord(bad[0]):04X}"
            self.fault(Kind.INVISIBLE, key, text, character=sign, position=str(bad.start() + 1))
            return None
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        text = text.strip()
        if required and not text:
            self.fault(Kind.REQUIRED, key, "")
            return None
        return text

    def _kind(self, key: str) -> CellKind | None:
        return self.row.kinds.get(self._index[key]) if key in self._index and self.row.kinds else None

    def text(self, key: str, required: bool = False, *, private: bool = False) -> str | None:
        """One line of text; white space becomes one space, a line break beside Chinese becomes nothing."""
        text: str | None = self._plain(key)
        if text and len(text) < SHORT:
            return text
        text = text or self._content(key, required)
        if not text:
            return text
        if not self._clean and not text.isalnum():
            text = _SPACE.sub(_joint, text)
        if not self._fits(key, text):
            return None
        return text if private else self._impersonal(key, text)

    def lines(self, key: str, required: bool = False, *, private: bool = False) -> list[str] | None:
        """Text of several lines, one string a line, blank ones left out."""
        text = self._content(key, required)
        if text is None:
            return None
        if not private and self._impersonal(key, text) is None:
            return None
        lines = [joined for line in text.splitlines() if (joined := " ".join(line.split()))]
        return lines if all(self._fits(key, line) for line in lines) else None

    def parts(self, key: str) -> list[str] | None:
        """The parts of a list in one cell, in order, each once."""
        known = self._parts.get(key, {}).get(self._plain(key))
        if known is not None:
            return list(known)
        text = self._content(key, False)
        if not text:
            return None if text is None else []
        if self._impersonal(key, text) is None:
            return None
        parts = values.listed(text)
        if not all(self._fits(key, part) for part in parts):
            return None
        self._remember(self._parts, key, parts)
        return list(parts)

    def _fits(self, key: str, text: str) -> bool:
        limit = self._limits[key]
        if len(text) <= limit:
            return True
        self.fault(Kind.TOO_LONG, key, text, length=str(len(text)), limit=str(limit))
        return False

    def _impersonal(self, key: str, text: str) -> str | None:
        if len(text) >= 18:
            found = PERSON.search(text)
            if found and _is_person(found[0]):
                self.fault(Kind.PERSON_IN_TEXT, key, codes.mask(found[0]))
                return None
        return text

    def code(self, key: str, required: bool = False) -> tuple[str, str] | None:
        """A code that must be stored as text: (normalised, as written); two empty strings when empty."""
        raw: str | None = self._plain(key)
        if raw and raw.isascii() and raw.isalnum() and not values.is_scientific(raw.upper()):
            return raw.upper(), raw
        raw = self._content(key, required)
        if raw is None:
            return None
        code = codes.normalise(raw)
        if code and (self._kind(key) in (CellKind.NUMBER, CellKind.DATE) or values.is_scientific(code)):
            self.fault(Kind.CODE_AS_NUMBER, key, raw)
            return None
        return code, raw

    def identifier(self, key: str, required: bool = False) -> str | None:
        """An id of design §5 in NFKC; letters keep their case."""
        raw = self._content(key, required)
        if not raw:
            return raw
        name = values.plain(raw)
        if not is_id(name):
            self.fault(Kind.NOT_AN_ID, key, raw)
            return None
        return self._impersonal(key, name)

    def identifiers(self, key: str) -> list[str] | None:
        """Several ids in one cell, sorted, each once."""
        text = self._content(key, False)
        if text is None:
            return None
        names = [values.plain(part) for part in values.listed(text)]
        for name in names:
            if not is_id(name):
                self.fault(Kind.NOT_AN_ID, key, name)
                return None
        return sorted(set(names))

    def word(
        self, key: str, words: Words, required: bool = False, *, kind: Kind = Kind.UNKNOWN_CHOICE
    ) -> str | None:
        """The code of a word of a closed set."""
        known = self._words.get(key, {}).get(self._plain(key))
        if known is not None:
            return known
        text = self._content(key, required)
        if not text:
            return text
        code = self._word(key, text, words, kind)
        return None if code is None else self._remember(self._words, key, code)

    def words(self, key: str, words: Words, required: bool = False) -> list[str] | None:
        """The codes of several words in one cell, sorted, each once."""
        text = self._content(key, required)
        if text is None:
            return None
        found = [self._word(key, part, words, Kind.UNKNOWN_CHOICE) for part in values.listed(text)]
        known = {code for code in found if code is not None}
        return sorted(known) if None not in found else None

    def _word(self, key: str, text: str, words: Words, kind: Kind) -> str | None:
        code = values.word(tuple(words.items()), text)
        if code is None:
            self.fault(kind, key, text, allowed=choices(words))
        return code

    def date(self, key: str, required: bool = False, *, past: bool = False) -> str | None:
        """YYYY-MM-DD; with `past`, not after today."""
        known = self._dates.get(key, {}).get(self._plain(key))
        if known is not None and not (past and known > self._today):
            return known
        text = self._content(key, required)
        if not text:
            return text
        found = values.parse_date(text)
        if found is None:
            serial = values.date_of_serial(text, self._from_1904)
            if serial:
                self.fault(Kind.DATE_AS_NUMBER, key, text, date=serial)
                return None
            if values.is_nothing(text) and not required:
                return ""
            self.fault(Kind.NOT_A_DATE, key, text)
            return None
        if past and found > self._today:
            self.fault(Kind.FUTURE_DATE, key, text)
            return None
        return self._remember(self._dates, key, found)

    def rate(self, key: str, required: bool = True) -> Rate | None:
        """A percentage above 0 and at most 100; where it may be empty, one that is false when it is."""
        text = self._content(key, required)
        if not text:
            return None if required or text is None else NO_RATE
        rate = values.parse_rate(text)
        if rate is None:
            self.fault(Kind.NOT_A_RATE, key, text)
            return None
        if not 0 < rate.p <= rate.q:
            self.fault(Kind.RATE_RANGE, key, text)
            return None
        return rate

    def title(self, key: str) -> str:
        """Where the column stands and what its header says, such as ``J 联合科（股）室``."""
        return self._header.places.get(key, "")

    def period(self, key: str, year: str = "") -> Period | None:
        """Months, of `year` where the cell names none; required."""
        text = self._content(key, True)
        if not text:
            return None
        period = values.parse_period(text, year)
        if period is None:
            self.fault(Kind.NOT_A_MONTH, key, text)
            return None
        if period.since > period.until:
            self.fault(Kind.PERIOD, key, period.until, first=period.since)
            return None
        return period


def is_clean(text: str) -> bool:
    """Whether text is in NFC on one line, without any white space or invisible character, and so are its
    parts."""
    return (
        text.isprintable()
        and " " not in text
        and "\ufffd" not in text
        and "\ufffc" not in text
        and (text.isascii() or unicodedata.is_normalized("NFC", text))
    )


def choices(words: Words) -> str:
    """The first word of each code, as a list for people."""
    first: dict[str, str] = {}
    for text, code in words.items():
        first.setdefault(code, text)
    return "、".join(first.values())


def _is_person(number: str) -> bool:
    return codes.looks_like_id_number(number.upper())


def _joint(found: re.Match[str]) -> str:
    if "\n" not in found[0] and "\r" not in found[0]:
        return " "
    before, after = found.string[found.start() - 1], found.string[found.end()]
    return " " if before.isascii() and after.isascii() else ""

"""The rows of 检查对象名录库 that need no second look, a column at a time.

Most rows of a large file are plain: clean texts, a good code, words and dates that were read before. What a
text of such a column means is asked once, of the reader that judges every other row; a record is then put
together of the canonical bytes of its fields, without becoming a map. Wherever there is anything to say about
a row (a fault, a warning, a cell to be rewritten) nothing is said here: it is read the long way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest

import msgpack

from ledger import codes
from ledger.importing import identity, values
from ledger.importing.reading import PERSON, SHORT, Fields, is_clean
from ledger.importing.registers import SUBJECTS
from ledger.importing.spill import BLANK
from ledger.importing.tables import Row
from verifier import codec
from verifier.codec import Value
from verifier.shape import Shape

Cell = Callable[[Fields], Value | None]
"""Reads one field from the current row; None after a fault, something empty where there is nothing."""
Cells = Mapping[str, tuple[str, Cell]]
"""Field of the record → key of its column, reader: of what few texts say."""
Found = tuple[str, bytes, bytes]
"""(id, record with a BLANK for each private field, private values) of a row, in canonical bytes."""
Parts = Sequence[bytes | None]
"""Of one field, key and value in each row: empty where there is none, None for a row to be read long."""
_LIMITS = {column.key: column.limit for column in SUBJECTS.columns}
_TEXTS = ("address", "name")
_PRIVATE = ("legal_representative", "telephone")
_KEPT = 4096
"""Texts of a column whose meaning is remembered."""
_pack = msgpack.Packer(use_bin_type=True, autoreset=True).pack
_KEYS: dict[str, bytes] = {key: _pack(key) for key in ("code", "kind", *_TEXTS, *_PRIVATE)}
_HEADERS = [bytes([0x80 | count]) for count in range(16)]
"""of a map of so many fields; a record has at most 15"""


class Quick:
    """Reads the rows of one file. `fields` are its columns, used by nobody else."""

    def __init__(self, fields: Fields, shape: Shape, cells: Cells) -> None:
        self._fields = fields
        self._shape = shape
        self._cells = cells
        self._known: dict[str, dict[str, bytes | None]] = {field: {} for field in cells}
        self._kinds: dict[tuple[str, str], bytes | None] = {}

    def read(self, rows: Sequence[Row]) -> list[Found | None]:
        """What each row says; None for one that must be read the long way."""
        texts = [row.texts for row in rows]
        if any(row.kinds for row in rows) or not is_clean("".join(map("".join, texts))):
            texts = [() if row.kinds or not is_clean("".join(row.texts)) else row.texts for row in rows]
        columns = dict(enumerate(zip_longest(*texts, fillvalue="")))
        nothing = ("",) * len(rows)

        def column(key: str) -> Sequence[str]:
            return columns.get(self._fields.index.get(key, -1), nothing)

        found = _good_codes(column("code"), column("registration"))
        parts: dict[str, Parts] = {
            "code": [_KEYS["code"] + _pack(code) if code else None for code in found],
            "kind": self._kinds_of(column("kind"), found),
        }
        for key in _TEXTS:
            parts[key] = _public(key, column(key))
        for field, (key, _) in self._cells.items():
            parts[field] = self._remembered(field, column(key))
        apart = {key: _hidden(key, column(key)) for key in _PRIVATE}
        for key, hidden in apart.items():
            parts[key] = [part and _KEYS[key] + BLANK for part in hidden]
        ordered = (parts[key] for key in sorted(parts))
        records = _maps(column for column in ordered if any(column) or None in column)
        return [
            None if record is None or name is None or private is None else (name, record, private)
            for name, record, private in zip(found, records, _maps(apart.values()), strict=True)
        ]

    def _remembered(self, field: str, column: Sequence[str]) -> Parts:
        known = self._known[field]
        texts = set(column)
        if not texts <= known.keys():
            if len(known) > _KEPT:
                known.clear()
            known.update({text: self._part(field, text) for text in texts - known.keys()})
        return [known[text] for text in column]

    def _part(self, field: str, text: str) -> bytes | None:
        """What the reader of all rows makes of one text, in a row that has nothing else."""
        key, read = self._cells[field]
        fields = self._fields
        place = fields.index.get(key)
        fields.row = Row(0, () if place is None else ("",) * place + (text,), {})
        value = read(fields)
        if value is None or fields.faults or fields.warnings or (value and self._shape.checks[field](value)):
            fields.faults.clear()
            fields.warnings.clear()
            return None
        return codec.encode(field) + codec.encode(value) if value else b""

    def _kinds_of(self, column: Sequence[str], found: Sequence[str | None]) -> Parts:
        known = self._kinds
        asked = [(text, code[:2] if code else "") for text, code in zip(column, found, strict=True)]
        fresh = set(asked) - known.keys()
        if fresh:
            if len(known) > _KEPT:
                known.clear()
                fresh = set(asked)
            known.update({one: _kind(*one) for one in fresh})
        return [known[one] for one in asked]


def _kind(text: str, begins: str) -> bytes | None:
    """The kind of a subject whose code begins so."""
    kind = values.subject_kind(text) if text and not values.is_nothing(text) else "other"
    if kind in identity.UNCODED:
        return None
    kind = values.kind_of_code(begins.ljust(18)) if kind == "other" else kind
    return _KEYS["kind"] + codec.encode(kind)


def _good_codes(column: Sequence[str], registrations: Sequence[str]) -> list[str | None]:
    """The codes about which there is nothing to say, in rows without a 注册号."""
    found = [code if _is_good(code) else None for code in column]
    if any(registrations):
        return [None if other else code for code, other in zip(found, registrations, strict=True)]
    return found


def _is_good(code: str) -> bool:
    return (
        codes.check_uscc(code) is None
        and not values.is_scientific(code)
        and not (code[:17].isdecimal() and codes.looks_like_id_number(code))
    )


def _public(key: str, column: Sequence[str]) -> Parts:
    """A text that must be there and names no ID number."""
    limit, begin = _LIMITS[key], _KEYS[key]
    longest = max(map(len, column))
    if longest > limit or (longest >= SHORT and PERSON.search("\n".join(column))):
        column = ["" if len(text) > limit or PERSON.search(text) else text for text in column]
    return [begin + _pack(text) if text else None for text in column]


def _hidden(key: str, column: Sequence[str]) -> Parts:
    """A text that may be empty and say whatever it likes."""
    limit, begin = _LIMITS[key], _KEYS[key]
    return [(begin + _pack(text) if len(text) <= limit else None) if text else b"" for text in column]


def _maps(columns: Iterable[Parts]) -> list[bytes | None]:
    """The map of each row, fields in the order of `columns`: no bytes without any, None where one is None."""
    given = list(columns)
    headers = [b"", *_HEADERS[1 : len(given) + 1]][::-1]
    if any(None in column for column in given):
        return [
            None if None in parts else headers[parts.count(b"")] + b"".join(filter(None, parts))
            for parts in zip(*given, strict=True)
        ]
    # `filter` would only drop what is empty.
    return [headers[parts.count(b"")] + b"".join(parts) for parts in zip(*given, strict=True)]

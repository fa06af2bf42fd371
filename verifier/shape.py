"""Shapes of values: small checks that compose, for the schemas of events.

Every map is closed: a key that a shape does not name is refused, so a `$` key (a private field,
design §3) can stand only where the shape says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from verifier.ids import is_id, is_time

Check = Callable[[object], str]
"""Returns "" for a value in form, otherwise what form was expected."""

_FORMS: dict[Check, str] = {}


def form(check: Check) -> str:
    """The form that a check asks for, in words, whole; for documentation."""
    words = _FORMS.get(check)
    if words is None:
        return check.form() if isinstance(check, Shape) else check(None)
    return words


def said(check: Check, words: str) -> Check:
    """The check, with its form in words."""
    _FORMS[check] = words
    return check


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def text(limit: int = 2000) -> Check:
    """A string of 1 to `limit` characters."""

    def check(value: object) -> str:
        return "" if type(value) is str and 0 < len(value) <= limit else f"text of 1–{limit} characters"

    return said(check, f"text of 1–{limit} characters")


def octets(size: int) -> Check:
    def check(value: object) -> str:
        return "" if type(value) is bytes and len(value) == size else f"{size} bytes"

    return said(check, f"{size} bytes")


def whole(low: int, high: int = 2**53 - 1) -> Check:
    def check(value: object) -> str:
        return "" if type(value) is int and low <= value <= high else f"integer {low}–{high}"

    return said(check, f"integer {low}–{high}")


def one_of(*words: str) -> Check:
    allowed = frozenset(words)

    def check(value: object) -> str:
        return "" if type(value) is str and value in allowed else "one of " + ", ".join(sorted(allowed))

    return said(check, "one of " + ", ".join(f"`{word}`" for word in words))


def matching(pattern: re.Pattern[str], words: str) -> Check:
    def check(value: object) -> str:
        return "" if type(value) is str and pattern.match(value) else words

    return said(check, words)


def many(item: Check, low: int = 0, high: int = 10_000) -> Check:
    def check(value: object) -> str:
        if type(value) is not list or not low <= len(value) <= high:
            return f"array of {low}–{high}"
        for position, element in enumerate(value):
            if fault := item(element):
                return f"[{position}]: {fault}"
        return ""

    return said(check, f"array of {low}–{high}: {form(item)}")


def each_once(item: Check, low: int = 0, high: int = 10_000) -> Check:
    """As `many`, of strings that differ."""
    shaped = many(item, low, high)

    def check(value: object) -> str:
        fault = shaped(value)
        return fault or ("" if len(set(value)) == len(value) else "each once")  # type: ignore[call-overload,arg-type]

    return said(check, f"array of {low}–{high}, each once: {form(item)}")


def fixed(*items: Check) -> Check:
    def check(value: object) -> str:
        if type(value) is not list or len(value) != len(items):
            return f"array of {len(items)}"
        for position, (item, element) in enumerate(zip(items, value, strict=True)):
            if fault := item(element):
                return f"[{position}]: {fault}"
        return ""

    return said(check, f"[{', '.join(map(form, items))}]")


class Shape:
    """A closed map: every key named, the optional ones marked with a trailing `?` in the declaration."""

    def __init__(self, **fields: Check) -> None:
        self.required = {k: c for k, c in fields.items() if not k.endswith("_opt")}
        self.optional = {k.removesuffix("_opt"): c for k, c in fields.items() if k.endswith("_opt")}
        self.checks = {**self.required, **self.optional}

    def form(self) -> str:
        """The keys with their forms in words, optional ones marked with `?`."""
        return "{" + "; ".join(f"{key}{mark}: {form(check)}" for key, mark, check in self.fields()) + "}"

    def fields(self) -> Iterator[tuple[str, str, Check]]:
        """(key, "?" when it may be left out, check) as declared."""
        for key, check in self.checks.items():
            yield key, "" if key in self.required else "?", check

    def __call__(self, value: object) -> str:
        if type(value) is not dict:
            return "map"
        checks = self.checks
        for key, element in value.items():
            check = checks.get(key)
            if check is None:
                return f"{key}: not a key of this map"
            if fault := check(element):
                return f"{key}: {fault}"
        if self.required.keys() <= value.keys():
            return ""
        return next(f"{key}: missing" for key in self.required if key not in value)

    def fits(self, values: Iterable[object]) -> bool:
        """Whether all of these are in form, looked at a field at a time: where many say the same, once."""
        alike: dict[tuple[object, ...], list[dict[str, object]]] = {}
        for value in values:
            if type(value) is not dict:
                return False
            alike.setdefault(tuple(value), []).append(value)
        for keys, maps in alike.items():
            if not self.required.keys() <= set(keys) <= self.checks.keys():
                return False
            for key, column in zip(keys, zip(*[one.values() for one in maps], strict=True), strict=True):
                # Texts alone: a set takes 1 and True for one value.
                distinct = set(column) if {*map(type, column)} == {str} else column
                if any(map(self.checks[str(key)], distinct)):
                    return False
        return True


def either(*shapes: Check) -> Check:
    def check(value: object) -> str:
        faults = [shape(value) for shape in shapes]
        return "" if "" in faults else "; or ".join(faults)

    return said(check, " or ".join(map(form, shapes)))


def keyed(keys: Check, values: Check, high: int = 100) -> Check:
    def check(value: object) -> str:
        if type(value) is not dict or len(value) > high:
            return f"map of at most {high}"
        for key, element in value.items():
            if fault := keys(key) or values(element):
                return f"{key}: {fault}"
        return ""

    return said(check, f"map of at most {high}: {form(keys)} → {form(values)}")


def ident(value: object) -> str:
    return "" if type(value) is str and is_id(value) else "id (design §5)"


def flag(value: object) -> str:
    return "" if type(value) is bool else "true or false"


def day(value: object) -> str:
    if type(value) is str and _DATE.match(value):
        try:
            date.fromisoformat(value)
        except ValueError:
            return "a date that exists"
        return ""
    return "date YYYY-MM-DD"


def moment(value: object) -> str:
    return "" if type(value) is str and is_time(value) else "time YYYY-MM-DDTHH:MM:SS+08:00"


def private(value: object) -> str:
    """A private field: a map of one key `$c` with 32 bytes (design §3)."""
    if type(value) is dict and len(value) == 1 and "$c" in value:
        return hash32(value["$c"])
    return 'private field {"$c": 32 bytes}'


def scalar(value: object) -> str:
    """A corrected value: one the corrected field could hold; its own schema is asked by the law."""
    return "" if isinstance(value, (str, int, bool, bytes, list, dict)) else "value"


hash32 = octets(32)
hex64 = matching(re.compile(r"[0-9a-f]{64}\Z"), "64 lower-case hex digits")
month = matching(re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])\Z"), "month YYYY-MM")
lines = many(text(), 1, 200)

"""What an event type is, and the shapes that several types share (specs/event-types.md)."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.draw import parse_public_form
from verifier.errors import Malformed
from verifier.merkle import EMPTY_ROOT
from verifier.shape import (
    Check,
    Shape,
    day,
    either,
    fixed,
    flag,
    hash32,
    ident,
    keyed,
    many,
    octets,
    one_of,
    text,
    whole,
)
from verifier.vocabulary import CHANNELS, FILTER_ATTRIBUTES


def public_form(value: object) -> str:
    """The form of a public value, as frozen."""
    try:
        parse_public_form(value if isinstance(value, str) else "")
    except Malformed:
        return "none, balls:<n>, dice:<n> or lottery:<name>:<issue>"
    return ""


rate = whole(0, 10**6)
_any_list = Shape(n=whole(0), root=hash32)


def list_hash(value: object) -> str:
    """{n, root}; a list without rows has one root."""
    fault = _any_list(value)
    empty = not fault and value["n"] == 0 and value["root"] != EMPTY_ROOT  # type: ignore[index]
    return "root: that of an empty list" if empty else fault


paper = Shape(names=many(text(100), 1, 50), scan=hash32)
statement = Shape(by=hash32, text=lambda v: "" if type(v) is bytes and v else "bytes", sig=octets(64))
seats = many(fixed(ident, either(ident, one_of("-")), whole(1, 20)), 1, 20)
seat_filter = keyed(one_of(*FILTER_ATTRIBUTES), many(text(100), 1, 100), 10)
stratum_rate = Shape(id=ident, filter=seat_filter, p=rate, q=whole(1, 10**6))
stratum_weight = Shape(id=ident, filter=seat_filter, w=whole(1, 10**6))
frozen_rate = Shape(id=ident, filter=seat_filter, n=whole(0), k=whole(0), p=rate, q=whole(1, 10**6))
frozen_weight = Shape(id=ident, filter=seat_filter, n=whole(0), k=whole(0), w=whole(1, 10**6))
receipt_fields: dict[str, Check] = {
    "channel": one_of(*CHANNELS),
    "date": day,
    "address_opt": text(500),
    "screenshot_opt": hash32,
}


@dataclass(frozen=True)
class EventType:
    """One type of event: its schema and who may stand behind it otherwise than by key."""

    shape: Shape
    zh: str
    by_statement: bool = False
    owner: str = ""
    """Template of the owner of its private fields, e.g. ``visit/{visit}``."""
    private: tuple[str, ...] = ()
    correctable: tuple[str, ...] = ()
    """Top-level keys that `corrected` may change; empty: neither corrected nor voided (design §9)."""


@dataclass(frozen=True)
class How:
    """How a type may be acted, owned and corrected, for `kind`."""

    statement: bool = False
    paper: bool = False
    owner: str = ""
    private: tuple[str, ...] = ()
    correctable: tuple[str, ...] = ()


BY_KEY = How()
STATED = How(statement=True)


def kind(zh: str, how: How = BY_KEY, /, **fields: Check) -> EventType:
    """A type with the keys of `fields` and those that its `how` brings."""
    if how.statement:
        fields["statement_opt"] = statement
    if how.paper:
        fields["paper_opt"] = paper
    return EventType(Shape(**fields), zh, how.statement, how.owner, how.private, how.correctable)


team_fields: dict[str, Check] = {
    "teams": one_of("each", "groups"),
    "groups_opt": whole(1, 1000),
    "seats": seats,
    "sealed": flag,
    "rounding": one_of("ceil", "total"),
    "p_opt": rate,
    "q_opt": whole(1, 10**6),
    "public": public_form,
}

"""The closed registry of event types: what `data` of each type holds (specs/event-types.md)."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.ids import is_id
from verifier.schemas import (
    checks,
    closing,
    corrections,
    draws,
    followups,
    ledger,
    notices,
    plans,
    platforms,
    registers,
    reports,
    reviews,
    visits,
)
from verifier.schemas.draws import EXECUTED_OPEN, RECEIVED
from verifier.schemas.kinds import EventType
from verifier.schemas.lists import LISTS
from verifier.schemas.plans import PLAN_ROW, SUPERIOR
from verifier.schemas.platforms import ASSIGNED, PLATFORM_ROW
from verifier.shape import Check, Shape

EVENTS: Mapping[str, EventType] = {
    **ledger.EVENTS,
    **registers.EVENTS,
    **plans.EVENTS,
    **draws.EVENTS,
    **visits.EVENTS,
    **checks.EVENTS,
    **notices.EVENTS,
    **reviews.EVENTS,
    **platforms.EVENTS,
    **followups.EVENTS,
    **reports.EVENTS,
    **closing.EVENTS,
    **corrections.EVENTS,
}


_OF_ONE = {
    "plan": PLAN_ROW,
    "amend": PLAN_ROW,
    "received": RECEIVED,
    "platform": PLATFORM_ROW,
    "assigned": ASSIGNED,
}
"""Registers `<kind>.<id>`: of one plan, draw or task."""


def register_shape(register: str) -> Shape | None:
    """The record schema of a register; None for a register this version does not know."""
    kind, dot, _ = register.partition(".")
    if dot:
        return _OF_ONE.get(kind)
    return SUPERIOR if register == "superior" else LISTS.get(register)


def fault(kind: str, data: object) -> str:
    """What is wrong with the data of an event of a known type; "" when it is in form."""
    return CHECKS[kind](data)


def _executed_fault(data: object) -> str:
    if type(data) is dict and "outcome" not in data:
        return EXECUTED_OPEN(data)
    return EVENTS["draw.executed"].shape(data)


def _is_row(row: object) -> bool:
    return type(row) is list and len(row) == 2 and type(row[0]) is str and is_id(row[0])


def _chunk_fault(data: object) -> str:
    if found := EVENTS["import.chunk"].shape(data):
        return found
    shape = register_shape(data["register"])  # type: ignore[index]
    if shape is None:
        return (
            f"register: not one of {', '.join(LISTS)}, superior, plan.<plan>, amend.<plan>, "
            "received.<draw>, platform.<draw>, assigned.<task>"
        )
    rows = data["rows"]  # type: ignore[index]
    if all(map(_is_row, rows)) and shape.fits([record for _, record in rows]):
        return ""
    for position, row in enumerate(rows):
        if not _is_row(row):
            return f"rows[{position}]: [id, record]"
        if found := shape(row[1]):
            return f"rows[{position}].{found}"
    return ""


CHECKS: Mapping[str, Check] = {
    **{kind: event.shape for kind, event in EVENTS.items()},
    "draw.executed": _executed_fault,
    "import.chunk": _chunk_fault,
}
"""What is wrong with the data of each type; "" when it is in form."""

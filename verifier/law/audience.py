"""Who saw a draw: those invited to watch it without a key (R012), and who was given a list that is sealed."""

from __future__ import annotations

from verifier import facts as f
from verifier.law.case import Case, act, effect
from verifier.law.visits import DONE
from verifier.vocabulary import Role


def _of(case: Case) -> f.Draw:
    draw = case.must("draw.order", f.DRAWS, case.data["draw"], "draw")
    case.require("draw.order", draw.m == case.data["m"], f"M of this draw: {draw.m}", case.data["m"])
    return draw


@act("draw.attended", [Role.CLERK, Role.SUPERVISOR, Role.OBSERVER])
def draw_attended(case: Case) -> None:
    """Observers may be noted while the draw is open or afterwards; it takes nothing from them."""
    _of(case)


@effect("draw.attended")
def attend(case: Case) -> None:
    key = f"{case.data['draw']}/{case.seq:012}"
    case.facts.put(f.ATTENDANCES, key, f.Attendance(tuple(case.data["people"]), case.seq))
    case.facts.put(f.CORRECTABLE, case.leaf.hex(), f.Ref("draw.attended", key))


@act("draw.printed", [Role.CLERK, Role.SUPERVISOR])
def draw_printed(case: Case) -> None:
    draw = _of(case)
    case.demand("draw.order", draw.state in DONE, "a completed draw", draw.state)


@effect("draw.printed")
def print_list(case: Case) -> None:
    d = case.data
    row = f.Printing(d["copies"], d["purpose"], case.holder, case.time)
    case.facts.put(f.PRINTINGS, f"{d['draw']}/{case.seq:012}", row)

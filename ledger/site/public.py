"""The facts as a public reader knows them: of a sealed draw nothing that it gave (design §5).

The office's own facts hold the openings of its sealed draws. Pages are made from this view alone, so that no
page can tell what was drawn before the draw is unsealed; a table that is not named here cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from verifier import facts as f
from verifier.facts import Facts, T, Table

_OPEN = frozenset(
    table.name
    for table in (
        *(f.LEDGER, f.KEYS, f.HOLDERS, f.POLICIES, f.CALENDARS, f.PLANS, f.FILINGS, f.AMENDMENTS, f.TASKS),
        *(f.EDITS, f.RECEIPTS, f.LINKS, f.FROZEN, f.DRAW_FILINGS, f.ATTENDANCES, f.VISITS, f.VISIT_OF),
        *(f.CHECKS, f.FOLLOWUPS, f.CLOSINGS, f.BULLETINS, f.ACTIVITIES, f.COSIGNERS, f.PAST_HEADS),
    )
)
_REGISTERS = ("register/items", "register/subjects", "register/officers", "register/plan.")
_OF_DRAWS = frozenset({f.TEAMS.name, f.EXTENSIONS.name})
"""Tables by `<draw>/<subject>` whose rows a sealed draw hides."""


class PublicFacts(Facts):
    """What a reader without openings knows of `held`; to read only."""

    def __init__(self, held: Facts) -> None:
        self._held = held

    def get(self, table: Table[T], key: str) -> T | None:
        _require_public(table)
        row = self._held.get(table, key)
        return None if row is None else self._shown(table, key, row)

    def rows(self, table: Table[T], prefix: str = "") -> Iterator[tuple[str, T]]:
        _require_public(table)
        for key, row in self._held.rows(table, prefix):
            shown = self._shown(table, key, row)
            if shown is not None:
                yield key, shown

    def put(self, table: Table[T], key: str, row: T) -> None:
        raise TypeError("public facts are read only")

    def delete(self, table: Table[T], key: str) -> None:
        raise TypeError("public facts are read only")

    def _shown(self, table: Table[T], key: str, row: T) -> T | None:
        shown: Any = row
        if isinstance(row, f.Draw):
            shown = _masked(row) if row.veiled else row
        elif table.name in _OF_DRAWS and self._veiled(key.partition("/")[0]):
            return None
        elif isinstance(row, f.Team):
            shown = self._team(row)
        return shown  # type: ignore[no-any-return]

    def _veiled(self, name: str) -> bool:
        draw = self._held.get(f.DRAWS, name)
        return draw is not None and draw.veiled

    def _team(self, team: f.Team) -> f.Team:
        """Without the officers of a 补抽 that is still sealed, which is then only known to be under way."""
        sealed = {row[1] for row in team.filled if self._veiled(row[1])}
        if not sealed:
            return team
        filled = tuple(row for row in team.filled if row[1] not in sealed)
        return replace(team, filled=filled, filling=min(sealed))


def _require_public(table: Table[T]) -> None:
    name = table.name
    if not (name in _OPEN or name in _OF_DRAWS or name == f.DRAWS.name or name.startswith(_REGISTERS)):
        raise LookupError(f"{name} is no table for the public")


def _masked(draw: f.Draw) -> f.Draw:
    """A sealed draw: who committed and revealed, and that it was executed; not a bit of what came of it."""
    return replace(
        draw,
        reveals=dict.fromkeys(draw.reveals, b""),
        outcome={},
        sealed_outcome=b"",
        hidden={},
        late=(),
        replacements=0,
    )

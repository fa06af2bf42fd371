"""List roots (design §3): one function for every list that an entry names as `{n, root}`.

A row is an array. The root is that of RFC 6962 over the leaves
SHA-256(0x00 ‖ canonical msgpack of the row). Rows ascend strictly, field by field: strings and bin by
their bytes, integers by value, arrays element by element and a shorter one before what it begins. Maps
have no order, so rows must differ before one; nor have values of different kinds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import lt
from typing import Any, Final

from verifier.codec import Value, encode_rows
from verifier.errors import N_, Malformed
from verifier.merkle import EMPTY_ROOT, Frontier, leaf_hash

Row = Sequence[Value]

ROWS: Final[dict[str, str]] = {
    "pool": "[stratum, subject]",
    "officers": "[officer, department, [qualification, …]]",
    "conflicts": "[officer, subject]",
    "exclusions": "[subject, reason]",
    "absences": "[officer, reason]",
    "results": "[stratum, rank, subject]",
    "teams": "[subject, seat, officer]",
    "import": "[id, record]",
    "removed": "[id]",
}
"""The shape of the rows of each list."""


@dataclass(frozen=True, slots=True)
class ListHash:
    """A list as an entry names it: how many rows, and the 32-byte root over them."""

    n: int
    root: bytes

    def value(self) -> dict[str, Value]:
        """`{n, root}` as it stands in an entry."""
        return {"n": self.n, "root": self.root}


_BLOCK: Final = 1024
"""Rows looked at together."""
EMPTY: Final = ListHash(0, EMPTY_ROOT)


def list_hash(rows: Iterable[Row]) -> ListHash:
    """The hash of `rows`, read once; memory grows with the logarithm of their number.

    Raises `Malformed` E-LIST-ORDER for rows that are not strictly ascending (a repeated row included),
    E-LIST-KIND for fields that cannot be compared, E-CODEC-… for a row without canonical form.
    """
    frontier = Frontier()
    previous: tuple[Any, ...] = ()
    fields = map(tuple, rows)
    while block := list(islice(fields, _BLOCK)):
        if not _ascends(previous, block):
            _require_ascending(previous, block, frontier.size)
        frontier.extend(map(leaf_hash, encode_rows(block)))
        previous = block[-1]
    return ListHash(frontier.size, frontier.root())


def _ascends(previous: tuple[Any, ...], block: list[tuple[Any, ...]]) -> bool:
    """Whether all rows of the block can be compared, and each comes after the one before it."""
    try:
        return previous < block[0] and all(map(lt, block, islice(block, 1, None)))
    except TypeError:
        return False


def _require_ascending(previous: tuple[Any, ...], block: list[tuple[Any, ...]], before: int) -> None:
    """The same, row by row, to say which does not. Raises as `list_hash`."""
    for number, fields in enumerate(block, start=before + 1):
        try:
            # Strings compare by code point, which is the order of their UTF-8 bytes.
            ascends = previous < fields
        except TypeError as error:
            raise Malformed(
                "E-LIST-KIND",
                N_("Row {row} of a list cannot be compared with the row before it."),
                row=number,
            ) from error
        if not ascends:
            raise Malformed(
                "E-LIST-ORDER", N_("Row {row} of a list does not come after the row before it."), row=number
            )
        previous = fields


def import_hash(rows: Sequence[Sequence[Any]], leaves: Iterable[bytes]) -> ListHash:
    """As `list_hash` of the rows [id, record] of an import whose leaf hashes are known already.

    Raises as `list_hash`, which says what is wrong with the order.
    """
    names = [row[0] for row in rows]
    if not all(map(lt, names, names[1:])):
        return list_hash(rows)
    frontier = Frontier()
    frontier.extend(leaves)
    return ListHash(frontier.size, frontier.root())


def from_value(value: Value) -> ListHash:
    """The `{n, root}` of an entry; `Malformed` E-LIST-HASH when it is not one."""
    match value:
        case {"n": int() as n, "root": bytes() as root, **rest} if (
            not rest and type(n) is int and n >= 0 and len(root) == 32 and (n > 0 or root == EMPTY_ROOT)
        ):
            return ListHash(n, root)
    raise Malformed("E-LIST-HASH", N_("A list is not named by its number of rows and a root of 32 bytes."))

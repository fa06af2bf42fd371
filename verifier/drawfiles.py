"""The bytes of a draw's folder in a bundle: seed.txt, tickets.csv, teams.csv (design §6, contract).

The bundle writer writes them and the verifier compares a folder with them, line by line, so both use these
functions. A CSV file is UTF-8 with a byte order mark, LF at the end of every line, every field quoted, a
quote inside a field doubled; a name that a spreadsheet would take for a formula is led by an apostrophe.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from verifier.draw import order, seed_text, ticket_member, ticket_officer
from verifier.teams import Mode, Seat, TeamRow, seat_class

BOM = b"\xef\xbb\xbf"
TICKETS_HEADER = ("stratum", "rank", "subject", "name", "ticket", "drawn")
TEAMS_HEADER = ("subject", "department", "seat", "officer", "ticket", "status")
ASSIGNED, RECUSED, SUBSTITUTE = "assigned", "recused", "substitute"

_FORMULA = ("=", "+", "-", "@", "\t")


def guarded(name: str) -> str:
    """A name as it stands in a CSV file: led by `'` where a spreadsheet would see a formula."""
    return "'" + name if name.startswith(_FORMULA) else name


def csv_line(fields: Iterable[str]) -> bytes:
    """One line with its LF, every field quoted."""
    return (",".join('"' + field.replace('"', '""') + '"' for field in fields) + "\n").encode()


def seed_txt(draw: str, m: str, reveals: Mapping[str, str], line: str) -> bytes:
    """seed.txt: the seed text without a final LF, so that ``sha256sum seed.txt`` is the seed."""
    return seed_text(draw, m, reveals, line).encode("ascii")


def tickets_csv(
    seed: str, strata: Iterable[tuple[str, int, Iterable[str]]], names: Mapping[str, str]
) -> Iterator[bytes]:
    """tickets.csv, line by line: every pool member with its ticket, by stratum id, then rank.

    `strata` are (id, k, subjects) in any order; `names` maps a subject to its name as of the freeze, empty
    where the register has none. One stratum is in memory at a time.
    """
    yield BOM + csv_line(TICKETS_HEADER)
    for stratum, k, subjects in sorted(strata, key=lambda row: row[0]):
        for rank, (ticket, subject) in enumerate(order(seed, subjects), 1):
            name = guarded(names.get(subject, ""))
            yield csv_line((stratum, str(rank), subject, name, ticket, "1" if rank <= k else "0"))


def teams_csv(
    seed: str,
    mode: Mode,
    seats: Sequence[Seat],
    drawn: Iterable[str],
    rows: Iterable[TeamRow],
    substitutes: Iterable[TeamRow] = (),
    filled: Collection[tuple[str, int]] = (),
) -> Iterator[bytes]:
    """teams.csv, line by line: subjects in the order drawn, then seats, a substitute after the one replaced.

    `rows` are those of the teams list as drawn, `substitutes` (subject, seat, officer) the replacements that
    took effect up to the head; the officer drawn for such a seat is `recused`. In a seat that a 补抽 filled,
    (subject, seat) in `filled`, 0 being all of them, everybody is `recused`: who goes stands in the folder of
    the 补抽. The ticket is t(s, o) in the mode `each`, m(o) in `groups`.
    """
    teams: dict[str, list[tuple[int, str]]] = {}
    for subject, seat, officer in rows:
        teams.setdefault(subject, []).append((seat, officer))
    instead = {(subject, seat): officer for subject, seat, officer in substitutes}
    filled_seats = frozenset(filled)

    def line(subject: str, seat: int, officer: str, status: str) -> bytes:
        department = seats[seat_class(seats, seat)].department
        ticket = ticket_officer(seed, subject, officer) if mode == "each" else ticket_member(seed, officer)
        return csv_line((subject, department, str(seat), officer, ticket, status))

    yield BOM + csv_line(TEAMS_HEADER)
    for subject in drawn:
        for seat, officer in sorted(teams.get(subject, ())):
            substitute = instead.get((subject, seat))
            left = not filled_seats.isdisjoint({(subject, 0), (subject, seat)})
            yield line(subject, seat, officer, RECUSED if left or substitute is not None else ASSIGNED)
            if substitute is not None:
                yield line(subject, seat, substitute, RECUSED if left else SUBSTITUTE)

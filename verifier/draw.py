"""The draw: commitments, seed, tickets, sample sizes and the order they give (design §5, contract).

Everything here is a pure function of strings and integers. One hash makes every number:

    H(l1, …, ln) = lower-case hex SHA-256 of the lines joined by one LF, no final LF

so each of them can be repeated with ``printf '%s\\n…%s' … | sha256sum``. Tickets are compared as 256-bit
numbers, which is the order of their bytes and of their lower-case hex; ids break ties by their bytes.
Teams of officers are in `verifier.teams`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from heapq import nsmallest
from math import isqrt
from typing import Literal

from verifier.errors import N_, Malformed
from verifier.ids import is_id, is_line

Select = Callable[[str, Sequence[str], int], list[tuple[str, str]]]
"""(seed, subjects, k) → the first k in (ticket, id) order, as `select` gives them."""

TICKET = "liuhen/ticket/1"
LIMIT = 10**6  # of q and of w, design §5

_SPACE = 2**256
_HEX64 = re.compile(r"[0-9a-f]{64}")
_THROWN = re.compile(r"(balls|dice):([1-9][0-9]?)")
_NUMBERS = re.compile(r"[0-9]{1,8}(?:\.[0-9]{1,8}){0,31}")
_FEWEST_DIGITS, _MOST_DIGITS = 6, 64


def H(*lines: str) -> str:  # noqa: N802 - the letter of design §5
    """SHA-256 of the lines joined by LF, 64 lower-case hex characters.

    Raises `Malformed` (``E-DRAW-LINE``) for a line that is not 1–200 bytes of 0x21–0x7E.
    """
    for line in lines:
        if not is_line(line):
            raise Malformed(
                "E-DRAW-LINE",
                N_("A line of the draw must be 1 to 200 printable ASCII characters without space: {line}"),
                line=ascii(line[:80]),
            )
    return sha256("\n".join(lines).encode("ascii")).hexdigest()


def _hex64(text: str, name: str) -> str:
    if not _HEX64.fullmatch(text):
        raise Malformed(
            "E-DRAW-HEX",
            N_("{name} must be 64 lower-case hexadecimal characters, not {text}"),
            name=name,
            text=ascii(text[:80]),
        )
    return text


def commit_value(draw: str, m: str, party: str, r: str) -> str:
    """c of one party: hex. `m` is M, `party` the key id, `r` the secret, 64 lower-case hex each."""
    return H("liuhen/commit/1", draw, _hex64(m, "M"), _hex64(party, "party"), _hex64(r, "r"))


@dataclass(frozen=True)
class PublicForm:
    """The public source as frozen: `none`, `balls:<n>`, `dice:<n>` or `lottery:<name>:<issue>`."""

    kind: Literal["none", "balls", "dice", "lottery"]
    digits: int = 0
    lottery: str = ""
    issue: str = ""

    def __str__(self) -> str:
        if self.kind == "none":
            return "none"
        if self.kind == "lottery":
            return f"lottery:{self.lottery}:{self.issue}"
        return f"{self.kind}:{self.digits}"


def parse_public_form(text: str) -> PublicForm:
    """Read the frozen form; name and issue of a lottery are ids. Raises `Malformed` (``E-DRAW-PUBLIC``)."""
    if text == "none":
        return PublicForm("none")
    if match := _THROWN.fullmatch(text):
        kind, digits = match[1], int(match[2])
        if _FEWEST_DIGITS <= digits <= _MOST_DIGITS:
            return PublicForm("balls" if kind == "balls" else "dice", digits=digits)
    kind, *names = text.split(":")
    if kind == "lottery" and len(names) == 2 and all(map(is_id, names)):
        return PublicForm("lottery", lottery=names[0], issue=names[1])
    raise Malformed(
        "E-DRAW-PUBLIC",
        N_("The public source {text} is none of: none, balls:<6-64>, dice:<6-64>, lottery:<name>:<issue>"),
        text=ascii(text[:80]),
    )


def public_line(form: PublicForm, value: str) -> str:
    """The public line of the seed text for `value` as thrown, drawn or published.

    Balls and dice: exactly the frozen count of decimal digits. Lottery: 1–32 numbers of 1–8 digits joined
    by `.`, leading zeros kept as published. None: the empty string. Raises `Malformed` (``E-DRAW-VALUE``).
    """
    if form.kind == "none":
        fits, line = value == "", "none"
    elif form.kind == "lottery":
        line = f"{form}:{value}"
        fits = _NUMBERS.fullmatch(value) is not None and is_line(line)
    else:
        fits = len(value) == form.digits and value.isascii() and value.isdigit()
        line = f"{form.kind}:{value}"
    if not fits:
        raise Malformed(
            "E-DRAW-VALUE",
            N_("The public value {value} does not have the form announced before: {form}"),
            remedy=N_("Type the digits in the order drawn; numbers of a lottery are joined by a full stop."),
            value=ascii(value[:80]),
            form=str(form),
        )
    return line


def public_value(form: PublicForm, line: str) -> str:
    """The value inside a public line, the reverse of `public_line`. Raises `Malformed` (``E-DRAW-VALUE``)."""
    start = f"{form}:" if form.kind == "lottery" else f"{form.kind}:"
    value = "" if line == "none" else line.removeprefix(start)
    if public_line(form, value) != line:
        raise Malformed(
            "E-DRAW-VALUE",
            N_("The public value {value} does not have the form announced before: {form}"),
            value=ascii(line[:80]),
            form=str(form),
        )
    return value


def seed_text(draw: str, m: str, reveals: Mapping[str, str], line: str) -> str:
    """The text whose SHA-256 is the seed, the content of seed.txt (no final LF).

    `reveals` maps the key id of every party to its r, both hex; `line` comes from `public_line`.
    """
    parties = sorted(f"{_hex64(party, 'party')}:{_hex64(r, 'r')}" for party, r in reveals.items())
    lines = ("liuhen/seed/1", draw, _hex64(m, "M"), *parties, line)
    H(*lines)
    return "\n".join(lines)


def seed(draw: str, m: str, reveals: Mapping[str, str], line: str) -> str:
    """The seed S: hex SHA-256 of `seed_text`."""
    return sha256(seed_text(draw, m, reveals, line).encode("ascii")).hexdigest()


def ticket_subject(seed: str, subject: str) -> str:
    """t(s), the random number of an enterprise (随机号)."""
    return H(TICKET, seed, "subject", subject)


def ticket_officer(seed: str, subject: str, officer: str) -> str:
    """t(s, o), the random number of an officer for one enterprise (team mode `each`)."""
    return H(TICKET, seed, "officer", subject, officer)


def ticket_member(seed: str, officer: str) -> str:
    """m(o), the random number of an officer for the whole draw (team mode `groups`)."""
    return H(TICKET, seed, "member", officer)


def _check_rate(p: int, q: int) -> None:
    if not (1 <= q <= LIMIT and 0 <= p <= q):
        raise Malformed("E-DRAW-RATE", N_("A rate p/q needs 0 ≤ p ≤ q, 1 ≤ q ≤ 1000000: {p}/{q}"), p=p, q=q)


def size_ceil(n: int, p: int, q: int) -> int:
    """k of a stratum of n at the rate p/q, never below it (“不低于”): (p·n + q − 1) div q."""
    _check_rate(p, q)
    return (p * n + q - 1) // q


def sizes_total(p: int, q: int, strata: Sequence[tuple[str, int, int]]) -> tuple[int, dict[str, int]]:
    """One overall rate divided by class: (K, {stratum: k}) for strata of (id, N, w).

    K = `size_ceil` of all. A stratum whose share reaches its N is taken whole and leaves; the rest is
    divided in proportion to N·w, largest remainder first, then higher w, then id. 1 ≤ w ≤ 10^6.
    """
    for stratum, n, w in strata:
        if not (1 <= w <= LIMIT and n >= 0):
            raise Malformed(
                "E-DRAW-WEIGHT", N_("A stratum has a weight of 1 to 1000000, not {w}"), where=stratum, w=w
            )
    total = size_ceil(sum(n for _, n, _ in strata), p, q)
    sizes: dict[str, int] = {}
    left, rest = list(strata), total
    while True:
        weight = sum(n * w for _, n, w in left)
        full = [(stratum, n) for stratum, n, w in left if rest * w >= weight]
        if not full:
            break
        sizes.update(full)
        rest -= sum(n for _, n in full)
        left = [row for row in left if row[0] not in sizes]
    by_remainder = []
    for stratum, n, w in left:
        sizes[stratum], remainder = divmod(rest * n * w, weight)
        by_remainder.append((-remainder, -w, stratum))
    short = rest - sum(sizes[stratum] for stratum, _, _ in left)
    for _, _, stratum in sorted(by_remainder)[:short]:
        sizes[stratum] += 1
    return total, {stratum: sizes[stratum] for stratum, _, _ in strata}


def tickets(ids: Iterable[str], *lines: str) -> Iterator[tuple[bytes, str]]:
    """(ticket, id) for many ids: H of `lines` and the id as the last line, 32 bytes. Ids are not checked.

    Sorted, these pairs are in (ticket, id) order. The lines before the id are hashed once.
    """
    H(*lines)
    start = sha256(("\n".join(lines) + "\n").encode("ascii"))
    for last in ids:
        ticket = start.copy()
        ticket.update(last.encode("ascii"))
        yield ticket.digest(), last


def _subject_tickets(seed: str, subjects: Iterable[str]) -> Iterator[tuple[bytes, str]]:
    return tickets(subjects, TICKET, _hex64(seed, "seed"), "subject")


def ceiling(n: int, k: int) -> bytes:
    """A ticket up to which k of n lie but for one draw in far more than 10^12.

    Tickets are uniform, so about k + 8√k of them are at most (k + 8√k + 50)/n of the way up. To sort only
    these spares most of the pool; who finds fewer than k among them asks again without a ceiling.
    """
    return min(_SPACE - 1, (k + 8 * isqrt(k) + 50) * _SPACE // max(n, 1)).to_bytes(32, "big")


def select(seed: str, subjects: Iterable[str], k: int) -> list[tuple[str, str]]:
    """The first k of `subjects` (ids) in (ticket, id) order, as (ticket hex, id).

    Streams: memory is O(k), so a pool may be an iterator. The order of `subjects` does not matter, and the
    k smallest of a union are those of the k smallest of its parts.
    """
    if isinstance(subjects, Collection):
        most = ceiling(len(subjects), k)
        low = [pair for pair in _subject_tickets(seed, subjects) if pair[0] <= most]
        if len(low) >= k:
            low.sort()
            return [(ticket.hex(), s) for ticket, s in low[:k]]
    return [(ticket.hex(), s) for ticket, s in nsmallest(k, _subject_tickets(seed, subjects))]


def order(seed: str, subjects: Iterable[str]) -> list[tuple[str, str]]:
    """All of `subjects` in (ticket, id) order, as (ticket hex, id): rank = index + 1."""
    return [(ticket.hex(), s) for ticket, s in sorted(_subject_tickets(seed, subjects))]


@dataclass(frozen=True)
class StratumResult:
    """What a stratum gave: n in the pool, k drawn, `cut` = ticket of rank k (抽中界线), None when k = 0."""

    id: str
    n: int
    k: int
    cut: str | None


@dataclass(frozen=True)
class SubjectsDrawn:
    """Result of a draw of enterprises.

    `rows` are [stratum, rank from 1, subject], strictly ascending as the list root wants them; `strata` in
    the order given; `in_order` the drawn subjects of all strata by (ticket, id).
    """

    rows: tuple[tuple[str, int, str], ...]
    strata: tuple[StratumResult, ...]
    in_order: tuple[str, ...]


def draw_subjects(
    seed: str, strata: Iterable[tuple[str, int, Sequence[str]]], select: Select = select
) -> SubjectsDrawn:
    """Draw k of each stratum (id, k, subjects), by `select`. Strata are disjoint. Raises `Malformed` when
    k > N."""
    rows: list[tuple[str, int, str]] = []
    results: list[StratumResult] = []
    drawn: list[tuple[str, str]] = []
    for stratum, k, subjects in strata:
        if not 0 <= k <= len(subjects):
            raise Malformed(
                "E-DRAW-SIZE", N_("{k} cannot be drawn from {n}"), where=stratum, k=k, n=len(subjects)
            )
        chosen = select(seed, subjects, k)
        drawn += chosen
        rows += ((stratum, rank, s) for rank, (_, s) in enumerate(chosen, 1))
        results.append(StratumResult(stratum, len(subjects), k, chosen[-1][0] if k else None))
    return SubjectsDrawn(tuple(sorted(rows)), tuple(results), tuple(s for _, s in sorted(drawn)))

"""The steps of a draw as a clerk and the parties take them (design §5)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from ledger import collector
from ledger.book import Book, Deed, Written, seal_private
from ledger.commands.keys import key_of
from ledger.commands.plans import task_of
from ledger.engines import Engine
from ledger.keystore import Signer
from verifier import draw as lot
from verifier import facts as f
from verifier.codec import Value, encode
from verifier.errors import N_, Exit, LiuhenError
from verifier.law import joined
from verifier.law.draws import complete_commits, missing, seed_of
from verifier.law.fills import followers
from verifier.law.outcome import compute, outcome_of
from verifier.law.question import Question, ask, frozen_data
from verifier.private import Opening

UNSEALED_AT_ONCE = 40_000
"""Bytes of openings that one entry carries; an entry has at most 65,535."""


@dataclass(frozen=True)
class Stage:
    """How far a draw has come: who has yet to commit, whether the value is missing, who has yet to reveal."""

    to_commit: tuple[str, ...]
    needs_value: bool
    to_reveal: tuple[str, ...]
    done: bool


def draw_of(facts: f.Facts, name: str) -> f.Draw:
    """Raises E-DRAW-UNKNOWN."""
    held = facts.get(f.DRAWS, name)
    if held is None:
        raise LiuhenError(
            "E-DRAW-UNKNOWN",
            N_("There is no draw {draw}."),
            remedy=N_("See the draws: liuhen draw list; begin one: liuhen draw freeze"),
            exit=Exit.REFUSED,
            draw=name,
        )
    return held


def parties(draw: f.Draw) -> list[tuple[str, str]]:
    """(party, holder), the clerk who froze the draw first, then by id."""
    return sorted(draw.parties.items(), key=lambda pair: (pair[1] != draw.clerk, pair[1]))


def stage(draw: f.Draw) -> Stage:
    """What is left to do, by holder."""
    if draw.state != "frozen":
        return Stage((), False, (), True)
    return Stage(
        tuple(h for party, h in parties(draw) if party not in draw.commits),
        not draw.valued,
        tuple(h for party, h in parties(draw) if party not in draw.reveals),
        False,
    )


@collector.paused()
def freeze(
    book: Book, signer: Signer, draw: str, task: str, parties: Sequence[str], shown: Question | None = None
) -> Written:
    """封存名单: the whole question of an approved task, with the parties (holder ids) that must commit.

    Raises E-DRAW-CHANGED when the lists are no longer those of the question that was `shown`.
    """

    def decide(facts: f.Facts) -> Sequence[Deed]:
        data = task_of(facts, task).data
        keys = [key_of(facts, holder)[0] for holder in parties]
        question = ask(facts, task, data, book.clock()[:10])
        if shown is not None and shown.lists != question.lists:
            raise LiuhenError(
                "E-DRAW-CHANGED",
                N_("The lists changed while the question was on the screen; nothing was recorded."),
                remedy=N_("Give the same command again and read the new question."),
                exit=Exit.REFUSED,
            )
        return [Deed("draw.frozen", f"draw/{draw}", frozen_data(draw, task, data, keys, question))]

    return book.write(signer, decide)


def _step(facts: f.Facts, name: str) -> tuple[f.Draw, dict[str, Value]]:
    draw = draw_of(facts, name)
    return draw, {"draw": name, "m": draw.m}


def secret_name(draw: str, m: str) -> str:
    """Under which name a key file keeps r of a draw."""
    return f"r/{draw}/{m}"


def secret_of(signer: Signer, name: str, m: str) -> str:
    """r of this party: made once, kept in the key file before anything of it is written."""
    kept = signer.secret(secret_name(name, m))
    if kept is None:
        kept = secrets.token_hex(32)
        signer.keep_secret(secret_name(name, m), kept)
    return kept


def commit_data(signer: Signer, name: str, draw: f.Draw) -> dict[str, Value]:
    """The data of this party's `draw.committed`; M is taken from the frozen entry as the facts have it."""
    party = signer.key_id.hex()
    r = secret_of(signer, name, draw.m)
    return {"draw": name, "m": draw.m, "party": party, "c": lot.commit_value(name, draw.m, party, r)}


def commit(book: Book, signer: Signer, name: str) -> Written:
    """封存随机数: this party's commitment. Done before, it is not done again."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        draw = draw_of(facts, name)
        _require_party(signer, name, draw)
        if signer.key_id.hex() in draw.commits:
            return ()
        return [Deed("draw.committed", f"draw/{name}", commit_data(signer, name, draw))]

    return book.write(signer, decide)


def _require_party(signer: Signer, name: str, draw: f.Draw) -> None:
    """Raises E-DRAW-NOT-PARTY for a key that seals no random number in this draw."""
    if signer.key_id.hex() not in draw.parties:
        raise LiuhenError(
            "E-DRAW-NOT-PARTY",
            N_("{holder} is no party of draw {draw}; its parties are {parties}."),
            remedy=N_("See whose turn it is: liuhen draw show {draw}"),
            exit=Exit.REFUSED,
            holder=signer.info.holder,
            draw=name,
            parties=", ".join(sorted(draw.parties.values())),
        )


def public_value(book: Book, signer: Signer, name: str, value: str) -> Written:
    """登记公共随机数; takes effect when another supervisor or observer confirms."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        _, data = _step(facts, name)
        return [Deed("draw.public_value", f"draw/{name}", {**data, "value": value})]

    return book.write(signer, decide)


def kept_secret(signer: Signer, name: str, m: str) -> str:
    """r of this party as its key file keeps it. Raises E-DRAW-NO-SECRET."""
    r = signer.secret(secret_name(name, m))
    if r is None:
        raise LiuhenError(
            "E-DRAW-NO-SECRET",
            N_("This key file does not keep the random number sealed for draw {draw}."),
            where=str(signer.info.path),
            remedy=N_(
                "Use the key file that sealed it. If it is lost, abort the draw: liuhen draw abort {draw}"
            ),
            exit=Exit.KEY,
            draw=name,
        )
    return r


def reveal_data(
    origin: str, signer: Signer, name: str, draw: f.Draw
) -> tuple[dict[str, Value], tuple[Opening, ...]]:
    """The data of this party's `draw.revealed`, r private in a sealed draw. Raises E-DRAW-NO-SECRET."""
    r = kept_secret(signer, name, draw.m)
    data: dict[str, Value] = {"draw": name, "m": draw.m, "party": signer.key_id.hex(), "r": r}
    if not draw.question["sealed"]:
        return data, ()
    data["r"], opening = seal_private(origin, f"draw/{name}", "r", r)
    return data, (opening,)


def reveal(book: Book, signer: Signer, name: str) -> Written:
    """启封随机数: this party's r. Done before, it is not done again."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        draw = draw_of(facts, name)
        _require_party(signer, name, draw)
        if signer.key_id.hex() in draw.reveals:
            return ()
        if signer.key_id.hex() not in draw.commits:
            raise LiuhenError(
                "E-DRAW-NOT-SEALED",
                N_("{holder} has not sealed a random number in draw {draw}, so there is none to open."),
                remedy=N_("Seal it first: liuhen --as {holder} draw commit {draw}"),
                exit=Exit.REFUSED,
                holder=signer.info.holder,
                draw=name,
            )
        data, openings = reveal_data(book.origin, signer, name, draw)
        return [Deed("draw.revealed", f"draw/{name}", data, openings)]

    written = book.write(signer, decide)
    # What is public need not be kept; a key file that cannot be written now keeps it.
    with suppress(LiuhenError):
        signer.forget_secret(secret_name(name, draw_of(book.facts(), name).m))
    return written


@collector.paused()
def run(book: Book, signer: Signer, name: str, engine: Engine | None = None) -> Written:
    """摇号: compute seed, results and teams, the subjects by `engine` where one is given; the law then draws
    itself all the same. Raises E-DRAW-NOT-READY while a party is missing, E-ENGINE-FAILED."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        draw = draw_of(facts, name)
        if draw.state == "executed":
            return ()
        left = stage(draw)
        seed = None if left.to_reveal or left.needs_value else seed_of(name, _opened(book, name, draw))
        frozen = facts.get(f.FROZEN, name)
        if seed is None or frozen is None or not complete_commits(draw):
            raise _not_ready(name, left)
        if engine is None:
            outcome = outcome_of(facts, draw, frozen, seed).data(seed)
        else:
            outcome = compute(seed, draw.question, frozen, engine.select).data(seed)
        data: dict[str, Value] = {"draw": name, "m": draw.m, **outcome}
        openings: tuple[Opening, ...] = ()
        if draw.question["sealed"]:
            hidden, opening = seal_private(book.origin, f"draw/{name}", "outcome", outcome)
            data, openings = {"draw": name, "m": draw.m, "outcome": hidden}, (opening,)
        return [Deed("draw.executed", f"draw/{name}", data, openings)]

    return book.write(signer, decide)


def _not_ready(name: str, left: Stage) -> LiuhenError:
    """E-DRAW-NOT-READY: what is missing before a draw can be run."""
    what = N_("Draw {draw} cannot be run yet: {holders} have not opened their random number.")
    if left.to_commit:
        what = N_("Draw {draw} cannot be run yet: {holders} have not sealed a random number.")
    elif left.needs_value:
        what = N_("Draw {draw} cannot be run yet: the public value is missing.")
    return LiuhenError(
        "E-DRAW-NOT-READY",
        what,
        remedy=N_("Who does what next: liuhen draw show {draw}"),
        exit=Exit.REFUSED,
        draw=name,
        holders=", ".join(left.to_commit or left.to_reveal) or "-",
    )


def _opened(book: Book, name: str, draw: f.Draw) -> f.Draw:
    """The draw with the r that are sealed but kept here."""
    reveals = dict(draw.reveals)
    for party, r in reveals.items():
        if isinstance(r, bytes) and (held := book.open_private(r)):
            reveals[party] = held[1]
    return replace(draw, reveals=reveals)


def missing_party(draw: f.Draw, name: str, cause: str, party: str = "", actor: str = "") -> str:
    """The key id of the party for whose absence a draw is aborted, "" for a cause that names nobody.

    `party` (a holder id) says which; left out, it is the only one missing beside the holder `actor`.
    Raises E-DRAW-PRESENT where nobody, or not this one, is missing, E-DRAW-WHICH for several.
    """
    late = {draw.parties[key]: key for key in missing(draw, cause)}
    if cause not in ("party-missing", "party-uncommitted"):
        return ""
    if not late or (party and party not in late):
        raise LiuhenError(
            "E-DRAW-PRESENT",
            N_("{holder} is not missing in draw {draw}, so it is not aborted for this."),
            remedy=N_("See who has done what: liuhen draw show {draw}; or abort it for another cause."),
            exit=Exit.REFUSED,
            holder=party or ", ".join(draw.parties.values()) or "-",
            draw=name,
        )
    wanted = [party] if party else [h for h in late if h != actor] or list(late)
    if len(wanted) > 1:
        raise LiuhenError(
            "E-DRAW-WHICH",
            N_("Several parties are missing in draw {draw}: {holders}."),
            remedy=N_("Name the one that left: --party HOLDER"),
            exit=Exit.REFUSED,
            holders=", ".join(wanted),
            draw=name,
        )
    return late[wanted[0]]


def abort(book: Book, signer: Signer, name: str, cause: str, note: str = "", party: str = "") -> Written:
    """中止摇号, by an approver or a party; the other confirms. Raises as `missing_party`."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        draw, data = _step(facts, name)
        data["cause"] = cause
        if late := missing_party(draw, name, cause, party, signer.info.holder):
            data["party"] = late
        if note:
            data["note"] = note
        return [Deed("draw.aborted", f"draw/{name}", data)]

    return book.write(signer, decide)


def team_of(facts: f.Facts, name: str, subject: str) -> f.Team:
    """Raises E-DRAW-SUBJECT for one that was not drawn."""
    team = facts.get(f.TEAMS, f"{name}/{subject}")
    if team is None:
        raise LiuhenError(
            "E-DRAW-SUBJECT",
            N_("{subject} was not drawn in {draw}."),
            remedy=N_("See who was: liuhen draw show {draw}"),
            exit=Exit.REFUSED,
            subject=subject,
            draw=name,
        )
    return team


def seat_of(facts: f.Facts, name: str, subject: str, officer: str) -> tuple[str, int]:
    """The draw that gave an officer the seat in a visit, `name` or a 补抽 for it, and the seat there.
    Raises E-DRAW-SUBJECT, E-DRAW-SEAT."""
    team = team_of(facts, name, subject)
    found = joined.seat_of(facts, joined.origin(facts, name), subject, officer)
    if found is None:
        raise LiuhenError(
            "E-DRAW-SEAT",
            N_("{officer} has no seat in the team for {subject}: {members}."),
            remedy=N_("Name a member of that team; the teams: liuhen draw show {name}"),
            exit=Exit.REFUSED,
            officer=officer,
            subject=subject,
            members=", ".join(team.members()),
            name=name,
        )
    return found


def recuse(
    book: Book, signer: Signer, name: str, subject: str, officer: str, reason: str
) -> tuple[str, Written]:
    """回避或缺席: the officer's seat goes to the next by ticket, once an approver confirms.

    Gives the substitute's id. Raises E-DRAW-NO-SUBSTITUTE when nobody may follow (then a 补抽).
    """
    chosen: list[str] = []

    def decide(facts: f.Facts) -> Sequence[Deed]:
        place, seat = seat_of(facts, name, subject, officer)
        draw, data = _step(facts, place)
        frozen = facts.get(f.FROZEN, place)
        follow = followers(facts, place, draw, frozen, team_of(facts, place, subject), seat) if frozen else []
        if not follow:
            raise LiuhenError(
                "E-DRAW-NO-SUBSTITUTE",
                N_("Nobody may follow {officer}: one replacement a seat, two a visit."),
                remedy=N_(
                    "Draw the seat again (补抽): liuhen task fill {subject} {officer} --draw {draw} "
                    "--reason {reason}"
                ),
                exit=Exit.REFUSED,
                officer=officer,
                subject=subject,
                draw=name,
                reason=reason,
            )
        follows = follow[0]
        chosen.append(follows)
        change: Value = {
            "subject": subject,
            "seat": seat,
            "officer": officer,
            "reason": reason,
            "substitute": follows,
        }
        openings: tuple[Opening, ...] = ()
        if draw.veiled:
            change, opening = seal_private(book.origin, f"draw/{place}", "change", change)
            openings = (opening,)
        return [Deed("draw.replaced", f"draw/{place}", {**data, "change": change}, openings)]

    written = book.write(signer, decide)
    return chosen[-1], written


def unseal(book: Book, signer: Signer, name: str) -> Written:
    """Publish the openings of a sealed draw."""

    def decide(facts: f.Facts) -> Sequence[Deed]:
        _, data = _step(facts, name)
        rows: list[Value] = []
        wanted = set(_sealed_in(book, name))
        for opening in book.openings():
            if opening.commitment in wanted:
                rows.append([opening.commitment, opening.salt, opening.value])
        if not rows:
            raise LiuhenError(
                "draw.sealing",
                N_("Draw {draw} has nothing sealed that is kept here."),
                remedy=N_("See what it gave: liuhen draw show {draw}"),
                exit=Exit.REFUSED,
                draw=name,
            )
        parts = _entries_of(rows)
        return [Deed("draw.unsealed", f"draw/{name}", {**data, "openings": part}) for part in parts]

    return book.write(signer, decide)


def _entries_of(rows: Sequence[Value]) -> list[list[Value]]:
    """Openings in as many parts as the longest entry asks for."""
    parts: list[list[Value]] = []
    size = UNSEALED_AT_ONCE
    for row in rows:
        held = len(encode(row))
        if size + held > UNSEALED_AT_ONCE:
            parts.append([])
            size = 0
        parts[-1].append(row)
        size += held
    return parts


def _sealed_in(book: Book, name: str) -> list[bytes]:
    """Commitments in the stream of a draw."""
    found = []
    for read in book.entries():
        if read.body.stream == f"draw/{name}":
            for value in read.body.data.values():
                if isinstance(value, dict) and "$c" in value:
                    found.append(value["$c"])
    return found

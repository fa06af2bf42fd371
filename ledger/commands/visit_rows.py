"""What the sheet of results (检查结果录入表) is judged against: every drawn subject as the ledger has it."""

from __future__ import annotations

from ledger.book import Book
from ledger.commands import find, visits
from ledger.commands.draws import draw_of
from ledger.commands.plans import task_of
from ledger.importing.visits import Drawn, Lot, Member
from verifier import facts as f
from verifier.codec import Value
from verifier.facts import Data, Facts
from verifier.law.joined import begins, fills_of, last_day


def completed(facts: Facts) -> list[str]:
    """Draws whose subjects are visited: completed ones, without those that only fill seats (补抽)."""
    return [n for n, held in find.draws(facts) if held.state in find.DONE and fills_of(facts, n) is None]


def lot_of(book: Book, facts: Facts, now: str) -> Lot:
    """Every drawn subject of every completed draw, with what is recorded or waits for its confirmation."""
    draws = completed(facts)
    keys = frozenset(find.holders_with(facts, ["officer"]))
    waiting = {
        (act.data["draw"], act.data["subject"]): act
        for _leaf, act in find.waiting_for(facts, "visit.recorded")
    }
    drawn: dict[str, Drawn] = {}
    for draw in draws:
        names = find.names_at_freeze(facts, draw)
        items = tuple(task_of(facts, draw_of(facts, draw).task).data["items"])
        for team in find.teams_by_rank(facts, draw):
            held = facts.get(f.VISIT_OF, f"{draw}/{team.subject}")
            seq, data = -1, {}
            if held is not None:
                visit = visits.visit_of(facts, held.key)
                seq, data = visit.seq, visit.data
            elif (draw, team.subject) in waiting:
                act = waiting[draw, team.subject]
                seq, data = act.seq, act.data
            now_called = find.subject_name(facts, team.subject)
            drawn[f"{draw}/{team.subject}"] = Drawn(
                tuple(dict.fromkeys(filter(None, (names.get(team.subject, ""), now_called)))),
                tuple(_member(facts, officer, keys) for officer in team.members()),
                items,
                begins(facts, draw, team.subject),
                last_day(facts, draw, team.subject),
                _waits(facts, team),
                seq,
                _recorded(book, data),
            )
    return Lot(book.entry(0).leaf_hex, tuple(draws), drawn, now)


def _member(facts: Facts, officer: str, keys: frozenset[str]) -> Member:
    row = facts.get(f.register("officers"), officer)
    return Member(officer, find.officer_name(facts, officer), row.record if row else {}, officer in keys)


def _waits(facts: Facts, team: f.Team) -> str:
    """Whom or what the team waits for, in Chinese; "" for one that may go."""
    members = team.members()
    left = [find.officer_name(facts, one) for one in team.must_replace if one in members]
    return f"{'、'.join(left)}须回避" if left else f"补抽 {team.filling} 未完成" if team.filling else ""


def _recorded(book: Book, data: Data) -> dict[str, Value]:
    """A recorded visit in the words of a row; private texts as far as they are kept here."""
    if not data:
        return {}
    told: dict[str, Value] = {
        "occurred": data["occurred"],
        "until": data.get("until", ""),
        "results": list(data["results"]),
        "items": [dict(one) for one in data["items"]],
        "signature": data["subject_signature"],
        "unsigned": data.get("unsigned_reason", ""),
    }
    for name in ("findings", "opinion", "witness"):
        opened = book.open_private(data[name]["$c"]) if name in data else (b"", "")
        if opened is not None:
            told[name] = opened[1]
    return told

"""The pages of one draw: the question as sealed, who gave what, the seed, who was drawn, what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.site import words
from ledger.site.folder import RECEIPTS
from ledger.site.pages import published_draws, state_of, title_of
from ledger.site.plan_page import holder
from ledger.site.receipt_files import SUFFIX, pool_files
from ledger.site.render import Page
from verifier import draw as lot
from verifier import facts as f
from verifier.calendar import Deadline
from verifier.facts import Data, Facts
from verifier.law.dues import Dues
from verifier.law.joined import last_day, visit_of
from verifier.law.question import seats_of

PER_PAGE = 200
"""Drawn subjects on one page."""


@dataclass(frozen=True)
class Party:
    """One who shares in the seed; `r` is "" until it is revealed and public."""

    key: str
    name: str
    unit: str
    roles: tuple[words.Pair, ...]
    c: str
    r: str
    revealed: bool


@dataclass(frozen=True)
class Stratum:
    name: str
    conditions: tuple[tuple[words.Pair, tuple[words.Pair | str, ...]], ...]
    rate: str
    n: int
    k: int
    cut: str


@dataclass(frozen=True)
class Member:
    """An officer of a team: `state` is assigned, recused or substitute, or filled by a 补抽."""

    name: str
    state: str


@dataclass(frozen=True)
class Drawn:
    """A drawn subject. `results` and `published` once published; `due` is the last day to publish, or
    `visit_by` the last day of the visit before it; `receipt` is the path of its file, "" for none."""

    number: int
    subject: str
    name: str
    stratum: str
    rank: int
    ticket: str
    team: tuple[Member, ...]
    results: tuple[words.Pair, ...] = ()
    published: str = ""
    visited: str = ""
    due: str = ""
    provisional: bool = False
    visit_by: str = ""
    corrected: bool = False
    receipt: str = ""


@dataclass(frozen=True)
class Change:
    """A counted replacement."""

    subject: str
    seat: int
    out: str
    reason: words.Pair
    substitute: str


def draw_pages(facts: Facts, name: str, *, receipts: bool = False) -> Iterator[Page]:
    """The page of a draw, and further ones where more were drawn than one page holds; with `receipts` the
    site has those of its pool. KeyError for none."""
    draw = facts.get(f.DRAWS, name)
    if draw is None:
        raise KeyError(name)
    files = pool_files(facts, name) if receipts else {}
    drawn = list(_drawn(facts, name, draw, files))
    pieces = [drawn[start : start + PER_PAGE] for start in range(0, len(drawn), PER_PAGE)] or [[]]
    pages = [
        f"draw/{name}/{'index' if number == 1 else f'drawn-{number}'}" for number in range(1, len(pieces) + 1)
    ]
    told = _question(facts, name, draw) | {
        "pages": pages,
        "all_drawn": len(drawn),
        "changes": list(_changes(facts, name)),
        "receipts": f"{RECEIPTS}{name}/{{code}}{SUFFIX}" if files else "",
        "published_results": sum(bool(one.published) for one in drawn),
    }
    for page, piece in zip(pages, pieces, strict=True):
        yield Page(page, "draw.html" if page == pages[0] else "drawn.html", told | {"drawn": piece})


def _question(facts: Facts, name: str, draw: f.Draw) -> dict[str, object]:
    task = facts.get(f.TASKS, draw.task)
    data: Data = task.data if task else {}
    policy = facts.get(f.POLICIES, draw.policy)
    question = draw.question
    fills = data.get("fills")
    elsewhere = data.get("elsewhere")
    return {
        "id": name,
        "draw": draw,
        "title": title_of(facts, draw),
        "state": words.STATES[state_of(draw)],
        "veiled": draw.veiled,
        "task": draw.task,
        "g": task.outcomes if task else 0,
        "window": tuple(data.get("window", ("", ""))),
        "responsible": data.get("responsible", ""),
        "exception": data.get("exception", ""),
        "fills": fills["draw"] if fills else "",
        "lead": elsewhere["lead"] if elsewhere else "",
        "scheme": data.get("scheme"),
        "policy": policy,
        "question": question,
        "items": [_item(facts, item) for item in question["items"]],
        "mode": words.MODES[question["teams"]],
        "rounding": words.ROUNDING[question["rounding"]],
        "seats": seats_of(question),
        "strata": list(_strata(draw)),
        "parties": list(_parties(facts, draw)),
        "cause": words.CAUSES.get(draw.cause, ("", "")),
        "missing": draw.parties.get(draw.missing, ""),
        "attended": [
            (words.AS_WHOM[person["capacity"]], person["org"])
            for _, row in facts.rows(f.ATTENDANCES, f"{name}/")
            for person in row.people
        ],
        "filed": [row for _, row in facts.rows(f.DRAW_FILINGS, f"{name}/")],
        "files": name in published_draws(facts),
        "results": [row for row in _visits(facts, name, draw) if row.published] if draw.veiled else [],
        "bulletins": [
            (words.WHERE.get(row.data["channel"], row.data["channel"]), row.data["date"])
            for _, row in facts.rows(f.BULLETINS, f"{name}/")
        ],
    }


def _item(facts: Facts, item: str) -> str:
    row = facts.get(f.register("items"), item)
    return "；".join(row.record["text"]) if row else item


def _strata(draw: f.Draw) -> Iterator[Stratum]:
    cuts = {row["id"]: row.get("cut", "") for row in draw.outcome.get("strata", ())}
    question = draw.question
    for row in question["strata"]:
        if "w" in row:
            rate = f"{question.get('p', '')}/{question.get('q', '')} × {row['w']}"
        else:
            rate = f"{row['p']}/{row['q']}"
        conditions = tuple(
            (
                words.ATTRIBUTES[attribute],
                tuple(words.VALUES.get(attribute, {}).get(value, value) for value in values),
            )
            for attribute, values in row["filter"].items()
        )
        yield Stratum(row["id"], conditions, rate, row["n"], row["k"], cuts.get(row["id"], ""))


def _parties(facts: Facts, draw: f.Draw) -> Iterator[Party]:
    for key, who in draw.parties.items():
        held = facts.get(f.KEYS, key)
        r = draw.reveals.get(key, "")
        yield Party(
            key,
            holder(facts, who),
            held.unit if held else "",
            tuple(words.ROLES[role] for role in held.roles) if held else (),
            draw.commits.get(key, ""),
            r if isinstance(r, str) else "",
            key in draw.reveals,
        )


def _drawn(facts: Facts, name: str, draw: f.Draw, files: Mapping[str, str]) -> Iterator[Drawn]:
    """The drawn subjects by stratum as frozen, then rank; none while the draw is sealed."""
    place = {row["id"]: index for index, row in enumerate(draw.question["strata"])}
    teams = [team for _, team in facts.rows(f.TEAMS, f"{name}/")]
    if not teams:
        return
    frozen = facts.get(f.FROZEN, name)
    names = {subject: text for _, subject, text in frozen.pool} if frozen else {}
    limits = _Limits(facts, draw)
    seed = draw.outcome.get("seed", "")
    ordered = sorted(teams, key=lambda team: (place.get(team.stratum, 0), team.rank))
    for number, team in enumerate(ordered, 1):
        subject = team.subject
        told = limits.of(name, subject)
        yield Drawn(
            number,
            subject,
            names.get(subject) or subject,
            team.stratum,
            team.rank,
            lot.ticket_subject(seed, subject) if seed else "",
            tuple(_team(facts, team)),
            receipt=files.get(subject, ""),
            **told,
        )


def _visits(facts: Facts, name: str, draw: f.Draw) -> Iterator[Drawn]:
    """The recorded visits of a draw that is still sealed: what their own entries say, in their order."""
    limits = _Limits(facts, draw)
    held = [visit for _, visit in facts.rows(f.VISITS) if visit.data["draw"] == name]
    for number, visit in enumerate(sorted(held, key=lambda visit: visit.seq), 1):
        subject = visit.data["subject"]
        row = facts.get(f.register("subjects"), subject)
        text = str(row.record["name"]) if row else subject
        yield Drawn(number, subject, text, "", 0, "", (), **limits.of_visit("", visit))


class _Limits:
    """What stands of the visits of a draw, and the last days of what does not."""

    def __init__(self, facts: Facts, draw: f.Draw) -> None:
        self._facts = facts
        self._draw = draw
        self._dues = Dues(facts, "", Counter())
        policy = facts.get(f.POLICIES, draw.policy)
        self._values: Data = policy.values if policy else {}
        self._shared: Deadline | None = None
        self._known = False

    def of(self, name: str, subject: str) -> dict[str, Any]:
        """Fields of `Drawn` for a drawn subject."""
        ref = visit_of(self._facts, name, subject)
        visit = self._facts.get(f.VISITS, ref.key) if ref else None
        if ref is None or visit is None:
            return {"visit_by": last_day(self._facts, name, subject)}
        return self.of_visit(ref.key, visit)

    def of_visit(self, key: str, visit: f.Visit) -> dict[str, Any]:
        """The same for a visit that is recorded."""
        told: dict[str, Any] = {"visited": visit.data["occurred"][:10], "corrected": visit.corrected}
        if visit.state == "published":
            results = tuple(words.RESULTS[code] for code in visit.data["results"])
            return told | {"results": results, "published": visit.published}
        limit = self._limit(key, visit)
        if limit is None:
            return told
        return told | {
            "due": (limit.latest or limit.earliest).isoformat(),
            "provisional": limit.provisional,
        }

    def _limit(self, key: str, visit: f.Visit) -> Deadline | None:
        if not self._values:
            return None
        if self._values["publish_from"] != "task":
            return self._dues.publication(key, visit, self._draw, self._values)
        if not self._known:  # one day for the whole task, and every team is read to find it
            self._shared = self._dues.publication(key, visit, self._draw, self._values)
            self._known = True
        return self._shared


def _team(facts: Facts, team: f.Team) -> Iterator[Member]:
    changes = {seat: substitute for seat, _, _, substitute in team.changes}
    filled: dict[int, list[str]] = {}
    for seat, _, officer in team.filled:
        filled.setdefault(seat, []).append(officer)
    for seat, officer in enumerate(team.seats, 1):
        gone = 0 in filled or seat in filled
        yield Member(_officer(facts, officer), "recused" if gone or seat in changes else "assigned")
        if seat in changes:
            yield Member(_officer(facts, changes[seat]), "recused" if gone else "substitute")
        yield from (Member(_officer(facts, one), "filled") for one in filled.get(seat, ()))
    yield from (Member(_officer(facts, one), "filled") for one in filled.get(0, ()))


def _changes(facts: Facts, name: str) -> Iterator[Change]:
    for _, team in facts.rows(f.TEAMS, f"{name}/"):
        for seat, out, reason, substitute in team.changes:
            yield Change(
                team.subject, seat, _officer(facts, out), words.REASONS[reason], _officer(facts, substitute)
            )


def _officer(facts: Facts, name: str) -> str:
    row = facts.get(f.register("officers"), name)
    return str(row.record["name"]) if row else name

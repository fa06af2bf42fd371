"""The trail of one subject, officer, person, draw, plan, task or unit: every entry that touched it (R156).

Entries name ids; what they say only by number (a pool, a team, an import) is looked up in the facts. Nothing
is judged here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ledger.audit.source import Source
from verifier import draw as lot
from verifier import facts as f
from verifier.codec import Value
from verifier.entry import Entry
from verifier.facts import Data, Facts
from verifier.law.identity import same
from verifier.law.question import matches
from verifier.openings import Seen, fields_of, seen

_MISSING: Data = {}


@dataclass(frozen=True)
class Touch:
    """One entry of a trail. `how` names what it did to the thing asked about, in words of `HOW`; `detail` are
    (field, before, after) of a record, or (name, "", value); `private` what this reader sees of its private
    fields. An import is one act: its entry is the one that closed it, `part` the number of the chunk that
    held the row (-1 of anything else)."""

    entry: Entry
    how: str
    detail: tuple[tuple[str, str, str], ...] = ()
    private: tuple[Seen, ...] = ()
    part: int = -1


HOW = {
    "added": ("列入名录", "added to the list"),
    "changed": ("名录变更", "changed in the list"),
    "removed": ("移出名录", "removed from the list"),
    "in_pool": ("在封存的待抽名单中", "in the frozen pool"),
    "excluded": ("封存时被剔除", "excluded at the freeze"),
    "not_in_pool": ("不在封存的待抽名单中", "not in the frozen pool"),
    "on_roster": ("在封存的检查人员名单中", "on the frozen roster"),
    "not_on_roster": ("不在封存的检查人员名单中", "not on the frozen roster"),
    "drawn": ("抽中", "drawn"),
    "not_drawn": ("未抽中", "not drawn"),
    "seated": ("抽派为检查人员", "seated in teams"),
    "named": ("涉及", "named"),
    "signed": ("办理", "acted"),
    "erased": ("依法删除其私密内容", "erased private content of it"),
    "answered": ("确认或更正", "confirmed, corrected or published"),
}
"""How an entry touched it: Chinese, English."""


def trail(source: Source, what: str) -> Iterator[Touch]:
    """Every entry that touched `what`, in order: an id of a subject (under any of its ids), officer, person,
    draw, plan, task, visit or unit; of a subject also the entries that name its visits only. Nothing where
    nobody is called so."""
    facts = source.facts()
    ids = same(facts, what) if facts.get(f.LINKS, what) or _known(facts, what) else frozenset({what})
    visits = _visits(facts, ids)
    keys = {key for key, row in facts.rows(f.KEYS) if row.holder in ids or row.unit in ids}
    records: dict[tuple[str, str], Data] = {}
    leaves: set[bytes] = set()
    sealed: set[bytes] = set()
    waiting: list[Touch] = []
    for entry in source.entries():
        if entry.body.type == "import.closed" and waiting:
            leaves.add(entry.leaf)
            yield from _closed(waiting, entry)
            waiting = []
            continue
        if entry.body.type != "import.chunk":
            yield from waiting  # never closed: without effect, and named by its own number
            waiting = []
        found = list(_touches(facts, entry, ids, keys, records, leaves))
        if visits and all(one.how == "signed" for one in found) and _of_visit(entry, visits):
            found = [Touch(entry, "named")]
        if entry.body.type == "private.erased" and sealed.intersection(_commitments(entry)):
            found = [Touch(entry, "erased")]
        if not found:
            continue
        leaves.add(entry.leaf)
        places = [place for place in fields_of(entry.body, facts) if _is_of(place[0], entry, ids)]
        sealed.update(commitment for _, _, commitment in places)
        private = tuple(seen(entry.body.origin, place, facts, source.open) for place in places)
        told = [replace(found[0], private=private), *found[1:]]
        if entry.body.type == "import.chunk":
            waiting += told
        else:
            yield from told
    yield from waiting


def _closed(waiting: Sequence[Touch], closed: Entry) -> Iterator[Touch]:
    """What the chunks of an import touched, as acts of the entry that closed it; signing them all is one."""
    signed = False
    for one in waiting:
        if one.how != "signed" or not signed:
            yield replace(one, entry=closed, part=one.entry.body.seq)
        signed = signed or one.how == "signed"


def _is_of(owner: str, entry: Entry, ids: frozenset[str]) -> bool:
    """Whether a private field belongs to what is asked about: of an import only its own."""
    return entry.body.type != "import.chunk" or owner.partition("/")[2] in ids


def _commitments(entry: Entry) -> list[bytes]:
    held = entry.body.data.get("commitments")
    return [one for one in held if isinstance(one, bytes)] if isinstance(held, list | tuple) else []


def _visits(facts: Facts, ids: frozenset[str]) -> frozenset[str]:
    """The visits to the subjects, and their checks outside plan and draw, by id."""
    found = {visit for visit, row in facts.rows(f.VISITS) if row.data.get("subject") in ids}
    found |= {check for check, row in facts.rows(f.CHECKS) if row.data.get("subject") in ids}
    return frozenset(found)


def _of_visit(entry: Entry, visits: frozenset[str]) -> bool:
    """Whether an entry is about one of the visits: follow-ups, reviews, results of departments."""
    kind, _, name = entry.body.stream.partition("/")
    return (kind == "visit" and name in visits) or entry.body.data.get("visit") in visits


def _known(facts: Facts, what: str) -> bool:
    return facts.get(f.register("subjects"), what) is not None


def _touches(
    facts: Facts,
    entry: Entry,
    ids: frozenset[str],
    keys: set[str],
    records: dict[tuple[str, str], Data],
    leaves: set[bytes],
) -> Iterator[Touch]:
    body = entry.body
    data: Data = dict(body.data)
    found = list(_content(facts, entry, ids, records))
    if found:
        yield from found
    elif data.get("of") in leaves:
        yield Touch(entry, "answered")
    elif body.actor.hex() in keys or _signed_by(data, keys):
        yield Touch(entry, "signed")


def _content(
    facts: Facts, entry: Entry, ids: frozenset[str], records: dict[tuple[str, str], Data]
) -> Iterator[Touch]:
    """What an entry says of the ids, by its own words or by the lists it stands for."""
    data: Data = dict(entry.body.data)
    kind = entry.body.type
    if kind == "import.chunk":
        yield from _imported(entry, data, ids, records)
    elif kind == "draw.frozen" and not ids & {data["draw"], data["task"]}:
        yield from _frozen(facts, entry, data, ids)
    elif kind == "draw.executed" and data["draw"] not in ids:
        yield from _executed(facts, entry, data, ids)
    elif _mentions(data, ids):
        yield Touch(entry, "named")


def _signed_by(data: Data, keys: set[str]) -> bool:
    held = data.get("statement")
    return isinstance(held, dict) and isinstance(held.get("by"), bytes) and held["by"].hex() in keys


def _mentions(value: Value, ids: frozenset[str]) -> bool:
    if isinstance(value, str):
        return value in ids
    if isinstance(value, Mapping):
        return any(_mentions(held, ids) for held in value.values())
    if isinstance(value, list | tuple):
        return any(_mentions(held, ids) for held in value)
    return False


def _imported(
    entry: Entry, data: Data, ids: frozenset[str], records: dict[tuple[str, str], Data]
) -> Iterator[Touch]:
    register = str(data["register"])
    for name, record in data["rows"]:
        if name in ids:
            before = records.get((register, name))
            records[register, name] = record
            yield Touch(entry, "changed" if before is not None else "added", differences(before, record))
        elif _mentions(record, ids):
            yield Touch(entry, "named", (("row", "", name),))
    for (name,) in data.get("removed", ()):
        if name in ids:
            before = records.pop((register, name), None)
            yield Touch(entry, "removed", differences(before, {}))


def differences(before: Data | None, after: Data) -> tuple[tuple[str, str, str], ...]:
    """The fields that differ; of a new record the few that say who it is."""
    if before is None:
        return tuple((key, "", _plain(after[key])) for key in ("name", "status", "risk") if key in after)
    keys = sorted(before.keys() | after.keys())
    return tuple(
        (key, _plain(before.get(key, "")), _plain(after.get(key, "")))
        for key in keys
        if before.get(key) != after.get(key)
    )


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "***"
    if isinstance(value, list | tuple):
        return "、".join(map(_plain, value))
    return str(value)


def _frozen(facts: Facts, entry: Entry, data: Data, ids: frozenset[str]) -> Iterator[Touch]:
    frozen = facts.get(f.FROZEN, data["draw"])
    if frozen is None:
        return
    strata = {subject: stratum for stratum, subject, _ in frozen.pool}
    excluded = {row[0]: row[1] for row in frozen.exclusions}
    officers = {row[0] for row in frozen.officers}
    known = {one for one in ids if _known(facts, one)}
    for one in sorted(ids):
        if one in strata:
            yield Touch(entry, "in_pool", (("stratum", "", strata[one]),))
        elif one in excluded:
            yield Touch(entry, "excluded", (("reason", "", excluded[one]),))
        elif one in known:
            yield Touch(entry, "not_in_pool")
        if one in officers:
            yield Touch(entry, "on_roster")
        elif facts.get(f.register("officers"), one) is not None:
            yield Touch(entry, "not_on_roster")


def _executed(facts: Facts, entry: Entry, data: Data, ids: frozenset[str]) -> Iterator[Touch]:
    held, frozen = facts.get(f.DRAWS, data["draw"]), facts.get(f.FROZEN, data["draw"])
    if held is None or frozen is None or not held.outcome:
        return
    for one in sorted(ids):
        for stratum, subject, _ in frozen.pool:
            if subject == one:
                placed = place(held, frozen, stratum, one)
                told = (("rank", "", f"{placed.rank}/{placed.n}"), ("ticket", "", placed.ticket))
                yield Touch(entry, "drawn" if placed.drawn else "not_drawn", told)
        teams = [team.subject for _, team in facts.rows(f.TEAMS, f"{data['draw']}/") if one in team.seats]
        if teams:
            yield Touch(entry, "seated", (("subject", "", "、".join(teams)),))


@dataclass(frozen=True)
class Place:
    """Where a subject stands, or would stand, in a stratum: its ticket and its rank among the pool."""

    stratum: str
    ticket: str
    rank: int
    n: int
    k: int

    @property
    def drawn(self) -> bool:
        return self.rank <= self.k


def place(held: f.Draw, frozen: f.Frozen, stratum: str, subject: str) -> Place:
    """The place of a subject in a completed draw, also of one that was not in the pool: tickets do not depend
    on the list. `n` and `k` are those of the draw as it was."""
    seed = held.outcome["seed"]
    ticket = lot.ticket_subject(seed, subject)
    mine = (bytes.fromhex(ticket), subject)
    others = (s for where, s, _ in frozen.pool if where == stratum and s != subject)
    before = sum((bytes.fromhex(lot.ticket_subject(seed, s)), s) < mine for s in others)
    asked = next(s for s in held.question["strata"] if s["id"] == stratum)
    return Place(stratum, ticket, before + 1, asked["n"], asked["k"])


def stratum_of(question: Data, record: Data | None) -> str:
    """The stratum of a frozen question whose filter a record meets; "" for none."""
    strata = question["strata"] if record is not None else ()
    return next((str(s["id"]) for s in strata if matches(record or {}, s["filter"])), "")

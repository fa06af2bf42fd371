"""The question of a draw: which lists a task has at this moment, and whether it can be drawn (design §5).

The ledger builds the frozen entry from `ask`; the law compares the frozen entry with it. Nothing here
looks at anything but the facts and the date of the freeze.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

from verifier import draw as lot
from verifier import facts as f
from verifier.codec import Value, encode
from verifier.facts import Data, Facts
from verifier.factstore import Attributes, Named
from verifier.law.identity import current
from verifier.law.joined import engaged
from verifier.lists import ListHash, list_hash
from verifier.teams import Officer, Seat, SeatCheck, check_seats
from verifier.vocabulary import FILTER_ATTRIBUTES

TASK_FIELDS = ("batch", "items", "teams", "groups", "seats", "sealed", "rounding", "p", "q", "public")
"""What the frozen entry repeats from the approved task, beside its strata."""


@dataclass(frozen=True)
class Question:
    """The lists of a task as of a date, with the sizes that follow."""

    frozen: f.Frozen
    strata: tuple[Data, ...]
    """as the frozen entry names them: id, filter, n, k, and p, q or w"""
    overlap: tuple[str, ...]
    """subjects in two strata"""

    @cached_property
    def lists(self) -> dict[str, ListHash]:
        """Count and root of each frozen list; who only follows a draw does not ask."""
        return lists_of(self.frozen)

    def pools(self) -> list[tuple[str, int, list[str]]]:
        """(stratum, k, subjects) for the draw."""
        return pools(self.frozen, self.strata)


def pools(frozen: f.Frozen, strata: tuple[Data, ...] | list[Data]) -> list[tuple[str, int, list[str]]]:
    """(stratum, k, subjects) in the frozen order of the strata."""
    by_stratum: dict[str, list[str]] = {s["id"]: [] for s in strata}
    for stratum, subject, _ in frozen.pool:
        by_stratum[stratum].append(subject)
    return [(s["id"], s["k"], by_stratum[s["id"]]) for s in strata]


def matches(record: Data, conditions: Data) -> bool:
    """Whether a public record meets a filter: every attribute has one of the values listed."""
    for attribute, allowed in conditions.items():
        held = record.get(attribute)
        if isinstance(held, (list, tuple)):
            if not any(value in allowed for value in held):
                return False
        elif held not in allowed:
            return False
    return True


def met(facts: Facts, filters: Sequence[Data]) -> Iterator[tuple[list[int], Iterable[Named]]]:
    """(places of the filters that they meet, their ids and names) of the subjects that meet any, in no order.
    Filters are asked once of all subjects that they cannot tell apart, each as `matches` is."""
    asked = [
        [(FILTER_ATTRIBUTES.index(attribute), frozenset(allowed)) for attribute, allowed in one.items()]
        for one in filters
    ]

    def places(held: Attributes) -> list[int]:
        found = []
        for place, one in enumerate(asked):
            for attribute, allowed in one:
                value = held[attribute]
                if allowed.isdisjoint(value) if type(value) is tuple else value not in allowed:
                    break
            else:
                found.append(place)
        return found

    for held, members in facts.alike(f.register("subjects"), places):
        yield places(held), members


def seats_of(data: Data) -> tuple[Seat, ...]:
    return tuple(Seat(*row) for row in data["seats"])


def officers_of(frozen: f.Frozen) -> list[Officer]:
    return [Officer(name, department, tuple(held)) for name, department, held in frozen.officers]


def absent(frozen: f.Frozen) -> frozenset[str]:
    return frozenset(officer for officer, _ in frozen.absences)


def certified(record: Data, day: str) -> bool:
    """Whether an officer holds a certificate valid on a day (YYYY-MM-DD): either of the two kinds."""
    held = [record, *([record["other_certificate"]] if "other_certificate" in record else [])]
    return any(one.get("valid_from", "") <= day <= one["valid_to"] for one in held)


def _officers(facts: Facts, data: Data, today: str) -> Iterator[tuple[str, str, list[str]]]:
    departments = {department for department, _, _ in data["seats"]}
    for name, row in facts.rows(f.register("officers")):
        record = row.record
        active = record["status"] == "active" and certified(record, today)
        if record["department"] in departments and active:
            yield name, record["department"], sorted(record["qualifications"])


def sizes(data: Data, counts: list[int]) -> list[int]:
    """k of each stratum of a task with these N."""
    strata = data["strata"]
    if data["rounding"] == "ceil":
        return [lot.size_ceil(n, s["p"], s["q"]) for s, n in zip(strata, counts, strict=True)]
    rows = [(s["id"], n, s["w"]) for s, n in zip(strata, counts, strict=True)]
    _, by_id = lot.sizes_total(data["p"], data["q"], rows)
    return [by_id[s["id"]] for s in strata]


def named(facts: Facts, task: str, data: Data) -> set[str] | None:
    """The subjects that an earlier draw (补抽) or another department's list names; None where the filters
    alone choose."""
    if "fills" in data:
        return {subject for subject, _ in data["fills"]["visits"]}
    if "elsewhere" in data:
        return {current(facts, subject) for subject, _ in facts.rows(f.register(f"assigned.{task}"))}
    return None


def ask(facts: Facts, task: str, data: Data, today: str) -> Question:
    """The question of `task` (whose created data is `data`) as the facts stand on `today` (YYYY-MM-DD)."""
    return facts.once(("question", task, encode(data), today), lambda: _asked(facts, task, data, today))


def _asked(facts: Facts, task: str, data: Data, today: str) -> Question:
    strata = data["strata"]
    excluded = {key.removeprefix(f"{task}/"): row.reason for key, row in facts.rows(f.EXCLUSIONS, f"{task}/")}
    only = named(facts, task, data)
    pool: list[tuple[str, str, str]] = []
    counts: Counter[str] = Counter()
    overlap: list[str] = []
    for into, alike in met(facts, [s["filter"] for s in strata]):
        stratum = strata[into[0]]["id"]
        if excluded or only is not None:
            alike = [one for one in alike if one[0] not in excluded and (only is None or one[0] in only)]
        members = [(stratum, name, title) for name, title in alike]
        if len(into) > 1:
            overlap += [name for _, name, _ in members]
        pool += members
        counts[stratum] += len(members)
    pool.sort()
    officers = tuple(_officers(facts, data, today))
    known = {name for name, _, _ in officers}
    barred = {
        (officer, subject) for officer, subject in (key.split("/") for key, _ in facts.rows(f.CONFLICTS))
    }
    if "fills" in data:
        barred |= {(o, s) for _, s, _ in pool for o in engaged(facts, data["fills"]["draw"], s)}
    against = {(o, s) for o, s in barred if o in known}
    named_there = {s for _, s in against}
    met_here = {s for _, s, _ in pool if s in named_there} if against else set()
    conflicts = sorted((o, s) for o, s in against if s in met_here)
    absences = sorted(
        {
            (row.officer, row.reason)
            for _, row in facts.rows(f.ABSENCES)
            if row.officer in known and row.first <= today <= row.last
        }
    )
    frozen = f.Frozen(
        tuple(pool), officers, tuple(conflicts), tuple(sorted(excluded.items())), tuple(absences)
    )
    ks = sizes(data, [counts[s["id"]] for s in strata])
    return Question(
        frozen,
        tuple({**s, "n": counts[s["id"]], "k": k} for s, k in zip(strata, ks, strict=True)),
        tuple(sorted(overlap)),
    )


def left_out(facts: Facts, tags: list[str], frozen: f.Frozen) -> list[str]:
    """Active subjects with one of the tags that are neither in the pool nor excluded."""
    kept = {subject for _, subject, _ in frozen.pool} | {subject for subject, _ in frozen.exclusions}
    wanted = {"tags": tags, "status": ["active"]}
    return sorted(name for _, members in met(facts, [wanted]) for name, _ in members if name not in kept)


def without_class(facts: Facts, strata: Iterable[Data], frozen: f.Frozen) -> list[str]:
    """Subjects that only their risk class, or their having none, keeps out of every stratum, and that are
    not excluded: they would never be drawn."""
    kept = {subject for _, subject, _ in frozen.pool} | {subject for subject, _ in frozen.exclusions}
    wider = [{k: v for k, v in s["filter"].items() if k != "risk"} for s in strata]
    return sorted(name for _, members in met(facts, wider) for name, _ in members if name not in kept)


def lists_of(frozen: f.Frozen) -> dict[str, ListHash]:
    """Count and root of each frozen list, rows as design §3 shapes them."""
    return {
        "pool": list_hash(map(itemgetter(0, 1), frozen.pool)),
        "officers": list_hash([name, unit, list(held)] for name, unit, held in frozen.officers),
        "conflicts": list_hash(list(row) for row in frozen.conflicts),
        "exclusions": list_hash(list(row) for row in frozen.exclusions),
        "absences": list_hash(list(row) for row in frozen.absences),
    }


def seat_check(data: Data, frozen: f.Frozen) -> SeatCheck:
    """Whether the seats of the question can be filled for every pool subject."""
    return check_seats(
        data["teams"],
        data.get("groups", 1),
        seats_of(data),
        officers_of(frozen),
        absent(frozen),
        [(o, s) for o, s in frozen.conflicts],
        (subject for _, subject, _ in frozen.pool),
    )


def frozen_data(draw: str, task: str, data: Data, parties: list[str], question: Question) -> dict[str, Value]:
    """The data of `draw.frozen`: the whole question as the approved task has it."""
    repeated = {name: data[name] for name in TASK_FIELDS if name in data}
    return {
        "draw": draw,
        "task": task,
        "parties": sorted(parties),
        "strata": list(question.strata),
        "lists": {name: value.value() for name, value in question.lists.items()},
        **repeated,
    }

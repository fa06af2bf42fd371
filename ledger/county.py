"""Several offices read together: what a coordinator sees over their bundles or ledgers (R080, R143–R145).

Read-only. Each source is verified; its figures, findings and visits are then laid side by side. Offices are
told apart by the id of their ledger, enterprises by their code.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from pathlib import Path

from ledger.audit.source import opened
from ledger.book import Book
from ledger.store import is_ledger
from verifier import facts as f
from verifier.bundle import open_bundle
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Facts
from verifier.figures import FIGURES, RATES, Period, Statistics
from verifier.law.followups import STANDING, ended
from verifier.law.identity import current
from verifier.replay import replay_bundle, replay_entries
from verifier.report import Anchors, Check, Report, Status

WRONG = (Status.FAIL, Status.WARN)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Office:
    """One source: the office whose ledger it is, what verification says, what is known at its head, and as
    of which day it is judged."""

    source: Path
    name: str
    unit: str
    ledger: str
    report: Report
    facts: Facts
    today: str
    days: Mapping[int, str]
    """Day of each entry that a failing or warning finding is about."""

    def statistics(self, period: Period) -> Statistics:
        """What was done in a period; published and settled counts until today."""
        return Statistics(self.facts, period, self.today)

    def count(self, rule: str, period: Period) -> int:
        """Findings of a rule that fail or warn about something of the period."""
        wrong = (check for check in self.report.checks if check.rule == rule and check.status in WRONG)
        return sum(period.holds(day) for check in wrong if (day := self._day(check) or period.last))

    def _day(self, check: Check) -> str:
        """The day of what a finding is about: of its entry, but of a report the day it was due, as its entry
        is the policy that asks for it; "" for none."""
        due = _DAY.search(check.expected) if check.rule == "report.due" else None
        return (
            due[0] if due else self.days.get(-1 if check.location.entry is None else check.location.entry, "")
        )


def sources(places: Iterable[Path]) -> list[Path]:
    """The bundles and ledgers named: each zip, ledger file or bundle folder, and those right inside a folder
    that is none itself. Raises E-COUNTY-NONE where there is nothing."""
    found: list[Path] = []
    for place in places:
        if place.is_dir() and not (place / "checkpoint").is_file():
            inside = [path for path in sorted(place.iterdir()) if _is_source(path)]
            if not inside:
                raise _nothing(place)
            found += inside
        else:
            found.append(place)
    return found


def _is_source(path: Path) -> bool:
    if path.is_dir():
        return (path / "checkpoint").is_file()
    return path.suffix.lower() == ".zip" or is_ledger(path)


def _nothing(place: Path) -> LiuhenError:
    return LiuhenError(
        "E-COUNTY-NONE",
        N_("There is no bundle and no ledger in this folder."),
        where=str(place),
        remedy=N_("Put the bundles (.zip) of the offices into it, each under its own name."),
        exit=Exit.UNREADABLE,
    )


def read(path: Path, as_of: str | None = None) -> Office:
    """Verify one source and keep what it says. Raises what reading it raises."""
    if is_ledger(path):
        with Book.open(path, read_only=True) as book:
            report, facts = replay_entries(book.store.entries(), "", book.open_private, as_of)
    else:
        with open_bundle(path) as bundle:
            report, facts = replay_bundle(bundle, Anchors(), as_of)
    ledger = facts.get(f.LEDGER, f.ONE)
    name = ledger.office if ledger else path.stem
    today = (as_of or report.last_time or "")[:10]
    unit = ledger.unit if ledger else ""
    return Office(path, name, unit, report.ledger or "", report, facts, today, _days(path, report))


def _days(path: Path, report: Report) -> dict[int, str]:
    wrong = {check.location.entry for check in report.checks if check.status in WRONG} - {None}
    if not wrong:
        return {}
    with opened(path) as source:
        return {one.body.seq: one.body.time[:10] for one in source.entries() if one.body.seq in wrong}


def newest_year(offices: Iterable[Office]) -> int | None:
    """The newest year in which one of them made a draw; None where none did."""
    years = {
        int((draw.executed_time or draw.time)[:4]) for one in offices for _, draw in one.facts.rows(f.DRAWS)
    }
    return max(years, default=None)


def _told_apart(offices: Sequence[Office], more: Callable[[Office], str]) -> list[Office]:
    """The offices, those of one name with something more behind it."""
    names = Counter(office.name for office in offices)
    return [
        replace(office, name=f"{office.name} {more(office)}") if names[office.name] > 1 else office
        for office in offices
    ]


def read_all(paths: Sequence[Path], as_of: str | None = None) -> list[Office]:
    """Every source, by name of the office; of two states of one ledger only the longer one. Ledgers of one
    office, or of two with one name, show the names of their files, and the beginning of their ids where
    these are the same too.

    Raises E-COUNTY-FORK where two sources of one ledger id hold different histories of one length.
    """
    newest: dict[str, Office] = {}
    for path in paths:
        office = read(path, as_of)
        key = office.ledger or str(path)
        held = newest.get(key)
        if held is not None and _size(held) == _size(office) and held.report.head != office.report.head:
            raise LiuhenError(
                "E-COUNTY-FORK",
                N_("These two hold different histories of one ledger: {one} and {other}."),
                where=str(path),
                remedy=N_("That is evidence: keep both and ask the office."),
                exit=Exit.FAIL,
                one=str(held.source),
                other=str(path),
            )
        if held is None or _size(held) < _size(office):
            newest[key] = office
    told = _told_apart(list(newest.values()), lambda office: office.source.name)
    told = _told_apart(told, lambda office: office.ledger[:8])
    return sorted(told, key=lambda office: (office.name, office.ledger))


def _size(office: Office) -> int:
    return int((office.report.head or "0:").partition(":")[0])


@dataclass(frozen=True)
class Filing:
    """A table of a plan as it was filed with an authority; `seq` is the entry."""

    office: str
    plan: str
    table: str
    authority: str
    date: str
    seq: int


def filings(offices: Sequence[Office], year: int) -> Iterator[Filing]:
    """What was filed of the plans of a year, by office."""
    for office in offices:
        for _, one in office.facts.rows(f.FILINGS):
            plan = office.facts.get(f.PLANS, one.plan)
            if plan is not None and plan.year == year:
                yield Filing(office.name, one.plan, one.table, one.authority, one.date, one.seq)


def without_filing(offices: Sequence[Office], year: int) -> list[str]:
    """Offices of which no plan of the year was filed."""
    filed = {one.office for one in filings(offices, year)}
    return [office.name for office in offices if office.name not in filed]


@dataclass(frozen=True)
class Inspection:
    """An inspection of a subject that an office made, by the day on which it ended."""

    office: str
    subject: str
    name: str
    day: str


def inspections(offices: Sequence[Office], year: int) -> Iterator[Inspection]:
    """Every inspection of a year by the offices themselves: drawn, outside the plan, before the ledger; what
    they declare of others is not counted, nor who was drawn and not visited."""
    for office in offices:
        register = f.register("subjects")
        for subject, day in sorted(_made(office.facts)):
            if day[:4] == str(year):
                now = current(office.facts, subject)
                row = office.facts.get(register, now)
                yield Inspection(office.name, now, str(row.record["name"]) if row else now, day)


def _made(facts: Facts) -> Iterator[tuple[str, str]]:
    """(subject, day) of each inspection."""
    for _, visit in facts.rows(f.VISITS):
        if visit.state in STANDING:
            yield visit.data["subject"], ended(visit.data)
    for _, check in facts.rows(f.CHECKS):
        yield check.data["subject"], ended(check.data)
    for _, row in facts.rows(f.register("history")):
        if row.record["by"] == "own":
            yield row.record["subject"], row.record["date"]


@dataclass(frozen=True)
class Burden:
    """A subject and its inspections of a year, by day."""

    subject: str
    name: str
    inspections: tuple[Inspection, ...]

    @property
    def offices(self) -> list[str]:
        return sorted({one.office for one in self.inspections})

    def close(self, days: int) -> bool:
        """Whether two offices came within so many days: one joint visit would have done."""
        return any(
            one.office != other.office and abs(_number(one.day) - _number(other.day)) <= days
            for one, other in combinations(self.inspections, 2)
        )


def _number(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def burdens(offices: Sequence[Office], year: int) -> list[Burden]:
    """Every inspected subject of a year, those with most inspections first."""
    by_subject: dict[str, list[Inspection]] = {}
    for one in inspections(offices, year):
        by_subject.setdefault(one.subject.upper(), []).append(one)
    found = [
        Burden(subject, held[0].name, tuple(sorted(held, key=lambda one: (one.day, one.office))))
        for subject, held in by_subject.items()
    ]
    return sorted(found, key=lambda one: (-len(one.inspections), one.subject))


@dataclass(frozen=True)
class Open:
    """A result that is not published: the visit, its subject, what the rule says."""

    office: str
    visit: str
    subject: str
    late: bool
    expected: str


def unpublished(offices: Sequence[Office]) -> Iterator[Open]:
    """Results signed and not published, by office; late ones count as not done (R133)."""
    for office in offices:
        for check in office.report.checks:
            if check.rule == "result.published" and check.status in (Status.FAIL, Status.NOT_DUE):
                visit = office.facts.get(f.VISITS, check.found or "")
                subject = visit.data["subject"] if visit else ""
                late = check.status is Status.FAIL
                yield Open(office.name, check.found or "", subject, late, check.expected or "")


def figures(offices: Sequence[Office], period: Period) -> list[tuple[str, list[str]]]:
    """(key, one number or rate for each office), figures first."""
    known = [office.statistics(period) for office in offices]
    counted = [{one.key: str(one.value) for one in s.figures()} for s in known]
    rated = [{one.key: one.percent for one in s.rates()} for s in known]
    return [(key, [held[key] for held in counted]) for key in FIGURES] + [
        (key, [held[key] for held in rated]) for key in RATES
    ]

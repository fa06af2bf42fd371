"""Which entry broke a rule; of a deadline, which day (R100).

A finding stays once it is there, so one replay finds its entry. What is due is judged after each day that has
entries and on the days between, where the facts stand still, by halving.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.audit.source import Source
from verifier import entry, merkle
from verifier.entry import Entry
from verifier.errors import N_, Exit, LiuhenError, Malformed
from verifier.facts import Facts, MemoryFacts
from verifier.law.dues import Dues
from verifier.law.judge import Judge
from verifier.report import Finding, Location, Status
from verifier.rules import Rule

RED = (Status.FAIL, Status.WARN, Status.INCONCLUSIVE)
_OF_FILES = ("bundle.", "log.")


@dataclass(frozen=True)
class Broken:
    """Where a rule was broken first: `seq` of the last entry before it showed, `day` for a deadline that
    passed, "" for an entry that broke it."""

    finding: Finding
    seq: int
    time: str
    day: str = ""


def bisect(source: Source, rule: Rule) -> Broken | None:
    """The first entry, or day, at which a rule is red; None where it never is. Raises E-REPLAY-FILES for a
    rule about the files of a bundle, which no entry breaks."""
    if rule.id.startswith(_OF_FILES) or rule.id == "draw.files":
        raise LiuhenError(
            "E-REPLAY-FILES",
            N_("{rule} is about the files of a bundle; no entry breaks it."),
            remedy=N_("Verify the bundle, which names the file: liuhen verify BUNDLE"),
            exit=Exit.USAGE,
            rule=rule.id,
        )
    facts = MemoryFacts()
    judge = Judge(facts, source.open)
    last = ""
    seq = -1
    for seq, raw in enumerate(source.read()):
        read, findings = _judged(judge, raw, seq, rule)
        day = read.body.time[:10] if read else last[:10]
        if last and day > last[:10]:
            found = _between(facts, rule.id, last[:10], _before(day))
            if found:
                return Broken(found[1], seq - 1, last, found[0])
        if read is not None:
            findings += judge.judge(read)
            last = read.body.time
        for finding in findings:
            if finding.rule == rule.id and finding.status in RED:
                return Broken(finding, seq, last)
    found = _between(facts, rule.id, last[:10], last[:10]) if last else None
    return Broken(found[1], seq, last, found[0]) if found else None


def _judged(judge: Judge, raw: bytes, seq: int, rule: Rule) -> tuple[Entry | None, list[Finding]]:
    """The entry as read, with what its bytes and signature alone say."""
    try:
        read = entry.parse(raw)
    except Malformed as error:
        judge.skip(merkle.leaf_hash(raw))
        newer = error.code == "E-ENTRY-V"
        name, status = ("entry.known", Status.INCONCLUSIVE) if newer else ("entry.canonical", Status.FAIL)
        return None, [Finding(name, status, Location(entry=seq), "", error.english())]
    if rule.id == "entry.signature":
        public = judge.public_of(read)
        if public is not None and not entry.signature_valid(read, public):
            place = Location(entry=seq, stream=read.body.stream)
            return read, [Finding(rule.id, Status.FAIL, place, "a valid signature", "none")]
    return read, []


def _between(facts: Facts, rule: str, first: str, last: str) -> tuple[str, Finding] | None:
    """The first day from `first` to `last` on which what is due is red, with its finding."""
    if not (end := next(_red(facts, rule, last), None)):
        return None
    low, high = date.fromisoformat(first), date.fromisoformat(last)
    while low < high:
        middle = low + (high - low) // 2
        found = next(_red(facts, rule, middle.isoformat()), None)
        if found:
            high, end = middle, found
        else:
            low = middle + timedelta(days=1)
    return high.isoformat(), end


def _red(facts: Facts, rule: str, day: str) -> Iterator[Finding]:
    dues = Dues(facts, day, Counter()).findings()
    return (found for found in dues if found.rule == rule and found.status in RED)


def _before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()

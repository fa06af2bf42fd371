"""The audit of a whole ledger (审计): every detector asked, doubts by weight, what they have in common.

Read-only, without a key. Doubts open questions and accuse nobody; the verdict is `verify`'s alone. The JSON
form is `liuhen-audit/1` (specs/auditing.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ledger.audit.detectors import RUN
from ledger.audit.detectors.doubt import WEIGHTS, Detector, Doubt, Limits, Words, detectors
from ledger.audit.detectors.past import Past, Step
from ledger.audit.source import opened
from ledger.county import Office
from verifier import facts as f
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Facts

FORMAT = "liuhen-audit/1"


@dataclass(frozen=True)
class Audit:
    """What the detectors found in the ledger of `office`, gravest first. `asked` are those that ran,
    `skipped` what they could not examine, `steps` the entries that doubts show, `own` the thresholds that the
    office's policy sets otherwise than the catalogue, with the catalogue's: an office must not be able to
    silence a detector unseen. `chosen` are those that were asked for instead, with what holds otherwise."""

    office: Office
    year: int | None
    limits: Limits
    own: Mapping[str, tuple[int, int]]
    chosen: Mapping[str, tuple[int, int]]
    asked: tuple[Detector, ...]
    doubts: tuple[Doubt, ...]
    skipped: tuple[tuple[str, Words], ...]
    steps: Mapping[int, Step]
    entries: int

    @property
    def sound(self) -> bool:
        """Whether the ledger passed verification: what fails it comes first."""
        return self.office.report.verdict.value == "pass"

    @cached_property
    def by_detector(self) -> dict[str, list[Doubt]]:
        """The doubts of each detector that has any, gravest detector first."""
        found: dict[str, list[Doubt]] = defaultdict(list)
        for doubt in self.doubts:
            found[doubt.detector].append(doubt)
        return dict(found)

    @cached_property
    def together(self) -> list[tuple[str, list[str]]]:
        """Draws, enterprises and people about whom detectors of two kinds or more have doubts: id, detectors;
        most detectors first."""
        found: dict[str, set[str]] = defaultdict(set)
        for doubt in self.doubts:
            for about in doubt.about:
                found[about].add(doubt.detector)
        order = list(detectors())
        several = [(one, sorted(held, key=order.index)) for one, held in found.items() if len(held) > 1]
        return sorted(several, key=lambda row: (-len(row[1]), row[0]))

    def day(self, doubt: Doubt) -> str:
        """The day of the entry to look at first."""
        return self.steps[doubt.entries[0]].day

    def json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "office": self.office.name,
            "ledger": self.office.ledger,
            "head": self.office.report.head,
            "verdict": self.office.report.verdict.value,
            "as_of": self.office.today,
            "year": self.year,
            "thresholds": {t.name: self.limits[t.name] for one in self.asked for t in one.thresholds},
            "of_policy": {name: {"set": n, "usual": usual} for name, (n, usual) in self.own.items()},
            "chosen": {name: {"set": n, "usual": usual} for name, (n, usual) in self.chosen.items()},
            "asked": [one.id for one in self.asked],
            "doubts": [self._told(doubt) for doubt in self.doubts],
            "together": [{"about": one, "detectors": held} for one, held in self.together],
            "not_examined": [{"detector": one, "zh": zh, "en": en} for one, (zh, en) in self.skipped],
        }

    def _told(self, doubt: Doubt) -> dict[str, Any]:
        return {
            "detector": doubt.detector,
            "weight": detectors()[doubt.detector].weight,
            "zh": doubt.sentence(zh=True),
            "en": doubt.sentence(zh=False),
            "about": list(doubt.about),
            "entries": [
                {"seq": seq, "time": held.time, "type": held.type, "holder": held.holder}
                for seq, held in ((seq, self.steps[seq]) for seq in doubt.entries)
            ],
            "values": {k: list(v) if isinstance(v, tuple) else v for k, v in doubt.values.items()},
            "times": doubt.times,
            "p": doubt.p,
        }


def examine(
    office: Office,
    year: int | None = None,
    only: Collection[str] = (),
    chosen: Mapping[str, int] | None = None,
) -> Audit:
    """Ask the detectors (`only` these, or all) about a source that was verified. Thresholds are `chosen`,
    else those of the policy in force at the head, else the catalogue's. `year` keeps the doubts whose first
    entry is of that year.

    Raises E-AUDIT-DETECTOR for an unknown id, E-AUDIT-THRESHOLD, E-AUDIT-EMPTY for a ledger without a draw
    or without an entry of the year: nothing examined is not the same as nothing found.
    """
    asked = tuple(named(one) for one in only) or tuple(detectors().values())
    chosen, set_ = chosen or {}, of_policy(office.facts)
    limits = Limits({**set_, **chosen})
    usual = {t.name: t.default for one in asked for t in one.thresholds if t.name not in chosen}
    own = {name: (n, usual[name]) for name, n in set_.items() if n != usual.get(name, n)}
    without = Limits(set_)
    instead = {name: (n, without[name]) for name, n in chosen.items() if n != without[name]}
    with opened(office.source, office.facts) as source:
        past = Past(source, office.today)
        if not past.of("draw.frozen"):
            raise LiuhenError(
                "E-AUDIT-EMPTY",
                N_("No draw was frozen in this ledger yet, so there is nothing to audit."),
                where=str(office.source),
                remedy=N_("Verify it instead: liuhen verify"),
                exit=Exit.INCONCLUSIVE,
            )
        if year is not None and not any(step.day.startswith(f"{year}-") for step in past.steps):
            raise LiuhenError(
                "E-AUDIT-EMPTY",
                N_("No entry of this ledger is of {year}: nothing was examined."),
                where=str(office.source),
                remedy=N_("Its entries are of {first} to {last}; without --year all of them are examined."),
                exit=Exit.INCONCLUSIVE,
                year=year,
                first=past.steps[0].day,
                last=past.steps[-1].day,
            )
        found = [doubt for one in asked for doubt in RUN[one.id](past, limits)]
    steps = {step.seq: step for step in past.steps}
    kept = [d for d in found if year is None or steps[d.entries[0]].day.startswith(f"{year}-")]
    shown = {seq: steps[seq] for doubt in kept for seq in doubt.entries}
    return Audit(
        office,
        year,
        limits,
        own,
        instead,
        asked,
        tuple(sorted(kept, key=_order)),
        (*_sealed(office.facts), *past.skipped),
        shown,
        len(past.steps),
    )


def _order(doubt: Doubt) -> tuple[int, int, float, float, tuple[int, ...]]:
    held = detectors()[doubt.detector]
    weight, place = list(WEIGHTS).index(held.weight), list(detectors()).index(doubt.detector)
    return weight, place, -doubt.times, 1.0 if doubt.p is None else doubt.p, doubt.entries


def named(detector: str) -> Detector:
    """The detector of this id. Raises E-AUDIT-DETECTOR."""
    held = detectors().get(detector)
    if held is None:
        raise LiuhenError(
            "E-AUDIT-DETECTOR",
            N_("There is no detector {name}."),
            remedy=N_("All of them: liuhen audit --list"),
            exit=Exit.USAGE,
            name=detector,
        )
    return held


def of_policy(facts: Facts) -> dict[str, int]:
    """The thresholds that the policy in force sets, those that a detector knows."""
    ledger = facts.get(f.LEDGER, f.ONE)
    policy = facts.get(f.POLICIES, ledger.policy) if ledger else None
    known = {one.name for held in detectors().values() for one in held.thresholds}
    return {name: n for name, n in (policy.values.get("doubts", ()) if policy else ()) if name in known}


def _sealed(facts: Facts) -> Iterator[tuple[str, Words]]:
    hidden = sum(held.unknown for _, held in facts.rows(f.DRAWS))
    if hidden:
        yield (
            "",
            (
                f"{hidden}次抽查的结果对本核验人仍处于封存状态，未作筛查（可用检查人员核验包或公开后再查）",
                f"{hidden} draws are sealed for this reader and were left out (use an inspector's bundle, "
                "or ask again once they are public)",
            ),
        )

"""What a verification says: checks, anchor, verdict, as JSON and as text (design §7).

The report is a value. Rules yield `Finding`s; joined with the catalogue they are `Check`s; the verdict
follows from the required checks alone, so nobody sets it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Protocol

from verifier import wording
from verifier.errors import Exit
from verifier.phrases import chinese
from verifier.rules import rules
from verifier.wording import Language, Text, printable

if TYPE_CHECKING:
    from verifier.timestamp import Stamp

FORMAT = "liuhen-report/1"

_MAX_SHOWN = 10


class Status(Enum):
    """The outcome of one check."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    WARN = "warn"
    INCONCLUSIVE = "inconclusive"
    NOT_DUE = "not_due"
    NA = "n/a"


class Category(Enum):
    """What a check is about; the order is that of the printed report."""

    COMPLETENESS = "completeness"
    AUTHENTICITY = "authenticity"
    INTEGRITY = "integrity"
    CONSISTENCY = "consistency"
    FAIRNESS = "fairness"
    COMPLIANCE = "compliance"


class Verdict(Enum):
    """The one word of the report."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"

    @property
    def exit(self) -> Exit:
        """The exit code of a program that reports this verdict."""
        return {Verdict.PASS: Exit.PASS, Verdict.FAIL: Exit.FAIL}.get(self, Exit.INCONCLUSIVE)


class Basis(IntEnum):
    """What the bundle was compared with, weakest first."""

    SELF = 0
    ID = 1
    HEAD = 2
    COSIGNED = 3

    @property
    def label(self) -> str:
        """The word of the JSON report."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the reader gave and whether it matches; `value` is empty for `Basis.SELF`."""

    kind: Basis
    value: str = ""
    matches: bool = True


SELF = Anchor(Basis.SELF)


def strongest(anchors: Iterable[Anchor]) -> Anchor:
    """The anchor to name: one that does not match first, else the strongest; `SELF` when none was given."""
    return max(anchors, key=lambda anchor: (not anchor.matches, anchor.kind), default=SELF)


@dataclass(frozen=True, slots=True)
class Location:
    """Where something was found: entry number (from 0), stream, file of the bundle, row (line from 1)."""

    entry: int | None = None
    stream: str | None = None
    file: str | None = None
    row: int | None = None

    def sort_key(self) -> tuple[int, str, str, int]:
        """Order of the report: entries first, then files and rows."""
        entry = -1 if self.entry is None else self.entry
        return entry, self.stream or "", self.file or "", -1 if self.row is None else self.row


NOWHERE = Location()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has to say once: rule id, status, place, and in free words what it expected and found."""

    rule: str
    status: Status
    location: Location = NOWHERE
    expected: str = ""
    found: str = ""


class CatalogueRule(Protocol):
    """What the report needs to know of a rule of ``specs/rules.toml``."""

    @property
    def id(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Check:
    """A finding with what the catalogue says of its rule."""

    rule: str
    category: Category
    status: Status
    location: Location
    expected: str
    found: str
    zh: str
    en: str
    required: bool = True

    @property
    def on_record(self) -> bool:
        """In order, with something to tell: a time-stamp that fits, an erasure and its ground."""
        return self.status is Status.PASS and bool(self.found)

    @classmethod
    def of(cls, finding: Finding, rule: CatalogueRule) -> Check:
        """Join a finding with its rule. Raises `ValueError` when they do not belong together."""
        if finding.rule != rule.id:
            raise ValueError(f"finding of {finding.rule} joined with rule {rule.id}")
        return cls(
            rule=rule.id,
            category=Category(rule.category),
            status=finding.status,
            location=finding.location,
            expected=finding.expected,
            found=finding.found,
            zh=rule.zh,
            en=rule.en,
            required=rule.required,
        )


class DrawState(Enum):
    """How far a draw has come at the head."""

    OPEN = "open"
    COMPLETED = "completed"
    ABORTED = "aborted"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One draw: g 可选结果数 of its task, seed hex (empty: sealed or not run), parties, public source."""

    draw: str
    task: str
    state: DrawState
    g: int
    seed: str = ""
    parties: tuple[str, ...] = ()
    public: str = "none"


@dataclass(frozen=True, slots=True)
class Acts:
    """How acts were signed: by key at the machine, by statement file, on paper (design §4)."""

    key: int = 0
    file: int = 0
    paper: int = 0


@dataclass(frozen=True)
class Report:
    """The result of one verification.

    `subject` is the SHA-256 hex of SHA256SUMS, `ledger` the ledger id hex, `head` ``size:root hex``,
    `last_time` the time of the last entry, `tail` the number of entries after the last one signed by
    another unit or cosigned; each is None when it could not be determined. `not_unsealed` and `elsewhere`
    count draws.
    """

    subject: str
    tool_version: str
    checks: tuple[Check, ...]
    ledger: str | None = None
    head: str | None = None
    last_time: str | None = None
    anchor: Anchor = SELF
    tail: int | None = None
    outcomes: tuple[Outcome, ...] = ()
    not_unsealed: int = 0
    elsewhere: int = 0
    acts: Acts = Acts()
    founders: tuple[str, ...] = ()
    unproven: tuple[Text, ...] = ()
    practice: bool = False
    strict: bool = False
    of_ledger: bool = False
    """The chain was read from a ledger file, not from a bundle; `subject` is then its root."""
    asked: Mapping[str, int] = field(default_factory=dict)
    """How often each rule was asked; not in the JSON, where a rule without a finding is `pass` or `n/a`."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Names of ids that findings speak of, for readers of the text; the JSON has the ids alone."""

    @property
    def verdict(self) -> Verdict:
        """Fail before inconclusive before pass, over required checks; with none of them it is inconclusive.

        With `strict` a warning fails too, whether its check is required or not.
        """
        required = {check.status for check in self.checks if check.required}
        everything = {check.status for check in self.checks}
        if Status.FAIL in required or not self.anchor.matches:
            return Verdict.FAIL
        if self.strict and everything & {Status.FAIL, Status.WARN}:
            return Verdict.FAIL
        if Status.INCONCLUSIVE in required or not required & {Status.PASS, Status.WARN}:
            return Verdict.INCONCLUSIVE
        return Verdict.PASS

    @property
    def exit(self) -> Exit:
        """0, 1 or 3."""
        return self.verdict.exit

    def limits(self) -> tuple[Text, ...]:
        """未能证明的事项: what holds for every ledger, what this report adds."""
        extra: list[Text] = []
        if self.anchor.kind is Basis.SELF:
            extra.append(wording.UNPROVEN_SELF)
        if self.elsewhere:
            extra.append(wording.UNPROVEN_ELSEWHERE)
        return (*wording.ALWAYS_UNPROVEN, *extra, *self.unproven)

    def sorted_checks(self) -> list[Check]:
        """The checks by category, rule (catalogue order) and place: the order of both outputs."""
        order = {category: i for i, category in enumerate(Category)}
        place = {rule: i for i, rule in enumerate(rules())}
        return sorted(
            self.checks,
            key=lambda check: (
                order[check.category],
                place.get(check.rule, len(place)),
                check.rule,
                check.location.sort_key(),
                check.status.value,
                check.expected,
                check.found,
            ),
        )

    def to_json(self) -> str:
        """The `liuhen-report/1` document, indented by two, one final LF; equal reports, equal text."""
        document = {
            "format": FORMAT,
            "verdict": self.verdict.value,
            "practice": self.practice,
            "strict": self.strict,
            "subject": self.subject,
            "tool_version": self.tool_version,
            "ledger": self.ledger,
            "head": self.head,
            "last_time": self.last_time,
            "anchor": self.anchor.kind.label,
            "anchor_value": self.anchor.value or None,
            "anchor_matches": self.anchor.matches,
            "tail": self.tail,
            "draws": [
                {
                    "draw": outcome.draw,
                    "task": outcome.task,
                    "state": outcome.state.value,
                    "g": outcome.g,
                    "seed": outcome.seed or None,
                    "parties": list(outcome.parties),
                    "public": outcome.public,
                }
                for outcome in self._outcomes()
            ],
            "not_unsealed": self.not_unsealed,
            "elsewhere": self.elsewhere,
            "acts": {"key": self.acts.key, "file": self.acts.file, "paper": self.acts.paper},
            "founders": sorted(self.founders),
            "unproven": [{"zh": text.zh, "en": text.en} for text in self.limits()],
            "checks": [
                {
                    "rule": check.rule,
                    "category": check.category.value,
                    "required": check.required,
                    "status": check.status.value,
                    "location": {
                        "entry": check.location.entry,
                        "stream": check.location.stream,
                        "file": check.location.file,
                        "row": check.location.row,
                    },
                    "expected": check.expected,
                    "found": check.found,
                    "zh": check.zh,
                    "en": check.en,
                }
                for check in self.sorted_checks()
            ],
        }
        return wording.escape_json(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"

    def to_text(self, lang: Language = "zh") -> str:
        """The report for a person: verdict sentence, checks, draws, tail, what is not proven, next step."""
        return "\n".join(self._lines(lang)) + "\n"

    def sentence(self, lang: Language = "zh") -> str:
        """The verdict in one sentence, with what was compared and what was not."""
        counts = ""
        if self.not_unsealed:
            counts += wording.NOT_UNSEALED.say(lang, n=self.not_unsealed)
        if self.elsewhere:
            counts += wording.ELSEWHERE.say(lang, n=self.elsewhere)
        anchor = wording.ANCHOR[self.anchor.kind.label, self.anchor.matches]
        if self.of_ledger and self.anchor == SELF:
            anchor = wording.ANCHOR_LEDGER
        return wording.SENTENCE.say(
            lang,
            practice=wording.PRACTICE.say(lang) if self.practice else "",
            verdict=wording.VERDICT[self.verdict.value].say(lang),
            anchor=anchor.say(lang),
            counts=counts,
        )

    def _outcomes(self) -> list[Outcome]:
        return sorted(self.outcomes, key=lambda outcome: outcome.draw)

    def _lines(self, lang: Language) -> Iterator[str]:
        colon = wording.COLON.say(lang)
        unknown = wording.UNKNOWN.say(lang)
        yield self.sentence(lang)
        yield ""
        for label, value in (
            (wording.SUBJECT_LEDGER if self.of_ledger else wording.SUBJECT, self.subject),
            (wording.LEDGER, self.ledger),
            (wording.HEAD, self.head),
            (wording.LAST_TIME, self.last_time),
            (wording.TOOL, self.tool_version),
        ):
            yield label.say(lang) + colon + (printable(value) if value else unknown)

        yield ""
        yield wording.CHECKS.say(lang)
        for category in Category:
            yield from self._category_lines(category, lang)

        if self.outcomes:
            yield ""
            yield wording.OUTCOMES.say(lang)
        for outcome in self._outcomes():
            yield from _outcome_lines(outcome, lang)

        yield ""
        yield wording.ACTS.say(lang, key=self.acts.key, file=self.acts.file, paper=self.acts.paper)
        if self.founders:
            yield wording.FOUNDERS.say(lang) + colon + ", ".join(map(printable, sorted(self.founders)))
        if self.tail is not None:
            yield wording.TAIL.say(lang, n=self.tail) if self.tail else wording.TAIL_NONE.say(lang)

        yield ""
        yield wording.UNPROVEN.say(lang)
        for text in self.limits():
            yield "  - " + printable(text.say(lang))

        yield ""
        yield wording.NEXT.say(lang) + colon + wording.NEXT_STEP[self._next_step()].say(lang)

    def _next_step(self) -> str:
        if self.verdict is not Verdict.PASS:
            return str(self.verdict.value)
        return "self" if self.anchor.kind is Basis.SELF else "anchored"

    def _name_lines(self, check: Check, lang: Language) -> Iterator[str]:
        """Who the ids of a finding are."""
        known = [one for one in ids_in(check) if one in self.names]
        if known:
            said = ", ".join(f"{one} {self.names[one]}" for one in known)
            yield f"        {wording.NAMES.say(lang)}{wording.COLON.say(lang)}{printable(said)}"

    def _category_lines(self, category: Category, lang: Language) -> Iterator[str]:
        checks = [check for check in self.sorted_checks() if check.category is category]
        if not checks:
            return
        counted = Counter(check.status for check in checks)
        counts = ", ".join(
            wording.COUNTED.say(lang, label=wording.STATUS[status.value].say(lang), n=counted[status])
            for status in Status
            if counted[status]
        )
        yield f"  {wording.CATEGORY[category.value].say(lang)}{wording.COLON.say(lang)}{counts}"
        alike: dict[tuple[str, str, Status], list[Check]] = {}
        for check in checks:
            if check.status not in (Status.PASS, Status.NA) or check.on_record:
                words = check.zh if lang == "zh" else check.en
                alike.setdefault((check.rule, words, check.status), []).append(check)
        for (rule, words, status), found in alike.items():
            yield f"    [{wording.STATUS[status.value].say(lang)}] {rule} {printable(words)}"
            for check in found[:_MAX_SHOWN]:
                yield from _place_lines(check, lang)
                yield from self._name_lines(check, lang)
            if len(found) > _MAX_SHOWN:
                yield "        " + wording.MORE.say(lang, n=len(found) - _MAX_SHOWN)


_NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}[A-Za-z0-9]")


def ids_in(check: Check) -> list[str]:
    """What may be ids in the words of a finding that is not fine, each once, in order."""
    if check.status in (Status.PASS, Status.NA):
        return []
    return list(dict.fromkeys(_NAMED.findall(f"{check.expected} {check.found}")))


def _place_lines(check: Check, lang: Language) -> Iterator[str]:
    colon = wording.COLON.say(lang)
    place = _place(check.location, lang)
    if place:
        yield f"      - {wording.PLACE.say(lang)}{colon}{place}"
    for label, words in ((wording.EXPECTED, check.expected), (wording.FOUND, check.found)):
        if words:
            said = chinese(words) if lang == "zh" else words
            yield f"        {label.say(lang)}{colon}{printable(said)}"


def _place(location: Location, lang: Language) -> str:
    parts: list[str] = []
    if location.entry is not None:
        parts.append(wording.ENTRY.say(lang, n=location.entry))
    if location.stream is not None:
        parts.append(wording.STREAM.say(lang, name=printable(location.stream)))
    if location.file is not None:
        parts.append(wording.FILE.say(lang, name=printable(location.file)))
    if location.row is not None:
        parts.append(wording.ROW.say(lang, n=location.row))
    return ("，" if lang == "zh" else ", ").join(parts)


def _outcome_lines(outcome: Outcome, lang: Language) -> Iterator[str]:
    state = wording.STATE[outcome.state.value].say(lang)
    if outcome.state is DrawState.ELSEWHERE:
        yield "  " + wording.OUTCOME_ELSEWHERE.say(
            lang, draw=printable(outcome.draw), task=printable(outcome.task)
        )
        return
    yield "  " + wording.OUTCOME.say(
        lang, draw=printable(outcome.draw), task=printable(outcome.task), state=state, g=outcome.g
    )
    if outcome.seed:
        yield "    " + wording.OUTCOME_SEED.say(lang, seed=printable(outcome.seed))
    if outcome.parties:
        meaning = wording.OUTCOME_MEANING if outcome.public != "none" else wording.OUTCOME_MEANING_PRIVATE
        parties = "[" + ", ".join(map(printable, outcome.parties)) + "]"
        yield "    " + meaning.say(lang, parties=parties, public=printable(outcome.public), g=outcome.g)


@dataclass(frozen=True, slots=True)
class Anchors:
    """What the reader knows from elsewhere: ledger id hex, head (size, root hex), cosigner vkeys, and
    time-stamps of heads."""

    id: str | None = None
    head: tuple[int, str] | None = None
    cosigners: tuple[str, ...] = ()
    stamps: tuple[Stamp, ...] = ()


_GROUPING = re.compile(r"[\s-]+")
_HEAD = re.compile(r"(0|[1-9][0-9]{0,15}):([0-9a-f]{64})")
_ID = re.compile(r"[0-9a-f]{64}")


def read_anchors(id_text: str | None, head_text: str | None, cosigners: Iterable[str] = ()) -> Anchors:
    """Anchors as people type them from a form: grouped, in either case. `ValueError` names the option."""
    ledger = head = None
    if id_text is not None:
        ledger = _GROUPING.sub("", id_text).lower()
        if not _ID.fullmatch(ledger):
            raise ValueError("--id")
    if head_text is not None:
        found = _HEAD.fullmatch(_GROUPING.sub("", head_text).lower())
        if not found:
            raise ValueError("--head")
        head = int(found[1]), found[2]
    return Anchors(ledger, head, tuple(key.strip() for key in cosigners))

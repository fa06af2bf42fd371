"""What is known after an entry: the state that rules read and effects write.

`Facts` is a store of small tables with two implementations: `MemoryFacts` (the verifier) and the view
tables of `ledger.views` (the clerk), which live in the same transaction as the entries. The rows are frozen
dataclasses of plain values only, so that both can hold them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from verifier.factstore import Data as Data
from verifier.factstore import Facts as Facts
from verifier.factstore import MemoryFacts as MemoryFacts
from verifier.factstore import T as T
from verifier.factstore import Table as Table
from verifier.vocabulary import FILTER_ATTRIBUTES


@dataclass(frozen=True)
class Head:
    """The end of the chain: `size` entries, the leaf hash and time of the last, units seen."""

    size: int
    leaf: bytes
    time: str
    correcting: bool = False
    """The last entry is a clock correction that waits for its confirmation."""
    founding: bool = True
    """Only entry 0 and enrolments so far."""
    foreign: int = -1
    """seq of the last entry signed by a unit other than that of entry 0, or cosigned."""


@dataclass(frozen=True)
class Ledger:
    """Entry 0 and what changed in it since."""

    id: bytes
    origin: str
    office: str
    division: str
    unit: str
    log_vkey: str
    policy: str = ""
    """Id of the policy in force."""
    plans: int = 0


@dataclass(frozen=True)
class Key:
    """An enrolled key. `since` and `revoked` are sequence numbers; -1: not (yet)."""

    public: bytes
    holder: str
    unit: str
    roles: tuple[str, ...]
    since: int
    revoked: int = -1
    founder: bool = False


@dataclass(frozen=True)
class Holder:
    name: str
    unit: str


@dataclass(frozen=True)
class Pending:
    """An act that waits for further holders."""

    seq: int
    type: str
    stream: str
    data: Data
    holder: str
    key: str
    time: str
    confirmers: tuple[str, ...] = ()
    """roles that may confirm it"""
    faulty: bool = False
    """a rule was broken already when it was written"""
    done: bool = False


@dataclass(frozen=True)
class Stream:
    ver: int


@dataclass(frozen=True)
class Chunk:
    """Rows received and not yet closed."""

    id: str
    register: str
    seq: int
    actor: bytes
    rows: tuple[Any, ...]
    removed: tuple[Any, ...]
    leaves: tuple[bytes, ...] = ()
    """leaf hash of each row in the list of the import"""
    key: str = ""
    """under which it waits"""
    count: int = 0
    """how many wait, on the last one"""


@dataclass(frozen=True)
class Row:
    """A row of a register: its record and the entry that last set it."""

    record: Data
    seq: int

    @cached_property
    def attributes(self) -> tuple[Any, ...]:
        return attributes_of(self.record)


def attributes_of(record: Data) -> tuple[Any, ...]:
    """What filters look at, in the order of `FILTER_ATTRIBUTES`, lists as tuples."""
    held = map(record.get, FILTER_ATTRIBUTES)
    return tuple([tuple(value) if isinstance(value, list) else value for value in held])


@dataclass(frozen=True)
class Policy:
    document: str
    title: str
    file: bytes
    values: Data
    clauses: Data
    seq: int
    since: str = ""
    """day of the entry at which it took effect"""


@dataclass(frozen=True)
class Calendar:
    notice: str
    off: tuple[str, ...]
    work: tuple[str, ...]
    seq: int


@dataclass(frozen=True)
class Plan:
    """state: submitted, approved, rejected, published."""

    name: str
    year: int
    state: str
    leaf: bytes
    seq: int
    clerk: str
    approver: str = ""
    published: str = ""
    publication: bytes = b""
    """leaf hash of the publication that stands"""


@dataclass(frozen=True)
class Publication:
    """A plan was published on a channel; the first one is that of the plan."""

    plan: str
    date: str


@dataclass(frozen=True)
class Filing:
    """A table of a plan was filed with an authority."""

    plan: str
    table: str
    authority: str
    date: str
    seq: int


@dataclass(frozen=True)
class DrawFiling:
    """The result of a draw was filed with an authority."""

    draw: str
    authority: str
    date: str
    seq: int


@dataclass(frozen=True)
class Attendance:
    """Who watched a draw without a key: maps of name, capacity and org."""

    people: tuple[Any, ...]
    seq: int


@dataclass(frozen=True)
class Printing:
    """Copies of the list of a sealed draw that were printed."""

    copies: int
    purpose: str
    holder: str
    time: str


@dataclass(frozen=True)
class Amendment:
    """A plan was changed; `rows` are the ids of the rows that changed, came or went."""

    reason: str
    clerk: str
    approver: str
    rows: tuple[str, ...]
    seq: int


@dataclass(frozen=True)
class Task:
    """state: proposed, approved, done. `outcomes` counts draws whose last commit was appended (g)."""

    data: Data
    state: str
    seq: int
    clerk: str
    policy: str
    approver: str = ""
    open_draw: str = ""
    completed: str = ""
    outcomes: int = 0


@dataclass(frozen=True)
class Exclusion:
    reason: str
    seq: int


@dataclass(frozen=True)
class Conflict:
    seq: int
    leaf: bytes = b""


@dataclass(frozen=True)
class Absence:
    officer: str
    first: str
    last: str
    reason: str


@dataclass(frozen=True)
class Dictionary:
    """A version of the tag dictionary (标签字库)."""

    title: str
    tags: tuple[str, ...]
    seq: int


@dataclass(frozen=True)
class Edit:
    """The last import of a register that took effect."""

    id: str
    added: int
    changed: int
    removed: int
    holder: str
    reviewer: str
    seq: int


@dataclass(frozen=True)
class Receipt:
    """A list was published on a channel."""

    register: str
    channel: str
    date: str
    seq: int


@dataclass(frozen=True)
class Reconciliation:
    """A register was compared with that of an authority; counts of rows."""

    authority: str
    missing: int
    extra: int
    changed: int
    time: str


@dataclass(frozen=True)
class PlatformReceipt:
    """What a platform gave back for a publication or a draw; `of` in hex, a draw by its M."""

    of: str
    platform: str
    number: str
    date: str
    seq: int


@dataclass(frozen=True)
class Comparison:
    """A draw was compared with what the platform shows of it: rows there, and counts of what differs."""

    draw: str
    platform: str
    file: bytes
    n: int
    missing: int
    extra: int
    changed: int
    seq: int


@dataclass(frozen=True)
class Link:
    """A subject goes on under another id."""

    to: str
    kind: str
    seq: int


@dataclass(frozen=True)
class Draw:
    """state: frozen, executed (completed), aborted, recorded. Hex strings are the draw lines of design §5."""

    task: str
    m: str
    seq: int
    time: str
    state: str
    question: Data
    clerk: str
    parties: dict[str, str] = field(default_factory=dict)
    """party key id → holder"""
    commits: dict[str, str] = field(default_factory=dict)
    reveals: dict[str, Any] = field(default_factory=dict)
    """party → r, or the 32-byte commitment of a sealed r that is not open"""
    value: str = ""
    """the public line in force"""
    valued: bool = False
    executed: int = -1
    executed_time: str = ""
    outcome: Data = field(default_factory=dict)
    """opened data of draw.executed"""
    sealed_outcome: bytes = b""
    """the commitment of an outcome that is not open to this reader"""
    hidden: dict[str, str] = field(default_factory=dict)
    """commitment, hex → field, of what is sealed and not yet published"""
    late: tuple[Any, ...] = ()
    """sealed replacements that this reader cannot open yet: [commitment, holder, confirmer, seq]"""
    cause: str = ""
    missing: str = ""
    """the party for which it was aborted"""
    unsealed: bool = False
    replacements: int = 0
    policy: str = ""

    @property
    def veiled(self) -> bool:
        """Whether the draw still hides from the public what it must."""
        return bool(self.question["sealed"]) and not self.unsealed

    @property
    def unknown(self) -> bool:
        """Whether this reader does not know all that the draw gave."""
        sealed = any(isinstance(r, bytes) for r in self.reveals.values())
        return sealed or bool(self.sealed_outcome or self.late)


@dataclass(frozen=True)
class Frozen:
    """The lists of a draw as they stood at the freeze."""

    pool: tuple[Any, ...]
    """rows [stratum, subject, name]"""
    officers: tuple[Any, ...]
    conflicts: tuple[Any, ...]
    exclusions: tuple[Any, ...]
    absences: tuple[Any, ...]


@dataclass(frozen=True)
class Team:
    """Who goes to one drawn subject: seat i is `seats[i-1]`; changes are [seat, out, reason, in]."""

    subject: str
    rank: int
    stratum: str
    seats: tuple[str, ...]
    changes: tuple[Any, ...] = ()
    must_replace: tuple[str, ...] = ()
    """officers in conflict that a draw in groups could not avoid"""
    filled: tuple[Any, ...] = ()
    """seats that a 补抽 filled, [seat, its draw, officer]; rows of seat 0 are a whole team, in order"""
    filling: str = ""
    """the 补抽 that is open for this visit"""

    def replaced(self) -> tuple[str, ...]:
        """The members after the replacements of this draw alone."""
        now = list(self.seats)
        for seat, _, _, substitute in self.changes:
            now[seat - 1] = substitute
        return tuple(now)

    def members(self) -> tuple[str, ...]:
        """The lawful members after replacements and 补抽."""
        if whole := tuple(officer for seat, _, officer in self.filled if seat == 0):
            return whole
        now = list(self.replaced())
        for seat, _, officer in self.filled:
            now[seat - 1] = officer
        return tuple(now)


@dataclass(frozen=True)
class Visit:
    """state: recorded (waits for signatures), effective, published, voided."""

    data: Data
    state: str
    seq: int
    leaf: bytes
    holder: str
    unit: str
    signed: tuple[str, ...] = ()
    published: str = ""
    registered: str = ""
    """day of the entry that published it"""
    corrected: bool = False


@dataclass(frozen=True)
class Kept:
    """A deed as it stands: its data with the corrections that took effect, its entry and that entry's day."""

    data: Data
    seq: int
    day: str


@dataclass(frozen=True)
class Ref:
    """A named thing: where a correctable entry or a used secret is found."""

    kind: str
    key: str


@dataclass(frozen=True)
class PastHead:
    """A head that a cosigner signed or an authority stamped."""

    size: int
    root: bytes
    stream: str
    cosigner: str = ""
    """vkey of the cosigner whose line it is; "" for a stamp and for a line that is not valid"""


@dataclass(frozen=True)
class Attachment:
    of: bytes
    name: str
    file: bytes
    size: int
    seq: int
    kind: str = ""


HEAD = Table("head", Head)
LEDGER = Table("ledger", Ledger)
KEYS = Table("key", Key)
HOLDERS = Table("holder", Holder)
PENDING = Table("pending", Pending)
STREAMS = Table("stream", Stream)
CHUNKS = Table("chunk", Chunk, transient=True)
LAST_CHUNK = Table("last-chunk", Chunk, transient=True)
POLICIES = Table("policy", Policy)
CALENDARS = Table("calendar", Calendar)
PLANS = Table("plan", Plan)
PUBLICATIONS = Table("plan-publication", Publication)
"""By leaf hash in hex."""
FILINGS = Table("plan-filing", Filing)
AMENDMENTS = Table("amendment", Amendment)
TASKS = Table("task", Task)
EXCLUSIONS = Table("exclusion", Exclusion)
CONFLICTS = Table("conflict", Conflict)
ABSENCES = Table("absence", Absence)
DICTIONARIES = Table("tag-dictionary", Dictionary)
"""By version; the one in force also under `ONE`."""
EDITS = Table("edit", Edit)
RECEIPTS = Table("list-receipt", Receipt)
RECONCILIATIONS = Table("reconciliation", Reconciliation)
LINKS = Table("subject-link", Link)
PLATFORM_RECEIPTS = Table("platform-receipt", PlatformReceipt)
COMPARISONS = Table("platform-comparison", Comparison)
DRAWS = Table("draw", Draw)
FROZEN = Table("frozen", Frozen)
TEAMS = Table("team", Team)
DRAW_FILINGS = Table("draw-filing", DrawFiling)
ATTENDANCES = Table("attendance", Attendance)
PRINTINGS = Table("printing", Printing)
"""These three by `<draw>/<seq>`."""
FILLS = Table("fill", Ref)
"""The task of the 补抽 that fills a seat, by `<draw>/<subject>/<seat>`."""
VISITS = Table("visit", Visit)
VISIT_OF = Table("visit-of", Ref)
CHECKS = Table("check", Kept)
"""Checks outside plan and draw."""
FORMS = Table("form", Kept)
"""The library of check forms, each as it was published last."""
NOTICES = Table("notice", Kept)
EXTENSIONS = Table("extension", Kept)
"""Both by `<draw>/<subject>`."""
UNREAD = Table("unread", Kept)
"""Notices and extensions of sealed draws that this reader cannot open, by `<draw>/<seq>`."""
DEPARTMENT_RESULTS = Table("department-result", Kept)
"""By `<visit>/<department>`."""
REVIEWS = Table("review", Kept)
"""By visit, of the record as it stands."""
FOLLOWUPS = Table("followup", Kept)
CLOSINGS = Table("followup-closed", Kept)
"""Both by `<visit>/<followup>`."""
BULLETINS = Table("bulletin", Kept)
TASK_REPORTS = Table("task-report", Kept)
"""Both by `<draw>/<seq>`."""
ACTIVITIES = Table("activity", Kept)
REPORTS = Table("report", Kept)
ARCHIVES = Table("archive", Kept)
"""Case files, by task."""
CLOSED_YEARS = Table("closed-year", Kept)
HANDOVERS = Table("handover", Kept)
CORRECTABLE = Table("correctable", Ref)
SPENT = Table("spent", Ref)
"""What may happen once: revealed r, statements, ids without regard to case, openings."""
TWINS = Table("twin", Ref)
"""Row ids that have lower-case letters, by register and without regard to case."""
OPENINGS = Table("opening", Ref)
ERASED = Table("erased", Ref)
"""Commitments whose opening was erased, each with the number of the `private.erased` that did it."""
ERASURES = Table("erasure", Kept)
"""Erasures in effect, by number."""
COSIGNERS = Table("cosigner", Ref)
PAST_HEADS = Table("past-head", PastHead)
ATTACHMENTS = Table("attachment", Attachment)
ONE = ""
"""The key of a table with one row."""


@lru_cache(maxsize=256)
def register(name: str) -> Table[Row]:
    """The table of a register: items, subjects, officers, superior, plan.<plan> and so on."""
    return Table(f"register/{name}", Row)

"""The ledger as the commands see it: read the facts, or append deeds that the law allows.

One write is one transaction: take the lock, decide from the facts, seal each event, ask the law, move the
facts, commit. What a rule refuses is rolled back whole; so the ledger cannot hold what the verifier would
refuse.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import TracebackType
from typing import Self

from ledger.keystore import Signer, check_origin
from ledger.store import Head, NewEvent, Store, Transaction
from ledger.views import DamagedFactsError, Kept, ReadFacts, ViewFacts
from verifier import codec, entry, private, schema
from verifier import facts as f
from verifier.codec import Value
from verifier.entry import Entry
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Facts, MemoryFacts
from verifier.ids import is_stream
from verifier.law.judge import Judge
from verifier.phrases import chinese
from verifier.private import Opening, Sealed
from verifier.report import Finding, Status
from verifier.rules import rules

ZONE = timezone(timedelta(hours=8))
LATE = timedelta(minutes=5)
"""A clock up to this far behind the last entry takes that entry's time (design §3)."""
AHEAD = timedelta(days=31)
"""A clock further ahead of the last entry asks before it is believed."""

TYPES = frozenset(schema.EVENTS)
_LOOKS = 3
"""Times that a reader looks for facts at the head while others write."""


def now() -> str:
    """The time of this machine's clock, as entries write it."""
    return datetime.now(ZONE).strftime("%Y-%m-%dT%H:%M:%S+08:00")


@dataclass(frozen=True)
class Deed:
    """An event to append, with the openings of its private fields."""

    type: str
    stream: str
    data: Mapping[str, Value]
    openings: tuple[Opening, ...] = ()
    sealed: Iterable[Sealed] = ()
    """Openings of an import, in the order of their table."""
    id: bytes = field(default_factory=lambda: os.urandom(16))


@dataclass(frozen=True)
class Written:
    """What was recorded, and what the law remarks about it. `unnoted` is why the key file could not note it:
    it is recorded all the same, and the key notes the next one."""

    entries: tuple[Entry, ...]
    warnings: tuple[Finding, ...] = ()
    unnoted: LiuhenError | None = None

    @property
    def leaf(self) -> bytes:
        """Leaf hash of the last entry."""
        return self.entries[-1].leaf


class Refused(LiuhenError):  # noqa: N818 - a refusal, not an error
    """A rule does not allow this (exit 9); nothing was recorded. `findings` are all that failed."""

    exit = Exit.REFUSED

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        first = self.findings[0]
        rule = rules()[first.rule]
        super().__init__(
            first.rule,
            N_("Not allowed by rule {rule}: {en}. Needed: {expected}; found: {found}."),
            where=first.location.stream or "",
            remedy=N_("Nothing was recorded. See: liuhen rule {rule}"),
            rule=first.rule,
            zh=rule.zh,
            en=rule.en,
            expected=first.expected or "-",
            found=first.found or "-",
            expected_zh=chinese(first.expected) or "-",
            found_zh=chinese(first.found) or "-",
        )


def _require_stream(stream: str) -> None:
    """An id that a person chose becomes part of the stream: say what it may be. Raises E-NAME-FORM."""
    if not is_stream(stream):
        raise LiuhenError(
            "E-NAME-FORM",
            N_("“{name}” cannot be an id."),
            remedy=N_("Use letters, digits, “.”, “_” and “-”, at most 64, such as t-2026-1."),
            exit=Exit.USAGE,
            name=stream.partition("/")[2] or stream,
        )


Decide = Callable[[Facts], Iterable[Deed]]
"""What to append, given the facts. Deeds may come one at a time: each is recorded before the next is asked
for, so that what they need of memory does not grow with their number."""


class Book:
    """One ledger file. `clock` says the time of a write; `ask_gap` is asked about a jump of over 31 days."""

    def __init__(self, store: Store, clock: Callable[[], str] = now) -> None:
        self.store = store
        self.clock = clock
        self._kept = Kept()
        self.ask_gap: Callable[[str, str], bool] = lambda _last, _now: False

    @classmethod
    def create(cls, path: Path, origin: str, clock: Callable[[], str] = now) -> Self:
        """A new, empty ledger file; `commands.keys.found` writes its entry 0."""
        return cls(Store.create(path, origin, types=TYPES), clock)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, clock: Callable[[], str] = now) -> Self:
        return cls(Store.open(path, types=TYPES, read_only=read_only), clock)

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def origin(self) -> str:
        return self.store.origin

    def facts(self) -> Facts:
        """The facts at the head, to read. Rebuilt in memory where the views cannot be read as they are."""
        views = ReadFacts(self.store.reader(), self._rebuilt, self._kept)
        if views.exists():
            # Head and facts are read one after the other: somebody else may write in between.
            for _ in range(_LOOKS):
                head = self.store.head()
                if views.stands_at(head.size, head.leaf):
                    return views
        return self._rebuilt()

    def settle(self) -> None:
        """Make the facts anew where they are missing or do not stand at the head, as after a move."""
        with self.store.writing() as transaction:
            self._views(transaction, afresh=False).flush()

    def _rebuilt(self) -> Facts:
        memory = MemoryFacts()
        self._replay(memory)
        return memory

    def entries(self) -> Iterator[Entry]:
        """Every entry in order."""
        return map(entry.parse, self.store.entries())

    def entry(self, seq: int) -> Entry:
        """Raises IndexError when there is none."""
        return entry.parse(self.store.entry(seq))

    def open_private(self, commitment: bytes) -> tuple[bytes, Value] | None:
        """(salt, value) of a private field that is kept here."""
        found = self.store.opening(commitment)
        return (found[0], codec.decode(found[1])) if found else None

    def openings(self) -> Iterator[Opening]:
        """Every opening that is kept here."""
        for commitment, salt, value in self.store.openings():
            yield Opening(commitment, salt, codec.decode(value))

    def write(self, signer: Signer, decide: Decide) -> Written:
        """Append what `decide` makes of the facts, all or nothing.

        Raises `Refused` for what a rule does not allow, E-KEY-… for a key of another ledger or one that has
        seen entries this file lacks, E-CLOCK-BEHIND, E-CLOCK-AHEAD, and what the store raises.
        """
        check_origin(signer.info, self.origin)
        try:
            return self._write(signer, decide)
        except DamagedFactsError:
            return self._write(signer, decide, afresh=True)

    def _write(self, signer: Signer, decide: Decide, *, afresh: bool = False) -> Written:
        with self.store.writing() as transaction:
            views = self._views(transaction, afresh)
            self._require_seen(signer, transaction)
            judge = Judge(views, self.open_private)
            self._require_signed(signer, judge, transaction.head)
            written: list[Entry] = []
            warnings: list[Finding] = []
            for deed in decide(views):
                time = self._time(deed.type, transaction.head.time)
                transaction.store_openings(deed.openings)
                if deed.sealed:
                    transaction.open_values(deed.sealed)
                _require_stream(deed.stream)
                data = deed.data if isinstance(deed.data, codec.Packed) else dict(deed.data)
                new = NewEvent(deed.stream, deed.type, data, deed.id)
                erased = _erased(views, deed)
                (sealed,) = transaction.append([new], actor=signer.key_id, sign=signer.sign, time=time)
                findings = judge.judge(sealed)
                failed = [x for x in findings if x.status in (Status.FAIL, Status.INCONCLUSIVE)]
                if failed:
                    raise Refused(failed)
                for commitment in erased:
                    transaction.erase_opening(commitment)
                warnings += [x for x in findings if x.status is Status.WARN]
                written.append(_without_rows(sealed))
                if deed.type == "import.closed":
                    views.flush()
            views.flush()
            head = transaction.head
        unnoted = _remember(signer, head) if written else None
        return Written(tuple(written), tuple(warnings), unnoted)

    def _views(self, transaction: Transaction, afresh: bool) -> ViewFacts:
        """The facts under the lock, made `afresh` from the entries also where they do not fit them."""
        views = ViewFacts(transaction.connection, self._kept)
        head = transaction.head
        if not views.exists():
            views.lay_out()
        if afresh or not views.stands_at(head.size, head.leaf):
            views.clear()
            self._replay(views)
        return views

    def _replay(self, facts: Facts) -> None:
        judge = Judge(facts, self.open_private)
        for raw in self.store.entries():
            judge.judge(entry.parse(raw))

    def _require_seen(self, signer: Signer, transaction: Transaction) -> None:
        """The ledger contains the last entry that this key saw (design §4)."""
        size, leaf = signer.last_size, signer.last_leaf
        if size == 0:
            return
        head = transaction.head
        if size <= head.size and self.store.find_leaf(leaf) == size - 1:
            return
        raise LiuhenError(
            "E-KEY-HISTORY",
            N_("This ledger lacks entries that the key has seen: {seen} entries then, {held} now."),
            where=str(self.store.path),
            remedy=N_(
                "Keep both as evidence (key: {size}:{leaf}, ledger: {held}:{now}); find the newest copy. "
                "When entries are lost for good, begin a new ledger that names this one."
            ),
            exit=Exit.KEY,
            seen=size,
            held=head.size,
            size=size,
            leaf=leaf.hex(),
            now=head.leaf.hex(),
        )

    def _require_signed(self, signer: Signer, judge: Judge, head: Head) -> None:
        """Somebody with a key signed the entry that this write goes on from: who may add rows to the
        database could add one that links well. As every writer looks, none goes on from such a row."""
        if head.size == 0 or head.leaf == signer.last_leaf:
            return
        last = self.entry(head.size - 1)
        public = judge.public_of(last)
        if public is not None and entry.signature_valid(last, public):
            return
        raise LiuhenError(
            "E-STORE-UNSIGNED",
            N_("Entry {seq}, the last one, is signed by nobody: it was put into the database by hand."),
            where=self.store.place,
            remedy=N_(
                "Do not work on with it, and delete nothing. "
                "See what is damaged and what still stands: liuhen doctor"
            ),
            exit=Exit.UNREADABLE,
            seq=last.body.seq,
        )

    def _time(self, kind: str, last: str) -> str:
        clock = self.clock()
        if not last or kind == "clock.corrected":
            return clock
        behind = datetime.fromisoformat(last) - datetime.fromisoformat(clock)
        if behind > LATE:
            raise LiuhenError(
                "E-CLOCK-BEHIND",
                N_("This computer's clock says {clock}, but the last entry is of {last}."),
                remedy=N_(
                    "Set the clock. If the last entry was wrong, two people correct it: liuhen clock correct"
                ),
                exit=Exit.REFUSED,
                clock=clock,
                last=last,
            )
        if -behind > AHEAD and not self.ask_gap(last, clock):
            raise LiuhenError(
                "E-CLOCK-AHEAD",
                N_("This computer's clock says {clock}, more than 31 days after the last entry of {last}."),
                remedy=N_("Check the clock. If it is right, repeat the command with --clock-is-right"),
                exit=Exit.STOPPED,
                clock=clock,
                last=last,
            )
        return max(clock, last)


def _remember(signer: Signer, head: Head) -> LiuhenError | None:
    """Let the key note the head. After the commit a full disk or a stick pulled out undoes nothing."""
    try:
        signer.remember(head.size, head.leaf)
    except LiuhenError as error:
        return error
    return None


def _without_rows(sealed: Entry) -> Entry:
    """The entry as `Written` keeps it: of the chunks of an import only that they are there."""
    if sealed.body.type != "import.chunk":
        return sealed
    return sealed._replace(body=sealed.body._replace(data={}), body_bytes=b"", raw=b"")


def _erased(facts: Facts, deed: Deed) -> Sequence[bytes]:
    """The openings that a confirmation of `private.erased` removes with its own entry."""
    of = deed.data.get("of") if deed.type == "confirmed" else None
    if not isinstance(of, bytes):
        return ()
    act = facts.get(f.PENDING, of.hex())
    return act.data["commitments"] if act is not None and act.type == "private.erased" else ()


def seal_private(origin: str, owner: str, name: str, value: Value) -> tuple[dict[str, Value], Opening]:
    """A private field with a fresh salt: what stands in the event, and its opening."""
    opening = private.seal(origin, owner, name, value, os.urandom(private.SALT_SIZE))
    return private.private_value(opening.commitment), opening

"""Store, draw and workflow against small models, with crashes and restarts between and inside the steps.

A crash leaves the files as they stand at that moment, written and not committed; so the next program finds
them.
Quick in `make test`; `LIUHEN_TORTURE=long` (as `make torture` sets it) plays many more and longer lives.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ledger.book import Book, Written
from ledger.commands import draws, keys, plans, visits
from ledger.keystore import Signer, unlock
from ledger.store import NewEvent, Store
from ledger.store.sqlite import SQLiteEngine
from tests.accident import Desktop, desktop
from tests.ledger.ledger_events import ORIGIN, TYPES, put
from tests.ledger.store_contract import require_chain
from tests.office import PASSPHRASE, digest
from tests.torture import scene
from tests.torture.checker import breaches
from verifier import facts as f
from verifier.codec import encode
from verifier.entry import parse
from verifier.errors import LiuhenError

LONG = os.environ.get("LIUHEN_TORTURE") == "long"
CHECKED = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


def lives(quick: int, long: int, steps: int) -> settings:
    return settings(
        max_examples=long if LONG else quick,
        stateful_step_count=2 * steps if LONG else steps,
        derandomize=not LONG,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=CHECKED,
        print_blob=True,
    )


class PowerCut(Exception):  # noqa: N818 - nothing went wrong in the program
    """The program ends here."""


def moved(ledger: Path) -> Path:
    """The ledger as a program finds it that starts after a crash: the files as they stand, elsewhere."""
    folder = Path(tempfile.mkdtemp(dir=ledger.parent.parent))
    for suffix in ("", "-wal"):
        part = ledger.with_name(ledger.name + suffix)
        if part.exists():
            shutil.copy(part, folder)
    return folder / ledger.name


@contextlib.contextmanager
def cut_at_commit() -> Iterator[list[Path]]:
    """The power goes when everything is written and the commit is asked for; where the ledger is then."""
    found: list[Path] = []

    def commit(engine: SQLiteEngine, _edge: object) -> None:
        found.append(moved(engine.path))
        raise PowerCut

    with patch.object(SQLiteEngine, "commit", commit):
        yield found


class StoreMachine(RuleBasedStateMachine):
    """The model: the ids and streams of what is recorded, in order, and the openings that are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="liuhen-machine-"))
        (self.root / "first").mkdir()
        self.store = Store.create(self.root / "first" / "ledger.db", ORIGIN, types=TYPES)
        self.model: list[tuple[bytes, str]] = []
        self.openings: dict[bytes, bytes] = {}
        self.counted = 0

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.root)

    def _events(self, streams: list[int]) -> list[NewEvent]:
        made = []
        for stream in streams:
            self.counted += 1
            name = f"subject/{stream}"
            data = {"subject": f"S{self.counted:06}"}
            made.append(NewEvent(name, "subject.added", data, self.counted.to_bytes(16, "big")))
        return made

    streams = st.lists(st.integers(0, 3), min_size=1, max_size=4)

    @rule(batches=st.lists(streams, min_size=1, max_size=3))
    def append(self, batches: list[list[int]]) -> None:
        """One transaction of several appends."""
        new = [self._events(streams) for streams in batches]
        with self.store.writing() as transaction:
            for events in new:
                put(transaction, *events)
        self.model += [(event.id, event.stream) for events in new for event in events]

    @precondition(lambda self: self.model)
    @rule(which=st.integers(0, 10_000), streams=streams)
    def append_again(self, which: int, streams: list[int]) -> None:
        """An id that is there is recognised; what comes after in the same transaction is recorded."""
        place = which % len(self.model)
        event_id, stream = self.model[place]
        new = self._events(streams)
        with self.store.writing() as transaction:
            with pytest.raises(LiuhenError) as refusal:
                put(transaction, NewEvent(stream, "subject.added", {"subject": "S1"}, event_id))
            assert (refusal.value.code, refusal.value.params["seq"]) == ("E-STORE-REPEATED", place)
            put(transaction, *new)
        self.model += [(event.id, event.stream) for event in new]

    @rule(streams=streams)
    def fail_inside(self, streams: list[int]) -> None:
        with pytest.raises(ZeroDivisionError), self.store.writing() as transaction:
            put(transaction, *self._events(streams))
            transaction.open_value(bytes(32), bytes(16), encode("x"))
            raise ZeroDivisionError

    @rule(number=st.integers(0, 5))
    def keep_opening(self, number: int) -> None:
        commitment = bytes([number]) * 32
        with self.store.writing() as transaction:
            transaction.open_value(commitment, bytes(16), encode(number))
        self.openings[commitment] = encode(number)

    @rule(number=st.integers(0, 5))
    def erase_opening(self, number: int) -> None:
        commitment = bytes([number]) * 32
        with self.store.writing() as transaction:
            gone = transaction.erase_opening(commitment)
        assert gone == (self.openings.pop(commitment, None) is not None)

    @rule()
    def restart(self) -> None:
        path = self.store.path
        self.store.close()
        self.store = Store.open(path, types=TYPES)

    @rule()
    def crash(self) -> None:
        self._find(moved(self.store.path))

    @rule(streams=streams)
    def drop_the_connection(self, streams: list[int]) -> None:
        """In the middle of a transaction the connection goes; the store says that it is closed."""
        path = self.store.path
        with pytest.raises(LiuhenError) as refusal, self.store.writing() as transaction:
            put(transaction, *self._events(streams))
            self.store.close()
        assert refusal.value.code == "E-STORE-CLOSED"
        self.store = Store.open(path, types=TYPES)

    @rule(streams=streams)
    def crash_at_the_commit(self, streams: list[int]) -> None:
        with cut_at_commit() as found, pytest.raises(PowerCut), self.store.writing() as transaction:
            put(transaction, *self._events(streams))
        self._find(found[0])

    @rule(streams=streams)
    def read_beside(self, streams: list[int]) -> None:
        """Another program sees nothing of a transaction before its commit."""
        with Store.open(self.store.path, types=TYPES, read_only=True) as other:
            new = self._events(streams)
            with self.store.writing() as transaction:
                put(transaction, *new)
                assert other.head().size == len(self.model)
            self.model += [(event.id, event.stream) for event in new]
            assert other.head().size == len(self.model)

    @rule()
    def go_on_with_a_copy(self) -> None:
        folder = Path(tempfile.mkdtemp(dir=self.root))
        self.store.copy(folder / "ledger.db")
        self._find(folder / "ledger.db")

    def _find(self, path: Path) -> None:
        self.store.close()
        self.store = Store.open(path, types=TYPES)

    @invariant()
    def is_the_model(self) -> None:
        versions: dict[str, int] = {}
        bodies = [parse(raw).body for raw in self.store.entries()]
        assert [(body.id, body.stream) for body in bodies] == self.model
        for body in bodies:
            versions[body.stream] = versions.get(body.stream, 0) + 1
            assert body.ver == versions[body.stream]
        require_chain(self.store)
        assert {row[0]: row[2] for row in self.store.openings()} == self.openings


PARTIES = ("qian-clerk", "li-supervisor")
BASES: dict[str, Desktop] = {}
_FOLDER = tempfile.TemporaryDirectory(prefix="liuhen-base-")


def base(stage: str) -> Desktop:
    """An office at this stage, made once."""
    if stage not in BASES:
        BASES[stage] = desktop(Path(_FOLDER.name) / stage, until=stage)
    return BASES[stage]


class OfficeMachine(RuleBasedStateMachine):
    """The model: who has sealed and opened, whether it was drawn, and how far each visit is."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="liuhen-office-"))
        self.sealed: set[str] = set()
        self.opened: set[str] = set()
        self.visits: dict[str, tuple[str, Written]] = {}
        self.states: dict[str, str] = {}

    @initialize(stage=st.sampled_from(["ready", "opened", "drawn"]))
    def begin(self, stage: str) -> None:
        """Before the draw, before it is run, or after it."""
        self.desk = base(stage).copy(self.root / "first")
        self.ledger = self.desk.ledger
        self.frozen, self.drawn = stage != "ready", stage == "drawn"
        if self.frozen:
            self.sealed, self.opened = set(PARTIES), set(PARTIES)
        self._start()
        self.size = self.book.store.head().size

    def _start(self) -> None:
        self.book = Book.open(self.ledger, clock=scene.clock)
        self.keys = {path.stem: self._key(path) for path in (self.desk.folder / "keys").glob("*.key")}

    @staticmethod
    def _key(path: Path) -> Signer:
        return unlock(path, PASSPHRASE)

    def teardown(self) -> None:
        self.book.close()
        found = breaches(self.ledger, (), self.desk.folder / "keys")
        shutil.rmtree(self.root)
        assert not found

    def does(self, act: Callable[[], Written], *, allowed: bool, adds: int = 1) -> Written | None:
        """The act is recorded exactly when the model allows it, and nothing is recorded otherwise."""
        try:
            written = act()
        except LiuhenError as error:
            assert not allowed, str(error)
            return None
        assert allowed, "this was not to be allowed"
        assert len(written.entries) == adds
        self.size += adds
        return written

    def crashes(self, act: Callable[[], Written]) -> None:
        """The power goes at the commit of the act, if it comes so far."""
        with cut_at_commit() as found, contextlib.suppress(PowerCut, LiuhenError):
            act()
        if found:
            self.ledger = found[0]
        self.restart()

    def restart(self) -> None:
        self.book.close()
        self._start()

    def _freeze(self) -> Written:
        return draws.freeze(self.book, self.keys["qian-clerk"], "d1", "t1", list(PARTIES))

    @rule(crash=st.booleans())
    def freeze(self, crash: bool) -> None:
        if crash:
            self.crashes(self._freeze)
            return
        self.frozen |= self.does(self._freeze, allowed=not self.frozen) is not None

    @rule(who=st.sampled_from(PARTIES), crash=st.booleans())
    def seal(self, who: str, crash: bool) -> None:
        if crash:
            self.crashes(lambda: draws.commit(self.book, self.keys[who], "d1"))
            return
        adds = int(who not in self.sealed)
        self.does(lambda: draws.commit(self.book, self.keys[who], "d1"), allowed=self.frozen, adds=adds)
        if self.frozen:
            self.sealed.add(who)

    @rule(who=st.sampled_from(PARTIES), crash=st.booleans())
    def open(self, who: str, crash: bool) -> None:
        if crash:
            self.crashes(lambda: draws.reveal(self.book, self.keys[who], "d1"))
            return
        allowed = len(self.sealed) == len(PARTIES)
        adds = int(who not in self.opened)
        if self.does(lambda: draws.reveal(self.book, self.keys[who], "d1"), allowed=allowed, adds=adds):
            self.opened.add(who)

    @rule(crash=st.booleans())
    def draw(self, crash: bool) -> None:
        if crash:
            self.crashes(lambda: draws.run(self.book, self.keys["qian-clerk"], "d1"))
            return
        allowed = len(self.opened) == len(PARTIES)
        adds = int(not self.drawn)
        if self.does(lambda: draws.run(self.book, self.keys["qian-clerk"], "d1"), allowed=allowed, adds=adds):
            self.drawn = True

    @rule()
    def start_again(self) -> None:
        self.restart()

    def _drawn(self, which: int) -> str:
        teams = [team for _, team in self.book.facts().rows(f.TEAMS, "d1/")]
        return str(sorted(team.subject for team in teams)[which % len(teams)])

    @precondition(lambda self: self.drawn)
    @rule(which=st.integers(0, 3), crash=st.booleans())
    def visit(self, which: int, crash: bool) -> None:
        subject = self._drawn(which)
        if self.states.get(subject) == "recorded":
            return
        done: list[str] = []

        def act() -> Written:
            name, written = visits.record_visit(
                self.book,
                self.keys["qian-clerk"],
                "d1",
                subject,
                occurred=scene.clock(),
                paper=(["钱二"], digest("扫描件")),
            )
            done.append(name)
            return written

        if crash:
            self.crashes(act)
            return
        written = self.does(act, allowed=subject not in self.states)
        if written is not None:
            self.visits[subject] = (done[0], written)
            self.states[subject] = "recorded"

    @precondition(lambda self: self.visits)
    @rule(which=st.integers(0, 3), crash=st.booleans())
    def confirm(self, which: int, crash: bool) -> None:
        subject = sorted(self.visits)[which % len(self.visits)]
        leaf = self.visits[subject][1].leaf
        if crash:
            self.crashes(lambda: keys.confirm(self.book, self.keys["sun-approver"], [leaf]))
            return
        allowed = self.states[subject] == "recorded"
        if self.does(lambda: keys.confirm(self.book, self.keys["sun-approver"], [leaf]), allowed=allowed):
            self.states[subject] = "effective"

    @precondition(lambda self: self.visits)
    @rule(which=st.integers(0, 3), crash=st.booleans())
    def publish(self, which: int, crash: bool) -> None:
        subject = sorted(self.visits)[which % len(self.visits)]
        where = plans.publication("credit_system", scene.DAY, "公示2026-1")
        name = self.visits[subject][0]
        if crash:
            self.crashes(lambda: visits.register_results(self.book, self.keys["qian-clerk"], [name], where))
            return
        allowed = self.states[subject] == "effective"
        act = lambda: visits.register_results(self.book, self.keys["qian-clerk"], [name], where)  # noqa: E731
        if self.does(act, allowed=allowed):
            self.states[subject] = "published"

    @invariant()
    def is_the_model(self) -> None:
        assert self.book.store.head().size == self.size
        facts = self.book.facts()
        held = facts.get(f.DRAWS, "d1")
        assert (held is not None) == self.frozen
        if held is not None:
            by = {holder: key for key, holder in held.parties.items()}
            assert {who for who in PARTIES if by[who] in held.commits} == self.sealed
            assert {who for who in PARTIES if by[who] in held.reveals} == self.opened
            assert (held.state == "executed") == self.drawn
        shown = {row.data["subject"]: row.state for _, row in facts.rows(f.VISITS)}
        assert shown == {subject: state for subject, state in self.states.items() if state != "recorded"}


MACHINES = {
    "store": (StoreMachine, lives(5, 300, 15)),
    "draw and workflow": (OfficeMachine, lives(6, 150, 12)),
}


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_and_its_model_agree(name: str) -> None:
    machine, how = MACHINES[name]
    run_state_machine_as_test(machine, settings=how)


@pytest.mark.parametrize("name", MACHINES)
def test_a_store_that_forgets_is_caught(name: str) -> None:
    """The control: what was told to be recorded is rolled back instead."""

    def forgetful(engine: SQLiteEngine, _edge: object) -> None:
        engine.roll_back()

    machine, how = MACHINES[name]
    for stage in ("ready", "opened", "drawn"):
        base(stage)
    once = settings(how, phases=[Phase.generate], max_examples=20, database=None)
    with patch.object(SQLiteEngine, "commit", forgetful), pytest.raises(BaseException):  # noqa: B017
        run_state_machine_as_test(machine, settings=once)

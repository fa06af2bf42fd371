"""A year's work from plan to publication, on each engine, against a model of what was recorded.

The program ends inside a transaction, before its commit, or after it and before a key has noted it; the
next one finds the ledger so. A second machine drives the store on a server as `test_machines` does a file.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from ledger.book import Book, Written
from ledger.commands import draws, keys, plans, visits
from ledger.keystore import Signer, unlock
from ledger.moving import move
from ledger.store import Store
from ledger.store.engine import Engine
from ledger.store.recorder import ChainRecorder
from ledger.store.sqlite import SQLiteEngine
from tests.accident import Desktop
from tests.cluster import Cluster
from tests.ledger.ledger_events import ORIGIN, TYPES, put
from tests.office import PASSPHRASE, Office, digest
from tests.torture import scene
from tests.torture.checker import breaches
from tests.torture.test_machines import PowerCut, StoreMachine, lives, moved
from verifier import facts as f
from verifier.errors import LiuhenError

_FOLDER = tempfile.TemporaryDirectory(prefix="liuhen-base-")
_SCHEMAS = count(1)


@dataclass(frozen=True)
class Step:
    """One act of the year: the entry it makes, what must be recorded before, and how it is done."""

    type: str
    after: tuple[str, ...]
    act: Callable[[WorkflowMachine], Written]


def _clerk(deed: Callable[..., Written], *words: object) -> Callable[[WorkflowMachine], Written]:
    return lambda machine: deed(machine.book, machine.keys["qian-clerk"], *words)


def _by(who: str, deed: Callable[..., Written], *words: object) -> Callable[[WorkflowMachine], Written]:
    return lambda machine: deed(machine.book, machine.keys[who], *words)


def _confirm(type_: str) -> Callable[[WorkflowMachine], Written]:
    def act(machine: WorkflowMachine) -> Written:
        leaf = machine.last(type_)[1]
        return keys.confirm(machine.book, machine.keys["sun-approver"], [leaf])

    return act


def _task(machine: WorkflowMachine) -> Written:
    return plans.new_task(
        machine.book,
        machine.keys["qian-clerk"],
        "t1",
        "p2026",
        "1",
        scheme=("工作方案", digest("方案")),
        form=("检查表", "1", digest("检查表")),
        window=("2026-03-01", "2026-10-31"),
        responsible="钱二",
        seats=[("fgj", "-", 1), ("scj", "-", 1)],
    )


def _visit(machine: WorkflowMachine) -> Written:
    paper = (["钱二"], digest("扫描件"))
    teams = [team for _, team in machine.book.facts().rows(f.TEAMS, "d1/")]
    subject = min((team.subject for team in teams), default="-")
    clerk = machine.keys["qian-clerk"]
    return visits.record_visit(machine.book, clerk, "d1", subject, occurred=scene.clock(), paper=paper)[1]


def _correct(machine: WorkflowMachine) -> Written:
    seq, _ = machine.last("visit.recorded")
    clerk = machine.keys["qian-clerk"]
    return visits.correct(machine.book, clerk, seq, "until", scene.clock(), "漏填结束时间")


def _publish(machine: WorkflowMachine) -> Written:
    name = str(machine.book.entry(machine.last("visit.recorded")[0]).body.data["visit"])
    where = plans.publication("credit_system", scene.DAY, "公示2026-1")
    return visits.register_results(machine.book, machine.keys["qian-clerk"], [name], where)


_PORTAL = plans.publication("portal", scene.DAY, "公告2026-1")
_SEALS = ("clerk seals", "supervisor seals")
_OPENS = ("clerk opens", "supervisor opens")
STEPS = {
    "plan": Step("plan.submitted", (), _clerk(plans.submit_plan, "p2026", "2026年度抽查计划", 2026)),
    "approval": Step("plan.approved", ("plan",), _by("sun-approver", plans.approve_plan, "p2026")),
    "announcement": Step("plan.published", ("approval",), _clerk(plans.publish_plan, "p2026", _PORTAL)),
    "task": Step("task.created", ("announcement",), _task),
    "order": Step("confirmed", ("task",), _confirm("task.created")),
    "freeze": Step(
        "draw.frozen", ("order",), _clerk(draws.freeze, "d1", "t1", ["qian-clerk", "li-supervisor"])
    ),
    _SEALS[0]: Step("draw.committed", ("freeze",), _clerk(draws.commit, "d1")),
    _SEALS[1]: Step("draw.committed", ("freeze",), _by("li-supervisor", draws.commit, "d1")),
    _OPENS[0]: Step("draw.revealed", _SEALS, _clerk(draws.reveal, "d1")),
    _OPENS[1]: Step("draw.revealed", _SEALS, _by("li-supervisor", draws.reveal, "d1")),
    "draw": Step("draw.executed", _OPENS, _clerk(draws.run, "d1")),
    "visit": Step("visit.recorded", ("draw",), _visit),
    "signature": Step("confirmed", ("visit",), _confirm("visit.recorded")),
    "correction": Step("corrected", ("signature",), _correct),
    "its approval": Step("confirmed", ("correction",), _confirm("corrected")),
    "publication": Step("result.published", ("signature",), _publish),
}

AGAIN = ("announcement", "visit", "correction", "publication")
"""Steps that may be taken more than once: on another channel, until the paper of a visit is confirmed, for
another mistake."""


def base() -> Desktop:
    """An office with its lists, its policy and the row of a plan; made once."""
    made = Desktop(Path(_FOLDER.name) / "listed")
    if not made.folder.exists():
        made.folder.mkdir(parents=True)
        office = Office(made.folder)
        office.lists()
        office.policy()
        office.plan_row()
        office.book.close()
    return made


def pointer(cluster: Cluster, folder: Path) -> Path:
    """A file in `folder` that points to a schema of its own."""
    path = folder / "server.db"
    path.write_text(cluster.url(f"machine{next(_SCHEMAS)}") + "\n", "utf-8")
    return path


class WorkflowMachine(RuleBasedStateMachine):
    """The model: the steps that are recorded, in order. `cluster` is None for a ledger in a file."""

    cluster: Cluster | None = None

    @initialize(steps=st.integers(0, len(STEPS) - 1))
    def begin(self, steps: int) -> None:
        """Somewhere in the year."""
        self.root = Path(tempfile.mkdtemp(prefix="liuhen-workflow-"))
        self.desk = base().copy(self.root / "first")
        self.ledger = self.desk.ledger
        if self.cluster is not None:
            self.ledger = pointer(self.cluster, self.desk.folder)
            move(self.desk.ledger, self.ledger)
        self.done: list[str] = []
        self.acks: list[scene.Ack] = []
        self._open()
        self.begun = self.book.store.head().size
        for _ in range(steps):
            self.go_on(0, "")

    def _open(self) -> None:
        self.book = Book.open(self.ledger, clock=scene.clock)
        files = (self.desk.folder / "keys").glob("*.key")
        self.keys: dict[str, Signer] = {path.stem: unlock(path, PASSPHRASE) for path in files}

    def teardown(self) -> None:
        if not hasattr(self, "book"):
            return
        self.book.close()
        found = breaches(self.ledger, self.acks, self.desk.folder / "keys")
        shutil.rmtree(self.root)
        assert not found

    def last(self, type_: str) -> tuple[int, bytes]:
        """Seq and leaf of the last entry of a type. Raises LookupError."""
        for seq in range(self.book.store.head().size - 1, self.begun - 1, -1):
            entry = self.book.entry(seq)
            if entry.body.type == type_:
                return seq, entry.leaf
        raise LookupError(type_)

    def _allowed(self) -> list[str]:
        return [
            name
            for name, step in STEPS.items()
            if name not in self.done and not set(step.after) - {*self.done}
        ]

    @rule(which=st.integers(0, 1), where=st.sampled_from(["", "inside", "before", "after"]))
    def go_on(self, which: int, where: str) -> None:
        """One of the next steps; the program ends `where`, if anywhere."""
        ways = self._allowed()
        if not ways:
            return
        name = ways[which % len(ways)]
        if not where:
            written = STEPS[name].act(self)
            self.acks.append((written.entries[-1].body.seq, written.leaf))
            self.done.append(name)
            return
        with ending(where) as found, pytest.raises(PowerCut):
            STEPS[name].act(self)
        if found:
            self.ledger = found[0]
        self.restart()
        if where == "after":
            self.done.append(name)

    @rule(which=st.integers(0, len(STEPS) - 1))
    def out_of_turn(self, which: int) -> None:
        """What is not its turn is refused, and what is recorded is not recorded again."""
        name = list(STEPS)[which]
        if name in self._allowed() or (name in AGAIN and name in self.done):
            return
        before = self.book.store.head()
        with contextlib.suppress(LiuhenError, LookupError):
            STEPS[name].act(self)
        assert self.book.store.head() == before, name

    @rule()
    def restart(self) -> None:
        self.book.close()
        self._open()

    @invariant()
    def is_the_model(self) -> None:
        raws = self.book.store.entries(self.begun)
        kinds = [self.book.entry(seq).body.type for seq, _ in enumerate(raws, self.begun)]
        assert kinds == [STEPS[name].type for name in self.done]


def engines() -> list[type]:
    """The engines that are here."""
    try:
        from ledger.store.postgres import PostgresEngine
    except ImportError:
        return [SQLiteEngine]
    return [SQLiteEngine, PostgresEngine]


@contextlib.contextmanager
def ending(where: str) -> Iterator[list[Path]]:
    """The program ends inside a transaction, before or after its commit; where a file is found then."""
    found: list[Path] = []

    def end(engine: Engine) -> None:
        if isinstance(engine, SQLiteEngine):
            found.append(moved(engine.path))
        else:
            engine.connection.raw.close()  # type: ignore[attr-defined]
        raise PowerCut

    with contextlib.ExitStack() as stack:
        if where == "inside":
            insert = ChainRecorder.insert

            def inserting(recorder: ChainRecorder, entries: object) -> None:
                insert(recorder, entries)  # type: ignore[arg-type]
                end(recorder._engine)

            stack.enter_context(patch.object(ChainRecorder, "insert", inserting))
        for kind in engines() if where != "inside" else ():
            stack.enter_context(patch.object(kind, "commit", _committing(kind, where, end)))
        yield found


def _committing(kind: type, where: str, end: Callable[[Engine], None]) -> Callable[..., None]:
    real = kind.commit  # type: ignore[attr-defined]

    def commit(engine: Engine, edge: object) -> None:
        if where == "after":
            real(engine, edge)
        end(engine)

    return commit


class ServerStoreMachine(StoreMachine):
    """The same life on a server: who crashes is gone with the connection."""

    cluster: Cluster

    def __init__(self) -> None:
        super().__init__()
        self.store.close()
        self.store = Store.create(pointer(self.cluster, self.root), ORIGIN, types=TYPES)

    @rule()
    def crash(self) -> None:
        self.store.reader().raw.close()  # type: ignore[attr-defined]
        self._find(self.store.path)

    @rule(streams=StoreMachine.streams)
    def crash_at_the_commit(self, streams: list[int]) -> None:
        path = self.store.path
        with ending("before"), pytest.raises(PowerCut), self.store.writing() as transaction:
            put(transaction, *self._events(streams))
        self._find(path)

    @rule()
    def go_on_with_a_copy(self) -> None:
        """A copy is a file; the ledger stays where it is."""
        path = self.root / f"copy{next(_SCHEMAS)}.db"
        self.store.copy(path)
        with Store.open(path, types=TYPES) as copy:
            assert (copy.head(), list(copy.entries())) == (self.store.head(), list(self.store.entries()))


def on(machine: type, cluster: Cluster | None) -> type:
    """The machine with its ledger there."""
    return type(machine.__name__, (machine,), {"cluster": cluster})


def test_a_year_agrees_with_its_model_in_a_file() -> None:
    run_state_machine_as_test(WorkflowMachine, settings=lives(4, 100, 30))


def test_a_year_agrees_with_its_model_on_a_server(cluster: Cluster) -> None:
    run_state_machine_as_test(on(WorkflowMachine, cluster), settings=lives(2, 40, 30))


def test_the_store_agrees_with_its_model_on_a_server(cluster: Cluster) -> None:
    run_state_machine_as_test(on(ServerStoreMachine, cluster), settings=lives(3, 60, 15))


@pytest.mark.parametrize("kind", ["file", "server"])
def test_a_store_that_forgets_is_caught(kind: str, request: pytest.FixtureRequest) -> None:
    """The control: what was told to be recorded is rolled back instead."""
    cluster = request.getfixturevalue("cluster") if kind == "server" else None

    def forgetful(engine: Engine, _edge: object) -> None:
        engine.roll_back()

    base()
    once = settings(lives(10, 10, 10), phases=[Phase.generate], database=None)
    machine = on(ServerStoreMachine if cluster else WorkflowMachine, cluster)
    with contextlib.ExitStack() as stack, pytest.raises(BaseException):  # noqa: B017
        stack.enter_context(patch.object(engines()[kind == "server"], "commit", forgetful))
        run_state_machine_as_test(machine, settings=once)

"""The facts of the ledger are those of a verifier that replays it, whatever was commanded."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from ledger import views
from ledger.commands import draw_notes, draws, followups, keys, lists, plans, reports, visits
from ledger.views import ViewFacts
from tests.office import Office, digest, made_up_code, subject
from verifier import facts as f
from verifier.errors import LiuhenError
from verifier.facts import Facts, MemoryFacts, Table
from verifier.figures import Period
from verifier.law.judge import Judge

TABLES = [table for table in vars(f).values() if isinstance(table, Table) and not table.transient]
TABLES += [f.register(name) for name in ("items", "subjects", "officers", "plan.p2026", "amend.p2026")]


def packed(facts: Facts) -> dict[str, dict[str, bytes]]:
    """Every table as bytes."""
    return {t.name: {key: views._pack(row) for key, row in facts.rows(t)} for t in TABLES}


def replayed(office: Office) -> MemoryFacts:
    facts = MemoryFacts()
    judge = Judge(facts, office.book.open_private)
    for entry in office.book.entries():
        assert not [x for x in judge.judge(entry) if x.status.value == "fail"]
    return facts


class Actions:
    """What a random office does next; what the law refuses is not done."""

    def __init__(self, office: Office, choose: random.Random) -> None:
        self.office, self.choose = office, choose
        self.draws: list[str] = []
        self.tasks: list[str] = []

    def step(self) -> None:
        steps = (self.task, self.freeze, self.abort, self.party, self.party, self.run, self.visit, self.visit)
        others = (self.replace, self.publish, self.correct, self.conflict, self.subject, self.absence)
        last = (self.confirm, self.confirm, self.exclude, self.unseal, self.amend, self.file, self.note)
        after = (self.follow, self.tell)
        self.attempt(self.choose.choice((*steps, *others, *last, *after)))

    def attempt(self, deed: Callable[[], None]) -> None:
        with suppress(LiuhenError, IndexError):
            deed()

    def ceremony(self) -> None:
        """A whole draw of the newest task."""
        self.draws.append(f"d{len(self.draws) + 1}")
        self.office.draw(self.draws[-1], self.tasks[-1])

    def task(self) -> None:
        name = f"t{len(self.tasks) + 1}"
        mode = self.choose.choice([{}, {"teams": "groups", "groups": 2}, {"sealed": True}])
        self.office.task(name, **mode)
        self.tasks.append(name)

    def freeze(self) -> None:
        name = f"d{len(self.draws) + 1}"
        self.office.freeze(name, self.choose.choice(self.tasks))
        self.draws.append(name)

    def _draw(self) -> str:
        return self.choose.choice(self.draws)

    def abort(self) -> None:
        if self.choose.random() < 0.3:
            draws.abort(self.office.book, self.office.clerk, self._draw(), "equipment")

    def party(self) -> None:
        who = self.choose.choice([self.office.clerk, self.office.supervisor])
        self.choose.choice([draws.commit, draws.reveal])(self.office.book, who, self._draw())

    def run(self) -> None:
        draws.run(self.office.book, self.office.clerk, self._draw())

    def visit(self) -> None:
        draw = self._draw()
        self.office.visit(self.choose.choice(self.office.drawn(draw)), draw)

    def replace(self) -> None:
        draw = self._draw()
        name = self.choose.choice(self.office.drawn(draw))
        team = draws.team_of(self.office.book.facts(), draw, name)
        officer = self.choose.choice(team.members())
        draws.recuse(self.office.book, self.office.clerk, draw, name, officer, "recusal")

    def publish(self) -> None:
        self.office.publish([self.choose.choice([n for n, _ in self.office.book.facts().rows(f.VISITS)])])

    def correct(self) -> None:
        seqs = [e.body.seq for e in self.office.book.entries() if e.body.type == "visit.recorded"]
        seq = self.choose.choice(seqs)
        if self.choose.random() < 0.3:
            visits.void(self.office.book, self.office.clerk, seq, "重复")
        else:
            visits.correct(self.office.book, self.office.clerk, seq, "results", ["03"], "笔误")

    def conflict(self) -> None:
        pair = (f"off-0{self.choose.randrange(8)}", made_up_code(2 * self.choose.randrange(20)), "亲属")
        lists.declare_conflicts(self.office.book, self.office.clerk, [pair])

    def subject(self) -> None:
        name, record = subject(self.choose.randrange(60))
        record["address"] = f"新址{self.choose.randrange(9)}号"
        self.office.import_rows("subjects", [(name, record)])

    def absence(self) -> None:
        officer = f"off-0{self.choose.randrange(8)}"
        lists.record_absence(
            self.office.book, self.office.clerk, officer, "2026-03-01", "2026-03-09", "leave"
        )

    def confirm(self) -> None:
        leaf, _ = self.choose.choice(keys.waiting(self.office.book.facts()))
        keys.confirm(self.office.book, self.office.approver, [bytes.fromhex(leaf)])

    def exclude(self) -> None:
        name = made_up_code(2 * self.choose.randrange(20))
        task = self.choose.choice(self.tasks)
        plans.exclude(self.office.book, self.office.clerk, task, name, "moved", digest("证据"))

    def amend(self) -> None:
        row = self.office.book.facts().get(f.register("plan.p2026"), "1")
        assert row is not None
        self.office.import_rows("amend.p2026", [("1", {**row.record, "q": self.choose.randrange(4, 9)})])
        plans.amend_plan(self.office.book, self.office.clerk, "p2026", "调整")

    def republish(self) -> None:
        where = plans.publication("portal", self.office.clock.day)
        plans.publish_plan(self.office.book, self.office.clerk, "p2026", where)

    def file(self) -> None:
        day = self.office.clock.day
        plans.file_plan(self.office.book, self.office.clerk, "p2026", "yearly", "司法局", day)

    def note(self) -> None:
        draw, book, clerk = self._draw(), self.office.book, self.office.clerk
        draw_notes.attend(book, clerk, draw, [draw_notes.Guest("media", "县融媒体中心")])
        draw_notes.file_draw(book, clerk, draw, "领导小组办公室", self.office.clock.day)
        draw_notes.note_printing(book, clerk, draw, 2, "存档")

    def follow(self) -> None:
        """A follow-up of a visit; the one before it is closed."""
        book, clerk = self.office.book, self.office.clerk
        held = [row.data["followup"] for _, row in book.facts().rows(f.FOLLOWUPS)]
        if held and self.choose.random() < 0.5:
            followups.close(book, clerk, held[-1], self.office.clock.day, reason="已改")
        else:
            visit = self.choose.choice([name for name, _ in book.facts().rows(f.VISITS)])
            followups.record(book, clerk, visit, "ordered", due="2026-03-20", to="某单位")

    def tell(self) -> None:
        """A bulletin, an activity, a report."""
        book, clerk, day = self.office.book, self.office.clerk, self.office.clock.day
        reports.record_activity(book, clerk, "meeting", day, "部署会")
        reports.issue_report(book, clerk, "monthly", Period("2026-01-01", day), digest("月报"), day)
        reports.issue_bulletin(book, clerk, self._draw(), "portal", day)

    def unseal(self) -> None:
        draws.unseal(self.office.book, self.office.clerk, self._draw())


@pytest.mark.parametrize("seed", range(6))
def test_the_ledgers_facts_are_those_of_a_fresh_replay(seed: int, tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists()
    office.policy()
    office.plan()
    actions = Actions(office, random.Random(seed))
    for round_ in range(4):
        actions.attempt(actions.republish)
        actions.task()
        if round_ % 2:
            actions.attempt(actions.ceremony)
        for _ in range(40):
            actions.step()
    expected = packed(replayed(office))
    assert sum(map(len, expected.values())) > 100
    held = office.book.facts()
    assert isinstance(held, ViewFacts)
    assert packed(held) == expected

    with office.book.store.writing() as transaction:
        transaction.connection.execute("DROP TABLE facts")
    assert packed(office.book.facts()) == expected
    office.import_rows("items", [], removed=["item-2"])
    rebuilt = office.book.facts()
    assert isinstance(rebuilt, ViewFacts)
    assert packed(rebuilt) == packed(replayed(office))

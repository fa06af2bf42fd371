"""`liuhen sign`: a party, a second person and an approver at another machine, by file."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
import pytest

from cli.desk import Desk
from ledger.commands import draws, plans, requests
from ledger.commands.requests import MAGIC
from ledger.keystore import unlock
from tests.cli.counter import Counter, counter
from tests.office import PASSPHRASE, Office
from verifier import codec
from verifier import statement as statement_file
from verifier.errors import Exit, LiuhenError

__all__ = ["counter"]


class TwoMachines:
    """The office with its ledger, and another machine that has the supervisor's and approver's keys only."""

    def __init__(self, counter: Counter) -> None:
        self.here = counter
        self.made = Office(counter.folder)
        self.stick = counter.folder / "U盘"
        self.stick.mkdir()
        self.away = Counter(counter.folder / "另一台", counter.capsys, counter.clock)
        for holder in ("li-supervisor", "sun-approver"):
            source = counter.folder / "keys" / f"{holder}.key"
            target = self.away.folder / "keys" / source.name
            target.parent.mkdir(exist_ok=True)
            shutil.move(source, target)

    def open_for(self, *steps: str) -> None:
        """Steps of the year taken at the office before."""
        keys = self.away.folder / "keys"
        for role, holder in (("supervisor", "li-supervisor"), ("approver", "sun-approver")):
            self.made.signers[role] = unlock(keys / f"{holder}.key", PASSPHRASE)
        for step in steps:
            getattr(self.made, step)()

    def asks(self, *kind: object) -> Path:
        """A request written at the office."""
        return Path(self.here.json("sign", "request", *kind, "--to", self.stick)["request"])

    def signs(self, request: Path, by: str) -> Path:
        """The statement that the other machine writes."""
        answer = self.away.json("sign", "answer", request, "--to", self.stick, "--yes", by=by)
        assert "statement" in answer, self.away.err
        return Path(answer["statement"])

    def takes(self, *files: Path) -> int:
        return self.here.run("sign", "accept", *files, by="qian-clerk")


@pytest.fixture
def machines(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> TwoMachines:
    (counter.folder / "另一台").mkdir()
    made = TwoMachines(counter)
    monkeypatch.setattr(Desk, "clock", made.made.clock)
    monkeypatch.setattr(Desk, "interactive", property(lambda _desk: bool(made.away.typed)))
    monkeypatch.setattr(click.termui, "visible_prompt_func", made.away.answer)
    return made


def test_a_party_commits_and_reveals_at_another_machine(machines: TwoMachines) -> None:
    machines.open_for("ready", "freeze")
    draws.commit(machines.made.book, machines.made.clerk, "d1")
    request = machines.asks("commit", "d1")
    statement = machines.signs(request, "li-supervisor")
    assert machines.takes(statement) == Exit.PASS, machines.here.err
    draws.reveal(machines.made.book, machines.made.clerk, "d1")
    assert machines.takes(machines.signs(machines.asks("reveal", "d1"), "li-supervisor")) == Exit.PASS
    draws.run(machines.made.book, machines.made.clerk, "d1")
    report = machines.here.json("verify")
    assert (report["verdict"], report["draws"][0]["g"], report["acts"]["file"]) == ("pass", 1, 2)


def test_a_sealed_draw_is_revealed_away_with_its_opening_in_the_file(machines: TwoMachines) -> None:
    machines.open_for("lists", "policy", "plan")
    machines.made.task(sealed=True)
    machines.open_for("freeze")
    office = machines.made
    draws.commit(office.book, office.clerk, "d1")
    assert machines.takes(machines.signs(machines.asks("commit", "d1"), "li-supervisor")) == Exit.PASS
    statement = machines.signs(machines.asks("reveal", "d1"), "li-supervisor")
    assert statement_file.openings_in(statement.read_bytes())
    bare = statement.with_name("bare.statement")
    carried, _key = statement_file.read_file(statement.read_bytes())
    bare.write_bytes(statement_file.write_file(carried))
    assert machines.takes(bare) == Exit.UNREADABLE
    assert "E-STATEMENT-OPENING" in machines.here.err
    assert machines.takes(statement) == Exit.PASS, machines.here.err
    draws.reveal(office.book, office.clerk, "d1")
    draws.run(office.book, office.clerk, "d1")
    assert office.drawn("d1")


def test_the_verbs_of_earlier_versions_still_work(machines: TwoMachines) -> None:
    machines.open_for("ready", "freeze")
    request = machines.asks("commit", "d1")
    answer = machines.away.json("sign", "file", request, "--to", machines.stick, "--yes", by="li-supervisor")
    assert machines.here.run("sign", "take", answer["statement"], by="qian-clerk") == Exit.PASS


def test_what_is_signed_is_shown_with_m_recomputed_from_it(machines: TwoMachines) -> None:
    machines.open_for("ready", "freeze")
    request = machines.asks("commit", "d1")
    m = machines.made.book.entry(machines.made.book.store.head().size - 1).leaf_hex
    machines.signs(request, "li-supervisor")
    shown = machines.away.err
    assert " ".join(m[i : i + 8] for i in range(0, 64, 8)) in shown
    for words in ("演示县发展和改革局", "task: t1", "李四 li-supervisor", "You sign: draw.committed"):
        assert words in shown


def test_signing_the_same_request_again_gives_the_same_file(machines: TwoMachines) -> None:
    machines.open_for("ready", "freeze")
    request = machines.asks("commit", "d1")
    first = machines.signs(request, "li-supervisor").read_bytes()
    assert machines.signs(request, "li-supervisor").read_bytes() == first


def test_a_plan_is_approved_away_with_its_rows_shown(machines: TwoMachines) -> None:
    machines.open_for("lists", "policy")
    submit_only(machines.made)
    statement = machines.signs(machines.asks("approve", "p2026"), "sun-approver")
    assert "油气长输管道企业" in machines.away.err
    assert machines.takes(statement) == Exit.PASS, machines.here.err
    assert machines.here.run("verify") == Exit.PASS


def submit_only(office: Office) -> None:
    row = {
        "no": 1,
        "plan_name": "2026年管道安全检查",
        "task_name": "管道安全检查",
        "text": ["对管道安全检查"],
        "items": ["item-1"],
        "p": 1,
        "q": 5,
        "objects": "油气长输管道企业",
        "draw": "undirected",
        "organiser": "发改局",
        "executor": "发改局",
        "until": "2026-10",
    }
    office.import_rows("plan.p2026", [("1", row)])  # type: ignore[list-item]
    plans.submit_plan(office.book, office.clerk, "p2026", "2026年度抽查计划", 2026)


def test_a_second_person_confirms_away(machines: TwoMachines) -> None:
    machines.open_for("lists", "policy", "plan")
    written = machines.made.task(confirm=False)
    seq = written.entries[-1].body.seq
    statement = machines.signs(machines.asks("confirm", seq), "sun-approver")
    assert machines.here.run("confirm", "--file", statement, by="qian-clerk") == Exit.PASS, machines.here.err
    assert machines.here.json("confirm")["waiting"] == []


def test_a_draw_is_aborted_by_file_and_confirmed_here(machines: TwoMachines) -> None:
    machines.open_for("ready", "freeze")
    statement = machines.signs(machines.asks("abort", "d1", "--cause", "list-error"), "sun-approver")
    assert machines.takes(statement) == Exit.PASS, machines.here.err
    machines.here.does("confirm", "--all", by="qian-clerk")
    assert machines.here.json("verify")["draws"][0]["state"] == "aborted"


def test_a_statement_counts_once(machines: TwoMachines) -> None:
    machines.open_for("ready", "freeze")
    statement = machines.signs(machines.asks("commit", "d1"), "li-supervisor")
    assert machines.takes(statement) == Exit.PASS
    assert machines.takes(statement) == Exit.REFUSED


def test_who_is_no_party_cannot_sign_a_commit(machines: TwoMachines) -> None:
    machines.open_for("ready", "freeze")
    request = machines.asks("commit", "d1")
    assert machines.away.run("sign", "answer", request, "--yes", by="sun-approver") == Exit.KEY
    assert "E-REQUEST-PARTY" in machines.away.err


def test_a_reveal_without_a_commit_has_no_secret(machines: TwoMachines) -> None:
    machines.open_for("ready", "freeze")
    request = machines.asks("reveal", "d1")
    assert machines.away.run("sign", "answer", request, "--yes", by="li-supervisor") == Exit.KEY
    assert "E-DRAW-NO-SECRET" in machines.away.err


def test_nothing_is_signed_without_a_yes(machines: TwoMachines) -> None:
    machines.open_for("ready", "freeze")
    request = machines.asks("commit", "d1")
    assert machines.away.run("sign", "answer", request, by="li-supervisor") == Exit.STOPPED
    assert machines.away.types("sign", "answer", request, answers=["n"], by="li-supervisor") == Exit.STOPPED
    assert list(machines.away.folder.glob("*.statement")) == []


def test_a_key_signs_for_one_ledger_of_a_name(machines: TwoMachines) -> None:
    """A clerk with a second ledger of the same origin asks the supervisor's key to commit there."""
    machines.open_for("ready", "freeze")
    request = machines.asks("commit", "d1")
    machines.signs(request, "li-supervisor")
    asked = requests.read_file(request.read_bytes())
    other = requests.Request(asked.origin, asked.office, bytes(32), asked.kind, asked.data, asked.entry)
    request.write_bytes(requests.write_file(other))
    assert machines.away.run("sign", "answer", request, "--yes", by="li-supervisor") == Exit.KEY
    assert "E-REQUEST-LEDGER" in machines.away.err


@pytest.mark.parametrize("change", ["another draw", "another hash", "another kind", "another origin"])
def test_a_request_about_another_entry_than_it_shows_is_refused(machines: TwoMachines, change: str) -> None:
    machines.open_for("ready", "freeze")
    asked = requests.read_file(machines.asks("commit", "d1").read_bytes())
    data, kind, origin = dict(asked.data), asked.kind, asked.origin
    if change == "another draw":
        data["draw"] = "d2"
    elif change == "another hash":
        data["m"] = "00" * 32
    elif change == "another kind":
        kind = "confirmed"
    else:
        origin = "other.example.gov.cn/x"
    forged = requests.Request(origin, asked.office, asked.ledger, kind, data, asked.entry, (), asked.names)
    with pytest.raises(LiuhenError) as caught:
        requests.read_file(requests.write_file(forged))
    assert caught.value.code == "E-REQUEST-FIT"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        MAGIC,
        MAGIC + codec.encode([]),
        MAGIC + codec.encode([{"kind": "draw.executed"}, b"x"]),
        MAGIC + b"\xdd\xff\xff\xff\xff",
    ],
)
def test_another_file_asks_for_nothing(data: bytes) -> None:
    with pytest.raises(LiuhenError) as caught:
        requests.read_file(data)
    assert caught.value.exit is Exit.UNREADABLE


def test_with_the_ledger_at_hand_a_statement_is_written_at_once(machines: TwoMachines) -> None:
    machines.open_for("ready", "freeze")
    words = ("-K", machines.away.folder / "keys", "--as", "li-supervisor", "sign", "commit", "d1")
    answer = machines.here.json(*words, "--to", machines.stick)
    assert machines.takes(Path(answer["statement"])) == Exit.PASS

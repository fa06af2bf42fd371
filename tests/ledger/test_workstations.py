"""Eight workstations play one ceremony on a server: a process each, with its own key and its own folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.book import Book
from ledger.commands import draws
from ledger.commands.keys import Person
from tests import office as offices
from tests.cluster import Cluster
from tests.office import PEOPLE, Office
from verifier.replay import replay_entries
from verifier.report import Verdict

ROOT = Path(__file__).parents[2]
DRAW = "d1"
MORE = {f"observer{n}": Person(f"guest-{n}", f"来宾{n}", f"unit{n}", ("observer",)) for n in range(5)}
PARTIES = ("qian-clerk", "li-supervisor", "zhou-observer", *(one.holder for one in MORE.values()))

WORKSTATION = """
import sys, time
from pathlib import Path
from ledger.book import Book
from ledger.commands import draws
from ledger.keystore import list_keys, unlock
from tests.office import PASSPHRASE
from verifier.errors import LiuhenError
folder, draw, parties = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
(key,) = list_keys(folder / "keys")
signer = unlock(key.path, PASSPHRASE)
with Book.open(folder / "ledger.db", clock=lambda: "2026-03-02T10:00:00+08:00") as book:
    def wait(what):
        deadline = time.monotonic() + 60
        while len(getattr(draws.draw_of(book.facts(), draw), what)) < parties:
            assert time.monotonic() < deadline, what
            time.sleep(0.02)
    print("ready", flush=True)
    sys.stdin.readline()
    draws.commit(book, signer, draw)
    wait("commits")
    draws.reveal(book, signer, draw)
    wait("reveals")
    try:
        print(len(draws.run(book, signer, draw).entries))
    except LiuhenError as error:
        print(error.code)
"""


def test_eight_workstations_play_one_ceremony(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offices, "PEOPLE", {**PEOPLE, **MORE})
    url = cluster.url("workstations") + "\n"
    (tmp_path / "台账 ledger.db").write_text(url, encoding="utf-8")
    office = Office(tmp_path)
    office.ready()
    draws.freeze(office.book, office.clerk, DRAW, "t1", PARTIES)
    office.book.close()

    processes = []
    for holder in PARTIES:
        own = tmp_path / holder
        (own / "keys").mkdir(parents=True)
        (own / "ledger.db").write_text(url, encoding="utf-8")
        shutil.move(tmp_path / "keys" / f"{holder}.key", own / "keys")
        process = subprocess.Popen(
            [sys.executable, "-c", WORKSTATION, str(own), DRAW, str(len(PARTIES))],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=120) for process in processes]
    assert not any(err for _, err in told), told

    with Book.open(tmp_path / "台账 ledger.db", read_only=True) as book:
        kinds = [entry.body.type for entry in book.entries()]
        counted = [kinds.count(f"draw.{kind}") for kind in ("committed", "revealed", "executed")]
        assert counted == [8, 8, 1]
        assert sorted(out.strip() for out, _ in told).count("1") == 1
        assert draws.draw_of(book.facts(), DRAW).state == "executed"
        report, _facts = replay_entries(book.store.entries(), "", book.open_private)
        assert report.verdict is not Verdict.FAIL

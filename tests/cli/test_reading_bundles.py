"""A bundle is read entry by entry; every next step carries it; given as a ledger it is called a bundle."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from ledger.commands import bundles, lists
from tests.cli.clerk import Clerk
from tests.office import Office, digest, made_up_code
from verifier.errors import Exit

OUT = made_up_code(0)
"""In the pool until it is closed three days before a draw of nine in ten, and opened again after."""
NEVER = made_up_code(1)
"""Never in the pool of the office's draws."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    made = Office(tmp_path_factory.mktemp("读 核验包"))
    made.lists()
    made.policy()
    made.plan(p=1, q=1)
    made.task()
    change(made, "closed")
    made.clock.go("2026-03-05")
    made.draw()
    made.clock.go("2026-03-09")
    change(made, "active")
    made.task("t2")
    made.draw("d2", "t2")
    bundles.export(made.book, made.log, made.folder / "核验 包.zip")
    return made


def change(office: Office, status: str) -> None:
    fields = {"status": status}
    source = digest(status)
    lists.change_record(office.book, office.clerk, "subjects", OUT, fields, reason="变更", source=source)


@pytest.fixture
def bundle(office: Office) -> Path:
    return office.folder / "核验 包.zip"


def next_step(said: str) -> list[str]:
    words = shlex.split(said.splitlines()[-1].partition("：")[2])
    return words[next(at for at, word in enumerate(words) if word in ("log", "verify")) :]


def test_the_entries_of_a_bundle_are_listed_and_shown_as_those_of_the_ledger(
    clerk: Clerk, office: Office, bundle: Path
) -> None:
    of_bundle = clerk.json("log", "list", "--from", bundle)
    of_ledger = clerk.json("log", "list", "--from", office.folder / "台账 ledger.db")
    assert all(of_bundle[key] == of_ledger[key] for key in ("size", "root", "entries"))
    assert of_bundle["size"] == len(of_bundle["entries"])
    assert of_bundle["root"] == office.book.store.head().root.hex()
    last = of_bundle["entries"][-1]["seq"]
    shown = clerk.json("log", "show", last, "--from", bundle)
    assert shown["data"] == of_bundle["entries"][-1]["data"]
    assert clerk.run("log", "show", last + 1, "--from", bundle) == Exit.USAGE
    assert "E-LOG-SEQ" in clerk.err


def test_the_next_step_after_a_bundle_reads_the_bundle(clerk: Clerk, bundle: Path) -> None:
    step = next_step(clerk.does("log", "list", "--last", "3", "--from", bundle))
    assert step[-2:] == ["--from", str(bundle)]
    step = next_step(clerk.does(*step))
    assert step == ["verify", str(bundle)]


def test_the_next_step_of_a_trail_is_the_entry_that_kept_it_out(
    clerk: Clerk, office: Office, bundle: Path
) -> None:
    step = next_step(clerk.does("trail", OUT, "--from", bundle))
    closed = [e.body.seq for e in office.book.entries() if e.body.type == "import.closed"]
    assert step == ["log", "show", str(closed[-2]), "--from", str(bundle)]
    assert "变更" in clerk.does(*step)


def test_edits_bear_the_number_of_the_entry_that_closed_the_import(
    clerk: Clerk, office: Office, bundle: Path
) -> None:
    told = clerk.json("trail", OUT, "--from", bundle)
    edits = [one for one in told["touches"] if one["how"] == "changed"]
    closed = [e.body.seq for e in office.book.entries() if e.body.type == "import.closed"]
    assert [one["seq"] for one in edits] == closed[-2:]
    assert [one["part"] for one in edits] == [seq - 1 for seq in closed[-2:]]
    assert [one["seq"] for one in told["missed"]] == closed[-2:-1]
    assert f"分段 #{closed[-1] - 1}" in clerk.does("trail", OUT, "--from", bundle)


def test_draws_whose_condition_it_never_met_are_only_counted(
    clerk: Clerk, bundle: Path, tmp_path: Path
) -> None:
    said = clerk.does("trail", NEVER, "--from", bundle)
    assert "另有 2 次摇号，此对象从未符合其抽取条件。" in said
    assert "从未符合抽取条件" not in said
    assert "另有" not in clerk.does("trail", OUT, "--from", bundle)
    clerk.does("trail", NEVER, "--from", bundle, "--html", tmp_path / "轨迹.html")
    page = (tmp_path / "轨迹.html").read_text("utf-8")
    assert "另有 2 次摇号" in page and page.count("本应抽中") == 1, "in the note above the table alone"


@pytest.mark.parametrize("words", [("log", "list"), ("verify",), ("todo",)], ids=" ".join)
def test_a_bundle_in_the_place_of_a_ledger_is_called_a_bundle(
    clerk: Clerk, bundle: Path, words: tuple[str, ...]
) -> None:
    assert clerk.run("-L", bundle, *words) == Exit.USAGE
    assert "E-STORE-BUNDLE" in clerk.err and "--from" in clerk.err
    assert "损坏" not in clerk.err

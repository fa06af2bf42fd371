"""`verify --state`: the reader's own memory of what passed is used when it fits, and thrown away in doubt."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import msgpack
import pytest

from ledger.commands import bundles, visits
from tests.office import Office, digest, subject
from verifier import facts as f
from verifier import remembered
from verifier.bundle import open_bundle
from verifier.facts import MemoryFacts, Table
from verifier.remembered import Memory
from verifier.replay import replay_bundle
from verifier.report import Anchors, Report, Verdict

NOT_READ = "tile/entries/000"


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A bundle of a year, and a later one of the same ledger: a photo for each of 300 more entries."""
    folder = tmp_path_factory.mktemp("years")
    office = Office(folder)
    office.year()
    for number in range(300):
        visits.attach(office.book, office.clerk, f"照片{number}", digest(f"照片{number}"), 1)
    bundles.export(office.book, office.log, folder / "early")
    for number in range(40):
        visits.attach(office.book, office.clerk, f"后来{number}", digest(f"后来{number}"), 1)
    bundles.export(office.book, office.log, folder / "late")
    office.book.close()
    return folder / "early", folder / "late"


def verified(folder: Path, memory: Memory | None = None, anchors: Anchors | None = None) -> Report:
    with open_bundle(folder) as bundle:
        return replay_bundle(bundle, anchors or Anchors(), workers=1, memory=memory)[0]


def kept(folder: Path) -> bytes:
    memory = Memory()
    verified(folder, memory)
    assert memory.kept is not None
    return remembered.encode(memory.kept)


KNOWN = {table.name: table for table in vars(f).values() if isinstance(table, Table)}


def read_back(memory: Memory) -> MemoryFacts:
    """The facts that a file of what was kept gives."""
    assert memory.kept is not None
    held = remembered.decode(remembered.encode(memory.kept))
    assert held is not None
    return held.facts


def fields(row: Any) -> dict[str, tuple[type, bytes]]:
    """What stands in a row: of each field the kind and the value, whether tuples or lists are within it."""
    return {
        name: (type(held := getattr(row, name)), msgpack.packb(held)) for name in row.__dataclass_fields__
    }


def groups(facts: MemoryFacts) -> dict[Any, list[tuple[str, str]]]:
    return {held: sorted(rows) for held, rows in facts.alike(f.register("subjects"), lambda _held: True)}


def test_going_on_from_what_passed_gives_the_report_of_a_whole_verification(years: tuple[Path, Path]) -> None:
    early, late = years
    memory = Memory(remembered.decode(kept(early)))
    report = verified(late, memory)
    assert memory.used
    assert report.verdict is Verdict.PASS
    assert json.loads(report.to_json()) == json.loads(verified(late).to_json())
    assert memory.kept is not None
    assert remembered.encode(memory.kept) == kept(late)


def test_rows_read_back_are_those_that_were_kept_and_group_alike(years: tuple[Path, Path]) -> None:
    memory = Memory()
    verified(years[0], memory)
    assert memory.kept is not None
    before = memory.kept.facts
    subjects = f.register("subjects")
    names = {name for name, _, _ in before.everything()}
    assert len(names) > 15
    for table in (KNOWN.get(name) or f.register(name.removeprefix("register/")) for name in names):
        rows = {key: fields(row) for key, row in before.rows(table)}
        assert {key: fields(row) for key, row in read_back(memory).rows(table)} == rows
        one_by_one = read_back(memory)
        assert {key: fields(one_by_one.get(table, key)) for key in rows} == rows
        asked = read_back(memory).known(table, [*rows, "nobody"])
        assert {key: fields(row) for key, row in asked.items()} == rows
    after = read_back(memory)
    name, row = next(before.rows(subjects))
    moved = f.Row({**row.record, "status": "closed"}, row.seq)
    for facts in (before, after):
        list(facts.alike(subjects, bool))
        facts.put(subjects, name, moved)
    assert groups(after) == groups(before)


def test_a_register_that_is_read_again_is_compared_with_what_was_kept(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.year()
    bundles.export(office.book, office.log, tmp_path / "early")
    rows = [subject(number) for number in range(1, 60)]
    name, record = rows[0]
    office.import_rows("subjects", [(name, {**record, "status": "closed"}), *rows[1:]])
    bundles.export(office.book, office.log, tmp_path / "late")
    office.book.close()
    memory = Memory(remembered.decode(kept(tmp_path / "early")))
    report = verified(tmp_path / "late", memory)
    assert memory.used
    assert json.loads(report.to_json()) == json.loads(verified(tmp_path / "late").to_json())
    assert memory.kept is not None
    assert remembered.encode(memory.kept) == kept(tmp_path / "late")


def test_the_same_bundle_again_passes_without_an_old_entry_being_read(
    years: tuple[Path, Path], tmp_path: Path
) -> None:
    early, _ = years
    state = kept(early)
    copy = tmp_path / "copy"
    shutil.copytree(early, copy)
    (copy / NOT_READ).write_bytes(b"never read")
    assert verified(copy, Memory(remembered.decode(state))).verdict is Verdict.PASS
    assert verified(copy).verdict is Verdict.FAIL


def test_an_earlier_head_that_the_reader_knows_is_compared_all_the_same(years: tuple[Path, Path]) -> None:
    early, late = years
    held = remembered.decode(kept(early))
    assert held is not None
    right = Anchors(head=(held.size, held.root.hex()))
    wrong = Anchors(head=(held.size - 9, "0" * 64))
    assert verified(late, Memory(remembered.decode(kept(early))), right).verdict is Verdict.PASS
    assert verified(late, Memory(held), wrong).verdict is Verdict.FAIL


def test_a_log_that_does_not_continue_what_passed_fails(years: tuple[Path, Path], tmp_path: Path) -> None:
    other = Office(tmp_path)
    other.year()
    for number in range(400):
        visits.attach(other.book, other.clerk, f"另一本{number}", digest("另"), 1)
    bundles.export(other.book, other.log, tmp_path / "fork")
    other.book.close()
    memory = Memory(remembered.decode(kept(years[0])))
    report = verified(tmp_path / "fork", memory)
    assert report.verdict is Verdict.FAIL
    assert not report.anchor.matches
    assert memory.departs
    assert memory.kept is None


def test_a_file_with_any_byte_changed_is_not_used(years: tuple[Path, Path]) -> None:
    data = kept(years[0])
    for place in (0, len(remembered.MAGIC), len(remembered.MAGIC) + 32, len(data) // 2, len(data) - 1):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert remembered.decode(changed) is None
    assert remembered.decode(data[:-1]) is None
    assert remembered.decode(b"") is None


def test_a_file_of_another_program_is_not_used(
    years: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = kept(years[0])
    monkeypatch.setattr(remembered, "program", lambda: bytes(32))
    assert remembered.decode(data) is None


def test_nothing_is_kept_of_what_failed(years: tuple[Path, Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(years[0], copy)
    (copy / NOT_READ).write_bytes(b"damaged")
    memory = Memory()
    assert verified(copy, memory).verdict is Verdict.FAIL
    assert memory.kept is None

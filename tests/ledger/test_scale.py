"""What a command reads does not grow with the registers, unless its question is about all of them."""

from __future__ import annotations

import lzma
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from ledger import views
from ledger.book import Book
from ledger.commands import bundles, lists, plans, visits
from ledger.importing.records import read_subjects
from tests.office import Office, digest, subject
from verifier import facts as f
from verifier.bundle import open_bundle
from verifier.facts import T, Table
from verifier.replay import verify_bundle
from verifier.report import Anchors, Verdict

REAL = Path(__file__).parents[3] / "shared" / "data" / "ningxia-enterprises.csv.xz"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many rows of each fact were fetched from the database."""
    counted: Counter[str] = Counter()
    unpack = views._unpack

    def counting(table: Table[T], key: str, value: bytes, written: int) -> T:
        counted[table.row.__name__] += 1
        return unpack(table, key, value, written)

    monkeypatch.setattr(views, "_unpack", counting)
    return counted


@pytest.mark.parametrize("subjects", [40, 1500])
def test_a_small_event_reads_a_handful_of_facts(tmp_path: Path, read: Counter[str], subjects: int) -> None:
    office = Office(tmp_path)
    office.lists(subjects=subjects)
    read.clear()
    with Book.open(office.book.store.path, clock=office.clock) as book:
        visits.attach(book, office.clerk, "照片", digest("照片"), 1)
    assert read["Row"] == 0
    assert read.total() < 12


@pytest.mark.parametrize("subjects", [40, 1500])
def test_a_change_of_one_row_reads_that_row(tmp_path: Path, read: Counter[str], subjects: int) -> None:
    office = Office(tmp_path)
    office.lists(subjects=subjects)
    code, _ = subject(3)
    read.clear()
    lists.change_record(
        office.book, office.clerk, "subjects", code, {"risk": "A"}, reason="调整", source=digest("调整")
    )
    assert read["Row"] <= 3


def test_a_preview_and_a_freeze_read_the_pool_from_the_index_alone(
    tmp_path: Path, read: Counter[str]
) -> None:
    office = Office(tmp_path)
    office.lists(subjects=600)
    office.policy()
    office.plan()
    office.task()
    read.clear()
    plans.preview(office.book.facts(), "t1", office.clock.day)
    assert read["Row"] <= 20
    read.clear()
    office.freeze()
    assert read["Row"] <= 40


def test_the_same_rows_twice_write_nothing(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists(subjects=300)
    before = office.book.store.head()
    rows = [subject(number) for number in range(300)]
    change, written = lists.import_records(
        office.book, office.clerk, "subjects", rows, reason="重报", source=digest("重报")
    )
    assert (change.unchanged, written) == (300, None)
    assert office.book.store.head() == before


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_file(), reason="shared/data/ningxia-enterprises.csv.xz is absent")
def test_a_whole_region_is_imported_drawn_from_and_verified(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.lists(subjects=0)
    path = tmp_path / "a.csv"
    path.write_bytes(lzma.decompress(REAL.read_bytes()))
    sheet = read_subjects(path, today=date(2026, 3, 2))
    assert not sheet.faults
    office.import_rows("subjects", [(name, {**record, "tags": ["油气"]}) for name, record in sheet.records])
    assert sum(1 for _ in office.book.facts().rows(f.register("subjects"))) == 55_739
    office.policy()
    office.plan()
    office.task()
    office.draw()
    draw = office.book.facts().get(f.DRAWS, "d1")
    assert draw is not None
    assert [(s["n"], s["k"]) for s in draw.question["strata"]] == [(55_739, 11_148)]
    bundles.export(office.book, office.log, tmp_path / "bundle")
    with open_bundle(tmp_path / "bundle") as bundle:
        report = verify_bundle(bundle, Anchors())
    assert report.verdict is Verdict.PASS

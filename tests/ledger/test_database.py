"""`views.db`: a copy of the facts that any SQLite program reads, without private fields."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from ledger.commands import followups
from ledger.database import FOREIGN, TABLES, VIEWS, write_database
from tests.office import Office, subject
from verifier import facts as f
from verifier.figures import Period, Statistics

YEAR = Period("2026-01-01", "2026-12-31")
SECRET = "演示县公安局"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    office.year()
    followups.record(office.book, office.clerk, _visit(office), "criminal", to=SECRET)
    return office


def _visit(office: Office) -> str:
    return next(name for name, _ in office.book.facts().rows(f.VISITS))


def read(path: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as connection:
        return connection.execute(sql).fetchall()


def test_figures_are_those_of_the_ledger_and_lead_to_entries(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "统计 views.db"
    counts = write_database(office.book, path, YEAR)
    figures = Statistics(office.book.facts(), YEAR).figures()
    assert dict(read(path, "SELECT figure, value FROM figures")) == {x.key: x.value for x in figures}  # type: ignore[arg-type]
    summed = dict(read(path, "SELECT figure, sum(count) FROM figure_entries GROUP BY figure"))  # type: ignore[arg-type]
    assert summed == {x.key: x.value for x in figures if x.members}
    assert read(
        path, "SELECT count(*) FROM figure_entries LEFT JOIN entries ON entry = seq WHERE seq IS NULL"
    )[0] == (0,)
    assert counts["entries"] == office.book.store.head().size


def test_keys_hold_and_views_read(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "views.db"
    write_database(office.book, path, YEAR)
    assert read(path, "PRAGMA foreign_key_check") == []
    assert read(path, "PRAGMA integrity_check") == [("ok",)]
    assert len(read(path, "SELECT * FROM pragma_foreign_key_list('visits')")) == 2
    assert FOREIGN
    for view in VIEWS:
        read(path, f"SELECT * FROM {view}")
    assert len(read(path, "SELECT * FROM 检查一览")) == 4
    assert read(path, "SELECT * FROM 未公示") == []


def test_names_are_found_by_a_part(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "views.db"
    write_database(office.book, path, YEAR)
    name = subject(3)[1]["name"]
    found = read(path, "SELECT name FROM subjects_fts WHERE subjects_fts MATCH '企业003'")
    assert found == [(name,)]


def test_every_table_and_column_is_explained_in_chinese(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "views.db"
    write_database(office.book, path, YEAR)
    told = {(table, column) for table, column in read(path, "SELECT 表, 列 FROM 说明")}
    for table in TABLES:
        columns = {name for _, name, *_ in read(path, f"PRAGMA table_info({table})")}
        assert {(table, column) for column in columns} <= told, table
        assert (table, "") in told


def test_nothing_private_is_in_it(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "views.db"
    write_database(office.book, path, YEAR)
    data = path.read_bytes()
    assert SECRET.encode() not in data
    assert "涉嫌犯罪".encode() not in data
    assert b"criminal" not in data


def test_a_sealed_draw_is_not_in_it_before_it_is_public(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready(sealed=True)
    office.draw()
    path = tmp_path / "views.db"
    write_database(office.book, path, YEAR)
    assert read(path, "SELECT drawn, sealed FROM draws") == [(4, 1)]
    assert read(path, "SELECT * FROM drawn") == []


def test_what_is_there_stays_when_writing_fails(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "views.db"
    path.write_bytes(b"before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ledger.database._explain", full)
    with pytest.raises(OSError, match="No space"):
        write_database(office.book, path, YEAR)
    assert path.read_bytes() == b"before"
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".part")] == []

"""The frozen pool as Parquet, and the query of specs/draw.md §8 that repeats the draw from it."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from ledger.engines.pool import write_parquet
from tests.docs import ROOT
from tests.office import Office
from verifier import drawfolder
from verifier import facts as f

duckdb = pytest.importorskip("duckdb")


@pytest.fixture
def drawn(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    office.ready()
    office.draw("d1")
    return office


def query(seed: str, path: Path) -> str:
    """The second SQL block of §8."""
    block = re.findall(r"```sql\n(.*?)```", (ROOT / "specs/draw.md").read_text("utf-8"), re.DOTALL)[1]
    return block.replace("SEED", seed).replace("FILE", str(path))


def exported(office: Office, path: Path, **how: bool) -> f.Draw:
    facts = office.book.facts()
    draw, frozen = facts.get(f.DRAWS, "d1"), facts.get(f.FROZEN, "d1")
    assert draw is not None
    assert frozen is not None
    assert write_parquet(path, draw.question["strata"], frozen.pool, **how) == len(frozen.pool)
    return draw


def test_the_query_of_the_specification_gives_tickets_csv_row_for_row(drawn: Office, tmp_path: Path) -> None:
    path = tmp_path / "待抽名单 'x'.parquet"
    draw = exported(drawn, path)
    found = duckdb.sql(query(draw.outcome["seed"], Path(str(path).replace("'", "''")))).fetchall()
    written = b"".join(drawfolder.folder(drawn.book.facts(), "d1")["draws/d1/tickets.csv"])
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))[1:]
    assert [[str(cell) for cell in row] for row in found] == rows
    assert any(row[-1] == "1" for row in rows)


def test_another_seed_gives_another_draw(drawn: Office, tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    draw = exported(drawn, path)
    seed = draw.outcome["seed"]
    other = duckdb.sql(query("0" * 64, path)).fetchall()
    assert other != duckdb.sql(query(seed, path)).fetchall()


def test_columns_are_those_documented_and_hold_every_text(tmp_path: Path) -> None:
    pool = (("a", "X1", '甲,"乙"'), ("a", "X2", ""), ("b", "X3", "=1+1 # 'x' \\N"))
    path = tmp_path / "p.parquet"
    write_parquet(path, [{"id": "a", "k": 1}, {"id": "b", "k": 0}], pool)
    found = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
    assert [*zip(found.columns, map(str, found.types), strict=True)] == [
        ("stratum", "VARCHAR"),
        ("k", "BIGINT"),
        ("subject", "VARCHAR"),
        ("name", "VARCHAR"),
    ]
    assert found.fetchall() == [(s, {"a": 1, "b": 0}[s], x, name) for s, x, name in pool]


def test_a_file_that_is_there_is_replaced_on_demand_only(drawn: Office, tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    path.write_bytes(b"old")
    with pytest.raises(FileExistsError):
        exported(drawn, path)
    assert path.read_bytes() == b"old"
    exported(drawn, path, force=True)
    assert path.read_bytes()[:4] == b"PAR1"
    assert not list(tmp_path.glob(".*.tmp"))

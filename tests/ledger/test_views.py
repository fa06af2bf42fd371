"""Facts in the ledger's tables are the facts in memory, whatever is done to them and whenever."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import views as v
from ledger.views import SCHEMA, DamagedFactsError, ViewFacts
from verifier import facts as f
from verifier.facts import Facts, MemoryFacts

TABLES = (f.STREAMS, f.register("subjects"), f.CHUNKS)
ROWS = {
    "stream": f.Stream(1),
    "register/subjects": f.Row({"name": "某某公司", "tags": ["油气"]}, 7),
    "chunk": f.Chunk("imp", "subjects", 3, bytes(32), ((1, 2),), ()),
}
KEYS = ("", "a", "a/b", "ab", "z")
STEPS = st.tuples(
    st.sampled_from(["put", "change", "delete", "get", "rows", "flush"]),
    st.sampled_from(TABLES),
    st.sampled_from(KEYS),
)


@contextmanager
def stored(in_transaction: bool) -> Iterator[ViewFacts]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute(SCHEMA)
    if in_transaction:
        connection.execute("BEGIN IMMEDIATE")
    try:
        yield ViewFacts(connection)
    finally:
        connection.close()


def seen(facts: Facts, table: f.Table[object]) -> list[tuple[str, object]]:
    return [(key, row) for prefix in ("", "a") for key, row in facts.rows(table, prefix)]


@pytest.mark.parametrize("in_transaction", [True, False], ids=["under the lock", "reading"])
@given(steps=st.lists(STEPS, max_size=40))
def test_both_kinds_of_facts_agree_after_any_steps(
    in_transaction: bool, steps: list[tuple[str, f.Table[object], str]]
) -> None:
    memory = MemoryFacts()
    with stored(in_transaction) as views:
        for step, table, key in steps:
            row = ROWS[table.name]
            if step in ("put", "change"):
                new = f.Stream(len(key) + 2) if step == "change" and table is f.STREAMS else row
                memory.put(table, key, new)
                views.put(table, key, new)
            elif step == "delete":
                memory.delete(table, key)
                views.delete(table, key)
            elif step == "flush":
                views.flush()
            elif step == "get":
                assert views.get(table, key) == memory.get(table, key)
            else:
                assert seen(views, table) == seen(memory, table)
        for table in TABLES:
            assert seen(views, table) == seen(memory, table)
            for key in KEYS:
                assert views.get(table, key) == memory.get(table, key)


def test_facts_read_outside_the_lock_are_those_of_now() -> None:
    """A reader may live longer than somebody else's write."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute(SCHEMA)
    reader = ViewFacts(connection)
    assert reader.get(f.STREAMS, "a") is None
    writer = ViewFacts(connection)
    writer.put(f.STREAMS, "a", f.Stream(4))
    writer.flush()
    assert reader.get(f.STREAMS, "a") == f.Stream(4)


def test_rows_of_a_version_with_other_fields_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """They count as damaged, so that a book rebuilds them from its entries."""
    with stored(in_transaction=False) as facts:
        with monkeypatch.context() as earlier:
            earlier.setitem(v._SHAPES, "Stream", 1)
            facts.put(f.STREAMS, "a", f.Stream(4))
            facts.flush()
        v._SHAPES.pop("Stream", None)
        with pytest.raises(DamagedFactsError):
            facts.get(f.STREAMS, "a")

"""Facts in the ledger's tables are the facts in memory, whatever is done to them and whenever."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import views as v
from ledger.views import DamagedFactsError, ViewFacts
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
    ViewFacts(connection).lay_out()
    if in_transaction:
        connection.execute("BEGIN IMMEDIATE")
    try:
        yield ViewFacts(connection)
    finally:
        connection.close()


def seen(facts: Facts, table: f.Table[object]) -> list[tuple[str, object]]:
    for prefix in ("", "a"):
        assert list(facts.keys(table, prefix)) == [key for key, _ in facts.rows(table, prefix)]
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
    ViewFacts(connection).lay_out()
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


def grouped(facts: Facts) -> dict[object, list[tuple[str, str]]]:
    found = facts.alike(f.register("subjects"), lambda held: "active" in held)
    return {attributes: sorted(members) for attributes, members in found}


def test_subjects_that_filters_cannot_tell_apart_are_grouped_the_same_in_both_kinds() -> None:
    memory = MemoryFacts()
    table = f.register("subjects")
    with stored(in_transaction=True) as views:
        for facts in (memory, views):
            for number, tags in enumerate((["油气"], ["油气"], ["粮食", "油气"], [])):
                record = {"name": f"企业{number}", "tags": tags, "status": "active"}
                facts.put(table, f"s-{number}", f.Row(record, number))
            facts.put(table, "s-8", f.Row({"name": "注销", "tags": [], "status": "closed"}, 8))
        assert grouped(views) == grouped(memory)
        views.flush()
        assert grouped(views) == grouped(memory)
        assert len(grouped(memory)) == 3
        moved = f.Row({"name": "改", "tags": ["油气"], "status": "active"}, 9)
        for facts in (memory, views):
            facts.put(table, "s-3", moved)
            facts.delete(table, "s-0")
        views.flush()
        assert grouped(views) == grouped(memory)
        assert len(grouped(memory)) == 2


def test_a_damaged_name_beside_a_row_is_found() -> None:
    with stored(in_transaction=False) as views:
        views.put(f.register("subjects"), "s-1", f.Row({"name": "甲", "status": "active"}, 1))
        views.flush()
        assert grouped(views)
        views._connection.execute("UPDATE facts SET name = '乙'")
        with pytest.raises(DamagedFactsError):
            grouped(views)


def test_what_was_worked_out_is_kept_until_the_facts_it_hangs_on_change() -> None:
    with stored(in_transaction=True) as views:
        counted: list[int] = []

        def ask() -> int:
            return views.once(("how many",), lambda: counted.append(1) or len(counted))  # type: ignore[func-returns-value]

        views.put(f.HEAD, f.ONE, f.Head(1, b"a" * 32, ""))
        views.flush()
        assert [ask(), ask()] == [1, 1]
        views.put(f.STREAMS, "a", f.Stream(1))
        assert ask() == 1
        views.put(f.HOLDERS, "a", f.Holder("", ""))
        assert [ask(), ask()] == [2, 3]
        views.put(f.HEAD, f.ONE, f.Head(2, b"b" * 32, ""))
        views.flush()
        assert [ask(), ask()] == [4, 4]

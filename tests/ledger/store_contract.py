"""What every engine promises. A test class of an engine subclasses `StoreContract` and gives `store`.

The contract tests that `eventsourcing` ships cannot run here: they write states and read the same states
back, while a ledger gives out the signed entry, and only the store may write. Their promises (order,
bounds, notification ids, conflicts, atomicity) are tested below in the ledger's own terms.
"""

from __future__ import annotations

from hashlib import sha256

import pytest
from eventsourcing.persistence import IntegrityError, ProgrammingError

from ledger.store import Head, NewEvent, Store
from tests.ledger.ledger_events import ACTOR, KEY, ORIGIN, PUBLIC, TIME, event, put, record
from verifier import codec, merkle
from verifier.entry import NO_ENTRY, parse, signature_valid
from verifier.errors import Exit, LiuhenError, Malformed
from verifier.private import seal as seal_value


def require_chain(store: Store) -> None:
    """Every entry follows the one before, is signed, and the head is the tree over all of them."""
    leaf, leaves = NO_ENTRY, []
    for seq, raw in enumerate(store.entries()):
        entry = parse(raw)
        assert (entry.body.seq, entry.body.prev, entry.body.origin) == (seq, leaf, store.origin)
        assert signature_valid(entry, PUBLIC)
        leaf = entry.leaf
        leaves.append(leaf)
    head = store.head()
    assert (head.size, head.leaf, head.root) == (len(leaves), leaf, merkle.root(leaves))


class StoreContract:
    def test_an_empty_ledger_has_the_empty_head(self, store: Store) -> None:
        assert store.head() == Head(0, bytes(32), sha256(b"").digest(), "")
        assert list(store.entries()) == []
        assert store.origin == ORIGIN

    def test_entries_come_back_as_they_were_sealed_in_one_chain(self, store: Store) -> None:
        sealed = [*record(store, event(0), event(1)), *record(store, event(2))]
        assert [entry.raw for entry in sealed] == list(store.entries())
        assert [entry.raw for entry in sealed[1:]] == list(store.entries(1))
        assert [sealed[1].raw] == list(store.entries(1, 2))
        assert store.entry(2) == sealed[2].raw
        assert store.head().time == TIME
        require_chain(store)

    @pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 255, 256, 257, 600])
    def test_the_head_is_the_tree_at_every_size(self, store: Store, size: int) -> None:
        record(store, *map(event, range(size - 1)))
        record(store, event(size))
        require_chain(store)

    def test_an_entry_that_is_not_there_is_an_index_error(self, store: Store) -> None:
        with pytest.raises(IndexError):
            store.entry(0)

    def test_an_append_is_seen_in_its_own_transaction_and_moves_its_head(self, store: Store) -> None:
        with store.writing() as transaction:
            (first,) = put(transaction, event(0))
            assert transaction.head == store.head() == Head(1, first.leaf, first.leaf, TIME)
            (second,) = put(transaction, event(1))
            assert second.body.prev == first.leaf
            assert list(store.entries()) == [first.raw, second.raw]
        require_chain(store)

    def test_versions_count_from_one_in_each_stream(self, store: Store) -> None:
        with store.writing() as transaction:
            put(transaction, event(0, "a"), event(1, "b"), event(2, "a"))
            put(transaction, event(3, "a"))
        (last,) = record(store, event(4, "b"))
        places = [(body.stream, body.ver) for body in (parse(raw).body for raw in store.entries())]
        assert places == [("a", 1), ("b", 1), ("a", 2), ("a", 3), ("b", 2)]
        assert last.body.ver == 2

    def test_an_entry_is_found_by_its_leaf_hash_and_by_its_event_id(self, store: Store) -> None:
        _, second = record(store, event(0), event(1))
        assert store.find_leaf(second.leaf) == 1
        assert store.find_id(event(1).id) == 1
        assert store.find_leaf(bytes(32)) is None
        assert store.find_id(event(2).id) is None

    def test_a_repeated_event_is_recognised_and_writes_nothing(self, store: Store) -> None:
        record(store, event(0), event(1))
        before = store.head()
        with store.writing() as transaction:
            with pytest.raises(LiuhenError) as refusal:
                put(transaction, event(2), event(1))
            assert transaction.head == before
        assert refusal.value.code == "E-STORE-REPEATED"
        assert refusal.value.params["seq"] == 1
        assert store.head() == before
        require_chain(store)

    def test_an_id_twice_in_one_append_writes_nothing(self, store: Store) -> None:
        with pytest.raises(IntegrityError):
            record(store, event(0), event(1)._replace(id=event(0).id))
        assert store.head().size == 0

    def test_a_half_inserted_append_is_not_committed_even_if_its_error_is_caught(self, store: Store) -> None:
        with (
            pytest.raises(RuntimeError, match="half-way"),
            store.writing() as transaction,
            pytest.raises(IntegrityError),
        ):
            put(transaction, event(0), event(1)._replace(id=event(0).id))
        assert store.head().size == 0
        require_chain(store)

    def test_an_unregistered_type_is_refused(self, store: Store) -> None:
        with pytest.raises(LiuhenError) as refusal:
            record(store, event(0, type_="os.system"))
        assert refusal.value.code == "E-STORE-TYPE"
        assert store.head().size == 0

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            (event(0, note="x" * 66_000), "E-CODEC-SIZE|E-ENTRY-SIZE"),
            (event(0, stream="a b"), "E-ENTRY-STREAM"),
            (event(0)._replace(id=bytes(15)), "E-ENTRY-ID"),
            (event(0, note="line\nline"), "E-CODEC-TEXT"),
            (event(0, Note="upper-case key"), "E-CODEC-KEY"),
        ],
        ids=["too long", "space in the stream", "short id", "line feed", "wrong key"],
    )
    def test_what_no_reader_accepts_is_refused_and_the_transaction_goes_on(
        self, store: Store, wrong: NewEvent, code: str
    ) -> None:
        with store.writing() as transaction:
            with pytest.raises(Malformed) as refusal:
                put(transaction, event(1), wrong)
            put(transaction, event(2))
        assert refusal.value.code in code.split("|")
        assert [parse(raw).body.stream for raw in store.entries()] == ["subject/2"]
        require_chain(store)

    def test_a_time_in_another_form_is_refused(self, store: Store) -> None:
        with pytest.raises(Malformed), store.writing() as transaction:
            put(transaction, event(0), time="2026-03-02 09:00")
        assert store.head().size == 0

    @pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
    def test_an_exception_in_the_block_records_nothing(
        self, store: Store, error: type[BaseException]
    ) -> None:
        record(store, event(0))
        before = store.head()
        with pytest.raises(error), store.writing() as transaction:
            put(transaction, event(1))
            transaction.open_value(bytes(32), bytes(16), b"\x01")
            raise error
        assert store.head() == before
        assert list(store.openings()) == []
        record(store, event(1))
        require_chain(store)

    def test_a_transaction_inside_a_transaction_is_a_bug(self, store: Store) -> None:
        with pytest.raises(RuntimeError), store.writing(), store.writing():
            pass
        record(store, event(0))

    def test_a_closed_store_says_so(self, store: Store) -> None:
        store.close()
        store.close()
        with pytest.raises(LiuhenError) as refusal:
            store.head()
        assert (refusal.value.code, refusal.value.exit) == ("E-STORE-CLOSED", Exit.DISK)

    def test_openings_are_kept_in_order_and_can_be_erased(self, store: Store) -> None:
        openings = [
            seal_value(ORIGIN, f"officer/o{number}", "phone", f"{number:011}", number.to_bytes(16, "big"))
            for number in range(300)
        ]
        with store.writing() as transaction:
            transaction.store_openings(openings)
            transaction.store_openings(openings[:2])
        kept = sorted((o.commitment, o.salt, codec.encode(o.value)) for o in openings)
        assert list(store.openings()) == kept
        gone = kept[7]
        assert store.opening(gone[0]) == gone[1:]
        with store.writing() as transaction:
            assert transaction.erase_opening(gone[0])
            assert not transaction.erase_opening(gone[0])
        assert store.opening(gone[0]) is None
        assert list(store.openings()) == [row for row in kept if row != gone]

    def test_the_library_reads_events_by_stream_and_bounds(self, store: Store) -> None:
        sealed = record(store, *(event(number, "a") for number in range(4)), event(9, "b"))
        raw = [entry.raw for entry in sealed]
        select = store.recorder.select_events
        assert [found.state for found in select("a")] == raw[:4]
        assert [found.state for found in select("a", gt=1, lte=3)] == raw[1:3]
        assert [found.originator_version for found in select("a", desc=True, limit=2)] == [4, 3]
        assert select("c") == []
        domain_event = store.mapper.to_domain_event(select("b")[0])
        assert (domain_event.originator_id, domain_event.originator_version) == ("b", 1)
        assert domain_event.data == event(9).data

    def test_the_library_reads_one_gapless_sequence_of_notifications(self, store: Store) -> None:
        assert store.recorder.max_notification_id() is None
        record(store, event(0), event(1, type_="subject.changed"), event(2))
        select = store.recorder.select_notifications
        assert [found.id for found in select(None, 10)] == [1, 2, 3]
        assert [found.id for found in select(2, 10)] == [2, 3]
        assert [found.id for found in select(2, 10, inclusive_of_start=False)] == [3]
        assert [found.id for found in select(None, 10, stop=2)] == [1, 2]
        assert [found.id for found in select(None, 2)] == [1, 2]
        assert [found.id for found in select(None, 10, topics=["subject.changed"])] == [2]
        assert [found.state for found in select(None, 10)] == list(store.entries())
        assert store.recorder.max_notification_id() == 3

    def test_the_library_cannot_write_past_the_store(self, store: Store) -> None:
        with pytest.raises(ProgrammingError):
            store.recorder.insert_events([])
        assert store.head().size == 0

    def test_the_signer_gets_the_body_of_the_entry(self, store: Store) -> None:
        signed: list[bytes] = []

        def sign(message: bytes) -> bytes:
            signed.append(message)
            return KEY.sign(message)

        with store.writing() as transaction:
            (entry,) = transaction.append([event(0)], actor=ACTOR, sign=sign, time=TIME)
        assert signed == [b"liuhen/event/1\n" + entry.body_bytes]

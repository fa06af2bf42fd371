"""The event store: `eventsourcing` gives the shapes, the mapper and the recorders are ours (design §8).

Nothing outside this package imports `eventsourcing`. One transaction is: lock the head, let the caller ask
the law, give out `seq` and `ver`, sign, insert entries and views, move the head, commit durably.

    with Store.open(path, types=TYPES) as store, store.writing() as transaction:
        entries = transaction.append([event], actor=key_id, sign=sign, time=now)
"""

from ledger.store.chain import Head, Map, NewEvent
from ledger.store.mapper import Types
from ledger.store.store import Store
from ledger.store.transaction import Transaction
from ledger.store.which import is_ledger

__all__ = ["Head", "Map", "NewEvent", "Store", "Transaction", "Types", "is_ledger"]

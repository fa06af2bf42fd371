"""The ledger on a PostgreSQL server: the contract, the tables, the roles, and a connection that breaks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from ledger.store import Store
from tests.cluster import Cluster
from tests.ledger.ledger_events import ORIGIN, TYPES
from tests.ledger.store_contract import StoreContract

_SCHEMAS = count(1)


@pytest.fixture
def path(cluster: Cluster, tmp_path: Path) -> Path:
    """A file that points to a schema of its own."""
    pointer = tmp_path / "ledger.db"
    pointer.write_text(cluster.url(f"t{next(_SCHEMAS)}") + "\n")
    return pointer


class TestPostgresStore(StoreContract):
    @pytest.fixture
    def store(self, path: Path) -> Iterator[Store]:
        with Store.create(path, ORIGIN, types=TYPES) as store:
            yield store

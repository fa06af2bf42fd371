"""What tests of several folders share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster import Cluster, programs, running


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server, begun when the first test asks for it."""
    pytest.importorskip("psycopg")
    where = programs()
    if where is None:
        pytest.skip("PostgreSQL is not installed here")
    try:
        with running(where) as cluster:
            yield cluster
    except RuntimeError as error:
        pytest.skip(f"PostgreSQL does not run here: {error}")

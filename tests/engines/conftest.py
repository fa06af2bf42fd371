"""Where the tests of the engine find a PostgreSQL server."""

from __future__ import annotations

import pytest

from tests.cluster import Cluster


@pytest.fixture
def postgres(cluster: Cluster) -> str:
    """The address of a server, over a socket in a folder of its own."""
    return cluster.url()

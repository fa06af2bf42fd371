"""A session on a server: as the address says, with a password that is asked for where it is needed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg

from ledger.store import postgres_faults
from ledger.store.server import Server, prompt


def connect(server: Server, first: Iterable[str] = ()) -> psycopg.Connection[Any]:
    """A connection that commits each statement by itself, once the statements `first` were run in it.

    A password that is wanted, or was not the right one, is asked for, where somebody can be asked. Raises
    psycopg.OperationalError; nothing stays open then.
    """
    raw = _let_in(server)
    try:
        with raw.pipeline():
            for statement in first:
                raw.execute(statement.encode())
    except BaseException:
        raw.close()
        raise
    return raw


def _let_in(server: Server) -> psycopg.Connection[Any]:
    settings: dict[str, Any] = dict(server.settings())
    ask = prompt.get()
    try:
        return psycopg.connect(**settings, autocommit=True)
    except psycopg.OperationalError as error:
        if ask is None or not postgres_faults.is_password(error):
            raise
    return psycopg.connect(**settings, password=ask(server.url), autocommit=True)

"""Randomness from a label: with `thrown(label)` keys, salts, ids and sealed numbers follow from the label.

In this process only: what it forks takes its randomness from the system, or two children would take the same.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from types import SimpleNamespace
from unittest import mock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import keystore

_URANDOM, _TOKEN_HEX = os.urandom, secrets.token_hex


class Dice:
    """Bytes of SHA-256 over a label and a counter."""

    def __init__(self, label: str) -> None:
        self._label, self._count, self._left = label.encode(), 0, b""

    def take(self, size: int) -> bytes:
        while len(self._left) < size:
            self._left += sha256(b"liuhen conformance\n%b\n%d" % (self._label, self._count)).digest()
            self._count += 1
        taken, self._left = self._left[:size], self._left[size:]
        return taken


@contextmanager
def thrown(label: str) -> Iterator[None]:
    """Everything random inside comes from `label`; such contexts may stand inside one another."""
    dice = Dice(label)
    key = SimpleNamespace(
        generate=lambda: Ed25519PrivateKey.from_private_bytes(dice.take(32)),
        from_private_bytes=Ed25519PrivateKey.from_private_bytes,
    )
    with (
        mock.patch.object(os, "urandom", dice.take),
        mock.patch.object(secrets, "token_hex", lambda size=32: dice.take(size).hex()),
        mock.patch.object(keystore, "Ed25519PrivateKey", key),
    ):
        yield


def _of_the_system() -> None:
    os.urandom, secrets.token_hex = _URANDOM, _TOKEN_HEX
    keystore.Ed25519PrivateKey = Ed25519PrivateKey  # type: ignore[misc]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_of_the_system)

"""Randomness from a label: with `thrown(label)` keys, salts, ids and sealed numbers follow from the label."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from types import SimpleNamespace
from unittest import mock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


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
        mock.patch("os.urandom", dice.take),
        mock.patch("secrets.token_hex", lambda size=32: dice.take(size).hex()),
        mock.patch("ledger.keystore.Ed25519PrivateKey", key),
    ):
        yield

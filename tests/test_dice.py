"""What tests throw: the same for the same name, and never what a forked process throws."""

from __future__ import annotations

import os
import secrets

import pytest

from ledger import keystore
from tests.dice import thrown


def throw() -> tuple[bytes, str, bytes]:
    key = keystore.Ed25519PrivateKey.generate()
    return os.urandom(16), secrets.token_hex(32), key.public_key().public_bytes_raw()


def test_all_that_is_random_follows_from_the_label() -> None:
    found = []
    for label in ("one", "one", "two"):
        with thrown(label):
            found.append(throw())
    assert found[0] == found[1]
    assert not set(found[0]) & set(found[2])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_throws_for_itself() -> None:
    with thrown("one"):
        here = throw()
    read, write = os.pipe()
    with thrown("one"):
        child = os.fork()
        if child == 0:
            key, number, public = throw()
            os.write(write, key + number.encode() + public)
            os._exit(0)
    os.waitpid(child, 0)
    there = os.read(read, 1000)
    os.close(read)
    os.close(write)
    assert (len(there), there == here[0] + here[1].encode() + here[2]) == (16 + 64 + 32, False)

"""A cosigner for tests: one key, made from a seed, and its lines over heads."""

from __future__ import annotations

from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier.checkpoint import Checkpoint, cosign
from verifier.note import Algorithm, Signature, make_vkey

NAME = "audit.example.gov.cn/jijian"
SEED = sha256(b"cosigner of the tests").digest()
KEY = Ed25519PrivateKey.from_private_bytes(SEED)
COSIGNER = make_vkey(NAME, KEY.public_key().public_bytes_raw(), Algorithm.COSIGNATURE)
AT = 1_770_000_000
"""Seconds, a day in February 2026."""


def line_over(head: Checkpoint, time: int = AT) -> Signature:
    """The line of the cosigner over a head."""
    return cosign(head.text(), COSIGNER, time, KEY.sign)

"""Ed25519, strict: one signature, one answer, in every implementation (design §3 “Ed25519, strict”).

Refused before the library is asked:

- a public key that is not 32 bytes or a signature that is not 64 bytes
- A or R that is not canonical: y ≥ p, or x = 0 with the sign bit set
- A or R of small order
- S ≥ L

Then OpenSSL decides with the equation without cofactor (RFC 8032 §5.1.7): it encodes [S]B − [k]A and compares
the bytes with R. No batch verification.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PUBLIC_KEY_SIZE = 32
SIGNATURE_SIZE = 64

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493

# y of a point of order 8; the eight points of small order have y = 1, −1, 0, Y8 and −Y8.
_Y8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826


def _refused_points() -> frozenset[bytes]:
    """Every 32-byte encoding, with either sign bit, that is not canonical or of small order: 48 of them."""
    rows = [1, P - 1, 0, _Y8, P - _Y8, *range(P, 2**255)]
    return frozenset((y | sign << 255).to_bytes(32, "little") for y in rows for sign in (0, 1))


REFUSED_POINTS = _refused_points()


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) over `message` is valid under `public` (32 bytes). Never raises."""
    key = _key(public)
    if key is None or len(signature) != SIGNATURE_SIZE or signature[:32] in REFUSED_POINTS:
        return False
    if int.from_bytes(signature[32:], "little") >= L:
        return False
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=1024)
def _key(public: bytes) -> Ed25519PublicKey | None:
    """The library's key, or None for bytes that no signature can be valid under."""
    if len(public) != PUBLIC_KEY_SIZE or public in REFUSED_POINTS:
        return None
    try:
        return Ed25519PublicKey.from_public_bytes(public)
    except ValueError:
        return None


def key_id(public: bytes) -> bytes:
    """The 32-byte id that events and statements name a key by: SHA-256 of the raw public key (design §3)."""
    return sha256(public).digest()

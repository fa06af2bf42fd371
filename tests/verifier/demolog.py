"""A demonstration log with known answers: entries `{"seq":<i>,"type":"demo"}`, fixed keys (own data).

Its roots, keys, proof and cosignature below were read and accepted by Go's `x/mod/sumdb`, Tessera's `fsck`
and `transparency-dev/formats`.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier import checkpoint, merkle, note, tiles

ORIGIN = "ledger.example.gov/draw/2026"
LOG_SEED = Ed25519PrivateKey.from_private_bytes(sha256(b"demo seed").digest())
WITNESS_SEED = Ed25519PrivateKey.from_private_bytes(sha256(b"wit").digest())
LOG = note.make_vkey(ORIGIN, LOG_SEED.public_key().public_bytes_raw(), note.Algorithm.LOG)
WITNESS = note.make_vkey(
    "witness.example.org/auditor",
    WITNESS_SEED.public_key().public_bytes_raw(),
    note.Algorithm.COSIGNATURE,
)
LOG_VKEY = "ledger.example.gov/draw/2026+5a94d1b1+ATJx/7JCkxtCmpmAQuplROFt9sb7E5uAo70HlsGbBZyq"
WITNESS_VKEY = "witness.example.org/auditor+16561b36+BHun0VNAaOinILs4fYx9M8U2nh2Uos9enWj6iwn0agfE"
COSIGNED_AT = 1764000000

HEAD_600 = """\
ledger.example.gov/draw/2026
600
6PN3Q5r6TogjfUus5PeL2CyN2dXIZw4GdmLS9ybIjUE=

— ledger.example.gov/draw/2026 \
WpTRsWl4e89jpcEXZn9QvftnzT5i+/UIU2omhYuylRbRuFgIDcxriiceC7HqC2GDc8btsAnZwQdn9A5kQrV25NXsTQc=
— witness.example.org/auditor \
FlYbNgAAAABpJIEAKi8MugFt1orimf3VtXtPrqV21z/JFo3d0TVOrK2GedQSDYAK6PxHrHmNgAMvCb72pvoN2rdT1nzwPvggCK6RDg==
""".encode()


def entries(size: int) -> Iterator[bytes]:
    """The first `size` entries."""
    return (b'{"seq":%d,"type":"demo"}' % i for i in range(size))


def leaves(size: int) -> list[bytes]:
    """Their leaf hashes."""
    return [merkle.leaf_hash(entry) for entry in entries(size)]


def head(size: int) -> checkpoint.Checkpoint:
    """The head of the log of this size."""
    return checkpoint.Checkpoint(ORIGIN, size, merkle.root(leaves(size)))


def signed_head(size: int) -> bytes:
    """The same, signed by the log."""
    return checkpoint.sign_checkpoint(head(size), LOG, LOG_SEED.sign)


def files(size: int) -> dict[str, bytes]:
    """Every file of the log, by path."""
    return {
        "checkpoint": signed_head(size),
        "log.vkey": note.vkey_file(LOG),
        **dict(tiles.write_tiles(entries(size))),
    }


def write(folder: Path, size: int) -> None:
    """Write the log as a folder."""
    for path, content in files(size).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

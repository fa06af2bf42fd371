"""A small bundle made from its specification alone: 300 entries that no law looks at, one draw folder."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier import note
from verifier.checkpoint import Checkpoint, sign_checkpoint
from verifier.merkle import leaf_hash, root
from verifier.tiles import write_tiles
from verifier.zipform import write_zip

ORIGIN = "ledger.example.gov/draw/2026"
KEY = Ed25519PrivateKey.from_private_bytes(sha256(b"demo seed").digest())
VKEY = note.make_vkey(ORIGIN, KEY.public_key().public_bytes_raw(), note.Algorithm.LOG)
ENTRIES = [b'{"seq":%d,"type":"demo"}' % i for i in range(300)]

Files = dict[str, bytes]


def with_sums(files: Mapping[str, bytes]) -> Files:
    """The files with a SHA256SUMS and a note made for them."""
    listed = {path: data for path, data in files.items() if not path.startswith("SHA256SUMS")}
    sums = "".join(f"{sha256(data).hexdigest()}  {path}\n" for path, data in sorted(listed.items())).encode()
    return {**listed, "SHA256SUMS": sums, "SHA256SUMS.note": signed_note(sums)}


def signed_note(sums: bytes, origin: str = ORIGIN, key: Ed25519PrivateKey = KEY) -> bytes:
    """SHA256SUMS.note for these bytes of SHA256SUMS."""
    return note.sign_note(f"liuhen/files/1\n{origin}\n{sha256(sums).hexdigest()}\n", VKEY, key.sign)


def small_bundle() -> Files:
    """Every file of the bundle by its path."""
    head = Checkpoint(ORIGIN, len(ENTRIES), root([leaf_hash(entry) for entry in ENTRIES]))
    return with_sums(
        {
            **dict(write_tiles(ENTRIES)),
            "checkpoint": sign_checkpoint(head, VKEY, KEY.sign),
            "log.vkey": note.vkey_file(VKEY),
            "README.txt": b"how to check by hand\n",
            "draws/D-1/seed.txt": b"liuhen/seed/1",
            "draws/D-1/tickets.csv": b'"stratum"\n',
            "draws/D-1/teams.csv": b'"subject"\n',
        }
    )


def write_folder(root_folder: Path, files: Mapping[str, bytes]) -> Path:
    """The files as a folder."""
    for path, data in files.items():
        place = root_folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return root_folder


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """The files as one zip in the allowed form."""
    target = io.BytesIO()
    write_zip(target, ((path, lambda path=path: iter([files[path]])) for path in sorted(files)))  # type: ignore[misc]
    return target.getvalue()


def pieces(data: bytes) -> Iterator[bytes]:
    """The data in pieces of 7 bytes."""
    for start in range(0, len(data), 7):
        yield data[start : start + 7]

"""A cosigner that is asked for head after head of one log: what it answered, it never forgets.

It acknowledges the size of each head it signed.
"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from ledger.cosigning import cosigner as state
from ledger.cosigning.cosigner import Cosigner
from ledger.keystore import unlock
from tests.accident import Desktop
from tests.office import PASSPHRASE
from tests.torture import scene
from tests.verifier import demolog
from verifier import merkle
from verifier.checkpoint import Checkpoint, sign_checkpoint
from verifier.errors import LiuhenError
from verifier.note import parse
from verifier.witness import Request

LEAVES = demolog.leaves(400)
OTHER = [merkle.leaf_hash(b"another"), *LEAVES[1:]]
NAME = "audit.example.gov.cn/jijian"
NOW = 1_764_000_000


def prepare(desk: Desktop) -> None:
    state.create(_folder(desk), NAME, [demolog.LOG], PASSPHRASE, scrypt_n=2)


def request(old: int, size: int, leaves: list[bytes] = LEAVES) -> bytes:
    """The request to sign the head of `size`, `old` being the last one."""
    head = Checkpoint(demolog.ORIGIN, size, merkle.root(leaves[:size]))
    signed = parse(sign_checkpoint(head, demolog.LOG, demolog.LOG_SEED.sign))
    proof = merkle.consistency_proof(leaves[:size], old) if old else []
    return Request(old, tuple(proof), head, signed).encode()


def opened(desk: Desktop) -> Cosigner:
    return Cosigner(_folder(desk), unlock(_folder(desk) / state.KEY, PASSPHRASE), lambda: NOW)


def seen(desk: Desktop) -> int:
    """Size of the last head it signed."""
    return next((one.size for one in state.heads(_folder(desk))), 0)


def signing(desk: Desktop) -> scene.Child:
    """A cosigner that signs head after head."""

    def work(acknowledge: scene.Acknowledge) -> int:
        witness, size = opened(desk), seen(desk)
        while size < len(LEAVES):
            if witness.add_checkpoint(request(size, size + 1)).status is not HTTPStatus.OK:
                return 1
            size += 1
            acknowledge(size, scene.UNKNOWN)
        return 0

    return scene.start(work)


def broken(desk: Desktop, acks: list[scene.Ack]) -> list[str]:
    """It remembers what it signed, at most one more, and signs no second history."""
    try:
        size, last = seen(desk), max((size for size, _ in acks), default=0)
        found = [] if size >= last else [f"it signed {last} and remembers {size}"]
        if size and opened(desk).add_checkpoint(request(size, size, OTHER)).status is not HTTPStatus.CONFLICT:
            found.append(f"it would sign another head of {size}")
        if last and size == last and last < len(LEAVES):
            answer = opened(desk).add_checkpoint(request(last, last + 1))
            if answer.status is not HTTPStatus.OK:
                found.append(f"it does not go on after {last}: {answer.status}")
    except LiuhenError as error:
        return [f"the cosigner cannot be read: {error}"]
    return found


def _folder(desk: Desktop) -> Path:
    return desk.folder / "cosigner"

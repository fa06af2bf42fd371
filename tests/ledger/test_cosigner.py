"""A cosigner: it signs one history only, stores before it answers, and answers as C2SP tlog-witness says."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

import pytest

from ledger.cosigning import cosigner as state
from ledger.cosigning.cosigner import Answer, Cosigner
from ledger.keystore import unlock
from tests.verifier import demolog
from verifier import evidence, merkle, note
from verifier.checkpoint import Checkpoint, sign_checkpoint, verify_cosignature
from verifier.errors import LiuhenError
from verifier.note import Note
from verifier.witness import SIZE_TYPE, Request, parse_answer

NAME = "audit.example.gov.cn/jijian"
NOW = 1_764_000_000
HONEST = demolog.leaves(60)
REWRITTEN = [*HONEST[:10], merkle.leaf_hash(b"another"), *HONEST[11:]]


def head(size: int, leaves: list[bytes] = HONEST) -> Note:
    made = Checkpoint(demolog.ORIGIN, size, merkle.root(leaves[:size]))
    return note.parse(sign_checkpoint(made, demolog.LOG, demolog.LOG_SEED.sign))


def body(old: int, size: int, leaves: list[bytes] = HONEST, proof: list[bytes] | None = None) -> bytes:
    """A request over the first `size` leaves, honest where nothing else is said."""
    if proof is None:
        proof = merkle.consistency_proof(leaves[:size], old) if 0 < old <= size else []
    checkpoint = Checkpoint(demolog.ORIGIN, size, merkle.root(leaves[:size]))
    return Request(old, tuple(proof), checkpoint, head(size, leaves)).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    state.create(tmp_path / "联署", NAME, [demolog.LOG], "口令", scrypt_n=2)
    return tmp_path / "联署"


@pytest.fixture
def witness(folder: Path) -> Cosigner:
    return Cosigner(folder, unlock(folder / state.KEY, "口令"), lambda: NOW)


def seen(folder: Path) -> int:
    return next((one.size for one in state.heads(folder)), 0)


def signs(witness: Cosigner, answer: Answer, size: int) -> bool:
    lines = parse_answer(answer.body)
    assert not isinstance(lines, int)
    return verify_cosignature(Note(head(size).text, lines), witness.vkey) == NOW


def test_it_signs_a_log_as_it_grows_and_the_same_head_again(witness: Cosigner, folder: Path) -> None:
    for old, size in ((0, 12), (12, 12), (12, 13), (13, 60)):
        answer = witness.add_checkpoint(body(old, size))
        assert answer.status is HTTPStatus.OK, answer.body
        assert signs(witness, answer, size)
        assert seen(folder) == size


REFUSED = {
    "garbage": (b"old", HTTPStatus.BAD_REQUEST),
    "old beyond the checkpoint": (body(13, 12, proof=[]), HTTPStatus.BAD_REQUEST),
    "an unknown origin": (body(0, 12).replace(b"ledger.example", b"other.example"), HTTPStatus.NOT_FOUND),
    "a size changed after signing": (body(12, 13).replace(b"\n13\n", b"\n14\n"), HTTPStatus.FORBIDDEN),
    "no line of the log": (body(12, 13).replace(b" ledger.", b" other."), HTTPStatus.FORBIDDEN),
    "an old size too small": (body(0, 20), HTTPStatus.CONFLICT),
    "an old size too large": (body(13, 20), HTTPStatus.CONFLICT),
    "a smaller head": (body(5, 5), HTTPStatus.CONFLICT),
    "another root of the same size": (body(12, 12, REWRITTEN), HTTPStatus.CONFLICT),
    "a rewritten history": (body(12, 20, REWRITTEN), HTTPStatus.UNPROCESSABLE_ENTITY),
    "no proof": (body(12, 20, proof=[]), HTTPStatus.UNPROCESSABLE_ENTITY),
    "a proof where none belongs": (body(12, 12, proof=[bytes(32)]), HTTPStatus.UNPROCESSABLE_ENTITY),
    "a proof of other hashes": (body(12, 20, proof=[bytes(32)] * 4), HTTPStatus.UNPROCESSABLE_ENTITY),
}


@pytest.mark.parametrize(("data", "status"), REFUSED.values(), ids=REFUSED)
def test_it_refuses_what_does_not_continue_the_head_it_signed(
    witness: Cosigner, folder: Path, data: bytes, status: HTTPStatus
) -> None:
    assert witness.add_checkpoint(body(0, 12)).status is HTTPStatus.OK
    answer = witness.add_checkpoint(data)
    assert answer.status is status, answer.body
    assert seen(folder) == 12
    if status is HTTPStatus.CONFLICT:
        assert (answer.body, answer.content_type) == (b"12\n", SIZE_TYPE)


def test_the_first_request_starts_from_nothing(witness: Cosigner, folder: Path) -> None:
    answer = witness.add_checkpoint(body(5, 12))
    assert (answer.status, answer.body) == (HTTPStatus.CONFLICT, b"0\n")
    assert witness.add_checkpoint(body(0, 12, proof=[bytes(32)])).status is HTTPStatus.UNPROCESSABLE_ENTITY
    assert seen(folder) == 0


@pytest.mark.parametrize("data", [body(12, 12, REWRITTEN), body(12, 20, REWRITTEN), body(0, 12, REWRITTEN)])
def test_it_keeps_what_convicts_the_log(witness: Cosigner, folder: Path, data: bytes) -> None:
    witness.add_checkpoint(body(0, 12))
    witness.add_checkpoint(data)
    (kept,) = (folder / state.EVIDENCE).iterdir()
    found = evidence.parse(kept.read_bytes())
    assert evidence.convicts(found)
    assert found.vkey == demolog.LOG


def test_an_honest_log_leaves_no_evidence(witness: Cosigner, folder: Path) -> None:
    for old, size in ((0, 12), (0, 20), (12, 20), (20, 12), (20, 30)):
        witness.add_checkpoint(body(old, size))
    assert not (folder / state.EVIDENCE).exists()


def test_the_head_is_stored_before_the_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    witness = Cosigner(folder, unlock(folder / state.KEY, "口令"), lambda: NOW)

    def full(*_arguments: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(state, "_store", full)
    with pytest.raises(LiuhenError) as told:
        witness.add_checkpoint(body(0, 12))
    assert told.value.code == "E-STORE-DISK"
    assert seen(folder) == 0


def test_the_folder_is_flushed_too_when_its_journal_goes(folder: Path) -> None:
    """FULL (2) does not: a power cut brought the journal back, which undid a head that was signed."""
    with state._state(folder) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (3,)


def test_requests_at_once_end_with_one_history(folder: Path) -> None:
    """Every request starts from nothing: one is signed, the others are told its size."""
    signer = unlock(folder / state.KEY, "口令")
    bodies = [body(0, size, leaves) for size in range(11, 19) for leaves in (HONEST, REWRITTEN)]
    witness = Cosigner(folder, signer, lambda: NOW)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(witness.add_checkpoint, bodies))
    signed = [answer for answer in answers if answer.status is HTTPStatus.OK]
    others = {answer.body for answer in answers if answer.status is HTTPStatus.CONFLICT}
    assert len(signed) == 1
    assert others == {b"%d\n" % seen(folder)}


def test_its_memory_never_goes_back(witness: Cosigner, folder: Path) -> None:
    witness.add_checkpoint(body(0, 12))
    for statement in ("UPDATE heads SET size = 5", "DELETE FROM heads", "DELETE FROM logs"):
        with sqlite3.connect(folder / state.STATE) as raw, pytest.raises(sqlite3.IntegrityError):
            raw.execute(statement)


@pytest.mark.parametrize("damage", [lambda p: p.unlink(), lambda p: p.write_bytes(b"x" * 4096)])
def test_without_its_memory_it_signs_nothing(witness: Cosigner, folder: Path, damage) -> None:  # type: ignore[no-untyped-def]
    damage(folder / state.STATE)
    with pytest.raises(LiuhenError) as told:
        witness.add_checkpoint(body(0, 12))
    assert told.value.code == "E-COSIGNER-STATE"


def test_it_is_made_once_and_its_ledgers_are_added(folder: Path) -> None:
    with pytest.raises(LiuhenError) as told:
        state.create(folder, NAME, [], "口令", scrypt_n=2)
    assert told.value.code == "E-COSIGNER-EXISTS"
    with pytest.raises(LiuhenError) as told:
        state.trust(folder, demolog.WITNESS)
    assert told.value.code == "E-COSIGNER-LOG"
    state.trust(folder, demolog.LOG)
    assert state.logs(folder) == [demolog.LOG]
    with pytest.raises(LiuhenError) as told:
        state.create(folder / "b", "Audit", [], "口令", scrypt_n=2)
    assert told.value.code == "E-COSIGNER-NAME"

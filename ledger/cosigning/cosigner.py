"""A cosigner: a key of its own and, for every log it knows, the last head it signed (C2SP tlog-witness).

It never signs two heads of one log that are not consistent. Comparing with the last head and storing the new
one are one transaction of a small SQLite file, on the disk before the answer goes out; so a crash, two
requests at once, and `serve` beside `sign` change nothing about that. A cosigner that lost its state must not
be set up again under the same key: that is why the state is made once, with the key, and never on the way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from ledger.durable import disk_error, write_whole
from ledger.keystore import SCRYPT_N, Signer, create_key, read_info
from verifier import evidence, merkle, note
from verifier.checkpoint import cosign, with_cosignature
from verifier.errors import N_, Exit, LiuhenError, Malformed
from verifier.ids import is_origin
from verifier.note import Algorithm, Note, Vkey, make_vkey
from verifier.witness import SIZE_TYPE, Request, parse_request, size_answer

KEY, STATE, EVIDENCE = "cosigner.key", "cosigner.db", "evidence"
TEXT_TYPE = "text/plain; charset=utf-8"

_TABLES = """
CREATE TABLE logs (origin TEXT NOT NULL, vkey TEXT NOT NULL, PRIMARY KEY (origin, vkey)) STRICT;
CREATE TABLE heads (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, signed BLOB NOT NULL
) STRICT;
CREATE TRIGGER heads_grow BEFORE UPDATE ON heads WHEN NEW.size < OLD.size
    OR (NEW.size = OLD.size AND NEW.root <> OLD.root) OR NEW.origin <> OLD.origin
    BEGIN SELECT RAISE(ABORT, 'a head never goes back'); END;
CREATE TRIGGER heads_stay BEFORE DELETE ON heads BEGIN SELECT RAISE(ABORT, 'a head is never forgotten'); END;
CREATE TRIGGER logs_stay BEFORE DELETE ON logs BEGIN SELECT RAISE(ABORT, 'a log is never forgotten'); END;
"""
_DURABLE = "PRAGMA synchronous=EXTRA"
"""FULL does not flush the folder after the journal is unlinked: a power cut then brings the journal back,
and it undoes a head that was signed (seen, specs/reliability.md)."""
_WAIT = 10.0
"""Seconds that one request waits for another."""


@dataclass(frozen=True)
class Answer:
    """What the HTTP answer says; `status` 200 carries signature lines, a 409 the size seen last."""

    status: HTTPStatus
    body: bytes
    content_type: str = TEXT_TYPE


@dataclass(frozen=True)
class Seen:
    """The last head signed for a log, with the lines it had."""

    origin: str
    size: int
    root: bytes
    signed: Note


class Cosigner:
    """The cosigner in `folder`, its key opened. `clock` gives POSIX seconds."""

    def __init__(self, folder: Path, signer: Signer, clock: Callable[[], int]) -> None:
        self.folder = folder
        self.vkey = vkey_of(signer.info.origin, signer.public)
        self._sign = signer.sign
        self._clock = clock

    def add_checkpoint(self, body: bytes) -> Answer:
        """Judge one request, in the order of tlog-witness, and store before answering.

        Raises E-STORE-DISK when the state cannot be written; then nothing was signed.
        """
        try:
            request = parse_request(body)
        except Malformed as error:
            return _told(HTTPStatus.BAD_REQUEST, error.english())
        with _state(self.folder) as state:
            keys = _keys(state, request.checkpoint.origin)
            if not keys:
                return _told(HTTPStatus.NOT_FOUND, f"unknown log {request.checkpoint.origin}")
            signing = next((key for key in keys if note.verify(request.signed, key)), None)
            if signing is None:
                return _told(HTTPStatus.FORBIDDEN, "no signature by a known key of this log")
            seen = _seen(state, request.checkpoint.origin)
            refusal = self._refusal(request, signing, seen)
            if refusal is not None:
                return refusal
            line = cosign(request.signed.text, self.vkey, self._clock(), self._sign).line()
            own = tuple(s for s in request.signed.signatures if s in request.signed.signed_by(signing))
            _store(state, request, with_cosignature(note.render(Note(request.signed.text, own[:1])), line))
        return Answer(HTTPStatus.OK, line.encode())

    def _refusal(self, request: Request, signing: Vkey, seen: Seen | None) -> Answer | None:
        head = request.checkpoint
        size, root = (seen.size, seen.root) if seen else (0, merkle.EMPTY_ROOT)
        if request.old > head.size:
            return _told(HTTPStatus.BAD_REQUEST, "old is larger than the checkpoint")
        if seen is not None:
            self._keep_evidence(request, signing, seen)
        if request.old != size or (head.size == size and head.root != root):
            return Answer(HTTPStatus.CONFLICT, size_answer(size), SIZE_TYPE)
        if not merkle.verify_consistency(size, head.size, root, head.root, request.proof):
            return _told(HTTPStatus.UNPROCESSABLE_ENTITY, "the consistency proof does not lead here")
        return None

    def _keep_evidence(self, request: Request, signing: Vkey, seen: Seen) -> None:
        """Keep what convicts the log, when the request holds it: both heads are signed by its key."""
        if not note.verify(seen.signed, signing):
            return
        found = evidence.of_heads(signing, seen.signed, request.signed)
        if found is None and request.old == seen.size:
            found = evidence.of_proof(signing, seen.signed, request.signed, request.proof)
        if found is None:
            return
        data = found.encode()
        place = self.folder / EVIDENCE / f"{sha256(data).hexdigest()[:16]}.evidence"
        try:
            place.parent.mkdir(exist_ok=True)
            write_whole(place, data)
        except OSError as error:
            raise disk_error(place, error) from error

    def checkpoint(self, origin_hash: str) -> bytes | None:
        """The last head signed, by lower-case hex SHA-256 of its origin (the read API); None for unknown."""
        return next(
            (note.render(s.signed) for s in heads(self.folder) if _hex(s.origin) == origin_hash), None
        )


def vkey_of(name: str, public: bytes) -> Vkey:
    """The verifier key of a cosigner."""
    return make_vkey(name, public, Algorithm.COSIGNATURE)


def create(folder: Path, name: str, logs: list[Vkey], passphrase: str, scrypt_n: int = SCRYPT_N) -> Vkey:
    """A new cosigner called `name` in `folder`, for these logs.

    Raises E-COSIGNER-NAME, E-COSIGNER-EXISTS, E-COSIGNER-LOG, and what `create_key` raises.
    """
    if not is_origin(name):
        raise LiuhenError(
            "E-COSIGNER-NAME",
            N_("A cosigner is named like a web address in lower case, such as audit.example.gov.cn/jijian."),
            exit=Exit.USAGE,
        )
    for log in logs:
        _require_log(log)
    state = folder / STATE
    if state.exists() or (folder / KEY).exists():
        raise LiuhenError(
            "E-COSIGNER-EXISTS",
            N_("There is a cosigner in this folder already."),
            where=str(folder),
            remedy=N_("To know another ledger: liuhen cosign trust"),
            exit=Exit.USAGE,
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(state)
        try:
            connection.executescript(f"{_DURABLE};\nBEGIN;\n{_TABLES}\nCOMMIT;")
        finally:
            connection.close()
    except (OSError, sqlite3.Error) as error:
        raise disk_error(state, error) from error
    key = create_key(
        folder / KEY, kind="cosigner", origin=name, holder=name, passphrase=passphrase, scrypt_n=scrypt_n
    )
    for log in logs:
        trust(folder, log)
    return vkey_of(name, key.public)


def trust(folder: Path, log: Vkey) -> None:
    """Sign heads of this log too; a further key of a known log stands beside the earlier one."""
    _require_log(log)
    with _state(folder) as state:
        state.execute("INSERT OR IGNORE INTO logs VALUES (?, ?)", (log.name, str(log)))


def name_of(folder: Path) -> Vkey:
    """The verifier key of the cosigner in `folder`, read without its passphrase. Raises E-KEY-…."""
    info = read_info(folder / KEY)
    return vkey_of(info.origin, info.public)


def heads(folder: Path) -> list[Seen]:
    """The last head signed for each log, by origin."""
    with _state(folder) as state:
        origins = [row[0] for row in state.execute("SELECT DISTINCT origin FROM logs ORDER BY origin")]
        return [seen for origin in origins if (seen := _seen(state, origin)) is not None]


def logs(folder: Path) -> list[Vkey]:
    """The logs that it signs for."""
    with _state(folder) as state:
        return [Vkey.parse(row[0]) for row in state.execute("SELECT vkey FROM logs ORDER BY vkey")]


@contextmanager
def _state(folder: Path) -> Iterator[sqlite3.Connection]:
    """The state, locked until what is done with it has reached the disk. Raises E-COSIGNER-STATE,
    E-COSIGNER-BUSY, E-STORE-DISK."""
    place = folder / STATE
    if not place.is_file():
        raise LiuhenError(
            "E-COSIGNER-STATE",
            N_("The memory of the cosigner (cosigner.db) is not in this folder."),
            where=str(folder),
            remedy=N_("Without it the key must sign nothing more: make a new cosigner with a new key."),
            exit=Exit.KEY,
        )
    try:
        connection = sqlite3.connect(place, timeout=_WAIT, isolation_level=None)
        try:
            connection.execute(_DURABLE)
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise LiuhenError(
                "E-COSIGNER-BUSY",
                N_("Another request is being answered; nothing was signed."),
                where=str(folder),
                remedy=N_("Do it again in a moment."),
                exit=Exit.LOCKED,
            ) from error
        raise disk_error(place, error) from error
    except sqlite3.DatabaseError as error:
        raise LiuhenError(
            "E-COSIGNER-STATE",
            N_("The memory of the cosigner (cosigner.db) is damaged; nothing was signed."),
            where=str(folder),
            remedy=N_("Without it the key must sign nothing more: make a new cosigner with a new key."),
            exit=Exit.KEY,
        ) from error


def _keys(state: sqlite3.Connection, origin: str) -> list[Vkey]:
    found = state.execute("SELECT vkey FROM logs WHERE origin = ?", (origin,))
    return [Vkey.parse(row[0]) for row in found]


def _seen(state: sqlite3.Connection, origin: str) -> Seen | None:
    row = state.execute("SELECT size, root, signed FROM heads WHERE origin = ?", (origin,)).fetchone()
    return Seen(origin, row[0], row[1], note.parse(row[2])) if row else None


def _store(state: sqlite3.Connection, request: Request, signed: bytes) -> None:
    head = request.checkpoint
    state.execute(
        "INSERT INTO heads VALUES (?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE "
        "SET size = excluded.size, root = excluded.root, signed = excluded.signed",
        (head.origin, head.size, head.root, signed),
    )


def _require_log(log: Vkey) -> None:
    if log.algorithm is not Algorithm.LOG:
        raise LiuhenError(
            "E-COSIGNER-LOG",
            N_("This is no key of a log: {vkey}"),
            remedy=N_("Give the line of log.vkey, as it stands in every bundle of the ledger."),
            exit=Exit.USAGE,
            vkey=str(log),
        )


def _told(status: HTTPStatus, text: str) -> Answer:
    return Answer(status, f"{text}\n".encode())


def _hex(origin: str) -> str:
    return sha256(origin.encode()).hexdigest()

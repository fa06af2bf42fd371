"""Real artefacts of the made-up office: what fuzzing starts from and what patches are laid upon."""

from __future__ import annotations

import io
import tempfile
import zipfile
from functools import cache
from hashlib import sha256
from pathlib import Path

from ledger import receipts
from ledger.commands import requests
from tests.bundles import Year, read_files, whole_year
from tests.ledger.sheets import SUBJECT_HEADER, subject, write_xlsx
from verifier import note, zipform
from verifier.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from verifier.evidence import of_heads
from verifier.merkle import leaf_hash
from verifier.statement import Statement, sign, write_file


@cache
def workplace() -> Path:
    """A folder for the files of this process, removed when it ends."""
    held = tempfile.TemporaryDirectory(prefix="liuhen-fuzz-")
    _KEPT.append(held)
    return Path(held.name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


@cache
def year() -> Year:
    """The office's year with its bundles."""
    folder = workplace() / "year"
    folder.mkdir()
    return whole_year(folder)


@cache
def bundle_files() -> tuple[tuple[str, bytes], ...]:
    """The files of the inspectors' bundle in path order."""
    return tuple(sorted(read_files(year().inspector).items()))


@cache
def ledger_file() -> bytes:
    """The bytes of the ledger file, without a journal beside it."""
    target = workplace() / "copy.db"
    year().office.book.store.copy(target)
    return target.read_bytes()


def checkpoint() -> bytes:
    """The signed head of the bundle."""
    return dict(bundle_files())["checkpoint"]


def entry(kind: str) -> bytes:
    """The first raw entry of an event type."""
    return next(raw for raw in year().entries() if kind.encode() in raw)


def receipt() -> bytes:
    """The receipt of the first member of the first pool."""
    issuer = receipts.issuer(year().office.book, "d1", checkpoint())
    return next(issuer.all()).encode()


def statement() -> bytes:
    """A statement file with its key beside it."""
    office = year().office
    first = year().entries()[0]
    told = Statement(leaf_hash(first), "draw.revealed", sha256(b"M").digest(), {"r": sha256(b"r").digest()})
    carried = sign(told, office.supervisor.info.public, office.supervisor.sign)
    return write_file(carried, office.supervisor.info.public)


def request() -> bytes:
    """A request to confirm the first entry that can be confirmed."""
    book = year().office.book
    return requests.write_file(requests.confirmation(book, 1))


def fork() -> bytes:
    """Evidence: two heads of one size and different roots."""
    office, vkey = year().office, year().vkey
    signed = parse_checkpoint(checkpoint())[1]
    head = parse_checkpoint(checkpoint())[0]
    other = sign_checkpoint(Checkpoint(head.origin, head.size, bytes(32)), vkey, office.log.sign)
    found = of_heads(vkey, signed, note.parse(other))
    assert found is not None
    return found.encode()


def key_file() -> bytes:
    """A key file of the office."""
    return next(iter(sorted((year().office.folder / "keys").iterdir()))).read_bytes()


def workbook(rows: int = 2) -> bytes:
    """A small list of subjects as .xlsx."""
    path = workplace() / "seed.xlsx"
    write_xlsx(path, ("检查对象名录库", [SUBJECT_HEADER, *(subject(n) for n in range(rows))]))
    return path.read_bytes()


@cache
def parts() -> tuple[tuple[str, bytes], ...]:
    """The XML parts of the workbook."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        return tuple((name, archive.read(name)) for name in sorted(archive.namelist()))


def small_zip() -> bytes:
    """A bundle as zip of the small files of the bundle; what is missing is a finding."""
    small = {path: data for path, data in bundle_files() if len(data) < 600}
    files = sorted(year().resign(small).items())
    target = io.BytesIO()
    zipform.write_zip(target, [(path, lambda data=data: iter([data])) for path, data in files])  # type: ignore[misc]
    return target.getvalue()

"""What is fuzzed: a function for each parser. It may raise `LiuhenError`, and nothing else; where bytes have
one canonical form, what was read must be written as the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import msgpack

from ledger import backup, column_maps, keyfile, keystore, policy, scoring
from ledger.commands import requests
from ledger.forensics import reading
from ledger.forms import statistic
from ledger.importing import annexes, batch, plans, records, tables
from ledger.importing.records import Sheet
from tests.cosigner import COSIGNER, line_over
from tests.fuzz import artefacts
from verifier import (
    bundle,
    checkpoint,
    codec,
    entry,
    evidence,
    logproof,
    note,
    paths,
    private,
    receipt,
    schema,
    statement,
    tiles,
    timestamp,
    tlogpolicy,
    witness,
    zipform,
)
from verifier.checkpoint import parse_checkpoint
from verifier.codec import Value
from verifier.errors import LiuhenError
from verifier.replay import verify_bundle, verify_entries
from verifier.report import Anchors

TODAY = date(2026, 11, 21)
__all__ = ["TARGETS", "Broken", "LiuhenError", "Target"]

Parser = Callable[[bytes], object]


class Broken(AssertionError):  # noqa: N818 - what the oracle is
    """An oracle does not hold: what was read does not come back as the same bytes."""


@dataclass(frozen=True)
class Target:
    """A parser under fuzzing: `seeds` gives real bytes to begin with, `size` bounds the inputs tried."""

    run: Parser
    seeds: Callable[[], Iterable[bytes]]
    size: int = 4096


def _same(found: bytes, data: bytes) -> None:
    if found != data:
        raise Broken(f"{data[:200]!r} comes back as {found[:200]!r}")


def _codec(data: bytes) -> None:
    _same(codec.encode(codec.decode(data)), data)


def _items(data: bytes) -> None:
    _same(codec.encode_items(list(codec.decode_items(data))), data)


def _entry(data: bytes) -> None:
    found = entry.parse(data)
    _same(found.body.encode(), found.body_bytes)
    if found.body.type in schema.EVENTS:
        schema.fault(found.body.type, found.body.data)


def _event(data: bytes) -> None:
    """Data of an event of every type, told by the first byte, before its schema."""
    kinds = sorted(schema.EVENTS)
    said = _said(data[1:])
    if said is not None:
        schema.fault(kinds[data[0] % len(kinds)], said)


def _said(data: bytes) -> Value | None:
    """The value in bytes of any spelling that msgpack reads, brought into the canonical form; None when it
    has none. Mutations rarely keep the canonical form, and what is behind it would never be reached."""
    try:
        value = msgpack.unpackb(data, strict_map_key=False)
    except (ValueError, TypeError, OverflowError, RecursionError, msgpack.UnpackException):
        return None
    return codec.decode(codec.encode(value))


def _law(data: bytes) -> None:
    """An entry of a real ledger says something else, well signed: the law judges all of it. The first byte
    chooses the entry, the second the type of event, the rest is its data."""
    if len(data) < 3:
        return
    honest = artefacts.year()
    raws = honest.entries()
    at = data[0] * 256 % len(raws) if data[0] > 127 else data[0] % len(raws)
    kinds = sorted(schema.EVENTS)
    said = _said(data[2:])
    if not isinstance(said, dict):
        return
    old = entry.parse(raws[at]).body
    kind = old.type if data[1] == 255 else kinds[data[1] % len(kinds)]
    signers = {s.key_id: s for s in (*honest.office.signers.values(), honest.office.log)}
    body = old._replace(type=kind, data=said)
    bent = entry.seal(body, signers[old.actor].sign).raw
    verify_entries([*raws[:at], bent], "fuzz")


def _note(data: bytes) -> None:
    found = note.parse(data)
    _same(note.render(found), data)
    note.verify(found, artefacts.year().vkey)


def _vkey(data: bytes) -> None:
    _same(note.vkey_file(note.parse_vkey_file(data)), data)


def _checkpoint(data: bytes) -> None:
    head, signed = checkpoint.parse_checkpoint(data)
    if head.text() not in signed.text:
        raise Broken(signed.text)
    checkpoint.verify_cosignature(signed, artefacts.year().vkey)


def _cosignature(data: bytes) -> None:
    found = checkpoint.with_cosignature(artefacts.checkpoint(), data.decode("utf-8", "surrogateescape"))
    checkpoint.parse_checkpoint(found)


def _proof(data: bytes) -> None:
    found = logproof.parse(data)
    _same(found.encode(), data)
    found.shows(bytes(32))
    found.checkpoint()


def _tlog_policy(data: bytes) -> None:
    found = tlogpolicy.parse(data)
    found.satisfied(lambda _: True)
    found.counted()


def _policy(data: bytes) -> None:
    policy.parse(data, "policy.toml")


def _column_map(data: bytes) -> None:
    column_maps.parse(data, "map.toml")


def _statistic(data: bytes) -> None:
    statistic.read(data, "statistic.toml")


def _scoring(data: bytes) -> None:
    scoring.scoring(_file(data, "scoring.toml"))


def _receipt(data: bytes) -> None:
    found = receipt.parse(data)
    _same(found.encode(), data)
    receipt.verify(found)
    receipt.verify(found, artefacts.year().vkey)


def _claim(data: bytes) -> None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return
    _same(receipt.parse_claim(text).encode().encode(), data.strip(b" \t\r\n"))


def _statement(data: bytes) -> None:
    carried, public = statement.read_file(data)
    openings = statement.openings_in(data)
    carried.statement()
    if public is not None:
        statement.signature_valid(carried, public)
    _same(statement.write_file(carried, public, openings), data)


def _request(data: bytes) -> None:
    _same(requests.write_file(requests.read_file(data)), data)


def _openings(data: bytes) -> None:
    _same(private.encode_openings(private.decode_openings(data)), data)


def _tile_path(data: bytes) -> None:
    text = data.decode("latin-1")
    found = tiles.parse_path(text)
    if found is not None:
        _same(found.path.encode(), data)


def _tile(data: bytes) -> None:
    """A bundle of as many entries as the first byte says."""
    if data:
        tile = tiles.Tile(None, 0, data[0] or 256)
        _same(tiles.encode_bundle(tiles.decode_bundle(tile, data[1:])), data[1:])


def _evidence(data: bytes) -> None:
    found = evidence.parse(data)
    _same(found.encode(), data)
    evidence.convicts(found)


def _witness_request(data: bytes) -> None:
    _same(witness.parse_request(data).encode(), data)


def _witness_answer(data: bytes) -> None:
    witness.parse_answer(data)


def _stamp(data: bytes) -> None:
    timestamp.read(data)


def _zip(data: bytes) -> None:
    members = zipform.read_members(io.BytesIO(data), paths.check_size)
    target = io.BytesIO()
    pieces = [(m.path, partial(iter, [data[m.data : m.end]])) for m in members]
    zipform.write_zip(target, pieces)
    _same(target.getvalue(), data)


def _path(data: bytes) -> None:
    """A path that is allowed stays in its folder, whichever way a system reads it."""
    text = data.decode("utf-8", "surrogateescape")
    paths.check_path(text)
    parts = text.split("/")
    if any(p in ("", ".", "..") or ":" in p or "\\" in p for p in parts) or Path(text).is_absolute():
        raise Broken(text)


def _sums(data: bytes) -> None:
    bundle.read_sums(_Files({paths.SUMS: data}))


def _bundle_zip(data: bytes) -> None:
    with bundle.open_bundle(_file(data, "bundle.zip")) as opened:
        verify_bundle(opened, Anchors())


def _bundle(data: bytes) -> None:
    """A patch on a real bundle, signed anew: file, place in it, bytes to put there."""
    files = dict(artefacts.bundle_files())
    if len(data) < 4:
        return
    path = sorted(files)[data[0] % len(files)]
    files[path] = _patched(files[path], data[1:])
    files = artefacts.year().resign(files) if not path.startswith("SHA256SUMS") else files
    verify_bundle(_Files(files), Anchors())


def _backup(data: bytes) -> None:
    """A patch on a ledger file."""
    path = _file(_patched(artefacts.ledger_file(), data), "copy.db")
    backup.read(path)


def _key(data: bytes) -> None:
    path = _file(data, "holder.key")
    keyfile.load(path)
    keystore.list_keys(path.parent)


def _patched(content: bytes, patch: bytes) -> bytes:
    """`patch`: two bytes, a place in units of 1/65,536 of the content; a byte, how many are cut out there;
    what is put in instead."""
    at = int.from_bytes(patch[:2].rjust(2, b"\0"), "big") * len(content) >> 16
    return content[:at] + patch[3:] + content[at + (patch[2] if len(patch) > 2 else 0) :]


def _csv(data: bytes) -> None:
    _tables(_file(data, "table.csv"))


def _xlsx(data: bytes) -> None:
    _tables(_file(data, "table.xlsx"))


def _xlsx_part(data: bytes) -> None:
    """One XML part of a workbook, told by the first byte, is these bytes."""
    parts = dict(artefacts.parts())
    if not data:
        return
    parts[sorted(parts)[data[0] % len(parts)]] = data[1:]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    _tables(_file(target.getvalue(), "table.xlsx"))


_READERS: tuple[Callable[..., Sheet], ...] = (
    records.read_subjects,
    records.read_officers,
    records.read_items,
    records.read_conflicts,
    records.read_people,
    annexes.read_unsuitable,
    annexes.read_experts,
    annexes.read_history,
    annexes.read_members,
    plans.read_plan,
    plans.read_superior,
    batch.read_tasks,
)


def _tables(path: Path) -> None:
    table = tables.read_table(path)
    tables.heads(path)
    for name in table.sheets[:1]:
        tables.merged_cells(path, name)
    for read in _READERS:
        for fault in read(path, today=TODAY).faults:
            fault.message()


def _forensics(data: bytes) -> None:
    path = _file(data, "past.csv" if not data.startswith(b"PK") else "past.xlsx")
    reading.read_officers(path)
    reading.read_past([(path, path)])


class _Files(bundle.Bundle):
    """A bundle in memory."""

    name = "fuzz"

    def __init__(self, files: dict[str, bytes]) -> None:
        paths.check_paths(files)
        self._held = files

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self._held))

    def size(self, path: str) -> int:
        if path not in self._held:
            raise bundle._missing(path)
        paths.check_size(path, len(self._held[path]))
        return len(self._held[path])

    def open(self, path: str) -> io.BytesIO:
        self.size(path)
        return io.BytesIO(self._held[path])

    def close(self) -> None:
        """Nothing is held open."""


def _file(data: bytes, name: str) -> Path:
    path = artefacts.workplace() / "input" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


def _one(make: Callable[[], bytes]) -> Callable[[], Iterable[bytes]]:
    return lambda: [make()]


def _bodies(*, marks: bytes = b"") -> Iterable[bytes]:
    """The data of one entry of every type in the ledger."""
    kinds = sorted(schema.EVENTS)
    seen: set[str] = set()
    for at, raw in enumerate(artefacts.year().entries()):
        body = entry.parse(raw).body
        if body.type not in seen and len(body.encode()) < 3000:
            seen.add(body.type)
            mark = bytes([at, 255]) if marks else bytes([kinds.index(body.type)])
            yield mark + codec.encode(body.data)


def _csv_seeds() -> Iterable[bytes]:
    from tests.cli.clerk import ITEMS, OFFICERS, PLAN
    from tests.ledger.sheets import SUBJECT_HEADER, subject

    for rows in ([SUBJECT_HEADER, subject(1)], ITEMS, OFFICERS[:3], PLAN):
        text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
        yield text.encode()
    yield "企业名称;住所\r\n甲;乙\r\n".encode("gb18030")
    yield "企业名称\t住所\n甲\t\n".encode("utf-16")


def _forensic_seeds() -> Iterable[bytes]:
    header = "序号,企业名称,统一社会信用代码,检查人员,抽取时间,任务名称,批次\n"
    yield f"{header}1,甲,911,张某、李某,2025-03-01 09:00,任务,1\n".encode()
    yield "姓名,企业名称\n张某,甲\n".encode("gb18030")


def _ready(read: Callable[[], Iterable[bytes]]) -> Callable[[], Iterable[bytes]]:
    return lambda: [data[:4096] for data in read()]


def _profiles() -> Iterable[bytes]:
    from importlib import resources

    for name in policy.profiles()[:2]:
        yield (resources.files("ledger.profiles") / f"{name}.toml").read_bytes()


def _maps() -> Iterable[bytes]:
    return [column_maps.ready_bytes(name) for name in column_maps.ready()]


def _old_form() -> bytes:
    return b"old 0\n\n" + artefacts.checkpoint()


def _bundle_seeds() -> Iterable[bytes]:
    for at in range(len(artefacts.bundle_files())):
        yield bytes([at, 128, 0, 1]) + b"x"


TARGETS: dict[str, Target] = {
    "codec": Target(_codec, lambda: (e[1:] for e in _bodies())),
    "items": Target(_items, lambda: [b"\x92\x01\xa1a", b"\xdc\x00\x10" + bytes(16), b"\x90"]),
    "entry": Target(_entry, lambda: [raw for raw in artefacts.year().entries()[::7] if len(raw) < 3000]),
    "event": Target(_event, _bodies),
    "law": Target(_law, lambda: _bodies(marks=b"at")),
    "note": Target(_note, _one(artefacts.checkpoint)),
    "vkey": Target(_vkey, lambda: [note.vkey_file(artefacts.year().vkey)]),
    "checkpoint": Target(_checkpoint, _one(artefacts.checkpoint)),
    "cosignature": Target(
        _cosignature, lambda: [line_over(parse_checkpoint(artefacts.checkpoint())[0]).line().encode()]
    ),
    "proof": Target(_proof, lambda: [receipt.parse(artefacts.receipt()).proof.encode()]),
    "tlog-policy": Target(
        _tlog_policy,
        lambda: [f"log {artefacts.year().vkey}\nwitness w1 {COSIGNER}\ngroup g any w1\nquorum g\n".encode()],
    ),
    "policy": Target(_policy, _ready(_profiles)),
    "column-map": Target(_column_map, _ready(_maps)),
    "statistic": Target(
        _statistic,
        lambda: [b'title="a"\nperiod="year"\nrows="figures"\nfigures=[{title="x",figure="draws"}]\n'],
    ),
    "scoring": Target(_scoring, lambda: [scoring.shipped().encode()[:3000]]),
    "receipt": Target(_receipt, _one(artefacts.receipt), 16_384),
    "claim": Target(_claim, lambda: [receipt.parse(artefacts.receipt()).claim().encode().encode()]),
    "statement": Target(_statement, _one(artefacts.statement)),
    "request": Target(_request, _one(artefacts.request)),
    "openings": Target(
        _openings, lambda: [dict(artefacts.bundle_files())[paths.OPENINGS][:4096], b"\x90"], 4096
    ),
    "tile-path": Target(_tile_path, lambda: [b"tile/0/000", b"tile/entries/x001/234.p/5"], 64),
    "tile": Target(_tile, lambda: [b"\x02\x00\x01a\x00\x02bc"]),
    "evidence": Target(_evidence, _one(artefacts.fork)),
    "witness-request": Target(_witness_request, _one(_old_form)),
    "witness-answer": Target(_witness_answer, lambda: [b"12\n", "— w.example/c QUFB\n".encode()]),
    "stamp": Target(_stamp, lambda: [b"0\x050\x03\x02\x01\x02"], 8192),
    "key": Target(_key, _one(artefacts.key_file)),
    "path": Target(_path, lambda: [b"draws/d1/seed.txt", b"a/../b", b"CON.txt", b"C:\\x"], 300),
    "sums": Target(_sums, lambda: [dict(artefacts.bundle_files())[paths.SUMS]]),
    "zip": Target(_zip, lambda: [artefacts.small_zip()]),
    "bundle-zip": Target(_bundle_zip, lambda: [artefacts.small_zip()]),
    "bundle": Target(_bundle, _bundle_seeds),
    "backup": Target(_backup, lambda: [b"\x00\x10\x01x", b"\x80\x00\x00", b"\xff\x00\xff"]),
    "csv": Target(_csv, _csv_seeds),
    "xlsx": Target(_xlsx, _one(artefacts.workbook), 16_384),
    "xlsx-part": Target(
        _xlsx_part, lambda: [bytes([at]) + part for at, (_, part) in enumerate(artefacts.parts())], 8192
    ),
    "forensics": Target(_forensics, _forensic_seeds),
}
"""Every parser that reads what a stranger hands over, by name."""

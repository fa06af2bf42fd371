"""What a build leaves for the next one: how each file stood, and what each part was made from.

Kept beside the ledger, not in the site, as it names what pages were made from. It can be thrown away at any
time: the next build then reads every file and makes every page again.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import msgpack

from ledger.durable import write_whole
from ledger.site.reads import Read

VERSION = 1


@dataclass(frozen=True)
class Stamp:
    """A file as the last build left it: bytes, time of change in ns, SHA-256 hex."""

    size: int
    changed: int
    digest: str


@dataclass(frozen=True)
class Part:
    """What a part read, the stamp over it, and the files it made."""

    reads: frozenset[Read]
    stamp: bytes
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Edit:
    """An import of rows: entry, its time, register, rows added, changed, removed."""

    seq: int
    time: str
    register: str
    added: int
    changed: int
    removed: int


@dataclass(frozen=True)
class Memory:
    """`maker` names program, words and templates; `subject` is the SHA-256 of the SHA256SUMS written."""

    maker: str
    subject: str
    size: int
    files: dict[str, Stamp] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()


def place(ledger: Path, target: Path) -> Path:
    """Where the memory of the site at `target` is kept."""
    name = sha256(str(target).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return ledger.with_name(f".{ledger.name}.site-{name}")


def load(path: Path) -> Memory | None:
    """What the last build left; None when there is nothing that can be read."""
    try:
        version, maker, subject, size, files, parts, edits = msgpack.unpackb(path.read_bytes())
        if version != VERSION:
            return None
        return Memory(
            maker,
            subject,
            size,
            {name: Stamp(*row) for name, row in files.items()},
            {
                name: Part(frozenset(map(tuple, reads)), stamp, tuple(made))
                for name, (reads, stamp, made) in parts.items()
            },
            tuple(Edit(*row) for row in edits),
        )
    except (OSError, ValueError, TypeError, AttributeError, msgpack.UnpackException):
        return None


def save(path: Path, memory: Memory) -> None:
    """Keep it; a place that cannot be written costs the next build time and nothing else."""
    files = {name: (one.size, one.changed, one.digest) for name, one in memory.files.items()}
    parts = {name: (sorted(one.reads), one.stamp, one.paths) for name, one in memory.parts.items()}
    edits = [(e.seq, e.time, e.register, e.added, e.changed, e.removed) for e in memory.edits]
    packed = msgpack.packb((VERSION, memory.maker, memory.subject, memory.size, files, parts, edits))
    with contextlib.suppress(OSError):
        write_whole(path, packed)

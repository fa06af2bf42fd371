"""Files of a draw in a bundle that are not what the ledger gives: how many rows, who stands in whose place,
and whether they were changed after the bundle was signed.

The ledger is what the parties signed; a file beside it is a copy for readers. Who changed it, a bundle
cannot say.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from ledger.audit.words import filled
from verifier import bundle as bundles
from verifier import drawfiles, drawfolder, note, paths
from verifier.bundle import Bundle
from verifier.errors import LiuhenError
from verifier.facts import Facts
from verifier.wording import Text, printable

_LINE = 1 << 16
"""Bytes of a row that are read; the ledger's own are far shorter."""
SHOWN = 5
Named = tuple[str, str]
"""Id and name of an enterprise; both empty for none."""


@dataclass(frozen=True)
class Swap:
    """A drawn place that the file gives to another: who was drawn by the ledger, who stands in the file."""

    stratum: str
    rank: str
    ledger: Named
    file: Named


@dataclass
class Altered:
    """The folder of a draw: by file how many rows differ (None: there is no such file), drawn places that
    went to others, and the hash of each file as the ledger gives it."""

    draw: str
    rows: dict[str, int | None] = field(default_factory=dict)
    swaps: list[Swap] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)

    def texts(self) -> Iterator[Text]:
        """What differs, in words."""
        differ = {path.rpartition("/")[2]: n for path, n in self.rows.items() if n != 0}
        zh = "，".join(f"缺 {name}" if n is None else f"{name} 有 {n} 行" for name, n in differ.items())
        en = ", ".join(f"no {name}" if n is None else f"{n} rows of {name}" for name, n in differ.items())
        yield filled(_DIFFERS, draw=printable(self.draw), files=(zh, en))
        for one in self.swaps[:SHOWN]:
            place = {"rank": one.rank, "ledger": _named(one.ledger)}
            yield (
                filled(_SWAPPED, **place, file=_named(one.file)) if any(one.file) else filled(_GONE, **place)
            )
        if len(self.swaps) > SHOWN:
            yield filled(_MORE, n=len(self.swaps) - SHOWN)


def _named(one: Named) -> str:
    return printable(f"{one[0]} {one[1]}".strip())


_DIFFERS = Text(
    "抽查 {draw}：核验包中的文件与台账不同：{files}。", "Draw {draw}: files differ from the ledger: {files}."
)
_SWAPPED = Text(
    "第 {rank} 名，台账抽中的是 {ledger}，文件中写的是 {file}。",
    "Rank {rank}: the ledger drew {ledger}, the file shows {file}.",
)
_GONE = Text(
    "第 {rank} 名，台账抽中的是 {ledger}，文件中没有。",
    "Rank {rank}: the ledger drew {ledger}, the file has nobody.",
)
_MORE = Text("另有 {n} 个抽中的名次也不同。", "So it is with {n} more drawn ranks.")
LEDGER_HOLDS = Text(
    "以台账为准：各条记录和台账指纹的签名均成立，抽查结果由核验工具据此重算。",
    "The ledger holds: its entries and its head are signed, and the result was computed from them.",
)
SWAPPED_AFTER = Text(
    "这些文件是核验包签署以后换上的：换回台账给出的文件，文件清单就与台账签名密钥所签的完全一致。"
    "是谁改的，仅凭核验包不能得知。",
    "The files were exchanged after the bundle was signed: with those that the ledger gives, the list of "
    "files is exactly the one that the log's key signed. By whom, a bundle cannot say.",
)
SIGNED_SO = Text(
    "文件清单的签名成立：核验包制作时就已如此，请制作单位说明。",
    "The list of files is signed as it is: the bundle was made so; ask who made it.",
)
WHEN_UNKNOWN = Text(
    "何时、由谁改动，仅凭核验包不能得知。", "When it was changed and by whom, a bundle cannot say."
)


def altered(bundle: Bundle, facts: Facts, draw: str) -> Altered:
    """Compare the folder of a draw with what the ledger gives, row by row. Raises `KeyError` for a draw
    without an outcome, `LiuhenError` for a file that cannot be read."""
    found = Altered(draw)
    for path, pieces in drawfolder.folder(facts, draw).items():
        hashed = sha256()
        if not bundle.has(path):
            found.rows[path] = None
            for piece in pieces:
                hashed.update(piece)
        else:
            differ = 0
            with bundle.open(path) as file:
                for row in (row for piece in pieces for row in piece.splitlines(keepends=True)):
                    hashed.update(row)
                    line = file.readline(_LINE)
                    if line != row:
                        differ += 1
                        found.swaps += _swap(row, line) if path.endswith("/tickets.csv") else ()
                differ += sum(1 for _ in iter(lambda: file.readline(_LINE), b""))
            found.rows[path] = differ
        found.hashes[path] = hashed.hexdigest()
    return found


def _swap(row: bytes, line: bytes) -> Iterator[Swap]:
    """What a row of tickets.csv says of a drawn place that the ledger gives to another."""
    mine, other = _row(row), _row(line)
    if len(mine) != len(drawfiles.TICKETS_HEADER) or mine[5] != "1":
        return
    stood: Named = (other[2], other[3]) if len(other) == len(mine) and other[5] == "1" else ("", "")
    if stood[0] != mine[2]:
        yield Swap(mine[0], mine[1], (mine[2], mine[3]), stood)


def _row(line: bytes) -> Sequence[str]:
    try:
        return next(csv.reader([line.decode("utf-8", "replace").removeprefix("\ufeff").rstrip("\r\n")]), [])
    except csv.Error:
        return []


def signed_before(bundle: Bundle, held: Sequence[Altered]) -> Text:
    """What the signed list of files says about when they were changed."""
    try:
        vkey = note.parse_vkey_file(bundle.read(paths.LOG_VKEY))
        signed = note.parse(bundle.read(paths.NOTE))
        sums = bundles.read_sums(bundle)
    except LiuhenError:
        return WHEN_UNKNOWN
    if not note.verify(signed, vkey):
        return WHEN_UNKNOWN
    origin = signed.text.split("\n")[1] if signed.text.count("\n") == 3 else ""
    theirs = dict(sums.hashes)
    for one in held:
        theirs |= one.hashes
    lines = "".join(f"{theirs[path]}  {path}\n" for path in sorted(theirs, key=str.encode))
    restored = sha256(lines.encode("latin-1", "replace")).hexdigest()
    if signed.text == bundles.note_text(origin, restored):
        return SWAPPED_AFTER
    return SIGNED_SO if signed.text == bundles.note_text(origin, sums.subject) else WHEN_UNKNOWN

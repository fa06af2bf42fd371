"""Tiles and entry bundles (specs/log.md), and histories that an anchor tells apart (specs/report.md §3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ledger.bundle import LogSigner
from tests.bundles import Files
from tests.conformance.case import Cases, Made, Workshop
from tests.conformance.honest import long_chain
from tests.office import ORIGIN
from verifier import entry
from verifier.codec import encode
from verifier.merkle import leaf_hash

TILES = Cases("tile")
ANCHORS = Cases("anchor")
HISTORY = Cases("history")
KEEPER, HOST, CLERK, OPERATOR = (
    "keeper of the log key",
    "host of the site",
    "clerk",
    "operator with the database",
)

FALSE = {"verdict": "fail", "must": {"log.tree": "fail"}}
TORN = {**FALSE, "may": ("draw.files", "visit.complete", "log.current", "entry.canonical", "bundle.files")}
"""Entries that cannot be read are not judged, and what rests on them falls too."""
STRAY = {"verdict": "fail", "must": {"bundle.files": "fail"}}
HASHES, ENTRIES = "tile/0/000.p/49", "tile/entries/000.p/49"


def _tile(path: str, change: Callable[[bytes], bytes | None]) -> Callable[[Workshop], bytes]:
    return lambda shop: shop.altered({path: change(shop.files[path])})


def _rows(bundle: bytes) -> list[bytes]:
    rows = []
    while bundle:
        size = 2 + int.from_bytes(bundle[:2], "big")
        rows.append(bundle[:size])
        bundle = bundle[size:]
    return rows


for _name, _deed, _path, _change, _expected in (
    ("hash-changed", "changes a hash", HASHES, lambda b: bytes(32) + b[32:], FALSE),
    ("hash-cut", "cuts a hash tile by a hash", HASHES, lambda b: b[:-32], FALSE),
    ("hash-odd", "cuts a hash tile by a byte", HASHES, lambda b: b[:-1], FALSE),
    ("hash-more", "adds a hash to a hash tile", HASHES, lambda b: b + bytes(32), FALSE),
    ("hash-empty", "empties a hash tile", HASHES, lambda b: b"", FALSE),
    ("hash-gone", "leaves out a hash tile", HASHES, lambda b: None, TORN),
    ("entries-gone", "leaves out the entries", ENTRIES, lambda b: None, TORN),
    ("entries-empty", "empties the entries", ENTRIES, lambda b: b"", TORN),
    ("entries-cut", "cuts the entries by a byte", ENTRIES, lambda b: b[:-1], TORN),
    ("entries-one-less", "leaves out the last entry", ENTRIES, lambda b: b"".join(_rows(b)[:-1]), TORN),
    ("entries-one-more", "adds an entry behind the last", ENTRIES, lambda b: b + _rows(b)[-1], TORN),
    ("entries-byte-more", "adds a byte behind the last entry", ENTRIES, lambda b: b + b"\0", TORN),
    ("entries-length", "lies about the length of an entry", ENTRIES, lambda b: b"\xff\xff" + b[2:], TORN),
    ("entries-zeros", "gives zeros for the entries", ENTRIES, lambda b: bytes(len(b)), TORN),
):
    TILES.add(_name, KEEPER, _deed, _tile(_path, _change), **_expected)


@TILES.case("entries-swapped", KEEPER, "swaps two entries", may=None, **FALSE)
def _(shop: Workshop) -> bytes:
    rows = _rows(shop.files[ENTRIES])
    rows[20], rows[21] = rows[21], rows[20]
    return shop.altered({ENTRIES: b"".join(rows)})


def _long(shop: Workshop, size: int = 300) -> Files:
    return shop.with_draws(long_chain(shop, size).raw)


def _of_long(change: Callable[[Files], None], size: int = 300) -> Callable[[Workshop], bytes]:
    def make(shop: Workshop) -> bytes:
        files = _long(shop, size)
        change(files)
        return shop.pack(shop.resign(files))

    return make


def _swap(files: Files, one: str, other: str) -> None:
    files[one], files[other] = files[other], files[one]


for _name, _deed, _edit, _expected in (
    ("full-gone", "leaves out a full hash tile", lambda f: f.pop("tile/0/000"), TORN),
    ("full-changed", "changes a full hash tile", lambda f: f.update({"tile/0/000": bytes(8192)}), FALSE),
    ("upper-gone", "leaves out a tile of the upper level", lambda f: f.pop("tile/1/000.p/1"), TORN),
    (
        "upper-changed",
        "changes a tile of the upper level",
        lambda f: f.update({"tile/1/000.p/1": bytes(32)}),
        FALSE,
    ),
    ("first-entries-gone", "leaves out the first entry bundle", lambda f: f.pop("tile/entries/000"), TORN),
    (
        "second-entries-gone",
        "leaves out the second entry bundle",
        lambda f: f.pop("tile/entries/001.p/44"),
        TORN,
    ),
    (
        "full-as-partial",
        "gives the full tile as one of width 256",
        lambda f: f.update({"tile/0/000.p/256": f.pop("tile/0/000")}),
        TORN,
    ),
    (
        "levels-swapped",
        "swaps tiles of two levels",
        lambda f: _swap(f, "tile/0/001.p/44", "tile/1/000.p/1"),
        FALSE,
    ),
    (
        "earlier-false",
        "keeps an earlier partial tile that is no beginning of today's",
        lambda f: f.update({"tile/0/000.p/3": bytes(96)}),
        STRAY,
    ),
    (
        "earlier-width",
        "keeps an earlier partial tile of another width than it says",
        lambda f: f.update({"tile/0/000.p/3": f["tile/0/000"][:64]}),
        STRAY,
    ),
    (
        "earlier-empty",
        "keeps an earlier partial tile of width 0",
        lambda f: f.update({"tile/0/000.p/0": b""}),
        STRAY,
    ),
    ("later", "adds a tile of a later log", lambda f: f.update({"tile/0/002.p/1": bytes(32)}), STRAY),
    (
        "later-wider",
        "adds a wider tile of a later log",
        lambda f: f.update({"tile/0/001.p/45": f["tile/0/001.p/44"] + bytes(32)}),
        STRAY,
    ),
    (
        "level-00",
        "names a level with two digits",
        lambda f: f.update({"tile/00/000": f["tile/0/000"]}),
        STRAY,
    ),
    (
        "level-5",
        "adds a tile of a level that the log does not have",
        lambda f: f.update({"tile/5/000.p/1": bytes(32)}),
        STRAY,
    ),
    (
        "number-short",
        "names a tile without leading zeros",
        lambda f: f.update({"tile/0/0": bytes(32)}),
        STRAY,
    ),
    (
        "number-x000",
        "names a tile in a group too many",
        lambda f: f.update({"tile/0/x000/000": f["tile/0/000"]}),
        STRAY,
    ),
    (
        "number-huge",
        "names a tile with a number of thirty digits",
        lambda f: f.update({"tile/0/" + "x999/" * 9 + "999": bytes(32)}),
        STRAY,
    ),
    (
        "width-zero",
        "names a width with a leading zero",
        lambda f: f.update({"tile/0/001.p/044": f["tile/0/001.p/44"]}),
        STRAY,
    ),
    ("level-word", "names a level that there is not", lambda f: f.update({"tile/data/000": b"x"}), STRAY),
):
    TILES.add(_name, KEEPER, _deed, _of_long(_edit), **_expected)  # type: ignore[arg-type]


@TILES.case(
    "largest-entries",
    KEEPER,
    "hands out 300 entries of 65,535 bytes that are none",
    verdict="fail",
    must={"entry.canonical": "fail"},
    may=("log.checkpoint", "log.current", "draw.files", "ledger.first"),
    hungry=True,
    large=True,
)
def _(shop: Workshop) -> bytes:
    return shop.pack(shop.bundle([b"\x93" * 65_535] * 300))


def _head(shop: Workshop, raw: list[bytes], **changes: Any) -> tuple[str, ...]:
    head = shop.head(raw, **changes)
    return ("--head", f"{head.size}:{head.root.hex()}")


def _rewritten(shop: Workshop) -> list[bytes]:
    """The year with other photographs at its end than `_written` has."""
    return _written(shop, "另一张照片")


def _written(shop: Workshop, name: str = "照片") -> list[bytes]:
    """The year and two photographs."""
    chain = shop.whole()
    for size in (1, 2):
        chain.append(
            shop.year.office.clerk, "attached", {"name": name, "file": bytes(32), "size": size}, "attachments"
        )
    return chain.raw


BARE = {"verdict": "fail"}
ANCHORS.add(
    "id-of-another",
    HOST,
    "serves the ledger of another office to a reader who has the id on paper",
    lambda s: Made(s.pack(s.files), ("--id", "0" * 64)),
    **BARE,
)
ANCHORS.add(
    "head-of-another",
    CLERK,
    "shows another history to a reader who has a printed head",
    lambda s: Made(s.pack(s.bundle(_rewritten(s))), _head(s, _written(s))),
    **BARE,
)
ANCHORS.add(
    "cut-off",
    CLERK,
    "cuts off the latest entries and starts again from a backup; a reader has a later head",
    lambda s: Made(s.pack(s.bundle(s.year.entries()[:30])), _head(s, s.year.entries())),
    **BARE,
)
ANCHORS.add(
    "old-files",
    HOST,
    "serves the files of last week to a reader who has this week's head",
    lambda s: Made(s.pack(s.bundle(s.year.entries()[:40])), _head(s, s.year.entries()[:41])),
    **BARE,
)
ANCHORS.add(
    "same-size",
    CLERK,
    "keeps two ledgers of one length, one for each reader",
    lambda s: Made(s.pack(s.bundle(_written(s))), _head(s, _rewritten(s))),
    **BARE,
)
ANCHORS.add(
    "earlier-head",
    "reader",
    "compares with an earlier head, which the ledger continues",
    lambda s: Made(s.pack(s.bundle(_rewritten(s))), _head(s, s.year.entries())),
    verdict="pass",
)


def _broken(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Workshop], bytes]:
    return lambda shop: shop.pack(shop.with_draws(change(shop.year.entries())))


for _name, _deed, _edit in (
    ("deletes", "deletes a row of the database and computes the tree anew", lambda r: [*r[:47], *r[48:]]),
    ("reorders", "exchanges two rows of the database", lambda r: [*r[:46], r[47], r[46], r[48]]),
    ("doubles", "repeats the last row", lambda r: [*r, r[-1]]),
    ("beheads", "takes away the first entry", lambda r: r[1:]),
):
    HISTORY.add(
        _name, OPERATOR, _deed, _broken(_edit), verdict="fail", must={"entry.chain": "fail"}, may=None
    )


@HISTORY.case(
    "edits",
    OPERATOR,
    "changes a result in a row of the database",
    verdict="fail",
    must={"entry.signature": "fail", "entry.chain": "fail"},
    may=None,
)
def _(shop: Workshop) -> bytes:
    rows = shop.year.entries()
    place = next(n for n, raw in enumerate(rows) if entry.parse(raw).body.type == "visit.recorded")
    read = entry.parse(rows[place])
    data = {**read.body.data, "results": ["02"]}
    changed = entry.seal(_replaced(read, data), lambda _m: read.signature)
    return shop.pack(shop.with_draws([*rows[:place], changed.raw, *rows[place + 1 :]]))


def _replaced(read: entry.Entry, data: Any) -> entry.Body:
    return read.body._replace(data=data)


@HISTORY.case(
    "rewrites",
    CLERK,
    "writes again everything after the freeze, signing for all with the clerk's key",
    verdict="fail",
    must={"entry.signature": "fail"},
    may=None,
)
def _(shop: Workshop) -> bytes:
    rows = shop.year.entries()
    chain = [entry.parse(raw) for raw in rows]
    start = next(e.body.seq for e in chain if e.body.type == "draw.frozen")
    kept = rows[: start + 1]
    for one in chain[start + 1 :]:
        body = _relinked(one, leaf_hash(kept[-1]), len(kept))
        sign = shop.year.office.clerk.sign
        kept.append(encode([body.encode(), sign(entry.message(body.encode()))]))
    return shop.pack(shop.with_draws(kept))


def _relinked(read: entry.Entry, prev: bytes, seq: int) -> entry.Body:
    return read.body._replace(prev=prev, seq=seq, id=bytes(16))


@HISTORY.case(
    "other-ledger",
    OPERATOR,
    "puts the log key of this office over the entries of another",
    verdict="fail",
    must={"log.current": "fail"},
)
def _(shop: Workshop) -> bytes:
    theirs = shop.stories.corrected().whole().raw
    log = shop.log_of(theirs)
    ours = LogSigner(shop.year.vkey, shop.year.office.log.sign)
    files = shop.bundle(theirs)
    files["log.vkey"] = shop.files["log.vkey"]
    files["checkpoint"] = shop.signed(shop.head(theirs).text())
    assert ours.vkey != log.vkey and ours.vkey.name == ORIGIN
    return shop.pack(shop.resign(files))


CASES = [*TILES.all, *ANCHORS.all, *HISTORY.all]

"""The list of files and what is said about them (specs/bundle.md §1, §3, §8)."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from tests.bundles import Files
from tests.conformance.case import Cases, Made, Workshop
from verifier import codec
from verifier.bundle import note_text

SUMS = Cases("list")
FILES = Cases("files")
KEEPER, HOST = "keeper of the log key", "host of the site"


def listed(shop: Workshop, sums: bytes, files: Files | None = None) -> bytes:
    """The bundle with this list, signed."""
    held = shop.files if files is None else files
    signed = shop.signed(note_text(shop.year.vkey.name, sha256(sums).hexdigest()))
    return shop.pack({**held, "SHA256SUMS": sums, "SHA256SUMS.note": signed})


def _changed(change: Callable[[bytes], bytes]) -> Callable[[Workshop], bytes]:
    return lambda shop: listed(shop, change(shop.files["SHA256SUMS"]))


for _name, _deed, _change in (
    ("upper-case", "writes the hashes in capitals", lambda s: s[:64].upper() + s[64:]),
    ("one-space", "separates hash and path by one space", lambda s: s.replace(b"  ", b" ", 1)),
    ("binary-mark", "marks a file as binary, as sha256sum -b does", lambda s: s.replace(b"  ", b" *", 1)),
    ("crlf", "ends the lines as Windows does", lambda s: s.replace(b"\n", b"\r\n")),
    ("no-last-lf", "leaves out the last line feed", lambda s: s[:-1]),
    ("empty-line", "adds an empty line", lambda s: s + b"\n"),
    ("comment", "adds a comment", lambda s: b"# files\n" + s),
    ("bom", "puts a byte order mark before the list", lambda s: b"\xef\xbb\xbf" + s),
    ("order", "lists the files in another order", lambda s: b"".join(s.splitlines(True)[::-1])),
    ("twice", "lists a file twice", lambda s: s + s.splitlines(True)[-1]),
    ("itself", "lists the list", lambda s: s.replace(b"README.txt\n", b"SHA256SUMS\n")),
    ("its-note", "lists the note of the list", lambda s: s.replace(b"README.txt\n", b"SHA256SUMS.note\n")),
    ("short-hash", "gives a hash of 63 digits", lambda s: s[1:]),
    ("path-up", "lists a path outside of the folder", lambda s: b"0" * 64 + b"  ../evil\n" + s),
    ("path-device", "lists a device of Windows", lambda s: b"0" * 64 + b"  NUL.txt\n" + s),
    ("case-twin", "lists two names that differ in case", lambda s: b"0" * 64 + b"  Checkpoint\n" + s),
    ("not-ascii", "lists a name in Latin-1", lambda s: b"0" * 64 + b"  evil\xe9\n" + s),
):
    SUMS.add(_name, KEEPER, _deed, _changed(_change))

SUMS.add(
    "empty",
    KEEPER,
    "signs a list of no files",
    lambda shop: listed(shop, b""),
    verdict="fail",
    must={"bundle.files": "fail"},
)
SUMS.add(
    "too-many",
    KEEPER,
    "lists one file more than a bundle may have",
    lambda shop: listed(shop, b"".join(b"%064x  z%06d\n" % (0, n) for n in range(200_001))),
    hungry=True,
    large=True,
)
SUMS.add("missing", HOST, "takes the list away", lambda shop: shop.altered({"SHA256SUMS": None}, sign=False))

GONE = {"verdict": "fail", "must": {"bundle.files": "fail"}}
FILES.add("no-checkpoint", HOST, "takes the head away", lambda s: s.altered({"checkpoint": None}, sign=False))
FILES.add("no-vkey", HOST, "takes the log key away", lambda s: s.altered({"log.vkey": None}, sign=False))
FILES.add(
    "no-note",
    HOST,
    "takes the note of the list away",
    lambda s: s.altered({"SHA256SUMS.note": None}, sign=False),
    verdict="fail",
    must={"bundle.files": "fail", "bundle.note": "fail"},
)
FILES.add(
    "no-readme",
    HOST,
    "takes a listed file away",
    lambda s: s.altered({"README.txt": None}, sign=False),
    **GONE,
)
FILES.add(
    "stray", HOST, "puts a file beside the others", lambda s: s.altered({"a": b"x"}, sign=False), **GONE
)
FILES.add("stray-listed", KEEPER, "lists a file that no bundle has", lambda s: s.altered({"a": b"x"}), **GONE)
FILES.add(
    "script",
    HOST,
    "changes the page that is handed out",
    lambda s: s.altered({"verify.html": b"<script>pass()</script>"}, sign=False),
    verdict="fail",
    must={"bundle.hashes": "fail"},
)
for _path in ("checkpoint", "log.vkey", "SHA256SUMS.note", "README.txt", "draws/d1/seed.txt"):
    _limit = {"log.vkey": 4096, "README.txt": 1 << 20}.get(_path, 65_536)
    FILES.add(
        f"too-large-{_path.replace('/', '-')}",
        KEEPER,
        f"makes {_path} one byte larger than it may be",
        lambda s, path=_path, limit=_limit: s.altered(
            {path: b"x" * (limit + 1)}, sign=path != "SHA256SUMS.note"
        ),
        hungry=True,
    )

WRONG = {"verdict": "fail", "must": {"draw.files": "fail"}}
D1 = "draws/d1/"


def _draw(name: str, change: Callable[[bytes], bytes | None]) -> Callable[[Workshop], bytes]:
    return lambda shop: shop.altered({D1 + name: change(shop.files[D1 + name])})


for _name, _deed, _file, _edit in (
    ("seed-lf", "ends the seed text with a line feed", "seed.txt", lambda b: b + b"\n"),
    (
        "seed-crlf",
        "ends the lines of the seed text as Windows does",
        "seed.txt",
        lambda b: b.replace(b"\n", b"\r\n"),
    ),
    ("seed-other", "shows another seed text", "seed.txt", lambda b: b.replace(b"0", b"1")),
    ("tickets-no-bom", "takes the byte order mark from the tickets", "tickets.csv", lambda b: b[3:]),
    (
        "tickets-row-gone",
        "leaves a row out of the tickets",
        "tickets.csv",
        lambda b: b"\n".join(b.split(b"\n")[:2]) + b"\n",
    ),
    ("tickets-row-more", "adds a row to the tickets", "tickets.csv", lambda b: b + b.split(b"\n")[1] + b"\n"),
    (
        "tickets-quotes",
        "takes the quotation marks from the tickets",
        "tickets.csv",
        lambda b: b.replace(b'"', b""),
    ),
    ("tickets-empty", "empties the tickets", "tickets.csv", lambda _b: b""),
    (
        "teams-swapped",
        "shows another order of officers",
        "teams.csv",
        lambda b: b.replace(b"off-0", b"off-1"),
    ),
    ("seed-gone", "leaves out the seed text", "seed.txt", lambda _b: None),
    ("tickets-gone", "leaves out the tickets", "tickets.csv", lambda _b: None),
    ("teams-gone", "leaves out the teams", "teams.csv", lambda _b: None),
):
    FILES.add(f"draw-{_name}", KEEPER, _deed, _draw(_file, _edit), **WRONG)  # type: ignore[arg-type]


@FILES.case("draw-invented", KEEPER, "adds the folder of a draw that never was", **WRONG)
def _(shop: Workshop) -> bytes:
    files = shop.files
    names = ("seed.txt", "tickets.csv", "teams.csv")
    return shop.altered({f"draws/d9/{name}": files[D1 + name] for name in names})


@FILES.case("draw-of-another", KEEPER, "shows the folder of one draw as that of another", **WRONG)
def _(shop: Workshop) -> bytes:
    files = shop.files
    names = ("seed.txt", "tickets.csv", "teams.csv")
    return shop.altered({f"draws/d2/{name}": files[D1 + name] for name in names})


OPENINGS = "private/openings.msgpack"
NOT_OPEN = {"verdict": "fail", "must": {"private.openings": "fail"}}


def _opened(change: Callable[[bytes], bytes]) -> Callable[[Workshop], bytes]:
    return lambda shop: shop.altered({OPENINGS: change(shop.inspector[OPENINGS])}, base="inspector")


FILES.add(
    "openings-false",
    "clerk",
    "shows inspectors another telephone number",
    _opened(lambda b: b.replace(b"000-0001", b"000-9999")),
    **NOT_OPEN,
)
for _name, _deed, _edit in (
    ("empty", "hands inspectors an empty file of openings", lambda _b: b""),
    ("map", "hands inspectors a map of openings", lambda _b: b"\x80"),
    ("order", "orders the openings otherwise", lambda b: _reordered(b)),
    ("salt", "shortens a salt", lambda b: b.replace(b"\xc4\x10", b"\xc4\x0f", 1)),
    ("tail", "adds a byte behind the openings", lambda b: b + b"\0"),
    ("nil", "opens a field to nil", lambda b: b.replace(b"\xa8000-0001", b"\xc0", 1)),
    ("long-form", "packs the openings in a longer form", lambda b: b"\xdc\x00" + bytes([b[0] & 15]) + b[1:]),
    ("claims", "claims 4,294,967,295 openings", lambda _b: b"\xdd\xff\xff\xff\xff" + bytes(1000)),
    ("deep", "nests a million arrays", lambda _b: b"\x91" * (1 << 20)),
):
    FILES.add(f"openings-{_name}", "clerk", _deed, _opened(_edit), hungry=_name in ("claims", "deep"))


def _reordered(data: bytes) -> bytes:
    rows = list(reversed(codec.decode(data)))  # type: ignore[arg-type]
    return codec.encode(rows)


FILES.add(
    "as-of",
    "clerk",
    "stops writing, so that nothing falls due; the reader judges as of a later day",
    lambda shop: Made(shop.pack(shop.files), ("--as-of", "2027-03-01")),
    verdict="fail",
    must={"visit.complete": "fail"},
)
CASES = [*SUMS.all, *FILES.all]

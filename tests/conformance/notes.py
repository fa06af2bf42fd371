"""Signed notes, base64, keys and heads (specs/event-log.md §11, log.md, bundle.md §4)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.conformance.case import Cases, Made, Workshop
from tests.conformance.honest import long_chain
from tests.cosigner import COSIGNER, KEY, line_over
from tests.verifier import edwards
from verifier import checkpoint, note
from verifier.bundle import note_text
from verifier.note import Algorithm, Signature, make_vkey

NOTES = Cases("note")
HEADS = Cases("head")
KEYS = Cases("log-key")
COSIGNED = Cases("cosigned")
KEEPER, HOST, READER = "keeper of the log key", "host of the site", "reader"
STRANGER = Ed25519PrivateKey.from_private_bytes(b"a stranger's key, 32 bytes long.")


def _checkpoint(change: Callable[[bytes], bytes]) -> Callable[[Workshop], bytes]:
    return lambda shop: shop.altered({"checkpoint": change(shop.files["checkpoint"])})


def _text(data: bytes) -> str:
    return data.decode()


def _in_base64(data: bytes, change: Callable[[str], str]) -> bytes:
    """The note with the base64 of its signature changed."""
    head, _, tail = data.decode().rstrip("\n").rpartition(" ")
    return f"{head} {change(tail)}\n".encode()


def _loose(text: str) -> str:
    """The same bytes with a loose bit in the last digit before the padding."""
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    at = len(text.rstrip("=")) - 1
    return text[:at] + digits[digits.index(text[at]) | 1] + text[at + 1 :]


def _root_digits(data: bytes, change: Callable[[str], str]) -> bytes:
    lines = data.decode().split("\n")
    lines[2] = change(lines[2])
    return "\n".join(lines).encode()


def _size_line(text: str) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        lines = data.decode().split("\n")
        lines[1] = text
        return "\n".join(lines).encode()

    return change


def _short(text: str) -> str:
    return base64.b64encode(base64.b64decode(text)[:4]).decode()


for _name, _deed, _change in (
    ("crlf", "ends the lines of the head as Windows does", lambda b: b.replace(b"\n", b"\r\n")),
    ("no-empty-line", "leaves out the empty line", lambda b: b.replace(b"\n\n", b"\n")),
    ("no-last-lf", "leaves out the last line feed", lambda b: b[:-1]),
    ("unsigned", "leaves out the signature", lambda b: b[: b.index(b"\n\n") + 2]),
    ("hyphen", "begins the signature line with a hyphen", lambda b: b.replace("—".encode(), b"-")),
    ("not-utf8", "puts a byte that is no UTF-8 into the head", lambda b: b"\xff" + b),
    ("tab", "puts a tab into the head", lambda b: b.replace(b"\n", b"\t\n", 1)),
    (
        "two-spaces",
        "puts two spaces before the signature",
        lambda b: b" ".join(b.split(b" ")[:-1]) + b"  " + b.split(b" ")[-1],
    ),
    ("name-plus", "signs with a name that has a plus", lambda b: b.replace("— l".encode(), "— +l".encode())),
    (
        "name-nbsp",
        "signs with a name that has a no-break space",
        lambda b: b.replace("— l".encode(), "— \u00a0l".encode()),
    ),
    ("base64-padding", "leaves out the padding of base64", lambda b: _in_base64(b, lambda t: t.rstrip("="))),
    ("base64-loose", "sets a loose bit of base64", lambda b: _in_base64(b, _loose)),
    ("base64-url", "spells base64 for addresses", lambda b: _in_base64(b, lambda t: "-_" + t[2:])),
    ("base64-more", "adds padding to base64", lambda b: _in_base64(b, lambda t: t + "====")),
    (
        "base64-space",
        "puts a line break into base64",
        lambda b: _in_base64(b, lambda t: t[:40] + "\n" + t[40:]),
    ),
    ("signature-empty", "signs with a key id and nothing", lambda b: _in_base64(b, _short)),
    ("lines-101", "adds a hundred signature lines", lambda b: b + b.split(b"\n\n")[1] * 100),
    (
        "root-31",
        "gives a root of 31 bytes",
        lambda b: _root_digits(b, lambda t: base64.b64encode(bytes(31)).decode()),
    ),
    ("root-base64", "leaves out the padding of the root", lambda b: _root_digits(b, lambda t: t.rstrip("="))),
    ("root-loose", "sets a loose bit of the root", lambda b: _root_digits(b, _loose)),
    ("extension", "adds a line to the head", lambda b: b.replace(b"\n\n", b"\nmore\n\n")),
    ("size-plus", "writes the size with a plus", _size_line("+49")),
    ("size-zero", "writes the size with a leading zero", _size_line("049")),
    ("size-hex", "writes the size in hex", _size_line("0x31")),
    ("size-negative", "writes a negative size", _size_line("-1")),
    ("size-empty", "leaves the size empty", _size_line("")),
    ("size-2-53", "claims 2^53 entries", _size_line(str(2**53))),
    ("size-full-width", "writes the size in full-width digits", _size_line("４９")),
):
    NOTES.add(f"checkpoint-{_name}", KEEPER, _deed, _checkpoint(_change))


NOTES.add(
    "checkpoint-bom",
    KEEPER,
    "puts a byte order mark before the head, so that it is of another origin",
    _checkpoint(lambda b: b"\xef\xbb\xbf" + b),
    verdict="fail",
    must={"log.checkpoint": "fail"},
)


def _headed(expected: dict[str, Any], name: str, deed: str, **changes: Any) -> None:
    """A head with other fields, signed by the log key."""
    HEADS.add(
        name,
        KEEPER,
        deed,
        lambda shop: shop.altered({"checkpoint": shop.signed(shop.head(**changes).text())}),
        **expected,
    )


TREE = {
    "verdict": "fail",
    "must": {"log.tree": "fail"},
    "may": ("bundle.files", "draw.files", "log.current"),
}
"""Where the entries cannot be read, what depends on them falls too."""
_headed(TREE, "one-less", "signs a head of one entry less", size=48)
_headed(TREE, "one-more", "signs a head of one entry more", size=50)
_headed(TREE, "most", "signs a head of 2^53 - 1 entries", size=2**53 - 1)
_headed(TREE, "other-root", "signs a head with another root", root=bytes(32))
_headed({}, "nothing", "signs a head of no entries with a root", size=0)
_headed(
    {"verdict": "fail", "must": {"log.checkpoint": "fail"}},
    "other-origin",
    "signs a head of another ledger with the same key",
    origin="ledger.example.gov.cn/fgj/2027",
)


@HEADS.case("most-fast", KEEPER, "signs a head of 2^53 - 1 entries over a full tile", hungry=True, **TREE)
def _(shop: Workshop) -> bytes:
    files = shop.with_draws(long_chain(shop, 300).raw)
    files["checkpoint"] = shop.signed(shop.head(size=2**53 - 1).text())
    return shop.pack(shop.resign(files))


UNSIGNED = {"verdict": "fail", "must": {"log.checkpoint": "fail"}}


def _signature(shop: Workshop, blob: bytes) -> bytes:
    vkey = shop.year.vkey
    signed = note.Note(shop.head().text(), (Signature(vkey.name, vkey.key_id, blob),))
    return shop.altered({"checkpoint": note.render(signed)})


def _true(shop: Workshop) -> bytes:
    return bytes(shop.year.office.log.sign(shop.head().text().encode()))


def _s_plus_l(signature: bytes) -> bytes:
    s = int.from_bytes(signature[32:], "little") + edwards.L
    return signature[:32] + s.to_bytes(32, "little")


for _name, _deed, _blob in (
    ("zeros", "signs the head with zeros", lambda s: bytes(64)),
    ("63-bytes", "cuts the signature of the head", lambda s: _true(s)[:-1]),
    ("65-bytes", "adds a byte to the signature of the head", lambda s: _true(s) + b"\0"),
    ("s-plus-l", "adds the group order to S, which lax verifiers take", lambda s: _s_plus_l(_true(s))),
    ("stranger", "signs the head with a stranger's key", lambda s: STRANGER.sign(s.head().text().encode())),
    (
        "other-text",
        "signs the head of a moment ago",
        lambda s: s.year.office.log.sign(s.head(size=48).text().encode()),
    ),
):
    HEADS.add(f"signature-{_name}", KEEPER, _deed, lambda s, blob=_blob: _signature(s, blob(s)), **UNSIGNED)  # type: ignore[misc]


@HEADS.case(
    "second-line-false",
    KEEPER,
    "adds a second, false line of the log key",
    **UNSIGNED,
    may=("log.cosignatures",),
)
def _(shop: Workshop) -> bytes:
    vkey = shop.year.vkey
    lines = (Signature(vkey.name, vkey.key_id, _true(shop)), Signature(vkey.name, vkey.key_id, bytes(64)))
    return shop.altered({"checkpoint": note.render(note.Note(shop.head().text(), lines))})


@HEADS.case(
    "line-twice", KEEPER, "repeats the line of the log key", verdict="fail", must={"log.cosignatures": "fail"}
)
def _(shop: Workshop) -> bytes:
    signed = note.parse(shop.files["checkpoint"])
    return shop.altered({"checkpoint": note.render(note.Note(signed.text, signed.signatures * 2))})


@HEADS.case(
    "stranger-alone",
    HOST,
    "shows a head that only a stranger signed",
    verdict="fail",
    must={"log.checkpoint": "fail"},
    may=("log.cosignatures",),
)
def _(shop: Workshop) -> bytes:
    name = shop.year.vkey.name
    vkey = make_vkey(name, STRANGER.public_key().public_bytes_raw(), Algorithm.LOG)
    return shop.altered({"checkpoint": note.sign_note(shop.head().text(), vkey, STRANGER.sign)})


def _note(change: Callable[[Workshop, bytes], bytes]) -> Callable[[Workshop], bytes]:
    return lambda shop: shop.altered(
        {"SHA256SUMS.note": change(shop, shop.files["SHA256SUMS.note"])}, sign=False
    )


def _note_of(shop: Workshop, text: str) -> bytes:
    return shop.signed(text)


def _subject(data: bytes) -> str:
    return data.decode().split("\n")[2]


FALSE = {"verdict": "fail", "must": {"bundle.note": "fail"}}
for _name, _deed, _edit in (
    ("crlf", "ends the lines of the note as Windows does", lambda s, b: b.replace(b"\n", b"\r\n")),
    ("unsigned", "takes the signature from the note", lambda s, b: b[: b.index(b"\n\n") + 2]),
    ("not-utf8", "puts a byte that is no UTF-8 into the note", lambda s, b: b"\xff" + b),
    ("empty", "empties the note", lambda s, b: b""),
    ("base64-loose", "sets a loose bit of base64 in the note", lambda s, b: _in_base64(b, _loose)),
    ("two-lines", "repeats the line of the note", lambda s, b: b + b.split(b"\n\n")[1]),
    (
        "other-list",
        "keeps the note of an earlier list",
        lambda s, b: _note_of(s, note_text(s.year.vkey.name, "0" * 64)),
    ),
    (
        "other-origin",
        "signs the list for another ledger",
        lambda s, b: _note_of(s, note_text("ledger.example.gov.cn/x", _subject(b))),
    ),
    (
        "other-kind",
        "signs the list as something else",
        lambda s, b: _note_of(s, b.decode().split("\n\n")[0].replace("files/1", "files/2") + "\n"),
    ),
    (
        "upper-case",
        "writes the hash in capitals",
        lambda s, b: _note_of(s, note_text(s.year.vkey.name, _subject(b).upper())),
    ),
    (
        "line-more",
        "adds a line to the note",
        lambda s, b: _note_of(s, note_text(s.year.vkey.name, _subject(b)) + "x\n"),
    ),
    ("zeros", "signs the note with zeros", lambda s, b: _zeroed(b)),
):
    NOTES.add(f"list-{_name}", KEEPER, _deed, _note(_edit), **FALSE)


def _zeroed(data: bytes) -> bytes:
    read = note.parse(data)
    line = read.signatures[0]
    return note.render(note.Note(read.text, (Signature(line.name, line.key_id, bytes(64)),)))


def _vkey(change: Callable[[Workshop, bytes], bytes]) -> Callable[[Workshop], bytes]:
    return lambda shop: shop.altered({"log.vkey": change(shop, shop.files["log.vkey"])})


def _key_of(shop: Workshop, public: bytes, kind: int = 1) -> bytes:
    name = shop.year.vkey.name
    raw = bytes([kind]) + public
    key_id = sha256(name.encode() + b"\n" + raw).digest()[:4]
    return f"{name}+{key_id.hex()}+{base64.b64encode(raw).decode()}\n".encode()


for _name, _deed, _edit in (
    ("no-lf", "leaves out the line feed of the log key", lambda s, b: b[:-1]),
    ("crlf", "ends the line of the log key as Windows does", lambda s, b: b[:-1] + b"\r\n"),
    ("two", "gives two log keys", lambda s, b: b + b),
    ("empty", "gives no log key", lambda s, b: b""),
    (
        "other-id",
        "gives a key id that is not the key's",
        lambda s, b: b.replace(b"+", b"+0", 1)[:0] + _swap_id(b),
    ),
    ("id-upper-case", "writes the key id in capitals", lambda s, b: _upper_id(b)),
    ("type-2", "names another kind of key", lambda s, b: _key_of(s, s.year.vkey.public, 2)),
    ("31-bytes", "cuts the log key", lambda s, b: _key_of(s, s.year.vkey.public[:-1])),
    ("33-bytes", "adds a byte to the log key", lambda s, b: _key_of(s, s.year.vkey.public + b"\0")),
):
    KEYS.add(_name, KEEPER, _deed, _vkey(_edit))


def _swap_id(data: bytes) -> bytes:
    name, key_id, rest = data.split(b"+", 2)
    return b"+".join([name, key_id[::-1], rest])


def _upper_id(data: bytes) -> bytes:
    name, key_id, rest = data.split(b"+", 2)
    return b"+".join([name, key_id.upper() if key_id.upper() != key_id else b"ABCDEF01", rest])


ANOTHER = {"log.checkpoint": "fail", "log.current": "fail", "bundle.note": "fail"}
for _name, _deed, _edit in (
    (
        "stranger",
        "gives a stranger's key as log key",
        lambda s: _key_of(s, STRANGER.public_key().public_bytes_raw()),
    ),
    ("cosigner", "gives the log key as that of a cosigner", lambda s: _key_of(s, s.year.vkey.public, 4)),
    (
        "small-order",
        "gives a log key of small order, under which one signature fits all",
        lambda s: _key_of(s, edwards.encode(edwards.torsion()[1])),
    ),
    ("identity", "gives the identity as log key", lambda s: _key_of(s, (1).to_bytes(32, "little"))),
    (
        "not-canonical",
        "gives a log key with y not below p",
        lambda s: _key_of(s, (2**255 - 19 + 3).to_bytes(32, "little")),
    ),
    (
        "no-point",
        "gives a log key that is no point of the curve",
        lambda s: _key_of(s, (2).to_bytes(32, "little")),
    ),
):
    KEYS.add(
        _name,
        KEEPER,
        _deed,
        lambda shop, edit=_edit: shop.altered({"log.vkey": edit(shop)}),  # type: ignore[misc]
        verdict="fail",
        must=ANOTHER,
        may=("log.cosignatures",),
    )


def cosigned(shop: Workshop, *lines: Signature, late: bool = False) -> bytes:
    """The chain of the cosigned office, these lines behind the log's."""
    story = shop.stories.cosigned()
    raw = story.whole().raw
    files = shop.bundle(raw)
    held = note.parse(files["checkpoint"]).signatures
    text = shop.head(raw).text()
    order = (*lines, *held) if late else (*held, *lines)
    files["checkpoint"] = note.render(note.Note(text, order))
    return shop.pack(shop.resign_by(files, shop.log_of(raw)))


def _line(shop: Workshop, **changes: Any) -> Signature:
    """The cosigner's line over the head, with changes."""
    time = changes.pop("time", 1_770_000_000)
    return line_over(shop.head(shop.stories.cosigned().whole().raw, **changes), time)


def _other(line: Signature, **changes: Any) -> Signature:
    return Signature(**{"name": line.name, "key_id": line.key_id, "blob": line.blob, **changes})


COSIGNED.add("honest", "cosigner", "cosigns the head", lambda s: cosigned(s, _line(s)), verdict="pass")
COSIGNED.add(
    "asked-for",
    READER,
    "asks for the cosigner whose line is there",
    lambda s: Made(cosigned(s, _line(s)), ("--cosigner", str(COSIGNER))),
    verdict="pass",
)
COSIGNED.add(
    "missing",
    "clerk and keeper of the log key",
    "show a head that the cosigner, for whom the reader asks, never saw",
    lambda s: Made(cosigned(s), ("--cosigner", str(COSIGNER))),
    verdict="fail",
)
NOT_COSIGNED = {"verdict": "fail", "must": {"log.cosignatures": "fail"}}
for _name, _deed, _sigs in (
    ("other-head", "puts the cosigner's line over another head here", lambda s: [_line(s, size=9)]),
    (
        "other-root",
        "puts the cosigner's line over another history here",
        lambda s: [_line(s, root=bytes(32))],
    ),
    (
        "other-time",
        "changes the time of the cosigner's line",
        lambda s: [_other(_line(s), blob=bytes(8) + _line(s).blob[8:])],
    ),
    ("time-top-bit", "lets the cosigner's time have its top bit set", lambda s: [_timed(s, 2**63)]),
    ("time-zero", "lets the cosigner sign at second 0", lambda s: [_timed(s, 0)]),
    ("short", "cuts the cosigner's line", lambda s: [_other(_line(s), blob=_line(s).blob[:-1])]),
    (
        "as-note",
        "lets the cosigner sign the text as a log does",
        lambda s: [
            _other(
                _line(s),
                blob=_line(s).blob[:8] + KEY.sign(s.head(s.stories.cosigned().whole().raw).text().encode()),
            )
        ],
    ),
    ("twice", "repeats the cosigner's line", lambda s: [_line(s)] * 2),
    (
        "two-times",
        "has one cosigner sign one head at two times",
        lambda s: [_line(s), _line(s, time=1_770_000_001)],
    ),
    ("stranger", "adds the line of a cosigner whom the ledger does not name", lambda s: [_stranger(s)]),
    (
        "id-of-another",
        "adds a line with the key id of the cosigner and another name",
        lambda s: [_other(_line(s), name="audit.example.gov.cn/other")],
    ),
):
    COSIGNED.add(_name, KEEPER, _deed, lambda s, sigs=_sigs: cosigned(s, *sigs(s)), **NOT_COSIGNED)  # type: ignore[misc]
COSIGNED.add(
    "before-the-log",
    KEEPER,
    "puts the cosigner's line before the log's",
    lambda s: cosigned(s, _line(s), late=True),
    **NOT_COSIGNED,
)


def _timed(shop: Workshop, seconds: int) -> Signature:
    """A line whose signature is right for a time that no cosigner may give."""
    text = shop.head(shop.stories.cosigned().whole().raw).text()
    message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
    return Signature(COSIGNER.name, COSIGNER.key_id, seconds.to_bytes(8, "big") + KEY.sign(message))


def _stranger(shop: Workshop) -> Signature:
    text = shop.head(shop.stories.cosigned().whole().raw).text()
    vkey = make_vkey(
        "audit.example.gov.cn/x", STRANGER.public_key().public_bytes_raw(), Algorithm.COSIGNATURE
    )
    return checkpoint.cosign(text, vkey, 1_770_000_000, STRANGER.sign)


CASES = [*NOTES.all, *HEADS.all, *KEYS.all, *COSIGNED.all]

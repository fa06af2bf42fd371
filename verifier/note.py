"""Signed notes and verifier keys: C2SP signed-note v1.0.0, Ed25519 only, in one allowed form.

A note is a text that ends in a newline, one empty line, and signature lines:

    — <key name> <base64( 4-byte key id ‖ signature )>

What is signed is the text with its last newline, without the empty line. A text may hold empty lines, so the
*last* one splits. A verifier key (vkey) is one line, `name+<key id in hex>+base64( algorithm byte ‖ key )`.

Narrower than the specification, so that one object has one encoding: base64 is strict (RFC 4648 §4, padding,
no loose bits), a note is at most 64 KiB and has at most 100 signature lines (as Go's parser).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from verifier import ed25519
from verifier.errors import N_, Malformed

MAX_NOTE = 65_536
MAX_SIGNATURES = 100
KEY_ID_SIZE = 4

Sign = Callable[[bytes], bytes]
"""Gives the 64-byte Ed25519 signature over a message."""

_DASH = "\N{EM DASH} "
# White_Space of Unicode, written out so that no implementation needs a Unicode table.
_SPACES = frozenset(
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


class Algorithm(IntEnum):
    """The type byte of a key: what its signatures sign."""

    LOG = 0x01
    """Ed25519 over the text of a note."""
    COSIGNATURE = 0x04
    """Ed25519 cosignature/v1 (tlog-cosignature): over a time and the text of a checkpoint."""


@dataclass(frozen=True)
class Vkey:
    """A verifier key: key name, 4-byte key id, algorithm, raw 32-byte Ed25519 public key."""

    name: str
    key_id: bytes
    algorithm: Algorithm
    public: bytes

    def __str__(self) -> str:
        """The line without newline, as `Vkey.parse` takes it."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.algorithm]) + self.public)}"

    @staticmethod
    def parse(line: str) -> Vkey:
        """Read a vkey, cut at the first two `+`. Malformed (E-NOTE-VKEY) when it is not one of ours."""
        name, _, rest = line.partition("+")
        key_id, _, key = rest.partition("+")
        try:
            raw = decode_base64(key)
            vkey = make_vkey(name, raw[1:], Algorithm(raw[0]))
        except (Malformed, ValueError, IndexError) as error:
            raise _bad_vkey() from error
        if vkey.key_id.hex() != key_id:
            raise _bad_vkey()
        return vkey


def make_vkey(name: str, public: bytes, algorithm: Algorithm) -> Vkey:
    """The vkey of a raw public key of 32 bytes. Malformed when the name or the key has not the form."""
    if not is_key_name(name):
        raise Malformed("E-NOTE-NAME", N_("This is not a key name: {name!r}."), name=name)
    if len(public) != ed25519.PUBLIC_KEY_SIZE:
        raise _bad_vkey()
    key_id = sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[:KEY_ID_SIZE]
    return Vkey(name, key_id, algorithm, public)


def vkey_file(vkey: Vkey) -> bytes:
    """Content of `log.vkey`: the line and one LF (design §3)."""
    return str(vkey).encode() + b"\n"


def parse_vkey_file(data: bytes) -> Vkey:
    """Read `log.vkey`: exactly one line that ends in LF. Malformed (E-NOTE-VKEY)."""
    try:
        line = data.decode()
    except UnicodeDecodeError as error:
        raise _bad_vkey() from error
    if not line.endswith("\n"):
        raise _bad_vkey()
    return Vkey.parse(line[:-1])


def is_key_name(name: str) -> bool:
    """Not empty, well-formed, without `+`, white space of Unicode and control characters below 0x20."""
    return name != "" and not any(
        c == "+" or c in _SPACES or ord(c) < 0x20 or 0xD800 <= ord(c) <= 0xDFFF for c in name
    )


@dataclass(frozen=True)
class Signature:
    """One signature line: key name, 4-byte key id, and what follows the id (64 bytes for a log key)."""

    name: str
    key_id: bytes
    blob: bytes

    def line(self) -> str:
        """The line with its newline."""
        return f"{_DASH}{self.name} {encode_base64(self.key_id + self.blob)}\n"


@dataclass(frozen=True)
class Note:
    """A text ending in a newline, and its signature lines in their order."""

    text: str
    signatures: tuple[Signature, ...]

    def signed_by(self, vkey: Vkey) -> tuple[Signature, ...]:
        """The lines that claim to be by this key (name and key id agree); nothing is verified."""
        return tuple(s for s in self.signatures if (s.name, s.key_id) == (vkey.name, vkey.key_id))


def parse(data: bytes) -> Note:
    """Read a signed note. Malformed (E-NOTE-…) for anything that `render` would not give."""
    if len(data) > MAX_NOTE:
        raise Malformed("E-NOTE-SIZE", N_("A signed note is longer than {limit} bytes."), limit=MAX_NOTE)
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise Malformed("E-NOTE-TEXT", N_("A signed note is not UTF-8 text.")) from error
    text, gap, lines = whole.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise Malformed("E-NOTE-FORM", N_("A signed note has no signature lines after an empty line."))
    text += "\n"
    _check_text(text)
    rows = lines[:-1].split("\n")
    if len(rows) > MAX_SIGNATURES:
        raise Malformed(
            "E-NOTE-COUNT", N_("A signed note has more than {limit} signature lines."), limit=MAX_SIGNATURES
        )
    return Note(text, tuple(parse_line(row + "\n") for row in rows))


def parse_line(line: str) -> Signature:
    """Read one signature line with its newline. Malformed (E-NOTE-LINE)."""
    name, space, value = line.removeprefix(_DASH).removesuffix("\n").partition(" ")
    if not line.startswith(_DASH) or not line.endswith("\n") or not space or not is_key_name(name):
        raise _bad_line()
    try:
        raw = decode_base64(value)
    except Malformed as error:
        raise _bad_line() from error
    if len(raw) <= KEY_ID_SIZE:
        raise _bad_line()
    return Signature(name, raw[:KEY_ID_SIZE], raw[KEY_ID_SIZE:])


def render(note: Note) -> bytes:
    """The bytes of a note; `parse` reads them back."""
    return (note.text + "\n" + "".join(s.line() for s in note.signatures)).encode()


def sign_note(text: str, vkey: Vkey, sign: Sign) -> bytes:
    """The note with one signature by a key of algorithm LOG. Malformed when the text is not allowed."""
    _check_text(text)
    if vkey.algorithm is not Algorithm.LOG:
        raise _bad_vkey()
    return render(Note(text, (Signature(vkey.name, vkey.key_id, sign(text.encode())),)))


def verify(note: Note, vkey: Vkey) -> bool:
    """Whether the key (algorithm LOG) signed the note: it has a line, and every line it has is valid.

    Lines by other keys are ignored, as the specification asks.
    """
    lines = note.signed_by(vkey)
    message = note.text.encode()
    return (
        vkey.algorithm is Algorithm.LOG
        and lines != ()
        and all(ed25519.verify(vkey.public, message, line.blob) for line in lines)
    )


def encode_base64(data: bytes) -> str:
    """RFC 4648 §4, with padding."""
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Strict inverse of `encode_base64`. Malformed (E-NOTE-BASE64) for any other spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _bad_base64() from error
    if encode_base64(data) != text:
        raise _bad_base64()
    return data


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(c < " " and c != "\n" for c in text):
        raise Malformed(
            "E-NOTE-TEXT",
            N_("The text of a signed note has control characters or no final newline."),
        )


def _bad_base64() -> Malformed:
    return Malformed("E-NOTE-BASE64", N_("This is not strict base64 (RFC 4648 section 4, with padding)."))


def _bad_line() -> Malformed:
    return Malformed(
        "E-NOTE-LINE",
        N_("A signature line has not the form “— name base64”."),
        remedy=N_("Copy the whole line as the signer sent it."),
    )


def _bad_vkey() -> Malformed:
    return Malformed(
        "E-NOTE-VKEY",
        N_("This is not an Ed25519 verifier key (name+id+base64)."),
        remedy=N_("Copy the whole line of the key as its holder gave it."),
    )

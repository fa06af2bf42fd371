"""The bytes of a key file, as `specs/key-file.md` has them (design §4).

A line that names the format, then a canonical array of header, ciphertext and checksum. The header is read
without the passphrase and bound to the ciphertext, so a practice key cannot be relabelled as a real one;
the checksum tells a damaged file from a wrong passphrase. No message and no `repr` holds key material.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ledger.durable import disk_error, write_whole
from ledger.medium import keeps_permissions
from verifier import codec
from verifier.ed25519 import key_id
from verifier.errors import N_, Exit, LiuhenError, Malformed
from verifier.ids import is_origin, is_practice

MAGIC: Final = b"liuhen/key/1\n"
SALT_SIZE: Final = 16

_SCRYPT_R: Final = 8
_SCRYPT_P: Final = 1
_SCRYPT_N_MAX: Final = 1 << 20
_NONCE_SIZE: Final = 12
_MAX_FILE: Final = len(MAGIC) + codec.MAX_BYTES


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """What a key file says without its passphrase. `public` is the raw Ed25519 key, 32 bytes."""

    path: Path
    kind: str
    origin: str
    practice: bool
    holder: str
    unit: str
    roles: tuple[str, ...]
    public: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256 of the public key: the `actor` of entries."""
        return key_id(self.public)


@dataclass(frozen=True, slots=True, repr=False)
class Memory:
    """What a key remembers. Size 0 stands for nothing seen or signed yet."""

    last_size: int = 0
    last_leaf: bytes = b""
    head_size: int = 0
    head_root: bytes = b""
    secrets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Wrapping:
    """The key of the file, made from the passphrase, with what it was made from."""

    n: int
    salt: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key file taken apart: `head` are the bytes bound to the ciphertext `sealed`."""

    info: KeyInfo
    n: int
    salt: bytes
    nonce: bytes
    head: bytes
    sealed: bytes


def load(path: Path) -> KeyFile:
    """The file at `path`, its checksum and the form of its header checked.

    Raises E-KEY-MISSING when it cannot be read, E-KEY-DAMAGED when it is no key file (exit 6).
    """
    data = _read(path)
    if len(data) > _MAX_FILE or not data.startswith(MAGIC):
        raise _damaged(path)
    try:
        match codec.decode(data[len(MAGIC) :]):
            case [bytes() as head, bytes() as sealed, bytes() as checksum] if (
                checksum == sha256(MAGIC + head + sealed).digest()
            ):
                return _with_header(path, head, sealed)
    except Malformed as error:
        raise _damaged(path) from error
    raise _damaged(path)


def _with_header(path: Path, head: bytes, sealed: bytes) -> KeyFile:
    match codec.decode(head):
        case {
            "kind": "holder" | "log" | "cosigner" as kind,
            "origin": str() as origin,
            "practice": bool() as practice,
            "holder": str() as holder,
            "unit": str() as unit,
            "roles": list() as roles,
            "public": bytes() as public,
            "n": int() as n,
            "r": 8,
            "p": 1,
            "salt": bytes() as salt,
            "nonce": bytes() as nonce,
            **rest,
        } if (
            not rest
            and is_origin(origin)
            and practice is is_practice(origin)
            and (len(public), len(salt), len(nonce)) == (32, SALT_SIZE, _NONCE_SIZE)
            and acceptable(n)
            and all(isinstance(role, str) for role in roles)
        ):
            info = KeyInfo(path, str(kind), origin, practice, holder, unit, tuple(roles), public)
            return KeyFile(info, n, salt, nonce, head, sealed)
    raise _damaged(path)


def open_sealed(file: KeyFile, wrapping: Wrapping) -> tuple[Ed25519PrivateKey, Memory]:
    """Private key and memory; E-KEY-PASSPHRASE when the passphrase does not open them."""
    path = file.info.path
    try:
        plain = ChaCha20Poly1305(wrapping.key).decrypt(file.nonce, file.sealed, MAGIC + file.head)
    except InvalidTag:
        raise LiuhenError(
            "E-KEY-PASSPHRASE",
            N_("The passphrase does not open this key."),
            where=str(path),
            remedy=N_("Type it again; look at the input method, Caps Lock and full-width characters."),
            exit=Exit.KEY,
        ) from None
    match codec.decode(plain):
        case {
            "private": bytes() as private,
            "last_size": int() as last_size,
            "last_leaf": bytes() as last_leaf,
            "head_size": int() as head_size,
            "head_root": bytes() as head_root,
            "secrets": list() as kept,
        } if len(private) == 32:
            key = Ed25519PrivateKey.from_private_bytes(private)
            if key.public_key().public_bytes_raw() == file.info.public:
                secrets = tuple((str(name), str(value)) for name, value in kept)
                return key, Memory(last_size, last_leaf, head_size, head_root, secrets)
    raise _damaged(path)


def acceptable(n: int) -> bool:
    """Whether scrypt takes this cost: a power of two, and at most 1 GiB of memory for a hostile file."""
    return 2 <= n <= _SCRYPT_N_MAX and n & (n - 1) == 0


def wrap(secret: bytes, n: int, salt: bytes) -> Wrapping:
    """The key of a file from the bytes of its passphrase: scrypt (RFC 7914) with r = 8, p = 1."""
    return Wrapping(n, salt, Scrypt(salt=salt, length=32, n=n, r=_SCRYPT_R, p=_SCRYPT_P).derive(secret))


def save(info: KeyInfo, wrapping: Wrapping, private: Ed25519PrivateKey, memory: Memory) -> None:
    """Write the whole file anew, under a fresh nonce."""
    header = codec.encode(
        {
            "kind": info.kind,
            "origin": info.origin,
            "practice": info.practice,
            "holder": info.holder,
            "unit": info.unit,
            "roles": info.roles,
            "public": info.public,
            "n": wrapping.n,
            "r": _SCRYPT_R,
            "p": _SCRYPT_P,
            "salt": wrapping.salt,
            "nonce": (nonce := os.urandom(_NONCE_SIZE)),
        }
    )
    plain = codec.encode(
        {
            "private": private.private_bytes_raw(),
            "last_size": memory.last_size,
            "last_leaf": memory.last_leaf,
            "head_size": memory.head_size,
            "head_root": memory.head_root,
            "secrets": memory.secrets,
        }
    )
    sealed = ChaCha20Poly1305(wrapping.key).encrypt(nonce, plain, MAGIC + header)
    checksum = sha256(MAGIC + header + sealed).digest()
    data = MAGIC + codec.encode([header, sealed, checksum])
    if len(data) > _MAX_FILE:
        raise LiuhenError(
            "E-KEY-FULL",
            N_("The key file would become too large to be read again."),
            where=str(info.path),
            remedy=N_("Finish or abort the draws that are open with this key first."),
            exit=Exit.KEY,
        )
    try:
        write_whole(info.path, data)
    except OSError as error:
        raise disk_error(info.path, error) from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_FILE + 1)
    except OSError as error:
        raise LiuhenError(
            "E-KEY-MISSING",
            N_("The key file cannot be read ({reason})."),
            where=str(path),
            remedy=N_("Check the path; perhaps the USB stick with the key is not plugged in."),
            exit=Exit.KEY,
            reason=error.strerror or type(error).__name__,
        ) from error
    return data


def begins_like_a_key(path: Path) -> bool:
    """Whether the file can be read and has the first line of a key file."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def exposed(path: Path) -> bool:
    """Whether others on this computer may read or change the file. On Windows the folder's rights (ACL)
    decide, which are not looked at; on a medium that keeps no permissions nobody can set any."""
    if os.name != "posix":
        return False
    try:
        return bool(path.stat().st_mode & 0o077) and keeps_permissions(path)
    except OSError:
        return False


def guarded(path: Path) -> bool:
    """Whether the medium keeps who may read the file."""
    return os.name != "posix" or keeps_permissions(path)


def _damaged(path: Path) -> LiuhenError:
    return LiuhenError(
        "E-KEY-DAMAGED",
        N_("This is not a key file, or it is damaged."),
        where=str(path),
        remedy=N_(
            "Take the backup of the key file; without one the key must be revoked and a new one enrolled."
        ),
        exit=Exit.KEY,
    )

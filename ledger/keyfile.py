"""The bytes of a key file, as `specs/key-file.md` has them (design §4).

A line that names the format, then a canonical array of header, ciphertext and checksum. The header is read
without the passphrase and bound to the ciphertext, so a practice key cannot be relabelled as a real one;
the checksum tells a damaged file from a wrong passphrase. No message and no `repr` holds key material.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
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
from ledger.tokenname import TokenName
from verifier import codec
from verifier.codec import Value
from verifier.ed25519 import key_id
from verifier.errors import N_, Exit, LiuhenError, Malformed
from verifier.ids import is_origin, is_practice
from verifier.plainfile import open_plain

MAGIC: Final = b"liuhen/key/1\n"
TOKEN_MAGIC: Final = b"liuhen/token-key/1\n"
"""The first line where the private key is in a token."""
SALT_SIZE: Final = 16

_SCRYPT_R: Final = 8
_SCRYPT_P: Final = 1
_SCRYPT_N_MAX: Final = 1 << 20
_NONCE_SIZE: Final = 12
_MAX_FILE: Final = len(TOKEN_MAGIC) + codec.MAX_BYTES


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
    token: TokenName | None = None
    """where the private key is, when it is not in this file"""

    @property
    def magic(self) -> bytes:
        return MAGIC if self.token is None else TOKEN_MAGIC

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
    """The key of the file, made from the passphrase (or by the token, `n` 0), with what it was made from."""

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
    magic = TOKEN_MAGIC if data.startswith(TOKEN_MAGIC) else MAGIC
    if len(data) > _MAX_FILE or not data.startswith(magic):
        raise _damaged(path)
    try:
        match codec.decode(data[len(magic) :]):
            case [bytes() as head, bytes() as sealed, bytes() as checksum] if (
                checksum == sha256(magic + head + sealed).digest()
            ):
                if magic == TOKEN_MAGIC:
                    return _with_token(path, head, sealed)
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


def _with_token(path: Path, head: bytes, sealed: bytes) -> KeyFile:
    """As `_with_header`, for a key in a token: its name in the place of the cost of scrypt."""
    match codec.decode(head):
        case {
            "kind": "holder" | "log" | "cosigner" as kind,
            "origin": str() as origin,
            "practice": bool() as practice,
            "holder": str() as holder,
            "unit": str() as unit,
            "roles": list() as roles,
            "public": bytes() as public,
            "token": dict() as token,
            "salt": bytes() as salt,
            "nonce": bytes() as nonce,
            **rest,
        } if (
            not rest
            and is_origin(origin)
            and practice is is_practice(origin)
            and (len(public), len(salt), len(nonce)) == (32, SALT_SIZE, _NONCE_SIZE)
            and all(isinstance(role, str) for role in roles)
        ):
            name = TokenName.of(token)
            if name is not None:
                info = KeyInfo(path, str(kind), origin, practice, holder, unit, tuple(roles), public, name)
                return KeyFile(info, 0, salt, nonce, head, sealed)
    raise _damaged(path)


def open_sealed(file: KeyFile, wrapping: Wrapping) -> tuple[Ed25519PrivateKey, Memory]:
    """Private key and memory; E-KEY-PASSPHRASE when the passphrase does not open them."""
    path = file.info.path
    plain = _opened(file, wrapping)
    private = plain.pop("private", None)
    memory = _memory(plain)
    if memory is not None and isinstance(private, bytes) and len(private) == 32:
        key = Ed25519PrivateKey.from_private_bytes(private)
        if key.public_key().public_bytes_raw() == file.info.public:
            return key, memory
    raise _damaged(path)


def open_memory(file: KeyFile, wrapping: Wrapping) -> Memory:
    """The memory of a key in a token. Raises E-KEY-PASSPHRASE for a token that is not the right one."""
    memory = _memory(_opened(file, wrapping))
    if memory is None:
        raise _damaged(file.info.path)
    return memory


def memory_key(sign: Callable[[bytes], bytes], salt: bytes) -> Wrapping:
    """What opens the memory of a key in a token: only the token can make it, and makes it again each time,
    as Ed25519 signatures are deterministic (RFC 8032 §5.1.6). No PIN can be guessed from the file."""
    return Wrapping(0, salt, sha256(TOKEN_MAGIC + sign(b"liuhen/token-memory/1\n" + salt)).digest())


def _opened(file: KeyFile, wrapping: Wrapping) -> dict[str, Value]:
    path = file.info.path
    bound = file.info.magic + file.head
    try:
        plain = codec.decode(ChaCha20Poly1305(wrapping.key).decrypt(file.nonce, file.sealed, bound))
    except InvalidTag:
        raise LiuhenError(
            "E-KEY-PASSPHRASE",
            N_("The passphrase does not open this key."),
            where=str(path),
            remedy=N_("Type it again; look at the input method, Caps Lock and full-width characters."),
            exit=Exit.KEY,
        ) from None
    return plain if isinstance(plain, dict) else {}


def _memory(plain: dict[str, Value]) -> Memory | None:
    match plain:
        case {
            "last_size": int() as last_size,
            "last_leaf": bytes() as last_leaf,
            "head_size": int() as head_size,
            "head_root": bytes() as head_root,
            "secrets": list() as kept,
            **rest,
        } if not rest:
            secrets = tuple((str(name), str(value)) for name, value in kept)
            return Memory(last_size, last_leaf, head_size, head_root, secrets)
    return None


def acceptable(n: int) -> bool:
    """Whether scrypt takes this cost: a power of two, and at most 1 GiB of memory for a hostile file."""
    return 2 <= n <= _SCRYPT_N_MAX and n & (n - 1) == 0


def wrap(secret: bytes, n: int, salt: bytes) -> Wrapping:
    """The key of a file from the bytes of its passphrase: scrypt (RFC 7914) with r = 8, p = 1."""
    return Wrapping(n, salt, Scrypt(salt=salt, length=32, n=n, r=_SCRYPT_R, p=_SCRYPT_P).derive(secret))


def save(info: KeyInfo, wrapping: Wrapping, private: Ed25519PrivateKey | None, memory: Memory) -> None:
    """Write the whole file anew, under a fresh nonce; `private` is None for a key in a token."""
    held: dict[str, Value] = {
        "kind": info.kind,
        "origin": info.origin,
        "practice": info.practice,
        "holder": info.holder,
        "unit": info.unit,
        "roles": info.roles,
        "public": info.public,
        "salt": wrapping.salt,
        "nonce": (nonce := os.urandom(_NONCE_SIZE)),
    }
    if info.token is not None:
        held |= {"token": info.token.value()}
    else:
        held |= {"n": wrapping.n, "r": _SCRYPT_R, "p": _SCRYPT_P}
    kept: dict[str, Value] = {
        "last_size": memory.last_size,
        "last_leaf": memory.last_leaf,
        "head_size": memory.head_size,
        "head_root": memory.head_root,
        "secrets": memory.secrets,
    }
    if private is not None:
        kept |= {"private": private.private_bytes_raw()}
    header, magic = codec.encode(held), info.magic
    sealed = ChaCha20Poly1305(wrapping.key).encrypt(nonce, codec.encode(kept), magic + header)
    checksum = sha256(magic + header + sealed).digest()
    data = magic + codec.encode([header, sealed, checksum])
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
        with open_plain(path) as file:
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
        with open_plain(path) as file:
            return file.read(len(TOKEN_MAGIC)).startswith((MAGIC, TOKEN_MAGIC))
    except OSError:
        return False


def key_files(folder: Path) -> list[Path]:
    """The key files in a folder and in the folders in it, damaged and unreadable ones too; none where it is
    not there. Raises OSError where the folder itself cannot be listed."""
    paths = sorted(folder.iterdir()) if is_folder(folder) else []
    for inner in [path for path in paths if is_folder(path)]:
        with contextlib.suppress(OSError):
            paths += sorted(inner.iterdir())
    return [
        path
        for path in paths
        if not is_folder(path) and (path.suffix == ".key" or begins_like_a_key(path))
        if not (path.name.startswith(".") and path.name.endswith(".tmp"))
    ]


def is_folder(path: Path) -> bool:
    """Whether this is a folder, as far as one may know."""
    try:
        return path.is_dir()
    except OSError:
        return False


def exposed(path: Path) -> bool:
    """Whether others on this computer may read or change the file, or put another in its place.

    On Windows the folder's rights (ACL) decide, which are not looked at; on a medium that keeps no
    permissions nobody can set any.
    """
    if os.name != "posix":
        return False
    try:
        open_ = path.stat().st_mode & 0o077 or _anyones(path.parent)
        return bool(open_) and keeps_permissions(path)
    except OSError:
        return False


def protect(path: Path) -> None:
    """Take the rights of others away from a file, and from its folder that of exchanging it."""
    path.chmod(0o600)
    if _anyones(path.parent):
        path.parent.chmod(path.parent.stat().st_mode & 0o7775)


def _anyones(folder: Path) -> bool:
    """Whether anybody may rename what is in the folder: writable by all, without the sticky bit."""
    return folder.stat().st_mode & 0o1002 == 0o002


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

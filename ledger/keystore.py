"""Keys of holders and of the log, each in a file of its own outside the ledger (design §4).

Opening one takes a passphrase; an opened key signs, and remembers in its file the last entry seen in the
ledger, the last head signed, and secrets such as the r of open draws, so that a ceremony resumes after a
power cut and a restored backup is noticed.
"""

from __future__ import annotations

import contextlib
import os
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import token as tokens
from ledger.keyfile import (
    SALT_SIZE,
    KeyFile,
    KeyInfo,
    Memory,
    Wrapping,
    acceptable,
    begins_like_a_key,
    key_files,
    load,
    memory_key,
    open_memory,
    open_sealed,
    save,
    wrap,
)
from ledger.keytries import Patience, Tries
from ledger.token import TokenKey
from ledger.tokenname import TokenName
from verifier.errors import N_, Exit, LiuhenError
from verifier.ids import is_origin, is_practice

__all__ = [
    "SCRYPT_N",
    "KeyInfo",
    "Signer",
    "change_passphrase",
    "check_origin",
    "create_key",
    "create_token_key",
    "list_keys",
    "read_info",
    "unlock",
    "unusable",
]

SCRYPT_N: Final = 131_072
KINDS: Final = ("holder", "log", "cosigner")


class Signer:
    """An opened key: signs, and keeps its memory in the file, every change at once and durably.

    A change reads the file first, so that two programs with the same key lose nothing to each other as long
    as they do not write in the same moment.
    """

    def __init__(
        self, info: KeyInfo, wrapping: Wrapping, private: Ed25519PrivateKey | TokenKey, memory: Memory
    ) -> None:
        self.info = info
        self._wrapping = wrapping
        self._private = private
        self._memory = memory

    def __repr__(self) -> str:
        return f"<Signer {self.info.kind} {self.info.holder} {self.key_id.hex()[:16]}>"

    @property
    def public(self) -> bytes:
        """The raw public key, 32 bytes."""
        return self.info.public

    @property
    def key_id(self) -> bytes:
        """The `actor` of entries: SHA-256 of the public key."""
        return self.info.key_id

    def sign(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature of `message`."""
        return self._private.sign(message)

    @property
    def last_size(self) -> int:
        """Number of entries of the ledger when this key last saw it; 0 when never."""
        return self._memory.last_size

    @property
    def last_leaf(self) -> bytes:
        """Leaf hash of entry `last_size` − 1; empty when never."""
        return self._memory.last_leaf

    @property
    def last_head(self) -> tuple[int, bytes]:
        """Size and root of the last head that `guard_head` let pass; (0, b"") when none."""
        return self._memory.head_size, self._memory.head_root

    def remember(self, size: int, leaf: bytes) -> None:
        """Note that the ledger has `size` entries, the last one with this leaf hash.

        The longest ledger seen stays noted: two programs with one key may finish in either order. That a
        ledger contains it, only who has the entries can tell: look for `last_leaf`. Raises E-KEY-HISTORY
        for another entry at the same place.
        """
        memory = self._reread()
        if size < memory.last_size or (size, leaf) == (memory.last_size, memory.last_leaf):
            return
        if size == memory.last_size:
            raise self._second_history(memory.last_size, memory.last_leaf, size, leaf)
        self._write(replace(memory, last_size=size, last_leaf=leaf))

    def guard_head(self, size: int, root: bytes) -> None:
        """Ask before signing a head; passing means the answer is noted already.

        Raises E-KEY-HISTORY for a second root of one size and for a head smaller than the last one. That a
        larger one contains the last one, only who has the entries can tell: compare with `last_head`.
        """
        if self.info.kind != "log":
            raise LiuhenError(
                "E-KEY-KIND",
                N_("Only the key of the log signs heads."),
                where=str(self.info.path),
                remedy=N_("Choose the key file of the log."),
                exit=Exit.KEY,
            )
        memory = self._reread()
        if (size, root) == (memory.head_size, memory.head_root):
            return
        if memory.head_root and size <= memory.head_size:
            raise self._second_history(memory.head_size, memory.head_root, size, root)
        self._write(replace(memory, head_size=size, head_root=root))

    def keep_secret(self, name: str, value: str) -> None:
        """Keep `value` under `name` until forgotten; another value under a name in use: E-KEY-SECRET."""
        memory = self._reread()
        secrets = dict(memory.secrets)
        if secrets.setdefault(name, value) != value:
            raise LiuhenError(
                "E-KEY-SECRET",
                N_("The key keeps another secret under the name {name}."),
                where=str(self.info.path),
                exit=Exit.KEY,
                name=name,
            )
        self._write(replace(memory, secrets=tuple(sorted(secrets.items()))))

    def secret(self, name: str) -> str | None:
        """What is kept under `name`."""
        return dict(self._memory.secrets).get(name)

    def forget_secret(self, name: str) -> None:
        """Keep nothing under `name` any more."""
        memory = self._reread()
        self._write(replace(memory, secrets=tuple(kept for kept in memory.secrets if kept[0] != name)))

    def _second_history(self, size: int, seen: bytes, new_size: int, new: bytes) -> LiuhenError:
        return LiuhenError(
            "E-KEY-HISTORY",
            N_("This key knows another history: {size} entries, {seen}; now {new_size} entries, {new}."),
            where=str(self.info.path),
            remedy=N_(
                "A backup was restored or the ledger was replaced. Keep both and report it; do not go on."
            ),
            exit=Exit.KEY,
            size=size,
            seen=seen.hex(),
            new_size=new_size,
            new=new.hex(),
        )

    def _reread(self) -> Memory:
        """The memory as it stands in the file now."""
        file = load(self.info.path)
        if (file.info, file.n, file.salt) != (self.info, self._wrapping.n, self._wrapping.salt):
            raise LiuhenError(
                "E-KEY-CHANGED",
                N_("The key file was changed by another program."),
                where=str(self.info.path),
                remedy=N_("Start the program again and type the passphrase once more."),
                exit=Exit.KEY,
            )
        if self.info.token is not None:
            self._memory = open_memory(file, self._wrapping)
        else:
            self._memory = open_sealed(file, self._wrapping)[1]
        return self._memory

    def _write(self, memory: Memory) -> None:
        private = None if isinstance(self._private, TokenKey) else self._private
        save(self.info, self._wrapping, private, memory)
        self._memory = memory


def create_key(
    path: Path,
    *,
    kind: str,
    origin: str,
    holder: str,
    unit: str = "",
    roles: tuple[str, ...] = (),
    passphrase: str,
    private: bytes | None = None,
    scrypt_n: int = SCRYPT_N,
) -> Signer:
    """A new key file at `path` for the ledger `origin`; `private` is 32 bytes, drawn from the system if None.

    `scrypt_n` is lowered by tests and the demonstration only. Raises E-KEY-EXISTS when there is a file,
    E-KEY-PASSPHRASE for an empty passphrase, E-STORE-DISK when it cannot be written.
    """
    if kind not in KINDS or not is_origin(origin) or not acceptable(scrypt_n):
        raise ValueError("kind, origin or scrypt_n")
    secret = _normalised(passphrase, path)
    _require_free(path)
    key = Ed25519PrivateKey.generate() if private is None else Ed25519PrivateKey.from_private_bytes(private)
    public = key.public_key().public_bytes_raw()
    info = KeyInfo(path, kind, origin, is_practice(origin), holder, unit, tuple(sorted(roles)), public)
    wrapping = wrap(secret, scrypt_n, os.urandom(SALT_SIZE))
    memory = Memory()
    save(info, wrapping, key, memory)
    return Signer(info, wrapping, key, memory)


def create_token_key(
    path: Path,
    *,
    kind: str,
    origin: str,
    holder: str,
    unit: str = "",
    roles: tuple[str, ...] = (),
    token: str,
    pin: str,
) -> Signer:
    """A new key in the token called `token`, and the file at `path` that names it and keeps its memory.

    Raises E-KEY-EXISTS, E-STORE-DISK and what `ledger.token.create` raises.
    """
    if kind not in KINDS or not is_origin(origin):
        raise ValueError("kind or origin")
    _require_free(path)
    key = tokens.create(token, pin, holder)
    info = KeyInfo(
        path, kind, origin, is_practice(origin), holder, unit, tuple(sorted(roles)), key.public, key.name
    )
    wrapping = memory_key(key.sign, os.urandom(SALT_SIZE))
    memory = Memory()
    save(info, wrapping, None, memory)
    return Signer(info, wrapping, key, memory)


def _unlock_token(file: KeyFile, name: TokenName, pin: str) -> Signer:
    """The key in the token, opened with its PIN. A token that holds another key under this id signs what
    does not verify, which is looked at here."""
    key = tokens.open_key(name, file.info.public, pin)
    wrapping = memory_key(key.sign, file.salt)
    return Signer(file.info, wrapping, key, open_memory(file, wrapping))


def _require_free(path: Path) -> None:
    if path.exists():
        raise LiuhenError(
            "E-KEY-EXISTS",
            N_("There is a file already; a key is never overwritten."),
            where=str(path),
            remedy=N_("Give it another folder: liuhen -K FOLDER …; keep the file that is there."),
            exit=Exit.KEY,
        )


def read_info(path: Path) -> KeyInfo:
    """What the file says without its passphrase; true only once the key has been unlocked.

    Raises E-KEY-MISSING, E-KEY-DAMAGED (exit 6).
    """
    return load(path).info


def list_keys(folder: Path) -> list[KeyInfo]:
    """The key files in `folder` by name. Other files are passed over, damaged ones too: the key of one holder
    is no hindrance to another (`unusable`). Raises OSError where the folder cannot be listed."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not path.name.startswith(".") and begins_like_a_key(path):
            with contextlib.suppress(LiuhenError):
                found.append(read_info(path))
    return found


def unusable(folder: Path) -> dict[Path, LiuhenError]:
    """The key files in `folder` that are damaged or cannot be read, each with what `unlock` would say."""
    found = {}
    for path in key_files(folder):
        try:
            read_info(path)
        except LiuhenError as error:
            found[path] = error
    return found


def unlock(path: Path, passphrase: str, patience: Patience | None = None) -> Signer:
    """The key, opened. Takes about half a second and 128 MiB on purpose, and longer after several wrong
    passphrases (`ledger.keytries`).

    Raises E-KEY-PASSPHRASE for a wrong one, E-KEY-MISSING, E-KEY-DAMAGED (all exit 6).
    """
    file = load(path)
    if file.info.token is not None:
        return _unlock_token(file, file.info.token, passphrase)
    secret = _normalised(passphrase, path)
    tries = Tries(path, patience or Patience())
    tries.wait()
    wrapping = wrap(secret, file.n, file.salt)
    try:
        private, memory = open_sealed(file, wrapping)
    except LiuhenError as error:
        if error.code == "E-KEY-PASSPHRASE":
            tries.missed()
        raise
    tries.opened()
    return Signer(file.info, wrapping, private, memory)


def change_passphrase(path: Path, old: str, new: str) -> Signer:
    """Put the key under a new passphrase with a fresh salt; raises as `unlock`."""
    if read_info(path).token is not None:
        raise LiuhenError(
            "E-TOKEN-PASSPHRASE",
            N_("This key is in a token, which has a PIN of its own."),
            where=str(path),
            remedy=N_("Change the PIN with the token's own software."),
            exit=Exit.USAGE,
        )
    secret = _normalised(new, path)
    signer = unlock(path, old)
    wrapping = wrap(secret, signer._wrapping.n, os.urandom(SALT_SIZE))
    signer._wrapping = wrapping
    signer._write(signer._memory)
    return signer


def check_origin(info: KeyInfo, origin: str) -> None:
    """Raise E-KEY-ORIGIN unless the key was made for the ledger `origin`; practice keys stay in practice."""
    if info.origin == origin:
        return
    if info.practice and not is_practice(origin):
        what = N_("This key is for practice (演练) and is not used in the ledger {origin}.")
    else:
        what = N_("This key belongs to the ledger {key_origin}, not to {origin}.")
    raise LiuhenError(
        "E-KEY-ORIGIN",
        what,
        where=str(info.path),
        remedy=N_("Choose the key file that was made for this ledger."),
        exit=Exit.KEY,
        origin=origin,
        key_origin=info.origin,
    )


def _normalised(passphrase: str, path: Path) -> bytes:
    """NFKC, so that full-width digits and composed letters of any keyboard give the same bytes."""
    text = unicodedata.normalize("NFKC", passphrase)
    try:
        secret = text.encode("utf-8")
    except UnicodeEncodeError:
        secret = b""
    if not secret:
        raise LiuhenError(
            "E-KEY-PASSPHRASE",
            N_("The passphrase is empty or holds characters that cannot be used."),
            where=str(path),
            remedy=N_("Type a passphrase."),
            exit=Exit.KEY,
        )
    return secret

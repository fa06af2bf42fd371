"""Keys in a token (PKCS#11): the private key is made there, signs there and never leaves it.

Needs the extra `pkcs11` and the token's own library, named by LIUHEN_PKCS11 where it is not found at a usual
place. A token is looked for by its serial number, a key in it by its id, so that labels may change.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from typing import Any, Final

from ledger.tokenname import TokenName
from verifier.errors import N_, Exit, LiuhenError

LIBRARY: Final = "LIUHEN_PKCS11"
"""Environment variable with the path of the token's library."""
_USUAL: Final = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
    "/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so",
    "C:/Windows/System32/opensc-pkcs11.dll",
)
_EDWARDS25519: Final = b"\x13\x0cedwards25519"
"""EC_PARAMS: PrintableString `edwards25519` (PKCS#11 3.0 §2.3.5), which libraries for X9.62 do not make."""
_POINT: Final = b"\x04\x20"
"""An OCTET STRING of 32 bytes, around the public key."""


@dataclass(frozen=True, repr=False)
class TokenKey:
    """An opened key of a token; the token stays open with it."""

    name: TokenName
    public: bytes
    _session: Any
    _private: Any

    def __repr__(self) -> str:
        return f"<TokenKey {self.name.label}>"

    def sign(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature, made in the token. Raises E-TOKEN-GONE when it was pulled out."""
        import pkcs11

        with _explained(self.name.label):
            signature = bytes(self._private.sign(message, mechanism=pkcs11.Mechanism.EDDSA))
        if len(signature) != 64:
            raise _form(self.name.label)
        return signature


def create(label: str, pin: str, holder: str) -> TokenKey:
    """A new key in the token called `label`, not extractable, named after the holder.

    Raises E-TOKEN-EXTRA, E-TOKEN-LIBRARY, E-TOKEN-NONE, E-TOKEN-PIN, E-TOKEN-FORM for a token that cannot
    sign with Ed25519, E-TOKEN-GONE.
    """
    import_extra()
    import pkcs11
    from pkcs11 import Attribute, KeyType, Mechanism

    found = _token(label=label)
    name = TokenName(label, found.serial.decode("ascii", "replace").strip(), os.urandom(16))
    with _explained(label):
        session = _session(found, pin)
        try:
            parameters = session.create_domain_parameters(
                KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: _EDWARDS25519}, local=True
            )
            public, private = parameters.generate_keypair(
                mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
                store=True,
                label=f"liuhen {holder}",
                id=name.id,
                private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
            )
        except (pkcs11.MechanismInvalid, pkcs11.AttributeValueInvalid, NotImplementedError) as error:
            raise _form(label) from error
        point = bytes(public[Attribute.EC_POINT])
    if len(point) != 34 or not point.startswith(_POINT):
        raise _form(label)
    key = TokenKey(name, point[2:], session, private)
    if key.sign(b"liuhen/token-test/1\n") != key.sign(b"liuhen/token-test/1\n"):
        raise _form(label)
    return key


def open_key(name: TokenName, public: bytes, pin: str) -> TokenKey:
    """The key of that name. Raises as `create`, and E-TOKEN-KEY when it is not in the token any more."""
    import_extra()
    from pkcs11 import Attribute, ObjectClass

    found = _token(serial=name.serial, label=name.label)
    with _explained(name.label):
        session = _session(found, pin)
        wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: name.id}
        keys = list(session.get_objects(wanted))
    if len(keys) != 1:
        raise LiuhenError(
            "E-TOKEN-KEY",
            N_("The key is not in the token “{label}” any more."),
            remedy=N_(
                "Take the token that it was made in. When it is lost, the key is revoked: liuhen key revoke"
            ),
            exit=Exit.KEY,
            label=name.label,
        )
    return TokenKey(name, public, session, keys[0])


_SESSIONS: dict[str, tuple[Any, bytes]] = {}
"""Serial number → open session and hash of its PIN: a token knows one login of a program at a time."""
_SALT: Final = os.urandom(16)


def _session(token: Any, pin: str) -> Any:
    """The session of this program with a token. Whoever asks for it again must know the PIN again."""
    import pkcs11

    serial, hashed = str(token.serial), sha256(_SALT + pin.encode()).digest()
    held = _SESSIONS.pop(serial, None)
    if held is not None:
        if compare_digest(held[1], hashed) and _answers(held[0]):
            _SESSIONS[serial] = held
            return held[0]
        with suppress(pkcs11.PKCS11Error):
            held[0].close()
    session = token.open(rw=True, user_pin=pin)
    _SESSIONS[serial] = (session, hashed)
    return session


def _answers(session: Any) -> bool:
    import pkcs11

    try:
        session.generate_random(64)
    except pkcs11.PKCS11Error:
        return False
    return True


def import_extra() -> None:
    """Raises E-TOKEN-EXTRA where the extra is not installed."""
    try:
        import pkcs11  # noqa: F401
    except ImportError as error:
        raise LiuhenError(
            "E-TOKEN-EXTRA",
            N_("Keys in tokens need the Python package python-pkcs11, which is not here."),
            remedy=N_("Install it: pip install 'liuhen[pkcs11]'"),
            exit=Exit.USAGE,
        ) from error


def _library() -> Any:
    import pkcs11

    named = os.environ.get(LIBRARY, "")
    path = named or next((path for path in _USUAL if Path(path).exists()), "")
    try:
        if path and Path(path).exists():
            return pkcs11.lib(path)
    except (pkcs11.PKCS11Error, RuntimeError, OSError):
        pass
    raise LiuhenError(
        "E-TOKEN-LIBRARY",
        N_("The library of the token is not here, or cannot be loaded."),
        where=path,
        remedy=N_("Install the token's software and name its PKCS#11 library: LIUHEN_PKCS11=PATH"),
        exit=Exit.KEY,
    )


def _token(label: str, serial: str = "") -> Any:
    """The only token of that serial number, or label."""
    library = _library()
    with _explained(label):
        tokens = list(library.get_tokens())
    if serial:
        found = [token for token in tokens if token.serial.decode("ascii", "replace").strip() == serial][:1]
    else:
        found = [token for token in tokens if token.label == label]
    if len(found) == 1:
        return found[0]
    raise LiuhenError(
        "E-TOKEN-NONE",
        N_("There is no token “{label}” plugged in, or there are several."),
        where=serial,
        remedy=N_("Plug in the token that the key was made in, and no other of that name."),
        exit=Exit.KEY,
        label=label,
    )


@contextmanager
def _explained(label: str) -> Iterator[None]:
    """Raise what a token says as what it means. The PIN stands in no message."""
    import pkcs11

    wrong = (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange)
    try:
        yield
    except wrong:
        raise LiuhenError(
            "E-TOKEN-PIN",
            N_("The PIN of the token “{label}” is wrong. It was tried once; the token counts."),
            remedy=N_("Type it again with care: after a few wrong ones the token locks itself."),
            exit=Exit.KEY,
            label=label,
        ) from None
    except pkcs11.PinLocked:
        raise LiuhenError(
            "E-TOKEN-LOCKED",
            N_("The token “{label}” has locked itself after too many wrong PINs."),
            remedy=N_("Whoever holds its SO-PIN can set a new PIN with the token's own software."),
            exit=Exit.KEY,
            label=label,
        ) from None
    except pkcs11.PKCS11Error as error:
        raise LiuhenError(
            "E-TOKEN-GONE",
            N_("The token “{label}” does not answer ({reason}); nothing was signed."),
            remedy=N_("Plug it in again, then repeat the command."),
            exit=Exit.KEY,
            label=label,
            reason=type(error).__name__,
        ) from error


def _form(label: str) -> LiuhenError:
    return LiuhenError(
        "E-TOKEN-FORM",
        N_("The token “{label}” does not make Ed25519 signatures as they are needed (PKCS#11 3.0, EDDSA)."),
        remedy=N_("Use another token, or a key file."),
        exit=Exit.KEY,
        label=label,
    )

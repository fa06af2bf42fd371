"""Time-stamps on heads: RFC 3161 tokens over the text of a checkpoint.

What is stamped is the SHA-256 of the three lines origin, size, root with their final newline, without any
signature; so a stamp needs nothing but the entries to be checked, and cosignatures that come later change
nothing. The token is the authority's whole answer (`.tsr`), as `openssl ts -reply` writes it.

Needs `rfc3161-client`, which the rest of the verifier does not: it is imported when a token is read. The
certificates are judged as of the token's time, so a token stays good after they have expired.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING

from verifier.checkpoint import Checkpoint
from verifier.errors import N_, Exit, LiuhenError, Malformed
from verifier.merkle import Frontier

if TYPE_CHECKING:
    from cryptography import x509
    from rfc3161_client import TimeStampResponse

MAX_TOKEN = 1 << 18
NO_LIBRARY = "E-STAMP-LIBRARY"
_SHA256 = "2.16.840.1.101.3.4.2.1"


@dataclass(frozen=True)
class Stamp:
    """A token that a reader gave, with the certificates that they trust (PEM)."""

    name: str
    token: bytes
    certificates: bytes


@dataclass(frozen=True)
class Token:
    """A read token: SHA-256 of what was stamped, time in UTC (ISO 8601), who signed it. Not verified yet."""

    imprint: bytes
    time: str
    authority: str
    response: TimeStampResponse


def request(head: Checkpoint) -> bytes:
    """The question to the authority (`.tsq`), with a nonce; it asks for the certificate. E-STAMP-LIBRARY."""
    _require_library()
    from rfc3161_client import TimestampRequestBuilder
    from rfc3161_client.base import HashAlgorithm

    builder = TimestampRequestBuilder().data(head.text().encode()).hash_algorithm(HashAlgorithm.SHA256)
    return builder.cert_request(cert_request=True).nonce(nonce=True).build().as_bytes()


def read(token: bytes) -> Token:
    """Read an answer of an authority. Malformed (E-STAMP-FORM) when it is none, or refuses."""
    _require_library()
    from rfc3161_client import decode_timestamp_response

    try:
        response = decode_timestamp_response(_sorted_certificates(token))
        info = response.tst_info
        imprint = info.message_imprint
        if imprint.hash_algorithm.dotted_string != _SHA256:
            raise ValueError(imprint.hash_algorithm.dotted_string)
        time = info.gen_time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Token(imprint.message, time, _signer(response), response)
    except (ValueError, TypeError, IndexError) as error:
        raise Malformed(
            "E-STAMP-FORM",
            N_("This is no time-stamp of an authority over a SHA-256 (RFC 3161, .tsr)."),
            remedy=N_("Take the authority's whole answer, as `openssl ts -reply -out` or curl wrote it."),
        ) from error


def _sorted_certificates(token: bytes) -> bytes:
    """The token with the certificates in the order of DER. OpenSSL writes them as they come, the library
    refuses that, and no signature covers the order (RFC 5652 §5.1). Raises ValueError for what is no token.
    """
    _, parts = _content(token, 0)
    answer = _elements(token, *parts)
    if len(answer) < 2:
        return token
    _, content = _content(token, answer[1][0])
    _, explicit = _content(token, _elements(token, *content)[1][0])
    _, signed = _content(token, explicit[0])
    for start, _end in _elements(token, *signed):
        tag, (first, last) = _content(token, start)
        if tag == 0xA0:
            each = sorted(token[a:b] for a, b in _elements(token, first, last))
            return token[:first] + b"".join(each) + token[last:]
    return token


def _content(data: bytes, start: int) -> tuple[int, tuple[int, int]]:
    """Tag and range of the content of the DER element that begins at `start`."""
    if start + 2 > len(data):
        raise ValueError("short")
    length, first = data[start + 1], start + 2
    if length > 0x80:
        count = length - 0x80
        length, first = int.from_bytes(data[first : first + count], "big"), first + count
    if length == 0x80 or first + length > len(data):
        raise ValueError("length")
    return data[start], (first, first + length)


def _elements(data: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """Where each DER element of a range begins and ends."""
    found = []
    while start < end:
        _, (_first, last) = _content(data, start)
        found.append((start, last))
        start = last
    return found


def _signer(response: TimeStampResponse) -> str:
    """Subject of the certificate that signed, as it says of itself; "" when it is not in the token."""
    from cryptography import x509

    signers = {(one.issuer, one.serial_number) for one in response.signed_data.signer_infos}
    for der in response.signed_data.certificates:
        found = x509.load_der_x509_certificate(der)
        if (found.issuer, found.serial_number) in signers:
            return found.subject.rfc4514_string()
    return ""


def check(token: Token, certificates: bytes) -> None:
    """The token is signed by an authority under these certificates (PEM), over its imprint.

    A self-signed one is a root; one for time-stamping is the authority's, where the token does not bring it;
    the rest lead from one to the other. Raises E-STAMP-CERTIFICATE, E-STAMP-SIGNATURE.
    """
    from cryptography import x509
    from rfc3161_client import VerificationError, VerifierBuilder

    try:
        given = x509.load_pem_x509_certificates(certificates)
    except ValueError as error:
        raise _no_root() from error
    builder = VerifierBuilder(intermediates=[], roots=[])
    roots = 0
    for one in given:
        if one.issuer == one.subject:
            builder, roots = builder.add_root_certificate(one), roots + 1
        elif _stamps(one):
            builder = builder.tsa_certificate(one)
        else:
            builder = builder.add_intermediate_certificate(one)
    if not roots:
        raise _no_root()
    try:
        builder.build().verify(token.response, token.imprint)
    except (VerificationError, ValueError) as error:
        raise LiuhenError(
            "E-STAMP-SIGNATURE",
            N_("The time-stamp is not signed by an authority under these certificates ({reason})."),
            remedy=N_("Take the certificates that the authority publishes, its root among them."),
            exit=Exit.FAIL,
            reason=str(error),
        ) from error


def _stamps(certificate: x509.Certificate) -> bool:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.TIME_STAMPING in usage


def stamped_head(imprint: bytes, origin: str, leaves: Iterable[bytes]) -> Checkpoint | None:
    """The head of this history whose text has this SHA-256: the stamped one. None when there is none."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
        head = Checkpoint(origin, frontier.size, frontier.root())
        if sha256(head.text().encode()).digest() == imprint:
            return head
    return None


def _require_library() -> None:
    try:
        import rfc3161_client  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise LiuhenError(
            NO_LIBRARY,
            N_("Time-stamps need the package rfc3161-client, which is not installed here."),
            remedy=N_("Install it, or check the token with: openssl ts -verify"),
            exit=Exit.USAGE,
        ) from error


def _no_root() -> Malformed:
    return Malformed(
        "E-STAMP-CERTIFICATE",
        N_("There is no root certificate (PEM, self-signed) in the file."),
        remedy=N_("Take the certificates that the authority publishes, its root among them."),
    )

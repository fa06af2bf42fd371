"""Ed25519 by the formulas of RFC 8032 §5.1, slow and plain: an oracle for verifier/ed25519.py, not for use.

Points are affine (x, y) on −x² + y² = 1 + d·x²·y² over the integers modulo P.
"""

from __future__ import annotations

from hashlib import sha512

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

Point = tuple[int, int]
IDENTITY: Point = (0, 1)


def add(a: Point, b: Point) -> Point:
    """The sum of two points."""
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + t, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - t, -1, P)
    return x % P, y % P


def times(scalar: int, point: Point) -> Point:
    """The point added to itself `scalar` times (scalar ≥ 0)."""
    total = IDENTITY
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def encode(point: Point) -> bytes:
    """The canonical 32 bytes."""
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(data: bytes) -> Point | None:
    """The point that a lenient reader sees: y is taken modulo P, and x = 0 with a sign bit is let pass."""
    number = int.from_bytes(data, "little")
    y, sign = (number & (2**255 - 1)) % P, number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square:
        return None
    return (P - x if x & 1 != sign and x else x), y


def _base() -> Point:
    point = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    if point is None:
        raise ArithmeticError("the base point is on the curve")
    return point


BASE = _base()


def challenge(r: bytes, a: bytes, message: bytes) -> int:
    """k of RFC 8032 §5.1.7."""
    return int.from_bytes(sha512(r + a + message).digest(), "little") % L


def torsion() -> list[Point]:
    """The eight points of small order, from the identity on."""
    for y in range(2, 100):
        candidate = decode(y.to_bytes(32, "little"))
        if candidate is None:
            continue
        point = times(L, candidate)
        if times(4, point) != IDENTITY:
            return [times(i, point) for i in range(8)]
    raise ArithmeticError("a point of order 8 exists")


def sign_with(
    secret: int, message: bytes, *, a: bytes | None = None, r_torsion: Point = IDENTITY, nonce: int = 12345
) -> bytes:
    """A signature by a scalar, with A's encoding and a torsion part of R chosen freely."""
    public = encode(times(secret, BASE)) if a is None else a
    r = encode(add(times(nonce, BASE), r_torsion))
    s = (nonce + challenge(r, public, message) * secret) % L
    return r + s.to_bytes(32, "little")

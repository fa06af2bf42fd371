"""Strict Ed25519: known answers of RFC 8032 and Wycheproof, and the cases where libraries differ."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier import edwards
from verifier import ed25519

WYCHEPROOF = Path(__file__).parents[3] / "shared/vectors/wycheproof-ed25519.json"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
SECRET = 7**77 % edwards.L

# RFC 8032 §7.1, tests 1 to 3: public key, message, signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
]


def library_accepts(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except Exception:  # noqa: BLE001 - whatever it says, it does not accept
        return False
    return True


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_signatures_of_rfc_8032_are_valid(public: str, message: str, signature: str) -> None:
    assert ed25519.verify(bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature))


@pytest.mark.skipif(not WYCHEPROOF.exists(), reason="Wycheproof vectors are not here")
def test_every_wycheproof_vector_gets_its_answer() -> None:
    groups = json.loads(WYCHEPROOF.read_text())["testGroups"]
    answers = {
        test["tcId"]: (
            ed25519.verify(
                bytes.fromhex(group["publicKey"]["pk"]),
                bytes.fromhex(test["msg"]),
                bytes.fromhex(test["sig"]),
            ),
            test["result"] == "valid",
        )
        for group in groups
        for test in group["tests"]
    }
    assert len(answers) == 151
    assert {case for case, (ours, theirs) in answers.items() if ours != theirs} == set()


@given(st.binary(max_size=300), st.integers(min_value=0, max_value=511))
def test_one_changed_bit_makes_a_signature_invalid(message: bytes, bit: int) -> None:
    signature = KEY.sign(message)
    changed = (int.from_bytes(signature, "little") ^ 1 << bit).to_bytes(64, "little")
    assert ed25519.verify(PUBLIC, message, signature)
    assert not ed25519.verify(PUBLIC, message, changed)
    assert not ed25519.verify(PUBLIC, message + b"\0", signature)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_key_of_another_length_verifies_nothing(length: int) -> None:
    assert not ed25519.verify((PUBLIC * 2)[:length], b"", KEY.sign(b""))


@pytest.mark.parametrize("length", [0, 32, 63, 65, 128])
def test_a_signature_of_another_length_is_invalid(length: int) -> None:
    assert not ed25519.verify(PUBLIC, b"", (KEY.sign(b"") * 2)[:length])


def test_s_at_or_above_the_group_order_is_refused() -> None:
    signature = KEY.sign(b"message")
    s = int.from_bytes(signature[32:], "little")
    for more in (s + edwards.L, edwards.L, 2**256 - 1):
        assert not ed25519.verify(PUBLIC, b"message", signature[:32] + more.to_bytes(32, "little"))


def test_the_refused_points_are_all_that_is_not_canonical_and_all_of_small_order() -> None:
    small = {edwards.encode(point) for point in edwards.torsion()}
    assert len(small) == 8
    assert small <= ed25519.REFUSED_POINTS
    not_canonical = {
        (y | sign << 255).to_bytes(32, "little") for y in range(edwards.P, 2**255) for sign in (0, 1)
    } | {(y | 1 << 255).to_bytes(32, "little") for y in (1, edwards.P - 1)}
    assert small | not_canonical == ed25519.REFUSED_POINTS


@pytest.mark.parametrize("index", range(8))
def test_a_key_of_small_order_is_refused_though_the_library_takes_it(index: int) -> None:
    point = edwards.torsion()[index]
    public = edwards.encode(point)
    # With A of order n, any R = [S]B fits every message whose k is a multiple of n.
    r = edwards.encode(edwards.times(5, edwards.BASE))
    message = next(
        text
        for text in (b"%d" % i for i in range(1000))
        if edwards.times(edwards.challenge(r, public, text), point) == edwards.IDENTITY
    )
    signature = r + (5).to_bytes(32, "little")
    assert library_accepts(public, message, signature)
    assert not ed25519.verify(public, message, signature)


def test_r_of_small_order_is_refused_though_the_library_takes_it() -> None:
    signature = edwards.sign_with(SECRET, b"message", nonce=0)
    public = edwards.encode(edwards.times(SECRET, edwards.BASE))
    assert library_accepts(public, b"message", signature)
    assert not ed25519.verify(public, b"message", signature)


def test_the_equation_has_no_cofactor() -> None:
    """R with a part of small order fits only after multiplication by 8, which is not done here."""
    public = edwards.encode(edwards.times(SECRET, edwards.BASE))
    plain = edwards.sign_with(SECRET, b"message")
    mixed = edwards.sign_with(SECRET, b"message", r_torsion=edwards.torsion()[1])
    assert ed25519.verify(public, b"message", plain)
    assert not ed25519.verify(public, b"message", mixed)


def test_a_key_with_a_part_of_small_order_verifies_exactly_where_the_plain_equation_holds() -> None:
    torsion = edwards.torsion()[1]
    public = edwards.encode(edwards.add(edwards.times(SECRET, edwards.BASE), torsion))
    seen = set()
    for text in (b"%d" % i for i in range(40)):
        signature = edwards.sign_with(SECRET, text, a=public)
        holds = edwards.challenge(signature[:32], public, text) % 8 == 0
        seen.add(holds)
        assert ed25519.verify(public, text, signature) == holds
    assert seen == {True, False}


def test_a_key_that_is_no_point_verifies_nothing() -> None:
    off_curve = next(
        data for data in (i.to_bytes(32, "little") for i in range(2, 50)) if edwards.decode(data) is None
    )
    assert not ed25519.verify(off_curve, b"", KEY.sign(b""))


def test_a_key_id_is_the_sha_256_of_the_raw_key() -> None:
    # SHA-256 of the key of RFC 8032 test 1, as sha256sum gives it.
    assert (
        ed25519.key_id(bytes.fromhex(RFC_8032[0][0])).hex()
        == "21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9"
    )

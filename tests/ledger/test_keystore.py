"""Key files: what opens them, what they remember, what they refuse."""

from __future__ import annotations

import os
import pickle
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ledger import keystore
from ledger.keystore import (
    Signer,
    change_passphrase,
    check_origin,
    create_key,
    list_keys,
    read_info,
    unlock,
)
from verifier import codec, ed25519
from verifier.errors import Exit, LiuhenError

ORIGIN = "keys.example.cn/2026"
PRACTICE = "practice/keys.example.cn/2026"
PASSPHRASE = "三个字的 口令 Ａ1"
PRIVATE = bytes(range(32))
MAGIC = b"liuhen/key/1\n"


def new_key(
    folder: Path, name: str = "a.key", *, kind: str = "holder", origin: str = ORIGIN, scrypt_n: int = 16
) -> Signer:
    return create_key(
        folder / name,
        kind=kind,
        origin=origin,
        holder="holder-1",
        unit="某某县发展和改革局",
        roles=("supervisor", "clerk"),
        passphrase=PASSPHRASE,
        private=PRIVATE,
        scrypt_n=scrypt_n,
    )


def reopen(signer: Signer) -> Signer:
    return unlock(signer.info.path, PASSPHRASE)


def test_a_key_signs_the_same_after_it_was_closed(tmp_path: Path) -> None:
    signer = new_key(tmp_path)
    again = reopen(signer)
    assert again.sign(b"message") == signer.sign(b"message")
    assert ed25519.verify(again.public, b"message", again.sign(b"message"))
    assert again.key_id == sha256(again.public).digest()
    assert again.info == signer.info


def test_a_fresh_key_is_drawn_when_none_is_given(tmp_path: Path) -> None:
    signers = [
        create_key(
            tmp_path / f"{n}.key", kind="log", origin=ORIGIN, holder="log", passphrase="x", scrypt_n=16
        )
        for n in range(2)
    ]
    assert signers[0].public != signers[1].public


def test_what_a_key_is_for_is_read_without_the_passphrase(tmp_path: Path) -> None:
    info = read_info(new_key(tmp_path).info.path)
    assert (info.kind, info.origin, info.practice) == ("holder", ORIGIN, False)
    assert (info.holder, info.unit, info.roles) == ("holder-1", "某某县发展和改革局", ("clerk", "supervisor"))
    assert info.public == new_key(tmp_path, "b.key").public


def test_the_file_is_what_the_specification_says(tmp_path: Path) -> None:
    signer = new_key(tmp_path)
    signer.keep_secret("draw/d1", "ab" * 32)
    data = signer.info.path.read_bytes()
    assert data.startswith(MAGIC)
    head, sealed, checksum = codec.decode(data[len(MAGIC) :])
    assert checksum == sha256(MAGIC + head + sealed).digest()
    header = codec.decode(head)
    secret = "三个字的 口令 A1".encode()
    key = Scrypt(salt=header["salt"], length=32, n=header["n"], r=8, p=1).derive(secret)
    assert codec.decode(ChaCha20Poly1305(key).decrypt(header["nonce"], sealed, MAGIC + head)) == {
        "private": PRIVATE,
        "last_size": 0,
        "last_leaf": b"",
        "head_size": 0,
        "head_root": b"",
        "secrets": [["draw/d1", "ab" * 32]],
    }


def test_the_cost_of_a_real_key_is_the_one_of_the_design(tmp_path: Path) -> None:
    path = tmp_path / "real.key"
    create_key(path, kind="holder", origin=ORIGIN, holder="h", passphrase="x")
    head, *_ = codec.decode(path.read_bytes()[len(MAGIC) :])
    header = codec.decode(head)
    assert (header["n"], header["r"], header["p"], len(header["salt"])) == (131_072, 8, 1, 16)


def test_a_wrong_passphrase_is_told_without_key_material(tmp_path: Path) -> None:
    path = new_key(tmp_path).info.path
    with pytest.raises(LiuhenError) as refusal:
        unlock(path, "not-this-one")
    assert (refusal.value.code, refusal.value.exit) == ("E-KEY-PASSPHRASE", Exit.KEY)
    assert "not-this-one" not in str(refusal.value)
    assert PRIVATE.hex() not in str(refusal.value)


@pytest.mark.parametrize(
    ("made", "typed"),
    [("Ａ１", "A1"), ("é", "e\u0301"), ("ﬁ", "fi"), ("　", " ")],
    ids=["full width", "combining accent", "ligature", "ideographic space"],
)
def test_a_passphrase_is_the_same_from_every_keyboard(tmp_path: Path, made: str, typed: str) -> None:
    path = tmp_path / "a.key"
    create_key(path, kind="holder", origin=ORIGIN, holder="h", passphrase=made, scrypt_n=16)
    assert unlock(path, typed).public == unlock(path, made).public


@pytest.mark.parametrize("passphrase", ["", "\ud800"], ids=["empty", "half a character"])
def test_a_passphrase_that_is_none_is_refused(tmp_path: Path, passphrase: str) -> None:
    with pytest.raises(LiuhenError) as refusal:
        create_key(
            tmp_path / "a.key", kind="holder", origin=ORIGIN, holder="h", passphrase=passphrase, scrypt_n=16
        )
    assert (refusal.value.code, refusal.value.exit) == ("E-KEY-PASSPHRASE", Exit.KEY)
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    signer = new_key(tmp_path)
    before = signer.info.path.read_bytes()
    with pytest.raises(LiuhenError) as refusal:
        new_key(tmp_path)
    assert refusal.value.code == "E-KEY-EXISTS"
    assert signer.info.path.read_bytes() == before


def test_neither_repr_nor_pickle_shows_the_key(tmp_path: Path) -> None:
    signer = new_key(tmp_path)
    signer.keep_secret("draw/d1", "5ec7e7")
    shown = repr(signer) + repr(vars(signer))
    assert "5ec7e7" not in shown
    assert PRIVATE.hex() not in shown
    assert repr(PRIVATE) not in shown
    with pytest.raises(TypeError):
        pickle.dumps(signer)


def test_any_changed_byte_is_noticed(tmp_path: Path) -> None:
    path = new_key(tmp_path).info.path
    good = path.read_bytes()
    for at in range(len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        with pytest.raises(LiuhenError) as refusal:
            unlock(path, PASSPHRASE)
        assert (refusal.value.code, refusal.value.exit) == ("E-KEY-DAMAGED", Exit.KEY)


@pytest.mark.parametrize("keep", [0, 5, 13, 200, -1])
def test_a_truncated_file_is_damaged(tmp_path: Path, keep: int) -> None:
    path = new_key(tmp_path).info.path
    path.write_bytes(path.read_bytes()[:keep])
    for read in (read_info, lambda path: unlock(path, PASSPHRASE)):
        with pytest.raises(LiuhenError) as refusal:
            read(path)
        assert (refusal.value.code, refusal.value.exit) == ("E-KEY-DAMAGED", Exit.KEY)


FORGERIES: dict[str, dict[str, codec.Value]] = {
    "a practice key relabelled": {"origin": ORIGIN, "practice": False},
    "another holder": {"holder": "holder-2"},
    "a role added": {"roles": ["admin", "clerk", "supervisor"]},
    "another public key": {"public": bytes(32)},
    "a cheaper passphrase": {"n": 2},
}


@pytest.mark.parametrize("change", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_header_with_a_right_checksum_does_not_open(
    tmp_path: Path, change: dict[str, codec.Value]
) -> None:
    path = new_key(tmp_path, origin=PRACTICE).info.path
    head, sealed, _ = codec.decode(path.read_bytes()[len(MAGIC) :])
    head = codec.encode({**codec.decode(head), **change})
    checksum = sha256(MAGIC + head + sealed).digest()
    path.write_bytes(MAGIC + codec.encode([head, sealed, checksum]))
    with pytest.raises(LiuhenError) as refusal:
        unlock(path, PASSPHRASE)
    assert refusal.value.code == "E-KEY-PASSPHRASE"


@pytest.mark.parametrize(
    "change",
    [{"practice": True}, {"n": 1 << 40}, {"n": 17}, {"r": 9}, {"kind": "root"}, {"extra": 1}, {"salt": b""}],
    ids=str,
)
def test_a_header_outside_the_form_is_damaged(tmp_path: Path, change: dict[str, codec.Value]) -> None:
    path = new_key(tmp_path).info.path
    head, sealed, _ = codec.decode(path.read_bytes()[len(MAGIC) :])
    head = codec.encode({**codec.decode(head), **change})
    checksum = sha256(MAGIC + head + sealed).digest()
    path.write_bytes(MAGIC + codec.encode([head, sealed, checksum]))
    with pytest.raises(LiuhenError) as refusal:
        read_info(path)
    assert refusal.value.code == "E-KEY-DAMAGED"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(LiuhenError) as refusal:
        unlock(tmp_path / "none.key", "x")
    assert (refusal.value.code, refusal.value.exit) == ("E-KEY-MISSING", Exit.KEY)


def test_the_keys_of_a_folder_are_listed_and_other_files_passed_over(tmp_path: Path) -> None:
    new_key(tmp_path, "b.key")
    new_key(tmp_path, "a.key", kind="log")
    (tmp_path / "readme.txt").write_text("not a key")
    (tmp_path / "folder").mkdir()
    assert [(info.path.name, info.kind) for info in list_keys(tmp_path)] == [
        ("a.key", "log"),
        ("b.key", "holder"),
    ]
    assert list_keys(tmp_path / "none") == []


@pytest.mark.parametrize(
    ("made_for", "used_in", "works"),
    [
        (ORIGIN, ORIGIN, True),
        (PRACTICE, PRACTICE, True),
        (PRACTICE, ORIGIN, False),
        (ORIGIN, PRACTICE, False),
        (ORIGIN, "keys.example.cn/2027", False),
    ],
)
def test_a_key_works_in_its_own_ledger_only(tmp_path: Path, made_for: str, used_in: str, works: bool) -> None:
    info = new_key(tmp_path, origin=made_for).info
    if works:
        check_origin(info, used_in)
        return
    with pytest.raises(LiuhenError) as refusal:
        check_origin(info, used_in)
    assert (refusal.value.code, refusal.value.exit) == ("E-KEY-ORIGIN", Exit.KEY)


def test_the_last_entry_seen_is_remembered(tmp_path: Path) -> None:
    signer = new_key(tmp_path)
    assert (signer.last_size, signer.last_leaf) == (0, b"")
    signer.remember(3, b"3" * 32)
    signer.remember(3, b"3" * 32)
    signer.remember(5, b"5" * 32)
    again = reopen(signer)
    assert (again.last_size, again.last_leaf) == (5, b"5" * 32)


def test_programs_that_finish_in_the_other_order_keep_the_longest_ledger(tmp_path: Path) -> None:
    first = new_key(tmp_path)
    second = reopen(first)
    second.remember(5, b"5" * 32)
    first.remember(4, b"4" * 32)
    assert (first.last_size, reopen(first).last_leaf) == (5, b"5" * 32)


def test_a_second_history_is_refused_with_both(tmp_path: Path) -> None:
    signer = new_key(tmp_path)
    signer.remember(5, b"5" * 32)
    leaf = b"x" * 32
    with pytest.raises(LiuhenError) as refusal:
        signer.remember(5, leaf)
    assert (refusal.value.code, refusal.value.exit) == ("E-KEY-HISTORY", Exit.KEY)
    assert refusal.value.params["seen"] == (b"5" * 32).hex()
    assert refusal.value.params["new"] == leaf.hex()
    assert reopen(signer).last_size == 5


def test_a_log_key_signs_one_root_for_a_size_and_never_a_smaller_one(tmp_path: Path) -> None:
    signer = new_key(tmp_path, kind="log")
    signer.guard_head(0, b"0" * 32)
    signer.guard_head(4, b"4" * 32)
    signer.guard_head(4, b"4" * 32)
    again = reopen(signer)
    assert again.last_head == (4, b"4" * 32)
    for size, root in ((4, b"x" * 32), (3, b"3" * 32), (0, b"0" * 32)):
        with pytest.raises(LiuhenError) as refusal:
            again.guard_head(size, root)
        assert refusal.value.code == "E-KEY-HISTORY"
    again.guard_head(5, b"5" * 32)


def test_a_holders_key_signs_no_head(tmp_path: Path) -> None:
    with pytest.raises(LiuhenError) as refusal:
        new_key(tmp_path).guard_head(1, bytes(32))
    assert refusal.value.code == "E-KEY-KIND"


def test_secrets_are_kept_and_forgotten(tmp_path: Path) -> None:
    signer = new_key(tmp_path)
    signer.keep_secret("draw/d1", "r1")
    signer.keep_secret("draw/d1", "r1")
    signer.keep_secret("draw/d2", "r2")
    with pytest.raises(LiuhenError) as refusal:
        signer.keep_secret("draw/d1", "other")
    assert refusal.value.code == "E-KEY-SECRET"
    assert "r1" not in str(refusal.value)
    again = reopen(signer)
    assert (again.secret("draw/d1"), again.secret("draw/d2"), again.secret("draw/d3")) == ("r1", "r2", None)
    again.forget_secret("draw/d1")
    again.forget_secret("draw/d1")
    assert reopen(signer).secret("draw/d1") is None
    assert reopen(signer).secret("draw/d2") == "r2"


def test_two_programs_with_one_key_do_not_lose_each_others_secrets(tmp_path: Path) -> None:
    first = new_key(tmp_path)
    second = reopen(first)
    first.keep_secret("draw/d1", "r1")
    second.remember(1, b"1" * 32)
    assert second.secret("draw/d1") == "r1"
    assert reopen(first).secret("draw/d1") == "r1"


def test_a_file_that_would_grow_past_reading_is_not_written(tmp_path: Path) -> None:
    signer = new_key(tmp_path)
    signer.keep_secret("small", "x")
    with pytest.raises(LiuhenError) as refusal:
        signer.keep_secret("large", "x" * 65_500)
    assert refusal.value.code == "E-KEY-FULL"
    assert reopen(signer).secret("small") == "x"


def test_every_change_is_written_under_a_fresh_nonce(tmp_path: Path) -> None:
    signer = new_key(tmp_path)
    seen = set()
    for size in range(1, 6):
        signer.remember(size, bytes([size]) * 32)
        head, *_ = codec.decode(signer.info.path.read_bytes()[len(MAGIC) :])
        seen.add(codec.decode(head)["nonce"])
    assert len(seen) == 5


def test_a_new_passphrase_replaces_the_old_one_and_keeps_the_memory(tmp_path: Path) -> None:
    signer = new_key(tmp_path)
    signer.keep_secret("draw/d1", "r1")
    path = signer.info.path
    changed = change_passphrase(path, PASSPHRASE, "new")
    assert (changed.secret("draw/d1"), unlock(path, "new").secret("draw/d1")) == ("r1", "r1")
    with pytest.raises(LiuhenError) as refusal:
        unlock(path, PASSPHRASE)
    assert refusal.value.code == "E-KEY-PASSPHRASE"
    with pytest.raises(LiuhenError) as refusal:
        signer.remember(1, bytes(32))
    assert refusal.value.code == "E-KEY-CHANGED"


def test_a_wrong_old_passphrase_changes_nothing(tmp_path: Path) -> None:
    path = new_key(tmp_path).info.path
    before = path.read_bytes()
    with pytest.raises(LiuhenError):
        change_passphrase(path, "wrong", "new")
    with pytest.raises(LiuhenError):
        change_passphrase(path, PASSPHRASE, "")
    assert path.read_bytes() == before


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_failed_write_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    signer = new_key(tmp_path)
    signer.keep_secret("draw/d1", "r1")
    before = signer.info.path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail) if failing == "fsync" else patch.setattr(Path, "replace", fail)
        with pytest.raises(LiuhenError) as refusal:
            signer.keep_secret("draw/d2", "r2")
    assert (refusal.value.code, refusal.value.exit) == ("E-STORE-DISK", Exit.DISK)
    assert signer.info.path.read_bytes() == before
    assert signer.secret("draw/d2") is None
    assert [path.name for path in tmp_path.iterdir()] == ["a.key"]


@pytest.mark.skipif(os.name == "nt", reason="modes are those of Unix")
def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    signer = new_key(tmp_path)
    assert signer.info.path.stat().st_mode & 0o777 == 0o600
    signer.remember(1, bytes(32))
    assert signer.info.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "wrong", [{"kind": "root"}, {"origin": "No Origin"}, {"scrypt_n": 1000}], ids=["kind", "origin", "cost"]
)
def test_a_call_with_what_no_key_file_says_is_a_mistake(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="kind, origin or scrypt_n"):
        new_key(tmp_path, **wrong)
    assert keystore.SCRYPT_N == 131_072

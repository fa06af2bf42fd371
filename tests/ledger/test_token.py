"""Keys in a token, tried with SoftHSM: made there, used from there, never seen outside."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.desk import Desk
from ledger import token as tokens
from ledger.commands import draws, keys
from ledger.commands.keys import Person
from ledger.keyfile import TOKEN_MAGIC
from ledger.keystore import (
    Signer,
    change_passphrase,
    create_token_key,
    list_keys,
    read_info,
    unlock,
)
from tests.cli.clerk import Clerk
from tests.office import ORIGIN, Office
from verifier.ed25519 import verify
from verifier.errors import Exit, LiuhenError
from verifier.replay import verify_entries
from verifier.report import Verdict

pkcs11 = pytest.importorskip("pkcs11", reason="python-pkcs11 (the extra pkcs11) is not installed")
LIBRARY = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN, LABEL = "735912", "liuhen-probe"

pytestmark = pytest.mark.skipif(
    not LIBRARY.exists() or shutil.which("softhsm2-util") is None, reason="SoftHSM is not installed here"
)


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a new token with a PIN. The library reads its configuration once in a process."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "conf"))
        patch.setenv(tokens.LIBRARY, str(LIBRARY))
        made = ["softhsm2-util", "--init-token", "--free", "--label", LABEL]
        subprocess.run([*made, "--pin", PIN, "--so-pin", "90817263"], check=True, capture_output=True)
        yield folder / "tokens"


@pytest.fixture
def key(token: Path, tmp_path: Path) -> Signer:
    return create_token_key(
        tmp_path / "wu.key",
        kind="holder",
        origin=ORIGIN,
        holder="wu",
        unit="fgj",
        roles=("clerk",),
        token=LABEL,
        pin=PIN,
    )


def code_of(deed: object) -> str:
    with pytest.raises(LiuhenError) as caught:
        deed()  # type: ignore[operator]
    assert caught.value.exit in (Exit.KEY, Exit.USAGE)
    assert PIN not in str(caught.value)
    return caught.value.code


def test_what_it_signs_verifies(key: Signer) -> None:
    assert verify(key.public, b"x", key.sign(b"x"))
    assert "wu" in repr(key) and PIN not in repr(key)


def test_the_private_key_cannot_be_read_out(key: Signer) -> None:
    with pytest.raises(pkcs11.PKCS11Error):
        key._private._private[pkcs11.Attribute.VALUE]  # type: ignore[union-attr]


def test_the_file_names_the_token_and_holds_no_pin(key: Signer) -> None:
    data = key.info.path.read_bytes()
    assert data.startswith(TOKEN_MAGIC)
    assert PIN.encode() not in data
    info = read_info(key.info.path)
    assert info.token is not None and info.token.label == LABEL
    assert [found.holder for found in list_keys(key.info.path.parent)] == ["wu"]


def test_it_remembers_and_keeps_secrets_like_any_key(key: Signer) -> None:
    key.remember(7, bytes(32))
    key.keep_secret("r/d1/M", "ab" * 32)
    again = unlock(key.info.path, PIN)
    assert (again.last_size, again.secret("r/d1/M")) == (7, "ab" * 32)
    assert b"ab" * 32 not in key.info.path.read_bytes()
    again.forget_secret("r/d1/M")
    assert unlock(key.info.path, PIN).secret("r/d1/M") is None


def test_a_clerk_with_a_token_works_for_a_year(token: Path, tmp_path: Path) -> None:
    office = Office(tmp_path)
    person = Person("wu-clerk", "吴六", "fgj", ("clerk",))
    clerk = keys.new_token_key(tmp_path / "keys", ORIGIN, person, LABEL, PIN)
    keys.enroll(office.book, office.admin, keys.enrolment(clerk, "吴六"))
    office.signers["clerk"] = unlock(tmp_path / "keys/wu-clerk.key", PIN)
    office.ready()
    draws.freeze(office.book, office.clerk, "d1", "t1", ["wu-clerk", "li-supervisor"])
    office.commits()
    office.signers["clerk"] = unlock(tmp_path / "keys/wu-clerk.key", PIN)
    office.reveals()
    draws.run(office.book, office.clerk, "d1")
    report = verify_entries(office.book.store.entries(), "", office.book.open_private)
    assert report.verdict is Verdict.PASS


def test_a_wrong_pin_is_tried_once_and_named(key: Signer) -> None:
    assert code_of(lambda: unlock(key.info.path, "111111")) == "E-TOKEN-PIN"
    assert unlock(key.info.path, PIN).public == key.public


def test_an_open_token_is_not_open_to_who_does_not_know_its_pin(key: Signer) -> None:
    assert key.sign(b"x")
    assert code_of(lambda: unlock(key.info.path, "111111")) == "E-TOKEN-PIN"


def test_a_token_that_is_not_there_is_named(token: Path, tmp_path: Path) -> None:
    def deed() -> None:
        keys.new_token_key(tmp_path, ORIGIN, Person("x", "", "fgj", ("clerk",)), "nobody", PIN)

    assert code_of(deed) == "E-TOKEN-NONE"
    assert not list(tmp_path.iterdir())


def test_a_token_that_was_pulled_out_signs_nothing(key: Signer) -> None:
    key._private._session.close()  # type: ignore[union-attr]
    assert code_of(lambda: key.sign(b"x")) == "E-TOKEN-GONE"


def test_a_key_that_was_removed_from_its_token_is_named(key: Signer) -> None:
    assert key.info.token is not None
    for held in key._private._session.get_objects({pkcs11.Attribute.ID: key.info.token.id}):  # type: ignore
        held.destroy()
    assert code_of(lambda: unlock(key.info.path, PIN)) == "E-TOKEN-KEY"


def test_the_pin_is_changed_elsewhere(key: Signer) -> None:
    assert code_of(lambda: change_passphrase(key.info.path, PIN, "new one")) == "E-TOKEN-PASSPHRASE"


def test_without_the_library_it_is_said_what_to_install(key: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tokens.LIBRARY, "/nowhere/lib.so")
    assert code_of(lambda: unlock(key.info.path, PIN)) == "E-TOKEN-LIBRARY"


@pytest.mark.parametrize("at", [20, 60, -40, -1])
def test_a_changed_file_is_not_opened(at: int, key: Signer) -> None:
    data = bytearray(key.info.path.read_bytes())
    data[at] ^= 1
    key.info.path.write_bytes(data)
    assert code_of(lambda: unlock(key.info.path, PIN)) in ("E-KEY-DAMAGED", "E-KEY-PASSPHRASE")


def test_at_the_counter_the_pin_takes_the_place_of_the_passphrase(
    token: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = Clerk(tmp_path, capsys)
    monkeypatch.setattr(Desk, "clock", clerk.clock)
    clerk.does("key", "list")
    passphrase = (tmp_path / "口令.txt").read_text("utf-8")
    (tmp_path / "口令.txt").write_text(PIN, "utf-8")
    words = ("--name", "吴六", "--unit", "fgj", "--role", "clerk")
    clerk.does("key", "new", "wu", *words, "--token", LABEL)
    (tmp_path / "口令.txt").write_text(passphrase, "utf-8")
    clerk.does("key", "enroll", tmp_path / "keys/wu.enrol", by="zhao-admin")
    (tmp_path / "口令.txt").write_text(PIN, "utf-8")
    clerk.does("calendar", "adopt", "2025", by="wu")
    (tmp_path / "口令.txt").write_text("000000", "utf-8")
    assert clerk.run("calendar", "adopt", "2024", by="wu") == Exit.KEY
    assert "E-TOKEN-PIN" in clerk.err and PIN not in clerk.out + clerk.err
    assert not list((tmp_path / "keys").glob("wu.key.tries")), "the token counts"

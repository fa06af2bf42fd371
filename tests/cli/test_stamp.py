"""Time-stamps at the counter, with OpenSSL as the authority."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.clerk import Clerk
from tests.office import ORIGIN
from tests.verifier.test_timestamp import OPENSSL, Authority
from verifier.checkpoint import Checkpoint

pytest.importorskip("rfc3161_client")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="no openssl")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ca")


def answer(clerk: Clerk, authority: Authority, head: Checkpoint | None = None) -> Path:
    """The authority's answer to the question over the head of the ledger, or over another head."""
    asked = clerk.json("stamp", "request", clerk.folder)
    size, root = int(asked["size"]), bytes.fromhex(asked["root"])
    place = Path(asked["file"]).with_suffix(".tsr")
    place.write_bytes(authority.stamp(head or Checkpoint(ORIGIN, size, root)))
    return place


def test_a_stamp_is_checked_recorded_and_verified(clerk: Clerk, authority: Authority) -> None:
    token = answer(clerk, authority)
    roots = authority.folder / "root.pem"
    told = clerk.json("stamp", "accept", token, "--tsa", roots)
    assert (told["authority"], [e["type"] for e in told["entries"]]) == ("CN=Stamps", ["head.stamped"])
    clerk.does("bundle", "export", clerk.folder / "包.zip")
    assert clerk.run("verify", clerk.folder / "包.zip", "--stamp", told["file"], "--tsa", roots) == 0
    assert clerk.run("verify", clerk.folder / "包.zip", "--stamp", told["file"]) == 2
    assert clerk.run("verify", "--stamp", told["file"], "--tsa", roots) == 2


def test_a_stamp_of_another_head_is_said_and_not_recorded(clerk: Clerk, authority: Authority) -> None:
    before = clerk.json("log", "list")["size"]
    token = answer(clerk, authority, Checkpoint("other.example/log", 3, bytes(32)))
    assert clerk.run("stamp", "accept", token, "--tsa", authority.folder / "root.pem") == 1
    assert "E-STAMP-HEAD" in clerk.err
    assert clerk.json("log", "list")["size"] == before


def test_a_stamp_under_other_certificates_is_refused(clerk: Clerk, authority: Authority) -> None:
    token = answer(clerk, authority)
    stranger = Authority(clerk.folder / "other")
    assert clerk.run("stamp", "accept", token, "--tsa", stranger.folder / "root.pem") == 1
    assert "E-STAMP-SIGNATURE" in clerk.err
    (clerk.folder / "x.tsr").write_bytes(b"x")
    assert clerk.run("stamp", "accept", clerk.folder / "x.tsr", "--tsa", authority.folder / "root.pem") == 4

"""Time-stamps on heads, with OpenSSL as the authority: the token counts only over a head of this log."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bundles import Year, whole_year
from tests.verifier import demolog
from verifier import timestamp
from verifier.__main__ import main
from verifier.bundle import open_bundle
from verifier.checkpoint import Checkpoint, parse_checkpoint
from verifier.errors import Exit, LiuhenError, Malformed
from verifier.merkle import leaf_hash, root
from verifier.replay import verify_bundle
from verifier.report import Anchors, Status
from verifier.tiles import TileReader
from verifier.timestamp import Stamp

pytest.importorskip("rfc3161_client")
OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="no openssl")

CONFIG = """\
[req]
distinguished_name = none
[none]
[tsa]
default_tsa = one
[one]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[signer]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
"""


class Authority:
    """A time-stamp authority of the test: a root, and a signer under it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        (folder / "ca.cnf").write_text(CONFIG)
        (folder / "serial").write_text("01")
        new = ["req", "-config", "ca.cnf", "-newkey", "rsa:2048", "-nodes"]
        self._run(*new, "-x509", "-extensions", "root", "-subj", "/CN=Root", "-days", "9", key="root.key")
        self._run(*new, "-subj", "/CN=Stamps", key="tsa.key", out="tsa.csr")
        signed = [
            "x509",
            "-req",
            "-in",
            "tsa.csr",
            "-CA",
            "root.pem",
            "-CAkey",
            "root.key",
            "-CAcreateserial",
        ]
        self._run(*signed, "-extfile", "ca.cnf", "-extensions", "signer", "-days", "9", out="tsa.pem")

    def _run(self, *words: str, key: str = "", out: str = "root.pem") -> None:
        more = ["-keyout", key] if key else []
        command = [str(OPENSSL), *words, *more, "-out", out]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True, timeout=60)

    @property
    def root(self) -> bytes:
        return (self.folder / "root.pem").read_bytes()

    def stamp(self, head: Checkpoint, *more: str) -> bytes:
        """Its answer to our question."""
        (self.folder / "a.tsq").write_bytes(timestamp.request(head))
        asked = ["ts", "-reply", "-config", "ca.cnf", "-queryfile", "a.tsq", "-inkey", "tsa.key"]
        self._run(*asked, "-signer", "tsa.pem", *more, out="a.tsr")
        return (self.folder / "a.tsr").read_bytes()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "ca")


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    return whole_year(tmp_path_factory.mktemp("year"))


def head_of(year: Year) -> Checkpoint:
    return parse_checkpoint((year.folder / "checkpoint").read_bytes())[0]


def judged(year: Year, token: bytes, certificates: bytes) -> tuple[Status, str]:
    with open_bundle(year.folder) as bundle:
        stamps = (Stamp("a.tsr", token, certificates),)
        report = verify_bundle(bundle, Anchors(stamps=stamps), workers=1)
    (found,) = (c for c in report.checks if c.rule == "log.stamps")
    return found.status, found.found


def test_a_stamp_over_the_head_passes_and_says_when(authority: Authority, year: Year) -> None:
    status, found = judged(year, authority.stamp(head_of(year)), authority.root)
    assert status is Status.PASS
    assert found.startswith(f"size {head_of(year).size}, 20")
    assert found.endswith("CN=Stamps")


def test_openssl_accepts_the_same_token(authority: Authority) -> None:
    authority.stamp(demolog.head(7))
    (authority.folder / "text").write_bytes(demolog.head(7).text().encode())
    words = ["ts", "-verify", "-data", "text", "-in", "a.tsr", "-CAfile", "root.pem"]
    done = subprocess.run([str(OPENSSL), *words], cwd=authority.folder, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_a_token_with_its_certificates_in_any_order_is_read(authority: Authority, year: Year) -> None:
    token = authority.stamp(head_of(year), "-chain", "root.pem")
    assert judged(year, token, authority.root)[0] is Status.PASS


def test_a_stamp_over_an_earlier_head_of_the_log_passes(authority: Authority, year: Year) -> None:
    with open_bundle(year.folder) as bundle:
        head = head_of(year)
        raw = list(TileReader(bundle.read, head.size, head.root).entries())
    earlier = Checkpoint(head.origin, 9, root(leaf_hash(one) for one in raw[:9]))
    status, found = judged(year, authority.stamp(earlier), authority.root)
    assert (status, found[:7]) == (Status.PASS, "size 9,")


def test_a_stamp_over_another_head_fails(authority: Authority, year: Year) -> None:
    token = authority.stamp(replace(head_of(year), root=bytes(32)))
    assert judged(year, token, authority.root) == (Status.FAIL, "another head")


def test_a_stamp_of_another_authority_fails(authority: Authority, year: Year, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    status, found = judged(year, other.stamp(head_of(year)), authority.root)
    assert status is Status.FAIL
    assert "E-STAMP-SIGNATURE" in found


@pytest.mark.parametrize("place", [60, 200, -100, -5])
def test_a_changed_token_fails(authority: Authority, year: Year, place: int) -> None:
    token = bytearray(authority.stamp(head_of(year)))
    token[place] ^= 1
    assert judged(year, bytes(token), authority.root)[0] is Status.FAIL


NO_TOKENS = [b"", b"0", b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", b"\x30\x03\x02\x01\x02"]


@pytest.mark.parametrize("data", NO_TOKENS)
def test_what_is_no_token_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(Malformed, match="E-STAMP-FORM"):
        timestamp.read(data)


def test_certificates_without_a_root_are_not_believed(authority: Authority) -> None:
    token = timestamp.read(authority.stamp(demolog.head(7)))
    for certificates in (b"", b"x", (authority.folder / "tsa.pem").read_bytes()):
        with pytest.raises(LiuhenError, match="E-STAMP-CERTIFICATE"):
            timestamp.check(token, certificates)


def test_the_verifier_alone_takes_a_stamp(
    authority: Authority, year: Year, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    token, roots = tmp_path / "a.tsr", tmp_path / "root.pem"
    token.write_bytes(authority.stamp(head_of(year)))
    roots.write_bytes(authority.root)
    at = [str(year.folder), "--lang", "en", "--stamp", str(token)]
    assert main([*at, "--tsa", str(roots)]) == Exit.PASS
    assert main(at) == Exit.USAGE
    token.write_bytes(authority.stamp(demolog.head(7)))
    assert main([*at, "--tsa", str(roots)]) == Exit.FAIL
    assert "time-stamp" in capsys.readouterr().out.lower()

"""A ledger's server over TLS: who cannot prove who it is gets no entry and no password.

The authorities and certificates are made here, for a server on the loopback.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ledger.store import Store
from tests.cluster import Cluster
from tests.ledger.ledger_events import ORIGIN, TYPES, event, record
from tests.ledger.store_contract import require_chain
from verifier.errors import Exit, LiuhenError

_BEGIN = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
_YEARS = datetime.timedelta(days=365)


@dataclass(frozen=True)
class Certified:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def write(self, folder: Path, name: str) -> Path:
        """`NAME.crt` and `NAME.key` in `folder`; the path of the first."""
        pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
        (folder / f"{name}.crt").write_bytes(self.certificate.public_bytes(pem))
        private = self.key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
        (folder / f"{name}.key").write_bytes(private)
        (folder / f"{name}.key").chmod(0o600)
        return folder / f"{name}.crt"


def authority(name: str) -> Certified:
    key = ec.generate_private_key(ec.SECP256R1())
    return Certified(_certificate(name, key, name, key, []), key)


def certified(by: Certified, *names: x509.GeneralName, name: str = "server", years: int = 30) -> Certified:
    """A certificate for `names`, valid for `years` from 2020."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = by.certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
    return Certified(_certificate(name, key, str(issuer), by.key, list(names), years), key)


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    signer: ec.EllipticCurvePrivateKey,
    names: list[x509.GeneralName],
    years: int = 30,
) -> x509.Certificate:
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_BEGIN)
        .not_valid_after(_BEGIN + years * _YEARS)
        .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
    )
    if names:
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return made.sign(signer, hashes.SHA256())


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


OFFICE, OTHER = authority("office"), authority("another office")
ADDRESS = f"127.{os.getpid() % 200 + 20}.{os.getpid() // 200 % 250}.77"
"""All of 127/8 is the loopback, so that nobody else listens there."""
HERE = x509.IPAddress(ipaddress.ip_address(ADDRESS))
SERVER = certified(OFFICE, HERE)
WRONG = {
    "another authority": certified(OTHER, HERE),
    "the name of another host": certified(OFFICE, x509.DNSName("db.other.example")),
    "a certificate that has ended": certified(OFFICE, HERE, years=2),
    "a certificate by itself": authority(ADDRESS),
}
SAID = "certificate verify failed|does not match host name"
TLS = "liuhen_tls"


@pytest.fixture(scope="module")
def served(cluster: Cluster) -> Iterator[Cluster]:
    """The server listens on the loopback too, to nobody without TLS, and holds an empty ledger."""
    import psycopg

    if not sys.platform.startswith("linux"):
        pytest.skip("one loopback address only")
    data = cluster.folder / "data"
    rules = (data / "pg_hba.conf").read_text()
    (data / "pg_hba.conf").write_text(
        "hostssl all carded 127.0.0.1/32 cert\nhostssl all all 127.0.0.1/32 trust\n"
        "host all all 127.0.0.0/8 reject\n" + rules
    )
    OFFICE.write(data, "office")
    show(cluster, SERVER)
    cluster.stop("fast")
    cluster.start(f"-c listen_addresses={ADDRESS}")
    with cluster.connect() as plain:
        plain.execute("ALTER SYSTEM SET ssl = on")
        plain.execute("ALTER SYSTEM SET ssl_ca_file = 'office.crt'")
        with suppress(psycopg.Error):
            plain.execute("CREATE ROLE carded LOGIN SUPERUSER")
    cluster.reload()
    pointer = cluster.folder / "office.db"
    pointer.write_text(cluster.url(TLS))
    Store.create(pointer, ORIGIN, types=TYPES).close()
    yield cluster
    (data / "pg_hba.conf").write_text(rules)
    with cluster.connect() as plain:
        plain.execute("ALTER SYSTEM RESET ALL")
    cluster.reload()


def show(cluster: Cluster, server: Certified) -> None:
    """Let this be the server's certificate."""
    data = cluster.folder / "data"
    server.write(data, "server")
    for name in ("server.crt", "server.key", "office.crt"):
        shutil.chown(data / name, data.owner(), data.group())


def address(folder: Path, *, by: Certified = OFFICE, user: str = "liuhen", **more: Path) -> Path:
    """A workstation's file: the address, and the authority that it trusts."""
    told = "".join(f"&{name}={path}" for name, path in more.items())
    root = by.write(folder, "trusted")
    url = f"postgresql://{user}@{ADDRESS}/postgres?schema={TLS}&sslmode=verify-full&sslrootcert={root}{told}"
    (folder / "ledger.db").write_text(url + "\n")
    return folder / "ledger.db"


def refused(path: Path) -> LiuhenError:
    with pytest.raises(LiuhenError) as refusal:
        Store.open(path, types=TYPES)
    assert (refusal.value.code, refusal.value.exit) == ("E-STORE-CONNECT", Exit.DISK)
    return refusal.value


def test_a_server_that_proves_who_it_is_takes_entries(served: Cluster, tmp_path: Path) -> None:
    with Store.open(address(tmp_path), types=TYPES) as store:
        assert store.reader().raw.pgconn.ssl_in_use  # type: ignore[attr-defined]
        size = store.head().size
        record(store, event(size))
        require_chain(store)


def test_a_workstation_that_trusts_another_authority_sends_nothing(served: Cluster, tmp_path: Path) -> None:
    told = refused(address(tmp_path, by=OTHER))
    assert re.search(SAID, str(told.params["reason"]))


@pytest.mark.parametrize("shown", WRONG.values(), ids=WRONG)
def test_a_server_is_refused_that_shows(served: Cluster, tmp_path: Path, shown: Certified) -> None:
    try:
        show(served, shown)
        served.reload()
        told = refused(address(tmp_path))
    finally:
        show(served, SERVER)
        served.reload()
    assert re.search(SAID, str(told.params["reason"]))


def test_a_server_without_tls_is_refused(served: Cluster, tmp_path: Path) -> None:
    with served.connect() as plain:
        plain.execute("ALTER SYSTEM SET ssl = off")
    served.reload()
    try:
        told = refused(address(tmp_path))
    finally:
        with served.connect() as plain:
            plain.execute("ALTER SYSTEM SET ssl = on")
        served.reload()
    assert "SSL" in str(told.params["reason"])


def test_a_workstation_may_show_a_certificate_in_place_of_a_password(served: Cluster, tmp_path: Path) -> None:
    refused(address(tmp_path, user="carded"))
    refused(_with_card(tmp_path, certified(OTHER, name="carded")))
    refused(_with_card(tmp_path, certified(OFFICE, name="somebody")))
    with Store.open(_with_card(tmp_path, certified(OFFICE, name="carded")), types=TYPES) as store:
        require_chain(store)


def _with_card(folder: Path, card: Certified) -> Path:
    shown = card.write(folder, "card")
    return address(folder, user="carded", sslcert=shown, sslkey=shown.with_suffix(".key"))

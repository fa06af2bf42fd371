"""Addresses of servers: what they may say, and that nobody reads a password or a wire through them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.store.server import Server, pointed, server_of
from verifier.errors import Exit, LiuhenError

ADDRESSES = {
    "postgresql://qian@db.fgj.example/liuhen": ("db.fgj.example", 5432, "liuhen", "qian", "liuhen", False),
    "postgres://db.fgj.example:5433/a?schema=lianxi": ("db.fgj.example", 5433, "a", "", "lianxi", False),
    "postgresql:///liuhen?host=/var/run/postgresql": (
        *("/var/run/postgresql", 5432, "liuhen", "", "liuhen", True),
    ),
    "postgresql://u@%2Ftmp%2FPg/liuhen": ("/tmp/Pg", 5432, "liuhen", "u", "liuhen", True),
    "postgresql://u@127.0.0.1/liuhen?sslmode=disable": ("127.0.0.1", 5432, "liuhen", "u", "liuhen", True),
    "postgresql://u@[::1]:5433/liuhen": ("::1", 5433, "liuhen", "u", "liuhen", True),
    "postgresql://%E9%92%B1@localhost/%E5%8F%B0%E8%B4%A6": ("localhost", 5432, "台账", "钱", "liuhen", True),
}


@pytest.mark.parametrize(("text", "parts"), ADDRESSES.items(), ids=ADDRESSES)
def test_an_address_says_where_and_comes_back_the_same(text: str, parts: tuple[object, ...]) -> None:
    server = server_of(text)
    assert (server.host, server.port, server.database, server.user, server.schema, server.local) == parts
    assert server_of(server.url) == server


def test_over_a_network_the_server_must_prove_who_it_is() -> None:
    assert server_of("postgresql://u@10.1.2.3/liuhen").settings()["sslmode"] == "verify-full"
    told = server_of("postgresql://u@db.example/liuhen?sslrootcert=/etc/ca.crt").settings()
    assert (told["sslmode"], told["sslrootcert"]) == ("verify-full", "/etc/ca.crt")


REFUSED = {
    "a password": ("postgresql://u:secret@db.example/liuhen", "E-STORE-PASSWORD"),
    "an empty password": ("postgresql://u:@db.example/liuhen", "E-STORE-PASSWORD"),
    "a password as a parameter": ("postgresql://u@db.example/liuhen?password=secret", "E-STORE-PASSWORD"),
    "a password beside a broken port": ("postgresql://u:secret@db.example:x/liuhen", "E-STORE-URL"),
    "the file of a password": ("postgresql://u@db.example/liuhen?passfile=/secret", "E-STORE-PASSWORD"),
    "no encryption": ("postgresql://u@db.example/liuhen?sslmode=disable", "E-STORE-TLS"),
    "encryption with anybody": ("postgresql://u@db.example/liuhen?sslmode=require", "E-STORE-TLS"),
    "a loopback in a name": ("postgresql://u@localhost.example/liuhen?sslmode=disable", "E-STORE-TLS"),
    "no host": ("postgresql://u@/liuhen", "E-STORE-URL"),
    "no database": ("postgresql://u@db.example", "E-STORE-URL"),
    "two hosts": ("postgresql://u@one.example,two.example/liuhen", "E-STORE-URL"),
    "a host twice": ("postgresql://u@db.example/liuhen?host=other.example", "E-STORE-URL"),
    "an address behind the name": ("postgresql://u@db.example/liuhen?hostaddr=203.0.113.1", "E-STORE-URL"),
    "options of the session": ("postgresql://u@db.example/liuhen?options=-csearch_path=x", "E-STORE-URL"),
    "a service": ("postgresql://u@db.example/liuhen?service=x", "E-STORE-URL"),
    "a schema that is SQL": ("postgresql://u@db.example/liuhen?schema=a;drop", "E-STORE-URL"),
    "a setting twice": (
        "postgresql://u@db.example/liuhen?sslmode=disable&sslmode=verify-full",
        "E-STORE-URL",
    ),
    "another program": ("mysql://u@db.example/liuhen", "E-STORE-URL"),
    "one slash, and a password": ("postgresql:/u:secret@db.example/liuhen", "E-STORE-URL"),
    "no slash, and a password": ("u:secret@db.example/liuhen", "E-STORE-URL"),
    "the form of libpq, and a password": ("host=db.example password=secret", "E-STORE-URL"),
    "another program, and its password": ("mysql://db.example/liuhen?pwd=secret", "E-STORE-URL"),
    "a password behind a mark": ("postgresql://u@db.example/liuhen#secret", "E-STORE-URL"),
    "a password behind the database": ("postgresql://u@db.example/liuhen/secret", "E-STORE-URL"),
    "a broken query with a password": ("postgresql://u@db.example/liuhen?a=b&secret", "E-STORE-URL"),
}


@pytest.mark.parametrize(("text", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_and_never_repeated(text: str, code: str) -> None:
    with pytest.raises(LiuhenError) as refusal:
        server_of(text)
    assert (refusal.value.code, refusal.value.exit) == (code, Exit.USAGE)
    assert "secret" not in f"{refusal.value} {refusal.value.params}"


def test_a_wrong_address_that_can_hold_no_password_is_shown() -> None:
    with pytest.raises(LiuhenError, match=r"postgresql://db\.example"):
        server_of("postgresql://db.example")


@pytest.mark.parametrize(
    ("content", "points"),
    [
        (b"postgresql://u@db.example/liuhen\n", True),
        (b"SQLite format 3\x00" + bytes(80), False),
        (b"", False),
        ("一份说明：postgresql://u@db.example/liuhen".encode(), False),
    ],
    ids=["an address", "a ledger", "empty", "a text about one"],
)
def test_a_file_points_to_a_server_when_it_begins_with_its_address(
    tmp_path: Path, content: bytes, points: bool
) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    assert (pointed(path) is not None) is points
    assert pointed(tmp_path / "none.db") is None


def test_a_file_with_a_password_in_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"postgresql://u:secret@db.example/liuhen\n")
    with pytest.raises(LiuhenError) as refusal:
        pointed(path)
    assert refusal.value.code == "E-STORE-PASSWORD"


def test_settings_leave_nothing_to_the_environment() -> None:
    told = Server("db.example", 5432, "liuhen", "u", "liuhen", ()).settings()
    assert {"host", "hostaddr", "port", "dbname", "user", "options", "sslmode"} <= set(told)

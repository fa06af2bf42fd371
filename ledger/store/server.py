"""Where on a PostgreSQL server a ledger is: `postgresql://[user@]host[:port]/database[?schema=…&ssl…=…]`.

On each workstation a small file stands where a ledger file would: its one line is this address. Keys, signed
heads and notes lie beside it as beside any ledger. An address holds no password, and nothing that
environment or service files say moves the ledger to another place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from verifier.errors import N_, Exit, LiuhenError
from verifier.plainfile import open_plain

SCHEMES: Final = ("postgresql://", "postgres://")
SCHEMA: Final = "liuhen"
"""The schema of a ledger that names none; another one keeps a second ledger in the same database."""
_SCHEMA_FORM = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TLS: Final = ("sslmode", "sslrootcert", "sslcert", "sslkey")
_LONGEST: Final = 2000
_SHOWN = re.compile(r"(postgres(ql)?://)?[\w./-]*")
"""What a wrong address may look like and be repeated: no part of it stands where a password could."""

prompt: ContextVar[Callable[[str], str] | None] = ContextVar("prompt", default=None)
"""Asks a person for the password of an address; None where nobody can be asked."""


@dataclass(frozen=True)
class Server:
    """One address, checked. `user` is "" when libpq is to say who acts (PGUSER, or the system's user)."""

    host: str
    port: int
    database: str
    user: str
    schema: str
    tls: tuple[tuple[str, str], ...]

    @property
    def url(self) -> str:
        """The address as it is written into files and shown."""
        place = f"[{self.host}]" if ":" in self.host and _is_ip(self.host) else quote(self.host, safe="")
        user = quote(self.user, safe="") + "@" if self.user else ""
        port = f":{self.port}" if self.port != 5432 else ""
        more = [("schema", self.schema)] if self.schema != SCHEMA else []
        told = urlencode([*more, *self.tls], safe="/")
        return f"postgresql://{user}{place}{port}/{quote(self.database, safe='')}" + (
            f"?{told}" if told else ""
        )

    @property
    def ledger(self) -> tuple[str, int, str, str]:
        """What names the ledger there, whoever asks and however the server proves itself."""
        return self.host, self.port, self.database, self.schema

    @property
    def local(self) -> bool:
        """Whether what is sent does not leave this computer: a socket, or the loopback."""
        return _stays_here(self.host)

    def settings(self) -> dict[str, str]:
        """For libpq, each one explicit, so that PGHOSTADDR, PGSERVICE and PGOPTIONS change nothing."""
        told = {
            "host": self.host,
            "hostaddr": "",
            "port": str(self.port),
            "dbname": self.database,
            "options": "",
            "application_name": "liuhen",
            "connect_timeout": "10",
            "keepalives_idle": "10",
            "keepalives_interval": "5",
            "keepalives_count": "3",
            "sslmode": "prefer" if self.local else "verify-full",
            **dict(self.tls),
        }
        return {**told, "user": self.user} if self.user else told


def is_address(text: str) -> bool:
    """Whether a text is meant as the address of a server."""
    return text.startswith(SCHEMES)


def server_of(text: str) -> Server:
    """The server that an address names.

    Raises E-STORE-PASSWORD when it holds a password, E-STORE-TLS when what is sent could be read on the way,
    E-STORE-URL for anything else that it cannot be. None repeats what could be a password.
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port or 5432
        told = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True) if parts.query else []
    except ValueError as error:
        raise _wrong("…") from error
    if parts.password is not None or any(name in ("password", "passfile") for name, _ in told):
        raise LiuhenError(
            "E-STORE-PASSWORD",
            N_("The address holds a password or names its file, and others can see it on the command line."),
            remedy=N_(
                "Leave it out. The password stands in ~/.pgpass (PGPASSFILE), in PGPASSWORD, or is asked for."
            ),
            exit=Exit.USAGE,
        )
    wrong = _wrong(text if _SHOWN.fullmatch(text) else "…")
    given = dict(told)
    twice = len(given) < len(told)
    schema = given.pop("schema", SCHEMA)
    hosts = [unquote(_host(parts.netloc)), given.pop("host", "")]
    host = "".join(hosts)
    database = unquote(parts.path.removeprefix("/"))
    if not is_address(text.strip()) or parts.fragment or twice:
        raise wrong
    if not host or all(hosts) or "," in host or not database or "/" in database:
        raise wrong
    if set(given) - set(_TLS) or not _SCHEMA_FORM.fullmatch(schema):
        raise wrong
    if not _stays_here(host) and given.get("sslmode", "verify-full") != "verify-full":
        raise LiuhenError(
            "E-STORE-TLS",
            N_("Over a network the ledger's server must prove who it is: sslmode=verify-full."),
            where=host,
            remedy=N_(
                "Leave sslmode out, and give the office's certificate authority: "
                "?sslrootcert=/etc/liuhen/ca.crt"
            ),
            exit=Exit.USAGE,
        )
    return Server(host, port, database, unquote(parts.username or ""), schema, tuple(sorted(given.items())))


def schema_named(text: str) -> str:
    """A schema as it may be called. Raises E-STORE-URL."""
    if not _SCHEMA_FORM.fullmatch(text):
        raise _wrong(f"schema={text}")
    return text


def pointed(path: Path) -> Server | None:
    """The server that the file at `path` points to; None for any other file, or none.

    Raises what `server_of` raises.
    """
    try:
        with open_plain(path) as file:
            head = file.read(_LONGEST)
    except OSError:
        return None
    if not head.startswith(tuple(scheme.encode() for scheme in SCHEMES)):
        return None
    try:
        return server_of(head.decode())
    except (UnicodeDecodeError, LiuhenError) as error:
        if isinstance(error, LiuhenError):
            error.where = error.where or str(path)
            raise
        raise _wrong(str(path)) from error


def _host(netloc: str) -> str:
    """The host as it was typed: `urlsplit` would make it lower case, and a socket's folder is a path."""
    place = netloc.rpartition("@")[2]
    if place.startswith("["):
        return place[1:].partition("]")[0]
    return place.partition(":")[0]


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _stays_here(host: str) -> bool:
    if host.startswith(("/", "@")) or host == "localhost":
        return True
    return _is_ip(host) and ip_address(host).is_loopback


def _wrong(text: str) -> LiuhenError:
    return LiuhenError(
        "E-STORE-URL",
        N_("This is no address of a ledger on a server: {text}"),
        remedy=N_(
            "It is postgresql://user@host/database, with ?schema=, ?sslrootcert= where needed; for a socket "
            "postgresql:///database?host=/var/run/postgresql"
        ),
        exit=Exit.USAGE,
        text=text,
    )

"""What PostgreSQL's errors mean to a person, with the exit codes of design §7."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

import psycopg

from ledger.store import faults
from verifier.errors import N_, Exit, LiuhenError

UNKNOWN = N_("see what was said")
CHECKED = N_("found by checking")
SETTING = N_("a setting of the server would lose entries")
_BUSY = frozenset(["55P03", "40001", "40P01"])
"""lock_not_available, serialization_failure, deadlock_detected"""
_RIGHT = frozenset(["42501"])
_DAMAGE = frozenset(["XX001", "XX002", "42P01", "42703", "3F000", "42883"])
_STANDBY = frozenset(["25006"])
_STATES: Mapping[str, str] = MappingProxyType(
    {
        "53100": N_("the server's disk is full"),
        "53200": N_("the server has no memory left"),
        "53300": N_("the server takes no more connections"),
        "25006": N_("this server is only for reading"),
        "42501": N_("the right was not given"),
        "XX001": N_("the server finds its data damaged"),
        "XX002": N_("the server finds its data damaged"),
        "42P01": N_("a table of the ledger is missing"),
    }
)
_SAYINGS = tuple(
    (re.compile(pattern, re.IGNORECASE), meaning)
    for pattern, meaning in (
        (r"root certificate file", N_("the file to check certificates with is missing")),
        (
            r"certificate|unknown ca|does not match host name",
            N_("the server's certificate does not hold"),
        ),
        (r"not support SSL|SSL negotiation", N_("the server does not offer encryption")),
        (r"password authentication failed", N_("the password or the role is wrong")),
        (r"no password supplied", N_("no password was given")),
        (r'database ".*" does not exist', N_("there is no such database")),
        (r'role ".*" does not exist', N_("there is no such role")),
        (r"too many (clients|connections)|connection slots", N_("the server takes no more connections")),
        (r"pg_hba", N_("the server does not let this computer in")),
        (r"starting up|shutting down|recovery mode", N_("the server is starting or shutting down")),
        (
            r"resolve host|translate host|Name or service|getaddrinfo|nodename",
            N_("the server's name is not known"),
        ),
        (r"time(d )?out", N_("no answer came in time")),
        (r"No route|unreachable", N_("there is no way to it in the network")),
        (
            r"refused|Is the server running|No such file",
            N_("the server does not run, or address or port are wrong"),
        ),
    )
)
"""What libpq and the server say while a connection is made, which has no SQLSTATE; the first that fits."""
_ENDED = frozenset(["57P01", "57P02", "57P03", "57P05", "25P03"])


def is_busy(error: psycopg.Error) -> bool:
    """Another transaction holds the lock, or was preferred."""
    return error.sqlstate in _BUSY


def is_lost(error: psycopg.Error) -> bool:
    """The connection is gone: whether a commit under way was done cannot be seen from here."""
    state = error.sqlstate or ""
    if state in _ENDED or state.startswith("08"):
        return True
    return not state and isinstance(error, psycopg.OperationalError)


def is_disk(error: psycopg.Error) -> bool:
    """The server's disk or memory refused."""
    state = error.sqlstate or ""
    return state.startswith(("53", "58")) or state in _STANDBY


def is_password(error: psycopg.Error) -> bool:
    """Whether a connection failed for want of a password, or after one was given: libpq does not tell a wrong
    password from a wrong database, and the server's words are in its own language."""
    wire = error.pgconn
    return wire is not None and (wire.needs_password or wire.used_password)


def reason_of(error: psycopg.Error) -> str:
    """The first line of what the server said; no values, no statement."""
    said = error.diag.message_primary or str(error)
    return said.strip().partition("\n")[0].removeprefix("connection failed: ")[:200]


def cause_of(error: psycopg.Error) -> str:
    """A common reason as a message id; what was said itself (`reason_of`) is told beside it."""
    state = _STATES.get(error.sqlstate or "")
    said = str(error)
    return state or next((meaning for pattern, meaning in _SAYINGS if pattern.search(said)), UNKNOWN)


def not_let_in(place: str, error: psycopg.Error) -> LiuhenError:
    """Nobody answered, not as the server that is meant, or who asked was not let in."""
    told = functools.partial(LiuhenError, where=place, cause=cause_of(error), reason=reason_of(error))
    if is_password(error):
        return told(
            "E-STORE-LOGIN",
            N_("The ledger's server did not let this role in ({cause}; it says: {reason})."),
            remedy=N_(
                "Check the role, the database and the password (~/.pgpass, PGPASSFILE, PGPASSWORD). A "
                "forgotten password is set anew by the server's administrator."
            ),
            exit=Exit.KEY,
        )
    return told(
        "E-STORE-CONNECT",
        N_(
            "The ledger's server cannot be reached, does not let this computer in, or did not prove who it "
            "is ({cause}; it says: {reason})."
        ),
        remedy=N_(
            "Check the network, the address, and that the server runs. Where the reason is a certificate: "
            "give the office's certificate authority (sslrootcert), never a weaker setting, and ask the "
            "administrator."
        ),
        exit=Exit.DISK,
    )


def lost(place: str, *, writing: bool) -> LiuhenError:
    if writing:
        what = N_("The connection to the ledger's server was lost; nothing was recorded.")
    else:
        what = N_("The connection to the ledger's server was lost.")
    return LiuhenError(
        "E-STORE-LOST",
        what,
        where=place,
        remedy=N_("Check the network and the server, then do the step again."),
        exit=Exit.DISK,
    )


def unclear(place: str, seq: int) -> LiuhenError:
    return LiuhenError(
        "E-STORE-UNCLEAR",
        N_("The connection was lost while entry {seq} was recorded; whether it was is not known."),
        where=place,
        remedy=N_("Do not repeat the step yet. When the server answers again, look: liuhen log show {seq}"),
        exit=Exit.DISK,
        seq=seq,
    )


def server_refuses(place: str, reason: str, cause: str = SETTING) -> LiuhenError:
    return LiuhenError(
        "E-STORE-SERVER",
        N_("The ledger's server does not take entries ({cause}; it says: {reason}); nothing was recorded."),
        where=place,
        remedy=N_("Tell the administrator of the server."),
        exit=Exit.DISK,
        reason=reason,
        cause=cause,
    )


def no_right(place: str, reason: str, cause: str) -> LiuhenError:
    return LiuhenError(
        "E-STORE-RIGHT",
        N_("The database role may not do this ({cause}; it says: {reason})."),
        where=place,
        remedy=N_("The administrator of the server gives the role: see liuhen store sql"),
        exit=Exit.KEY,
        reason=reason,
        cause=cause,
    )


def unreadable(place: str, reason: str, cause: str) -> LiuhenError:
    return LiuhenError(
        "E-STORE-READ",
        N_("The ledger could not be opened ({cause}; it says: {reason})."),
        where=place,
        remedy=N_("Tell the administrator of the server."),
        exit=Exit.DISK,
        reason=reason,
        cause=cause,
    )


def damaged(place: str, reason: str, cause: str = CHECKED) -> LiuhenError:
    return LiuhenError(
        "E-STORE-DAMAGED",
        N_("The ledger on the server was damaged or changed ({cause}; it says: {reason})."),
        where=place,
        remedy=N_(
            "Do not work on with it; nobody deletes anything there. Take it into a file as it is, and see "
            "what still stands: liuhen store fetch FILE, then liuhen doctor FILE"
        ),
        exit=Exit.UNREADABLE,
        reason=reason,
        cause=cause,
    )


def meaning(error: psycopg.Error, place: str, *, writing: bool) -> LiuhenError | None:
    """The error a person is told; None when it is none of lock, connection, disk, right and damage."""
    state = error.sqlstate or ""
    if is_busy(error):
        return faults.locked(place)
    if is_lost(error):
        return lost(place, writing=writing)
    if state in _RIGHT:
        return no_right(place, reason_of(error), cause_of(error))
    if is_disk(error):
        return (server_refuses if writing else unreadable)(place, reason_of(error), cause_of(error))
    if state in _DAMAGE:
        return damaged(place, reason_of(error), cause_of(error))
    return None


@contextmanager
def explained(place: str, *, writing: bool = False) -> Iterator[None]:
    """Raise psycopg's errors inside as what they mean."""
    try:
        yield
    except psycopg.Error as error:
        told = meaning(error, place, writing=writing)
        if told is None:
            raise
        raise told from error

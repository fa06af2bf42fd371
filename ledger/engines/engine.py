"""What an engine is, and what all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Literal, Protocol

from verifier import draw
from verifier.draw import TICKET, H, select
from verifier.errors import N_, Exit, LiuhenError

EngineName = Literal["builtin", "duckdb", "postgres", "spark"]


class Engine(Protocol):
    """Draws from one stratum at a time."""

    def select(self, seed: str, subjects: Sequence[str], k: int) -> list[tuple[str, str]]:
        """The first k of `subjects` (ids, each once) in (ticket, id) order, as (ticket hex, id).

        Equal to `verifier.draw.select`, entry for entry. Raises E-ENGINE-FAILED where the engine cannot.
        """
        ...


class Builtin:
    """Python's own hashlib, on one core; the reference for the others."""

    def select(self, seed: str, subjects: Sequence[str], k: int) -> list[tuple[str, str]]:
        """As `Engine.select`."""
        return select(seed, subjects, k)


def ticket_head(seed: str) -> str:
    """What stands before the id in the text that a ticket hashes, the last LF included."""
    H(TICKET, seed, "subject")
    return f"{TICKET}\n{seed}\nsubject\n"


def ceiling(n: int, k: int) -> str:
    """`verifier.draw.ceiling` in hex."""
    return draw.ceiling(n, k).hex()


def require(module: str, extra: str) -> None:
    """Raises E-ENGINE-MISSING where the module of an engine is not installed."""
    if find_spec(module) is None:
        raise LiuhenError(
            "E-ENGINE-MISSING",
            N_("This installation cannot use {extra}: the package {module} is not there."),
            remedy=N_("Install it once: pip install 'liuhen[{extra}]'. Without it: --engine builtin"),
            exit=Exit.USAGE,
            module=module,
            extra=extra,
        )


def failed(engine: EngineName, error: Exception) -> LiuhenError:
    """What a person is told when an engine gave up: its last words, on one line."""
    said = " ".join(str(error).split()) or type(error).__name__
    return LiuhenError(
        "E-ENGINE-FAILED",
        N_("The engine {engine} gave up: {said}. Nothing was recorded."),
        remedy=N_("Do it again, or draw without it: the same command with --engine builtin"),
        exit=Exit.DISK,
        engine=engine,
        said=said[:300],
    )

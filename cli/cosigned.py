"""已签名 / 联署 k/n / 已定: how far the head of a ledger is, in a line wherever heads are shown."""

from __future__ import annotations

from cli.i18n import _
from ledger.book import Book
from ledger.commands import heads
from ledger.cosigning import words
from ledger.cosigning.heads import Standing
from verifier.errors import LiuhenError
from verifier.facts import Facts


def standing_lines(book: Book, facts: Facts) -> list[str]:
    """Nothing for a ledger that names no cosigner; what is wrong with its policy file is said too."""
    try:
        standing = heads.standing(book, facts)
    except LiuhenError as error:
        return [f"{_(error.what).format(**error.params)} ({error.where})"]
    return [in_words(standing)] if standing else []


def in_words(standing: Standing) -> str:
    """One line for people."""
    return words.in_words(standing, _)


def as_data(standing: Standing | None) -> dict[str, object]:
    """The same for `--json`."""
    if standing is None:
        return {}
    return {
        "entries": standing.entries,
        "signed": standing.size,
        "cosigned": list(standing.cosigned),
        "missing": list(standing.missing),
        "final": standing.final,
        "final_size": standing.final_size,
    }

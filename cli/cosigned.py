"""已签名 / 联署 k/n / 已定: how far the head of a ledger is, in a line wherever heads are shown."""

from __future__ import annotations

from cli.i18n import _
from ledger.book import Book
from ledger.commands import heads
from ledger.cosigning.heads import Standing
from verifier.errors import LiuhenError
from verifier.facts import Facts
from verifier.wording import printable


def standing_lines(book: Book, facts: Facts) -> list[str]:
    """Nothing for a ledger that names no cosigner; what is wrong with its policy file is said too."""
    try:
        standing = heads.standing(book, facts)
    except LiuhenError as error:
        return [f"{_(error.what).format(**error.params)} ({error.where})"]
    return [in_words(standing)] if standing else []


def in_words(standing: Standing) -> str:
    """One line for people."""
    if not standing.size:
        return _("Cosigners: no head is signed for them yet.")
    told = _("Head of {size} entries: signed; cosigned {k} of {n}; {state}").format(
        size=standing.size,
        k=len(standing.cosigned),
        n=len(standing.cosigned) + len(standing.missing),
        state=_("final") if standing.final else _("not final"),
    )
    if standing.missing:
        names = ", ".join(map(printable, standing.missing))
        told += _("; still without: {names}").format(names=names)
    if standing.final_size and not standing.final:
        told += _("; last final head: {size} entries").format(size=standing.final_size)
    if standing.entries > standing.size:
        told += _("; {n} entries are newer").format(n=standing.entries - standing.size)
    return told


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

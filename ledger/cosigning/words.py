"""已签名 / 联署 k/n / 已定: how far a head is, in one line, for the counter and for the site."""

from __future__ import annotations

from collections.abc import Callable

from ledger.cosigning.heads import Standing
from verifier.errors import N_
from verifier.wording import printable


def in_words(standing: Standing, say: Callable[[str], str]) -> str:
    """One line for people; `say` gives the words for an English message."""
    if not standing.size:
        return say(N_("Cosigners: no head is signed for them yet."))
    told = say(N_("Head of {size} entries: signed; cosigned {k} of {n}; {state}")).format(
        size=standing.size,
        k=len(standing.cosigned),
        n=len(standing.cosigned) + len(standing.missing),
        state=say(N_("final")) if standing.final else say(N_("not final")),
    )
    if standing.missing:
        names = ", ".join(map(printable, standing.missing))
        told += say(N_("; still without: {names}")).format(names=names)
    if standing.final_size and not standing.final:
        told += say(N_("; last final head: {size} entries")).format(size=standing.final_size)
    if standing.entries > standing.size:
        told += say(N_("; {n} entries are newer")).format(n=standing.entries - standing.size)
    return told

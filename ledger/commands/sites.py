"""Publishing the ledger as a site that people read (design §6, specs/site.md)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ledger.book import Book
from ledger.bundle import LogSigner
from ledger.commands import heads
from ledger.commands.bundles import cosignatures, log_key, require_continuation
from ledger.cosigning.heads import Standing
from ledger.keystore import Signer
from ledger.site.build import Built, build
from ledger.site.render import Language
from verifier.checkpoint import Checkpoint
from verifier.errors import Malformed
from verifier.page.build import html


def build_site(
    book: Book,
    log: Signer,
    target: Path,
    languages: Sequence[Language],
    *,
    receipts: bool = False,
    translated: str = "",
    anew: bool = False,
) -> Built:
    """Build the site at the head of `book`, or bring the one at `target` up to it.

    With `receipts` every pool member of a public draw gets its receipt there. A policy file of the cosigners
    that cannot be read leaves out how far the head is; `heads.standing` tells what is wrong with it.
    Raises E-EXPORT-KEY, E-KEY-HISTORY, and what `ledger.site.build.build` raises.
    """
    head = book.store.head()

    def guard(before: Checkpoint | None) -> None:
        """The head in the folder was found to be the beginning of this ledger; another one is looked up."""
        proven = [(head.size, head.root)]
        if before is not None:
            proven.append((before.size, before.root))
        if log.last_head not in proven:
            require_continuation(book, log, head.size)
        log.guard_head(head.size, head.root)

    return build(
        book,
        LogSigner(log_key(book, log), log.sign),
        target,
        languages=languages,
        page=html(),
        guard=guard,
        cosignatures=lambda signed: cosignatures(book, book.facts(), signed),
        cosigned=lambda: _standing(book),
        receipts=receipts,
        translated=translated,
        anew=anew,
    )


def _standing(book: Book) -> Standing | None:
    try:
        return heads.standing(book, book.facts())
    except Malformed:
        return None

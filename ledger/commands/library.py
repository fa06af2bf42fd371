"""The library of check forms (表格库): a form for each item before the draw (R102)."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.book import Book, Deed, Written
from ledger.keystore import Signer
from verifier import facts as f
from verifier.codec import Value
from verifier.law.library import without_form


def publish_form(
    book: Book, signer: Signer, form: str, title: str, version: str, items: Sequence[str], file: bytes
) -> Written:
    """A version of a check form, named by its hash, and the items that it is for."""
    data: dict[str, Value] = {
        "form": form,
        "title": title,
        "version": version,
        "items": list(items),
        "file": file,
    }
    return book.write(signer, lambda _facts: [Deed("form.published", f"form/{form}", data)])


def bare_tasks(facts: f.Facts) -> list[tuple[str, list[str]]]:
    """Tasks not yet drawn with the items that have no form, where the policy in force keeps a library."""
    ledger = facts.get(f.LEDGER, f.ONE)
    policy = facts.get(f.POLICIES, ledger.policy) if ledger else None
    if policy is None or not policy.values.get("forms"):
        return []
    open_ = [(n, t) for n, t in facts.rows(f.TASKS) if not t.completed and not t.open_draw]
    found = [(name, without_form(facts, task.data["items"])) for name, task in open_]
    return [(name, items) for name, items in found if items]

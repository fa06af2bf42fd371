"""Lists as they are kept: tags, publication, links, reconciliation, the end of a leave (R024–R042)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ledger.book import Book, Deed, Written
from ledger.commands import visits
from ledger.commands.lists import Diff, diff, import_deeds
from ledger.importing.records import Sheet
from ledger.keystore import Signer
from verifier import facts as f
from verifier.codec import Value
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Facts
from verifier.law.identity import current
from verifier.lists import list_hash

KEPT = ""
"""What becomes of an enterprise that only our register has: it stays as it is."""


def adopt_tags(
    book: Book, signer: Signer, version: str, title: str, tags: Sequence[str], source: bytes
) -> Written:
    """Adopt a version of the tag dictionary (标签字库); from then on imports may use no other tag."""
    data: dict[str, Value] = {"version": version, "title": title, "tags": list(tags), "source": source}
    return book.write(signer, lambda _facts: [Deed("tags.adopted", "tags", data)])


def publish_list(book: Book, signer: Signer, register: str, where: Mapping[str, Value]) -> Written:
    """Record that a list was published; `where` is of `plans.publication`."""
    data: dict[str, Value] = {"register": register, **where}
    return book.write(signer, lambda _facts: [Deed("list.published", f"list/{register}", data)])


def link_subjects(book: Book, signer: Signer, old: str, new: str, kind: str, evidence: bytes) -> Written:
    """`old` goes on as `new`; takes effect when an approver or admin confirms."""
    data: dict[str, Value] = {"from": old, "to": new, "kind": kind, "evidence": evidence}
    return book.write(signer, lambda _facts: [Deed("subject.linked", "subjects", data)])


def end_absence(book: Book, signer: Signer, officer: str, back: date, reason: str) -> Written:
    """The officer is back on a day: the absence in force then ends the day before, as a correction of it.

    Raises E-ABSENCE-NONE when no absence reaches that day."""
    wanted, seq = back.isoformat(), -1
    for key, row in book.facts().rows(f.ABSENCES, f"{officer}/"):
        if row.first < wanted <= row.last:
            seq = int(key.partition("/")[2])
    if seq < 0:
        raise LiuhenError(
            "E-ABSENCE-NONE",
            N_("{officer} has no absence that began before {day} and reaches it."),
            remedy=N_("One recorded by mistake is voided: liuhen void ENTRY; see liuhen log list"),
            exit=Exit.REFUSED,
            officer=officer,
            day=wanted,
        )
    last = (back - timedelta(days=1)).isoformat()
    return visits.correct(book, signer, seq, "until", last, reason)


@dataclass(frozen=True)
class Comparison:
    """A register beside that of an authority: ids, and the fields that differ of those that changed."""

    missing: tuple[str, ...]
    extra: tuple[str, ...]
    changed: Mapping[str, tuple[str, ...]]
    edit: Diff
    """What taking the outside register over would change."""


def compare(book: Book, facts: Facts, sheet: Sheet, extra_status: str = KEPT) -> Comparison:
    """Our subjects beside a sheet of theirs. Extra are the active ones that the sheet lacks; with
    `extra_status` the edit gives them that status. An id that went on under another is not missing."""
    table = f.register("subjects")
    records = [(name, record) for name, record in sheet.records if facts.get(f.LINKS, name) is None]
    theirs = {current(facts, name) for name, _ in sheet.records}
    rows = [(name, row.record) for name, row in facts.rows(table)]
    extra = [n for n, record in rows if n not in theirs and record["status"] == "active"]
    private = {name: sheet.private[name] for name, _ in records if name in sheet.private}
    edit = diff(book, facts, "subjects", records, private=private, silent=sheet.silent)
    missing, changed = [], {}
    for name, record in edit.records:
        held = facts.get(table, name)
        if held is None:
            missing.append(name)
        else:
            keys = held.record.keys() | record.keys()
            changed[name] = tuple(sorted(k for k in keys if held.record.get(k) != record.get(k)))
    if extra_status and extra:
        closed = {name: {**record, "status": extra_status} for name, record in rows if name in set(extra)}
        both = sorted([*edit.records, *closed.items()])
        edit = replace(edit, records=tuple(both), removed=(), changed=edit.changed + len(closed))
    return Comparison(tuple(missing), tuple(extra), changed, edit)


def reconcile(
    book: Book,
    signer: Signer,
    sheet: Sheet,
    *,
    authority: str,
    reviewer: str,
    reason: str,
    source_name: str = "",
    extra_status: str = KEPT,
) -> tuple[Comparison, Written]:
    """Take the differences over as one import, reviewed by `reviewer`, and record the reconciliation."""
    made: list[Comparison] = []

    def decide(facts: Facts) -> Sequence[Deed]:
        found = compare(book, facts, sheet, extra_status)
        made.append(found)
        data: dict[str, Value] = {
            "register": "subjects",
            "source": sheet.source_sha256,
            "authority": authority,
            "missing": _ids(found.missing),
            "extra": _ids(found.extra),
            "changed": _ids(found.changed),
        }
        deeds: list[Deed] = []
        if not found.edit.empty:
            deeds = import_deeds(
                found.edit,
                "subjects",
                reason=reason,
                reviewer=reviewer,
                source=sheet.source_sha256,
                source_name=source_name,
            )
            data["import"] = deeds[-1].data["import"]
        return [*deeds, Deed("list.reconciled", "list/subjects", data)]

    written = book.write(signer, decide)
    return made[-1], written


def _ids(names: Sequence[str] | Mapping[str, object]) -> dict[str, Value]:
    return list_hash([name] for name in sorted(names)).value()

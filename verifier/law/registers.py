"""Lists as they are kept: tag dictionary, publication, reconciliation, identity (R020–R036).

What an import may bring into a register is asked by `judge_rows`, at the close of the import.
"""

from __future__ import annotations

from typing import Any

from verifier import facts as f
from verifier.facts import Data, Facts
from verifier.law.case import Case, act, confirmed_by, effect
from verifier.law.identity import current
from verifier.vocabulary import Role

_APART = {"officers": "experts", "experts": "officers"}
_SHOWN = 5


def judge_rows(case: Case, register: str, rows: list[Any]) -> None:
    """The rows of one import: tags of the dictionary, ids that did not go on under another, experts apart
    from officers, declared history of the past."""
    if register == "subjects":
        dictionary = case.facts.get(f.DICTIONARIES, f.ONE)
        if dictionary is not None:
            known = set(dictionary.tags)
            strange = sorted({t for _, record in rows for t in record.get("tags", ()) if t not in known})
            case.require("list.tags", not strange, "tags of the dictionary in force", strange[:_SHOWN])
        gone = list(case.facts.known(f.LINKS, [name for name, _ in rows]))
        case.require("list.link", not gone, "ids that did not go on under another", gone[:_SHOWN])
    elif register in _APART:
        table = f.register(_APART[register])
        both = list(case.facts.known(table, [name for name, _ in rows]))
        case.require("list.experts", not both, "experts and officers apart", both[:_SHOWN])
    elif register == "history":
        late = [name for name, record in rows if record["date"] > case.today]
        case.require("list.history", not late, "a date not in the future", late[:_SHOWN])


def published_on(facts: Facts, register: str) -> set[str]:
    """The channels on which a register was published since it last changed."""
    changed = facts.get(f.EDITS, register)
    since = changed.seq if changed else -1
    return {row.channel for _, row in facts.rows(f.RECEIPTS, f"{register}/") if row.seq > since}


def judge_published(case: Case, policy: f.Policy) -> None:
    """A task rests on an item list that was published on as many channels as the policy asks (R024, R025)."""
    targets = policy.values.get("list_targets", 0)
    if targets:
        channels = published_on(case.facts, "items")
        case.warn(
            "list.published",
            len(channels) >= targets,
            f"the item list published on {targets} channels since it last changed",
            ", ".join(sorted(channels)),
        )


@act("tags.adopted", [Role.CLERK, Role.ADMIN])
def tags_adopted(case: Case) -> None:
    d = case.data
    fresh = case.facts.get(f.DICTIONARIES, d["version"]) is None
    case.require("list.dictionary", fresh, "a new version", d["version"])
    once = len(set(d["tags"])) == len(d["tags"])
    case.require("list.dictionary", once, "every tag once", len(d["tags"]) - len(set(d["tags"])))


@effect("tags.adopted")
def adopt_tags(case: Case) -> None:
    d = case.data
    row = f.Dictionary(d["title"], tuple(d["tags"]), case.seq)
    case.facts.put(f.DICTIONARIES, d["version"], row)
    case.facts.put(f.DICTIONARIES, f.ONE, row)


@act("list.published", [Role.CLERK, Role.ADMIN])
def list_published(case: Case) -> None:
    d = case.data
    case.require("result.date", d["date"] <= case.today, "a date not in the future", d["date"])
    held = next(iter(case.facts.rows(f.register(d["register"]))), None)
    case.require("list.known", held is not None, "a list with rows", d["register"])


@effect("list.published")
def publish_list(case: Case) -> None:
    d = case.data
    key = f"{d['register']}/{case.seq:012}"
    case.facts.put(f.RECEIPTS, key, f.Receipt(d["register"], d["channel"], d["date"], case.seq))
    case.facts.put(f.CORRECTABLE, case.leaf.hex(), f.Ref("list.published", key))


@act("list.reconciled", [Role.CLERK, Role.ADMIN])
def list_reconciled(case: Case) -> None:
    """What differs is taken over by one import just before, checked by somebody else; without one nothing
    may be missing or changed."""
    d = case.data
    missing, changed, extra = (d[key]["n"] for key in ("missing", "changed", "extra"))
    if "import" not in d:
        case.require(
            "list.reconciled",
            missing == changed == 0,
            "differences accepted in one import",
            missing + changed,
        )
        return
    edit = case.facts.get(f.EDITS, d["register"])
    same = edit is not None and edit.id == d["import"] and edit.seq == case.seq - 1
    case.demand("list.reconciled", same, "the import just before", d["import"])
    if edit is None:
        return
    fits = (edit.added, edit.removed) == (missing, 0) and edit.changed in (changed, changed + extra)
    case.require(
        "list.reconciled",
        fits,
        f"an import that adds {missing} and changes {changed}",
        f"added {edit.added}, changed {edit.changed}, removed {edit.removed}",
    )
    case.require(
        "list.reconciled", edit.reviewer != edit.holder, "a second holder as reviewer", edit.reviewer
    )


@effect("list.reconciled")
def reconcile(case: Case) -> None:
    d = case.data
    missing, extra, changed = (d[key]["n"] for key in ("missing", "extra", "changed"))
    row = f.Reconciliation(d["authority"], missing, extra, changed, case.time)
    case.facts.put(f.RECONCILIATIONS, f"{d['register']}/{case.seq:012}", row)


@act("subject.linked", [Role.CLERK, Role.ADMIN], confirmed_by(Role.APPROVER, Role.ADMIN))
def subject_linked(case: Case) -> None:
    _judge_link(case)


@effect("subject.linked")
def link_subject(case: Case) -> None:
    """The old id leaves the register; conflicts hold for both (a visit to the old one may be due), and
    exclusions before a freeze go on under the new one."""
    _judge_link(case)
    d, facts = case.data, case.facts
    old, new = d["from"], d["to"]
    facts.put(f.LINKS, old, f.Link(new, d["kind"], case.seq))
    facts.delete(f.register("subjects"), old)
    for key, conflict in list(facts.rows(f.CONFLICTS)):
        officer, _, subject = key.partition("/")
        if subject == old and facts.get(f.CONFLICTS, f"{officer}/{new}") is None:
            facts.put(f.CONFLICTS, f"{officer}/{new}", conflict)
    for key, exclusion in list(facts.rows(f.EXCLUSIONS)):
        task, _, subject = key.partition("/")
        held = facts.get(f.TASKS, task)
        if subject == old and held is not None and not held.open_draw and not held.completed:
            facts.delete(f.EXCLUSIONS, key)
            facts.put(f.EXCLUSIONS, f"{task}/{new}", exclusion)


def _judge_link(case: Case) -> None:
    d: Data = case.data
    table = f.register("subjects")
    case.demand("list.link", d["from"] != d["to"], "two ids", d["from"])
    for end in (d["from"], d["to"]):
        known = case.facts.get(table, end) is not None and current(case.facts, end) == end
        case.demand("list.link", known, "subjects of the list", end)

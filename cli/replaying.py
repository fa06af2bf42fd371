"""A replayed ledger in words: its state, differences, the entry that broke a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cli.commands.list import NAMES
from cli.desk import roles_named
from cli.i18n import _, language_in_use
from cli.table import table
from cli.telling import label, time_shown, word
from ledger.audit import words
from ledger.audit.bisect import Broken
from ledger.audit.state import Change, Standing, State
from verifier.entry import Entry
from verifier.errors import N_
from verifier.facts import Facts
from verifier.phrases import chinese
from verifier.report import Finding
from verifier.rules import Rule, rules
from verifier.wording import STATUS, Language, printable

SHOWN = 40
"""Differences or dues that are shown to a person; JSON has all."""
_STATES = {
    "submitted": N_("submitted"),
    "approved": N_("approved"),
    "rejected": N_("returned"),
    "published": N_("published"),
    "proposed": N_("proposed"),
    "done": N_("done"),
    "frozen": N_("list frozen, not drawn yet"),
    "executed": N_("drawn"),
    "aborted": N_("aborted"),
    "recorded": N_("recorded"),
    "effective": N_("recorded and signed"),
    "voided": N_("void"),
}
_HOWS = {"added": N_("came"), "removed": N_("went"), "changed": N_("changed")}
_KINDS = {
    "plan": N_("plan"),
    "task": N_("task"),
    "draw": N_("draw"),
    "visit": N_("visit"),
    "person": N_("key holder"),
}


def state_lines(found: State, size: int) -> Iterator[str]:
    """The state at a moment, for a person."""
    at = found.moment
    yield _("{office}: the ledger after entry {seq} ({time}), {n} of {size} entries").format(
        office=printable(found.office), seq=at.size - 1, time=time_shown(at.time), n=at.size, size=size
    )
    if at.day > at.time[:10]:
        yield _("As of {day}; the last entry until then is of {time}.").format(
            day=at.day, time=time_shown(at.time)
        )
    yield _("Policy in force: {policy}").format(policy=found.policy or _("(none)"))
    yield from _part(
        _("Lists"),
        [_("List"), _("Rows"), _("Last edit"), _("by")],
        [(list_name(one.register), one.rows, f"#{one.seq}", one.holder) for one in found.lists],
    )
    for title, rows in ((_("Plans"), found.plans), (_("Tasks"), found.tasks)):
        yield from _part(title, [_("Id"), _("belongs to"), _("State"), _("Entry")], map(_standing, rows))
    draws = [(*_standing(one), one.g) for one in found.draws]
    yield from _part(_("Draws"), [_("Id"), _("belongs to"), _("State"), _("Entry"), "g"], draws)
    if found.visits:
        counts = "、".join(f"{_state(state)} {n}" for state, n in sorted(found.visits.items()))
        heading = _("Visits")
        yield from ("", f"【{heading}】", counts)
    people = [(one.holder, one.name, one.unit, roles_named(one.roles)) for one in found.people]
    yield from _part(_("Who held a key"), [_("Id"), _("Name"), _("Unit"), _("Roles")], people)
    waiting = [(f"#{w.seq}", words.kind(w.name, _lang()), w.of, _roles(w.state)) for w in found.waiting]
    if waiting:
        yield from _part(
            _("Waiting for confirmation"), [_("Entry"), _("What"), _("by"), _("whose turn")], waiting
        )
    if found.dues:
        dues = [_due(one) for one in found.dues[:SHOWN]]
        header = [_("State"), _("Entry"), _("What"), _("should be"), _("is")]
        yield from _part(_("What was due"), header, dues)
        yield from _more(len(found.dues))


def _part(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield from ("", f"【{title}】", *table(header, rows, widest=44))


def _standing(one: Standing) -> tuple[str, str, str, str]:
    return one.name, one.of, _state(one.state), f"#{one.seq}"


def _due(one: Finding) -> tuple[str, ...]:
    rule = rules()[one.rule]
    said = (rule.en, one.expected, one.found)
    if _lang() == "zh":
        said = (rule.zh, chinese(one.expected), chinese(one.found))
    seq = "" if one.location.entry is None else f"#{one.location.entry}"
    return (STATUS[one.status.value].say(_lang()), seq, *said)


def _more(n: int) -> Iterator[str]:
    if n > SHOWN:
        yield _("… {n} rows in all").format(n=n)


def _state(state: str) -> str:
    return _(_STATES[state]) if state in _STATES else state


def _roles(state: str) -> str:
    return roles_named(state.split("/")) if state else ""


def _lang() -> Language:
    return "en" if language_in_use() == "en" else "zh"


def list_name(register: str) -> str:
    """What a register is called."""
    first, _dot, rest = register.partition(".")
    if _lang() == "en":
        return printable(register)
    if first == "plan":
        return f"年度抽查计划 {printable(rest)}"
    return NAMES.get(first, printable(first)) + (f" {printable(rest)}" if rest else "")


def changed(found: Sequence[Change]) -> list[str]:
    """The differences between two moments, for a person."""
    rows = [
        (
            _(_HOWS[one.how]),
            list_name(one.kind.removeprefix("register/"))
            if one.kind.startswith("register/")
            else _(_KINDS[one.kind]),
            one.name,
            "；".join(_field(*field) for field in one.fields),
        )
        for one in found[:SHOWN]
    ]
    header = [_("How"), _("List or step"), _("Id"), _("Detail")]
    return [*table(header, rows, widest=70), *_more(len(found))] if rows else [_("Nothing differs.")]


def _field(name: str, before: str, after: str) -> str:
    told = [_state(value) if name == "state" else word(name, value) for value in (before, after)]
    said = _("State") if name == "state" else label(name)
    return f"{said}: {told[0]} → {told[1]}" if before else f"{said}: {told[1]}"


def bisected(facts: Facts, rule: Rule, broken: Broken, entry: Entry | None) -> Iterator[str]:
    """Where a rule was broken first, for a person."""
    lang = _lang()
    yield f"{rule.id}: {rule.en if lang == 'en' else rule.zh}"
    if broken.day:
        late = _("It was broken first on {day}: a day passed. The last entry until then is {seq}.")
        yield late.format(day=broken.day, seq=broken.seq)
    else:
        yield _("Entry {seq} of {time} broke it.").format(seq=broken.seq, time=time_shown(broken.time))
    if entry is not None:
        body = entry.body
        told = (str(body.seq), words.clock(body.time), words.who(facts, entry, lang))
        about = (words.kind(body.type, lang), words.about(entry))
        yield _("About entry: {told}").format(told=" · ".join(filter(None, (*told, *about))))
    expected, found = broken.finding.expected, broken.finding.found
    if lang == "zh":
        expected, found = chinese(expected), chinese(found)
    yield _("Should be: {expected}").format(expected=printable(expected) or "-")
    yield _("Is: {found}").format(found=printable(found) or "-")

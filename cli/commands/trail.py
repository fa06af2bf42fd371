"""`liuhen trail`: everything that touched one subject, officer, person, draw, plan or unit (轨迹)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from cli.desk import Desk, pass_desk
from cli.examples import example
from cli.i18n import _, language_in_use
from cli.table import table
from cli.telling import Teller, kind_name, label, seen_data, time_shown, word
from cli.typed import quoted
from ledger.audit import trail_page
from ledger.audit.explain import entries_at
from ledger.audit.missed import NEVER, WHY, Missed, missed, told
from ledger.audit.source import Source, opened
from ledger.audit.trail import HOW, Touch, trail
from ledger.commands import find
from ledger.durable import DOCUMENT, write_whole
from ledger.store import is_ledger
from verifier import facts as f
from verifier.bundle import open_bundle
from verifier.facts import Facts
from verifier.replay import replay_entries, verify_bundle
from verifier.report import Anchors, Report
from verifier.wording import Language


@click.command(
    help=_(
        "Every entry that touched WHAT: an enterprise, officer, person, draw, plan, task or unit, by id or "
        "name, who signed it, and what it changed. For an enterprise also the draws that it was kept out of: "
        "by which entry, and the rank it would have had. Read-only; no key is needed."
    )
    + example(
        "liuhen trail 91640221MA0000001X",
        "liuhen trail sun-approver --from 核验包.zip --html 孙三.html",
    )
)
@click.argument("what")
@click.option(
    "--from", "bundle", type=click.Path(path_type=Path), help=_("A bundle or ledger (default: the ledger)")
)
@click.option("--html", type=click.Path(path_type=Path), help=_("Write the trail as a document to print"))
@click.option("--yes", is_flag=True, help=_("Replace a file of this name without asking"))
@pass_desk
def command(desk: Desk, what: str, bundle: Path | None, html: Path | None, yes: bool) -> None:
    if html is not None:
        desk.may_replace(html, yes=yes)
    with opened(bundle or desk.ledger) as source:
        desk.elsewhere = source.origin
        facts = source.facts()
        name = find.anybody(facts, what)
        touches = list(trail(source, name))
        if not touches:
            raise find.nobody(what)
        teller = Teller(facts, lambda _leaf: None, source.open)
        known = f.register("subjects")
        is_subject = facts.get(known, name) is not None or any(
            t.how in ("removed", "in_pool") for t in touches
        )
        left_out = list(missed(source, name)) if is_subject else []
        lines = table(
            [_("No."), _("Time"), _("Who"), _("What"), _("How"), _("Detail")],
            [_row(teller, replace(one, private=())) for one in touches],
            right=(0,),
            widest=48,
        )
        lines += _private_lines(teller, touches)
        lines += _missed_lines(source, left_out)
        if html is not None:
            _write(html, source, name, touches, left_out, teller)
            lines.append(_("Written: {file}").format(file=html))
        desk.answer(
            _("{what}: {n} entries").format(what=_title(facts, name), n=len(touches)),
            *lines,
            next_step=f"liuhen log show {_telling(touches, left_out)}"
            + (f" --from {quoted(bundle)}" if bundle else ""),
            data={
                "what": name,
                "touches": [_data(one) for one in touches],
                "missed": [_missed(o) for o in left_out],
            },
        )


_TELLING = ("excluded", "removed", "changed", "drawn")
"""How an entry touched what is asked about, those that say most first."""


def _telling(touches: list[Touch], left_out: list[Missed]) -> int:
    """The entry to look at next: what kept it out of a draw that would have drawn it, else an edit, else
    the last."""
    kept_out = [one.seq for one in told(left_out)[0] if one.seq >= 0]
    if kept_out:
        return kept_out[0]
    for how in _TELLING:
        found = [one.entry.body.seq for one in touches if one.how == how]
        if found:
            return found[-1]
    return touches[-1].entry.body.seq


def _title(facts: Facts, name: str) -> str:
    for register in ("subjects", "officers"):
        row = facts.get(f.register(register), name)
        if row is not None:
            return f"{row.record.get('name', '')} {name}"
    held = facts.get(f.HOLDERS, name)
    return f"{held.name} {name}" if held and held.name else name


def _write(
    html: Path, source: Source, name: str, touches: list[Touch], left_out: list[Missed], teller: Teller
) -> None:
    facts = source.facts()
    report = _verified(source)
    holder = name if facts.get(f.HOLDERS, name) else ""
    lang: Language = "en" if language_in_use() == "en" else "zh"
    text = trail_page.page(
        _title(facts, name), facts, touches, left_out, report, lambda one: _detail(teller, one), lang, holder
    )
    write_whole(html, text.encode(), DOCUMENT)


def _verified(source: Source) -> Report:
    if is_ledger(source.path):
        report, _facts = replay_entries(source.read(), "", source.open)
        return replace(report, of_ledger=True)
    with open_bundle(source.path) as bundle:
        return verify_bundle(bundle, Anchors())


def _row(teller: Teller, one: Touch) -> list[object]:
    entry = one.entry
    return [
        entry.body.seq,
        time_shown(entry.body.time),
        teller.who(entry),
        kind_name(entry.body.type),
        _word(HOW, one.how),
        _detail(teller, one),
    ]


def _private_lines(teller: Teller, touches: list[Touch]) -> list[str]:
    """What this reader sees of private fields, below the table, which would cut it short."""
    rows = [
        (one.entry.body.seq, held.owner, label(held.field), teller.seen(held))
        for one in touches
        for held in one.private
    ]
    if not rows:
        return []
    header = (_("Entry"), _("Belongs to"), _("Field"), _("Content"))
    return ["", _("Private content:"), *table(header, rows, right=(0,), widest=100)]


def _detail(teller: Teller, one: Touch) -> str:
    entry = one.entry
    detail = "；".join(
        f"{label(name)}: {word(name, before)} → {word(name, after)}"
        if before
        else f"{label(name)}: {word(name, after)}"
        for name, before, after in one.detail
    )
    private = "；".join(f"{label(held.field)}: {teller.seen(held)}" for held in one.private)
    part = _("part {seq}").format(seq=one.part) if one.part >= 0 else ""
    return "；".join(filter(None, (detail or teller.about(entry.body.data), private, part)))


def _word(words: dict[str, tuple[str, str]], key: str) -> str:
    return words[key][1 if language_in_use() == "en" else 0]


def _missed_lines(source: Source, left_out: list[Missed]) -> list[str]:
    if not left_out:
        return []
    rows = []
    shown, never = told(left_out)
    held = entries_at(source, (one.seq for one in shown if one.seq >= 0))
    for one in shown:
        rank = f"{one.place.rank}/{one.place.n + 1}" if one.place else "-"
        outcome = _("would have been drawn") if one.would_be_drawn else _("would not have been drawn")
        entry = held.get(one.seq)
        when = time_shown(entry.body.time) if entry else ""
        rows.append(
            (
                one.draw,
                _word(WHY, one.why),
                one.seq if one.seq >= 0 else "-",
                when,
                rank,
                outcome if one.place else "-",
            )
        )
    header = [
        _("Draw"),
        _("Why it was not in the list"),
        _("Entry"),
        _("Time"),
        _("Rank"),
        _("With its ticket"),
    ]
    lines = ["", _("Draws that it was kept out of:"), *(table(header, rows, widest=40) if rows else [])]
    lang: Language = "en" if language_in_use() == "en" else "zh"
    return [*lines, NEVER.say(lang, n=len(never))] if never else lines


def _data(one: Touch) -> dict[str, object]:
    body = one.entry.body
    return {
        "seq": body.seq,
        "time": body.time,
        "type": body.type,
        "how": one.how,
        "part": one.part if one.part >= 0 else None,
        "detail": [list(row) for row in one.detail],
        "private": [seen_data(held) for held in one.private],
    }


def _missed(one: Missed) -> dict[str, object]:
    return {
        "draw": one.draw,
        "why": one.why,
        "seq": one.seq,
        "reason": one.reason,
        "rank": one.place.rank if one.place else None,
        "k": one.place.k if one.place else None,
        "would_be_drawn": one.would_be_drawn,
    }

"""The screen in the room: a draw in large type, page by page (`draw ceremony --show`, `draw show --screen`).

Every page is computed from what is recorded. Random numbers appear in their true order, the smallest first,
with the line where drawing stops; nothing moves that only looks random.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import click

from cli import console
from cli.desk import Desk, holder_name
from cli.drawing.question import filter_words, frozen_choice_lines, public_words
from cli.drawing.result import group_words, team_words
from cli.i18n import _
from cli.table import cut, width
from ledger.commands import draws, find
from ledger.forms.digits import grouped
from verifier import draw as lot
from verifier import facts as f
from verifier.wording import printable

LEAST = 60
"""Columns below which the page is not made narrower."""
MOST = 120
TICKET = 16
AFTER_CUT = 2
"""Subjects shown beyond the cut of a stratum, so that one sees where drawing stopped."""


class Frame(NamedTuple):
    """The signs of a frame: corners, the line above and below, the side."""

    left_top: str
    line: str
    right_top: str
    side: str
    left_low: str
    right_low: str


@dataclass(frozen=True)
class Page:
    """A title and lines; `wide` lines are set with a space between their characters where they fit."""

    title: str
    lines: tuple[str, ...]


def pages(facts: f.Facts, name: str) -> list[Page]:
    """Everything that there is to see of a draw now."""
    found = question_pages(facts, name) + party_pages(facts, name)
    return found + result_pages(facts, name)


def question_pages(facts: f.Facts, name: str) -> list[Page]:
    """What was sealed: who can be drawn, how many, who goes, M."""
    draw = draws.draw_of(facts, name)
    q = draw.question
    task = facts.get(f.TASKS, draw.task)
    row = facts.get(f.register(f"plan.{task.data['plan']}"), task.data["row"]) if task else None
    lines = [str(row.record["task_name"]) if row else draw.task, ""]
    for s in q["strata"]:
        told = _("{filter}: draw {k} of {n}")
        lines.append(told.format(filter=filter_words(s["filter"]), k=s["k"], n=s["n"]))
    lines += ["", _("Officers to draw from: {n}").format(n=q["lists"]["officers"]["n"])]
    lines += frozen_choice_lines(facts, name)
    lines.append(_("Public value: {form}").format(form=public_words(q["public"])))
    lines += ["", _("M, the fingerprint of this list:"), *_hash_lines(draw.m)]
    return [Page(_("1  List sealed"), tuple(lines))]


def party_pages(facts: f.Facts, name: str) -> list[Page]:
    """Who has sealed and opened a random number."""
    draw = draws.draw_of(facts, name)
    lines = []
    for party, holder in draws.parties(draw):
        sealed = _("[x] sealed") if party in draw.commits else _("[ ] sealed")
        opened = _("[x] opened") if party in draw.reveals else _("[ ] opened")
        lines += [holder_name(facts, holder), f"    {sealed}    {opened}", ""]
    if draw.value and draw.value != "none":
        lines += [_("Public value: {form}").format(form=draw.value)]
    return [Page(_("2  Random numbers"), tuple(lines))] if lines else []


def result_pages(facts: f.Facts, name: str) -> list[Page]:
    """Seed, random numbers in order down to the cut and a little beyond, and the teams."""
    draw = draws.draw_of(facts, name)
    if draw.state == "executed" and draw.veiled:
        return [_sealed_page(draw)]
    seed = draw.outcome.get("seed")
    if not seed:
        return []
    lines = [_("Seed, computed from everything above:"), *_hash_lines(seed), ""]
    lines.append(_("Anybody can recompute it: sha256sum seed.txt"))
    return [
        Page(_("3  Seed"), tuple(lines)),
        *(_ticket_page(facts, name, draw, seed, s) for s in draw.outcome["strata"]),
        _teams_page(facts, name, draw),
    ]


def _sealed_page(draw: f.Draw) -> Page:
    """Of a sealed draw the room sees that it was drawn, and nothing that would warn anybody."""
    lines = [
        _("{filter}: draw {k} of {n}").format(filter=filter_words(s["filter"]), k=s["k"], n=s["n"])
        for s in draw.question["strata"]
    ]
    told = _("Who was drawn stays sealed until every visit has a result; then anybody can recompute it.")
    return Page(_("3  Drawn, and sealed"), (*lines, "", told))


def _ticket_page(facts: f.Facts, name: str, draw: f.Draw, seed: str, stratum: f.Data) -> Page:
    frozen = facts.get(f.FROZEN, name)
    pool = [(s, words) for part, s, words in (frozen.pool if frozen else ()) if part == stratum["id"]]
    ranked = sorted((lot.ticket_subject(seed, subject), subject, words) for subject, words in pool)
    lines = []
    for rank, (ticket, _subject, words) in enumerate(ranked[: stratum["k"] + AFTER_CUT], 1):
        if rank == stratum["k"] + 1:
            lines.append("-" * 20 + " " + _("drawing stops here") + " " + "-" * 20)
        mark = "*" if rank <= stratum["k"] else " "
        lines.append(f"{mark} {rank:>3}  {grouped(ticket[:TICKET])} …  {printable(words)}")
    left = len(ranked) - stratum["k"] - AFTER_CUT
    if left > 0:
        lines.append(_("      … and {count} with larger random numbers").format(count=left))
    title = _("4  Drawn: {k} of {n}, smallest random number first").format(k=stratum["k"], n=stratum["n"])
    return Page(title, tuple(lines))


def _teams_page(facts: f.Facts, name: str, draw: f.Draw) -> Page:
    names = find.names_at_freeze(facts, name)
    lines: list[str] = []
    if draw.question["teams"] == "groups":
        groups: dict[tuple[str, ...], list[str]] = {}
        for team in find.teams_by_rank(facts, name):
            groups.setdefault(team.seats, []).append(names.get(team.subject, team.subject))
        for number, (seats, subjects) in enumerate(groups.items(), 1):
            lines.append(group_words(facts, number, seats))
            lines += [f"    {printable(subject)}" for subject in subjects]
    else:
        for team in find.teams_by_rank(facts, name):
            lines += [printable(names.get(team.subject, team.subject)), f"    {team_words(facts, team)}"]
    return Page(_("5  Who goes where (leader first)"), tuple(lines))


def _hash_lines(digest: str) -> list[str]:
    """A hash in four lines of two groups of eight, set wide: it is read aloud and compared."""
    groups = [" ".join(group) for group in grouped(digest).split()]
    return ["  " + "    ".join(groups[i : i + 2]) for i in range(0, 8, 2)]


@dataclass(frozen=True)
class Screen:
    """The terminal as the room sees it. `pause`: seconds a page stays; None waits for Enter."""

    desk: Desk
    pause: float | None = None

    def show(self, found: Sequence[Page]) -> None:
        """Page after page on a terminal; plainly, all of it, into a file or pipe."""
        live = sys.stdout.isatty()
        columns, rows = shutil.get_terminal_size((80, 24))
        for page in found:
            for part in fitted(page, rows):
                if live and _colours():
                    console.clear()
                for line in boxed(part, columns, framing(sys.stdout.encoding)):
                    click.echo(line)
                if live:
                    self._wait()

    def _wait(self) -> None:
        if self.pause is not None:
            time.sleep(self.pause)
        elif self.desk.interactive:
            click.prompt(_("Enter: next page"), default="", show_default=False, err=True)


def _colours() -> bool:
    return os.environ.get("TERM", "") not in ("", "dumb") or sys.platform == "win32"


def fitted(page: Page, rows: int) -> Iterator[Page]:
    """The page in as many as fit the height: a blank line between lines where there is room for it."""
    room = max(rows - 7, 5)
    spaced = 2 * len(page.lines) <= room
    lines = list(page.lines)
    if spaced:
        lines = [each for line in page.lines if line for each in (line, "")][:-1]
    parts = [lines[i : i + room] for i in range(0, len(lines), room)] or [[]]
    for number, part in enumerate(parts, 1):
        more = f"  ({number}/{len(parts)})" if len(parts) > 1 else ""
        yield Page(page.title + more, tuple(part))


def framing(encoding: str | None) -> Frame:
    """The signs of the frame: ASCII outside UTF-8, as a GBK console sets lines twice as wide."""
    return Frame(*"╔═╗║╚╝") if (encoding or "").lower().replace("-", "") == "utf8" else Frame(*"+-+|++")


def boxed(page: Page, columns: int, frame: Frame) -> list[str]:
    """The page as lines in a frame as wide as the terminal, the title with wide letters where they fit."""
    wide = min(max(columns, LEAST), MOST) - 2
    bar, side = frame.line * wide, frame.side
    inner = wide - 2
    spaced = " ".join(page.title) if not page.title.isascii() else page.title
    title = spaced if width(spaced) <= inner - 2 else page.title
    body = ["", _centred(title, inner), ""]
    body += [cut(text, inner) for text in page.lines]
    told = [f"{side} {text}{' ' * (inner - width(text))} {side}" for text in (*body, "")]
    return [frame.left_top + bar + frame.right_top, *told, frame.left_low + bar + frame.right_low]


def _centred(text: str, places: int) -> str:
    return " " * max((places - width(text)) // 2, 0) + text

"""What the pages say beside those of one plan or draw: the first page, lists, items, downloads, by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.cosigning.heads import Standing
from ledger.cosigning.words import in_words
from ledger.site import words
from ledger.site.memory import Edit
from ledger.site.render import HOME, Page
from verifier import drawfolder
from verifier import facts as f
from verifier.facts import Facts
from verifier.ids import is_practice

LATEST = 50
"""Edits of lists that are told one by one."""


@dataclass(frozen=True)
class Head:
    """The head that the site shows: entries, root hex, time of the last entry, names of the cosigners whose
    lines it bears; how far it is, None in a ledger that names no cosigner."""

    size: int
    root: str
    time: str
    cosigned: tuple[str, ...] = ()
    standing: Standing | None = None


@dataclass(frozen=True)
class DrawLine:
    """A draw in a list of draws."""

    name: str
    title: str
    state: words.Pair
    day: str
    drawn: int
    of: int
    page: str


def common(facts: Facts) -> dict[str, object]:
    """What every page is told: the office, the ledger, whether it is for practice."""
    ledger = facts.get(f.LEDGER, f.ONE)
    if ledger is None:
        return {"office": "", "ledger_id": "", "origin": "", "practice": False}
    return {
        "office": ledger.office,
        "ledger_id": ledger.id.hex(),
        "origin": ledger.origin,
        "practice": is_practice(ledger.origin),
    }


def home(facts: Facts, head: Head) -> Page:
    ledger = facts.get(f.LEDGER, f.ONE)
    lines = draw_lines(facts)
    draws = [draw for _, draw in facts.rows(f.DRAWS)]
    told = {
        "head": head,
        "standing": in_words,
        "log_key": ledger.log_vkey if ledger else "",
        "draws": lines[:10],
        "all_draws": len(lines),
        "completed": sum(draw.state == "executed" for draw in draws),
        "sealed": sum(draw.state == "executed" and draw.veiled for draw in draws),
        "elsewhere": sum(draw.state == "recorded" for draw in draws),
        "open": sum(draw.state == "frozen" for draw in draws),
    }
    return Page(HOME, "home.html", told)


def draw_lines(facts: Facts) -> list[DrawLine]:
    """Every draw, the newest first."""
    held = sorted(facts.rows(f.DRAWS), key=lambda pair: -pair[1].seq)
    return [
        DrawLine(
            name,
            title_of(facts, draw),
            words.STATES[state_of(draw)],
            (draw.executed_time or draw.time)[:10],
            sum(int(stratum["k"]) for stratum in draw.question["strata"]),
            sum(int(stratum["n"]) for stratum in draw.question["strata"]),
            f"draw/{name}/index",
        )
        for name, draw in held
    ]


def state_of(draw: f.Draw) -> str:
    """The state in `words.STATES`."""
    return "veiled" if draw.state == "executed" and draw.veiled else draw.state


def title_of(facts: Facts, draw: f.Draw) -> str:
    """The name of the task in the plan; its id where the row left the plan."""
    task = facts.get(f.TASKS, draw.task)
    row = facts.get(f.register(f"plan.{task.data['plan']}"), task.data["row"]) if task else None
    return str(row.record["task_name"]) if row else draw.task


def draws(facts: Facts) -> Page:
    return Page("draws", "draws.html", {"draws": draw_lines(facts)})


def items(facts: Facts) -> Page:
    held = [row.record for _, row in facts.rows(f.register("items"))]
    rows = [
        {
            **record,
            "class": words.CLASSES[record["class"]],
            "methods": [words.WAYS[code] for code in record["methods"]],
        }
        for record in sorted(held, key=lambda record: record["seq"])
    ]
    receipts = [row for _, row in facts.rows(f.RECEIPTS, "items/")]
    published = [(words.WHERE.get(row.channel, row.channel), row.date) for row in receipts]
    return Page("items", "items.html", {"items": rows, "published": published})


@dataclass(frozen=True)
class Register:
    """The edits of a list in numbers; `now` is what they leave in it."""

    title: words.Pair
    edits: int
    added: int
    changed: int
    removed: int

    @property
    def now(self) -> int:
        return self.added - self.removed


def lists(edits: Sequence[Edit]) -> Page:
    found: dict[str, list[Edit]] = {}
    for edit in edits:
        found.setdefault(edit.register, []).append(edit)
    known = list(words.REGISTERS)
    order = sorted(found, key=lambda name: (known.index(name) if name in known else len(known), name))
    registers = [
        Register(
            words.register_words(name),
            len(found[name]),
            sum(edit.added for edit in found[name]),
            sum(edit.changed for edit in found[name]),
            sum(edit.removed for edit in found[name]),
        )
        for name in order
    ]
    latest = [(edit, words.register_words(edit.register)) for edit in reversed(edits[-LATEST:])]
    return Page("lists", "lists.html", {"registers": registers, "latest": latest, "all": len(edits)})


def published_draws(facts: Facts) -> list[str]:
    """Draws that have a folder of files."""
    return [name for name, draw in facts.rows(f.DRAWS) if drawfolder.published(draw, openings=False)]


def downloads(facts: Facts) -> Page:
    return Page("downloads", "downloads.html", {"draws": published_draws(facts)})


def by_hand(facts: Facts) -> Page:
    ledger = facts.get(f.LEDGER, f.ONE)
    named = published_draws(facts)
    told = {"log_key": ledger.log_vkey if ledger else "", "example": named[-1] if named else "d1"}
    return Page("check", "check.html", told)


def single(facts: Facts) -> Iterator[tuple[str, Page]]:
    """(part, page) of the pages that stand once and rest on facts alone."""
    yield "draws", draws(facts)
    yield "items", items(facts)
    yield "downloads", downloads(facts)
    yield "check", by_hand(facts)

"""Pictures of a ledger's history: a year at a glance, a draw under the lens, list edits around a freeze.

SVG with titles on what is pointed at; no script, no font, no network.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from math import sqrt

from ledger import plots
from ledger.audit import words
from ledger.audit.source import Source
from ledger.audit.words import listed
from verifier import draw as lot
from verifier import facts as f
from verifier.entry import Entry
from verifier.errors import N_, Exit, LiuhenError
from verifier.facts import Data, Facts
from verifier.law.question import pools
from verifier.wording import Language, Text, printable

AROUND = 30
"""Days before and after a freeze."""
NEAR = 7
"""Days before a freeze whose edits are marked."""
LANES: Mapping[str, tuple[Text, tuple[str, ...]]] = {
    "lists": (
        Text("名录变更", "list edits"),
        ("import.", "conflict.", "officer.", "subject.", "task.excluded"),
    ),
    "plans": (Text("计划", "plans"), ("plan.", "policy.", "calendar.")),
    "tasks": (Text("任务", "tasks"), ("task.",)),
    "draws": (Text("摇号", "draws"), ("draw.",)),
    "visits": (Text("检查", "visits"), ("visit.", "notice.", "check.")),
    "results": (Text("公示", "publication"), ("result.", "bulletin.", "followup.", "platform.")),
    "changes": (Text("更正作废", "corrections"), ("corrected", "voided", "clock.", "private.erased")),
    "others": (Text("其他", "others"), ("",)),
}
"""Lane → its name, beginnings of its types; the first lane that fits."""
_RED = ("corrected", "voided", "clock.corrected", "draw.aborted", "private.erased", "task.excluded")
_GREEN, _AMBER = "#2e7d32", "#d9a520"
_LEFT, _WIDE, _LANE = 90, 690, 34
_YEAR = Text("{year} 年一览", "{year} at a glance")
_YEAR_NOTE = Text(
    "每个圆点是一天内的记录，越大越多；红色是更正、作废、剔除、中止。指着圆点可看条目。竖线是封存名单的日子。",
    "A dot is a day's entries, larger for more; red are corrections, voids, exclusions, aborts. Point at a "
    "dot to see them. Upright lines are freezes.",
)


def lane_of(type_: str) -> str:
    return next(name for name, (_text, starts) in LANES.items() if type_.startswith(starts))


@dataclass
class Chronicle:
    """What the pictures need of the entries, read once."""

    days: dict[tuple[str, str], list[Entry]] = field(default_factory=dict)
    """(lane, day) → its entries; chunks of imports are left to their close"""
    edits: list[Entry] = field(default_factory=list)
    draws: dict[str, list[Entry]] = field(default_factory=dict)
    years: Counter[int] = field(default_factory=Counter)


def chronicle(source: Source) -> Chronicle:
    """Read every entry."""
    found = Chronicle()
    for entry in source.entries():
        body = entry.body
        if body.type == "import.chunk":
            continue
        found.days.setdefault((lane_of(body.type), body.time[:10]), []).append(entry)
        found.years[int(body.time[:4])] += 1
        if body.type in ("import.closed", "task.excluded", "conflict.declared", "officer.absent"):
            found.edits.append(entry)
        if body.type.startswith("draw."):
            found.draws.setdefault(str(body.data.get("draw", "")), []).append(entry)
    return found


def page(source: Source, lang: Language, *, year: int = 0, draw: str = "") -> str:
    """The timeline as one HTML file: a year (default: each that has entries) and the draws, or one draw.
    Raises E-REPLAY-DRAW, E-REPLAY-YEAR."""
    facts = source.facts()
    held = chronicle(source)
    if draw and draw not in held.draws:
        raise LiuhenError(
            "E-REPLAY-DRAW",
            N_("There is no draw {draw} in this ledger."),
            remedy=N_("Its draws: {draws}"),
            exit=Exit.USAGE,
            draw=draw,
            draws=listed(sorted(held.draws), "次", 20)[lang == "en"],
        )
    if year and year not in held.years:
        raise LiuhenError(
            "E-REPLAY-YEAR",
            N_("There is no entry of {year}."),
            remedy=N_("Years that have entries: {years}"),
            exit=Exit.USAGE,
            year=year,
            years=", ".join(map(str, sorted(held.years))) or "-",
        )
    ledger = facts.get(f.LEDGER, f.ONE)
    title = Text("全程时间线", "Timeline").say(lang) + (f" · {printable(ledger.office)}" if ledger else "")
    parts: list[str] = []
    for one in [] if draw else [year] if year else sorted(held.years):
        parts += _year(one, held, facts, lang)
    for name in [draw] if draw else sorted(held.draws, key=lambda d: held.draws[d][0].body.seq):
        if not year or any(e.body.time[:4] == str(year) for e in held.draws[name]):
            parts += draw_parts(name, held, facts, lang)
    parts.append(f"<footer>{escape(_FOOT.say(lang, n=source.size))}</footer>")
    return plots.page(title, parts, "en" if lang == "en" else "zh-CN")


_FOOT = Text(
    "依据台账的 {n} 条记录绘制，不联网、不含脚本。"
    "时间是录入电脑当时的时钟；本页不作核验，核验用 liuhen verify。",
    "Drawn from {n} entries; no network, no script. Times are what the writer's clock said. This page "
    "verifies nothing: liuhen verify does.",
)


def _year(year: int, held: Chronicle, facts: Facts, lang: Language) -> Iterator[str]:
    yield f"<h2>{escape(_YEAR.say(lang, year=year))}</h2>"
    lanes = [name for name in LANES if any(lane == name and d[:4] == str(year) for lane, d in held.days)]
    first, days = date(year, 1, 1), 366
    base = 26 + _LANE * len(lanes)
    inner = [_months(year, base)]
    for frozen in (e for steps in held.draws.values() for e in steps if e.body.type == "draw.frozen"):
        if frozen.body.time[:4] == str(year):
            x = _x(frozen.body.time[:10], first, days)
            inner.append(f'<path d="M{x:.1f} 20V{base}" stroke="{plots.INK}" stroke-dasharray="2 3"/>')
    for place, lane in enumerate(lanes):
        y = 26 + _LANE * place + _LANE / 2
        inner.append(plots.text(_LEFT - 8, y + 5, LANES[lane][0].say(lang), "end"))
        inner.append(f'<path d="M{_LEFT} {y}h{_WIDE}" stroke="{plots.PALE}" stroke-width="2"/>')
        for (name, day), entries in sorted(held.days.items()):
            if name == lane and day[:4] == str(year):
                inner.append(_dot(_x(day, first, days), y, day, entries, facts, lang))
    yield plots.svg(base + 24, _YEAR.say(lang, year=year), "".join(inner))
    yield f'<p class="small">{escape(_YEAR_NOTE.say(lang))}</p>'


def _x(day: str, first: date, days: int) -> float:
    return _LEFT + _WIDE * (date.fromisoformat(day) - first).days / days


def _months(year: int, base: int) -> str:
    found = []
    for month in range(1, 13):
        x = _x(f"{year}-{month:02}-01", date(year, 1, 1), 366)
        found.append(f'<path d="M{x:.1f} 20V{base}" stroke="#e3e3e3"/>')
        found.append(plots.text(x + 28, base + 17, month, "middle", plots.GREY))
    return "".join(found)


def _dot(x: float, y: float, day: str, entries: Sequence[Entry], facts: Facts, lang: Language) -> str:
    red = any(e.body.type in _RED for e in entries)
    radius = min(_LANE / 2 - 2, 3 + 1.6 * sqrt(len(entries)))
    kinds = Counter(words.kind(e.body.type, lang) for e in entries)
    people = sorted({words.who(facts, e, lang) for e in entries[:200]})
    told = [f"{day}  #{entries[0].body.seq}–#{entries[-1].body.seq}"]
    told += [f"{kind} × {n}" for kind, n in kinds.most_common(8)] + [listed(people, "人", 6)[lang == "en"]]
    colour = plots.RED if red else plots.INK
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}" fill-opacity=".75">'
        f"<title>{escape(chr(10).join(told))}</title></circle>"
    )


def draw_parts(name: str, held: Chronicle, facts: Facts, lang: Language) -> Iterator[str]:
    """One draw: its steps and who took them, its tickets, list edits around its freeze."""
    row = facts.get(f.DRAWS, name)
    task = facts.get(f.TASKS, row.task) if row else None
    about = f"{name}" + (f" · {row.task}" if row else "") + (f" · g = {task.outcomes}" if task else "")
    yield f"<h2>{escape(Text('抽取', 'Draw').say(lang))} {escape(printable(about))}</h2>"
    yield _steps(held.draws[name], facts, lang)
    if row is not None and row.outcome:
        frozen = facts.get(f.FROZEN, name)
        if frozen is not None:
            yield from _tickets(row, frozen, lang)
    elif row is not None and row.sealed_outcome:
        yield f'<p class="mark">{escape(_SEALED.say(lang))}</p>'
    freeze = next((e for e in held.draws[name] if e.body.type == "draw.frozen"), None)
    if freeze is not None:
        yield _around(freeze, held.edits, facts, lang)


_SEALED = Text(
    "本次抽取尚未公开，结果不在此处。", "This draw is not public yet; its result is not shown here."
)


def _steps(entries: Sequence[Entry], facts: Facts, lang: Language) -> str:
    """Boxes in the order of the entries, the time between them on the arrows."""
    wide, high, per = 190, 64, 4
    inner = []
    shown = entries[:40]
    for place, entry in enumerate(shown):
        column, line = place % per, place // per
        x, y = 4 + column * (wide + 10), 6 + line * (high + 16)
        colour = plots.RED if entry.body.type in _RED else plots.INK
        inner.append(
            f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" rx="6" fill="#fff" stroke="{colour}"/>'
            + plots.text(x + 8, y + 19, words.kind(entry.body.type, lang), colour=colour)
            + plots.text(x + 8, y + 37, words.who(facts, entry, lang)[:26])
            + plots.text(
                x + 8, y + 55, f"{words.clock(entry.body.time)} #{entry.body.seq}"[5:], colour="#666"
            )
        )
        if column:
            inner.append(f'<path d="M{x - 10} {y + high / 2}h10" stroke="{plots.GREY}"/>')
    lines = -(-len(shown) // per)
    return plots.svg(lines * (high + 16) + 8, Text("各步", "steps").say(lang), "".join(inner))


_TICKETS = Text(
    "{stratum}：{n} 户抽 {k} 户。随机号从小到大排，界线左侧（红色）即抽中；户数多时各段应大致一样高。",
    "{stratum}: {k} of {n}. Tickets from small to large; left of the cut is drawn. "
    "Columns are about equal where there are many.",
)


def _tickets(row: f.Draw, frozen: f.Frozen, lang: Language) -> Iterator[str]:
    """Of each stratum the tickets in forty columns and the cut."""
    cuts = {s["id"]: s.get("cut", "") for s in row.outcome["strata"]}
    for stratum, k, subjects in pools(frozen, row.question["strata"]):
        tickets = [bytes.fromhex(ticket) for ticket, _ in lot.order(row.outcome["seed"], subjects)]
        if not tickets:
            continue
        places = [int.from_bytes(t[:6], "big") / 2**48 for t in tickets]
        cut = int(cuts[stratum][:12], 16) / 2**48 if cuts.get(stratum) else 0.0
        bins = min(40, max(8, len(places) // 5))
        counts = Counter(min(int(p * bins), bins - 1) for p in places)
        top = max(counts.values())
        base = 96
        inner = []
        for number in range(bins):
            x, wide = _LEFT + _WIDE * number / bins, _WIDE / bins
            high = 80 * counts[number] / top
            inner.append(
                f'<rect x="{x + 1:.1f}" y="{base - high:.1f}" width="{wide - 2:.1f}" height="{high:.1f}" '
                f'fill="{plots.PALE}" stroke="{plots.INK}" stroke-width=".5">'
                f"<title>{counts[number]}</title></rect>"
            )
        for value in places[: min(k, 400)]:
            inner.append(
                f'<path d="M{_LEFT + _WIDE * value:.1f} {base}v-14" stroke="{plots.RED}" stroke-width="1.4"/>'
            )
        x = _LEFT + _WIDE * cut
        inner.append(f'<path d="M{x:.1f} 8V{base + 6}" stroke="{plots.RED}" stroke-dasharray="5 3"/>')
        inner.append(plots.text(x + 4, base + 18, Text("抽中界线", "cut").say(lang), colour=plots.RED))
        inner.append(plots.text(_LEFT, base + 18, "0", "middle"))
        inner.append(plots.text(_LEFT + _WIDE, base + 18, "1", "middle"))
        told = _TICKETS.say(lang, stratum=printable(stratum), n=len(places), k=k)
        yield f"<p>{escape(told)}</p>" + plots.svg(base + 26, told, "".join(inner))


_AROUND = Text("封存前后 {days} 日的名录变动", "List edits within {days} days of the freeze")
_NONE = Text("这段时间名录没有变动。", "No list was edited in these days.")
_NEAR = Text(
    "封存前 {days} 日内（红框）的变动要逐条看依据。", "Look at the grounds of what is in the red frame."
)


def _around(freeze: Entry, edits: Iterable[Entry], facts: Facts, lang: Language) -> str:
    day = date.fromisoformat(freeze.body.time[:10])
    first = day - timedelta(days=AROUND)
    near = [e for e in edits if abs((date.fromisoformat(e.body.time[:10]) - day).days) <= AROUND]
    title = _AROUND.say(lang, days=AROUND)
    if not near:
        return f"<h3>{escape(title)}</h3><p>{escape(_NONE.say(lang))}</p>"
    lanes = sorted({_edited(e, lang) for e in near})
    base = 30 + _LANE * len(lanes)

    def place(when: str) -> float:
        return _LEFT + 40 + (_WIDE - 40) * ((date.fromisoformat(when) - first).days + 0.5) / (2 * AROUND + 1)

    frozen = place(freeze.body.time[:10])
    week = place((day - timedelta(days=NEAR)).isoformat())
    inner = [
        f'<rect x="{week:.1f}" y="20" width="{frozen - week:.1f}" height="{base - 20}" fill="#fbeae8" '
        f'stroke="{plots.RED}" stroke-width=".6"/>',
        f'<path d="M{frozen:.1f} 14V{base + 4}" stroke="{plots.INK}" stroke-width="2"/>',
        plots.text(frozen, 11, Text("封存名单", "freeze").say(lang), "middle"),
    ]
    for number, lane in enumerate(lanes):
        y = 26 + _LANE * number + _LANE / 2
        inner.append(plots.text(_LEFT + 30, y + 5, lane, "end"))
        inner.append(f'<path d="M{_LEFT + 40} {y}h{_WIDE - 40}" stroke="#ddd"/>')
        inner += [
            _edit(place(e.body.time[:10]), y, e, e.body.seq > freeze.body.seq, facts, lang)
            for e in near
            if _edited(e, lang) == lane
        ]
    for shift in range(-AROUND, AROUND + 1, 10):
        when = day + timedelta(days=shift)
        inner.append(plots.text(place(when.isoformat()), base + 17, f"{when:%m-%d}", "middle", plots.GREY))
    note = _NEAR.say(lang, days=NEAR)
    return (
        f"<h3>{escape(title)}</h3>"
        + plots.svg(base + 24, title, "".join(inner))
        + f'<p class="small">{escape(note)}</p>'
    )


_REGISTERS = {"subjects": "检查对象", "officers": "执法人员", "items": "抽查事项"}


def _edited(entry: Entry, lang: Language) -> str:
    data: Data = dict(entry.body.data)
    register = str(data.get("register", ""))
    if not register:
        return words.kind(entry.body.type, lang)
    return register if lang == "en" else _REGISTERS.get(register, register)[:8]


def _edit(x: float, y: float, entry: Entry, after: bool, facts: Facts, lang: Language) -> str:
    """A bar of what was added, changed and removed, side by side; a diamond for what is no import."""
    data: Data = dict(entry.body.data)
    told = [
        f"#{entry.body.seq} {words.clock(entry.body.time)}",
        f"{words.kind(entry.body.type, lang)} {words.about(entry)}",
        words.who(facts, entry, lang),
        printable(str(data["reason"])) if isinstance(data.get("reason"), str) else "",
    ]
    fade = ' opacity=".45"' if after else ""
    if entry.body.type != "import.closed":
        shape = f'<path d="M{x:.1f} {y - 7}l7 7-7 7-7-7z" fill="{plots.RED}"/>'
    else:
        parts = ((data["added"], _GREEN), (data["changed"], _AMBER), (data["removed"]["n"], plots.RED))
        told.append(f"+{data['added']} ~{data['changed']} −{data['removed']['n']}")
        shape, at = "", x - 7
        for count, colour in parts:
            if count:
                high = min(_LANE - 8, 6 + 3 * sqrt(count))
                box = f'x="{at:.1f}" y="{y - high / 2:.1f}" width="5" height="{high:.1f}"'
                shape, at = f'{shape}<rect {box} fill="{colour}"/>', at + 5
    return f"<g{fade}><title>{escape(chr(10).join(filter(None, told)))}</title>{shape}</g>"

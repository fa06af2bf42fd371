"""The audit as one HTML page that is read offline: when and where doubts stand, each with what to ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from html import escape

from ledger import plots
from ledger.audit.audit import Audit
from ledger.audit.detectors.doubt import WEIGHTS, Detector, Doubt, detectors
from ledger.audit.words import clock, kind
from verifier import facts as f
from verifier.facts import Facts
from verifier.wording import PRACTICE, VERDICT, Language, Text, printable

TITLE = Text("疑点筛查报告", "Audit: what deserves a question")
ABOUT = Text(
    "疑点只是提出问题，不是对任何人的结论；台账是否合规以核验结论为准。每条都写明了可能的正当原因，请先问、再查。",
    "A doubt opens a question and accuses nobody; whether the ledger is lawful is for verification alone. "
    "Each says what may explain it without fault: ask first, then look.",
)
SHOWN = 200
"""Doubts of one detector that the page tells in words; the JSON form has all."""
MET = 20
"""Draws, enterprises and people of several kinds of doubts that are shown."""
_COLOURS = {"grave": plots.RED, "notable": "#b7791f", "light": "#78909c"}
_WHEN = Text("疑点时间分布", "When")
TOGETHER = Text("多类疑点集中的对象", "Where doubts of several kinds meet")
_WHOM = Text("对象", "About")
_ENTRIES = Text("记录", "entries")
_MORE = Text("另有 {n} 条", "and {n} more")
OF = Text("等 {n} 个，这里列出疑点类别最多的 {shown} 个", "{n} in all; shown are the {shown} of most kinds")
SKIPPED = Text("未能筛查的事项", "Not examined")
_ASKED = Text("筛查项目和界限", "Detectors and thresholds")
_LIMITS = Text("界限", "Thresholds")
_ASK = Text("先问", "Ask")
_HARMLESS = Text("可能的正当原因", "What may explain it")
_BASIS = Text("依据", "Basis")
_CHANCE = Text("正常台账也会出现", "An honest ledger raises")
NONE = Text("筛查了 {n} 项，没有发现疑点。", "{n} detectors asked, no doubt found.")
_OWN = Text(
    "本单位细则自行规定的界限：{told}。按通常界限再查：加 {options}",
    "Thresholds that the office's own policy sets: {told}. To ask with the usual ones: {options}",
)
_CHOSEN = Text(
    "本次筛查改用的界限（--threshold）：{told}。",
    "Thresholds changed for this audit (--threshold): {told}.",
)
UNSOUND = Text(
    "本台账未通过核验，请先处理核验发现的问题。", "The ledger did not pass verification: settle that first."
)


def page(told: Audit, lang: Language) -> str:
    """The whole page."""
    return plots.page(title(told, lang), list(_parts(told, lang)), "en" if lang == "en" else "zh-CN")


def title(told: Audit, lang: Language) -> str:
    """What the report is of: a practice ledger is marked, a year is named."""
    mark = PRACTICE.say(lang) if told.office.report.practice else ""
    year = f" · {told.year}" if told.year else ""
    return f"{mark}{TITLE.say(lang)} · {printable(told.office.name)}{year}"


def summary(told: Audit, lang: Language) -> list[tuple[object, ...]]:
    """One row for each detector with doubts: weight, title, how many."""
    return [
        (weight(held, lang), pick(held.title, lang), len(doubts))
        for held, doubts in ((detectors()[name], found) for name, found in told.by_detector.items())
    ]


HEADER = (Text("程度", "Weight"), Text("筛查项目", "Detector"), Text("疑点", "Doubts"))


def own(told: Audit, lang: Language) -> str:
    """What the office's policy sets otherwise than usual, and how to ask without it; "" for nothing."""
    if not told.own:
        return ""
    usual = Text("{name}＝{n}（通常 {usual}）", "{name} = {n} (usually {usual})")
    said = [usual.say(lang, name=name, n=n, usual=was) for name, (n, was) in told.own.items()]
    options = " ".join(f"--threshold {name}={was}" for name, (_, was) in told.own.items())
    return _OWN.say(lang, told=("; " if lang == "en" else "；").join(said), options=options)


def chosen(told: Audit, lang: Language) -> str:
    """What was asked with instead of what holds otherwise; "" for nothing."""
    if not told.chosen:
        return ""
    was = Text("{name}＝{n}（原为 {usual}）", "{name} = {n} (was {usual})")
    said = [was.say(lang, name=name, n=n, usual=usual) for name, (n, usual) in told.chosen.items()]
    return _CHOSEN.say(lang, told=("; " if lang == "en" else "；").join(said))


def weight(held: Detector, lang: Language) -> str:
    return pick(WEIGHTS[held.weight], lang)


def pick(words: tuple[str, str], lang: Language) -> str:
    """The words of a language."""
    return words[1] if lang == "en" else words[0]


def sentence(doubt: Doubt, lang: Language) -> str:
    """What was found, safe to show, with its chance where there is one."""
    chance = "" if doubt.p is None else f" (p = {doubt.p:.2g})"
    return printable(doubt.sentence(zh=lang != "en"), 800) + chance


def _parts(told: Audit, lang: Language) -> Iterator[str]:
    yield f'<p class="mark">{escape(ABOUT.say(lang))}</p>'
    verdict = VERDICT[told.office.report.verdict.value].say(lang)
    held = f"{told.office.report.head} · {_ENTRIES.say(lang)} {told.entries} · {told.office.today}"
    yield f'<p><b>{escape(verdict)}</b></p><p class="small">{escape(held)}</p>'
    if not told.sound:
        yield f'<p class="mark">{escape(UNSOUND.say(lang))}</p>'
    if told.own:
        yield f'<p class="mark">{escape(own(told, lang))}</p>'
    if told.chosen:
        yield f'<p class="mark">{escape(chosen(told, lang))}</p>'
    if not told.doubts:
        yield f"<p>{escape(NONE.say(lang, n=len(told.asked)))}</p>"
    else:
        yield plots.html_table([one.say(lang) for one in HEADER], summary(told, lang))
        yield _heading(_WHEN, lang)
        yield _when(told, lang)
    if told.together:
        yield _heading(TOGETHER, lang)
        rows = [
            (called(told.office.facts, one), "；".join(_title(name, lang) for name in held))
            for one, held in told.together[:MET]
        ]
        yield plots.html_table([_WHOM.say(lang), HEADER[1].say(lang)], rows)
        if len(told.together) > MET:
            yield f"<p>{escape(OF.say(lang, n=len(told.together), shown=MET))}</p>"
    for name, doubts in told.by_detector.items():
        yield from _one(detectors()[name], doubts, told, lang)
    if told.skipped:
        yield _heading(SKIPPED, lang)
        lines = [f"{_title(name, lang)}：" * bool(name) + pick(words, lang) for name, words in told.skipped]
        yield "<ul>" + "".join(f"<li>{escape(printable(line, 400))}</li>" for line in lines) + "</ul>"
    yield _heading(_ASKED, lang)
    yield plots.html_table(
        [HEADER[0].say(lang), HEADER[1].say(lang), _LIMITS.say(lang)], list(_asked(told, lang))
    )


def called(facts: Facts, one: str) -> str:
    """An id with the name of the enterprise or person, where it has one."""
    subject = facts.get(f.register("subjects"), one)
    holder = facts.get(f.HOLDERS, one)
    name = subject.record["name"] if subject else holder.name if holder else ""
    return printable(f"{one} {name}".strip())


def _heading(text: Text, lang: Language) -> str:
    return f"<h2>{escape(text.say(lang))}</h2>"


def _title(name: str, lang: Language) -> str:
    return pick(detectors()[name].title, lang)


def _one(held: Detector, doubts: list[Doubt], told: Audit, lang: Language) -> Iterator[str]:
    colour = _COLOURS[held.weight]
    head = f"{pick(held.title, lang)}（{weight(held, lang)}，{len(doubts)}）"
    yield f'<h2 id="{held.id}" style="border-left:.4em solid {colour};padding-left:.5em">{escape(head)}</h2>'
    for text, words in ((_ASK, held.ask), (_HARMLESS, held.harmless), (_CHANCE, held.chance)):
        yield f"<p><b>{escape(text.say(lang))}</b>　{escape(pick(words, lang))}</p>"
    basis = f"<b>{escape(_BASIS.say(lang))}</b>　{escape(held.basis)}"
    yield f'<p class="small">{basis}　<code>{held.id}</code></p>'
    yield "<ol>"
    for doubt in doubts[:SHOWN]:
        yield f"<li>{escape(sentence(doubt, lang))}<br>{_entries(doubt, told, lang)}</li>"
    yield "</ol>"
    if len(doubts) > SHOWN:
        yield f"<p>{escape(_MORE.say(lang, n=len(doubts) - SHOWN))}</p>"


def _entries(doubt: Doubt, told: Audit, lang: Language) -> str:
    shown = [told.steps[seq] for seq in doubt.entries[:6]]
    lines = [f"#{s.seq} {clock(s.time)} {kind(s.type, lang)} {printable(s.holder)}" for s in shown]
    rest = len(doubt.entries) - len(shown)
    more = f" {_MORE.say(lang, n=rest)}" if rest else ""
    return f'<span class="small">{escape("；".join(lines) + more)}</span>'


def _when(told: Audit, lang: Language) -> str:
    """Lanes of detectors over the years of the ledger; a dot is a day with doubts, larger for more."""
    days = [date.fromisoformat(told.day(doubt)) for doubt in told.doubts]
    first, last = date(min(days).year, 1, 1), date(max(days).year, 12, 31)
    span, left, wide, lane = (last - first).days, 350, 440, 24
    base = 24 + lane * len(told.by_detector)
    inner = []
    for year in range(first.year, last.year + 1):
        x = left + wide * (date(year, 1, 1) - first).days / span
        inner.append(f'<path d="M{x:.1f} 10V{base}" stroke="#ccc"/>' + plots.text(x + 2, base + 14, year))
    for row, (name, doubts) in enumerate(told.by_detector.items()):
        y = 24 + lane * row
        inner.append(plots.text(0, y + 4, printable(_title(name, lang), 60)))
        counts: dict[str, int] = {}
        for doubt in doubts:
            counts[told.day(doubt)] = counts.get(told.day(doubt), 0) + 1
        for day, n in counts.items():
            x = left + wide * (date.fromisoformat(day) - first).days / span
            size = min(3 + n**0.5, 9)
            inner.append(
                f'<circle cx="{x:.1f}" cy="{y}" r="{size:.1f}" fill="{_COLOURS[detectors()[name].weight]}" '
                f'fill-opacity=".75"><title>{day}: {n}</title></circle>'
            )
    return plots.svg(base + 24, _WHEN.say(lang), "".join(inner))


def _asked(told: Audit, lang: Language) -> Iterator[tuple[object, ...]]:
    for held in told.asked:
        limits = [
            f"{one.name.removeprefix(held.id + '.')} = {told.limits[one.name]} {pick(one.unit, lang)}"
            for one in held.thresholds
        ]
        yield weight(held, lang), f"{pick(held.title, lang)} ({held.id})", "；".join(limits)

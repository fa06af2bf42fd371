"""A verification as one page that is read offline: verdict, what is red and where, what stands, what is not
proven."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

from ledger import plots
from ledger.audit import explain
from ledger.audit.explain import Explained, standing
from verifier import facts as f
from verifier import wording
from verifier.facts import Facts
from verifier.phrases import chinese
from verifier.report import Category, Check, Report, Status
from verifier.wording import Language, Text, printable

_COLOURS = {
    Status.PASS: "#2e7d32",
    Status.FAIL: plots.RED,
    Status.INCONCLUSIVE: "#b7791f",
    Status.WARN: "#d9a520",
    Status.NOT_DUE: "#90a4ae",
    Status.NA: "#e0e0e0",
}
TITLE = Text("核验报告", "Verification report")
ON_RECORD = Text("记录在案", "On record")


def page(report: Report, facts: Facts, explained: Sequence[Explained], lang: Language) -> str:
    """The whole page."""
    ledger = facts.get(f.LEDGER, f.ONE)
    title = TITLE.say(lang) + (f" · {printable(ledger.office)}" if ledger else "")
    return plots.page(title, list(_parts(report, facts, explained, lang)), "en" if lang == "en" else "zh-CN")


def _parts(report: Report, facts: Facts, explained: Sequence[Explained], lang: Language) -> Iterator[str]:
    colour = {"pass": "#2e7d32", "fail": plots.RED}.get(report.verdict.value, "#b7791f")
    yield f'<p style="font-size:1.3em;border-left:.4em solid {colour};padding-left:.6em">'
    yield f"{escape(report.sentence(lang))}</p>"
    yield _bars(report, lang)
    told = [
        (wording.LEDGER, report.ledger),
        (wording.SUBJECT_LEDGER if report.of_ledger else wording.SUBJECT, report.subject),
        (wording.HEAD, report.head),
        (wording.LAST_TIME, report.last_time),
        (wording.TOOL, report.tool_version),
    ]
    rows = [(text.say(lang), held or wording.UNKNOWN.say(lang)) for text, held in told]
    yield "".join(f'<p class="small"><b>{escape(a)}</b> <code>{escape(b)}</code></p>' for a, b in rows)
    if explained:
        yield _heading(explain.EXPLAINED, lang)
    for number, one in enumerate(explained, 1):
        yield _one(number, one, facts, lang)
    told_of = [check for check in report.sorted_checks() if check.on_record]
    if told_of:
        yield _heading(ON_RECORD, lang)
        yield "<ul>" + "".join(f"<li>{escape(_on_record(check, lang))}</li>" for check in told_of) + "</ul>"
    for heading, texts in ((explain.STANDS, standing(report)), (wording.UNPROVEN, report.limits())):
        yield _heading(heading, lang)
        yield "<ul>" + "".join(f"<li>{escape(printable(text.say(lang)))}</li>" for text in texts) + "</ul>"


def _on_record(check: Check, lang: Language) -> str:
    found = chinese(check.found) if lang == "zh" else check.found
    entry = check.location.entry
    place = "" if entry is None else f" ({wording.ENTRY.say(lang, n=entry)})"
    return printable(f"{check.rule}: {found}{place}", 600)


def _heading(text: Text, lang: Language) -> str:
    return f"<h2>{escape(text.say(lang))}</h2>"


def _one(number: int, one: Explained, facts: Facts, lang: Language) -> str:
    head = f"{number}. [{one.status(lang)}] {one.words(lang)}"
    rows = (
        (explain.FIRST.say(lang), one.place(facts, lang) + explain.times(one, lang)),
        (wording.EXPECTED.say(lang), one.expected(lang)),
        (wording.FOUND.say(lang), one.found(lang)),
        (explain.BASIS.say(lang), f"{one.rule.basis}（{one.rule.id}）"),
        (explain.TODO.say(lang), one.next(lang)),
    )
    details = "".join(f"<li>{escape(printable(text.say(lang), 600))}</li>" for text in one.details)
    cells = "".join(f'<tr><th style="width:7em">{escape(a)}</th><td>{escape(b)}</td></tr>' for a, b in rows)
    border = _COLOURS[one.check.status]
    return (
        f'<div style="border-left:4px solid {border};padding-left:.8em;margin:1em 0">'
        f"<h3>{escape(head)}</h3>{f'<ul>{details}</ul>' * bool(details)}<table>{cells}</table></div>"
    )


def _ink(status: Status) -> str:
    return "#555" if status is Status.NA else "#fff"


def _bars(report: Report, lang: Language) -> str:
    """One bar for each category: its checks by status, their counts in it."""
    high, left, wide, inner = 30, 190, 560, []
    for place, category in enumerate(Category):
        counted = Counter(check.status for check in report.checks if check.category is category)
        total = sum(counted.values()) or 1
        x, y = float(left), 8 + place * high
        inner.append(plots.text(left - 8, y + 14, wording.CATEGORY[category.value].say(lang), "end"))
        for status in _COLOURS:
            if not counted[status]:
                continue
            long = wide * counted[status] / total
            name = wording.STATUS[status.value].say(lang)
            inner.append(
                f'<rect x="{x:.1f}" y="{y}" width="{long:.1f}" height="20" fill="{_COLOURS[status]}">'
                f"<title>{escape(name)} {counted[status]}</title></rect>"
            )
            if long > 18:
                inner.append(plots.text(x + long / 2, y + 15, counted[status], "middle", _ink(status)))
            x += long
    x, y = float(left), 8 + len(Category) * high
    for status, colour in _COLOURS.items():
        name = wording.STATUS[status.value].say(lang)
        inner.append(f'<rect x="{x:.0f}" y="{y + 4}" width="12" height="12" fill="{colour}"/>')
        inner.append(plots.text(x + 16, y + 15, name))
        x += 30 + 14 * max(len(name), 2)
    return plots.svg(y + 30, wording.CHECKS.say(lang), "".join(inner))

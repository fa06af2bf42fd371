"""The figures of a period as one HTML page with plots (SVG), for a meeting or a notice (R143–R145, R159).

No script, no network, no font: it opens offline in any browser and prints. Its numbers are those of
`verifier.figures`, as everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from verifier.facts import Facts
from verifier.figures import Figure, Period, Rate, Statistics

INK, PALE, RED = "#1f4e79", "#dce6f1", "#b03a2e"
_STYLE = """
body{font-family:"Noto Sans CJK SC","Microsoft YaHei",SimSun,sans-serif;max-width:60em;margin:2em auto;
padding:0 1em;color:#222}h1{font-size:1.4em}h2{font-size:1.1em;margin-top:2em}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #bbb;padding:.3em .6em;text-align:left}
td.n{text-align:right}footer{margin-top:2em;color:#666;font-size:.85em;word-break:break-all}
svg{max-width:100%;height:auto}@media print{body{margin:0}}
"""


@dataclass(frozen=True)
class Sheet:
    """What stands around the figures: the office, the ledger's head, whether it is for practice."""

    office: str
    head: str
    practice: bool = False


def overview(facts: Facts, period: Period, sheet: Sheet) -> str:
    """The page."""
    known = Statistics(facts, period)
    rates = known.rates()
    months = [(month, _numbers(facts, month)) for month in months_of(period)]
    practice = "<p><strong>演练台账，数字不是正式结果</strong></p>" if sheet.practice else ""
    parts = [
        f"<h1>{escape(sheet.office)}“双随机、一公开”统计</h1>",
        f"<p>{period.first} 至 {period.last}</p>{practice}",
        "<h2>比率</h2>",
        bars([rate for rate in rates if rate.whole.value]),
        "<h2>各月检查与公示</h2>",
        columns([(month.first[:7], visits, published) for month, (visits, published) in months]),
        "<h2>数字</h2>",
        _figures(known.figures()),
        "<h2>比率的分子和分母</h2>",
        _rates(rates),
        f"<footer>台账指纹 {escape(sheet.head)}。每个数字背后的条目：liuhen stats show 名称</footer>",
    ]
    title = f"{escape(sheet.office)} {period.first}–{period.last}"
    return (
        f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def months_of(period: Period) -> list[Period]:
    """The months that a period touches, each cut to it; at most the last 24."""
    year, month = int(period.first[:4]), int(period.first[5:7])
    found = []
    while (name := f"{year:04}-{month:02}") <= period.last[:7]:
        found.append(Period(max(f"{name}-01", period.first), min(f"{name}-31", period.last)))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found[-24:]


def _numbers(facts: Facts, month: Period) -> tuple[int, int]:
    """Visits of a month, and how many of them are published by its end."""
    known = Statistics(facts, month)
    figures = [known.figure(key) for key in ("visits", "published")]
    visits, published = (figure.value if figure else 0 for figure in figures)
    return visits, published


def bars(rates: Sequence[Rate]) -> str:
    """Rates as horizontal bars, each with its name, percent and both numbers; a rate over 1 is drawn full."""
    high, left, wide = 30, 260, 360
    rows = []
    for place, rate in enumerate(rates):
        top = place * high
        share = min(rate.part.value / rate.whole.value, 1)
        rows.append(
            f'<text x="{left - 10}" y="{top + 19}" text-anchor="end">{escape(rate.zh)}</text>'
            f'<rect x="{left}" y="{top + 6}" width="{wide}" height="18" fill="{PALE}"/>'
            f'<rect x="{left}" y="{top + 6}" width="{wide * share:.1f}" height="18" fill="{INK}"/>'
            f'<text x="{left + wide + 10}" y="{top + 19}">{rate.percent}'
            f" （{rate.part.value}/{rate.whole.value}）</text>"
        )
    return _svg(800, high * len(rows) or high, "各项比率", "".join(rows))


def columns(months: Sequence[tuple[str, int, int]]) -> str:
    """Visits of each month as columns, the published part filled, the rest in red."""
    high, base, wide = 200, 230, max(24, min(60, 720 // max(len(months), 1)))
    most = max((visits for _, visits, _ in months), default=0) or 1
    rows = [f'<line x1="40" y1="{base}" x2="780" y2="{base}" stroke="#888"/>']
    for place, (month, visits, published) in enumerate(months):
        x, whole, part = 45 + place * wide, high * visits / most, high * published / most
        middle, broad = f"{x + wide / 2 - 4:.1f}", wide - 8
        rows.append(
            f'<rect x="{x}" y="{base - whole:.1f}" width="{broad}" height="{whole - part:.1f}" fill="{RED}"/>'
            f'<rect x="{x}" y="{base - part:.1f}" width="{broad}" height="{part:.1f}" fill="{INK}"/>'
            f'<text x="{middle}" y="{base - whole - 5:.1f}" text-anchor="middle">{visits}</text>'
            f'<text x="{middle}" y="{base + 18}" text-anchor="middle">{month[2:]}</text>'
        )
    legend = (
        f'<rect x="45" y="258" width="12" height="12" fill="{INK}"/><text x="62" y="269">月末已公示</text>'
        f'<rect x="160" y="258" width="12" height="12" fill="{RED}"/><text x="177" y="269">月末未公示</text>'
    )
    return _svg(800, 280, "各月检查户次", "".join(rows) + legend)


def _svg(width: int, height: int, title: str, inner: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-size="14"><title>{escape(title)}</title>{inner}</svg>'
    )


def _figures(figures: Sequence[Figure]) -> str:
    rows = [
        f"<tr><td>{escape(one.zh)}</td><td class=n>{one.value}</td><td>{one.key}</td></tr>" for one in figures
    ]
    return f"<table><tr><th>统计项</th><th>数值</th><th>名称</th></tr>{''.join(rows)}</table>"


def _rates(rates: Sequence[Rate]) -> str:
    rows = [
        f"<tr><td>{escape(one.zh)}</td><td class=n>{one.part.value}</td><td class=n>{one.whole.value}</td>"
        f"<td class=n>{one.percent}</td><td>{escape(one.key)}</td></tr>"
        for one in rates
    ]
    head = "<tr><th>比率</th><th>其中</th><th>总数</th><th>百分比</th><th>名称</th></tr>"
    return f"<table>{head}{''.join(rows)}</table>"

"""Plots as SVG for pages that are read offline: no script, no font, no network; they print in grey too."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

INK, PALE, RED, GREY = "#1f4e79", "#dce6f1", "#b03a2e", "#888888"
STYLE = """
body{font-family:"Noto Sans CJK SC","Microsoft YaHei",SimSun,sans-serif;max-width:64em;margin:2em auto;
padding:0 1em;color:#222;line-height:1.5}h1{font-size:1.4em}h2{font-size:1.15em;margin-top:2em}
h3{font-size:1em;margin-top:1.5em}table{border-collapse:collapse;width:100%;font-size:.92em}
td,th{border:1px solid #bbb;padding:.3em .6em;text-align:left;vertical-align:top}td.n{text-align:right}
footer,.small{color:#555;font-size:.85em}footer{margin-top:2em;word-break:break-all}
.mark{border-left:4px solid #b03a2e;padding-left:.8em}svg{max-width:100%;height:auto}
.side{display:inline-block;width:19em;vertical-align:top}@media print{body{margin:0}}
"""
_LEFT, _WIDE, _HIGH = 60, 700, 200


def page(title: str, parts: Sequence[str], language: str = "zh-CN") -> str:
    """One HTML file out of parts that are HTML already; `title` is text."""
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body>\n<h1>{escape(title)}</h1>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def html_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table of texts; numbers stand to the right."""
    head = "".join(f"<th>{escape(one)}</th>" for one in header)
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _cell(value: object) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"<td{' class=n' if number else ''}>{escape(str(value))}</td>"


def svg(height: int, title: str, inner: str, width: int = 800) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-size="13"><title>{escape(title)}</title>{inner}</svg>'
    )


def text(x: float, y: float, said: object, anchor: str = "start", colour: str = "") -> str:
    fill = f' fill="{colour}"' if colour else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{fill}>{escape(str(said))}</text>'


def columns(title: str, counts: Sequence[int], labels: Sequence[str], expected: float) -> str:
    """Counts as columns with a line at what is expected of each."""
    top = max([*counts, expected, 1]) * 1.1
    wide = _WIDE / max(len(counts), 1)
    base = _HIGH + 20
    inner = [f'<line x1="{_LEFT}" y1="{base}" x2="{_LEFT + _WIDE}" y2="{base}" stroke="{GREY}"/>']
    for place, (count, label) in enumerate(zip(counts, labels, strict=True)):
        x, high = _LEFT + place * wide, _HIGH * count / top
        inner.append(
            f'<rect x="{x + 4:.1f}" y="{base - high:.1f}" width="{wide - 8:.1f}" height="{high:.1f}" '
            f'fill="{INK}"/>'
            + text(x + wide / 2, base + 16, label, "middle")
            + text(x + wide / 2, base - high - 4, count, "middle")
        )
    line = base - _HIGH * expected / top
    inner.append(
        f'<line x1="{_LEFT}" y1="{line:.1f}" x2="{_LEFT + _WIDE}" y2="{line:.1f}" stroke="{RED}" '
        'stroke-dasharray="6 4"/>' + text(_LEFT - 6, line + 4, f"{expected:.1f}", "end")
    )
    return svg(base + 30, title, "".join(inner))


def expected_and_found(title: str, pairs: Sequence[tuple[float, float]], x_axis: str, y_axis: str) -> str:
    """Dots of (expected, found) against the line on which they are equal, both from 0."""
    top = max([1.0, *(value for pair in pairs for value in pair)]) * 1.05
    size, base = 300, 320
    inner = [
        f'<rect x="{_LEFT}" y="{base - size}" width="{size}" height="{size}" fill="none" stroke="{GREY}"/>',
        f'<line x1="{_LEFT}" y1="{base}" x2="{_LEFT + size}" y2="{base - size}" stroke="{RED}" '
        'stroke-dasharray="6 4"/>',
        text(_LEFT + size / 2, base + 20, x_axis, "middle"),
        text(_LEFT + 4, base - size - 6, y_axis),
        text(_LEFT - 6, base + 4, "0", "end"),
        text(_LEFT - 6, base - size + 10, f"{top:.1f}", "end"),
    ]
    inner += [
        f'<circle cx="{_LEFT + size * x / top:.1f}" cy="{base - size * y / top:.1f}" r="3" fill="{INK}"/>'
        for x, y in pairs
    ]
    return svg(base + 30, title, "".join(inner), _LEFT + size + 40)


def strip(title: str, points: Sequence[tuple[float, bool]], low: str, high: str) -> str:
    """Where marks stand between 0 and 1, one above the other; `True` in red, a ring around it."""
    step = max(3.0, min(14.0, 240 / max(len(points), 1)))
    base = 24 + step * len(points)
    inner = [
        f'<rect x="{_LEFT}" y="16" width="{_WIDE}" height="{base - 8:.1f}" fill="{PALE}"/>',
        text(_LEFT, 12, low),
        text(_LEFT + _WIDE, 12, high, "end"),
    ]
    for row, (value, marked) in enumerate(points):
        x, y = _LEFT + _WIDE * value, 24 + step * row
        colour, radius = (RED, 5) if marked else (INK, 3)
        inner.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}"/>')
    return svg(int(base) + 24, title, "".join(inner))


def ruler(title: str, rows: Sequence[tuple[str, Sequence[float], Sequence[float]]]) -> str:
    """One line for each row: its name, small grey marks and tall red ones between 0 and 1."""
    high, inner = 44, []
    for place, (name, grey, red) in enumerate(rows):
        y = 10 + place * high
        inner.append(text(_LEFT, y + 10, name))
        inner.append(f'<rect x="{_LEFT}" y="{y + 14}" width="{_WIDE}" height="18" fill="{PALE}"/>')
        for values, colour, wide in ((grey, GREY, 0.4), (red, RED, 1.6)):
            inner += [
                f'<path d="M{_LEFT + _WIDE * v:.1f} {y + 14}v18" stroke="{colour}" stroke-width="{wide}"/>'
                for v in values
            ]
    return svg(20 + high * max(len(rows), 1), title, "".join(inner))


def curve(title: str, values: Sequence[float], line: float, line_text: str, labels: Sequence[str]) -> str:
    """Positive values on a logarithmic scale with a line that means something."""
    from math import log10

    logs = [log10(max(value, 1e-6)) for value in values]
    top, bottom = max([*logs, log10(line)]) + 0.2, min([*logs, 0.0]) - 0.2
    base = _HIGH + 20

    def height(value: float) -> float:
        return base - _HIGH * (value - bottom) / (top - bottom)

    wide = _WIDE / max(len(values), 1)
    spots = [(_LEFT + (place + 0.5) * wide, height(value)) for place, value in enumerate(logs)]
    inner = [
        f'<rect x="{_LEFT}" y="20" width="{_WIDE}" height="{_HIGH}" fill="none" stroke="{GREY}"/>',
        f'<line x1="{_LEFT}" y1="{height(log10(line)):.1f}" x2="{_LEFT + _WIDE}" '
        f'y2="{height(log10(line)):.1f}" stroke="{RED}" stroke-dasharray="6 4"/>',
        text(_LEFT + 4, height(log10(line)) - 5, line_text),
        text(_LEFT - 6, height(0.0) + 4, "1", "end"),
        '<polyline fill="none" stroke="{}" stroke-width="2" points="{}"/>'.format(
            INK, " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        ),
    ]
    every = max(1, -(-len(labels) // 6))
    inner += [text(spots[i][0], base + 16, labels[i], "middle") for i in range(0, len(labels), every)]
    return svg(base + 30, title, "".join(inner))

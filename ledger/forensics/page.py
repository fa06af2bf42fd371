"""The report on past draws as one HTML page with pictures, offline. `say` gives the words of a message."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape

from ledger import plots
from ledger.forensics.report import LEVEL, METHODS, Forensics, Judged, Question, said, sentence
from verifier.errors import N_

Say = Callable[[str], str]
MARKS = 1500
"""Members of a list that are drawn as grey marks at most."""
_PICTURES = 12

ABOUT = N_(
    "A method that is found is a property of the program that drew, not a deed of anybody. Honest lots give "
    "such a find in {level} of reports at most; every p-value holds under the assumption beside it."
)
NONE = "–"
"""In place of an order, where none is asked."""
HEADER = (N_("Method"), N_("In the order of"), N_("Draws asked"), N_("Answer"))


def page(told: Forensics, say: Say, language: str = "zh-CN") -> str:
    """The whole page."""
    return plots.page(say(N_("Past draws examined")), list(_parts(told, say)), language)


def _parts(told: Forensics, say: Say) -> Iterator[str]:
    yield _paragraph(say(ABOUT).format(level=f"{LEVEL:.0%}"))
    yield _heading(say(N_("Past draws")))
    yield plots.html_table([say(one) for one in DRAWS], draws(told, say))
    yield from (_paragraph(line, "mark") for line in closed(told, say))
    yield _heading(say(N_("Found")))
    if not told.found:
        yield _paragraph(nothing(told, say))
    for one in told.found:
        yield _paragraph(f"{name_of(one, say)}：{answer(told, one, say)}", "mark")
        yield _paragraph(say(N_("Assumed: {text}")).format(text=_assumed(one.method, say)), "small")
        if one.method in ("equal-gaps", "too-even", "tails", "neighbours", "lean"):
            yield _picture(told, one.order, say)
    if not any(one.method in ("equal-gaps", "too-even", "tails", "neighbours", "lean") for one in told.found):
        yield _heading(say(N_("Places of the drawn in the list")))
        yield _picture(told, "", say)
    lines = facts(told, say)
    if lines:
        yield _heading(say(N_("Facts")))
        yield "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"
    yield _heading(say(N_("Every question")))
    yield plots.html_table([say(one) for one in HEADER], rows(told, say))
    yield (
        "<ul class=small>"
        + "".join(
            f"<li>{escape(say(name))}: {escape(_assumed(key, say))}</li>"
            for key, (name, _) in METHODS.items()
        )
        + "</ul>"
    )
    method = say(N_("Methods, limits and error rates: specs/forensics.md"))
    yield f"<footer>{escape(method)}</footer>"


DRAWS = (N_("Past draw"), N_("In the list"), N_("Drawn"), N_("Filter"), N_("Outcomes of an honest lot"))


def draws(told: Forensics, say: Say) -> list[tuple[object, ...]]:
    """One row for each draw."""
    return [
        (one.name, one.n, one.k, "、".join(f"{title}={value}" for title, value in one.filters), one.outcomes)
        for one in told.draws
    ]


def name_of(one: Question, say: Say) -> str:
    """A method and the order in which it was asked."""
    order = _order(one, say)
    return f"{say(METHODS[one.method][0])}{f'（{order}）' if order != NONE else ''}"


def answer(told: Forensics, one: Question, say: Say) -> str:
    """The answer in words."""
    template, values = sentence(one, one.answer(told.threshold))
    return say(template).format(**values)


def rows(told: Forensics, say: Say) -> list[tuple[object, ...]]:
    """One row for each question, those found first."""
    place = {"found": 0, "nothing": 1, "cannot-tell": 2}
    ordered = sorted(told.questions, key=lambda one: (place[one.answer(told.threshold)], one.p))
    return [
        (
            say(METHODS[one.method][0]),
            _order(one, say),
            one.draws,
            answer(told, one, say),
        )
        for one in ordered
    ]


def _assumed(method: str, say: Say) -> str:
    return " ".join(map(say, METHODS[method][1]))


def _order(one: Question, say: Say) -> str:
    if one.order or one.method in ("again", "rotation"):
        return say(one.order) if one.order else NONE
    return say(N_("the file"))


def closed(told: Forensics, say: Say) -> list[str]:
    """Draws about whose places nothing can be told, and why."""
    start = say(N_("Cannot tell"))
    return [f"{start}: {say(template).format(**values)}" for template, values in told.closed]


def nothing(told: Forensics, say: Say) -> str:
    """What it means that nothing was found."""
    if told.asked:
        text = say(
            N_("Nothing found by {n} questions. That is no proof of lots: other methods leave other marks.")
        )
        return text.format(n=len(told.asked))
    return say(N_("Cannot tell: these draws are too few or too small for any question."))


def facts(told: Forensics, say: Say) -> list[str]:
    """What is seen without a test."""
    lines = [say(template).format(**values) for template, values in told.facts]
    for key, name, times, expected, p in told.often:
        text = say(N_("{name} ({key}): drawn {times} times, {expected} expected; p = {p}"))
        lines.append(text.format(name=name, key=key, times=times, expected=f"{expected:.2f}", p=said(p)))
    found, expected = told.never
    if expected:
        text = say(
            N_("{n} in the lists of two or more draws were never drawn; lots give {expected} on average")
        )
        lines.append(text.format(n=found, expected=f"{expected:.1f}"))
    return lines


def _picture(told: Forensics, title: str, say: Say) -> str:
    label = title.removesuffix(" (GBK)")
    lines = [row for one in told.draws[:_PICTURES] if (row := _line(one, label, title != label))]
    return plots.ruler(say(N_("Places of the drawn in the list")), lines)


def _line(one: Judged, label: str, second: bool) -> tuple[str, list[float], list[float]] | None:
    orders = [order for order in one.orders if order.label == label]
    if not orders:
        return None
    places = orders[-1 if second else 0].places
    grey = [(place + 0.5) / one.n for place in range(one.n)] if one.n <= MARKS else []
    return f"{one.name}  {one.k}/{one.n}", grey, [(places[i] + 0.5) / one.n for i in one.places]


def _heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def _paragraph(text: str, kind: str = "") -> str:
    return f"<p{f' class={kind}' if kind else ''}>{escape(text)}</p>"

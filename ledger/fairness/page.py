"""The report on fairness as one HTML page with plots, offline. `say` gives the words of a message."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from math import log10

from ledger import plots
from ledger.fairness.families import FAMILIES, SMALL, Family, Test
from ledger.fairness.report import ABOUT, LEFT_OUT, SEALED, Fairness, sentence
from ledger.fairness.watch import Watched
from verifier.errors import N_
from verifier.wording import VERDICT

Say = Callable[[str], str]
_DOTS = 400
"""Dots of a plot: beyond that, the smallest p-values and a thinned rest."""


def page(told: Fairness, say: Say, language: str = "zh-CN") -> str:
    """The whole page."""
    title = say(N_("Fairness of draws, {year}")).format(year=told.year or say(N_("all years")))
    return plots.page(title, list(_parts(told, say, language)), language)


def summary(told: Fairness, say: Say) -> list[tuple[object, ...]]:
    """One row for each family: name, tests, p below 1%, how many chance gives, alarms, false ones, few."""
    return [
        (
            say(FAMILIES[one.id][0]),
            len(one.tests),
            one.small,
            f"{SMALL * len(one.tests):.1f}",
            len(one.alarms),
            f"{one.false:.2f}",
            one.few,
        )
        for one in told.families
    ]


HEADER = (
    N_("Question"),
    N_("Tests"),
    N_("p < 1%"),
    N_("by chance"),
    N_("Alarms"),
    N_("of these false, at most"),
    N_("Too few draws"),
)


def told_of(family: Family, test: Test, say: Say) -> str:
    """A test in words."""
    template, values = sentence(family, test)
    if "what" in values:
        values = {**values, "what": say(str(values["what"]))}
    return say(template).format(**values)


def left_out(told: Fairness, say: Say) -> list[str]:
    """What could not be tested, and tasks with more than one possible outcome."""
    lines = [say(LEFT_OUT[key]).format(n=n) for key, n in sorted(told.history.left_out.items())]
    lines += [
        say(N_("{office}, task {task}: {g} draws could have decided it (g = {g})")).format(
            office=o, task=t, g=g
        )
        for o, t, g in told.history.repeated
    ]
    return lines


def _parts(told: Fairness, say: Say, language: str) -> Iterator[str]:
    yield plots.html_table(
        (say(N_("Office")), say(N_("Verdict")), say(N_("Head"))),
        [(office, _verdict(verdict, language), head) for office, verdict, head in told.offices],
    )
    if not told.sound:
        yield _paragraph(say(N_("A source did not pass verification: settle that first.")), "mark")
    if told.history.veiled:
        yield _paragraph(say(SEALED).format(n=told.history.veiled), "mark")
    yield "".join(_paragraph(say(line)) for line in ABOUT)
    yield _heading(say(N_("What was tested")))
    yield _paragraph(
        say(N_("{draws} draws, {tickets} tickets of enterprises")).format(
            draws=len(told.history.lots), tickets=told.history.tickets
        )
    )
    yield plots.html_table([say(one) for one in HEADER], summary(told, say))
    alarms = list(told.alarms)
    yield _heading(say(N_("To be asked about")))
    if not alarms:
        yield _paragraph(say(N_("No alarm: nothing here is further from honest lots than chance explains.")))
    for family, test in alarms:
        yield _paragraph(told_of(family, test, say), "mark")
        yield _evidence(told, family, test, say)
    yield _heading(say(N_("All tickets by tenths")))
    counts = told.deciles()
    labels = [f"0.{i}–" for i in range(10)]
    yield plots.columns(say(N_("All tickets by tenths")), counts, labels, sum(counts) / 10)
    yield _heading(say(N_("p-values against chance")))
    yield _paragraph(
        say(N_("Dots on the line are what honest lots give; alarms rise above it at the right."))
    )
    for family in told.families:
        if len(family.tests) >= FEW_DOTS:
            yield f'<div class="side"><h3>{escape(say(FAMILIES[family.id][0]))}</h3>'
            yield plots.expected_and_found(
                say(FAMILIES[family.id][0]),
                quantiles([t.p for t in family.tests]),
                say(N_("by chance (−log10)")),
                say(N_("found (−log10 p)")),
            )
            yield "</div>"
    yield _heading(say(N_("Watched continuously")))
    yield _paragraph(bet_of_all(told, say))
    for one in told.watched:
        yield _watched(one, say)
    lines = left_out(told, say)
    if lines:
        yield _heading(say(N_("Not tested")))
        yield "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"
    method = say(N_("Method, sizes and power: specs/fairness.md. Groups file: {hash}"))
    yield f"<footer>{escape(method.format(hash=told.groups_file or '–'))}</footer>"


FEW_DOTS = 5


def quantiles(ps: Sequence[float]) -> list[tuple[float, float]]:
    """(expected, found) −log10 of sorted p-values, thinned."""
    n = len(ps)
    pairs = [(-log10((i + 0.5) / n), -log10(max(p, 1e-300))) for i, p in enumerate(sorted(ps))]
    if n <= _DOTS:
        return pairs
    return pairs[: _DOTS // 2] + pairs[_DOTS // 2 :: max(1, n // _DOTS)]


def bet_of_all(told: Fairness, say: Say) -> str:
    """The bets on everybody in a sentence."""
    every = told.everybody
    text = say(
        N_(
            "Bets on {n} enterprises since the first draw: the largest is worth {wealth} ({key}); "
            "{alarms} alarms."
        )
    )
    return text.format(n=every.count, wealth=f"{every.wealth:.3g}", key=every.key, alarms=len(every.alarms))


def bet_of(one: Watched, say: Say) -> str:
    """The bet on a subject named beforehand in a sentence."""
    now = one.steps[-1].wealth if one.steps else 1.0
    text = say(
        N_(
            "{who}: {n} tickets, the bet is worth {now}, at most {highest}; an alarm from 20 on "
            "(chance: 5% in all time)"
        )
    )
    who = f"{one.name} ({one.key})"
    return text.format(who=who, n=len(one.steps), now=f"{now:.3g}", highest=f"{one.highest:.3g}")


def _watched(one: Watched, say: Say) -> str:
    labels = [step.time[:10] for step in one.steps]
    wealth = [step.wealth for step in one.steps]
    line = say(N_("alarm"))
    return _paragraph(bet_of(one, say)) + plots.curve(one.name or one.key, wealth, 20, line, labels)


def _evidence(told: Fairness, family: Family, test: Test, say: Say) -> str:
    if family.id in ("subject-tickets", "subject-drawn"):
        rows = list(told.history.of(test.key))
        picture = plots.strip(
            test.name,
            [(ticket, drawn) for _, ticket, drawn in rows],
            say(N_("0: drawn first")),
            say(N_("1: drawn last (red: drawn)")),
        )
        header = [say(one) for one in (N_("Office"), N_("Draw"), N_("Date"), N_("Ticket"), N_("Drawn"))]
        return picture + plots.html_table(
            header,
            [(lot.office, lot.draw, lot.time[:10], f"{t:.6f}", "✓" if hit else "") for lot, t, hit in rows],
        )
    if test.draws:
        return _paragraph(say(N_("Draws: {draws}")).format(draws=", ".join(test.draws)), "small")
    return ""


def _verdict(value: str, language: str) -> str:
    verdict = VERDICT[value]
    return verdict.en if language == "en" else verdict.zh


def _heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def _paragraph(text: str, kind: str = "") -> str:
    return f"<p{f' class={kind}' if kind else ''}>{escape(text)}</p>"

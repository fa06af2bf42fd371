"""What past draws show: facts, questions with p-values and their assumptions, or that nothing can be told.

A question is one method in one order, asked of all draws together. With T questions that can be answered, one
is found when p ≤ LEVEL/T (Bonferroni): of honest lots a share of LEVEL at most has a report with a find.
The JSON form is `liuhen-forensics/1` (specs/forensics.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import ceil, exp, floor, log10
from typing import Any

from ledger.fairness.tails import adjusted, poisson_binomial
from ledger.forensics import methods as m
from ledger.forensics.orders import Frame, Order, frame_of, orders_of, parts
from ledger.forensics.reading import Past
from verifier.errors import N_

FORMAT = "liuhen-forensics/1"
LEVEL = 0.01
SAME_DAY = 24 * 3600
Told = tuple[str, dict[str, object]]

_ALIKE = N_("Lots make every set of places equally likely; the order is one the platform may have used.")
_RATES = N_("Rates do not differ along this order, or --strata names the column they follow.")
_VISITS = N_(
    "Each visit's officers are drawn by a lot of their own. Standing groups that take turns look like this "
    "too."
)
METHODS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "equal-gaps": (N_("Equal gaps (systematic sampling)"), (_ALIKE,)),
    "too-even": (N_("More even than lots (sampling by intervals or blocks)"), (_ALIKE, _RATES)),
    "tails": (
        N_("An end of the list that is not reached (first N only, unreachable tail)"),
        (_ALIKE, N_("The list is the one drawn from, with nobody added at its ends since."), _RATES),
    ),
    "neighbours": (
        N_("Neighbours drawn together"),
        (_ALIKE, N_("Neighbours in the list do not belong together for a lawful reason."), _RATES),
    ),
    "lean": (N_("Places that lean to one end (sort-order bias)"), (_ALIKE, _RATES)),
    "again": (
        N_("The same enterprises again and again"),
        (N_("Lots of different draws are independent; rates do not differ by a class that is not named."),),
    ),
    "rotation": (
        N_("Enterprises that were drawn are passed over (rotation)"),
        (
            N_(
                "Lots are independent; the office does not exclude who was drawn lately. Where it does, this "
                "is lawful."
            ),
        ),
    ),
    "in-turn": (N_("Officers in turn (round-robin)"), (_VISITS,)),
    "in-steps": (
        N_("Officers by equal steps through their list"),
        (_VISITS, N_("The list of officers is in the platform's order.")),
    ),
}
"""Id → name, assumptions."""
SPATIAL: Mapping[str, tuple[Callable[[Sequence[int], int], float], bool, int]] = {
    "equal-gaps": (m.equal_gaps, False, 3),
    "too-even": (m.too_even, True, 4),
    "tails": (m.tails, True, 1),
    "neighbours": (m.neighbours, True, 2),
    "lean": (m.lean, True, 3),
}
"""Id → its p, whether only fine orders are asked, the fewest drawn (and left out) that it can judge."""


@dataclass(frozen=True)
class Question:
    """One method in one order, of all draws that have it. `best`: the smallest p that the data could have."""

    method: str
    order: str
    draws: int
    p: float
    best: float
    outcomes: str = ""

    def answer(self, threshold: float) -> str:
        if self.best > threshold:
            return "cannot-tell"
        return "found" if self.p <= threshold else "nothing"


@dataclass(frozen=True)
class Judged:
    """One draw or part of a draw: sizes, filters, how many outcomes lots have, and a picture's data."""

    name: str
    n: int
    k: int
    filters: tuple[tuple[str, str], ...]
    outcomes: str
    orders: tuple[Order, ...]
    places: tuple[int, ...]
    """drawn, in the frame's file order"""


@dataclass(frozen=True)
class Forensics:
    """The whole report. `closed` says why nothing about places is asked, draw by draw."""

    draws: tuple[Judged, ...]
    questions: tuple[Question, ...]
    facts: tuple[Told, ...]
    closed: tuple[Told, ...]
    often: tuple[tuple[str, str, int, float, float], ...]
    """enterprises drawn remarkably often: key, name, times, expected, p"""
    never: tuple[int, float]
    """enterprises in every list of two or more draws and never drawn; how many lots give on average"""

    @property
    def threshold(self) -> float:
        return threshold(self.questions)

    @property
    def found(self) -> tuple[Question, ...]:
        return tuple(one for one in self.questions if one.answer(self.threshold) == "found")

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions that these draws can answer."""
        return tuple(one for one in self.questions if one.answer(self.threshold) != "cannot-tell")

    def json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "level": LEVEL,
            "threshold": self.threshold,
            "draws": [
                {"name": d.name, "n": d.n, "k": d.k, "filters": d.filters, "outcomes": d.outcomes}
                for d in self.draws
            ],
            "questions": [
                {
                    **asdict(one),
                    "answer": one.answer(self.threshold),
                    "assumption": " ".join(METHODS[one.method][1]),
                }
                for one in self.questions
            ],
            "facts": [template.format(**values) for template, values in self.facts],
            "cannot_tell": [template.format(**values) for template, values in self.closed],
            "often": [
                dict(zip(("key", "name", "times", "expected", "p"), row, strict=True)) for row in self.often
            ],
            "never": {"found": self.never[0], "expected": self.never[1]},
        }


def threshold(questions: Sequence[Question]) -> float:
    """LEVEL over the number of questions that can be answered at this threshold."""
    count = 1
    while sum(one.best <= LEVEL / count for one in questions) > count:
        count += 1
    return LEVEL / count


def examine(draws: Sequence[Past], officers: Sequence[str] = (), strata: str = "") -> Forensics:
    """Ask every question of these draws. `officers`: their list in the platform's order; `strata`: the column
    by which rates differed."""
    sound, closed = [], []
    for past in draws:
        reason = _unfit(past)
        if reason:
            closed.append(reason)
        else:
            sound.append(past)
    judged = [(part, frame_of(part, strata)) for past in sound for part in parts(past, strata) if part.drawn]
    answered, told = _spatial(judged)
    questions = [*answered, *_repeats(sound, strata), *_officers(sound, officers)]
    often, never = _often(sound, strata)
    facts = [
        *_rerolls(draws),
        *(fact for part, _ in judged for fact in _whole_groups(part)),
        *_teams(draws, officers),
    ]
    return Forensics(tuple(told), tuple(questions), tuple(facts), tuple(closed), often, never)


def _unfit(past: Past) -> Told | None:
    """Why the places of a draw mean nothing."""
    told: dict[str, object] = {
        "draw": past.name,
        "n": len(past.strangers),
        "some": "、".join(past.strangers[:3]),
    }
    if past.strangers:
        return (
            N_("{draw}: {n} drawn that the list does not have ({some}): it is not the list drawn from."),
            told,
        )
    if past.twice:
        told |= {"n": len(past.twice), "some": "、".join(past.twice[:3])}
        return N_("{draw}: {n} stand twice ({some}), so places in the list are not clear."), told
    if not past.drawn:
        return N_("{draw}: nobody was drawn."), told
    if len(past.drawn) == len(past.roster.keys):
        return N_("{draw}: everybody was drawn, so there was no choice."), told
    return None


def _spatial(judged: Sequence[tuple[Past, Frame]]) -> tuple[list[Question], list[Judged]]:
    """The questions about places, each order of a column asked of all draws that have it."""
    ps: dict[tuple[str, str], list[tuple[float, float]]] = {}
    methods: dict[tuple[str, str], list[str]] = {}
    told = []
    for part, frame in judged:
        n, k = frame.size, len(part.drawn)
        inside = {member: i for i, member in enumerate(frame.members)}
        drawn = [inside[place] for place in part.drawn]
        orders = orders_of(part.roster, frame)
        label = part.name or f"{n}/{k}"
        told.append(
            Judged(
                label, n, k, frame.filters, m.magnitude(m.outcomes(n, k)), tuple(orders), tuple(sorted(drawn))
            )
        )
        numbered: dict[str, int] = {}
        for order in orders:
            positions = sorted(order.places[i] for i in drawn)
            numbered[order.label] = numbered.get(order.label, 0) + 1
            title = order.label if numbered[order.label] == 1 else f"{order.label} (GBK)"
            for method, (law, fine, fewest) in SPATIAL.items():
                if (fine and not order.fine) or min(k, n - k) < fewest:
                    continue
                p = law(positions, n)
                ps.setdefault((method, title), []).append((p, _best(method, n, k)))
                if method in ("equal-gaps", "tails") and p < LEVEL:
                    methods.setdefault((method, title), []).append(_outcomes(method, positions, n))
    questions = []
    for (method, title), rows in ps.items():
        seen = methods.get((method, title), [])
        questions.append(
            Question(
                method,
                title,
                len(rows),
                m.together([p for p, _ in rows]),
                m.together([best for _, best in rows]),
                seen[0] if seen else "",
            )
        )
    return questions, told


def _best(method: str, n: int, k: int) -> float:
    few = min(k, n - k)
    smallest = exp(-m.log_comb(n, k))
    if method == "equal-gaps":
        return m.progression_p(n, few)
    if method == "too-even":
        return max(1 / (1 + m.ROUNDS), smallest)
    if method == "neighbours":
        return m.neighbours(range(k), n)
    return min(1.0, 2 * smallest)


def _outcomes(method: str, positions: Sequence[int], n: int) -> str:
    """How many outcomes the method has that would give such places."""
    k = len(positions)
    if method == "equal-gaps":
        return str(n // min(k, n - k))
    return m.magnitude(m.outcomes(min(positions[-1] + 1, n - positions[0]), k))


def _repeats(draws: Sequence[Past], strata: str) -> Iterator[Question]:
    """Each draw against all before it: how many of those who were drawn once were drawn again."""
    if len(draws) < 2 or strata:
        return
    seen: set[str] = set()
    few, many, best_few, best_many = [], [], [], []
    for past in draws:
        frame = frame_of(past)
        members = {past.roster.keys[place] for place in frame.members}
        keys = {past.roster.keys[place] for place in past.drawn}
        before = len(seen & members)
        if before and before < len(members):
            below, above = m.again(before, len(members), len(keys), len(seen & keys))
            few.append(below)
            many.append(above)
            most = min(before, len(keys))
            least = max(0, len(keys) - (len(members) - before))
            best_few.append(m.again(before, len(members), len(keys), least)[0])
            best_many.append(m.again(before, len(members), len(keys), most)[1])
        seen |= keys
    if few:
        yield Question("again", "", len(many), m.together(many), m.together(best_many))
        yield Question("rotation", "", len(few), m.together(few), m.together(best_few))


def _often(
    draws: Sequence[Past], strata: str
) -> tuple[tuple[tuple[str, str, int, float, float], ...], tuple[int, float]]:
    """Enterprises drawn remarkably often (Benjamini–Hochberg, LEVEL); those in several lists, never drawn."""
    chances: dict[str, list[float]] = {}
    times: dict[str, int] = {}
    names: dict[str, str] = {}
    for past in draws if not strata else ():
        frame = frame_of(past)
        drawn = set(past.drawn)
        for place in frame.members:
            key = past.roster.keys[place]
            names[key] = past.roster.names[place]
            chances.setdefault(key, []).append(len(drawn) / frame.size)
            times[key] = times.get(key, 0) + (place in drawn)
    several = [key for key, held in chances.items() if len(held) > 1]
    laws = {key: poisson_binomial(chances[key]) for key in several}
    ps = [float(min(1.0, laws[key][times[key] :].sum())) for key in several]
    rows = [
        (key, names[key], times[key], sum(chances[key]), p)
        for key, p, q in zip(several, ps, adjusted(ps), strict=True)
        if q <= LEVEL
    ]
    never = sum(times[key] == 0 for key in several), float(sum(laws[key][0] for key in several))
    return tuple(sorted(rows, key=lambda row: row[-1])), never


def _officers(draws: Sequence[Past], listed: Sequence[str]) -> Iterator[Question]:
    """Teams in the order of the result and in that of the list, all draws together."""
    for label, by_list in ((N_("order of the result"), False), (N_("order of the list"), True)):
        turns, steps = [], []
        for past in draws:
            pairs = [(place, team) for place, team in zip(past.drawn, past.teams, strict=False) if team]
            teams = [team for _, team in (sorted(pairs) if by_list else pairs)]
            different = len(set(teams))
            if different > 1 and len(teams) >= different + 5:
                turns.append(m.in_turn(teams))
            first = [team.split("+")[0] for team in teams]
            if listed and len(first) >= 6 and set(first) <= set(listed) and len(set(first)) > 1:
                steps.append(m.in_steps(first, listed))
        for method, ps in (("in-turn", turns), ("in-steps", steps)):
            if ps:
                floor = m.together([1 / (1 + m.ROUNDS)] * len(ps))
                yield Question(method, label, len(ps), m.together(ps), floor)


def _rerolls(draws: Sequence[Past]) -> Iterator[Told]:
    """Draws of one task on one day, one batch at several times, numbers of batches that are missing."""
    by_task: dict[tuple[str, str], list[Past]] = {}
    for past in draws:
        by_task.setdefault((past.roster.source, past.task), []).append(past)
    for (_, task), held in by_task.items():
        timed = sorted((past for past in held if past.time is not None), key=lambda past: str(past.time))
        for one, other in pairwise(timed):
            if one.time is None or other.time is None:
                continue
            seconds = (other.time - one.time).total_seconds()
            if seconds < SAME_DAY and (other.time.hour or one.time.hour):
                alike = len(
                    {one.roster.keys[p] for p in one.drawn} & {other.roster.keys[p] for p in other.drawn}
                )
                yield (
                    N_("{task}: drawn at {first}, again {minutes} minutes later; {alike} of {k} in both."),
                    {
                        "task": task or one.name,
                        "first": one.time.isoformat(" ", "minutes"),
                        "minutes": round(seconds / 60),
                        "alike": alike,
                        "k": len(other.drawn),
                    },
                )
        numbers = sorted(
            {int(digits) for past in held if (digits := "".join(filter(str.isdigit, past.batch)))}
        )
        missing = [n for n in range(numbers[0], numbers[-1]) if n not in numbers] if numbers else []
        if missing and len(missing) < 100:
            yield (
                N_("{task}: batches {missing} are missing between {first} and {last}."),
                {
                    "task": task or held[0].name,
                    "missing": "、".join(map(str, missing[:10])),
                    "first": numbers[0],
                    "last": numbers[-1],
                },
            )


def _whole_groups(past: Past) -> Iterator[Told]:
    """Everybody with some value drawn and nobody else: a filter that leaves no choice."""
    for title, values in past.roster.columns.items():
        held = {values[place] for place in past.drawn}
        if len(held) == 1 and len(past.drawn) > 1:
            (value,) = held
            if sum(one == value for one in values) == len(past.drawn):
                yield (
                    N_("{draw}: all {k} with {title} = {value} were drawn, nobody else: no choice was left."),
                    {"draw": past.name, "k": len(past.drawn), "title": title, "value": value},
                )


def _teams(draws: Sequence[Past], listed: Sequence[str]) -> Iterator[Told]:
    """How many different teams went, of how many that could be made of the same officers."""
    teams = [tuple(sorted(team.split("+"))) for past in draws for team in past.teams if team]
    people = {name for team in teams for name in team}
    sizes = {len(team) for team in teams}
    if len(sizes) == 1 and len(teams) >= 6 and len(people) > (size := sizes.pop()) > 1:
        possible = m.magnitude(m.outcomes(len(people), size))
        yield (
            N_("{visits} visits, {different} different teams; of {people} officers {possible} can be made."),
            {"visits": len(teams), "different": len(set(teams)), "people": len(people), "possible": possible},
        )
    strangers = sorted(people - set(listed)) if listed else []
    if strangers:
        yield (
            N_("{n} officers went that the list of officers does not have ({some})."),
            {"n": len(strangers), "some": "、".join(strangers[:3])},
        )


def sentence(one: Question, answer: str) -> Told:
    """A question and its answer in words."""
    told: dict[str, object] = {
        "order": one.order,
        "draws": one.draws,
        "p": said(one.p),
        "best": said(one.best),
        "outcomes": one.outcomes,
    }
    if answer == "cannot-tell":
        return N_("cannot tell: too few draws or drawn (the most extreme result would have p = {best})"), told
    if answer == "found" and one.outcomes:
        return N_("found: p = {p}; the method has {outcomes} outcomes"), told
    if answer == "found":
        return N_("found: p = {p}"), told
    return N_("nothing: p = {p}"), told


def said(p: float) -> str:
    """A p-value for people: never 0, rounded up."""
    if p >= 0.001:
        return f"{p:.3f}"
    if p < 1e-300:
        return "1×10^-300"
    power = floor(log10(p))
    digit = ceil(p / 10.0**power - 1e-9)
    return f"{digit}×10^{power}" if digit < 10 else f"1×10^{power + 1}"

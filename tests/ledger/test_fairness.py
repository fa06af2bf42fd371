"""Fairness over the years: exact laws, tickets of real ledgers, honest offices quiet, grinders found."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ledger import county
from ledger.fairness import tails
from ledger.fairness.families import families
from ledger.fairness.history import History, Tally, read
from ledger.fairness.report import Fairness, examine, odds, own_groups, sentence
from ledger.fairness.seats import Class, chances, classes, together
from ledger.fairness.watch import everybody, watched
from tests import simulate
from tests.office import Office, made_up_code
from verifier import draw as lot
from verifier import facts as f
from verifier.errors import Exit, LiuhenError
from verifier.teams import Officer, Seat, teams_each, teams_groups

OFFICERS = [Officer(f"o{n}", "a" if n < 6 else "b", ("s",) if n in (1, 3) else ()) for n in range(9)]


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> list[county.Office]:
    """Eight draws of one office: 40 enterprises, every fifth of 20 drawn, two officers each time."""
    office = Office(tmp_path_factory.mktemp("公平"))
    office.lists()
    office.policy()
    office.plan(p=1, q=5)
    for n in range(8):
        office.task(f"t{n}")
        office.draw(f"d{n}", f"t{n}")
    office.book.close()
    return county.read_all([office.folder / "台账 ledger.db"])


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=8))
def test_the_poisson_binomial_law_is_the_sum_over_all_outcomes(ps: list[float]) -> None:
    law = [0.0] * (len(ps) + 1)
    for outcome in itertools.product((0, 1), repeat=len(ps)):
        law[sum(outcome)] += float(np.prod([p if hit else 1 - p for p, hit in zip(ps, outcome, strict=True)]))
    assert tails.poisson_binomial(ps) == pytest.approx(law, abs=1e-12)


def test_equal_chances_give_the_binomial_law() -> None:
    assert tails.poisson_binomial([0.2] * 30) == pytest.approx(stats.binom.pmf(range(31), 30, 0.2))
    below, above = tails.tails(tails.poisson_binomial([0.05] * 59), 0)
    assert below == pytest.approx(0.95**59) and above == pytest.approx(1)


def test_the_tail_of_one_ticket_is_the_ticket() -> None:
    """P(−ln U ≤ −ln u) = 1 − u: a ticket near 1 has a small tail."""
    tickets = np.array([0.1, 0.5, 0.999])
    assert tails.tail_of_logs(np.ones(3), -np.log(tickets)) == pytest.approx(1 - tickets)


def test_a_bet_is_worth_one_on_average_when_tickets_are_uniform() -> None:
    """∫ E dU = 1 for one ticket, by quadrature."""
    u = (np.arange(100_000) + 0.5) / 100_000
    wealth = tails.e_values(np.ones(len(u)), -np.log(u), -np.log1p(-u))
    assert wealth.mean() == pytest.approx(1, abs=1e-4)
    assert wealth.max() == pytest.approx((2 + 4) / 4, rel=1e-3)


def test_alarms_among_bets_are_those_of_e_bh() -> None:
    wealth = np.array([1.0, 90.0, 45.0, 25.0, 3.0])
    assert list(tails.e_alarms(wealth, 0.05)) == [False, False, False, False, False]
    assert list(tails.e_alarms(np.array([1.0, 110.0, 55.0, 25.0, 3.0]), 0.05)) == [
        False,
        True,
        True,
        False,
        False,
    ]


def _orders(names: list[str]) -> Iterator[tuple[str, ...]]:
    yield from itertools.permutations(names)


def _seated(order: tuple[str, ...], groups: list[Class]) -> set[str]:
    seated: set[str] = set()
    for one in groups:
        seated |= set([o for o in order if o in one.officers and o not in seated][: one.count])
    return seated


@pytest.mark.parametrize(
    ("inner", "outer", "first", "second"), [(2, 3, 1, 1), (3, 6, 1, 2), (2, 5, 2, 1), (1, 4, 1, 1)]
)
def test_the_chance_of_a_seat_beside_specialists_is_that_of_all_orders(
    inner: int, outer: int, first: int, second: int
) -> None:
    names = [f"o{n}" for n in range(outer)]
    groups = [
        Class(frozenset(names[:inner]), first, alone=False),
        Class(frozenset(names), second, alone=False),
    ]
    counted: Counter[str] = Counter()
    orders = list(_orders(names))
    for order in orders:
        counted.update(_seated(order, groups))
    expected = {name: counted[name] / len(orders) for name in names}
    assert chances(groups) == pytest.approx(expected)


def test_classes_that_overlap_in_another_way_have_no_chance_stated() -> None:
    groups = [Class(frozenset("ab"), 1, alone=False), Class(frozenset("bc"), 1, alone=False)]
    assert chances(groups) is None


def test_the_chances_are_those_of_the_teams_that_are_drawn() -> None:
    """Against the draw itself, both modes, over many seeds."""
    seats = [Seat("a", "s", 1), Seat("a", "-", 1), Seat("b", "-", 1)]
    found = classes(seats, OFFICERS, {"o5"}, {"o4"})
    odds_of = chances(found)
    assert odds_of is not None
    plain = [Seat("a", "-", 2), Seat("b", "-", 1)]
    homes = classes(plain, OFFICERS, (), ())
    pair, mates, counted = 0, 0, Counter[str]()
    rounds = 4000
    for n in range(rounds):
        seed = sha256(str(n).encode()).hexdigest()
        counted.update(o for _, _, o in teams_each(seed, seats, OFFICERS, {"o5"}, {("o4", "x")}, ["x"]))
        team = {o for _, _, o in teams_each(seed, plain, OFFICERS, (), (), ["x"])}
        pair += {"o0", "o1"} <= team
        drawn = teams_groups(seed, 2, plain, OFFICERS, (), (), ["x", "y"])
        mates += any({"o0", "o7"} <= set(group) for group in drawn.groups)
    assert "o4" not in counted and "o5" not in counted
    for officer, chance in odds_of.items():
        assert counted[officer] / rounds == pytest.approx(chance, abs=0.035), officer
    assert pair / rounds == pytest.approx(together(homes, "o0", "o1"), abs=0.03)
    assert mates / rounds == pytest.approx(together(homes, "o0", "o7", 2), abs=0.035)


def test_tickets_are_recomputed_from_the_seeds(offices: list[county.Office]) -> None:
    history = read(offices)
    facts = offices[0].facts
    assert len(history.lots) == 8 and history.tickets == 160
    for one in history.lots:
        draw, frozen = facts.get(f.DRAWS, one.draw), facts.get(f.FROZEN, one.draw)
        assert draw is not None and frozen is not None
        seed = draw.outcome["seed"]
        expected = {s: int(lot.ticket_subject(seed, s), 16) / 2**256 for _, s, _ in frozen.pool}
        names = list(history.subjects)
        held = {names[who]: float(t) for who, t in zip(one.who, one.tickets, strict=True)}
        assert held == pytest.approx({s.upper(): t for s, t in expected.items()})
        drawn = {names[who] for who, hit in zip(one.who, one.drawn, strict=True) if hit}
        cut = draw.outcome["strata"][0]["cut"]
        assert drawn == {s.upper() for s in expected if lot.ticket_subject(seed, s) <= cut}


def test_every_family_is_tested_and_an_honest_office_is_told_so(offices: list[county.Office]) -> None:
    told = examine(offices, 2026)
    assert {one.id for one in told.families} == {
        *("subject-tickets", "subject-drawn", "group-tickets", "officer-tickets", "department-tickets"),
        *("officer-seated", "officer-subject", "officer-officer", "omnibus"),
    }
    assert sum(one.level for one in told.families) == pytest.approx(0.05)
    assert set(own_groups(told.history)) == {"油气", "粮食", "649999"}
    assert told.sound and told.json()["tickets"] == 160


def test_another_year_has_nothing_to_test_and_says_so(offices: list[county.Office]) -> None:
    with pytest.raises(LiuhenError) as caught:
        examine(offices, 2020)
    assert (caught.value.code, caught.value.exit) == ("E-FAIRNESS-NONE", Exit.INCONCLUSIVE)
    with pytest.raises(LiuhenError, match="E-FAIRNESS-WATCH"):
        examine(offices, 2026, watching=["91649999MA0009999X"])


def test_few_draws_are_counted_and_not_tested() -> None:
    history = simulate.county(np.random.default_rng(1), draws=4, subjects=100)
    told = {one.id: one for one in families(history, {})}
    assert told["subject-tickets"].tests == () and told["subject-tickets"].few == 100
    assert told["officer-tickets"].few == 0
    assert sum(one.level for one in told.values() if one.tests) == pytest.approx(0.05)


def test_a_protected_enterprise_is_found_and_the_words_accuse_nobody() -> None:
    rng = np.random.default_rng(7)
    history = simulate.county(rng, draws=60, subjects=200, protected=3, grind=3)
    found = {one.id: one for one in families(history, {})}
    (alarm,) = found["subject-tickets"].alarms
    assert alarm.key == "S00003" and alarm.high
    template, values = sentence(found["subject-tickets"], alarm)
    assert "drawn less easily" in template.format(**values)
    bet = watched(history, "S00003")
    assert bet.highest > 20 and everybody(history).key == "S00003"


def test_a_targeted_enterprise_is_found_on_the_other_side() -> None:
    history = simulate.county(np.random.default_rng(5), draws=60, subjects=200, targeted=9, grind=3)
    (alarm,) = next(one for one in families(history, {}) if one.id == "subject-tickets").alarms
    assert alarm.key == "S00009" and not alarm.high


def test_an_owner_whose_firms_are_each_protected_a_little_is_found_as_a_group() -> None:
    """Each draw is ground for one of the owner's three firms in turn."""
    rng = np.random.default_rng(11)
    history = simulate.county(rng, draws=60, subjects=200)
    for place, one in enumerate(history.lots):
        one.tickets[place % 3] = max(rng.random(4))
    groups = {"owner": [f"S{n:05}" for n in range(3)], "others": [f"S{n:05}" for n in range(3, 200)]}
    found = {one.id: one for one in families(history, groups)}
    assert [test.key for test in found["group-tickets"].alarms] == ["owner"]
    assert "S00000" not in {test.key for test in found["subject-tickets"].alarms}


def test_a_pair_that_meets_too_often_is_found() -> None:
    history = simulate.county(np.random.default_rng(3), draws=6, subjects=50)
    for n in range(40):
        often = Tally([0.1] * 6, ["d"] * (6 if n == 0 else n % 2))
        history.visits[f"o{n}", "S00001"] = often
    family = next(one for one in families(history, {}) if one.id == "officer-subject")
    assert [test.key for test in family.alarms] == ["o0 + S00001"]
    assert family.alarms[0].p == pytest.approx(1e-6)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_a_history_without_draws_gives_no_test(seed: int) -> None:
    assert families(History(), {}) == [] and everybody(History()).count == 0


def test_an_honest_office_stays_quiet_at_the_stated_rate() -> None:
    """60 years of 12 draws: at most 5% of reports with any alarm; 9 of 60 would be beyond 1 in 500."""
    loud = simulate.loud_reports(rounds=60, draws=12, subjects=300)
    assert loud <= 8


@pytest.mark.slow
def test_the_sizes_and_powers_stated_hold() -> None:
    for row in simulate.study(quick=False):
        assert row.holds, row


def test_odds_are_said_with_two_digits() -> None:
    assert [odds(p) for p in (0.5, 0.0123, 1 / 123456, 1e-9)] == ["1:2.0", "1:81", "1:120,000", "1:10^9"]


def test_what_fails_verification_is_said_first(offices: list[county.Office]) -> None:
    told = examine(offices)
    failed = Fairness((("甲", "fail", ""),), None, told.history, told.families, told.everybody, told.watched)
    assert not failed.sound


def test_an_insider_who_holds_every_secret_and_picks_seeds_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ledger that verifies: its last party tries eight secrets each time and keeps the best for a firm."""
    office = Office(tmp_path)
    office.lists()
    office.policy()
    office.plan(p=1, q=5)
    friend = made_up_code(2)
    clerk, supervisor = (signer.key_id.hex() for signer in (office.clerk, office.supervisor))
    known: dict[str, str] = {}

    def secret(size: int) -> str:
        (draw,) = [d for _, d in office.book.facts().rows(f.DRAWS) if d.state == "frozen"]
        name = next(n for n, d in office.book.facts().rows(f.DRAWS) if d.m == draw.m)
        tried = [random.randbytes(size).hex() for _ in range(8)]
        if clerk not in draw.commits:
            known[name] = tried[0]
            return tried[0]
        held = {clerk: known[name]}
        return max(
            tried,
            key=lambda r: lot.ticket_subject(lot.seed(name, draw.m, {**held, supervisor: r}, "none"), friend),
        )

    random = Random(5)
    monkeypatch.setattr("ledger.commands.draws.secrets.token_hex", secret)
    for n in range(18):
        office.task(f"t{n}")
        office.draw(f"d{n}", f"t{n}")
    office.book.close()
    told = examine(county.read_all([tmp_path / "台账 ledger.db"]), watching=[friend])
    assert told.offices[0][1] == "pass"
    assert friend in {test.key for family, test in told.alarms if family.id == "subject-tickets"}
    assert told.watched[0].highest > 20
    assert friend in {key for key, _ in told.everybody.alarms}

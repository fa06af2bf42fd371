"""The draw of enterprises: known answers, laws, what is refused (specs/draw.md)."""

from __future__ import annotations

import json
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier import draw
from verifier.errors import Malformed

ROOT = Path(__file__).parents[2]
VECTORS: dict[str, Any] = json.loads((ROOT / "specs/vectors/draw.json").read_text("utf-8"))
OUTSIDE = ROOT.parent / "shared/vectors/draw.json"

SEED = "0123456789abcdef" * 4
ids = st.from_regex(r"[A-Za-z0-9]{1,20}", fullmatch=True)
pools = st.lists(ids, unique=True, max_size=40)


def outside() -> dict[str, Any]:
    if not OUTSIDE.exists():
        pytest.skip("the vectors handed to the project are not beside this checkout")
    answers: dict[str, Any] = json.loads(OUTSIDE.read_text("utf-8"))
    return answers


def test_hash_of_lines_is_as_published() -> None:
    for case in VECTORS["H"]:
        assert draw.H(*case["lines"]) == case["hash"]


@pytest.mark.parametrize("name", VECTORS["H_refused"])
def test_a_line_out_of_form_is_refused(name: str) -> None:
    with pytest.raises(Malformed, match="E-DRAW-LINE"):
        draw.H("liuhen", *VECTORS["H_refused"][name])


def test_public_lines_are_as_published() -> None:
    for case in VECTORS["public"]:
        form = draw.parse_public_form(case["form"])
        assert str(form) == case["form"]
        assert draw.public_line(form, case["value"]) == case["line"]
        assert draw.public_value(form, case["line"]) == case["value"]


@pytest.mark.parametrize("text", VECTORS["public_form_refused"])
def test_a_public_source_out_of_form_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="E-DRAW-PUBLIC"):
        draw.parse_public_form(text)


@pytest.mark.parametrize(("form", "value"), VECTORS["public_value_refused"])
def test_a_public_value_that_does_not_fit_its_form_is_refused(form: str, value: str) -> None:
    with pytest.raises(Malformed, match="E-DRAW-VALUE"):
        draw.public_line(draw.parse_public_form(form), value)


@pytest.mark.parametrize("line", ["dice:123456", "balls:12345", "balls:", "none", "123456", ""])
def test_a_public_line_of_another_form_has_no_value(line: str) -> None:
    with pytest.raises(Malformed, match="E-DRAW-VALUE"):
        draw.public_value(draw.parse_public_form("balls:6"), line)


def test_commitments_and_seeds_are_as_published() -> None:
    for case in VECTORS["seeds"]:
        for party, r in case["reveals"].items():
            assert draw.commit_value(case["draw"], case["m"], party, r) == case["commits"][party]
        question = case["draw"], case["m"], case["reveals"], case["public"]
        assert draw.seed_text(*question) == case["text"]
        assert draw.seed(*question) == case["seed"]


def test_the_order_in_which_parties_reveal_does_not_matter() -> None:
    case = VECTORS["seeds"][2]
    backwards = dict(reversed(case["reveals"].items()))
    assert draw.seed(case["draw"], case["m"], backwards, case["public"]) == case["seed"]


@pytest.mark.parametrize(
    ("what", "m", "party", "r"),
    [
        ("M in upper case", SEED.upper(), SEED, SEED),
        ("a party that is too short", SEED, SEED[:-1], SEED),
        ("a secret of 63 characters", SEED, SEED, SEED[1:]),
        ("a secret with a line feed at its end", SEED, SEED, SEED + "\n"),
    ],
)
def test_a_commitment_to_what_is_not_lower_case_hex_is_refused(what: str, m: str, party: str, r: str) -> None:
    with pytest.raises(Malformed, match="E-DRAW-HEX"):
        draw.commit_value("d", m, party, r)
    with pytest.raises(Malformed, match="E-DRAW-HEX"):
        draw.seed_text("d", m, {party: r}, "none")


def test_sizes_are_as_published() -> None:
    for n, p, q, k in VECTORS["ceil"]:
        assert draw.size_ceil(n, p, q) == k
    for case in VECTORS["total"]:
        total, sizes = draw.sizes_total(case["p"], case["q"], [tuple(row) for row in case["strata"]])
        assert (total, sizes) == (case["K"], case["k"])


@pytest.mark.parametrize(("p", "q"), [(-1, 2), (3, 2), (0, 0), (1, 10**6 + 1)])
def test_a_rate_outside_its_bounds_is_refused(p: int, q: int) -> None:
    with pytest.raises(Malformed, match="E-DRAW-RATE"):
        draw.size_ceil(10, p, q)


@pytest.mark.parametrize("w", [0, -1, 10**6 + 1])
def test_a_weight_outside_its_bounds_is_refused(w: int) -> None:
    with pytest.raises(Malformed, match="E-DRAW-WEIGHT"):
        draw.sizes_total(1, 2, [("a", 10, w)])


@given(st.integers(0, 10**9), st.integers(1, 10**6), st.data())
def test_a_size_is_never_below_the_rate_nor_one_above_it(n: int, q: int, data: st.DataObject) -> None:
    p = data.draw(st.integers(0, q))
    k = draw.size_ceil(n, p, q)
    assert Fraction(p * n, q) <= k < Fraction(p * n, q) + 1
    assert k <= n


strata_lists = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), min_size=1, max_size=6)


@given(strata_lists, st.integers(0, 20), st.randoms())
def test_an_overall_rate_is_shared_out_whole(rows: list[tuple[int, int]], p: int, mixer: Any) -> None:
    strata = [(f"s{i}", n, w) for i, (n, w) in enumerate(rows)]
    total, sizes = draw.sizes_total(p, 20, strata)
    assert sum(sizes.values()) == total == draw.size_ceil(sum(n for n, _ in rows), p, 20)
    assert all(0 <= sizes[s] <= n for s, n, _ in strata)
    mixer.shuffle(strata)
    assert draw.sizes_total(p, 20, strata) == (total, sizes)


@given(strata_lists, st.integers(0, 20), st.integers(1, 30))
def test_a_higher_weight_never_shrinks_a_stratum(rows: list[tuple[int, int]], p: int, more: int) -> None:
    strata = [(f"s{i}", n, w) for i, (n, w) in enumerate(rows)]
    heavier = [("s0", rows[0][0], rows[0][1] + more), *strata[1:]]
    assert draw.sizes_total(p, 20, heavier)[1]["s0"] >= draw.sizes_total(p, 20, strata)[1]["s0"]


@given(strata_lists, st.integers(0, 20))
def test_of_two_equal_strata_the_heavier_gets_no_less(rows: list[tuple[int, int]], p: int) -> None:
    n, w = rows[0]
    strata = [("x", n, w), ("y", n, w + 1), *((f"s{i}", m, v) for i, (m, v) in enumerate(rows[1:]))]
    sizes = draw.sizes_total(p, 20, strata)[1]
    assert sizes["y"] >= sizes["x"]


def test_the_draw_of_enterprises_is_as_published() -> None:
    case = VECTORS["subjects"]
    result = draw.draw_subjects(case["seed"], [(s["id"], s["k"], s["pool"]) for s in case["strata"]])
    for stratum, found in zip(case["strata"], result.strata, strict=True):
        assert draw.order(case["seed"], stratum["pool"]) == [tuple(row) for row in stratum["order"]]
        assert found == draw.StratumResult(stratum["id"], len(stratum["pool"]), stratum["k"], stratum["cut"])
    assert [list(row) for row in result.rows] == case["rows"]
    assert list(result.in_order) == case["in_order"]


def test_more_than_the_pool_cannot_be_drawn() -> None:
    with pytest.raises(Malformed, match="E-DRAW-SIZE"):
        draw.draw_subjects(SEED, [("s", 3, ["a", "b"])])


@given(pools, st.integers(0, 45), st.randoms())
def test_the_order_of_the_list_does_not_matter(pool: list[str], k: int, mixer: Any) -> None:
    mixed = list(pool)
    mixer.shuffle(mixed)
    assert draw.select(SEED, pool, k) == draw.select(SEED, mixed, k) == draw.order(SEED, pool)[:k]


@given(pools, st.integers(0, 45), st.data())
def test_the_first_of_a_union_are_those_of_the_first_of_its_parts(
    pool: list[str], k: int, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(pool)))
    parts = [s for part in (pool[:cut], pool[cut:]) for _, s in draw.select(SEED, part, k)]
    assert draw.select(SEED, parts, k) == draw.select(SEED, pool, k)


@given(pools, ids)
def test_the_ticket_of_an_enterprise_does_not_depend_on_the_list(pool: list[str], other: str) -> None:
    tickets = {s: t for t, s in draw.order(SEED, {*pool, other})}
    assert all(tickets[s] == draw.ticket_subject(SEED, s) for s in [*pool, other])
    assert tickets[other] == draw.H("liuhen/ticket/1", SEED, "subject", other)


@given(pools, st.data())
def test_a_larger_sample_contains_the_smaller(pool: list[str], data: st.DataObject) -> None:
    k = data.draw(st.integers(0, len(pool)))
    assert draw.select(SEED, pool, len(pool))[:k] == draw.select(SEED, pool, k)


def test_outside_answers_for_enterprises_agree() -> None:
    for case in outside()["cases"]:
        for party, r in case["reveals"].items():
            assert draw.commit_value(case["draw"], case["manifest"], party, r) == case["commits"][party]
        question = case["draw"], case["manifest"], case["reveals"], case["public"]
        assert draw.seed_text(*question) == case["seed_text"]
        assert draw.seed(*question) == case["seed"]
        for stratum in case["strata"]:
            k = draw.size_ceil(len(stratum["pool"]), *stratum["rate"])
            assert k == stratum["k"]
            assert [list(row) for row in draw.order(case["seed"], stratum["pool"])] == stratum["order"]
            assert [s for _, s in draw.select(case["seed"], stratum["pool"], k)] == stratum["drawn"]


def test_outside_answers_for_an_overall_rate_agree() -> None:
    for case in outside()["total"]:
        strata = [tuple(row) for row in case["strata"]]
        assert draw.sizes_total(case["p"], case["q"], strata) == (case["K"], case["k"])


def test_a_query_in_duckdb_gives_the_same_order() -> None:
    duckdb = pytest.importorskip("duckdb")
    pool = [f"91640000DEMO{i:06d}" for i in range(1500)]
    seed, k = VECTORS["seeds"][0]["seed"], 200
    connection = duckdb.connect()
    connection.execute("CREATE TABLE pool (subject VARCHAR)")
    connection.executemany("INSERT INTO pool VALUES (?)", [(s,) for s in pool])
    query = spec_block("sql").replace("SEED", seed).replace("LIMIT 3", f"LIMIT {k}")
    assert f"LIMIT {k}" in query
    assert connection.execute(query).fetchall() == [
        (rank, s, t) for rank, (t, s) in enumerate(draw.select(seed, pool, k), 1)
    ]


def spec_block(language: str) -> str:
    """The one fenced block of `language` in specs/draw.md."""
    _, _, rest = (ROOT / "specs/draw.md").read_text("utf-8").partition(f"```{language}\n")
    return rest.partition("```")[0]


def test_every_line_of_the_worked_example_can_be_repeated_by_hand() -> None:
    if not (shutil.which("sha256sum") and shutil.which("sh")):
        pytest.skip("no sha256sum here")
    lines = spec_block("sh").splitlines()
    commands = [line for line in lines if line.startswith("printf ")]
    answers = [line.removeprefix("# ") for line in lines if line.startswith("# ")]
    assert len(commands) == len(answers) >= 12
    shell = subprocess.run(["sh", "-c", "\n".join(commands)], capture_output=True, text=True, check=True)
    assert [line.split()[0] for line in shell.stdout.splitlines()] == answers


def test_the_worked_example_is_what_the_verifier_computes() -> None:
    example = VECTORS["worked_example"]
    m, reveals = example["m"], example["reveals"]
    parties = sorted(reveals)
    seed = draw.seed(example["draw"], m, reveals, example["public"])
    team = [(s, o) for s in example["in_order"] for o in example["officers"]]
    expected = [
        *(draw.commit_value(example["draw"], m, party, reveals[party]) for party in parties),
        seed,
        *(draw.ticket_subject(seed, s) for s in example["pool"]),
        *(draw.ticket_officer(seed, s, o) for s, o in team),
        *(draw.ticket_member(seed, o) for o in example["officers"]),
    ]
    assert [line[2:] for line in spec_block("sh").splitlines() if line.startswith("# ")] == expected
    assert [s for _, s in draw.select(seed, example["pool"], example["k"])] == example["in_order"]

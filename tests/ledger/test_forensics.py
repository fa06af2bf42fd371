"""Past draws of other platforms: bad methods told from honest lots, files as platforms write them."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from math import comb
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from ledger.forensics import methods as m
from ledger.forensics.orders import frame_of, orders_of
from ledger.forensics.reading import Past, read_officers, read_past, when
from ledger.forensics.report import LEVEL, examine, said, threshold
from ledger.importing.tables import merged_cells
from tests import past_methods as known
from tests import simulate
from verifier.errors import Exit, LiuhenError


def found(draws: list[Past], officers: Sequence[str] = (), strata: str = "") -> set[str]:
    return {one.method for one in examine(draws, officers, strata).found}


def write_csv(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def list_file(folder: Path, size: int = 200) -> Path:
    listed = known.roster(size)
    titles = list(listed.columns)
    rows = zip(*listed.columns.values(), strict=True)
    return write_csv(folder / "名录.csv", [["某平台导出"], titles, *rows])


def result_file(folder: Path, places: Sequence[int], name: str = "结果.csv", **more: Sequence[str]) -> Path:
    codes = known.roster(200).keys
    rows = [[codes[p], *(values[i] for values in more.values())] for i, p in enumerate(places)]
    return write_csv(folder / name, [["统一社会信用代码", *more], *rows])


@pytest.mark.parametrize("name", known.BAD)
def test_a_bad_method_is_found_in_one_or_three_draws(name: str) -> None:
    method, expected = known.BAD[name]
    draws = known.past(method, np.random.default_rng(3), draws=3 if method is known.leaning else 1)
    assert found(draws) & expected


def test_honest_lots_are_left_alone() -> None:
    loud = [
        seed
        for seed in range(25)
        if found(known.past(known.honest, np.random.default_rng([seed, 5]), size=400, k=20))
    ]
    assert len(loud) <= 2


@pytest.mark.slow
def test_the_error_rates_stated_hold() -> None:
    for row in simulate.past_study(quick=False):
        assert row.holds, row


def test_systematic_sampling_has_as_many_outcomes_as_its_step() -> None:
    draws = known.past(known.systematic, np.random.default_rng(1), size=1000, k=30)
    told = examine(draws)
    (one,) = [q for q in told.found if q.method == "equal-gaps"]
    assert (one.order, one.outcomes) == ("统一社会信用代码", "33")
    assert told.draws[0].outcomes == "10^57"


def test_above_half_the_gaps_of_those_left_out_are_looked_at() -> None:
    left = set(range(1, 40, 5))
    assert m.equal_gaps([p for p in range(40) if p not in left], 40) < 1e-5


@pytest.mark.parametrize(("n", "k"), [(7, 3), (9, 4), (8, 2)])
def test_exact_laws_are_those_of_all_outcomes(n: int, k: int) -> None:
    every = list(itertools.combinations(range(n), k))
    assert m.progression_p(n, k) == pytest.approx(sum(m.step(p) > 0 for p in every) / comb(n, k))
    for places in every:
        pairs = sum(b - a == 1 for a, b in itertools.pairwise(places))
        if pairs:
            more = sum(sum(b - a == 1 for a, b in itertools.pairwise(p)) >= pairs for p in every)
            assert m.neighbours(places, n) == pytest.approx(more / len(every))
        reach = places[-1] + 1
        assert m.tails(places, n) <= 2 * comb(reach, k) / comb(n, k) + 1e-12


def test_a_filter_is_taken_for_one_and_the_rest_judged_within_it() -> None:
    (past,) = known.past(known.first_of_a_region, np.random.default_rng(2))
    frame = frame_of(past)
    assert frame.filters == (("管辖单位", "河东镇"),)
    assert frame.size == past.roster.columns["管辖单位"].count("河东镇")
    told = examine([past])
    assert "注册资本" in {one.order for one in told.found}


def test_an_order_and_its_reverse_count_once() -> None:
    listed = known.roster(50)
    reverse = {**listed.columns, "倒序": tuple(str(50 - n) for n in range(50))}
    past = Past("d", type(listed)("x", listed.keys, listed.names, reverse), (1, 2, 3))
    labels = [order.label for order in orders_of(past.roster, frame_of(past))]
    assert labels[0] == "" and "序号" not in labels and "倒序" not in labels
    assert labels.count("统一社会信用代码") == 1


def test_rates_that_differ_by_class_are_no_find_when_the_class_is_named() -> None:
    """A is drawn at 2% and D at 50%; the capital follows the class."""
    rng = np.random.default_rng(8)
    listed = known.roster(400)
    capital = tuple(str("ABCD".index(c) * 10**6 + n) for n, c in enumerate(listed.columns["风险等级"]))
    listed = type(listed)("x", listed.keys, listed.names, {**listed.columns, "注册资本": capital})
    drawn = []
    for letter, rate in (("A", 0.02), ("B", 0.05), ("C", 0.2), ("D", 0.5)):
        inside = [i for i, c in enumerate(listed.columns["风险等级"]) if c == letter]
        drawn += [int(i) for i in rng.choice(inside, round(rate * len(inside)), replace=False)]
    past = Past("d", listed, tuple(drawn))
    assert "lean" in found([past])
    assert found([past], strata="风险等级") == set()


def test_officers_in_turn_are_found_and_lots_of_pairs_are_not() -> None:
    rng = np.random.default_rng(4)
    turns = known.past(known.honest, rng, teams=known.pairs_in_turn)
    assert {"in-turn", "in-steps"} <= found(turns, known.OFFICERS)
    lots = known.past(known.honest, rng, teams=known.lot_of_pairs)
    assert not {"in-turn", "in-steps"} & found(lots, known.OFFICERS)
    (fact,) = [t.format(**v) for t, v in examine(turns).facts]
    assert "5 different teams" in fact and "45" in fact


def test_favourites_and_rotation_are_found_over_several_draws() -> None:
    told = examine(known.favourites(np.random.default_rng(1)))
    assert "again" in {one.method for one in told.found}
    assert {row[2] for row in told.often} == {6} and len(told.often) == 10
    assert "rotation" in found(known.rotating(np.random.default_rng(1)))


def test_too_few_drawn_cannot_be_told_and_give_no_find() -> None:
    told = examine(known.past(known.honest, np.random.default_rng(1), size=12, k=2))
    assert told.questions and not told.asked and not told.found
    assert {one.answer(told.threshold) for one in told.questions} == {"cannot-tell"}


def test_the_threshold_counts_the_questions_that_can_be_answered() -> None:
    told = examine(known.past(known.honest, np.random.default_rng(1)))
    assert told.threshold == threshold(told.questions)
    assert len(told.asked) <= LEVEL / told.threshold + 1e-9


def test_files_of_a_platform_are_read_by_their_titles(tmp_path: Path) -> None:
    places = [5, 20, 3]
    result = result_file(
        tmp_path,
        places,
        检查人员=["甲一、乙二", "丙三，丁四", "甲一 乙二"],
        抽取时间=["2025/3/1 09:00:01", "2025-03-01 09:00:01", "2025年3月1日 9:00:02"],
    )
    (past,) = read_past([(list_file(tmp_path), result)])
    assert past.drawn == (5, 20, 3) and past.teams == ("甲一+乙二", "丙三+丁四", "甲一+乙二")
    assert past.time == when("2025-03-01 09:00:01") and not past.strangers
    assert set(past.roster.columns) == {*known.roster(9).columns}


def test_batches_and_presses_of_the_button_are_draws_of_their_own(tmp_path: Path) -> None:
    """Three presses within ten minutes, the second batch missing."""
    result = result_file(
        tmp_path,
        [1, 2, 3, 4, 5, 6],
        任务名称=["春季抽查"] * 6,
        批次=["1"] * 4 + ["3"] * 2,
        抽取时间=["2025-03-01 09:00"] * 2 + ["2025-03-01 09:04"] * 2 + ["2025-03-01 09:10"] * 2,
    )
    draws = read_past([(list_file(tmp_path), result)])
    assert [past.drawn for past in draws] == [(1, 2), (3, 4), (5, 6)]
    facts = [template.format(**values) for template, values in examine(draws).facts]
    assert len([fact for fact in facts if "again" in fact]) == 2
    assert any("batches 2 are missing" in fact for fact in facts)


def test_a_list_that_is_not_the_one_drawn_from_gives_no_p_value(tmp_path: Path) -> None:
    result = result_file(tmp_path, [1, 2, 3])
    with result.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(["91649999MA7654321X"])
    told = examine(read_past([(list_file(tmp_path), result)]))
    assert not told.questions and not told.draws
    ((template, values),) = told.closed
    assert "91649999MA7654321X" in template.format(**values)


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("stand twice", lambda rows: [*rows, rows[-1]]),
        ("nobody was drawn", None),
        ("everybody was drawn", "all"),
    ],
)
def test_draws_without_a_choice_are_named(tmp_path: Path, words: str, change: object) -> None:
    listed = known.roster(20)
    drawn: tuple[int, ...] = () if change is None else tuple(range(20 if change == "all" else 3))
    twice = ("x",) if callable(change) else ()
    told = examine([Past("d", listed, drawn, twice=twice)])
    ((template, values),) = told.closed
    assert words in template.format(**values) and not told.questions


def test_merged_cells_below_the_header_are_refused_and_a_merged_title_is_not(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["某县名录", "", ""], ["序号", "企业名称", "管辖单位"], [1, "甲", "城关"], [2, "乙", ""]):
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    good = tmp_path / "好.xlsx"
    book.save(good)
    assert merged_cells(good, sheet.title) == [("A1:C1", 1, 1)]
    result = write_csv(tmp_path / "结果.csv", [["企业名称"], ["甲"]])
    assert read_past([(good, result)])[0].drawn == (0,)
    sheet.merge_cells("C3:C4")
    bad = tmp_path / "坏.xlsx"
    book.save(bad)
    with pytest.raises(LiuhenError) as caught:
        read_past([(bad, result)])
    assert (caught.value.code, caught.value.exit) == ("E-FORENSICS-MERGED", Exit.UNREADABLE)
    assert caught.value.params["areas"] == "C3:C4"


@pytest.mark.parametrize(
    ("code", "header"), [("E-FORENSICS-COLUMNS", ["甲", "乙"]), ("E-FORENSICS-KEY", ["企业名称", "x"])]
)
def test_tables_that_do_not_fit_are_refused_with_what_they_need(
    tmp_path: Path, code: str, header: list[str]
) -> None:
    result = write_csv(tmp_path / "结果.csv", [header, ["1", "2"]])
    listed = write_csv(tmp_path / "名录.csv", [["统一社会信用代码"], ["91649999MA0000001X"]])
    with pytest.raises(LiuhenError) as caught:
        read_past([(listed, result)])
    assert caught.value.code == code and caught.value.remedy


def test_codes_spoilt_by_a_spreadsheet_give_way_to_names(tmp_path: Path) -> None:
    listed = write_csv(
        tmp_path / "名录.csv", [["统一社会信用代码", "企业名称"], ["9.1E+17", "甲"], ["9.1E+17", "乙"]]
    )
    result = write_csv(tmp_path / "结果.csv", [["统一社会信用代码", "企业名称"], ["9.1E+17", "乙"]])
    assert read_past([(listed, result)])[0].drawn == (1,)


def test_one_row_for_each_officer_is_one_visit_and_sums_below_are_no_subject(tmp_path: Path) -> None:
    result = result_file(tmp_path, [4, 4, 9, 9], 检查人员=["甲一", "乙二", "乙二", "丙三"])
    with result.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(["合计：2"])
    (past,) = read_past([(list_file(tmp_path), result)])
    assert past.drawn == (4, 9) and past.teams == ("甲一+乙二", "乙二+丙三")
    assert not past.twice and not past.strangers


@pytest.mark.parametrize(
    ("p", "shown"),
    [(0.5, "0.500"), (5e-5, "5×10^-5"), (4.2e-8, "5×10^-8"), (9.5e-8, "1×10^-7"), (0, "1×10^-300")],
)
def test_a_p_value_is_never_shown_smaller_than_it_is(p: float, shown: str) -> None:
    assert said(p) == shown


def test_officers_are_read_in_their_order(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "人员.csv", [["序号", "姓名"], ["1", "乙"], ["2", "甲"]])
    assert read_officers(path) == ["乙", "甲"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2025-03-01", "2025-03-01 00:00:00"),
        ("2025年3月1日 9:05", "2025-03-01 09:05:00"),
        ("2025/3/1T09:05:07", "2025-03-01 09:05:07"),
        ("2025-13-01", "None"),
        ("昨天", "None"),
    ],
)
def test_times_are_read_as_platforms_write_them(text: str, shown: str) -> None:
    assert str(when(text)) == shown

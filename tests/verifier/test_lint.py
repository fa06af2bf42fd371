"""计划审查: the contradictions inside the seeds are found where they stand, and nothing else is.

The rows are those printed in S0 附件3 and 4 and in S4 附件2 and 3; the registers are made up.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ledger import policy
from ledger.commands.plans import year_table
from tests.office import made_up_code
from verifier import facts as f
from verifier.facts import MemoryFacts
from verifier.lint.names import leading, missing_parts, office_parts, own_number, suggested
from verifier.lint.people import check_people
from verifier.lint.plan import check
from verifier.lint.policy import Rules, check_rules, conflicts
from verifier.lint.remark import Remark

GRAIN = "储备粮（原粮、成品粮和食用油）承储企业执行专仓储存、专人保管、专账记载等合规达标情况"
MORE = ("2.库存数量账实相符情况", "3.其他依法抽查内容")
SAFETY = ["1.企业安全储粮、安全生产工作和责任落实情况", "2.库存粮食质量安全情况", "3.其他依法检查内容"]
S0_ITEMS = {
    "item-1": ["油气长输管道开展安全生产检查"],
    "item-2": [f"1.{GRAIN}", *MORE],
    "item-3": SAFETY,
}
S4_ITEMS = {"item-1": ["对危化企业安全生产的检查"], "item-2": ["对工贸企业安全生产的检查"]}


def office(
    profile: str, items: dict[str, list[str]], name: str = "示范县发展和改革局", **values: object
) -> MemoryFacts:
    """Facts with a ready policy in force, items and 60 subjects, 10 of each of six tags."""
    facts = MemoryFacts()
    read = policy.profile(profile)
    held = f.Policy(read.document, read.title, b"", {**read.values, **values}, dict(read.clauses), 1)
    facts.put(f.POLICIES, read.policy, held)
    facts.put(f.LEDGER, f.ONE, f.Ledger(b"", "o", name, "000000", "fgj", "", read.policy))
    for key, text in items.items():
        facts.put(f.register("items"), key, f.Row({"text": text}, 1))
    tags = ("油气", "粮食承储", "粮食经营", "危化", "工贸", "其他")
    for n in range(60):
        record = {"status": "active", "tags": [tags[n % 6]], "risk": "ABCD"[n % 4], "name": f"企业{n}"}
        facts.put(f.register("subjects"), made_up_code(n), f.Row(record, 1))
    return facts


def row(
    no: int, p: int, q: int, item: str, text: list[str], tags: list[str], **more: object
) -> dict[str, Any]:
    return {
        "no": no,
        "plan_name": "2023年全县抽查",
        "task_name": "检查",
        "text": text,
        "items": [item],
        "p": p,
        "q": q,
        "objects": "企业",
        "tags": tags,
        "draw": "undirected",
        "organiser": "发改局",
        "executor": "发改局",
        "kind": "own",
        "until": "2023-10",
        **more,
    }


JOINT = {"kind": "joint", "partners": ["市场监管局"]}


def plan(facts: MemoryFacts, *rows: dict[str, Any], today: str = "2023-05-01") -> dict[str, Remark]:
    """The remarks on a plan of these rows by id and row, those on policy and people left out."""
    for record in rows:
        facts.put(f.register("plan.p"), str(record["no"]), f.Row(record, 2))
    whole = check(facts, "p", today)
    rest = check(facts, "none", today)
    return {f"{r.id} {r.row}".strip(): r for r in whole if r not in rest}


def s0() -> MemoryFacts:
    return office("s0", S0_ITEMS)


S0_ROWS = (
    row(1, 1, 2, "item-1", ["对油气长输管道开展安全生产检查"], ["油气"], executor="甲股", **JOINT),
    row(
        2, 1, 5, "item-2", [f"1.{GRAIN.replace('原粮、', '')}", *MORE], ["粮食承储"], executor="乙股", **JOINT
    ),
    row(3, 1, 100, "item-3", SAFETY, ["粮食承储", "粮食经营"]),
)


def test_the_contradictions_of_s0_are_found_where_they_stand() -> None:
    found = plan(s0(), *S0_ROWS)
    assert found.keys() == {"rate-low 3", "item-text 2", "pool-small 3", "month-only"}
    assert (found["rate-low 3"].level, "细则第九条" in found["rate-low 3"].source) == ("must", True)
    assert "1%低于3%" in found["rate-low 3"].zh
    assert "原粮" in found["item-text 2"].zh
    assert "共20户" in found["pool-small 3"].zh and "抽取1户" in found["pool-small 3"].zh
    partial = [r for r in check(s0(), "none", "2023-05-01") if r.row == "classes"]
    assert [(r.id, "A、C类" in r.zh, "主要任务1" in r.source) for r in partial] == [
        ("classes-partial", True, True)
    ]


def s4(**values: object) -> MemoryFacts:
    return office("s4", S4_ITEMS, "示范县应急管理局", **values)


S4_ROWS = tuple(
    row(
        no,
        1,
        20,
        f"item-{no}",
        S4_ITEMS[f"item-{no}"],
        [tag],
        plan_no=f"202300{no}",
        plan_name=f"2023年示范县应急管理局内部门联合抽查00{no}",
        kind="internal",
        partners=["监管股"],
        by_risk=True,
        since=since,
        until=until,
        draw="directed",
    )
    for no, tag, since, until in ((1, "危化", "2023-05", "2023-06"), (2, "工贸", "2023-09", "2023-10"))
)


def test_the_contradictions_of_s4_are_found_where_they_stand() -> None:
    found = plan(s4(), *S4_ROWS)
    assert found.keys() == {"name-rule 1", "name-rule 2", "coverage-low", "pool-small 1", "pool-small 2"}
    assert "缺少：随机抽查。" in found["name-rule 1"].zh
    assert "2023年示范县应急管理局随机抽查001" in found["name-rule 1"].zh
    assert "附件2备注1" in found["name-rule 1"].source
    words = [r for r in check(s4(), "none", "2023-05-01") if r.id == "coverage-word"]
    assert [r.row for r in words] == ["coverage", "min_rate"]
    assert "每个行业" in words[0].zh and "一(一)" in words[0].source


def test_s1_contradicts_itself_and_s0_over_who_was_drawn_before() -> None:
    one, other = rules("s1"), rules("s0")
    assert [(r.id, r.row) for r in check_rules(one)] == [("repeat-override", "repeat")]
    (found,) = conflicts(one, other)
    assert (found.id, found.level) == ("exclusion-conflict", "must")
    assert "阳发改字〔2023〕15号" in found.source and "细则第九条" in found.source
    assert conflicts(other, one) == [found]


def rules(name: str, **values: object) -> Rules:
    read = policy.profile(name)
    return Rules(read.document, {**read.values, **values}, read.clauses)


@pytest.mark.parametrize("name", policy.profiles())
def test_a_ready_policy_agrees_with_itself(name: str) -> None:
    assert [r for r in check_rules(rules(name)) if r.level == "must"] == []
    assert conflicts(rules(name), rules(name)) == [] or name == "s1"


@pytest.mark.parametrize(
    ("values", "found"),
    [
        pytest.param({"yearly_cap": 1, "frequency": [2, 3]}, ["frequency-cap"], id="more than the cap"),
        pytest.param({"filing_days": 2}, ["unit-missing"], id="days of no unit"),
        pytest.param({"min_officers": 1}, ["officers-few"], id="one officer"),
        pytest.param({"strict_2024": True}, ["cap-missing"], id="no cap under 54号"),
        pytest.param(
            {"strict_2024": True, "yearly_cap": 2, "repeat": "allow"},
            ["repeat-allowed"],
            id="repeats under 54号",
        ),
        pytest.param({"strict_2024": True, "yearly_cap": 2}, [], id="54号 kept"),
    ],
)
def test_values_that_contradict_each_other(values: dict[str, object], found: list[str]) -> None:
    assert [r.id for r in check_rules(rules("s3", **values))] == found


@pytest.mark.parametrize(
    ("mine", "theirs", "found"),
    [
        pytest.param({"frequency": [1, 2]}, {"frequency": [3, 4]}, ["frequency-conflict"], id="apart"),
        pytest.param({"frequency": [1, 2]}, {"frequency": [2, 4]}, [], id="both can be kept"),
        pytest.param({"yearly_cap": 1}, {"frequency": [2, 2]}, ["frequency-conflict"], id="above the cap"),
        pytest.param(
            {"repeat": "refuse"}, {"repeat": "allow"}, ["exclusion-conflict"], id="refused, allowed"
        ),
        pytest.param({"repeat": "refuse"}, {"repeat": "refuse"}, [], id="both refuse"),
    ],
)
def test_rules_of_two_departments(mine: dict[str, Any], theirs: dict[str, Any], found: list[str]) -> None:
    one, other = rules("s3", **mine), Rules("另一单位2号", {**rules("s3").values, **theirs}, {})
    remarks = conflicts(one, other)
    assert [r.id for r in remarks] == found
    assert all("另一单位2号" in r.source and one.document in r.source for r in remarks)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"items": ["item-9"]}, ["item-unlisted"], id="an item not listed"),
        pytest.param({"text": ["别的检查"]}, ["item-text"], id="other words"),
        pytest.param({"tags": ["矿山"]}, ["pool-empty"], id="nobody has the tag"),
        pytest.param({"tags": None}, ["tags-missing"], id="no tag"),
        pytest.param({"until": "2023-04"}, ["deadline-past"], id="over before it begins"),
        pytest.param(
            {"p": 1, "q": 50, "reason": "普查"}, ["rate-low", "pool-small"], id="a low rate with a reason"
        ),
        pytest.param({"task_name": "危化全覆盖检查"}, ["coverage-word"], id="everyone at a fifth"),
        pytest.param({**JOINT, "partners": []}, ["departments-few"], id="joint, but alone"),
    ],
)
def test_what_may_be_wrong_with_one_row(changed: dict[str, object], found: list[str]) -> None:
    base = row(1, 1, 5, "item-1", S0_ITEMS["item-1"], ["油气"], since="2023-04")
    other = row(2, 1, 5, "item-2", S0_ITEMS["item-2"], ["粮食承储"], since="2023-04", **JOINT)
    record = {k: v for k, v in {**base, **changed}.items() if v is not None}
    remarks = plan(s0(), record, {**other, "executor": "乙股"})
    assert [r.id for r in remarks.values() if r.id != "joint-few"] == found
    assert all(r.row in ("1", "") and r.source and r.zh and r.en for r in remarks.values())


def test_a_reason_makes_a_low_rate_advice() -> None:
    low = row(1, 1, 50, "item-1", S0_ITEMS["item-1"], ["油气"])
    assert plan(s0(), low)["rate-low 1"].level == "must"
    assert plan(s0(), {**low, "reason": "普查"})["rate-low 1"].level == "should"


def test_rows_of_one_office_in_the_same_months_are_merged() -> None:
    one = row(1, 1, 5, "item-2", S0_ITEMS["item-2"], ["粮食承储"], since="2023-05")
    other = row(2, 1, 5, "item-3", S0_ITEMS["item-3"], ["粮食承储", "粮食经营"], since="2023-06")
    assert "有10户" in plan(s0(), one, other)["merge 2"].zh
    later = {**other, "since": "2023-11", "until": "2023-12"}
    assert "merge 2" not in plan(s0(), one, later)
    assert "merge 2" not in plan(s0(), one, {**other, "executor": "乙股"})


def test_an_item_planned_too_often_and_too_few_joint_inspections() -> None:
    rows = [row(n, 1, 5, "item-1", S0_ITEMS["item-1"], ["油气"], until=f"2023-{n + 5:02}") for n in (1, 2, 3)]
    found = plan(s0(), *rows)
    assert {"frequency-over 3", "joint-few"} <= found.keys()
    assert "frequency-over 2" not in found


def test_what_a_superior_body_has_planned_is_not_planned_again() -> None:
    facts = s0()
    superior = {"body": "市发改委", "name": "油气抽查", "year": 2023, "until": "2023-10", "tags": ["油气"]}
    facts.put(f.register("superior"), "1", f.Row(superior, 1))
    assert "superior-overlap 1" in plan(facts, S0_ROWS[0])
    named = {**superior, "tags": [], "subjects": [made_up_code(0)]}
    facts.put(f.register("superior"), "1", f.Row(named, 1))
    assert made_up_code(0) in plan(facts, S0_ROWS[0])["superior-overlap 1"].zh
    facts.put(f.register("superior"), "1", f.Row({**superior, "until": "2023-03"}, 1))
    assert "superior-overlap 1" not in plan(facts, S0_ROWS[0])


def test_a_subject_without_a_class_would_fall_out_of_a_row_by_risk() -> None:
    facts = s4()
    code = made_up_code(3)
    record = facts.get(f.register("subjects"), code).record  # type: ignore[union-attr]
    facts.put(f.register("subjects"), code, f.Row({k: v for k, v in record.items() if k != "risk"}, 2))
    found = plan(facts, *S4_ROWS)
    assert code in found["class-missing 1"].zh and "class-missing 2" not in found


def test_a_plan_that_should_have_been_filed_by_now() -> None:
    facts = office("s2", S0_ITEMS)
    record = row(1, 1, 5, "item-1", S0_ITEMS["item-1"], ["油气"], since="2023-05")
    assert "filing-late" not in plan(facts, record)  # the calendar of the year is not known: 暂定
    off, work = year_table(2023)
    facts.put(f.CALENDARS, "2023", f.Calendar("国办发明电〔2022〕16号", tuple(off), tuple(work), 1))
    found = plan(facts, record)
    assert "filing-late" in found and "2023-01-15" in " ".join(r.zh for r in check(facts, "p", "2023-05-01"))
    assert "filing-late" not in plan(facts, record, today="2023-01-10")


def test_one_key_for_several_people_is_found() -> None:
    facts = MemoryFacts()
    names = ("赵一", "钱二、孙三", "执法监督股", "值班账号", "赵一", "")
    for number, name in enumerate(names):
        facts.put(f.HOLDERS, f"h-{number}", f.Holder(name, "fgj"))
    found = [(r.id, r.row) for r in check_people(facts)]
    shared = [("shared-account", f"h-{n}") for n in (1, 2, 3)]
    assert found == [*shared, ("one-person-twice", "h-4")]


def test_numbers_that_stand_twice() -> None:
    twice = plan(s4(plan_names=None), S4_ROWS[0], {**S4_ROWS[1], "plan_no": "2023001"})
    assert {"number-twice 1", "number-twice 2"} <= twice.keys()


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("2023年示范县应急管理局随机抽查001", []),
        ("2023年示范县应急管理局内部门联合抽查001", ["随机抽查"]),
        ("2023年示范县部门联合抽查001", ["部门", "随机抽查"]),
        ("示范县应急管理局随机抽查001", ["年度"]),
        ("2022年示范县应急管理局随机抽查001", ["年度"]),
        ("2023年全县储备粮检查", ["行政区划", "部门", "随机抽查", "序号"]),
        ("", ["年度", "行政区划", "部门", "随机抽查", "序号"]),
    ],
)
def test_the_name_rule(name: str, missing: list[str]) -> None:
    assert missing_parts(name, 2023, "示范县应急管理局") == missing


@pytest.mark.parametrize(
    "office_name", ["示范县应急管理局", "演示自治县发改局", "宁安", "市场监管局", "某某市市场监督管理局"]
)
def test_the_suggested_name_keeps_the_rule(office_name: str) -> None:
    assert "".join(office_parts(office_name)) == office_name
    assert missing_parts(suggested(2023, office_name, "007"), 2023, office_name) == []


@pytest.mark.parametrize(
    ("organiser", "whose"),
    [
        ("县应急管理局", "示范县应急管理局"),
        ("示范县应急管理局", "示范县应急管理局"),
        ("县消防救援大队", "示范县消防救援大队"),
        ("示范县消防救援大队", "示范县消防救援大队"),
        ("消防救援大队", "示范县消防救援大队"),
        ("市场监管局", "示范县市场监管局"),
    ],
)
def test_a_joint_plan_bears_the_name_of_who_leads_it(organiser: str, whose: str) -> None:
    assert leading("示范县应急管理局", organiser) == whose


def test_a_suggested_name_keeps_the_number_of_its_row() -> None:
    numbers = [own_number(plan_no, 4) for plan_no in ("2023002", "联2023001", "甲-7", "")]
    assert numbers == ["002", "联001", "004", "004"]


def task(name: str, batch: int, rates: str = "ABCD") -> f.Task:
    strata = [{"id": r, "filter": {"risk": [r]}, "w": w} for w, r in enumerate(rates, 1)]
    data = {"task": name, "plan": "p", "row": "1", "batch": batch, "strata": strata}
    return f.Task(data, "approved", 3, "qian", "x")


def test_tasks_of_one_batch_and_rates_that_fall() -> None:
    facts = s4()
    facts.put(f.TASKS, "t1", task("t1", 1))
    facts.put(f.TASKS, "t2", task("t2", 2))
    assert not {"batch-twice 1", "class-rates 1"} & plan(facts, *S4_ROWS).keys()
    facts.put(f.TASKS, "t3", task("t3", 2, "DCBA"))
    assert {"batch-twice 1", "class-rates 1"} <= plan(facts, *S4_ROWS).keys()


def member(facts: MemoryFacts, n: int, of: str, department: str, capacity: str = "成员") -> None:
    record = {"of": of, "department": department, "capacity": capacity}
    facts.put(f.register("members"), f"m{n}", f.Row(record, 1))


def test_a_partner_that_is_no_member_of_the_joint_meeting() -> None:
    facts = s0()
    assert not {r for r in plan(facts, *S0_ROWS) if r.startswith("partner")}
    member(facts, 1, "leading_group", "示范县应急管理局")
    assert {"partner-stranger 1", "partner-stranger 2"} <= plan(facts, *S0_ROWS).keys()
    assert "领导小组" in plan(facts, *S0_ROWS)["partner-stranger 1"].zh
    member(facts, 2, "joint_meeting", "示范县市场监管局")
    assert not {r for r in plan(facts, *S0_ROWS) if r.startswith("partner")}


def test_a_department_of_a_joint_task_that_is_no_member() -> None:
    facts = s0()
    member(facts, 1, "joint_meeting", "示范县市场监管局")
    officer = {"department": "yjj", "department_name": "应急管理局"}
    facts.put(f.register("officers"), "o1", f.Row(officer, 1))
    made = task("t1", 1)
    made.data["seats"] = [["yjj", "-", 1]]
    facts.put(f.TASKS, "t1", made)
    found = plan(facts, *S0_ROWS)
    assert "任务 t1 的参与部门 应急管理局" in found["partner-stranger 1"].zh


def test_departments_without_a_liaison_are_remarked_where_the_list_names_liaisons() -> None:
    facts = s0()
    member(facts, 1, "joint_meeting", "市场监管局")
    member(facts, 2, "joint_meeting", "应急管理局")
    assert "liaison-missing" not in plan(facts, *S0_ROWS)
    member(facts, 3, "joint_meeting", "市场监管局", "联络员")
    assert "应急管理局 共1个" in plan(facts, *S0_ROWS)["liaison-missing"].zh


def test_the_specification_names_every_remark_and_no_other() -> None:
    root = Path(__file__).parents[2]
    source = "".join(path.read_text("utf-8") for path in (root / "verifier/lint").glob("*.py"))
    made = set(re.findall(r'Remark\(\s*f?"([^"]+)"', source)) - {"{kind}-few"}
    made |= {"joint-few", "internal-few", "rate-low", "joint-rate-low"}
    page = (root / "specs/plan-check.md").read_text("utf-8")
    cells = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    conflicting = {"frequency-conflict", "exclusion-conflict"}
    assert set(re.findall(r"`([a-z-]+)`", " ".join(cells))) | conflicting == made
    assert all(f"`{name}`" in page for name in conflicting)

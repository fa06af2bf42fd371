"""计划审查: what is wrong with the rows of a plan, or with all of them together, as the facts stand.

A row's pool is the active subjects with one of its tags (all of them when it has none), as of now; its months
are `since` to `until`, or `until` alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from verifier import calendar
from verifier import facts as f
from verifier.calendar import OnRestDay
from verifier.draw import size_ceil
from verifier.facts import Data, Facts
from verifier.law.dues import years_of
from verifier.law.filings import OF_ROWS
from verifier.law.plans import item_words, plain
from verifier.law.question import matches
from verifier.law.tasks import class_rates, rising
from verifier.lint.members import check_members
from verifier.lint.names import leading, missing_parts, own_number, suggested
from verifier.lint.people import check_people
from verifier.lint.policy import Rules, check_rules
from verifier.lint.remark import MUST, NOTE, SHOULD, Remark, few, percent
from verifier.schemas.policy import FILING_TABLES

_ANNEX_3 = "S0 附件3（R065）"


@dataclass(frozen=True)
class _Row:
    id: str
    record: Data
    pool: frozenset[str]
    unclassed: tuple[str, ...]
    """subjects of the pool without a risk class"""

    @property
    def first(self) -> str:
        return str(self.record.get("since", self.record["until"]))

    @property
    def last(self) -> str:
        return str(self.record["until"])

    @property
    def size(self) -> int:
        """How many would be drawn of the pool."""
        return size_ceil(len(self.pool), self.record["p"], self.record["q"])

    @property
    def joint(self) -> bool:
        return str(self.record.get("kind")) == "joint"


def check(facts: Facts, plan: str, today: str, register: str = "plan") -> list[Remark]:
    """Every remark on a plan (with register `amend` on its amendment), the policy in force and the people.

    `today` is YYYY-MM-DD. Of a plan without rows nothing is remarked but policy and people."""
    ledger = facts.get(f.LEDGER, f.ONE)
    policy = facts.get(f.POLICIES, ledger.policy) if ledger else None
    rules = Rules.of(policy) if policy else Rules("", {}, {})
    rows = _rows(facts, f"{register}.{plan}")
    found = [remark for row in rows for remark in _row(facts, row, rules, today)]
    if rows:
        found += _names(rows, rules, ledger.office if ledger else "")
        found += _together(facts, rows, rules)
        found += _deadlines(facts, plan, rows, rules, today)
        found += [*_class_rates(facts, plan, rules), *_batches(facts, plan)]
        found += check_members(facts, [(row.id, row.record) for row in rows], _tasks(facts, plan))
    return [*found, *(check_rules(rules) if policy else ()), *check_people(facts)]


def _rows(facts: Facts, register: str) -> list[_Row]:
    records = sorted(facts.rows(f.register(register)), key=lambda pair: (pair[1].record["no"], pair[0]))
    filters = [_filter(row.record) for _, row in records]
    pools: list[list[str]] = [[] for _ in records]
    unclassed: list[list[str]] = [[] for _ in records]
    for name, subject in facts.rows(f.register("subjects")):
        for place, conditions in enumerate(filters):
            if matches(subject.record, conditions):
                pools[place].append(name)
                if "risk" not in subject.record:
                    unclassed[place].append(name)
    return [
        _Row(name, row.record, frozenset(pool), tuple(without))
        for (name, row), pool, without in zip(records, pools, unclassed, strict=True)
    ]


def _filter(record: Data) -> Data:
    return {"status": ["active"], **({"tags": record["tags"]} if "tags" in record else {})}


def _row(facts: Facts, row: _Row, rules: Rules, today: str) -> Iterator[Remark]:
    yield from _rate(row, rules)
    yield from _items(facts, row)
    yield from _pool(row)
    yield from _superior(facts, row)
    if row.last < today[:7]:
        zh, en = f"完成时限 {row.last} 已过", f"Its month {row.last} is over"
        yield Remark("deadline-past", MUST, zh, en, _ANNEX_3, row.id)
    text = "".join((*row.record["text"], row.record["objects"], row.record["task_name"]))
    if "全覆盖" in text and row.record["p"] < row.record["q"]:
        rate = percent(row.record["p"], row.record["q"])
        yield Remark(
            "coverage-word",
            NOTE,
            f"写有“全覆盖”，比例为{rate}：只能指每个行业都抽到，不是每户都查",
            f"It says 全覆盖 at {rate}: every industry is covered, not every enterprise",
            "R073",
            row.id,
        )


def _rate(row: _Row, rules: Rules) -> Iterator[Remark]:
    p, q = row.record["p"], row.record["q"]
    for name in ("min_rate", "joint_rate") if row.joint else ("min_rate",):
        low_p, low_q = rules.values.get(name, (0, 1))
        if p * low_q >= low_p * q:
            continue
        reason = "reason" in row.record
        zh = f"抽查比例{percent(p, q)}低于{percent(low_p, low_q)}"
        yield Remark(
            "rate-low" if name == "min_rate" else "joint-rate-low",
            SHOULD if reason else MUST,
            zh + ("，已写理由，须经批准" if reason else "，须提高比例，或写明理由"),
            f"The rate {percent(p, q)} is below {percent(low_p, low_q)}"
            + ("; a reason is given, which must be approved" if reason else "; raise it or give a reason"),
            rules.source(name),
            row.id,
        )


def _items(facts: Facts, row: _Row) -> Iterator[Remark]:
    items = row.record["items"]
    unlisted = [name for name in items if facts.get(f.register("items"), name) is None]
    if unlisted:
        yield Remark(
            "item-unlisted",
            MUST,
            f"抽查事项 {few(unlisted)} 不在随机抽查事项清单中",
            f"{few(unlisted)} are not on the item list",
            "R055；S2 一.3：未列入计划的不得擅自检查",
            row.id,
        )
        return
    ours, theirs = [plain(line) for line in row.record["text"]], item_words(facts, items)
    if ours != theirs:
        planned = "；".join(line for line in ours if line not in theirs) or "（少写）"
        listed = "；".join(line for line in theirs if line not in ours) or "（无）"
        yield Remark(
            "item-text",
            SHOULD,
            f"抽查事项的文字与事项清单不一致：计划为“{planned}”，清单为“{listed}”",
            f"The item's words differ from the list: here “{planned}”, there “{listed}”",
            "S0 附件3、附件4（R027）",
            row.id,
        )


def _pool(row: _Row) -> Iterator[Remark]:
    n, p, q = len(row.pool), row.record["p"], row.record["q"]
    tags = "、".join(row.record.get("tags", ()))
    if not tags:
        yield Remark(
            "tags-missing",
            NOTE,
            f"未写抽取条件（行业标签），将从名录库全部{n}户中抽取",
            f"No tags: all {n} subjects of the register would be the pool",
            "R032、R081",
            row.id,
        )
    if n == 0:
        zh, en = f"名录库中没有符合“{tags}”的对象", f"No subject of the register has the tags {tags}"
        yield Remark("pool-empty", MUST, zh, en, "R031", row.id)
    elif p and p * n < q:
        yield Remark(
            "pool-small",
            NOTE,
            f"共{n}户，{percent(p, q)}不足1户：按“不低于”进位，抽取1户",
            f"{percent(p, q)} of {n} is less than one: rounded up, one is drawn",
            "R071；requirements 1.9",
            row.id,
        )
    if row.record.get("by_risk") and row.unclassed:
        names = few(list(row.unclassed))
        yield Remark(
            "class-missing",
            MUST,
            f"按信用风险分级分类抽查，但有{len(row.unclassed)}户没有风险等级（{names}），会落在各层之外：先补等级及来源",
            f"The rate is divided by risk class, but {len(row.unclassed)} have none ({names}) and would fall "
            "out: give them one, with its source",
            "R077",
            row.id,
        )


def months(plan: Data) -> tuple[str, str]:
    """First and last month (YYYY-MM) of what a superior body plans; the whole year where it does not say."""
    until = str(plan.get("until", f"{plan['year']}-12"))
    return str(plan.get("since", until if "until" in plan else f"{plan['year']}-01")), until


def _superior(facts: Facts, row: _Row) -> Iterator[Remark]:
    """R061: what a superior body has planned is not planned again."""
    for _, held in facts.rows(f.register("superior")):
        plan = held.record
        since, until = months(plan)
        named = row.pool & set(plan.get("subjects", ()))
        shared = set(row.record.get("tags", ())) & set(plan.get("tags", ()))
        if (named or shared) and row.first <= until and since <= row.last:
            what = few(sorted(named)) if named else "、".join(sorted(shared))
            yield Remark(
                "superior-overlap",
                MUST,
                f"{plan['body']}《{plan['name']}》已安排：{what}。上级已安排的不再安排，或剔除这些对象",
                f"{plan['body']} has planned this already ({plan['name']}): {what}",
                "S1 二(三)（R061）",
                row.id,
            )


def _names(rows: list[_Row], rules: Rules, office: str) -> Iterator[Remark]:
    """R068: the name rule, and numbers that stand twice."""
    numbers = Counter(row.record["plan_no"] for row in rows if "plan_no" in row.record)
    for position, row in enumerate(rows, 1):
        record = row.record
        if numbers[record.get("plan_no")] > 1:
            zh, en = f"抽查计划编号 {record['plan_no']} 重复", f"The number {record['plan_no']} stands twice"
            yield Remark("number-twice", SHOULD, zh, en, "S4 附件2（R066）", row.id)
        if rules.values.get("plan_names") != "numbered":
            continue
        year = int(row.last[:4])
        whose = leading(office, record["organiser"]) if row.joint else office
        missing = missing_parts(record["plan_name"], year, whose)
        if missing:
            name = suggested(year, whose, own_number(record.get("plan_no", ""), position))
            yield Remark(
                "name-rule",
                SHOULD,
                f"计划名称“{record['plan_name']}”缺少：{'、'.join(missing)}。建议：{name}",
                f"The name {record['plan_name']} lacks {', '.join(missing)}; suggested: {name}",
                rules.source("plan_names"),
                row.id,
            )


def _together(facts: Facts, rows: list[_Row], rules: Rules) -> Iterator[Remark]:
    yield from _coverage(facts, rows, rules)
    yield from _joint(rows, rules)
    yield from _frequency(rows, rules)
    for one, other in combinations(rows, 2):
        both = one.pool & other.pool
        overlaps = one.first <= other.last and other.first <= one.last
        if both and overlaps and one.record["executor"] == other.record["executor"]:
            yield Remark(
                "merge",
                SHOULD,
                f"与第{one.id}行由同一单位在同一时段检查，有{len(both)}户同在两个待抽名单：宜合并为一次",
                f"Row {one.id} is by the same office in the same months and shares {len(both)} subjects: one "
                "visit could do",
                "S3 四(一)1（R058）",
                other.id,
            )
    open_months = [row.id for row in rows if "since" not in row.record]
    if open_months:
        yield Remark(
            "month-only",
            NOTE,
            f"第{'、'.join(open_months)}行的时间只到月份，没有起始月份：任务的起止日期在制定任务时确定",
            f"Rows {', '.join(open_months)} give only a last month: the days are settled with the task",
            "S4 附件2备注2（R066）",
        )


def _coverage(facts: Facts, rows: list[_Row], rules: Rules) -> Iterator[Remark]:
    if "coverage" not in rules.values:
        return
    p, q = rules.values["coverage"]
    whole = sum(1 for _, s in facts.rows(f.register("subjects")) if s.record["status"] == "active")
    reached = min(sum(row.size for row in rows), len(frozenset().union(*(row.pool for row in rows))))
    if reached * q < p * whole:
        yield Remark(
            "coverage-low",
            SHOULD,
            f"全年至多抽查{reached}户，占名录库{whole}户的比例低于{percent(p, q)}",
            f"The year inspects at most {reached} of {whole}, less than {percent(p, q)}",
            rules.source("coverage"),
        )


def _joint(rows: list[_Row], rules: Rules) -> Iterator[Remark]:
    kinds = Counter(row.record.get("kind", "own") for row in rows)
    for kind, name, what in (("joint", "joint_min", "部门联合"), ("internal", "internal_min", "内部联合")):
        least = rules.values.get(name, 0)
        if kinds[kind] < least:
            yield Remark(
                f"{kind}-few",
                MUST,
                f"计划中{what}抽查{kinds[kind]}项，每年不少于{least}次",
                f"The plan has {kinds[kind]} {kind} inspections; at least {least} are asked",
                rules.source(name),
            )
    least = rules.values.get("joint_departments", 0)
    for row in rows:
        taking_part = len({row.record["organiser"], *row.record.get("partners", ())})
        if row.joint and taking_part < least:
            yield Remark(
                "departments-few",
                MUST,
                f"参与部门{taking_part}个，不少于{least}个",
                f"{taking_part} departments take part; at least {least} are asked",
                rules.source("joint_departments"),
                row.id,
            )


def _frequency(rows: list[_Row], rules: Rules) -> Iterator[Remark]:
    """R070: how often an item is planned in the year."""
    for name, joint in (("frequency", False), ("joint_frequency", True)):
        most = rules.values.get(name, (0, len(rows)))[1]
        seen: Counter[str] = Counter()
        for row in rows:
            if row.joint is not joint:
                continue
            seen.update(row.record["items"])
            over = [item for item in row.record["items"] if seen[item] > most]
            if over:
                yield Remark(
                    "frequency-over",
                    SHOULD,
                    f"事项 {few(over)} 在计划中第{seen[over[0]]}次出现，每年不超过{most}次",
                    f"{few(over)} is planned {seen[over[0]]} times; at most {most} a year",
                    rules.source(name),
                    row.id,
                )


def _deadlines(facts: Facts, plan: str, rows: list[_Row], rules: Rules, today: str) -> Iterator[Remark]:
    """Tables of this plan's year that should have been filed by now and were not (R053, R062)."""
    held = facts.get(f.PLANS, plan)
    year = held.year if held else int(Counter(row.last[:4] for row in rows).most_common(1)[0][0])
    kinds = {row.record.get("kind") for row in rows}
    plans = {name for name, other in facts.rows(f.PLANS) if other.year == year}
    filed = {row.table for _, row in facts.rows(f.FILINGS) if row.plan in plans}
    years = years_of(facts)
    for table, month_day in rules.values.get("plan_deadlines", ()):
        if table in filed or (table in OF_ROWS and table not in kinds):
            continue
        moves = OnRestDay(rules.values["rest_day"])
        limit = calendar.fixed(date.fromisoformat(f"{year}-{month_day}"), years, moves)
        if limit.judge(date.fromisoformat(today)) is False:
            yield Remark(
                "filing-late",
                SHOULD,
                f"{FILING_TABLES[table]}应当在{year}-{month_day}前备案，已过期限",
                f"The table {table} was to be filed by {year}-{month_day}",
                rules.source("plan_deadlines"),
            )


def _tasks(facts: Facts, plan: str) -> list[tuple[str, Data]]:
    """Tasks made of a plan, those that wait for approval included; 补抽 left out."""
    tasks = {task.data["task"]: task.data for _, task in facts.rows(f.TASKS)}
    for _, act in facts.rows(f.PENDING):
        if act.type == "task.created" and not act.done:
            tasks[act.data["task"]] = act.data
    return [(n, data) for n, data in sorted(tasks.items()) if data["plan"] == plan and "fills" not in data]


def _batches(facts: Facts, plan: str) -> Iterator[Remark]:
    """Two tasks for one batch of a row would be two draws of one question."""
    first: dict[tuple[str, int], str] = {}
    for name, data in _tasks(facts, plan):
        earlier = first.setdefault((data["row"], data["batch"]), name)
        if earlier != name:
            yield Remark(
                "batch-twice",
                SHOULD,
                f"任务 {earlier} 和 {name} 同为第{data['batch']}批：同一批次只抽一次，另抽应另编批次",
                f"Tasks {earlier} and {name} are both batch {data['batch']}: a batch is drawn once",
                "R070、R100",
                data["row"],
            )


def _class_rates(facts: Facts, plan: str, rules: Rules) -> Iterator[Remark]:
    """R077, of the tasks made of this plan so far, those that wait for approval included."""
    if rules.values.get("class_rates") != "rising":
        return
    for name, data in _tasks(facts, plan):
        rates = class_rates(data["strata"])
        if not rising(rates):
            told = "、".join(f"{risk}={rate}" for risk, rate in rates)
            yield Remark(
                "class-rates",
                SHOULD,
                f"任务 {name} 的比例没有随风险等级递增：{told}",
                f"The rates of task {name} do not rise with the risk class: {told}",
                rules.source("class_rates"),
                data["row"],
            )

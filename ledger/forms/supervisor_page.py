"""抽查一页通: one page on which a supervisor sees a whole draw, from the register to what is not proven.

It holds no private field, and names no enterprise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from ledger.commands.draws import draw_of
from ledger.commands.find import teams_by_rank
from ledger.forms.counting import OfDraws, number
from ledger.forms.drawn import items_of, sealed_fault, task_of
from ledger.forms.form import Letter, Wanted
from ledger.forms.source import Source
from ledger.forms.word_layout import Cell, Grid, Line, Row, template
from ledger.forms.wording import day_zh
from verifier import facts as f
from verifier import wording
from verifier.facts import Data, Facts
from verifier.figures import Period, Statistics
from verifier.law.followups import STANDING
from verifier.law.question import absent, matches
from verifier.replay import verify_entries
from verifier.report import Report, Status
from verifier.vocabulary import ABORT_CAUSES, EXCLUSION_REASONS, REPLACEMENT_REASONS

EDIT_DAYS = 30
"""Days before the freeze whose edits of lists are told."""
_SHOWN = 5
_REGISTERS = {"subjects": "检查对象", "officers": "执法人员", "items": "抽查事项"}
_TIMES = {
    "task.created": "任务立项",
    "draw.frozen": "封存名单",
    "draw.committed": "封存随机数",
    "draw.revealed": "启封随机数",
    "draw.executed": "摇号完成",
    "draw.recorded": "登记外部抽取",
    "draw.unsealed": "结果公开",
    "bulletin.issued": "发布通报",
}
_ROWS = (
    ("抽查依据", "basis"),
    ("从名录库到\n待抽名单", "pool"),
    ("时间线", "timeline"),
    ("参与角色", "roles"),
    ("执法\n检查人员", "officers"),
    ("检查与公示", "visits"),
    (f"封存前{EDIT_DAYS}日\n名单变动", "edits"),
    ("中止的抽取", "aborted"),
    ("可选结果数", "outcomes"),
    ("核验结论", "verdict"),
    ("未能证明\n的事项", "unproven"),
)


@dataclass
class _Chain:
    """What the entries say of a draw: times of its steps, edits of lists before its freeze, and the register
    of subjects as it stood at the freeze."""

    times: dict[str, list[str]] = field(default_factory=dict)
    edits: list[Data] = field(default_factory=list)
    subjects: dict[str, Data] = field(default_factory=dict)


def page(source: Source, wanted: Wanted) -> Letter:
    """Raises E-DRAW-UNKNOWN, and E-RECORD-SEALED where the openings of a sealed draw are not kept."""
    held = draw_of(source.facts, wanted.draw)
    if held.sealed_outcome:
        raise sealed_fault(wanted.draw)
    task = source.facts.get(f.TASKS, held.task)
    chain = _read(source, wanted.draw, held)
    raws = (entry.raw for entry in source.entries())
    root = source.head.partition(":")[2]
    report = replace(verify_entries(raws, root, source.open_private, source.day), of_ledger=True)
    paper = {
        "draw": wanted.draw,
        "unit": source.ledger.office,
        "task": task_of(source, wanted.draw)[1].get("task_name", held.task),
        "basis": _basis(source, wanted.draw, held),
        "pool": _pool(source.facts, wanted.draw, held, task, chain),
        "timeline": _timeline(source.facts, wanted.draw, chain),
        "roles": _roles(source.facts, held, task),
        "officers": _officers(source.facts, wanted.draw),
        "visits": _visits(source, wanted.draw, held),
        "edits": _edits(source.facts, chain),
        "aborted": _aborted(source.facts, held),
        "outcomes": _outcomes(source.facts, held, report, wanted.draw),
        "verdict": _verdict(report),
        "unproven": "\n".join(f"· {text.zh}" for text in report.limits()),
    }
    return Letter({"papers": [paper]})


def page_template() -> bytes:
    return template(
        ("抽查一页通",),
        (
            Line("单位：{{ one.unit }}　　抽取编号：{{ one.draw }}", size=10.5, before=0),
            Line("任务：{{ one.task }}", size=10.5, before=0),
            Grid(
                (2.5, 14.5),
                tuple(
                    Row((Cell(name, size=10.5), Cell(f"{{{{ one.{tag} }}}}", side="left", size=10)), 0.9)
                    for name, tag in _ROWS
                ),
            ),
        ),
    )


def _read(source: Source, name: str, held: f.Draw) -> _Chain:
    chain = _Chain()
    since = (date.fromisoformat(held.time[:10]) - timedelta(days=EDIT_DAYS)).isoformat() if held.time else ""
    staged: list[Data] = []
    for entry in source.entries():
        body = entry.body
        data: Data = body.data  # type: ignore[assignment]
        of_draw = data.get("draw") == name or (body.type == "task.created" and data.get("task") == held.task)
        if of_draw and body.type in _TIMES:
            chain.times.setdefault(body.type, []).append(body.time)
        if body.type == "import.chunk":
            staged.append(data)
            continue
        if body.type == "import.closed" and body.seq < held.seq:
            if data["register"] == "subjects":
                for chunk in staged:
                    chain.subjects.update(dict(chunk["rows"]))
                    for (gone,) in chunk.get("removed", ()):
                        chain.subjects.pop(gone, None)
            if data["register"] in _REGISTERS and body.time[:10] >= since:
                chain.edits.append({**data, "time": body.time, "actor": body.actor.hex()})
        staged = []
    return chain


def _basis(source: Source, name: str, held: f.Draw) -> str:
    task, _row = task_of(source, name)
    policy = source.facts.get(f.POLICIES, held.policy)
    plan = source.facts.get(f.PLANS, task.get("plan", ""))
    items = items_of(source, task)
    said = []
    if policy:
        said.append(
            f"细则：{policy.title}（{policy.document}）" if policy.document else f"细则：{policy.title}"
        )
    if plan:
        published = f"，{day_zh(plan.published)}公布" if plan.published else ""
        said.append(f"计划：{plan.name}（审批：{_holder(source.facts, plan.approver)}{published}）")
    said.append(f"方案：{task.get('scheme', {}).get('name', '')}")
    texts = ["".join(item.get("text", (item["id"],))) for item in items]
    basis = dict.fromkeys(line for item in items for line in item.get("basis", ()))
    said.append(f"事项：{'；'.join(texts)}" + (f"　依据：{'；'.join(basis)}" if basis else ""))
    return "\n".join(said)


def _pool(facts: Facts, name: str, held: f.Draw, task: f.Task | None, chain: _Chain) -> str:
    frozen = facts.get(f.FROZEN, name)
    strata: Sequence[Data] = held.question.get("strata", ())
    several = len(strata) > 1
    sizes = "；".join((f"{s['id']}层 " if several else "") + f"{s['n']} 户抽 {s['k']} 户" for s in strata)
    drawn = sum(int(s["k"]) for s in strata)
    if frozen is None:
        return f"外部平台抽取 {drawn} 户（{sizes}）"
    pool = {subject for _, subject, _ in frozen.pool}
    excluded = dict(frozen.exclusions)
    rest = [record for code, record in chain.subjects.items() if code not in pool and code not in excluded]
    inactive = sum(record.get("status") != "active" for record in rest)
    outside = sum(
        record.get("status") == "active" and not any(matches(record, s["filter"]) for s in strata)
        for record in rest
    )
    other = len(rest) - inactive - outside
    steps = [f"名录库 {len(chain.subjects)} 户"]
    steps += [f"登记状态不是存续 {inactive} 户"] * bool(inactive)
    steps += [f"不在抽查范围 {outside} 户"] * bool(outside)
    steps += [f"另有限定而未列入 {other} 户"] * bool(other)
    steps += [f"逐户排除 {len(excluded)} 户"]
    why = "；".join(
        f"{EXCLUSION_REASONS.get(reason, reason)} {n} 户"
        for reason, n in sorted(Counter(excluded.values()).items())
    )
    text = f"{' → '.join(steps)}{f'（{why}）' if why else ''} → 待抽名单 {len(pool)} 户 → 抽中 {drawn} 户"
    return f"{text}\n{sizes}" + ("（补抽：只抽执法检查人员）" if task and "fills" in task.data else "")


def _timeline(facts: Facts, name: str, chain: _Chain) -> str:
    said = []
    for kind, words in _TIMES.items():
        times = chain.times.get(kind, [])
        if times:
            said.append(f"{words} {_moment(times[0])}" + (f"（{len(times)} 方）" if len(times) > 1 else ""))
    visits = [v for _, v in facts.rows(f.VISITS) if v.data["draw"] == name and v.state in STANDING]
    days = sorted(visit.data["occurred"][:10] for visit in visits)
    published = sorted(visit.published for visit in visits if visit.published)
    if days:
        said.append(f"检查 {_span(days)}")
    if published:
        said.append(f"公示 {_span(published)}")
    return " → ".join(said)


def _moment(time: str) -> str:
    return f"{day_zh(time)} {time[11:16]}"


def _span(days: Sequence[str]) -> str:
    return day_zh(days[0]) + (f"至{day_zh(days[-1])}" if days[-1] != days[0] else "")


def _roles(facts: Facts, held: f.Draw, task: f.Task | None) -> str:
    said = []
    if task:
        said.append(f"经办 {_holder(facts, task.clerk)}，审批 {_holder(facts, task.approver)}")
    said.append(f"封存名单 {_holder(facts, held.clerk)}")
    if held.parties:
        said.append(f"摇号各方 {'、'.join(_parties(facts, held))}")
    if held.value and held.value != "none":
        said.append(f"公共随机数 {held.value}")
    return "；".join(said)


def _parties(facts: Facts, held: f.Draw) -> list[str]:
    """The parties of a draw by name, each with its unit."""
    units = {holder: row.unit for holder, row in facts.rows(f.HOLDERS)}
    return [f"{_holder(facts, one)}（{units.get(one, '')}）" for one in held.parties.values()]


def _officers(facts: Facts, name: str) -> str:
    frozen = facts.get(f.FROZEN, name)
    teams = teams_by_rank(facts, name)
    seated = {officer for team in teams for officer in team.seats}
    changes = [change for team in teams for change in team.changes]
    signed = {
        officer
        for _, visit in facts.rows(f.VISITS)
        if visit.data["draw"] == name and visit.state in STANDING
        for officer in visit.data["officers"]
    }
    steps = []
    if frozen:
        away = len(absent(frozen))
        steps.append(f"符合条件 {len(frozen.officers)} 名" + (f"（其中请假 {away} 名）" if away else ""))
        steps.append(f"声明利害关系 {len(frozen.conflicts)} 对")
    steps.append(f"抽中 {len(seated)} 名，编为 {len(teams)} 组")
    why = Counter(REPLACEMENT_REASONS[reason] for _, _, reason, _ in changes)
    told = "、".join(f"{words} {count} 次" for words, count in why.items())
    steps.append(f"更换 {len(changes)} 次" + (f"（{told}）" if told else ""))
    steps.append(f"签字 {len(signed)} 名")
    return " → ".join(steps)


def _visits(source: Source, name: str, held: f.Draw) -> str:
    first = held.executed_time[:10] or source.day
    known = OfDraws(Statistics(source.facts, Period(first, max(first, source.day))), [name])
    seen, public, drawn = (int(number(known, k)) for k in ("drawn_visited", "drawn_published", "drawn"))
    return (
        f"抽中 {drawn} 户 → 已检查 {seen} 户 → 已公示 {public} 户；未完成 {drawn - public} 户"
        f"（未检查 {drawn - seen} 户，已检查未公示 {seen - public} 户）\n"
        f"发现问题 {number(known, 'problems')} 户，应当后续处置 {number(known, 'followup_needed')} 户，"
        f"办结 {number(known, 'followup_closed')} 户"
    )


def _edits(facts: Facts, chain: _Chain) -> str:
    said = [
        f"{day_zh(edit['time'])} {_REGISTERS[edit['register']]}：新增 {edit['added']}、"
        f"修改 {edit['changed']}、移出 {edit['removed']['n']}（{_reviewed(facts, edit)}）"
        for edit in chain.edits
    ]
    more = [f"另有 {len(said) - _SHOWN} 次较早的变动"] if len(said) > _SHOWN else []
    return "\n".join(said[-_SHOWN:] + more) or "无"


def _aborted(facts: Facts, held: f.Draw) -> str:
    said = [
        f"{name}（{ABORT_CAUSES.get(draw.cause, draw.cause)}"
        + (f"，缺 {_holder(facts, draw.missing)}" if draw.missing else "")
        + "）"
        for name, draw in facts.rows(f.DRAWS)
        if draw.task == held.task and draw.state == "aborted"
    ]
    return "；".join(said) or "无"


def _outcomes(facts: Facts, held: f.Draw, report: Report, name: str) -> str:
    for outcome in report.outcomes:
        if outcome.draw == name and outcome.parties:
            private = outcome.public == "none"
            words = wording.OUTCOME_MEANING_PRIVATE if private else wording.OUTCOME_MEANING
            parties = "、".join(_parties(facts, held))
            more = {} if private else {"public": outcome.public}
            return f"g = {outcome.g}。" + words.say("zh", parties=parties, g=outcome.g, **more)
    return "外部平台抽取，随机性未能证明"


def _verdict(report: Report) -> str:
    """The verdict, and which rules failed or warned."""
    return "\n".join((report.sentence("zh"), *_found(report)))


def _found(report: Report) -> Iterator[str]:
    for status in (Status.FAIL, Status.WARN, Status.INCONCLUSIVE):
        rules = dict.fromkeys(check.zh for check in report.sorted_checks() if check.status is status)
        if rules:
            label = wording.STATUS[status.value].zh
            more = f" 等 {len(rules)} 项" if len(rules) > _SHOWN else ""
            yield f"{label}（没有满足的要求）：{'；'.join(list(rules)[:_SHOWN])}{more}"


def _reviewed(facts: Facts, edit: Data) -> str:
    """Who imported an edit and who else looked at it; a reviewer of one's own work is none."""
    key = facts.get(f.KEYS, edit["actor"])
    by = key.holder if key else ""
    second = edit["reviewer"]
    review = f"复核 {_holder(facts, second)}" if second != by else "未经第二人复核"
    return f"经办 {_holder(facts, by)}，{review}"


def _holder(facts: Facts, name: str) -> str:
    held = facts.get(f.HOLDERS, name)
    return held.name or name if held else name or "－"

"""A policy in words: each value as a sentence in Chinese and English, with the clauses it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from verifier.schemas.policy import FILING_TABLES
from verifier.vocabulary import REPORT_FORMS

Sentence = tuple[str, str]
"""(Chinese, English)"""

_UNITS: Final = {"working": ("个工作日", "working days"), "calendar": ("日", "days")}
_STARTS: Final = {
    "visit": ("每户检查结束后", "the visit"),
    "task": ("该任务全部检查结束后", "the last visit of the task"),
}
_REST: Final[Mapping[str, Sentence]] = {
    "later": (
        "期限最后一日是休息日的，顺延到其后第一个工作日",
        "A last day on a rest day moves to the next working day",
    ),
    "earlier": (
        "期限最后一日是休息日的，提前到其前最后一个工作日",
        "A last day on a rest day moves to the working day before",
    ),
    "keep": ("期限最后一日是休息日的，不变", "A last day on a rest day stays"),
}
_SEALED: Final[Mapping[bool, Sentence]] = {
    True: (
        "抽取结果封存：检查对象有结果或任务时限届满后才公开",
        "Draws are sealed: who was drawn is published once every subject has a result or the window is over",
    ),
    False: ("抽取结果不封存，摇号后即可公开", "Draws are not sealed: the result is public at once"),
}
_REPEAT: Final[Mapping[str, Sentence]] = {
    "refuse": ("本年度已抽查的对象不再抽取", "A subject drawn this year is not drawn again"),
    "warn": ("本年度已抽查的对象再次抽中时提示", "A subject drawn again in a year is a warning"),
    "allow": ("本年度已抽查的对象可以再次抽取", "A subject may be drawn again in a year"),
}
_ROLES: Final = {"approver": ("审批人", "an approver"), "admin": ("管理员", "an admin")}
_ACTS: Final = {
    "task": ("抽查任务", "tasks"),
    "exclusion": ("剔除抽查对象", "exclusions"),
    "replacement": ("递补检查人员", "replacements"),
    "correction": ("更正和作废", "corrections"),
}


def _rate(value: Any) -> str:
    p, q = value
    return f"{100 * p // q}%" if 100 * p % q == 0 else f"{p}/{q}"


def _publish(values: Mapping[str, Any]) -> Sentence:
    days, unit, start = values["publish_days"], values["publish_unit"], values["publish_from"]
    return (
        f"{_STARTS[start][0]}{days}{_UNITS[unit][0]}内公示检查结果",
        f"Results are published within {days} {_UNITS[unit][1]} after {_STARTS[start][1]}",
    )


def _span(span: Any) -> str:
    low, high = span
    return f"{low}" if low == high else f"{low}—{high}"


def _deadlines(values: Mapping[str, Any]) -> Sentence:
    days = [(table, *map(int, day.split("-"))) for table, day in values["plan_deadlines"]]
    zh = "；".join(f"{FILING_TABLES[table]}{month}月{day}日前" for table, month, day in days)
    en = "; ".join(f"{table} by {month}-{day:02}" for table, month, day in days)
    return f"计划备案：{zh}", f"Plans are filed: {en}"


def _reports(values: Mapping[str, Any]) -> Sentence:
    days = [(form, *map(int, day.split("-"))) for form, day in values["report_deadlines"]]
    zh = "；".join(f"{REPORT_FORMS[form]}{month}月{day}日前" for form, month, day in days)
    en = "; ".join(f"{form} by {month}-{day:02}" for form, month, day in days)
    return f"报表报送：{zh}", f"Reports are handed in: {en}"


def _approvals(values: Mapping[str, Any]) -> Sentence:
    held = values["approvals"]
    zh = "；".join(f"{what}由{_ROLES[held[act]][0]}批准" for act, (what, _) in _ACTS.items())
    en = "; ".join(f"{what} by {_ROLES[held[act]][1]}" for act, (_, what) in _ACTS.items())
    return zh, f"Approved are {en}"


SENTENCES: Final[Mapping[tuple[str, ...], Callable[[Mapping[str, Any]], Sentence]]] = {
    ("min_rate",): lambda v: (
        f"抽查比例原则上不低于{_rate(v['min_rate'])}，低于的须写明理由并经批准",
        f"A task draws at least {_rate(v['min_rate'])}; a lower rate needs a reason and an approval",
    ),
    ("min_officers",): lambda v: (
        f"每户检查人员不少于{v['min_officers']}人",
        f"At least {v['min_officers']} officers check an enterprise",
    ),
    ("min_choices",): lambda v: (
        f"可能的检查组少于{v['min_choices']}种时提示",
        f"Fewer than {v['min_choices']} possible teams are a warning",
    ),
    ("publish_days", "publish_unit", "publish_from"): _publish,
    ("rest_day",): lambda v: _REST[v["rest_day"]],
    ("sealed",): lambda v: _SEALED[v["sealed"]],
    ("approvals",): _approvals,
    ("frequency",): lambda v: (
        f"同一事项每年随机抽查{_span(v['frequency'])}次",
        f"An item is inspected {_span(v['frequency'])} times a year",
    ),
    ("joint_frequency",): lambda v: (
        f"部门联合抽查每年{_span(v['joint_frequency'])}次",
        f"Joint inspections: {_span(v['joint_frequency'])} a year",
    ),
    ("yearly_cap",): lambda v: (
        f"同一检查对象每年检查不超过{v['yearly_cap']}次",
        f"A subject is visited at most {v['yearly_cap']} times a year",
    ),
    ("repeat",): lambda v: _REPEAT[v["repeat"]],
    ("more_often",): lambda v: (
        f"对投诉举报多、有严重违法违规记录等情况的对象{'' if v['more_often'] else '不'}加大抽查力度",
        "Subjects with complaints or grave violations are "
        + ("inspected more often" if v["more_often"] else "not inspected more often"),
    ),
    ("classes",): lambda v: (
        f"信用风险等级使用{'、'.join(v['classes'])}类",
        f"Risk classes in use: {', '.join(v['classes'])}",
    ),
    ("class_rates",): lambda _: (
        "风险等级越高，抽查比例越高：A ≤ B ≤ C ≤ D",
        "Rates rise with the risk class: A ≤ B ≤ C ≤ D",
    ),
    ("coverage",): lambda v: (
        f"年度抽查企业占比不低于{_rate(v['coverage'])}",
        f"At least {_rate(v['coverage'])} of the enterprises are inspected in a year",
    ),
    ("joint_rate",): lambda v: (
        f"部门联合抽查比例不低于{_rate(v['joint_rate'])}",
        f"A joint inspection draws at least {_rate(v['joint_rate'])}",
    ),
    ("joint_min",): lambda v: (
        f"每年部门联合抽查不少于{v['joint_min']}次",
        f"At least {v['joint_min']} joint inspections a year",
    ),
    ("joint_departments",): lambda v: (
        f"参与部门联合抽查的部门不少于{v['joint_departments']}个",
        f"At least {v['joint_departments']} departments take part in a joint inspection",
    ),
    ("internal_min",): lambda v: (
        f"每年内部联合抽查不少于{v['internal_min']}次",
        f"At least {v['internal_min']} inspections of several sections a year",
    ),
    ("plan_deadlines",): _deadlines,
    ("publish_before_file",): lambda v: (
        "计划先公布、后备案" if v["publish_before_file"] else "计划公布与备案不分先后",
        "Plans are published before they are filed"
        if v["publish_before_file"]
        else "Plans are published and filed in any order",
    ),
    ("list_targets",): lambda v: (
        f"一单两库在不少于{v['list_targets']}处公布",
        f"The lists are published in at least {v['list_targets']} places",
    ),
    ("plan_names",): lambda _: (
        "计划名称为：年度+行政区划+部门+随机抽查+序号",
        "A plan is named: year, county, department, 随机抽查, number",
    ),
    ("filing_days", "filing_unit"): lambda v: (
        f"抽取结果在{v['filing_days']}{_UNITS[v['filing_unit']][0]}内备案",
        f"A draw is filed within {v['filing_days']} {_UNITS[v['filing_unit']][1]}",
    ),
    ("report_days", "report_unit"): lambda v: (
        f"计划实施后{v['report_days']}{_UNITS[v['report_unit']][0]}内报告",
        f"A task is reported within {v['report_days']} {_UNITS[v['report_unit']][1]}",
    ),
    ("monthly_report",): lambda v: (
        f"每月{v['monthly_report']}日前报月报",
        f"Monthly reports by day {v['monthly_report']}",
    ),
    ("report_deadlines",): _reports,
    ("bulletin",): lambda v: (
        "一抽查一通报" if v["bulletin"] else "不要求一抽查一通报",
        "Every draw has a bulletin" if v["bulletin"] else "No bulletin is asked of a draw",
    ),
    ("followup_days", "followup_unit"): lambda v: (
        f"发现的问题在检查结束后{v['followup_days']}{_UNITS[v['followup_unit']][0]}内登记后续处置",
        f"Problems are followed up within {v['followup_days']} {_UNITS[v['followup_unit']][1]} of the visit",
    ),
    ("platform",): lambda v: (
        f"使用的平台：{v['platform']}；计划和抽取结果登记平台回执",
        f"The platform used: {v['platform']}; its receipts of plans and draws are recorded",
    ),
    ("forms",): lambda v: (
        "摇号前各抽查事项应有检查表（表格库）" if v["forms"] else "不设表格库",
        "Every item has its check form before the draw" if v["forms"] else "No library of check forms",
    ),
    ("notice",): lambda v: (
        "实地检查前一次性送达检查通知书" if v["notice"] else "检查前不要求送达通知书",
        "A visit on site is announced by one notice" if v["notice"] else "Visits need no notice",
    ),
    ("review",): lambda v: (
        "检查结果经另一人审核后公示" if v["review"] else "检查结果公示前不另行审核",
        "Results are reviewed by another person before they are published"
        if v["review"]
        else "Results are published without a review",
    ),
    ("joint_results",): lambda v: (
        "联合抽查的各部门分别录入检查结果" if v["joint_results"] else "联合抽查由牵头部门录入检查结果",
        "Every department of a joint check enters its own result"
        if v["joint_results"]
        else "The lead department enters the result of a joint check",
    ),
    ("cosigned_freeze",): lambda v: (
        f"封存名单后的台账指纹须有 {v['cosigned_freeze']} 个联署方签名，才能封存随机数",
        f"Random numbers are sealed once {v['cosigned_freeze']} cosigners signed a head over the list",
    ),
    ("doubts",): lambda v: (
        "疑点筛查的界限：" + "；".join(f"{name}＝{n}" for name, n in v["doubts"]),
        "Thresholds of the audit: " + "; ".join(f"{name} = {n}" for name, n in v["doubts"]),
    ),
    ("strict_2024",): lambda v: (
        f"{'执行' if v['strict_2024'] else '未启用'}国办发〔2024〕54号的从严要求",
        "The strict rules of 国办发〔2024〕54号 " + ("apply" if v["strict_2024"] else "are not switched on"),
    ),
}


def explain(values: Mapping[str, Any], clauses: Mapping[str, str]) -> list[Sentence]:
    """An adopted policy in words, each sentence with the clauses it rests on.

    Values that this version does not know come last, as they stand.
    """
    told: list[Sentence] = []
    known: set[str] = set()
    for names, say in SENTENCES.items():
        if all(name in values for name in names):
            known.update(names)
            told.append(_with_clauses(say(values), names, clauses))
    for name in sorted(values.keys() - known):
        told.append(_with_clauses((f"{name}：{values[name]}", f"{name}: {values[name]}"), (name,), clauses))
    return told


def _with_clauses(sentence: Sentence, names: tuple[str, ...], clauses: Mapping[str, str]) -> Sentence:
    found = list(dict.fromkeys(clauses[name] for name in names if name in clauses))
    if not found:
        return f"{sentence[0]}。", f"{sentence[1]}."
    return f"{sentence[0]}（{'；'.join(found)}）。", f"{sentence[1]} ({'; '.join(found)})."

"""The words of closed lists in both languages: (Chinese, English). The Chinese is that of the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.forms.wording import KINDS
from verifier.vocabulary import (
    ABORT_CAUSES,
    CAPACITIES,
    CHANNELS,
    METHODS,
    REPLACEMENT_REASONS,
    RESULT_CODES,
    ROLE_ZH,
)

Pair = tuple[str, str]
Words = Mapping[str, Pair]


def _pairs(chinese: Mapping[str, str], english: Mapping[str, str]) -> Words:
    return {code: (words, english[code]) for code, words in chinese.items()}


ROLES = _pairs(
    {role.value: words for role, words in ROLE_ZH.items()},
    {
        "admin": "administrator",
        "clerk": "clerk",
        "approver": "approver",
        "supervisor": "supervisor on site",
        "observer": "invited observer",
        "officer": "inspector",
    },
)
CAUSES = _pairs(
    ABORT_CAUSES,
    {
        "party-missing": "a party did not reveal its number",
        "party-uncommitted": "a party did not seal a number",
        "list-error": "a mistake in the lists",
        "public-value": "the public number could not be had",
        "task-withdrawn": "the task was withdrawn",
        "equipment": "equipment failed",
    },
)
AS_WHOM = _pairs(
    CAPACITIES,
    {
        "deputies": "deputies of the People's Congress",
        "members": "members of the CPPCC",
        "media": "press",
        "social": "social organisations",
        "other": "others",
    },
)
WAYS = _pairs(
    METHODS,
    {
        "on_site": "on site",
        "documents": "by documents",
        "network": "over the network",
        "entrusted": "by an expert body",
    },
)
REASONS = _pairs(REPLACEMENT_REASONS, {"recusal": "recusal", "absence": "absence"})
RESULTS = _pairs(
    RESULT_CODES,
    {
        "01": "no problem found",
        "02": "problem found, put right when ordered",
        "03": "the activity in question is not carried on",
        "04": "serious refusal to cooperate",
        "05": "deregistered",
        "06": "business suspended",
        "07": "licence revoked",
        "08": "closed",
        "09": "problem found, to be followed up",
        "10": "not to be reached at the registered address",
        "11": "registration withdrawn",
        "12": "moved away",
        "13": "did not publish what must be published",
        "14": "published untrue information",
    },
)
WHERE = _pairs(
    CHANNELS,
    {
        "credit_system": "National Enterprise Credit Information Publicity System",
        "platform": "supervision platform",
        "portal": "government portal",
        "department_site": "site of the department",
        "notice_board": "notice board",
    },
)
STATES: Words = {
    "frozen": ("名单已封存，尚未摇出", "lists sealed, not yet drawn"),
    "executed": ("已完成", "completed"),
    "veiled": ("已摇出，结果尚未解封", "drawn, the result is still sealed"),
    "aborted": ("已中止", "aborted"),
    "recorded": ("由其他平台抽取，已登记", "drawn by another platform, recorded here"),
}
MODES: Words = {
    "each": ("逐户抽取检查人员", "officers drawn for each subject"),
    "groups": ("抽取检查组", "officers drawn into groups"),
}
ROUNDING: Words = {
    "ceil": ("各层不低于规定比例，向上取整", "at least the rate in each stratum, rounded up"),
    "total": ("总比例按风险分类分配", "one overall rate, divided by risk class"),
}
CLASSES: Words = {
    "key": ("重点检查事项", "key item"),
    "general": ("一般检查事项", "general item"),
}
PLANS: Words = {
    "submitted": ("已提交，待审批", "submitted"),
    "approved": ("已批准", "approved"),
    "rejected": ("已退回", "returned"),
    "published": ("已公布", "published"),
}
DRAWING: Words = {"directed": ("定向", "directed"), "undirected": ("不定向", "undirected")}
RISKS: Words = {risk: (f"{risk} 类", f"class {risk}") for risk in "ABCD"}
SUBJECTS: Words = {code: (zh, code.replace("_", " ")) for code, zh in KINDS.items()}
ATTRIBUTES: Words = {
    "tags": ("行业标签", "tags"),
    "risk": ("信用风险", "risk"),
    "kind": ("主体类型", "kind"),
    "status": ("登记状态", "status"),
    "district": ("区域", "district"),
}
STATUSES: Words = {
    "active": ("存续", "active"),
    "revoked": ("吊销", "revoked"),
    "cancelled": ("注销", "cancelled"),
    "moved": ("迁出", "moved"),
    "closed": ("停业", "closed"),
}
VALUES: Mapping[str, Words] = {"risk": RISKS, "kind": SUBJECTS, "status": STATUSES}
"""Words of the values of an attribute; tags and districts are words already."""
REGISTERS: Words = {
    "items": ("抽查事项清单", "inspection items"),
    "subjects": ("检查对象名录库", "subjects"),
    "officers": ("执法检查人员名录库", "inspectors"),
    "unsuitable": ("不适宜随机抽查的事项", "items not suited for random selection"),
    "experts": ("专家库", "experts"),
    "history": ("既往检查", "earlier inspections"),
    "members": ("领导小组、联席会议成员", "leading group and joint meeting"),
    "superior": ("上级检查计划", "plans of superior bodies"),
}


def register_words(register: str) -> Pair:
    """What a register is called; `plan.x`, `received.x` and the like by their id."""
    kind, _, name = register.partition(".")
    prefix: Words = {
        "plan": ("年度计划", "plan"),
        "received": ("平台抽取结果", "result received for draw"),
        "platform": ("平台公示的抽取结果", "result shown by the platform, draw"),
        "assigned": ("牵头部门抽取的名单", "list drawn by another department, task"),
    }
    if name and kind in prefix:
        zh, en = prefix[kind]
        return f"{zh} {name}", f"{en} {name}"
    return REGISTERS.get(register, (register, register))

"""What a check expected and found, in Chinese for the printed report.

Findings carry English words and data, which the JSON report gives as they are; the text form for a Chinese
reader looks them up here. `{}` stands for data and is kept; what is not in the table is data and printed as
it is.
"""

from __future__ import annotations

import re
from functools import cache

_EXISTS = " that exists"
_LONGEST = 500
"""What is longer is data; patterns are not tried on it."""

PHRASES = {
    "(stratum, N, k) as frozen: {}": "封存时的（抽取层, N, k）：{}",
    "(stratum, N, k) {}": "（抽取层, N, k）{}",
    "2–9 keys in force of different holders, ascending (none: drawn by another platform)": (
        "2至9把在用密钥，各属不同的人，按序排列（没有参与方的是外部平台抽取）"
    ),
    "M of this draw: {}": "本次摇号的 M：{}",
    "a completed draw": "已完成的摇号",
    "a cosignature line": "一行联署签名",
    "a cosigner that the ledger names": "台账登记的联署方",
    "a cosigner's vkey": "联署方公钥",
    "a date not in the future": "不在将来的日期",
    "a diff: added {}, changed {}, nothing unchanged, nothing absent": (
        "一次变更：新增 {}，修改 {}，不含未变的行，不删除名录中没有的行"
    ),
    "a draw frozen without parties": "封存时没有参与方的抽取",
    "a draw id never used": "未用过的抽取编号",
    "a draw of the same plan row": "同一计划行的抽取",
    "a draw that is {}": "状态为 {} 的摇号",
    "a draw whose result is public": "结果已公开的摇号",
    "a drawn subject": "抽中的对象",
    "a file of another name": "其他名称的文件",
    "a file of the draw": "摇号文件夹应有的文件",
    "a file that SHA256SUMS lists": "SHA256SUMS 所列的文件",
    "a file that every bundle has": "核验包必有的文件",
    "a frozen question that can be drawn": "可以抽取的封存内容",
    "a head of the past": "过去的台账指纹",
    "a holder belongs to one unit": "一人属于一个单位",
    "a key in force": "在用的密钥",
    "a key never enrolled": "未登记过的密钥",
    "a key never used": "未用过的密钥",
    "a line in SHA256SUMS": "SHA256SUMS 中有一行",
    "a log key": "台账签名密钥",
    "a new or rejected plan": "新的或已退回的计划",
    "a new policy id": "新的实施细则编号",
    "a new task id": "新的任务编号",
    "a new visit id": "新的检查编号",
    "a note and the log key": "清单签名和台账签名密钥",
    "a party of this draw": "本次摇号的参与方",
    "a party that committed": "已封存随机数的参与方",
    "a private field of this ledger": "本台账的私密字段",
    "a published plan": "已公布的计划",
    "a reason where the signature is missing (R114)": "未签字的应注明原因",
    "a replacement": "一项递补",
    "a result by {}": "{} 前有检查结果",
    "a result of every drawn subject, or a day after {}": "每个抽中对象都有检查结果，或已过 {}",
    "a reviewer who is a holder of this ledger": "在本台账登记的复核人",
    "a row is changed or removed, not both": "同一行或修改或删除，不能兼有",
    "a sealed draw that is not unsealed": "尚未公开的不公开摇号",
    "a seat of the team": "检查组中的席位",
    "a second holder": "第二人",
    "a signed note": "有签名的清单",
    "a signed visit not yet published": "已签名、尚未公示的检查记录",
    "a statement of exactly this act in this ledger": "恰为本台账本事项的签名文件",
    "a statement used once": "只使用一次的签名文件",
    "a supervisor or observer": "现场监督人员或受邀见证代表",
    "a tile of this log": "本日志的文件",
    "a type of this version": "本版本所知的类型",
    "a valid signature": "有效签名",
    "a value confirmed before the first reveal": "在首次启封前确认的公共随机数",
    "a window that ends by {}": "不迟于 {} 结束的期限",
    "act that waits for confirmation": "等待确认的事项",
    "added {}, changed {}, unchanged {}, absent {}": "新增 {}，修改 {}，未变 {}，名录中没有 {}",
    "after the last commit": "在全部封存随机数之后",
    "all of them: 1/1": "全部：1/1",
    "an Ed25519 vkey named as the origin": "以台账名称命名的 Ed25519 公钥",
    "an act not yet confirmed": "尚未确认的事项",
    "an approver and a party, two holders": "一名审批人和一名参与方，两个人",
    "an approver or a party": "审批人或参与方",
    "an approver, or an act on paper": "审批人，或书面批准",
    "an end after the beginning, not in the future": "结束晚于开始，且不在将来",
    "an enrolled key": "已登记的密钥",
    "an entry that may be corrected": "可以更正的条目",
    "an event that may be voided": "可以作废的事项",
    "an exclusion before the freeze": "封存名单之前的剔除",
    "an id without twin": "没有只差大小写的编号",
    "an officer in conflict is replaced before the visit": "有利害关系的人员在检查前递补",
    "an officer of the visit": "参加本次检查的人员",
    "an r never revealed in this ledger": "本台账中未启封过的随机数",
    "an r used before": "用过的随机数",
    "another event": "其他事项",
    "another file": "其他文件",
    "another r": "另一个随机数",
    "another than the one enrolled": "登记者本人以外的人",
    "another value": "其他的值",
    "approved task": "已批准的任务",
    "approver and clerk differ": "审批人与经办人不是同一人",
    "asked and approved by others than the substitute": "由替补人以外的人提出和批准",
    "at least {} possible teams for every subject": "每个对象至少有 {} 种可能的检查组",
    "at least {}/{}, or an approved exception": "不低于 {}/{}，或有批准的例外",
    "before the first reveal": "在首次启封之前",
    "before the visit": "在检查之前",
    "chunk {} of one import by one actor": "同一人同一次导入的第 {} 段",
    "clerk, approver and supervisor are three holders": "经办人、审批人、现场监督人员是三个人",
    "completed or aborted by {}": "{} 前完成或中止",
    "count and root of the rows received": "与收到的行相符的行数和根",
    "declarations that leave more than half of the possible teams": "申报后仍有半数以上可能的检查组",
    "declared conflict": "已申报的利害关系",
    "draw": "摇号",
    "draw to fill": "要补抽的摇号",
    "drawn subject": "抽中的对象",
    "enough able officers for every seat class": "每个席位都有足够的合格人员",
    "every party has committed": "各方均已封存随机数",
    "every party has revealed": "各方均已启封",
    "every subject of {}": "{} 的全部对象",
    "from before until": "开始不晚于结束",
    "ids that differ in more than case": "不只差大小写的编号",
    "import.closed": "导入的结束条目（import.closed）",
    "items of the item list": "抽查事项清单上的事项",
    "k of each stratum, ranked from 1: {}": "各抽取层 k 个，名次从 1 起：{}",
    "key": "密钥",
    "ledger.created": "建立台账的条目（ledger.created）",
    "lines under keys that the ledger names": "台账登记的密钥所签的行",
    "lists changed meanwhile": "名单其间有变",
    "lists that are not sealed": "不封存的名单",
    "log key and actor keys differ": "台账签名密钥与人员密钥不同",
    "members of the frozen pool only": "只有封存的待抽名单中的对象",
    "missing": "缺少",
    "n={} root={}": "行数 {}，根 {}",
    "no subject in two strata": "没有对象同属两个抽取层",
    "no valid signature of this key alone": "没有恰由此密钥作出的有效签名",
    "no value in force yet": "尚无生效的公共随机数",
    "nobody: one replacement a seat, two a visit, then 补抽": "无人可递补：每席一次、每次检查两次，之后补抽",
    "none": "无",
    "not before {}": "不早于 {}",
    "not listed": "未列入",
    "not read: {}": "未能读取：{}",
    "nothing unread": "没有未读的内容",
    "officer": "执法检查人员",
    "officers without a conflict for every pool subject, else it is excluded (no-able-officer)": (
        "每个待抽对象都有无利害关系的人员，否则先剔除（回避后无可派人员）"
    ),
    "one commit a party": "每一方封存一次",
    "one completed draw a task": "一项任务只有一次完成的摇号",
    "one open draw a task": "一项任务同时只有一次进行中的摇号",
    "one reveal a party": "每一方启封一次",
    "one signature an officer": "每人签名一次",
    "one signature by {}": "恰由 {} 作出的一个签名",
    "one visit a drawn subject": "一个抽中对象只检查一次",
    "one's own key, or an admin": "本人的密钥，或由管理员办理",
    "only entry 0 creates a ledger": "只有第 0 条建立台账",
    "only files that a bundle has": "只有核验包应有的文件",
    "openings of a sealed draw are kept until it is unsealed": "不公开摇号的私密内容原文保存到公开为止",
    "openings of what this draw sealed": "本次摇号所封存内容的原文",
    "parts that fit each other": "各部分相互一致",
    "plan": "计划",
    "plan row": "计划行",
    "plan {}": "状态为 {} 的计划",
    "policy in force": "已采用的实施细则",
    "prev {}": "前一条目的散列值 {}",
    "private exactly in a sealed draw": "不公开摇号的内容封存，其他摇号的内容公开",
    "proof of possession bound to origin, holder, unit and roles": "绑定台账、本人、单位和角色的持有证明",
    "proof of possession by the key of entry 0": "第 0 条的密钥作出的持有证明",
    "published by {}": "{} 前公示",
    "r whose commit is {}": "封存值为 {} 的随机数",
    "real days in order, none in both lists": "真实存在、按序排列、不重复的日期",
    "recorded visit": "已登记的检查",
    "root {}": "根 {}",
    "rounding, strata and team mode that fit": "相互一致的比例、抽取层、组队方式",
    "rows change before the plan is submitted or after it was rejected": "计划行只在提交前或退回后变更",
    "rows in strictly ascending order": "按序排列、不重复的行",
    "seats of drawn subjects": "抽中对象的席位",
    "seq {}": "条目号 {}",
    "signed by {}": "由 {} 签名",
    "signed by {} for {}": "由 {} 为 {} 签名",
    "subject": "检查对象",
    "task": "任务",
    "the approved task, whole": "与批准的任务完全一致",
    "the confirmation of the clock correction": "对校正时钟的确认",
    "the end": "到此为止",
    "the founder is an admin": "建立台账的人是管理员",
    "the imported rows": "导入的行",
    "the key that entry 0 carries": "第 0 条所载的密钥",
    "the lists as recorded": "与登记时相同的名单",
    "the lists imported for this draw before": "此前为本次抽取导入的名单",
    "the outcome of a draw": "摇号结果",
    "the party's own act": "参与方本人的操作",
    "the plan's rate {}/{}": "计划的比例 {}/{}",
    "the public value is in force": "公共随机数已生效",
    "the record as it stands": "现行的检查记录",
    "the submission as it stands": "现行的计划提交",
    "the value as it stands": "现行的值",
    "unsealed by {}": "{} 前公开",
    "ver {}": "版本 {}",
    "visit": "检查",
    "known when unsealed": "公开封存结果后可知",
    "judged when unsealed": "公开封存结果后核验",
    "visits not yet made": "尚未进行的检查",
    "vkey of an Ed25519 key named {}": "名称为 {} 的 Ed25519 公钥",
    "{} chunks of this import just before it": "紧接其前的本次导入的 {} 段",
    "{} officers of the frozen list, none in conflict": "封存名单中的 {} 名人员，均无利害关系",
    "{} of {}": "{}（共 {}）",
    "{} without one": "{} 个没有",
    "{}: missing": "{}：缺少",
    "{}: not a key of this map": "{}：不应有的字段",
    "不定向: all of {}, no further condition": "不定向：{} 的全部对象，不加其他条件",
    "责改 ⇒ 下达责改 ⇒ 检查; a result exactly where checked": "责改 ⇒ 下达责改 ⇒ 检查；检查的事项才有结果",
}
"""English, with `{}` for data, and its Chinese; the data stands in the same order in both."""


def chinese(text: str) -> str:
    """The Chinese of a phrase, its data kept; the text itself when it is not a phrase."""
    if len(text) > _LONGEST:
        return text
    if text in PHRASES:
        return PHRASES[text]
    if text.endswith(_EXISTS):
        return "已有的" + chinese(text.removesuffix(_EXISTS))
    for pattern, template in _patterns():
        if found := pattern.fullmatch(text):
            return template.format(*found.groups())
    return text


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Templates as patterns, those with most words of their own first."""
    templates = sorted((p for p in PHRASES if "{}" in p), key=lambda p: (-len(p), p))
    return [
        (re.compile("(.*?)".join(map(re.escape, p.split("{}"))), re.DOTALL), PHRASES[p]) for p in templates
    ]

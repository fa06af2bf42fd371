"""The report's own sentences in Chinese and English.

The verifier runs alone, without catalogues of translations; its two languages stand side by side here, the
texts of the checks in ``specs/rules.toml``. The words are those of ``specs/glossary.md``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]

# What moves the cursor, hides or reorders text on a terminal (design §3 forbids it in the ledger itself).
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Controls but tab and line feed, what has no width, what turns the direction, halves of pairs, tags."""


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence, or a `str.format` template, in both languages."""

    zh: str
    en: str

    def say(self, lang: Language, **params: object) -> str:
        """The text in `lang`, filled in."""
        template = self.zh if lang == "zh" else self.en
        return template.format(**params) if params else template


def escape_json(text: str) -> str:
    """A JSON document in which such characters are spelled ``\\uXXXX``: the same values, safe to print."""
    return _UNPRINTABLE.sub(lambda match: match[0] if match[0] == "\n" else f"\\u{ord(match[0]):04x}", text)


def visible(text: str) -> str:
    """`text` with its unsafe characters as escapes of JSON; line feeds and tabs stay."""
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    point = ord(found[0])
    if point < 0x10000:
        return f"\\u{point:04x}"
    high, low = divmod(point - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def printable(text: str, limit: int = 240) -> str:
    """`text` from a bundle made safe to print on one line: control characters escaped, cut after `limit`."""
    safe = _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text[: limit + 1])
    return safe if len(text) <= limit else safe[:limit] + "..."


VERDICT = {
    "pass": Text("核验通过", "Verification passed"),
    "fail": Text("核验不通过", "Verification failed"),
    "inconclusive": Text("证据不足，无法核验", "Inconclusive: the evidence is not sufficient"),
}
PRACTICE = Text("【演练】", "[PRACTICE] ")
SENTENCE = Text("{practice}{verdict}。{anchor}{counts}", "{practice}{verdict}. {anchor}{counts}")

ANCHOR = {
    ("self", True): Text(
        "仅依据核验包自身内容，未与其他途径取得的台账编号或台账指纹比对。",
        "Judged only by what the bundle says of itself; no ledger id or head from elsewhere was compared.",
    ),
    ("id", True): Text(
        "已与读者提供的台账编号比对，一致。", "The ledger id given by the reader was compared and matches."
    ),
    ("head", True): Text(
        "已与读者提供的台账指纹比对，一致。", "The head given by the reader was compared and matches."
    ),
    ("cosigned", True): Text(
        "台账指纹已由读者指定的联署方联署，签名有效。",
        "The head is cosigned by a cosigner that the reader named, and the cosignature is valid.",
    ),
    ("self", False): Text("核验包自身的说明前后不一致。", "What the bundle says of itself does not agree."),
    ("id", False): Text("与读者提供的台账编号不一致。", "The ledger id given by the reader does not match."),
    ("head", False): Text("与读者提供的台账指纹不一致。", "The head given by the reader does not match."),
    ("cosigned", False): Text(
        "没有读者指定的联署方的有效联署。",
        "There is no valid cosignature of the cosigner that the reader named.",
    ),
}
ANCHOR_LEDGER = Text(
    "仅依据台账文件自身内容，未与其他途径取得的台账编号或台账指纹比对。",
    "Judged only by what the ledger file says of itself; no ledger id or head from elsewhere was compared.",
)
NOT_UNSEALED = Text("有 {n} 次抽取尚未启封公开。", " Draws not unsealed: {n}.")
ELSEWHERE = Text(
    "有 {n} 次抽取由外部平台完成，随机性未能证明（外部平台抽取）。",
    " Draws made by another platform, whose randomness is not proven: {n}.",
)

CATEGORY = {
    "completeness": Text("完整性（材料齐全）", "Completeness"),
    "authenticity": Text("真实性（签名与身份）", "Authenticity"),
    "integrity": Text("防篡改", "Integrity"),
    "consistency": Text("一致性", "Consistency"),
    "fairness": Text("抽取公正性", "Fairness"),
    "compliance": Text("合规性", "Compliance"),
}
STATUS = {
    "pass": Text("通过", "pass"),
    "fail": Text("不通过", "FAIL"),
    "warn": Text("提醒", "warning"),
    "inconclusive": Text("证据不足", "inconclusive"),
    "not_due": Text("未到期", "not due"),
    "n/a": Text("不适用", "n/a"),
}
STATE = {
    "open": Text("进行中", "open"),
    "completed": Text("已完成", "completed"),
    "aborted": Text("已中止", "aborted"),
    "elsewhere": Text("外部平台抽取", "drawn elsewhere"),
}

SUBJECT = Text("核验包（SHA256SUMS 的 SHA-256）", "Bundle (SHA-256 of SHA256SUMS)")
SUBJECT_LEDGER = Text("台账文件（全部记录的树根）", "Ledger file (root of all entries)")
LEDGER = Text("台账编号", "Ledger id")
HEAD = Text("台账指纹", "Head")
LAST_TIME = Text("最后一条记录的时间", "Time of the last entry")
TOOL = Text("核验工具", "Tool")
UNKNOWN = Text("未能确定", "not determined")
COLON = Text("：", ": ")

CHECKS = Text("检查结果", "Checks")
COUNTED = Text("{label} {n} 项", "{n} {label}")
PLACE = Text("位置", "place")
EXPECTED = Text("应为", "expected")
FOUND = Text("实为", "found")
NAMES = Text("名称", "names")
ENTRY = Text("第 {n} 条记录", "entry {n}")
STREAM = Text("记录流 {name}", "stream {name}")
FILE = Text("文件 {name}", "file {name}")
ROW = Text("第 {n} 行", "row {n}")
MORE = Text("另有 {n} 处同类问题，见 --json。", "{n} more of the same, see --json.")

OUTCOMES = Text("抽取与可选结果数 g", "Draws and possible outcomes g")
OUTCOME = Text(
    "抽取 {draw}（任务 {task}，{state}）：可选结果数 g = {g}",
    "draw {draw} (task {task}, {state}): g = {g}",
)
OUTCOME_ELSEWHERE = Text(
    "抽取 {draw}（任务 {task}）：随机性未能证明（外部平台抽取）",
    "draw {draw} (task {task}): randomness not proven (drawn by another platform)",
)
OUTCOME_SEED = Text("摇号种子 {seed}", "seed {seed}")
OUTCOME_MEANING = Text(
    "只要 {parties} 中有一方保守了自己的随机数，或公开值 {public} 为真，"
    "知情人在本台账内最多看到 {g} 种结果。",
    "insiders saw at most {g} outcomes in this ledger, if one of {parties} kept its secret "
    "or the public value {public} is true.",
)
OUTCOME_MEANING_PRIVATE = Text(
    "只要 {parties} 中有一方保守了自己的随机数，知情人在本台账内最多看到 {g} 种结果。",
    "insiders saw at most {g} outcomes in this ledger, if one of {parties} kept its secret.",
)
ACTS = Text(
    "签署方式：用密钥 {key} 件，用签署文件 {file} 件，纸面签字 {paper} 件。",
    "Acts signed by key: {key}, by statement file: {file}, on paper: {paper}.",
)
FOUNDERS = Text("首批登记的人员（无第二人确认）", "Founders, enrolled without a second holder")
TAIL_NONE = Text(
    "最后一条记录已由其他单位签名或联署。", "The last entry is signed by another unit or cosigned."
)
TAIL = Text(
    "最后 {n} 条记录之后尚无其他单位签名或联署：这一段若被经办单位截去或重写，本核验无法察觉。",
    "The last {n} entries are not followed by a signature of another unit or a cosignature: "
    "if the office cut off or rewrote them, this verification would not notice.",
)

UNPROVEN = Text("未能证明的事项", "What is not proven")
ALWAYS_UNPROVEN = (
    Text(
        "密钥确由登记的本人使用（只能证明使用了该密钥）。",
        "That a key was used by its holder; only that the key was used.",
    ),
    Text(
        "录入的事实与现场相符；纸面材料只核对了扫描件的散列值。",
        "That recorded facts are true on site; of paper only the hash of the scan was looked at.",
    ),
    Text(
        "记录的时间属实（时间只是录入电脑当时的时钟）。",
        "That recorded times are true; they are what the writer's clock said.",
    ),
    Text("没有另一本从未公开的台账。", "That there is no other ledger that was never shown."),
)
UNPROVEN_SELF = Text(
    "这就是该单位公布的那本台账（未提供台账编号、台账指纹或联署方）。",
    "That this is the ledger the office published; no id, head or cosigner was given.",
)
UNPROVEN_ELSEWHERE = Text("外部平台抽取的随机性。", "The randomness of draws made by another platform.")

NEXT = Text("下一步", "Next step")
NEXT_STEP = {
    "anchored": Text("请将本结果与核验包一并存档。", "Keep this result together with the bundle."),
    "self": Text(
        "请用纸质记录表或公示上的台账编号、台账指纹再核验一次：加 --id 或 --head。",
        "Verify again with the ledger id or head printed on a form or notice: add --id or --head.",
    ),
    "fail": Text(
        "请原样保留核验包，不要修改；先排除复制错误，重新取得一份再核验；仍不通过的，连同本结果报监督机关。",
        "Keep the bundle as it is. Rule out a copying error with a fresh copy; "
        "if it still fails, hand bundle and result to the supervising body.",
    ),
    "inconclusive": Text(
        "请向制作单位索取上面标明“证据不足”的材料，或用新版核验工具再核验。",
        "Ask the office for the material of the checks marked inconclusive, or verify with a newer tool.",
    ),
}

UNREADABLE = Text(
    "无法读取：不是规定形式的核验包。", "Cannot be read: this is not a bundle in the allowed form."
)
BUG = Text(
    "核验工具自身出错，结果无效；请将以下内容报告给开发者。",
    "The tool itself failed and there is no result; please report what follows.",
)
USAGE = Text("选项 {option} 的值形式不对。", "The value of {option} does not have the right form.")
HELP = Text(
    "核验留痕台账的核验包：重放全部记录，重算每次抽取。",
    "Verify a bundle of a Liuhen ledger: replay every entry and recompute every draw.",
)
HELP_BUNDLE = Text("核验包：文件夹或 .zip 文件", "the bundle: a folder or a .zip file")
HELP_JSON = Text("输出 liuhen-report/1（JSON）", "print the report as liuhen-report/1 (JSON)")
HELP_ID = Text(
    "另行取得的台账编号（十六进制 64 位，可分组）", "ledger id known from elsewhere: 64 hex digits"
)
HELP_HEAD = Text("另行取得的台账指纹（条数:根）", "head known from elsewhere: size:root")
HELP_STAMP = Text(
    "台账指纹的时间戳（.tsr，可多次给出），与 --tsa 同用",
    "time-stamp over a head (.tsr), with --tsa; may be repeated",
)
HELP_TSA = Text(
    "时间戳机构的证书（PEM，含根证书）", "certificates of the time-stamp authority (PEM, root included)"
)
HELP_COSIGNER = Text("信任的联署方公钥（可多次给出）", "vkey of a cosigner you trust; may be repeated")
HELP_AS_OF = Text(
    "按此日期或时间判断期限（默认按最后一条记录）",
    "judge deadlines as of this date or time; by default that of the last entry",
)
HELP_STRICT = Text("提醒也算不通过", "a warning counts as a failure")

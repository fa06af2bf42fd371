"""What the text of a cell means: dates, months, rates, closed sets of words. None is “not understood”."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

Words = Mapping[str, str]
"""Word as people write it → code; the first word of a code is the one that the template offers."""

ITEM_CLASSES: Words = MappingProxyType(
    {"重点检查事项": "key", "一般检查事项": "general", "重点": "key", "一般": "general"}
)
METHODS: Words = MappingProxyType(
    {
        "现场检查": "on_site",
        "书面检查": "documents",
        "网络监测": "network",
        "委托专业机构": "entrusted",
        "实地核查": "on_site",
        "实地检查": "on_site",
        "现场核查": "on_site",
        "书面审查": "documents",
        "网络检查": "network",
        "网络监管": "network",
        "委托检查": "entrusted",
        "委托检验检测": "entrusted",
    }
)
DRAW_TYPES: Words = MappingProxyType(
    {"不定向": "undirected", "定向": "directed", "不定向抽查": "undirected", "定向抽查": "directed"}
)
RISK_WORDS: Words = MappingProxyType(
    {
        "低风险": "A",
        "一般风险": "B",
        "较低风险": "B",
        "中低风险": "B",
        "中风险": "B",
        "较高风险": "C",
        "高风险": "D",
    }
)
"""Classes in words: four (S1 二(四)) or two, 高风险 and 中低风险 (S0 主要任务1, R077)."""
RISKS: Words = MappingProxyType(
    {f"{c}{suffix}": c for suffix in ("", "级", "类") for c in "ABCD"}
    | dict(RISK_WORDS)
    | {word.removesuffix("风险"): code for word, code in RISK_WORDS.items()}
)
CERTIFICATES: Words = MappingProxyType(
    {
        "部门执法证": "department",
        "省政府执法证": "province",
        "部门证": "department",
        "省政府证": "province",
        "部委执法证": "department",
        "省级执法证": "province",
    }
)
SUBJECT_STATUS: Words = MappingProxyType(
    {
        "存续": "active",
        "吊销": "revoked",
        "注销": "cancelled",
        "迁出": "moved",
        "停业": "closed",
        "在业": "active",
        "在营": "active",
        "开业": "active",
        "正常": "active",
        "在册": "active",
        "登记成立": "active",
        "被吊销": "revoked",
        "已吊销": "revoked",
        "吊销未注销": "revoked",
        "吊销,未注销": "revoked",
        "已注销": "cancelled",
        "歇业": "closed",
        "关闭": "closed",
        "暂停营业": "closed",
    }
)
OFFICER_STATUS: Words = MappingProxyType(
    {
        "在岗": "active",
        "离岗": "left",
        "暂停": "suspended",
        "在职": "active",
        "调离": "left",
        "退休": "left",
        "停职": "suspended",
    }
)
RELATIONS: Words = MappingProxyType(
    {
        "近亲属": "kin",
        "曾任职": "former_employee",
        "持股": "shareholder",
        "纠纷": "dispute",
        "其他": "other",
        "亲属": "kin",
        "股东": "shareholder",
        "投资": "shareholder",
    }
)
ROLES: Words = MappingProxyType(
    {
        "管理员": "admin",
        "经办人": "clerk",
        "审批人": "approver",
        "现场监督人员": "supervisor",
        "受邀见证代表": "observer",
        "执法检查人员": "officer",
        "监督人员": "supervisor",
    }
)
HISTORY_BY: Words = MappingProxyType(
    {
        "本部门": "own",
        "上级部门": "superior",
        "其他部门": "other",
        "本单位": "own",
        "上级": "superior",
        "其他": "other",
    }
)
BODIES: Words = MappingProxyType(
    {
        "领导小组": "leading_group",
        "联席会议": "joint_meeting",
        "工作领导小组": "leading_group",
        "部门联席会议": "joint_meeting",
    }
)
EXPERT_KINDS: Words = MappingProxyType(
    {
        "专家": "expert",
        "专业机构": "body",
        "检测机构": "body",
        "检验检测机构": "body",
        "机构": "body",
        "科研院所": "body",
    }
)
SEXES: Words = MappingProxyType({"男": "男", "女": "女"})

_KINDS = (
    ("individual", ("个体",)),
    ("cooperative", ("合作社", "合作经济")),
    ("social_organisation", ("社会团体", "民办非企业", "社会服务机构", "基金会", "协会")),
    ("institution", ("事业单位", "机关法人", "律师事务所", "非企业专业")),
    (
        "enterprise",
        (
            "公司",
            "企业",
            "独资",
            "合伙",
            "集体",
            "国有",
            "全民",
            "股份",
            "分支机构",
            "外商",
            "外资",
            "代表机构",
        ),
    ),
    ("product", ("产品",)),
    ("project", ("项目",)),
    ("behaviour", ("行为",)),
)
_KIND_BY_CODE = {
    "91": "enterprise",
    "92": "individual",
    "93": "cooperative",
    "51": "social_organisation",
    "52": "social_organisation",
    "53": "social_organisation",
    "11": "institution",
    "12": "institution",
}
_NOTHING = frozenset({"n/a", "na", "null", "-", "--", "—", "——", "/", "无", "暂无", "无数据"})
_DATE = re.compile(
    r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d\d)(\d\d))(?: 00:00(?::00)?)?"
)
_RATE = re.compile(r"(?:不低于|不少于|>=|≥)?(\d{1,9}(?:\.\d{1,9})?)%(?:以上)?(?:\((.*)\))?", re.DOTALL)
_BRACKETS = re.compile(r"\([^()]*\)")
_MONTH = re.compile(
    r"(?P<year>\d{4})(?:年|[-/.]|(?=\d\d$))(?P<month>\d{1,2})(?:月(?:底|底前|前)?|[-/.]\d{1,2})?"
    r"(?:(?:-|~|—|–|至|到|…|\.\.)(?:(?P<year2>\d{4})[年\-/.])?(?P<month2>\d{1,2})月?(?:底|底前|前)?)?"
)
_YEAR = re.compile(r"[^\d]?(20\d\d)(?:年|\d{3}$)")
_LISTED = re.compile(r"[;；、,，/|\n]+")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+")
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_MAC_DAY_ZERO = date(1904, 1, 1)


@dataclass(frozen=True)
class Rate:
    """A rate as p of q in lowest terms, and the words around it when there are any."""

    p: int
    q: int
    note: str

    def __bool__(self) -> bool:
        return self.p > 0


NO_RATE = Rate(0, 1, "")
"""What an empty cell says."""


@dataclass(frozen=True)
class Period:
    """Months as YYYY-MM; `since` is empty when only the end is given."""

    since: str
    until: str


def plain(text: str) -> str:
    """Text for comparing words: NFKC, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def is_nothing(text: str) -> bool:
    """Whether a cell says in words that it is empty (N/A, 无, —)."""
    return text.lower() in _NOTHING


def is_scientific(code: str) -> bool:
    """Whether a normalised code is what a spreadsheet makes of a long number (9.16402E+17)."""
    return _SCIENTIFIC.fullmatch(code) is not None


@lru_cache(maxsize=4096)
def word(words: tuple[tuple[str, str], ...], text: str) -> str | None:
    """The code of a word; brackets after it and upper or lower case do not matter."""
    known = dict(words)
    text = plain(text)
    return known.get(text) or known.get(_BRACKETS.sub("", text)) or known.get(text.upper())


@lru_cache(maxsize=4096)
def subject_kind(text: str) -> str:
    """The kind of subject (R033) that a 主体类型 of any register means; "other" when none is recognised."""
    text = plain(text)
    return next((kind for kind, marks in _KINDS if any(mark in text for mark in marks)), "other")


def kind_of_code(code: str) -> str:
    """The kind of subject that a USCC itself tells (GB 32100: registering body, class); "other" when none."""
    return _KIND_BY_CODE.get(code[:2], "other") if len(code) == 18 else "other"


@lru_cache(maxsize=4096)
def listed(text: str) -> tuple[str, ...]:
    """The parts of a list in one cell, divided at ； ; 、 ， , / | or line breaks, in order, each once."""
    parts = (" ".join(part.split()) for part in _LISTED.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))


def parse_date(text: str) -> str | None:
    """YYYY-MM-DD of a date as people write it (2023-5-1, 2023/5/1, 2023.5.1, 2023年5月1日, 20230501)."""
    try:
        if len(text) == 10 and text[4] == "-":
            return date.fromisoformat(text).isoformat()
        found = _DATE.fullmatch(plain(text) if not text.isascii() else text)
        if found is None:
            return None
        year, month, day = (int(g) for g in found.groups() if g is not None)
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def date_of_serial(text: str, from_1904: bool) -> str | None:
    """The date that a serial number of a spreadsheet means, when it is one between 1900 and 2100."""
    if not text.isdecimal() or not 1 <= int(text) <= 73_050:
        return None
    return ((_MAC_DAY_ZERO if from_1904 else _EXCEL_DAY_ZERO) + timedelta(days=int(text))).isoformat()


def parse_rate(text: str) -> Rate | None:
    """A percentage as a fraction in lowest terms: 50% → 1/2; “5%（…）” keeps its remark."""
    found = _RATE.fullmatch(plain(text))
    if found is None:
        return None
    value = Fraction(found[1]) / 100
    return Rate(value.numerator, value.denominator, "" if plain(text) == found[1] + "%" else text)


def year_in(*texts: str) -> str:
    """The first year of this century that one of the texts begins with, such as 2023年… or 联2023001."""
    found = (_YEAR.match(plain(text)) for text in texts)
    return next((match[1] for match in found if match), "")


def parse_period(text: str, year_of_row: str = "") -> Period | None:
    """The months of 2023年10月, 2023-10, 202310, 2023年5月-6月 or 2023-05…2023-07; of 5月-6月 in the year
    (four digits) of a row that names one elsewhere."""
    written = plain(text).replace("...", "…").replace("……", "…")
    found = _MONTH.fullmatch(written) or (
        _MONTH.fullmatch(f"{year_of_row}年{written}") if year_of_row and "月" in written else None
    )
    if found is None:
        return None
    year, month = int(found["year"]), int(found["month"])
    end_year, end = int(found["year2"] or year), int(found["month2"] or month)
    if not (1 <= month <= 12 and 1 <= end <= 12 and 1900 <= year <= 2200):
        return None
    since = f"{year}-{month:02}" if found["month2"] else ""
    return Period(since, f"{end_year}-{end:02}")

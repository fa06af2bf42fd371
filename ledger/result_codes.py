"""The three code tables of results in use, and the crosswalk between them (requirements.md, Result codes).

The ledger stores table G. What is typed in another table is turned into G, what is exported out of G. Some
words of one table have no fellow in another: then the nearest is taken and marked, or there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ledger.importing import values
from verifier.errors import N_, Exit, LiuhenError
from verifier.vocabulary import RESULT_CODES

Z = {
    "1": "未发现问题",
    "A": "发现问题待后续处理",
    "2": "违反工商行政管理相关规定",
    "B": "未按规定公示应当公示的信息",
    "C": "公示信息隐瞒真实情况弄虚作假",
    "6": "通过登记的住所（经营场所）无法联系",
    "D": "违反其他工商行政管理规定",
    "3": "违反食品药品管理规定",
    "4": "违反质量技术监督管理规定",
    "5": "违反其他部门管理规定",
    "E": "发现问题经责令已改正",
    "F": "未发现开展本次抽查涉及的经营活动",
    "7": "已关闭停业或正在组织清算",
    "8": "不配合检查情节严重",
    "9": "注销",
    "10": "被吊销",
    "11": "被撤销",
    "12": "迁出",
}
I = {  # noqa: E741 - the name of the table
    "1": "正常",
    "2": "未按规定公示即时信息",
    "3": "未按规定公示年报信息",
    "4": "无法联系",
    "5": "隐瞒真实情况弄虚作假",
    "6": "不予配合情节严重",
    "7": "注销",
    "8": "吊销",
    "9": "被撤销",
    "10": "迁出",
}
TABLES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "g": ("本台账（G 表）", RESULT_CODES),
    "z": ("浙江平台（Z 表）", Z),
    "i": ("公示信息抽查（I 表）", I),
}
"""Name → its words and codes."""


@dataclass(frozen=True)
class Fellow:
    """A code of another table; `near` when it says not quite the same."""

    code: str
    near: bool = False


def _near(code: str) -> Fellow:
    return Fellow(code, True)


def _same(codes: Mapping[str, str]) -> dict[str, Fellow]:
    return {one: Fellow(other) for one, other in codes.items()}


TO_G: Mapping[str, Mapping[str, Fellow]] = {
    "z": {
        **_same({"1": "01", "A": "09", "B": "13", "C": "14", "6": "10", "E": "02", "F": "03", "8": "04"}),
        **_same({"9": "05", "11": "11", "12": "12"}),
        **{code: _near("09") for code in ("2", "D", "3", "4", "5")},
        "7": _near("08"),
        "10": _near("07"),
    },
    "i": {
        **_same({"1": "01", "4": "10", "5": "14", "6": "04", "7": "05", "9": "11", "10": "12"}),
        "2": _near("13"),
        "3": _near("13"),
        "8": _near("07"),
    },
}
"""Every code of another table in table G."""

FROM_G: Mapping[str, Mapping[str, Fellow]] = {
    "z": {
        **_same({"01": "1", "02": "E", "03": "F", "04": "8", "05": "9", "09": "A", "10": "6", "11": "11"}),
        **_same({"12": "12", "13": "B", "14": "C"}),
        "06": _near("7"),
        "07": _near("10"),
        "08": _near("7"),
    },
    "i": {
        **_same({"01": "1", "04": "6", "05": "7", "10": "4", "11": "9", "12": "10", "14": "5"}),
        "07": _near("8"),
        "13": _near("2"),
    },
}
"""Codes of table G in another; those that are missing have no fellow there (I knows no 经责令已改正)."""


def named(table: str, typed: str) -> str:
    """The code of a table that a code or word typed means; "" when it is none of it."""
    plain = values.plain(typed)
    for code, word in TABLES[table][1].items():
        if plain.upper().lstrip("0") == code.lstrip("0") or plain == values.plain(word):
            return code
    return ""


def to_g(table: str, codes: Iterable[str]) -> list[str]:
    """Codes as typed in a table, in table G, each once. Raises E-RESULT-CODE."""
    found: dict[str, None] = {}
    for typed in codes:
        code = typed.strip().upper()
        code = code.zfill(2) if table == "g" else code.lstrip("0")
        if code not in TABLES[table][1]:
            raise LiuhenError(
                "E-RESULT-CODE",
                N_("{word} is no code of table {table}."),
                remedy=N_("See the tables: liuhen result codes --codes {table}"),
                exit=Exit.USAGE,
                word=typed,
                table=table,
            )
        found[code if table == "g" else TO_G[table][code].code] = None
    return list(found)


def from_g(table: str, codes: Iterable[str]) -> tuple[list[str], list[str]]:
    """Codes of table G in another table, each once, and those that have no fellow there."""
    found: dict[str, None] = {}
    missing = []
    for code in codes:
        fellow = Fellow(code) if table == "g" else FROM_G[table].get(code)
        if fellow is None:
            missing.append(code)
        else:
            found[fellow.code] = None
    return list(found), missing

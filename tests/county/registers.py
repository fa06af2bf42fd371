"""The county's lists: real enterprises where their file is there, made-up ones otherwise; officers, items,
and the classes of enterprises that plan rows are made of. Nobody in them exists beside the enterprises."""

from __future__ import annotations

import csv
import lzma
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.office import digest, made_up_code
from verifier.codec import Value

SOURCE = Path(__file__).parents[3] / "shared" / "data" / "ningxia-enterprises.csv.xz"
Record = dict[str, Value]

WORDS = {
    "粮食经营": ("粮油", "粮食"),
    "食品销售": ("食品",),
    "餐饮服务": ("餐饮",),
    "药品经营": ("药品", "医药"),
    "医疗器械": ("医疗器械",),
    "危险化学品": ("危险化学品", "危化"),
    "成品油": ("加油", "成品油", "汽油"),
    "燃气": ("燃气", "天然气", "液化气"),
    "建筑施工": ("建筑工程", "建设工程", "施工"),
    "机动车维修": ("汽车维修", "机动车维修", "汽修"),
    "道路运输": ("货物运输", "物流", "运输"),
    "旅游住宿": ("旅行社", "宾馆", "酒店", "住宿"),
    "教育培训": ("培训", "教育"),
    "房地产": ("房地产", "物业"),
    "农资": ("农药", "化肥", "种子"),
    "酒类": ("白酒", "葡萄酒", "酒类"),
    "特种设备": ("电梯", "锅炉", "压力容器"),
}
"""Tags by words of name and scope."""
TAGS = tuple(WORDS)
DISTRICTS = ("城关镇", "河东镇", "河西镇", "北山乡")
DEPARTMENTS = {
    "shipin": ("食品安全监管科", 14),
    "zhifa": ("综合执法科", 12),
    "xinyong": ("信用监管科", 10),
    "yaopin": ("药械监管科", 9),
    "jiliang": ("计量标准科", 8),
    "teshe": ("特种设备科", 7),
}
"""科室 of the officers: name, how many."""


def subjects(count: int = 0) -> list[tuple[str, Record]]:
    """The real register, or `count` made-up enterprises (1,500 where the file is not there)."""
    if count or not SOURCE.exists():
        return sorted(made_up(number) for number in range(count or 1_500))
    with lzma.open(SOURCE, "rt", encoding="utf-8-sig", newline="") as file:
        return sorted(_real(row) for row in csv.DictReader(file))


def made_up(number: int) -> tuple[str, Record]:
    """An enterprise that does not exist: one tag in two towns' worth of others of its kind."""
    tags = {TAGS[number % 3], TAGS[3 + number % 2]} if number % 5 else set()
    code = made_up_code(number)
    return code, {
        "name": f"演示企业{number:04}有限公司",
        "code": code,
        "kind": "enterprise",
        "address": f"演示县{DISTRICTS[number % 4]}第{number}号",
        "district": DISTRICTS[number % 4],
        "tags": sorted(tags),  # type: ignore[dict-item]
        "risk": risk_class(code),
        "status": "active",
    }


def _real(row: dict[str, str]) -> tuple[str, Record]:
    code, kind = row["统一社会信用代码"].upper(), row["企业类型"]
    text = row["企业名称"] + row["经营范围"]
    tags = sorted(tag for tag, words in WORDS.items() if any(word in text for word in words))
    kinds = {"个体": "individual", "合作": "cooperative"}
    return code, {
        "name": row["企业名称"].strip(),
        "code": code,
        "kind": next((one for word, one in kinds.items() if word in kind), "enterprise"),
        "address": row["注册地址"].strip(),
        "district": row["地区"] if row["地区"] != "N/A" else "其他",
        "tags": tags,  # type: ignore[dict-item]
        "risk": risk_class(code),
        "status": "active",
    }


def risk_class(code: str) -> str:
    """A made-up class by a hash of the code: A 150, B 75, C 23, D 8 of 256."""
    byte = sha256(code.encode()).digest()[0]
    return "A" if byte < 150 else "B" if byte < 225 else "C" if byte < 248 else "D"


def officers() -> list[tuple[str, Record]]:
    """Sixty officers of six 科室."""
    return sorted(
        _officer(unit, number) for unit, (_, n) in DEPARTMENTS.items() for number in range(1, n + 1)
    )


def _officer(unit: str, number: int) -> tuple[str, Record]:
    name = f"{unit}-{number:02}"
    return name, {
        "name": f"检查员{name}",
        "department": unit,
        "department_name": DEPARTMENTS[unit][0],
        "qualifications": ["general"],
        "certificate": f"YS-{name}",
        "valid_to": "2029-12-31",
        "status": "active",
    }


def items() -> list[tuple[str, Record]]:
    """An item a tag."""
    return [
        (
            item_of(tag),
            {
                "seq": number,
                "category": "市场监管领域",
                "text": [f"{tag}检查"],
                "objects": "企业",
                "class": "key" if number % 3 == 0 else "general",
                "methods": ["on_site"],
                "body": "示范县市场监督管理局",
                "basis": ["《演示条例》第一条"],
            },
        )
        for number, tag in enumerate(TAGS, 1)
    ]


def item_of(tag: str) -> str:
    return f"item-{TAGS.index(tag) + 1:02}"


@dataclass(frozen=True)
class Kind:
    """A class of enterprises that a plan row inspects: all with a tag, or those of a district, or of some
    risk classes. `n` is how many there are at first."""

    tag: str
    district: str = ""
    risks: tuple[str, ...] = ()
    n: int = 0

    def conditions(self) -> dict[str, Value]:
        """The filter of its stratum."""
        found: dict[str, Value] = {"status": ["active"], "tags": [self.tag]}
        if self.district:
            found["district"] = [self.district]
        if self.risks:
            found["risk"] = list(self.risks)
        return found


def kinds(records: list[tuple[str, Record]]) -> list[Kind]:
    """Every class by tag, tag and district, tag and C–D, and tag, district and one risk class."""
    counted: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
    for _, record in records:
        risk, district = str(record["risk"]), str(record["district"])
        for tag in _tags(record):
            counted[tag, "", ()] += 1
            counted[tag, district, ()] += 1
            counted[tag, district, (risk,)] += 1
            if risk in "CD":
                counted[tag, "", ("C", "D")] += 1
    return [Kind(*key, n) for key, n in sorted(counted.items())]


def _tags(record: Record) -> Iterator[str]:
    held = record["tags"]
    return (str(tag) for tag in held) if isinstance(held, list) else iter(())


__all__ = ["DEPARTMENTS", "Kind", "Record", "digest", "item_of", "items", "kinds", "officers", "subjects"]

"""The name rule of S4 附件2: 抽查计划名称 = 年度+行政区划+部门+随机抽查+序号 (R068)."""

from __future__ import annotations

import re

_OFFICE = re.compile(r"(.{1,12}?(?:自治县|自治旗|林区|特区|县|旗|区|市))(.{2,})")
_NUMBER = re.compile(r"[0-9]{3,}\Z")


def office_parts(office: str) -> tuple[str, str]:
    """(行政区划, 部门): 示范县应急管理局 → 示范县, 应急管理局; without a division ("", name)."""
    found = _OFFICE.fullmatch(office)
    return (found[1], found[2]) if found else ("", office)


def suggested(year: int, office: str, number: int) -> str:
    """The name that the rule asks for."""
    return f"{year}年{office}随机抽查{number:03}"


def missing_parts(name: str, year: int, office: str) -> list[str]:
    """The parts of the rule that a plan's name lacks, in order."""
    division, department = office_parts(office)
    wanted = {
        "年度": name.startswith(f"{year}年"),
        "行政区划": division in name,
        "部门": department in name,
        "随机抽查": "随机抽查" in name,
        "序号": _NUMBER.search(name) is not None,
    }
    return [part for part, there in wanted.items() if not there]

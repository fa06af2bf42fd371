"""The name rule of S4 附件2: 抽查计划名称 = 年度+行政区划+部门+随机抽查+序号 (R068)."""

from __future__ import annotations

import re

_OFFICE = re.compile(r"(.{1,12}?(?:自治县|自治旗|林区|特区|县|旗|区|市))(.{2,})")
_NUMBER = re.compile(r"[0-9]{3,}\Z")
_PLAN_NO = re.compile(r"(联?)20[0-9]{2}([0-9]{3,})")
"""2023001 of 附件2, 联2023001 of 附件3."""
_OURS = re.compile(r"\A(?:县|旗|市(?!场)|区(?!域))")
"""县 of 县消防救援大队; not 市 of 市场监管局."""


def office_parts(office: str) -> tuple[str, str]:
    """(行政区划, 部门): 示范县应急管理局 → 示范县, 应急管理局; without a division ("", name)."""
    found = _OFFICE.fullmatch(office)
    return (found[1], found[2]) if found else ("", office)


def leading(office: str, organiser: str) -> str:
    """Whose name a joint plan bears: that of the office, or of the department that leads instead, with the
    office's 行政区划 before it."""
    if office.endswith(organiser) or organiser.endswith(office):
        return office
    division, _ = office_parts(office)
    return division + _OURS.sub("", organiser.removeprefix(division))


def own_number(plan_no: str, position: int) -> str:
    """The 序号 of a row: the one in its 抽查计划编号 (联2023001 → 联001), else its position."""
    found = _PLAN_NO.fullmatch(plan_no)
    return found[1] + found[2] if found else f"{position:03}"


def suggested(year: int, office: str, number: str) -> str:
    """The name that the rule asks for."""
    return f"{year}年{office}随机抽查{number}"


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

"""How forms write days, months, periods and lists."""

from __future__ import annotations

import re
from collections.abc import Sequence

from verifier import facts as f
from verifier.facts import Data, Facts

KINDS = {
    "enterprise": "企业",
    "individual": "个体工商户",
    "cooperative": "农民专业合作社",
    "social_organisation": "社会组织",
    "institution": "事业单位",
    "product": "产品",
    "project": "项目",
    "behaviour": "行为",
    "other": "其他",
}
"""Kind of a subject → how forms call it."""

BLANK_DAY = "      年     月     日"


def day_zh(day: str) -> str:
    """`2026年3月2日` of an ISO day or time; "" of ""."""
    if not day:
        return ""
    year, month, number = (int(part) for part in day[:10].split("-"))
    return f"{year}年{month}月{number}日"


def month_day_zh(day: str) -> str:
    """`3月2日` of an ISO day."""
    return day_zh(day).partition("年")[2]


def days_zh(first: str, last: str) -> str:
    """`2026年3月1日至3月23日` of two ISO days; the year once where it is one."""
    end = month_day_zh(last) if first[:4] == last[:4] else day_zh(last)
    return f"{day_zh(first)}至{end}"


def month_zh(month: str) -> str:
    """`2026年3月` of `2026-03`."""
    year, _, number = month.partition("-")
    return f"{year}年{int(number)}月"


def months_zh(since: str, until: str, year: int = 0) -> str:
    """`2023年5月至7月`; within `year` (S4 附件2) `5月-6月`. `since` may be empty."""
    first, last = month_zh(since) if since else "", month_zh(until)
    if year and {since[:4] or str(year), until[:4]} == {str(year)}:
        first, last = first.removeprefix(f"{year}年"), last.removeprefix(f"{year}年")
        return f"{first}-{last}" if first and first != last else last
    if not first or first == last:
        return last
    return f"{first}至{last.removeprefix(first[:5])}"


def numbered(lines: Sequence[str]) -> str:
    """One line as it is; several with numbers, unless they have some."""
    if len(lines) < 2 or all(re.match(r"\d+[.、．]", line) for line in lines):
        return "\n".join(lines)
    return "\n".join(f"{number}.{line}" for number, line in enumerate(lines, 1))


def area_of(office: str) -> str:
    """The county in an office's name: 演示县 of 演示县发展和改革局; the whole name when none is found."""
    found = re.match(r".+?(?:自治县|自治旗|县|旗|市|区)", office)
    return found[0] if found else office


def plan_rows(facts: Facts, plan: str) -> list[tuple[str, f.Row]]:
    """The rows of a plan by number."""
    return sorted(facts.rows(f.register(f"plan.{plan}")), key=lambda pair: pair[1].record["no"])


def kind_zh(record: Data) -> str:
    """主体类型 of a subject as its register says it, else the word of its kind."""
    return str(record.get("kind_text") or KINDS.get(record.get("kind", ""), ""))

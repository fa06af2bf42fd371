"""Holders of keys: one person, one id, one key (S2 prints a shared password; requirements 1.9)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier import facts as f
from verifier.facts import Facts
from verifier.lint.remark import MUST, SHOULD, Remark

_SEVERAL = re.compile(r"[、，,；;/／&＆]")
_NOBODY = re.compile(r"公用|共用|值班|账号|帐号|邮箱|办公室|管理员|经办人|审批人|(?:科|股|处|局|中心|大队)\Z")


def check_people(facts: Facts) -> list[Remark]:
    """Holders that are several persons, or none, and persons that are two holders; `row` is the holder."""
    holders = [(name, row) for name, row in facts.rows(f.HOLDERS) if row.name]
    return [*_shared(holders), *_twice(holders)]


def _shared(holders: list[tuple[str, f.Holder]]) -> Iterator[Remark]:
    for name, row in holders:
        if _SEVERAL.search(row.name) or (len(row.name) > 2 and _NOBODY.search(row.name)):
            yield Remark(
                "shared-account",
                MUST,
                f"{name}（{row.name}）像是几个人或一个单位共用：每人各用各的密钥，不共用密码",
                f"{name} ({row.name}) looks shared: each person has a key of their own",
                "design §4；S2 三.16（公开文件中印有共用邮箱密码）",
                name,
            )


def _twice(holders: list[tuple[str, f.Holder]]) -> Iterator[Remark]:
    first: dict[tuple[str, str], str] = {}
    for name, row in holders:
        earlier = first.setdefault((row.name, row.unit), name)
        if earlier != name:
            yield Remark(
                "one-person-twice",
                SHOULD,
                f"{earlier} 和 {name} 同名、同单位：如是同一人，不能算两个人",
                f"{earlier} and {name} have one name and unit: one person is not two holders",
                "design §4",
                name,
            )

"""Joint inspections against the bodies that lead them, and departments without a liaison (R005, R006, R009).

The joint meeting's members count where they were imported, else those of the leading group; with neither
nothing is remarked. Names of departments are compared by their ends: 县市场监管局 is 市场监管局.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from verifier import facts as f
from verifier.facts import Data, Facts
from verifier.lint.remark import NOTE, SHOULD, Remark, few
from verifier.schemas.lists import BODIES

LIAISON = "联络员"
_BODIES = ("joint_meeting", "leading_group")
"""Which list counts, the first that has rows."""


def check_members(
    facts: Facts, rows: Iterable[tuple[str, Data]], tasks: Iterable[tuple[str, Data]]
) -> Iterator[Remark]:
    """Remarks on the joint rows of a plan and on the tasks made of them: (id, record), (task, data)."""
    members = [row.record for _, row in facts.rows(f.register("members"))]
    body = next((b for b in _BODIES if any(m["of"] == b for m in members)), "")
    if not body:
        return
    held = {str(m["department"]) for m in members if m["of"] == body}
    joint = {name: record for name, record in rows if record.get("kind") == "joint"}
    for name, record in joint.items():
        yield from _strange(name, record.get("partners", ()), held, body)
    names = _departments(facts)
    for task, data in tasks:
        if data["row"] in joint:
            seated = dict.fromkeys(names.get(d, "") for d, _, _ in data["seats"])
            named = joint[data["row"]].get("partners", ())
            others = [d for d in seated if d and not any(alike(d, partner) for partner in named)]
            yield from _strange(data["row"], others, held, body, task)
    yield from _liaisons(members)


def alike(one: str, other: str) -> bool:
    """Whether two names may be of one department: the same, or one with its county or city before it."""
    return one.endswith(other) or other.endswith(one)


def _strange(
    row: str, departments: Iterable[str], held: Collection[str], body: str, task: str = ""
) -> Iterator[Remark]:
    strange = [d for d in departments if not any(alike(d, member) for member in held)]
    if strange:
        where_zh, where_en = (f"任务 {task} 的", f"Task {task}: ") if task else ("", "")
        yield Remark(
            "partner-stranger",
            SHOULD,
            f"{where_zh}参与部门 {few(strange)} 不在{BODIES[body]}成员名单中",
            f"{where_en}{few(strange)}, who take part, are not in the imported list of members ({body})",
            "S3 附件1、2（R005、R006）",
            row,
        )


def _departments(facts: Facts) -> dict[str, str]:
    """Department id → its printed name, where the list of officers has one."""
    rows = (row.record for _, row in facts.rows(f.register("officers")))
    return {r["department"]: r["department_name"] for r in rows if "department_name" in r}


def _liaisons(members: list[Data]) -> Iterator[Remark]:
    """Departments without a liaison, where the list names the liaisons at all."""
    with_one = {str(m["department"]) for m in members if LIAISON in m["capacity"]}
    without = sorted({str(m["department"]) for m in members} - with_one)
    if with_one and without:
        yield Remark(
            "liaison-missing",
            NOTE,
            f"{few(without)} 共{len(without)}个单位没有联络员",
            f"{len(without)} departments have no liaison: {few(without)}",
            "S0 四(一)（R009）",
        )

"""Tasks whose subjects another department drew: all of its list, and only officers are drawn (design §5)."""

from __future__ import annotations

from verifier import facts as f
from verifier.facts import Data
from verifier.law.case import Case
from verifier.law.question import named
from verifier.lists import list_hash


def judge_assigned(case: Case, d: Data) -> None:
    """A task on a received list, when it is proposed and confirmed: the list as imported, drawn 1/1."""
    case.require("task.elsewhere", "fills" not in d, "a list or a draw to fill, not both", d["task"])
    rows = case.facts.rows(f.register(f"assigned.{d['task']}"))
    held = list_hash([name, row.record] for name, row in rows).value()
    same = held == d["elsewhere"]["rows"] and d["elsewhere"]["rows"]["n"] > 0
    case.require("task.elsewhere", same, "the imported list of drawn subjects", d["elsewhere"]["rows"]["n"])
    whole = d["rounding"] == "ceil" and all(s["p"] == s["q"] for s in d["strata"])
    case.require("task.elsewhere", whole, "all of them: 1/1", d["rounding"])


def judge_pool(case: Case, d: Data, frozen: f.Frozen) -> None:
    """At the freeze: every subject of the list is in the pool or excluded."""
    kept = {subject for _, subject, _ in frozen.pool} | {subject for subject, _ in frozen.exclusions}
    lost = sorted((named(case.facts, d["task"], d) or set()) - kept)
    case.require("task.elsewhere", not lost, "every subject of the received list", lost[:5])

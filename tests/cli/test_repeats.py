"""Subjects drawn this year already, at the counter: preview, exclusion of all of them, freeze."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.preview import preview
from ledger.book import Refused
from ledger.commands import keys, plans
from ledger.commands.exclusions import exclude_repeats
from tests.cli.clerk import Clerk, code
from tests.ledger.sheets import write_xlsx
from tests.office import POLICY, Office, digest
from verifier.codec import Value
from verifier.errors import LiuhenError
from verifier.law.identity import inspected


def drawn_once(folder: Path, **values: Value) -> Office:
    """One draw of the row is done; a second task of it is approved under a policy with `values`."""
    office = Office(folder)
    office.ready()
    office.draw()
    adopted = plans.adopt_policy(
        office.book,
        office.clerk,
        "xize-2",
        title="实施细则",
        document="演发改〔2026〕2号",
        file=digest("细则二"),
        values={**POLICY, **values},
        clauses={},
    )
    office.confirm("approver", adopted)
    office.task("t2", batch=2)
    return office


@pytest.mark.parametrize("values", [{"repeat": "refuse"}, {"yearly_cap": 1}], ids=["refuse", "cap"])
def test_whom_the_policy_spares_is_excluded_before_the_freeze(
    tmp_path: Path, values: dict[str, Value]
) -> None:
    office = drawn_once(tmp_path, **values)
    facts, drawn = office.book.facts(), sorted(office.drawn())
    task = plans.task_of(facts, "t2")
    shown = preview(facts, "t2", task.data, office.clock.day)
    assert shown.again.subjects == tuple(drawn) and "--all-drawn" in shown.cure
    assert all(subject in "".join(shown.refusals) for subject in drawn)
    with pytest.raises(Refused, match=r"draw\.repeat"):
        office.freeze("d2", "t2")
    written = exclude_repeats(office.book, office.clerk, "t2", digest("记录"))
    assert [entry.body.data["subject"] for entry in written.entries] == drawn
    with pytest.raises(LiuhenError, match="E-TASK-NO-REPEATS"):
        exclude_repeats(office.book, office.clerk, "t2", digest("记录"))
    keys.confirm(office.book, office.approver, [entry.leaf for entry in written.entries])
    office.freeze("d2", "t2")


@pytest.mark.parametrize(
    "values",
    [{"repeat": "allow"}, {"repeat": "warn"}, {"yearly_cap": 2}, {}],
    ids=["allow", "warn", "two", "-"],
)
def test_a_policy_that_does_not_refuse_lets_the_freeze_pass(tmp_path: Path, values: dict[str, Value]) -> None:
    office = drawn_once(tmp_path, **values)
    found = office.freeze("d2", "t2").warnings
    assert [finding.rule for finding in found] == (["draw.repeat"] if values.get("repeat") == "warn" else [])


def test_a_year_counts_draws_and_what_was_declared(tmp_path: Path) -> None:
    office = drawn_once(tmp_path)
    first = office.drawn()[0]
    row: dict[str, Value] = {"subject": first, "date": "2026-01-20", "by": "superior", "body": "市发改委"}
    office.import_rows("history", [("1", row)])
    facts = office.book.facts()
    assert sorted(by for _, by, _ in inspected(facts, 2026)[first]) == ["own", "superior"]
    assert inspected(facts, 2025) == {}


def test_all_of_them_are_excluded_with_one_command(clerk: Clerk) -> None:
    clerk.plan()
    own = clerk.folder / "细则.toml"
    clerk.does("policy", "show", "s0", "--save", own)
    own.write_text(own.read_text("utf-8").replace('repeat = "allow"', 'repeat = "refuse"'), "utf-8")
    clerk.does("policy", "adopt", own, "--file", clerk.folder / "细则.pdf", "--id", "x-1")
    clerk.task()
    clerk.does("confirm", "--all", by="sun-approver")
    header = ("统一社会信用代码", "检查日期", "检查来源", "检查单位", "任务名称", "检查结果")
    rows = [(code(n), "2026-01-20", "本单位", "发改局", "检查", "") for n in (1, 3)]
    path = write_xlsx(clerk.folder / "既往.xlsx", ("既往检查", [header, *rows]))
    clerk.does("history", "import", path)
    shown = clerk.json("task", "preview")
    assert shown["drawn_this_year"] == sorted([code(1), code(3)])
    assert "task exclude --all-drawn --task t1" in shown["next"]
    words = ("task", "exclude", "--all-drawn", "--evidence", path)
    assert clerk.run(*words, "--reason", "本年度已抽查") == 2
    assert clerk.json(*words)["subjects"] == sorted([code(1), code(3)])
    clerk.does("confirm", "--all", by="sun-approver")
    assert clerk.json("task", "preview")["drawn_this_year"] == []
    assert clerk.run(*words) == 9

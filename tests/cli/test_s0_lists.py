"""S0 at the counter: real enterprises, 附件3 and 附件4, typed as a clerk would, up to the three tasks."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.desk import Desk
from tests.cli.clerk import Clerk
from tests.test_s0 import SUBJECTS, TASKS, write_items, write_officers, write_plan

pytestmark = pytest.mark.skipif(not SUBJECTS.is_file(), reason="shared/data/pingluo-subjects.xlsx is absent")


@pytest.fixture
def clerk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Clerk:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    made = Clerk(tmp_path, capsys, "2023-04-03")
    monkeypatch.setattr(Desk, "clock", made.clock)
    return made


def test_the_year_of_s0_up_to_its_tasks(clerk: Clerk) -> None:
    folder = clerk.folder
    clerk.does("item", "import", write_items(folder / "附件4.xlsx"))
    assert "新增 1770" in clerk.does("subject", "import", SUBJECTS)
    clerk.does("officer", "import", write_officers(folder / "人员.xlsx"))
    for name in ("细则.pdf", "方案.docx", "检查表.docx"):
        (folder / name).write_bytes(name.encode())
    clerk.does("policy", "adopt", "s0", "--file", folder / "细则.pdf")
    clerk.does("confirm", "--all", by="sun-approver")
    clerk.does("calendar", "adopt", "2023")
    plan = clerk.does("plan", "import", write_plan(folder / "附件3.xlsx"))
    assert "E-IMP-075" in plan
    submitted = clerk.json("plan", "submit")
    assert (submitted["plan"], submitted["year"]) == ("plan-2023", 2023)
    assert [w["rule"] for w in submitted["warnings"]] == ["plan.item-text"]
    clerk.does("plan", "approve", by="sun-approver")
    clerk.does("plan", "publish", "--channel", "portal", "--yes")
    files = ("--scheme", folder / "方案.docx", "--form", folder / "检查表.docx", "--form-version", "1")
    remarks = []
    for task in TASKS:
        seats = [word for d, q, n in task.seats for word in ("--seat", f"{d}/{q}*{n}")]
        made = clerk.json(
            *("task", "new", task.id, "--row", task.row, *files, "--responsible", "示范甲"),
            *("--public", task.public, *seats),
        )
        assert [(s["n"], s["k"]) for s in made["preview"]["strata"]] == [(task.n, task.k)]
        assert made["preview"]["refusals"] == []
        remarks += [w["rule"] for w in made["warnings"]]
    assert remarks == ["policy.min-rate"]
    clerk.does("confirm", "--all", by="sun-approver")
    assert clerk.json("task", "preview", TASKS[0].id)["next"].endswith(f"draw freeze --task {TASKS[0].id}")

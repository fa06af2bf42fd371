"""`make demo` and what the READMEs promise of it: the blocks are run as they stand there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.book import Book
from verifier import facts as f

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder in which the demonstration ran once, and what it printed in Chinese."""
    folder = tmp_path_factory.mktemp("演示 demo")
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "LANGUAGE": "zh_CN", "PYTHONUTF8": "1"}
    run = subprocess.run(
        [sys.executable, "-m", "cli.demo"],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return folder, run.stdout


def block(readme: str, kind: str) -> str:
    text = (ROOT / readme).read_text(encoding="utf-8")
    part = text[text.index("by-hand: begin") : text.index("by-hand: end")]
    found = re.search(rf"```{kind}\n(.*?)```", part, re.DOTALL)
    assert found
    return found[1]


def test_the_demonstration_leaves_what_the_readme_names(shown: tuple[Path, str]) -> None:
    left = {path.name for path in (shown[0] / "build" / "demo").iterdir()}
    assert {
        "ledger.db",
        "bundle",
        "bundle.zip",
        "keys",
        "record.docx",
        "monthly.docx",
        "problems.xlsx",
        "one-page.docx",
    } <= left


def test_it_speaks_chinese_marks_practice_and_names_three_commands(shown: tuple[Path, str]) -> None:
    text = shown[1]
    assert "【演练】核验通过" in text
    assert len(re.findall(r"^   (?:\.venv/bin/liuhen|\(cd) ", text, re.MULTILINE)) == 3


SHOWN = {
    "a joint draw": "task-1 是部门联合抽查：每个检查组由发改局、市场监管局各派一人",
    "a recusal": "回避",
    "who follows": "递补",
    "a rectification": "责令改正并确认整改",
    "a monthly report": "月报表已打印并登记",
    "the supervisor's page": "抽查一页通：从名录库到未能证明的事项",
    "what to look at": "问题整改台账：发现的问题、责令改正、整改期限、何时办结",
}


@pytest.mark.parametrize("what", SHOWN)
def test_it_shows(what: str, shown: tuple[Path, str]) -> None:
    assert SHOWN[what] in shown[1]


def test_the_ledger_holds_what_was_shown(shown: tuple[Path, str]) -> None:
    with Book.open(shown[0] / "build/demo/ledger.db", read_only=True) as book:
        kinds = {entry.body.type for entry in book.entries()}
        facts = book.facts()
        (joint,) = [draw for name, draw in facts.rows(f.DRAWS) if name == "draw-1"]
    assert {"draw.replaced", "followup.recorded", "followup.closed", "report.issued"} <= kinds
    assert [department for department, _, _ in joint.question["seats"]] == ["fgj", "scj"]


def test_the_zip_verifies_with_json_and_exit_zero(shown: tuple[Path, str]) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "verifier", str(shown[0] / "build/demo/bundle.zip"), "--json"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    report = json.loads(run.stdout)
    assert (run.returncode, report["verdict"], report["practice"]) == (0, "pass", True)


@pytest.mark.parametrize("readme", READMES)
def test_the_shell_block_of_the_readme_runs_as_it_stands(readme: str, shown: tuple[Path, str]) -> None:
    bash = shutil.which("bash")
    if not (bash and shutil.which("openssl") and shutil.which("sha256sum")):
        pytest.skip("bash, openssl or sha256sum is not installed")
    run = subprocess.run(
        [bash, "-e", "-c", block(readme, "sh")], cwd=shown[0], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    seed, row, ticket, signature = run.stdout.splitlines()
    assert row.split('"')[9] == ticket.split()[0]
    assert signature == "Signature Verified Successfully"
    report = subprocess.run(
        [sys.executable, "-m", "verifier", str(shown[0] / "build/demo/bundle"), "--json"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    seeds = {draw["draw"]: draw["seed"] for draw in json.loads(report.stdout)["draws"]}
    assert seed.split()[0] == seeds["draw-1"]


@pytest.mark.parametrize("readme", READMES)
def test_the_one_query_of_the_readme_gives_the_order_of_the_draw(
    readme: str, shown: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.chdir(shown[0] / "build" / "demo" / "bundle")
    rows = duckdb.sql(block(readme, "sql")).fetchall()
    lines = Path("draws/draw-1/tickets.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert [tuple(row) for row in rows] == [(line.split('"')[5], line.split('"')[9]) for line in lines]
    assert len(rows) == 48

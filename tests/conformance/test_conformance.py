"""One verdict on every case: the Python verifier, the page under node and in Chromium, with either crypto."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import build, run
from tests.conformance.answer import Answer, complaints
from tests.conformance.conftest import Built
from tests.conformance.forged import told
from tests.conformance.implementations import Tab, ask_node
from tests.conformance.threats import NOT_PLAYED, PLAYED
from tests.forgery import FORGERIES
from tests.page.both import NODE
from tests.page.chromium import PROGRAM, Chromium
from verifier.page.build import core

ROOT = Path(__file__).parents[2]
THREATS = ROOT / "specs" / "threat-model.md"
SAMPLE = 12
"""Of so many cases, one goes through Chromium in every run of the tests."""

needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed")
needs_chromium = pytest.mark.skipif(PROGRAM is None, reason="chromium is not installed")


def wrong(rows: list[dict[str, Any]], answers: list[Answer]) -> dict[str, list[str]]:
    """name → what is wrong with the answer to the case."""
    found = {row["name"]: complaints(row, said) for row, said in zip(rows, answers, strict=True)}
    return {name: told for name, told in found.items() if told}


def test_the_set_is_the_one_that_is_committed(built: Built) -> None:
    held = build.committed()
    rows = {row["name"]: row for row in held["cases"] if not row.get("large")}
    made = {row["name"]: row for row in built.rows}
    changed = [name for name in rows.keys() | made.keys() if rows.get(name) != made.get(name)]
    assert (sorted(changed), held["threats"]) == ([], built.manifest["threats"]), (
        "if a format or a case was meant to change: python -m tests.conformance build/conformance --manifest"
    )


def test_python_says_what_must_be_said(built: Built) -> None:
    assert wrong(built.rows, built.by_python) == {}


@needs_node
def test_the_page_says_what_must_be_said_and_what_python_says(built: Built) -> None:
    assert wrong(built.rows, built.by_node) == {}
    pairs = zip(built.rows, built.by_node, built.by_python, strict=True)
    assert {row["name"]: (page, python) for row, page, python in pairs if page != python} == {}


@needs_node
def test_the_fallback_says_the_same_of_a_sample(built: Built) -> None:
    rows = [*built.rows[::SAMPLE], *(row for row in built.rows if row["name"].startswith("signature/"))]
    answers = ask_node(built.folder, [built.question(row) for row in rows], webcrypto=False)
    assert wrong(rows, answers) == {}


def in_chromium(built: Built, rows: list[dict[str, Any]]) -> None:
    """Chromium gives the answers, with WebCrypto and with the fallback."""
    questions = [built.question(row) for row in rows]
    with Chromium() as browser:
        tab = Tab(browser, built.folder)
        assert tab.has_webcrypto()
        for webcrypto in (True, False):
            assert wrong(rows, tab.ask(questions, webcrypto)) == {}, f"webcrypto: {webcrypto}"


@needs_chromium
def test_chromium_says_the_same_of_a_sample(built: Built) -> None:
    in_chromium(built, built.rows[::SAMPLE])


@pytest.mark.slow
@needs_chromium
def test_chromium_says_the_same_of_every_case(built: Built) -> None:
    in_chromium(built, built.rows)


@pytest.mark.slow
@needs_node
def test_the_fallback_says_the_same_of_every_case(built: Built) -> None:
    assert wrong(built.rows, ask_node(built.folder, built.questions, webcrypto=False)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("page", [False, pytest.param(True, marks=needs_node)], ids=["python", "page"])
def test_what_is_made_to_exhaust_a_reader_is_judged_within_its_limits(page: bool, tmp_path: Path) -> None:
    """The large cases too: so much wall time, and so much address space (Python) or heap (node)."""
    manifest = build.build(tmp_path, large=True)
    rows = [row for row in manifest["cases"] if "limits" in row]
    assert len(rows) > 15 and any(row.get("large") for row in rows)
    (tmp_path / "core.js").write_text(core(), encoding="utf-8")
    for row in rows:
        command = [sys.executable, "-m", "tests.conformance.verify_bundle", *["--page"] * page]
        done = subprocess.run(
            [*command, *row["options"], str(tmp_path / row["file"])],
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=row["limits"]["seconds"],
            env={**os.environ, "NODE_OPTIONS": "--max-old-space-size=768"},
            preexec_fn=None if page or sys.platform == "win32" else _limited,
            check=False,
        )
        assert done.returncode == 0, (row["name"], done.stderr)
        assert complaints(row, Answer.parse(done.stdout)) == [], row["name"]


def _limited() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (build.MEMORY_MIB << 20, build.MEMORY_MIB << 20))


def test_there_are_good_bundles_and_hostile_ones_and_each_says_who_does_what() -> None:
    rows = build.committed()["cases"]
    good = [row for row in rows if row["verdict"] == "pass" and not row["must"]]
    assert len(good) >= 15 and len(rows) - len(good) >= 80
    assert {row["verdict"] for row in rows} == {"pass", "fail", "inconclusive", "refused"}
    assert all(row["who"] and " " in row["deed"] for row in rows)
    assert len({row["sha256"] for row in rows if not row["options"]}) > 600


def test_every_rule_is_at_issue_in_a_case_or_has_a_reason() -> None:
    at_issue = {rule for row in build.committed()["cases"] for rule in row["must"]}
    assert at_issue == {row.rule for row in FORGERIES if told(row)}


def test_every_attack_of_the_threat_model_is_played_or_has_a_reason() -> None:
    lines = THREATS.read_text("utf-8").splitlines()
    attacks = {line.split(" | ")[0].removeprefix("| ") for line in lines if line.startswith("| ")}
    attacks -= {"attack", "who"}
    assert attacks == PLAYED.keys() | NOT_PLAYED.keys() and not PLAYED.keys() & NOT_PLAYED.keys()
    names = [row["name"] for row in build.committed()["cases"]]
    for attack, played in PLAYED.items():
        for one in played:
            found = [n for n in names if n == one or (one.endswith("/") and n.startswith(one))]
            assert found, f"{attack}: no case {one}"


@pytest.mark.parametrize("page", [[], pytest.param(["--page"], marks=needs_node)], ids=["python", "page"])
def test_a_program_is_run_over_a_set(
    page: list[str], built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = ("honest/year", "rule/draw.seed/", "zip/deflated", "files/as-of", "anchor/cut-off")
    rows = [row for row in built.rows if row["name"].startswith(chosen)]
    program = [sys.executable, "-m", "tests.conformance.verify_bundle", *page]
    assert _run(program, built, rows, tmp_path) == 0
    assert f"{len(rows)} of {len(rows)} cases" in capsys.readouterr().out


def test_a_verifier_that_always_says_pass_is_found_out(
    built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    liar = tmp_path / "liar.py"
    liar.write_text('print(\'{"format": "liuhen-conformance/1", "verdict": "pass", "rules": {}}\')')
    rows = built.rows[::60]
    honest = sum(row["verdict"] == "pass" and not row["must"] for row in rows)
    assert _run([sys.executable, str(liar)], built, rows, tmp_path) == 1
    assert f"\n{honest} of {len(rows)} cases as they must be" in capsys.readouterr().out


def _run(program: list[str], built: Built, rows: list[dict[str, Any]], place: Path) -> int:
    folder = place / "set"
    folder.mkdir()
    (folder / "manifest.json").write_text(build.dump({**built.manifest, "cases": rows}), encoding="utf-8")
    for row in rows:
        (folder / row["file"]).write_bytes((built.folder / row["file"]).read_bytes())
    return run.main([str(folder), *program])


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{}",
        '{"format": "liuhen-conformance/2", "verdict": "pass"}',
        '{"format": "liuhen-conformance/1", "verdict": "fine"}',
        '{"format": "liuhen-conformance/1", "verdict": "fail", "rules": {"draw.seed": "red"}}',
        '{"format": "liuhen-conformance/1", "verdict": "fail", "rules": ["draw.seed"]}',
    ],
)
def test_an_answer_in_another_form_is_none(line: str) -> None:
    with pytest.raises(ValueError):
        Answer.parse(line)


def test_an_answer_is_held_against_what_must_and_may_be_red() -> None:
    row = {"verdict": "fail", "must": {"draw.seed": "fail"}, "may": ["draw.cut"]}
    assert complaints(row, Answer("fail", {"draw.seed": "fail", "draw.cut": "fail"})) == []
    assert complaints(row, Answer("pass", {})) == ["verdict pass, not fail", "draw.seed is not red, not fail"]
    assert complaints(row, Answer("fail", {"draw.seed": "warn"})) == ["draw.seed is warn, not fail"]
    assert complaints(row, Answer("fail", {"draw.seed": "fail", "draw.m": "fail"})) == ["draw.m is fail"]
    assert complaints({**row, "may": None}, Answer("fail", {"draw.seed": "fail", "draw.m": "fail"})) == []

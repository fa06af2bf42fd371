"""`liuhen verify`: red checks explained, what is new, and evidence that convicts without us."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from docx import Document

import tests.forgeries
from cli.main import run
from ledger.bundle import LogSigner, write_bundle
from tests.forgery import FORGERIES, Forged, Stories
from verifier import logproof, note
from verifier.errors import Exit
from verifier.merkle import leaf_hash, root
from verifier.note import Algorithm, make_vkey

ROOT = Path(__file__).parents[2]
assert tests.forgeries.__all__


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Stories:
    return Stories(tmp_path_factory.mktemp("stories"))


def forged_bundle(stories: Stories, rule: str, folder: Path) -> tuple[Path, Forged]:
    """The first forgery of a rule as a bundle, whose head the log's own key signs."""
    forged = next(row for row in FORGERIES if row.rule == rule and row.status == "fail").forge(stories)
    year = stories.year().office
    vkey = make_vkey(year.book.origin, year.log.public, Algorithm.LOG)
    target = folder / "核验包"
    write_bundle(
        target,
        entries=iter(forged.raw),
        size=len(forged.raw),
        root=root([leaf_hash(raw) for raw in forged.raw]),
        log=LogSigner(vkey, year.log.sign),
        cosignatures=[],
        draws=(),
        openings=None,
        page=b"<!doctype html>",
    )
    return target, forged


def verify(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    code = run(["verify", *map(str, words)])
    return code, capsys.readouterr().out


def test_a_red_check_names_entry_time_person_deed_and_what_to_do(
    stories: Stories, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    path, forged = forged_bundle(stories, "draw.cut", tmp_path)
    code, out = verify(capsys, path)
    assert code == Exit.FAIL
    told = out[out.index("逐项说明") :]
    assert f"第 {forged.seq} 条记录（2026-03-02 " in told
    assert "钱二 qian-clerk" in told
    for word in ("应为", "实为", "建议", "仍可认定的事项", "首尾相连", "下一步"):
        assert word in told
    assert "未能证明的事项" in out


def test_the_explanation_stands_in_the_json(
    stories: Stories, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, forged = forged_bundle(stories, "draw.cut", tmp_path)
    code = run(["--json", "verify", str(path)])
    (one,) = json.loads(capsys.readouterr().out)["explained"]
    assert code == Exit.FAIL
    assert (one["rule"], one["entry"], one["type"]) == ("draw.cut", forged.seq, "draw.executed")
    assert "qian-clerk" in one["who"]


@pytest.mark.parametrize("rule", ["draw.cut", "entry.signature", "role.separate"])
def test_an_evidence_folder_convicts_with_the_verifier_alone(
    rule: str, stories: Stories, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, forged = forged_bundle(stories, rule, tmp_path)
    folder = tmp_path / "证据"
    assert verify(capsys, path, "--evidence", folder)[0] == Exit.FAIL
    shutil.rmtree(path)
    alone = subprocess.run(
        [sys.executable, "-m", "verifier", folder / "bundle", "--json"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    red = [c for c in json.loads(alone.stdout)["checks"] if c["status"] == "fail"]
    assert [(c["rule"], c["location"]["entry"]) for c in red] == [(rule, forged.seq)]


def test_each_entry_laid_out_stands_in_the_log(
    stories: Stories, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, forged = forged_bundle(stories, "draw.cut", tmp_path)
    folder = tmp_path / "证据"
    verify(capsys, path, "--evidence", folder)
    vkey = note.parse_vkey_file((folder / "log.vkey").read_bytes())
    laid = sorted((folder / "entries").glob("*.entry"))
    assert {forged.seq, 0} <= {int(one.stem) for one in laid}
    for one in laid:
        proof = logproof.parse(one.with_suffix(".proof").read_bytes())
        assert proof.shows(leaf_hash(one.read_bytes())) and proof.index == int(one.stem)
        assert note.verify(proof.checkpoint()[1], vkey)
        assert not proof.shows(leaf_hash(one.read_bytes() + b"x"))


@pytest.mark.skipif(
    not all(map(shutil.which, ("sh", "sha256sum", "openssl", "xxd"))), reason="no shell tools"
)
@pytest.mark.parametrize(("rule", "bad"), [("draw.cut", 0), ("entry.signature", 1)])
def test_evidence_is_checked_by_hand_with_tools_of_the_system(
    rule: str, bad: int, stories: Stories, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, forged = forged_bundle(stories, rule, tmp_path)
    folder = tmp_path / "evidence"
    verify(capsys, path, "--evidence", folder)
    out = by_hand(folder)
    assert "files: as listed" in out and "checkpoint: signature good" in out
    assert f"entries/{forged.seq}: in the log" in out
    assert out.count("SIGNATURE BAD") == bad
    (folder / "entries" / f"{forged.seq}.entry").write_bytes(b"another")
    assert f"entries/{forged.seq}: NOT under this head" in by_hand(folder)


def by_hand(folder: Path) -> str:
    found = subprocess.run(["sh", folder / "check.sh"], capture_output=True, text=True, check=False)
    return found.stdout


def test_an_honest_bundle_gives_no_evidence(
    stories: Stories, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = verify(capsys, stories.bundles().folder, "--evidence", tmp_path / "e")
    assert code == Exit.PASS
    assert "no evidence" in out and not (tmp_path / "e").exists()


def test_evidence_is_never_written_over_something(
    stories: Stories, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _ = forged_bundle(stories, "draw.cut", tmp_path)
    assert verify(capsys, path, "--evidence", tmp_path)[0] == Exit.USAGE


def test_since_a_head_only_what_is_new_is_said(
    stories: Stories, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, forged = forged_bundle(stories, "draw.cut", tmp_path)
    leaves = [leaf_hash(raw) for raw in forged.raw]
    assert forged.seq is not None

    def head(size: int) -> str:
        return f"{size}:{root(leaves[:size]).hex()}"

    code, out = verify(capsys, path, "--since", head(forged.seq))
    assert code == Exit.FAIL and "draw.cut" in out
    code, out = verify(capsys, path, "--since", head(len(leaves)))
    assert code == Exit.PASS and "draw.cut" not in out and "1 findings that it had already" in out


def test_since_a_head_that_is_not_of_this_log_everything_is_said_and_it_fails(
    stories: Stories, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, forged = forged_bundle(stories, "draw.cut", tmp_path)
    code, out = verify(capsys, path, "--since", f"{len(forged.raw)}:{'0' * 64}")
    assert code == Exit.FAIL
    assert "draw.cut" in out and "does not match" in out


def test_opinion_and_page_say_verdict_place_and_what_is_not_proven(
    stories: Stories, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    path, forged = forged_bundle(stories, "draw.cut", tmp_path)
    paper, page = tmp_path / "意见.docx", tmp_path / "报告.html"
    verify(capsys, path, "--docx", paper, "--html", page)
    document = Document(str(paper))
    words = [p.text for p in document.paragraphs]
    words += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    for text in ("\n".join(words), page.read_text(encoding="utf-8")):
        for word in (
            "核验不通过",
            "未能证明的事项",
            f"第 {forged.seq} 条记录",
            "钱二 qian-clerk",
            "draw.cut",
        ):
            assert word in text
    assert "<script" not in page.read_text(encoding="utf-8")


def test_a_rule_is_explained_with_basis_requirements_and_examples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = verify(capsys, "--explain", "draw.once")
    assert code == Exit.PASS
    assert "draws again after a result that did not suit" in out and "R0" in out
    assert verify(capsys, "--explain", "draw.onse")[0] == Exit.USAGE

"""`liuhen verify`: red checks explained, what is new, and evidence that convicts without us."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from docx import Document

import tests.forgeries
from cli.main import run
from ledger.bundle import LogSigner, write_bundle
from ledger.commands import bundles, draws
from tests.forgery import FORGERIES, Forged, Stories
from tests.office import Office
from verifier import facts as f
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


def test_a_draw_made_again_names_each_abort_and_who_confirmed_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    office = Office(tmp_path)
    office.ready()
    office.freeze()
    office.commits()
    draws.reveal(office.book, office.clerk, "d1")
    asked = draws.abort(office.book, office.clerk, "d1", "equipment")
    confirmed = office.confirm("approver", asked)
    office.draw("d2")
    bundles.export(office.book, office.log, tmp_path / "包.zip")
    seqs = [written.entries[0].body.seq for written in (asked, confirmed)]
    code, out = verify(capsys, tmp_path / "包.zip", "--evidence", tmp_path / "证据")
    assert code == Exit.PASS, "a remark, not a failure"
    told = out[out.index("逐项说明") :]
    assert f"最先出现在：第 {seqs[0]} 条记录" in told and "监督人员" not in told.split("应为")[0]
    assert "钱二 qian-clerk 于 2026-03-02 " in told and f"（第 {seqs[0]} 条，原因：设备故障）" in told
    assert "2 方中 1 方已启封" in told and f"确认（第 {seqs[1]} 条）" in told and "sun-approver" in told
    assert "不宜再用" not in told and "请提出人、确认人分别说明" in told
    laid = {int(one.stem) for one in (tmp_path / "证据" / "entries").glob("*.entry")}
    assert {*seqs, frozen_of(office, "d1")} <= laid
    run(["--json", "verify", str(tmp_path / "包.zip")])
    (one,) = json.loads(capsys.readouterr().out)["explained"]
    assert (one["entry"], one["type"]) == (seqs[0], "draw.aborted") and len(one["details_zh"]) == 1


def frozen_of(office: Office, draw: str) -> int:
    held = office.book.facts().get(f.DRAWS, draw)
    assert held is not None
    return held.seq


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with one draw, and its bundle in a folder."""
    office = Office(tmp_path_factory.mktemp("drawn"))
    office.ready()
    office.draw()
    bundles.export(office.book, office.log, office.folder / "核验包")
    return office


def swapped(office: Office, target: Path, *, sums: bool = True, more: str = "") -> tuple[str, str]:
    """A copy of the bundle in which the first and the last of tickets.csv changed places in both files;
    (who was drawn first, who stands there now)."""
    shutil.copytree(office.folder / "核验包", target)
    folder = target / "draws" / "d1"
    rows = (folder / "tickets.csv").read_text("utf-8-sig").splitlines()
    first, last = (rows[at].split(",")[2].strip('"') for at in (1, -1))
    for name in ("tickets.csv", "teams.csv"):
        text = (folder / name).read_text("utf-8")
        changed = text.replace(first, "?").replace(last, first).replace("?", last)
        (folder / name).write_text(changed + more, "utf-8", newline="\n")
    if sums:
        lines = (target / "SHA256SUMS").read_text("utf-8").splitlines()
        hashed = (f"{sha256((target / row[66:]).read_bytes()).hexdigest()}  {row[66:]}\n" for row in lines)
        (target / "SHA256SUMS").write_text("".join(hashed), "utf-8", newline="\n")
    return first, last


def test_changed_files_of_a_draw_are_told_in_words_before_rows(
    drawn: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, last = swapped(drawn, tmp_path / "bundle")
    code, out = verify(capsys, tmp_path / "bundle", "--evidence", tmp_path / "evidence")
    assert code == Exit.FAIL
    told = out[out.index("Explained") :]
    one = told[told.index("draw.files") : told.index("expected:")]
    assert "Draw d1: files differ from the ledger: 2 rows of tickets.csv, 2 rows of teams.csv" in one
    assert "2 files in all" in one
    assert f"Rank 1: the ledger drew {first} " in one and f"the file shows {last} " in one
    assert "The ledger holds" in one and "exchanged after the bundle was signed" in one
    assert "By whom, a bundle cannot say" in one
    held = drawn.book.facts().get(f.DRAWS, "d1")
    assert held is not None
    laid = {int(entry.stem) for entry in (tmp_path / "evidence" / "entries").glob("*.entry")}
    assert {held.seq, held.executed} <= laid
    assert first in (tmp_path / "evidence" / "README.txt").read_text("utf-8")


def test_when_files_were_changed_is_said_only_where_the_signed_list_shows_it(
    drawn: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    swapped(drawn, tmp_path / "more")
    (tmp_path / "more" / "README.txt").write_text("another", "utf-8")
    lines = (tmp_path / "more" / "SHA256SUMS").read_text("utf-8").splitlines()
    hashed = sha256(b"another").hexdigest()
    changed = [f"{hashed}  {row[66:]}" if row[66:] == "README.txt" else row for row in lines]
    (tmp_path / "more" / "SHA256SUMS").write_text("\n".join(changed) + "\n", "utf-8", newline="\n")
    _, out = verify(capsys, tmp_path / "more")
    assert "exchanged after" not in out and "When it was changed and by whom" in out
    swapped(drawn, tmp_path / "sums", sums=False)
    _, out = verify(capsys, tmp_path / "sums")
    assert "exchanged after the bundle was signed" in out, "the list still names the ledger's files"


def test_rows_too_many_and_files_that_are_missing_are_counted(
    drawn: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    swapped(drawn, tmp_path / "bundle", more='"one"\n"two"\n')
    (tmp_path / "bundle" / "draws" / "d1" / "seed.txt").unlink()
    _, out = verify(capsys, tmp_path / "bundle")
    assert "no seed.txt, 4 rows of tickets.csv, 4 rows of teams.csv" in out


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

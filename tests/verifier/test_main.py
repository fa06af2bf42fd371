"""`python -m verifier`: options, exit codes and both forms of the report; the replay is a stub here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.verifier.small_bundle import VKEY, small_bundle, write_folder
from verifier.__main__ import main
from verifier.bundle import Bundle, read_sums
from verifier.errors import Exit, LiuhenError
from verifier.note import Algorithm, make_vkey
from verifier.report import Anchors, Category, Check, Location, Report, Status

COSIGNER = str(make_vkey("witness.example.org/w", VKEY.public, Algorithm.COSIGNATURE))


class Replay:
    """Stands for `verifier.replay`: remembers what it was asked, answers with one status."""

    def __init__(self, status: Status = Status.PASS, error: Exception | None = None) -> None:
        self.status = status
        self.error = error
        self.asked: tuple[Anchors, str | None, bool] | None = None

    def __call__(self, bundle: Bundle, anchors: Anchors, as_of: str | None, strict: bool) -> Report:
        self.asked = anchors, as_of, strict
        if self.error:
            raise self.error
        check = Check("chain.prev", Category.INTEGRITY, self.status, Location(), "", "", "链", "chain")
        return Report(read_sums(bundle).subject, "liuhen 0", (check,), strict=strict)


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A small bundle on the disk."""
    return str(write_folder(tmp_path / "bundle", small_bundle()))


@pytest.mark.parametrize(
    ("status", "options", "code"),
    [
        (Status.PASS, [], 0),
        (Status.FAIL, [], 1),
        (Status.INCONCLUSIVE, [], 3),
        (Status.WARN, [], 0),
        (Status.WARN, ["--strict"], 1),
    ],
)
def test_the_exit_code_is_that_of_the_verdict(
    folder: str, status: Status, options: list[str], code: int
) -> None:
    assert main([folder, *options], Replay(status)) == code


def test_options_reach_the_replay(folder: str) -> None:
    replay = Replay()
    options = ["--id", "AB" * 32, "--head", f"5:{'cd' * 32}", "--cosigner", COSIGNER, "--as-of", "2026-12-31"]
    assert main([folder, *options, "--strict"], replay) == 0
    assert replay.asked == (
        Anchors("ab" * 32, (5, "cd" * 32), (COSIGNER,)),
        "2026-12-31T23:59:59+08:00",
        True,
    )


@pytest.mark.parametrize(
    "options",
    [
        ["--id", "x"],
        ["--head", "x"],
        ["--cosigner", "x"],
        ["--cosigner", str(VKEY)],
        ["--as-of", "2026-02-30"],
        ["--as-of", "tomorrow"],
    ],
)
def test_an_option_of_another_form_is_wrong_usage(
    folder: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([folder, *options], Replay()) == Exit.USAGE
    assert options[0] in capsys.readouterr().err


def test_the_language_follows_environment_and_option(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    for environment, options, word in [
        ({}, [], "核验通过"),
        ({"LANG": "C.UTF-8"}, [], "核验通过"),
        ({"LANG": "en_US.UTF-8"}, [], "Verification passed"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, [], "核验通过"),
        ({}, ["--lang", "en"], "Verification passed"),
    ]:
        main([folder, *options], Replay(), environment)
        assert capsys.readouterr().out.startswith(word)


def test_json_is_one_document_of_utf_8(folder: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main([folder, "--json"], Replay()) == 0
    assert json.loads(capfdbinary.readouterr().out.decode("utf-8"))["verdict"] == "pass"


def test_what_is_no_bundle_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "b.zip").write_bytes(b"PK")
    for name in ("b.zip", "missing", "."):
        assert main([str(tmp_path / name)], Replay()) == Exit.UNREADABLE
        seen = capsys.readouterr()
        assert seen.out == "" and "[E-" in seen.err and "无法读取" in seen.err


def test_errors_have_their_exit_codes_and_never_a_traceback(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for error, code in [
        (LiuhenError("E-X", "x", exit=Exit.FAIL), Exit.FAIL),
        (OSError(28, "No space left"), Exit.DISK),
        (ValueError("boom"), Exit.BUG),
        (RecursionError("deep"), Exit.BUG),
    ]:
        assert main([folder], Replay(error=error)) == code
        assert "Traceback" not in capsys.readouterr().err


def test_a_console_that_knows_no_chinese_does_not_crash(folder: str) -> None:
    code = (
        "import sys; from tests.verifier.test_main import Replay; from verifier.__main__ import main; "
        f"sys.exit(main([{folder!r}], Replay(), {{}}))"
    )
    for encoding in ("gbk", "ascii"):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=False, env={"PYTHONIOENCODING": encoding}
        )
        assert done.returncode == 0 and done.stderr == b"" and done.stdout

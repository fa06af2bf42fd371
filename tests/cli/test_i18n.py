"""Which language a person gets, what an error looks like, and consoles that lack characters."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from cli.i18n import install, language, ngettext, render_error
from cli.main import run as run_command
from verifier.errors import LiuhenError


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({}, "zh_CN", id="nothing set, as on Windows"),
        pytest.param({"LANG": "C"}, "zh_CN", id="C"),
        pytest.param({"LC_ALL": "C.UTF-8"}, "zh_CN", id="C.UTF-8"),
        pytest.param({"LANG": "POSIX"}, "zh_CN", id="POSIX"),
        pytest.param({"LANG": "zh_CN.GBK"}, "zh_CN", id="Chinese"),
        pytest.param({"LANG": "en_US.UTF-8"}, "en", id="English"),
        pytest.param({"LANG": "EN"}, "en", id="English in capitals"),
        pytest.param({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh_CN", id="LC_ALL before LANG"),
        pytest.param({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN"}, "zh_CN", id="LC_MESSAGES before LANG"),
        pytest.param({"LANG": "zh_CN", "LANGUAGE": "en:zh"}, "en", id="LANGUAGE before all"),
        pytest.param({"LANG": "en_GB", "LC_ALL": ""}, "en", id="an empty variable says nothing"),
    ],
)
def test_chinese_unless_the_locale_says_english(environ: dict[str, str], expected: str) -> None:
    assert language(environ) == expected
    assert install(environ) == expected
    assert environ["LANGUAGE"] == expected, "click and children follow"


ERROR = LiuhenError(
    "E-FORM-WRITE",
    "The form could not be written: {reason}",
    where="record.docx",
    remedy="Close the file if it is open in Word, check the free space, then run the command again.",
    reason="disk full",
)


def test_an_error_says_what_where_what_to_do_and_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    assert render_error(ERROR).splitlines() == [
        "发生了什么：表格未能写入：disk full",
        "在哪里：record.docx",
        "怎么办：如果该文件正在 Word 中打开，请先关闭；并检查磁盘剩余空间，然后重新运行本命令。",
        "代码：E-FORM-WRITE",
    ]


def test_an_error_in_english_is_its_own_template(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    assert render_error(ERROR).startswith("What happened: The form could not be written: disk full\nWhere: ")
    assert ngettext("{n} row", "{n} rows", 2) == "{n} rows"


def test_an_error_without_place_and_remedy_has_two_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    assert render_error(LiuhenError("E-X", "not translated")).splitlines() == [
        "发生了什么：not translated",
        "代码：E-X",
    ]


def run(code: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("LC_") and k not in ("LANG", "LANGUAGE")}
    return subprocess.run([sys.executable, "-c", code], env=kept | environ, capture_output=True, timeout=60)


@pytest.mark.parametrize(("encoding", "shown"), [("gbk", "留痕 ?"), ("utf-8", "留痕 ✓"), ("ascii", "?? ?")])
def test_a_console_that_lacks_a_character_shows_a_question_mark(encoding: str, shown: str) -> None:
    done = run(
        "from cli.i18n import safe_console; safe_console(); print('留痕 \\u2713')", PYTHONIOENCODING=encoding
    )
    assert (done.returncode, done.stdout.decode(encoding).strip()) == (0, shown)


CLICK = """
from cli.i18n import install
install()
import click
@click.group()
def liuhen(): pass
liuhen(["x"])
"""


@pytest.mark.parametrize(
    ("lang", "said"), [("C.UTF-8", "没有命令 'x'"), ("en_US.UTF-8", "No such command 'x'")]
)
def test_click_speaks_the_same_language(lang: str, said: str) -> None:
    done = run(CLICK, LANG=lang, PYTHONIOENCODING="utf-8")
    assert (done.returncode, said in done.stderr.decode()) == (2, True)


def test_importing_the_language_imports_no_third_party() -> None:
    code = "import sys, cli.i18n; print([m for m in ('click', 'babel', 'cryptography') if m in sys.modules])"
    assert run(code).stdout.strip() == b"[]"


@pytest.mark.parametrize(("lang", "said"), [("zh_CN", "不是有效的整数"), ("en", "not a valid integer range")])
def test_what_is_no_number_is_said_in_the_same_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lang: str, said: str
) -> None:
    monkeypatch.setenv("LANGUAGE", lang)
    assert run_command(["log", "show", "三三"]) == 2
    assert said in capsys.readouterr().err

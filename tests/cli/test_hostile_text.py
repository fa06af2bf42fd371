"""Nothing that a stranger wrote moves the cursor, hides or turns round what a person reads."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from cli import console
from cli.console import Console, visible
from tests.cli.clerk import Clerk

HOSTILE = {
    "clear screen": "甲\x1b[2J\x1b[1;1H乙",
    "window title": "甲\x1b]0;通过\x07乙",
    "colours hide": "甲\x1b[8m乙\x1b[0m",
    "one-byte CSI": "甲\x9b2J乙",
    "backspaces": "不通过\x08\x08\x08通过",
    "carriage return": "核验不通过\r核验通过  ",
    "right to left override": "甲\u202e乙丙\u202c",
    "isolates": "甲\u2066乙\u2069\u2068丙",
    "zero width": "甲\u200b乙\u200d丙\ufeff",
    "line separator": "甲\u2028核验通过",
    "tags": "甲\U000e0041乙",
    "Hangul filler": "甲\u3164乙",
    "half of a pair": "甲\udc9b乙",
    "delete": "甲\x7f乙",
}
COMMANDS = {
    "an unknown noun": ("{}",),
    "an unknown verb": ("subject", "{}"),
    "an unknown option": ("subject", "list", "--{}"),
    "a holder": ("--as", "{}", "subject", "retire", "x", "--reason", "y"),
    "an entry": ("log", "show", "{}"),
    "an enterprise": ("subject", "show", "{}"),
    "an officer": ("officer", "show", "{}"),
    "a plan": ("plan", "show", "{}"),
    "a task": ("task", "show", "{}"),
    "a draw": ("draw", "show", "{}"),
    "a rule": ("rule", "{}"),
    "a trail": ("trail", "{}"),
    "a file to import": ("subject", "import", "{}.csv"),
    "a bundle": ("verify", "{}.zip"),
    "a receipt": ("verify-receipt", "{}.receipt"),
    "a policy": ("policy", "adopt", "{}.toml"),
    "a map": ("map", "check", "{}.toml"),
    "a copy": ("restore", "{}.db", "target.db"),
    "cells of an import": ("subject", "import", "CELLS"),
    "cells that are examined": ("forensics", "--list", "CELLS", "--result", "CELLS"),
    "words of a policy": ("policy", "adopt", "TOML", "--file", "TOML"),
    "a title of a map": ("map", "check", "TOML"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_shown_as_escapes_whatever_command_prints_it(
    name: str, clerk: Clerk, tmp_path: Path
) -> None:
    text = HOSTILE[name]
    cells, toml = tmp_path / "cells.csv", tmp_path / "words.toml"
    told = text.encode("utf-8", "replace").decode().replace("\r", "\u2028")
    cells.write_text(f"企业名称,统一社会信用代码,检查人员,{told}\n{told},{told},{told},x\n", "utf-8")
    toml.write_text(f"name = {json.dumps(text.encode('utf-8', 'replace').decode())}\n", "utf-8")
    for what, words in COMMANDS.items():
        files = {"CELLS": str(cells), "TOML": str(toml)}
        given = [files.get(word, word.format(text)) for word in words]
        for more in ((), ("--json",)):
            code = clerk.run(*given, *more)
            assert code not in (0, 70) or what in ("a trail", "cells that are examined"), (what, clerk.err)
            assert visible(clerk.out) == clerk.out, what
            assert visible(clerk.err) == clerk.err, what
            if more:
                json.loads(clerk.out)


def test_every_character_comes_back_from_a_document_in_json() -> None:
    for text in HOSTILE.values():
        shown = visible(json.dumps({"name": text}, ensure_ascii=False))
        assert json.loads(shown) == {"name": text}


def test_plain_text_stays_as_it_is() -> None:
    for text in ("台账 ledger\n\tx", "é ﬁ 𠮷 ①②", "e\u0301", "👍"):
        assert visible(text) == text


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "gb18030"])
def test_nothing_is_written_past_the_console(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    plain = io.TextIOWrapper(raw, encoding=encoding, errors="replace")
    monkeypatch.setattr(sys, "stdout", plain)
    with console.safe():
        assert isinstance(sys.stdout, Console)
        click.echo("a\x1b[2Jb\u202ec", color=True)
        print("d\x07e")
        sys.stdout.writelines(["f\x9bg"])
    assert sys.stdout is plain
    plain.flush()
    assert raw.getvalue().split() == [rb"a\u001b[2Jb\u202ec", rb"d\u0007e", rb"f\u009bg"]


def test_a_file_name_from_the_shell_is_neutral_in_the_error() -> None:
    words = [sys.executable, "-m", "cli.main", "verify", "/no/\x1b]0;x\x07.zip"]
    told = subprocess.run(words, capture_output=True, check=False).stderr
    assert b"\x1b" not in told
    assert rb"\u001b]0;x\u0007" in told


def test_only_the_console_speaks_to_the_terminal() -> None:
    """No module of cli/ writes codes of its own, or past `sys.stdout`."""
    for path in Path(console.__file__).parent.rglob("*.py"):
        if path.name != "console.py":
            source = path.read_text("utf-8")
            for code in (r"\x1b", r"\033", r"\r\"", "click.clear(", ".stdout.buffer", "__stdout__"):
                assert code not in source, (path, code)

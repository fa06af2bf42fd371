"""README, docs/ and specs/ name no command, option, module, make target or file that is not there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path

import click
import pytest

from cli.main import liuhen
from tests.cli.test_help import takes

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "specs").rglob("*.md")]
MODULES = [
    path for folder in ("verifier", "ledger", "cli", "tests") for path in (ROOT / folder).rglob("*.py")
]
ABSENT = ("utils.py", "specs/decisions/NNNN-title.md")
"""Named by CONTRIBUTING: the one must not be, the other stands for a page to come."""

BLOCK = re.compile(r"^```.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
OURS = re.compile(r"(?:verifier|ledger|cli|tests|specs|docs)/[\w./*-]*\*?|[\w/]+\.py")
TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)


def typed(page: str) -> Iterator[str]:
    """Every command that stands in a block of its own, without its comment."""
    for block in BLOCK.findall(page):
        for line in block.splitlines():
            for part in re.split(r"\s#|&&|\s>\s", line)[: None if "&&" in line else 1]:
                if part.strip().startswith("liuhen "):
                    yield part.strip()


def named(page: str) -> Iterator[str]:
    """Everything between single backticks, its line breaks taken out."""
    for code in CODE.findall(BLOCK.sub("", page)):
        yield " ".join(code.split())


def faults_of_naming(words: list[str]) -> list[str]:
    """What a command named in a sentence has that the command line does not: its arguments may be left out
    or stand for others, its words and options must exist."""
    command: click.Command = liuhen
    options = set[str]()
    words = [*words]
    with click.Context(liuhen) as ctx:
        while True:
            options |= {option for p in command.params for option in (*p.opts, *p.secondary_opts)}
            while words and words[0].startswith("-"):
                if words[0] not in options:
                    return [words[0]]
                del words[:2]
            if not isinstance(command, click.Group) or not words or words[0] == "…":
                break
            try:
                _name, found, words = command.resolve_command(ctx, words)
            except click.UsageError as error:
                return [error.format_message()]
            assert found is not None
            command = found
    return [word for word in words if word.startswith("-") and word not in options | {"--help", "--json"}]


def missing_files(name: str) -> list[str]:
    """A path of the repository, or the end of the path of a module, that leads nowhere."""
    if not OURS.fullmatch(name) or name in ABSENT:
        return []
    if any(ROOT.glob(name)) or any(path.as_posix().endswith("/" + name) for path in MODULES):
        return []
    return [name]


def faults(page: Path) -> list[str]:
    """Everything that a page names and that is not there."""
    text = page.read_text("utf-8")
    found = [link for link in LINK.findall(BLOCK.sub("", text)) if not (page.parent / link).exists()]
    for command in typed(text):
        words = shlex.split(command)[1:]
        try:
            if "…" in words:
                found += faults_of_naming(words)
            else:
                takes(words)
        except click.UsageError as error:
            found.append(f"{command}: {error.format_message()}")
    targets = TARGET.findall((ROOT / "Makefile").read_text("utf-8"))
    for code in named(text):
        first, *words = code.split() or [""]
        if first == "liuhen":
            found += [f"{code}: {word}" for word in faults_of_naming(words)]
        elif code.startswith("python -m ") and find_spec(words[1]) is None:
            found.append(code)
        elif first == "make":
            found += [code for word in takewhile(lambda w: "=" not in w, words) if word not in targets]
        else:
            found += missing_files(code)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_names_is_there(page: Path) -> None:
    assert faults(page) == []


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("no such command", "`liuhen plan forget`"),
        ("no such option", "`liuhen plan submit --quietly`"),
        ("no such option of liuhen", "`liuhen --loud plan submit`"),
        ("no such command in a block", "```sh\nliuhen plan forget\n```"),
        ("an argument too few in a block", "```sh\nliuhen log show\n```"),
        ("the second of two in a line", "```sh\nliuhen plan submit && liuhen plan forget\n```"),
        ("no such module", "`python -m tests.nothing`"),
        ("no such target", "`make coffee`"),
        ("no such file", "`verifier/coffee.py`"),
        ("no such folder", "`ledger/coffee/`"),
        ("no module that ends so", "`coffee.py`"),
        ("a link that leads nowhere", "[coffee](coffee.md)"),
    ],
    ids=lambda value: value if " " in value and "`" not in value else "",
)
def test_what_is_not_there_is_noticed(why: str, text: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, "utf-8")
    assert len(faults(page)) == 1, why

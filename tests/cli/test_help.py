"""Every command has help in both languages and examples that the command line takes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from cli.main import NOUNS, Nouns, liuhen, run


def commands(
    group: click.Group, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something, with the words that lead to it."""
    with click.Context(group) as ctx:
        for name in group.list_commands(ctx):
            command = group.get_command(ctx, name)
            assert command is not None, name
            if isinstance(command, click.Group):
                yield from commands(command, (*path, name))
            else:
                yield (*path, name), command


EVERY = dict(commands(liuhen))


def examples(command: click.Command) -> list[str]:
    text = re.sub(r"\\\n *", "", command.help or "")
    return re.findall(r"^  +(liuhen .*)$", text, re.M)


def takes(words: list[str]) -> None:
    """Read words as the command line would, without running anything. Raises `click.UsageError`."""
    words = [word for word in words if word != "--json"]
    command: click.Command = liuhen
    ctx = None
    while isinstance(command, click.Group):
        ctx = command.make_context("liuhen", words, parent=ctx)
        rest = [*ctx._protected_args, *ctx.args]
        if not rest and command.invoke_without_command:
            return
        name, found, words = command.resolve_command(ctx, rest)
        assert found is not None, name
        command = found
    command.make_context("liuhen", words, parent=ctx)


def test_every_noun_is_there() -> None:
    assert {path[0] for path in EVERY} == set(NOUNS)
    assert isinstance(liuhen, Nouns)


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_a_command_has_help_with_examples_that_work(path: tuple[str, ...]) -> None:
    found = examples(EVERY[path])
    assert found, f"{' '.join(path)} has no example"
    for example in found:
        words = shlex.split(example)[1:]
        takes(words)
        assert set(path) <= set(words) or path[:-1] == ("rule",), example


@pytest.mark.parametrize(
    "words", [["log", "show"], ["log", "show", "x"], ["bundle", "export"], ["nothing"], ["--nothing"]]
)
def test_what_the_command_line_does_not_take_is_noticed(words: list[str]) -> None:
    with pytest.raises(click.UsageError):
        takes(words)


def test_an_option_of_liuhen_after_the_command_is_told_its_place(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    assert run(["plan", "approve", "plan-2026", "--as", "sun"]) == 2
    assert "--as 要写在命令之前：liuhen --as … plan approve" in capsys.readouterr().err

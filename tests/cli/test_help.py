"""The help of every command: it exists in Chinese and its examples are commands that can be typed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import click
import pytest

from cli.main import NOUNS, liuhen


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """A command and all below it, each with its words."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None
            yield from commands(found, f"{name} {below}")


def every() -> list[tuple[str, click.Command]]:
    return [pair for noun in NOUNS for pair in commands(_noun(noun), noun)]


def _noun(noun: str) -> click.Command:
    found = liuhen.get_command(click.Context(liuhen), noun)
    assert found is not None
    return found


def examples(command: click.Command) -> list[str]:
    """The example lines of a command's help; a line that ends with a backslash goes on in the next."""
    lines = (command.help or "").replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.startswith("  liuhen")]


def parse(line: str) -> None:
    """Read a line as the command line does (`--json` anywhere), without running it.

    Raises click.UsageError."""
    words = [word for word in shlex.split(line)[1:] if word != "--json"]
    context = liuhen.make_context("liuhen", words)
    command: click.Command = liuhen
    while isinstance(command, click.Group):
        rest = [*context._protected_args, *context.args]
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None, line
        command, context = found, found.make_context(name, rest, parent=context)


@pytest.mark.parametrize(
    ("words", "line"), [(words, line) for words, command in every() for line in examples(command)]
)
def test_every_example_can_be_typed(words: str, line: str) -> None:
    assert f" {words.split()[0]} " in f"{line} "
    parse(line)


def test_every_command_that_does_something_has_an_example() -> None:
    acting = [(words, command) for words, command in every() if not isinstance(command, click.Group)]
    assert [words for words, command in acting if not examples(command)] == []


@pytest.mark.parametrize(
    "line", ["liuhen item importt x.xlsx", "liuhen item import", "liuhen subject list --colour red"]
)
def test_what_cannot_be_typed_is_noticed(line: str) -> None:
    with pytest.raises(click.UsageError):
        parse(line)

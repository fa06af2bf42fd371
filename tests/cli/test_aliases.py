"""Every noun and verb has one Chinese name, and each name means one thing."""

from __future__ import annotations

import click
import pytest

from cli import aliases
from cli.main import NOUNS, liuhen
from tests.cli.clerk import Clerk
from tests.cli.test_help import EVERY


def found(*words: str) -> click.Command:
    """The command that words lead to."""
    command: click.Command = liuhen
    ctx = click.Context(liuhen)
    for word in words:
        assert isinstance(command, click.Group), words
        _name, sub, _rest = command.resolve_command(ctx, [word])
        assert sub is not None, words
        command, ctx = sub, click.Context(sub, parent=ctx)
    return command


def test_every_noun_has_a_chinese_name_of_its_own() -> None:
    named = {noun: aliases.NOUNS.get(noun, "") for noun in NOUNS}
    assert [noun for noun, alias in named.items() if not alias] == []
    assert len(set(aliases.NOUNS.values())) == len(aliases.NOUNS)
    assert not set(aliases.NOUNS.values()) & set(NOUNS)


def test_every_verb_has_a_chinese_name() -> None:
    verbs = {word for path in EVERY for word in path[1:]}
    assert sorted(verb for verb in verbs if verb not in aliases.VERBS) == []


def test_no_two_verbs_have_one_chinese_name() -> None:
    assert len(set(aliases.VERBS.values())) == len(aliases.VERBS)


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_the_chinese_words_lead_to_the_same_command(path: tuple[str, ...]) -> None:
    words = [aliases.NOUNS[path[0]], *(aliases.VERBS[verb] for verb in path[1:])]
    assert found(*words).callback is found(*path).callback


@pytest.mark.parametrize("words", [("签名", "file"), ("sign", "take")])
def test_verbs_of_earlier_versions_are_taken_and_not_shown(words: tuple[str, ...]) -> None:
    assert found(*words).callback is not None
    group = found("sign")
    assert isinstance(group, click.Group)
    assert words[1] not in group.list_commands(click.Context(group))


def test_a_clerk_works_in_chinese(clerk: Clerk) -> None:
    assert "抽查事项清单还没有内容" in clerk.does("待办")
    assert "尚无摇号" in clerk.does("摇号", "列表")
    help_text = clerk.does("摇号", "--help")
    assert "ceremony 现场" in help_text


def test_a_chinese_word_that_means_nothing_is_wrong_usage(clerk: Clerk) -> None:
    assert clerk.run("摇奖") == 2
    assert clerk.run("摇号", "再来一次") == 2


def test_due_is_another_word_for_what_is_to_be_done(clerk: Clerk) -> None:
    assert clerk.json("due") == clerk.json("todo")

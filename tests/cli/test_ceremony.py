"""The draw in one room on a terminal: two key stores, few prompts, killed anywhere and resumed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.book import Book
from ledger.commands.draws import secret_name
from ledger.keystore import Signer, unlock
from tests.cli.room import CLERK, SUPERVISOR, Room, room
from tests.office import PASSPHRASE
from verifier import draw as lot
from verifier import facts as f

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a pty and SIGKILL")
pexpect = pytest.importorskip("pexpect")

ROOT = Path(__file__).parent.parent.parent
PROMPT = r"(?:\[y/N\]|Passphrase of [^\r\n]*|Public value \([^)\r\n]*\)): "
VALUE = "482913"
WITH_DICE = pytest.mark.parametrize("room", [{"public": "dice:6"}], indirect=True)


def arguments(room: Room, when: str) -> list[str]:
    folders = ["-K", str(room.folder / "A"), "-K", str(room.folder / "B")]
    return [
        "-m",
        "tests.cli.dying",
        when,
        "-L",
        str(room.ledger),
        "draw",
        "ceremony",
        "--task",
        "t1",
        *folders,
    ]


def answer(prompt: str, value: str = VALUE) -> str:
    """What a person types at a prompt."""
    if "y/N" in prompt:
        return "y"
    return value if "Public value" in prompt else PASSPHRASE


class Session:
    """One run on a pty."""

    def __init__(self, room: Room, when: str = "never") -> None:
        env = {**os.environ, "LANGUAGE": "en", "PYTHONUTF8": "1"}
        self.child = pexpect.spawn(
            sys.executable, arguments(room, when), cwd=ROOT, env=env, encoding="utf-8", timeout=30,
            dimensions=(60, 200),
        )  # fmt: skip
        self.prompts: list[str] = []
        self.printed = ""

    def next_prompt(self) -> str:
        """The next question, "" at the end."""
        found = self.child.expect([PROMPT, pexpect.EOF])
        self.printed += self.child.before
        if found == 1:
            self.child.close()
            return ""
        self.prompts.append(self.child.after)
        return str(self.child.after)

    def to_the_end(self) -> Session:
        while prompt := self.next_prompt():
            self.child.sendline(answer(prompt))
        return self

    def interrupt(self) -> None:
        """Ctrl-C, again where Python swallowed it: an interrupt inside a finalizer is lost."""
        for _ in range(5):
            self.child.sendintr()
            if self.child.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=5) == 0:
                self.printed += self.child.before
                return

    def interrupted_at(self, number: int) -> Session:
        """Ctrl-C at a question, counted from 1."""
        while prompt := self.next_prompt():
            if len(self.prompts) == number:
                self.interrupt()
            else:
                self.child.sendline(answer(prompt))
        return self


def run_dying(room: Room, when: str) -> int:
    """The exit code of a run that needs no questions."""
    told = ["--passphrase-file", str(room.folder / "p.txt")]
    whole = arguments(room, when)
    whole[3:3] = told
    done = subprocess.run(
        [sys.executable, *whole, "--yes", "--value", VALUE],
        cwd=ROOT, env={**os.environ, "LANGUAGE": "en"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


def keys(room: Room) -> list[Signer]:
    """The keys of both parties, opened."""
    places = (("A", CLERK), ("B", SUPERVISOR))
    return [unlock(room.folder / folder / f"{holder}.key", PASSPHRASE) for folder, holder in places]


def the_draw(room: Room) -> f.Draw:
    draw = room.facts().get(f.DRAWS, "t1-d1")
    assert draw is not None
    return draw


def kept(room: Room) -> set[str]:
    """The random numbers that the key files keep."""
    secrets = [signer.secret(secret_name("t1-d1", the_draw(room).m)) for signer in keys(room)]
    return {r for r in secrets if r is not None}


def kept_seed(room: Room) -> str:
    """The seed that follows from the random numbers: those opened, and those that the key files keep."""
    draw = the_draw(room)
    reveals = {}
    for signer in keys(room):
        party = signer.key_id.hex()
        r = draw.reveals.get(party) or signer.secret(secret_name("t1-d1", draw.m))
        assert r is not None
        reveals[party] = r
    value = "none" if draw.question["public"] == "none" else f"dice:{VALUE}"
    return lot.seed("t1-d1", draw.m, reveals, value)


def assert_drawn_once(room: Room, seed: str = "") -> f.Draw:
    """The draw is done, of this seed, and g = 1."""
    facts = room.facts()
    draw, task = facts.get(f.DRAWS, "t1-d1"), facts.get(f.TASKS, "t1")
    assert draw is not None
    assert task is not None
    assert (draw.state, task.completed, task.outcomes) == ("executed", "t1-d1", 1)
    assert draw.outcome["seed"] == (seed or kept_seed(room))
    return draw


@WITH_DICE
def test_each_party_types_one_passphrase_and_at_most_twelve_answers_are_asked(room: Room) -> None:
    session = Session(room).to_the_end()
    assert session.child.exitstatus == 0
    assert len(session.prompts) <= 12
    assert len(session.prompts) == 5
    asked = [prompt for prompt in session.prompts if "Passphrase" in prompt]
    assert [("qian" in a, "li-" in a) for a in asked] == [(True, False), (False, True)]
    assert_drawn_once(room)
    assert "Seed: " in session.printed
    assert PASSPHRASE not in session.printed


def test_without_a_public_value_only_three_answers_are_asked(room: Room) -> None:
    session = Session(room).to_the_end()
    assert (session.child.exitstatus, len(session.prompts)) == (0, 3)
    assert_drawn_once(room)


def test_killed_between_the_two_reveals_it_goes_on_with_the_same_seed(room: Room) -> None:
    session = Session(room, "after:4").to_the_end()
    assert session.child.signalstatus == 9
    draw = the_draw(room)
    assert (len(draw.commits), len(draw.reveals)) == (2, 1)
    seed = kept_seed(room)
    resumed = Session(room).to_the_end()
    assert resumed.child.exitstatus == 0
    assert len(resumed.prompts) == 1
    assert assert_drawn_once(room, seed).m == draw.m


@WITH_DICE
def test_killed_in_and_after_every_write_it_goes_on_with_the_same_seed(room: Room) -> None:
    before, places = room.size(), 0
    assert run_dying(room, "secret") == -9
    frozen, first = room.size(), kept(room)
    assert (frozen, len(first)) == (before + 1, 1)
    for expected in range(frozen + 1, before + 8):
        assert run_dying(room, "inside:1") == -9
        assert room.size() == expected - 1
        assert run_dying(room, "after:1") == -9
        assert room.size() == expected
        places += 2
    seed = kept_seed(room)
    assert run_dying(room, "inside:1") == -9
    assert run_dying(room, "never") == 0
    assert places >= 5
    assert room.size() == before + 8
    assert first <= set(assert_drawn_once(room, seed).reveals.values())


@WITH_DICE
def test_ctrl_c_at_each_question_leaves_the_ledger_as_before_or_fully_after(room: Room) -> None:
    before = room.size()
    for number in (1, 2, 3):
        session = Session(room).interrupted_at(number)
        assert session.child.exitstatus == 130
        assert room.size() == before
    session = Session(room).interrupted_at(4)
    assert (session.child.exitstatus, "Public value" in session.prompts[-1]) == (130, True)
    assert room.size() == before + 3
    seed = kept_seed(room)
    session = Session(room).interrupted_at(4)
    assert (session.child.exitstatus, "y/N" in session.prompts[-1]) == (130, True)
    assert room.size() == before + 4
    session = Session(room).to_the_end()
    assert session.child.exitstatus == 0
    assert not [prompt for prompt in session.prompts if "Public value" in prompt]
    assert_drawn_once(room, seed)


@WITH_DICE
def test_a_mistyped_value_is_typed_again_and_stays_visible(room: Room) -> None:
    session = Session(room)
    typed = iter(["12", "111111", VALUE])
    told = iter(["y", "n", "y"])
    while prompt := session.next_prompt():
        reply = next(told) if "y/N" in prompt else next(typed) if "Public value" in prompt else PASSPHRASE
        session.child.sendline(reply)
    assert session.child.exitstatus == 0
    assert len(session.prompts) <= 12
    assert assert_drawn_once(room).value == f"dice:{VALUE}"
    with Book.open(room.ledger, read_only=True) as book:
        values = [e.body.data["value"] for e in book.entries() if e.body.type == "draw.public_value"]
    assert values == ["111111", VALUE]


def test_a_wrong_passphrase_may_be_typed_again(room: Room) -> None:
    session = Session(room)
    wrong = iter(["falsch", *[PASSPHRASE] * 2])
    while prompt := session.next_prompt():
        session.child.sendline("y" if "y/N" in prompt else next(wrong))
    assert session.child.exitstatus == 0
    assert "Wrong passphrase" in session.printed
    assert_drawn_once(room)


def test_given_again_after_the_draw_it_shows_the_result_and_asks_nothing(room: Room) -> None:
    assert run_dying(room, "never") == 0
    size, seed = room.size(), kept_seed(room)
    session = Session(room).to_the_end()
    assert (session.child.exitstatus, session.prompts, room.size()) == (0, [], size)
    assert seed[:8] in session.printed


def test_no_at_the_question_stops_before_anything_is_written(room: Room) -> None:
    before = room.size()
    session = Session(room)
    session.next_prompt()
    session.child.sendline("n")
    assert session.next_prompt() == ""
    assert (session.child.exitstatus, room.size()) == (8, before)


def test_a_party_whose_key_is_not_here_stops_it_before_the_freeze(room: Room) -> None:
    before = room.size()
    assert room.run("draw", "ceremony", "--yes", keys=("A",)) == 6
    assert "E-CEREMONY-ABSENT" in room.err
    assert "李四" in room.err
    assert room.size() == before


__all__ = ["room"]

"""`liuhen init`: the founding, and what an interrupted one leaves."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.book import Book
from ledger.commands import keys
from ledger.keystore import read_info
from tests.cli.counter import OFFICE, ORIGIN, PEOPLE, Counter, counter
from tests.ledger.sheets import write_xlsx
from tests.office import PASSPHRASE
from verifier.errors import Exit

__all__ = ["counter"]

SHEET = (
    ("人员编号", "姓名", "单位代码", "角色"),
    ("zhao-admin", "赵一", "fgj", "管理员"),
    ("qian-clerk", "钱二", "fgj", "经办人"),
    ("li-supervisor", "李四", "jijian", "现场监督人员"),
)


def test_a_ledger_is_founded_by_everybody_present(counter: Counter) -> None:
    answer = counter.found()
    with Book.open(counter.ledger, read_only=True) as book:
        first = book.entry(0)
        assert first.body.type == "ledger.created"
        assert first.leaf_hex == answer["ledger"]
        assert [e.body.type for e in book.entries()][1:] == ["key.enrolled"] * (len(PEOPLE) - 1)
    assert sorted(p.name for p in (counter.folder / "keys").iterdir()) == [
        "li-supervisor.key",
        "log.key",
        "qian-clerk.key",
        "sun-approver.key",
        "zhao-admin.key",
    ]
    assert counter.run("verify") == Exit.PASS


def test_the_people_may_come_from_the_template_and_one_may_be_absent(counter: Counter) -> None:
    path = write_xlsx(counter.folder / "模板.xlsx", ("人员与角色", SHEET))
    answer = counter.json("init", ORIGIN, *OFFICE, "--people", path, "--absent", "qian-clerk")
    assert answer["founders"] == ["zhao-admin", "li-supervisor"]
    assert not (counter.folder / "keys" / "qian-clerk.key").exists()


def test_each_founder_types_one_passphrase_twice_and_the_log_key_asks_none(counter: Counter) -> None:
    answers = [f"口令的一句{n}" for n in (1, 1, 2, 2)]
    people = ["--person", PEOPLE[0], "--person", PEOPLE[1]]
    assert counter.types("init", ORIGIN, *OFFICE, *people, answers=answers) == Exit.PASS, counter.err
    assert len(counter.asked) == 4
    assert counter.types("bundle", "export", counter.folder / "b", answers=["口令的一句1"]) == Exit.PASS


def test_a_practice_ledger_says_so_in_every_answer(counter: Counter) -> None:
    answer = counter.found("--practice")
    assert answer["origin"] == f"practice/{ORIGIN}"
    assert answer["practice"] is True
    assert "[PRACTICE]" in counter.does("key", "list")
    assert "[PRACTICE]" in counter.does("verify")
    assert read_info(counter.folder / "keys" / "qian-clerk.key").practice


def test_the_same_founding_again_answers_the_same_and_writes_nothing(counter: Counter) -> None:
    first = counter.found()
    assert counter.found() == first
    with Book.open(counter.ledger, read_only=True) as book:
        assert book.store.head().size == len(PEOPLE)


def said(word: str) -> str:
    """A passphrase that is long enough."""
    return f"第{word}个人的口令"


def test_keys_that_an_interrupted_founding_made_are_used(counter: Counter) -> None:
    """Killed when two of four keys were made."""
    interrupted = [said("一"), said("一"), said("二"), KeyboardInterrupt()]
    people = [word for person in PEOPLE for word in ("--person", person)]
    assert counter.types("init", ORIGIN, *OFFICE, *people, answers=interrupted) == Exit.INTERRUPTED
    assert not counter.ledger.exists()
    before = read_info(counter.folder / "keys" / "zhao-admin.key").public
    rest = [said(word) for word in "一二二三三四四"]
    assert counter.types("init", ORIGIN, *OFFICE, *people, answers=rest) == Exit.PASS, counter.err
    assert read_info(counter.folder / "keys" / "zhao-admin.key").public == before
    assert counter.run("verify") == Exit.PASS


def test_an_empty_ledger_that_an_interrupted_founding_left_is_founded(counter: Counter) -> None:
    Book.create(counter.ledger, ORIGIN).close()
    assert counter.found()["ledger"]
    assert counter.run("verify") == Exit.PASS


def test_a_ledger_is_not_founded_twice_nor_under_another_name(counter: Counter) -> None:
    counter.found()
    other = ["--person", "wu:吴六:fgj:admin"]
    assert counter.run("init", ORIGIN, *OFFICE, *other) == Exit.USAGE
    assert "E-INIT-STANDS" in counter.err
    assert counter.run("init", "other.example.gov.cn/x", *OFFICE, *other) == Exit.USAGE
    assert "E-INIT-OTHER" in counter.err


def test_a_key_that_acted_in_a_ledger_founds_no_other(counter: Counter) -> None:
    counter.found()
    counter.ledger.rename(counter.folder / "old.db")
    counter.run("init", ORIGIN, *OFFICE, "--person", PEOPLE[0])
    assert "E-KEY-HISTORY" in counter.err
    assert not counter.ledger.exists()


def test_a_key_file_of_another_ledger_is_never_overwritten(counter: Counter) -> None:
    person = keys.Person("zhao-admin", "赵一", "fgj", ("admin",))
    keys.new_key(counter.folder / "keys", "other.example.gov.cn/x", person, PASSPHRASE)
    before = (counter.folder / "keys" / "zhao-admin.key").read_bytes()
    assert counter.run("init", ORIGIN, *OFFICE, "--person", PEOPLE[0]) == Exit.KEY
    assert (counter.folder / "keys" / "zhao-admin.key").read_bytes() == before


@pytest.mark.parametrize(
    ("what", "arguments", "code"),
    [
        ("an origin in capitals", ["Ledger.Example/x", *OFFICE, "--person", PEOPLE[0]], "E-STORE-ORIGIN"),
        ("a division code of 5 digits", [ORIGIN, "--office", "局", "--division", "64022"], "E-INIT-DIVISION"),
        ("nobody", [ORIGIN, *OFFICE], "E-INIT-ADMIN"),
        ("no admin", [ORIGIN, *OFFICE, "--person", PEOPLE[1]], "E-INIT-ADMIN"),
        ("an unknown role", [ORIGIN, *OFFICE, "--person", "a:甲:fgj:boss"], "E-INIT-PERSON"),
        ("a person twice", [ORIGIN, *OFFICE, "--person", PEOPLE[0], "--person", PEOPLE[0]], "E-INIT-TWICE"),
        ("a person without roles", [ORIGIN, *OFFICE, "--person", "a:甲:fgj"], "--person"),
    ],
)
def test_wrong_words_make_no_file(counter: Counter, what: str, arguments: list[str], code: str) -> None:
    assert counter.run("init", *arguments) == Exit.USAGE, what
    assert code in counter.err
    assert not counter.ledger.exists()
    assert not (counter.folder / "keys").exists()


def test_a_faulty_sheet_of_people_makes_nothing(counter: Counter) -> None:
    path = write_xlsx(counter.folder / "模板.xlsx", ("人员与角色", [*SHEET, ("x y", "某某", "fgj", "局长")]))
    assert counter.run("init", ORIGIN, *OFFICE, "--people", path) == Exit.UNREADABLE
    assert "E-INIT-PEOPLE" in counter.err
    assert not (counter.folder / "keys").exists()


def test_the_next_step_names_the_ledger_where_it_is(counter: Counter) -> None:
    answer = counter.found()
    assert answer["next"] == f'liuhen -L "{counter.ledger}" template'
    assert Path(answer["path"]) == counter.ledger


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_founding_killed_at_any_step_is_finished_by_the_same_command(counter: Counter) -> None:
    """Three keys, the ledger file, the last entry before and after its commit, then the key's memory."""
    people = ["--person", PEOPLE[0], "--person", PEOPLE[1]]
    words = ["--passphrase-file", str(counter.passphrases), "init", ORIGIN, *OFFICE, *people]
    killed = 0
    for step in range(1, 20):
        place = counter.folder / f"{step}" / "ledger.db"
        command = [sys.executable, "-m", "tests.cli.dying_init"]
        first = subprocess.run([*command, str(step), "-L", str(place), *words], check=False, timeout=60)
        killed += first.returncode == -signal.SIGKILL
        keys_then = {p.name: read_info(p).public for p in (place.parent / "keys").glob("*.key")}
        again = counter.run("-L", place, *words)
        assert again == Exit.PASS, (step, counter.err)
        keys_now = {p.name: read_info(p).public for p in (place.parent / "keys").glob("*.key")}
        assert keys_then.items() <= keys_now.items(), step
        assert counter.run("-L", place, "verify") == Exit.PASS, step
        if first.returncode == 0:
            break
    assert killed >= 6


@pytest.mark.parametrize("after", ["", " ", "::", "00:1:00"])
def test_an_earlier_ledger_that_is_not_named_whole_is_refused(counter: Counter, after: str) -> None:
    people = [word for person in PEOPLE for word in ("--person", person)]
    assert counter.run("init", ORIGIN, *OFFICE, *people, "--after", after) == Exit.USAGE
    assert "E-INIT-AFTER" in counter.err
    assert not counter.ledger.exists() and not (counter.folder / "keys").exists()

"""`liuhen log`, `rule` and `clock`: reading entries and rules in words; a clock that was wrong."""

from __future__ import annotations

import shlex

import pytest

from cli.telling import LABELS, Teller, label, plain, word
from ledger.book import seal_private
from tests.cli.counter import ORIGIN, Counter, counter, office
from verifier import schema
from verifier.errors import Exit
from verifier.facts import MemoryFacts
from verifier.rules import rules

__all__ = ["counter", "office"]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")


def test_entries_are_listed_newest_last(office: Counter) -> None:
    lines = office.does("log", "list").splitlines()
    assert [line.split()[0] for line in lines[1:5]] == ["0", "1", "2", "3"]
    assert "赵一 zhao-admin  key.enrolled    qian-clerk 钱二" in lines[2]
    assert "4 of 4 entries." in lines[5]


@pytest.mark.parametrize(
    ("options", "seqs"),
    [
        ([], [0, 1, 2, 3]),
        (["--last", "2"], [2, 3]),
        (["--since", "1"], [1, 2, 3]),
        (["--since", "1", "--last", "2"], [2, 3]),
        (["--type", "ledger.created"], [0]),
        (["--stream", "keys", "--last", "1"], [3]),
        (["--since", "9"], []),
    ],
)
def test_the_list_is_narrowed(office: Counter, options: list[str], seqs: list[int]) -> None:
    assert [e["seq"] for e in office.json("log", "list", *options)["entries"]] == seqs


def test_an_entry_is_shown_with_every_field(office: Counter) -> None:
    out = office.does("log", "show", "1")
    data = office.json("log", "show", "1")
    assert data["data"]["holder"] == "qian-clerk"
    for text in ("holder: qian-clerk", "roles: clerk", "Who: 赵一 zhao-admin"):
        assert text in out
    leaf = data["leaf"]
    assert " ".join(leaf[i : i + 8] for i in range(0, 64, 8)) in out
    assert office.run("log", "show", "4") == Exit.USAGE
    assert "E-LOG-SEQ" in office.err


def test_a_private_field_is_opened_where_it_is_kept_and_marked() -> None:
    hidden, opening = seal_private(ORIGIN, "officer/o1", "details", "近亲属")
    data = {"officer": "o1", "subject": "s1", "details": hidden}
    here = Teller(MemoryFacts(), lambda _leaf: None, lambda _c: (opening.salt, opening.value))
    elsewhere = Teller(MemoryFacts(), lambda _leaf: None, lambda _c: None)
    assert dict(here.fields(data))["details"] == "近亲属 (private)"
    assert "近亲属" not in str(dict(elsewhere.fields(data)))


def test_what_would_move_the_cursor_is_escaped() -> None:
    tell = Teller(MemoryFacts(), lambda _leaf: None, lambda _c: None)
    text = dict(tell.fields({"name": "企\x1b[2J业\u202e"}))["name"]
    assert text == "企\\u001b[2J业\\u202e"
    assert "\x1b" not in tell.about({"title": "a\x1b"})


def test_every_field_of_every_type_has_a_name() -> None:
    unnamed = {name for kind in schema.EVENTS.values() for name in kind.shape.checks} - set(LABELS)
    assert unnamed == set()


def test_values_for_json_have_no_bytes() -> None:
    assert plain({"a": [b"\x01", {"b": 2}], "c": True}) == {"a": ["01", {"b": 2}], "c": True}


def test_each_rule_is_explained(office: Counter) -> None:
    listed = [rule["id"] for rule in office.json("rule", "list")["rules"]]
    assert listed == list(rules())
    assert rules()["role.permitted"].en in office.does("rule", "role.permitted")
    assert office.does("rule", "show", "role.permitted") == office.does("rule", "role.permitted")


def test_an_unknown_rule_names_what_is_near(office: Counter) -> None:
    assert office.run("rule", "role.permited") == Exit.USAGE
    assert "role.permitted" in office.err


def test_a_refusal_names_its_rule_and_how_to_read_it(office: Counter) -> None:
    words = ("key", "revoke", "sun-approver", "--reason", "试", "--yes")
    error = office.json(*words, by="qian-clerk")["error"]
    assert (error["code"], error["exit"]) == ("role.permitted", Exit.REFUSED)
    assert "liuhen rule role.permitted" in office.err


def test_a_clock_that_was_ahead_is_corrected_by_two(office: Counter) -> None:
    office.clock.go("2026-03-20")
    words = ("key", "new", "wu", "--name", "吴六", "--unit", "fgj", "--role", "clerk")
    office.does(*words)
    office.does("key", "enroll", office.folder / "keys" / "wu.enrol", by="zhao-admin")
    office.clock.go("2026-03-03")
    late = ("key", "revoke", "wu", "--reason", "试", "--yes")
    assert office.run(*late, by="zhao-admin") == Exit.REFUSED
    assert "clock correct" in office.err
    answer = office.json("clock", "correct", "--reason", "主板电池更换", "--yes", by="zhao-admin")
    assert office.run(*late, by="zhao-admin") == Exit.REFUSED
    office.does(*shlex.split(answer["next"])[3:], by="sun-approver")
    office.does(*late, by="zhao-admin")
    assert office.run("verify") == Exit.PASS


def test_a_long_pause_asks_whether_the_clock_is_right(office: Counter) -> None:
    office.clock.go("2026-09-01")
    words = ("key", "revoke", "sun-approver", "--reason", "遗失", "--yes")
    assert office.run(*words, by="sun-approver") == Exit.STOPPED
    assert "--clock-is-right" in office.err
    office.does("--clock-is-right", *words, by="sun-approver")


def test_every_name_within_a_visit_has_its_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    for name in ("names", "scan", "item", "checked", "ordered", "corrected", "result", "stratum", "ticket"):
        assert not label(name).isascii(), name
    assert word("subject_signature", "refused") == "拒绝签字"

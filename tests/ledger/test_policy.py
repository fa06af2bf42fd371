"""The office's 实施细则 as a file: what is read, what is refused, how it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger import policy
from ledger.policy_words import SENTENCES, explain
from verifier.errors import Exit, LiuhenError
from verifier.schema import EVENTS
from verifier.schemas.policy import POLICY_VALUES

S0 = (Path(policy.__file__).parent / "profiles" / "s0.toml").read_text(encoding="utf-8")


def test_the_ready_policy_of_s0_can_be_adopted() -> None:
    read = policy.profile("s0")
    event = {
        "policy": read.policy,
        "title": read.title,
        "document": read.document,
        "file": bytes(32),
        "values": read.values,
        "clauses": read.clauses,
    }
    assert EVENTS["policy.adopted"].shape(event) == ""
    assert read.values["min_rate"] == [3, 100]
    assert read.clauses["min_rate"] == "细则第九条"


def test_a_file_with_the_mark_of_notepad_is_read(tmp_path: Path) -> None:
    file = tmp_path / "细则.toml"
    file.write_bytes(b"\xef\xbb\xbf" + S0.encode())
    assert policy.read_policy(file) == policy.profile("s0")


@pytest.mark.parametrize(
    ("old", "new", "code", "names"),
    [
        pytest.param("min_rate = [3", "min_rat = [3", "E-POLICY-UNKNOWN", "values.min_rat", id="misspelt"),
        pytest.param(
            "[clauses]", "[clauses]\nx = 'y'", "E-POLICY-UNKNOWN", "clauses.x", id="clause of nothing"
        ),
        pytest.param("title = ", "titel = ", "E-POLICY-UNKNOWN", "titel", id="misspelt title"),
        pytest.param("min_officers = 2 ", "#", "E-POLICY-MISSING", "values.min_officers", id="missing value"),
        pytest.param(
            'sealed = "本', '# "本', "E-POLICY-MISSING", "clauses.sealed", id="value without clause"
        ),
        pytest.param(
            "sealed = false", "sealed = 0", "E-POLICY-VALUE", "values.sealed", id="number for a flag"
        ),
        pytest.param("[3, 100]", "0.03", "E-POLICY-VALUE", "values.min_rate", id="float for a rate"),
        pytest.param("[3, 100]", "[100, 3]", "E-POLICY-VALUE", "values.min_rate", id="rate above one"),
        pytest.param('"working"', '"weekdays"', "E-POLICY-VALUE", "values.publish_unit", id="unknown unit"),
        pytest.param(
            'task = "approver"', 'task = "x"', "E-POLICY-VALUE", "values.approvals", id="unknown role"
        ),
        pytest.param('"xize-2023"', '"细则"', "E-POLICY-VALUE", "policy", id="id not in the grammar"),
        pytest.param("[clauses]", "[clauses", "E-POLICY-TOML", "", id="no TOML"),
    ],
)
def test_a_wrong_file_is_refused_by_name(old: str, new: str, code: str, names: str) -> None:
    assert old in S0
    with pytest.raises(LiuhenError) as caught:
        policy.parse(S0.replace(old, new, 1).encode(), "细则.toml")
    assert caught.value.code == code
    assert caught.value.exit is Exit.UNREADABLE
    assert names in caught.value.english()


def test_a_table_that_is_no_table_is_refused() -> None:
    with pytest.raises(LiuhenError, match="values"):
        policy.parse(b"policy='a'\ntitle='b'\ndocument='c'\nvalues=1\nclauses={}", "x")


def test_gbk_bytes_and_unknown_names_are_told(tmp_path: Path) -> None:
    with pytest.raises(LiuhenError) as caught:
        policy.parse(S0.encode("gbk"), "x")
    assert caught.value.code == "E-POLICY-TOML"
    with pytest.raises(LiuhenError) as caught:
        policy.profile("s9")
    assert (caught.value.code, "s0" in str(caught.value.params)) == ("E-POLICY-PROFILE", True)
    with pytest.raises(LiuhenError) as caught:
        policy.read_policy(tmp_path / "none.toml")
    assert caught.value.code == "E-POLICY-FILE"


def test_every_value_of_a_policy_is_told_in_words_with_its_clause() -> None:
    read = policy.profile("s0")
    told = explain(read.values, read.clauses)
    assert ("抽查比例原则上不低于3%，低于的须写明理由并经批准（细则第九条）。") in [zh for zh, _ in told]
    chinese = "".join(zh for zh, _ in told)
    for clause in read.clauses.values():
        assert clause in chinese
    named = {name for names in SENTENCES for name in names}
    assert named == POLICY_VALUES.checks.keys()


def test_a_value_this_version_does_not_know_is_told_as_it_stands() -> None:
    assert explain({"new_value": 7}, {}) == [("new_value：7。", "new_value: 7.")]

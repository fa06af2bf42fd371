"""The report: its verdict follows from the checks, its two forms say the same."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from verifier import wording
from verifier.errors import Exit
from verifier.report import (
    Acts,
    Anchor,
    Basis,
    Category,
    Check,
    DrawState,
    Finding,
    Location,
    Outcome,
    Report,
    Status,
    Verdict,
    read_anchors,
    strongest,
)
from verifier.rules import rules
from verifier.wording import Text, printable

SCHEMA = json.loads(Path("specs/report.schema.json").read_text("utf-8"))
ROOT = "ab" * 32


@dataclass(frozen=True)
class Rule:
    """A rule as the catalogue has it."""

    id: str = "draw.seed"
    category: str = "fairness"
    required: bool = True
    zh: str = "摇号种子由启封随机数和公开值算出"
    en: str = "The seed follows from the reveals and the public value"


def check(status: Status, required: bool = True, **more: object) -> Check:
    """One check of a rule."""
    return replace(Check.of(Finding("draw.seed", status), Rule(required=required)), **more)  # type: ignore[arg-type]


def report(*checks: Check, **more: object) -> Report:
    """A report with these checks."""
    return Report(subject=ROOT, tool_version="liuhen 0.1.0", checks=checks, **more)  # type: ignore[arg-type]


FULL = report(
    check(Status.PASS),
    check(Status.FAIL, location=Location(7, "draw/D-1"), expected="e" * 64, found="f" * 64),
    check(Status.WARN, required=False, rule="policy.min-rate", category=Category.COMPLIANCE),
    check(
        Status.FAIL, rule="bundle.hashes", category=Category.INTEGRITY, location=Location(file="README.txt")
    ),
    ledger="cd" * 32,
    head=f"12:{ROOT}",
    last_time="2026-03-01T10:00:00+08:00",
    anchor=Anchor(Basis.HEAD, f"12:{ROOT}"),
    tail=3,
    outcomes=(
        Outcome("D-2", "T-2", DrawState.ELSEWHERE, 0),
        Outcome(
            "D-1", "T-1", DrawState.COMPLETED, 2, "ef" * 32, ("张三（监督局）", "李四（发改局）"), "balls:7"
        ),
        Outcome("D-3", "T-3", DrawState.OPEN, 1, "", ("张三（监督局）",)),
    ),
    not_unsealed=1,
    elsewhere=1,
    acts=Acts(5, 1, 2),
    founders=("h2", "h1"),
    unproven=(Text("纸面签名未核对笔迹。", "Handwriting was not compared."),),
    practice=True,
)

VERDICTS = {
    "nothing was checked": ([], Verdict.INCONCLUSIVE),
    "only what is not required passed": ([(Status.PASS, False)], Verdict.INCONCLUSIVE),
    "nothing applied": ([(Status.NA, True)], Verdict.INCONCLUSIVE),
    "nothing was due": ([(Status.NOT_DUE, True)], Verdict.INCONCLUSIVE),
    "all passed": ([(Status.PASS, True), (Status.PASS, False)], Verdict.PASS),
    "a warning": ([(Status.PASS, True), (Status.WARN, True)], Verdict.PASS),
    "not due": ([(Status.PASS, True), (Status.NOT_DUE, True)], Verdict.PASS),
    "not applicable": ([(Status.PASS, True), (Status.NA, True)], Verdict.PASS),
    "material missing": ([(Status.PASS, True), (Status.INCONCLUSIVE, True)], Verdict.INCONCLUSIVE),
    "material missing that is not required": (
        [(Status.PASS, True), (Status.INCONCLUSIVE, False)],
        Verdict.PASS,
    ),
    "a failure": ([(Status.PASS, True), (Status.FAIL, True)], Verdict.FAIL),
    "failure and material missing": ([(Status.INCONCLUSIVE, True), (Status.FAIL, True)], Verdict.FAIL),
    "a failure that is not required": ([(Status.PASS, True), (Status.FAIL, False)], Verdict.PASS),
}


@pytest.mark.parametrize(("statuses", "verdict"), VERDICTS.values(), ids=VERDICTS.keys())
def test_the_verdict_when(statuses: list[tuple[Status, bool]], verdict: Verdict) -> None:
    assert report(*(check(status, required) for status, required in statuses)).verdict is verdict


@pytest.mark.parametrize("required", [True, False])
def test_strict_makes_a_warning_fail(required: bool) -> None:
    checks = (check(Status.PASS), check(Status.WARN, required))
    assert report(*checks).verdict is Verdict.PASS
    assert report(*checks, strict=True).verdict is Verdict.FAIL
    assert report(check(Status.PASS), check(Status.NOT_DUE), strict=True).verdict is Verdict.PASS


def test_an_anchor_that_does_not_match_fails() -> None:
    assert report(check(Status.PASS), anchor=Anchor(Basis.ID, ROOT, matches=False)).verdict is Verdict.FAIL


def test_verdicts_have_the_exit_codes_of_the_design() -> None:
    assert [verdict.exit for verdict in Verdict] == [Exit.PASS, Exit.FAIL, Exit.INCONCLUSIVE]


CHECKS = st.builds(check, st.sampled_from(Status), st.booleans())


@given(st.lists(CHECKS), CHECKS, st.booleans())
def test_a_further_check_never_turns_failure_into_something_better(
    checks: list[Check], more: Check, strict: bool
) -> None:
    before, after = report(*checks, strict=strict).verdict, report(*checks, more, strict=strict).verdict
    assert before is not Verdict.FAIL or after is Verdict.FAIL


def test_the_strongest_anchor_is_named_and_a_wrong_one_before_it() -> None:
    id_, head, cosigned = (Anchor(kind, "x") for kind in (Basis.ID, Basis.HEAD, Basis.COSIGNED))
    assert strongest([]).kind is Basis.SELF
    assert strongest([id_, cosigned, head]) is cosigned
    wrong = replace(id_, matches=False)
    assert strongest([wrong, cosigned, head]) is wrong


def test_anchors_are_read_as_people_type_them() -> None:
    grouped = " ".join([ROOT[i : i + 4].upper() for i in range(0, 64, 4)])
    anchors = read_anchors(grouped, f"12:{grouped.replace(' ', '-')}", ["key \n"])
    assert (anchors.id, anchors.head, anchors.cosigners) == (ROOT, (12, ROOT), ("key",))
    assert read_anchors(None, None) == replace(anchors, id=None, head=None, cosigners=())


@pytest.mark.parametrize("text", ["", "ab", ROOT + "0", ROOT[:-1] + "g", "０" * 64])
def test_an_anchor_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="--id"):
        read_anchors(text, None)
    with pytest.raises(ValueError, match="--head"):
        read_anchors(None, f"1:{text}")
    with pytest.raises(ValueError, match="--head"):
        read_anchors(None, f"01:{ROOT}")


@pytest.mark.parametrize("subject", [FULL, report()], ids=["full", "empty"])
def test_the_json_fits_its_schema(subject: Report) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(json.loads(subject.to_json()))


def test_the_schema_refuses_another_field_and_a_missing_one() -> None:
    document = json.loads(FULL.to_json())
    for damaged in ({**document, "more": 1}, {key: document[key] for key in document if key != "tail"}):
        assert not Draft202012Validator(SCHEMA).is_valid(damaged)


def test_equal_reports_give_equal_json_whatever_the_order_of_their_parts() -> None:
    shuffled = replace(FULL, checks=FULL.checks[::-1], outcomes=FULL.outcomes[::-1], founders=("h1", "h2"))
    assert shuffled.to_json() == FULL.to_json()
    assert FULL.to_json().endswith("}\n")


def test_checks_stand_in_the_order_of_the_catalogue() -> None:
    catalogue = [Check.of(Finding(name, Status.PASS), rule) for name, rule in rules().items()]
    assert [check.rule for check in report(*reversed(catalogue)).sorted_checks()] == list(rules())


def test_no_hostile_character_stands_raw_in_the_json() -> None:
    hostile = "\x1b[2J\x9b\u202e\ufeff\ud800\n"
    said = report(check(Status.FAIL, found=hostile)).to_json()
    assert not (set(hostile) - set("[2J\n")) & set(said)
    assert json.loads(said)["checks"][0]["found"] == hostile


def test_the_fields_stand_in_the_order_of_the_schema() -> None:
    document = json.loads(FULL.to_json())
    assert list(document) == SCHEMA["required"]
    assert list(document["checks"][0]) == SCHEMA["properties"]["checks"]["items"]["required"]


def test_the_chinese_text_says_verdict_anchor_place_g_and_limits() -> None:
    text = FULL.to_text()
    first = text.splitlines()[0]
    assert first.startswith("【演练】核验不通过。已与读者提供的台账指纹比对，一致。")
    assert "有 1 次抽取尚未启封公开" in first and "外部平台抽取" in first
    assert "第 7 条记录，记录流 draw/D-1" in text
    assert "应为：" + "e" * 64 in text and "实为：" + "f" * 64 in text
    assert "可选结果数 g = 2" in text and "摇号种子 " + "ef" * 32 in text
    assert "最多看到 2 种结果" in text and "公开值 balls:7" in text
    assert "抽取 D-2（任务 T-2）：随机性未能证明（外部平台抽取）" in text
    assert "最后 3 条记录" in text
    assert "未能证明的事项" in text and "纸面签名未核对笔迹。" in text
    assert text.splitlines()[-1].startswith("下一步：")


def test_the_english_text_says_the_same() -> None:
    text = FULL.to_text("en")
    assert text.startswith("[PRACTICE] Verification failed. The head given by the reader was compared")
    assert "entry 7, stream draw/D-1" in text and "g = 2" in text and "Next step: " in text
    assert "Handwriting was not compared." in text


def test_without_an_anchor_the_sentence_says_so() -> None:
    sound = report(check(Status.PASS))
    assert "未与其他途径取得的台账编号或台账指纹比对" in sound.sentence()
    assert "no ledger id or head from elsewhere" in sound.sentence("en")
    assert wording.UNPROVEN_SELF in sound.limits()
    assert "--head" in sound.to_text().splitlines()[-1]


def test_checks_that_pass_are_only_counted_and_many_failures_are_cut() -> None:
    text = report(
        *[check(Status.PASS)] * 3, *[check(Status.FAIL, location=Location(i)) for i in range(50)]
    ).to_text()
    assert "通过 3 项, 不通过 50 项" in text
    assert text.count("[不通过]") == 1
    assert text.count("位置：") == 10
    assert "另有 40 处同类问题" in text


def test_what_a_bundle_says_cannot_move_the_cursor() -> None:
    hostile = "a\x1b[2J\nb\u202e\u200b" + "x" * 500
    text = report(check(Status.FAIL, found=hostile, location=Location(stream="s\x07"))).to_text()
    assert not {"\x1b", "\u202e", "\u200b", "\x07"} & set(text)
    assert printable(hostile).startswith("a\\u001b[2J\\u000ab\\u202e\\u200bx")
    assert printable("名单" * 10) == "名单" * 10


@pytest.mark.parametrize(("verdict", "kind", "matches"), list(product(Verdict, Basis, [True, False])))
def test_every_sentence_exists_in_both_languages(verdict: Verdict, kind: Basis, matches: bool) -> None:
    text = wording.ANCHOR[kind.label, matches]
    assert text.zh and text.en and wording.VERDICT[verdict.value].zh


def test_every_text_can_be_shown_on_a_gbk_console() -> None:
    texts = [value for value in vars(wording).values() if isinstance(value, Text)]
    for table in (wording.VERDICT, wording.CATEGORY, wording.STATUS, wording.STATE, wording.NEXT_STEP):
        texts += table.values()
    texts += wording.ANCHOR.values()
    assert len(texts) > 50
    for text in texts:
        text.zh.encode("gbk")
        text.en.encode("ascii")


def test_every_status_category_and_state_has_its_word() -> None:
    assert set(wording.STATUS) == {status.value for status in Status}
    assert set(wording.CATEGORY) == {category.value for category in Category}
    assert set(wording.STATE) == {state.value for state in DrawState}
    assert set(wording.NEXT_STEP) == {"self", "anchored", "fail", "inconclusive"}


def test_a_finding_is_joined_with_its_own_rule_only() -> None:
    with pytest.raises(ValueError, match=r"draw\.cut"):
        Check.of(Finding("draw.cut", Status.PASS), Rule())

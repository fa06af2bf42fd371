"""`liuhen replay`: the ledger as it was, what changed, which entry or day broke a rule; the timeline."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cli.main import run
from ledger.audit.bisect import bisect
from ledger.audit.moment import moment
from ledger.audit.source import Source, opened
from ledger.audit.state import difference, state
from ledger.audit.timeline import page
from ledger.commands import bundles, plans
from tests.office import Office, digest, made_up_code, subject
from verifier import facts as f
from verifier.errors import Exit, LiuhenError
from verifier.facts import Facts, MemoryFacts
from verifier.law.judge import Judge
from verifier.rules import rules

TABLES = (f.HEAD, f.LEDGER, f.KEYS, f.PLANS, f.TASKS, f.DRAWS, f.FROZEN, f.TEAMS, f.VISITS, f.EDITS)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A year with an exclusion before the freeze; published in time until 2026-03-10."""
    made = Office(tmp_path_factory.mktemp("year"))
    made.ready()
    made.clock.go("2026-03-04")
    made.import_rows("subjects", [subject(number) for number in range(40, 50)])
    written = plans.exclude(made.book, made.clerk, "t1", made_up_code(0), "suspended", digest("依据"))
    made.confirm("approver", written)
    made.clock.go("2026-03-06")
    made.draw()
    made.clock.go("2026-03-10")
    made.publish([made.visit(one) for one in made.drawn()])
    bundles.export(made.book, made.log, made.folder / "包.zip", inspector=True)
    return made


def path(office: Office) -> Path:
    return office.folder / "台账 ledger.db"


def seq_of(office: Office, type_: str) -> int:
    return next(e.body.seq for e in office.book.entries() if e.body.type == type_)


def known(facts: Facts) -> dict[str, list[tuple[str, object]]]:
    tables: list[f.Table[object]] = [*TABLES, f.register("subjects")]  # type: ignore[list-item]
    return {table.name: list(facts.rows(table)) for table in tables}


def judged(source: Source, size: int) -> MemoryFacts:
    facts = MemoryFacts()
    judge = Judge(facts, source.open)
    for entry in source.entries():
        if entry.body.seq < size:
            judge.judge(entry)
    return facts


def test_what_is_followed_is_what_the_judge_knows(office: Office) -> None:
    with opened(path(office)) as source:
        for size in range(1, source.size + 1, 7):
            assert known(source.followed(size)) == known(judged(source, size))
        of_entries, of_views = known(source.followed(source.size)), known(source.facts())
        assert of_entries.keys() == of_views.keys()
        for name in of_entries.keys() - {"frozen"}:  # whose rows the views hold as lists
            assert of_entries[name] == of_views[name], name


def test_the_state_at_an_entry_knows_nothing_of_what_came_later(office: Office) -> None:
    frozen = seq_of(office, "draw.frozen")
    with opened(path(office)) as source:
        before, after = (state(source, moment(source, str(seq))) for seq in (frozen - 1, frozen))
    assert [d.state for d in before.draws] == []
    assert [(d.name, d.state, d.g) for d in after.draws] == [("d1", "frozen", 0)]
    assert {one.register: one.rows for one in after.lists}["subjects"] == 50
    assert {p.holder: p.roles for p in after.people}["qian-clerk"] == ("clerk",)


def test_a_day_ends_after_its_last_entry_and_a_day_without_entries_stands_still(office: Office) -> None:
    last = max(e.body.seq for e in office.book.entries() if e.body.time[:10] == "2026-03-04")
    with opened(path(office)) as source:
        assert moment(source, "2026-03-04").size == moment(source, "2026-03-05").size == last + 1
        assert {one.register: one.rows for one in state(source, moment(source, "2026-03-03")).lists}[
            "subjects"
        ] == 40


def test_what_was_due_is_judged_as_of_the_day_asked_for(office: Office) -> None:
    executed = seq_of(office, "draw.executed")
    with opened(path(office)) as source:
        dues = state(source, moment(source, str(executed))).dues
    assert {(d.rule, d.status.value) for d in dues} == {("visit.complete", "not_due")}


def test_bundle_and_ledger_give_the_same_state(office: Office) -> None:
    for when in ("2026-03-04", "10", str(office.book.store.head().size - 1)):
        with opened(path(office)) as a, opened(office.folder / "包.zip") as b:
            assert state(a, moment(a, when)) == state(b, moment(b, when))


def test_a_difference_names_rows_and_steps(office: Office) -> None:
    with opened(path(office)) as source:
        found = list(difference(source, moment(source, "2026-03-03"), moment(source, "2026-03-06")))
    assert {(c.kind, c.how) for c in found} == {("register/subjects", "added"), ("draw", "added")}
    assert {c.name for c in found if c.kind == "register/subjects"} == {
        made_up_code(n) for n in range(40, 50)
    }


def test_a_deadline_is_found_by_its_day(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready()
    office.draw()
    office.clock.go("2026-12-15")
    office.book.ask_gap = lambda _last, _now: True
    office.import_rows("subjects", [subject(99)])
    with opened(path(office)) as source:
        broken = bisect(source, rules()["visit.complete"])
        assert bisect(source, rules()["draw.cut"]) is None
    assert broken is not None
    assert broken.day == "2026-11-01"
    assert broken.seq == seq_of(office, "draw.executed")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--at", "2020-01-01"], "E-REPLAY-BEFORE"),
        (["--at", "99999"], "E-REPLAY-SEQ"),
        (["--at", "yesterday"], "E-REPLAY-MOMENT"),
        (["bisect", "--rule", "no.such"], "E-RULE-UNKNOWN"),
        (["bisect", "--rule", "bundle.files"], "E-REPLAY-FILES"),
    ],
)
def test_what_cannot_be_replayed_is_said_plainly(
    words: list[str], code: str, office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-L", str(path(office)), "replay", *words]) == Exit.USAGE
    assert code in capsys.readouterr().err


def test_the_commands_answer_in_chinese_and_in_json(
    office: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    place = ["-L", str(path(office))]
    assert run([*place, "回放", "--at", "2026-03-06"]) == Exit.PASS
    out = capsys.readouterr().out
    for word in ("【各次摇号】", "已摇号", "检查对象名录库", "【当时的持钥人】", "现场监督人员"):
        assert word in out
    assert run([*place, "--json", "replay", "--at", "2026-03-06"]) == Exit.PASS
    told = json.loads(capsys.readouterr().out)
    assert told["draws"][0]["state"] == "executed" and told["moment"]["day"] == "2026-03-06"
    assert run([*place, "replay", "diff", "10", "2026-03-06"]) == Exit.PASS
    assert "已公示" in capsys.readouterr().out
    assert run([*place, "replay", "bisect", "--rule", "draw.seed"]) == Exit.PASS
    assert "都没有违反" in capsys.readouterr().out


def test_the_timeline_shows_year_draw_and_edits_without_script_or_network(office: Office) -> None:
    with opened(path(office)) as source:
        text = page(source, "zh")
    for word in (
        "2026 年一览",
        "名录变更",
        "封存名单",
        "抽中界线",
        "封存前后 30 日的名录变动",
        "剔除抽查对象",
    ):
        assert word in text
    assert "<script" not in text
    assert not re.search(r'(src|href)="|url\(|@import', text)
    assert text.count("<svg") == 4


@pytest.mark.parametrize("asked", [{"draw": "d9"}, {"year": 2019}])
def test_a_timeline_of_what_is_not_there_is_refused(asked: dict[str, str | int], office: Office) -> None:
    with opened(path(office)) as source, pytest.raises(LiuhenError) as caught:
        page(source, "zh", **asked)  # type: ignore[arg-type]
    assert caught.value.code in ("E-REPLAY-DRAW", "E-REPLAY-YEAR")


def test_a_person_s_trail_as_a_document_lists_duties_acts_and_limits(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    file = tmp_path / "钱二.html"
    assert run(["-L", str(path(office)), "trail", "钱二", "--html", str(file)]) == Exit.PASS
    text = file.read_text(encoding="utf-8")
    for word in ("密钥与职责", "经办人（fgj）", "核验未提出问题", "未能证明的事项", "封存名单"):
        assert word in text
    left = tmp_path / "户.html"
    assert run(["-L", str(path(office)), "trail", made_up_code(0), "--html", str(left)]) == Exit.PASS
    assert "未能列入的抽取" in left.read_text(encoding="utf-8")

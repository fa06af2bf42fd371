"""The draw, step by step at the counter: what each step says, and what is refused with which rule."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from ledger.book import Book
from ledger.commands import find
from ledger.commands.draws import secret_name
from ledger.commands.lists import import_records
from ledger.commands.records import draw_record
from ledger.forms import record_facts
from ledger.keystore import unlock
from tests.cli.room import APPROVER, CLERK, SUPERVISOR, Room, room
from tests.office import PASSPHRASE, digest, officer, subject
from verifier import facts as f


def freeze(room: Room) -> None:
    room.does("draw", "freeze", "--yes")


def commits(room: Room) -> None:
    freeze(room)
    room.does("draw", "commit")
    room.does("draw", "commit", by=SUPERVISOR)


def reveals(room: Room) -> None:
    commits(room)
    room.does("draw", "reveal", "--yes")
    room.does("draw", "reveal", "--yes", by=SUPERVISOR)


STEPS: dict[str, Callable[[Room], None]] = {
    "nothing": lambda _room: None,
    "freeze": freeze,
    "commits": commits,
    "reveals": reveals,
    "drawn": Room.draw_it,
}


def next_of(out: str) -> str:
    """The command of the last line, without ledger and keys."""
    return out.rsplit("Next: ", 1)[1].strip().split(" --as ", 1)[-1]


def test_the_question_is_shown_in_words_before_it_is_frozen(room: Room) -> None:
    out = room.does("draw", "freeze", "--yes")
    for told in (
        "Draw t1-d1, task t1: 管道安全检查",
        "20 in the pool, not less than 1/5: draw 4",
        "tag：油气",
        "钱二 (qian-clerk)",
        "李四 (li-supervisor)",
        "Pool: 20, root ",
        "M (read it aloud and compare): ",
    ):
        assert told in out
    assert next_of(out) == "qian-clerk draw commit t1-d1"


def test_each_step_names_who_is_missing_and_the_next_command_works(room: Room) -> None:
    freeze(room)
    out = room.does("draw", "commit")
    assert "李四 (li-supervisor) have yet to seal" in out
    assert next_of(out) == "li-supervisor draw commit t1-d1"
    out = room.does("draw", "commit", by=SUPERVISOR)
    assert next_of(out) == "qian-clerk draw reveal t1-d1"
    room.does("draw", "reveal", "--yes")
    out = room.does("draw", "show", by="")
    assert "everything sealed; 李四 (li-supervisor) have yet to open" in out
    out = room.does("draw", "reveal", "--yes", by=SUPERVISOR)
    assert next_of(out).endswith("draw run t1-d1")
    out = room.does("draw", "run", "--yes")
    assert "Seed: " in out
    assert "(g): 1 — clean" in out
    assert out.count("演示企业") == 4
    assert next_of(out).endswith("draw record t1-d1")


def test_steps_done_before_are_not_done_again(room: Room) -> None:
    freeze(room)
    room.does("draw", "commit")
    size = room.size()
    assert "had sealed it before" in room.does("draw", "commit")
    room.does("draw", "commit", by=SUPERVISOR)
    room.does("draw", "reveal", "--yes")
    assert "had opened it before" in room.does("draw", "reveal", "--yes")
    room.does("draw", "reveal", "--yes", by=SUPERVISOR)
    room.does("draw", "run", "--yes")
    assert "was run before" in room.does("draw", "run")
    assert room.size() == size + 4


def test_show_and_list_answer_in_json(room: Room) -> None:
    room.draw_it()
    shown = room.json("draw", "show")
    assert (shown["draw"], shown["g"], shown["state"], len(shown["drawn"])) == ("t1-d1", 1, "executed", 4)
    assert [row["ticket"] for row in shown["drawn"]] == sorted(row["ticket"] for row in shown["drawn"])
    assert shown["drawn"][-1]["ticket"] == shown["strata"][0]["cut"]
    listed = room.json("draw", "list")
    assert [(d["draw"], d["k"], d["n"]) for d in listed["draws"]] == [("t1-d1", 4, 20)]


def test_the_ceremony_answers_in_json_alone(room: Room) -> None:
    answer = room.json("draw", "ceremony", "--yes")
    assert answer["g"] == 1
    assert answer["next"].endswith("draw record t1-d1")


REFUSALS = {
    "no such task": ("nothing", "freeze --task t9 --yes", CLERK, "E-TASK-UNKNOWN", 9),
    "no such draw": ("nothing", "show d9", CLERK, "E-DRAW-UNKNOWN", 9),
    "a commit before the freeze": ("nothing", "commit", CLERK, "E-DRAW-NONE", 9),
    "a record before the draw": ("nothing", "record", CLERK, "E-DRAW-NONE", 9),
    "an unknown party": ("nothing", "freeze --yes --party nobody", CLERK, "E-KEY-HOLDER", 9),
    "nobody who watches": (
        *("nothing", f"freeze --yes --party {CLERK} --party {APPROVER}"),
        *(CLERK, "draw.parties", 9),
    ),
    "a freeze by the supervisor": ("nothing", "freeze --yes", SUPERVISOR, "E-DRAW-PARTIES", 9),
    "a freeze by an observer": (
        *("nothing", f"freeze --yes --party {CLERK} --party {SUPERVISOR}"),
        *("zhou-observer", "role.permitted", 9),
    ),
    "a freeze without an answer": ("nothing", "freeze", CLERK, "E-STOPPED", 8),
    "a second open draw": ("freeze", "freeze --task t1 --yes", CLERK, "draw.once", 9),
    "a commit by no party": ("freeze", "commit", APPROVER, "E-DRAW-NOT-PARTY", 9),
    "a reveal before the own commit": ("freeze", "reveal --yes", CLERK, "E-DRAW-NOT-SEALED", 9),
    "a draw before the commits": ("freeze", "run --yes", CLERK, "E-DRAW-NOT-READY", 9),
    "a draw before the reveals": ("commits", "run --yes", CLERK, "E-DRAW-NOT-READY", 9),
    "a value that was not announced": ("commits", "public-value --value 1", CLERK, "draw.public-value", 9),
    "a reveal by no party": ("commits", "reveal --yes", APPROVER, "E-DRAW-NOT-PARTY", 9),
    "a reveal without an answer": ("commits", "reveal", CLERK, "E-STOPPED", 8),
    "a draw by the approver": ("reveals", "run --yes", APPROVER, "role.permitted", 9),
    "an abort by the admin": (
        *("commits", "abort --cause equipment --yes"),
        *("zhao-admin", "draw.abort", 9),
    ),
    "a cause not in the list": ("commits", "abort --cause mood", CLERK, "", 2),
    "unsealing before the draw": ("commits", "unseal t1-d1 --yes", CLERK, "E-DRAW-OPEN", 9),
    "unsealing what was never sealed": ("drawn", "unseal --yes", CLERK, "draw.sealing", 9),
}


@pytest.mark.parametrize(("prepare", "command", "by", "code", "exit_code"), REFUSALS.values(), ids=REFUSALS)
def test_what_is_not_allowed_is_refused_with_the_rule_and_the_next_step(
    room: Room, prepare: str, command: str, by: str, code: str, exit_code: int
) -> None:
    STEPS[prepare](room)
    told = room.refused("draw", *command.split(), by=by, exit_code=exit_code)
    if code:
        assert f"Code: {code}" in told
        assert "What to do: " in told


def test_one_commit_is_not_enough_to_open_a_random_number(room: Room) -> None:
    freeze(room)
    room.does("draw", "commit")
    told = room.refused("draw", "reveal", "--yes")
    assert "Code: draw.order" in told
    assert "every party has committed" in told


def test_a_random_number_that_was_not_sealed_is_refused_and_the_right_one_still_works(room: Room) -> None:
    commits(room)
    draw = room.facts().get(f.DRAWS, "t1-d1")
    assert draw is not None
    signer = unlock(room.folder / "keys" / f"{CLERK}.key", PASSPHRASE)
    name = secret_name("t1-d1", draw.m)
    right = signer.secret(name)
    assert right
    signer.forget_secret(name)
    signer.keep_secret(name, "0" * 64)
    assert "Code: draw.reveal" in room.refused("draw", "reveal", "--yes")
    signer.forget_secret(name)
    signer.keep_secret(name, right)
    room.does("draw", "reveal", "--yes")


@pytest.mark.parametrize("room", [{"seats": [("fgj", "-", 9), ("scj", "-", 1)]}], indirect=True)
def test_too_few_officers_are_named_and_nothing_is_asked(room: Room) -> None:
    for step in ("freeze", "ceremony"):
        told = room.refused("draw", step)
        assert "Code: draw.able" in told
        assert "Too few officers for 9 of fgj: 4 can go, 9 are needed." in told
        assert "liuhen officer list --department fgj" in told


@pytest.mark.parametrize("room", [{"seats": [("fgj", "-", 4), ("scj", "-", 4)]}], indirect=True)
def test_exactly_as_many_officers_as_seats_is_told(room: Room) -> None:
    assert "everybody is sent" in room.does("draw", "freeze", "--yes")


@pytest.mark.parametrize("room", [{"public": "dice:6"}], indirect=True)
def test_the_public_value_counts_when_somebody_who_watches_confirms_it(room: Room) -> None:
    commits(room)
    assert "Code: draw.order" in room.refused("draw", "reveal", "--yes")
    assert "public value is missing" in room.refused("draw", "run", "--yes")
    assert "Code: draw.public-value" in room.refused("draw", "public-value", "--value", "12")
    out = room.does("draw", "public-value", "--value", "482913")
    assert "waits for a supervisor or observer" in out
    step = next_of(out).split()
    assert step[:2] == [SUPERVISOR, "confirm"]
    room.does("confirm", step[2], by=SUPERVISOR)
    assert "in force already" in room.does("draw", "public-value", "--value", "482913")
    assert next_of(room.does("draw", "show", by="")) == "qian-clerk draw reveal t1-d1"


def test_an_abort_takes_an_approver_and_a_party_and_the_next_draw_has_another_id(room: Room) -> None:
    commits(room)
    out = room.does("draw", "abort", "--cause", "有一方未启封随机数", "--yes")
    step = next_of(out).split()
    assert step[0] == APPROVER
    assert "waits for its confirmation" in room.does("draw", "abort", "--cause", "party-missing")
    room.does("confirm", step[2], by=APPROVER)
    assert "aborted" in room.does("draw", "show", by="")
    assert "was aborted before" in room.does("draw", "abort", "--cause", "party-missing")
    out = room.does("draw", "freeze", "--yes")
    assert "g will be 2" in out
    assert "draw t1-d2" in out


def test_the_record_is_written_once_and_says_what_was_drawn(room: Room) -> None:
    room.draw_it()
    out = room.does("draw", "record", by="")
    path = Path("t1-d1-记录单.docx")
    assert str(path) in out
    document = zipfile.ZipFile(path).read("word/document.xml").decode()
    names = find.names_at_freeze(room.facts(), "t1-d1")
    for team in room.drawn():
        assert names[team.subject] in document
    assert "演示县发展和改革局" in document
    assert "Code: E-STOPPED" in room.refused("draw", "record", exit_code=8)
    room.does("draw", "record", "--yes")


def test_the_qr_code_of_the_record_says_draw_ledger_and_head(room: Room) -> None:
    room.draw_it()
    answer = room.json("draw", "record", "-o", "r.docx", by="")
    with zipfile.ZipFile("r.docx") as package:
        (name,) = [n for n in package.namelist() if n.startswith("word/media/")]
        image = Image.open(io.BytesIO(package.read(name))).convert("L")
    (code,) = zxingcpp.read_barcodes(image)
    with Book.open(room.ledger, read_only=True) as book:
        head, ledger = book.store.head(), book.entry(0).leaf.hex()
    assert code.text.split("\n") == ["liuhen:record:1", "t1-d1", ledger, f"{head.size}:{head.root.hex()}"]
    assert (answer["ledger"], answer["head"]) == (ledger, f"{head.size}:{head.root.hex()}")


def test_the_record_keeps_names_and_certificates_of_the_freeze(room: Room) -> None:
    room.draw_it()
    team = room.drawn()[0]
    with Book.open(room.ledger, clock=room.clock) as book:
        before = draw_record(book, "t1-d1")
        number = int(team.seats[0].removeprefix("off-"))
        changed = {**officer(number)[1], "certificate": "YS-NEW", "name": "改名"}
        moved = {**subject(0)[1], "address": "搬到别处", "name": "改名有限公司"}
        for register, row in (("officers", (team.seats[0], changed)), ("subjects", (team.subject, moved))):
            import_records(book, room.office.clerk, register, [row], reason="变更", source=digest(register))
        after = draw_record(book, "t1-d1")
    assert after.head != before.head
    assert (after.officers, after.subjects, after.teams) == (before.officers, before.subjects, before.teams)


@pytest.mark.parametrize("room", [{"sealed": True}], indirect=True)
def test_a_sealed_draw_is_recorded_only_where_its_openings_are_kept(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.draw_it()
    room.does("draw", "record", "--copies", 1, "--purpose", "存档")
    held = record_facts.draw_of
    monkeypatch.setattr(record_facts, "draw_of", lambda *named: replace(held(*named), outcome={}))
    assert "Code: E-RECORD-SEALED" in room.refused("draw", "record", "--yes")


@pytest.mark.parametrize("room", [{"teams": "groups", "groups": 2}], indirect=True)
def test_a_draw_in_groups_is_shown_with_its_groups(room: Room) -> None:
    out = room.does("draw", "freeze", "--yes")
    assert "2 groups, each of 1 of fgj、1 of scj" in out
    room.draw_it()
    assert len({team.seats for team in room.drawn()}) == 2


def test_a_refusal_in_json_names_the_rule(room: Room) -> None:
    freeze(room)
    assert room.run("--json", "draw", "run", "--yes") == 9
    assert json.loads(room.out)["error"]["code"] == "E-DRAW-NOT-READY"


__all__ = ["room"]


def test_the_pool_is_exported_and_drawn_by_another_engine(room: Room, tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    reveals(room)
    path = tmp_path / "待抽名单.parquet"
    assert f"written: {path}" in room.does("draw", "export", "--parquet", path)
    assert room.run("draw", "export", "--parquet", path) == 8
    assert room.run("draw", "run", "--yes", "--engine", "duckdb", "--at", "here") == 2
    assert room.facts().get(f.DRAWS, "t1-d1").state == "frozen"
    assert room.run("draw", "run", "--yes", "--engine", "duckdb") == 0
    held = room.facts().get(f.DRAWS, "t1-d1")
    answer = room.json("draw", "export", "--parquet", path, "--yes")
    assert answer["seed"] == held.outcome["seed"]
    assert answer["rows"] == sum(s["n"] for s in held.question["strata"])

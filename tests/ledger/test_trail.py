"""The trail of a subject, officer and person; what a subject would have had in a draw it was kept out of."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import run
from ledger.audit.missed import missed
from ledger.audit.source import opened
from ledger.audit.trail import trail
from ledger.commands import bundles, lists, plans
from tests.office import Office, digest, made_up_code
from verifier import draw as lot
from verifier import facts as f


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    made = Office(tmp_path_factory.mktemp("year"))
    made.year()
    bundles.export(made.book, made.log, made.folder / "包.zip", inspector=True)
    return made


def path(office: Office) -> Path:
    return office.folder / "台账 ledger.db"


def hows(office: Office, what: str, place: Path | None = None) -> list[tuple[str, str]]:
    with opened(place or path(office)) as source:
        return [(one.entry.body.type, one.how) for one in trail(source, what)]


def test_a_drawn_subject_is_followed_from_the_list_to_the_publication(office: Office) -> None:
    found = hows(office, office.drawn()[0])
    assert found[0] == ("import.closed", "added")
    kinds = [kind for kind, _ in found]
    for kind in ("draw.frozen", "draw.executed", "visit.recorded", "confirmed", "result.published"):
        assert kind in kinds
    assert ("draw.executed", "drawn") in found
    assert kinds.index("draw.executed") < kinds.index("visit.recorded") < kinds.index("result.published")


def test_bundle_and_ledger_give_the_same_trail(office: Office) -> None:
    for what in (office.drawn()[0], "qian-clerk", "fgj-01", "d1"):
        assert hows(office, what) == hows(office, what, office.folder / "包.zip")


def test_a_person_s_trail_holds_every_act_and_no_other(office: Office) -> None:
    key = office.clerk.key_id
    acts = (e.body for e in office.book.entries() if e.body.type != "import.chunk")
    signed = [body.seq for body in acts if body.actor == key]
    with opened(path(office)) as source:
        found = [one.entry.body.seq for one in trail(source, "qian-clerk")]
    assert set(signed) <= set(found)


def test_an_officer_is_found_in_rosters_and_teams(office: Office) -> None:
    team = next(row for _, row in office.book.facts().rows(f.TEAMS))
    found = hows(office, team.seats[0])
    assert ("draw.frozen", "on_roster") in found
    assert ("draw.executed", "seated") in found


def test_nobody_is_nowhere(office: Office) -> None:
    assert hows(office, "nobody") == []


def test_who_was_excluded_is_told_the_rank_it_would_have_had(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready()
    subject = made_up_code(0)
    written = plans.exclude(office.book, office.clerk, "t1", subject, "suspended", digest("依据"))
    office.confirm("approver", written)
    office.draw()
    with opened(path(office)) as source:
        (one,) = missed(source, subject)
    assert one.why == "excluded" and one.place is not None
    held, frozen = office.book.facts().get(f.DRAWS, "d1"), office.book.facts().get(f.FROZEN, "d1")
    assert held is not None and frozen is not None
    everybody = lot.order(held.outcome["seed"], [s for _, s, _ in frozen.pool] + [subject])
    assert [s for _, s in everybody].index(subject) + 1 == one.place.rank
    assert one.would_be_drawn == (one.place.rank <= one.place.k)


def test_who_was_taken_off_the_list_before_a_freeze_is_told_by_which_entry(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready()
    subject = made_up_code(0)
    lists.import_records(
        office.book,
        office.clerk,
        "subjects",
        [],
        removed=[subject],
        reason="注销",
        reviewer="sun-approver",
        source=digest("注销"),
    )
    office.draw()
    with opened(path(office)) as source:
        found = list(missed(source, subject))
        types = {e.body.seq: e.body.type for e in source.entries()}
    assert [one.why for one in found] == ["removed"]
    assert types[found[0].seq] == "import.closed"


def test_the_trail_is_told_in_chinese(
    office: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    at = str(path(office))
    assert run(["trail", office.drawn()[0], "--from", str(office.folder / "包.zip")]) == 0
    said = capsys.readouterr().out
    assert "列入名录" in said and "抽中" in said
    assert run(["-L", at, "trail", "没有这个"]) == 2
    assert run(["-L", at, "--json", "trail", "d1"]) == 0

"""Private content before the clerk and before an inspector: shown where its opening matches, else why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.main import run
from ledger.book import Book
from ledger.commands import bundles, find
from tests.bundles import GROUND, Year, erase, read_files, whole_year, write_files
from tests.cli.room import APPROVER, Room, room
from verifier.paths import OPENINGS
from verifier.private import Opening, decode_openings, encode_openings

__all__ = ["room"]

HELD = "000-0001"


class Reader:
    """An inspector who has a bundle, no ledger and no key, and reads Chinese."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def does(self, *words: object, code: int = 0) -> str:
        self.capsys.readouterr()
        assert run([str(word) for word in words]) == code
        return self.capsys.readouterr().out

    def json(self, *words: object, code: int = 0) -> Any:
        return json.loads(self.does("--json", *words, code=code))


@pytest.fixture
def reader(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Reader:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    monkeypatch.chdir(tmp_path)
    return Reader(capsys)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """A year whose officer off-01 had a telephone number, erased in the end."""
    return erase(whole_year(tmp_path_factory.mktemp("inspected")))


def bundle(year: Year, target: Path, state: str) -> Path:
    """The bundle for inspectors in which the telephone number of off-01 is in one of four states."""
    if state == "erased":
        return year.after
    held = list(decode_openings((year.inspector / OPENINGS).read_bytes()))
    openings = {
        "open": held,
        "missing": [one for one in held if one.value != HELD],
        "altered": [
            Opening(one.commitment, one.salt, "000-9999") if one.value == HELD else one for one in held
        ],
    }[state]
    files = {**read_files(year.inspector), OPENINGS: encode_openings(openings)}
    return write_files(target, year.resign(files))


SAID = {
    "open": f"{HELD}（私密）",
    "erased": f"（已依法删除，第 {{n}} 条记录，依据：{GROUND}）",
    "missing": "（私密，此处没有原文）",
    "altered": "（私密；所附原文与台账不符，不予显示）",
}


@pytest.mark.parametrize("state", SAID)
def test_a_trail_shows_the_state_of_a_private_field(
    year: Year, reader: Reader, tmp_path: Path, state: str
) -> None:
    place = bundle(year, tmp_path / "bundle", state)
    asked = ("trail", "off-01", "--from", str(place))
    told = reader.json(*asked)
    (held,) = [one for touch in told["touches"] for one in touch["private"] if one["field"] == "telephone"]
    assert held["state"] == state
    assert held["value"] == (HELD if state == "open" else None)
    assert held["ground"] == (GROUND if state == "erased" else None)
    said = SAID[state].format(n=held["erased"])
    page = tmp_path / "trail.html"
    out = reader.does(*asked, "--html", str(page))
    assert said in page.read_text("utf-8")
    assert said in out
    assert all("000-9999" not in text for text in (out, page.read_text("utf-8"), str(told)))


VERDICTS = {
    "open": ("pass", {}),
    "erased": ("pass", {}),
    "missing": ("pass", {"private.kept": "warn"}),
    "altered": ("fail", {"private.openings": "fail"}),
}


@pytest.mark.parametrize("state", VERDICTS)
def test_a_verification_says_the_state_of_private_content(
    year: Year, reader: Reader, tmp_path: Path, state: str
) -> None:
    place = bundle(year, tmp_path / "bundle", state)
    verdict, red = VERDICTS[state]
    code = 1 if verdict == "fail" else 0
    told = reader.json("verify", str(place), code=code)
    assert told["verdict"] == verdict
    found = {
        c["rule"]: c["status"] for c in told["checks"] if c["status"] in ("fail", "warn", "inconclusive")
    }
    assert found == red
    page = tmp_path / "report.html"
    out = reader.does("verify", str(place), "--html", str(page), code=code)
    for text in (out, page.read_text("utf-8")):
        assert (f"已删除 1 项，依据：{GROUND}" in text) == (state == "erased")
        assert ("附有原文，或已记明依据删除" in text) == (state == "missing")
        assert ("本台账的私密字段" in text or "private.openings" in text) >= (state == "altered")


def test_a_public_bundle_asks_nothing_of_openings(year: Year, reader: Reader) -> None:
    told = reader.json("verify", str(year.folder))
    asked = {check["rule"]: check["status"] for check in told["checks"]}
    assert asked["private.kept"] == asked["private.openings"] == "n/a"


def test_the_openings_are_gone_from_ledger_and_export(year: Year, tmp_path: Path) -> None:
    office = year.office
    assert HELD.encode() not in b"".join(path.read_bytes() for path in office.folder.glob("*.db*"))
    bundles.export(office.book, office.log, tmp_path / "again", inspector=True)
    assert HELD.encode() not in (tmp_path / "again" / OPENINGS).read_bytes()


def test_an_erasure_is_asked_for_and_approved(room: Room) -> None:
    room.does("officer", "change", "off-01", "--telephone", "000-0001", "--reason", "补录")
    told = room.json("private", "list", "off-01")
    assert [(one["field"], one["state"], one["value"]) for one in told["fields"]] == [
        ("telephone", "open", "000-0001")
    ]
    out = room.does("private", "erase", "off-01", "--field", "telephone", "--ground", GROUND, "--yes")
    assert "confirm" in out
    assert room.json("private", "list", "off-01")["fields"][0]["state"] == "open", "it waits"
    room.does("confirm", "--all", by=APPROVER)
    (one,) = room.json("private", "list", "off-01")["fields"]
    assert (one["state"], one["value"], one["ground"]) == ("erased", None, GROUND)
    assert GROUND in room.does("log", "show", one["entry"])
    assert "E-PRIVATE-NONE" in room.refused("private", "erase", "off-01", "--ground", GROUND, "--yes")
    said = room.refused(
        "private", "erase", "off-01", "--field", "shoe", "--ground", "x", "--yes", exit_code=2
    )
    assert "--field" in said


@pytest.mark.parametrize("room", [{"sealed": True}], indirect=True)
def test_what_a_sealed_draw_owes_the_public_is_not_erased(room: Room) -> None:
    room.draw_it()
    said = room.refused("private", "erase", "t1-d1", "--ground", GROUND, "--yes")
    assert "draw.sealing" in said


def test_private_fields_are_asked_for_by_name_too(room: Room) -> None:
    room.does("officer", "change", "off-01", "--telephone", "000-0001", "--reason", "补录")
    with Book.open(room.ledger, read_only=True) as book:
        by_name = room.json("private", "list", find.officer_name(book.facts(), "off-01"))
    assert by_name == room.json("private", "list", "off-01")
    assert by_name["what"] == "off-01" and by_name["fields"]
    assert room.json("private", "list", "off-02")["fields"] == []
    assert "E-TRAIL-NONE" in room.refused("private", "list", "无此人", exit_code=2)
    assert "E-TRAIL-NONE" in room.refused(
        "private", "erase", "无此人", "--ground", GROUND, "--yes", exit_code=2
    )

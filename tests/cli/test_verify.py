"""`liuhen verify` and `bundle export`: what is printed, compared and returned."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from ledger.store import NewEvent, Store
from tests.cli.counter import Counter, counter, office
from tests.ledger.ledger_events import ACTOR, KEY
from verifier.errors import Exit
from verifier.report import FORMAT

__all__ = ["counter", "office"]


@pytest.fixture
def exported(office: Counter) -> Counter:
    office.does("bundle", "export", office.folder / "核验包.zip")
    return office


def bundle(office: Counter) -> Path:
    return office.folder / "核验包.zip"


def test_the_export_names_a_verification_that_passes(office: Counter) -> None:
    answer = office.json("bundle", "export", bundle(office))
    report = office.json(*shlex.split(answer["next"])[3:])
    assert (report["verdict"], report["anchor"]) == ("pass", "head")
    assert (report["subject"], report["ledger"]) == (answer["subject"], answer["ledger"])


def test_the_head_is_printed_in_groups_and_read_in_groups(exported: Counter) -> None:
    out = exported.does("bundle", "export", bundle(exported)).splitlines()
    head = out[out.index("Head (number of entries: root):") + 1].strip()
    ledger = out[out.index("Ledger id:") + 1].strip()
    assert exported.run("verify", bundle(exported), "--head", head, "--id", ledger.upper()) == Exit.PASS


def test_the_ledger_is_verified_without_a_bundle(exported: Counter) -> None:
    of_bundle, of_ledger = exported.json("verify", bundle(exported)), exported.json("verify")
    assert of_ledger["format"] == FORMAT
    assert (of_ledger["head"], of_ledger["ledger"]) == (of_bundle["head"], of_bundle["ledger"])
    assert of_ledger["subject"] == of_ledger["head"].split(":")[1]
    assert "Ledger file" in exported.does("verify")


@pytest.mark.parametrize("at_the_ledger", [True, False])
def test_what_the_reader_knows_is_compared(exported: Counter, at_the_ledger: bool) -> None:
    what = [] if at_the_ledger else [bundle(exported)]
    report = exported.json("verify", *what)
    size, root = report["head"].split(":")
    good = [("--id", report["ledger"]), ("--head", report["head"])]
    bad = [("--id", "00" * 32), ("--head", f"{size}:{'00' * 32}"), ("--head", f"99:{root}")]
    assert [exported.run("verify", *what, *pair) for pair in good] == [Exit.PASS, Exit.PASS]
    assert [exported.run("verify", *what, *pair) for pair in bad] == [Exit.FAIL] * 3


@pytest.mark.parametrize(
    "option",
    [
        ("--id", "0"),
        ("--head", "4"),
        ("--head", "x:y"),
        ("--as-of", "2026-13-01"),
        ("--cosigner", "nobody"),
    ],
)
def test_an_option_in_the_wrong_form_is_wrong_usage(exported: Counter, option: tuple[str, str]) -> None:
    assert exported.run("verify", bundle(exported), *option) == Exit.USAGE
    assert option[0] in exported.err


def test_the_report_is_in_the_readers_language(exported: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exported.does("verify", bundle(exported)).startswith("Verification passed")
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    assert exported.does("verify", bundle(exported)).startswith("核验通过")


def test_a_damaged_bundle_never_passes(exported: Counter) -> None:
    data = bytearray(bundle(exported).read_bytes())
    for place in range(0, len(data), len(data) // 25):
        data[place] ^= 1
        bundle(exported).write_bytes(data)
        assert exported.run("verify", bundle(exported)) in (Exit.FAIL, Exit.UNREADABLE), place
        data[place] ^= 1


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), b"no bundle"])
def test_another_file_is_no_bundle(office: Counter, content: bytes) -> None:
    path = office.folder / "x.zip"
    path.write_bytes(content)
    assert office.run("verify", path) == Exit.UNREADABLE
    assert office.run("verify", office.folder / "nowhere") == Exit.UNREADABLE


def test_a_damaged_ledger_is_said_to_be_one(office: Counter) -> None:
    data = bytearray(office.ledger.read_bytes())
    data[100:] = bytes(len(data) - 100)
    office.ledger.write_bytes(data)
    for words in (("verify",), ("log", "list"), ("key", "list")):
        assert office.run(*words) == Exit.UNREADABLE, words
        assert "Traceback" not in office.err


def test_an_event_of_a_newer_version_is_inconclusive(office: Counter) -> None:
    with Store.open(office.ledger, types=frozenset(["future.kind"])) as store:
        event = NewEvent("future", "future.kind", {"x": 1}, bytes(16))
        with store.writing() as transaction:
            transaction.append([event], actor=ACTOR, sign=KEY.sign, time="2026-03-02T10:00:00+08:00")
    report = office.json("verify")
    found = {check["rule"]: check["status"] for check in report["checks"] if check["status"] != "pass"}
    assert found["entry.known"] == "inconclusive"


def test_an_inspectors_bundle_says_that_it_is_not_to_be_published(office: Counter) -> None:
    office.does("bundle", "export", "--inspector", office.folder / "检查.zip")
    assert "do not publish" in office.err
    assert office.run("verify", office.folder / "检查.zip") == Exit.PASS


def test_json_may_stand_anywhere(exported: Counter) -> None:
    for words in (("--json", "verify"), ("verify", "--json")):
        assert exported.run(*words) == Exit.PASS
        assert json.loads(exported.out)["verdict"] == "pass"

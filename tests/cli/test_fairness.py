"""`liuhen fairness`: bundles and ledgers tested without a key, as text, JSON and page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ledger import science
from ledger.commands import bundles
from tests.cli.clerk import Clerk
from tests.office import Office, made_up_code
from verifier.errors import Exit, LiuhenError

SUBJECT = made_up_code(0)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six draws in groups and six by visit of one office, the last of them sealed."""
    office = Office(tmp_path_factory.mktemp("office"))
    office.lists()
    office.policy()
    office.plan(p=1, q=5)
    for n in range(12):
        groups = {"teams": "groups", "groups": 2} if n % 2 else {}
        office.task(f"t{n}", **groups, sealed=n == 11)
        office.draw(f"d{n}", f"t{n}")
    path = tmp_path_factory.mktemp("bundles") / "核验包 2026.zip"
    bundles.export(office.book, office.log, path)
    bundles.export(office.book, office.log, path.with_name("检查用.zip"), inspector=True)
    office.book.close()
    return path


@pytest.fixture(scope="module")
def inspected(bundle: Path) -> Path:
    """The same for an inspector."""
    return bundle.with_name("检查用.zip")


def test_a_bundle_is_tested_in_chinese_and_nobody_is_accused(clerk: Clerk, bundle: Path) -> None:
    said = clerk.does("公平性", bundle, "--year", "2026", "--watch", SUBJECT)
    assert "11 次摇号" in said and "各企业的随机号" in said
    assert "1 次对本读者尚未解封的摇号" in said
    assert SUBJECT in said and "达到 20 即提示" in said
    assert "舞弊" not in said and "违规" not in said


def test_json_has_every_family_with_its_false_alarms(clerk: Clerk, bundle: Path) -> None:
    told = clerk.json("fairness", bundle)
    assert told["format"] == "liuhen-fairness/1"
    assert {"draws", "tickets", "families", "everybody", "watched"} <= told.keys()
    for one in told["families"]:
        assert one["expected_below_0.01"] == pytest.approx(one["tests"] / 100)
        assert one["false_alarms_at_most"] == pytest.approx(one["level"] * len(one["alarms"]))


def test_the_page_works_offline(clerk: Clerk, bundle: Path, tmp_path: Path) -> None:
    page = tmp_path / "公平性.html"
    clerk.does("fairness", bundle, "--html", page, "--watch", SUBJECT)
    text = page.read_text("utf-8")
    assert text.count("<svg") >= 3 and "<script" not in text
    assert "src=" not in text and "href=" not in text
    assert clerk.run("fairness", bundle, "--html", page) == Exit.STOPPED
    clerk.does("fairness", bundle, "--html", page, "--yes")


def test_who_reads_a_sealed_draw_is_told_to_keep_the_report_back(clerk: Clerk, inspected: Path) -> None:
    assert "其中 1 次摇号尚未对社会解封" in clerk.does("fairness", inspected)
    told = clerk.json("fairness", inspected)
    assert (told["draws"], told["still_sealed"], told["left_out"]) == (12, 1, {})


def test_groups_fixed_beforehand_are_named_by_their_hash(clerk: Clerk, bundle: Path, tmp_path: Path) -> None:
    file = tmp_path / "分组.csv"
    file.write_text(f"代码,分组\n{SUBJECT},甲\n{made_up_code(2)},甲\n{made_up_code(4)},乙\n", "utf-8")
    told = clerk.json("fairness", bundle, "--groups", file)
    family = next(one for one in told["families"] if one["id"] == "group-tickets")
    assert {one["key"] for one in family["smallest"]} == {"甲", "乙"}
    assert len(told["groups_file"]) == 64
    file.write_text("代码,分组\n,甲\n", "utf-8")
    assert clerk.run("fairness", bundle, "--groups", file) == Exit.UNREADABLE


def test_the_ledger_here_is_read_when_nothing_is_named(clerk: Clerk) -> None:
    assert clerk.run("fairness") == Exit.INCONCLUSIVE
    assert "没有本读者能看到结果的已摇出的摇号" in clerk.err


def test_a_year_without_draws_and_an_unknown_enterprise_are_told(clerk: Clerk, bundle: Path) -> None:
    assert clerk.run("fairness", bundle, "--year", "2020") == Exit.INCONCLUSIVE
    assert clerk.run("fairness", bundle, "--watch", made_up_code(999)) == Exit.USAGE


def test_without_scipy_a_person_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    science.require()
    monkeypatch.setattr(science, "NEEDED", ("numpy", "no_such_package"))
    with pytest.raises(LiuhenError) as caught:
        science.require()
    assert caught.value.params == {"names": "no_such_package"} and "liuhen[audit]" in caught.value.remedy


def test_other_commands_need_no_scipy() -> None:
    """The command line loads without scipy: it is an extra."""
    loaded = (
        "import sys, cli.main, cli.commands.fairness, cli.commands.forensics; print('scipy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

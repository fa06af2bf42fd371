"""`liuhen audit`: doubts of a whole ledger as text, JSON and page; nothing is accused, nothing is written."""

from __future__ import annotations

import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.audit.detectors.doubt import detectors
from ledger.commands import bundles, draws
from tests.cli.clerk import Clerk
from tests.office import Office, made_up_code
from verifier.errors import Exit

GONE = [made_up_code(n) for n in range(0, 40, 4)]
"""Half of the 20 enterprises that the task is about."""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger whose clerk took half the pool off the list three days before a draw of nine in ten."""
    office = Office(tmp_path_factory.mktemp("台账 ledger"))
    office.lists()
    office.policy()
    office.plan(p=9, q=10)
    office.task("t1")
    office.clock.go("2026-03-05")
    office.import_rows("subjects", [], removed=GONE)
    office.clock.go("2026-03-08")
    office.draw("d1", "t1")
    bundles.export(office.book, office.log, office.folder / "核验包.zip")
    office.book.close()
    return office.folder / "台账 ledger.db"


def test_doubts_stand_by_weight_with_entries_and_what_to_ask(clerk: Clerk, ledger: Path) -> None:
    said = clerk.does("疑点筛查", ledger)
    assert detectors()["lists.left-before-freeze"].title[0] in said and "3天" in said and "qian-clerk" in said
    assert "先问：" in said and "不是对任何人的结论" in said
    assert "舞弊" not in said and "违规" not in said
    assert sum(code in said for code in GONE) == 5, "the screen tells five, the page and JSON all"


def test_bundle_and_ledger_give_the_same_doubts(clerk: Clerk, ledger: Path) -> None:
    of_ledger, of_bundle = (
        clerk.json("audit", path, "--only", "lists.left-before-freeze")
        for path in (ledger, ledger.with_name("核验包.zip"))
    )
    assert of_ledger["format"] == "liuhen-audit/1"
    assert of_ledger["doubts"] == of_bundle["doubts"] != []
    first = of_ledger["doubts"][0]
    assert first["weight"] == "light" and first["about"][0] == "d1" and first["about"][1] in GONE
    assert [one["type"] for one in first["entries"]] == ["import.closed", "draw.frozen", "draw.executed"]


def test_a_threshold_decides_whether_there_is_a_doubt(clerk: Clerk, ledger: Path) -> None:
    def doubts(days: int) -> int:
        only = ("--only", "lists.left-before-freeze", "--threshold", f"lists.left-before-freeze.days={days}")
        return len(clerk.json("audit", ledger, *only)["doubts"])

    assert doubts(2) == 0 < doubts(3)


def test_a_threshold_that_the_office_sets_for_itself_is_said_with_the_way_round_it(
    clerk: Clerk, tmp_path: Path
) -> None:
    (tmp_path / "其他单位").mkdir()
    office = Office(tmp_path / "其他单位")
    office.lists()
    office.policy(doubts=[["draw.repeated.asked", 3], ["lists.left-before-freeze.days", 1]])
    office.plan()
    office.task()
    office.draw()
    office.book.close()
    path, page = office.book.store.path, tmp_path / "疑点.html"
    said = clerk.does("audit", path, "--html", page)
    way_round = ("--threshold", "lists.left-before-freeze.days=7")
    for told in (said, page.read_text("utf-8")):
        assert "lists.left-before-freeze.days＝1（通常 7）" in told and " ".join(way_round) in told
        assert "draw.repeated.asked＝3（" not in told, "it sets what is usual"
    assert clerk.json("audit", path)["of_policy"] == {"lists.left-before-freeze.days": {"set": 1, "usual": 7}}
    instead = clerk.does("audit", path, *way_round, "--html", page, "--yes")
    for told in (instead, page.read_text("utf-8")):
        assert "自行规定的界限" not in told
        assert "改用的界限（--threshold）：lists.left-before-freeze.days＝7（原为 1）" in told
    chosen = clerk.json("audit", path, *way_round)["chosen"]
    assert chosen == {"lists.left-before-freeze.days": {"set": 7, "usual": 1}}
    assert "改用的界限" not in said


def test_no_doubt_says_how_much_was_asked_and_of_which_year(clerk: Clerk, ledger: Path) -> None:
    only = ("--only", "draw.repeated", "--year", "2026")
    said = clerk.does("audit", ledger, *only)
    assert "筛查了 1 项，没有发现疑点" in said and "· 2026" in said.splitlines()[0]


def test_a_year_without_an_entry_is_not_called_clean(clerk: Clerk, ledger: Path, tmp_path: Path) -> None:
    for year in ("2019", "2027"):
        page = tmp_path / f"{year}.html"
        assert clerk.run("audit", ledger, "--year", year, "--html", page) == Exit.INCONCLUSIVE
        assert "E-AUDIT-EMPTY" in clerk.err and f"没有 {year} 年的记录" in clerk.err
        assert "没有发现疑点" not in clerk.out + clerk.err and not page.exists()


def test_what_several_kinds_of_doubts_are_about_is_named_and_counted(
    clerk: Clerk, ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.commands.audit.MET", 1)
    monkeypatch.setattr("ledger.audit.audit_page.MET", 1)
    met = [{"about": one, "detectors": ["draw.repeated", "result.night"]} for one in ("d1", "sun-approver")]
    both = [(one["about"], one["detectors"]) for one in met]
    monkeypatch.setattr("ledger.audit.audit.Audit.together", both[::-1])
    page = tmp_path / "疑点.html"
    for told in (clerk.does("audit", ledger, "--html", page), page.read_text("utf-8")):
        assert "sun-approver 孙" in told and "等 2 个" in told


def test_a_practice_ledger_is_marked(clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "演练").mkdir()
    office = Office(tmp_path / "演练", origin="practice/ledger.example.gov.cn/fgj")
    office.ready()
    office.draw("d1")
    office.book.close()
    path, page = office.book.store.path, tmp_path / "疑点.html"
    said = clerk.does("audit", path, "--html", page)
    assert said.startswith("【演练】") and "<h1>【演练】" in page.read_text("utf-8")
    for read in (("trail", "d1"), ("log", "list"), ("log", "show", "0")):
        assert clerk.does(*read, "--from", path).startswith("【演练】"), read
        assert clerk.json(*read, "--from", path)["practice"] is True


def test_the_page_needs_no_network_and_has_every_doubt(clerk: Clerk, ledger: Path, tmp_path: Path) -> None:
    page = tmp_path / "疑点 筛查.html"
    clerk.does("audit", ledger, "--html", page)
    held = page.read_text("utf-8")
    found = clerk.json("audit", ledger, "--only", "lists.left-before-freeze")["doubts"]
    assert all(one["zh"] in held for one in found)
    assert "<svg" in held and "<script" not in held and "http" not in held.replace("http://www.w3.org", "")


def test_detectors_are_listed_and_each_is_explained(clerk: Clerk) -> None:
    said = clerk.does("audit", "--list")
    for one in detectors().values():
        assert one.id in said
        told = clerk.does("audit", "--explain", one.id)
        assert one.ask[0] in told and one.harmless[0] in told and "{" not in told


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (("--only", "nothing.such"), "E-AUDIT-DETECTOR"),
        (("--explain", "nothing.such"), "E-AUDIT-DETECTOR"),
        (("--threshold", "nothing.such.days=1"), "E-AUDIT-THRESHOLD"),
        (("--threshold", "lists.left-before-freeze.days"), "“lists.left-before-freeze.days”"),
        (("--threshold", "lists.left-before-freeze.days=-1"), "“lists.left-before-freeze.days=-1”"),
    ],
)
def test_what_is_not_known_is_said(clerk: Clerk, ledger: Path, wrong: tuple[str, ...], code: str) -> None:
    assert clerk.run("audit", ledger, *wrong) == 2
    assert code in clerk.err


def test_a_ledger_without_a_draw_has_nothing_to_audit(clerk: Clerk) -> None:
    assert clerk.run("audit") == Exit.INCONCLUSIVE
    assert "E-AUDIT-EMPTY" in clerk.err


def test_what_does_not_pass_verification_is_to_be_settled_first(
    clerk: Clerk, ledger: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(ledger.with_name("核验包.zip")) as held:
        held.extractall(tmp_path / "核验包")
    (tmp_path / "核验包" / "README.txt").write_text("changed", "utf-8")
    assert clerk.run("audit", tmp_path / "核验包") == Exit.FAIL
    assert "请先处理核验发现的问题" in clerk.out
    assert f"verify {tmp_path / '核验包'}" in clerk.out.splitlines()[-1]
    assert clerk.run("audit", ledger) == Exit.PASS, "doubts are no verdict"


def test_a_changed_bundle_or_ledger_is_said_with_where_it_is_explained(
    clerk: Clerk, ledger: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(ledger.with_name("核验包.zip")) as held:
        held.extractall(tmp_path / "改过的核验包")
    bundle, damaged = tmp_path / "改过的核验包", tmp_path / "bad.db"
    (tile,) = (bundle / "tile/entries").rglob("*.p/*")
    tile.write_bytes(tile.read_bytes().replace(b"kind", b"kiXd", 1))
    damaged.write_bytes(ledger.read_bytes().replace(b"kind", b"kiXd"))
    for words, remedy in (
        (("audit", bundle), "verify"),
        (("audit", damaged), "doctor"),
        (("move", damaged, tmp_path / "x.db"), "doctor"),
    ):
        assert clerk.run(*words) == Exit.UNREADABLE, words
        place = bundle if remedy == "verify" else damaged
        assert "E-CODEC-KEY" in clerk.err and f"在哪里：{place}" in clerk.err, words
        assert f"liuhen {remedy} {place}" in clerk.err
    assert not (tmp_path / "x.db").exists()


def test_entries_that_are_not_told_are_counted(clerk: Clerk, ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "别处").mkdir()
    office = Office(tmp_path / "别处")
    office.ready()
    for number in range(6):
        office.freeze(f"d{number}")
        draws.commit(office.book, office.clerk, f"d{number}")
        office.confirm("approver", draws.abort(office.book, office.clerk, f"d{number}", "equipment"))
    office.draw("d9")
    office.book.close()
    said = clerk.does("audit", tmp_path / "别处" / "台账 ledger.db", "--only", "draw.repeated")
    assert "d0、d1、d2、d3、d4 等 6 次" in said and "另有 2 条)" in said


def test_no_file_is_changed(clerk: Clerk, ledger: Path) -> None:
    def state() -> dict[str, str]:
        return {p.name: sha256(p.read_bytes()).hexdigest() for p in ledger.parent.glob("*") if p.is_file()}

    before = state()
    clerk.does("audit", ledger)
    assert {name: state()[name] for name in before} == before

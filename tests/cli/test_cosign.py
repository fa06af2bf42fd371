"""Cosigners at the counter: by file, late, in the way of nothing but the draw that waits for them."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from ledger.book import Book
from ledger.commands import bundles, heads
from ledger.cosigning import cosigner as state
from ledger.cosigning import heads as kept_heads
from ledger.cosigning.cosigner import Cosigner
from ledger.cosigning.server import Server
from ledger.keystore import unlock
from tests.cli.clerk import Clerk
from tests.ledger.test_cosigning_http import running
from tests.office import PASSPHRASE
from verifier import facts as f
from verifier import note
from verifier.errors import Exit
from verifier.merkle import leaf_hash
from verifier.note import Vkey

NAME = "audit.example.gov.cn/jijian"
POLICY_FILE = "细则.toml"


@pytest.fixture(autouse=True)
def _cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state.create, "__defaults__", (2,))


def ledger_key(clerk: Clerk) -> Path:
    """The file log.vkey of the ledger."""
    with Book.open(clerk.folder / "台账 ledger.db", read_only=True) as book:
        ledger = book.facts().get(f.LEDGER, f.ONE)
    assert ledger is not None
    place = clerk.folder / "log.vkey"
    place.write_bytes(note.vkey_file(Vkey.parse(ledger.log_vkey)))
    return place


def name_cosigner(clerk: Clerk) -> Path:
    """A cosigner that knows the ledger and that the ledger names; its folder."""
    folder = clerk.folder / "联署"
    made = clerk.json("cosign", "init", folder, "--name", NAME, "--ledger", ledger_key(clerk))
    clerk.does("cosign", "name", made["vkey"], "--unit", "jijian", by="zhao-admin")
    clerk.does("confirm", "--all", by="zhou-observer")
    return folder


def cosign(clerk: Clerk, *more: object) -> str:
    """A request out, an answer in; what the ledger says then."""
    made = clerk.json("cosign", "request", clerk.folder)
    answered = clerk.json("cosign", "sign", made["file"], "--with", clerk.folder / "联署")
    return clerk.does("cosign", "accept", answered["file"], *more)


def size(clerk: Clerk) -> int:
    return int(clerk.json("log", "list")["size"])


def waiting_office(clerk: Clerk) -> None:
    """An office whose policy wants one cosigner before a draw, with a task."""
    name_cosigner(clerk)
    clerk.lists()
    profile = (files("ledger.profiles") / "s0.toml").read_text(encoding="utf-8")
    text = profile.replace("[values]\n", "[values]\ncosigned_freeze = 1\n").replace("xize-2023", "xize-2026")
    text = text.replace("[clauses]\n", '[clauses]\ncosigned_freeze = "本单位规定"\n')
    (clerk.folder / POLICY_FILE).write_text(text, encoding="utf-8")
    clerk.does("policy", "adopt", clerk.folder / POLICY_FILE, "--file", clerk.folder / "细则.pdf")
    clerk.does("confirm", "--all", by="sun-approver")
    clerk.does("plan", "import", clerk.folder / "名录 2026.xlsx")
    clerk.does("plan", "submit")
    clerk.does("plan", "approve", by="sun-approver")
    clerk.does("plan", "publish", "--channel", "政府门户网站", "--yes")
    clerk.task()
    clerk.does("confirm", "--all", by="sun-approver")


def test_signed_cosigned_final_is_said_wherever_heads_are_shown(clerk: Clerk) -> None:
    assert "还没有登记联署方" in clerk.does("cosign", "status")
    name_cosigner(clerk)
    assert "还没有" in clerk.does("cosign", "status")
    n = size(clerk)
    clerk.does("cosign", "request", clerk.folder)
    told = clerk.does("cosign", "status")
    assert "已签名" in told
    assert "联署 0/1" in told
    assert "未定" in told
    told = cosign(clerk)
    assert f"{n} 条" in told
    assert "联署 1/1" in told
    assert "已定" in told
    assert size(clerk) == n
    for shown in (clerk.does("log", "list"), clerk.does("bundle", "export", clerk.folder / "包.zip")):
        assert "联署 1/1" in shown
    vkey = state.name_of(clerk.folder / "联署")
    assert clerk.run("verify", clerk.folder / "包.zip", "--cosigner", vkey) == 0, clerk.out
    clerk.lists()
    assert "条更新" in clerk.does("log", "list")


def test_the_site_says_how_far_its_head_is_and_late_lines_touch_the_first_page_alone(clerk: Clerk) -> None:
    site = clerk.folder / "公示网站"
    clerk.does("site", "build", site)
    assert "联署 " not in (site / "index.html").read_text("utf-8"), "no cosigner is named yet"
    name_cosigner(clerk)
    told = clerk.does("site", "build", site)
    line = f"台账指纹（{size(clerk)} 条）：已签名；联署 0/1；未定；尚缺：{NAME}"
    assert line in told
    assert line in (site / "index.html").read_text("utf-8")
    cosign(clerk)
    line = f"台账指纹（{size(clerk)} 条）：已签名；联署 1/1；已定"
    built = clerk.json("site", "build", site)
    assert set(built["changed"]) == {
        *("index.html", "pages/en/index.html", "checkpoint", "SHA256SUMS", "SHA256SUMS.note")
    }
    assert line in clerk.does("bundle", "export", clerk.folder / "包.zip")
    assert line in clerk.does("cosign", "status")
    assert line in (site / "index.html").read_text("utf-8")
    assert "signed; cosigned 1 of 1; final" in (site / "pages/en/index.html").read_text("utf-8")
    assert clerk.run("verify", site, "--cosigner", state.name_of(clerk.folder / "联署")) == 0
    assert clerk.json("site", "build", site)["changed"] == []
    (heads_folder(clerk) / kept_heads.POLICY).write_bytes(b"quorum nobody\n")
    assert "(policy:1)" in clerk.does("site", "build", site), "what is wrong with the file is said"
    assert "联署 1/1" not in (site / "index.html").read_text("utf-8"), "what cannot be read is not claimed"


def heads_folder(clerk: Clerk) -> Path:
    return clerk.folder / "台账 ledger.heads"


def test_a_cosignature_that_comes_late_may_be_recorded(clerk: Clerk) -> None:
    name_cosigner(clerk)
    made = clerk.json("cosign", "request", clerk.folder)
    clerk.lists()
    answered = clerk.json("cosign", "sign", made["file"], "--with", clerk.folder / "联署")
    n = size(clerk)
    clerk.does("cosign", "accept", answered["file"], "--record")
    clerk.does("cosign", "accept", answered["file"], "--record")
    assert size(clerk) == n + 1
    assert clerk.run("verify") == 0


def test_a_draw_waits_for_its_cosigner_and_says_so(clerk: Clerk) -> None:
    waiting_office(clerk)
    party = ("--party", "qian-clerk", "--party", "li-supervisor")
    assert clerk.run("draw", "ceremony", "d1", "--task", "t1", *party, "--yes") == 9
    assert "E-CEREMONY-COSIGN" in clerk.err
    assert "联署方" in clerk.does("todo")
    assert clerk.run("draw", "commit", "d1") == 9
    assert "draw.cosigned" in clerk.err
    assert "draw ceremony d1" in cosign(clerk)
    clerk.does("draw", "ceremony", "d1", "--yes")
    assert clerk.run("verify") == 0


def test_what_the_cosigner_saw_last_comes_back_by_file(clerk: Clerk) -> None:
    name_cosigner(clerk)
    cosign(clerk)
    n = size(clerk)
    shutil.rmtree(clerk.folder / "台账 ledger.heads")
    clerk.lists()
    made = clerk.json("cosign", "request", clerk.folder)
    answered = clerk.json("cosign", "sign", made["file"], "--with", clerk.folder / "联署")
    assert not answered["signed"]
    assert clerk.run("cosign", "accept", answered["file"]) == 1
    assert f"--old {n}" in clerk.err
    made = clerk.json("cosign", "request", clerk.folder, "--old", n)
    answered = clerk.json("cosign", "sign", made["file"], "--with", clerk.folder / "联署")
    assert "联署 1/1" in clerk.does("cosign", "accept", answered["file"])


def test_a_policy_file_says_how_many_make_a_head_final(clerk: Clerk) -> None:
    folder = name_cosigner(clerk)
    other = clerk.json("cosign", "init", clerk.folder / "另一", "--name", "lib.example.cn/w")["vkey"]
    text = f"log {ledger_key(clerk).read_text().strip()}\nwitness 纪检 {state.name_of(folder)}\n"
    text += f"witness 图书馆 {other} http://127.0.0.1:1/\ngroup 两家 any 纪检 图书馆\nquorum 两家\n"
    place = clerk.folder / "联署规则.txt"
    place.write_text(text, encoding="utf-8")
    clerk.does("cosign", "policy", place)
    assert "联署 1/2；已定" in cosign(clerk)
    place.write_text(text.replace("any", "2"), encoding="utf-8")
    clerk.does("cosign", "policy", place)
    assert "联署 1/2；未定" in clerk.does("cosign", "status")
    place.write_text(text.replace("quorum 两家", "quorum 谁"), encoding="utf-8")
    assert clerk.run("cosign", "policy", place) == 4
    assert "policy:5" in clerk.err
    assert "未定" in clerk.does("cosign", "status")
    (clerk.folder / "台账 ledger.heads" / kept_heads.POLICY).write_text("x\n")
    assert clerk.run("log", "list") == 0


def restored(clerk: Clerk, before: bytes) -> None:
    """The ledger as it was; key files and kept heads are where an attacker wants them."""
    (clerk.folder / "台账 ledger.db").write_bytes(before)
    for rest in clerk.folder.glob("台账 ledger.db-*"):
        rest.unlink()
    shutil.rmtree(clerk.folder / "台账 ledger.heads", ignore_errors=True)


def forget(clerk: Clerk, keys: Path) -> None:
    """The key files as they were too, so that they remember nothing."""
    shutil.rmtree(clerk.folder / "keys")
    shutil.copytree(keys, clerk.folder / "keys")


def test_a_ledger_rolled_back_to_a_backup_is_caught_by_the_cosigner(clerk: Clerk) -> None:
    name_cosigner(clerk)
    before = (clerk.folder / "台账 ledger.db").read_bytes()
    shutil.copytree(clerk.folder / "keys", clerk.folder / "旧钥匙")
    clerk.lists()
    cosign(clerk)
    seen = size(clerk)
    restored(clerk, before)
    assert clerk.run("cosign", "request", clerk.folder) == 6, "the log key remembers the head it signed"
    assert "E-KEY-HISTORY" in clerk.err
    forget(clerk, clerk.folder / "旧钥匙")
    made = clerk.json("cosign", "request", clerk.folder)
    answered = clerk.json("cosign", "sign", made["file"], "--with", clerk.folder / "联署")
    assert (answered["signed"], answered["status"]) == (False, 409)
    assert clerk.run("cosign", "request", clerk.folder, "--old", seen) == 1
    assert "E-COSIGN-AHEAD" in clerk.err


def test_a_split_view_is_caught_and_leaves_evidence(clerk: Clerk) -> None:
    """Two histories from one backup: the cosigner signs one, and the heads convict whoever signed both."""
    folder = name_cosigner(clerk)
    before = (clerk.folder / "台账 ledger.db").read_bytes()
    shutil.copytree(clerk.folder / "keys", clerk.folder / "旧钥匙")
    clerk.lists()
    cosign(clerk)
    clerk.does("bundle", "export", clerk.folder / "甲.zip")
    restored(clerk, before)
    forget(clerk, clerk.folder / "旧钥匙")
    clerk.does("key", "new", "wu-officer", "--name", "吴六", "--unit", "fgj", "--role", "officer")
    clerk.lists(30)
    clerk.does("bundle", "export", clerk.folder / "乙.zip")
    made = clerk.json("cosign", "request", clerk.folder)
    answered = clerk.json("cosign", "sign", made["file"], "--with", folder)
    assert (answered["signed"], answered["status"]) == (False, 409)
    place = clerk.folder / "证据.evidence"
    assert (
        clerk.run("cosign", "compare", clerk.folder / "甲.zip", clerk.folder / "乙.zip", "--to", place) == 1
    )
    assert "两套历史" in clerk.out
    assert clerk.run("cosign", "evidence", place) == 0
    assert clerk.run("cosign", "evidence", place, "--log", ledger_key(clerk)) == 0
    place.write_bytes(place.read_bytes().replace(b"liuhen", b"Liuhen"))
    assert clerk.run("cosign", "evidence", place) == 4


def test_heads_of_one_history_agree(clerk: Clerk) -> None:
    name_cosigner(clerk)
    clerk.does("bundle", "export", clerk.folder / "旧.zip")
    clerk.lists()
    clerk.does("bundle", "export", clerk.folder / "新.zip")
    assert clerk.run("cosign", "compare", clerk.folder / "旧.zip", clerk.folder / "新.zip") == 0
    assert clerk.run("cosign", "compare", clerk.folder / "旧.zip") == 0
    with Book.open(clerk.folder / "台账 ledger.db") as book:
        head = heads.heads_of(book).place(book.store.head().size)
        earlier = heads.heads_of(book).place(1)
        log = unlock(clerk.folder / "keys" / "log.key", PASSPHRASE)
        assert bundles.sign_head(book, log) == head.read_bytes()
        assert not earlier.exists()
        assert leaf_hash(book.store.entry(0)) == book.entry(0).leaf
    assert clerk.run("cosign", "compare", head, clerk.folder / "旧.zip") == 3
    assert clerk.run("cosign", "compare", head, head, "--log", ledger_key(clerk)) == 0
    assert clerk.run("cosign", "compare", head, head) == 4


def test_a_cosigner_refuses_a_stranger_and_says_how_to_trust_it(clerk: Clerk) -> None:
    name_cosigner(clerk)
    clerk.does("cosign", "init", clerk.folder / "另一", "--name", "lib.example.cn/w")
    made = clerk.json("cosign", "request", clerk.folder)
    assert clerk.run("cosign", "sign", made["file"], "--with", clerk.folder / "另一") == 1
    assert "404" in clerk.err
    assert "cosign trust" in clerk.err
    clerk.does("cosign", "trust", clerk.folder / "另一", ledger_key(clerk))
    clerk.does("cosign", "sign", made["file"], "--with", clerk.folder / "另一")
    assert clerk.run("cosign", "accept", clerk.folder / f"{made['size']}.cosig") == 1
    assert "E-COSIGN-UNKNOWN" in clerk.err
    assert clerk.run("cosign", "request", "http://127.0.0.1:1") == 7
    assert "E-COSIGN-DOWN" in clerk.err


def test_the_addresses_of_the_policy_file_are_asked_and_one_that_is_down_stops_none(clerk: Clerk) -> None:
    folder = name_cosigner(clerk)
    other = clerk.json("cosign", "init", clerk.folder / "另一", "--name", "lib.example.cn/w")["vkey"]
    clerk.does("cosign", "name", other, "--unit", "tsg", by="zhao-admin")
    clerk.does("confirm", "--all", by="zhou-observer")
    assert clerk.run("cosign", "request") == 2
    witness = Cosigner(folder, unlock(folder / state.KEY, PASSPHRASE), lambda: 1_770_000_000)
    with Server(("127.0.0.1", 0), witness, lambda _line: None) as server, running(server) as url:
        text = f"witness 图书馆 {other} http://127.0.0.1:1/\nwitness 纪检 {witness.vkey} {url}/\n"
        place = clerk.folder / "联署规则.txt"
        place.write_text(text + "group 两家 all 纪检 图书馆\nquorum 两家\n", encoding="utf-8")
        clerk.does("cosign", "policy", place)
        told = clerk.does("cosign", "request")
    assert "E-COSIGN-DOWN" in clerk.err
    assert "联署 1/2；未定；尚缺：图书馆" in told


def test_a_copy_older_than_what_a_cosigner_signed_is_not_gone_on_with(clerk: Clerk) -> None:
    """Restore, repair and doctor hold a copy against heads that a cosigner signed, without any key."""
    name_cosigner(clerk)
    clerk.does("calendar", "adopt", "2026")
    clerk.does("backup", clerk.folder / "备份")
    (copy,) = (clerk.folder / "备份").iterdir()
    clerk.does("calendar", "adopt", "2025")
    seen = size(clerk)
    cosign(clerk)
    signed = clerk.folder / f"台账 ledger.heads/{seen}.checkpoint"
    for path in [*clerk.folder.glob("台账 ledger.db*"), clerk.folder / "keys/log.key"]:
        path.unlink()
    assert clerk.run("restore", copy) == Exit.REFUSED
    assert NAME in clerk.err and "E-RESTORE-BEHIND" in clerk.err
    away = clerk.folder / "台账 ledger.heads"
    away.rename(clerk.folder / "别处")
    signed = clerk.folder / "别处" / signed.name
    assert clerk.run("restore", copy, "--checkpoint", signed) == Exit.REFUSED
    assert NAME in clerk.err
    new = clerk.folder / "新.db"
    assert clerk.run("repair", copy, "--to", new, "--checkpoint", signed) == Exit.REFUSED
    assert "E-REPAIR-LOSS" in clerk.err and not new.exists()
    shutil.copy(copy, clerk.folder / "台账 ledger.db")
    told = clerk.json("doctor", "--checkpoint", signed)["findings"]
    assert "D-HEADS-BEHIND" in {each["code"] for each in told}
    (clerk.folder / "别处").rename(away)
    behind = [each for each in clerk.json("doctor")["findings"] if each["code"] == "D-HEADS-BEHIND"]
    assert behind and NAME in behind[0]["text"]

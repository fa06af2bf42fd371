"""The public site: what it shows, what a build touches, and that nothing half-written is ever there."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.commands.site import LANGUAGES
from ledger.commands import bundles, draws, visits
from ledger.site import words
from ledger.site.draft import Draft
from ledger.site.draw_page import draw_pages
from ledger.site.figure_page import figures
from ledger.site.memory import place
from ledger.site.pages import common, single
from ledger.site.plan_page import plan_page, plans
from ledger.site.public import PublicFacts
from ledger.site.render import Renderer
from tests.ledger.sites import broken_links, build, contents, faults
from tests.ledger.test_sealed_draw import copied
from tests.office import Office, digest
from tests.office import officer as made_up_officer
from tests.office import subject as made_up
from verifier import facts as f
from verifier import note, receipt
from verifier.bundle import open_bundle
from verifier.errors import Exit, LiuhenError
from verifier.facts import Facts
from verifier.replay import replay_bundle
from verifier.report import Anchors

TOUCHED = {
    *("SHA256SUMS", "SHA256SUMS.note", "checkpoint", "index.html", "pages/en/index.html"),
}
"""What a build after one entry that no page speaks of touches beside the new partial tiles."""


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A whole year, published."""
    office = Office(tmp_path_factory.mktemp("year"))
    office.year()
    return office


@pytest.fixture
def office(year: Office, tmp_path: Path) -> Office:
    """The same, to go on with."""
    made = copied(year, tmp_path / "office")
    made.clock.go("2026-03-11")
    return made


def attach(office: Office, count: int = 1) -> None:
    """Entries that no page speaks of."""
    for n in range(count):
        visits.attach(office.book, office.clerk, f"照片{n}", digest(f"照片{n}"), n)


def test_a_site_is_a_bundle_that_verifies_and_all_its_links_lead_somewhere(
    year: Office, tmp_path: Path
) -> None:
    built = build(year, tmp_path / "site")
    assert faults(built.target) == []
    assert broken_links(built.target) == []
    assert built.files == len(contents(built.target))
    page = (built.target / "pages/draw/d1/index.html").read_text("utf-8")
    for subject in year.drawn():
        assert subject in page
    draw = draws.draw_of(year.book.facts(), "d1")
    for shown in (draw.m, draw.outcome["seed"], *draw.commits.values(), *draw.reveals.values()):
        assert " ".join(shown[i : i + 8] for i in range(0, 64, 8)) in page


def test_pages_stand_in_both_languages(year: Office, tmp_path: Path) -> None:
    target = build(year, tmp_path / "site").target
    chinese = {p.relative_to(target / "pages") for p in (target / "pages").rglob("*.html")}
    english = {p.relative_to(target / "pages/en") for p in (target / "pages/en").rglob("*.html")}
    assert english - {Path("index.html")} == {p for p in chinese if p.parts[0] != "en"}
    assert "双随机、一公开" in (target / "index.html").read_text("utf-8")
    assert "open to everybody" in (target / "pages/en/index.html").read_text("utf-8")


def test_a_second_build_touches_nothing(office: Office, tmp_path: Path) -> None:
    target = build(office, tmp_path / "site").target
    before = {path: (target / path).stat().st_mtime_ns for path in contents(target)}
    again = build(office, target)
    assert (again.changed, again.removed, again.mended) == ((), (), ())
    assert {path: (target / path).stat().st_mtime_ns for path in contents(target)} == before


def test_names_are_on_the_disk_before_the_head_and_before_the_answer(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a power cut undoes no build that was told to be done."""
    build(office, tmp_path / "site")
    office.import_rows("officers", [made_up_officer(70)])
    flushed = []

    def flush(folder: Path) -> None:
        flushed.append((folder.relative_to(tmp_path), contents(tmp_path / "site")["checkpoint"]))

    before = contents(tmp_path / "site")["checkpoint"]
    monkeypatch.setattr("ledger.site.draft.sync_folder", flush)
    build(office, tmp_path / "site")
    after = contents(tmp_path / "site")["checkpoint"]
    assert (Path("site/tile/entries"), before) in flushed
    assert flushed[-1] == (Path("site"), after) != (Path("site"), before)


@pytest.mark.parametrize("remembered", [True, False], ids=["with its memory", "without"])
def test_one_entry_touches_only_what_it_changes(office: Office, tmp_path: Path, remembered: bool) -> None:
    target = build(office, tmp_path / "site").target
    attach(office)
    if not remembered:
        place(office.book.store.path.absolute(), target).unlink()
    built = build(office, target)
    size = built.head.size
    assert set(built.changed) == TOUCHED | {f"tile/0/000.p/{size}", f"tile/entries/000.p/{size}"}
    assert built.removed == ()
    assert faults(target) == []


def test_bytes_do_not_depend_on_the_way_there(office: Office, tmp_path: Path) -> None:
    """Built in steps, or at once without any memory: the same files, but for earlier partial tiles."""
    stepwise = build(office, tmp_path / "site").target
    for _ in range(3):
        attach(office)
        build(office, stepwise)
    at_once = build(office, tmp_path / "other", anew=True).target
    stepped, whole = contents(stepwise), contents(at_once)
    earlier = {path for path in stepped if path not in whole}
    assert all(".p/" in path for path in earlier)
    for path in whole.keys() - {"SHA256SUMS", "SHA256SUMS.note"}:
        assert stepped[path] == whole[path], path


def test_after_every_step_of_a_year_the_pages_are_those_of_a_build_anew(tmp_path: Path) -> None:
    office = Office(tmp_path)

    def recuse() -> None:
        team = draws.team_of(office.book.facts(), "d1", office.drawn()[0])
        _, written = draws.recuse(office.book, office.clerk, "d1", team.subject, team.seats[0], "recusal")
        office.confirm("approver", written)

    def visit() -> None:
        office.clock.go("2026-03-10")
        names.extend(office.visit(subject) for subject in office.drawn())

    names: list[str] = []
    steps: dict[str, Callable[[], object]] = {
        "lists": office.lists,
        "policy": office.policy,
        "plan": office.plan,
        "task": office.task,
        "freeze": office.freeze,
        "commit": office.commits,
        "reveal": office.reveals,
        "run": lambda: draws.run(office.book, office.clerk, "d1"),
        "recuse": recuse,
        "visit": visit,
        "publish one": lambda: office.publish(names[:1]),
        "publish the rest": lambda: office.publish(names[1:]),
        "another list": lambda: office.import_rows("officers", [made_up_officer(20)]),
    }
    build(office, tmp_path / "site")
    for name, step in steps.items():
        step()
        built = build(office, tmp_path / "site")
        assert any(path.startswith(("pages/", "draws/")) for path in built.changed), name
        assert faults(built.target) == [], name
        whole = contents(build(office, tmp_path / name, anew=True).target)
        stepped = contents(built.target)
        for path in whole.keys() - {"SHA256SUMS", "SHA256SUMS.note"}:
            assert stepped[path] == whole[path], f"{name}: {path}"
        assert all(".p/" in path for path in stepped.keys() - whole.keys()), name


def test_partial_tiles_stay_until_the_full_one_is_there(office: Office, tmp_path: Path) -> None:
    target = build(office, tmp_path / "site").target
    first = office.book.store.head().size
    attach(office)
    build(office, target)
    assert (target / f"tile/entries/000.p/{first}").is_file()
    attach(office, 256 - office.book.store.head().size + 3)
    built = build(office, target)
    assert not (target / "tile/entries/000.p").exists()
    assert (target / "tile/entries/000").is_file()
    assert (target / "tile/entries/001.p/3").is_file()
    assert f"tile/0/000.p/{first}" in built.removed
    assert faults(target) == []
    full = (target / "tile/0/000").stat().st_mtime_ns
    attach(office)
    built = build(office, target)
    assert (target / "tile/entries/001.p/3").is_file()
    assert (target / "tile/0/000").stat().st_mtime_ns == full
    assert faults(target) == []


def test_a_name_that_is_a_script_stays_text(tmp_path: Path) -> None:
    bad = "<script>alert(1)</script>\"&'"
    office = Office(tmp_path)
    office.lists()
    rows = [made_up(n) for n in range(40)]
    office.import_rows(
        "subjects", [(name, {**row, "name": bad}) for name, row in rows if "油气" in row.get("tags", [])]
    )
    office.policy()
    office.plan(task_name=bad, objects=bad)
    office.task(responsible=bad)
    office.draw()
    target = build(office, tmp_path / "site").target
    shown = 0
    for path, content in contents(target).items():
        if path.endswith(".html") and path != "verify.html":
            assert b"<script" not in content, path
            shown += content.count(b"&lt;script&gt;alert(1)&lt;/script&gt;&#34;&amp;&#39;")
    assert shown > 10


# what the public may know


def rendered(facts: Facts) -> dict[str, bytes]:
    """Every page that rests on facts alone, in both languages."""
    public = PublicFacts(facts)
    renderer = Renderer(LANGUAGES, common(public))
    pages = [plans(public), figures(public), *(page for _, page in single(public))]
    pages += [plan_page(public, name) for name, _ in public.rows(f.PLANS)]
    for name, _ in public.rows(f.DRAWS):
        pages += draw_pages(public, name)
    return dict(pair for page in pages for pair in renderer.write(page))


def test_pages_say_of_a_sealed_draw_what_a_reader_without_openings_knows(tmp_path: Path) -> None:
    """At every stage the pages made from the office's facts are those made from the public bundle alone."""
    (tmp_path / "office").mkdir()
    office = Office(tmp_path / "office")

    def same(stage: str) -> None:
        bundles.export(office.book, office.log, tmp_path / stage)
        with open_bundle(tmp_path / stage) as bundle:
            _, known = replay_bundle(bundle, Anchors(), workers=1)
        ours, theirs = rendered(office.book.facts()), rendered(known)
        assert ours.keys() == theirs.keys()
        for path in ours:
            assert ours[path] == theirs[path], f"{stage}: {path}"

    office.ready(sealed=True)
    same("ready")
    office.draw()
    same("drawn")
    first = office.drawn()[0]
    team = draws.team_of(office.book.facts(), "d1", first)
    _, written = draws.recuse(office.book, office.clerk, "d1", first, team.seats[0], "recusal")
    office.confirm("approver", written)
    same("recused")
    office.clock.go("2026-03-10")
    names = [office.visit(subject) for subject in office.drawn()]
    same("visited")
    office.publish(names[:1])
    same("one published")
    office.publish(names[1:])
    draws.unseal(office.book, office.clerk, "d1")
    same("unsealed")
    assert first.encode() in rendered(office.book.facts())["pages/draw/d1/index.html"]


def test_two_sites_that_differ_only_in_r_differ_only_in_commitments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "office").mkdir()
    source = Office(tmp_path / "office")
    source.ready(sealed=True)
    source.freeze()
    source.book.close()
    sites = []
    for name, figures_of_r in (("one", "1a"), ("two", "2b")):
        office = copied(source, tmp_path / name)
        counter = itertools.count(1)
        m = draws.draw_of(office.book.facts(), "d1").m
        office.clerk.keep_secret(draws.secret_name("d1", m), figures_of_r * 32)
        office.supervisor.keep_secret(draws.secret_name("d1", m), figures_of_r[::-1] * 32)
        with monkeypatch.context() as fixed:
            fixed.setattr("os.urandom", lambda n, counter=counter: next(counter).to_bytes(n, "big"))
            office.commits()
            office.reveals()
            draws.run(office.book, office.clerk, "d1")
        held = draws.draw_of(office.book.facts(), "d1")
        built = build(office, tmp_path / f"site {name}")
        assert faults(built.target) == []
        hidden = {
            " ".join(c[i : i + 8] for i in range(0, 64, 8))
            for c in (*held.commits.values(), built.head.root.hex())
        }
        pages = {}
        for path, content in contents(built.target).items():
            text = content.decode() if path.endswith(".html") else ""
            for one in hidden:
                text = text.replace(one, "…")
            pages[path] = text
        sites.append((pages, {len(c) for c in contents(built.target).values()}))
    assert sites[0] == sites[1]
    assert not any(path.startswith("draws/") for path in sites[0][0])


def test_tables_that_are_not_public_cannot_be_read(year: Office) -> None:
    public = PublicFacts(year.book.facts())
    for table in (f.SPENT, f.OPENINGS, f.PENDING, f.NOTICES, f.register("received.d1")):
        with pytest.raises(LookupError):
            public.get(table, "x")
        with pytest.raises(LookupError):
            list(public.rows(table))


# faults


def full_disk(monkeypatch: pytest.MonkeyPatch, name: str, at: int) -> None:
    """The disk takes nothing at the call number `at`, from 0, of a step of a build."""
    calls = itertools.count()
    real = getattr(os, name)

    def step(*given: object, **named: object) -> object:
        if next(calls) == at:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*given, **named)

    monkeypatch.setattr(os, name, step)


@pytest.mark.parametrize("name", ["fsync", "replace"])
@pytest.mark.parametrize("at", [0, 1, 2, 4, 6])
def test_on_a_full_disk_the_last_site_stays(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, at: int
) -> None:
    target = build(office, tmp_path / "site").target
    before = contents(target)
    attach(office)
    real = Draft._move_each

    def moving(draft: Draft) -> None:
        with monkeypatch.context() as full:
            full_disk(full, name, at)
            real(draft)

    with monkeypatch.context() as patched, pytest.raises(LiuhenError) as told:
        if name == "fsync":
            full_disk(patched, name, at)
        else:
            patched.setattr(Draft, "_move_each", moving)
        build(office, target)
    assert told.value.exit == Exit.DISK
    assert contents(target) == before
    assert faults(target) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["office", "site"]
    assert faults(build(office, target).target) == []


def edit(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"!")


HANDS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "a byte of a full tile": ("tile/0/000", edit),
    "a byte of a partial tile": ("tile/entries/001.p/44", edit),
    "a page": ("pages/plans.html", edit),
    "the file of a draw": ("draws/d1/tickets.csv", edit),
    "the checkpoint": ("checkpoint", edit),
    "a page taken away": ("pages/en/items.html", Path.unlink),
    "a tile taken away": ("tile/1/000.p/1", Path.unlink),
    "the list of hashes": (
        "SHA256SUMS",
        lambda path: path.write_bytes(path.read_bytes().replace(b"1", b"2", 1)),
    ),
}


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("remembered", [True, False], ids=["with its memory", "without"])
def test_what_a_hand_changed_is_named_and_put_back(
    long_office: Office, tmp_path: Path, hand: str, remembered: bool
) -> None:
    path, change = HANDS[hand]
    target = build(long_office, tmp_path / "site").target
    before = contents(target)
    change(target / path)
    if not remembered:
        place(long_office.book.store.path.absolute(), target).unlink()
    built = build(long_office, target)
    assert path in built.mended
    assert contents(target) == before
    assert faults(target) == []


@pytest.fixture(scope="module")
def long_office(year: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """300 entries."""
    office = copied(year, tmp_path_factory.mktemp("long") / "office")
    office.clock.go("2026-03-11")
    attach(office, 300 - office.book.store.head().size)
    return office


@pytest.mark.parametrize("stray", ["robots.txt", "pages/mine.html", "说明.txt", "draws/d1/note.txt"])
def test_files_of_others_stop_a_build_before_anything_is_changed(
    office: Office, tmp_path: Path, stray: str
) -> None:
    target = build(office, tmp_path / "site").target
    (target / stray).write_bytes(b"mine")
    before = contents(target)
    attach(office)
    with pytest.raises(LiuhenError) as told:
        build(office, target)
    assert told.value.code == "E-SITE-STRANGE"
    assert contents(target) == before


@pytest.mark.parametrize("what", ["a folder of something else", "a file", "a link"])
def test_only_a_site_or_an_empty_folder_is_built_over(year: Office, tmp_path: Path, what: str) -> None:
    target = tmp_path / "site"
    if what == "a file":
        target.write_bytes(b"x")
    elif what == "a link":
        (tmp_path / "real").mkdir()
        target.symlink_to(tmp_path / "real", target_is_directory=True)
    else:
        target.mkdir()
        (target / "index.html").write_bytes(b"another site")
    with pytest.raises(LiuhenError) as told:
        build(year, target)
    assert told.value.code == "E-SITE-TARGET"


def test_an_empty_folder_and_an_exported_bundle_become_sites(year: Office, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    bundles.export(year.book, year.log, tmp_path / "bundle")
    for name in ("empty", "bundle"):
        target = build(year, tmp_path / name).target
        assert faults(target) == []
        assert (target / "index.html").is_file()


def test_a_ledger_from_a_backup_does_not_replace_a_newer_site(office: Office, tmp_path: Path) -> None:
    office.book.close()
    newer = copied(office, tmp_path / "newer")
    newer.clock.go("2026-03-11")
    attach(newer)
    target = build(newer, tmp_path / "site").target
    before = contents(target)
    older = copied(office, tmp_path / "older")
    older.clock.go("2026-03-12")
    for count in (0, 1, 5):
        attach(older, count)
        with pytest.raises(LiuhenError) as told:
            build(older, target)
        assert told.value.code == "E-SITE-HISTORY"
        assert contents(target) == before


def test_a_build_that_was_killed_is_no_obstacle(office: Office, tmp_path: Path) -> None:
    """Its folder beside the site goes; new tiles that it had put already are taken as what they are."""
    target = build(office, tmp_path / "site").target
    attach(office)
    newer = build(office, tmp_path / "newer").target
    size = office.book.store.head().size
    shutil.copy2(newer / f"tile/0/000.p/{size}", target / f"tile/0/000.p/{size}")
    (tmp_path / ".site.site-0123abcd.part/new").mkdir(parents=True)
    (target / ".site-0123abcd.part/new").mkdir(parents=True)
    attach(office)
    built = build(office, target)
    assert faults(target) == []
    assert f"tile/0/000.p/{size}" in built.removed
    assert not list(tmp_path.glob(".*"))
    assert not list(target.glob(".*"))


def test_receipts_in_the_folder_stay_and_are_listed(office: Office, tmp_path: Path) -> None:
    target = build(office, tmp_path / "site").target
    (target / "receipts").mkdir()
    (target / "receipts/x.txt").write_bytes(b"receipt")
    attach(office)
    build(office, target)
    assert b"receipts/x.txt" in (target / "SHA256SUMS").read_bytes()
    assert faults(target) == []


RECEIPTS = "receipts/d1/"


def pool(office: Office) -> list[str]:
    frozen = office.book.facts().get(f.FROZEN, "d1")
    assert frozen is not None
    return sorted(subject for _, subject, _ in frozen.pool)


def test_every_pool_member_gets_a_receipt_that_stays_as_it_is(office: Office, tmp_path: Path) -> None:
    target = tmp_path / "site"
    assert build(office, target).receipts == 0
    built = build(office, target, receipts=True)
    subjects = pool(office)
    assert {path for path in built.changed if path.startswith(RECEIPTS)} == {
        f"{RECEIPTS}{subject}.receipt" for subject in subjects
    }
    assert built.receipts == len(subjects)
    vkey = note.parse_vkey_file((target / "log.vkey").read_bytes())
    drawn = set(office.drawn())
    for subject in subjects:
        one = receipt.parse((target / f"{RECEIPTS}{subject}.receipt").read_bytes())
        assert all(finding.holds for finding in receipt.verify(one, vkey))
        assert one.claim().drawn == (subject in drawn)
        assert one.proof.checkpoint()[0].size == built.head.size
    assert faults(target) == []
    assert broken_links(target) == []
    before = contents(target)
    attach(office)
    again = build(office, target)
    assert not [path for path in again.changed if path.startswith(RECEIPTS)]
    assert again.receipts == len(subjects), "a draw that has receipts keeps them without being asked"
    assert {p: c for p, c in contents(target).items() if p.startswith(RECEIPTS)} == {
        p: c for p, c in before.items() if p.startswith(RECEIPTS)
    }
    assert faults(target) == []


def test_a_draw_page_leads_to_receipts_and_says_how_to_find_ones_own(office: Office, tmp_path: Path) -> None:
    target = build(office, tmp_path / "site").target
    place = target / "pages/draw/d1/index.html"
    assert "receipts/" not in place.read_text("utf-8")
    build(office, target, receipts=True)
    page = place.read_text("utf-8")
    for subject in office.drawn():
        assert f'href="../../../{RECEIPTS}{subject}.receipt"' in page
    assert "receipts/d1/CODE.receipt" in page
    assert "抽中与否都有" in page
    assert "drawn or not" in (target / "pages/en/draw/d1/index.html").read_text("utf-8")


@pytest.mark.parametrize("remembered", [True, False], ids=["with its memory", "without"])
@pytest.mark.parametrize("asked", [True, False], ids=["asked for", "kept"])
def test_a_receipt_that_a_hand_changed_or_took_is_named_and_made_again(
    office: Office, tmp_path: Path, remembered: bool, asked: bool
) -> None:
    target = build(office, tmp_path / "site", receipts=True).target
    changed, gone, *_ = (f"{RECEIPTS}{subject}.receipt" for subject in pool(office))
    honest = (target / changed).read_bytes()
    (target / changed).write_bytes(honest.replace(b"rank ", b"rank 1"))
    (target / gone).unlink()
    if not remembered:
        place(office.book.store.path.absolute(), target).unlink()
    built = build(office, target, receipts=asked)
    assert set(built.mended) == {changed, gone}
    assert (target / changed).read_bytes() == honest
    assert faults(target) == []


def test_a_receipt_that_was_never_listed_is_not_taken_for_ours(office: Office, tmp_path: Path) -> None:
    target = build(office, tmp_path / "site").target
    (target / RECEIPTS).mkdir(parents=True)
    forged = target / f"{RECEIPTS}{pool(office)[0]}.receipt"
    forged.write_bytes(b"liuhen/receipt/1\n")
    built = build(office, target, receipts=True)
    assert receipt.parse(forged.read_bytes()).subject == pool(office)[0]
    assert built.mended == ()


def test_a_sealed_draw_has_no_receipts_until_it_is_public(tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    office = Office(tmp_path / "office")
    office.ready(sealed=True)
    office.draw()
    built = build(office, tmp_path / "site", receipts=True)
    assert built.receipts == 0
    assert not (built.target / "receipts").exists()
    office.clock.go("2026-03-10")
    office.publish([office.visit(subject) for subject in office.drawn()])
    draws.unseal(office.book, office.clerk, "d1")
    built = build(office, built.target, receipts=True)
    assert built.receipts == len(pool(office))
    opened = receipt.parse((built.target / f"{RECEIPTS}{pool(office)[0]}.receipt").read_bytes())
    assert opened.opening
    assert all(finding.holds for finding in receipt.verify(opened))
    assert faults(built.target) == []


def test_more_files_than_can_be_verified_are_not_written(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = build(office, tmp_path / "site").target
    before = contents(target)
    monkeypatch.setattr("verifier.paths.MAX_FILES", len(before) + 3)
    with pytest.raises(LiuhenError) as told:
        build(office, target, receipts=True)
    assert told.value.code == "E-SITE-FILES"
    assert contents(target) == before


def test_every_code_has_both_words() -> None:
    for table in (
        words.ROLES,
        words.CAUSES,
        words.AS_WHOM,
        words.WAYS,
        words.REASONS,
        words.RESULTS,
        words.WHERE,
    ):
        for zh, en in table.values():
            assert zh
            assert en.isascii()

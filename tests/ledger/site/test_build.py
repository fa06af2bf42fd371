"""The public site: what it shows, and what a build touches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.commands import draws
from ledger.site import words
from ledger.site.memory import place
from tests.ledger.sites import attach, broken_links, build, contents, faults
from tests.office import Office
from tests.office import officer as made_up_officer
from tests.office import subject as made_up

TOUCHED = {
    *("SHA256SUMS", "SHA256SUMS.note", "checkpoint", "index.html", "pages/en/index.html"),
}
"""What a build after one entry that no page speaks of touches beside the new partial tiles."""


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

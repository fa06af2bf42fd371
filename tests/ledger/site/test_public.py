"""What the public may know: pages say no more than the public bundle does."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from ledger.commands import bundles, draws
from ledger.site.public import PublicFacts
from tests.ledger.sites import build, contents, faults, rendered
from tests.office import Office, copied
from verifier import facts as f
from verifier.bundle import open_bundle
from verifier.replay import replay_bundle
from verifier.report import Anchors


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

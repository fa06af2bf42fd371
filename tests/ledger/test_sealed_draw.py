"""A sealed draw from freeze to unsealing: what the public sees, what inspectors see, and when (design §5)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.commands import bundles, draws
from tests.office import Office, copied
from verifier.bundle import open_bundle
from verifier.codec import Value
from verifier.errors import LiuhenError
from verifier.replay import verify_bundle, verify_entries
from verifier.report import Anchors, Report, Status


def exported(office: Office, name: str, *, inspector: bool = False) -> Report:
    target = office.folder / name
    bundles.export(office.book, office.log, target, inspector=inspector)
    bundle = open_bundle(target)
    try:
        return verify_bundle(bundle, Anchors(), workers=1)
    finally:
        bundle.close()


def statuses(report: Report, rule: str) -> set[Status]:
    return {check.status for check in report.checks if check.rule == rule}


HIDDEN = ("draw.reveal", "draw.seed", "draw.results", "draw.teams", "visit.drawn", "visit.team")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A sealed draw with a replacement and all visits, not yet unsealed."""
    office = Office(tmp_path_factory.mktemp("sealed"))
    office.ready(sealed=True)
    office.draw()
    first = office.drawn()[0]
    team = draws.team_of(office.book.facts(), "d1", first)
    _, written = draws.recuse(office.book, office.clerk, "d1", first, team.seats[0], "recusal")
    office.confirm("approver", written)
    return office


def test_a_sealed_draw_is_played_whole(office: Office) -> None:
    before = exported(office, "public-before")
    assert before.verdict.value == "pass"
    assert before.not_unsealed == 1
    assert all(statuses(before, rule) == {Status.NOT_DUE} for rule in HIDDEN)
    assert statuses(before, "draw.substitute") == {Status.NOT_DUE}
    assert not (office.folder / "public-before" / "draws").exists()

    inspected = exported(office, "inspector", inspector=True)
    assert inspected.verdict.value == "pass"
    for rule in ("draw.reveal", "draw.seed", "draw.results", "draw.teams", "draw.substitute"):
        assert statuses(inspected, rule) == {Status.PASS}
    assert (office.folder / "inspector" / "draws" / "d1" / "seed.txt").exists()

    with pytest.raises(LiuhenError) as early:
        draws.unseal(office.book, office.clerk, "d1")
    assert early.value.code == "draw.sealing"

    office.clock.go("2026-03-10")
    office.publish([office.visit(subject) for subject in office.drawn()])
    draws.unseal(office.book, office.clerk, "d1")
    after = exported(office, "public-after")
    assert after.verdict.value == "pass"
    assert after.not_unsealed == 0
    for rule in (*HIDDEN, "draw.substitute", "draw.unsealed", "visit.complete"):
        assert statuses(after, rule) == {Status.PASS}, rule
    assert (office.folder / "public-after" / "draws" / "d1" / "teams.csv").exists()


def test_it_is_unsealed_only_once(office: Office) -> None:
    with pytest.raises(LiuhenError) as again:
        draws.unseal(office.book, office.clerk, "d1")
    assert again.value.code in ("draw.sealing", "entry.schema")


def _leaves(value: Value, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Value]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _leaves(part, (*path, index))
    else:
        yield path, value


def test_two_runs_that_differ_only_in_r_differ_only_in_commitments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "office").mkdir()
    source = Office(tmp_path / "office")
    source.ready(sealed=True)
    source.freeze()
    source.book.close()
    runs = []
    for name, digits in (("one", "1a"), ("two", "2b")):
        office = copied(source, tmp_path / name)
        counter = itertools.count(1)
        monkeypatch.setattr("os.urandom", lambda n, counter=counter: next(counter).to_bytes(n, "big"))
        m = draws.draw_of(office.book.facts(), "d1").m
        office.clerk.keep_secret(draws.secret_name("d1", m), digits * 32)
        office.supervisor.keep_secret(draws.secret_name("d1", m), digits[::-1] * 32)
        office.commits()
        office.reveals()
        draws.run(office.book, office.clerk, "d1")
        monkeypatch.undo()
        runs.append(list(office.book.entries()))
        assert verify_entries([e.raw for e in runs[-1]], name).verdict.value == "pass"
    one, two = runs
    assert len(one) == len(two)
    for a, b in zip(one, two, strict=True):
        same = ("origin", "seq", "time", "actor", "stream", "ver", "type", "id")
        assert [getattr(a.body, name) for name in same] == [getattr(b.body, name) for name in same]
        assert len(a.raw) == len(b.raw)
        pairs = zip(_leaves(dict(a.body.data)), _leaves(dict(b.body.data)), strict=True)
        different = {path[-1] for (path, left), (_, right) in pairs if left != right}
        assert different <= {"c", "$c"}, a.body.type
    assert any(a.body.data != b.body.data for a, b in zip(one, two, strict=True))
    assert one[-1].body.type == "draw.executed"

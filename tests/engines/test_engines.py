"""Every engine draws what the builtin one draws, entry for entry; one that does not is refused by the law."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from ledger import engines
from ledger.book import Refused
from ledger.commands import draws
from ledger.engines import Builtin, Engine, engine, engine_of
from tests.office import Office
from verifier import draw as lot
from verifier.errors import Exit, LiuhenError

SEED = sha256(b"a made-up seed").hexdigest()
IDS = [f"9164022{n:04}.{'aZ-_'[n % 4]}{n % 7}" for n in range(1, 3000)]


class EngineContract:
    """What holds for each engine; subclasses say which one."""

    @pytest.fixture
    def engine(self) -> Engine:
        raise NotImplementedError

    @pytest.mark.parametrize("k", [0, 1, 2, 30, 1500, len(IDS) - 1, len(IDS)])
    def test_the_first_k_are_those_of_the_builtin_engine(self, engine: Engine, k: int) -> None:
        assert engine.select(SEED, IDS, k) == lot.select(SEED, IDS, k)

    def test_the_order_of_the_list_does_not_matter(self, engine: Engine) -> None:
        assert engine.select(SEED, IDS[::-1], 40) == lot.select(SEED, IDS, 40)

    def test_an_empty_list_gives_nothing(self, engine: Engine) -> None:
        assert engine.select(SEED, [], 0) == []

    def test_a_ceiling_that_was_too_low_changes_nothing(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(f"{type(engine).__module__}.ceiling", lambda _n, _k: "0" * 64, raising=False)
        assert engine.select(SEED, IDS, 25) == lot.select(SEED, IDS, 25)

    def test_a_whole_draw_is_recorded_the_same(self, engine: Engine, tmp_path: Path) -> None:
        office = Office(tmp_path)
        office.ready()
        office.freeze("d1")
        office.commits("d1")
        office.reveals("d1")
        draws.run(office.book, office.clerk, "d1", engine)
        drawn = draws.draw_of(office.book.facts(), "d1")
        assert drawn.state == "executed"
        frozen = office.book.facts().get(draws.f.FROZEN, "d1")
        assert frozen is not None
        assert drawn.outcome == draws.compute(drawn.outcome["seed"], drawn.question, frozen).data(
            drawn.outcome["seed"]
        )


class TestBuiltin(EngineContract):
    @pytest.fixture
    def engine(self) -> Engine:
        return Builtin()


class TestDuckDB(EngineContract):
    @pytest.fixture
    def engine(self) -> Engine:
        pytest.importorskip("duckdb")
        return engine_of("duckdb")


class TestPostgres(EngineContract):
    @pytest.fixture
    def engine(self, postgres: str) -> Engine:
        return engine_of("postgres", postgres)

    def test_a_server_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        pytest.importorskip("psycopg")
        with pytest.raises(LiuhenError, match="gave up") as caught:
            engine_of("postgres", f"postgresql:///nothing?host={tmp_path}").select(SEED, IDS, 3)
        assert (caught.value.code, caught.value.exit) == ("E-ENGINE-FAILED", Exit.DISK)

    @pytest.mark.parametrize(
        ("at", "code"),
        {
            "a password": ("postgresql://u:secret@h/b", "E-STORE-PASSWORD"),
            "libpq's own form": ("host=h password=secret", "E-STORE-URL"),
            "no encryption over a network": ("postgresql://u@h/b?sslmode=disable", "E-STORE-TLS"),
            "what libpq's environment says": ("", "E-ENGINE-AT"),
        }.values(),
        ids=lambda value: value if value.startswith("E-") else "",
    )
    def test_a_server_is_named_as_that_of_a_ledger_is(self, at: str, code: str) -> None:
        pytest.importorskip("psycopg")
        with pytest.raises(LiuhenError) as caught:
            engine_of("postgres", at)
        assert (caught.value.code, caught.value.exit) == (code, Exit.USAGE)
        assert "secret" not in f"{caught.value} {caught.value.params}"


@pytest.mark.slow
class TestSpark(EngineContract):
    @pytest.fixture
    def engine(self) -> Engine:
        pytest.importorskip("pyspark")
        if shutil.which("java") is None:
            pytest.skip("Spark needs Java")
        return engine_of("spark", "local[2]")

    def test_a_master_that_cannot_be_is_told(self, engine: Engine, capfd: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(LiuhenError, match="gave up") as caught:
            engine_of("spark", "spark://nobody:1:2").select(SEED, IDS, 3)
        assert (caught.value.code, caught.value.exit) == ("E-ENGINE-FAILED", Exit.DISK)
        assert "at java.base" not in capfd.readouterr().err


class _Bribed:
    """Draws the right number, and one of its own choice among them."""

    def select(self, seed: str, subjects: Sequence[str], k: int) -> list[tuple[str, str]]:
        drawn = lot.select(seed, subjects, len(subjects))
        return sorted([*drawn[: k - 1], drawn[k]])


def test_an_engine_that_errs_is_refused_by_the_law(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.ready()
    office.freeze("d1")
    office.commits("d1")
    office.reveals("d1")
    before = office.book.store.head()
    with pytest.raises(Refused) as caught:
        draws.run(office.book, office.clerk, "d1", _Bribed())
    assert {finding.rule for finding in caught.value.findings} >= {"draw.results"}
    assert office.book.store.head() == before


@pytest.mark.parametrize(
    ("name", "module"), [("duckdb", "duckdb"), ("postgres", "psycopg"), ("spark", "pyspark")]
)
def test_an_engine_that_is_not_installed_says_what_to_install(
    name: engines.EngineName, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(engine, "find_spec", lambda wanted: None if wanted == module else real(wanted))
    with pytest.raises(LiuhenError) as caught:
        engine_of(name)
    assert (caught.value.code, caught.value.exit) == ("E-ENGINE-MISSING", Exit.USAGE)
    assert f"liuhen[{name}]" in caught.value.remedy.format(**caught.value.params)


@pytest.mark.parametrize("name", ["builtin", "duckdb"])
def test_an_engine_of_this_machine_takes_no_place(name: engines.EngineName) -> None:
    with pytest.raises(LiuhenError) as caught:
        engine_of(name, "postgresql://h/b")
    assert caught.value.code == "E-ENGINE-AT"


def test_the_ceiling_holds_k_tickets_and_few_more() -> None:
    tickets = sorted(ticket for ticket, _ in lot.order(SEED, IDS))
    for k in (1, 10, 300, 2000, len(IDS)):
        below = sum(ticket <= engine.ceiling(len(IDS), k) for ticket in tickets)
        assert k <= below <= min(len(IDS), k + 20 * k**0.5 + 100)

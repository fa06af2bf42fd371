"""The specification says what the code does: made parts are current, and no rule is named in vain."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import docs
from tests.bundles import whole_year
from verifier import entry, schema
from verifier.rules import rules

SPECS = docs.ROOT / "specs"
NAMED = re.compile(r"`([a-z]+\.[a-z-]+)`")


@pytest.mark.parametrize("path", docs.documents(), ids=lambda path: path.name)
def test_the_page_is_what_the_code_gives(path: Path) -> None:
    assert path.read_text("utf-8") == docs.documents()[path], "run: python -m tests.docs"


@pytest.mark.parametrize("rule", rules())
def test_every_rule_is_asked_somewhere_and_explained(rule: str) -> None:
    assert docs.places(rule), f"nothing asks {rule}"
    prose = docs.EVENT_TYPES.read_text("utf-8").partition(docs.BEGIN)[0]
    pages = [prose] + [(SPECS / name).read_text("utf-8") for name in ("bundle.md", "event-log.md", "draw.md")]
    assert any(f"`{rule}`" in page for page in pages), f"no page of specs/ says what {rule} asks"


@pytest.mark.parametrize(
    "name", ["event-types.md", "event-log.md", "bundle.md", "draw.md", "report.md", "threat-model.md"]
)
def test_every_rule_that_a_page_names_exists(name: str) -> None:
    areas = {rule.partition(".")[0] for rule in rules()}
    known = set(rules()) | set(schema.EVENTS) | {"log.vkey"}
    files = ("md", "toml", "csv", "txt", "html", "py", "json")
    named = {n for n in NAMED.findall((SPECS / name).read_text("utf-8")) if n.split(".")[1] not in files}
    assert {n for n in named if n.partition(".")[0] in areas} <= known


def test_the_places_of_known_rules_are_found() -> None:
    assert docs.places("draw.pool") == ["draw.frozen"]
    assert docs.places("entry.chain") == ["every entry"]
    assert docs.places("bundle.hashes") == ["the bundle"]
    assert docs.places("result.deadline") == ["the head"]
    assert docs.places("act.confirmed") == ["confirmed"]
    assert "draw.executed" in docs.places("draw.results")


def test_the_writer_uses_the_streams_named(tmp_path: Path) -> None:
    """All entries of a year stand in the streams that event-types.md gives."""
    kinds = set()
    for raw in whole_year(tmp_path).entries():
        body = entry.parse(raw).body
        kinds.add(body.type)
        named = "draw/<draw>" if body.type.startswith("draw.") else docs.STREAMS[body.type]
        for key in re.findall(r"<(\w+)>", named):
            named = named.replace(f"<{key}>", str(body.data[key]))
        assert body.stream == named
    assert len(kinds) >= 15


def test_every_type_has_a_stream() -> None:
    kinds = {kind for kind in schema.EVENTS if not kind.startswith("draw.")}
    assert kinds == set(docs.STREAMS)

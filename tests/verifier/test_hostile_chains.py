"""Whatever an insider signs, replay answers with findings: no value of any event makes it stop."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.keystore import Signer
from tests.forgery import Forger, Stories, Story
from verifier import codec, schema
from verifier.errors import LiuhenError
from verifier.findings import KEPT, Findings
from verifier.replay import verify_entries
from verifier.report import Finding, Status

HOSTILE: list[Any] = [
    0,
    -1,
    1,
    2**53 - 1,
    True,
    False,
    "",
    "x",
    "d1",
    "D1",
    "none",
    "lottery:!:!",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59+08:00",
    "0001-01-01T00:00:00+08:00",
    "0" * 64,
    "f" * 64,
    b"",
    bytes(16),
    bytes(32),
    bytes(64),
    [],
    [[]],
    {},
    {"$c": bytes(32)},
]


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Stories:
    return Stories(tmp_path_factory.mktemp("stories"))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every part of a value."""
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for index in range(min(len(value), 4)):
            yield from places(value[index], (*path, index))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy with the part at `path` replaced."""
    if not path:
        return new
    whole = copy.deepcopy(value)
    part = whole
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = new
    return whole


def signers(story: Story) -> dict[bytes, Signer]:
    return {signer.key_id: signer for signer in story.office.signers.values()}


def parts_of(value: Any) -> Iterator[Any]:
    """Every part of a value."""
    yield value
    if isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from parts_of(part)


def twisted(kind: str, data: Any, choose: random.Random, material: list[Any], *, fits: bool) -> Any:
    """The data with one part replaced, where `fits` by another value that its schema allows, if one is
    soon found."""
    for _ in range(60 if fits else 1):
        path = choose.choice([p for p in places(data) if p] or [()])
        part = data
        for step in path:
            part = part[step]
        alike = [value for value in (*HOSTILE, *material) if type(value) is type(part)]
        if fits and type(part) is int:
            alike += [part + 1, part - 1, 10**6, 400]
        new = copy.deepcopy(choose.choice(alike if fits and alike else HOSTILE))
        made = changed(data, path, new)
        if fits and isinstance(part, list) and choose.random() < 0.5:
            made = changed(data, path, [*part, *part[:1]] if choose.random() < 0.5 else part[:-1])
        if made != data and isinstance(made, dict) and (not fits or not schema.fault(kind, made)):
            return made
    return data


def mutated(story: Story, seq: int, choose: random.Random, parts: int, *, fits: bool) -> list[bytes]:
    """The story with parts of one event changed and everything after it chained and signed again."""
    chain = story.entries
    held = signers(story)
    forger = Forger(chain[:seq])
    renamed: dict[Any, Any] = {}
    material = [part for e in chain[max(seq - 30, 0) : seq + 1] for part in parts_of(dict(e.body.data))]
    for old in chain[seq:]:
        data = follow(dict(old.body.data), renamed)
        if old.body.seq == seq:
            for _ in range(parts):
                data = twisted(old.body.type, data, choose, material, fits=fits)
        try:
            leaf = forger.append(
                held[old.body.actor],
                old.body.type,
                data,
                old.body.stream,
                time=old.body.time,
                ver=old.body.ver,
            )
        except LiuhenError:
            return list(forger.raw)
        renamed[old.leaf], renamed[old.leaf.hex()] = leaf, leaf.hex()
    return list(forger.raw)


def follow(value: Any, renamed: dict[Any, Any]) -> Any:
    """The value with leaf hashes of rewritten entries renamed."""
    if isinstance(value, dict):
        return {key: follow(part, renamed) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [follow(part, renamed) for part in value]
    return renamed.get(value, value) if isinstance(value, (bytes, str)) else value


STORIES = ("year", "sealed", "balls", "corrected")


def story_of(stories: Stories, name: str) -> Story:
    return {
        "year": stories.year,
        "sealed": stories.unsealed_year,
        "balls": lambda: stories.drawn("balls", public="balls:6"),
        "corrected": stories.corrected,
    }[name]()


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    name=st.sampled_from(STORIES),
    at=st.integers(1, 10_000),
    fits=st.booleans(),
    choose=st.randoms(use_true_random=False),
)
def test_a_changed_event_gives_findings_and_never_a_traceback(
    stories: Stories, name: str, at: int, fits: bool, choose: random.Random
) -> None:
    story = story_of(stories, name)
    seq = 1 + at % (len(story.entries) - 1)
    raw = mutated(story, seq, choose, choose.randint(1, 3), fits=fits)
    report = verify_entries(raw, "hostile", as_of=choose.choice([None, "2026-11-01", "9999-12-31"]))
    assert report.checks
    report.to_json()
    report.to_text()


@pytest.mark.parametrize("kind", sorted(schema.EVENTS))
def test_an_event_of_any_type_with_any_single_value_is_judged(kind: str, stories: Stories) -> None:
    story = stories.unsealed_year() if kind == "draw.unsealed" else stories.year()
    found = [e.body for e in story.entries if e.body.type == kind]
    template = dict(found[0].data) if found else {}
    forger = story.before(kind) if found and kind != "ledger.created" else story.whole()
    start = len(forger.raw)
    wanted = [(), *((key,) for key in schema.EVENTS[kind].shape.checks)] if not found else places(template)
    for path in wanted:
        for new in HOSTILE:
            data = changed(template, path, new)
            if isinstance(data, dict):
                try:
                    codec.encode(data)
                    forger.append(story.office.clerk, kind, data, "forged")
                except LiuhenError:
                    continue
    assert len(forger.raw) > start
    assert verify_entries(forger.raw, "hostile").checks


def test_entry_0_may_be_anything(stories: Stories) -> None:
    story = stories.year()
    first = story.entries[0]
    for kind in schema.EVENTS:
        for data in ({}, dict(first.body.data)):
            forger = Forger([])
            body = {"time": first.body.time, "prev": bytes(32), "seq": 0}
            forger.append(story.office.admin, kind, data, "ledger", **body)
            for old in story.entries[1:4]:
                forger.append(story.office.admin, old.body.type, dict(old.body.data), old.body.stream)
            assert verify_entries(forger.raw, "hostile").checks


def test_an_empty_chain_is_no_pass() -> None:
    assert verify_entries([], "empty").verdict.value == "inconclusive"


def test_findings_are_bounded_and_the_rest_is_counted() -> None:
    findings = Findings()
    for _ in range(KEPT + 5):
        findings.append(Finding("entry.chain", Status.FAIL))
    findings.append(Finding("entry.chain", Status.WARN))
    assert len(findings.of("entry.chain")) == KEPT + 2
    assert findings.of("entry.chain")[-1].found == "5 more"

"""Names: each grammar at its edges."""

from __future__ import annotations

import pytest

from verifier import ids

GOOD = {
    "id": (
        ids.is_id,
        ["a", "7", "91640000MA75X1234X", "T-2026.01_a", "a" * 64, "NUL", "a--b", "a._-b"],
    ),
    "draw id": (ids.is_draw_id, ["D-2026-01", "console", "com10", "com0", "nul-1", "x.nul"]),
    "line": (ids.is_line, ["a", "!~", "balls:0123456789", "a" * 200]),
    "stream": (ids.is_stream, ["task/T-1", "a" * 128, "/", "..", "-"]),
    "origin": (
        ids.is_origin,
        [
            "ledger.example.gov/draw/2026",
            "practice/ledger.example.gov/draw",
            "a.b/c",
            "a-b.c_d.e/f.g/h",
            "practice/a.b/" + "c" * 187,
        ],
    ),
    "type": (ids.is_type, ["confirmed", "ledger.created", "a.b_1.c", "a" * 64]),
    "time": (
        ids.is_time,
        ["2026-11-21T00:00:00+08:00", "2024-02-29T23:59:59+08:00", "0001-01-01T00:00:00+08:00"],
    ),
    "date": (ids.is_date, ["2026-12-31", "2000-02-29"]),
}

BAD = {
    "id": (
        ids.is_id,
        {
            "empty": "",
            "65 characters": "a" * 65,
            "begins with a dot": ".a",
            "ends with a hyphen": "a-",
            "two dots": "a..b",
            "space": "a b",
            "slash": "a/b",
            "letter that is not ASCII": "é",
            "full-width digit": "１",
            "line feed at the end": "a\n",
        },
    ),
    "draw id": (
        ids.is_draw_id,
        {"device": "NUL", "device in mixed case": "Com1", "device before a dot": "lpt9.txt", "no id": "a-"},
    ),
    "line": (
        ids.is_line,
        {"empty": "", "space": "a b", "201 bytes": "a" * 201, "line feed": "a\n", "delete": "\x7f", "é": "é"},
    ),
    "stream": (ids.is_stream, {"empty": "", "129 characters": "a" * 129, "colon": "a:b", "line feed": "a\n"}),
    "origin": (
        ids.is_origin,
        {
            "no dot in the host": "ledger/draw",
            "no path": "ledger.example.gov",
            "practice alone": "practice/draw",
            "practice without path": "practice/a.b",
            "practice twice": "practice/practice/a.b/c",
            "upper case": "Ledger.example.gov/draw",
            "scheme": "https://a.b/c",
            "slash at the end": "a.b/c/",
            "empty part": "a.b//c",
            "two dots": "a..b/c",
            "parent folder": "a.b/..",
            "plus": "a.b/c+d",
            "201 bytes": "a.b/" + "c" * 197,
            "line feed": "a.b/c\n",
        },
    ),
    "type": (
        ids.is_type,
        {
            "empty": "",
            "65 characters": "a" * 65,
            "dot at the end": "a.",
            "two dots": "a..b",
            "digit first": "1a",
            "digit after the dot": "a.1",
            "hyphen": "a-b",
            "upper case": "A.b",
            "line feed": "a\n",
        },
    ),
    "time": (
        ids.is_time,
        {
            "30 February": "2026-02-30T00:00:00+08:00",
            "29 February of a common year": "2100-02-29T00:00:00+08:00",
            "month 13": "2026-13-01T00:00:00+08:00",
            "year 0": "0000-01-01T00:00:00+08:00",
            "hour 24": "2026-01-01T24:00:00+08:00",
            "second 60": "2026-06-30T23:59:60+08:00",
            "another zone": "2026-01-01T00:00:00+09:00",
            "Z": "2026-01-01T00:00:00Z",
            "fraction": "2026-01-01T00:00:00.0+08:00",
            "space for T": "2026-01-01 00:00:00+08:00",
            "line feed": "2026-01-01T00:00:00+08:00\n",
            "full-width digit": "２026-01-01T00:00:00+08:00",
        },
    ),
    "date": (ids.is_date, {"basic form": "20260101", "week": "2026-W01-1", "30 February": "2026-02-30"}),
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind in GOOD for text in GOOD[kind][1]])
def test_accepts(kind: str, text: str) -> None:
    assert GOOD[kind][0](text)


@pytest.mark.parametrize(("kind", "why"), [(kind, why) for kind in BAD for why in BAD[kind][1]])
def test_refuses(kind: str, why: str) -> None:
    assert not BAD[kind][0](BAD[kind][1][why])


def test_only_a_practice_origin_is_for_practice() -> None:
    assert ids.is_practice("practice/a.b/c")
    assert not ids.is_practice("a.b/practice/c")

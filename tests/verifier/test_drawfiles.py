"""The files of a draw's folder are exact bytes (design §6)."""

from __future__ import annotations

import csv
import io

from tests.verifier.test_draw import VECTORS
from tests.verifier.test_teams import seats_of
from verifier import draw
from verifier.drawfiles import csv_line, guarded, seed_txt, teams_csv, tickets_csv


def published_tickets() -> bytes:
    case = VECTORS["subjects"]
    strata = [(s["id"], s["k"], s["pool"]) for s in reversed(case["strata"])]
    return b"".join(tickets_csv(case["seed"], strata, VECTORS["files"]["names"]))


def test_the_seed_file_has_the_seed_as_its_checksum() -> None:
    case = VECTORS["seeds"][0]
    text = seed_txt(case["draw"], case["m"], case["reveals"], case["public"])
    assert text == case["text"].encode()
    assert not text.endswith(b"\n")


def test_tickets_are_as_published() -> None:
    assert published_tickets() == VECTORS["files"]["tickets.csv"].encode()


def test_teams_are_as_published() -> None:
    case, files = VECTORS["each"], VECTORS["files"]
    rows = [(s, n, o) for s, n, o in case["rows"]]
    substitutes = [(s, n, o) for s, n, o in files["substitutes"]]
    written = teams_csv(case["seed"], "each", seats_of(case), case["in_order"], rows, substitutes)
    assert b"".join(written) == files["teams.csv"].encode()


def test_groups_stand_with_the_ticket_of_the_member() -> None:
    case = VECTORS["groups"][1]
    rows = [(s, n, o) for s, n, o in case["rows"]]
    lines = list(teams_csv(case["seed"], "groups", seats_of(case), case["in_order"], rows))
    subject = case["in_order"][0]
    officer = case["groups"][0][0]
    ticket = draw.ticket_member(case["seed"], officer)
    assert lines[1] == csv_line((subject, "fg", "1", officer, ticket, "assigned"))
    assert len(lines) == 1 + len(rows)


def test_every_ticket_of_the_file_can_be_recomputed_from_its_own_line() -> None:
    seed = VECTORS["subjects"]["seed"]
    text = published_tickets().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == sum(len(s["pool"]) for s in VECTORS["subjects"]["strata"])
    assert all(row["ticket"] == draw.ticket_subject(seed, row["subject"]) for row in rows)


def test_a_name_that_a_spreadsheet_would_compute_is_led_by_an_apostrophe() -> None:
    assert [guarded(n) for n in ("=1", "+1", "-1", "@a", "\tb")] == ["'=1", "'+1", "'-1", "'@a", "'\tb"]
    assert [guarded(n) for n in ("", "甲=乙", "'x", " =1")] == ["", "甲=乙", "'x", " =1"]


def test_quotes_are_doubled_and_every_line_ends_with_one_line_feed() -> None:
    assert csv_line(('a"b', "", "甲,乙")) == '"a""b","","甲,乙"\n'.encode()
    assert b"\r" not in published_tickets()
    assert published_tickets().startswith(b'\xef\xbb\xbf"stratum"')

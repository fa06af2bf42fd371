"""Checkpoints and cosignatures: the golden head of 600 entries, and one form only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier import demolog
from verifier import checkpoint, merkle, note
from verifier.errors import LiuhenError, Malformed

ROOT_TEXT = "6PN3Q5r6TogjfUus5PeL2CyN2dXIZw4GdmLS9ybIjUE="
TEXT = f"{demolog.ORIGIN}\n600\n{ROOT_TEXT}\n"
SECOND = note.make_vkey("auditor.example.org/b", demolog.WITNESS.public, note.Algorithm.COSIGNATURE)


def cosignature(vkey: note.Vkey = demolog.WITNESS, time: int = demolog.COSIGNED_AT, text: str = TEXT) -> str:
    return checkpoint.cosign(text, vkey, time, demolog.WITNESS_SEED.sign).line()


def test_the_golden_head_is_written_and_cosigned_byte_for_byte() -> None:
    signed = demolog.signed_head(600)
    assert checkpoint.with_cosignature(signed, cosignature()) == demolog.HEAD_600


def test_the_golden_head_is_read() -> None:
    head, signed = checkpoint.parse_checkpoint(demolog.HEAD_600)
    assert head == demolog.head(600)
    assert note.verify(signed, demolog.LOG)
    assert checkpoint.verify_cosignature(signed, demolog.WITNESS) == demolog.COSIGNED_AT
    assert checkpoint.in_order(signed, demolog.LOG)


def test_the_golden_proof_is_made_of_our_parts() -> None:
    """The tlog-proof for entry 300, as the Go tools accepted it."""
    vectors = json.loads(
        (Path(__file__).parents[2] / "specs/vectors/merkle.json").read_text(encoding="utf-8")
    )
    known = next(v for v in vectors["inclusion"] if (v["size"], v["index"]) == (600, 300))["proof"]
    assert known[0] == "daOssPHvHH/+Uu5QIqTvJCod+8gKKXWadjb+xGdFC+w="
    assert known[-1] == "FBFV62Xdivxbj4dfZDnxxxcHMQF8zOx0rmEp/YKu448="
    made = "".join(note.encode_base64(h) + "\n" for h in merkle.inclusion_proof(demolog.leaves(600), 300))
    proof = f"c2sp.org/tlog-proof@v1\nindex 300\n{made}\n".encode() + demolog.HEAD_600
    assert made.split() == known
    assert len(proof) == 826


@given(st.integers(1, checkpoint.MAX_SIZE), st.binary(min_size=32, max_size=32))
def test_any_head_reads_back(size: int, root: bytes) -> None:
    head = checkpoint.Checkpoint(demolog.ORIGIN, size, root)
    assert checkpoint.parse_text(head.text()) == head


def test_the_empty_log_has_a_head() -> None:
    head = checkpoint.Checkpoint(demolog.ORIGIN, 0, merkle.EMPTY_ROOT)
    assert checkpoint.parse_text(head.text()) == head


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(TEXT[:-1], id="no newline at the end"),
        pytest.param(TEXT + "extension\n", id="an extension line"),
        pytest.param(TEXT + "\n", id="an empty line more"),
        pytest.param(TEXT.replace(demolog.ORIGIN, ""), id="no origin"),
        pytest.param(TEXT.replace("/draw", " draw"), id="a space in the origin"),
        pytest.param(TEXT.replace("600", ""), id="no size"),
        pytest.param(TEXT.replace("600", "0600"), id="a leading zero"),
        pytest.param(TEXT.replace("600", "+600"), id="a plus sign"),
        pytest.param(TEXT.replace("600", "-600"), id="a negative size"),
        pytest.param(TEXT.replace("600", "６００"), id="wide digits"),
        pytest.param(TEXT.replace("600", str(2**53)), id="a size beyond 2^53−1"),
        pytest.param(TEXT.replace("600", "0"), id="an empty log with entries' root"),
        pytest.param(TEXT.replace(ROOT_TEXT, ROOT_TEXT[:-1]), id="a root without padding"),
        pytest.param(TEXT.replace("jUE=", "jUF="), id="a root with loose bits"),
        pytest.param(TEXT.replace(ROOT_TEXT, ROOT_TEXT[:40]), id="a short root"),
    ],
)
def test_a_head_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="E-CHECKPOINT-FORM"):
        checkpoint.parse_text(text)


def test_the_log_key_carries_the_origin_as_its_name() -> None:
    other = note.make_vkey("other.example.gov/log", demolog.LOG.public, note.Algorithm.LOG)
    with pytest.raises(Malformed, match="E-CHECKPOINT-NAME"):
        checkpoint.sign_checkpoint(demolog.head(3), other, demolog.LOG_SEED.sign)


def test_cosignatures_stand_behind_the_log_by_key_name() -> None:
    signed = demolog.signed_head(600)
    one = checkpoint.with_cosignature(checkpoint.with_cosignature(signed, cosignature()), cosignature(SECOND))
    two = checkpoint.with_cosignature(checkpoint.with_cosignature(signed, cosignature(SECOND)), cosignature())
    parsed = note.parse(one)
    assert one == two
    assert [s.name for s in parsed.signatures] == [demolog.ORIGIN, SECOND.name, demolog.WITNESS.name]
    assert checkpoint.in_order(parsed, demolog.LOG)
    log, a, b = parsed.signatures
    for wrong in [(log, b, a), (a, log, b), (a, b), (log, a, a), (log, log), (log, a, log)]:
        assert not checkpoint.in_order(note.Note(parsed.text, wrong), demolog.LOG)


def test_a_cosigner_signs_a_head_once() -> None:
    once = demolog.HEAD_600
    assert checkpoint.with_cosignature(once, cosignature()) == once
    with pytest.raises(LiuhenError, match="E-CHECKPOINT-TWICE"):
        checkpoint.with_cosignature(once, cosignature(time=demolog.COSIGNED_AT + 1))


def test_a_line_that_is_no_cosignature_is_not_added() -> None:
    log_line = note.parse(demolog.HEAD_600).signatures[0]
    as_other = note.Signature("someone/else", log_line.key_id, log_line.blob)
    as_log = note.make_vkey(demolog.ORIGIN, demolog.WITNESS.public, note.Algorithm.COSIGNATURE)
    for line in (as_other.line(), cosignature(as_log)):
        with pytest.raises(Malformed, match="E-CHECKPOINT-COSIGNATURE"):
            checkpoint.with_cosignature(demolog.HEAD_600, line)


def parsed_with(*lines: str) -> note.Note:
    return note.Note(TEXT, tuple(note.parse_line(line) for line in lines))


def test_an_absent_cosignature_is_told_from_a_false_one() -> None:
    absent = parsed_with(cosignature(SECOND))
    false = parsed_with(cosignature(text=TEXT.replace("600", "601")))
    assert checkpoint.verify_cosignature(absent, demolog.WITNESS) is None
    assert checkpoint.verify_cosignature(false, demolog.WITNESS) is None
    assert not absent.signed_by(demolog.WITNESS)
    assert false.signed_by(demolog.WITNESS)


def test_one_false_line_spoils_the_cosigner_s_other_line() -> None:
    good, later = cosignature(), cosignature(time=demolog.COSIGNED_AT + 5)
    false = cosignature(text=TEXT.replace("600", "601"))
    assert checkpoint.verify_cosignature(parsed_with(good, later), demolog.WITNESS) == demolog.COSIGNED_AT + 5
    assert checkpoint.verify_cosignature(parsed_with(good, false), demolog.WITNESS) is None


def test_a_cosignature_covers_its_time() -> None:
    line = note.parse_line(cosignature())
    moved = note.Signature(line.name, line.key_id, (1).to_bytes(8, "big") + line.blob[8:])
    assert checkpoint.verify_cosignature(note.Note(TEXT, (moved,)), demolog.WITNESS) is None


def test_a_signature_over_the_time_zero_is_no_cosignature() -> None:
    signature = demolog.WITNESS_SEED.sign(checkpoint.cosignature_message(TEXT, 0))
    line = note.Signature(demolog.WITNESS.name, demolog.WITNESS.key_id, bytes(8) + signature)
    assert checkpoint.verify_cosignature(note.Note(TEXT, (line,)), demolog.WITNESS) is None


@pytest.mark.parametrize("time", [0, -1, 2**63])
def test_a_time_that_cannot_be_is_refused(time: int) -> None:
    with pytest.raises(Malformed, match="E-CHECKPOINT-COSIGNATURE"):
        cosignature(time=time)


def test_the_log_key_does_not_cosign() -> None:
    with pytest.raises(Malformed, match="E-CHECKPOINT-COSIGNATURE"):
        checkpoint.cosign(TEXT, demolog.LOG, demolog.COSIGNED_AT, demolog.LOG_SEED.sign)
    assert checkpoint.verify_cosignature(note.parse(demolog.HEAD_600), demolog.LOG) is None

"""Requests to cosigners, policy files and evidence: one form each, and what convicts a log."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from tests.golang import RefusedByGoError, check_cosigned
from tests.verifier import demolog
from verifier import evidence, merkle, note, tlogpolicy, witness
from verifier.checkpoint import Checkpoint, cosignature_message, sign_checkpoint
from verifier.errors import Malformed
from verifier.evidence import Evidence

BODY = witness.Request(
    300,
    tuple(merkle.consistency_proof(demolog.leaves(600), 300)),
    demolog.head(600),
    note.parse(demolog.signed_head(600)),
).encode()
BLANK = b"\n\nledger"


def test_a_request_is_read_back_as_it_was_written() -> None:
    read = witness.parse_request(BODY)
    assert (read.old, read.checkpoint, read.encode()) == (300, demolog.head(600), BODY)
    assert BODY.startswith(b"old 300\n")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(BODY.replace(b"old 300", b"old 0300"), id="a leading zero"),
        pytest.param(BODY.replace(b"old 300", b"old -1"), id="a negative size"),
        pytest.param(BODY.replace(b"old 300", b"old  300"), id="two spaces"),
        pytest.param(BODY.replace(b"old 300\n", b"old 300\r\n"), id="a carriage return"),
        pytest.param(BODY.replace(b"old 300\n", b""), id="no size"),
        pytest.param(BODY.replace(b"old 300", b"old 9007199254740992"), id="a size beyond 2^53"),
        pytest.param(BODY.replace(b"=\n", b"\n", 1), id="base64 without padding"),
        pytest.param(BODY.replace(BLANK, b"\nAAAA" + BLANK), id="a hash of three bytes"),
        pytest.param(BODY.replace(BLANK, b"\n" + b"A" * 43 + b"=" + BLANK, 1)[:20], id="cut off"),
        pytest.param(b"old 0\n" + (b"A" * 43 + b"=\n") * 64 + BODY[BODY.index(BLANK) + 1 :], id="64 hashes"),
        pytest.param(b"old 0\n\n" + b"x" * witness.MAX_REQUEST, id="too long"),
        pytest.param(BODY.replace("— ".encode(), b"- "), id="no signature line"),
    ],
)
def test_a_request_of_another_form_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        witness.parse_request(body)


@given(st.binary(max_size=300))
def test_no_bytes_make_the_readers_fall_over(data: bytes) -> None:
    for read in (witness.parse_request, witness.parse_answer, tlogpolicy.parse, evidence.parse):
        with pytest.raises(Malformed):
            read(data + b"\x00")


def test_an_answer_is_lines_or_a_size() -> None:
    line = note.parse(demolog.HEAD_600).signatures[1]
    assert witness.parse_answer(line.line().encode() * 2) == (line, line)
    assert witness.parse_answer(witness.size_answer(0)) == 0
    for bad in (b"600", b"0600\n", b"\n", line.line().encode()[:-1], b"no\n"):
        with pytest.raises(Malformed, match="E-WITNESS-ANSWER"):
            witness.parse_answer(bad)


# an implementation that is not ours


def test_go_opens_a_cosigned_head(tmp_path: Path) -> None:
    place = tmp_path / "checkpoint"
    place.write_bytes(demolog.HEAD_600)
    told = check_cosigned(place, demolog.LOG_VKEY, demolog.WITNESS_VKEY)
    assert told == f"witness.example.org/auditor {demolog.COSIGNED_AT}"
    place.write_bytes(demolog.HEAD_600.replace(b"\n600\n", b"\n601\n"))
    with pytest.raises(RefusedByGoError):
        check_cosigned(place, demolog.LOG_VKEY, demolog.WITNESS_VKEY)


@pytest.mark.parametrize(("time", "good"), [(demolog.COSIGNED_AT, True), (demolog.COSIGNED_AT + 1, False)])
def test_openssl_verifies_a_cosignature(tmp_path: Path, time: int, good: bool) -> None:
    signed = note.parse(demolog.HEAD_600)
    blob = signed.signatures[1].blob
    (tmp_path / "signature").write_bytes(blob[8:])
    (tmp_path / "message").write_bytes(cosignature_message(signed.text, time))
    key = demolog.WITNESS_SEED.public_key()
    (tmp_path / "key").write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key", "-in", "message"]
    try:
        done = subprocess.run(
            [*command, "-sigfile", "signature"], cwd=tmp_path, capture_output=True, text=True
        )
    except FileNotFoundError:
        pytest.skip("no openssl")
    if "rawin" in done.stderr:
        pytest.skip("this openssl cannot verify Ed25519 over a file")
    assert (done.returncode == 0) == good, done.stderr


# policy files

LOG, KEY = demolog.LOG_VKEY, demolog.WITNESS_VKEY
OTHER = str(note.make_vkey("other.example.org/b", bytes(range(32)), note.Algorithm.COSIGNATURE))
THIRD = str(note.make_vkey("third.example.org/c", bytes(range(1, 33)), note.Algorithm.COSIGNATURE))
POLICY = f"""\
# an office with three cosigners
log {LOG} https://example.org/log
witness audit\t{KEY}  https://example.org/w
witness county {OTHER}
 witness paper {THIRD}

group near any county paper
group both all audit near
quorum both
"""


def satisfied(text: str, *signed: str) -> bool:
    policy = tlogpolicy.parse(text.encode())
    return policy.satisfied(lambda key: str(key) in signed)


def test_a_quorum_is_met_by_groups_of_groups() -> None:
    assert not satisfied(POLICY)
    assert not satisfied(POLICY, KEY)
    assert not satisfied(POLICY, OTHER, THIRD)
    assert satisfied(POLICY, KEY, THIRD)
    assert satisfied("quorum none\n")
    assert satisfied(f"witness w {KEY}\nquorum w", KEY)
    assert not satisfied(f"witness w {KEY}\nwitness v {OTHER}\ngroup g 2 w v\nquorum g\n", KEY)


def test_a_policy_knows_its_logs_and_who_counts() -> None:
    policy = tlogpolicy.parse(POLICY.encode())
    assert policy.accepts_log(demolog.LOG)
    assert not policy.accepts_log(replace(demolog.LOG, name="other.example"))
    assert [w.name for w in policy.counted()] == ["audit", "county", "paper"]
    assert [w.url for w in policy.witnesses] == ["https://example.org/w", "", ""]
    alone = tlogpolicy.parse(POLICY.replace("quorum both", "quorum near").encode())
    assert [w.name for w in alone.counted()] == ["county", "paper"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(POLICY.replace("quorum both\n", ""), id="no quorum"),
        pytest.param(POLICY + "quorum both\n", id="two quorums"),
        pytest.param(POLICY.replace("quorum both", "quorum all"), id="a quorum of nobody"),
        pytest.param(f"quorum w\nwitness w {KEY}\n", id="a quorum before its witness"),
        pytest.param(f"witness none {KEY}\nquorum none\n", id="a witness called none"),
        pytest.param(f"witness w {KEY}\nwitness v {KEY}\nquorum w\n", id="one key twice"),
        pytest.param(f"witness w {KEY}\nwitness w {OTHER}\nquorum w\n", id="one name twice"),
        pytest.param(f"witness w {LOG}\nquorum w\n", id="a log key as witness"),
        pytest.param(f"log {KEY}\nquorum none\n", id="a witness key as log"),
        pytest.param(f"log {LOG}\nlog {LOG}\nquorum none\n", id="one log twice"),
        pytest.param(f"witness w {KEY}\ngroup g 2 w\nquorum g\n", id="more than there are"),
        pytest.param(f"witness w {KEY}\ngroup g 0 w\nquorum g\n", id="a group of none"),
        pytest.param(f"witness w {KEY}\ngroup g all\nquorum g\n", id="a group without members"),
        pytest.param(f"witness w {KEY}\ngroup g any none\nquorum g\n", id="none as a member"),
        pytest.param(f"witness w {KEY}\ngroup g any w w\nquorum g\n", id="a member twice"),
        pytest.param(
            f"witness w {KEY}\ngroup g any w\ngroup h any w\nquorum h\n", id="a member of two groups"
        ),
        pytest.param(
            f"witness w {KEY}\ngroup g any h\ngroup h any w\nquorum g\n", id="a member defined below"
        ),
        pytest.param(f"mirror w {KEY}\nquorum none\n", id="an unknown word"),
        pytest.param("quorum none\r\n", id="a carriage return"),
        pytest.param("quorum none\x0b\n", id="a control character"),
        pytest.param("#" * 65_537, id="too long"),
    ],
)
def test_a_policy_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="E-POLICY-FILE"):
        tlogpolicy.parse(text.encode())


def test_a_name_may_be_chinese_or_no_text_at_all() -> None:
    data = b"witness \xff " + KEY.encode() + "\nwitness 纪检 ".encode() + OTHER.encode() + b"\nquorum \xff\n"
    policy = tlogpolicy.parse(data)
    assert [w.name for w in policy.witnesses] == ["\\xff", "纪检"]
    assert policy.satisfied(lambda key: str(key) == KEY)


# evidence


def signed(size: int, leaves: list[bytes]) -> note.Note:
    head = Checkpoint(demolog.ORIGIN, size, merkle.root(leaves[:size]))
    return note.parse(sign_checkpoint(head, demolog.LOG, demolog.LOG_SEED.sign))


HONEST = demolog.leaves(40)
REWRITTEN = [*HONEST[:10], merkle.leaf_hash(b"another"), *HONEST[11:]]


def test_two_roots_of_one_size_convict() -> None:
    found = evidence.of_heads(demolog.LOG, signed(20, HONEST), signed(20, REWRITTEN))
    assert found is not None
    assert evidence.parse(found.encode()) == found
    assert evidence.convicts(evidence.parse(found.encode()))


@given(st.integers(11, 39), st.integers(1, 20))
def test_a_rewritten_beginning_convicts_at_every_pair_of_sizes(old: int, more: int) -> None:
    new = min(old + more, 40)
    found = evidence.of_heads(demolog.LOG, signed(new, REWRITTEN), signed(old, HONEST), REWRITTEN)
    assert found is not None
    assert evidence.convicts(evidence.parse(found.encode()))


@given(st.integers(1, 39), st.integers(1, 39))
def test_an_honest_log_is_never_convicted(old: int, more: int) -> None:
    new = min(old + more, 40)
    assert evidence.of_heads(demolog.LOG, signed(old, HONEST), signed(new, HONEST), HONEST) is None
    proof = merkle.consistency_proof(HONEST[:new], old)
    assert evidence.of_proof(demolog.LOG, signed(old, HONEST), signed(new, HONEST), proof) is None


@given(st.integers(11, 39), st.integers(1, 28))
def test_a_proof_of_the_rewritten_log_convicts_it(old: int, more: int) -> None:
    new = min(old + more, 40)
    proof = merkle.consistency_proof(REWRITTEN[:new], old)
    found = evidence.of_proof(demolog.LOG, signed(old, HONEST), signed(new, REWRITTEN), proof)
    power_of_two = old & (old - 1) == 0
    assert (found is not None) == (old < new and not power_of_two)
    assert found is None or evidence.convicts(found)


def test_a_made_up_proof_or_a_changed_head_convicts_nobody() -> None:
    good = evidence.of_heads(demolog.LOG, signed(20, HONEST), signed(30, REWRITTEN), REWRITTEN)
    assert good is not None
    same = evidence.of_heads(demolog.LOG, signed(20, HONEST), signed(20, REWRITTEN))
    assert same is not None
    stranger = note.make_vkey(demolog.ORIGIN, bytes(range(32)), note.Algorithm.LOG)
    forged: dict[str, Evidence] = {
        "another root": replace(good, root=bytes(32)),
        "the root that was signed": replace(good, root=merkle.root(HONEST[:20])),
        "a shorter proof": replace(good, proof=good.proof[:-1]),
        "another key": replace(good, vkey=stranger),
        "a head changed afterwards": replace(good, new=good.new.replace(b"\n30\n", b"\n31\n")),
        "one head twice": replace(same, new=same.old),
        "the heads the wrong way round": replace(good, old=good.new, new=good.old),
        "no head at all": replace(good, old=b"x"),
    }
    assert [name for name, one in forged.items() if evidence.convicts(one)] == []


def test_an_evidence_file_has_one_form() -> None:
    good = evidence.of_heads(demolog.LOG, signed(20, HONEST), signed(30, REWRITTEN), REWRITTEN)
    assert good is not None
    data = good.encode()
    for bad in (
        data + b"\n",
        data[:-1],
        data.replace(b"old ", b"old 0", 1),
        data.replace(b"/1\n", b"/2\n", 1),
    ):
        with pytest.raises(Malformed, match="E-EVIDENCE-FORM"):
            evidence.parse(bad)

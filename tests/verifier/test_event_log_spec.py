"""The worked examples of specs/event-log.md, recomputed from its text."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier import checkpoint, codec, ed25519, entry, lists, merkle, note, private, statement
from verifier.errors import Malformed

SPEC = (Path(__file__).parents[2] / "specs" / "event-log.md").read_text(encoding="utf-8")
EXAMPLES = [(name, body) for name, body in re.findall(r"^```example (\w+)\n(.*?)^```$", SPEC, re.M | re.S)]


def blocks(name: str) -> list[str]:
    return [body for found, body in EXAMPLES if found == name]


def fields(body: str) -> dict[str, str]:
    """`name: value` lines; lines that are indented go on with the value."""
    joined = re.sub(r"\n +", "", body)
    return dict(re.findall(r"^(\w+): ?(.*)$", joined, re.M))


def of(name: str) -> dict[str, str]:
    (body,) = blocks(name)
    return fields(body)


def hexes(name: str) -> dict[str, bytes]:
    return {key: bytes.fromhex(value) for key, value in of(name).items()}


def entries() -> list[dict[str, bytes]]:
    return [{key: bytes.fromhex(value) for key, value in fields(body).items()} for body in blocks("entry")]


def test_every_kind_of_example_is_there() -> None:
    assert sorted(name for name, _ in EXAMPLES) == sorted(
        ["codec", "refused", "proof", "entry", "entry", "tree", "list", "private", "statement", "checkpoint"]
    )


@pytest.mark.parametrize("line", blocks("codec")[0].splitlines())
def test_packs_as_shown(line: str) -> None:
    value, packed = line.split(" -> ")
    assert codec.encode(json.loads(value)).hex() == packed
    assert codec.decode(bytes.fromhex(packed)) == json.loads(value)


@pytest.mark.parametrize("line", blocks("refused")[0].splitlines())
def test_refuses_as_shown(line: str) -> None:
    with pytest.raises(Malformed):
        codec.decode(bytes.fromhex(line.split(" ")[0]))


def test_the_proof_of_possession() -> None:
    shown = hexes("proof")
    key = Ed25519PrivateKey.from_private_bytes(shown["seed"])
    body = entry.parse(entries()[0]["entry"]).body
    lines = ["liuhen/enrol/1", body.origin, str(body.data["holder"]), str(body.data["unit"])]
    assert key.public_key().public_bytes_raw() == shown["public"]
    assert "\n".join([*lines, "admin,clerk", shown["public"].hex()]).encode() == shown["message"]
    assert key.sign(shown["message"]) == shown["proof"]


@pytest.mark.parametrize("number", [0, 1])
def test_the_entries(number: int) -> None:
    shown = entries()[number]
    read = entry.parse(shown["entry"])
    key = Ed25519PrivateKey.from_private_bytes(shown["seed"])
    assert read.body.seq == number
    assert read.body.encode() == read.body_bytes == shown["body"]
    assert entry.seal(read.body, key.sign) == read
    assert read.signature == key.sign(b"liuhen/event/1\n" + shown["body"]) == shown["signature"]
    assert read.leaf == sha256(b"\x00" + shown["entry"]).digest() == shown["leaf"]
    assert entry.signature_valid(read, shown["public"])


def test_entry_0_carries_the_key_and_the_proof_shown() -> None:
    data = entry.parse(entries()[0]["entry"]).body.data
    assert (data["key"], data["proof"]) == (hexes("proof")["public"], hexes("proof")["proof"])


def test_the_chain_and_the_tree() -> None:
    first, second = (shown["leaf"] for shown in entries())
    assert entry.parse(entries()[1]["entry"]).body.prev == first
    assert hexes("tree") == {
        "leaf0": first,
        "leaf1": second,
        "root1": first,
        "root2": sha256(b"\x01" + first + second).digest(),
    }


def test_the_list() -> None:
    shown = of("list")
    rows = json.loads(shown["rows"])
    leaves = [sha256(b"\x00" + codec.encode(row)).digest() for row in rows]
    assert [leaf.hex() for leaf in leaves] == [shown["leaf0"], shown["leaf1"], shown["leaf2"]]
    root = merkle.node_hash(merkle.node_hash(leaves[0], leaves[1]), leaves[2])
    assert lists.list_hash(rows) == lists.ListHash(int(shown["n"]), bytes.fromhex(shown["root"]))
    assert root.hex() == shown["root"]


def test_the_private_field() -> None:
    shown = of("private")
    value, salt = json.loads(shown["value"]), bytes.fromhex(shown["salt"])
    assert codec.encode(value).hex() == shown["packed"]
    opening = private.seal(shown["origin"], shown["owner"], shown["field"], value, salt)
    assert opening.commitment.hex() == shown["commitment"]
    assert list(private.decode_openings(bytes.fromhex(shown["openings"]))) == [opening]
    text = f"liuhen/private/1\n{shown['origin']}\n{shown['owner']}\n{shown['field']}\n".encode()
    assert sha256(text + salt + bytes.fromhex(shown["packed"])).digest() == opening.commitment


def test_the_statement() -> None:
    shown = hexes("statement")
    key = Ed25519PrivateKey.from_private_bytes(shown["seed"])
    carried = statement.sign(statement.parse(shown["text"]), key.public_key().public_bytes_raw(), key.sign)
    assert carried == statement.Carried(shown["by"], shown["text"], shown["sig"])
    assert shown["sig"] == key.sign(b"liuhen/statement/1\n" + shown["text"])
    assert statement.read_file(shown["file"]) == (carried, None)
    stated = carried.statement()
    assert (stated.ledger, stated.of) == tuple(each["leaf"] for each in entries())


def test_the_checkpoint() -> None:
    vkey, _, signed = blocks("checkpoint")[0].partition("\n\n")
    head, read = checkpoint.parse_checkpoint(signed.encode())
    assert note.verify(read, note.Vkey.parse(vkey))
    assert head == checkpoint.Checkpoint(note.Vkey.parse(vkey).name, 2, hexes("tree")["root2"])
    assert entry.parse(entries()[0]["entry"]).body.data["log_vkey"] == vkey


def test_the_numbers_of_strict_ed25519() -> None:
    (y8,) = re.findall(r"Y = 0x([0-9a-f]{64})", SPEC)
    assert bytes.fromhex(y8)[::-1] in ed25519.REFUSED_POINTS
    assert (ed25519.P - int(y8, 16)).to_bytes(32, "little") in ed25519.REFUSED_POINTS


def test_the_lists_have_the_rows_that_the_code_names() -> None:
    table = SPEC.split("| list | row |")[1].split("\n\n")[0]
    rows = dict(re.findall(r"^\| (\w+) \| (\[.*\])(?:, .*)? \|$", table, re.M))
    assert rows == lists.ROWS

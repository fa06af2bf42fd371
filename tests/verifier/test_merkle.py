"""The Merkle tree against the definitions of RFC 6962 §2.1 and known answers from outside."""

from __future__ import annotations

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier import demolog
from verifier import merkle

ROOT = Path(__file__).parents[2]
OURS = json.loads((ROOT / "specs/vectors/merkle.json").read_text(encoding="utf-8"))
UPSTREAM = ROOT.parent / "shared/vectors"
upstream = pytest.mark.skipif(not UPSTREAM.exists(), reason="transparency-dev vectors are not here")

sizes = st.integers(min_value=1, max_value=70)


def by_definition(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, word for word."""
    n = len(entries)
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < n:
        k *= 2
    return sha256(b"\x01" + by_definition(entries[:k]) + by_definition(entries[k:])).digest()


def decoded(values: list[str] | None) -> list[bytes]:
    return [b64decode(value) for value in values or []]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert merkle.root([]) == merkle.EMPTY_ROOT == b64decode("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")


@pytest.mark.parametrize("vector", OURS["roots"], ids=lambda v: f"{v['size']} entries")
def test_known_roots(vector: dict[str, Any]) -> None:
    assert merkle.root(demolog.leaves(vector["size"])) == b64decode(vector["root"])


@pytest.mark.parametrize("vector", OURS["inclusion"], ids=lambda v: f"{v['index']} in {v['size']}")
def test_known_inclusion_proofs(vector: dict[str, Any]) -> None:
    size, index, root = vector["size"], vector["index"], b64decode(vector["root"])
    leaves, proof = demolog.leaves(size), decoded(vector["proof"])
    assert merkle.inclusion_proof(leaves, index) == proof
    assert leaves[index] == b64decode(vector["leaf"])
    assert merkle.verify_inclusion(index, size, leaves[index], proof, root)


@pytest.mark.parametrize("vector", OURS["consistency"], ids=lambda v: f"{v['size1']} to {v['size2']}")
def test_known_consistency_proofs(vector: dict[str, Any]) -> None:
    size1, size2, proof = vector["size1"], vector["size2"], decoded(vector["proof"])
    assert merkle.consistency_proof(demolog.leaves(size2), size1) == proof
    assert merkle.verify_consistency(
        size1, size2, b64decode(vector["root1"]), b64decode(vector["root2"]), proof
    )


@upstream
def test_every_upstream_inclusion_vector_gets_its_answer() -> None:
    vectors = json.loads((UPSTREAM / "merkle-inclusion.json").read_text())
    wrong = [
        v["name"]
        for v in vectors
        if merkle.verify_inclusion(
            v["leafIdx"], v["treeSize"], b64decode(v["leafHash"]), decoded(v["proof"]), b64decode(v["root"])
        )
        == v["wantErr"]
    ]
    assert len(vectors) > 80
    assert wrong == []


@upstream
def test_every_upstream_consistency_vector_gets_its_answer() -> None:
    vectors = json.loads((UPSTREAM / "merkle-consistency.json").read_text())
    wrong = [
        v["name"]
        for v in vectors
        if merkle.verify_consistency(
            v["size1"], v["size2"], b64decode(v["root1"]), b64decode(v["root2"]), decoded(v["proof"])
        )
        == v["wantErr"]
    ]
    assert len(vectors) > 80
    assert wrong == []


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_the_root_is_the_one_of_the_definition(entries: list[bytes]) -> None:
    assert merkle.root(map(merkle.leaf_hash, entries)) == by_definition(entries)


@given(st.data(), sizes)
def test_an_inclusion_proof_shows_its_leaf_at_its_place_and_nothing_else(
    data: st.DataObject, size: int
) -> None:
    leaves = demolog.leaves(size)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size + 5).filter(lambda i: i != index))
    proof, root = merkle.inclusion_proof(leaves, index), merkle.root(leaves)
    assert merkle.verify_inclusion(index, size, leaves[index], proof, root)
    assert not merkle.verify_inclusion(other, size, leaves[index], proof, root)
    assert not merkle.verify_inclusion(index, size, merkle.leaf_hash(b"other"), proof, root)
    assert not merkle.verify_inclusion(index, size, leaves[index], [*proof, root], root)
    assert not merkle.verify_inclusion(-1, size, leaves[index], proof, root)
    if proof:
        assert not merkle.verify_inclusion(index, size, leaves[index], proof[:-1], root)
        assert not merkle.verify_inclusion(index, size, leaves[index], [*proof[:-1], proof[-1][:31]], root)


@given(st.data(), sizes)
def test_a_consistency_proof_shows_that_a_log_only_grew(data: st.DataObject, size2: int) -> None:
    leaves = demolog.leaves(size2)
    size1 = data.draw(st.integers(0, size2))
    root1, root2 = merkle.root(leaves[:size1]), merkle.root(leaves)
    proof = merkle.consistency_proof(leaves, size1)
    assert merkle.verify_consistency(size1, size2, root1, root2, proof)
    assert not merkle.verify_consistency(size1, size2, merkle.leaf_hash(b"other"), root2, proof)
    assert not merkle.verify_consistency(size1, size2, root1, root2, [*proof, root2])
    if size1 != size2:
        assert not merkle.verify_consistency(size2, size1, root2, root1, proof)
    if size1 not in (0, size2):
        assert not merkle.verify_consistency(size1, size2, root1, merkle.leaf_hash(b"other"), proof)


@given(st.integers(0, 600))
def test_a_frontier_holds_one_hash_for_each_one_bit_of_its_size(size: int) -> None:
    frontier = merkle.Frontier()
    for leaf in demolog.leaves(size):
        frontier.append(leaf)
    assert (frontier.size, len(frontier.hashes)) == (size, size.bit_count())
    assert frontier.root() == frontier.root()


def test_a_root_does_not_pass_for_a_leaf_of_a_larger_tree() -> None:
    root = merkle.root(demolog.leaves(2))
    assert not merkle.verify_inclusion(0, 2, root, [], root)


def test_bytes_do_not_move_between_neighbours() -> None:
    left, right = demolog.leaves(2)
    root = merkle.node_hash(left, right)
    assert not merkle.verify_inclusion(0, 2, left + right[:1], [right[1:]], root)


def test_a_consistency_proof_has_the_length_that_the_sizes_ask() -> None:
    leaves = demolog.leaves(7)
    root3, root4, root7 = (merkle.root(leaves[:n]) for n in (3, 4, 7))
    proof = merkle.consistency_proof(leaves, 3)
    above = merkle.leaf_hash(b"above")
    higher3, higher7 = merkle.node_hash(above, root3), merkle.node_hash(above, root7)
    assert not merkle.verify_consistency(3, 7, root3, root4, proof[:-1])
    assert not merkle.verify_consistency(3, 7, higher3, higher7, [*proof, above])


def test_proofs_of_what_is_not_there_are_errors() -> None:
    leaves = demolog.leaves(3)
    for index in (-1, 3):
        with pytest.raises(IndexError):
            merkle.inclusion_proof(leaves, index)
    for size in (-1, 4):
        with pytest.raises(IndexError):
            merkle.consistency_proof(leaves, size)


@given(st.lists(st.integers(0, 9), max_size=12))
def test_leaves_added_together_are_leaves_added_alone(counts: list[int]) -> None:
    together, alone = merkle.Frontier(), merkle.Frontier()
    for count in counts:
        leaves = [merkle.leaf_hash(b"%d" % (alone.size + n)) for n in range(count)]
        together.extend(leaves)
        for leaf in leaves:
            alone.append(leaf)
        assert (together.size, together.hashes, together.root()) == (alone.size, alone.hashes, alone.root())

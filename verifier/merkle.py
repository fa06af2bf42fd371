"""Merkle trees of RFC 6962 §2.1 with SHA-256: roots, inclusion proofs, consistency proofs.

Every function takes and gives *leaf hashes* and node hashes of 32 bytes; only `leaf_hash` sees the bytes of
an entry. The same tree serves the log (design §3 “Chain and tree”) and every list root (“List root”).

- leaf hash = SHA-256(0x00 ‖ entry), node hash = SHA-256(0x01 ‖ left ‖ right)
- a tree of n > 1 leaves splits at the largest power of two strictly smaller than n
- the root of the empty tree is SHA-256 of nothing

>>> frontier = Frontier()
>>> frontier.append(leaf_hash(b"first"))
>>> frontier.root() == leaf_hash(b"first")
True
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash of a leaf that holds exactly these bytes."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of the node over two hashes of 32 bytes."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """A growing tree that remembers only the roots of its perfect subtrees: O(log n) memory.

    `hashes` are those roots, the largest (leftmost) subtree first: one for every 1 bit of `size`.
    """

    __slots__ = ("hashes", "size")

    def __init__(self) -> None:
        self.size = 0
        self.hashes: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add the leaf with this leaf hash."""
        hashes, rest = self.hashes, self.size
        while rest & 1:
            leaf = sha256(b"\x01" + hashes.pop() + leaf).digest()
            rest >>= 1
        hashes.append(leaf)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add many leaves, as `append` would one after the other."""
        row, rest, odd = list(leaves), self.size, []
        self.size += len(row)
        while row:
            if rest & 1:
                row.insert(0, self.hashes.pop())
            if len(row) & 1:
                odd.append(row.pop())
            row = [sha256(b"\x01" + a + b).digest() for a, b in zip(row[::2], row[1::2], strict=True)]
            rest >>= 1
        self.hashes += reversed(odd)

    def root(self) -> bytes:
        """Root of the leaves so far; the frontier stays as it is and can grow on."""
        if not self.hashes:
            return EMPTY_ROOT
        top = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            top = node_hash(left, top)
        return top


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """Root of the tree over these leaf hashes, read once and in order."""
    frontier = Frontier()
    for leaf in leaf_hashes:
        frontier.append(leaf)
    return frontier.root()


def _split(size: int) -> int:
    """The largest power of two strictly smaller than `size` (size > 1)."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """PATH(index, leaves) of RFC 6962 §2.1.1, leaf side first. IndexError when there is no such leaf."""
    if not 0 <= index < len(leaf_hashes):
        raise IndexError(index)
    if len(leaf_hashes) == 1:
        return []
    k = _split(len(leaf_hashes))
    left, right = leaf_hashes[:k], leaf_hashes[k:]
    if index < k:
        return [*inclusion_proof(left, index), root(right)]
    return [*inclusion_proof(right, index - k), root(left)]


class Levels:
    """A whole tree in memory, for many inclusion proofs: 64 bytes a leaf, log n hashes a proof.

    A level pairs the hashes of the one below; an odd last hash goes up as it is, which is where RFC 6962
    splits. `levels[0]` are the leaf hashes.
    """

    def __init__(self, leaf_hashes: Iterable[bytes]) -> None:
        self.levels: list[list[bytes]] = [list(leaf_hashes)]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            pairs = [node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)]
            self.levels.append(pairs + below[len(below) & ~1 :])

    @property
    def size(self) -> int:
        return len(self.levels[0])

    def root(self) -> bytes:
        return self.levels[-1][0] if self.size else EMPTY_ROOT

    def proof(self, index: int) -> list[bytes]:
        """What `inclusion_proof` gives. IndexError when there is no such leaf."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        found = []
        for level in self.levels[:-1]:
            if index ^ 1 < len(level):
                found.append(level[index ^ 1])
            index >>= 1
        return found


def consistency_proof(leaf_hashes: Sequence[bytes], size: int) -> list[bytes]:
    """PROOF(size, leaves) of RFC 6962 §2.1.2: that the first `size` leaves became this tree.

    Empty for size 0 and for the whole tree. IndexError when the tree is smaller than `size`.
    """
    if not 0 <= size <= len(leaf_hashes):
        raise IndexError(size)
    if size == 0:
        return []
    return _subproof(leaf_hashes, size, known=True)


def _subproof(leaf_hashes: Sequence[bytes], size: int, *, known: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962 §2.1.2; `known` while the subtree is one whose root the old head shows."""
    if size == len(leaf_hashes):
        return [] if known else [root(leaf_hashes)]
    k = _split(len(leaf_hashes))
    left, right = leaf_hashes[:k], leaf_hashes[k:]
    if size <= k:
        return [*_subproof(left, size, known=known), root(right)]
    return [*_subproof(right, size - k, known=False), root(left)]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows the leaf hash `leaf` at `index` in the tree of `size` leaves with this root.

    RFC 9162 §2.1.3.2, which makes the check of RFC 6962 explicit. Never raises.
    """
    if not 0 <= index < size or not _are_hashes([leaf, root, *proof]):
        return False
    here, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            value = node_hash(sibling, value)
            while not here & 1 and here:
                here >>= 1
                last >>= 1
        else:
            value = node_hash(value, sibling)
        here >>= 1
        last >>= 1
    return last == 0 and value == root


def verify_consistency(size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree (size1, root1) is the beginning of the tree (size2, root2).

    RFC 9162 §2.1.4.2. The empty tree is the beginning of every tree: its proof is empty and its root must be
    `EMPTY_ROOT`. Never raises.
    """
    if not 0 <= size1 <= size2 or not _are_hashes([root1, root2, *proof]):
        return False
    if size1 == 0 and root1 != EMPTY_ROOT:
        return False
    if size1 == size2:
        return not proof and root1 == root2
    if size1 == 0:
        return not proof
    here, last = size1 - 1, size2 - 1
    while here & 1:
        here >>= 1
        last >>= 1
    # A whole perfect tree is its own first subtree, so the proof does not repeat its root.
    path = [root1, *proof] if here == 0 else list(proof)
    if not path:
        return False
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old = node_hash(sibling, old)
            new = node_hash(sibling, new)
            while not here & 1 and here:
                here >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        here >>= 1
        last >>= 1
    return last == 0 and old == root1 and new == root2


def _are_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_SIZE for value in values)

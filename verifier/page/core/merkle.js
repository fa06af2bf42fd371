// The tree of RFC 6962, lists, and the paths of tiles: event-log.md §5, §7, §11.
'use strict';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const EMPTY_ROOT = sha256();

const leafHash = (bytes) => sha256(LEAF, bytes);
const nodeHash = (left, right) => sha256(NODE, left, right);

/** Root over hashes[from, to). */
function treeRoot(hashes, from = 0, to = hashes.length) {
  if (to === from) return EMPTY_ROOT;
  if (to - from === 1) return hashes[from];
  let k = 1;
  while (k * 2 < to - from) k *= 2;
  return nodeHash(treeRoot(hashes, from, from + k), treeRoot(hashes, from + k, to));
}

/** {n, root} of rows that are in order. */
const listOf = (rows) => ({ n: rows.length, root: treeRoot(rows.map((row) => leafHash(encode(row)))) });
const sameList = (rows, list) => rows.length === list.n && equalBytes(listOf(rows).root, list.root);

/** N of a tile in groups of three digits: 1234067 → x001/x234/067. */
function tileNumber(n) {
  let out = String(n % 1000).padStart(3, '0');
  for (n = Math.floor(n / 1000); n > 0; n = Math.floor(n / 1000)) out = `x${String(n % 1000).padStart(3, '0')}/${out}`;
  return out;
}

/** The hash tiles and entry bundles of a log of `size` entries: {level ('entries' or a number), first, width, path}. */
function* tilesOf(size, level) {
  const hashes = level === 'entries' ? size : Math.floor(size / 256 ** level);
  for (let n = 0; n * 256 < hashes; n++) {
    const width = Math.min(256, hashes - n * 256);
    const path = `tile/${level}/${tileNumber(n)}${width < 256 ? `.p/${width}` : ''}`;
    yield { level, first: n * 256, width, path };
  }
}

function hashTileLevels(size) {
  const levels = [];
  for (let level = 0; Math.floor(size / 256 ** level) > 0; level++) levels.push(level);
  return levels;
}

// The tree of RFC 6962, lists, and the paths of tiles: event-log.md §5, §7, §11; inclusion proofs as RFC 9162 §2.1.3.2 checks them.
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

/** Whether `leaf` stands at `index` of the tree of `size` leaves with this root; `siblings` from the leaf's side. */
function included(index, size, leaf, siblings, root) {
  if (index >= size) return false;
  let hash = leaf;
  let [at, last] = [index, size - 1];
  for (const sibling of siblings) {
    if (last === 0) return false;
    const right = at % 2 === 1;
    if (right || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else hash = nodeHash(hash, sibling);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && equalBytes(hash, root);
}

/** {n, root} of rows that are in order. */
function listOf(rows) {
  if (!rows.length) return { n: 0, root: EMPTY_ROOT };
  const hashes = new Uint8Array(32 * rows.length); // level after level in one place, an odd last one goes up as it is
  rows.forEach((row, i) => oneShot.begin().add(LEAF).add(packed(row)).end(hashes, 32 * i));
  for (let n = rows.length; n > 1; n = Math.ceil(n / 2)) {
    for (let i = 0; i + 1 < n; i += 2) oneShot.begin().add(NODE).add(hashes.subarray(32 * i, 32 * i + 64)).end(hashes, 16 * i);
    if (n % 2) hashes.copyWithin(16 * (n - 1), 32 * (n - 1), 32 * n);
  }
  return { n: rows.length, root: hashes.slice(0, 32) };
}

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

/** The path that the tile at this path, whole or partial, has in a log of `size` entries; null where there is none. */
function tileNow(path, size) {
  const m = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/[1-9]\d{0,2})?$/.exec(path);
  if (!m || m[2].length > 24) return null;
  const n = Number(m[2].replace(/[x/]/g, ''));
  const width = Math.min(256, Math.floor(size / 256 ** (Number(m[1]) || 0)) - n * 256);
  if (width < 1 || tileNumber(n) !== m[2]) return null;
  return `tile/${m[1]}/${m[2]}${width < 256 ? `.p/${width}` : ''}`;
}

function hashTileLevels(size) {
  const levels = [];
  for (let level = 0; Math.floor(size / 256 ** level) > 0; level++) levels.push(level);
  return levels;
}

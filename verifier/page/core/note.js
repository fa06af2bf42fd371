// Signed notes, verifier keys, checkpoints and cosignatures: event-log.md §11, log.md.
'use strict';

const LOG_KEY = 1;
const COSIGNER_KEY = 4;
const NOT_IN_NAMES = /[\u0000-\u0020+\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const isKeyName = (name) => name.length > 0 && !NOT_IN_NAMES.test(name);

function parseSignatureLine(line) {
  const m = /^\u2014 ([^ ]+) ([^ ]+)$/.exec(line);
  if (!m || !isKeyName(m[1])) throw new Bad('a signature line out of form');
  const blob = fromBase64(m[2]);
  if (blob.length < 5) throw new Bad('a signature without content');
  return { name: m[1], keyId: hex(blob.subarray(0, 4)), signature: blob.subarray(4) };
}

/** {text, signatures}; the last empty line divides them. */
function parseNote(bytes) {
  if (bytes.length > 65536) throw new Bad('a note is too long');
  const whole = fromUtf8(bytes);
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole)) throw new Bad('a control character in a note');
  const at = whole.lastIndexOf('\n\n');
  if (at < 0 || !whole.endsWith('\n') || at + 2 === whole.length) throw new Bad('a note without signature');
  const lines = whole.slice(at + 2, -1).split('\n');
  if (lines.length > 100) throw new Bad('too many signatures');
  return { text: whole.slice(0, at + 1), signatures: lines.map(parseSignatureLine) };
}

/** name+id+key, any 32 bytes; under a point that §6 refuses nothing is signed. */
function parseVkey(text) {
  const m = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text);
  if (!m || !isKeyName(m[1])) throw new Bad('no verifier key');
  const raw = fromBase64(m[3]);
  const [type, publicKey] = [raw[0], raw.subarray(1)];
  if (raw.length !== 33 || (type !== LOG_KEY && type !== COSIGNER_KEY)) throw new Bad('no verifier key');
  const keyId = hex(sha256(`${m[1]}\n`, Uint8Array.of(type), publicKey).subarray(0, 4));
  if (keyId !== m[2]) throw new Bad('a verifier key whose id is not its own');
  return { name: m[1], keyId, type, publicKey, text };
}

function tryVkey(text) {
  try {
    return parseVkey(text);
  } catch (e) {
    if (e instanceof Bad) return null;
    throw e;
  }
}

const isLineOf = (line, key) => line.name === key.name && line.keyId === key.keyId;

/** Whether a note's line by a log key is valid. */
const signedBy = (note, line, key) =>
  key.type === LOG_KEY && isLineOf(line, key) && verifySignature(key.publicKey, utf8(note.text), line.signature);

function parseCheckpoint(text) {
  const lines = text.split('\n');
  if (lines.length !== 4 || lines[3] !== '') throw new Bad('a checkpoint has three lines');
  if (!isKeyName(lines[0])) throw new Bad('no origin');
  if (!/^(0|[1-9][0-9]{0,15})$/.test(lines[1]) || Number(lines[1]) > Number.MAX_SAFE_INTEGER) throw new Bad('no size');
  const root = fromBase64(lines[2]);
  if (root.length !== 32) throw new Bad('no root');
  const size = Number(lines[1]);
  if (size === 0 && !equalBytes(root, EMPTY_ROOT)) throw new Bad('the root of nothing is another');
  return { origin: lines[0], size, root };
}

/** Whether a line is a valid cosignature of this head. */
function cosigned(line, key, origin, size, root) {
  if (key.type !== COSIGNER_KEY || !isLineOf(line, key) || line.signature.length !== 72) return false;
  const seconds = BigInt('0x' + hex(line.signature.subarray(0, 8)));
  if (seconds === 0n || seconds >= 2n ** 63n) return false;
  const text = `cosignature/v1\ntime ${seconds}\n${origin}\n${size}\n${toBase64(root)}\n`;
  return verifySignature(key.publicKey, utf8(text), line.signature.subarray(8));
}

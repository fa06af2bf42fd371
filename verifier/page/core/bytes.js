// Bytes: hex, UTF-8, base64, comparison. Every core file shares one scope; nothing here knows of the DOM.
'use strict';

/** Material that is not in the allowed form; the caller decides whether a rule fails or the whole is refused. */
class Bad extends Error {}

const own = (map, key) => Object.prototype.hasOwnProperty.call(map, key);
const isBytes = (v) => v instanceof Uint8Array;
const isMap = (v) => v !== null && typeof v === 'object' && !Array.isArray(v) && !isBytes(v);

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

function hex(bytes) {
  let out = '';
  for (let i = 0; i < bytes.length; i++) out += HEX[bytes[i]];
  return out;
}

function unhex(text) {
  const out = new Uint8Array(text.length >> 1);
  for (let i = 0; i < out.length; i++) out[i] = parseInt(text.substr(2 * i, 2), 16);
  return out;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf8 = (text) => encoder.encode(text);

/** Text of well-formed UTF-8; throws Bad for anything else. */
function fromUtf8(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Bad('not UTF-8');
  }
}

function concat(...parts) {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function compareBytes(a, b) {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

const equalBytes = (a, b) => a.length === b.length && compareBytes(a, b) === 0;

/** Order of strings by their UTF-8 bytes, which is the order of code points (`<` compares UTF-16 units). */
function compareText(a, b) {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const surrogates = (x >= 0xd800 && x < 0xe000) - (y >= 0xd800 && y < 0xe000);
    return surrogates || x - y;
  }
  return a.length - b.length;
}

/** Base64 with padding, one spelling only (RFC 4648 §4). */
function fromBase64(text) {
  if (text.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Bad('not base64');
  const raw = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  if (toBase64(raw) !== text) throw new Bad('another spelling of base64');
  return raw;
}

const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));

/** A number of `size` bytes, big-endian; exact up to 2^53. */
function bigEndian(bytes, at, size) {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + bytes[at + i];
  return value;
}

const hex64 = (v) => typeof v === 'string' && /^[0-9a-f]{64}$/.test(v);

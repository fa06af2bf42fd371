// Strict Ed25519, event-log.md §6, on BigInt. Points are [X, Y, Z, T] with x = X/Z, y = Y/Z, T = XY/Z.
'use strict';

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const ORDER8_Y = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
const SMALL_Y = new Set([0n, 1n, P - 1n, ORDER8_Y, P - ORDER8_Y]);

const mod = (a) => {
  const r = a % P;
  return r < 0n ? r + P : r;
};

function power(base, exponent) {
  let result = 1n;
  for (; exponent; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % P;
    base = (base * base) % P;
  }
  return result;
}

/** 1/a by Euclid; a is not 0. */
function invert(a) {
  let [r, next, x, y] = [P, mod(a), 0n, 1n];
  while (next) {
    const q = r / next;
    [r, next] = [next, r - q * next];
    [x, y] = [y, x - q * y];
  }
  return mod(x);
}

const D = mod(-121665n * invert(121666n));
const ROOT_OF_MINUS_1 = power(2n, (P - 1n) / 4n);
const littleEndian = (bytes) => BigInt('0x' + hex(Uint8Array.from(bytes).reverse()));

/** y of a point's 32 bytes, or null where the encoding is not canonical or the point is of small order. */
function strictY(bytes) {
  const y = littleEndian(bytes) & ((1n << 255n) - 1n);
  return y >= P || SMALL_Y.has(y) ? null : y;
}

/** The point of 32 bytes that passed strictY, or null where there is none on the curve. */
function decompress(bytes, y) {
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  const v3 = mod(v * v * v);
  let x = mod(u * v3 * power(mod(u * v3 * v3 * v), (P - 5n) / 8n));
  const check = mod(v * x * x);
  if (check !== u) {
    if (check !== mod(-u)) return null;
    x = mod(x * ROOT_OF_MINUS_1);
  }
  if ((x & 1n) !== BigInt(bytes[31] >> 7)) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

/** p + q where q is prepared as [y+x, y−x, 2dxy] with Z = 1. */
function addPrepared([X, Y, Z, T], [plus, minus, product]) {
  const a = ((Y - X) * minus) % P;
  const b = ((Y + X) * plus) % P;
  const c = (T * product) % P;
  const d = Z + Z;
  const e = b - a;
  const f = d - c;
  const g = d + c;
  const h = b + a;
  return [(e * f) % P, (g * h) % P, (f * g) % P, (e * h) % P]; // % may leave them negative; the last step makes them whole
}

function addPoints([X1, Y1, Z1, T1], [X2, Y2, Z2, T2]) {
  const a = mod((Y1 - X1) * (Y2 - X2));
  const b = mod((Y1 + X1) * (Y2 + X2));
  const c = mod(2n * D * T1 * T2);
  const d = mod(2n * Z1 * Z2);
  return [mod((b - a) * (d - c)), mod((d + c) * (b + a)), mod((d - c) * (d + c)), mod((b - a) * (b + a))];
}

/** Multiples j · 2^(width·i) · point, j = 1 … 2^(width−1), prepared; so a product is a sum of one entry per digit. */
function tableOf(point, width) {
  const points = [];
  let base = point;
  for (let i = 0; i <= Math.ceil(256 / width); i++) {
    let multiple = base;
    for (let j = 0; j < 1 << (width - 1); j++) {
      points.push(multiple);
      multiple = addPoints(multiple, base);
    }
    for (let j = 0; j < width; j++) base = addPoints(base, base);
  }
  const products = [1n];
  for (const p of points) products.push((products[products.length - 1] * p[2]) % P);
  let inverse = invert(products[products.length - 1]); // one inversion for all of them
  const rows = new Array(points.length);
  for (let i = points.length - 1; i >= 0; i--) {
    const z = (inverse * products[i]) % P;
    inverse = (inverse * points[i][2]) % P;
    const x = (points[i][0] * z) % P;
    const y = (points[i][1] * z) % P;
    rows[i] = [mod(y + x), mod(y - x), mod(2n * D * x * y)];
  }
  return { width, rows };
}

/** sum + scalar · point, from the point's table, by signed digits. */
function addMultiple(sum, scalar, { width, rows }) {
  const base = 1 << width;
  const half = base >> 1;
  let carry = 0;
  for (let i = 0; scalar || carry; i++) {
    let digit = Number(scalar & BigInt(base - 1)) + carry;
    scalar >>= BigInt(width);
    carry = digit > half ? 1 : 0;
    digit -= carry * base;
    if (digit > 0) sum = addPrepared(sum, rows[i * half + digit - 1]);
    else if (digit < 0) {
      const [plus, minus, product] = rows[i * half - digit - 1];
      sum = addPrepared(sum, [minus, plus, P - product]);
    }
  }
  return sum;
}

let baseTable = null;
const OFTEN = 64; // signatures of a key after which a table of twice the width pays
const keyTables = new Map(); // public key hex → {point −A, table, used}, or null where A is no point

function negatedTable(publicKey, y) {
  const name = hex(publicKey);
  if (!keyTables.has(name)) {
    if (keyTables.size >= 64) keyTables.delete(keyTables.keys().next().value);
    const point = decompress(publicKey, y);
    const negated = point && [mod(-point[0]), point[1], 1n, mod(-point[3])];
    keyTables.set(name, negated && { negated, table: tableOf(negated, 4), used: 0 });
  }
  const held = keyTables.get(name);
  if (held && ++held.used === OFTEN) held.table = tableOf(held.negated, 8);
  return held && held.table;
}

function equationHolds(publicKey, y, message, signature, s) {
  const table = negatedTable(publicKey, y);
  if (!table) return false;
  if (!baseTable) {
    const by = mod(4n * invert(5n));
    baseTable = tableOf(decompress(new Uint8Array(32), by), 8);
  }
  const k = littleEndian(sha512(signature.subarray(0, 32), publicKey, message)) % ORDER;
  const [X, Y, Z] = addMultiple(addMultiple([0n, 1n, 1n, 0n], s, baseTable), k, table);
  const z = invert(Z);
  const found = mod(Y * z) | ((mod(X * z) & 1n) << 255n);
  return found === littleEndian(signature.subarray(0, 32));
}

let answered = new Map(); // signature hex → {publicKey, message, valid}: what WebCrypto has judged after the strict checks

/** What the strict checks leave to ask: {y, s}, or null where the signature is refused. */
function strictForm(publicKey, signature) {
  if (publicKey.length !== 32 || signature.length !== 64) return null;
  const y = strictY(publicKey);
  const s = littleEndian(signature.subarray(32));
  if (y === null || strictY(signature.subarray(0, 32)) === null || s >= ORDER) return null;
  return { y, s };
}

/** Whether the signature holds; never throws. */
function verifySignature(publicKey, message, signature) {
  const form = strictForm(publicKey, signature);
  if (!form) return false;
  if (answered.size) {
    const known = answered.get(hex(signature));
    if (known && equalBytes(known.publicKey, publicKey) && equalBytes(known.message, message)) return known.valid;
  }
  return equationHolds(publicKey, form.y, message, signature, form.s);
}
